//! The embedded store: SQLite, for one process on one machine.
//!
//! One connection writes, on a thread of its own, so writers queue in this process and never fail
//! for being many; those that wait together are kept together. Readers have connections of their own
//! and see the last commit without waiting for the next (write-ahead log). A commit has answered
//! only after it is on the disk (`synchronous = FULL`).
//!
//! A second process may read the same file, and even write it (the busy timeout sorts that out),
//! but its writes do not wake this one's watches.

mod audit;
mod catch_up;
mod clients;
mod commit;
mod deleted;
mod deleted_users;
mod directory;
mod feed;
mod group;
mod history;
mod keys;
mod moves;
mod passes;
mod people;
mod programs;
mod provisioning;
mod query;
mod readers;
mod sign_ins;
mod synchronization;
mod tenants;
mod values;
mod world;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{Connection, OpenFlags};

use self::query::Query;
use self::readers::Readers;
use self::writer::Writer;
use crate::Store;
use crate::error::{Error, Outage, Result};
use crate::feed::Bell;
use crate::schema::{self, Migration, migrations};

pub(crate) const MIGRATIONS: &[Migration] = migrations!["sqlite";
    "0001_settings",
    "0002_audit",
    "0003_people",
    "0004_sign_ins",
    "0005_server",
    "0006_logs",
    "0007_directory",
    "0008_deleted",
    "0009_sessions",
    "0010_people_moved",
    "0011_signing_in",
    "0012_synchronization",
];

/// How long a write waits for another process before it is [`Outage::Busy`].
const PATIENCE: Duration = Duration::from_secs(5);

/// How much of the file whoever writes keeps in memory, in KiB. A commit
/// changes one page of each of a dozen indexes, and most of these are in the order of random ids.
const CACHE: u32 = 32 * 1024;

/// The same for whoever fills a log: many rows at a time, each into every index.
const CACHE_TO_FILL: u32 = 512 * 1024;

/// How many pages the write-ahead log has before they are copied into the file. A page that was
/// written many times is copied once.
const CHECKPOINT: u32 = 4_000;

/// How to open a file.
#[derive(Clone, Copy, Debug)]
pub struct SqliteOptions {
    /// How many may read at the same time.
    pub readers: u32,
    /// How many pages of 4 KiB the file may have at most. A write that needs more fails with
    /// [`Outage::Full`], as on a full disk.
    pub max_pages: Option<u32>,
    /// How much of the file whoever writes keeps in memory, in KiB.
    pub cache: u32,
}

impl SqliteOptions {
    /// For a program that brings in large logs, and ends.
    pub fn to_fill() -> Self {
        SqliteOptions {
            readers: 1,
            cache: CACHE_TO_FILL,
            ..SqliteOptions::default()
        }
    }
}

impl Default for SqliteOptions {
    fn default() -> Self {
        SqliteOptions {
            readers: 8,
            max_pages: None,
            cache: CACHE,
        }
    }
}

/// The embedded store.
#[derive(Debug)]
pub struct Sqlite {
    writer: Writer,
    /// `None` for a store in memory, where the writer reads as well.
    readers: Option<Readers>,
    bell: Arc<Bell>,
}

impl Sqlite {
    /// Opens the file, makes it if it is not there, and brings its schema up to date.
    pub async fn open(path: &Path, options: SqliteOptions) -> Result<Self> {
        let SqliteOptions {
            readers,
            max_pages,
            cache,
        } = options;
        // Whatever it is called, it is a file: SQLite gives a meaning to some names, and to none
        // that begins with a slash.
        let path =
            std::path::absolute(path).map_err(|cause| Error::unavailable(Outage::Lost, cause))?;
        let bell = Arc::new(Bell::new());
        let readers = Readers::new(path.clone(), readers);
        let open = move || writing_connection(&path, max_pages, cache);
        Ok(Sqlite {
            writer: Writer::start(open, bell.clone()).await?,
            readers: Some(readers),
            bell,
        })
    }

    /// A store that lives in memory, and ends with this value: for tests and for trying things out.
    /// Nothing else about it differs, but readers wait for the writer.
    pub async fn in_memory() -> Result<Self> {
        let bell = Arc::new(Bell::new());
        let open = || {
            let connection = Connection::open_in_memory()?;
            prepare(&connection)?;
            migrate(&connection, MIGRATIONS)?;
            Ok(connection)
        };
        Ok(Sqlite {
            writer: Writer::start(open, bell.clone()).await?,
            readers: None,
            bell,
        })
    }

    /// Writes: all of it, or nothing if it fails. It may be done twice, if the first transaction
    /// that it was part of has left nothing.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.write(false, work).await
    }

    /// Writes what decisions see, and wakes the watches.
    async fn write_and_ring<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.write(true, work).await
    }

    /// Reads: everything is of one moment.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match &self.readers {
            Some(readers) => readers.read(work).await,
            None => self.writer.write(false, work).await,
        }
    }
}

/// What every connection is told.
fn prepare(connection: &Connection) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(query::KEPT);
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    Ok(())
}

fn reading_connection(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    Ok(connection)
}

fn writing_connection(path: &Path, max_pages: Option<u32>, cache: u32) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")?;
    // SQLite counts pages, unless the number is negative.
    connection.pragma_update(None, "cache_size", -i64::from(cache))?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
    if let Some(pages) = max_pages {
        connection.execute_batch(&format!("PRAGMA max_page_count = {pages}"))?;
    }
    migrate(&connection, MIGRATIONS)?;
    Ok(connection)
}

fn closed() -> Error {
    Error::Unavailable {
        outage: Outage::Lost,
        cause: None,
    }
}

/// Brings a schema up to date; several processes may try at once.
pub(crate) fn migrate(connection: &Connection, migrations: &[Migration]) -> Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let result = migrate_within(connection, migrations);
    let end = match result {
        Ok(()) => "COMMIT",
        Err(_) => "ROLLBACK",
    };
    connection.execute_batch(end)?;
    result
}

fn migrate_within(connection: &Connection, migrations: &[Migration]) -> Result<()> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
             number INTEGER PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL
         ) STRICT",
    )?;
    let ran: Vec<String> =
        Query::new("SELECT text FROM migration ORDER BY number").all(connection)?;
    for (number, migration) in schema::missing(migrations, &ran)? {
        connection.execute_batch(migration.text)?;
        if migration.name == schema::CHAIN {
            audit::chain(connection)?;
        }
        Query::new("INSERT INTO migration (number, name, text) VALUES (?1, ?2, ?3)")
            .bind(number)
            .bind(migration.name)
            .bind(migration.text)
            .execute(connection)?;
    }
    Ok(())
}

/// The next place in the order of all writes.
fn next_sequence(writing: &Connection) -> Result<i64> {
    let next = Query::new("UPDATE counter SET sequence = sequence + 1 RETURNING sequence");
    Ok(next.one(writing)?)
}

#[async_trait]
impl Store for Sqlite {
    async fn close(&self) {
        if let Some(readers) = &self.readers {
            readers.close().await;
        }
        self.writer.close().await;
        self.bell.close();
    }
}
