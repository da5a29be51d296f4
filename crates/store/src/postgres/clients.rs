//! Registrations of clients.

use async_trait::async_trait;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use sqlx::postgres::PgConnection;

use super::Postgres;
use crate::clients::{Client, Clients};
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::missing;
use crate::text;
use crate::text::registration::ClientText;

async fn put(writing: &mut PgConnection, client: &Client) -> Result<()> {
    let value = text::write::<ClientText, _>(client)?;
    let put = sqlx::query(
        "INSERT INTO client (id, tenant, value) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET value = excluded.value WHERE client.tenant = excluded.tenant",
    )
    .bind(column::id(client.id))
    .bind(column::id(client.tenant))
    .bind(value)
    .execute(writing)
    .await
    .map_err(missing(|| Subject::Tenant(client.tenant)))?;
    match put.rows_affected() {
        0 => Err(Error::Taken(Subject::Client(client.id))),
        _ => Ok(()),
    }
}

async fn delete(writing: &mut PgConnection, tenant: TenantId, id: ApplicationId) -> Result<()> {
    let gone = sqlx::query("DELETE FROM client WHERE tenant = $1 AND id = $2")
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(writing)
        .await?;
    match gone.rows_affected() {
        0 => Err(Error::NotFound(Subject::Client(id))),
        _ => Ok(()),
    }
}

fn client(value: String) -> Result<Client> {
    text::read::<ClientText, _>("a client", &value)
}

#[async_trait]
impl Clients for Postgres {
    async fn put_client(&self, client: &Client) -> Result<()> {
        let mut writing = self.write().await?;
        let result = put(&mut writing, client).await;
        writing.end(result).await
    }

    async fn client(&self, id: ApplicationId) -> Result<Option<Client>> {
        let mut reading = self.read().await?;
        let value: Option<String> = sqlx::query_scalar("SELECT value FROM client WHERE id = $1")
            .bind(column::id(id))
            .fetch_optional(&mut *reading)
            .await?;
        value.map(client).transpose()
    }

    async fn clients(
        &self,
        tenant: TenantId,
        after: Option<ApplicationId>,
        limit: u32,
    ) -> Result<Vec<Client>> {
        let mut reading = self.read().await?;
        let values: Vec<String> = sqlx::query_scalar(
            "SELECT value FROM client WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(column::id(tenant))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        values.into_iter().map(client).collect()
    }

    async fn delete_client(&self, tenant: TenantId, id: ApplicationId) -> Result<()> {
        let mut writing = self.write().await?;
        let result = delete(&mut writing, tenant, id).await;
        writing.end(result).await
    }
}
