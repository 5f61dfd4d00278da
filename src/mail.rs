//! Composes mail and hands it to a server. The module does not depend on the database or the web. The crate
//! `mime` reads received mail.
pub mod compose;
pub mod html;
pub mod imap;
mod kind;
pub mod mail_event;
pub mod outgoing_mail;
pub mod preview;
pub mod sender;
pub mod text;

pub mod dkim;
pub mod message;
mod tls;
pub mod transport;
