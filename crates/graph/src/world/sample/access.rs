//! Conditional Access policies, drawn at random.

use policy::conditional_access::{
    ApplicationCondition, Category, ConditionalAccessPolicy, Control, ExternalUsers, Operator,
    PolicyState, UserCondition,
};
use proptest::collection::btree_set;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{application_id, group_id, name, tenant_id, user_id};

fn users_meant() -> impl Strategy<Value = UserCondition> {
    let external = (
        btree_set(select(Category::ALL.to_vec()), 0..4),
        option::of(btree_set(tenant_id(), 0..3)),
    )
        .prop_map(|(categories, tenants)| ExternalUsers {
            categories,
            tenants,
        });
    (
        any::<bool>(),
        btree_set(user_id(), 0..3),
        btree_set(group_id(), 0..3),
        option::of(external),
    )
        .prop_map(|(all, users, groups, external)| UserCondition {
            all,
            users,
            groups,
            external,
        })
}

fn applications_meant() -> impl Strategy<Value = ApplicationCondition> {
    let keywords = (any::<bool>(), any::<bool>(), any::<bool>());
    (keywords, btree_set(application_id(), 0..3)).prop_map(
        |((all, office365, admin_portals), applications)| ApplicationCondition {
            all,
            office365,
            admin_portals,
            applications,
        },
    )
}

fn controls() -> impl Strategy<Value = Vec<Control>> {
    let built_in = vec![
        Control::Block,
        Control::Mfa,
        Control::CompliantDevice,
        Control::HybridJoinedDevice,
        Control::Unsupported("passwordChange"),
    ];
    let combination = select(vec!["fido2".to_owned(), "password,sms".to_owned()]);
    (
        subsequence(built_in, 0..=3).prop_shuffle(),
        option::of(btree_set(combination, 0..2).prop_map(Control::Strength)),
        option::of(Just(Control::TermsOfUse)),
    )
        .prop_map(|(mut controls, strength, terms)| {
            controls.extend(strength);
            controls.extend(terms);
            controls
        })
}

pub(super) fn conditional_access() -> impl Strategy<Value = ConditionalAccessPolicy> {
    let states = vec![
        PolicyState::Enabled,
        PolicyState::Disabled,
        PolicyState::ReportOnly,
    ];
    (
        (name(), option::of(name()), select(states)),
        (users_meant(), users_meant()),
        (applications_meant(), applications_meant()),
        (select(vec![Operator::Or, Operator::And]), controls()),
    )
        .prop_map(|((id, display_name, state), users, applications, grant)| {
            ConditionalAccessPolicy {
                id,
                display_name,
                state,
                include_users: users.0,
                exclude_users: users.1,
                include_applications: applications.0,
                exclude_applications: applications.1,
                operator: grant.0,
                controls: grant.1,
                elsewhere: false,
                source: None,
            }
        })
}
