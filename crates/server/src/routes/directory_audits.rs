//! `/auditLogs/directoryAudits`: who changed what, when, and how it ended (S16).

use axum::extract::{Path, State};
use axum::response::Response;
use graph::directory_audit::{DirectoryAudit, InitiatedBy, SHAPE, render};
use graph::query::{Query, Version};
use serde_json::Value;
use store::{Actor, AuditQuery, AuditRecord, Order, Position, Sequence, Who};
use uuid::Uuid;

use crate::access::logs::{GET_AUDIT, LIST_AUDITS};
use crate::clock::moment;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Row, Source};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "auditLogs/directoryAudits";

pub(crate) async fn list_audits(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_AUDITS).await?;
    let query = address.query(&SHAPE)?;
    let log = Log::of(&app, &principal, &query);
    odata::scan(&address, PLACE, &query, &log).await
}

pub(crate) async fn count_audits(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_AUDITS).await?;
    let query = address.query_of_count(&SHAPE)?;
    odata::scan_count(&query, &Log::of(&app, &principal, &query)).await
}

pub(crate) async fn get_audit(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_AUDIT).await?;
    let query = address.query_of_one(&SHAPE)?;
    let missing = || {
        let id: String = id.chars().take(64).collect();
        ApiError::not_found(format!("There is no entry '{id}' in the audit log."))
    };
    let entry_id = Uuid::try_parse(&id).map_err(|_| missing())?;
    let row = app
        .store
        .audit_entry(Some(principal.tenant()), entry_id)
        .await?;
    let value = entry(row.ok_or_else(missing)?.record, query.manner.version);
    Ok(odata::entity(&address, 200, PLACE, &query, value, ()))
}

/// The log of a tenant, as far as a query wants it.
struct Log<'a> {
    app: &'a App,
    version: Version,
    rows: AuditQuery,
    /// The one entry that is wanted; `None` inside if no entry can be.
    one: Option<Option<Uuid>>,
}

impl<'a> Log<'a> {
    fn of(app: &'a App, principal: &Principal, query: &Query) -> Self {
        let text = |member| query.equal_text(member).map(str::to_owned);
        let id = |member| query.equal_text(member).map(Uuid::try_parse);
        let span = query.span("activityDateTime");
        let user = query.equal_text("initiatedBy/user/id");
        let application = query.equal_text("initiatedBy/app/appId");
        let actor = user.and_then(|id| id.parse().ok()).map(Actor::User);
        let ascending = query.order.first().is_some_and(|order| !order.descending);
        Log {
            app,
            version: query.manner.version,
            rows: AuditQuery {
                tenant: Some(principal.tenant()),
                category: text("category"),
                activity: text("activityDisplayName"),
                from: span.from.map(moment),
                until: span.until.map(moment),
                actor: actor.or_else(|| application?.parse().ok().map(Actor::Application)),
                correlation: id("correlationId").and_then(std::result::Result::ok),
                order: match ascending {
                    true => Order::OldestFirst,
                    false => Order::NewestFirst,
                },
                after: None,
                limit: 0,
            },
            one: id("id").map(std::result::Result::ok),
        }
    }
}

impl Source for Log<'_> {
    async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let after = after.map(position).transpose()?;
        let rows = match self.one {
            Some(Some(id)) if after.is_none() => {
                let row = self.app.store.audit_entry(self.rows.tenant, id).await?;
                row.into_iter().collect()
            }
            Some(_) => Vec::new(),
            None => {
                let query = AuditQuery {
                    after,
                    limit: u32::try_from(limit).unwrap_or(u32::MAX),
                    ..self.rows.clone()
                };
                self.app.store.audit(&query).await?
            }
        };
        let rows = rows.into_iter().map(|row| Row {
            token: token(row.position),
            value: entry(row.record, self.version),
        });
        Ok(rows.collect())
    }
}

fn token(position: Position) -> String {
    format!("{}.{}", position.sequence, position.entry)
}

fn position(token: &str) -> Result<Position> {
    let read = token.split_once('.').and_then(|(sequence, entry)| {
        Some(Position {
            sequence: Sequence(sequence.parse().ok()?),
            entry: entry.parse().ok()?,
        })
    });
    read.ok_or_else(odata::foreign_token)
}

/// An entry as Graph shows it.
pub(crate) fn entry(record: AuditRecord, version: Version) -> Value {
    let address = record.initiator.address;
    let initiated_by = match record.initiator.who {
        Who::User {
            id,
            user_principal_name,
            display_name,
            home_tenant,
        } => InitiatedBy::User {
            id: id.to_string(),
            display_name,
            user_principal_name,
            address,
            home_tenant,
        },
        Who::Application { id, display_name } => InitiatedBy::Application {
            id: Some(id.to_string()),
            display_name,
        },
        Who::Operator { name } => InitiatedBy::Application {
            id: None,
            display_name: Some(name),
        },
        Who::System => InitiatedBy::Application {
            id: None,
            display_name: Some("Comity".to_owned()),
        },
    };
    let entry = DirectoryAudit {
        id: record.id.to_string(),
        category: record.category,
        correlation: record.correlation.to_string(),
        failure: record.failure.map(|reason| reason.as_str()),
        activity: record.activity,
        time: record.time,
        service: record.service,
        operation: record.operation,
        initiated_by,
        target_type: record.target.kind,
        target_id: record.target.id,
        target_name: record.target.display_name,
        target_user: record.target.user_principal_name,
        modified: record.modified,
        details: record.details,
        user_agent: record.user_agent,
    };
    render(&entry, version)
}
