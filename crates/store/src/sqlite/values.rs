//! Small named values.

use async_trait::async_trait;
use rusqlite::Connection;

use super::Sqlite;
use super::query::Query;
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::revision::Revision;
use crate::values::{Stored, Values};

fn put(writing: &Connection, name: &str, expected: Revision, text: &str) -> Result<Revision> {
    let name = column::word("the name of a value", name)?;
    let text = column::long_word("a value", text)?;
    let found: Option<i64> = Query::new("SELECT revision FROM setting WHERE name = ?1")
        .bind(name)
        .optional(writing)?;
    let found = column::read_number(found.unwrap_or(0))?;
    if found != expected.0 {
        return Err(Error::Conflict {
            of: Subject::Value(name.to_owned()),
            expected: expected.0,
            found,
        });
    }
    Query::new(
        "INSERT INTO setting (name, revision, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, value = excluded.value",
    )
    .bind(name)
    .bind(column::number(expected.next().0))
    .bind(text)
    .execute(writing)?;
    Ok(expected.next())
}

#[async_trait]
impl Values for Sqlite {
    async fn value(&self, name: &str) -> Result<Option<Stored>> {
        let name = name.to_owned();
        self.read(move |reading| {
            let row: Option<(i64, String)> =
                Query::new("SELECT revision, value FROM setting WHERE name = ?1")
                    .bind(column::searched(&name))
                    .optional(reading)?;
            row.map(Stored::of).transpose()
        })
        .await
    }

    async fn put_value(&self, name: &str, expected: Revision, text: &str) -> Result<Revision> {
        let (name, text) = (name.to_owned(), text.to_owned());
        self.write(move |writing| put(writing, &name, expected, &text))
            .await
    }
}
