//! The registry of tenants.

use async_trait::async_trait;
use policy::tenant::{Domain, TenantId};

use super::Postgres;
use crate::column;
use crate::error::Result;
use crate::reading::{self, TenantColumns};
use crate::tenants::{TenantRow, Tenants};

#[async_trait]
impl Tenants for Postgres {
    async fn tenant(&self, id: TenantId) -> Result<Option<TenantRow>> {
        let mut reading = self.read().await?;
        let row: Option<TenantColumns> = sqlx::query_as(
            "SELECT hosted, directory_known, t.revision, moved, created, value
             FROM tenant t JOIN entity ON entity.tenant = t.id AND kind = 'profile'
             WHERE t.id = $1",
        )
        .bind(column::id(id))
        .fetch_optional(&mut *reading)
        .await?;
        row.map(reading::tenant).transpose()
    }

    async fn tenant_of_domain(&self, domain: &Domain) -> Result<Option<TenantId>> {
        let mut reading = self.read().await?;
        let id: Option<Vec<u8>> = sqlx::query_scalar("SELECT tenant FROM domain WHERE name = $1")
            .bind(domain.as_str())
            .fetch_optional(&mut *reading)
            .await?;
        id.map(|id| column::read_id(&id)).transpose()
    }

    async fn tenants_of(&self, ids: &[TenantId]) -> Result<Vec<TenantRow>> {
        let ids: Vec<Vec<u8>> = ids.iter().map(|id| column::id(*id).to_vec()).collect();
        let mut reading = self.read().await?;
        let rows: Vec<TenantColumns> = sqlx::query_as(
            "SELECT hosted, directory_known, t.revision, moved, created, value
             FROM tenant t JOIN entity ON entity.tenant = t.id AND kind = 'profile'
             WHERE t.id = ANY($1)",
        )
        .bind(ids)
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::tenant).collect()
    }

    async fn tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<TenantRow>> {
        let mut reading = self.read().await?;
        let rows: Vec<TenantColumns> = sqlx::query_as(
            "SELECT hosted, directory_known, t.revision, moved, created, value
             FROM tenant t JOIN entity ON entity.tenant = t.id AND kind = 'profile'
             WHERE t.id > $1 ORDER BY t.id LIMIT $2",
        )
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::tenant).collect()
    }
}
