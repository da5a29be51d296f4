//! Templates, multitenant organizations, capabilities, deleted partners and the look-up of tenants
//! (graph-api 1.8).

use super::role::{GLOBAL_ADMINISTRATOR, GLOBAL_READER, SECURITY_ADMINISTRATOR, SECURITY_READER};
use super::{Right, Roles};
use crate::permission::{MTO_READ, MTO_WRITE, TENANT_INFORMATION};

const READERS: Roles = Roles::AnyOf(&[
    GLOBAL_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
    SECURITY_READER,
    GLOBAL_READER,
]);

const WRITERS: Roles = Roles::AnyOf(&[GLOBAL_ADMINISTRATOR, SECURITY_ADMINISTRATOR]);

const fn template(method: &'static str, path: &'static str) -> Right {
    Right {
        method,
        path,
        application: &[MTO_WRITE],
        delegated: &[MTO_WRITE],
        roles: WRITERS,
    }
}

const fn template_read(path: &'static str) -> Right {
    Right {
        method: "GET",
        path,
        application: &[MTO_READ, MTO_WRITE],
        delegated: &[MTO_READ, MTO_WRITE],
        roles: READERS,
    }
}

macro_rules! template_path {
    ($rest:literal) => {
        concat!("/policies/crossTenantAccessPolicy/templates/", $rest)
    };
}

/// Reads the template for partner entries.
pub(crate) const GET_PARTNER_TEMPLATE: Right = template_read(template_path!(
    "multiTenantOrganizationPartnerConfiguration"
));
/// Changes it.
pub(crate) const UPDATE_PARTNER_TEMPLATE: Right = template(
    "PATCH",
    template_path!("multiTenantOrganizationPartnerConfiguration"),
);
/// Resets it.
pub(crate) const RESET_PARTNER_TEMPLATE: Right = template(
    "POST",
    template_path!("multiTenantOrganizationPartnerConfiguration/resetToDefaultSettings"),
);
/// Reads the template for synchronization.
pub(crate) const GET_SYNCHRONIZATION_TEMPLATE: Right = template_read(template_path!(
    "multiTenantOrganizationIdentitySynchronization"
));
/// Changes it.
pub(crate) const UPDATE_SYNCHRONIZATION_TEMPLATE: Right = template(
    "PATCH",
    template_path!("multiTenantOrganizationIdentitySynchronization"),
);
/// Resets it.
pub(crate) const RESET_SYNCHRONIZATION_TEMPLATE: Right = template(
    "POST",
    template_path!("multiTenantOrganizationIdentitySynchronization/resetToDefaultSettings"),
);

/// Looks a tenant up by its id.
pub(crate) const FIND_BY_ID: Right = Right {
    method: "GET",
    path: "/tenantRelationships/findTenantInformationByTenantId(tenantId='{tenantId}')",
    application: &[TENANT_INFORMATION],
    delegated: &[TENANT_INFORMATION],
    roles: Roles::Anybody,
};
/// Looks a tenant up by one of its domains.
pub(crate) const FIND_BY_DOMAIN: Right = Right {
    method: "GET",
    path: "/tenantRelationships/findTenantInformationByDomainName(domainName='{domainName}')",
    application: &[TENANT_INFORMATION],
    delegated: &[TENANT_INFORMATION],
    roles: Roles::Anybody,
};
