//! Role assignments: who was given which role.
//!
//! The id of an assignment is opaque to clients and made of the two ids it joins, so that nothing
//! has to be remembered beside them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::governance::RoleAssignment;
use policy::tenant::TenantId;
use serde_json::{Value, json};

use crate::query::{Member, Navigation, Operators, QueryOption, Shape};
use crate::role_definition;
use crate::wire::{Result, WireError, Within, guid, is_annotation, object};

const MEMBERS: &[&str] = &["roleDefinitionId", "principalId", "directoryScopeId"];
const SUFFIX: &str = "-1";

/// Whoever holds a role: a user or a service principal.
static PRINCIPAL: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::text("displayName"),
        Member::text("userPrincipalName"),
        Member::text("mail"),
    ],
    always: &["@odata.type"],
    is_open: true,
    options: &[QueryOption::Select],
    ..Shape::EMPTY
};

/// What can be asked of role assignments.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::exact("id").filter(Operators::EQ.and(Operators::IN)),
        Member::guid("principalId").filter(Operators::EQ.and(Operators::IN)),
        Member::guid("principalOrganizationId"),
        Member::text("resourceScope").beta(),
        Member::text("directoryScopeId").filter(Operators::EQ.and(Operators::IN)),
        Member::text("appScopeId"),
        Member::text("condition"),
        Member::guid("roleDefinitionId").filter(Operators::EQ.and(Operators::IN)),
    ],
    navigations: &[
        Navigation {
            name: "principal",
            shape: &PRINCIPAL,
            is_beta: false,
        },
        Navigation {
            name: "roleDefinition",
            shape: &role_definition::SHAPE,
            is_beta: false,
        },
    ],
    options: &[
        QueryOption::Select,
        QueryOption::Expand,
        QueryOption::Filter,
        QueryOption::Top,
        QueryOption::Skip,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// Reads an assignment. It is for the whole tenant.
pub fn read(body: &Value) -> Result<RoleAssignment> {
    let (mut role, mut principal, mut scoped) = (None, None, false);
    for (member, value) in object(body)? {
        match member.as_str() {
            "roleDefinitionId" => role = Some(guid(value).under(member)?),
            "principalId" => principal = Some(guid(value).under(member)?),
            "directoryScopeId" | "resourceScope" => {
                if value != "/" {
                    return Err(WireError::form("the scope `/`, the tenant", value).under(member));
                }
                scoped = true;
            }
            "appScopeId" | "condition" | "principalOrganizationId" | "id" => {
                if !value.is_null() {
                    return Err(WireError::form("null", value).under(member));
                }
            }
            annotation if is_annotation(annotation) => {}
            other => return Err(WireError::unknown(other, &[MEMBERS])),
        }
    }
    if !scoped {
        return Err(WireError::missing("directoryScopeId"));
    }
    Ok(RoleAssignment {
        role: role.ok_or_else(|| WireError::missing("roleDefinitionId"))?,
        principal: principal.ok_or_else(|| WireError::missing("principalId"))?,
    })
}

/// The id.
pub fn id(assignment: &RoleAssignment) -> String {
    let role = mixed(assignment.role.as_u128().to_be_bytes());
    let principal = mixed(assignment.principal.as_u128().to_be_bytes());
    URL_SAFE_NO_PAD.encode([role, principal].concat()) + SUFFIX
}

/// The bytes of a GUID as Microsoft orders them: the first three numbers are turned.
fn mixed([a, b, c, d, e, f, g, h, rest @ ..]: [u8; 16]) -> [u8; 16] {
    let [i, j, k, l, m, n, o, p] = rest;
    [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
}

/// The assignment in the shape Graph gives it.
pub fn render(assignment: &RoleAssignment, tenant: TenantId) -> Value {
    json!({
        "id": id(assignment),
        "principalId": assignment.principal.to_string(),
        "principalOrganizationId": tenant.to_string(),
        "resourceScope": "/",
        "directoryScopeId": "/",
        "appScopeId": null,
        "condition": null,
        "roleDefinitionId": assignment.role.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_the_one_the_documentation_prints() {
        // DIFFERENCE: Microsoft's are opaque; these are made the way theirs seem to be.
        let given = RoleAssignment {
            role: "62e90394-69f5-4237-9190-012177145e10".parse().unwrap(),
            principal: "ace08ec9-aa11-4ada-9145-addf0398233e".parse().unwrap(),
        };
        let printed = "lAPpYvVpN0KRkAEhdxReEMmO4KwRqtpKkUWt3wOYIz4-1";
        assert_eq!(id(&given), printed);
    }

    #[test]
    fn what_an_assignment_needs_is_asked_for_by_name() {
        let body = json!({
            "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
            "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10",
            "principalId": "ace08ec9-aa11-4ada-9145-addf0398233e",
            "directoryScopeId": "/",
        });
        assert!(read(&body).is_ok());
        for needed in MEMBERS {
            let mut less = body.clone();
            less.as_object_mut().unwrap().remove(*needed);
            assert!(read(&less).unwrap_err().message.contains(needed));
        }
        let mut narrow = body;
        narrow["directoryScopeId"] = json!("/administrativeUnits/1");
        let error = read(&narrow).unwrap_err();
        assert_eq!(error.path.to_string(), "directoryScopeId");
    }
}
