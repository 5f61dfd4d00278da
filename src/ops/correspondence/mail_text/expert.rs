//! Examples of mails for experts about requests, and about changes of what they have accepted.
use domain::field::Fields;

use super::{Case, Example, Facts, REASON, request};
use crate::mail::{
    mail_event::{MailEvent, PartChange},
    text::TextKind,
};

/// Returns an example of the news for an expert about a change of what the expert goes on with.
pub fn of_part<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    let Facts { names, record, .. } = *facts;
    Case(if kind == TextKind::PartChanged {
        MailEvent::PartChanged(PartChange {
            experts: names,
            was_experts: names.get(..1).unwrap_or_default(),
            was_fields: None,
            mode: record.mode,
            was_mode: None,
            is_open: false,
        })
    } else {
        MailEvent::FieldsNarrowed { was: Fields::Both }
    })
}

/// Returns an example of the news for an expert about a request.
pub fn of_request<'a>(kind: TextKind, facts: &Facts<'a>, answer: &'a str) -> Example<'a> {
    let Facts { appointment, .. } = *facts;
    Case(if kind == TextKind::RequestReminder {
        MailEvent::RequestReminder { answer, due_at: facts.due() }
    } else if kind == TextKind::RequestTimeLost {
        let fields = facts.record.consultation.fields;
        MailEvent::RequestTimeLost { answer, fields, slot: appointment, due_at: facts.due() }
    } else if kind == TextKind::RequestLapsed {
        MailEvent::RequestLapsed { slot: Some(appointment) }
    } else if kind == TextKind::RequestWithdrawn {
        MailEvent::RequestWithdrawn { slot: Some(appointment), reason: REASON }
    } else if kind == TextKind::RequestDeclined {
        MailEvent::RequestDeclined { appointment }
    } else {
        return request(facts, answer);
    })
}
