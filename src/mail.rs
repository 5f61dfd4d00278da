//! What mail says and how it is handed over. Knows neither database nor web.
pub mod bounce;
pub mod compose;
pub mod html;
pub mod imap;
mod kind;
pub mod letter;
pub mod occasion;
pub mod reading;
pub mod sender;
pub mod text;

pub mod dkim;
pub mod message;
mod tls;
pub mod transport;
