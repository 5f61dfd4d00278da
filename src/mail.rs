//! What mail says and how it is handed over. Knows neither database nor web. Received mail is read by the crate `mime`.
pub mod compose;
pub mod html;
pub mod imap;
mod kind;
pub mod mail_event;
pub mod outgoing_mail;
pub mod sender;
pub mod text;

pub mod dkim;
pub mod message;
mod tls;
pub mod transport;
