//! Reference data and settings.
pub mod settings;
