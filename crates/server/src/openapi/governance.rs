//! Roles, protected actions, Conditional Access, and the logs.

use graph::schema::{
    AUTHENTICATION_CONTEXT, CONDITIONAL_ACCESS_POLICY, DIRECTORY_AUDIT, PROVISIONING,
    RESOURCE_ACTION, RESOURCE_NAMESPACE, ROLE_ASSIGNMENT, ROLE_DEFINITION, SIGN_IN, named,
};

use super::answer;
use super::operation::{Operation, Wire, count, create, delete, get, list, update};
use crate::access::governance as rights;
use crate::access::logs;

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        list("list_roles", &rights::LIST_ROLES, &ROLE_DEFINITION),
        count("count_roles", &rights::COUNT_ROLES, &ROLE_DEFINITION),
        get("get_role", &rights::GET_ROLE, &ROLE_DEFINITION),
        create("create_role", &rights::CREATE_ROLE, &ROLE_DEFINITION),
        update("update_role", &rights::UPDATE_ROLE, &ROLE_DEFINITION),
        delete("delete_role", &rights::DELETE_ROLE).refuses(&[413, 415]),
        list(
            "list_assignments",
            &rights::LIST_ASSIGNMENTS,
            &ROLE_ASSIGNMENT,
        ),
        count(
            "count_assignments",
            &rights::COUNT_ASSIGNMENTS,
            &ROLE_ASSIGNMENT,
        ),
        get("get_assignment", &rights::GET_ASSIGNMENT, &ROLE_ASSIGNMENT),
        create(
            "create_assignment",
            &rights::CREATE_ASSIGNMENT,
            &ROLE_ASSIGNMENT,
        ),
        delete("delete_assignment", &rights::DELETE_ASSIGNMENT).refuses(&[413, 415]),
        list(
            "list_namespaces",
            &rights::LIST_NAMESPACES,
            &RESOURCE_NAMESPACE,
        ),
        get("get_namespace", &rights::GET_NAMESPACE, &RESOURCE_NAMESPACE),
        list("list_actions", &rights::LIST_ACTIONS, &RESOURCE_ACTION),
        count("count_actions", &rights::COUNT_ACTIONS, &RESOURCE_ACTION),
        get("get_action", &rights::GET_ACTION, &RESOURCE_ACTION),
        update("update_action", &rights::UPDATE_ACTION, &RESOURCE_ACTION),
        list(
            "list_contexts",
            &rights::LIST_CONTEXTS,
            &AUTHENTICATION_CONTEXT,
        ),
        count(
            "count_contexts",
            &rights::COUNT_CONTEXTS,
            &AUTHENTICATION_CONTEXT,
        ),
        get("get_context", &rights::GET_CONTEXT, &AUTHENTICATION_CONTEXT),
        // Graph answers 200 where one would expect 201.
        Operation::of("create_context", Wire::Graph, &rights::CREATE_CONTEXT)
            .reads(named("authenticationContextClassReferenceCreated"))
            .answers(200, answer::entity(AUTHENTICATION_CONTEXT.name))
            .refuses(&[409, 412]),
        update(
            "update_context",
            &rights::UPDATE_CONTEXT,
            &AUTHENTICATION_CONTEXT,
        ),
        delete("delete_context", &rights::DELETE_CONTEXT).refuses(&[413, 415]),
        list(
            "list_conditions",
            &rights::LIST_CONDITIONS,
            &CONDITIONAL_ACCESS_POLICY,
        ),
        count(
            "count_conditions",
            &rights::COUNT_CONDITIONS,
            &CONDITIONAL_ACCESS_POLICY,
        ),
        get(
            "get_condition",
            &rights::GET_CONDITION,
            &CONDITIONAL_ACCESS_POLICY,
        ),
        create(
            "create_condition",
            &rights::CREATE_CONDITION,
            &CONDITIONAL_ACCESS_POLICY,
        ),
        update(
            "update_condition",
            &rights::UPDATE_CONDITION,
            &CONDITIONAL_ACCESS_POLICY,
        ),
        delete("delete_condition", &rights::DELETE_CONDITION).refuses(&[413, 415]),
        list("list_audits", &logs::LIST_AUDITS, &DIRECTORY_AUDIT),
        count("count_audits", &logs::LIST_AUDITS, &DIRECTORY_AUDIT),
        get("get_audit", &logs::GET_AUDIT, &DIRECTORY_AUDIT),
        list("list_sign_ins", &logs::LIST_SIGN_INS, &SIGN_IN),
        get("get_sign_in", &logs::GET_SIGN_IN, &SIGN_IN),
        list("list_provisioning", &logs::LIST_PROVISIONING, &PROVISIONING),
        get("get_provisioning", &logs::GET_PROVISIONING, &PROVISIONING),
    ]
}
