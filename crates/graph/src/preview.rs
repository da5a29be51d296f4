//! What a change would do, as JSON: the same members for the command line and every API.

use policy::target::ApplicationId;
use policy::tenant::{Cloud, TenantId};
use policy::world::Suites;
use preview::difference::{
    Difference, Extent, Population, Region, Switch, Switched, Turn, Witness, Words, spelled,
};
use serde_json::{Map, Value, json};

use crate::settings::block::{application_targets, user_targets};
use crate::settings::redemption;

/// The whole difference, with its sentences.
pub fn difference(
    tenant: TenantId,
    difference: &Difference,
    words: &Words<'_>,
    suites: &Suites,
) -> Map<String, Value> {
    let Difference {
        regions,
        switches,
        redemption: redemption_order,
        added,
        removed,
        clouds_enabled,
        clouds_disabled,
    } = difference;
    let regions = regions.iter().map(|one| region(one, words, suites));
    let switches = switches.iter().map(|one| switched(one, words));
    let order = redemption_order.as_ref().map(|[before, after]| {
        json!({"before": redemption::render(before), "after": redemption::render(after)})
    });
    let members = [
        ("tenantId", json!(tenant.to_string())),
        ("equal", json!(difference.is_equal())),
        ("regions", regions.collect()),
        ("switches", switches.collect()),
        ("redemptionOrder", json!(order)),
        ("partnersAdded", ids(added)),
        ("partnersRemoved", ids(removed)),
        ("cloudsEnabled", clouds(clouds_enabled)),
        ("cloudsDisabled", clouds(clouds_disabled)),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn region(region: &Region, words: &Words<'_>, suites: &Suites) -> Value {
    let applications = |names: Option<&[ApplicationId]>| {
        let targets = names.map(|names| spelled(names, suites));
        application_targets(targets.as_deref())
    };
    json!({
        "turn": match region.turn {
            Turn::Opens => "opens",
            Turn::Closes => "closes",
        },
        "section": region.block.as_str(),
        "partners": population(&region.partners),
        "usersAndGroups": extent(&region.users, user_targets),
        "applications": extent(&region.applications, applications),
        "witness": witness(&region.witness),
        "sentence": words.region(region),
    })
}

/// One of each list in `allOf`, and none of `noneOf`.
fn extent<T>(extent: &Extent<T>, list: impl Fn(Option<&[T]>) -> Vec<Value>) -> Value {
    let any_of: Vec<Vec<Value>> = match extent.any_of.as_slice() {
        [] => vec![list(None)],
        lists => lists.iter().map(|names| list(Some(names))).collect(),
    };
    json!({"allOf": any_of, "noneOf": list(Some(&extent.none_of))})
}

fn witness(witness: &Witness) -> Value {
    let Witness {
        partner,
        person,
        applications,
    } = witness;
    let groups: Vec<String> = person.groups.iter().map(ToString::to_string).collect();
    json!({
        "partner": partner.to_string(),
        "user": person.user.to_string(),
        "groups": groups,
        "clientAppId": applications.client.map(|id| id.to_string()),
        "resourceAppId": applications.resource.to_string(),
    })
}

fn switched(switched: &Switched, words: &Words<'_>) -> Value {
    json!({
        "turn": match switched.turn {
            Turn::Opens => "on",
            Turn::Closes => "off",
        },
        "switch": switch_name(switched.switch),
        "partners": population(&switched.partners),
        "sentence": words.switched(switched),
    })
}

const fn switch_name(switch: Switch) -> &'static str {
    match switch {
        Switch::MfaTrust => "mfaTrust",
        Switch::CompliantDeviceTrust => "compliantDeviceTrust",
        Switch::HybridJoinedDeviceTrust => "hybridJoinedDeviceTrust",
        Switch::RedemptionInbound => "automaticRedemptionInbound",
        Switch::RedemptionOutbound => "automaticRedemptionOutbound",
        Switch::SynchronizationInbound => "synchronizationInbound",
        Switch::ServiceProviderInbound => "serviceProviderInbound",
        Switch::ServiceProviderOutbound => "serviceProviderOutbound",
    }
}

fn population(population: &Population) -> Value {
    json!({
        "everyoneElse": population.everyone_else,
        "tenantIds": ids(&population.partners),
    })
}

fn ids(tenants: &[TenantId]) -> Value {
    tenants.iter().map(ToString::to_string).collect()
}

fn clouds(clouds: &[Cloud]) -> Value {
    clouds.iter().map(|cloud| cloud.endpoint()).collect()
}
