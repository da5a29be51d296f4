//! S13.1, S13.7: making a multitenant organization, adding tenants, leaving.

use comity_policy::draft::Patch;
use comity_policy::joining;
use comity_policy::membership::{self as law, Described, MAXIMUM_LISTED_TENANTS, Outcome, Refusal};
use comity_policy::multitenant::{Member, OrganizationId};
use comity_policy::reason::Reason;
use comity_policy::tenant::{Cloud, TenantId};
use comity_policy::world::{Storage, World};

use crate::town::*;

const ID: OrganizationId = OrganizationId::from_u128(1);

fn named(name: &str) -> Described {
    Described {
        display_name: Patch::Value(name.to_owned()),
        ..Described::default()
    }
}

/// Carries an outcome out.
fn put(world: &mut World, outcome: Outcome) {
    world.multitenant_organizations = outcome.organizations;
    for (tenant, policy) in outcome.policies {
        at(world, tenant).policy = Some(policy);
    }
}

fn founded() -> World {
    let mut world = town();
    let made = law::create(&world, CONTOSO, ID, &named("Family"), 1).unwrap();
    put(&mut world, made);
    world
}

fn joined() -> World {
    let mut world = founded();
    let added = law::add(&world, CONTOSO, Member::pending(LITWARE), 2).unwrap();
    put(&mut world, added);
    let joined = joining::accept(&world, LITWARE, Some(CONTOSO), 3).unwrap();
    put(&mut world, joined);
    world
}

fn is_marked(world: &World, owner: TenantId, other: TenantId) -> bool {
    let entry = world
        .policy(owner)
        .and_then(|policy| policy.partners.get(other));
    entry.is_some_and(|entry| entry.is_in_multitenant_organization)
}

#[test]
fn whoever_makes_an_organization_owns_it_and_is_in_no_other() {
    // S13.1
    let world = founded();
    let own = law::active_in(&world, CONTOSO).unwrap();
    let member = own.member(CONTOSO).unwrap();
    assert!(member.owner && member.active);
    let again = law::create(&world, CONTOSO, ID, &named("Another"), 2);
    assert_eq!(again, Err(Reason::MtoAlreadyMember.into()));
}

#[test]
fn an_organization_needs_the_commercial_cloud_and_the_licence() {
    // S13.2
    let mut world = town();
    at(&mut world, CONTOSO).p1 = false;
    let made = law::create(&world, CONTOSO, ID, &named("Family"), 1);
    assert_eq!(made, Err(Reason::LicenseRequired.into()));
    at(&mut world, CONTOSO).cloud = Cloud::UsGovernment;
    let made = law::create(&world, CONTOSO, ID, &named("Family"), 1);
    assert_eq!(made, Err(Reason::MtoCloudUnsupported.into()));
}

#[test]
fn only_an_owner_adds_and_nobody_twice() {
    // S13.1
    let mut world = joined();
    let add = |world: &World, by, who| law::add(world, by, Member::pending(who), 4);
    assert_eq!(add(&world, LITWARE, NORTHWIND), Err(Refusal::NotOwner));
    assert_eq!(add(&world, FABRIKAM, NORTHWIND), Err(Refusal::NotActive));
    assert_eq!(add(&world, CONTOSO, LITWARE), Err(Refusal::Listed));
    let nobody = TenantId::from_u128(0x99);
    assert_eq!(
        add(&world, CONTOSO, nobody),
        Err(Reason::TenantNotFound.into())
    );
    let pending = (0..MAXIMUM_LISTED_TENANTS as u128)
        .map(|id| Member::pending(TenantId::from_u128(0xffff_0000 + id)));
    world.multitenant_organizations[0].members.extend(pending);
    assert_eq!(add(&world, CONTOSO, NORTHWIND), Err(Refusal::Full));
}

#[test]
fn a_tenant_joins_the_organization_that_it_says_added_it() {
    // S13.1, S13.2
    let mut world = founded();
    let added = law::add(&world, CONTOSO, Member::pending(LITWARE), 2).unwrap();
    put(&mut world, added);
    let wrong = joining::accept(&world, LITWARE, Some(FABRIKAM), 3);
    assert_eq!(wrong, Err(Reason::MtoNotInvited));
    let outcome = joining::accept(&world, LITWARE, Some(CONTOSO), 3).unwrap();
    put(&mut world, outcome);
    let member = law::active_in(&world, LITWARE)
        .unwrap()
        .member(LITWARE)
        .unwrap();
    assert_eq!((member.active, member.joined), (true, Some(3)));
    assert!(is_marked(&world, CONTOSO, LITWARE) && is_marked(&world, LITWARE, CONTOSO));
}

#[test]
fn leaving_takes_the_mark_and_nothing_else() {
    // S13.7, S14.9
    let mut world = joined();
    let before = world
        .policy(CONTOSO)
        .unwrap()
        .partners
        .get(LITWARE)
        .cloned();
    for by in [LITWARE, CONTOSO] {
        let outcome = law::leave(&world, by, LITWARE).unwrap();
        let mut after = world.clone();
        put(&mut after, outcome);
        let entry = after
            .policy(CONTOSO)
            .unwrap()
            .partners
            .get(LITWARE)
            .cloned();
        let mut expected = before.clone().unwrap();
        expected.is_in_multitenant_organization = false;
        assert_eq!(entry, Some(expected));
        assert!(!is_marked(&after, LITWARE, CONTOSO));
        assert_eq!(law::active_in(&after, LITWARE), None);
    }
    at(&mut world, CONTOSO).storage = Storage::Migrating;
    let refused = law::leave(&world, LITWARE, LITWARE);
    assert_eq!(refused, Err(Reason::PolicyMigrating.into()));
}

#[test]
fn the_last_owner_stays_until_nobody_else_is_active() {
    let mut world = joined();
    assert_eq!(
        law::leave(&world, CONTOSO, CONTOSO),
        Err(Refusal::LastOwner)
    );
    let demoted = law::change(&world, CONTOSO, CONTOSO, Some(false), &Patch::Absent);
    assert_eq!(demoted, Err(Refusal::LastOwner));
    let left = law::leave(&world, LITWARE, LITWARE).unwrap();
    put(&mut world, left);
    let left = law::leave(&world, CONTOSO, CONTOSO).unwrap();
    assert_eq!(left.organizations, []);
}

#[test]
fn only_an_owner_removes_others() {
    let world = joined();
    assert_eq!(law::leave(&world, LITWARE, CONTOSO), Err(Refusal::NotOwner));
    assert_eq!(
        law::leave(&world, CONTOSO, NORTHWIND),
        Err(Refusal::NotListed)
    );
}
