//! The tenants as identity providers: which tenant an address names, and which programs it knows.

use policy::target::ApplicationId;
use policy::tenant::{Cloud, TenantId};
use policy::world::Tenant;
use std::sync::Arc;

use crate::clock::moment;
use crate::error::Result;
use crate::state::App;

/// The tenant that the first segment of an address names: by id, or by a verified domain.
pub(crate) async fn named(app: &App, name: &str) -> Result<Option<Arc<Tenant>>> {
    let id: Option<TenantId> = match (name.parse(), name.parse()) {
        (Ok(id), _) => Some(id),
        (Err(_), Ok(domain)) => app.store.tenant_of_domain(&domain).await?,
        (Err(_), Err(_)) => None,
    };
    let Some(id) = id else {
        return Ok(None);
    };
    let sheet = app.effective.with(&[id]).await?;
    Ok(sheet.get(id).map(|known| Arc::clone(&known.tenant)))
}

/// `tenant_region_scope`, as the operator set it, or the usual one of the tenant's cloud.
pub(crate) fn region(tenant: &Tenant) -> &str {
    tenant.region.as_deref().unwrap_or(match tenant.cloud {
        Cloud::Commercial => "NA",
        Cloud::UsGovernment => "USGov",
        Cloud::China => "AS",
    })
}

/// The program with that id in that tenant. One that is switched off is as good as unknown.
pub(crate) async fn client(app: &App, tenant: TenantId, id: &str) -> Result<Option<sts::Client>> {
    let Ok(id) = id.trim().parse::<ApplicationId>() else {
        return Ok(None);
    };
    let stored = app.store.client(id).await?;
    let now = moment(app.clock.now());
    let client = stored.filter(|client| client.tenant == tenant && !client.disabled);
    Ok(client.map(|client| sts::Client {
        id: client.id,
        tenant: client.tenant,
        object: sts::client::object_of(client.tenant, client.id),
        display_name: client.display_name.unwrap_or_else(|| client.id.to_string()),
        permissions: client.permissions.into_iter().collect(),
        secrets: client
            .secrets
            .iter()
            .filter(|secret| secret.expires.is_none_or(|expires| now < expires))
            .filter_map(|secret| secret.phc.parse().ok())
            .collect(),
    }))
}
