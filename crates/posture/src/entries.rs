//! Entries that do nothing, or that are about nobody.

use policy::resolve::Origin;
use policy::settings::{Partner, Policy};
use policy::tenant::MICROSOFT_ACCOUNTS;
use preview::difference;

use crate::check::Look;
use crate::finding::{Seen, Setting, Source, Whom};
use crate::scene::Scene;

fn source(partner: &Partner) -> Source {
    Source {
        setting: Setting::Entry,
        whom: Whom::Partner(partner.tenant),
        origin: Origin::Partner,
    }
}

/// S2.7, S2.8: without the entry every request gets the same answer.
pub(crate) fn without_effect(scene: &Scene<'_>) -> Look {
    let found = scene.partners().filter(|partner| {
        // An entry of a multitenant organization is there because the system made it (S13.3).
        !partner.is_in_multitenant_organization
            && !scene.subject.facts.say_more.contains(&partner.tenant)
            && changes_nothing(scene, partner)
    });
    let seen = found.map(|partner| {
        let name = scene.called(Whom::Partner(partner.tenant));
        let sync = match &partner.synchronization {
            Some(_) => " Its synchronization setting, which allows nothing, must be deleted first.",
            None => "",
        };
        Seen {
            source: source(partner),
            reason: format!(
                "The entry for {name} changes nothing: it customizes nothing, or only to what the default says, and will silently follow the default."
            ),
            fix: format!("Remove the entry, or customize what was meant for {name}.{sync}"),
            witness: None,
        }
    });
    Ok(seen.collect())
}

fn changes_nothing(scene: &Scene<'_>, partner: &Partner) -> bool {
    let policy = scene.subject.policy;
    let without = Policy {
        allowed_clouds: policy.allowed_clouds.clone(),
        defaults: policy.defaults.clone(),
        ..Policy::default()
    };
    let mut with = without.clone();
    with.partners.insert(partner.clone());
    difference::between(scene.subject.world, scene.subject.tenant, &with, &without).is_equal()
}

/// S1.2: the tenant is not among those that there are.
pub(crate) fn unknown_tenant(scene: &Scene<'_>) -> Look {
    if !scene.subject.facts.tenants_are_known {
        return Err("no world says which tenants there are (--world)".to_owned());
    }
    let found = scene.partners().filter(|partner| {
        partner.tenant != MICROSOFT_ACCOUNTS && scene.subject.world.tenant(partner.tenant).is_none()
    });
    let seen = found.map(|partner| {
        let name = scene.called(Whom::Partner(partner.tenant));
        Seen {
            source: source(partner),
            reason: format!(
                "The entry is for {name}, which is not among the known tenants: it was deleted, or its id was mistyped."
            ),
            fix: format!("Check the id ({}) with that organization, or remove the entry.", partner.tenant),
            witness: None,
        }
    });
    Ok(seen.collect())
}
