//! Templates, multitenant organizations, capabilities, deleted partners and the look-up of tenants
//! (graph-api 1.8).

use super::role::{GLOBAL_ADMINISTRATOR, GLOBAL_READER, SECURITY_ADMINISTRATOR, SECURITY_READER};
use super::{Right, Roles};
use crate::permission::{
    CAPABILITY_WRITE, MTO_READ, MTO_READ_BASIC, MTO_WRITE, OPERATOR, POLICY_READ, POLICY_WRITE,
    TENANT_INFORMATION,
};
use policy::role::Action;

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

/// What only whoever runs the server may do; the address is that below the origin.
const fn operators(method: &'static str, path: &'static str) -> Right {
    Right {
        method,
        path,
        application: &[OPERATOR],
        delegated: &[],
        roles: Roles::Nobody,
    }
}

/// Lists the tenants.
pub(crate) const LIST_TENANTS: Right = operators("GET", "/comity/v1/tenants");
/// Creates or registers a tenant.
pub(crate) const CREATE_TENANT: Right = operators("POST", "/comity/v1/tenants");
/// Reads what is known of a tenant.
pub(crate) const GET_TENANT: Right = operators("GET", "/comity/v1/tenants/{id}");
/// Changes what is known of a tenant.
pub(crate) const UPDATE_TENANT: Right = operators("PATCH", "/comity/v1/tenants/{id}");
/// States that another tenant is a service provider of this one.
pub(crate) const PUT_SERVICE_PROVIDER: Right =
    operators("PUT", "/comity/v1/tenants/{id}/serviceProviders/{provider}");
/// States that it is none any more.
pub(crate) const DELETE_SERVICE_PROVIDER: Right = operators(
    "DELETE",
    "/comity/v1/tenants/{id}/serviceProviders/{provider}",
);
/// Moves a tenant out of legacy storage.
pub(crate) const MIGRATE_STORAGE: Right =
    operators("POST", "/comity/v1/tenants/{id}/storage/migrate");
/// Lists the clients of a tenant.
pub(crate) const LIST_CLIENTS: Right = operators("GET", "/comity/v1/tenants/{id}/clients");
/// Creates a client of a tenant.
pub(crate) const CREATE_CLIENT: Right = operators("POST", "/comity/v1/tenants/{id}/clients");
/// Drops a client of a tenant.
pub(crate) const DELETE_CLIENT: Right =
    operators("DELETE", "/comity/v1/tenants/{id}/clients/{clientId}");

/// Reads for which tenant elsewhere a client acts.
pub(crate) const GET_ACTING_CLIENT: Right =
    operators("GET", "/comity/v1/tenants/{id}/clients/{clientId}/actsFor");
/// Lets a client act for one.
pub(crate) const PUT_ACTING_CLIENT: Right =
    operators("PUT", "/comity/v1/tenants/{id}/clients/{clientId}/actsFor");
/// Lets it act for none.
pub(crate) const DELETE_ACTING_CLIENT: Right = operators(
    "DELETE",
    "/comity/v1/tenants/{id}/clients/{clientId}/actsFor",
);
/// Pins an identity provider to a tenant.
pub(crate) const PUT_IDENTITY_PROVIDER: Right =
    operators("PUT", "/comity/v1/tenants/{id}/identityProvider");
/// Reads which one it is.
pub(crate) const GET_IDENTITY_PROVIDER: Right =
    operators("GET", "/comity/v1/tenants/{id}/identityProvider");
/// Removes it.
pub(crate) const DELETE_IDENTITY_PROVIDER: Right =
    operators("DELETE", "/comity/v1/tenants/{id}/identityProvider");
/// Sets a tenant's terms of use.
pub(crate) const PUT_TERMS_OF_USE: Right = operators("PUT", "/comity/v1/tenants/{id}/termsOfUse");
/// Reads them.
pub(crate) const GET_TERMS_OF_USE: Right = operators("GET", "/comity/v1/tenants/{id}/termsOfUse");
/// Removes them.
pub(crate) const DELETE_TERMS_OF_USE: Right =
    operators("DELETE", "/comity/v1/tenants/{id}/termsOfUse");

const ORGANIZATION: &str = "/tenantRelationships/multiTenantOrganization";
const TENANTS: &str = "/tenantRelationships/multiTenantOrganization/tenants";
const TENANT: &str = "/tenantRelationships/multiTenantOrganization/tenants/{id}";
const JOIN_REQUEST: &str = "/tenantRelationships/multiTenantOrganization/joinRequest";

const fn organization_read(path: &'static str) -> Right {
    Right {
        method: "GET",
        path,
        application: &[MTO_READ_BASIC, MTO_READ, MTO_WRITE],
        delegated: &[MTO_READ_BASIC, MTO_READ, MTO_WRITE],
        roles: READERS,
    }
}

const fn organization_write(method: &'static str, path: &'static str) -> Right {
    Right {
        method,
        path,
        application: &[MTO_WRITE],
        delegated: &[MTO_WRITE],
        roles: WRITERS,
    }
}

/// Reads the multitenant organization.
pub(crate) const GET_MTO: Right = organization_read(ORGANIZATION);
/// Makes one.
pub(crate) const CREATE_MTO: Right = organization_write("PUT", ORGANIZATION);
/// Renames it.
pub(crate) const UPDATE_MTO: Right = organization_write("PATCH", ORGANIZATION);
/// Lists its tenants.
pub(crate) const LIST_MTO_TENANTS: Right = organization_read(TENANTS);
/// Adds a tenant.
pub(crate) const ADD_MTO_TENANT: Right = organization_write("POST", TENANTS);
/// Reads one of its tenants.
pub(crate) const GET_MTO_TENANT: Right = organization_read(TENANT);
/// Changes role and name of a tenant.
pub(crate) const UPDATE_MTO_TENANT: Right = organization_write("PATCH", TENANT);
/// Removes a tenant, or leaves.
pub(crate) const DELETE_MTO_TENANT: Right = organization_write("DELETE", TENANT);
/// Reads who added the tenant.
pub(crate) const GET_JOIN_REQUEST: Right = organization_read(JOIN_REQUEST);
/// Joins.
pub(crate) const JOIN_MTO: Right = organization_write("PATCH", JOIN_REQUEST);

const fn settings_right(
    method: &'static str,
    path: &'static str,
    permissions: &'static [&'static str],
    roles: Roles,
) -> Right {
    Right {
        method,
        path,
        application: permissions,
        delegated: permissions,
        roles,
    }
}

const CAPABILITY_READERS: &[&str] = &[POLICY_READ, CAPABILITY_WRITE];
const CAPABILITY_WRITERS: &[&str] = &[CAPABILITY_WRITE];
const READ_DEFAULT: Roles = Roles::Actions(&[Action::ReadDefault]);
const READ_PARTNERS: Roles = Roles::Actions(&[Action::ReadPartners]);
/// Lists the capabilities of the default.
pub(crate) const LIST_DEFAULT_CAPABILITIES: Right = settings_right(
    "GET",
    "/policies/crossTenantAccessPolicy/default/m365Capabilities",
    CAPABILITY_READERS,
    READ_DEFAULT,
);
/// Reads a capability of the default.
pub(crate) const GET_DEFAULT_CAPABILITY: Right = settings_right(
    "GET",
    "/policies/crossTenantAccessPolicy/default/m365Capabilities/{name}",
    CAPABILITY_READERS,
    READ_DEFAULT,
);
/// Adds a capability of the default.
pub(crate) const ADD_DEFAULT_CAPABILITY: Right = settings_right(
    "POST",
    "/policies/crossTenantAccessPolicy/default/m365Capabilities",
    CAPABILITY_WRITERS,
    Roles::Law,
);
/// Changes a capability of the default.
pub(crate) const UPDATE_DEFAULT_CAPABILITY: Right = settings_right(
    "PATCH",
    "/policies/crossTenantAccessPolicy/default/m365Capabilities/{name}",
    CAPABILITY_WRITERS,
    Roles::Law,
);
/// Drops a capability of the default.
pub(crate) const DELETE_DEFAULT_CAPABILITY: Right = settings_right(
    "DELETE",
    "/policies/crossTenantAccessPolicy/default/m365Capabilities/{name}",
    CAPABILITY_WRITERS,
    Roles::Law,
);
/// Lists the capabilities of a partner.
pub(crate) const LIST_PARTNER_CAPABILITIES: Right = settings_right(
    "GET",
    "/policies/crossTenantAccessPolicy/partners/{id}/m365Capabilities",
    CAPABILITY_READERS,
    READ_PARTNERS,
);
/// Reads a capability of a partner.
pub(crate) const GET_PARTNER_CAPABILITY: Right = settings_right(
    "GET",
    "/policies/crossTenantAccessPolicy/partners/{id}/m365Capabilities/{name}",
    CAPABILITY_READERS,
    READ_PARTNERS,
);
/// Adds a capability of a partner.
pub(crate) const ADD_PARTNER_CAPABILITY: Right = settings_right(
    "POST",
    "/policies/crossTenantAccessPolicy/partners/{id}/m365Capabilities",
    CAPABILITY_WRITERS,
    Roles::Law,
);
/// Changes a capability of a partner.
pub(crate) const UPDATE_PARTNER_CAPABILITY: Right = settings_right(
    "PATCH",
    "/policies/crossTenantAccessPolicy/partners/{id}/m365Capabilities/{name}",
    CAPABILITY_WRITERS,
    Roles::Law,
);
/// Drops a capability of a partner.
pub(crate) const DELETE_PARTNER_CAPABILITY: Right = settings_right(
    "DELETE",
    "/policies/crossTenantAccessPolicy/partners/{id}/m365Capabilities/{name}",
    CAPABILITY_WRITERS,
    Roles::Law,
);

const POLICY_READERS: &[&str] = &[POLICY_READ, POLICY_WRITE];
const POLICY_WRITERS: &[&str] = &[POLICY_WRITE];
const READ_SYNCHRONIZATION: Roles = Roles::Actions(&[Action::ReadSynchronization]);
/// [beta] Lists deleted partners.
pub(crate) const LIST_DELETED_PARTNERS: Right = settings_right(
    "GET",
    "/policies/deletedItems/crossTenantPartners",
    POLICY_READERS,
    READ_PARTNERS,
);
/// [beta] Reads one of the deleted partners.
pub(crate) const GET_DELETED_PARTNER: Right = settings_right(
    "GET",
    "/policies/deletedItems/crossTenantPartners/{id}",
    POLICY_READERS,
    READ_PARTNERS,
);
/// [beta] Takes back one of the deleted partners.
pub(crate) const RESTORE_PARTNER: Right = settings_right(
    "POST",
    "/policies/deletedItems/crossTenantPartners/{id}/restore",
    POLICY_WRITERS,
    Roles::Law,
);
/// [beta] Gives up one of the deleted partners.
pub(crate) const FORGET_PARTNER: Right = settings_right(
    "DELETE",
    "/policies/deletedItems/crossTenantPartners/{id}",
    POLICY_WRITERS,
    Roles::Law,
);
/// [beta] Lists deleted synchronization settings.
pub(crate) const LIST_DELETED_SYNCHRONIZATION: Right = settings_right(
    "GET",
    "/policies/deletedItems/crossTenantSyncPolicyPartners",
    POLICY_READERS,
    READ_SYNCHRONIZATION,
);
/// [beta] Reads one of the deleted synchronization settings.
pub(crate) const GET_DELETED_SYNCHRONIZATION: Right = settings_right(
    "GET",
    "/policies/deletedItems/crossTenantSyncPolicyPartners/{id}",
    POLICY_READERS,
    READ_SYNCHRONIZATION,
);
/// [beta] Takes back one of the deleted synchronization settings.
pub(crate) const RESTORE_SYNCHRONIZATION: Right = settings_right(
    "POST",
    "/policies/deletedItems/crossTenantSyncPolicyPartners/{id}/restore",
    POLICY_WRITERS,
    Roles::Law,
);
/// [beta] Gives up one of the deleted synchronization settings.
pub(crate) const FORGET_SYNCHRONIZATION: Right = settings_right(
    "DELETE",
    "/policies/deletedItems/crossTenantSyncPolicyPartners/{id}",
    POLICY_WRITERS,
    Roles::Law,
);

/// All of them.
pub(crate) const ALL: &[&Right] = &[
    &GET_PARTNER_TEMPLATE,
    &UPDATE_PARTNER_TEMPLATE,
    &RESET_PARTNER_TEMPLATE,
    &GET_SYNCHRONIZATION_TEMPLATE,
    &UPDATE_SYNCHRONIZATION_TEMPLATE,
    &RESET_SYNCHRONIZATION_TEMPLATE,
    &FIND_BY_ID,
    &FIND_BY_DOMAIN,
    &LIST_TENANTS,
    &CREATE_TENANT,
    &GET_TENANT,
    &UPDATE_TENANT,
    &PUT_SERVICE_PROVIDER,
    &DELETE_SERVICE_PROVIDER,
    &MIGRATE_STORAGE,
    &LIST_CLIENTS,
    &CREATE_CLIENT,
    &DELETE_CLIENT,
    &GET_ACTING_CLIENT,
    &PUT_ACTING_CLIENT,
    &DELETE_ACTING_CLIENT,
    &PUT_IDENTITY_PROVIDER,
    &GET_IDENTITY_PROVIDER,
    &DELETE_IDENTITY_PROVIDER,
    &PUT_TERMS_OF_USE,
    &GET_TERMS_OF_USE,
    &DELETE_TERMS_OF_USE,
    &GET_MTO,
    &CREATE_MTO,
    &UPDATE_MTO,
    &LIST_MTO_TENANTS,
    &ADD_MTO_TENANT,
    &GET_MTO_TENANT,
    &UPDATE_MTO_TENANT,
    &DELETE_MTO_TENANT,
    &GET_JOIN_REQUEST,
    &JOIN_MTO,
    &LIST_DEFAULT_CAPABILITIES,
    &GET_DEFAULT_CAPABILITY,
    &ADD_DEFAULT_CAPABILITY,
    &UPDATE_DEFAULT_CAPABILITY,
    &DELETE_DEFAULT_CAPABILITY,
    &LIST_PARTNER_CAPABILITIES,
    &GET_PARTNER_CAPABILITY,
    &ADD_PARTNER_CAPABILITY,
    &UPDATE_PARTNER_CAPABILITY,
    &DELETE_PARTNER_CAPABILITY,
    &LIST_DELETED_PARTNERS,
    &GET_DELETED_PARTNER,
    &RESTORE_PARTNER,
    &FORGET_PARTNER,
    &LIST_DELETED_SYNCHRONIZATION,
    &GET_DELETED_SYNCHRONIZATION,
    &RESTORE_SYNCHRONIZATION,
    &FORGET_SYNCHRONIZATION,
];
