//! Slots, appointments, the waiting list and substitutes.
pub(super) mod after_change;
pub mod appointment;
pub mod attendance;
pub mod change_limit;
pub mod free_time;
pub mod hold;
pub mod meeting_link;
pub(super) mod notices;
pub mod release;
pub mod slot_offers;
pub mod substitute;
pub(super) mod venue;
pub mod waiting_list;
pub(super) mod waiting_offer;
