//! Who takes the rows of a file as they are read: the counting of behaviours, or somebody who wants
//! each of them.

use crate::cells::Cells;
use crate::collect::Rows;
use crate::csv::Header;
use crate::error::Refusal;
use crate::told::Place;

/// A row as its file has it, with everything that no report looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Raw<'a> {
    /// A JSON object.
    Object(&'a str),
    /// A record of separated values.
    Fields(&'a Header, &'a [Vec<u8>]),
    /// Values of a table whose other columns nobody has kept the names of.
    Values,
}

/// Takes rows.
pub(crate) trait Take {
    /// Of everything that stands for something longer.
    fn seed(&self) -> u64;
    /// A row.
    fn row(&mut self, cells: &Cells<'_>, place: Place, raw: Raw<'_>);
    /// Rows that stand in columns.
    fn rows(&mut self, rows: &impl Rows);
    /// A row that cannot be read.
    fn refuse(&mut self, refusal: &Refusal, place: Place);
    /// A part of the file that could not be read.
    fn broken(&mut self, why: String, place: Place);
}
