//! What has to be asked for, so that a tenant's settings become those an administrator wrote down?
//!
//! Contoso keeps its settings in a file under version control: what is the default, who is a partner,
//! what their entries say. [`wanted`] reads the file, [`steps`] finds the requests that turn the
//! settings in force into these, and carries each of them out in memory first, by the one function
//! that judges administrative requests. [`stamp`] says of which settings a plan was made, so that it
//! is applied to no others, and where it stopped when it was interrupted. [`drift`] says in which
//! direction settings have moved away from the file.
//!
//! Pure: no files, no clock, no server.

pub mod drift;
pub mod file;
mod names;
mod shorthand;
pub mod stamp;
pub mod steps;
pub mod wanted;

use graph::document::Path;

pub use names::Names;

/// Something that cannot be wanted: where in the file, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// Where, from the root of the file.
    pub path: Path,
    /// What is wrong, and what would have been right.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(path: &Path, message: impl Into<String>) -> Self {
        Fault {
            path: path.clone(),
            message: message.into(),
        }
    }
}

pub(crate) type Result<T> = std::result::Result<T, Fault>;
