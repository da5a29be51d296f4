//! Random directories: accounts, objects of other tenants' accounts, guests without a tenant, nested
//! groups with loops; of some users nobody knows the groups.

use std::collections::{BTreeMap, BTreeSet};

use comity_policy::compiled::Snapshot;
use comity_policy::target::{GroupId, UserId};
use comity_policy::tenant::{Domain, TenantId};
use comity_policy::world::{
    Directory, DomainList, External, ExternalIdentity, RedemptionState, Tenant, User, UserType,
};

use super::choices::Choices;
use super::ids;

pub(crate) fn directory(choices: &mut Choices) -> Directory {
    let users: Vec<User> = choices.some(20, user);
    let groups: Vec<(GroupId, BTreeSet<GroupId>)> = choices.some(5, |choices| {
        (ids::group(choices), choices.some(2, ids::group))
    });
    Directory {
        users: users.into_iter().map(|user| (user.id, user)).collect(),
        groups: groups.into_iter().collect(),
    }
}

/// The directory as it is compiled when people come, change and go until it is that one.
#[allow(
    dead_code,
    reason = "only the agreement of the evaluators is tried step by step"
)]
pub(crate) fn step_by_step(choices: &mut Choices, tenant: &Tenant, end: &Directory) -> Snapshot {
    let mut now = directory(choices);
    let begun = Tenant {
        directory: Some(now.clone()),
        ..tenant.clone()
    };
    let mut snapshot = Snapshot::compile(&begun);
    for step in 0..4 {
        let towards = match step {
            3 => end.clone(),
            _ => directory(choices),
        };
        let some = |choices: &mut Choices| step == 3 || choices.percent(40);
        let mut users = BTreeSet::new();
        for id in now.users.keys().chain(towards.users.keys()) {
            if some(choices) {
                users.insert(*id);
            }
        }
        for id in &users {
            match towards.users.get(id) {
                Some(user) => drop(now.users.insert(*id, user.clone())),
                None => drop(now.users.remove(id)),
            }
        }
        let mut groups = BTreeSet::new();
        let both: BTreeSet<GroupId> = now
            .groups
            .keys()
            .chain(towards.groups.keys())
            .copied()
            .collect();
        for id in both {
            if now.groups.get(&id) == towards.groups.get(&id) || !some(choices) {
                continue;
            }
            groups.insert(id);
            match towards.groups.get(&id) {
                Some(parents) => drop(now.groups.insert(id, parents.clone())),
                None => drop(now.groups.remove(&id)),
            }
        }
        snapshot = snapshot.compile_people(&now, &users, &groups);
    }
    assert_eq!(&now, end);
    snapshot
}

fn user(choices: &mut Choices) -> User {
    let external = choices.maybe(60, external);
    User {
        id: ids::user(choices),
        user_principal_name: name(choices, external.is_some()),
        mail: choices.maybe(50, address),
        display_name: None,
        user_type: choices.one(&[UserType::Member, UserType::Guest]),
        enabled: !choices.percent(6),
        groups: match choices.percent(20) {
            true => None,
            false => Some(choices.some(3, ids::group)),
        },
        redemption: external.as_ref().and_then(|_| redemption(choices)),
        external,
        sms_sign_in: false,
        managed_by_synchronization: false,
        sponsor: None,
        identity_provider: None,
        attributes: BTreeMap::new(),
    }
}

/// Mostly an address; that of an invited person says where it was invited.
fn name(choices: &mut Choices, external: bool) -> String {
    let address = address(choices);
    match external && choices.percent(60) {
        true => format!("{}#EXT#@contoso.com", address.replace('@', "_")),
        false => address,
    }
}

fn redemption(choices: &mut Choices) -> Option<RedemptionState> {
    choices.one(&[
        Some(RedemptionState::Accepted),
        Some(RedemptionState::PendingAcceptance),
        None,
    ])
}

fn external(choices: &mut Choices) -> External {
    match choices.percent(30) {
        true => External::Providers(choices.some(2, |choices| {
            choices.one(&[
                ExternalIdentity::MicrosoftAccount,
                ExternalIdentity::Federation,
                ExternalIdentity::EmailPasscode,
            ])
        })),
        false => External::Tenant {
            home_tenant: match choices.percent(20) {
                true => ids::tenant(choices),
                false => ids::HOME,
            },
            home_user: ids::user(choices),
        },
    }
}

/// An internal account, mostly one that has an object in the other directory; now and then anybody.
pub(crate) fn account(
    choices: &mut Choices,
    tenant: TenantId,
    directory: Option<&Directory>,
    visited: Option<&Directory>,
) -> UserId {
    let has_object = |user: &User| {
        let object = visited.and_then(|visited| visited.object_for(tenant, user.id));
        user.is_internal() && object.is_some()
    };
    let nobody_has = !directory.is_some_and(|d| d.users.values().any(has_object));
    match nobody_has || choices.percent(15) {
        true => somebody(choices, directory, User::is_internal),
        false => somebody(choices, directory, has_object),
    }
}

/// A guest without a tenant, or now and then anybody.
pub(crate) fn guest(choices: &mut Choices, directory: Option<&Directory>) -> UserId {
    somebody(choices, directory, |user| {
        matches!(user.external, Some(External::Providers(_)))
    })
}

fn somebody(
    choices: &mut Choices,
    directory: Option<&Directory>,
    likely: impl Fn(&User) -> bool,
) -> UserId {
    let users = directory
        .into_iter()
        .flat_map(|directory| directory.users.values());
    let likely: Vec<UserId> = users
        .filter(|user| likely(user))
        .map(|user| user.id)
        .collect();
    match likely.is_empty() || choices.percent(8) {
        true => ids::user(choices),
        false => choices.one(&likely),
    }
}

fn address(choices: &mut Choices) -> String {
    let text = choices.one(&[
        "adele@fabrikam.com",
        "adele@contoso.com",
        "adele@FABRIKAM.com",
        "adele@sub.fabrikam.com",
        "adele@not a domain",
        "adele",
    ]);
    text.to_owned()
}

fn domain(choices: &mut Choices) -> Domain {
    let text = choices.one(&["fabrikam.com", "contoso.com", "northwind.com"]);
    text.parse().expect("these are domains")
}

pub(crate) fn domain_list(choices: &mut Choices) -> DomainList {
    let domains = choices.some(2, domain);
    match choices.percent(50) {
        true => DomainList::Allowed(domains),
        false => DomainList::Blocked(domains),
    }
}
