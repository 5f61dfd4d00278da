//! Samples of the mails about a case whose number changes: it was split, merged, or put back.
use std::sync::OnceLock;

use domain::{
    field::Fields,
    number::{CaseNumber, FiscalYear},
};

use super::samples::{LINK, appointment_text, at};
use crate::mail::mail_event::{CaseNumberEvent, MailEvent, TimeNews};

pub fn first_number() -> &'static CaseNumber {
    static FIRST: OnceLock<CaseNumber> = OnceLock::new();
    FIRST.get_or_init(|| CaseNumber::new(FiscalYear::new(2026).unwrap(), 122).unwrap())
}

pub fn split(messages: usize) -> MailEvent<'static> {
    let from = first_number();
    MailEvent::CaseNumber(CaseNumberEvent::Split { confirm: LINK, from, left: Fields::Ict, messages })
}

pub fn merged() -> [MailEvent<'static>; 6] {
    let (kept, slot, contact_due) = (first_number(), appointment_text(), Some(at("2026-11-26T08:00:00Z")));
    let merged = |contact_due, lost, stands, was_split| CaseNumberEvent::Merged {
        portal: LINK,
        kept,
        contact_due,
        lost,
        was_split,
        stands,
    };
    [
        merged(contact_due, None, None, false),
        merged(None, None, None, true),
        merged(None, Some((slot, TimeNews::Cancelled)), Some(at("2026-12-03T05:00:00Z")), false),
        CaseNumberEvent::Unmerged { portal: LINK, kept, booked: None },
        CaseNumberEvent::Unmerged { portal: LINK, kept, booked: Some(slot) },
        CaseNumberEvent::Restored { portal: LINK, other: kept },
    ]
    .map(MailEvent::CaseNumber)
}
