//! Mail and messages, outgoing and received.
pub mod attachment;
pub mod inbound_mail;
pub mod mail_budget;
pub mod mail_text;
pub mod message;
pub mod notification_preferences;
pub mod outbox;
pub mod reply_template;
