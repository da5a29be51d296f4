//! Jobs of cross-tenant synchronization. Whoever writes a step locks the job first, and then what
//! everybody locks, in everybody's order.

use async_trait::async_trait;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use signins::window::Moment;
use sqlx::QueryBuilder;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use super::{Postgres, audit, directory, next_sequence, notify, provisioning};
use crate::audit::AuditRecord;
use crate::column;
use crate::directory::Person;
use crate::error::{Error, Result, Subject};
use crate::failure::{missing, taken};
use crate::reading::{self, DirectoryColumns, JobColumns};
use crate::revision::{Revision, Sequence};
use crate::synchronization::{SyncJob, SyncSource, SyncStep, Synchronizations};
use crate::text;
use crate::text::synchronization::JobText;

/// How many accounts one statement looks for.
const ROWS: usize = 100;

/// Also wakes whoever waits for jobs.
async fn noted(writing: &mut PgConnection, records: &[AuditRecord]) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let sequence = next_sequence(writing).await?;
    audit::append(writing, sequence, records).await?;
    notify(writing, sequence).await
}

fn due(job: &SyncJob) -> Result<Option<i64>> {
    let due = job.due;
    due.map(|due| column::moment("the time of the next run", due))
        .transpose()
}

async fn add(writing: &mut PgConnection, job: &SyncJob, records: &[AuditRecord]) -> Result<()> {
    let there: Option<i64> = sqlx::query_scalar("SELECT revision FROM tenant WHERE id = $1")
        .bind(column::id(job.source))
        .fetch_optional(&mut *writing)
        .await?;
    if there.is_none() {
        return Err(Error::NotFound(Subject::Tenant(job.source)));
    }
    sqlx::query(
        "INSERT INTO synchronization_job (tenant, id, target, version, due, value)
         VALUES ($1, $2, $3, 1, $4, $5)",
    )
    .bind(column::id(job.source))
    .bind(column::id(job.id))
    .bind(column::id(job.target))
    .bind(due(job)?)
    .bind(text::write::<JobText, _>(job)?)
    .execute(&mut *writing)
    .await
    .map_err(taken(|| Subject::SyncTarget(job.target)))?;
    noted(writing, records).await
}

/// Whether the job still has the version it was read at; nobody changes it until the end.
async fn check(writing: &mut PgConnection, job: &SyncJob) -> Result<()> {
    let found: Option<i64> = sqlx::query_scalar(
        "SELECT version FROM synchronization_job WHERE tenant = $1 AND id = $2 FOR UPDATE",
    )
    .bind(column::id(job.source))
    .bind(column::id(job.id))
    .fetch_optional(writing)
    .await?;
    let found = found.ok_or(Error::NotFound(Subject::SyncJob(job.id)))?;
    let found = column::read_number(found)?;
    match found == job.version.0 {
        true => Ok(()),
        false => Err(Error::Conflict {
            of: Subject::SyncJob(job.id),
            expected: job.version.0,
            found,
        }),
    }
}

async fn carry_out(
    writing: &mut PgConnection,
    step: &SyncStep,
) -> Result<(Revision, Option<Sequence>)> {
    let job = &step.job;
    check(writing, job).await?;
    sqlx::query(
        "UPDATE synchronization_job SET version = $3, due = $4, value = $5
         WHERE tenant = $1 AND id = $2",
    )
    .bind(column::id(job.source))
    .bind(column::id(job.id))
    .bind(column::number(job.version.next().0))
    .bind(due(job)?)
    .bind(text::write::<JobText, _>(job)?)
    .execute(&mut *writing)
    .await?;
    provisioning::append(writing, &step.rows).await?;
    let changed = match &step.change {
        Some(change) => Some(directory::carry_out(writing, change).await?),
        None => None,
    };
    noted(writing, &step.audit).await?;
    Ok((job.version.next(), changed))
}

async fn delete(writing: &mut PgConnection, job: &SyncJob, records: &[AuditRecord]) -> Result<()> {
    check(writing, job).await?;
    sqlx::query("DELETE FROM synchronization_job WHERE tenant = $1 AND id = $2")
        .bind(column::id(job.source))
        .bind(column::id(job.id))
        .execute(&mut *writing)
        .await?;
    noted(writing, records).await
}

async fn put_source(
    writing: &mut PgConnection,
    (target, source): (TenantId, TenantId),
    client: Option<ApplicationId>,
    records: &[AuditRecord],
) -> Result<()> {
    match client {
        None => {
            sqlx::query("DELETE FROM synchronization_source WHERE tenant = $1 AND source = $2")
                .bind(column::id(target))
                .bind(column::id(source))
                .execute(&mut *writing)
                .await?;
        }
        Some(client) => {
            let other: Option<Vec<u8>> = sqlx::query_scalar(
                "SELECT source FROM synchronization_source WHERE tenant = $1 AND client = $2",
            )
            .bind(column::id(target))
            .bind(column::id(client))
            .fetch_optional(&mut *writing)
            .await?;
            if other.is_some_and(|other| other != column::id(source)) {
                return Err(Error::Taken(Subject::Client(client)));
            }
            sqlx::query(
                "INSERT INTO synchronization_source (tenant, source, client) VALUES ($1, $2, $3)
                 ON CONFLICT (tenant, source) DO UPDATE SET client = excluded.client",
            )
            .bind(column::id(target))
            .bind(column::id(source))
            .bind(column::id(client))
            .execute(&mut *writing)
            .await
            .map_err(missing(|| Subject::Tenant(target)))?;
        }
    }
    noted(writing, records).await
}

fn jobs(rows: Vec<JobColumns>) -> Result<Vec<SyncJob>> {
    rows.into_iter().map(reading::sync_job).collect()
}

#[async_trait]
impl Synchronizations for Postgres {
    async fn add_sync_job(&self, job: &SyncJob, audit: &[AuditRecord]) -> Result<()> {
        let mut writing = self.write().await?;
        let result = add(&mut writing, job, audit).await;
        writing.end(result).await
    }

    async fn sync_job(&self, source: TenantId, id: Uuid) -> Result<Option<SyncJob>> {
        let mut reading = self.read().await?;
        let row: Option<JobColumns> = sqlx::query_as(
            "SELECT value, due, version FROM synchronization_job WHERE tenant = $1 AND id = $2",
        )
        .bind(column::id(source))
        .bind(column::id(id))
        .fetch_optional(&mut *reading)
        .await?;
        row.map(reading::sync_job).transpose()
    }

    async fn sync_jobs(
        &self,
        source: TenantId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<SyncJob>> {
        let mut reading = self.read().await?;
        let rows: Vec<JobColumns> = sqlx::query_as(
            "SELECT value, due, version FROM synchronization_job
             WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(column::id(source))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        jobs(rows)
    }

    async fn due_sync_jobs(&self, at: Moment, limit: u32) -> Result<Vec<SyncJob>> {
        let mut reading = self.read().await?;
        let rows: Vec<JobColumns> = sqlx::query_as(
            "SELECT value, due, version FROM synchronization_job
             WHERE due IS NOT NULL AND due <= $1 ORDER BY due, id LIMIT $2",
        )
        .bind(column::bound(at))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        jobs(rows)
    }

    async fn write_sync_step(&self, step: &SyncStep) -> Result<(Revision, Option<Sequence>)> {
        let mut writing = self.write().await?;
        let result = carry_out(&mut writing, step).await;
        writing.end(result).await
    }

    async fn delete_sync_job(&self, job: &SyncJob, audit: &[AuditRecord]) -> Result<()> {
        let mut writing = self.write().await?;
        let result = delete(&mut writing, job, audit).await;
        writing.end(result).await
    }

    async fn objects_for(
        &self,
        tenant: TenantId,
        home: TenantId,
        accounts: &[UserId],
    ) -> Result<Vec<Person>> {
        let mut reading = self.read().await?;
        let mut found: Vec<DirectoryColumns> = Vec::new();
        for accounts in accounts.chunks(ROWS) {
            let mut sql = QueryBuilder::<sqlx::Postgres>::new(
                "SELECT value, details, version FROM directory_user WHERE tenant = ",
            );
            sql.push_bind(column::id(tenant));
            sql.push(" AND home_tenant = ").push_bind(column::id(home));
            sql.push(" AND home_user IN (");
            let mut list = sql.separated(", ");
            for account in accounts {
                list.push_bind(column::id(*account));
            }
            sql.push(")");
            let rows = sql.build_query_as::<DirectoryColumns>();
            found.extend(rows.fetch_all(&mut *reading).await?);
        }
        let found = found.into_iter().map(reading::person);
        let mut found: Vec<Person> = found.collect::<Result<_>>()?;
        found.sort_by_key(|person| person.user.id);
        Ok(found)
    }

    async fn objects_from(
        &self,
        tenant: TenantId,
        home: TenantId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Person>> {
        let mut reading = self.read().await?;
        let rows: Vec<DirectoryColumns> = sqlx::query_as(
            "SELECT value, details, version FROM directory_user
             WHERE tenant = $1 AND home_tenant = $2 AND home_user > $3
             ORDER BY home_user, id LIMIT $4",
        )
        .bind(column::id(tenant))
        .bind(column::id(home))
        .bind(column::optional_id(after))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        rows.into_iter().map(reading::person).collect()
    }

    async fn put_sync_source(
        &self,
        target: TenantId,
        source: TenantId,
        client: Option<ApplicationId>,
        audit: &[AuditRecord],
    ) -> Result<()> {
        let mut writing = self.write().await?;
        let result = put_source(&mut writing, (target, source), client, audit).await;
        writing.end(result).await
    }

    async fn sync_sources(&self, target: TenantId) -> Result<Vec<SyncSource>> {
        let mut reading = self.read().await?;
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT source, client FROM synchronization_source WHERE tenant = $1 ORDER BY source",
        )
        .bind(column::id(target))
        .fetch_all(&mut *reading)
        .await?;
        let rows = rows.into_iter();
        rows.map(|(source, client)| {
            Ok(SyncSource {
                target,
                source: column::read_id(&source)?,
                client: column::read_id(&client)?,
            })
        })
        .collect()
    }

    async fn sync_source_of(
        &self,
        target: TenantId,
        client: ApplicationId,
    ) -> Result<Option<TenantId>> {
        let mut reading = self.read().await?;
        let source: Option<Vec<u8>> = sqlx::query_scalar(
            "SELECT source FROM synchronization_source WHERE tenant = $1 AND client = $2",
        )
        .bind(column::id(target))
        .bind(column::id(client))
        .fetch_optional(&mut *reading)
        .await?;
        source.map(|source| column::read_id(&source)).transpose()
    }
}
