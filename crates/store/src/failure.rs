//! What the databases say when they fail, in our words.
//!
//! The one place that knows error codes. SQLite's are numbers, PostgreSQL's are five characters
//! (SQLSTATE); neither is guessed from a message.

use rusqlite::ffi;

use crate::error::{Cause, Error, Outage, Subject};

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let outage = match &error {
            sqlx::Error::Database(said) => said.code().and_then(|code| postgres(&code)),
            sqlx::Error::PoolTimedOut => Some(Outage::Busy),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Some(Outage::Lost),
            _ => None,
        };
        failure(outage, error)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        failure(code(&error).and_then(sqlite), error)
    }
}

fn failure(outage: Option<Outage>, error: impl Into<Cause>) -> Error {
    match outage {
        Some(outage) => Error::unavailable(outage, error),
        None => Error::corrupt("the answer of the database", error),
    }
}

fn code(error: &rusqlite::Error) -> Option<i32> {
    match error {
        rusqlite::Error::SqliteFailure(said, _) => Some(said.extended_code),
        rusqlite::Error::SqlInputError { error: said, .. } => Some(said.extended_code),
        _ => None,
    }
}

/// <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
fn sqlite(code: i32) -> Option<Outage> {
    // For a disk that is full SQLite has a code, for a quota or a limit on the size of files it has
    // not.
    if code == ffi::SQLITE_IOERR_WRITE {
        return Some(Outage::Full);
    }
    match code & 0xff {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => Some(Outage::Busy),
        ffi::SQLITE_READONLY => Some(Outage::ReadOnly),
        ffi::SQLITE_FULL => Some(Outage::Full),
        ffi::SQLITE_NOMEM | ffi::SQLITE_INTERRUPT | ffi::SQLITE_IOERR | ffi::SQLITE_CANTOPEN => {
            Some(Outage::Lost)
        }
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

/// What a database may mind about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Objection {
    /// There is one like it.
    NotUnique,
    /// It points at something that is not there.
    PointsNowhere,
}

/// What a database says when it fails.
pub(crate) trait Failure: Into<Error> {
    fn objection(&self) -> Option<Objection>;
}

impl Failure for sqlx::Error {
    fn objection(&self) -> Option<Objection> {
        match self.as_database_error()?.kind() {
            sqlx::error::ErrorKind::UniqueViolation => Some(Objection::NotUnique),
            sqlx::error::ErrorKind::ForeignKeyViolation => Some(Objection::PointsNowhere),
            _ => None,
        }
    }
}

impl Failure for rusqlite::Error {
    fn objection(&self) -> Option<Objection> {
        match code(self)? {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                Some(Objection::NotUnique)
            }
            ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Some(Objection::PointsNowhere),
            _ => None,
        }
    }
}

/// Says whose the name is that is taken already, if that is what the database minded.
pub(crate) fn taken<E: Failure>(of: impl FnOnce() -> Subject) -> impl FnOnce(E) -> Error {
    move |error| match error.objection() {
        Some(Objection::NotUnique) => Error::Taken(of()),
        _ => error.into(),
    }
}

/// Says what is missing, if a row points at something that is not there.
pub(crate) fn missing<E: Failure>(of: impl FnOnce() -> Subject) -> impl FnOnce(E) -> Error {
    move |error| match error.objection() {
        Some(Objection::PointsNowhere) => Error::NotFound(of()),
        _ => error.into(),
    }
}
