//! What has changed.

use async_trait::async_trait;
use policy::tenant::TenantId;

use super::Postgres;
use crate::catch_up::{CatchUp, Held};
use crate::column;
use crate::error::Result;
use crate::feed::{Feed, Moved, Watch};
use crate::reading::{self, MovedColumns};
use crate::revision::Sequence;

#[async_trait]
impl Feed for Postgres {
    async fn sequence(&self) -> Result<Sequence> {
        let mut reading = self.read().await?;
        let sequence = sqlx::query_scalar("SELECT sequence FROM counter");
        let sequence = sequence.fetch_one(&mut *reading).await?;
        column::read_number(sequence).map(Sequence)
    }

    async fn moved_since(&self, sequence: Sequence) -> Result<Moved> {
        let mut reading = self.read().await?;
        let since = column::number(sequence.0);
        let (until, moved, revision): (i64, i64, i64) =
            sqlx::query_as("SELECT sequence, moved, revision FROM counter, facts")
                .fetch_one(&mut *reading)
                .await?;
        let tenants: Vec<MovedColumns> = sqlx::query_as(
            "SELECT id, moved, revision, people FROM tenant WHERE moved > $1 ORDER BY moved, id",
        )
        .bind(since)
        .fetch_all(&mut *reading)
        .await?;
        reading::moved(until, tenants, (moved > since).then_some(revision))
    }

    async fn catch_up(&self, tenants: &[(TenantId, Option<Held>)]) -> Result<CatchUp> {
        self.what_is_lacking(tenants).await
    }

    fn watch(&self) -> Watch {
        self.line.bell.watch()
    }
}
