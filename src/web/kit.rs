//! Parts that the pages of all audiences share.
pub mod client;
pub mod files;
pub mod flash;
pub mod form;
pub mod form_state;
pub mod headers;
pub mod log;
pub mod mail_document;
pub mod meeting_link;
pub mod notification_preferences;
pub mod origin;
pub mod page;
pub mod problem;
pub mod session;
pub mod slots;
pub mod thread;
pub mod upload;
