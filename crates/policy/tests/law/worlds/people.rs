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

use super::ids::{GROUPS, USERS, groups, tenant_id, user_id};

fn external() -> impl Strategy<Value = External> {
    let providers = vec![
        ExternalIdentity::Federation,
        ExternalIdentity::Social,
        ExternalIdentity::MicrosoftAccount,
        ExternalIdentity::EmailPasscode,
    ];
    prop_oneof![
        4 => (tenant_id(), user_id()).prop_map(|(home_tenant, home_user)| External::Tenant {
            home_tenant,
            home_user,
        }),
        1 => btree_set(select(providers), 0..3).prop_map(External::Providers),
    ]
}

fn user(owner: TenantId, id: UserId) -> impl Strategy<Value = User> {
    let parts = (
        weighted(0.5, external()),
        any::<bool>(),
        prop::bool::weighted(0.9),
        weighted(0.9, groups()),
        prop::bool::weighted(0.3),
        select(vec!["one.test", "two.test"]),
    );
    parts.prop_map(
        move |(external, member, enabled, groups, pending, domain)| {
            // Nobody is an external user of the own tenant.
            let external = external.filter(|external| {
            !matches!(external, External::Tenant { home_tenant, .. } if *home_tenant == owner)
        });
            User {
                id,
                user_principal_name: format!("{}@{domain}", id.as_u128()),
                // The address that was invited.
            mail: external.as_ref().map(|_| format!("{}@{domain}", id.as_u128())),
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
                external,
                sms_sign_in: false,
                managed_by_synchronization: false,
                sponsor: None,
                identity_provider: None,
                attributes: BTreeMap::new(),
            }
        },
    )
}

pub(super) fn directory(owner: TenantId) -> impl Strategy<Value = Directory> {
    let users: Vec<_> = USERS
        .into_iter()
        .map(|id| weighted(0.8, user(owner, id)))
        .collect();
    (users, vec(groups(), GROUPS.len())).prop_map(|(users, nesting)| Directory {
        users: users
            .into_iter()
            .flatten()
            .map(|user| (user.id, user))
            .collect(),
        groups: GROUPS.into_iter().zip(nesting).collect(),
    })
}
