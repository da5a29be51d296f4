//! The conditions of a policy that came over the wire: read as far as they are evaluated, checked as
//! far as Graph checks them.
//!
//! A condition whose facts are not known here (where somebody is, on what device) is taken to be
//! met: nobody gets in by what is not known (S25.3). A condition that no sign-in that is decided
//! here can meet (an older protocol, a program's own sign-in, a risk that nobody measures) keeps
//! the policy away.

use policy::conditional_access::ConditionalAccessPolicy;
use policy::governance::ContextId;
use serde_json::{Map, Value};

use super::{applications, users};
use crate::wire::{
    Result, WireError, Within, each, is_annotation, list, object, optional, text, word,
};

const CLIENT_APPS: [&str; 7] = [
    "all",
    "browser",
    "mobileAppsAndDesktopClients",
    "exchangeActiveSync",
    "easSupported",
    "easUnsupported",
    "other",
];
/// What people sign in with today.
const MODERN: [&str; 3] = ["all", "browser", "mobileAppsAndDesktopClients"];
const RISKS: [&str; 5] = ["low", "medium", "high", "hidden", "none"];
const CONDITIONS: &[&str] = &[
    "applications",
    "users",
    "clientAppTypes",
    "clientApplications",
    "locations",
    "platforms",
    "devices",
    "deviceStates",
    "signInRiskLevels",
    "userRiskLevels",
    "servicePrincipalRiskLevels",
    "insiderRiskLevels",
    "authenticationFlows",
    "agentIdRiskLevels",
    "agents",
    "times",
];
const APPLICATIONS: &[&str] = &[
    "includeApplications",
    "excludeApplications",
    "includeUserActions",
    "includeAuthenticationContextClassReferences",
    "applicationFilter",
    "networkAccess",
    "globalSecureAccess",
];

/// Reads the conditions.
pub(super) fn read(policy: &mut ConditionalAccessPolicy, value: &Value) -> Result<()> {
    let members = object(value)?;
    let programs = members
        .get("clientApplications")
        .is_some_and(|value| !says_nothing(value));
    for (member, value) in members {
        read_member(policy, member, value)?;
    }
    let needed = |name: &str| match members.get(name) {
        Some(value) if !value.is_null() => Ok(object(value).under(name)?.clone()),
        _ => Err(WireError::missing(name)),
    };
    users_are_named(&needed("users")?, programs).under("users")?;
    applications_are_named(&needed("applications")?).under("applications")
}

fn read_member(policy: &mut ConditionalAccessPolicy, member: &str, value: &Value) -> Result<()> {
    match member {
        "users" => users::read(policy, value).under(member),
        "applications" => read_applications(policy, value).under(member),
        "clientAppTypes" => {
            let words = each(value, client_app).under(member)?;
            policy.elsewhere |= !words.is_empty() && !words.iter().any(|app| MODERN.contains(app));
            Ok(())
        }
        "signInRiskLevels" | "userRiskLevels" | "servicePrincipalRiskLevels" => {
            let levels = each(value, risk).under(member)?;
            policy.elsewhere |= !levels.is_empty() && !levels.contains(&"none");
            Ok(())
        }
        "insiderRiskLevels"
        | "authenticationFlows"
        | "clientApplications"
        | "agentIdRiskLevels"
        | "agents" => {
            policy.elsewhere |= !says_nothing(value);
            Ok(())
        }
        "locations" => pair(value, "includeLocations", "excludeLocations").under(member),
        "platforms" => pair(value, "includePlatforms", "excludePlatforms").under(member),
        annotation if is_annotation(annotation) => Ok(()),
        known if CONDITIONS.contains(&known) => {
            optional(value, |value| object(value).map(|_| ())).under(member)?;
            Ok(())
        }
        other => Err(WireError::unknown(other, &[CONDITIONS])),
    }
}

fn client_app(value: &Value) -> Result<&'static str> {
    let expected =
        "all, browser, mobileAppsAndDesktopClients, exchangeActiveSync, easSupported or other";
    word(value, expected, &CLIENT_APPS, |name| name)
}

fn risk(value: &Value) -> Result<&'static str> {
    word(value, "low, medium, high, hidden or none", &RISKS, |name| {
        name
    })
}

/// What includes and excludes by two lists of words.
fn pair(value: &Value, include: &'static str, exclude: &'static str) -> Result<()> {
    if value.is_null() {
        return Ok(());
    }
    let members = object(value)?;
    for (member, value) in members {
        if [include, exclude].contains(&member.as_str()) {
            each(value, text).under(member)?;
        } else if !is_annotation(member) {
            return Err(WireError::unknown(member, &[&[include, exclude]]));
        }
    }
    Ok(())
}

/// Null, empty, or something that says only that.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() || text == "none",
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members
            .iter()
            .all(|(name, value)| is_annotation(name) || says_nothing(value)),
        _ => false,
    }
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
            "includeUserActions" => {
                each(value, text).under(member)?;
            }
            "includeAuthenticationContextClassReferences" => {
                each(value, context).under(member)?;
            }
            annotation if is_annotation(annotation) => {}
            known if APPLICATIONS.contains(&known) => {
                optional(value, |value| object(value).map(|_| ())).under(member)?;
            }
            other => return Err(WireError::unknown(other, &[APPLICATIONS])),
        }
    }
    Ok(())
}

fn context(value: &Value) -> Result<ContextId> {
    let id = value.as_str().and_then(|text| text.parse().ok());
    id.ok_or_else(|| WireError::form("an authentication context, c1 to c99", value))
}

/// The authentication contexts that a policy is bound to.
pub(super) fn contexts(document: &Value) -> Vec<ContextId> {
    let place = "/conditions/applications/includeAuthenticationContextClassReferences";
    let named = document.pointer(place).and_then(Value::as_array);
    let named = named.into_iter().flatten();
    named.filter_map(|value| context(value).ok()).collect()
}

/// How many entries stand in a list; none where it is missing.
fn count(members: &Map<String, Value>, name: &str) -> usize {
    members
        .get(name)
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

fn users_are_named(users: &Map<String, Value>, programs: bool) -> Result<()> {
    for name in ["includeUsers", "excludeUsers"] {
        let Some(value) = users.get(name).filter(|value| !value.is_null()) else {
            continue;
        };
        let named = list(value).under(name)?;
        let alone = |word: &str| named.iter().any(|value| value == word) && named.len() > 1;
        if alone("All") || alone("None") {
            let message = "`All` and `None` stand alone";
            return Err(WireError::conflict(message).under(name));
        }
    }
    let lists = ["includeUsers", "includeGroups", "includeRoles"];
    let listed = lists.iter().any(|name| count(users, name) > 0);
    let external = users.get("includeGuestsOrExternalUsers");
    match listed || programs || external.is_some_and(|value| !value.is_null()) {
        true => Ok(()),
        false => Err(WireError::conflict(
            "a policy must name users (in includeUsers, includeGroups, includeRoles or includeGuestsOrExternalUsers)",
        )),
    }
}

/// Applications, user actions and authentication contexts exclude each other.
fn applications_are_named(applications: &Map<String, Value>) -> Result<()> {
    let kinds = [
        "includeApplications",
        "includeUserActions",
        "includeAuthenticationContextClassReferences",
    ];
    let named = kinds.iter().filter(|name| count(applications, name) > 0);
    let filter = applications
        .get("applicationFilter")
        .is_some_and(|value| !value.is_null());
    match named.count() {
        1 => Ok(()),
        0 if filter => Ok(()),
        0 => Err(WireError::conflict(
            "a policy must name applications, user actions or authentication contexts",
        )),
        _ => Err(WireError::conflict(
            "includeApplications, includeUserActions and includeAuthenticationContextClassReferences exclude each other",
        )),
    }
}
