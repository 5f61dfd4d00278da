//! The meetings of experts and companies: appointments, availability and the waiting list.
pub mod appointment;
pub mod availability;
pub mod notice;
pub mod waiting_list;
