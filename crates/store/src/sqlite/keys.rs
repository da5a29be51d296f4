//! Signing keys.

use async_trait::async_trait;
use rusqlite::Connection;

use super::Sqlite;
use super::query::Query;
use crate::Moment;
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::taken;
use crate::keys::{SigningKey, SigningKeys};
use crate::reading::{self, KeyColumns};

fn add(writing: &Connection, key: &SigningKey) -> Result<()> {
    let retired = key
        .retired
        .map(|when| column::moment("the time of a key", when));
    Query::new(
        "INSERT INTO signing_key (id, purpose, sealed, public, created, retired)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )
    .bind(column::word("the id of a key", &key.id)?)
    .bind(column::word("the purpose of a key", &key.purpose)?)
    .bind(key.sealed.as_deref())
    .bind(column::long_word("the public half of a key", &key.public)?)
    .bind(column::moment("the time of a key", key.created)?)
    .bind(retired.transpose()?)
    .execute(writing)
    .map_err(taken(|| Subject::Key(key.id.clone())))?;
    Ok(())
}

fn retire(writing: &Connection, id: &str, when: Moment) -> Result<()> {
    let retired =
        Query::new("UPDATE signing_key SET retired = COALESCE(retired, ?2) WHERE id = ?1")
            .bind(column::searched(id))
            .bind(column::moment("the time of a key", when)?)
            .execute(writing)?;
    found(retired, id)
}

fn erase(writing: &Connection, id: &str) -> Result<()> {
    let erased = Query::new("UPDATE signing_key SET sealed = NULL WHERE id = ?1")
        .bind(column::searched(id))
        .execute(writing)?;
    found(erased, id)
}

fn found(rows: usize, id: &str) -> Result<()> {
    match rows {
        0 => Err(Error::NotFound(Subject::Key(id.to_owned()))),
        _ => Ok(()),
    }
}

#[async_trait]
impl SigningKeys for Sqlite {
    async fn add_key(&self, key: &SigningKey) -> Result<()> {
        let key = key.clone();
        self.write(move |writing| add(writing, &key)).await
    }

    async fn retire_key(&self, id: &str, when: Moment) -> Result<()> {
        let id = id.to_owned();
        self.write(move |writing| retire(writing, &id, when)).await
    }

    async fn erase_key(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.write(move |writing| erase(writing, &id)).await
    }

    async fn keys(&self, purpose: &str) -> Result<Vec<SigningKey>> {
        let purpose = purpose.to_owned();
        self.read(move |reading| {
            let rows: Vec<KeyColumns> = Query::new(
                "SELECT id, purpose, sealed, public, created, retired FROM signing_key
             WHERE purpose = ?1 ORDER BY created, id",
            )
            .bind(column::searched(&purpose))
            .all(reading)?;
            Ok(rows.into_iter().map(reading::key).collect())
        })
        .await
    }
}
