//! When experts and companies meet: appointments, availability and the waiting list.
pub mod appointment;
pub mod availability;
pub mod notice;
pub mod waiting_list;
