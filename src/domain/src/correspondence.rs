//! Outgoing and received mail, and reply templates.
pub mod added_mail;
pub mod company_channel;
pub mod inbound_mail;
pub mod outgoing_mail;
pub mod reply_template;
