//! Random Conditional Access: every state, operator and control, and every way to mean somebody.

use std::collections::BTreeSet;

use comity_policy::conditional_access::{
    ApplicationCondition, Category, ConditionalAccessPolicy, Control, ExternalUsers, Operator,
    PolicyState, UserCondition,
};

use super::choices::Choices;
use super::ids;

/// Combinations of methods: known to the law, and not.
pub(crate) const METHODS: [&str; 6] = [
    "password,sms",
    "fido2",
    "password,hardwareOath",
    "password,voice",
    "password",
    "x509CertificateSingleFactor",
];

pub(crate) fn policies(choices: &mut Choices) -> Vec<ConditionalAccessPolicy> {
    match choices.percent(75) {
        true => choices.some(5, policy),
        false => Vec::new(),
    }
}

fn policy(choices: &mut Choices) -> ConditionalAccessPolicy {
    ConditionalAccessPolicy {
        id: "policy".to_owned(),
        display_name: None,
        state: match choices.below(6) {
            0..4 => PolicyState::Enabled,
            4 => PolicyState::Disabled,
            _ => PolicyState::ReportOnly,
        },
        include_users: users(choices, 30),
        exclude_users: match choices.percent(40) {
            true => users(choices, 3),
            false => UserCondition::default(),
        },
        include_applications: apps(choices, 70),
        exclude_applications: match choices.percent(30) {
            true => apps(choices, 3),
            false => ApplicationCondition::default(),
        },
        operator: choices.one(&[Operator::Or, Operator::And]),
        controls: choices.some(3, control),
        elsewhere: choices.percent(10),
        source: None,
    }
}

fn users(choices: &mut Choices, all: usize) -> UserCondition {
    UserCondition {
        all: choices.percent(all),
        users: choices.some(1, ids::user),
        groups: choices.some(1, ids::group),
        external: choices.maybe(50, |choices| ExternalUsers {
            categories: choices.some(3, |choices| choices.one(&Category::ALL)),
            tenants: choices.maybe(40, |choices| choices.some(2, ids::tenant)),
        }),
    }
}

fn apps(choices: &mut Choices, all: usize) -> ApplicationCondition {
    ApplicationCondition {
        all: choices.percent(all),
        office365: choices.percent(20),
        admin_portals: choices.percent(10),
        applications: choices.some(1, ids::app),
    }
}

fn control(choices: &mut Choices) -> Control {
    match choices.below(10) {
        0..2 => Control::Mfa,
        2 => Control::CompliantDevice,
        3 => Control::HybridJoinedDevice,
        4..7 => Control::Strength(methods(choices)),
        7 => Control::TermsOfUse,
        8 => Control::Unsupported("passwordChange"),
        _ => Control::Block,
    }
}

fn methods(choices: &mut Choices) -> BTreeSet<String> {
    choices.some(3, |choices| choices.one(&METHODS).to_owned())
}
