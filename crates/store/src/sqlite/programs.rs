//! Applications and what stands for them, as administrators see them.

use async_trait::async_trait;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use rusqlite::Connection;
use uuid::Uuid;

use super::Sqlite;
use super::directory::version;
use super::query::Query;
use crate::column;
use crate::directory::{ApplicationRow, Programs, ServicePrincipal};
use crate::error::{Error, Result, Subject};
use crate::failure::taken;
use crate::reading;
use crate::revision::Revision;
use crate::text;
use crate::text::directory::{ApplicationDetailsText, ServicePrincipalText};
use crate::text::people::ApplicationText;
use crate::writing::expect;

pub(super) fn put_application(
    writing: &Connection,
    tenant: TenantId,
    row: &ApplicationRow,
    expected: Option<Revision>,
) -> Result<()> {
    let id = row.application.id;
    let statement = "SELECT version FROM application WHERE tenant = ?1 AND id = ?2";
    let found = version(writing, statement, tenant, id)?;
    expect(Subject::Application(id), expected, found)?;
    let put = Query::new(
        "INSERT INTO application (id, tenant, object, details, value) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (id) DO UPDATE SET
             object = excluded.object, details = excluded.details, value = excluded.value,
             version = application.version + 1
         WHERE application.tenant = excluded.tenant",
    )
    .bind(column::id(id))
    .bind(column::id(tenant))
    .bind(column::id(row.object))
    .bind(text::write::<ApplicationDetailsText, _>(&row.details)?)
    .bind(text::write::<ApplicationText, _>(&row.application)?)
    .execute(writing)
    .map_err(taken(|| Subject::Application(id)))?;
    match put {
        0 => Err(Error::Taken(Subject::Application(id))),
        _ => Ok(()),
    }
}

pub(super) fn put_service_principal(
    writing: &Connection,
    tenant: TenantId,
    object: &ServicePrincipal,
    expected: Option<Revision>,
) -> Result<()> {
    let statement = "SELECT version FROM service_principal WHERE tenant = ?1 AND id = ?2";
    let found = version(writing, statement, tenant, object.id)?;
    expect(Subject::ServicePrincipal(object.id), expected, found)?;
    Query::new(
        "INSERT INTO service_principal (tenant, id, application, version, value)
         VALUES (?1, ?2, ?3, 1, ?4)
         ON CONFLICT (tenant, id) DO UPDATE SET
             application = excluded.application, value = excluded.value,
             version = service_principal.version + 1",
    )
    .bind(column::id(tenant))
    .bind(column::id(object.id))
    .bind(column::id(object.application))
    .bind(text::write::<ServicePrincipalText, _>(object)?)
    .execute(writing)
    .map_err(taken(|| Subject::Application(object.application)))?;
    Ok(())
}

const APPLICATION: &str = "SELECT value, details, version, COALESCE(object, id) FROM application";

#[async_trait]
impl Programs for Sqlite {
    async fn application_row(
        &self,
        tenant: TenantId,
        id: ApplicationId,
    ) -> Result<Option<ApplicationRow>> {
        self.read(move |reading| {
            let mut sql = Query::new(APPLICATION);
            sql.push(" WHERE tenant = ").push_bind(column::id(tenant));
            sql.push(" AND id = ").push_bind(column::id(id));
            let row = sql.optional(reading)?;
            row.map(reading::application_row).transpose()
        })
        .await
    }

    async fn application_object(
        &self,
        tenant: TenantId,
        object: Uuid,
    ) -> Result<Option<ApplicationRow>> {
        self.read(move |reading| {
            let mut sql = Query::new(APPLICATION);
            sql.push(" WHERE tenant = ").push_bind(column::id(tenant));
            sql.push(" AND COALESCE(object, id) = ")
                .push_bind(column::id(object));
            let row = sql.optional(reading)?;
            row.map(reading::application_row).transpose()
        })
        .await
    }

    async fn application_rows(
        &self,
        tenant: TenantId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<ApplicationRow>> {
        self.read(move |reading| {
            let mut sql = Query::new(APPLICATION);
            sql.push(" WHERE tenant = ").push_bind(column::id(tenant));
            sql.push(" AND COALESCE(object, id) > ")
                .push_bind(column::optional_id(after));
            sql.push(" ORDER BY COALESCE(object, id) LIMIT ")
                .push_bind(column::limit(limit));
            let rows = sql.all(reading)?;
            rows.into_iter().map(reading::application_row).collect()
        })
        .await
    }

    async fn service_principal(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<(ServicePrincipal, Revision)>> {
        self.read(move |reading| {
            let row: Option<(String, i64)> = Query::new(
                "SELECT value, version FROM service_principal WHERE tenant = ?1 AND id = ?2",
            )
            .bind(column::id(tenant))
            .bind(column::id(id))
            .optional(reading)?;
            row.map(reading::service_principal).transpose()
        })
        .await
    }

    async fn service_principal_of(
        &self,
        tenant: TenantId,
        application: ApplicationId,
    ) -> Result<Option<(ServicePrincipal, Revision)>> {
        self.read(move |reading| {
            let row: Option<(String, i64)> = Query::new(
            "SELECT value, version FROM service_principal WHERE tenant = ?1 AND application = ?2",
        )
        .bind(column::id(tenant))
        .bind(column::id(application))
        .optional(reading)?;
            row.map(reading::service_principal).transpose()
        })
        .await
    }

    async fn service_principals(
        &self,
        tenant: TenantId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<(ServicePrincipal, Revision)>> {
        self.read(move |reading| {
            let rows: Vec<(String, i64)> = Query::new(
                "SELECT value, version FROM service_principal WHERE tenant = ?1 AND id > ?2
             ORDER BY id LIMIT ?3",
            )
            .bind(column::id(tenant))
            .bind(column::optional_id(after))
            .bind(column::limit(limit))
            .all(reading)?;
            rows.into_iter().map(reading::service_principal).collect()
        })
        .await
    }
}
