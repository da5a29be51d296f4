//! Role definitions: the built-in roles and those a tenant made itself.
//!
//! A built-in role is answered with the actions of this product that it holds and no others.

use std::collections::BTreeSet;

use policy::governance::CustomRole;
use policy::role::{Action, Role, RoleId};
use serde_json::{Value, json};

use crate::query::{Member, Navigation, Operators, QueryOption, Shape};
use crate::wire::{
    Result, WireError, Within, each, guid, is_annotation, list, object, optional_text, text,
};

/// What can be written of a role.
pub(crate) const WRITABLE: &[&str] = &[
    "displayName",
    "description",
    "isEnabled",
    "rolePermissions",
    "resourceScopes",
    "templateId",
    "version",
];
const READ_ONLY: &[&str] = &[
    "id",
    "isBuiltIn",
    "isPrivileged",
    "allowedPrincipalTypes",
    "inheritsPermissionsFrom",
    "deletedDateTime",
];
pub(crate) const LONGEST: usize = 1024;

const PERMISSION: &[Member] = &[
    Member::texts("allowedResourceActions"),
    Member::text("condition"),
];

/// What can be asked of role definitions.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::guid("id").filter(Operators::EQ.and(Operators::IN)),
        Member::text("description"),
        Member::text("displayName")
            .filter(Operators::EQ.and(Operators::STARTS).and(Operators::IN))
            .ordered(),
        Member::boolean("isBuiltIn").filter(Operators::EQ),
        Member::boolean("isEnabled").filter(Operators::EQ),
        Member::texts("resourceScopes"),
        Member::guid("templateId").filter(Operators::EQ),
        Member::text("version"),
        Member::complexes("rolePermissions", PERMISSION),
        Member::boolean("isPrivileged").filter(Operators::EQ).beta(),
        Member::text("allowedPrincipalTypes").beta(),
    ],
    navigations: &[Navigation {
        name: "inheritsPermissionsFrom",
        shape: &SHAPE,
        is_beta: false,
    }],
    options: &[
        QueryOption::Select,
        QueryOption::Expand,
        QueryOption::Filter,
        QueryOption::OrderBy,
        QueryOption::Top,
        QueryOption::Skip,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// A new role: the members of the body and this id.
pub fn create(id: RoleId, body: &Value) -> Result<CustomRole> {
    let empty = CustomRole {
        id,
        template: id,
        display_name: String::new(),
        description: None,
        enabled: false,
        version: None,
        actions: BTreeSet::new(),
    };
    let members = object(body)?;
    for needed in ["displayName", "rolePermissions", "isEnabled"] {
        if members.get(needed).is_none_or(Value::is_null) {
            return Err(WireError::missing(needed));
        }
    }
    let said = |name: &&&str| members.get(**name).is_some_and(|value| !value.is_null());
    if let Some(name) = READ_ONLY.iter().find(said) {
        return Err(read_only().under(name));
    }
    written(empty, body)
}

/// The role with the members of the body in place of its own. Read-only members that a client sends
/// back as it read them are passed over.
pub fn change(role: &CustomRole, body: &Value) -> Result<CustomRole> {
    let stored = render_custom(role);
    for (member, value) in object(body)? {
        let known = READ_ONLY.contains(&member.as_str());
        let same = value.is_null() || stored.get(member) == Some(value);
        if known && !same {
            return Err(read_only().under(member));
        }
    }
    written(role.clone(), body)
}

fn read_only() -> WireError {
    WireError::conflict("this member is read-only")
}

fn written(mut role: CustomRole, body: &Value) -> Result<CustomRole> {
    for (member, value) in object(body)? {
        match member.as_str() {
            "displayName" => role.display_name = name(value).under(member)?,
            "description" => role.description = bounded(value).under(member)?,
            "version" => role.version = bounded(value).under(member)?,
            "isEnabled" => role.enabled = switch(value).under(member)?,
            "templateId" if value.is_null() => {}
            "templateId" => role.template = guid(value).under(member)?,
            "rolePermissions" => role.actions = permissions(value).under(member)?,
            "resourceScopes" => scopes(value).under(member)?,
            annotation if is_annotation(annotation) => {}
            known if READ_ONLY.contains(&known) => {}
            other => return Err(WireError::unknown(other, &[WRITABLE])),
        }
    }
    Ok(role)
}

fn name(value: &Value) -> Result<String> {
    let name = text(value)?;
    match name.trim().is_empty() || name.chars().count() > 256 {
        true => Err(WireError::form("a name of 1 to 256 characters", value)),
        false => Ok(name),
    }
}

fn bounded(value: &Value) -> Result<Option<String>> {
    let text = optional_text(value)?;
    match text.as_ref().is_some_and(|text| text.len() > LONGEST) {
        true => Err(WireError::form("at most 1024 characters", value)),
        false => Ok(text),
    }
}

/// A documented request writes the flag as a text.
fn switch(value: &Value) -> Result<bool> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text == "true" => Ok(true),
        Value::String(text) if text == "false" => Ok(false),
        _ => Err(WireError::form("true or false", value)),
    }
}

fn scopes(value: &Value) -> Result<()> {
    let scopes = each(value, text)?;
    match scopes.iter().all(|scope| scope == "/") {
        true => Ok(()),
        false => Err(WireError::form("the scope `/` only", value)),
    }
}

fn permissions(value: &Value) -> Result<BTreeSet<Action>> {
    let mut actions = BTreeSet::new();
    for (index, permission) in list(value)?.iter().enumerate() {
        actions.extend(permission_of(permission).at(index)?);
    }
    Ok(actions)
}

fn permission_of(value: &Value) -> Result<Vec<Action>> {
    let mut actions = Vec::new();
    for (member, value) in object(value)? {
        match member.as_str() {
            "allowedResourceActions" => actions = each(value, action).under(member)?,
            "excludedResourceActions" => {
                if !each(value, text).under(member)?.is_empty() {
                    let message = "actions cannot be excluded here; leave them out";
                    return Err(WireError::conflict(message).under(member));
                }
            }
            "condition" => {
                if !value.is_null() {
                    return Err(WireError::form("null", value).under(member));
                }
            }
            annotation if is_annotation(annotation) => {}
            other => {
                let legal = [
                    "allowedResourceActions",
                    "excludedResourceActions",
                    "condition",
                ];
                return Err(WireError::unknown(other, &[&legal]));
            }
        }
    }
    Ok(actions)
}

fn action(value: &Value) -> Result<Action> {
    let action = value.as_str().and_then(Action::from_name);
    action.ok_or_else(|| {
        let expected = "an action of this service, as resourceActions lists them";
        WireError::form(expected, value)
    })
}

/// A role as a plain reader sees it, before it is known to be built in or not.
struct Shown<'a> {
    id: RoleId,
    template: RoleId,
    name: &'a str,
    description: Option<&'a str>,
    built_in: bool,
    enabled: bool,
    version: Option<&'a str>,
    actions: &'a BTreeSet<Action>,
    privileged: bool,
}

/// A built-in role, with what it inherits from when that is asked for.
pub fn render_built_in(role: Role, expanded: bool) -> Value {
    let mut value = render(&Shown {
        id: role.id(),
        template: role.id(),
        name: role.as_str(),
        description: Some(role.description()),
        built_in: true,
        enabled: true,
        version: Some("1"),
        actions: &role.actions(),
        privileged: role.is_privileged(),
    });
    // Every role reads the directory, but that one has nobody to inherit it from.
    let inherited: Vec<Value> = match role {
        Role::DirectoryReaders => Vec::new(),
        _ => vec![render_built_in(Role::DirectoryReaders, false)],
    };
    if let (true, Value::Object(members)) = (expanded, &mut value) {
        members.insert("inheritsPermissionsFrom".to_owned(), inherited.into());
    }
    value
}

/// A role that a tenant made itself. It inherits from none.
pub fn render_custom(role: &CustomRole) -> Value {
    let CustomRole {
        id,
        template,
        display_name,
        description,
        enabled,
        version,
        actions,
    } = role;
    let mut value = render(&Shown {
        id: *id,
        template: *template,
        name: display_name,
        description: description.as_deref(),
        built_in: false,
        enabled: *enabled,
        version: version.as_deref(),
        actions,
        privileged: actions.iter().any(|action| action.is_privileged()),
    });
    if let Value::Object(members) = &mut value {
        members.insert("inheritsPermissionsFrom".to_owned(), json!([]));
    }
    value
}

fn render(role: &Shown) -> Value {
    let actions: Vec<String> = role.actions.iter().map(Action::to_string).collect();
    json!({
        "id": role.id.to_string(),
        "description": role.description,
        "displayName": role.name,
        "isBuiltIn": role.built_in,
        "isEnabled": role.enabled,
        "resourceScopes": ["/"],
        "templateId": role.template.to_string(),
        "version": role.version,
        "rolePermissions": [{"allowedResourceActions": actions, "condition": null}],
        "isPrivileged": role.privileged,
        "allowedPrincipalTypes": "user,servicePrincipal",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: RoleId = RoleId::from_u128(7);

    fn desk() -> Value {
        json!({
            "displayName": "Partner desk",
            "isEnabled": true,
            "rolePermissions": [{"allowedResourceActions": [
                "microsoft.directory/crossTenantAccessPolicy/partners/create",
            ]}],
        })
    }

    #[test]
    fn a_role_is_read_and_what_is_read_back_can_be_written_back() {
        let role = create(ID, &desk()).unwrap();
        assert_eq!(role.template, ID);
        assert_eq!(role.actions, BTreeSet::from([Action::CreatePartner]));
        assert_eq!(change(&role, &render_custom(&role)), Ok(role));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (member, value, path) in [
            ("isBuiltIn", json!(true), "isBuiltIn"),
            ("displayName", json!(" "), "displayName"),
            ("surprise", json!(1), "surprise"),
            ("resourceScopes", json!(["/users"]), "resourceScopes"),
            (
                "rolePermissions",
                json!([{"allowedResourceActions": ["microsoft.directory/users/fly"]}]),
                "rolePermissions[0].allowedResourceActions[0]",
            ),
            (
                "rolePermissions",
                json!([{"allowedResourceActions": [], "condition": "x"}]),
                "rolePermissions[0].condition",
            ),
        ] {
            let mut body = desk();
            body[member] = value;
            let error = create(ID, &body).unwrap_err();
            assert_eq!(error.path.to_string(), path);
        }
        for needed in ["displayName", "isEnabled", "rolePermissions"] {
            let mut body = desk();
            body.as_object_mut().unwrap().remove(needed);
            assert!(create(ID, &body).unwrap_err().message.contains(needed));
        }
    }
}
