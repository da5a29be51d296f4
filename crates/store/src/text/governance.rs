//! What governs a tenant: its own roles, who was given which, its authentication contexts.

use std::collections::BTreeSet;

use policy::governance::{
    AuthenticationContext, ContextId, CustomRole, Governance, PrincipalId, RoleAssignment,
};
use policy::role::{Action, RoleId};
use serde::{Deserialize, Serialize};

use super::is_false;
use super::spelling::Spelled;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RoleText {
    id: Spelled<RoleId>,
    template: Spelled<RoleId>,
    display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    enabled: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    actions: BTreeSet<Spelled<Action>>,
}

impl From<&CustomRole> for RoleText {
    fn from(role: &CustomRole) -> Self {
        let CustomRole {
            id,
            template,
            display_name,
            description,
            enabled,
            version,
            actions,
        } = role;
        RoleText {
            id: Spelled(*id),
            template: Spelled(*template),
            display_name: display_name.clone(),
            description: description.clone(),
            enabled: *enabled,
            version: version.clone(),
            actions: actions.iter().copied().map(Spelled).collect(),
        }
    }
}

impl From<RoleText> for CustomRole {
    fn from(text: RoleText) -> Self {
        CustomRole {
            id: text.id.0,
            template: text.template.0,
            display_name: text.display_name,
            description: text.description,
            enabled: text.enabled,
            version: text.version,
            actions: text.actions.into_iter().map(|word| word.0).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AssignmentText {
    role: Spelled<RoleId>,
    principal: Spelled<PrincipalId>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ContextText {
    id: Spelled<ContextId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    available: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GovernanceText {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<RoleText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    assignments: Vec<AssignmentText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contexts: Vec<ContextText>,
}

impl GovernanceText {
    /// Whether nothing was ever made, given or defined.
    pub(crate) fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.assignments.is_empty() && self.contexts.is_empty()
    }
}

impl From<&Governance> for GovernanceText {
    fn from(governance: &Governance) -> Self {
        let Governance {
            roles,
            assignments,
            contexts,
        } = governance;
        let given = assignments.iter();
        let defined = contexts.iter();
        GovernanceText {
            roles: roles.values().map(RoleText::from).collect(),
            assignments: given
                .map(|RoleAssignment { role, principal }| AssignmentText {
                    role: Spelled(*role),
                    principal: Spelled(*principal),
                })
                .collect(),
            contexts: defined
                .map(|(id, context)| {
                    let AuthenticationContext {
                        display_name,
                        description,
                        available,
                    } = context;
                    ContextText {
                        id: Spelled(*id),
                        display_name: display_name.clone(),
                        description: description.clone(),
                        available: *available,
                    }
                })
                .collect(),
        }
    }
}

impl From<GovernanceText> for Governance {
    fn from(text: GovernanceText) -> Self {
        let roles = text.roles.into_iter().map(CustomRole::from);
        let given = text.assignments.into_iter();
        let defined = text.contexts.into_iter();
        Governance {
            roles: roles.map(|role| (role.id, role)).collect(),
            assignments: given
                .map(|given| RoleAssignment {
                    role: given.role.0,
                    principal: given.principal.0,
                })
                .collect(),
            contexts: defined
                .map(|text| {
                    let context = AuthenticationContext {
                        display_name: text.display_name,
                        description: text.description,
                        available: text.available,
                    };
                    (text.id.0, context)
                })
                .collect(),
        }
    }
}
