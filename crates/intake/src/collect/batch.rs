//! Rows that wait to be counted, a few hundred at a time.
//!
//! What counting a row looks up lies all over the memory. Rows are looked up many at a time, so that
//! the processor waits for several pieces of memory at once instead of one after the other. Until
//! then what a row says lies here, written one value after the other.

use std::borrow::Cow;

use crate::cells::{Cell, Cells};
use crate::column::Column;
use crate::log::{Times, Traits};
use crate::print::Print;
use crate::told::Place;

/// How many rows wait at most.
pub(super) const MOST: usize = 512;

/// What tells one behaviour from another. The device is among the traits.
const TELLING: &[Column] = &[
    Column::HomeTenant,
    Column::HomeTenantName,
    Column::ResourceTenant,
    Column::AccessType,
    Column::TokenIssuer,
    Column::User,
    Column::UserDisplayName,
    Column::UserPrincipalName,
    Column::ClientApp,
    Column::ClientAppName,
    Column::ResourceApp,
    Column::ResourceIdentity,
    Column::ResourceAppName,
    Column::ErrorCode,
    Column::FailureReason,
    Column::ResultType,
    Column::ResultDescription,
    Column::Status,
];

/// A row that waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    /// By which what it says is asked for.
    pub(super) row: usize,
    /// Stands for everything it says except for its id and its time.
    pub(super) print: Print,
    pub(super) times: Times,
    /// What stands for its id, unless it stands for several sign-ins.
    pub(super) id: Option<u128>,
    pub(super) place: Place,
    /// The behaviour, once it is known.
    pub(super) line: Option<u32>,
}

/// The rows that wait.
#[derive(Debug, Default)]
pub(super) struct Batch {
    values: Vec<u8>,
    /// Where the values of each row end, and its traits.
    ends: Vec<(usize, Traits)>,
    pub(super) waiting: Vec<Waiting>,
}

impl Batch {
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= MOST
    }

    /// Forgets the rows; the list is given back to be used again.
    pub(super) fn clear(&mut self, waiting: Vec<Waiting>) {
        self.values.clear();
        self.ends.clear();
        self.waiting = waiting;
        self.waiting.clear();
    }

    pub(super) fn traits(&self, row: usize) -> Traits {
        let known = self.ends.get(row);
        known.map(|(_, traits)| *traits).unwrap_or_default()
    }

    /// Adds a row; `print` makes of its values what stands for them, `waiting` of that and of the
    /// row's number the row that waits.
    pub(super) fn push(
        &mut self,
        cells: &Cells<'_>,
        traits: Traits,
        print: impl FnOnce(&[u8]) -> Print,
        waiting: impl FnOnce(usize, Print) -> Waiting,
    ) {
        let start = self.values.len();
        self.values.push(traits.bits());
        for column in TELLING {
            let (kind, bytes): (u8, &[u8]) = match cells.get(*column) {
                Cell::Nothing => (NOTHING, &[]),
                Cell::Text(text) => (TEXT, text.as_bytes()),
                Cell::Entry(entry) => (TEXT, entry.bytes),
                Cell::Number(number) => (NUMBER, &number.to_le_bytes()),
                Cell::Flag(flag) => (FLAG, &[u8::from(*flag)]),
                Cell::Time(time) => (TIME, &time.to_le_bytes()),
            };
            self.values.push(kind);
            if kind != NOTHING {
                let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                self.values.extend_from_slice(&length.to_le_bytes());
                self.values.extend_from_slice(bytes);
            }
        }
        let values = self.values.get(start..).unwrap_or_default();
        let print = print(values);
        let row = self.ends.len();
        self.ends.push((self.values.len(), traits));
        self.waiting.push(waiting(row, print));
    }

    /// What a row says.
    pub(super) fn cells(&self, row: usize) -> Cells<'_> {
        let before = row.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = before.map_or(0, |(end, _)| *end);
        let end = self.ends.get(row).map_or(start, |(end, _)| *end);
        let mut rest = self.values.get(start + 1..end).unwrap_or_default();
        let mut cells = Cells::new();
        for column in TELLING {
            let Some((kind, after)) = rest.split_first() else {
                break;
            };
            rest = after;
            if *kind == NOTHING {
                continue;
            }
            let Some((length, after)) = rest.split_first_chunk::<4>() else {
                break;
            };
            let length = u32::from_le_bytes(*length) as usize;
            let (bytes, after) = after.split_at_checked(length).unwrap_or_default();
            rest = after;
            let number = || i64::from_le_bytes(bytes.try_into().unwrap_or_default());
            cells.set(
                *column,
                match *kind {
                    TEXT => Cell::Text(Cow::Borrowed(std::str::from_utf8(bytes).unwrap_or(""))),
                    NUMBER => Cell::Number(number()),
                    FLAG => Cell::Flag(bytes == [1]),
                    TIME => Cell::Time(number()),
                    _ => Cell::Nothing,
                },
            );
        }
        cells
    }
}

const NOTHING: u8 = 0;
const TEXT: u8 = 1;
const NUMBER: u8 = 2;
const FLAG: u8 = 3;
const TIME: u8 = 4;
