//! Examples of mails for experts about requests, about changes of what they have accepted, and about reports.
use domain::field::Fields;

use super::{PreviewFacts, REASON};
use crate::mail::mail_event::{MailEvent, PartChange, RequestedPart};

pub(super) fn events<'a>(facts: &PreviewFacts<'a>) -> Vec<MailEvent<'a>> {
    let PreviewFacts { appointment, experts, outline, link: answer, .. } = *facts;
    let (fields, due_at) = (facts.about.fields, facts.due());
    let (part, slot) = (RequestedPart::Whole, Some(appointment));
    vec![
        MailEvent::Request { answer, fields, part, slot, due_at, outline },
        MailEvent::RequestReminder { answer, due_at },
        MailEvent::RequestTimeLost { answer, fields, slot: appointment, due_at },
        MailEvent::RequestLapsed { slot },
        MailEvent::RequestWithdrawn { slot, reason: REASON },
        MailEvent::RequestDeclined { appointment },
        MailEvent::FieldsNarrowed { was: Fields::Both },
        MailEvent::PartChanged(PartChange {
            experts,
            was_experts: experts.get(..1).unwrap_or_default(),
            was_fields: None,
            mode: facts.mode,
            was_mode: None,
            is_open: false,
        }),
        MailEvent::ReportDue { due_at, overdue: false },
        MailEvent::ReportReturned { reason: REASON },
        MailEvent::ReportWritten { appointment },
    ]
}
