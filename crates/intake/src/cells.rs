//! The values of one row as its file has them, before anybody says what they mean.

use std::borrow::Cow;

use crate::column::{COLUMNS, Column};
use crate::error::Refusal;
use crate::intern::Code;

/// One value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Absent, null or empty.
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    /// A text that comes again and again, of a column whose texts have numbers.
    Entry(Entry<'a>),
    Number(i64),
    Flag(bool),
    /// A time that its file keeps as a number of nanoseconds since 1970, UTC.
    Time(i64),
}

/// A text with room to note its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Entry<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) note: &'a Note,
}

/// The number under which a text was learned, once it is known. Whoever notes numbers must learn all of
/// them at one place, and for one column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Note(std::cell::Cell<Option<Code>>);

impl Note {
    pub(crate) fn get(&self) -> Option<Code> {
        self.0.get()
    }
}

impl Cell<'_> {
    /// The number of a text, which `learn` finds out unless it is noted; `None` if it is no text.
    pub(crate) fn number(
        &self,
        learn: impl FnOnce(&str) -> Result<Code, Refusal>,
    ) -> Option<Result<Code, Refusal>> {
        Some(match self {
            Cell::Nothing => Ok(0),
            Cell::Text(text) => learn(text),
            Cell::Entry(Entry { bytes, note }) => match note.get() {
                Some(code) => Ok(code),
                None => text(bytes).and_then(learn).inspect(|code| {
                    note.0.set(Some(*code));
                }),
            },
            Cell::Number(_) | Cell::Flag(_) | Cell::Time(_) => return None,
        })
    }
}

/// The text that those bytes are.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes).map_err(|error| Refusal::NotUtf8(error.valid_up_to() + 1))
}

/// One row.
#[derive(Clone, Debug)]
pub(crate) struct Cells<'a> {
    cells: [Cell<'a>; COLUMNS],
}

impl<'a> Cells<'a> {
    pub(crate) fn new() -> Self {
        Cells {
            cells: std::array::from_fn(|_| Cell::Nothing),
        }
    }

    pub(crate) fn set(&mut self, column: Column, cell: Cell<'a>) {
        if let Some(place) = self.cells.get_mut(column as usize) {
            *place = cell;
        }
    }

    /// A text; an empty one says nothing.
    pub(crate) fn say(&mut self, column: Column, text: impl Into<Cow<'a, str>>) {
        let text = text.into();
        if !text.is_empty() {
            self.set(column, Cell::Text(text));
        }
    }

    pub(crate) fn get(&self, column: Column) -> &Cell<'a> {
        self.cells.get(column as usize).unwrap_or(&Cell::Nothing)
    }

    pub(crate) fn says(&self, column: Column) -> bool {
        *self.get(column) != Cell::Nothing
    }

    /// Forgets the row, so that the next one finds no value of it.
    pub(crate) fn clear(&mut self) {
        self.cells.fill(Cell::Nothing);
    }
}
