//! `b2bManagementPolicies`: the domains that may or may not be invited (S6.4), as JSON in a string
//! in JSON.
//!
//! The text has further members, switches of previews for instance. They mean nothing here and are
//! kept, because whoever changes a list writes the rest back.

use std::collections::BTreeSet;

use policy::tenant::Domain;
use policy::world::{DomainList, Tenant};
use serde_json::{Map, Value, json};

use crate::directory_object::{bounded_or_null, unknown};
use crate::query::{Member, QueryOption, Shape};
use crate::wire::{Result, WireError, Within, is_annotation, list, object};

/// The type of this policy among the old policies.
pub const LEGACY_TYPE: u8 = 6;
/// What the whole text may measure (S18).
pub(crate) const LONGEST: usize = 25_000;
const OUTER: &str = "B2BManagementPolicy";
const LISTS: &str = "InvitationsAllowedAndBlockedDomainsPolicy";
const ALLOWED: &str = "AllowedDomains";
const BLOCKED: &str = "BlockedDomains";
const NAME: &str = "B2BManagementPolicy";

/// What can be asked of the policies.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::guid("id"),
        Member::opaque("alternativeIdentifier"),
        Member::opaque("appliesTo"),
        Member::texts("definition"),
        Member::opaque("deletedDateTime"),
        Member::text("description"),
        Member::text("displayName"),
        Member::boolean("isOrganizationDefault"),
        Member::opaque("keyCredentials"),
        Member::number("type"),
    ],
    always: &["id"],
    options: &[
        QueryOption::Select,
        QueryOption::Top,
        QueryOption::SkipToken,
    ],
    ..Shape::EMPTY
};

/// The id of the one policy of a tenant: the tenant's own, which nothing else here has.
pub fn id(tenant: &Tenant) -> String {
    tenant.id.to_string()
}

/// Whether the tenant has the policy.
pub fn exists(tenant: &Tenant) -> bool {
    tenant.domain_list.is_some() || tenant.authorization.domain_policy.is_some()
}

/// The policy of a tenant; `is_legacy` as the old address answers it.
pub fn render(tenant: &Tenant, is_legacy: bool) -> Value {
    let mut policy = json!({
        "id": id(tenant),
        "deletedDateTime": null,
        "displayName": NAME,
        "description": null,
        "definition": [definition(tenant).to_string()],
        "isOrganizationDefault": true,
    });
    if let (true, Some(members)) = (is_legacy, policy.as_object_mut()) {
        members.insert("type".to_owned(), LEGACY_TYPE.into());
        members.insert("alternativeIdentifier".to_owned(), Value::Null);
        members.insert("keyCredentials".to_owned(), json!([]));
    }
    policy
}

/// The definition as it was written last, with the lists as they are.
fn definition(tenant: &Tenant) -> Value {
    let text = tenant.authorization.domain_policy.as_deref();
    let written = text.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let mut members = match written {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    let names = |list: &BTreeSet<Domain>| -> Value {
        list.iter()
            .map(|domain| Value::from(domain.as_str()))
            .collect()
    };
    let lists = match &tenant.domain_list {
        None => json!({BLOCKED: []}),
        Some(DomainList::Allowed(list)) => json!({ALLOWED: names(list)}),
        Some(DomainList::Blocked(list)) => json!({BLOCKED: names(list)}),
    };
    members.insert(LISTS.to_owned(), lists);
    json!({OUTER: members})
}

/// Why a definition is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// It cannot be read.
    #[error(transparent)]
    Form(#[from] WireError),
    /// Both lists name something (S6.4).
    #[error("only one of AllowedDomains and BlockedDomains may name domains")]
    Exclusive,
}

/// What a body says about the policy.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainDraft {
    /// The list, if the definition is written; `None` inside: neither list names anything.
    pub list: Option<Option<DomainList>>,
    /// The other members of the definition, as text.
    pub further: Option<String>,
}

/// Reads the body of a POST or PATCH.
pub fn read(body: &Value) -> std::result::Result<DomainDraft, Refused> {
    let mut draft = DomainDraft {
        list: None,
        further: None,
    };
    let members = object(body)?;
    for (name, value) in members.iter().filter(|(name, _)| !is_annotation(name)) {
        match name.as_str() {
            "definition" => read_definition(&mut draft, value)?,
            // It is the one policy of its kind, and says so.
            "displayName" | "description" => drop(bounded_or_null(value).under(name)?),
            "isOrganizationDefault" => {
                if value == &Value::Bool(false) {
                    let error = WireError::form("true: a tenant has one such policy", value);
                    return Err(error.under(name).into());
                }
            }
            "id"
            | "type"
            | "appliesTo"
            | "alternativeIdentifier"
            | "keyCredentials"
            | "deletedDateTime" => {}
            _ => return Err(unknown().under(name).into()),
        }
    }
    Ok(draft)
}

fn read_definition(draft: &mut DomainDraft, value: &Value) -> std::result::Result<(), Refused> {
    let name = "definition";
    let expected = "a list with one string of JSON, of at most 25,000 characters";
    let wrong = || WireError::form(expected, value).under(name);
    let [Value::String(text)] = list(value).under(name)? else {
        return Err(wrong().into());
    };
    if text.chars().count() > LONGEST {
        return Err(wrong().into());
    }
    let parsed: Value = serde_json::from_str(text).map_err(|_| wrong())?;
    let inner = parsed.get(OUTER).and_then(Value::as_object);
    let mut inner = inner.cloned().ok_or_else(wrong)?;
    if parsed.as_object().is_some_and(|outer| outer.len() > 1) {
        return Err(wrong().into());
    }
    draft.list = Some(match inner.remove(LISTS) {
        None | Some(Value::Null) => None,
        Some(lists) => lists_of(&lists).map_err(|refused| match refused {
            Refused::Form(error) => Refused::Form(error.under(LISTS).at(0).under(name)),
            Refused::Exclusive => Refused::Exclusive,
        })?,
    });
    draft.further = (!inner.is_empty()).then(|| Value::Object(inner).to_string());
    Ok(())
}

fn lists_of(lists: &Value) -> std::result::Result<Option<DomainList>, Refused> {
    let (mut allowed, mut blocked, mut says_allowed) = (BTreeSet::new(), BTreeSet::new(), false);
    for (name, value) in object(lists)? {
        match name.as_str() {
            ALLOWED => {
                says_allowed = true;
                allowed = domains(value).under(name)?;
            }
            BLOCKED => blocked = domains(value).under(name)?,
            _ => return Err(unknown().under(name).into()),
        }
    }
    match (allowed.is_empty(), blocked.is_empty()) {
        (false, false) => Err(Refused::Exclusive),
        (false, true) => Ok(Some(DomainList::Allowed(allowed))),
        (true, false) => Ok(Some(DomainList::Blocked(blocked))),
        // DIFFERENCE: an allow list that names nothing is no list, as in the portal; it does not
        // keep everybody out.
        (true, true) if says_allowed => Ok(None),
        (true, true) => Ok(None),
    }
}

fn domains(value: &Value) -> Result<BTreeSet<Domain>> {
    if value.is_null() {
        return Ok(BTreeSet::new());
    }
    let entries = list(value)?.iter().enumerate();
    let read = entries.map(|(index, entry)| {
        let domain = entry.as_str().and_then(|text| text.parse().ok());
        domain.ok_or_else(|| WireError::form("a domain", entry).at(index))
    });
    read.collect()
}

impl DomainDraft {
    /// Writes what is said into a tenant.
    pub fn apply(&self, tenant: &mut Tenant) {
        let Some(list) = &self.list else {
            if !exists(tenant) {
                tenant.authorization.domain_policy = Some("{}".to_owned());
            }
            return;
        };
        tenant.domain_list.clone_from(list);
        let further = self.further.clone();
        tenant.authorization.domain_policy = Some(further.unwrap_or_else(|| "{}".to_owned()));
    }
}

/// Takes the policy away.
pub fn remove(tenant: &mut Tenant) {
    tenant.domain_list = None;
    tenant.authorization.domain_policy = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::tenant::{Cloud, TenantId};

    fn body(definition: &str) -> Value {
        json!({"definition": [definition]})
    }

    #[test]
    fn members_that_mean_nothing_here_are_kept() {
        let mut tenant = Tenant::registered(TenantId::from_u128(1), Cloud::Commercial);
        let text = r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":
            {"AllowedDomains":[],"BlockedDomains":["Live.com"]},"PreviewPolicy":{"Features":["x"]}}}"#;
        read(&body(text)).unwrap().apply(&mut tenant);
        let live: Domain = "live.com".parse().unwrap();
        assert_eq!(tenant.domain_list, Some(DomainList::Blocked([live].into())));
        let rendered = render(&tenant, true);
        assert_eq!(rendered["type"], 6);
        let text = rendered["definition"][0].as_str().unwrap();
        assert!(
            text.contains("PreviewPolicy") && text.contains("live.com"),
            "{text}"
        );
        let mut same = tenant.clone();
        read(&rendered).unwrap().apply(&mut same);
        assert_eq!(same, tenant);
        remove(&mut tenant);
        assert!(!exists(&tenant));
    }

    #[test]
    fn both_lists_at_once_are_refused() {
        // S6.4
        let text = r#"{"B2BManagementPolicy":{"InvitationsAllowedAndBlockedDomainsPolicy":
            {"AllowedDomains":["a.com"],"BlockedDomains":["b.com"]}}}"#;
        assert_eq!(read(&body(text)), Err(Refused::Exclusive));
    }

    #[test]
    fn what_is_no_definition_is_refused() {
        for text in ["", "[]", "{}", "{\"B2BManagementPolicy\":1}"] {
            assert!(matches!(read(&body(text)), Err(Refused::Form(_))), "{text}");
        }
        let long = format!(
            "{{\"B2BManagementPolicy\":{{\"x\":\"{}\"}}}}",
            "y".repeat(25_000)
        );
        assert!(matches!(read(&body(&long)), Err(Refused::Form(_))));
        assert!(matches!(
            read(&json!({"definition": ["{}", "{}"]})),
            Err(Refused::Form(_))
        ));
    }
}
