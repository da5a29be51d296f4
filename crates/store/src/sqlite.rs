//! The embedded store: SQLite, for one process on one machine.
//!
//! One connection writes, so writers queue in this process and never fail for being many; readers
//! have connections of their own and see the last commit without waiting for the next (write-ahead
//! log). A commit has answered only after it is on the disk (`synchronous = FULL`).
//!
//! A second process may read the same file, and even write it (the busy timeout sorts that out),
//! but its writes do not wake this one's watches.

mod audit;
mod catch_up;
mod clients;
mod commit;
mod deleted;
mod directory;
mod feed;
mod history;
mod keys;
mod moves;
mod people;
mod programs;
mod sign_ins;
mod tenants;
mod values;
mod world;

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Transaction};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard};

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
];

/// How long a write waits for another process before it is [`Outage::Busy`].
const PATIENCE: Duration = Duration::from_secs(5);

/// How to open a file.
#[derive(Clone, Copy, Debug)]
pub struct SqliteOptions {
    /// How many may read at the same time.
    pub readers: u32,
    /// How many pages of 4 KiB the file may have at most. A write that needs more fails with
    /// [`Outage::Full`], as on a full disk.
    pub max_pages: Option<u32>,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        SqliteOptions {
            readers: 8,
            max_pages: None,
        }
    }
}

/// The embedded store.
#[derive(Debug)]
pub struct Sqlite {
    /// `None` once the store is closed.
    writer: Mutex<Option<Writer>>,
    /// `None` for a store in memory, where the writer reads as well.
    readers: Option<SqlitePool>,
    bell: Bell,
}

/// The one connection that writes.
#[derive(Debug)]
struct Writer {
    connection: SqliteConnection,
    /// Somebody stopped waiting in the middle of a transaction: it has to be rolled back first.
    abandoned: bool,
}

impl Sqlite {
    /// Opens the file, makes it if it is not there, and brings its schema up to date.
    pub async fn open(path: &Path, options: SqliteOptions) -> Result<Self> {
        let SqliteOptions { readers, max_pages } = options;
        let file = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let mut writer = file
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        if let Some(pages) = max_pages {
            writer = writer.pragma("max_page_count", pages.to_string());
        }
        let mut writer = writer.connect().await?;
        migrate(&mut writer, MIGRATIONS).await?;
        let pool = SqlitePoolOptions::new().max_connections(readers.max(1));
        let pool = pool.connect_lazy_with(file.read_only(true));
        Ok(Self::with(writer, Some(pool)))
    }

    /// A store that lives in memory, and ends with this value: for tests and for trying things out.
    /// Nothing else about it differs, but readers wait for the writer.
    pub async fn in_memory() -> Result<Self> {
        let memory = SqliteConnectOptions::new().foreign_keys(true);
        let mut writer = memory.connect().await?;
        migrate(&mut writer, MIGRATIONS).await?;
        Ok(Self::with(writer, None))
    }

    fn with(connection: SqliteConnection, readers: Option<SqlitePool>) -> Self {
        Sqlite {
            writer: Mutex::new(Some(Writer {
                connection,
                abandoned: false,
            })),
            readers,
            bell: Bell::new(),
        }
    }

    /// Begins to write, when all who began before have finished.
    async fn write(&self) -> Result<Writing<'_>> {
        let mut writing = self.connection().await?;
        writing.open = true;
        match sqlx::query("BEGIN IMMEDIATE").execute(&mut *writing).await {
            Ok(_) => Ok(writing),
            Err(error) => writing.end(Err(error.into())).await,
        }
    }

    /// Begins to read: everything that is read until the end is of one moment.
    async fn read(&self) -> Result<Reading<'_>> {
        match &self.readers {
            Some(readers) => Ok(Reading::Pool(readers.begin().await?)),
            None => Ok(Reading::Writer(self.connection().await?)),
        }
    }

    /// The writing connection, with no transaction on it.
    async fn connection(&self) -> Result<Writing<'_>> {
        let writer = MutexGuard::try_map(self.writer.lock().await, Option::as_mut);
        let mut writer = writer.map_err(|_| closed())?;
        if std::mem::replace(&mut writer.abandoned, false) {
            roll_back(&mut writer.connection).await;
        }
        Ok(Writing {
            writer,
            open: false,
        })
    }
}

fn closed() -> Error {
    Error::Unavailable {
        outage: Outage::Lost,
        cause: None,
    }
}

/// Ends a transaction without a trace. Fails if SQLite has done so by itself, as it does when the
/// disk is full, and that is as well.
async fn roll_back(connection: &mut SqliteConnection) {
    let _ = sqlx::query("ROLLBACK").execute(connection).await;
}

/// The writing connection, held by one caller.
struct Writing<'a> {
    writer: MappedMutexGuard<'a, Writer>,
    /// Whether a transaction is open.
    open: bool,
}

impl Writing<'_> {
    /// Ends the transaction: keeps what was written if all went well, and nothing otherwise.
    async fn end<T>(mut self, result: Result<T>) -> Result<T> {
        let result = match result {
            Ok(value) => match sqlx::query("COMMIT").execute(&mut *self).await {
                Ok(_) => Ok(value),
                Err(error) => Err(error.into()),
            },
            Err(error) => Err(error),
        };
        if result.is_err() {
            roll_back(&mut self).await;
        }
        self.open = false;
        result
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.writer.abandoned = self.open;
    }
}

impl Deref for Writing<'_> {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        &self.writer.connection
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.writer.connection
    }
}

/// A connection that reads.
enum Reading<'a> {
    Pool(Transaction<'static, sqlx::Sqlite>),
    Writer(Writing<'a>),
}

impl Deref for Reading<'_> {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        match self {
            Reading::Pool(transaction) => transaction,
            Reading::Writer(writing) => writing,
        }
    }
}

impl DerefMut for Reading<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Reading::Pool(transaction) => transaction,
            Reading::Writer(writing) => writing,
        }
    }
}

/// Brings a schema up to date; several processes may try at once.
pub(crate) async fn migrate(
    connection: &mut SqliteConnection,
    migrations: &[Migration],
) -> Result<()> {
    sqlx::query("BEGIN IMMEDIATE")
        .execute(&mut *connection)
        .await?;
    let result = migrate_within(connection, migrations).await;
    let end = match result {
        Ok(()) => "COMMIT",
        Err(_) => "ROLLBACK",
    };
    sqlx::query(end).execute(connection).await?;
    result
}

async fn migrate_within(connection: &mut SqliteConnection, migrations: &[Migration]) -> Result<()> {
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS migration (
             number INTEGER PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL
         ) STRICT",
    )
    .execute(&mut *connection)
    .await?;
    let ran: Vec<String> = sqlx::query_scalar("SELECT text FROM migration ORDER BY number")
        .fetch_all(&mut *connection)
        .await?;
    for (number, migration) in schema::missing(migrations, &ran)? {
        sqlx::raw_sql(migration.text)
            .execute(&mut *connection)
            .await?;
        if migration.name == schema::CHAIN {
            audit::chain(connection).await?;
        }
        sqlx::query("INSERT INTO migration (number, name, text) VALUES (?1, ?2, ?3)")
            .bind(number)
            .bind(migration.name)
            .bind(migration.text)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The next place in the order of all writes.
async fn next_sequence(writing: &mut SqliteConnection) -> Result<i64> {
    let next = sqlx::query_scalar("UPDATE counter SET sequence = sequence + 1 RETURNING sequence");
    Ok(next.fetch_one(writing).await?)
}

#[async_trait]
impl Store for Sqlite {
    async fn close(&self) {
        if let Some(readers) = &self.readers {
            readers.close().await;
        }
        if let Some(writer) = self.writer.lock().await.take() {
            // There is nobody left to whom a failure would mean anything: what has been
            // acknowledged is on the disk already.
            let _ = writer.connection.close().await;
        }
        self.bell.close();
    }
}
