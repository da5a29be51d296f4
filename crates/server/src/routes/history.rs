//! `/comity/v1/tenants/{id}/history`, `compare` and `restore`: who changed what, what differs between
//! two revisions, and taking something back as a new change.
//!
//! The settings of a revision are those of `settings?at=`.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::difference::{self, Part};
use graph::directory_audit::audited_value;
use policy::audit::ModifiedProperty;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{
    AuditQuery, AuditRecord, AuditRow, Entity, Order, Position, Revision, RevisionRow, Sequence,
    Who,
};

use crate::body::{self, Asked};
use crate::commit::{Attempt, Turn};
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::history::{self, Scope};
use crate::lookup::readable;
use crate::principal::Principal;
use crate::replacement::{self, Replacement};
use crate::state::App;

/// How many revisions an answer tells of, unless the caller says otherwise.
const PAGE: u32 = 20;
/// At most so many.
const LARGEST_PAGE: u32 = 100;
/// How many revisions are looked at for one answer.
const SCANNED: u32 = 1_000;
/// How many audit entries of one revision are told.
const ENTRIES: usize = 1_000;
/// How many of them are read at once.
const ENTRIES_AT_ONCE: u32 = 10;

fn tenant(id: &str) -> Result<TenantId> {
    id.parse().map_err(|_| {
        let id: String = id.chars().take(100).collect();
        ApiError::not_found(format!("The settings of the tenant {id} are not here."))
    })
}

/// `?part=&before=&top=`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listed {
    part: Option<String>,
    before: Option<u64>,
    top: Option<u32>,
}

pub(crate) async fn list_revisions(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    Asked(listed): Asked<Listed>,
) -> Result<Response> {
    let tenant = tenant(&id)?;
    readable(&app, &principal, tenant).await?;
    let wanted = listed.part.as_deref().map(|text| part(text, "part"));
    let wanted = wanted.transpose()?.map(entity);
    let top = listed.top.unwrap_or(PAGE).clamp(1, LARGEST_PAGE) as usize;
    let mut before = listed.before.map(Revision);
    let mut told = Vec::new();
    let mut scanned = 0;
    // The next page begins before that revision; none when the first one has been reached.
    let next = loop {
        let rows = app.store.revisions(tenant, before, LARGEST_PAGE).await?;
        let last = rows.len() < LARGEST_PAGE as usize;
        scanned += LARGEST_PAGE;
        for row in rows {
            before = Some(row.revision);
            if wanted.is_none_or(|wanted| row.entities.contains(&wanted)) {
                told.push(revision(&app, tenant, &row).await?);
            }
            if told.len() == top {
                break;
            }
        }
        match () {
            () if told.len() == top => break before.filter(|before| before.0 > 1),
            () if last => break None,
            () if scanned >= SCANNED => break before,
            () => {}
        }
    };
    let answer = json!({
        "tenantId": tenant.to_string(),
        "revisions": told,
        "before": next.map(|next| next.to_string()),
    });
    Ok(body::answer(200, &answer))
}

fn part(text: &str, path: &str) -> Result<Part> {
    text.parse()
        .map_err(|error| ApiError::bad_body(format!("{path}: {error}.")).at(path))
}

const fn entity(part: Part) -> Entity {
    match part {
        Part::Policy => Entity::Policy,
        Part::Default => Entity::Default,
        Part::Partner(id) => Entity::Partner(id),
    }
}

/// The name of a part, or `profile`.
fn name(entity: Entity) -> String {
    match entity {
        Entity::Profile => "profile".to_owned(),
        Entity::Policy => Part::Policy.to_string(),
        Entity::Default => Part::Default.to_string(),
        Entity::Partner(id) => Part::Partner(id).to_string(),
    }
}

/// The entries of the log that were written with a revision.
async fn entries(app: &App, tenant: TenantId, sequence: Sequence) -> Result<Vec<AuditRow>> {
    let mut query = AuditQuery {
        tenant: Some(tenant),
        order: Order::OldestFirst,
        after: Some(Position {
            sequence: Sequence(sequence.0.saturating_sub(1)),
            entry: u32::MAX,
        }),
        limit: ENTRIES_AT_ONCE,
        ..AuditQuery::default()
    };
    let mut found = Vec::new();
    loop {
        let rows = app.store.audit(&query).await?;
        query.after = rows.last().map(|row| row.position);
        let read = rows.len();
        let of_it = rows.into_iter();
        found.extend(of_it.take_while(|row| row.position.sequence == sequence));
        // Most revisions have one entry or two, so little is read beyond them.
        let goes_on = query.after.is_some_and(|last| last.sequence == sequence);
        if !goes_on || read < ENTRIES_AT_ONCE as usize || found.len() >= ENTRIES {
            found.truncate(ENTRIES);
            return Ok(found);
        }
    }
}

async fn revision(app: &App, tenant: TenantId, row: &RevisionRow) -> Result<Value> {
    let entries = entries(app, tenant, row.sequence).await?.into_iter();
    let changes = entries.flat_map(|entry| changes(&entry.record));
    let entities = row.entities.iter().map(|entity| name(*entity));
    Ok(json!({
        "revision": row.revision.to_string(),
        "time": time(row.time),
        "author": author(&row.initiator.who),
        "address": row.initiator.address,
        "channel": row.initiator.channel.map(store::Channel::as_str),
        "reason": row.reason,
        "parts": entities.collect::<Vec<_>>(),
        "changes": changes.collect::<Vec<_>>(),
    }))
}

fn time(moment: signins::window::Moment) -> Option<String> {
    let time = jiff::Timestamp::from_nanosecond(moment.as_nanoseconds()).ok()?;
    Some(time.to_string())
}

fn author(who: &Who) -> Value {
    match who {
        Who::User {
            id,
            user_principal_name,
            display_name,
            ..
        } => {
            let name = user_principal_name.as_ref().or(display_name.as_ref());
            json!({"kind": "user", "id": id.to_string(), "name": name})
        }
        Who::Application { id, display_name } => {
            json!({"kind": "application", "id": id.to_string(), "name": display_name})
        }
        Who::Operator { name } => json!({"kind": "operator", "id": null, "name": name}),
        Who::System => json!({"kind": "system", "id": null, "name": "Comity"}),
    }
}

/// What an audit entry says was changed.
fn changes(record: &AuditRecord) -> Vec<Value> {
    let about = record.details.iter().find(|(key, _)| key == "partner");
    let part = about.map(|(_, id)| format!("partners/{id}"));
    let change = |property: &ModifiedProperty| {
        json!({
            "activity": record.activity,
            "part": part,
            "property": property.name,
            "before": audited_value(&property.name, &property.old),
            "after": audited_value(&property.name, &property.new),
        })
    };
    record.modified.iter().map(change).collect()
}

/// `?from=&to=`: revisions or times.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Compared {
    from: String,
    #[serde(default = "now")]
    to: String,
}

fn now() -> String {
    "now".to_owned()
}

pub(crate) async fn compare(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    Asked(compared): Asked<Compared>,
) -> Result<Response> {
    let tenant = tenant(&id)?;
    readable(&app, &principal, tenant).await?;
    let before = history::settings(&app, tenant, &compared.from, "from").await?;
    let after = history::settings(&app, tenant, &compared.to, "to").await?;
    let differences = difference::between(&before.policy, &after.policy);
    let differences = differences.into_iter().map(|difference| {
        json!({
            "part": difference.part.to_string(),
            "property": difference.property,
            "before": difference.before,
            "after": difference.after,
        })
    });
    let answer = json!({
        "tenantId": tenant.to_string(),
        "from": before.revision.to_string(),
        "to": after.revision.to_string(),
        "differences": differences.collect::<Vec<_>>(),
    });
    Ok(body::answer(200, &answer))
}

/// The body of a restore.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Restored {
    to: String,
    part: Option<String>,
    property: Option<String>,
    reason: Option<Value>,
    #[serde(default)]
    dry_run: bool,
}

impl Restored {
    fn scope(&self) -> Result<Scope> {
        let part = self.part.as_deref().map(|text| part(text, "part"));
        match (part.transpose()?, &self.property) {
            (None, None) => Ok(Scope::All),
            (Some(part), None) => Ok(Scope::Part(part)),
            (Some(part), Some(property)) => Ok(Scope::Property(part, property.clone())),
            (None, Some(_)) => {
                let message = "property: expected a part as well, as a property is one of a part.";
                Err(ApiError::bad_body(message).at("property"))
            }
        }
    }
}

pub(crate) async fn restore(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let tenant = tenant(&id)?;
    readable(&app, &principal, tenant).await?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let restored: Restored = serde_json::from_value(value).map_err(|error| {
        ApiError::bad_body(format!("The request body cannot be read: {error}."))
    })?;
    let scope = restored.scope()?;
    let past = history::settings(&app, tenant, &restored.to, "to").await?;
    let reason = replacement::reason(restored.reason.as_ref())?;
    let otherwise = format!("restore of revision {}", past.revision);
    let replacement = Replacement {
        app: &app,
        principal: &principal,
        context: &context,
        reason: Some(reason.as_deref().unwrap_or(&otherwise)),
        dry_run: restored.dry_run,
    };
    let mut turn = Turn::of(&app, tenant).await;
    loop {
        match attempt(&replacement, tenant, &past, &scope).await? {
            Ok(report) => return Ok(body::answer(200, &report)),
            Err(conflict) => turn.again(conflict)?,
        }
    }
}

async fn attempt(
    replacement: &Replacement<'_>,
    id: TenantId,
    past: &history::Past,
    scope: &Scope,
) -> Attempt<Value> {
    let target = |known: Option<&Tenant>| {
        let now = known.and_then(|known| known.policy.as_ref());
        let now = now.ok_or_else(|| ApiError::not_found("The settings are not here."))?;
        history::mixed(now, &past.policy, scope).ok_or_else(|| {
            ApiError::bad_body("property: there is no such property, now or then.").at("property")
        })
    };
    let (snapshot, policy) = match replacement
        .read(id, target, |policy| Some(policy.clone()))
        .await?
    {
        Ok(read) => read,
        Err(conflict) => return Ok(Err(conflict)),
    };
    let Some(known) = snapshot.world().tenant(id) else {
        return Err(ApiError::internal("a tenant that was read is gone"));
    };
    let plan = replacement.plan(&snapshot, known, policy, &[]).await?;
    replacement
        .carry_out(&snapshot, id, plan, Vec::new(), Vec::new())
        .await
}
