//! Rows and columns, and how a value is written where.

use serde_json::{Map, Value};

use crate::terminal;

/// One value of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Text(String),
    Number(u64),
    Nothing,
}

/// What a column holds, also where no row says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// How a sheet is drawn: each row with a label and bars of numbers one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drawing {
    pub(crate) title: &'static str,
    /// The columns with what a row is called, the first one that says it.
    pub(crate) labels: &'static [usize],
    /// The columns with the numbers, and what they are called.
    pub(crate) parts: [(usize, &'static str); 2],
    /// Rows are days, and those between them are shown as well.
    pub(crate) over_time: bool,
}

/// One table.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) name: &'static str,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Entry>>,
    pub(crate) drawing: Option<Drawing>,
}

impl Column {
    pub(crate) const fn text(name: &'static str) -> Self {
        Column {
            name,
            kind: Kind::Text,
        }
    }

    pub(crate) const fn number(name: &'static str) -> Self {
        Column {
            name,
            kind: Kind::Number,
        }
    }
}

impl Entry {
    pub(crate) fn json(&self) -> Value {
        match self {
            Entry::Text(text) => text.clone().into(),
            Entry::Number(number) => (*number).into(),
            Entry::Nothing => Value::Null,
        }
    }

    /// As separated values have it: nothing is empty.
    pub(crate) fn plain(&self) -> String {
        match self {
            Entry::Text(text) => text.clone(),
            Entry::Number(number) => number.to_string(),
            Entry::Nothing => String::new(),
        }
    }

    /// As a reader may see it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Entry::Nothing => "–".to_owned(),
            other => terminal::visible(&other.plain()),
        }
    }

    pub(crate) const fn as_number(&self) -> u64 {
        match self {
            Entry::Number(number) => *number,
            Entry::Text(_) | Entry::Nothing => 0,
        }
    }
}

impl Sheet {
    pub(crate) const fn new(
        name: &'static str,
        columns: Vec<Column>,
        rows: Vec<Vec<Entry>>,
    ) -> Self {
        Sheet {
            name,
            columns,
            rows,
            drawing: None,
        }
    }

    pub(crate) const fn drawn(mut self, drawing: Drawing) -> Self {
        self.drawing = Some(drawing);
        self
    }

    pub(crate) fn json(&self) -> Value {
        let row = |row: &Vec<Entry>| {
            let names = self.columns.iter().map(|column| column.name.to_owned());
            let members: Map<String, Value> = names.zip(row.iter().map(Entry::json)).collect();
            Value::Object(members)
        };
        self.rows.iter().map(row).collect()
    }
}
