//! Examples of the mails that are written because no person has acted for some time.
use super::{
    Example::{self, Case},
    Facts, side,
};
use crate::mail::{
    mail_event::{CompanyTurn, MailEvent, SilenceEvent},
    text::TextKind,
};

/// Returns an example of one of these mails.
pub(super) fn silent<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    use TextKind as K;
    let (portal, appointment, side) = (facts.link, facts.appointment, side(kind, facts.link));
    let remind = |waits_for| SilenceEvent::CompanyReminder { portal, waits_for };
    Case(MailEvent::Silence(if matches!(kind, K::HoldEnding | K::HoldEndingCenter) {
        SilenceEvent::HoldEnding { side, slot: appointment, until: facts.due() }
    } else if kind == K::HoldReleased {
        SilenceEvent::HoldReleased { portal, slot: appointment, may_choose: true, day_closed: false }
    } else if kind == K::Searching {
        SilenceEvent::Searching { portal }
    } else if kind == K::ChooseReminder {
        remind(CompanyTurn::Choose)
    } else if kind == K::AnswerReminder {
        remind(CompanyTurn::Answer)
    } else if kind == K::ConfirmReminder {
        remind(CompanyTurn::Confirm)
    } else if matches!(kind, K::OutcomeMissingExpert | K::OutcomeMissingCenter) {
        SilenceEvent::OutcomeMissing { side, appointment, is_asked: true }
    } else if matches!(kind, K::ExpertAwayCompany | K::ExpertAwayCenter) {
        SilenceEvent::ExpertAway { side, appointment, contact_due: facts.due() }
    } else {
        SilenceEvent::ClosedInSilence { portal }
    }))
}
