//! A Conditional Access policy as Graph's clients write and read it.
//!
//! The policy is kept as it was written, and what decisions need is read out of it; so whoever
//! reads a policy, changes one member and writes it back finds everything else untouched.

use policy::conditional_access::ConditionalAccessPolicy;
use policy::governance::ContextId;
use serde_json::{Map, Value, json};

use super::{conditions, nothing, read_controls, state, strength};
use crate::query::{Member, Operators, QueryOption, Shape};
use crate::settings::json_text;
use crate::wire::{Result, WireError, Within, is_annotation, object, optional, text};

/// How many bytes of JSON one policy may take.
const LARGEST: usize = 256 * 1024;
pub(crate) const LONGEST_NAME: usize = 256;

const WRITABLE: &[&str] = &[
    "displayName",
    "description",
    "state",
    "conditions",
    "grantControls",
    "sessionControls",
    "templateId",
];
const READ_ONLY: &[&str] = &[
    "id",
    "createdDateTime",
    "modifiedDateTime",
    "deletedDateTime",
    "partialEnablementStrategy",
];
pub(crate) const SESSION: &[&str] = &[
    "applicationEnforcedRestrictions",
    "cloudAppSecurity",
    "continuousAccessEvaluation",
    "disableResilienceDefaults",
    "globalSecureAccessFilteringProfile",
    "networkAccessSecurity",
    "persistentBrowser",
    "secureSignInSession",
    "signInFrequency",
];
/// What can be asked of policies.
pub static SHAPE: Shape = Shape {
    members: &[
        Member::text("id").filter(Operators::EQ),
        Member::text("templateId"),
        Member::text("displayName")
            .filter(Operators::EQ.and(Operators::STARTS))
            .ordered(),
        Member::time("createdDateTime").filter(Operators::EQ.and(Operators::RANGE)),
        Member::time("modifiedDateTime").filter(Operators::EQ.and(Operators::RANGE)),
        Member::text("state").filter(Operators::EQ.and(Operators::NE)),
        Member::text("description").beta(),
        Member::opaque("sessionControls"),
        Member::opaque("conditions"),
        Member::opaque("grantControls"),
    ],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::OrderBy,
        QueryOption::Top,
        QueryOption::Skip,
        QueryOption::SkipToken,
        QueryOption::Count,
    ],
    ..Shape::EMPTY
};

/// Every member of a condition set, so that what was not written is read back as null.
pub(crate) const CONDITIONS: &[(&str, Absent)] = &[
    ("userRiskLevels", Absent::Empty),
    ("signInRiskLevels", Absent::Empty),
    ("clientAppTypes", Absent::All),
    ("servicePrincipalRiskLevels", Absent::Empty),
    ("insiderRiskLevels", Absent::Null),
    ("platforms", Absent::Null),
    ("locations", Absent::Null),
    ("devices", Absent::Null),
    ("clientApplications", Absent::Null),
    ("authenticationFlows", Absent::Null),
];
pub(crate) const APPLICATIONS: &[(&str, Absent)] = &[
    ("includeApplications", Absent::Empty),
    ("excludeApplications", Absent::Empty),
    ("includeUserActions", Absent::Empty),
    ("includeAuthenticationContextClassReferences", Absent::Empty),
    ("applicationFilter", Absent::Null),
];
pub(crate) const USERS: &[(&str, Absent)] = &[
    ("includeUsers", Absent::Empty),
    ("excludeUsers", Absent::Empty),
    ("includeGroups", Absent::Empty),
    ("excludeGroups", Absent::Empty),
    ("includeRoles", Absent::Empty),
    ("excludeRoles", Absent::Empty),
    ("includeGuestsOrExternalUsers", Absent::Null),
    ("excludeGuestsOrExternalUsers", Absent::Null),
];
pub(crate) const CONTROLS: &[(&str, Absent)] = &[
    ("operator", Absent::Null),
    ("builtInControls", Absent::Empty),
    ("customAuthenticationFactors", Absent::Empty),
    ("termsOfUse", Absent::Empty),
    ("authenticationStrength", Absent::Null),
];

/// What a policy's `state` may say.
pub(crate) fn states() -> impl Iterator<Item = &'static str> {
    super::STATES.iter().map(|(_, name)| *name)
}

/// What a member that was not written is read back as.
#[derive(Clone, Copy)]
pub(crate) enum Absent {
    Null,
    Empty,
    All,
}

/// A new policy.
pub fn create(id: &str, now: &str, body: &Value) -> Result<ConditionalAccessPolicy> {
    let mut document = Map::new();
    for (member, value) in object(body)? {
        match member.as_str() {
            annotation if is_annotation(annotation) => {}
            known if WRITABLE.contains(&known) => {
                document.insert(member.clone(), stripped(value));
            }
            // The service says what these are.
            known if READ_ONLY.contains(&known) && value.is_null() => {}
            known if READ_ONLY.contains(&known) => return Err(read_only().under(known)),
            other => return Err(WireError::unknown(other, &[WRITABLE])),
        }
    }
    for needed in ["displayName", "state", "conditions"] {
        if document.get(needed).is_none_or(Value::is_null) {
            return Err(WireError::missing(needed));
        }
    }
    document.insert("createdDateTime".to_owned(), now.into());
    document.insert("modifiedDateTime".to_owned(), Value::Null);
    kept(id, &Value::Object(document))
}

/// The policy with the members of the body in place of its own. Lists replace; what a condition set,
/// users, applications, grant controls and session controls do not mention stays.
pub fn change(
    policy: &ConditionalAccessPolicy,
    now: &str,
    body: &Value,
) -> Result<ConditionalAccessPolicy> {
    let stored = render(policy);
    let mut document = object(&stored)?.clone();
    for (member, value) in object(body)? {
        match member.as_str() {
            annotation if is_annotation(annotation) => {}
            known if WRITABLE.contains(&known) => {
                let place = document.entry(member.clone()).or_insert(Value::Null);
                merge(place, stripped(value), depth(known));
            }
            // Clients send back what they read.
            known if READ_ONLY.contains(&known) => {
                let same = document.get(known).unwrap_or(&Value::Null) == value;
                if !same && !value.is_null() {
                    return Err(read_only().under(known));
                }
            }
            other => return Err(WireError::unknown(other, &[WRITABLE])),
        }
    }
    document.remove("id");
    document.insert("modifiedDateTime".to_owned(), now.into());
    kept(&policy.id, &Value::Object(document))
}

fn read_only() -> WireError {
    WireError::conflict("this member is read-only")
}

/// How many levels of a member are merged rather than replaced.
fn depth(member: &str) -> usize {
    match member {
        "conditions" => 2,
        "grantControls" | "sessionControls" => 1,
        _ => 0,
    }
}

fn merge(place: &mut Value, value: Value, depth: usize) {
    match (place, value) {
        (Value::Object(stored), Value::Object(written)) if depth > 0 => {
            for (name, value) in written {
                // What names users or a strength is one thing, not a set of switches.
                let merged = depth > 1 && matches!(name.as_str(), "users" | "applications");
                let place = stored.entry(name).or_insert(Value::Null);
                merge(place, value, if merged { depth - 1 } else { 0 });
            }
        }
        (place, value) => *place = value,
    }
}

/// The value without annotations, except those that say of what type an object is.
fn stripped(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members
                .iter()
                .filter(|(name, _)| !is_annotation(name) || *name == "@odata.type");
            Value::Object(
                kept.map(|(name, value)| (name.clone(), stripped(value)))
                    .collect(),
            )
        }
        Value::Array(entries) => entries.iter().map(stripped).collect(),
        other => other.clone(),
    }
}

/// Reads what decisions need out of a policy, and keeps the policy.
pub(super) fn kept(id: &str, document: &Value) -> Result<ConditionalAccessPolicy> {
    let mut policy = nothing();
    policy.id = id.to_owned();
    let members = object(document)?;
    for (member, value) in members {
        match member.as_str() {
            "displayName" => policy.display_name = Some(name(value).under(member)?),
            "state" => policy.state = state(value).under(member)?,
            "conditions" => conditions::read(&mut policy, value).under(member)?,
            "grantControls" if !value.is_null() => {
                controls_fit(value).under(member)?;
                read_controls(&mut policy, value).under(member)?;
            }
            "sessionControls" => session(value).under(member)?,
            "description" | "templateId" => {
                optional(value, text).under(member)?;
            }
            _ => {}
        }
    }
    let lacks = |name: &str| members.get(name).is_none_or(Value::is_null);
    if lacks("grantControls") && lacks("sessionControls") {
        return Err(WireError::missing("grantControls"));
    }
    let source = json_text(document)?;
    if source.len() > LARGEST {
        let message = format!("a policy can take at most {LARGEST} bytes");
        return Err(WireError::conflict(message));
    }
    policy.source = Some(source);
    Ok(policy)
}

fn name(value: &Value) -> Result<String> {
    let name = text(value)?;
    match name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        true => Err(WireError::form("a name of 1 to 256 characters", value)),
        false => Ok(name),
    }
}

/// What the reader of worlds does not look at: the operator is said, something is asked for, and
/// blocking is not combined with anything.
fn controls_fit(value: &Value) -> Result<()> {
    let members = object(value)?;
    let lists = [
        "builtInControls",
        "termsOfUse",
        "customAuthenticationFactors",
    ];
    let entries = |name: &str| members.get(name).and_then(Value::as_array);
    let listed: usize = lists
        .iter()
        .filter_map(|name| entries(name).map(Vec::len))
        .sum();
    let strength = members
        .get("authenticationStrength")
        .is_some_and(|value| !value.is_null());
    let asked = listed + usize::from(strength);
    if asked == 0 {
        let message = "at least one control is needed";
        return Err(WireError::conflict(message));
    }
    if members.get("operator").is_none_or(Value::is_null) {
        return Err(WireError::missing("operator"));
    }
    let blocks = entries("builtInControls").is_some_and(|list| list.iter().any(|c| c == "block"));
    match blocks && asked > 1 {
        true => Err(
            WireError::conflict("`block` cannot be combined with other controls")
                .under("builtInControls"),
        ),
        false => Ok(()),
    }
}

fn session(value: &Value) -> Result<()> {
    if value.is_null() {
        return Ok(());
    }
    let members = object(value)?;
    let unknown = members
        .keys()
        .find(|name| !is_annotation(name) && !SESSION.contains(&name.as_str()));
    match unknown {
        Some(name) => Err(WireError::unknown(name, &[SESSION])),
        None => Ok(()),
    }
}

/// The authentication contexts that the policy is bound to.
pub fn contexts(policy: &ConditionalAccessPolicy) -> Vec<ContextId> {
    conditions::contexts(&document(policy))
}

fn document(policy: &ConditionalAccessPolicy) -> Value {
    let source = policy.source.as_deref();
    let kept = source.and_then(|source| serde_json::from_str(source).ok());
    kept.unwrap_or_else(|| super::write(policy))
}

/// The policy in the shape Graph gives it.
pub fn render(policy: &ConditionalAccessPolicy) -> Value {
    let Value::Object(mut written) = document(policy) else {
        return json!({});
    };
    let mut members = Map::new();
    members.insert("id".to_owned(), policy.id.clone().into());
    for name in [
        "templateId",
        "displayName",
        "createdDateTime",
        "modifiedDateTime",
        "state",
    ] {
        members.insert(name.to_owned(), written.remove(name).unwrap_or(Value::Null));
    }
    if let Some(description) = written.remove("description") {
        members.insert("description".to_owned(), description);
    }
    let session = written.remove("sessionControls").unwrap_or(Value::Null);
    members.insert("sessionControls".to_owned(), session);
    let mut conditions = written.remove("conditions").unwrap_or_else(|| json!({}));
    complete(&mut conditions, CONDITIONS);
    for (name, parts) in [("applications", APPLICATIONS), ("users", USERS)] {
        if let Some(value) = conditions.get_mut(name) {
            complete(value, parts);
        }
    }
    members.insert("conditions".to_owned(), conditions);
    let mut controls = written.remove("grantControls").unwrap_or(Value::Null);
    complete(&mut controls, CONTROLS);
    let named = controls.get_mut("authenticationStrength");
    if let Some(Value::Object(named)) = named {
        strength::complete(named);
    }
    members.insert("grantControls".to_owned(), controls);
    Value::Object(members)
}

/// Says of every member that was not written what it is.
fn complete(value: &mut Value, members: &[(&str, Absent)]) {
    let Value::Object(written) = value else {
        return;
    };
    for (name, absent) in members {
        let missing = || match absent {
            Absent::Null => Value::Null,
            Absent::Empty => json!([]),
            Absent::All => json!(["all"]),
        };
        written.entry((*name).to_owned()).or_insert_with(missing);
    }
}
