//! `/comity/v1/tenants/{id}/storage/migrate`: a tenant leaves legacy storage (S14.5, S14.11).
//!
//! Two commits: first the tenant is migrating, and its settings are read but not written; then it
//! is scalable, and its log says so for every partner. A server that ends in between leaves the
//! tenant migrating, and the same request finishes what was begun.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use policy::audit::{ModifiedProperty, Value as Audited};
use policy::tenant::TenantId;
use policy::world::{Storage, Tenant};
use serde_json::Value;
use store::{AuditRecord, Change, Snapshot, Target};

use super::tenants::answer;
use crate::access::surface::MIGRATE_STORAGE;
use crate::body;
use crate::context::Context;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::registry::{Judged, Operator, absent, named};
use crate::state::App;

const ACTIVITY: &str = "Migrated partner cross-tenant access settings to the scalable model";

pub(crate) async fn migrate(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &MIGRATE_STORAGE).await?;
    let id = named(&id)?;
    let only_begin = only_begin(&app, &headers, body).await?;
    let operator = Operator {
        app: &app,
        principal: &principal,
        context: &context,
    };
    operator
        .change(&[id], |snapshot| begin(&operator, snapshot, id))
        .await?;
    if !only_begin {
        operator
            .change(&[id], |snapshot| finish(&operator, snapshot, id))
            .await?;
    }
    Ok(body::answer(200, &answer(&app, id).await?))
}

/// `{"until": "migrating"}` leaves the window open, until it is asked again without.
async fn only_begin(app: &App, headers: &HeaderMap, body: Body) -> Result<bool> {
    let bytes = body::bytes(headers, body, app.options.body_limit).await?;
    if bytes.is_empty() {
        return Ok(false);
    }
    body::expect_json(headers)?;
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::bad_body(format!("The request body is not JSON: {error}.")))?;
    let members = value.as_object();
    let members = members.ok_or_else(|| ApiError::bad_body("Expected a JSON object."))?;
    let mut until = false;
    for (name, value) in members {
        match (name.as_str(), value.as_str()) {
            ("until", Some("migrating")) => until = true,
            ("until", Some("scalable")) => until = false,
            _ => {
                let message = "Expected nothing, or until: migrating or scalable.";
                return Err(ApiError::bad_body(message).at(name.clone()));
            }
        }
    }
    Ok(until)
}

fn unchanged() -> Judged<()> {
    Judged {
        changes: Vec::new(),
        entries: Vec::new(),
        answer: (),
    }
}

fn moved(tenant: &Tenant, storage: Storage) -> Change {
    Change::Profile(Box::new(Tenant {
        storage,
        ..tenant.clone()
    }))
}

/// From here on nothing is written but the end of it.
fn begin(operator: &Operator<'_>, snapshot: &Snapshot, id: TenantId) -> Result<Judged<()>> {
    let tenant = snapshot.world().tenant(id).ok_or_else(|| absent(id))?;
    match tenant.storage {
        Storage::Migrating => Ok(unchanged()),
        Storage::Scalable => {
            let message = "The tenant is not in legacy storage; there is nothing to migrate.";
            Err(ApiError::bad_body(message))
        }
        Storage::Legacy => Ok(Judged {
            changes: vec![moved(tenant, Storage::Migrating)],
            entries: operator.noted(tenant, "Begin storage migration", "Update", Vec::new()),
            answer: (),
        }),
    }
}

fn finish(operator: &Operator<'_>, snapshot: &Snapshot, id: TenantId) -> Result<Judged<()>> {
    let tenant = snapshot.world().tenant(id).ok_or_else(|| absent(id))?;
    if tenant.storage != Storage::Migrating {
        // Somebody else finished it.
        return Ok(unchanged());
    }
    let noted = operator.noted(tenant, "Finish storage migration", "Update", Vec::new());
    let policy = tenant.policy.iter();
    let partners = policy.flat_map(|policy| policy.partners.iter());
    let rows = partners.map(|entry| row(operator, tenant, entry.tenant));
    let entries = rows.chain(noted.iter().cloned()).collect();
    Ok(Judged {
        changes: vec![moved(tenant, Storage::Scalable)],
        entries,
        answer: (),
    })
}

/// The entry that administrators know (S16.1).
fn row(operator: &Operator<'_>, tenant: &Tenant, partner: TenantId) -> AuditRecord {
    let policy = tenant.policy.as_ref().and_then(|policy| policy.id);
    let initiator = operator.principal.initiator(operator.context);
    let occasion = crate::commit::occasion(operator.context, initiator);
    let entry = Entry {
        service: "Core Directory",
        category: "CrossTenantAccessSettings",
        activity: ACTIVITY,
        operation: "Update",
        target: Target {
            kind: "Policy".to_owned(),
            id: policy.map(|id| id.to_string()),
            display_name: None,
            user_principal_name: None,
        },
        modified: vec![ModifiedProperty {
            name: "tenantId".to_owned(),
            old: Audited::Text(partner.to_string()),
            new: Audited::Text(partner.to_string()),
        }],
        details: vec![("partner".to_owned(), partner.to_string())],
    };
    entry.record_in(Some(tenant.id), occasion, None)
}
