//! Reference data and settings.
pub mod closing_day;
pub mod settings;
