//! Roles, who was given which, which actions are protected, and Conditional Access.

use policy::role::Action;

use super::role::{
    CONDITIONAL_ACCESS_ADMINISTRATOR, GLOBAL_ADMINISTRATOR, GLOBAL_READER, SECURITY_ADMINISTRATOR,
    SECURITY_READER,
};
use super::{Right, Roles};
use crate::permission::{DIRECTORY_READ, DIRECTORY_WRITE, POLICY_READ};

const ROLE_READ: &str = "RoleManagement.Read.Directory";
const ROLE_READ_ALL: &str = "RoleManagement.Read.All";
const ROLE_WRITE: &str = "RoleManagement.ReadWrite.Directory";
const CONTEXT_READ: &str = "AuthenticationContext.Read.All";
const CONTEXT_WRITE: &str = "AuthenticationContext.ReadWrite.All";
const CONDITIONS_READ: &str = "Policy.Read.ConditionalAccess";
const CONDITIONS_WRITE: &str = "Policy.ReadWrite.ConditionalAccess";
const READ_ROLES: &[&str] = &[
    ROLE_READ,
    ROLE_READ_ALL,
    DIRECTORY_READ,
    ROLE_WRITE,
    DIRECTORY_WRITE,
];
const READ_ACTIONS: &[&str] = &[ROLE_READ, ROLE_READ_ALL, ROLE_WRITE];
const READ_CONTEXTS: &[&str] = &[
    CONTEXT_READ,
    CONTEXT_WRITE,
    CONDITIONS_READ,
    CONDITIONS_WRITE,
];
const READ_CONDITIONS: &[&str] = &[POLICY_READ, CONDITIONS_READ, CONDITIONS_WRITE];

/// Who reads authentication contexts; no action is documented for them.
const CONTEXT_READERS: Roles = Roles::AnyOf(&[
    GLOBAL_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
    CONDITIONAL_ACCESS_ADMINISTRATOR,
    SECURITY_READER,
    GLOBAL_READER,
]);
const CONTEXT_WRITERS: Roles = Roles::AnyOf(&[
    GLOBAL_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
    CONDITIONAL_ACCESS_ADMINISTRATOR,
]);

const WRITE_ROLES: &[&str] = &[ROLE_WRITE];
const WRITE_ACTIONS: &[&str] = &[ROLE_WRITE, CONDITIONS_WRITE];
const WRITE_CONTEXTS: &[&str] = &[CONTEXT_WRITE];
const WRITE_CONDITIONS: &[&str] = &[CONDITIONS_WRITE];

rights! {
    /// Lists the roles.
    LIST_ROLES = "GET" "/roleManagement/directory/roleDefinitions" READ_ROLES
        Roles::Actions(&[Action::ReadRoleDefinitions]);
    /// Counts the roles.
    COUNT_ROLES = "GET" "/roleManagement/directory/roleDefinitions/$count" READ_ROLES
        Roles::Actions(&[Action::ReadRoleDefinitions]);
    /// Reads a role.
    GET_ROLE = "GET" "/roleManagement/directory/roleDefinitions/{id}" READ_ROLES
        Roles::Actions(&[Action::ReadRoleDefinitions]);
    /// Makes a role.
    CREATE_ROLE = "POST" "/roleManagement/directory/roleDefinitions" WRITE_ROLES
        Roles::Actions(&[Action::ManageRoleDefinitions]);
    /// Changes a role.
    UPDATE_ROLE = "PATCH" "/roleManagement/directory/roleDefinitions/{id}" WRITE_ROLES
        Roles::Actions(&[Action::ManageRoleDefinitions]);
    /// Drops a role.
    DELETE_ROLE = "DELETE" "/roleManagement/directory/roleDefinitions/{id}" WRITE_ROLES
        Roles::Actions(&[Action::ManageRoleDefinitions]);
    /// Lists who was given which role.
    LIST_ASSIGNMENTS = "GET" "/roleManagement/directory/roleAssignments" READ_ROLES
        Roles::Actions(&[Action::ReadRoleAssignments]);
    /// Counts the assignments.
    COUNT_ASSIGNMENTS = "GET" "/roleManagement/directory/roleAssignments/$count" READ_ROLES
        Roles::Actions(&[Action::ReadRoleAssignments]);
    /// Reads one assignment.
    GET_ASSIGNMENT = "GET" "/roleManagement/directory/roleAssignments/{id}" READ_ROLES
        Roles::Actions(&[Action::ReadRoleAssignments]);
    /// Gives somebody a role.
    CREATE_ASSIGNMENT = "POST" "/roleManagement/directory/roleAssignments" WRITE_ROLES
        Roles::Actions(&[Action::ManageRoleAssignments]);
    /// Takes a role away.
    DELETE_ASSIGNMENT = "DELETE" "/roleManagement/directory/roleAssignments/{id}" WRITE_ROLES
        Roles::Actions(&[Action::ManageRoleAssignments]);
    /// Lists the namespaces of actions.
    LIST_NAMESPACES = "GET" "/roleManagement/directory/resourceNamespaces" READ_ACTIONS
        Roles::Actions(&[Action::ReadRoleDefinitions]);
    /// Reads a namespace.
    GET_NAMESPACE = "GET" "/roleManagement/directory/resourceNamespaces/{id}" READ_ACTIONS
        Roles::Actions(&[Action::ReadRoleDefinitions]);
    /// Lists the actions.
    LIST_ACTIONS = "GET" "/roleManagement/directory/resourceNamespaces/{id}/resourceActions"
        READ_ACTIONS Roles::Actions(&[Action::ReadRoleDefinitions]);
    /// Counts the actions.
    COUNT_ACTIONS = "GET" "/roleManagement/directory/resourceNamespaces/{id}/resourceActions/$count"
        READ_ACTIONS Roles::Actions(&[Action::ReadRoleDefinitions]);
    /// Reads an action.
    GET_ACTION = "GET" "/roleManagement/directory/resourceNamespaces/{id}/resourceActions/{action}"
        READ_ACTIONS Roles::Actions(&[Action::ReadRoleDefinitions]);
    /// Protects an action, or stops doing so.
    UPDATE_ACTION = "PATCH" "/roleManagement/directory/resourceNamespaces/{id}/resourceActions/{action}"
        WRITE_ACTIONS Roles::Actions(&[Action::UpdateActionContext]);
    /// Lists the authentication contexts.
    LIST_CONTEXTS = "GET" "/identity/conditionalAccess/authenticationContextClassReferences"
        READ_CONTEXTS CONTEXT_READERS;
    /// Counts the authentication contexts.
    COUNT_CONTEXTS = "GET" "/identity/conditionalAccess/authenticationContextClassReferences/$count"
        READ_CONTEXTS CONTEXT_READERS;
    /// Reads an authentication context.
    GET_CONTEXT = "GET" "/identity/conditionalAccess/authenticationContextClassReferences/{id}"
        READ_CONTEXTS CONTEXT_READERS;
    /// Defines an authentication context whose id the body names.
    CREATE_CONTEXT = "POST" "/identity/conditionalAccess/authenticationContextClassReferences"
        WRITE_CONTEXTS CONTEXT_WRITERS;
    /// Defines or changes an authentication context.
    UPDATE_CONTEXT = "PATCH" "/identity/conditionalAccess/authenticationContextClassReferences/{id}"
        WRITE_CONTEXTS CONTEXT_WRITERS;
    /// Drops an authentication context.
    DELETE_CONTEXT = "DELETE" "/identity/conditionalAccess/authenticationContextClassReferences/{id}"
        WRITE_CONTEXTS CONTEXT_WRITERS;
    /// Lists the Conditional Access policies.
    LIST_CONDITIONS = "GET" "/identity/conditionalAccess/policies" READ_CONDITIONS
        Roles::Actions(&[Action::ReadConditionalAccess]);
    /// Counts the Conditional Access policies.
    COUNT_CONDITIONS = "GET" "/identity/conditionalAccess/policies/$count" READ_CONDITIONS
        Roles::Actions(&[Action::ReadConditionalAccess]);
    /// Reads a Conditional Access policy.
    GET_CONDITION = "GET" "/identity/conditionalAccess/policies/{id}" READ_CONDITIONS
        Roles::Actions(&[Action::ReadConditionalAccess]);
    /// Makes a Conditional Access policy.
    CREATE_CONDITION = "POST" "/identity/conditionalAccess/policies" WRITE_CONDITIONS
        Roles::Actions(&[Action::CreateConditionalAccess]);
    /// Changes a Conditional Access policy.
    UPDATE_CONDITION = "PATCH" "/identity/conditionalAccess/policies/{id}" WRITE_CONDITIONS
        Roles::Actions(&[Action::UpdateConditionalAccess]);
    /// Drops a Conditional Access policy.
    DELETE_CONDITION = "DELETE" "/identity/conditionalAccess/policies/{id}" WRITE_CONDITIONS
        Roles::Actions(&[Action::DeleteConditionalAccess]);
}
