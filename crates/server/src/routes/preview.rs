//! `/comity/v1/preview`: what would a draft do to the sign-ins of the last days?
//!
//! The draft is the requests that would be sent to save it, each as in a batch; they are judged in their
//! order like writes, and nothing is written. The log is the tenant's own rollup. Of the other tenants
//! nothing is judged but what everybody knows of them: their settings are not the caller's to see.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use policy::administer::{Actor, ApplicationPermission, Operation, administer};
use policy::draft::{Patch, Written};
use policy::explain::Names;
use policy::reason::Reason;
use policy::target::UserId;
use policy::tenant::{Cloud, TenantId};
use policy::world::{Directory, Tenant, World};
use preview::replay::Replay;
use serde::Deserialize;
use serde_json::Value;
use signins::observation::Observation;
use store::{Day, RollupQuery, RollupRow};

use super::decide::read;
use crate::access::{logs, own};
use crate::administration::{authorize, size};
use crate::body::{self, Posted};
use crate::clock::moment;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::options::UnknownTenants;
use crate::principal::Principal;
use crate::state::App;

/// How many days are looked at unless asked otherwise (S17.5).
const INITIAL_DAYS: u32 = 30;
/// How many at most (S17.5).
const MOST_DAYS: u32 = 90;
/// How many requests a draft may consist of.
const MOST_REQUESTS: usize = 1_000;

/// What is to be previewed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    requests: Vec<RequestText>,
    days: Option<u32>,
    tenant_id: Option<String>,
}

/// One request, as it would be sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestText {
    method: String,
    url: String,
    body: Option<Value>,
}

pub(crate) async fn preview(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Posted(bytes): Posted,
) -> Result<Response> {
    principal.may(&app, &own::PREVIEW).await?;
    let people = principal.may(&app, &logs::LIST_SIGN_INS).await.is_ok();
    let asked: Asked = read(&bytes)?;
    let local = principal.tenant();
    let query = asked.query(local, &context)?;
    let operations = asked.operations()?;
    let rows = app.store.rollup(&query).await?;
    let now = world(&app, local, &rows, &operations).await?;
    let draft = draft(&app, local, &now, &operations)?;
    let work = move || {
        let names = Known { world: &now, local };
        let replay = Replay::new(&now, &draft, local);
        let log = rows.iter().map(|row| observation(row, local, &names));
        let report = replay.report(log);
        let mut told = graph::preview::replay(&replay, &report, &names);
        if !people {
            forget_people(&mut told);
        }
        Value::Object(told)
    };
    let answer = tokio::task::spawn_blocking(work).await;
    Ok(body::answer(200, &answer.map_err(ApiError::internal)?))
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
    fn query(&self, local: TenantId, context: &Context) -> Result<RollupQuery> {
        let days = self.days.unwrap_or(INITIAL_DAYS);
        if !(1..=MOST_DAYS).contains(&days) {
            let message = format!("days: expected 1 to {MOST_DAYS}.");
            return Err(ApiError::bad_body(message).at("days"));
        }
        let other = self.tenant_id.as_ref().map(|id| {
            id.parse::<TenantId>()
                .map_err(|_| ApiError::bad_body("tenantId: expected a tenant id.").at("tenantId"))
        });
        let Day(today) = Day::of(moment(context.received));
        let back = i32::try_from(days).unwrap_or(i32::MAX);
        Ok(RollupQuery {
            tenant: local,
            from: Some(Day(today.saturating_sub(back))),
            until: None,
            other: other.transpose()?,
            direction: None,
        })
    }

    fn operations(&self) -> Result<Vec<Operation>> {
        if !(1..=MOST_REQUESTS).contains(&self.requests.len()) {
            let message = format!("requests: expected 1 to {MOST_REQUESTS}.");
            return Err(ApiError::bad_body(message).at("requests"));
        }
        let operation = |(index, request): (usize, &RequestText)| {
            let path = request.url.split('?').next().unwrap_or_default();
            let path = ["/v1.0", "/beta"]
                .iter()
                .find_map(|version| path.strip_prefix(version));
            let path = path.unwrap_or(&request.url);
            let at = |message: String| ApiError::bad_body(message).at(format!("requests[{index}]"));
            let method = request.method.to_ascii_uppercase();
            let operation = graph::route::operation(&method, path, request.body.as_ref());
            let operation =
                operation.map_err(|error| at(format!("requests[{index}]: {error}.")))?;
            match operation.is_read() {
                false => Ok(operation),
                true => Err(at(format!("requests[{index}]: it changes nothing."))),
            }
        };
        self.requests.iter().enumerate().map(operation).collect()
    }
}

/// What is in force, as the caller may know it: the own tenant whole, and of the others of whom the log
/// or the settings speak what everybody knows.
async fn world(
    app: &App,
    local: TenantId,
    rows: &[RollupRow],
    operations: &[Operation],
) -> Result<World> {
    let mut ids: BTreeSet<TenantId> = rows.iter().map(|row| row.key.other).collect();
    ids.extend(operations.iter().flat_map(named));
    ids.insert(local);
    let sheet = app.effective.with(&[local]).await?;
    let policy = sheet
        .get(local)
        .and_then(|known| known.tenant.policy.as_ref());
    ids.extend(
        policy
            .iter()
            .flat_map(|policy| policy.partners.iter().map(|entry| entry.tenant)),
    );
    let ids: Vec<TenantId> = ids.into_iter().collect();
    let mut world = app.effective.with(&ids).await?.world(&ids);
    world.both_sides_required = false;
    let others: Vec<Tenant> = world
        .tenants
        .values()
        .filter(|tenant| tenant.id != local)
        .map(|tenant| Tenant {
            display_name: tenant.display_name.clone(),
            domains: tenant.domains.clone(),
            p1: tenant.p1,
            ..Tenant::registered(tenant.id, tenant.cloud)
        })
        .collect();
    for other in others {
        world.tenants.insert(other.id, Arc::new(other));
    }
    Ok(world)
}

/// The tenant an operation names beside the caller's own.
fn named(operation: &Operation) -> Option<TenantId> {
    let Operation::AddPartner(written) = operation else {
        return operation.partner().flatten();
    };
    written.iter().find_map(|member| match member {
        Written::TenantId(Patch::Value(text)) => text.parse().ok(),
        _ => None,
    })
}

/// The world with every request carried out, as somebody may who may write everything.
fn draft(app: &App, local: TenantId, now: &World, operations: &[Operation]) -> Result<World> {
    let actor = Actor {
        roles: BTreeSet::new(),
        actions: BTreeSet::new(),
        application: Some(ApplicationPermission::ReadWrite),
        authentication_contexts: BTreeSet::new(),
    };
    let mut draft = now.clone();
    for (index, operation) in operations.iter().enumerate() {
        let registers = app.options.unknown_tenants == UnknownTenants::Register;
        if let (true, Operation::AddPartner(_), Some(id)) = (registers, operation, named(operation))
            && draft.tenant(id).is_none()
        {
            let cloud = draft
                .tenant(local)
                .map_or(Cloud::Commercial, |own| own.cloud);
            draft.tenants.insert(id, Tenant::registered(id, cloud));
        }
        let outcome = administer(&draft, local, &actor, operation, &size);
        if outcome.reason != Reason::Ok {
            let refusal = ApiError::of_outcome(operation, &outcome, &authorize(app, local));
            return Err(refusal.at(format!("requests[{index}]")));
        }
        draft.apply(&outcome.effects);
    }
    Ok(draft)
}

/// A line of the rollup with what the directory knows of whom it is about.
fn observation<'a>(row: &'a RollupRow, local: TenantId, names: &Known<'a>) -> Observation<'a> {
    let key = &row.key;
    let (home, resource) = match key.direction {
        signins::direction::Direction::Outbound => (local, key.other),
        signins::direction::Direction::Inbound => (key.other, local),
    };
    Observation {
        id: None,
        count: usize::try_from(row.count).unwrap_or(usize::MAX),
        first: row.first,
        last: row.last,
        home_tenant: Some(home),
        resource_tenant: Some(resource),
        access_type: key.access_type.as_ref(),
        token_issuer: &key.token_issuer,
        user: key.user,
        user_type: None,
        user_display_name: key.masked.then_some(policy::row::TENANT_RESTRICTION),
        user_principal_name: key.user.and_then(|user| names.principal_name(user)),
        client_app: key.client_app,
        client_app_name: None,
        resource_app: key.resource_app,
        resource_app_name: None,
        error_code: key.error_code,
        failure_reason: None,
        is_interactive: Some(key.interactive),
        claims: key.claims,
    }
}

/// The names that the caller may know.
struct Known<'a> {
    world: &'a World,
    local: TenantId,
}

impl<'a> Known<'a> {
    fn directory(&self) -> Option<&'a Directory> {
        self.world.tenant(self.local)?.directory.as_ref()
    }

    fn principal_name(&self, user: UserId) -> Option<&'a str> {
        let user = self.directory()?.users.get(&user)?;
        Some(user.user_principal_name.as_str())
    }
}

impl Names for Known<'_> {
    fn tenant(&self, id: TenantId) -> String {
        Names::tenant(self.world, id)
    }
    fn user(&self, tenant: TenantId, id: UserId) -> String {
        Names::user(self.world, tenant, id)
    }
}
