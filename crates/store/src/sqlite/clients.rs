//! Registrations of clients.

use async_trait::async_trait;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use rusqlite::Connection;

use super::Sqlite;
use super::query::Query;
use crate::clients::{Client, Clients};
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::missing;
use crate::text;
use crate::text::registration::ClientText;

fn put(writing: &Connection, client: &Client) -> Result<()> {
    let value = text::write::<ClientText, _>(client)?;
    let put = Query::new(
        "INSERT INTO client (id, tenant, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET value = excluded.value WHERE tenant = excluded.tenant",
    )
    .bind(column::id(client.id))
    .bind(column::id(client.tenant))
    .bind(value)
    .execute(writing)
    .map_err(missing(|| Subject::Tenant(client.tenant)))?;
    match put {
        0 => Err(Error::Taken(Subject::Client(client.id))),
        _ => Ok(()),
    }
}

fn delete(writing: &Connection, tenant: TenantId, id: ApplicationId) -> Result<()> {
    let gone = Query::new("DELETE FROM client WHERE tenant = ?1 AND id = ?2")
        .bind(column::id(tenant))
        .bind(column::id(id))
        .execute(writing)?;
    match gone {
        0 => Err(Error::NotFound(Subject::Client(id))),
        _ => Ok(()),
    }
}

fn client(value: String) -> Result<Client> {
    text::read::<ClientText, _>("a client", &value)
}

#[async_trait]
impl Clients for Sqlite {
    async fn put_client(&self, client: &Client) -> Result<()> {
        let client = client.clone();
        self.write(move |writing| put(writing, &client)).await
    }

    async fn client(&self, id: ApplicationId) -> Result<Option<Client>> {
        self.read(move |reading| {
            let value: Option<String> = Query::new("SELECT value FROM client WHERE id = ?1")
                .bind(column::id(id))
                .optional(reading)?;
            value.map(client).transpose()
        })
        .await
    }

    async fn clients(
        &self,
        tenant: TenantId,
        after: Option<ApplicationId>,
        limit: u32,
    ) -> Result<Vec<Client>> {
        self.read(move |reading| {
            let values: Vec<String> = Query::new(
                "SELECT value FROM client WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            )
            .bind(column::id(tenant))
            .bind(column::optional_id(after))
            .bind(column::limit(limit))
            .all(reading)?;
            values.into_iter().map(client).collect()
        })
        .await
    }

    async fn delete_client(&self, tenant: TenantId, id: ApplicationId) -> Result<()> {
        self.write(move |writing| delete(writing, tenant, id)).await
    }
}
