//! Jobs of cross-tenant synchronization.

use async_trait::async_trait;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use rusqlite::Connection;
use signins::window::Moment;
use uuid::Uuid;

use super::query::Query;
use super::{Sqlite, audit, directory, next_sequence, provisioning};
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

fn noted(writing: &Connection, records: &[AuditRecord]) -> Result<()> {
    match records {
        [] => Ok(()),
        records => audit::append(writing, next_sequence(writing)?, records),
    }
}

fn due(job: &SyncJob) -> Result<Option<i64>> {
    let due = job.due;
    due.map(|due| column::moment("the time of the next run", due))
        .transpose()
}

fn add(writing: &Connection, job: &SyncJob, records: &[AuditRecord]) -> Result<()> {
    let there: Option<i64> = Query::new("SELECT revision FROM tenant WHERE id = ?1")
        .bind(column::id(job.source))
        .optional(writing)?;
    if there.is_none() {
        return Err(Error::NotFound(Subject::Tenant(job.source)));
    }
    Query::new(
        "INSERT INTO synchronization_job (tenant, id, target, version, due, value)
         VALUES (?1, ?2, ?3, 1, ?4, ?5)",
    )
    .bind(column::id(job.source))
    .bind(column::id(job.id))
    .bind(column::id(job.target))
    .bind(due(job)?)
    .bind(text::write::<JobText, _>(job)?)
    .execute(writing)
    .map_err(taken(|| Subject::SyncTarget(job.target)))?;
    noted(writing, records)
}

/// Whether the job still has the version it was read at.
fn check(writing: &Connection, job: &SyncJob) -> Result<()> {
    let found: Option<i64> =
        Query::new("SELECT version FROM synchronization_job WHERE tenant = ?1 AND id = ?2")
            .bind(column::id(job.source))
            .bind(column::id(job.id))
            .optional(writing)?;
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

fn carry_out(writing: &Connection, step: &SyncStep) -> Result<(Revision, Option<Sequence>)> {
    let job = &step.job;
    check(writing, job)?;
    let changed = step.change.as_ref();
    let changed = changed.map(|change| directory::carry_out(writing, change));
    let changed = changed.transpose()?;
    Query::new(
        "UPDATE synchronization_job SET version = ?3, due = ?4, value = ?5
         WHERE tenant = ?1 AND id = ?2",
    )
    .bind(column::id(job.source))
    .bind(column::id(job.id))
    .bind(column::number(job.version.next().0))
    .bind(due(job)?)
    .bind(text::write::<JobText, _>(job)?)
    .execute(writing)?;
    provisioning::append(writing, &step.rows)?;
    noted(writing, &step.audit)?;
    Ok((job.version.next(), changed))
}

fn delete(writing: &Connection, job: &SyncJob, records: &[AuditRecord]) -> Result<()> {
    check(writing, job)?;
    Query::new("DELETE FROM synchronization_job WHERE tenant = ?1 AND id = ?2")
        .bind(column::id(job.source))
        .bind(column::id(job.id))
        .execute(writing)?;
    noted(writing, records)
}

fn put_source(
    writing: &Connection,
    (target, source): (TenantId, TenantId),
    client: Option<ApplicationId>,
    records: &[AuditRecord],
) -> Result<()> {
    match client {
        None => {
            Query::new("DELETE FROM synchronization_source WHERE tenant = ?1 AND source = ?2")
                .bind(column::id(target))
                .bind(column::id(source))
                .execute(writing)?;
        }
        Some(client) => {
            let other: Option<Vec<u8>> = Query::new(
                "SELECT source FROM synchronization_source WHERE tenant = ?1 AND client = ?2",
            )
            .bind(column::id(target))
            .bind(column::id(client))
            .optional(writing)?;
            if other.is_some_and(|other| other != column::id(source)) {
                return Err(Error::Taken(Subject::Client(client)));
            }
            Query::new(
                "INSERT INTO synchronization_source (tenant, source, client) VALUES (?1, ?2, ?3)
                 ON CONFLICT (tenant, source) DO UPDATE SET client = excluded.client",
            )
            .bind(column::id(target))
            .bind(column::id(source))
            .bind(column::id(client))
            .execute(writing)
            .map_err(missing(|| Subject::Tenant(target)))?;
        }
    }
    noted(writing, records)
}

fn jobs(rows: Vec<JobColumns>) -> Result<Vec<SyncJob>> {
    rows.into_iter().map(reading::sync_job).collect()
}

#[async_trait]
impl Synchronizations for Sqlite {
    async fn add_sync_job(&self, job: &SyncJob, audit: &[AuditRecord]) -> Result<()> {
        let (job, audit) = (job.clone(), audit.to_vec());
        self.write_and_ring(move |writing| add(writing, &job, &audit))
            .await
    }

    async fn sync_job(&self, source: TenantId, id: Uuid) -> Result<Option<SyncJob>> {
        self.read(move |reading| {
            let row: Option<JobColumns> = Query::new(
                "SELECT value, due, version FROM synchronization_job
                 WHERE tenant = ?1 AND id = ?2",
            )
            .bind(column::id(source))
            .bind(column::id(id))
            .optional(reading)?;
            row.map(reading::sync_job).transpose()
        })
        .await
    }

    async fn sync_jobs(
        &self,
        source: TenantId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<SyncJob>> {
        self.read(move |reading| {
            let rows: Vec<JobColumns> = Query::new(
                "SELECT value, due, version FROM synchronization_job
                 WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
            )
            .bind(column::id(source))
            .bind(column::optional_id(after))
            .bind(column::limit(limit))
            .all(reading)?;
            jobs(rows)
        })
        .await
    }

    async fn due_sync_jobs(&self, at: Moment, limit: u32) -> Result<Vec<SyncJob>> {
        self.read(move |reading| {
            let rows: Vec<JobColumns> = Query::new(
                "SELECT value, due, version FROM synchronization_job
                 WHERE due IS NOT NULL AND due <= ?1 ORDER BY due, id LIMIT ?2",
            )
            .bind(column::bound(at))
            .bind(column::limit(limit))
            .all(reading)?;
            jobs(rows)
        })
        .await
    }

    async fn write_sync_step(&self, step: &SyncStep) -> Result<(Revision, Option<Sequence>)> {
        let step = step.clone();
        self.write_and_ring(move |writing| carry_out(writing, &step))
            .await
    }

    async fn delete_sync_job(&self, job: &SyncJob, audit: &[AuditRecord]) -> Result<()> {
        let (job, audit) = (job.clone(), audit.to_vec());
        self.write_and_ring(move |writing| delete(writing, &job, &audit))
            .await
    }

    async fn objects_for(
        &self,
        tenant: TenantId,
        home: TenantId,
        accounts: &[UserId],
    ) -> Result<Vec<Person>> {
        let accounts = accounts.to_vec();
        self.read(move |reading| {
            let mut found = Vec::new();
            for account in &accounts {
                let rows: Vec<DirectoryColumns> = Query::new(
                    "SELECT value, details, version FROM directory_user
                     WHERE tenant = ?1 AND home_tenant = ?2 AND home_user = ?3",
                )
                .bind(column::id(tenant))
                .bind(column::id(home))
                .bind(column::id(*account))
                .all(reading)?;
                found.extend(rows);
            }
            let found = found.into_iter().map(reading::person);
            let mut found: Vec<Person> = found.collect::<Result<_>>()?;
            found.sort_by_key(|person| person.user.id);
            Ok(found)
        })
        .await
    }

    async fn objects_from(
        &self,
        tenant: TenantId,
        home: TenantId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Person>> {
        self.read(move |reading| {
            let rows: Vec<DirectoryColumns> = Query::new(
                "SELECT value, details, version FROM directory_user
                 WHERE tenant = ?1 AND home_tenant = ?2 AND home_user > ?3
                 ORDER BY home_user, id LIMIT ?4",
            )
            .bind(column::id(tenant))
            .bind(column::id(home))
            .bind(column::optional_id(after))
            .bind(column::limit(limit))
            .all(reading)?;
            rows.into_iter().map(reading::person).collect()
        })
        .await
    }

    async fn put_sync_source(
        &self,
        target: TenantId,
        source: TenantId,
        client: Option<ApplicationId>,
        audit: &[AuditRecord],
    ) -> Result<()> {
        let audit = audit.to_vec();
        self.write_and_ring(move |writing| put_source(writing, (target, source), client, &audit))
            .await
    }

    async fn sync_sources(&self, target: TenantId) -> Result<Vec<SyncSource>> {
        self.read(move |reading| {
            let rows: Vec<(Vec<u8>, Vec<u8>)> = Query::new(
                "SELECT source, client FROM synchronization_source
                 WHERE tenant = ?1 ORDER BY source",
            )
            .bind(column::id(target))
            .all(reading)?;
            let rows = rows.into_iter();
            rows.map(|(source, client)| {
                Ok(SyncSource {
                    target,
                    source: column::read_id(&source)?,
                    client: column::read_id(&client)?,
                })
            })
            .collect()
        })
        .await
    }

    async fn sync_source_of(
        &self,
        target: TenantId,
        client: ApplicationId,
    ) -> Result<Option<TenantId>> {
        self.read(move |reading| {
            let source: Option<Vec<u8>> = Query::new(
                "SELECT source FROM synchronization_source WHERE tenant = ?1 AND client = ?2",
            )
            .bind(column::id(target))
            .bind(column::id(client))
            .optional(reading)?;
            source.map(|source| column::read_id(&source)).transpose()
        })
        .await
    }
}
