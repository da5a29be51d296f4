//! The surface beside the settings themselves: templates, and the look-up of tenants.

use axum::Router;
use axum::routing::{get, post};

use crate::routes::{templates, tenant_information};
use crate::state::App;

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
            "/tenantrelationships/{function}",
            get(tenant_information::find),
        )
}
