//! S13: multitenant organizations.

use comity_policy::administer::Operation;
use comity_policy::joining::{JoinOutcome, MAXIMUM_ACTIVE_TENANTS, join};
use comity_policy::multitenant::{
    Member, MultitenantOrganization, PartnerTemplate, SynchronizationTemplate, TemplateLevel,
    Templates,
};
use comity_policy::reason::Reason;
use comity_policy::settings::BlockName::*;
use comity_policy::settings::{AutomaticConsent, InboundTrust, Partner};
use comity_policy::tenant::{Cloud, TenantId};
use comity_policy::world::World;

use crate::administration::answer;
use crate::town::*;

fn entry(world: &World, owner: TenantId, other: TenantId) -> Option<Partner> {
    world.policy(owner)?.partners.get(other).cloned()
}

fn litware_joins(world: &World) -> JoinOutcome {
    join(world, LITWARE, 0)
}

fn invited() -> World {
    let mut world = town();
    family(&mut world);
    world
}

#[test]
fn joining_makes_a_pending_tenant_active_in_that_organization_only() {
    // S13.1
    let mut world = invited();
    let other = MultitenantOrganization {
        members: vec![Member::pending(LITWARE)],
        ..MultitenantOrganization::default()
    };
    world.multitenant_organizations.push(other);
    let outcome = litware_joins(&world);
    assert_eq!(outcome.reason, Reason::MtoJoined);
    world.apply(&outcome.effects);
    let active = |at: usize| {
        let members = &world.multitenant_organizations[at].members;
        members.iter().any(|m| m.tenant == LITWARE && m.active)
    };
    assert!(active(0) && !active(1));
    assert_eq!(litware_joins(&world).reason, Reason::MtoAlreadyActive);
}

#[test]
fn the_checks_of_a_join_in_their_order() {
    // S13.2: everything is wrong at first, then mended in the order of the clause.
    let mut world = town();
    let more = MAXIMUM_ACTIVE_TENANTS - 1;
    let reason = |world: &World, more| join(world, LITWARE, more).reason;
    assert_eq!(reason(&world, more), Reason::MtoNotInvited);
    family(&mut world);
    let litware = |world: &mut World, active| {
        world.multitenant_organizations[0].members[1].active = active;
    };
    litware(&mut world, true);
    at(&mut world, LITWARE).in_other_multitenant_organization = true;
    at(&mut world, LITWARE).cloud = Cloud::UsGovernment;
    at(&mut world, LITWARE).p1 = false;
    partner(&mut world, CONTOSO, LITWARE).is_service_provider = Some(true);
    assert_eq!(reason(&world, more), Reason::MtoAlreadyActive);
    litware(&mut world, false);
    assert_eq!(reason(&world, more), Reason::MtoAlreadyMember);
    at(&mut world, LITWARE).in_other_multitenant_organization = false;
    assert_eq!(reason(&world, more), Reason::MtoCloudUnsupported);
    at(&mut world, LITWARE).cloud = Cloud::Commercial;
    assert_eq!(reason(&world, more), Reason::MtoServiceProvider);
    partner(&mut world, CONTOSO, LITWARE).is_service_provider = None;
    partner(&mut world, LITWARE, CONTOSO).is_service_provider = Some(true);
    assert_eq!(reason(&world, more), Reason::MtoServiceProvider);
    partner(&mut world, LITWARE, CONTOSO).is_service_provider = Some(false);
    assert_eq!(reason(&world, more), Reason::LicenseRequired);
    at(&mut world, LITWARE).p1 = true;
    assert_eq!(reason(&world, more), Reason::MtoTenantLimit);
    assert_eq!(reason(&world, more - 1), Reason::MtoJoined);
}

#[test]
fn joining_adds_entries_both_ways_that_change_nothing() {
    // S13.3
    let mut world = invited();
    assert_eq!(entry(&world, CONTOSO, LITWARE), None);
    let outcome = litware_joins(&world);
    world.apply(&outcome.effects);
    for (owner, other) in [(LITWARE, CONTOSO), (CONTOSO, LITWARE)] {
        let expected = Partner {
            is_in_multitenant_organization: true,
            ..Partner::new(other)
        };
        assert_eq!(entry(&world, owner, other), Some(expected));
    }
    // A pending tenant gets none.
    assert_eq!(entry(&world, LITWARE, WOODGROVE), None);
}

fn templates(level: TemplateLevel) -> Templates {
    let mut partner = PartnerTemplate {
        level,
        trust: InboundTrust {
            mfa: Some(true),
            ..InboundTrust::default()
        },
        automatic_consent: AutomaticConsent {
            inbound: None,
            outbound: Some(true),
        },
        ..PartnerTemplate::default()
    };
    partner
        .blocks
        .set(B2bCollaborationInbound, Some(only_apps(&[CRM])));
    Templates {
        partner,
        synchronization: SynchronizationTemplate {
            level,
            is_sync_allowed: Some(true),
        },
    }
}

#[test]
fn templates_act_on_the_entries_of_their_own_tenant_by_level() {
    // S13.4, S13.5
    let levels = [(true, true), (true, false), (false, true), (false, false)];
    for owner in [LITWARE, CONTOSO] {
        let other = if owner == LITWARE { CONTOSO } else { LITWARE };
        for (new_partners, existing_partners) in levels {
            for existed in [false, true] {
                let mut world = invited();
                at(&mut world, owner).templates = templates(TemplateLevel {
                    new_partners,
                    existing_partners,
                });
                if existed {
                    partner(&mut world, owner, other);
                }
                let outcome = litware_joins(&world);
                world.apply(&outcome.effects);
                let due = if existed {
                    existing_partners
                } else {
                    new_partners
                };
                let own = entry(&world, owner, other).unwrap();
                assert_eq!(own.blocks.get(B2bCollaborationInbound).is_some(), due);
                assert_eq!(own.trust.is_some(), due);
                assert_eq!(own.automatic_consent.outbound.is_some(), due);
                assert_eq!(own.synchronization.is_some(), due);
                let others = entry(&world, other, owner).unwrap();
                assert!(others.blocks.is_empty() && others.trust.is_none());
            }
        }
    }
    assert_eq!(
        TemplateLevel::default(),
        TemplateLevel {
            new_partners: true,
            existing_partners: true,
        }
    );
}

#[test]
fn a_stated_value_replaces_a_block_whole_and_flags_one_by_one() {
    // S13.6
    let mut world = invited();
    at(&mut world, LITWARE).templates = templates(TemplateLevel::default());
    let own = partner(&mut world, LITWARE, CONTOSO);
    own.blocks
        .set(B2bCollaborationInbound, Some(only_users(&[person(FRED)])));
    own.blocks.set(B2bCollaborationOutbound, Some(shut()));
    own.trust = Some(InboundTrust {
        mfa: Some(false),
        compliant_device: Some(true),
        ..InboundTrust::default()
    });
    own.automatic_consent.inbound = Some(true);
    let outcome = litware_joins(&world);
    world.apply(&outcome.effects);
    let own = entry(&world, LITWARE, CONTOSO).unwrap();
    assert_eq!(
        own.blocks.get(B2bCollaborationInbound),
        Some(&only_apps(&[CRM]))
    );
    assert_eq!(own.blocks.get(B2bCollaborationOutbound), Some(&shut()));
    let trust = own.trust.unwrap();
    assert_eq!(
        (trust.mfa, trust.compliant_device),
        (Some(true), Some(true))
    );
    assert_eq!(own.automatic_consent.inbound, Some(true));
    assert_eq!(own.automatic_consent.outbound, Some(true));
}

#[test]
fn an_entry_of_the_same_organization_cannot_be_removed() {
    // S13.7, S14.9 (U24)
    let mut world = invited();
    let outcome = litware_joins(&world);
    world.apply(&outcome.effects);
    let remove = Operation::RemovePartner(Some(LITWARE));
    let outcome = answer(&world, remove);
    assert_eq!(outcome.reason, Reason::PartnerInMultitenantOrganization);
}

#[test]
fn a_refused_join_changes_nothing() {
    // S13.2
    let mut world = invited();
    at(&mut world, LITWARE).p1 = false;
    assert!(litware_joins(&world).effects.is_empty());
}
