//! Random worlds of up to four tenants and a sign-in in each.

use comity_policy::conditional_access::{Claims, Device};
use comity_policy::sign_in::{Journey, SignIn, SignInAccount};
use comity_policy::tenant::{Cloud, MICROSOFT_ACCOUNTS, TenantId};
use comity_policy::tenant_restrictions::{Carrier, Header};
use comity_policy::world::{Directory, Suites, Tenant, World};

use super::choices::Choices;
use super::{conditions, ids, people, settings};

pub(crate) fn world(choices: &mut Choices) -> World {
    let mut world = World {
        suites: Suites {
            office365: choices.some(3, ids::app),
            all_microsoft_apps: choices.some(4, ids::app),
            direct_connect_capable: choices.some(12, ids::app),
        }
        .into(),
        both_sides_required: choices.percent(15),
        ..World::default()
    };
    for id in ids::TENANTS {
        let unknown = choices.percent(match id {
            MICROSOFT_ACCOUNTS => 80,
            _ => 3,
        });
        if !unknown {
            let tenant = tenant(choices, id);
            world.tenants.insert(id, tenant);
        }
    }
    world
}

fn tenant(choices: &mut Choices, id: TenantId) -> Tenant {
    let cloud = match choices.percent(12) {
        true => choices.one(&Cloud::ALL),
        false => Cloud::Commercial,
    };
    Tenant {
        p1: !choices.percent(8),
        policy: match choices.percent(6) {
            true => None,
            false => Some(settings::policy(choices, id)),
        },
        domain_list: choices.maybe(30, people::domain_list),
        directory: choices.maybe(60, people::directory),
        conditional_access: conditions::policies(choices),
        ..Tenant::registered(id, cloud)
    }
}

fn directory(world: &World, tenant: TenantId) -> Option<&Directory> {
    world.tenant(tenant)?.directory.as_ref()
}

pub(crate) fn sign_in(choices: &mut Choices, world: &World) -> SignIn {
    let resource = match choices.percent(6) {
        true => ids::tenant(choices),
        false => ids::RESOURCE,
    };
    SignIn {
        journey: match choices.below(10) {
            0..5 => Journey::Collaboration,
            5..9 => Journey::DirectConnect,
            _ => Journey::ServiceProvider,
        },
        account: account(choices, world, resource),
        resource,
        client_app: choices.maybe(40, ids::app),
        resource_app: ids::app(choices),
        claims: claims(choices),
        consent_accepted: choices.percent(50),
        first_access: choices.percent(40),
        is_interactive: true,
        client_app_used: None,
        restrictions: choices.maybe(15, |choices| header(choices, world)),
    }
}

fn account(choices: &mut Choices, world: &World, resource: TenantId) -> SignInAccount {
    if choices.percent(12) {
        return SignInAccount::Guest(people::guest(choices, directory(world, resource)));
    }
    let tenant = match choices.percent(6) {
        true => ids::tenant(choices),
        false => ids::HOME,
    };
    SignInAccount::Home {
        tenant,
        user: people::account(
            choices,
            tenant,
            directory(world, tenant),
            directory(world, resource),
        ),
        groups: choices.maybe(70, |choices| choices.some(4, ids::any_group)),
    }
}

fn claims(choices: &mut Choices) -> Claims {
    let methods = |choices: &mut Choices| {
        choices.some(2, |choices: &mut Choices| {
            choices.one(&conditions::METHODS).to_owned()
        })
    };
    Claims {
        mfa: choices.percent(50),
        methods: methods(choices),
        device: choices.maybe(60, |choices| Device {
            is_compliant: choices.percent(50),
            is_hybrid_joined: choices.percent(50),
        }),
        resource_mfa: choices.percent(50),
        resource_methods: methods(choices),
        terms_accepted: choices.percent(50),
        outbound_consent: choices.percent(50),
    }
}

fn header(choices: &mut Choices, world: &World) -> Header {
    let tenant = match choices.percent(30) {
        true => ids::tenant(choices),
        false => ids::THIRD,
    };
    let right = world.policy(tenant).and_then(|policy| policy.id);
    let policy = match (right, choices.percent(8)) {
        (Some(right), false) => right,
        _ => ids::policy_id(choices),
    };
    Header {
        value: match choices.below(20) {
            0..17 => format!("{tenant}:{policy}"),
            17 => format!(" {tenant}:{policy} ").to_uppercase(),
            18 => choices.one(&[format!("{tenant}"), format!("{tenant} : {policy}")]),
            _ => format!("{tenant}:{policy}:{policy}"),
        },
        carrier: choices.one(&[Carrier::Proxy, Carrier::Universal, Carrier::Windows]),
    }
}
