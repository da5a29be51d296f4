//! `/auditLogs/directoryAudits`: who changed what, when, and how it ended (S16).

use axum::extract::{Path, State};
use axum::response::Response;
use graph::directory_audit::{DirectoryAudit, InitiatedBy, render};
use graph::query::{Comparison, Condition, Query, QueryOption};
use jiff::Timestamp;
use serde_json::{Map, Value};
use store::{Actor, AuditQuery, AuditRecord, AuditRow, Order, Position, Sequence, Who};
use uuid::Uuid;

use super::odata::{self, Address};
use crate::access::logs::{GET_AUDIT, LIST_AUDITS};
use crate::body;
use crate::clock::moment;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

const PLACE: &str = "auditLogs/directoryAudits";
const PAGE: u32 = 100;
const LARGEST_PAGE: u32 = 999;
/// How many rows are read at once where not every row is wanted.
const READ: u32 = 1000;

pub(crate) async fn list_audits(
    State(app): State<App>,
    principal: Principal,
    address: Address,
) -> Result<Response> {
    principal.may(&app, &LIST_AUDITS).await?;
    let query = address.query(&[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::OrderBy,
        QueryOption::Top,
        QueryOption::SkipToken,
    ])?;
    let mut asked = Asked::of(&query)?;
    asked.rows.tenant = Some(principal.tenant());
    let size = query.top.unwrap_or(PAGE).clamp(1, LARGEST_PAGE) as usize;
    // One row more says whether there is another page: an empty page would end the walk of some
    // clients, and lose nothing, but a link to one is a request too many.
    let mut rows = asked.read(&app, size + 1).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let last = rows.last().map(|row| row.position);
    let next = last.filter(|_| more).map(token);
    let entries = rows.into_iter().map(|row| entry(row.record));
    Ok(odata::collection(
        &address,
        PLACE,
        &query,
        None,
        entries.map(|value| selected(&query, value)).collect(),
        next.map(|token| address.next(PLACE, &token)),
    ))
}

pub(crate) async fn get_audit(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_AUDIT).await?;
    let query = address.query(&[QueryOption::Select])?;
    let missing = || {
        let id: String = id.chars().take(64).collect();
        ApiError::not_found(format!("There is no entry '{id}' in the audit log."))
    };
    let entry_id = Uuid::try_parse(&id).map_err(|_| missing())?;
    let row = app
        .store
        .audit_entry(Some(principal.tenant()), entry_id)
        .await?;
    let value = selected(&query, entry(row.ok_or_else(missing)?.record));
    let mut members = Map::new();
    members.insert(
        "@odata.context".to_owned(),
        address.metadata(&format!("{PLACE}/$entity")),
    );
    if let Value::Object(value) = value {
        members.extend(value);
    }
    Ok(body::answer(200, &Value::Object(members)))
}

fn selected(query: &Query, value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(name, _)| query.selects(name));
            Value::Object(members.collect())
        }
        other => other,
    }
}

/// What is asked for: as far as the store can tell, and the rest.
struct Asked {
    rows: AuditQuery,
    id: Option<Uuid>,
    starts: Vec<String>,
    service: Option<String>,
    /// Nothing can match.
    none: bool,
}

impl Asked {
    fn of(query: &Query) -> Result<Self> {
        let mut asked = Asked {
            rows: AuditQuery::default(),
            id: None,
            starts: Vec::new(),
            service: None,
            none: false,
        };
        if let Some(order) = &query.order {
            if !order.member.eq_ignore_ascii_case("activityDateTime") {
                let message = format!("'{}' cannot be ordered by.", order.member);
                return Err(ApiError::unsupported_query(message));
            }
            asked.rows.order = match order.descending {
                true => Order::NewestFirst,
                false => Order::OldestFirst,
            };
        }
        if let Some(token) = &query.skip_token {
            asked.rows.after = Some(position(token)?);
        }
        for condition in &query.filter {
            asked.take(condition)?;
        }
        Ok(asked)
    }

    fn take(&mut self, condition: &Condition) -> Result<()> {
        let text = condition.literal.text().to_owned();
        let is = |member: &str| condition.is_on(member);
        match condition.comparison {
            Comparison::Equal if is("id") => {
                let id = Uuid::try_parse(&text).ok();
                self.none |= id.is_none();
                self.id = id;
            }
            Comparison::Equal if is("category") => self.rows.category = Some(text),
            Comparison::Equal if is("activityDisplayName") => self.rows.activity = Some(text),
            Comparison::StartsWith if is("activityDisplayName") => self.starts.push(text),
            Comparison::Equal if is("loggedByService") => self.service = Some(text),
            Comparison::Equal if is("correlationId") => {
                let id = Uuid::try_parse(&text).ok();
                self.none |= id.is_none();
                self.rows.correlation = id;
            }
            Comparison::Equal if is("initiatedBy/user/id") => {
                let id = text.parse().ok();
                self.none |= id.is_none();
                self.rows.actor = id.map(Actor::User);
            }
            Comparison::Equal if is("initiatedBy/app/appId") => {
                let id = text.parse().ok();
                self.none |= id.is_none();
                self.rows.actor = id.map(Actor::Application);
            }
            comparison if is("activityDateTime") => self.time(comparison, &text)?,
            _ => {
                return Err(ApiError::unsupported_query(format!(
                    "The filter on '{}' is not supported here.",
                    condition.member
                )));
            }
        }
        Ok(())
    }

    fn time(&mut self, comparison: Comparison, text: &str) -> Result<()> {
        let malformed = || {
            ApiError::bad_query(
                "The query option '$filter' cannot be read: expected a time such as \
                 2026-01-31T12:00:00Z.",
            )
        };
        let time: Timestamp = text.parse().map_err(|_| malformed())?;
        let moved =
            |nanoseconds: i128| store::Moment::from_nanoseconds(time.as_nanosecond() + nanoseconds);
        let (from, until) = match comparison {
            Comparison::Equal => (Some(moment(time)), Some(moment(time))),
            Comparison::AtLeast => (Some(moment(time)), None),
            Comparison::MoreThan => (Some(moved(1)), None),
            Comparison::AtMost => (None, Some(moment(time))),
            Comparison::LessThan => (None, Some(moved(-1))),
            Comparison::NotEqual | Comparison::StartsWith => return Err(malformed()),
        };
        self.rows.from = self.rows.from.max(from);
        self.rows.until = match (self.rows.until, until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Ok(())
    }

    fn wants(&self, record: &AuditRecord) -> bool {
        let service = self.service.as_ref();
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        // With an id only one row is read, whatever else was asked for.
        let named = self.id.is_none()
            || (is(&self.rows.category, &record.category)
                && is(&self.rows.activity, &record.activity)
                && self.rows.from.is_none_or(|from| from <= record.time)
                && self.rows.until.is_none_or(|until| record.time <= until));
        named
            && self
                .starts
                .iter()
                .all(|start| record.activity.starts_with(start.as_str()))
            && service.is_none_or(|service| *service == record.service)
    }

    /// So many rows, if there are that many.
    async fn read(&self, app: &App, many: usize) -> Result<Vec<AuditRow>> {
        let mut wanted = Vec::new();
        if self.none {
            return Ok(wanted);
        }
        if let Some(id) = self.id {
            let row = app.store.audit_entry(self.rows.tenant, id).await?;
            wanted.extend(row.filter(|row| self.wants(&row.record)));
            return Ok(wanted);
        }
        let mut query = self.rows.clone();
        let all = self.starts.is_empty() && self.service.is_none();
        query.limit = match all {
            true => u32::try_from(many).unwrap_or(READ),
            false => READ,
        };
        loop {
            let rows = app.store.audit(&query).await?;
            let full = rows.len() == query.limit as usize;
            query.after = rows.last().map(|row| row.position);
            let rows = rows.into_iter().filter(|row| self.wants(&row.record));
            wanted.extend(rows.take(many - wanted.len()));
            if wanted.len() >= many || !full {
                return Ok(wanted);
            }
        }
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
    read.ok_or_else(|| {
        ApiError::bad_query("The query option '$skiptoken' is not one this server gave out.")
    })
}

fn entry(record: AuditRecord) -> Value {
    let address = record.initiator.address;
    let initiated_by = match record.initiator.who {
        Who::User {
            id,
            user_principal_name,
            display_name,
            ..
        } => InitiatedBy::User {
            id: id.to_string(),
            display_name,
            user_principal_name,
            address,
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
    render(&DirectoryAudit {
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
    })
}
