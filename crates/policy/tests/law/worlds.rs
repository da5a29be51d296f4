//! Invented worlds: a handful of ids, so that everything collides often. User 1 exists in several
//! tenants, group 2 means something in each of them, and lists name what is there.
//!
//! Settings are always such as could have been stored; what may be missing is knowledge.

pub(crate) mod blocks;
mod conditions;
pub(crate) mod ids;
mod people;
mod requests;
mod settings;

use std::collections::BTreeSet;

use comity_policy::target::UserId;
use comity_policy::tenant::{Cloud, TenantId};
use comity_policy::world::{DomainList, Tenant, User, World};
use proptest::collection::vec;
use proptest::prelude::*;

pub(crate) use conditions::conditional_access_policy;
use ids::{TENANTS, suites};
use people::directory;
pub(crate) use requests::{any_sign_in, sign_in};
pub(crate) use settings::{partner, policy, trust};

fn tenant(id: TenantId) -> BoxedStrategy<Tenant> {
    let list = prop_oneof![
        8 => Just(None),
        1 => Just(Some(DomainList::Blocked(BTreeSet::from(["one.test".parse().unwrap()])))),
        1 => Just(Some(DomainList::Allowed(BTreeSet::from(["one.test".parse().unwrap()])))),
    ];
    let parts = (
        policy(id),
        directory(id),
        vec(conditional_access_policy(), 0..4),
        prop::bool::weighted(0.9),
        list,
        prop::bool::weighted(0.9),
        prop::bool::weighted(0.9),
    );
    parts
        .prop_map(
            move |(policy, directory, policies, p1, list, hosted, known)| {
                let mut tenant = Tenant::registered(id, Cloud::Commercial);
                tenant.p1 = p1;
                if hosted {
                    tenant.policy = Some(policy);
                    tenant.domain_list = list;
                    tenant.conditional_access = policies;
                    tenant.directory = known.then_some(directory);
                }
                tenant
            },
        )
        .boxed()
}

/// Three tenants, now and then in different clouds, not hosted, or without a known directory.
pub(crate) fn world() -> BoxedStrategy<World> {
    let cloud = || {
        prop_oneof![
            12 => Just(Cloud::Commercial),
            1 => Just(Cloud::UsGovernment),
            1 => Just(Cloud::China),
        ]
    };
    let parts = (
        TENANTS.map(tenant),
        [cloud(), cloud(), cloud()],
        prop::bool::weighted(0.1),
    );
    parts
        .prop_map(|(tenants, clouds, both_sides_required)| {
            let tenants = tenants.into_iter().zip(clouds).map(|(mut tenant, cloud)| {
                tenant.cloud = cloud;
                tenant
            });
            World {
                tenants: tenants.collect(),
                suites: suites().into(),
                both_sides_required,
                ..World::default()
            }
        })
        .boxed()
}

/// Changes every user of the tenant.
pub(crate) fn everybody(tenant: &mut Tenant, change: impl Fn(&mut User)) {
    if let Some(directory) = &mut tenant.directory {
        let ids: Vec<UserId> = directory.users.keys().copied().collect();
        ids.iter()
            .for_each(|id| change(directory.users.get_mut(id).unwrap()));
    }
}

/// A world in which nothing is missing: one cloud, every tenant hosted and every group known.
pub(crate) fn known_world() -> BoxedStrategy<World> {
    let parts = TENANTS.map(|id| (tenant(id), policy(id), directory(id)));
    parts
        .prop_map(|parts| {
            let tenants = parts.into_iter().map(|(mut tenant, policy, directory)| {
                tenant.policy.get_or_insert(policy);
                tenant.directory.get_or_insert(directory);
                everybody(&mut tenant, |user| {
                    user.groups.get_or_insert_default();
                });
                tenant
            });
            World {
                tenants: tenants.collect(),
                suites: suites().into(),
                ..World::default()
            }
        })
        .boxed()
}
