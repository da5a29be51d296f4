//! Every guarantee of the store, kept by every backend.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod cluster;
mod conformance;
mod crash;
mod database;
mod outage;
mod replicas;
mod sample;
mod schema;

use std::sync::Arc;

use comity_store::{Postgres, PostgresOptions, Sqlite, SqliteOptions, Store};
use conformance::Place;
use database::Database;

/// A file in a folder of its own.
struct File(sample::Folder);

impl File {
    fn folder(&self) -> &sample::Folder {
        &self.0
    }
}

impl Place for File {
    const KEEPS: bool = true;

    async fn fresh() -> Option<Self> {
        Some(File(sample::Folder::new()))
    }

    async fn open(&self) -> Arc<dyn Store> {
        let path = self.0.path().join("store.db");
        Arc::new(Sqlite::open(&path, SqliteOptions::default()).await.unwrap())
    }
}

/// In memory: the one place where nothing is left after closing.
struct Memory(Arc<dyn Store>);

impl Place for Memory {
    const KEEPS: bool = false;

    async fn fresh() -> Option<Self> {
        Some(Memory(Arc::new(Sqlite::in_memory().await.unwrap())))
    }

    async fn open(&self) -> Arc<dyn Store> {
        self.0.clone()
    }
}

/// A database of its own in a cluster that is thrown away.
impl Place for Database {
    const KEEPS: bool = true;

    async fn fresh() -> Option<Self> {
        Database::create().await
    }

    async fn open(&self) -> Arc<dyn Store> {
        let options = PostgresOptions::default();
        Arc::new(Postgres::open(self.address(), options).await.unwrap())
    }
}

mod sqlite {
    super::conformance::suite!(super::File);
}

mod sqlite_in_memory {
    super::conformance::suite!(super::Memory);
}

mod postgres {
    super::conformance::suite!(super::Database);
}
