//! What is said about changes that administrators make, and about settings that are easily misread.

use std::collections::BTreeSet;

use policy::explain::Names;
use policy::settings::{
    AutomaticConsent, Block, BlockName, CompleteBlock, IdentitySynchronization, InboundTrust,
    Partner, Policy,
};
use policy::target::{
    Access, ApplicationId, ApplicationTarget, GroupId, Half, Scope, Targets, UserId, UserTarget,
};
use policy::tenant::{Cloud, TenantId};
use policy::world::{Suites, Tenant, World};
use preview::difference::{Switch, Turn, Words, between};

use Access::{Allowed, Blocked};
use BlockName::{
    B2bCollaborationInbound as INBOUND, B2bCollaborationOutbound as OUTBOUND,
    B2bDirectConnectInbound as DIRECT, TenantRestrictions as RESTRICTIONS,
};

const OWN: TenantId = TenantId::from_u128(1);

struct Short;

impl Names for Short {
    fn tenant(&self, id: TenantId) -> String {
        format!("tenant {:x}", id.as_u128())
    }
    fn user(&self, _: TenantId, id: UserId) -> String {
        format!("user {:x}", id.as_u128())
    }
    fn group(&self, id: GroupId) -> String {
        format!("group {:x}", id.as_u128())
    }
    fn application(&self, id: ApplicationId) -> String {
        format!("app {:x}", id.as_u128())
    }
}

fn tenant(id: u128) -> TenantId {
    TenantId::from_u128(id)
}

fn user(id: u128) -> UserTarget {
    UserTarget::User(UserId::from_u128(id))
}

fn group(id: u128) -> UserTarget {
    UserTarget::Group(GroupId::from_u128(id))
}

fn app(id: u128) -> ApplicationTarget {
    ApplicationTarget::Application(ApplicationId::from_u128(id))
}

/// An empty list is "all".
fn half<T: Clone>(access: Access, names: &[T]) -> Half<T> {
    Half {
        access,
        scope: Targets::new(names.to_vec()).map_or(Scope::All, Scope::Only),
    }
}

fn block(
    users: (Access, &[UserTarget]),
    applications: (Access, &[ApplicationTarget]),
) -> Option<Block> {
    Some(Block {
        users: Some(half(users.0, users.1)),
        applications: Some(half(applications.0, applications.1)),
    })
}

fn all(access: Access) -> Option<Block> {
    Some(CompleteBlock::all(access).into())
}

/// A policy with that block towards some partners.
fn towards(partners: &[u128], name: BlockName, block: &Option<Block>) -> Policy {
    let mut policy = Policy::default();
    for id in partners {
        let mut entry = Partner::new(tenant(*id));
        entry.blocks.set(name, block.clone());
        policy.partners.insert(entry);
    }
    policy
}

fn default(name: BlockName, block: Option<Block>) -> Policy {
    let mut policy = Policy::default();
    policy.defaults.blocks.set(name, block);
    policy
}

/// Office 365 is 51 and 52, Microsoft has 53 beside, 52 and 60 can be reached by direct connect. Tenant
/// f lives in another cloud.
fn world() -> World {
    let ids = |ids: &[u128]| -> BTreeSet<ApplicationId> {
        ids.iter().copied().map(ApplicationId::from_u128).collect()
    };
    let mut world = World {
        suites: Suites {
            office365: ids(&[0x51, 0x52]),
            all_microsoft_apps: ids(&[0x51, 0x52, 0x53]),
            direct_connect_capable: ids(&[0x52, 0x60]),
        }
        .into(),
        ..World::default()
    };
    for (id, cloud) in [(1, Cloud::Commercial), (0xf, Cloud::UsGovernment)] {
        let tenant = Tenant::registered(tenant(id), cloud);
        world.tenants.insert(tenant.id, tenant);
    }
    world
}

fn told(before: &Policy, after: &Policy) -> Vec<String> {
    let world = world();
    let words = Words::new(&Short, OWN, &world.suites, Words::FEW);
    let found = between(&world, OWN, before, after);
    let regions = found.regions.iter().map(|region| match region.turn {
        Turn::Opens => format!("opens: {}", words.region(region)),
        Turn::Closes => format!("closes: {}", words.region(region)),
    });
    let switches = found.switches.iter().map(|one| words.switched(one));
    regions.chain(switches).collect()
}

#[track_caller]
fn inbound(before: &Option<Block>, after: &Option<Block>, expected: &[&str]) {
    let told = told(
        &towards(&[0xa], INBOUND, before),
        &towards(&[0xa], INBOUND, after),
    );
    let prefix = "B2B collaboration inbound, tenant a: ";
    let told: Vec<String> = told.iter().map(|line| line.replace(prefix, "")).collect();
    assert_eq!(told, expected);
}

#[test]
fn an_allow_list_that_grows_by_three_users_is_one_box_of_three_users() {
    let few = block((Allowed, &[user(1)]), (Allowed, &[]));
    let more = block(
        (Allowed, &[user(1), user(2), user(3), user(4)]),
        (Allowed, &[]),
    );
    inbound(
        &few,
        &more,
        &["opens: user 2, user 3 and user 4 → all applications"],
    );
    inbound(
        &more,
        &few,
        &["closes: user 2, user 3 and user 4 → all applications"],
    );
}

#[test]
fn who_was_let_in_by_a_group_is_not_told_to_be_let_in() {
    let before = block((Allowed, &[group(1)]), (Allowed, &[]));
    let after = block((Allowed, &[group(1), user(2)]), (Allowed, &[]));
    inbound(
        &before,
        &after,
        &["opens: user 2 except members of group 1 → all applications"],
    );
    let swapped = block((Allowed, &[group(3)]), (Allowed, &[]));
    inbound(
        &before,
        &swapped,
        &[
            "opens: members of group 3 except members of group 1 → all applications",
            "closes: members of group 1 except members of group 3 → all applications",
        ],
    );
}

#[test]
fn users_and_applications_decide_together() {
    // S3.5: a list of users and a list of applications, both longer: an edge and a corner.
    let before = block((Allowed, &[user(1)]), (Allowed, &[app(1)]));
    let after = block((Allowed, &[user(1), user(2)]), (Allowed, &[app(1), app(2)]));
    inbound(
        &before,
        &after,
        &[
            "opens: user 1 → app 2 unless together with app 1",
            "opens: user 2 → app 1 and app 2",
        ],
    );
    // The last line of the truth table blocks the pair and nothing else.
    let pair = block((Blocked, &[group(1)]), (Blocked, &[app(1)]));
    inbound(
        &all(Allowed),
        &pair,
        &["closes: members of group 1 → app 1"],
    );
    let whole = block((Blocked, &[group(1)]), (Blocked, &[]));
    inbound(
        &pair,
        &whole,
        &["closes: members of group 1 → all applications except app 1"],
    );
    inbound(
        &pair,
        &block((Blocked, &[group(1)]), (Allowed, &[app(1)])),
        &["closes: all users → all applications except app 1"],
    );
}

#[test]
fn a_suite_is_what_it_holds() {
    // S1.9: naming a suite and naming all of it is the same.
    let suite = block((Allowed, &[]), (Allowed, &[ApplicationTarget::Office365]));
    let members = block((Allowed, &[]), (Allowed, &[app(0x51), app(0x52)]));
    inbound(&suite, &members, &[]);
    let larger = block(
        (Allowed, &[]),
        (Allowed, &[ApplicationTarget::AllMicrosoftApps]),
    );
    inbound(
        &suite,
        &larger,
        &["opens: all users → app 53 unless together with Office365"],
    );
    inbound(
        &all(Allowed),
        &suite,
        &["closes: all users → all applications except Office365"],
    );
}

#[test]
fn halves_that_are_missing_or_contradict_each_other_are_read_as_the_law_reads_them() {
    // S3.2: a lone "blocked, all" is completed with the other one.
    let lone = Some(Block {
        users: Some(Half::all(Blocked)),
        applications: None,
    });
    inbound(&lone, &all(Blocked), &[]);
    let lone = Some(Block {
        users: None,
        applications: Some(half(Allowed, &[app(1)])),
    });
    inbound(&lone, &block((Allowed, &[]), (Allowed, &[app(1)])), &[]);
    // S4.12 refuses it when it is written; what is stored lets nobody in.
    let contradiction = block((Allowed, &[user(1)]), (Blocked, &[]));
    inbound(&contradiction, &all(Blocked), &[]);
    inbound(
        &all(Allowed),
        &contradiction,
        &["closes: all users → all applications"],
    );
}

#[test]
fn partners_with_the_same_change_are_one_line_and_those_of_their_own_are_left_out() {
    let before = towards(&[0xa, 0xb, 0xc], INBOUND, &None);
    let mut after = before.clone();
    after.defaults.blocks.set(INBOUND, all(Blocked));
    let own = Partner::new(tenant(0xb));
    let mut open = own.clone();
    open.blocks.set(INBOUND, all(Allowed));
    after.partners.insert(open);
    assert_eq!(
        told(&before, &after),
        [
            "closes: B2B collaboration inbound, tenant a, tenant c and everyone else: all users → all applications"
        ]
    );
    let many: Vec<u128> = (0x100..0x1f0).collect();
    let before = towards(&many, RESTRICTIONS, &None);
    let mut after = before.clone();
    after.defaults.blocks.set(RESTRICTIONS, all(Allowed));
    assert_eq!(
        told(&before, &after),
        [
            "opens: tenant restrictions, tenant 100, tenant 101, tenant 102, tenant 103, 236 more partners and everyone else: all users → all applications"
        ]
    );
}

#[test]
fn a_partner_that_is_removed_falls_back_to_the_default() {
    // S2.8.
    let mut before = towards(&[0xa], OUTBOUND, &all(Blocked));
    let mut entry = before.partners.get(tenant(0xa)).unwrap().clone();
    entry.automatic_consent = AutomaticConsent {
        inbound: Some(true),
        outbound: None,
    };
    entry.synchronization = Some(IdentitySynchronization {
        is_sync_allowed: Some(true),
        ..IdentitySynchronization::default()
    });
    before.partners.insert(entry);
    assert_eq!(
        told(&before, &Policy::default()),
        [
            "opens: B2B collaboration outbound, tenant a: all users → all applications",
            "Guests are asked to agree: tenant a",
            "Users are no longer synchronized into this tenant: tenant a",
        ]
    );
}

#[test]
fn a_cloud_that_is_enabled_opens_nothing_before_a_partner_is_added() {
    // S5.2.
    let before = Policy::default();
    let mut enabled = before.clone();
    enabled.allowed_clouds = vec![Cloud::UsGovernment];
    let found = between(&world(), OWN, &before, &enabled);
    assert!(found.is_equal());
    assert_eq!(found.clouds_enabled, [Cloud::UsGovernment]);
    let mut added = enabled.clone();
    added.partners.insert(Partner::new(tenant(0xf)));
    assert_eq!(
        told(&enabled, &added),
        [
            "opens: B2B collaboration inbound, tenant f: all users → all applications",
            "opens: B2B collaboration outbound, tenant f: all users → all applications",
            "Own users may enter as a service provider's: tenant f",
        ]
    );
    // An entry for a tenant of the own cloud inherits everything, and nothing changes.
    let mut added = before.clone();
    added.partners.insert(Partner::new(tenant(0xa)));
    let found = between(&world(), OWN, &before, &added);
    assert!(found.is_equal());
    assert_eq!(found.added, [tenant(0xa)]);
}

#[test]
fn by_direct_connect_only_what_can_be_reached_by_it_is_opened() {
    // S9.3: a list of all that can be reached lets in as much as "all".
    let reachable = block((Allowed, &[]), (Allowed, &[app(0x52), app(0x60)]));
    assert_eq!(
        told(&default(DIRECT, reachable), &default(DIRECT, all(Allowed))),
        [""; 0]
    );
    // 53 cannot be reached, but be the client of what can.
    let before = default(DIRECT, block((Allowed, &[]), (Allowed, &[app(0x52)])));
    let named = default(
        DIRECT,
        block((Allowed, &[]), (Allowed, &[app(0x52), app(0x53)])),
    );
    assert_eq!(
        told(&before, &named),
        [
            "opens: B2B direct connect inbound, everyone else: all users → app 53 unless together with app 52"
        ]
    );
    let witness = &between(&world(), OWN, &before, &named).regions;
    let applications = witness.first().unwrap().witness.applications;
    assert_eq!(applications.client, Some(ApplicationId::from_u128(0x53)));
    assert_eq!(applications.resource, ApplicationId::from_u128(0x60));
}

#[test]
fn trust_is_told_flag_by_flag() {
    // S2.4: what the entry leaves open is inherited.
    let mut before = towards(&[0xa, 0xb], INBOUND, &None);
    let trust = |mfa| InboundTrust {
        mfa,
        compliant_device: Some(true),
        ..InboundTrust::default()
    };
    let mut entry = Partner::new(tenant(0xa));
    entry.trust = Some(trust(None));
    before.partners.insert(entry);
    let mut after = before.clone();
    after.defaults.trust = Some(trust(Some(true)));
    assert_eq!(
        told(&before, &after),
        [
            "Multifactor authentication done at home counts: tenant a, tenant b and everyone else",
            "Compliant devices of the home tenant count: tenant b and everyone else",
        ]
    );
    let switches = between(&world(), OWN, &after, &before).switches;
    let switches: Vec<_> = switches.iter().map(|one| (one.switch, one.turn)).collect();
    assert_eq!(
        switches,
        [
            (Switch::MfaTrust, Turn::Closes),
            (Switch::CompliantDeviceTrust, Turn::Closes)
        ]
    );
}
