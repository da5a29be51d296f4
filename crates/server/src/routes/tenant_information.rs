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

/// What is asked, in the lower case of all segments.
enum Question<'a> {
    Id(&'a str),
    Domain(&'a str),
}

impl<'a> Question<'a> {
    fn read(function: &'a str) -> Result<Self> {
        let unknown = || ApiError::unknown_segment(function);
        let (name, rest) = function.split_once('(').ok_or_else(unknown)?;
        let argument = rest.strip_suffix(')');
        let argument = argument.and_then(|rest| rest.split_once('='));
        let argument = argument.and_then(|(name, value)| {
            let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
            Some((name.trim(), value))
        });
        match (name, argument) {
            ("findtenantinformationbytenantid", Some(("tenantid", id))) => Ok(Question::Id(id)),
            ("findtenantinformationbydomainname", Some(("domainname", domain))) => {
                Ok(Question::Domain(domain))
            }
            ("findtenantinformationbytenantid", _) => Err(ApiError::bad_query(
                "Expected one parameter in single quotes: tenantId='…'.",
            )),
            ("findtenantinformationbydomainname", _) => Err(ApiError::bad_query(
                "Expected one parameter in single quotes: domainName='…'.",
            )),
            _ => Err(unknown()),
        }
    }
}

pub(crate) async fn find(
    State(app): State<App>,
    principal: Principal,
    address: Address,
    Path(function): Path<String>,
) -> Result<Response> {
    let found = match Question::read(&function)? {
        Question::Id(id) => {
            principal.may(&app, &FIND_BY_ID).await?;
            let id: TenantId = id
                .parse()
                .map_err(|_| ApiError::bad_query("The parameter tenantId must be a GUID."))?;
            tenant(&app, id).await?
        }
        Question::Domain(domain) => {
            principal.may(&app, &FIND_BY_DOMAIN).await?;
            of_domain(&app, &principal, domain).await?
        }
    };
    let query = address.query(&SHAPE)?;
    let found = found.ok_or_else(|| ApiError::not_found("There is no such tenant."))?;
    let fragment = "microsoft.graph.tenantInformation";
    let value = render(&found);
    Ok(odata::value_of(&address, 200, fragment, &query, value, ()))
}

async fn tenant(app: &App, id: TenantId) -> Result<Option<Arc<Tenant>>> {
    let row = app.store.tenant(id).await?;
    Ok(row.map(|row| row.profile))
}

/// A tenant of another cloud is not found by a domain, as if there were none.
async fn of_domain(app: &App, principal: &Principal, domain: &str) -> Result<Option<Arc<Tenant>>> {
    let domain: Domain = domain
        .parse()
        .map_err(|_| ApiError::bad_query("The parameter domainName must be a full domain name."))?;
    let Some(id) = app.store.tenant_of_domain(&domain).await? else {
        return Ok(None);
    };
    let own = tenant(app, principal.tenant()).await?;
    let found = tenant(app, id).await?;
    let same = |found: &Arc<Tenant>| own.as_ref().is_some_and(|own| own.cloud == found.cloud);
    Ok(found.filter(same))
}
