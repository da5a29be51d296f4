//! A handful of ids, so that everything collides often: the same numbers name tenants, users, groups
//! and applications.

use std::collections::BTreeSet;

use comity_policy::settings::BlockName;
use comity_policy::target::{ApplicationId, GroupId, UserId};
use comity_policy::tenant::{PolicyId, TenantId};
use comity_policy::world::Suites;
use proptest::collection::btree_set;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) const TENANTS: [TenantId; 3] = [
    TenantId::from_u128(1),
    TenantId::from_u128(2),
    TenantId::from_u128(3),
];
/// The accounts of every tenant.
pub(crate) const ACCOUNTS: [UserId; 2] = [UserId::from_u128(1), UserId::from_u128(2)];
/// In every tenant, the objects of the other tenants' accounts.
pub(crate) const OBJECTS: [UserId; 4] = [
    UserId::from_u128(3),
    UserId::from_u128(4),
    UserId::from_u128(5),
    UserId::from_u128(6),
];
/// In every tenant, somebody without a home tenant.
pub(crate) const VISITOR: UserId = UserId::from_u128(7);
pub(crate) const GROUPS: [GroupId; 3] = [
    GroupId::from_u128(1),
    GroupId::from_u128(2),
    GroupId::from_u128(3),
];
/// The first is in both suites, the second in the larger one; the first and the third can be
/// reached by direct connect.
pub(crate) const APPS: [ApplicationId; 4] = [
    ApplicationId::from_u128(1),
    ApplicationId::from_u128(2),
    ApplicationId::from_u128(3),
    ApplicationId::from_u128(4),
];
/// An application that no list names.
pub(crate) const OTHER_APP: ApplicationId = ApplicationId::from_u128(99);

pub(crate) fn suites() -> Suites {
    Suites {
        office365: BTreeSet::from([APPS[0]]),
        all_microsoft_apps: BTreeSet::from([APPS[0], APPS[1]]),
        direct_connect_capable: BTreeSet::from([APPS[0], APPS[2]]),
    }
}

/// The policy id of a tenant of these worlds.
pub(crate) fn policy_id(tenant: TenantId) -> PolicyId {
    PolicyId::from_u128(tenant.as_u128() + 100)
}

pub(crate) fn tenant_id() -> impl Strategy<Value = TenantId> {
    select(TENANTS.to_vec())
}

/// Mostly an account.
pub(crate) fn user_id() -> impl Strategy<Value = UserId> {
    prop_oneof![
        8 => select(ACCOUNTS.to_vec()),
        2 => select(OBJECTS.to_vec()),
        1 => Just(VISITOR),
    ]
}

pub(crate) fn application() -> impl Strategy<Value = ApplicationId> {
    select(APPS.to_vec())
}

pub(crate) fn groups() -> impl Strategy<Value = BTreeSet<GroupId>> {
    btree_set(select(GROUPS.to_vec()), 0..3)
}

pub(crate) fn block_name() -> impl Strategy<Value = BlockName> {
    select(BlockName::ALL.to_vec())
}
