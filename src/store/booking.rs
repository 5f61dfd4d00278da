//! Appointments between experts and companies, the waiting list, substitutes and agendas.
pub mod appointment;
pub mod closing_day;
pub mod expert_agenda;
pub mod substitute;
pub mod waiting_list;
pub mod week;
