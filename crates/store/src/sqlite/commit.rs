//! Commits: one transaction each.

use rusqlite::Connection;

use super::people::{write_groups, write_users};
use super::query::Query;
use super::{Sqlite, audit, deleted, moves, next_sequence};
use crate::change::{AuditedChange, Committed};
use crate::column;
use crate::error::{Error, Result, Subject};
use crate::failure::taken;
use crate::writing::{Plan, TenantWrite};

impl Sqlite {
    pub(super) async fn commit_change(&self, change: &AuditedChange) -> Result<Committed> {
        let plan = change.plan.clone();
        self.write_and_ring(move |writing| carry_out(writing, &plan))
            .await
    }
}

fn carry_out(writing: &Connection, plan: &Plan) -> Result<Committed> {
    check(writing, plan)?;
    for creation in &plan.creations {
        Query::new(
            "INSERT INTO tenant (id, hosted, directory_known, revision, people, moved, created)
             VALUES (?1, 0, 0, 0, 0, 0, ?2)",
        )
        .bind(column::id(creation.tenant))
        .bind(column::moment("the time of a change", plan.stamp.time)?)
        .execute(writing)
        .map_err(taken(|| Subject::Tenant(creation.tenant)))?;
    }
    domains(writing, plan)?;
    let sequence = next_sequence(writing)?;
    if let Some((expected, value)) = &plan.facts {
        Query::new("UPDATE facts SET revision = ?1, moved = ?2, value = ?3")
            .bind(column::number(expected.next().0))
            .bind(sequence)
            .bind(value)
            .execute(writing)?;
    }
    Query::new(
        "INSERT INTO change (sequence, id, time, initiator, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
    )
    .bind(sequence)
    .bind(column::id(plan.stamp.id))
    .bind(column::moment("the time of a change", plan.stamp.time)?)
    .bind(plan.initiator()?)
    .bind(plan.stamp.reason.as_deref())
    .execute(writing)
    .map_err(taken(|| Subject::Commit(plan.stamp.id)))?;
    for write in &plan.tenants {
        tenant(writing, write, sequence)?;
        deleted::write(writing, write, plan.stamp.time)?;
    }
    audit::append(writing, sequence, &plan.audit)?;
    plan.committed(sequence)
}

/// Whether everything is still as it was read.
fn check(writing: &Connection, plan: &Plan) -> Result<()> {
    for (id, check) in &plan.checks {
        let row: Option<(i64, i64)> =
            Query::new("SELECT revision, people FROM tenant WHERE id = ?1")
                .bind(column::id(*id))
                .optional(writing)?;
        let (revision, people) = row.ok_or(Error::NotFound(Subject::Tenant(*id)))?;
        check.against(*id, revision, people)?;
    }
    if let Some((expected, _)) = &plan.facts {
        let found = Query::new("SELECT revision FROM facts");
        plan.check_facts(*expected, found.one(writing)?)?;
    }
    Ok(())
}

/// First all domains are given up, then all are taken: one commit may move a domain.
fn domains(writing: &Connection, plan: &Plan) -> Result<()> {
    for write in plan.tenants.iter().filter(|write| write.domains.is_some()) {
        Query::new("DELETE FROM domain WHERE tenant = ?1")
            .bind(column::id(write.tenant))
            .execute(writing)?;
    }
    for (domain, tenant) in plan.domains() {
        Query::new("INSERT INTO domain (name, tenant) VALUES (?1, ?2)")
            .bind(domain.as_str())
            .bind(column::id(tenant))
            .execute(writing)
            .map_err(taken(|| Subject::Domain(domain.clone())))?;
    }
    Ok(())
}

fn tenant(writing: &Connection, write: &TenantWrite, sequence: i64) -> Result<()> {
    entities(writing, write)?;
    write_users(writing, write.tenant, &write.users)?;
    write_groups(writing, write.tenant, &write.groups)?;
    Query::new(
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
    .execute(writing)?;
    if write.people_change {
        moves::number(writing, write.tenant, sequence)?;
    }
    if write.advances {
        Query::new("INSERT INTO revision (tenant, revision, sequence) VALUES (?1, ?2, ?3)")
            .bind(column::id(write.tenant))
            .bind(column::number(write.revision.0))
            .bind(sequence)
            .execute(writing)?;
    }
    Ok(())
}

fn entities(writing: &Connection, write: &TenantWrite) -> Result<()> {
    let tenant = column::id(write.tenant);
    let revision = column::number(write.revision.0);
    for written in &write.written {
        let partner = column::optional_id(written.entity.partner());
        let query = match &written.value {
            None => {
                Query::new("DELETE FROM entity WHERE tenant = ?1 AND kind = ?2 AND partner = ?3")
                    .bind(&tenant)
                    .bind(written.entity.kind())
                    .bind(&partner)
            }
            Some(value) => Query::new(
                "INSERT INTO entity (tenant, kind, partner, revision, place, value)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (tenant, kind, partner) DO UPDATE SET
                     revision = excluded.revision, place = excluded.place, value = excluded.value",
            )
            .bind(&tenant)
            .bind(written.entity.kind())
            .bind(&partner)
            .bind(revision)
            .bind(written.place)
            .bind(value),
        };
        query.execute(writing)?;
        Query::new(
            "INSERT INTO history (tenant, kind, partner, revision, place, value)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(&tenant)
        .bind(written.entity.kind())
        .bind(&partner)
        .bind(revision)
        .bind(written.place)
        .bind(&written.value)
        .execute(writing)?;
    }
    Ok(())
}
