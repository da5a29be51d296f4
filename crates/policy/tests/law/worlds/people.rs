//! Invented directories: user 1 exists in several tenants, as an account here and as an object there.

use std::collections::BTreeMap;

use comity_policy::target::UserId;
use comity_policy::tenant::TenantId;
use comity_policy::world::{
    Directory, External, ExternalIdentity, RedemptionState, User, UserType,
};
use proptest::collection::{btree_set, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::ids::{ACCOUNTS, GROUPS, OBJECTS, TENANTS, VISITOR, groups};

fn providers() -> impl Strategy<Value = External> {
    let providers = vec![
        ExternalIdentity::Federation,
        ExternalIdentity::Social,
        ExternalIdentity::MicrosoftAccount,
        ExternalIdentity::EmailPasscode,
    ];
    btree_set(select(providers), 0..3).prop_map(External::Providers)
}

fn user(id: UserId, external: Option<External>, member: f64) -> impl Strategy<Value = User> {
    let parts = (
        prop::bool::weighted(member),
        prop::bool::weighted(0.95),
        weighted(0.9, groups()),
        prop::bool::weighted(0.2),
        select(vec!["one.test", "two.test"]),
    );
    parts.prop_map(move |(member, enabled, groups, pending, domain)| {
        let address = format!("{}@{domain}", id.as_u128());
        User {
            id,
            // The address that was invited.
            mail: external.as_ref().map(|_| address.clone()),
            user_principal_name: address,
            display_name: None,
            user_type: match member {
                true => UserType::Member,
                false => UserType::Guest,
            },
            enabled,
            groups,
            redemption: external.as_ref().map(|_| match pending {
                true => RedemptionState::PendingAcceptance,
                false => RedemptionState::Accepted,
            }),
            external: external.clone(),
            sms_sign_in: false,
            managed_by_synchronization: false,
            sponsor: None,
            identity_provider: None,
            attributes: BTreeMap::new(),
        }
    })
}

/// Everybody who can be in a tenant: its accounts, an object for each account of the others, and
/// somebody without a home tenant.
pub(super) fn directory(owner: TenantId) -> impl Strategy<Value = Directory> {
    let others = TENANTS.into_iter().filter(|id| *id != owner);
    let elsewhere = others.flat_map(|tenant| ACCOUNTS.map(|user| (tenant, user)));
    let objects = OBJECTS
        .into_iter()
        .zip(elsewhere)
        .map(|(id, (tenant, user))| {
            let external = External::Tenant {
                home_tenant: tenant,
                home_user: user,
            };
            (id, Some(external), 0.3)
        });
    let accounts = ACCOUNTS.into_iter().map(|id| (id, None, 0.8));
    let users: Vec<_> = accounts
        .chain(objects)
        .map(|(id, external, member)| weighted(0.9, user(id, external, member)))
        .collect();
    let visitor = providers().prop_flat_map(|external| user(VISITOR, Some(external), 0.3));
    (users, visitor, vec(groups(), GROUPS.len())).prop_map(|(users, visitor, nesting)| {
        let users = users.into_iter().flatten().chain([visitor]);
        Directory {
            users: users.map(|user| (user.id, user)).collect(),
            groups: GROUPS.into_iter().zip(nesting).collect(),
        }
    })
}
