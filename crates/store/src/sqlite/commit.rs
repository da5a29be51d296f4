//! Commits: one transaction each.

use sqlx::QueryBuilder;
use sqlx::query_builder::Separated;
use sqlx::sqlite::SqliteConnection;

use super::people::{write_groups, write_users};
use super::{Sqlite, audit, deleted, moves, next_sequence};
use crate::change::{AuditedChange, Committed};
use crate::column;
use crate::difference::Written;
use crate::error::{Error, Result, Subject};
use crate::failure::taken;
use crate::writing::{Plan, TenantWrite};

impl Sqlite {
    pub(super) async fn commit_change(&self, change: &AuditedChange) -> Result<Committed> {
        let _ring = self.bell.at_the_end();
        let mut writing = self.write().await?;
        let result = carry_out(&mut writing, &change.plan).await;
        writing.end(result).await
    }
}

async fn carry_out(writing: &mut SqliteConnection, plan: &Plan) -> Result<Committed> {
    check(writing, plan).await?;
    for creation in &plan.creations {
        sqlx::query(
            "INSERT INTO tenant (id, hosted, directory_known, revision, people, moved, created)
             VALUES (?1, 0, 0, 0, 0, 0, ?2)",
        )
        .bind(column::id(creation.tenant))
        .bind(column::moment("the time of a change", plan.stamp.time)?)
        .execute(&mut *writing)
        .await
        .map_err(taken(|| Subject::Tenant(creation.tenant)))?;
    }
    domains(writing, plan).await?;
    let sequence = next_sequence(writing).await?;
    if let Some((expected, value)) = &plan.facts {
        sqlx::query("UPDATE facts SET revision = ?1, moved = ?2, value = ?3")
            .bind(column::number(expected.next().0))
            .bind(sequence)
            .bind(value)
            .execute(&mut *writing)
            .await?;
    }
    sqlx::query(
        "INSERT INTO change (sequence, id, time, initiator, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(sequence)
    .bind(column::id(plan.stamp.id))
    .bind(column::moment("the time of a change", plan.stamp.time)?)
    .bind(plan.initiator()?)
    .bind(plan.stamp.reason.as_deref())
    .execute(&mut *writing)
    .await
    .map_err(taken(|| Subject::Commit(plan.stamp.id)))?;
    for write in &plan.tenants {
        tenant(writing, write, sequence).await?;
        deleted::write(writing, write, plan.stamp.time).await?;
    }
    audit::append(writing, sequence, &plan.audit).await?;
    plan.committed(sequence)
}

/// Whether everything is still as it was read.
async fn check(writing: &mut SqliteConnection, plan: &Plan) -> Result<()> {
    for (id, check) in &plan.checks {
        let row: Option<(i64, i64)> =
            sqlx::query_as("SELECT revision, people FROM tenant WHERE id = ?1")
                .bind(column::id(*id))
                .fetch_optional(&mut *writing)
                .await?;
        let (revision, people) = row.ok_or(Error::NotFound(Subject::Tenant(*id)))?;
        check.against(*id, revision, people)?;
    }
    if let Some((expected, _)) = &plan.facts {
        let found = sqlx::query_scalar("SELECT revision FROM facts");
        plan.check_facts(*expected, found.fetch_one(&mut *writing).await?)?;
    }
    Ok(())
}

/// First all domains are given up, then all are taken: one commit may move a domain.
async fn domains(writing: &mut SqliteConnection, plan: &Plan) -> Result<()> {
    for write in plan.tenants.iter().filter(|write| write.domains.is_some()) {
        sqlx::query("DELETE FROM domain WHERE tenant = ?1")
            .bind(column::id(write.tenant))
            .execute(&mut *writing)
            .await?;
    }
    for (domain, tenant) in plan.domains() {
        sqlx::query("INSERT INTO domain (name, tenant) VALUES (?1, ?2)")
            .bind(domain.as_str())
            .bind(column::id(tenant))
            .execute(&mut *writing)
            .await
            .map_err(taken(|| Subject::Domain(domain.clone())))?;
    }
    Ok(())
}

async fn tenant(writing: &mut SqliteConnection, write: &TenantWrite, sequence: i64) -> Result<()> {
    entities(writing, write).await?;
    write_users(writing, write.tenant, &write.users).await?;
    write_groups(writing, write.tenant, &write.groups).await?;
    sqlx::query(
        "UPDATE tenant SET
             hosted = hosted OR ?2,
             directory_known = directory_known OR ?3,
             revision = ?4,
             people = CASE WHEN ?3 THEN ?5 ELSE people END,
             moved = ?5
         WHERE id = ?1",
    )
    .bind(column::id(write.tenant))
    .bind(write.hosted)
    .bind(write.people_change)
    .bind(column::number(write.revision.0))
    .bind(sequence)
    .execute(&mut *writing)
    .await?;
    if write.people_change {
        moves::number(writing, write.tenant, sequence).await?;
    }
    if write.advances {
        sqlx::query("INSERT INTO revision (tenant, revision, sequence) VALUES (?1, ?2, ?3)")
            .bind(column::id(write.tenant))
            .bind(column::number(write.revision.0))
            .bind(sequence)
            .execute(&mut *writing)
            .await?;
    }
    Ok(())
}

/// How many rows one statement writes.
const ROWS: usize = 100;

async fn entities(writing: &mut SqliteConnection, write: &TenantWrite) -> Result<()> {
    let tenant = column::id(write.tenant);
    let revision = column::number(write.revision.0);
    for gone in write
        .written
        .iter()
        .filter(|written| written.value.is_none())
    {
        sqlx::query("DELETE FROM entity WHERE tenant = ?1 AND kind = ?2 AND partner = ?3")
            .bind(&tenant)
            .bind(gone.entity.kind())
            .bind(column::optional_id(gone.entity.partner()))
            .execute(&mut *writing)
            .await?;
    }
    let row = |mut values: Separated<'_, sqlx::Sqlite, &str>, written: &Written| {
        values
            .push_bind(tenant.clone())
            .push_bind(written.entity.kind())
            .push_bind(column::optional_id(written.entity.partner()))
            .push_bind(revision)
            .push_bind(written.place)
            .push_bind(written.value.clone());
    };
    let put = write
        .written
        .iter()
        .filter(|written| written.value.is_some());
    for rows in put.collect::<Vec<_>>().chunks(ROWS) {
        let mut sql = QueryBuilder::new(
            "INSERT INTO entity (tenant, kind, partner, revision, place, value) ",
        );
        sql.push_values(rows, |values, written| row(values, written));
        sql.push(
            " ON CONFLICT (tenant, kind, partner) DO UPDATE SET
                  revision = excluded.revision, place = excluded.place, value = excluded.value",
        );
        sql.build().execute(&mut *writing).await?;
    }
    for rows in write.written.chunks(ROWS) {
        let mut sql = QueryBuilder::new(
            "INSERT INTO history (tenant, kind, partner, revision, place, value) ",
        );
        sql.push_values(rows, row);
        sql.build().execute(&mut *writing).await?;
    }
    Ok(())
}
