//! The registry of tenants.

use async_trait::async_trait;
use policy::tenant::{Domain, TenantId};

use super::Sqlite;
use super::query::Query;
use crate::column;
use crate::error::Result;
use crate::reading::{self, TenantColumns};
use crate::tenants::{TenantRow, Tenants};

const ONE: &str = "SELECT hosted, directory_known, t.revision, moved, created, value
     FROM tenant t JOIN entity ON entity.tenant = t.id AND kind = 'profile'
     WHERE t.id = ?1";

#[async_trait]
impl Tenants for Sqlite {
    async fn tenant(&self, id: TenantId) -> Result<Option<TenantRow>> {
        self.read(move |reading| {
            let row: Option<TenantColumns> =
                Query::new(ONE).bind(column::id(id)).optional(reading)?;
            row.map(reading::tenant).transpose()
        })
        .await
    }

    async fn tenant_of_domain(&self, domain: &Domain) -> Result<Option<TenantId>> {
        let domain = domain.clone();
        self.read(move |reading| {
            let id: Option<Vec<u8>> = Query::new("SELECT tenant FROM domain WHERE name = ?1")
                .bind(domain.as_str())
                .optional(reading)?;
            id.map(|id| column::read_id(&id)).transpose()
        })
        .await
    }

    async fn tenants_of(&self, ids: &[TenantId]) -> Result<Vec<TenantRow>> {
        let ids = ids.to_vec();
        self.read(move |reading| {
            let mut found = Vec::with_capacity(ids.len());
            for id in &ids {
                let row: Option<TenantColumns> =
                    Query::new(ONE).bind(column::id(*id)).optional(reading)?;
                found.extend(row.map(reading::tenant).transpose()?);
            }
            Ok(found)
        })
        .await
    }

    async fn tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<TenantRow>> {
        self.read(move |reading| {
            let rows: Vec<TenantColumns> = Query::new(
                "SELECT hosted, directory_known, t.revision, moved, created, value
             FROM tenant t JOIN entity ON entity.tenant = t.id AND kind = 'profile'
             WHERE t.id > ?1 ORDER BY t.id LIMIT ?2",
            )
            .bind(column::optional_id(after))
            .bind(column::limit(limit))
            .all(reading)?;
            rows.into_iter().map(reading::tenant).collect()
        })
        .await
    }
}
