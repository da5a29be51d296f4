//! A statement with its values, and how its rows are read.
//!
//! Every statement is prepared once for each connection and kept; so a text holds a `?` wherever a
//! value goes, and there are few texts.

use std::borrow::Cow;

use rusqlite::types::FromSql;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Result, Row, ToSql};

/// How many statements a connection keeps: more than there are texts.
pub(super) const KEPT: usize = 256;

/// A statement with its values.
pub(super) struct Query<'a> {
    text: Cow<'static, str>,
    values: Vec<Box<dyn ToSql + 'a>>,
}

impl<'a> Query<'a> {
    pub(super) fn new(text: &'static str) -> Self {
        Query {
            text: Cow::Borrowed(text),
            values: Vec::new(),
        }
    }

    /// The next value: the first one is `?1`.
    pub(super) fn bind(mut self, value: impl ToSql + 'a) -> Self {
        self.values.push(Box::new(value));
        self
    }

    /// Goes on with that text.
    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// Goes on with that value.
    pub(super) fn push_bind(&mut self, value: impl ToSql + 'a) -> &mut Self {
        self.values.push(Box::new(value));
        self.push("?")
    }

    /// How many rows were written.
    pub(super) fn execute(&self, connection: &Connection) -> Result<usize> {
        let mut statement = connection.prepare_cached(&self.text)?;
        self.give(&mut statement)?;
        statement.raw_execute()
    }

    /// The rows.
    pub(super) fn all<T: Columns>(&self, connection: &Connection) -> Result<Vec<T>> {
        let mut statement = connection.prepare_cached(&self.text)?;
        self.give(&mut statement)?;
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(T::of(row)?);
        }
        Ok(found)
    }

    /// Hands on the rows one by one for as long as they are wanted.
    pub(super) fn each<T: Columns>(
        &self,
        connection: &Connection,
        mut wanted: impl FnMut(T) -> bool,
    ) -> Result<()> {
        let mut statement = connection.prepare_cached(&self.text)?;
        self.give(&mut statement)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if !wanted(T::of(row)?) {
                break;
            }
        }
        Ok(())
    }

    /// The first row.
    pub(super) fn one<T: Columns>(&self, connection: &Connection) -> Result<T> {
        let mut statement = connection.prepare_cached(&self.text)?;
        self.give(&mut statement)?;
        let mut rows = statement.raw_query();
        let row = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        T::of(row)
    }

    /// The first row, if there is one.
    pub(super) fn optional<T: Columns>(&self, connection: &Connection) -> Result<Option<T>> {
        self.one(connection).optional()
    }

    fn give(&self, statement: &mut CachedStatement<'_>) -> Result<()> {
        let mut values = (1..).zip(&self.values);
        values.try_for_each(|(place, value)| statement.raw_bind_parameter(place, value))
    }
}

/// What a row is read into.
pub(super) trait Columns: Sized {
    fn of(row: &Row<'_>) -> Result<Self>;
}

macro_rules! single {
    ($($column:ty),*) => {$(
        impl Columns for $column {
            fn of(row: &Row<'_>) -> Result<Self> {
                row.get(0)
            }
        }
    )*};
}

single!(i64, String, Vec<u8>);

macro_rules! several {
    ($(($($column:ident)*))*) => {$(
        impl<$($column: FromSql),*> Columns for ($($column,)*) {
            fn of(row: &Row<'_>) -> Result<Self> {
                row.try_into()
            }
        }
    )*};
}

several! {
    (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G H I J K L M N)
}
