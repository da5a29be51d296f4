//! Random settings: blocks with one half or two, suites, trust flag by flag, consent, partners.

use comity_policy::settings::{
    AutomaticConsent, Block, BlockName, Blocks, Defaults, InboundTrust, Partner, Policy,
};
use comity_policy::target::{
    Access, ApplicationTarget, ApplicationsHalf, Half, Scope, Targets, UserTarget, UsersHalf,
};
use comity_policy::tenant::{Cloud, TenantId};

use super::choices::Choices;
use super::ids;

pub(crate) fn policy(choices: &mut Choices, own: TenantId) -> Policy {
    let mut policy = Policy {
        id: choices.maybe(80, ids::policy_id),
        allowed_clouds: choices.some(4, |choices| choices.one(&Cloud::ALL)),
        defaults: Defaults {
            blocks: blocks(choices, 40),
            trust: choices.maybe(40, trust),
            ..Defaults::default()
        },
        ..Policy::default()
    };
    for tenant in ids::TENANTS.into_iter().chain([ids::NOBODY]) {
        // INVARIANT (partner id is never our own)
        if tenant != own && choices.percent(80) {
            policy.partners.insert(partner(choices, tenant));
        }
    }
    policy
}

fn partner(choices: &mut Choices, tenant: TenantId) -> Partner {
    Partner {
        is_service_provider: choices.maybe(50, |choices| choices.percent(70)),
        blocks: blocks(choices, 50),
        trust: choices.maybe(60, trust),
        automatic_consent: AutomaticConsent {
            inbound: choices.maybe(70, |choices| choices.percent(70)),
            outbound: choices.maybe(70, |choices| choices.percent(70)),
        },
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

fn blocks(choices: &mut Choices, percent: usize) -> Blocks {
    let mut blocks = Blocks::default();
    for name in BlockName::ALL {
        let block = choices.maybe(percent, block);
        blocks.set(name, block);
    }
    blocks
}

fn block(choices: &mut Choices) -> Block {
    // Both missing is refused when written, but what is stored may be anything.
    let (users, applications) = match choices.below(12) {
        0..8 => (true, true),
        8..10 => (true, false),
        10 => (false, true),
        _ => (false, false),
    };
    Block {
        users: users.then(|| users_half(choices)),
        applications: applications.then(|| applications_half(choices)),
    }
}

fn access(choices: &mut Choices) -> Access {
    match choices.percent(25) {
        true => Access::Blocked,
        false => Access::Allowed,
    }
}

/// Mostly short; now and then more than fits into one line.
fn targets<T>(choices: &mut Choices, make: fn(&mut Choices, bool) -> T) -> Scope<T> {
    let targets: Vec<T> = match choices.below(20) {
        0..10 => Vec::new(),
        10..19 => choices.some(4, |choices| make(choices, false)),
        _ => choices.some(150, |choices| make(choices, true)),
    };
    Targets::new(targets).map_or(Scope::All, Scope::Only)
}

fn users_half(choices: &mut Choices) -> UsersHalf {
    Half {
        access: access(choices),
        scope: targets(choices, |choices, many| match (choices.percent(50), many) {
            (false, false) => UserTarget::User(ids::user(choices)),
            (false, true) => UserTarget::User(ids::any_user(choices)),
            (true, false) => UserTarget::Group(ids::group(choices)),
            (true, true) => UserTarget::Group(ids::any_group(choices)),
        }),
    }
}

fn applications_half(choices: &mut Choices) -> ApplicationsHalf {
    Half {
        access: access(choices),
        scope: targets(choices, |choices, many| match (choices.below(8), many) {
            (6, _) => ApplicationTarget::Office365,
            (7, _) => ApplicationTarget::AllMicrosoftApps,
            (_, false) => ApplicationTarget::Application(ids::app(choices)),
            (_, true) => ApplicationTarget::Application(ids::any_app(choices)),
        }),
    }
}
