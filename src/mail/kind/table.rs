//! Lists the kinds of mail, one row for each, in one file for each room. Every text has a file in `templates/mail`, named
//! after the text's code.
//!
//! ```text
//! Mail = "code in the outbox", "label", how it is delivered (the methods of `Delivery`) {
//!     Text = "code of the text, if it is not the mail's" to Reader, "subject",
//!         [variables that the body must contain] [variables that it may contain],
//!         more (the methods of `Text`);
//! }
//! ```
//!
//! Codes are stored in the database (`outbox.kind` and `mail_text.kind`), so they must not change.
#[macro_use]
mod consultation;
#[macro_use]
mod routing;
#[macro_use]
mod booking;
#[macro_use]
mod aftercare;
#[macro_use]
mod correspondence;
#[macro_use]
mod programme;
#[macro_use]
mod accounts;

use domain::correspondence::outgoing_mail::topic::NotificationTopic;

use super::define::{AddressUse, ConditionKind, Delivery, EntryUse, Reader, Text};
use crate::mail::text::Variable;

// Each room adds its rows and calls the next one; `mails` gets all.
consultation! {
    routing booking aftercare correspondence programme accounts mails {
        Frame = "frame" around all, "【{{ センター名 }}】{{ 件名 }}{% if 受付番号 %}（受付番号 {{ 受付番号 }}）{% endif %}",
            [Body] [Title, Number, Greeting, NoAnswers, ToStaff, Relayed, ToCenterOnly],
            title_requires(&[Variable::Title]), labelled("宛名、あいさつ、署名、件名の前後");
    }
}
