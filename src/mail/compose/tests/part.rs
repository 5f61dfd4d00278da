//! Samples of the news for an expert who goes on with a consultation that has changed.
use std::sync::OnceLock;

use domain::{field::Fields, intake::company::Mode};

use super::samples::experts;
use crate::mail::mail_event::{MailEvent, PartChange};

/// Returns another expert who serves too, a field that came without an expert, and another mode.
pub fn changes() -> [MailEvent<'static>; 3] {
    let unchanged = PartChange {
        experts: experts(),
        was_experts: &[],
        was_fields: None,
        mode: Mode::Visit,
        was_mode: None,
        is_open: false,
    };
    [
        PartChange { experts: two_experts(), was_experts: experts(), ..unchanged },
        PartChange { was_fields: Some(Fields::Ict), is_open: true, ..unchanged },
        PartChange { was_mode: Some(Mode::Online), ..unchanged },
    ]
    .map(MailEvent::PartChanged)
}

fn two_experts() -> &'static [String] {
    static EXPERTS: OnceLock<Vec<String>> = OnceLock::new();
    EXPERTS.get_or_init(|| experts().iter().cloned().chain(["佐藤 次郎".to_owned()]).collect())
}
