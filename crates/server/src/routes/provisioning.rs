//! `/auditLogs/provisioning`: what synchronization did with the tenant's people (S16.4).

use axum::extract::{Path, State};
use axum::response::Response;
use graph::provisioning::{Identity, ProvisioningSummary, SHAPE, render};
use graph::query::Query;
use serde_json::Value;
use store::{Moment, Order, ProvisioningPosition, ProvisioningQuery, ProvisioningRecord};
use uuid::Uuid;

use crate::access::logs::{GET_PROVISIONING, LIST_PROVISIONING};
use crate::clock::moment;
use crate::error::{ApiError, Result};
use crate::odata::{self, Address, Row, Source};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "auditLogs/provisioning";

pub(crate) async fn list_rows(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_PROVISIONING).await?;
    let query = address.query(&SHAPE)?;
    let log = Log::of(&app, &principal, &query);
    odata::scan(&address, PLACE, &query, &log).await
}

pub(crate) async fn get_row(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_PROVISIONING).await?;
    let query = address.query_of_one(&SHAPE)?;
    let missing = || {
        let id: String = id.chars().take(64).collect();
        ApiError::not_found(format!("There is no row '{id}' in the provisioning log."))
    };
    let row_id = Uuid::try_parse(&id).map_err(|_| missing())?;
    let row = app.store.provisioning_row(principal.tenant(), row_id);
    let value = entry(row.await?.ok_or_else(missing)?);
    Ok(odata::entity(&address, 200, PLACE, &query, value, ()))
}

/// The log of a tenant, as far as a query wants it.
struct Log<'a> {
    app: &'a App,
    rows: ProvisioningQuery,
}

impl<'a> Log<'a> {
    fn of(app: &'a App, principal: &Principal, query: &Query) -> Self {
        let id = |member| query.equal_text(member)?.parse().ok();
        let span = query.span("activityDateTime");
        let ascending = query.order.first().is_some_and(|order| !order.descending);
        Log {
            app,
            rows: ProvisioningQuery {
                tenant: principal.tenant(),
                job: id("jobId"),
                cycle: id("cycleId"),
                from: span.from.map(moment),
                until: span.until.map(moment),
                order: match ascending {
                    true => Order::OldestFirst,
                    false => Order::NewestFirst,
                },
                after: None,
                limit: 0,
            },
        }
    }
}

impl Source for Log<'_> {
    async fn read(&self, after: Option<&str>, limit: usize) -> Result<Vec<Row>> {
        let query = ProvisioningQuery {
            after: after.map(position).transpose()?,
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            ..self.rows.clone()
        };
        let rows = self.app.store.provisioning(&query).await?;
        let rows = rows.into_iter().map(|row| Row {
            token: format!("{}.{}", row.time.as_nanoseconds(), row.id),
            value: entry(row),
        });
        Ok(rows.collect())
    }
}

fn position(token: &str) -> Result<ProvisioningPosition> {
    let read = token.split_once('.').and_then(|(time, id)| {
        Some(ProvisioningPosition {
            time: Moment::from_nanoseconds(time.parse().ok()?),
            id: id.parse().ok()?,
        })
    });
    read.ok_or_else(odata::foreign_token)
}

fn identity(identity: store::Identity) -> Identity {
    Identity {
        id: identity.id.to_string(),
        display_name: identity.display_name,
        user_principal_name: identity.user_principal_name,
    }
}

/// A row as Graph shows it.
fn entry(record: ProvisioningRecord) -> Value {
    let ProvisioningRecord {
        id,
        tenant,
        target,
        time,
        job,
        cycle,
        action,
        reason,
        side,
        detail,
        problem,
        account,
        object,
        modified,
        on_demand,
    } = record;
    render(&ProvisioningSummary {
        id: id.to_string(),
        tenant,
        target,
        time,
        job: job.to_string(),
        cycle: cycle.to_string(),
        action,
        reason,
        side,
        detail,
        problem,
        account: account.map(identity),
        object: object.map(identity),
        modified,
        on_demand,
    })
}
