//! Sets the values of mails about the outcome of an appointment, and about the party that cancelled it.
use domain::{actor::Party, consultation::AppointmentOutcome, due::DueKind};

use super::{dates::due_day, missed, sit_with};
use crate::mail::{
    mail_event::{MailContext, OutcomeEvent, ReaderSide},
    text::{
        Values,
        Variable::{self, *},
    },
};

pub(super) fn told(values: &mut Values, about: &MailContext<'_>, event: OutcomeEvent<'_>) {
    match event {
        OutcomeEvent::ExpertMissed { side, appointment, is_correction } => {
            match side {
                ReaderSide::Company { portal } => missed(values, about, portal, &appointment),
                ReaderSide::Expert | ReaderSide::Center => sit_with(values, about, side, &appointment),
            }
            if side != ReaderSide::Center {
                values.set_flag(IsCorrection, is_correction);
            }
        }
        OutcomeEvent::Corrected { side, appointment, was, outcome } => {
            sit_with(values, about, side, &appointment);
            values.set(WasOutcome, said(was));
            values.set(RecordedOutcome, said(outcome));
            let is_due = outcome == AppointmentOutcome::Done;
            let due = due_day(about, DueKind::Report).filter(|_| is_due);
            values.set(Variable::ReportDue, due.unwrap_or_default());
            if !matches!(side, ReaderSide::Company { .. }) {
                values.set_flag(NoReport, !is_due);
            }
        }
    }
}

/// Sets until when the report on what took place is expected, although the consultation ends.
pub(super) fn ended(values: &mut Values, about: &MailContext<'_>) {
    values.set(Variable::ReportDue, due_day(about, DueKind::Report).unwrap_or_default());
}

/// Returns the outcome as a letter says it.
const fn said(outcome: AppointmentOutcome) -> &'static str {
    match outcome {
        AppointmentOutcome::Done => "相談を実施",
        AppointmentOutcome::NoShow => "企業の欠席",
        AppointmentOutcome::ExpertNoShow => "専門家の欠席",
    }
}

/// Sets at whose wish the appointment was cancelled, in the words of the reader.
pub(super) fn cancelled_by(values: &mut Values, side: ReaderSide<'_>, by: Option<Party>, is_blocked: bool) {
    let is_company = matches!(side, ReaderSide::Company { .. });
    let said = match by {
        None => "",
        Some(Party::Company) if is_company => "お客さまのお申し出により",
        Some(Party::Company) => "企業の申し出により",
        Some(Party::Expert) => "専門家の都合により",
        Some(Party::Desk) => "一次相談窓口からの連絡により",
        Some(Party::Coordinator | Party::System) => "相談センターの都合により",
    };
    values.set(CancelledBy, said);
    if side == ReaderSide::Expert {
        values.set_flag(TimeBlocked, is_blocked);
    }
}
