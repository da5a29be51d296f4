//! What governs a tenant of a world, in the shapes Graph gives it: `roleDefinitions`,
//! `roleAssignments` and `authenticationContextClassReferences`.

use policy::governance::{ContextId, Governance};
use policy::role::RoleId;
use serde_json::{Map, Value};

use super::say;
use crate::role_definition::WRITABLE;
use crate::wire::{Result, WireError, Within, guid, list, object};
use crate::{authentication_context, role_assignment, role_definition};

/// Reads the roles that the tenant made itself.
pub(super) fn read_roles(governance: &mut Governance, value: &Value) -> Result<()> {
    for (index, value) in list(value)?.iter().enumerate() {
        read_role(governance, value).at(index)?;
    }
    Ok(())
}

fn read_role(governance: &mut Governance, value: &Value) -> Result<()> {
    let mut body = object(value)?.clone();
    let id = body.remove("id").ok_or_else(|| WireError::missing("id"))?;
    let id: RoleId = guid(&id).under("id")?;
    let role = role_definition::create(id, &Value::Object(body))?;
    let put = governance.put_role(role);
    put.map_err(|refusal| WireError::conflict(refusal.to_string()))
}

/// Reads who was given which role.
pub(super) fn read_assignments(governance: &mut Governance, value: &Value) -> Result<()> {
    for (index, value) in list(value)?.iter().enumerate() {
        let assignment = role_assignment::read(value).at(index)?;
        governance.assignments.insert(assignment);
    }
    Ok(())
}

/// Reads the authentication contexts.
pub(super) fn read_contexts(governance: &mut Governance, value: &Value) -> Result<()> {
    for (index, value) in list(value)?.iter().enumerate() {
        let read = |value: &Value| {
            let id = object(value)?.get("id").and_then(Value::as_str);
            let id = id.and_then(|text| text.parse::<ContextId>().ok());
            let id = id.ok_or_else(|| WireError::missing("id"))?;
            Ok((id, authentication_context::change(id, None, value)?))
        };
        let (id, context) = read(value).at(index)?;
        governance.contexts.insert(id, context);
    }
    Ok(())
}

/// Writes what governs the tenant, as far as there is anything.
pub(super) fn write(members: &mut Map<String, Value>, governance: &Governance) {
    let Governance {
        roles,
        assignments,
        contexts,
    } = governance;
    let roles: Vec<Value> = roles
        .values()
        .map(|role| {
            let mut value = role_definition::render_custom(role);
            if let Value::Object(members) = &mut value {
                members.retain(|name, value| {
                    !value.is_null() && (name == "id" || WRITABLE.contains(&name.as_str()))
                });
            }
            value
        })
        .collect();
    let assignments: Vec<Value> = assignments
        .iter()
        .map(|given| {
            serde_json::json!({
                "roleDefinitionId": given.role.to_string(),
                "principalId": given.principal.to_string(),
                "directoryScopeId": "/",
            })
        })
        .collect();
    let contexts: Vec<Value> = contexts
        .iter()
        .map(|(id, context)| authentication_context::render(*id, context))
        .collect();
    for (name, values) in [
        ("roleDefinitions", roles),
        ("roleAssignments", assignments),
        ("authenticationContextClassReferences", contexts),
    ] {
        say(members, name, (!values.is_empty()).then_some(values));
    }
}
