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

use codes::Code;
use entity::Coded;
use sea_orm::{ColumnTrait, DbErr, EntityName};

/// How many rows were written of an insertion that leaves alone what is there already: SeaORM calls none an error.
pub(crate) fn unless_there(written: Result<u64, DbErr>) -> Result<u64, DbErr> {
    match written {
        Err(DbErr::RecordNotInserted) => Ok(0),
        Ok(_) | Err(_) => written,
    }
}

/// A row that contradicts itself or the rules: an error with its place, never a guess.
fn contradiction(table: impl EntityName, id: impl std::fmt::Display, why: impl std::fmt::Display) -> DbErr {
    DbErr::Type(format!("{} {id}: {why}", table.table_name()))
}

/// Returns the value of a column that keeps codes, or an error that names table, row and column where the stored text
/// is no code.
fn known<T: Code>(
    value: &Coded<T>,
    column: impl ColumnTrait,
    id: impl std::fmt::Display,
) -> Result<T, DbErr> {
    value.known().ok_or_else(|| {
        let (table, name) = (column.entity_name(), column.as_str());
        DbErr::Type(format!("{table} {id}: {name} holds “{}”, which is no code", value.code()))
    })
}

#[cfg(test)]
mod tests {
    use codes::AppointmentStatus;
    use entity::{Coded, appointment::Column};

    use super::known;

    #[test]
    fn an_unknown_code_is_told_with_table_row_and_column() {
        let read = |text: &str| Coded::<AppointmentStatus>::read(text.to_owned());
        assert_eq!(known(&read("no_show"), Column::State, 7).unwrap(), AppointmentStatus::NoShow);
        let told = known(&read("gone"), Column::State, 7).unwrap_err().to_string();
        assert!(told.contains("appointment 7: state holds “gone”"), "{told}");
    }
}
