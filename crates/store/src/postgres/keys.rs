//! Signing keys.

use async_trait::async_trait;
use sqlx::postgres::PgConnection;

use super::Postgres;
use crate::Moment;
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::taken;
use crate::keys::{SigningKey, SigningKeys};
use crate::reading::{self, KeyColumns};

async fn add(writing: &mut PgConnection, key: &SigningKey) -> Result<()> {
    let retired = key
        .retired
        .map(|when| column::moment("the time of a key", when));
    sqlx::query(
        "INSERT INTO signing_key (id, purpose, sealed, public, created, retired)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(column::word("the id of a key", &key.id)?)
    .bind(column::word("the purpose of a key", &key.purpose)?)
    .bind(key.sealed.as_deref())
    .bind(column::long_word("the public half of a key", &key.public)?)
    .bind(column::moment("the time of a key", key.created)?)
    .bind(retired.transpose()?)
    .execute(writing)
    .await
    .map_err(taken(|| Subject::Key(key.id.clone())))?;
    Ok(())
}

async fn retire(writing: &mut PgConnection, id: &str, when: Moment) -> Result<()> {
    let retired =
        sqlx::query("UPDATE signing_key SET retired = COALESCE(retired, $2) WHERE id = $1")
            .bind(column::searched(id))
            .bind(column::moment("the time of a key", when)?)
            .execute(writing)
            .await?;
    found(retired.rows_affected(), id)
}

async fn erase(writing: &mut PgConnection, id: &str) -> Result<()> {
    let erased = sqlx::query("UPDATE signing_key SET sealed = NULL WHERE id = $1")
        .bind(column::searched(id))
        .execute(writing)
        .await?;
    found(erased.rows_affected(), id)
}

fn found(rows: u64, id: &str) -> Result<()> {
    match rows {
        0 => Err(Error::NotFound(Subject::Key(id.to_owned()))),
        _ => Ok(()),
    }
}

#[async_trait]
impl SigningKeys for Postgres {
    async fn add_key(&self, key: &SigningKey) -> Result<()> {
        let mut writing = self.write().await?;
        let result = add(&mut writing, key).await;
        writing.end(result).await
    }

    async fn retire_key(&self, id: &str, when: Moment) -> Result<()> {
        let mut writing = self.write().await?;
        let result = retire(&mut writing, id, when).await;
        writing.end(result).await
    }

    async fn erase_key(&self, id: &str) -> Result<()> {
        let mut writing = self.write().await?;
        let result = erase(&mut writing, id).await;
        writing.end(result).await
    }

    async fn keys(&self, purpose: &str) -> Result<Vec<SigningKey>> {
        let mut reading = self.read().await?;
        let rows: Vec<KeyColumns> = sqlx::query_as(
            "SELECT id, purpose, sealed, public, created, retired FROM signing_key
             WHERE purpose = $1 ORDER BY created, id",
        )
        .bind(column::searched(purpose))
        .fetch_all(&mut *reading)
        .await?;
        Ok(rows.into_iter().map(reading::key).collect())
    }
}
