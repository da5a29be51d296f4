//! Conditional Access policies in the shape Graph gives them (S10.4, S10.5).
//!
//! Only what concerns external users is evaluated. In a world, a condition that is not, such as a
//! location, would narrow the policy; a policy that has one is refused rather than read as a wider
//! one. Over the [`wire`] everything that Graph knows is kept and given back.

mod conditions;
mod strength;
mod users;
pub mod wire;
mod write;

use policy::conditional_access::{
    ApplicationCondition, ConditionalAccessPolicy, Control, Operator, PolicyState, UserCondition,
};
use serde_json::Value;

pub(crate) use self::write::policy as write;
use crate::wire::{
    Result, WireError, Within, each, guid, is_annotation, list, object, optional, optional_text,
    text, word,
};

const STATES: [(PolicyState, &str); 3] = [
    (PolicyState::Enabled, "enabled"),
    (PolicyState::Disabled, "disabled"),
    (PolicyState::ReportOnly, "enabledForReportingButNotEnforced"),
];

const UNSUPPORTED: [&str; 3] = [
    "approvedApplication",
    "compliantApplication",
    "passwordChange",
];
/// Where a world keeps a policy as its administrator wrote it, with everything that is not
/// evaluated.
const DOCUMENT: &str = "@comity.document";
const PORTALS: &str = "MicrosoftAdminPortals";

/// Reads a policy of a world. A policy that came over the wire lies in it as it was written.
pub(crate) fn read(value: &Value) -> Result<ConditionalAccessPolicy> {
    if let Some(document) = value.get(DOCUMENT) {
        let id = text(value.get("id").unwrap_or(&Value::Null)).under("id")?;
        return wire::kept(&id, document).under(DOCUMENT);
    }
    let mut policy = nothing();
    let (mut identified, mut stated) = (false, false);
    for (member, value) in object(value)? {
        match member.as_str() {
            "id" => {
                policy.id = text(value).under(member)?;
                identified = true;
            }
            "displayName" => policy.display_name = optional_text(value).under(member)?,
            "state" => {
                policy.state = state(value).under(member)?;
                stated = true;
            }
            "conditions" => read_conditions(&mut policy, value).under(member)?,
            "grantControls" if value.is_null() => {}
            "grantControls" => read_controls(&mut policy, value).under(member)?,
            // Sessions last as long as they last; who gets in is decided before.
            "sessionControls" | "description" | "createdDateTime" | "modifiedDateTime"
            | "templateId" | "deletedDateTime" => {}
            annotation if is_annotation(annotation) => {}
            other => {
                let legal = ["id", "displayName", "state", "conditions", "grantControls"];
                return Err(WireError::unknown(other, &[&legal, &["sessionControls"]]));
            }
        }
    }
    match (identified, stated) {
        (false, _) => Err(WireError::missing("id")),
        (true, false) => Err(WireError::missing("state")),
        (true, true) => Ok(policy),
    }
}

/// A policy that means nobody.
fn nothing() -> ConditionalAccessPolicy {
    ConditionalAccessPolicy {
        id: String::new(),
        display_name: None,
        state: PolicyState::Disabled,
        include_users: UserCondition::default(),
        exclude_users: UserCondition::default(),
        include_applications: ApplicationCondition::default(),
        exclude_applications: ApplicationCondition::default(),
        operator: Operator::Or,
        controls: Vec::new(),
        elsewhere: false,
        source: None,
    }
}

fn state(value: &Value) -> Result<PolicyState> {
    let expected = "enabled, disabled or enabledForReportingButNotEnforced";
    let (state, _) = word(value, expected, &STATES, |(_, name)| name)?;
    Ok(state)
}

fn read_conditions(policy: &mut ConditionalAccessPolicy, value: &Value) -> Result<()> {
    for (member, value) in object(value)? {
        match member.as_str() {
            "users" => users::read(policy, value).under(member)?,
            "applications" => read_applications(policy, value).under(member)?,
            "clientAppTypes" => {
                let types: Vec<String> = each(value, text).under(member)?;
                if types.iter().any(|name| name != "all") {
                    return Err(not_treated().under(member));
                }
            }
            annotation if is_annotation(annotation) => {}
            _ if says_nothing(value) => {}
            other => return Err(not_treated().under(other)),
        }
    }
    Ok(())
}

fn says_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn not_treated() -> WireError {
    WireError::conflict(
        "this condition is not treated here (legal here: users, applications); without it the policy would apply more widely",
    )
}

fn read_applications(policy: &mut ConditionalAccessPolicy, value: &Value) -> Result<()> {
    for (member, value) in object(value)? {
        match member.as_str() {
            "includeApplications" => {
                policy.include_applications = applications(value).under(member)?;
            }
            "excludeApplications" => {
                policy.exclude_applications = applications(value).under(member)?;
            }
            // A policy for an action or for an authentication context names no application.
            "includeUserActions" | "includeAuthenticationContextClassReferences" => {
                each(value, text).under(member)?;
            }
            annotation if is_annotation(annotation) => {}
            _ if says_nothing(value) => {}
            other => {
                let legal = [
                    "includeApplications",
                    "excludeApplications",
                    "includeUserActions",
                ];
                return Err(WireError::unknown(other, &[&legal]));
            }
        }
    }
    Ok(())
}

fn applications(value: &Value) -> Result<ApplicationCondition> {
    let mut condition = ApplicationCondition::default();
    if value.is_null() {
        return Ok(condition);
    }
    for (index, value) in list(value)?.iter().enumerate() {
        match value.as_str() {
            Some("All") => condition.all = true,
            Some("None") => {}
            Some("Office365") => condition.office365 = true,
            Some(PORTALS) => condition.admin_portals = true,
            _ => {
                let expected = || {
                    let message =
                        "All, None, Office365, MicrosoftAdminPortals or an application id";
                    WireError::form(message, value)
                };
                let application = guid(value).map_err(|_| expected()).at(index)?;
                condition.applications.insert(application);
            }
        }
    }
    Ok(condition)
}

/// Built-in controls as listed, then the strength, then terms of use (S10.5).
fn read_controls(policy: &mut ConditionalAccessPolicy, value: &Value) -> Result<()> {
    let (mut built_in, mut strength, mut terms) = (Vec::new(), None, false);
    for (member, value) in object(value)? {
        match member.as_str() {
            "operator" => {
                let read = |value: &Value| word(value, "AND or OR", &["AND", "OR"], |name| name);
                if optional(value, read).under(member)? == Some("AND") {
                    policy.operator = Operator::And;
                }
            }
            "builtInControls" => built_in = each(value, control).under(member)?,
            "authenticationStrength" => {
                strength = optional(value, strength::combinations).under(member)?
            }
            "termsOfUse" => terms = !each(value, text).under(member)?.is_empty(),
            annotation if is_annotation(annotation) => {}
            "customAuthenticationFactors" if says_nothing(value) => {}
            other => {
                let legal = [
                    "operator",
                    "builtInControls",
                    "authenticationStrength",
                    "termsOfUse",
                ];
                return Err(WireError::unknown(other, &[&legal]));
            }
        }
    }
    policy.controls = built_in;
    policy.controls.extend(strength.map(Control::Strength));
    policy.controls.extend(terms.then_some(Control::TermsOfUse));
    Ok(())
}

fn control(value: &Value) -> Result<Control> {
    let unsupported = |name: &str| UNSUPPORTED.into_iter().find(|known| *known == name);
    Ok(match value.as_str() {
        Some("block") => Control::Block,
        Some("mfa") => Control::Mfa,
        Some("compliantDevice") => Control::CompliantDevice,
        Some("domainJoinedDevice") => Control::HybridJoinedDevice,
        name => match name.and_then(unsupported) {
            Some(name) => Control::Unsupported(name),
            None => {
                let expected = "block, mfa, compliantDevice, domainJoinedDevice, approvedApplication, compliantApplication or passwordChange";
                return Err(WireError::form(expected, value));
            }
        },
    })
}
