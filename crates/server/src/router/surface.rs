//! The surface beside the settings themselves: templates, and the look-up of tenants.

use axum::routing::{any, delete, get, post, put};

use super::Routes;
use crate::routes::{
    acting_client, capabilities, clients, deleted_items, identity_provider,
    multitenant_organization as mto, service_providers, storage, templates, tenant_information,
    tenants, terms_of_use,
};

const ORGANIZATION: &str = "/tenantrelationships/multitenantorganization";

/// Microsoft Graph.
pub(super) fn graph() -> Routes {
    let root = "/policies/crosstenantaccesspolicy";
    let at = |rest: &str| format!("{root}{rest}");
    Routes::new()
        .route(
            &at("/templates/multitenantorganizationpartnerconfiguration"),
            get(templates::get_partner).patch(templates::update_partner),
        )
        .route(
            &at("/templates/multitenantorganizationpartnerconfiguration/resettodefaultsettings"),
            post(templates::reset_partner),
        )
        .route(
            &at("/templates/multitenantorganizationidentitysynchronization"),
            get(templates::get_synchronization).patch(templates::update_synchronization),
        )
        .route(
            &at("/templates/multitenantorganizationidentitysynchronization/resettodefaultsettings"),
            post(templates::reset_synchronization),
        )
        .route(
            &at("/default/m365capabilities"),
            get(capabilities::list_capabilities).post(capabilities::add_capability),
        )
        .route(
            &at("/default/m365capabilities/{name}"),
            get(capabilities::get_capability)
                .patch(capabilities::update_capability)
                .delete(capabilities::delete_capability),
        )
        .route(
            &at("/partners/{id}/m365capabilities"),
            get(capabilities::list_capabilities).post(capabilities::add_capability),
        )
        .route(
            &at("/partners/{id}/m365capabilities/{name}"),
            get(capabilities::get_capability)
                .patch(capabilities::update_capability)
                .delete(capabilities::delete_capability),
        )
        .route(
            &at("/partners/{id}/serviceproviderconstraints"),
            any(capabilities::no_constraints),
        )
        .route(
            ORGANIZATION,
            get(mto::get_organization)
                .put(mto::create_organization)
                .patch(mto::update_organization),
        )
        .route(
            &format!("{ORGANIZATION}/tenants"),
            get(mto::list_tenants).post(mto::add_tenant),
        )
        .route(
            &format!("{ORGANIZATION}/tenants/$count"),
            get(mto::count_tenants),
        )
        .route(
            &format!("{ORGANIZATION}/tenants/{{id}}"),
            get(mto::get_tenant)
                .patch(mto::update_tenant)
                .delete(mto::delete_tenant),
        )
        .route(
            &format!("{ORGANIZATION}/joinrequest"),
            get(mto::get_join_request).patch(mto::join),
        )
        .route(
            "/tenantrelationships/findtenantinformationbytenantid(tenantid)/{id}",
            get(tenant_information::find_by_id),
        )
        .route(
            "/tenantrelationships/findtenantinformationbydomainname(domainname)/{domain}",
            get(tenant_information::find_by_domain),
        )
}

/// What only beta knows.
pub(super) fn beta() -> Routes {
    let root = "/policies/deleteditems";
    let partners = format!("{root}/crosstenantpartners");
    let synchronization = format!("{root}/crosstenantsyncpolicypartners");
    Routes::new()
        .route(&partners, get(deleted_items::list_partners))
        .route(
            &format!("{partners}/{{id}}"),
            get(deleted_items::get_partner).delete(deleted_items::forget_partner),
        )
        .route(
            &format!("{partners}/{{id}}/restore"),
            post(deleted_items::restore_partner),
        )
        .route(
            "/policies/crosstenantaccesspolicy/partners/{id}/restore",
            post(deleted_items::restore_partner),
        )
        .route(&synchronization, get(deleted_items::list_synchronization))
        .route(
            &format!("{synchronization}/{{id}}"),
            get(deleted_items::get_synchronization).delete(deleted_items::forget_synchronization),
        )
        .route(
            &format!("{synchronization}/{{id}}/restore"),
            post(deleted_items::restore_synchronization),
        )
}

/// The operator's registry.
pub(super) fn registry() -> Routes {
    Routes::new()
        .route(
            "/comity/v1/tenants",
            get(tenants::list_tenants).post(tenants::create_tenant),
        )
        .route(
            "/comity/v1/tenants/{id}",
            get(tenants::get_tenant).patch(tenants::update_tenant),
        )
        .route(
            "/comity/v1/tenants/{id}/serviceProviders/{provider}",
            put(service_providers::put_provider).delete(service_providers::delete_provider),
        )
        .route(
            "/comity/v1/tenants/{id}/storage/migrate",
            post(storage::migrate),
        )
        .route(
            "/comity/v1/tenants/{id}/clients",
            get(clients::list_clients).post(clients::create_client),
        )
        .route(
            "/comity/v1/tenants/{id}/clients/{client}",
            delete(clients::delete_client),
        )
        .route(
            "/comity/v1/tenants/{id}/clients/{client}/actsFor",
            get(acting_client::get_tenant)
                .put(acting_client::put_tenant)
                .delete(acting_client::delete_tenant),
        )
        .route(
            "/comity/v1/tenants/{id}/identityProvider",
            get(identity_provider::get_provider)
                .put(identity_provider::put_provider)
                .delete(identity_provider::delete_provider),
        )
        .route(
            "/comity/v1/tenants/{id}/termsOfUse",
            get(terms_of_use::get_terms)
                .put(terms_of_use::put_terms)
                .delete(terms_of_use::delete_terms),
        )
}
