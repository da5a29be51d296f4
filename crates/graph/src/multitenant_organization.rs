//! The multitenant organization of a tenant: `/tenantRelationships/multiTenantOrganization`, its
//! tenants and the request to join it (S13).

use policy::draft::Patch;
use policy::membership::Described;
use policy::multitenant::{Member as Tenant, MultitenantOrganization};
use policy::reason::Reason;
use policy::tenant::TenantId;
use serde_json::{Value, json};
use signins::window::Moment;

use crate::directory_audit::time_text;
use crate::query::{Member, Operators, QueryOption, Shape};
use crate::wire::{Result, WireError, Within, guid, is_annotation, object, text_patch, word};

/// The longest name or description.
pub(crate) const LONGEST: usize = 1_024;

/// The organization.
pub static ORGANIZATION: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::time("createdDateTime"),
        Member::text("displayName"),
        Member::text("description"),
        Member::text("state"),
    ],
    options: &[QueryOption::Select],
    ..Shape::EMPTY
};

/// Its tenants.
pub static TENANT: Shape = Shape {
    members: &[
        Member::guid("tenantId").filter(Operators::EQ),
        Member::text("displayName").filter(Operators::EQ.and(Operators::STARTS)),
        Member::text("role").filter(Operators::EQ),
        Member::text("state").filter(Operators::EQ),
        Member::guid("addedByTenantId"),
        Member::time("addedDateTime"),
        Member::time("joinedDateTime"),
        Member::opaque("transitionDetails"),
    ],
    always: &["tenantId"],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::Top,
        QueryOption::Skip,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// The request to join it.
pub static JOIN_REQUEST: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::guid("addedByTenantId"),
        Member::text("memberState"),
        Member::text("role"),
        Member::opaque("transitionDetails"),
    ],
    options: &[QueryOption::Select],
    ..Shape::EMPTY
};

fn time(nanoseconds: Option<i128>) -> Option<String> {
    time_text(Moment::from_nanoseconds(nanoseconds?))
}

/// Writes the organization; a tenant that is active in none has an inactive one without a name.
pub fn render(organization: Option<&MultitenantOrganization>) -> Value {
    // One that came with a world has no id of its own.
    let id = organization.and_then(|organization| {
        let first = organization.members.first();
        let id = organization.id.map(|id| id.to_string());
        id.or_else(|| first.map(|first| first.tenant.to_string()))
    });
    json!({
        "id": id,
        "createdDateTime": organization.and_then(|organization| time(organization.created)),
        "displayName": organization.and_then(|organization| organization.display_name.clone()),
        "description": organization.and_then(|organization| organization.description.clone()),
        "state": if organization.is_some() { "active" } else { "inactive" },
    })
}

fn role(member: &Tenant) -> &'static str {
    if member.owner { "owner" } else { "member" }
}

fn state(member: &Tenant) -> &'static str {
    if member.active { "active" } else { "pending" }
}

/// Writes a tenant; its own name stands where the organization has none for it.
pub fn render_tenant(member: &Tenant, own_name: Option<&str>) -> Value {
    json!({
        "tenantId": member.tenant.to_string(),
        "displayName": member.display_name.as_deref().or(own_name),
        "role": role(member),
        "state": state(member),
        "addedByTenantId": member.added_by.map(|id| id.to_string()),
        "addedDateTime": time(member.added),
        "joinedDateTime": time(member.joined),
        "transitionDetails": null,
    })
}

/// Writes the request to join of that tenant.
pub fn render_join_request(member: &Tenant) -> Value {
    let transition = member
        .active
        .then(|| json!({"desiredMemberState": "active", "status": "succeeded", "details": ""}));
    json!({
        "id": member.tenant.to_string(),
        "addedByTenantId": member.added_by.map(|id| id.to_string()),
        "memberState": state(member),
        "role": role(member),
        "transitionDetails": transition,
    })
}

/// A member that cannot be written: what was read may be sent back (S14.6).
fn echo(name: &str, value: &Value, stored: &Value) -> Result<()> {
    match stored.get(name) {
        Some(stored) if stored == value || value.is_null() => Ok(()),
        Some(_) => Err(WireError::rule(Reason::ReadOnlyProperty).under(name)),
        None => Err(WireError::unknown(name, &[])),
    }
}

fn short(value: &Value) -> Result<Patch<String>> {
    let text = text_patch(value)?;
    match text.value() {
        Some(text) if text.chars().count() > LONGEST => Err(WireError::conflict(format!(
            "longer than the {LONGEST} characters that are kept"
        ))),
        _ => Ok(text),
    }
}

/// What is written about the organization, given what a read would answer.
pub fn read(body: &Value, stored: &Value) -> Result<Described> {
    let mut described = Described::default();
    for (name, value) in object(body)? {
        match name.as_str() {
            "displayName" => described.display_name = short(value).under(name)?,
            "description" => described.description = short(value).under(name)?,
            annotation if is_annotation(annotation) => {}
            other => echo(other, value, stored)?,
        }
    }
    Ok(described)
}

/// What is written about a tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantDraft {
    /// `tenantId`.
    pub tenant: Option<TenantId>,
    /// `role`: whether it is an owner.
    pub owner: Option<bool>,
    /// `displayName`.
    pub display_name: Patch<String>,
}

fn owner(value: &Value) -> Result<bool> {
    let role = word(value, "owner or member", &["owner", "member"], |name| name)?;
    Ok(role == "owner")
}

/// What is written about a tenant: one that is added, or the one that a read answers with.
pub fn read_tenant(body: &Value, stored: Option<&Value>) -> Result<TenantDraft> {
    let mut draft = TenantDraft::default();
    let fresh = json!({"state": "pending", "addedByTenantId": null, "addedDateTime": null,
        "joinedDateTime": null, "transitionDetails": null, "id": null, "deletedDateTime": null});
    for (name, value) in object(body)? {
        match (name.as_str(), stored) {
            ("role", _) => draft.owner = Some(owner(value).under(name)?),
            ("displayName", _) => draft.display_name = short(value).under(name)?,
            ("tenantId", None) => draft.tenant = Some(guid(value).under(name)?),
            (annotation, _) if is_annotation(annotation) => {}
            (other, stored) => echo(other, value, stored.unwrap_or(&fresh))?,
        }
    }
    match (stored, draft.tenant) {
        (None, None) => Err(WireError::missing("tenantId")),
        _ => Ok(draft),
    }
}

/// Who invited, as a request to join says.
pub fn read_join_request(body: &Value, stored: &Value) -> Result<Option<TenantId>> {
    let mut invited_by = None;
    for (name, value) in object(body)? {
        match name.as_str() {
            "addedByTenantId" => invited_by = Some(guid(value).under(name)?),
            annotation if is_annotation(annotation) => {}
            other => echo(other, value, stored)?,
        }
    }
    Ok(invited_by)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";

    #[test]
    fn a_tenant_without_an_organization_reads_an_inactive_one() {
        let answer = render(None);
        assert_eq!(answer["state"], "inactive");
        assert_eq!(answer["displayName"], Value::Null);
    }

    #[test]
    fn what_was_read_about_a_tenant_may_be_sent_back_and_what_differs_not() {
        let member = Tenant {
            added_by: Some(CONTOSO.parse().unwrap()),
            added: Some(1_000_000_000),
            ..Tenant::pending(CONTOSO.parse().unwrap())
        };
        let stored = render_tenant(&member, Some("Contoso"));
        assert_eq!(stored["addedDateTime"], "1970-01-01T00:00:01Z");
        let draft = read_tenant(&stored, Some(&stored)).unwrap();
        assert_eq!(draft.owner, Some(false));
        for body in [json!({"state": "active"}), json!({"colour": "red"})] {
            assert!(read_tenant(&body, Some(&stored)).is_err(), "{body}");
        }
        let error = read_tenant(&json!({"role": "boss"}), None).unwrap_err();
        assert!(error.to_string().starts_with("role"), "{error}");
    }
}
