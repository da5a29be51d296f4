//! The values of one row as its file has them, before anybody says what they mean.

use std::borrow::Cow;

use crate::column::{COLUMNS, Column};

/// One value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Absent, null or empty.
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    Number(i64),
    Flag(bool),
    /// A time that its file keeps as a number of nanoseconds since 1970, UTC.
    Time(i64),
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
