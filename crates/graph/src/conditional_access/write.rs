//! Conditional Access policies written back into a world.

use policy::conditional_access::{
    ApplicationCondition, ConditionalAccessPolicy, Control, ExternalUsers, Operator, UserCondition,
};
use serde_json::{Map, Value, json};

use super::{DOCUMENT, PORTALS, STATES};
use crate::world::{say, texts};

/// Writes the policy in the shape Graph gives it.
pub(crate) fn policy(policy: &ConditionalAccessPolicy) -> Value {
    let ConditionalAccessPolicy {
        id,
        display_name,
        state,
        include_users,
        exclude_users,
        include_applications,
        exclude_applications,
        operator,
        controls,
        // It follows from the source.
        elsewhere: _,
        source,
    } = policy;
    let mut members = Map::new();
    say(&mut members, "id", Some(id.as_str()));
    let source = source.as_deref().map(serde_json::from_str::<Value>);
    if let Some(Ok(document)) = source {
        say(&mut members, DOCUMENT, Some(document));
        return Value::Object(members);
    }
    say(&mut members, "displayName", display_name.clone());
    let state = STATES.iter().find(|(known, _)| known == state);
    say(&mut members, "state", state.map(|(_, name)| *name));
    let mut users = Map::new();
    write_users(
        &mut users,
        [
            "includeUsers",
            "includeGroups",
            "includeGuestsOrExternalUsers",
        ],
        include_users,
    );
    write_users(
        &mut users,
        [
            "excludeUsers",
            "excludeGroups",
            "excludeGuestsOrExternalUsers",
        ],
        exclude_users,
    );
    let mut applications = Map::new();
    say(
        &mut applications,
        "includeApplications",
        write_applications(include_applications),
    );
    say(
        &mut applications,
        "excludeApplications",
        write_applications(exclude_applications),
    );
    say(
        &mut members,
        "conditions",
        Some(json!({"users": users, "applications": applications})),
    );
    say(
        &mut members,
        "grantControls",
        Some(write_controls(*operator, controls)),
    );
    Value::Object(members)
}

fn write_users(members: &mut Map<String, Value>, names: [&str; 3], condition: &UserCondition) {
    let UserCondition {
        all,
        users,
        groups,
        external,
    } = condition;
    let [user_names, group_names, external_name] = names;
    let mut entries: Vec<String> = all.then(|| "All".to_owned()).into_iter().collect();
    entries.extend(users.iter().map(ToString::to_string));
    say(
        members,
        user_names,
        (!entries.is_empty()).then_some(entries),
    );
    say(
        members,
        group_names,
        (!groups.is_empty()).then(|| texts(groups)),
    );
    say(
        members,
        external_name,
        external.as_ref().map(write_external),
    );
}

fn write_external(external: &ExternalUsers) -> Value {
    let ExternalUsers {
        categories,
        tenants,
    } = external;
    let names: Vec<&str> = categories
        .iter()
        .map(|category| category.as_str())
        .collect();
    let names = if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(",")
    };
    let tenants = match tenants {
        None => json!({"membershipKind": "all"}),
        Some(tenants) => json!({"membershipKind": "enumerated", "members": texts(tenants)}),
    };
    json!({"guestOrExternalUserTypes": names, "externalTenants": tenants})
}

fn write_applications(condition: &ApplicationCondition) -> Option<Value> {
    let ApplicationCondition {
        all,
        office365,
        admin_portals,
        applications,
    } = condition;
    let keywords = [
        (all, "All"),
        (office365, "Office365"),
        (admin_portals, PORTALS),
    ];
    let keywords = keywords.into_iter().filter(|(named, _)| **named);
    let mut entries: Vec<String> = keywords.map(|(_, keyword)| keyword.to_owned()).collect();
    entries.extend(applications.iter().map(ToString::to_string));
    (!entries.is_empty()).then(|| entries.into())
}

fn write_controls(operator: Operator, controls: &[Control]) -> Value {
    let mut members = Map::new();
    let operator = match operator {
        Operator::Or => "OR",
        Operator::And => "AND",
    };
    say(&mut members, "operator", Some(operator));
    let mut built_in: Vec<&str> = Vec::new();
    for control in controls {
        match control {
            Control::Block => built_in.push("block"),
            Control::Mfa => built_in.push("mfa"),
            Control::CompliantDevice => built_in.push("compliantDevice"),
            Control::HybridJoinedDevice => built_in.push("domainJoinedDevice"),
            Control::Unsupported(name) => built_in.push(name),
            Control::Strength(combinations) => {
                let strength = json!({"allowedCombinations": texts(combinations)});
                say(&mut members, "authenticationStrength", Some(strength));
            }
            // Which terms they are makes no difference here, so there is no id to give back.
            Control::TermsOfUse => say(&mut members, "termsOfUse", Some(vec!["terms"])),
        }
    }
    say(&mut members, "builtInControls", Some(built_in));
    Value::Object(members)
}
