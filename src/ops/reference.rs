//! Reference data and settings.
pub mod closing_day;
pub mod desk;
pub mod settings;
