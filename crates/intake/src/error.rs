//! Why a row, or a file, cannot be read.

use std::fmt;
use std::path::PathBuf;

use crate::column::Column;

/// How much of a value an error shows.
const SHOWN: usize = 60;

/// A value as an error shows it: on one line, not all of it.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(SHOWN) {
            match character.is_control() {
                true => write!(f, "{}", character.escape_default())?,
                false => write!(f, "{character}")?,
            }
        }
        match characters.next() {
            Some(_) => f.write_str("…"),
            None => Ok(()),
        }
    }
}

/// Why a row cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("{}: expected a GUID, got `{}`", column.as_str(), Shown(value))]
    NotId { column: Column, value: String },
    #[error("expected a time such as 2026-01-31T12:00:00Z, got `{}`", Shown(.0))]
    NotTime(String),
    #[error("the time `{}` names no zone, and its column does not say UTC", Shown(.0))]
    NoZone(String),
    #[error("the time `{}` is before 1678 or after 2261", Shown(.0))]
    FarTime(String),
    #[error("{}: expected an error code, 0 for success, got `{}`", column.as_str(), Shown(value))]
    NotCode { column: Column, value: String },
    #[error("{}: expected true or false, got `{}`", column.as_str(), Shown(value))]
    NotFlag { column: Column, value: String },
    #[error("count: expected a number of rows, got `{}`", Shown(.0))]
    NotCount(String),
    #[error("{}: expected text", .0.as_str())]
    NotText(Column),
    #[error(
        "nothing says how it ended: no error code in status, `Sign-in error code` or ResultType"
    )]
    NoOutcome,
    #[error("it is no sign-in: it has none of {EXPECTED}")]
    NotASignIn,
    #[error("it is not UTF-8, at byte {0}")]
    NotUtf8(usize),
    #[error("it is not JSON: {0}")]
    NotJson(String),
    #[error("{0}")]
    Misshapen(String),
    #[error("it is longer than {0} bytes")]
    TooLong(usize),
    #[error("{}: a value is longer than {limit} bytes", column.as_str())]
    LongValue { column: Column, limit: usize },
    #[error("it has {found} fields, and the header has {expected}")]
    OtherFields { found: usize, expected: usize },
}

/// What a log is known by.
pub(crate) const EXPECTED: &str = "homeTenantId, resourceTenantId, crossTenantAccessType, \
     userPrincipalName, appDisplayName (also as Azure Monitor and the portal write them)";

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// A file or folder could not be opened.
    #[error("cannot read `{}`: {error}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A folder without any log.
    #[error("the folder `{}` holds no file that ends like a log ({})", .0.display(), ENDINGS.join(", "))]
    EmptyFolder(PathBuf),
    /// A file that is no sign-in log.
    #[error("`{file}` is no sign-in log: {why}")]
    NotALog {
        /// Which.
        file: String,
        /// What was found instead, and what was expected.
        why: String,
    },
    /// Parquet needs to be read from its end, which a pipe does not have.
    #[error(
        "`{0}` is Parquet, which is read from a file that is neither a pipe nor compressed as a whole"
    )]
    PipedParquet(String),
}

/// How the files of a folder end that are read; each also with `.gz` or `.zst`.
pub(crate) const ENDINGS: &[&str] = &[
    ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".log", ".parquet",
];
