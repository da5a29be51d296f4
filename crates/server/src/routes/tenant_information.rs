//! `/tenantRelationships/findTenantInformationBy…(…='…')`: who a tenant is. By its id tenants of
//! every cloud are found, by a domain those of the caller's own (S14.8).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use graph::tenant_information::{SHAPE, render};
use policy::tenant::{Domain, TenantId};
use policy::world::Tenant;

use crate::access::surface::{FIND_BY_DOMAIN, FIND_BY_ID};
use crate::error::{ApiError, Result};
use crate::odata::{self, Address};
use crate::principal::Principal;
use crate::state::App;

pub(crate) async fn find_by_id(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(id): Path<String>,
) -> Result<Response> {
    principal.may(&app, &FIND_BY_ID).await?;
    let id: TenantId = id
        .parse()
        .map_err(|_| ApiError::bad_query("The parameter tenantId must be a GUID."))?;
    answer(&address, tenant(&app, id).await?)
}

pub(crate) async fn find_by_domain(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(domain): Path<String>,
) -> Result<Response> {
    principal.may(&app, &FIND_BY_DOMAIN).await?;
    let domain: Domain = domain
        .parse()
        .map_err(|_| ApiError::bad_query("The parameter domainName must be a full domain name."))?;
    answer(&address, of_domain(&app, &principal, &domain).await?)
}

fn answer(address: &Address, found: Option<Arc<Tenant>>) -> Result<Response> {
    let query = address.query(&SHAPE)?;
    let found = found.ok_or_else(|| ApiError::not_found("There is no such tenant."))?;
    let fragment = "microsoft.graph.tenantInformation";
    let value = render(&found);
    Ok(odata::value_of(address, 200, fragment, &query, value, ()))
}

async fn tenant(app: &App, id: TenantId) -> Result<Option<Arc<Tenant>>> {
    let row = app.store.tenant(id).await?;
    Ok(row.map(|row| row.profile))
}

/// A tenant of another cloud is not found by a domain, as if there were none.
async fn of_domain(
    app: &App,
    principal: &Principal,
    domain: &Domain,
) -> Result<Option<Arc<Tenant>>> {
    let Some(id) = app.store.tenant_of_domain(domain).await? else {
        return Ok(None);
    };
    let own = tenant(app, principal.tenant()).await?;
    let found = tenant(app, id).await?;
    let same = |found: &Arc<Tenant>| own.as_ref().is_some_and(|own| own.cloud == found.cloud);
    Ok(found.filter(same))
}
