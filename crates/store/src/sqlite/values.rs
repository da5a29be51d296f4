//! Small named values.

use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;

use super::Sqlite;
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::revision::Revision;
use crate::values::{Stored, Values};

async fn put(
    writing: &mut SqliteConnection,
    name: &str,
    expected: Revision,
    text: &str,
) -> Result<Revision> {
    let name = column::word("the name of a value", name)?;
    let text = column::long_word("a value", text)?;
    let found: Option<i64> = sqlx::query_scalar("SELECT revision FROM setting WHERE name = ?1")
        .bind(name)
        .fetch_optional(&mut *writing)
        .await?;
    let found = column::read_number(found.unwrap_or(0))?;
    if found != expected.0 {
        return Err(Error::Conflict {
            of: Subject::Value(name.to_owned()),
            expected: expected.0,
            found,
        });
    }
    sqlx::query(
        "INSERT INTO setting (name, revision, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, value = excluded.value",
    )
    .bind(name)
    .bind(column::number(expected.next().0))
    .bind(text)
    .execute(writing)
    .await?;
    Ok(expected.next())
}

#[async_trait]
impl Values for Sqlite {
    async fn value(&self, name: &str) -> Result<Option<Stored>> {
        let mut reading = self.read().await?;
        let row: Option<(i64, String)> =
            sqlx::query_as("SELECT revision, value FROM setting WHERE name = ?1")
                .bind(column::searched(name))
                .fetch_optional(&mut *reading)
                .await?;
        row.map(Stored::of).transpose()
    }

    async fn put_value(&self, name: &str, expected: Revision, text: &str) -> Result<Revision> {
        let mut writing = self.write().await?;
        let result = put(&mut writing, name, expected, text).await;
        writing.end(result).await
    }
}
