//! Invented Conditional Access policies.

use comity_policy::conditional_access::{
    ApplicationCondition, Category, ConditionalAccessPolicy, Control, ExternalUsers, Operator,
    PolicyState, UserCondition,
};
use proptest::collection::{btree_set, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::ids::{GROUPS, application, tenant_id, user_id};

fn user_condition(all: f64) -> impl Strategy<Value = UserCondition> {
    let external = (
        btree_set(select(Category::ALL.to_vec()), 1..4),
        weighted(0.3, btree_set(tenant_id(), 1..3)),
    );
    let external = external.prop_map(|(categories, tenants)| ExternalUsers {
        categories,
        tenants,
    });
    let parts = (
        prop::bool::weighted(all),
        btree_set(user_id(), 0..2),
        btree_set(select(GROUPS.to_vec()), 0..2),
        weighted(0.5, external),
    );
    parts.prop_map(|(all, users, groups, external)| UserCondition {
        all,
        users,
        groups,
        external,
    })
}

fn application_condition(all: f64) -> impl Strategy<Value = ApplicationCondition> {
    let parts = (
        prop::bool::weighted(all),
        prop::bool::weighted(0.2),
        btree_set(application(), 0..2),
    );
    parts.prop_map(|(all, office365, applications)| ApplicationCondition {
        all,
        office365,
        admin_portals: false,
        applications,
    })
}

/// The combinations of methods that occur, two that are possible everywhere and two at home.
const METHODS: [&str; 4] = [
    "password,sms",
    "password,softwareOath",
    "fido2",
    "deviceBasedPush",
];

pub(super) fn methods() -> impl Strategy<Value = Vec<String>> {
    vec(select(METHODS.to_vec()).prop_map(str::to_owned), 0..2)
}

fn control() -> impl Strategy<Value = Control> {
    let strength = btree_set(select(METHODS.to_vec()).prop_map(str::to_owned), 1..3);
    prop_oneof![
        2 => Just(Control::Block),
        6 => Just(Control::Mfa),
        2 => Just(Control::CompliantDevice),
        2 => Just(Control::HybridJoinedDevice),
        1 => Just(Control::Unsupported("passwordChange")),
        2 => strength.prop_map(Control::Strength),
        2 => Just(Control::TermsOfUse),
    ]
}

pub(crate) fn conditional_access_policy() -> BoxedStrategy<ConditionalAccessPolicy> {
    let state = prop_oneof![
        8 => Just(PolicyState::Enabled),
        1 => Just(PolicyState::Disabled),
        1 => Just(PolicyState::ReportOnly),
    ];
    let parts = (
        state,
        user_condition(0.5),
        user_condition(0.05),
        application_condition(0.7),
        application_condition(0.05),
        any::<bool>(),
        vec(control(), 0..3),
    );
    parts
        .prop_map(|(state, include, exclude, apps, not_apps, or, controls)| {
            ConditionalAccessPolicy {
                id: "p".to_owned(),
                elsewhere: false,
                source: None,
                display_name: None,
                state,
                include_users: include,
                exclude_users: exclude,
                include_applications: apps,
                exclude_applications: not_apps,
                operator: match or {
                    true => Operator::Or,
                    false => Operator::And,
                },
                controls,
            }
        })
        .boxed()
}
