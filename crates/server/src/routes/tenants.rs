//! `/comity/v1/tenants`: the operator's registry of tenants, hosted here or only known.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::registry::{self as wire, TenantDraft};
use graph::settings::root::size_in_bytes;
use policy::administer::{LEGACY_LIMIT_BYTES, Refused};
use policy::draft::Patch;
use policy::reason::Reason;
use policy::settings::Policy;
use policy::tenant::{Cloud, PolicyId, TenantId};
use policy::world::{AllowInvitesFrom, Directory, Storage, Tenant, World};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Change, Snapshot};

use crate::access::surface::{CREATE_TENANT, GET_TENANT, LIST_TENANTS, UPDATE_TENANT};
use crate::body::{self, Asked};
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::profile;
use crate::registry::{Judged, Operator, absent, named};
use crate::state::App;

/// How many tenants one answer names.
const LARGEST_PAGE: u32 = 1_000;

/// `?after=&top=`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listed {
    after: Option<TenantIdText>,
    top: Option<u32>,
}

/// A tenant id in a query.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct TenantIdText(TenantId);

impl TryFrom<String> for TenantIdText {
    type Error = String;
    fn try_from(text: String) -> std::result::Result<Self, String> {
        let id = text.parse().map(TenantIdText);
        id.map_err(|_| "expected a tenant id".to_owned())
    }
}

pub(crate) async fn list_tenants(
    State(app): State<App>,
    principal: Principal,
    Asked(listed): Asked<Listed>,
) -> Result<Response> {
    principal.may(&app, &LIST_TENANTS).await?;
    let top = listed.top.unwrap_or(LARGEST_PAGE).clamp(1, LARGEST_PAGE);
    let after = listed.after.map(|after| after.0);
    let rows = app.store.tenants(after, top).await?;
    let next = rows.last().map(|row| row.profile.id.to_string());
    let next = next.filter(|_| rows.len() as u64 == u64::from(top));
    let rows = rows.iter().map(|row| {
        let hosted = row.hosted;
        wire::render(&row.profile, hosted, row.directory_known)
    });
    let rows: Vec<Value> = rows.collect();
    Ok(body::answer(200, &json!({"tenants": rows, "after": next})))
}

pub(crate) async fn get_tenant(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &GET_TENANT).await?;
    let id = named(&id)?;
    Ok(body::answer(200, &answer(&app, id).await?))
}

/// What is known of a tenant, with who serves it.
pub(super) async fn answer(app: &App, id: TenantId) -> Result<Value> {
    let row = app.store.tenant(id).await?.ok_or_else(|| absent(id))?;
    let mut value = wire::render(&row.profile, row.hosted, row.directory_known);
    let sheet = app.effective.with(&[id]).await?;
    let policy = sheet.get(id).and_then(|known| known.tenant.policy.as_ref());
    let entries = policy.into_iter().flat_map(|policy| policy.partners.iter());
    let serving = entries.filter(|entry| entry.is_service_provider == Some(true));
    let serving: Vec<String> = serving.map(|entry| entry.tenant.to_string()).collect();
    if let Some(members) = value.as_object_mut() {
        members.insert("serviceProviders".to_owned(), serving.into());
        members.insert("revision".to_owned(), row.revision.to_string().into());
    }
    Ok(value)
}

async fn draft(app: &App, headers: &HeaderMap, body: Body) -> Result<TenantDraft> {
    let value = body::json(headers, body, app.options.body_limit).await?;
    wire::read(&value)
        .map_err(|error| ApiError::bad_body(format!("{error}.")).at(error.path.to_string()))
}

pub(crate) async fn create_tenant(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &CREATE_TENANT).await?;
    let draft = draft(&app, &headers, body).await?;
    let tenant = created(&draft)?;
    let operator = Operator {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let activity = match tenant.policy {
        Some(_) => "Create tenant",
        None => "Register tenant",
    };
    free(&app, &draft, tenant.id).await?;
    let judge = |snapshot: &Snapshot| {
        if snapshot.world().tenant(tenant.id).is_some() {
            return Err(ApiError::conflict(format!(
                "The tenant {} is known here already.",
                tenant.id
            )));
        }
        Ok(Judged {
            changes: vec![Change::Create(Box::new(tenant.clone()))],
            entries: operator.entries(&tenant, activity, "Add", &[]),
            answer: (),
        })
    };
    operator.change(&[tenant.id], judge).await?;
    Ok(body::answer(201, &answer(&app, tenant.id).await?))
}

/// The new tenant: hosted, unless it is said that it is not.
fn created(draft: &TenantDraft) -> Result<Tenant> {
    let new = || TenantId::from_u128(sts::random::guid().as_u128());
    let id = draft.id.unwrap_or_else(new);
    let mut tenant = Tenant::registered(id, draft.cloud.unwrap_or(Cloud::Commercial));
    if draft.hosted.unwrap_or(true) {
        host(&mut tenant);
    }
    if draft.storage == Some(Storage::Migrating) {
        return Err(only_legacy());
    }
    tenant.storage = draft.storage.unwrap_or_default();
    state(&mut tenant, draft);
    Ok(tenant)
}

/// From now on its policy and its people are kept here; there are none yet.
fn host(tenant: &mut Tenant) {
    tenant.policy = Some(Policy {
        id: Some(PolicyId::from_u128(sts::random::guid().as_u128())),
        display_name: Some(format!("CrossTenantAccessPolicy for {}", tenant.id)),
        ..Policy::default()
    });
    tenant.directory = Some(Directory::default());
}

/// What the operator may state at any time.
fn state(tenant: &mut Tenant, draft: &TenantDraft) {
    let put = |stored: &mut Option<String>, written: &Patch<String>| match written {
        Patch::Absent => {}
        Patch::Null => *stored = None,
        Patch::Value(text) => *stored = Some(text.trim().to_owned()),
    };
    put(&mut tenant.display_name, &draft.display_name);
    put(
        &mut tenant.federation_brand_name,
        &draft.federation_brand_name,
    );
    put(&mut tenant.region, &draft.region);
    if let Some(domains) = &draft.domains {
        tenant.domains.clone_from(domains);
    }
    tenant.p1 = draft.p1.unwrap_or(tenant.p1);
}

fn only_legacy() -> ApiError {
    let message = "storage: expected scalable or legacy; a tenant leaves legacy storage by a POST to \
                   its storage/migrate.";
    ApiError::bad_body(message).at("storage")
}

/// Refuses domains that another tenant has verified (S1.2).
async fn free(app: &App, draft: &TenantDraft, id: TenantId) -> Result<()> {
    for domain in draft.domains.iter().flatten() {
        let owner = app.store.tenant_of_domain(domain).await?;
        if owner.is_some_and(|owner| owner != id) {
            let message = format!("The domain {domain} is verified in another tenant.");
            return Err(ApiError::conflict(message).at("domains"));
        }
    }
    Ok(())
}

pub(crate) async fn update_tenant(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &UPDATE_TENANT).await?;
    let id = named(&id)?;
    let draft = draft(&app, &headers, body).await?;
    free(&app, &draft, id).await?;
    let operator = Operator {
        app: &app,
        principal: &principal,
        context: &context,
    };
    let judge = |snapshot: &Snapshot| {
        let world = snapshot.world();
        let tenant = world.tenant(id).ok_or_else(|| absent(id))?;
        let changed = changed(world, tenant, &draft)?;
        let shown = |tenant: &Tenant| wire::render(tenant, tenant.policy.is_some(), false);
        let modified = profile::difference(&shown(tenant), &shown(&changed));
        if modified.is_empty() {
            return Ok(Judged {
                changes: Vec::new(),
                entries: Vec::new(),
                answer: (),
            });
        }
        let mut changes = vec![Change::Profile(Box::new(changed.clone()))];
        if tenant.policy.is_none() {
            let policy = changed.policy.clone();
            changes.extend(policy.map(|policy| {
                Change::Effect(policy::effect::Effect::PutPolicy {
                    tenant: id,
                    policy: Box::new(policy),
                })
            }));
        }
        Ok(Judged {
            changes,
            entries: operator.entries(&changed, "Update tenant", "Update", &modified),
            answer: (),
        })
    };
    operator.change(&[id], judge).await?;
    Ok(body::answer(200, &answer(&app, id).await?))
}

fn changed(world: &World, tenant: &Tenant, draft: &TenantDraft) -> Result<Tenant> {
    let mut changed = tenant.clone();
    if draft.id.is_some_and(|id| id != tenant.id) {
        return Err(
            ApiError::bad_body("tenantId: the id of a tenant never changes.").at("tenantId"),
        );
    }
    match (draft.hosted, &tenant.policy) {
        (Some(true), None) => host(&mut changed),
        (Some(false), Some(_)) => {
            let message = "hosted: the settings that are kept here would be lost.";
            return Err(ApiError::bad_body(message).at("hosted"));
        }
        _ => {}
    }
    if let Some(cloud) = draft.cloud.filter(|cloud| *cloud != tenant.cloud) {
        let mut organizations = world.multitenant_organizations.iter();
        if organizations.any(|organization| organization.has(tenant.id)) {
            let message = "cloud: the tenant is in a multitenant organization, which lives in the \
                           commercial cloud.";
            return Err(ApiError::bad_body(message).at("cloud"));
        }
        if tenant.allow_invites_from == AllowInvitesFrom::initial(tenant.cloud) {
            changed.allow_invites_from = AllowInvitesFrom::initial(cloud);
        }
        changed.cloud = cloud;
    }
    if let Some(storage) = draft.storage.filter(|storage| *storage != tenant.storage) {
        let to_legacy = (tenant.storage, storage) == (Storage::Scalable, Storage::Legacy);
        if !to_legacy {
            return Err(only_legacy());
        }
        let policy = changed.policy.as_ref();
        if policy.is_some_and(|policy| size_in_bytes(policy) > LEGACY_LIMIT_BYTES) {
            let refused = Refused {
                reason: Reason::PolicyObjectLimit,
                target: Some("storage".to_owned()),
            };
            return Err(ApiError::of_refused(&refused, &[]));
        }
        changed.storage = storage;
    }
    state(&mut changed, draft);
    Ok(changed)
}
