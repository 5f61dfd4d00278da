//! Faults of the database and of the disk, as distinct from mistakes of the program: the service is unavailable for a
//! while, and a page must say truthfully whether a change was saved.
use std::{cell::Cell, io};

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// Whether a change that ended in a fault was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing of the transaction was saved: the database itself refused it and rolled it back.
    NotSaved,
    /// The answer to a statement, possibly to the COMMIT, never arrived or cannot be trusted.
    Unknown,
}

tokio::task_local! {
    /// The number of transactions that the current request has begun.
    static BEGUN: Cell<u32>;
}

/// Runs the handler of a request, and returns with its result the number of writing transactions that it began. If
/// there is more than one, an earlier one may have been committed before a later one failed.
pub async fn counting_transactions<F: Future>(answer: F) -> (F::Output, u32) {
    BEGUN.scope(Cell::new(0), async { (answer.await, BEGUN.with(Cell::get)) }).await
}

/// Counts a transaction of the current request, if there is one.
pub fn count_transaction() {
    // Background work belongs to no request.
    BEGUN.try_with(|it| it.set(it.get() + 1)).ok();
}

impl Fault {
    /// Returns the fault as known after this number of transactions.
    #[must_use]
    pub const fn after_transactions(self, begun: u32) -> Self {
        match self {
            Self::NotSaved if begun <= 1 => Self::NotSaved,
            Self::NotSaved | Self::Unknown => Self::Unknown,
        }
    }

    /// Returns the fault behind an error, wherever in its chain of causes; `None` for any other error.
    pub fn behind(err: &anyhow::Error) -> Option<Self> {
        err.chain().find_map(|cause| {
            let database = cause.downcast_ref::<DbErr>().and_then(Self::of_database);
            database.or_else(|| cause.downcast_ref::<io::Error>().and_then(Self::of_disk))
        })
    }

    /// Returns the fault that a database error stands for; `None` for a mistake of the program, such as a violated
    /// constraint or a row that cannot be read.
    pub fn of_database(err: &DbErr) -> Option<Self> {
        if let DbErr::ConnectionAcquire(_) = err {
            return Some(Self::NotSaved);
        }
        let (DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause)) = err else { return None };
        match cause {
            RuntimeErr::SqlxError(err) => Self::of_driver(err),
            RuntimeErr::Internal(_) => matches!(err, DbErr::Conn(_)).then_some(Self::Unknown),
        }
    }

    /// Returns the fault that an error of the file system stands for; `None` for a missing file and the like.
    pub fn of_disk(err: &io::Error) -> Option<Self> {
        use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull, TimedOut};
        let is_fault = matches!(err.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem | TimedOut);
        // Linux reports a broken disk as EIO, for which the standard library has no kind.
        (is_fault || err.raw_os_error() == Some(EIO)).then_some(Self::NotSaved)
    }

    fn of_driver(err: &sqlx::Error) -> Option<Self> {
        use sqlx::Error;
        if let Error::Database(err) = err {
            return Self::of_code(err.code()?.as_ref());
        }
        // `InvalidSavePointStatement` comes from a connection that still counts a transaction; it is closed when it is
        // released.
        let before_it_began = matches!(
            err,
            Error::PoolTimedOut | Error::PoolClosed | Error::InvalidSavePointStatement | Error::BeginFailed
        );
        if before_it_began {
            return Some(Self::NotSaved);
        }
        let is_lost = matches!(err, Error::Io(_) | Error::Tls(_) | Error::Protocol(_) | Error::WorkerCrashed);
        is_lost.then_some(Self::Unknown)
    }

    /// Returns the fault of a result code: SQLite's extended code in decimal, or PostgreSQL's five-character SQLSTATE.
    ///
    /// Source: <https://www.sqlite.org/rescode.html>, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
    fn of_code(code: &str) -> Option<Self> {
        if code.len() == 5 {
            return match code {
                // The server ended the connection, perhaps after it committed.
                "57P01" | "57P02" | "57P03" | "57P05" => Some(Self::Unknown),
                _ => match code.get(..2).unwrap_or_default() {
                    "08" | "58" | "XX" => Some(Self::Unknown),
                    // Insufficient resources (a full disk is 53100), cancelled by a limit, read-only after a fault.
                    "53" | "57" | "55" => Some(Self::NotSaved),
                    _ => matches!(code, "25006" | "25P03" | "40001" | "40P01").then_some(Self::NotSaved),
                },
            };
        }
        // The low byte is the primary code.
        match code.parse::<i32>().ok()? & 0xff {
            SQLITE_BUSY | SQLITE_LOCKED | SQLITE_NOMEM | SQLITE_READONLY | SQLITE_INTERRUPT | SQLITE_FULL
            | SQLITE_CANTOPEN => Some(Self::NotSaved),
            // Bytes that an fsync did not confirm may be found again after a crash.
            SQLITE_IOERR | SQLITE_CORRUPT | SQLITE_NOTADB => Some(Self::Unknown),
            _ => None,
        }
    }
}

const EIO: i32 = 5;

const SQLITE_BUSY: i32 = 5;
const SQLITE_LOCKED: i32 = 6;
const SQLITE_NOMEM: i32 = 7;
const SQLITE_READONLY: i32 = 8;
const SQLITE_INTERRUPT: i32 = 9;
const SQLITE_IOERR: i32 = 10;
const SQLITE_CORRUPT: i32 = 11;
const SQLITE_FULL: i32 = 13;
const SQLITE_CANTOPEN: i32 = 14;
const SQLITE_NOTADB: i32 = 26;

#[cfg(test)]
mod tests {
    use std::io;

    use anyhow::Context;
    use sea_orm::{ConnAcquireErr, DbErr};

    use super::Fault;

    #[test]
    fn a_full_disk_and_a_lost_connection_are_faults_and_a_violated_rule_is_none() {
        for (code, fault) in [
            ("13", Some(Fault::NotSaved)),
            ("5", Some(Fault::NotSaved)),
            ("517", Some(Fault::NotSaved)),
            ("778", Some(Fault::Unknown)),
            ("11", Some(Fault::Unknown)),
            ("2067", None),
            ("787", None),
            ("1", None),
            ("53100", Some(Fault::NotSaved)),
            ("57014", Some(Fault::NotSaved)),
            ("40P01", Some(Fault::NotSaved)),
            ("57P01", Some(Fault::Unknown)),
            ("08006", Some(Fault::Unknown)),
            ("58030", Some(Fault::Unknown)),
            ("23505", None),
            ("42P01", None),
            ("", None),
        ] {
            assert_eq!(Fault::of_code(code), fault, "{code}");
        }
    }

    #[test]
    fn a_fault_is_found_behind_what_was_said_about_it() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let err = Err::<(), _>(full).context("cannot keep the file").context("cannot keep the message");
        assert_eq!(Fault::behind(&err.unwrap_err()), Some(Fault::NotSaved));
        let busy = anyhow::Error::from(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)).context("saving");
        assert_eq!(Fault::behind(&busy), Some(Fault::NotSaved));
        assert_eq!(Fault::behind(&anyhow::anyhow!("a row is missing")), None);
        assert_eq!(Fault::behind(&io::Error::from(io::ErrorKind::NotFound).into()), None);
        assert_eq!(Fault::behind(&io::Error::from_raw_os_error(5).into()), Some(Fault::NotSaved));
    }
}
