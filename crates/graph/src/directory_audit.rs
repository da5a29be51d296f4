//! One entry of the audit log: `/auditLogs/directoryAudits` (S16.2).
//!
//! Published detection rules read these entries, so their form is older than this product: old and
//! new values are JSON *texts*, and inside them access and target types are numbers.

use crate::query::{Member, Operators, QueryOption, Shape, Version};
use policy::audit::{ModifiedProperty, Value as Audited};
use policy::settings::BlockName;
use policy::tenant::TenantId;
use serde_json::{Map, Value, json};
use signins::window::Moment;

use crate::settings::{Form, block, consent, redemption, synchronization, trust};

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InitiatedBy {
    /// A person.
    User {
        /// The object's id.
        id: String,
        /// `displayName`.
        display_name: Option<String>,
        /// `userPrincipalName`.
        user_principal_name: Option<String>,
        /// `ipAddress`.
        address: Option<String>,
        /// `homeTenantId`, if the account is not one of the log's tenant.
        home_tenant: Option<TenantId>,
    },
    /// A program.
    Application {
        /// `appId`.
        id: Option<String>,
        /// `displayName`.
        display_name: Option<String>,
    },
}

/// An entry.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectoryAudit {
    /// `id`.
    pub id: String,
    /// `category`.
    pub category: String,
    /// `correlationId`.
    pub correlation: String,
    /// The reason code of a refusal; `None` when it was done.
    pub failure: Option<&'static str>,
    /// `activityDisplayName`.
    pub activity: String,
    /// `activityDateTime`.
    pub time: Moment,
    /// `loggedByService`.
    pub service: String,
    /// `operationType`.
    pub operation: String,
    /// `initiatedBy`.
    pub initiated_by: InitiatedBy,
    /// `targetResources[0].type`.
    pub target_type: String,
    /// `targetResources[0].id`.
    pub target_id: Option<String>,
    /// `targetResources[0].displayName`.
    pub target_name: Option<String>,
    /// `targetResources[0].userPrincipalName`.
    pub target_user: Option<String>,
    /// The written properties, in their order.
    pub modified: Vec<ModifiedProperty>,
    /// `additionalDetails`.
    pub details: Vec<(String, String)>,
    /// `userAgent`.
    pub user_agent: Option<String>,
}

const PERSON: &[Member] = &[
    Member::guid("id").filter(Operators::EQ),
    Member::exact("displayName").filter(Operators::EQ),
    Member::text("userPrincipalName").filter(Operators::EQ.and(Operators::STARTS)),
    Member::text("ipAddress"),
];

const PROGRAM: &[Member] = &[
    Member::guid("appId").filter(Operators::EQ),
    Member::exact("displayName").filter(Operators::EQ),
    Member::guid("servicePrincipalId"),
    Member::text("servicePrincipalName"),
];

/// What can be asked of the log (`api/directoryaudit-list`). Names of categories, activities and
/// services compare as they are written.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::guid("id").filter(Operators::EQ),
        Member::exact("category").filter(Operators::EQ),
        Member::guid("correlationId").filter(Operators::EQ),
        Member::text("result"),
        Member::text("resultReason"),
        Member::exact("activityDisplayName").filter(Operators::EQ.and(Operators::STARTS)),
        Member::time("activityDateTime")
            .filter(Operators::EQ.and(Operators::RANGE))
            .ordered(),
        Member::exact("loggedByService").filter(Operators::EQ),
        Member::text("operationType"),
        Member::complex(
            "initiatedBy",
            &[
                Member::complex("user", PERSON),
                Member::complex("app", PROGRAM),
            ],
        ),
        Member::complexes(
            "targetResources",
            &[
                Member::text("id").filter(Operators::EQ),
                Member::text("displayName").filter(Operators::EQ.and(Operators::STARTS)),
            ],
        ),
        Member::opaque("additionalDetails"),
        Member::text("userAgent").beta(),
        Member::opaque("performedBy").beta(),
    ],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::OrderBy,
        QueryOption::Top,
        QueryOption::SkipToken,
    ],
    largest_page: 1000,
    ..Shape::EMPTY
};

/// Writes an entry as Graph does.
pub fn render(entry: &DirectoryAudit, version: Version) -> Value {
    let DirectoryAudit {
        id,
        category,
        correlation,
        failure,
        activity,
        time,
        service,
        operation,
        initiated_by,
        target_type,
        target_id,
        target_name,
        target_user,
        modified,
        details,
        user_agent,
    } = entry;
    let modified: Vec<Value> = modified.iter().map(property).collect();
    let details = details.iter();
    let details: Vec<Value> = details
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect();
    json!({
        "id": id,
        "category": category,
        "correlationId": correlation,
        "result": if failure.is_some() { "failure" } else { "success" },
        "resultReason": failure.unwrap_or_default(),
        "activityDisplayName": activity,
        "activityDateTime": time_text(*time),
        "loggedByService": service,
        "operationType": operation,
        "initiatedBy": initiator(initiated_by, version),
        "targetResources": [{
            "id": target_id,
            "displayName": target_name,
            "type": target_type,
            "userPrincipalName": target_user,
            "groupType": null,
            "modifiedProperties": modified,
        }],
        "additionalDetails": details,
        "userAgent": user_agent,
        "performedBy": null,
    })
}

fn initiator(initiated_by: &InitiatedBy, version: Version) -> Value {
    match initiated_by {
        InitiatedBy::User {
            id,
            display_name,
            user_principal_name,
            address,
            home_tenant,
        } => {
            let mut user = json!({
                "id": id,
                "displayName": display_name,
                "userPrincipalName": user_principal_name,
                "ipAddress": address,
            });
            if let (Version::Beta, Some(members)) = (version, user.as_object_mut()) {
                members.insert("userType".to_owned(), Value::Null);
                members.insert(
                    "homeTenantId".to_owned(),
                    json!(home_tenant.map(|id| id.to_string())),
                );
                members.insert("homeTenantName".to_owned(), Value::Null);
            }
            json!({"user": user, "app": null})
        }
        InitiatedBy::Application { id, display_name } => json!({
            "user": null,
            "app": {
                "appId": id,
                "displayName": display_name,
                "servicePrincipalId": null,
                "servicePrincipalName": null,
            },
        }),
    }
}

/// The time as Graph writes it.
pub(crate) fn time_text(time: Moment) -> Option<String> {
    let time = jiff::Timestamp::from_nanosecond(time.as_nanoseconds()).ok()?;
    Some(time.to_string())
}

fn property(property: &ModifiedProperty) -> Value {
    let text = |value: &Audited| {
        let value = written(&property.name, value);
        (!value.is_null()).then(|| value.to_string())
    };
    json!({
        "displayName": property.name,
        "oldValue": text(&property.old),
        "newValue": text(&property.new),
    })
}

/// A value as it stands in the text.
fn written(name: &str, value: &Audited) -> Value {
    match value {
        Audited::Block(_) => numbered(audited_value(name, value)),
        other => audited_value(name, other),
    }
}

/// The value of a property before or after a write, as Graph writes it elsewhere.
pub fn audited_value(name: &str, value: &Audited) -> Value {
    match value {
        Audited::Null => Value::Null,
        Audited::Text(text) => json!(text),
        Audited::Block(value) => {
            let name = BlockName::from_name(name).unwrap_or(BlockName::B2bCollaborationInbound);
            block::render(value, name, Form::World)
        }
        Audited::Trust(value) => trust::render(value, Form::Answer),
        Audited::Consent(value) => consent::render(*value, Form::Answer),
        Audited::Redemption(order) => redemption::render(order),
        Audited::Clouds(clouds) => clouds.iter().map(|cloud| cloud.endpoint()).collect(),
        Audited::Synchronization(value) => {
            let whole = synchronization::render(TenantId::from_u128(0), value, Form::World);
            whole.get("userSyncInbound").cloned().unwrap_or(Value::Null)
        }
        Audited::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
    }
}

/// Access and target types as their numbers (metadata: `allowed` 1, `blocked` 2; `user` 1, `group`
/// 2, `application` 3).
fn numbered(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(numbered).collect(),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| {
                let number = match (name.as_str(), value.as_str()) {
                    ("accessType", Some("allowed")) | ("targetType", Some("user")) => Some(1),
                    ("accessType", Some("blocked")) | ("targetType", Some("group")) => Some(2),
                    ("targetType", Some("application")) => Some(3),
                    _ => None,
                };
                let value = number.map_or_else(|| numbered(value), Value::from);
                (name, value)
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::settings::CompleteBlock;
    use policy::target::Access;

    #[test]
    fn values_are_texts_and_access_types_are_numbers() {
        // S16.2
        let block = Audited::Block(CompleteBlock::all(Access::Blocked).into());
        let rendered = property(&ModifiedProperty {
            name: "b2bCollaborationInbound".to_owned(),
            old: Audited::Null,
            new: block,
        });
        assert_eq!(rendered["oldValue"], Value::Null);
        let text = rendered["newValue"].as_str().unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(value["usersAndGroups"]["accessType"], 2);
        assert_eq!(value["usersAndGroups"]["targets"][0]["targetType"], 1);
        assert_eq!(value["applications"]["targets"][0]["targetType"], 3);
    }

    #[test]
    fn a_text_stands_in_its_own_quotes() {
        let rendered = property(&ModifiedProperty {
            name: "tenantId".to_owned(),
            old: Audited::Null,
            new: Audited::Text("0f".to_owned()),
        });
        assert_eq!(rendered["newValue"], "\"0f\"");
    }
}
