//! `/comity/v1/preview`: what would a draft do to the sign-ins of the last days?
//!
//! The draft is the requests that would be sent to save it, each as in a batch ([`crate::draft`]). The log is
//! the tenant's own rollup.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use policy::administer::Operation;
use policy::compiled::{Registry, Snapshot};
use policy::tenant::TenantId;
use preview::replay::{Account, Replay, Report, Who};
use serde::Deserialize;
use serde_json::Value;
use store::RollupQuery;
use tokio::sync::mpsc;

use super::decide::read;
use crate::access::{logs, own};
use crate::behaviours::{self, INITIAL_DAYS, Past};
use crate::body::{self, Posted};
use crate::context::Context;
use crate::draft::{self, Known, RequestText, States};
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

/// How many at most (S17.5).
const MOST_DAYS: u32 = 90;
/// The form of an answer that comes line by line.
const LINES: &str = "application/x-ndjson";
/// How many lines wait to be sent.
const AHEAD: usize = 2;
/// How many people and applications of each group are listed of a whole log …
const FEW: usize = 20;
/// … and of sign-ins with one partner.
const MANY: usize = 1_000;

/// What is to be previewed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    requests: Vec<RequestText>,
    days: Option<u32>,
    tenant_id: Option<String>,
}

pub(crate) async fn preview(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    headers: HeaderMap,
    Posted(bytes): Posted,
) -> Result<Response> {
    principal.may(&app, &own::PREVIEW).await?;
    let people = principal.may(&app, &logs::LIST_SIGN_INS).await.is_ok();
    let asked: Asked = read(&bytes)?;
    let local = principal.tenant();
    let days = asked.days.unwrap_or(INITIAL_DAYS);
    let query = asked.query(days, local, &context)?;
    let operations = draft::operations(&asked.requests, 1)?;
    let preview = Preview {
        app,
        local,
        people,
        most: if query.other.is_some() { MANY } else { FEW },
        operations,
        context,
    };
    // A draft that cannot be saved is refused before anything is read.
    preview.states(&BTreeSet::new()).await?;
    if wants_lines(&headers) {
        return Ok(stream(preview, query, days));
    }
    let past = preview.app.past(&query, days, ()).await?;
    let told = preview.answer(past).await?;
    Ok(body::answer(200, &Value::Object(told)))
}

/// Whether the answer is to come line by line, with what is known so far before the whole.
fn wants_lines(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    let mut accepted = accepted.filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.split(',').any(|kind| kind.trim().starts_with(LINES)))
}

/// A line of JSON for what is known so far, as often as it is worth it, and one for the whole. Should the
/// store fail on the way, the last line says so.
fn stream(preview: Preview, query: RollupQuery, days: u32) -> Response {
    let (to, mut lines) = mpsc::channel::<Bytes>(AHEAD);
    tokio::spawn(async move {
        let preview = Arc::new(preview);
        let (show, mut shown) = mpsc::channel::<Past>(1);
        let partly = {
            let (preview, to) = (Arc::clone(&preview), to.clone());
            tokio::spawn(async move {
                while let Some(past) = shown.recv().await {
                    let told = preview.answer(past).await;
                    let line = told.map(|told| line(told, false));
                    if let Ok(line) = line
                        && to.send(line).await.is_err()
                    {
                        return;
                    }
                }
            })
        };
        let past = preview.app.past(&query, days, show).await;
        // Nothing may come after the whole.
        let _ = partly.await;
        let told = match past {
            Ok(past) => preview.answer(past).await,
            Err(error) => Err(error),
        };
        let last = match told {
            Ok(told) => line(told, true),
            Err(error) => preview.refusal(&error),
        };
        // Whoever has gone does not need it.
        let _ = to.send(last).await;
    });
    let lines = futures_util::stream::poll_fn(move |context| {
        let next = lines.poll_recv(context);
        next.map(|line| line.map(Ok::<_, std::convert::Infallible>))
    });
    let mut response = Response::new(Body::from_stream(lines));
    let kind = HeaderValue::from_static(LINES);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn line(mut told: serde_json::Map<String, Value>, complete: bool) -> Bytes {
    told.insert("complete".to_owned(), complete.into());
    written(&Value::Object(told))
}

fn written(value: &Value) -> Bytes {
    (value.to_string() + "\n").into()
}

/// What is asked, by whom.
struct Preview {
    app: App,
    local: TenantId,
    /// Whether the caller may know whose sign-ins they are.
    people: bool,
    /// How many of them, and of applications, are listed of each group.
    most: usize,
    operations: Vec<Operation>,
    context: Context,
}

/// Judges with what is in force and with the draft.
fn replay(states: &States, local: TenantId) -> Replay {
    let now = &states.now;
    let compiled = now.tenants.values().map(|tenant| {
        let own = states.own.as_ref().filter(|_| tenant.id == local);
        own.cloned().unwrap_or_else(|| Snapshot::compile(tenant))
    });
    let registry = Registry::new(compiled, &now.suites, now.both_sides_required);
    Replay::compiled(now, registry, &states.draft, local)
}

/// The rollup has ids; people are told by the names that the directory has for them.
fn fill_in(names: &Known<'_>, report: &mut Report, most: usize) {
    let Some(directory) = names.directory() else {
        return;
    };
    let groups = report.groups.iter_mut();
    for share in groups.flat_map(|group| group.users.iter_mut().take(most)) {
        if let Who::Id(id) = share.of
            && let Some(user) = directory.users.get(&id)
        {
            share.of = Who::Name(user.user_principal_name.clone());
        }
    }
}

impl Preview {
    async fn states(&self, others: &BTreeSet<TenantId>) -> Result<States> {
        States::of(&self.app, self.local, others, &self.operations).await
    }

    /// The last line of an answer that cannot be ended.
    fn refusal(&self, error: &ApiError) -> Bytes {
        let context = &self.context;
        tracing::warn!(request = %context.id, cause = error.cause.as_deref(), "a preview broke off: {}", error.message);
        let date = context.received.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        written(&error.graph(&date, &context.id.to_string(), &context.client_request_id()))
    }

    async fn answer(&self, past: Past) -> Result<serde_json::Map<String, Value>> {
        let states = self.states(&past.others).await?;
        let (local, people, most) = (self.local, self.people, self.most);
        let work = move || {
            let replay = replay(&states, local);
            let world = &states.now;
            let names = Known { world, local };
            let accounts = past.in_parts(local, |behaviours| {
                let mut account = Account::of(&replay);
                behaviours.for_each(|behaviour| account.add(&behaviour));
                account
            });
            let whole = accounts.into_iter().reduce(Account::and);
            let mut report = whole.unwrap_or_else(|| Account::of(&replay)).finish();
            fill_in(&names, &mut report, most);
            let mut told = graph::preview::replay(&replay, &report, &names, most);
            if !people {
                forget_people(&mut told);
            }
            told
        };
        let answer = tokio::task::spawn_blocking(work).await;
        answer.map_err(ApiError::internal)
    }
}

/// Leaves out whose sign-ins they are: that is for whoever may read the log.
fn forget_people(told: &mut serde_json::Map<String, Value>) {
    let groups = told.get_mut("groups").and_then(Value::as_array_mut);
    for group in groups.into_iter().flatten() {
        for (member, nothing) in [
            ("users", Value::Array(Vec::new())),
            ("because", Value::Null),
            ("keep", Value::Null),
        ] {
            if let Some(value) = group.get_mut(member) {
                *value = nothing;
            }
        }
    }
}

impl Asked {
    fn query(&self, days: u32, local: TenantId, context: &Context) -> Result<RollupQuery> {
        if !(1..=MOST_DAYS).contains(&days) {
            let message = format!("days: expected 1 to {MOST_DAYS}.");
            return Err(ApiError::bad_body(message).at("days"));
        }
        let other = self.tenant_id.as_ref().map(|id| {
            id.parse::<TenantId>()
                .map_err(|_| ApiError::bad_body("tenantId: expected a tenant id.").at("tenantId"))
        });
        Ok(RollupQuery {
            other: other.transpose()?,
            ..behaviours::lately(local, days, context.received)
        })
    }
}
