//! Reference data and settings: the programme, themes and desks.
pub mod desk;
pub mod programme;
pub mod revision;
pub mod theme;
