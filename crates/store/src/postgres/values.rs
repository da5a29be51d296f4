//! Small named values.

use async_trait::async_trait;
use sqlx::postgres::PgConnection;

use super::Postgres;
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::revision::Revision;
use crate::values::{Stored, Values};

async fn put(
    writing: &mut PgConnection,
    name: &str,
    expected: Revision,
    text: &str,
) -> Result<Revision> {
    let name = column::word("the name of a value", name)?;
    let text = column::long_word("a value", text)?;
    // Both wait for whoever writes the same value just now, and look at what he left.
    let put = match expected {
        Revision(0) => sqlx::query(
            "INSERT INTO setting (name, revision, value) VALUES ($1, $2 + 1, $3)
             ON CONFLICT (name) DO NOTHING",
        ),
        _ => sqlx::query(
            "UPDATE setting SET revision = $2 + 1, value = $3 WHERE name = $1 AND revision = $2",
        ),
    };
    let put = put.bind(name).bind(column::number(expected.0)).bind(text);
    if put.execute(&mut *writing).await?.rows_affected() > 0 {
        return Ok(expected.next());
    }
    let found: Option<i64> = sqlx::query_scalar("SELECT revision FROM setting WHERE name = $1")
        .bind(name)
        .fetch_optional(writing)
        .await?;
    Err(Error::Conflict {
        of: Subject::Value(name.to_owned()),
        expected: expected.0,
        found: column::read_number(found.unwrap_or(0))?,
    })
}

#[async_trait]
impl Values for Postgres {
    async fn value(&self, name: &str) -> Result<Option<Stored>> {
        let mut reading = self.read().await?;
        let row: Option<(i64, String)> =
            sqlx::query_as("SELECT revision, value FROM setting WHERE name = $1")
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
