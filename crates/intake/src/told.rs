//! What reading found besides sign-ins: how many rows there were, and what became of each.

use std::fmt;

/// How many rows that cannot be read are listed; the others are counted.
pub const LISTED: usize = 100;

/// Where in its file a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The file as a whole, or what is left of it.
    File,
    /// The line it begins in, from 1.
    Line(u64),
    /// Row group and row within it, each from 1.
    Row {
        /// The row group.
        group: u64,
        /// The row.
        row: u64,
    },
}

/// Something that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Which of the files, in the order they were read.
    pub(crate) order: usize,
    /// Where in it.
    pub place: Place,
    /// The file.
    pub file: String,
    /// Why.
    pub why: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault {
            file, place, why, ..
        } = self;
        match place {
            Place::File => write!(f, "{file}: {why}"),
            Place::Line(line) => write!(f, "{file}:{line}: {why}"),
            Place::Row { group, row } => write!(f, "{file}: row group {group}, row {row}: {why}"),
        }
    }
}

/// What was read, and what became of it. `rows` is the sum of `counted`, `duplicates`, `outside`
/// and the rows among `faults`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Rows of the files, readable or not. A line of a rollup is as many as it says.
    pub rows: u64,
    /// Rows that reports count.
    pub counted: u64,
    /// Rows whose id came before.
    pub duplicates: u64,
    /// Rows outside of the window of time.
    pub outside: u64,
    /// Rows that could not be read.
    pub unreadable: u64,
    /// Of the counted ones: both tenants are named and neither is the local one. They count in both
    /// directions (S17.1).
    pub foreign: u64,
    /// Of the counted ones: no tenant is named at all.
    pub nowhere: u64,
    /// Bytes read, as they lie on disk.
    pub bytes: u64,
    /// How many files.
    pub files: u64,
    /// Files of a folder that do not end like a log and were passed over.
    pub passed_over: u64,
    /// What could not be read, in the order of files and lines: at most [`LISTED`] of it.
    pub faults: Vec<Fault>,
    /// Files of which only a part could be read.
    pub broken_files: u64,
}

impl Told {
    /// Puts what a helper found beside what others found.
    pub(crate) fn add(&mut self, other: Told) {
        self.rows += other.rows;
        self.counted += other.counted;
        self.duplicates += other.duplicates;
        self.outside += other.outside;
        self.unreadable += other.unreadable;
        self.broken_files += other.broken_files;
        self.faults.extend(other.faults);
        self.faults.sort();
        self.faults.truncate(LISTED);
    }

    /// Lists a fault, if there is room. Helpers read in the order of the file, so the first that each
    /// of them lists are the first of all.
    pub(crate) fn fault(&mut self, fault: Fault) {
        if self.faults.len() < LISTED {
            self.faults.push(fault);
        }
    }
}
