//! The surface beside the settings themselves: templates, and the look-up of tenants.

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::routes::{
    clients, multitenant_organization as mto, service_providers, storage, templates,
    tenant_information, tenants,
};
use crate::state::App;

const ORGANIZATION: &str = "/tenantrelationships/multitenantorganization";

/// Microsoft Graph.
pub(super) fn graph() -> Router<App> {
    let root = "/policies/crosstenantaccesspolicy";
    let at = |rest: &str| format!("{root}{rest}");
    Router::new()
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

/// The operator's registry.
pub(super) fn registry() -> Router<App> {
    Router::new()
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
}
