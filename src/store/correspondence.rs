//! Mail and messages: the outbox, received mail, threads, attachments and preferences.
pub mod attachment;
pub mod bounce;
pub mod inbound_mail;
pub mod mail_budget;
pub mod mail_text;
pub mod mailbox;
pub mod message;
pub mod message_draft;
pub mod notification_preferences;
pub mod outbox;
pub mod reply_template;
