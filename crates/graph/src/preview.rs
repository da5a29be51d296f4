//! What a change would do, as JSON: the same members for the command line and every API.

use policy::explain::Names;
use policy::settings::CompleteBlock;
use policy::target::ApplicationId;
use policy::tenant::{Cloud, TenantId};
use policy::world::Suites;
use preview::difference::{
    Difference, Extent, Population, Region, Switch, Switched, Turn, Witness, Words, spelled,
};
use preview::replay::{self, Coverage, Group, Impact, Replay, Report, Share, Who};
use serde_json::{Map, Value, json};

use crate::settings::block::{application_targets, render_complete, user_targets};
use crate::settings::{Form, redemption};
use crate::sign_in::time;

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

/// One request.
pub fn witness(witness: &Witness) -> Value {
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

fn ids<'a, T: ToString + 'a>(ids: impl IntoIterator<Item = &'a T>) -> Value {
    ids.into_iter().map(ToString::to_string).collect()
}

fn clouds(clouds: &[Cloud]) -> Value {
    clouds.iter().map(|cloud| cloud.endpoint()).collect()
}

/// The account of a replay, with its sentences. Of each group at most so many users and applications are
/// listed.
pub fn replay(
    replay: &Replay,
    report: &Report,
    names: &dyn Names,
    most: usize,
) -> Map<String, Value> {
    let Report {
        groups,
        sign_ins,
        unchanged,
        unjudged,
        coverage,
    } = report;
    let words = replay::Words::new(names);
    let groups = groups
        .iter()
        .map(|one| group(one, replay, &words, names, most));
    let unjudged = unjudged.iter().map(|(reason, count)| {
        json!({"reason": reason.as_str(), "count": count, "sentence": reason.sentence()})
    });
    let count = |impact, conditional| report.count(impact, conditional);
    let totals = |conditional| {
        json!({
            "closes": count(Impact::Closes, conditional),
            "stepsUp": count(Impact::StepsUp, conditional),
            "opens": count(Impact::Opens, conditional),
            "eases": count(Impact::Eases, conditional),
        })
    };
    let members = [
        ("tenantId", json!(replay.local().to_string())),
        ("signIns", json!(sign_ins)),
        ("certain", totals(false)),
        ("conditional", totals(true)),
        ("unchanged", json!(unchanged)),
        ("groups", groups.collect()),
        ("notJudged", unjudged.collect()),
        ("coverage", covered(coverage)),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn group(
    group: &Group,
    replay: &Replay,
    words: &replay::Words<'_>,
    names: &dyn Names,
    most: usize,
) -> Value {
    let Group {
        key,
        count,
        succeeded,
        first,
        last,
        users,
        applications,
        unknowns,
        example: _,
        keep,
    } = group;
    let unknown = key.conditional.then(|| {
        json!({
            "accounts": ids(unknowns.accounts.iter()),
            "groups": ids(unknowns.groups.iter()),
            "claims": unknowns.claims,
            "accessType": unknowns.journey,
            "sentence": words.unknowns(unknowns),
        })
    });
    json!({
        "impact": key.impact.as_str(),
        "certain": !key.conditional,
        "direction": key.direction.as_str().to_lowercase(),
        "tenantId": key.other.to_string(),
        "tenantName": names.tenant(key.other),
        "reason": key.reason.as_str(),
        "side": key.side.map(|side| side.as_str()),
        "detail": key.detail.map(|detail| detail.as_str()),
        "source": key.origin.map(|origin| origin.as_str()),
        "sentence": words.heading(key),
        "because": words.because(replay, group),
        "dependsOn": unknown,
        "count": count,
        "succeeded": succeeded,
        "first": first.and_then(time),
        "last": last.and_then(time),
        "userCount": users.len(),
        "users": users.iter().take(most).map(user).collect::<Vec<_>>(),
        "applicationCount": applications.len(),
        "applications": applications.iter().take(most).map(application).collect::<Vec<_>>(),
        "keep": keep.as_ref().map(|keep| json!({
            "tenantId": keep.partner.to_string(),
            "section": keep.block.as_str(),
            "value": complete(&keep.value, keep.block),
            "sentence": words.keep(keep),
        })),
    })
}

fn complete(block: &CompleteBlock, name: policy::settings::BlockName) -> Value {
    render_complete(block, name, Form::World)
}

fn user(share: &Share<Who>) -> Value {
    let (name, id) = match &share.of {
        Who::Name(name) => (Some(name.as_str()), None),
        Who::Id(id) => (None, Some(id.to_string())),
        Who::Nobody => (None, None),
    };
    json!({
        "userPrincipalName": name,
        "userId": id,
        "userDisplayName": share.name,
        "count": share.count,
        "first": share.first.and_then(time),
        "last": share.last.and_then(time),
    })
}

fn application(share: &Share<ApplicationId>) -> Value {
    json!({
        "resourceId": share.of.to_string(),
        "resourceDisplayName": share.name,
        "count": share.count,
        "first": share.first.and_then(time),
        "last": share.last.and_then(time),
    })
}

fn covered(coverage: &Coverage) -> Value {
    json!({
        "cells": coverage.cells,
        "seen": coverage.seen,
        "partnersChanged": ids(coverage.changed.iter()),
        "partnersWithoutSignIns": ids(coverage.silent.iter()),
        "first": coverage.first.and_then(time),
        "last": coverage.last.and_then(time),
    })
}
