//! Synchronization: its jobs, its log, and who was deleted lately.

use axum::routing::{get, post, put};

use super::Routes;
use crate::routes::{
    deleted_users, provisioning, synchronization_jobs as jobs, synchronization_sources as sources,
};

/// Microsoft Graph.
pub(super) fn graph() -> Routes {
    let deleted = "/directory/deleteditems";
    Routes::new()
        .route("/auditlogs/provisioning", get(provisioning::list_rows))
        .route("/auditlogs/provisioning/{id}", get(provisioning::get_row))
        .route(
            &format!("{deleted}/microsoft.graph.user"),
            get(deleted_users::list_deleted_users),
        )
        .route(
            &format!("{deleted}/{{id}}"),
            get(deleted_users::get_deleted_user).delete(deleted_users::forget_user),
        )
        .route(
            &format!("{deleted}/{{id}}/restore"),
            post(deleted_users::restore_user),
        )
}

/// A tenant's jobs.
pub(super) fn jobs() -> Routes {
    let at = |rest: &str| format!("/comity/v1/tenants/{{id}}/synchronization/jobs{rest}");
    let sources = "/comity/v1/tenants/{id}/synchronization/sources";
    Routes::new()
        .route(sources, get(sources::list_sources))
        .route(
            &format!("{sources}/{{source}}"),
            put(sources::put_source).delete(sources::delete_source),
        )
        .route(&at(""), get(jobs::list_jobs).post(jobs::create_job))
        .route(
            &at("/{job}"),
            get(jobs::get_job)
                .patch(jobs::update_job)
                .delete(jobs::delete_job),
        )
        .route(&at("/{job}/start"), post(jobs::start_job))
        .route(&at("/{job}/pause"), post(jobs::pause_job))
        .route(&at("/{job}/restart"), post(jobs::restart_job))
        .route(&at("/{job}/allowDeletions"), post(jobs::allow_deletions))
        .route(
            &at("/{job}/provisionOnDemand"),
            post(jobs::provision_on_demand),
        )
}
