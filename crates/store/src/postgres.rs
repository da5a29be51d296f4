//! The store for more than one machine: PostgreSQL.
//!
//! Any number of processes may have the same database open. They are kept apart by row locks on
//! the tenants and on the counter of all writes, taken in one order by everybody, at isolation
//! READ COMMITTED; nothing is judged in memory that the database has not locked. A commit has
//! answered only after the server says that it is on its disk.
//!
//! Every commit notifies all processes (`LISTEN`/`NOTIFY`). A notification can be lost with a
//! connection, so the counter is also looked at now and then.

mod audit;
mod catch_up;
mod clients;
mod commit;
mod deleted;
mod deleted_users;
mod directory;
mod feed;
mod history;
mod keys;
mod listener;
mod moves;
mod passes;
mod people;
mod programs;
mod provisioning;
mod sign_ins;
mod synchronization;
mod tenants;
mod values;
mod world;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Executor, Transaction};
use tokio::task::AbortHandle;

use crate::Store;
use crate::error::{Error, Outage, Result};
use crate::open::without_password;
use crate::schema::{self, Migration, migrations};
use listener::Line;

pub(crate) const MIGRATIONS: &[Migration] = migrations!["postgres";
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

/// How to use a database.
#[derive(Clone, Copy, Debug)]
pub struct PostgresOptions {
    /// How many connections this process may have, beside the one that listens.
    pub connections: u32,
    /// How long to wait for a connection before the database counts as lost.
    pub patience: Duration,
    /// How often to look for changes that nobody was notified of.
    pub poll: Duration,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        PostgresOptions {
            connections: 16,
            patience: Duration::from_secs(3),
            poll: Duration::from_secs(2),
        }
    }
}

/// The store for more than one machine.
#[derive(Debug)]
pub struct Postgres {
    pool: PgPool,
    line: Arc<Line>,
    listener: AbortHandle,
}

/// What a session must say before it is used. A server that does not wait for its disk would break
/// the promise of a commit; a lock nobody gives back would stop everybody.
const SESSION: &str = "
    SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off';
    SET lock_timeout = '10s';
    SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s';
";

impl Postgres {
    /// Connects to the database at `postgres://user:password@host:port/database`, and brings its
    /// schema up to date.
    pub async fn open(address: &str, options: PostgresOptions) -> Result<Self> {
        let connect: PgConnectOptions = match address.parse() {
            Ok(connect) => connect,
            Err(_) => return Err(Error::Address(without_password(address))),
        };
        let PostgresOptions {
            connections,
            patience,
            poll,
        } = options;
        let pool = PgPoolOptions::new()
            .max_connections(connections.max(1))
            .acquire_timeout(patience)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SESSION).await.map(drop) })
            })
            .connect_lazy_with(connect.application_name("comity"));
        let mut store = Postgres {
            line: Arc::new(Line::new()),
            // Replaced as soon as there is a schema to listen on.
            listener: tokio::spawn(async {}).abort_handle(),
            pool,
        };
        let mut writing = store.write().await?;
        let result = migrate(&mut writing, MIGRATIONS).await;
        writing.end(result).await?;
        let listening = listener::listen(store.pool.clone(), store.line.clone(), poll);
        store.listener = tokio::spawn(listening).abort_handle();
        Ok(store)
    }

    async fn write(&self) -> Result<Writing> {
        self.reachable()?;
        let begun = self.begin("BEGIN ISOLATION LEVEL READ COMMITTED").await;
        begun.map(Writing).map_err(|error| self.failure(error))
    }

    /// Begins to read: everything that is read until the end is of one moment.
    async fn read(&self) -> Result<Transaction<'static, sqlx::Postgres>> {
        self.reachable()?;
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        self.begin(begin).await.map_err(|error| self.failure(error))
    }

    /// In a task of its own: whoever stops waiting while a transaction begins would leave a connection
    /// within it, and the pool would hand that to the next one. The task drops it as a transaction.
    async fn begin(
        &self,
        statement: &'static str,
    ) -> sqlx::Result<Transaction<'static, sqlx::Postgres>> {
        let pool = self.pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with(statement).await });
        begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// While the database is known to be lost nobody waits for it but the listener.
    fn reachable(&self) -> Result<()> {
        match self.line.is_lost() {
            true => Err(Error::Unavailable {
                outage: Outage::Lost,
                cause: None,
            }),
            false => Ok(()),
        }
    }

    /// Nobody gave us a connection in time: because the others of this process have them all, or
    /// because there are none to be had?
    fn failure(&self, error: sqlx::Error) -> Error {
        match error {
            sqlx::Error::PoolTimedOut if !self.line.is_up() => {
                Error::unavailable(Outage::Lost, error)
            }
            error => error.into(),
        }
    }
}

/// A transaction that writes.
struct Writing(Transaction<'static, sqlx::Postgres>);

impl Writing {
    /// Ends the transaction: keeps what was written if all went well, and nothing otherwise.
    async fn end<T>(self, result: Result<T>) -> Result<T> {
        match result {
            Ok(value) => self.0.commit().await.map(|()| value).map_err(Error::from),
            Err(error) => {
                // If this fails as well the connection is gone, and the server rolls back by itself.
                let _ = self.0.rollback().await;
                Err(error)
            }
        }
    }
}

impl Deref for Writing {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Writing {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// What all processes lock that want to change the schema; an arbitrary number.
const SCHEMA_LOCK: i64 = 0x636f_6d69_7479;

/// Brings a schema up to date, as part of a transaction; several processes may try at once.
pub(crate) async fn migrate(writing: &mut PgConnection, migrations: &[Migration]) -> Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(SCHEMA_LOCK)
        .execute(&mut *writing)
        .await?;
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS migration (
             number BIGINT PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL
         )",
    )
    .execute(&mut *writing)
    .await?;
    let ran: Vec<String> = sqlx::query_scalar("SELECT text FROM migration ORDER BY number")
        .fetch_all(&mut *writing)
        .await?;
    for (number, migration) in schema::missing(migrations, &ran)? {
        sqlx::raw_sql(migration.text).execute(&mut *writing).await?;
        if migration.name == schema::CHAIN {
            audit::chain(writing).await?;
        }
        sqlx::query("INSERT INTO migration (number, name, text) VALUES ($1, $2, $3)")
            .bind(number)
            .bind(migration.name)
            .bind(migration.text)
            .execute(&mut *writing)
            .await?;
    }
    Ok(())
}

/// The next place in the order of all writes. Whoever has it keeps all others waiting, so it is
/// the last thing that a transaction asks for.
async fn next_sequence(writing: &mut PgConnection) -> Result<i64> {
    let next = sqlx::query_scalar("UPDATE counter SET sequence = sequence + 1 RETURNING sequence");
    Ok(next.fetch_one(writing).await?)
}

/// Tells all processes, once the transaction is committed.
async fn notify(writing: &mut PgConnection, sequence: i64) -> Result<()> {
    sqlx::query("SELECT pg_notify($1, $2)")
        .bind(listener::CHANNEL)
        .bind(sequence.to_string())
        .execute(writing)
        .await?;
    Ok(())
}

#[async_trait]
impl Store for Postgres {
    async fn close(&self) {
        self.listener.abort();
        self.line.bell.close();
        self.pool.close().await;
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.listener.abort();
    }
}
