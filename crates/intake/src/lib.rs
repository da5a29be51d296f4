//! What do these files say? Sign-in logs as people have them, read into behaviours.
//!
//! An administrator has a month of sign-ins: pages of Microsoft Graph, lines of JSON, downloads of
//! the portal, exports of Azure Monitor, Parquet, any of them compressed, in a folder. Here they
//! become a [`log::Log`]: each distinct behaviour once, with how often it happened and when
//! (`signins` counts the reports from it). Memory grows with distinct behaviour, never with rows.
//!
//! Nothing is dropped in silence. A row that cannot be read is counted and listed with file and
//! line, a row whose id came before is counted as such, and so is one outside of the window
//! ([`told::Told`]). A file that is no log is an [`IntakeError`].
//!
//! The crate opens files and no sockets, and knows no rule of the domain: what a row means is
//! decided in `signins` and `policy`.

mod around;
mod cells;
mod collect;
mod column;
mod csv;
mod error;
mod feed;
mod intern;
mod json;
pub mod log;
mod meaning;
mod moment;
mod parquet;
mod print;
mod read;
mod rows;
mod take;
pub mod told;
mod unpack;

pub use collect::gathering::Gathering;
pub use error::IntakeError;
pub use read::{Intake, Progress, Source, Taken};
pub use rows::{Next, Row};
