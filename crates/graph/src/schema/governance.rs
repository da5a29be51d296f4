//! Roles, who was given which, which actions are protected, and Conditional Access.

use policy::conditional_access::Category;
use policy::role::Action;
use serde_json::{Value, json};

use super::{Entity, flag, guid, list, named, object, or_null, short, text, with, words};
use crate::conditional_access::wire;
use crate::{authentication_context, resource_action, role_assignment, role_definition};

/// A role.
pub static ROLE_DEFINITION: Entity = Entity {
    name: "unifiedRoleDefinition",
    shape: &role_definition::SHAPE,
    closer: || {
        let permission = object(&[
            ("allowedResourceActions", list(text())),
            ("condition", or_null(text())),
        ]);
        vec![
            ("rolePermissions", list(permission)),
            (
                "inheritsPermissionsFrom",
                list(named("unifiedRoleDefinition")),
            ),
        ]
    },
    sure: &[
        "id",
        "displayName",
        "isBuiltIn",
        "isEnabled",
        "resourceScopes",
        "templateId",
    ],
};

/// Who was given which role.
pub static ROLE_ASSIGNMENT: Entity = Entity {
    name: "unifiedRoleAssignment",
    shape: &role_assignment::SHAPE,
    closer: || {
        let principal = json!({"type": "object", "required": ["@odata.type", "id"]});
        vec![
            ("principal", or_null(principal)),
            ("roleDefinition", or_null(named("unifiedRoleDefinition"))),
        ]
    },
    sure: &["id", "principalId", "directoryScopeId", "roleDefinitionId"],
};

/// A namespace of actions.
pub static RESOURCE_NAMESPACE: Entity = Entity {
    name: "unifiedRbacResourceNamespace",
    shape: &resource_action::NAMESPACE_SHAPE,
    closer: super::nothing,
    sure: &["id", "name"],
};

/// An action.
pub static RESOURCE_ACTION: Entity = Entity {
    name: "unifiedRbacResourceAction",
    shape: &resource_action::SHAPE,
    closer: super::nothing,
    sure: &["id", "name"],
};

/// An authentication context.
pub static AUTHENTICATION_CONTEXT: Entity = Entity {
    name: "authenticationContextClassReference",
    shape: &authentication_context::SHAPE,
    closer: super::nothing,
    sure: &["id", "isAvailable"],
};

/// A Conditional Access policy.
pub static CONDITIONAL_ACCESS_POLICY: Entity = Entity {
    name: "conditionalAccessPolicy",
    shape: &wire::SHAPE,
    closer: || {
        vec![
            ("conditions", named("conditionalAccessConditionSet")),
            (
                "grantControls",
                or_null(named("conditionalAccessGrantControls")),
            ),
            (
                "sessionControls",
                or_null(named("conditionalAccessSessionControls")),
            ),
            ("state", words(wire::states())),
        ]
    },
    sure: &["id"],
};

/// What policies consist of, and what may be written.
pub(super) fn parts() -> Vec<(&'static str, Value)> {
    let context = |more: &[(&str, Value)]| {
        let text = || or_null(short(authentication_context::LONGEST));
        let mut members = vec![
            ("displayName", text()),
            ("description", text()),
            ("isAvailable", or_null(flag())),
        ];
        members.extend(more.iter().cloned());
        object(&members)
    };
    let id = json!({"type": "string", "pattern": "^c([1-9]|[1-9][0-9])$"});
    vec![
        ("conditionalAccessConditionSet", conditions()),
        ("conditionalAccessUsers", users()),
        ("conditionalAccessApplications", applications()),
        ("conditionalAccessGrantControls", controls()),
        ("conditionalAccessSessionControls", session()),
        ("conditionalAccessPolicyWritten", policy()),
        (
            "conditionalAccessPolicyCreated",
            with(policy(), &["displayName", "state", "conditions"]),
        ),
        ("authenticationContextClassReferenceWritten", context(&[])),
        (
            "authenticationContextClassReferenceCreated",
            with(context(&[("id", id)]), &["id", "displayName"]),
        ),
        ("unifiedRoleDefinitionWritten", role()),
        (
            "unifiedRoleDefinitionCreated",
            with(role(), &["displayName", "rolePermissions", "isEnabled"]),
        ),
        ("unifiedRoleAssignmentCreated", assignment()),
        (
            "unifiedRbacResourceActionWritten",
            object(&[("authenticationContextId", or_null(text()))]),
        ),
    ]
}

fn role() -> Value {
    let actions = Action::ALL.iter().map(ToString::to_string);
    let actions: Vec<String> = actions.collect();
    let permission = object(&[
        (
            "allowedResourceActions",
            or_null(list(words(actions.iter().map(String::as_str)))),
        ),
        (
            "excludedResourceActions",
            json!({"type": ["array", "null"], "maxItems": 0}),
        ),
        ("condition", json!({"type": "null"})),
    ]);
    let bounded = || or_null(short(role_definition::LONGEST));
    object(&[
        (
            "displayName",
            json!({"type": "string", "minLength": 1, "maxLength": 256}),
        ),
        ("description", bounded()),
        ("version", bounded()),
        ("isEnabled", json!({"enum": [true, false, "true", "false"]})),
        ("templateId", or_null(guid())),
        ("rolePermissions", list(permission)),
        ("resourceScopes", or_null(list(words(["/"])))),
    ])
}

fn assignment() -> Value {
    let nothing = || json!({"type": "null"});
    let assignment = object(&[
        ("roleDefinitionId", guid()),
        ("principalId", guid()),
        ("directoryScopeId", words(["/"])),
        ("resourceScope", words(["/"])),
        ("appScopeId", nothing()),
        ("condition", nothing()),
    ]);
    with(
        assignment,
        &["roleDefinitionId", "principalId", "directoryScopeId"],
    )
}

fn policy() -> Value {
    object(&[
        (
            "displayName",
            json!({"type": "string", "minLength": 1, "maxLength": wire::LONGEST_NAME}),
        ),
        ("description", or_null(text())),
        ("templateId", or_null(text())),
        ("state", words(wire::states())),
        ("conditions", named("conditionalAccessConditionSet")),
        (
            "grantControls",
            or_null(named("conditionalAccessGrantControls")),
        ),
        (
            "sessionControls",
            or_null(named("conditionalAccessSessionControls")),
        ),
    ])
}

/// Members that mean something, and beside them what Graph knows and is only kept.
fn open(members: &[(&'static str, Value)], kept: &[(&'static str, wire::Absent)]) -> Value {
    let mut all = members.to_vec();
    let known = |name: &str| members.iter().any(|(known, _)| *known == name);
    all.extend(
        kept.iter()
            .filter(|(name, _)| !known(name))
            .map(|(name, _)| (*name, json!({}))),
    );
    object(&all)
}

fn conditions() -> Value {
    open(
        &[
            ("applications", named("conditionalAccessApplications")),
            ("users", named("conditionalAccessUsers")),
            ("clientAppTypes", or_null(list(text()))),
            ("deviceStates", json!({})),
            ("agentIdRiskLevels", json!({})),
            ("agents", json!({})),
            ("times", json!({})),
        ],
        wire::CONDITIONS,
    )
}

fn applications() -> Value {
    let names = || or_null(list(text()));
    open(
        &[
            ("includeApplications", names()),
            ("excludeApplications", names()),
            ("includeUserActions", names()),
            ("includeAuthenticationContextClassReferences", names()),
            ("networkAccess", json!({})),
            ("globalSecureAccess", json!({})),
        ],
        wire::APPLICATIONS,
    )
}

fn users() -> Value {
    let names = || or_null(list(text()));
    let categories: Vec<&str> = Category::ALL.map(Category::as_str).to_vec();
    let types = json!({
        "type": "string",
        "description": format!("`none`, or some of these with commas: {}.", categories.join(", ")),
    });
    let external = object(&[
        ("guestOrExternalUserTypes", types),
        ("externalTenants", json!({"type": ["object", "null"]})),
    ]);
    let external = || or_null(with(external.clone(), &["guestOrExternalUserTypes"]));
    open(
        &[
            ("includeUsers", names()),
            ("excludeUsers", names()),
            ("includeGroups", names()),
            ("excludeGroups", names()),
            ("includeGuestsOrExternalUsers", external()),
            ("excludeGuestsOrExternalUsers", external()),
        ],
        wire::USERS,
    )
}

fn controls() -> Value {
    open(
        &[
            ("operator", or_null(words(["AND", "OR"]))),
            ("builtInControls", or_null(list(text()))),
            (
                "authenticationStrength",
                json!({"type": ["object", "null"]}),
            ),
        ],
        wire::CONTROLS,
    )
}

fn session() -> Value {
    let members = wire::SESSION.iter().map(|name| (*name, json!({})));
    object(&members.collect::<Vec<_>>())
}
