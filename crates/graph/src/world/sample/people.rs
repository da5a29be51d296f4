//! Users and groups, drawn at random.

use policy::world::{Directory, External, ExternalIdentity, RedemptionState, User, UserType};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{group_id, name, tenant_id, user_id};

fn external() -> impl Strategy<Value = External> {
    let identities = btree_set(
        select(vec![
            ExternalIdentity::Federation,
            ExternalIdentity::Social,
            ExternalIdentity::MicrosoftAccount,
            ExternalIdentity::EmailPasscode,
        ]),
        0..3,
    );
    prop_oneof![
        (tenant_id(), user_id()).prop_map(|(home_tenant, home_user)| External::Tenant {
            home_tenant,
            home_user
        }),
        identities.prop_map(External::Providers),
    ]
}

fn user() -> impl Strategy<Value = User> {
    let names = (name(), option::of(name()), option::of(name()));
    let switches = (any::<bool>(), any::<bool>(), any::<bool>());
    let states = vec![
        RedemptionState::PendingAcceptance,
        RedemptionState::Accepted,
    ];
    (
        (user_id(), names, switches),
        select(vec![UserType::Member, UserType::Guest]),
        option::of(btree_set(group_id(), 0..3)),
        (
            option::of(external()),
            option::of(select(states)),
            option::of(user_id()),
        ),
        (
            option::of(select(vec!["azureActiveDirectory", "microsoftAccount"])),
            option::of(name()),
        ),
    )
        .prop_map(|((id, names, switches), user_type, groups, guest, rest)| {
            let (user_principal_name, mail, display_name) = names;
            let (enabled, sms_sign_in, managed_by_synchronization) = switches;
            let (external, redemption, sponsor) = guest;
            let (identity_provider, department) = rest;
            let department = department.map(|text| ("department".to_owned(), text));
            User {
                id,
                user_principal_name,
                mail,
                display_name,
                user_type,
                enabled,
                groups,
                external,
                redemption,
                sms_sign_in,
                managed_by_synchronization,
                sponsor,
                identity_provider,
                attributes: department.into_iter().collect(),
            }
        })
}

pub(super) fn directory() -> impl Strategy<Value = Directory> {
    let groups = vec((group_id(), btree_set(group_id(), 0..3)), 0..4);
    (vec(user(), 0..4), groups).prop_map(|(users, groups)| Directory {
        users: users.into_iter().map(|user| (user.id, user)).collect(),
        groups: groups.into_iter().collect(),
    })
}
