//! Queries. Each function takes the connection or transaction it runs in and returns domain values; what writes takes
//! a transaction, so that a write outside of one does not compile.
pub mod account;
pub mod agenda;
pub mod appointment;
pub mod assignment;
pub mod attachment;
pub mod audit;
pub mod batch;
pub mod beat;
pub mod bounce;
pub mod case;
pub mod chain;
pub mod company;
pub mod consultation;
pub mod desk;
pub mod draft;
pub mod event;
pub mod expert;
pub mod figures;
pub mod follow_up;
pub mod follow_up_programme;
pub mod former_seat;
pub mod imap;
pub mod inbound;
pub mod inbox;
pub mod link;
pub mod mail_budget;
pub mod mail_text;
pub mod masters;
pub mod message;
pub mod message_draft;
pub mod outbox;
pub mod outside;
pub mod plan;
pub mod programme;
pub mod proposal;
pub mod readiness;
pub mod reply_template;
pub mod report;
pub mod revision;
pub mod session;
pub mod sizes;
pub mod substitute;
pub mod unwanted;
pub mod urgent;
pub mod waiting;
pub mod week;

use sea_orm::DbErr;

/// How many rows were written of an insertion that leaves alone what is there already: SeaORM calls none an error.
pub(crate) fn unless_there(written: Result<u64, DbErr>) -> Result<u64, DbErr> {
    match written {
        Err(DbErr::RecordNotInserted) => Ok(0),
        Ok(_) | Err(_) => written,
    }
}

/// A row that contradicts itself or the rules: an error with its place, never a guess.
fn contradiction(table: &str, id: impl std::fmt::Display, why: impl std::fmt::Display) -> DbErr {
    DbErr::Type(format!("{table} {id}: {why}"))
}
