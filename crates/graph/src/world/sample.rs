//! Small worlds, drawn at random, for the laws that hold for every world.

mod access;
mod people;
mod settings;

use std::collections::{BTreeMap, BTreeSet};

use policy::multitenant::{
    Member, MultitenantOrganization, PartnerTemplate, SynchronizationTemplate, TemplateLevel,
    Templates,
};
use policy::role::Action;
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::{Cloud, Domain, TenantId};
use policy::world::{AllowInvitesFrom, DomainList, Storage, Suites, Tenant, World};
use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use signins::event::{CrossTenantAccess, SignIn};
use signins::window::Moment;

use self::access::conditional_access;
use self::people::directory;
use self::settings::{blocks, consent, policy, trust};
use super::Fixture;

/// Few ids, so that they meet.
fn bits() -> impl Strategy<Value = u128> + Clone {
    (0u128..6).prop_map(|small| 0x0c00_0000_0000_4000_8000_0000_0000_00f0 + small)
}

fn tenant_id() -> impl Strategy<Value = TenantId> + Clone {
    bits().prop_map(TenantId::from_u128)
}

fn user_id() -> impl Strategy<Value = UserId> + Clone {
    bits().prop_map(UserId::from_u128)
}

fn group_id() -> impl Strategy<Value = GroupId> + Clone {
    bits().prop_map(GroupId::from_u128)
}

fn application_id() -> impl Strategy<Value = ApplicationId> + Clone {
    bits().prop_map(ApplicationId::from_u128)
}

fn name() -> impl Strategy<Value = String> + Clone {
    "[a-zA-ZäöüЖ雪 '\"\\\\]{1,8}"
}

fn flag() -> impl Strategy<Value = Option<bool>> + Clone {
    option::of(any::<bool>())
}

fn domain() -> impl Strategy<Value = Domain> {
    "[a-z]{3,8}\\.(com|us|cn)".prop_map(|text| text.parse().expect("a domain"))
}

fn templates() -> impl Strategy<Value = Templates> {
    let level = || {
        (any::<bool>(), any::<bool>()).prop_map(|(new_partners, existing_partners)| TemplateLevel {
            new_partners,
            existing_partners,
        })
    };
    let partner = (level(), blocks(), trust(), consent()).prop_map(
        |(level, blocks, trust, automatic_consent)| PartnerTemplate {
            level,
            blocks,
            trust,
            automatic_consent,
        },
    );
    let synchronization =
        (level(), flag()).prop_map(|(level, is_sync_allowed)| SynchronizationTemplate {
            level,
            is_sync_allowed,
        });
    (partner, synchronization).prop_map(|(partner, synchronization)| Templates {
        partner,
        synchronization,
    })
}

fn domain_list() -> impl Strategy<Value = DomainList> {
    (any::<bool>(), btree_set(domain(), 1..3)).prop_map(|(allowed, domains)| match allowed {
        true => DomainList::Allowed(domains),
        false => DomainList::Blocked(domains),
    })
}

/// One tenant. It has no domains: they must differ between tenants.
pub(crate) fn tenant() -> impl Strategy<Value = Tenant> {
    let contexts = vec((select(Action::ALL), "c[1-9]"), 0..2).prop_map(|contexts| {
        let changes = contexts.into_iter().filter(|(action, _)| !action.is_read());
        changes.collect::<BTreeMap<Action, String>>()
    });
    (
        (tenant_id(), option::of(name()), select(Cloud::ALL.to_vec())),
        (any::<bool>(), any::<bool>(), any::<bool>()),
        (
            option::of(policy()),
            option::of(directory()),
            option::of(domain_list()),
        ),
        (
            select(AllowInvitesFrom::ALL.to_vec()),
            select(vec![Storage::Scalable, Storage::Legacy, Storage::Migrating]),
        ),
        (contexts, vec(conditional_access(), 0..3), templates()),
    )
        .prop_map(
            |((id, display_name, cloud), switches, parts, words, rest)| {
                let (mut policy, directory, domain_list) = parts;
                if let Some(policy) = &mut policy {
                    policy.partners.remove(id);
                }
                Tenant {
                    display_name,
                    p1: switches.0,
                    policy,
                    allow_invites_from: words.0,
                    domain_list,
                    email_passcode: switches.1,
                    directory,
                    conditional_access: rest.1,
                    protected_actions: rest.0,
                    storage: words.1,
                    templates: rest.2,
                    in_other_multitenant_organization: switches.2,
                    ..Tenant::registered(id, cloud)
                }
            },
        )
}

fn organization() -> impl Strategy<Value = MultitenantOrganization> {
    let members = btree_set(tenant_id(), 0..4).prop_flat_map(|tenants| {
        let tenants: Vec<TenantId> = tenants.into_iter().collect();
        let roles = vec((any::<bool>(), any::<bool>()), tenants.len());
        roles.prop_map(move |roles| {
            let members = tenants.iter().zip(roles);
            let member = |(tenant, (owner, active)): (&TenantId, (bool, bool))| Member {
                owner,
                active,
                added_by: owner.then_some(*tenant),
                display_name: active.then(|| "Renamed".to_owned()),
                ..Member::pending(*tenant)
            };
            members.map(member).collect::<Vec<_>>()
        })
    });
    (option::of(name()), members).prop_map(|(display_name, members)| MultitenantOrganization {
        description: display_name.clone(),
        display_name,
        members,
        ..MultitenantOrganization::default()
    })
}

fn sign_in() -> impl Strategy<Value = SignIn> {
    let access = vec![
        CrossTenantAccess::None,
        CrossTenantAccess::B2bCollaboration,
        CrossTenantAccess::Passthrough,
    ];
    (
        (name(), any::<u32>(), flag()),
        (
            option::of(tenant_id()),
            option::of(tenant_id()),
            option::of(user_id()),
        ),
        option::of(0i128..2_000_000_000_000_000_000),
        option::of(select(access)),
    )
        .prop_map(
            |((id, error_code, is_interactive), ids, created, access_type)| SignIn {
                created: created.map(Moment::from_nanoseconds),
                home_tenant: ids.0,
                resource_tenant: ids.1,
                user: ids.2,
                access_type,
                is_interactive,
                ..SignIn::bare(id, error_code)
            },
        )
}

/// A world with a handful of tenants.
pub(crate) fn fixture() -> impl Strategy<Value = Fixture> {
    let applications = || btree_set(application_id(), 0..3);
    let suites = (applications(), applications(), applications()).prop_map(
        |(office365, all_microsoft_apps, direct_connect_capable)| Suites {
            office365,
            all_microsoft_apps,
            direct_connect_capable,
        },
    );
    (
        vec((tenant(), btree_set(domain(), 0..3)), 0..4),
        (suites, vec(organization(), 0..3), any::<bool>()),
        vec(sign_in(), 0..3),
    )
        .prop_map(
            |(drawn, (suites, multitenant_organizations, both), sign_ins)| {
                let mut tenants = BTreeMap::new();
                let mut taken = BTreeSet::new();
                for (mut tenant, domains) in drawn {
                    let free = domains
                        .into_iter()
                        .filter(|domain| taken.insert(domain.clone()));
                    tenant.domains = free.collect();
                    tenants.entry(tenant.id).or_insert(tenant);
                }
                Fixture {
                    world: World {
                        tenants: tenants.into_values().collect(),
                        suites: suites.into(),
                        multitenant_organizations,
                        both_sides_required: both,
                    },
                    sign_ins,
                }
            },
        )
}
