//! What everybody may know of a tenant: `findTenantInformationByTenantId` and its neighbour.

use policy::world::Tenant;
use serde_json::{Value, json};

use crate::query::{Member, QueryOption, Shape};

/// What can be asked of it.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::guid("tenantId"),
        Member::text("federationBrandName"),
        Member::text("displayName"),
        Member::text("defaultDomainName"),
    ],
    options: &[QueryOption::Select],
    ..Shape::EMPTY
};

/// Writes it. The domain is the tenant's first by name, whichever was asked for.
pub fn render(tenant: &Tenant) -> Value {
    json!({
        "tenantId": tenant.id.to_string(),
        "federationBrandName": tenant.federation_brand_name,
        "displayName": tenant.display_name,
        "defaultDomainName": tenant.domains.first().map(|domain| domain.as_str()),
    })
}
