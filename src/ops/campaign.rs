//! The telework month: what follows when one is published, what registrants and the center do, and the steps that follow
//! by themselves. Registrations change under the lock of their month.
mod deciding;
pub mod import;
mod mails;
mod outreach;
mod publishing;
mod registrant;
mod tending;
mod transaction;

pub use deciding::{SeenRegistration, approve, reject};
pub use mails::page_token;
pub use outreach::{invite, stop_outreach};
pub use publishing::{keeps_year, may_end, number, published};
pub use registrant::{
    RegistrationRequest, begin_application, change, prove, registration_of, request, withdraw,
};
pub use tending::{forget_unproved, tend};
