//! `/comity/v1/tenants/{id}/partners`: every partner in one line, with its name and what is customized
//! for it. Graph's own list gives pages of whole entries without names; whoever shows ten thousand
//! organizations, looks for one of them or orders them by name needs this one.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Response;
use policy::resolve::{Column, column_label};
use policy::settings::Partner;
use policy::tenant::TenantId;
use serde_json::{Value, json};
use store::TenantRow;

use crate::body;
use crate::error::{ApiError, Result};
use crate::lookup::readable;
use crate::principal::Principal;
use crate::state::App;

pub(crate) async fn list_partner_names(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Response> {
    let tenant: TenantId = id.parse().map_err(|_| {
        let id: String = id.chars().take(100).collect();
        ApiError::not_found(format!("The settings of the tenant {id} are not here."))
    })?;
    let policy = readable(&app, &principal, tenant).await?;
    let ids: Vec<TenantId> = policy.partners.iter().map(|entry| entry.tenant).collect();
    let known = app.store.tenants_of(&ids).await?;
    let known: HashMap<TenantId, TenantRow> =
        known.into_iter().map(|row| (row.profile.id, row)).collect();
    let partners = policy.partners.iter();
    let partners: Vec<Value> = partners
        .map(|entry| line(entry, known.get(&entry.tenant)))
        .collect();
    let answer = json!({"tenantId": tenant.to_string(), "partners": partners});
    Ok(body::answer(200, &answer))
}

fn line(entry: &Partner, known: Option<&TenantRow>) -> Value {
    let profile = known.map(|row| &row.profile);
    let domain = profile.and_then(|profile| profile.domains.first());
    let configured = |column| column_label(entry, column) == "Configured";
    json!({
        "tenantId": entry.tenant.to_string(),
        "displayName": profile.and_then(|profile| profile.display_name.as_deref()),
        "defaultDomainName": domain.map(ToString::to_string),
        "cloud": profile.map(|profile| profile.cloud.endpoint()),
        "inboundConfigured": configured(Column::Inbound),
        "outboundConfigured": configured(Column::Outbound),
        "tenantRestrictionsConfigured": configured(Column::TenantRestrictions),
        "isServiceProvider": entry.is_service_provider.unwrap_or(false),
        "isInMultiTenantOrganization": entry.is_in_multitenant_organization,
        "hasSynchronization": entry.synchronization.is_some(),
    })
}
