//! What has changed.

use async_trait::async_trait;
use policy::tenant::TenantId;

use super::Sqlite;
use super::query::Query;
use crate::catch_up::{CatchUp, Held};
use crate::column;
use crate::error::Result;
use crate::feed::{Feed, Moved, Watch};
use crate::reading::{self, MovedColumns};
use crate::revision::Sequence;

#[async_trait]
impl Feed for Sqlite {
    async fn sequence(&self) -> Result<Sequence> {
        self.read(move |reading| {
            let sequence = Query::new("SELECT sequence FROM counter");
            let sequence = sequence.one(reading)?;
            column::read_number(sequence).map(Sequence)
        })
        .await
    }

    async fn moved_since(&self, sequence: Sequence) -> Result<Moved> {
        self.read(move |reading| {
            let since = column::number(sequence.0);
            let (until, moved, revision): (i64, i64, i64) =
                Query::new("SELECT sequence, moved, revision FROM counter, facts").one(reading)?;
            let tenants: Vec<MovedColumns> = Query::new(
            "SELECT id, moved, revision, people FROM tenant WHERE moved > ?1 ORDER BY moved, id",
        )
        .bind(since)
        .all(reading)?;
            reading::moved(until, tenants, (moved > since).then_some(revision))
        })
        .await
    }

    async fn catch_up(&self, tenants: &[(TenantId, Option<Held>)]) -> Result<CatchUp> {
        self.what_is_lacking(tenants).await
    }

    fn watch(&self) -> Watch {
        self.bell.watch()
    }
}
