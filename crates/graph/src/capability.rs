//! Microsoft 365 capabilities: `m365Capabilities` of the default and of a partner. They are stored
//! and given back; no decision reads them.

use policy::settings::Untreated;
use serde_json::{Map, Value, json};

use crate::query::{Member, Operators, QueryOption, Shape};
use crate::wire::{Result, WireError, Within, is_annotation, list, object, word};

/// The member they stand in.
pub const MEMBER: &str = "m365Capabilities";

/// More groups and users in one list are refused.
pub(crate) const MOST_SCOPES: usize = 500;
const NAMESPACE: &str = "microsoft.graph.";

pub(crate) const NAMES: [&str; 14] = [
    "crossTenantOpenProfileCard",
    "crossTenantMigration",
    "crossTenantMailTipsAll",
    "crossTenantMailTipsLimited",
    "crossTenantCalendarAvailabilityBasic",
    "crossTenantCalendarAvailabilityLimitedDetails",
    "crossTenantCalendarSharingFreeBusySimple",
    "crossTenantCalendarSharingFreeBusyDetail",
    "crossTenantCalendarSharingFreeBusyReviewer",
    "anonymousCalendarSharingFreeBusySimple",
    "anonymousCalendarSharingFreeBusyDetail",
    "anonymousCalendarSharingFreeBusyReviewer",
    "crossTenantPlacesDeskBooking",
    "crossTenantPlacesRoomBooking",
];

/// What can be asked of them.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::text("name").filter(Operators::EQ),
        Member::time("lastModifiedDateTime"),
        Member::opaque("inboundAccess"),
    ],
    always: &["@odata.type", "name"],
    is_open: true,
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

/// A capability as somebody wrote it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Its name, which is that of its type.
    pub name: Option<&'static str>,
    is_allowed: Option<bool>,
    scopes: Option<Value>,
}

/// The name as it is spelled, in whatever case it was written.
pub fn named(text: &str) -> Option<&'static str> {
    let mut names = NAMES.iter();
    names.find(|name| name.eq_ignore_ascii_case(text)).copied()
}

fn of_type(value: &Value) -> Result<&'static str> {
    let wrong = || WireError::form("#microsoft.graph. and the name of a capability", value);
    let text = value.as_str().ok_or_else(wrong)?;
    let text = text.trim_start_matches('#');
    let name = text.strip_prefix(NAMESPACE).unwrap_or(text);
    named(name).ok_or_else(wrong)
}

/// Reads a body. Which capability it is about is said by its type, which must be there if the
/// address does not say so.
pub fn read(body: &Value, known: Option<&'static str>) -> Result<Draft> {
    let members = object(body)?;
    let mut draft = Draft {
        name: known,
        ..Draft::default()
    };
    if let Some(value) = members.get("@odata.type") {
        let name = of_type(value).under("@odata.type")?;
        if known.is_some_and(|known| known != name) {
            return Err(WireError::conflict("the address names another capability"));
        }
        draft.name = Some(name);
    }
    let name = draft
        .name
        .ok_or_else(|| WireError::missing("@odata.type"))?;
    for (member, value) in members {
        match member.as_str() {
            "name" if value.as_str() == Some(name) => {}
            "name" => return Err(WireError::conflict(format!("this is {name}")).under(member)),
            "lastModifiedDateTime" => {}
            "inboundAccess" => draft.access(value).under(member)?,
            annotation if is_annotation(annotation) => {}
            other => return Err(WireError::unknown(other, &[&["name", "inboundAccess"]])),
        }
    }
    match (known, members.get("inboundAccess")) {
        (None, None) => Err(WireError::missing("inboundAccess")),
        _ => Ok(draft),
    }
}

impl Draft {
    fn access(&mut self, value: &Value) -> Result<()> {
        for (member, value) in object(value)? {
            match member.as_str() {
                "isAllowed" => {
                    let flag = value.as_bool();
                    let flag = flag.ok_or_else(|| WireError::form("true or false", value));
                    self.is_allowed = Some(flag.under(member)?);
                }
                "resourceScopes" if value.is_null() => self.scopes = Some(Value::Null),
                "resourceScopes" => self.scopes = Some(scopes(value).under(member)?),
                annotation if is_annotation(annotation) => {}
                other => {
                    return Err(WireError::unknown(
                        other,
                        &[&["isAllowed", "resourceScopes"]],
                    ));
                }
            }
        }
        Ok(())
    }

    /// The capability as it is kept, on top of what was kept before.
    pub fn put(&self, stored: Option<&Value>, time: &str) -> Value {
        let name = self.name.unwrap_or_default();
        let before = |path: &str| stored.and_then(|stored| stored.pointer(path)).cloned();
        let allowed = self.is_allowed.map(Value::from);
        let allowed = allowed.or_else(|| before("/inboundAccess/isAllowed"));
        let scopes = self.scopes.clone();
        let scopes = scopes.or_else(|| before("/inboundAccess/resourceScopes"));
        json!({
            "@odata.type": format!("#{NAMESPACE}{name}"),
            "name": name,
            "lastModifiedDateTime": time,
            "inboundAccess": {
                "isAllowed": allowed.unwrap_or(Value::Bool(false)),
                "resourceScopes": scopes,
            },
        })
    }
}

fn scopes(value: &Value) -> Result<Value> {
    let mut read = Map::new();
    for (member, value) in object(value)? {
        match member.as_str() {
            "included" | "excluded" => {
                read.insert(member.clone(), each_scope(value).under(member)?);
            }
            annotation if is_annotation(annotation) => {}
            other => return Err(WireError::unknown(other, &[&["included", "excluded"]])),
        }
    }
    Ok(Value::Object(read))
}

fn each_scope(value: &Value) -> Result<Value> {
    let entries = list(value)?;
    if entries.len() > MOST_SCOPES {
        let message = format!("more than the {MOST_SCOPES} entries that are kept");
        return Err(WireError::conflict(message));
    }
    let read = entries.iter().enumerate();
    read.map(|(index, entry)| scope(entry).at(index)).collect()
}

fn scope(value: &Value) -> Result<Value> {
    let members = object(value)?;
    let id = members.get("resourceId").unwrap_or(&Value::Null);
    let is_id = |text: &str| text == "All" || text.parse::<policy::target::GroupId>().is_ok();
    if !id.as_str().is_some_and(is_id) {
        return Err(WireError::form("All or a GUID", id).under("resourceId"));
    }
    let kind = members.get("resourceType").unwrap_or(&Value::Null);
    let kinds = ["none", "group", "user"];
    let kind = word(kind, "none, group or user", &kinds, |name| name).under("resourceType")?;
    Ok(json!({"resourceId": id, "resourceType": kind}))
}

/// Those that are stored.
pub fn stored(untreated: &Untreated) -> Vec<Value> {
    let value = untreated.get(MEMBER);
    let value = value.and_then(|json| serde_json::from_str(json).ok());
    match value {
        Some(Value::Array(entries)) => entries,
        _ => Vec::new(),
    }
}

/// `$expand=m365Capabilities`.
pub fn expand(value: &mut Value, untreated: &Untreated) {
    if let Some(members) = value.as_object_mut() {
        members.insert(MEMBER.to_owned(), stored(untreated).into());
    }
}

/// Whether that is the capability of that name.
pub fn is(value: &Value, name: &str) -> bool {
    value.get("name").and_then(Value::as_str) == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_is_told_by_its_type_and_changed_in_part() {
        let body = json!({
            "@odata.type": "#microsoft.graph.crossTenantOpenProfileCard",
            "inboundAccess": {"isAllowed": true, "resourceScopes": {"included": [{"resourceId": "All", "resourceType": "user"}]}},
        });
        let draft = read(&body, None).unwrap();
        let made = draft.put(None, "2026-01-31T12:00:00Z");
        assert_eq!(made["name"], "crossTenantOpenProfileCard");
        let off = json!({"inboundAccess": {"isAllowed": false}});
        let draft = read(&off, draft.name).unwrap();
        let changed = draft.put(Some(&made), "2026-02-01T12:00:00Z");
        assert_eq!(changed["inboundAccess"]["isAllowed"], false);
        assert_eq!(
            changed["inboundAccess"]["resourceScopes"],
            made["inboundAccess"]["resourceScopes"]
        );
        // What was read may be sent back.
        assert_eq!(
            read(&changed, draft.name).unwrap().put(None, "x")["name"],
            made["name"]
        );
    }

    #[test]
    fn what_is_not_a_capability_is_refused_with_its_place() {
        let of = |access: Value| json!({"@odata.type": "microsoft.graph.crossTenantMigration", "inboundAccess": access});
        for (body, place) in [
            (json!({"inboundAccess": {}}), "@odata.type"),
            (
                json!({"@odata.type": "#microsoft.graph.user"}),
                "@odata.type",
            ),
            (
                json!({"@odata.type": "#microsoft.graph.crossTenantMigration"}),
                "inboundAccess",
            ),
            (of(json!({"isAllowed": "yes"})), "inboundAccess.isAllowed"),
            (
                of(
                    json!({"resourceScopes": {"included": [{"resourceId": "me", "resourceType": "user"}]}}),
                ),
                "inboundAccess.resourceScopes.included[0].resourceId",
            ),
        ] {
            let error = read(&body, None).unwrap_err();
            assert!(
                error.path.to_string().starts_with(place) || error.to_string().contains(place),
                "{error}"
            );
        }
    }
}
