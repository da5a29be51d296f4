//! What the databases say when they fail, in our words.
//!
//! The one place that knows error codes. SQLite's are numbers, PostgreSQL's are five characters
//! (SQLSTATE); neither is guessed from a message.

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::PgDatabaseError;

use crate::error::{Error, Outage, Subject};

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(said) => match outage(said.as_ref()) {
                Some(outage) => Error::unavailable(outage, error),
                None => Error::corrupt("the answer of the database", error),
            },
            sqlx::Error::PoolTimedOut => Error::unavailable(Outage::Busy, error),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Error::unavailable(Outage::Lost, error),
            _ => Error::corrupt("the answer of the database", error),
        }
    }
}

fn outage(said: &dyn DatabaseError) -> Option<Outage> {
    let code = said.code()?;
    match said.try_downcast_ref::<PgDatabaseError>() {
        Some(_) => postgres(&code),
        None => sqlite(&code),
    }
}

/// <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
fn sqlite(code: &str) -> Option<Outage> {
    let code = code.parse::<u32>().ok()?;
    // IOERR_WRITE: for a disk that is full SQLite has a code, for a quota or a limit on the size of
    // files it has not.
    if code == 10 | 3 << 8 {
        return Some(Outage::Full);
    }
    match code & 0xff {
        5 | 6 => Some(Outage::Busy),           // BUSY, LOCKED
        8 => Some(Outage::ReadOnly),           // READONLY
        13 => Some(Outage::Full),              // FULL
        7 | 9 | 10 | 14 => Some(Outage::Lost), // NOMEM, INTERRUPT, IOERR, CANTOPEN
        _ => None,
    }
}

/// <https://www.postgresql.org/docs/15/errcodes-appendix.html>
fn postgres(code: &str) -> Option<Outage> {
    match code {
        "53100" => Some(Outage::Full),
        "25006" => Some(Outage::ReadOnly),
        // Serialization failure, deadlock, lock not available, a statement that took too long.
        "40001" | "40P01" | "55P03" | "57014" => Some(Outage::Busy),
        _ => match code.get(..2)? {
            // Connection, resources, operator intervention, system error.
            "08" | "53" | "57" | "58" => Some(Outage::Lost),
            _ => None,
        },
    }
}

/// Says whose the name is that is taken already, if that is what the database minded.
pub(crate) fn taken(of: impl FnOnce() -> Subject) -> impl FnOnce(sqlx::Error) -> Error {
    move |error| match kind(&error) {
        Some(ErrorKind::UniqueViolation) => Error::Taken(of()),
        _ => error.into(),
    }
}

/// Says what is missing, if a row points at something that is not there.
pub(crate) fn missing(of: impl FnOnce() -> Subject) -> impl FnOnce(sqlx::Error) -> Error {
    move |error| match kind(&error) {
        Some(ErrorKind::ForeignKeyViolation) => Error::NotFound(of()),
        _ => error.into(),
    }
}

fn kind(error: &sqlx::Error) -> Option<ErrorKind> {
    Some(error.as_database_error()?.kind())
}
