//! Empty databases in a cluster that all tests of this process share.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::cluster::Cluster;

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// An empty database in the cluster that all tests of this process share.
pub(crate) struct Database(String);

impl Database {
    /// Makes one. Nothing here is to survive anything, so the server need not wait for its disk.
    pub(crate) async fn create() -> Option<Self> {
        static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
        let cluster = CLUSTER.get_or_init(|| Cluster::start("-c fsync=off"));
        let cluster = cluster.as_ref()?;
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut server = PgConnection::connect(&cluster.address("postgres"))
            .await
            .unwrap();
        let create = format!("CREATE DATABASE {name}");
        server.execute(AssertSqlSafe(create)).await.unwrap();
        server.close().await.unwrap();
        Some(Database(cluster.address(&name)))
    }

    pub(crate) fn address(&self) -> &str {
        &self.0
    }
}
