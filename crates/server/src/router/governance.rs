//! Roles, protected actions and Conditional Access.

use axum::routing::get;

use super::Routes;
use crate::routes::{
    authentication_contexts, conditional_access, resource_namespaces, role_assignments,
    role_definitions,
};

/// Roles, protected actions and Conditional Access.
pub(super) fn routes() -> Routes {
    let roles = |rest: &str| format!("/rolemanagement/directory/{rest}");
    let conditions = |rest: &str| format!("/identity/conditionalaccess/{rest}");
    Routes::new()
        .route(
            &roles("roledefinitions"),
            get(role_definitions::list_roles).post(role_definitions::create_role),
        )
        .route(
            &roles("roledefinitions/$count"),
            get(role_definitions::count_roles),
        )
        .route(
            &roles("roledefinitions/{id}"),
            get(role_definitions::get_role)
                .patch(role_definitions::update_role)
                .delete(role_definitions::delete_role),
        )
        .route(
            &roles("roleassignments"),
            get(role_assignments::list_assignments).post(role_assignments::create_assignment),
        )
        .route(
            &roles("roleassignments/$count"),
            get(role_assignments::count_assignments),
        )
        .route(
            &roles("roleassignments/{id}"),
            get(role_assignments::get_assignment).delete(role_assignments::delete_assignment),
        )
        .route(
            &roles("resourcenamespaces"),
            get(resource_namespaces::list_namespaces),
        )
        .route(
            &roles("resourcenamespaces/{id}"),
            get(resource_namespaces::get_namespace),
        )
        .route(
            &roles("resourcenamespaces/{id}/resourceactions"),
            get(resource_namespaces::list_actions),
        )
        .route(
            &roles("resourcenamespaces/{id}/resourceactions/$count"),
            get(resource_namespaces::count_actions),
        )
        .route(
            &roles("resourcenamespaces/{id}/resourceactions/{action}"),
            get(resource_namespaces::get_action).patch(resource_namespaces::update_action),
        )
        .route(
            &conditions("authenticationcontextclassreferences"),
            get(authentication_contexts::list_contexts)
                .post(authentication_contexts::create_context),
        )
        .route(
            &conditions("authenticationcontextclassreferences/$count"),
            get(authentication_contexts::count_contexts),
        )
        .route(
            &conditions("authenticationcontextclassreferences/{id}"),
            get(authentication_contexts::get_context)
                .patch(authentication_contexts::update_context)
                .delete(authentication_contexts::delete_context),
        )
        .route(
            &conditions("policies"),
            get(conditional_access::list_policies).post(conditional_access::create_policy),
        )
        .route(
            &conditions("policies/$count"),
            get(conditional_access::count_policies),
        )
        .route(
            &conditions("policies/{id}"),
            get(conditional_access::get_policy)
                .patch(conditional_access::update_policy)
                .delete(conditional_access::delete_policy),
        )
}
