//! Small named values that the server keeps for itself.

use async_trait::async_trait;

use crate::column;
use crate::error::Result;
use crate::revision::Revision;

/// A value and how often it has been written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The value.
    pub text: String,
    /// Counts the writes, from 1.
    pub revision: Revision,
}

impl Stored {
    /// revision, value
    pub(crate) fn of((revision, text): (i64, String)) -> Result<Self> {
        Ok(Stored {
            text,
            revision: Revision(column::read_number(revision)?),
        })
    }
}

/// Keeps small named values. Names compare byte by byte.
#[async_trait]
pub trait Values: Send + Sync {
    /// The value of that name.
    async fn value(&self, name: &str) -> Result<Option<Stored>>;

    /// Writes the value if it still has the expected revision; `Revision(0)` expects that there is
    /// none. Of several who try at once exactly one succeeds, the others get
    /// [`crate::Error::Conflict`]. Gives back the new revision.
    async fn put_value(&self, name: &str, expected: Revision, text: &str) -> Result<Revision>;
}
