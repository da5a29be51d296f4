//! Random pairs of small settings: few tenants, people, groups and applications, so that every
//! request there can be is asked.

use std::collections::BTreeSet;

use policy::settings::{
    AutomaticConsent, Block, BlockName, Blocks, Defaults, FallbackIdentityProvider,
    IdentitySynchronization, InboundTrust, Partner, Policy, RedemptionOrder,
};
use policy::target::{
    Access, ApplicationId, ApplicationTarget, GroupId, Half, Scope, Targets, UserId, UserTarget,
};
use policy::tenant::{Cloud, MICROSOFT_ACCOUNTS, TenantId};
use policy::world::{Suites, Tenant, World};

use super::choices::Choices;

pub(crate) const OWN: TenantId = TenantId::from_u128(0x01);
/// Two of the own cloud, two of others, one nobody knows, personal accounts, and one that is never
/// listed.
pub(crate) const OTHERS: [TenantId; 7] = [
    TenantId::from_u128(0x0a),
    TenantId::from_u128(0x0b),
    TenantId::from_u128(0x0c),
    TenantId::from_u128(0x0d),
    TenantId::from_u128(0x0e),
    MICROSOFT_ACCOUNTS,
    TenantId::from_u128(0x0f),
];
pub(crate) const USERS: [UserId; 3] = [
    UserId::from_u128(0x11),
    UserId::from_u128(0x12),
    UserId::from_u128(0x13),
];
pub(crate) const GROUPS: [GroupId; 2] = [GroupId::from_u128(0x21), GroupId::from_u128(0x22)];
/// The last one is in no suite and on no list.
pub(crate) const APPLICATIONS: [ApplicationId; 4] = [
    ApplicationId::from_u128(0x31),
    ApplicationId::from_u128(0x32),
    ApplicationId::from_u128(0x33),
    ApplicationId::from_u128(0x34),
];

/// Two states of the settings of one tenant.
pub(crate) struct Pair {
    pub(crate) world: World,
    pub(crate) before: Policy,
    pub(crate) after: Policy,
    /// The other tenants that requests are about; the last one is never listed.
    pub(crate) others: Vec<TenantId>,
    /// The applications that requests name.
    pub(crate) applications: &'static [ApplicationId],
}

/// Two or three tenants that may be listed, and three or four applications.
pub(crate) fn pair(choices: &mut Choices) -> Pair {
    let listable = OTHERS.get(..6).unwrap_or_default();
    let mut others: Vec<TenantId> = (0..2 + choices.below(2))
        .map(|_| choices.one(listable))
        .collect();
    others.sort_unstable();
    others.dedup();
    let applications = match choices.percent(25) {
        true => APPLICATIONS.as_slice(),
        false => APPLICATIONS.get(1..).unwrap_or_default(),
    };
    let before = policy(choices, &others);
    let after = match choices.percent(30) {
        true => policy(choices, &others),
        false => changed(choices, &before, &others),
    };
    others.extend(OTHERS.last());
    Pair {
        world: world(choices),
        before,
        after,
        others,
        applications,
    }
}

fn world(choices: &mut Choices) -> World {
    let mut applications = |most| choices.some(most, |choices| choices.one(&APPLICATIONS));
    let mut world = World {
        suites: Suites {
            office365: applications(2),
            all_microsoft_apps: applications(3),
            direct_connect_capable: applications(3),
        }
        .into(),
        ..World::default()
    };
    let own = choices.one(&[
        Cloud::Commercial,
        Cloud::Commercial,
        Cloud::Commercial,
        Cloud::UsGovernment,
        Cloud::China,
    ]);
    let [a, b, c, d, ..] = OTHERS;
    let clouds = [
        (OWN, own),
        (a, own),
        (b, own),
        (c, Cloud::UsGovernment),
        (d, Cloud::China),
    ];
    for (tenant, cloud) in clouds {
        if choices.percent(95) {
            world
                .tenants
                .insert(tenant, Tenant::registered(tenant, cloud));
        }
    }
    world
}

fn policy(choices: &mut Choices, others: &[TenantId]) -> Policy {
    let mut policy = Policy {
        allowed_clouds: choices.some(3, |choices| choices.one(&Cloud::ALL)),
        defaults: Defaults {
            blocks: blocks(choices, 40),
            trust: choices.maybe(40, trust),
            redemption: choices.maybe(10, redemption),
            ..Defaults::default()
        },
        ..Policy::default()
    };
    for tenant in others.iter().copied() {
        if choices.percent(70) {
            policy.partners.insert(partner(choices, tenant));
        }
    }
    policy
}

/// The same with a few changes.
fn changed(choices: &mut Choices, before: &Policy, others: &[TenantId]) -> Policy {
    let mut after = before.clone();
    for _ in 0..=choices.below(3) {
        let tenant = choices.one(others);
        match choices.below(8) {
            0 | 1 => {
                let name = choices.one(&BlockName::ALL);
                after.defaults.blocks.set(name, choices.maybe(70, block));
            }
            2 => after.defaults.trust = choices.maybe(60, trust),
            3 => after.allowed_clouds = choices.some(3, |choices| choices.one(&Cloud::ALL)),
            4 => {
                after.partners.remove(tenant);
            }
            5 => after.partners.insert(partner(choices, tenant)),
            _ => {
                let name = choices.one(&BlockName::ALL);
                let block = choices.maybe(80, block);
                if let Some(entry) = after.partners.get_mut(tenant) {
                    entry.blocks.set(name, block);
                }
            }
        }
    }
    after
}

fn partner(choices: &mut Choices, tenant: TenantId) -> Partner {
    let flag = |choices: &mut Choices| choices.maybe(70, |choices| choices.percent(70));
    Partner {
        is_service_provider: flag(choices),
        blocks: blocks(choices, 40),
        trust: choices.maybe(50, trust),
        automatic_consent: AutomaticConsent {
            inbound: flag(choices),
            outbound: flag(choices),
        },
        synchronization: choices.maybe(50, |choices| IdentitySynchronization {
            is_sync_allowed: flag(choices),
            ..IdentitySynchronization::default()
        }),
        ..Partner::new(tenant)
    }
}

fn trust(choices: &mut Choices) -> InboundTrust {
    let mut flag = || choices.maybe(60, |choices| choices.percent(60));
    InboundTrust {
        mfa: flag(),
        compliant_device: flag(),
        hybrid_joined_device: flag(),
        ..InboundTrust::default()
    }
}

fn redemption(choices: &mut Choices) -> RedemptionOrder {
    RedemptionOrder {
        fallback: choices.one(&FallbackIdentityProvider::ALL),
        ..RedemptionOrder::default()
    }
}

fn blocks(choices: &mut Choices, percent: usize) -> Blocks {
    let mut blocks = Blocks::default();
    for name in BlockName::ALL {
        blocks.set(name, choices.maybe(percent, block));
    }
    blocks
}

/// Any block at all: also halves that contradict each other, and lone ones.
fn block(choices: &mut Choices) -> Block {
    let users = half(choices, |choices| match choices.percent(50) {
        false => UserTarget::User(choices.one(USERS.get(..2).unwrap_or_default())),
        true => UserTarget::Group(choices.one(&GROUPS)),
    });
    let applications = half(choices, |choices| match choices.below(6) {
        4 => ApplicationTarget::Office365,
        5 => ApplicationTarget::AllMicrosoftApps,
        _ => ApplicationTarget::Application(choices.one(APPLICATIONS.get(..3).unwrap_or_default())),
    });
    let missing = choices.below(10);
    Block {
        users: (missing != 8).then_some(users),
        applications: (missing != 9).then_some(applications),
    }
}

fn half<T>(choices: &mut Choices, make: impl FnMut(&mut Choices) -> T) -> Half<T> {
    let access = match choices.percent(50) {
        true => Access::Blocked,
        false => Access::Allowed,
    };
    let targets = match choices.percent(70) {
        true => choices.some(3, make),
        false => Vec::new(),
    };
    Half {
        access,
        scope: Targets::new(targets).map_or(Scope::All, Scope::Only),
    }
}

/// Every set of groups.
pub(crate) fn memberships() -> Vec<BTreeSet<GroupId>> {
    let [g, h] = GROUPS;
    vec![
        BTreeSet::new(),
        BTreeSet::from([g]),
        BTreeSet::from([h]),
        BTreeSet::from([g, h]),
    ]
}
