//! S2: what is in force for a partner, and where it comes from.

use comity_policy::resolve::{self, Column, Effective, Origin};
use comity_policy::settings::{
    AutomaticConsent, Block, BlockName, CompleteBlock, FallbackIdentityProvider,
    IdentitySynchronization, InboundTrust, Partner, Policy, PrimaryIdentityProvider,
};
use comity_policy::target::Access;
use comity_policy::tenant::TenantId;
use comity_policy::world::World;

use crate::town::*;

fn in_force(world: &World, partner: TenantId, name: BlockName) -> (Block, Origin) {
    let policy = world.policy(CONTOSO).unwrap();
    let Effective { value, origin } = resolve::block(policy, partner, name);
    (value.into(), origin)
}

#[test]
fn the_system_default_opens_collaboration_and_shuts_everything_else() {
    // S2.2
    let world = town();
    for name in BlockName::ALL {
        let expected = match name.is_collaboration() {
            true => open(),
            false => shut(),
        };
        assert_eq!(in_force(&world, LITWARE, name), (expected, Origin::System));
    }
    let policy = Policy::default();
    let trust = resolve::trust(&policy, LITWARE);
    assert!(!trust.mfa.value && !trust.compliant_device.value && !trust.hybrid_joined_device.value);
    assert_eq!(
        resolve::automatic_consent(&policy, LITWARE).value,
        (false, false)
    );
    assert!(!resolve::synchronization_allowed(&policy, LITWARE).value);
    assert!(policy.allowed_clouds.is_empty() && policy.partners.is_empty());
    let order = resolve::redemption_order(&policy).value.into_owned();
    assert_eq!(
        order.primary,
        [
            PrimaryIdentityProvider::ExternalFederation,
            PrimaryIdentityProvider::AzureActiveDirectory,
            PrimaryIdentityProvider::SocialIdentityProviders,
        ]
    );
    assert_eq!(
        order.fallback,
        FallbackIdentityProvider::DefaultConfiguredIdp
    );
}

#[test]
fn an_organizations_entry_goes_before_the_default_and_the_default_before_the_system() {
    // S2.1, S2.3
    for name in BlockName::ALL {
        let mut world = town();
        set_default(&mut world, CONTOSO, name, only_apps(&[CRM]));
        assert_eq!(
            in_force(&world, FABRIKAM, name),
            (only_apps(&[CRM]), Origin::Default)
        );
        set(&mut world, CONTOSO, FABRIKAM, name, only_apps(&[ERP]));
        assert_eq!(
            in_force(&world, FABRIKAM, name),
            (only_apps(&[ERP]), Origin::Partner)
        );
        assert_eq!(
            in_force(&world, LITWARE, name),
            (only_apps(&[CRM]), Origin::Default)
        );
        for sibling in BlockName::ALL.into_iter().filter(|other| *other != name) {
            assert_eq!(in_force(&world, FABRIKAM, sibling).1, Origin::System);
        }
    }
}

#[test]
fn a_block_with_neither_half_counts_as_null() {
    // S2.3, S24
    let mut world = town();
    let empty = Block {
        users: None,
        applications: None,
    };
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        BlockName::B2bDirectConnectInbound,
        empty.clone(),
    );
    set_default(&mut world, CONTOSO, BlockName::TenantRestrictions, empty);
    for name in [
        BlockName::B2bDirectConnectInbound,
        BlockName::TenantRestrictions,
    ] {
        assert_eq!(in_force(&world, FABRIKAM, name), (shut(), Origin::System));
    }
}

#[test]
fn trust_inherits_flag_by_flag() {
    // S2.4 (U5)
    let mut world = town();
    policy(&mut world, CONTOSO).defaults.trust = Some(InboundTrust {
        mfa: Some(true),
        compliant_device: Some(true),
        ..InboundTrust::default()
    });
    partner(&mut world, CONTOSO, FABRIKAM).trust = Some(InboundTrust {
        mfa: Some(false),
        ..InboundTrust::default()
    });
    let trust = resolve::trust(world.policy(CONTOSO).unwrap(), FABRIKAM);
    let flags = [
        trust.mfa,
        trust.compliant_device,
        trust.hybrid_joined_device,
    ];
    assert_eq!(
        flags.map(|flag| (flag.value, flag.origin)),
        [
            (false, Origin::Partner),
            (true, Origin::Default),
            (false, Origin::System)
        ]
    );
    assert_eq!(trust.origin, Origin::Partner);
}

#[test]
fn trust_without_any_flag_counts_as_null() {
    // S2.3, S24
    let mut world = town();
    partner(&mut world, CONTOSO, FABRIKAM).trust = Some(InboundTrust::default());
    let trust = resolve::trust(world.policy(CONTOSO).unwrap(), FABRIKAM);
    assert_eq!(trust.origin, Origin::System);
    let entry = world
        .policy(CONTOSO)
        .unwrap()
        .partners
        .get(FABRIKAM)
        .unwrap();
    assert_eq!(
        resolve::column_label(entry, Column::Inbound),
        "Inherited from default"
    );
}

#[test]
fn automatic_redemption_is_on_only_where_the_entry_says_true() {
    // S2.5
    let mut world = town();
    for (flag, on) in [(None, false), (Some(false), false), (Some(true), true)] {
        partner(&mut world, CONTOSO, FABRIKAM).automatic_consent = AutomaticConsent {
            inbound: flag,
            outbound: flag,
        };
        let policy = world.policy(CONTOSO).unwrap();
        assert_eq!(resolve::automatic_consent(policy, FABRIKAM).value, (on, on));
        assert_eq!(
            resolve::automatic_consent(policy, LITWARE).value,
            (false, false)
        );
    }
}

#[test]
fn synchronization_exists_per_organization_and_is_off_unless_true() {
    // S2.6
    let mut world = town();
    for (stated, on) in [(None, false), (Some(false), false), (Some(true), true)] {
        partner(&mut world, CONTOSO, FABRIKAM).synchronization = Some(IdentitySynchronization {
            is_sync_allowed: stated,
            ..IdentitySynchronization::default()
        });
        let policy = world.policy(CONTOSO).unwrap();
        assert_eq!(resolve::synchronization_allowed(policy, FABRIKAM).value, on);
    }
}

#[test]
fn a_new_organization_has_nothing_of_its_own() {
    // S2.7
    let entry = Partner::new(LITWARE);
    assert!(entry.blocks.is_empty());
    assert_eq!(entry.trust, None);
    assert_eq!(entry.automatic_consent, AutomaticConsent::default());
    assert_eq!(entry.synchronization, None);
}

#[test]
fn removing_an_organization_puts_the_default_in_force_and_across_clouds_blocks() {
    // S2.8, S5.3
    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        BlockName::B2bCollaborationInbound,
        shut(),
    );
    assert!(decide(&world, &fred()).reason.as_str() == "inbound_blocked");
    policy(&mut world, CONTOSO).partners.remove(FABRIKAM);
    assert_eq!(decide(&world, &fred()).reason.as_str(), "granted");
    let gina = visit(WOODGROVE, GINA, CONTOSO, ERP);
    assert_eq!(decide(&world, &gina).reason.as_str(), "granted");
    policy(&mut world, CONTOSO).partners.remove(WOODGROVE);
    assert_eq!(
        decide(&world, &gina).reason.as_str(),
        "partner_required_cross_cloud"
    );
}

#[test]
fn each_column_says_configured_for_its_own_properties_only() {
    // S2.9: service providers and synchronization do not count.
    use BlockName::*;
    type Touch = fn(&mut Partner);
    let touches: [(Touch, [bool; 3]); 11] = [
        (|_| {}, [false, false, false]),
        (
            |p| p.blocks.set(B2bCollaborationInbound, Some(open())),
            [true, false, false],
        ),
        (
            |p| p.blocks.set(B2bDirectConnectInbound, Some(shut())),
            [true, false, false],
        ),
        (
            |p| {
                p.trust = Some(InboundTrust {
                    mfa: Some(false),
                    ..InboundTrust::default()
                });
            },
            [true, false, false],
        ),
        (
            |p| p.automatic_consent.inbound = Some(false),
            [true, false, false],
        ),
        (
            |p| p.blocks.set(B2bCollaborationOutbound, Some(open())),
            [false, true, false],
        ),
        (
            |p| p.blocks.set(B2bDirectConnectOutbound, Some(shut())),
            [false, true, false],
        ),
        (
            |p| p.automatic_consent.outbound = Some(false),
            [false, true, false],
        ),
        (
            |p| p.blocks.set(TenantRestrictions, Some(shut())),
            [false, false, true],
        ),
        (
            |p| p.is_service_provider = Some(true),
            [false, false, false],
        ),
        (
            |p| p.synchronization = Some(IdentitySynchronization::default()),
            [false, false, false],
        ),
    ];
    for (touch, configured) in touches {
        let mut entry = Partner::new(LITWARE);
        touch(&mut entry);
        let columns = [
            Column::Inbound,
            Column::Outbound,
            Column::TenantRestrictions,
        ];
        let labels = columns.map(|column| resolve::column_label(&entry, column) == "Configured");
        assert_eq!(labels, configured);
    }
}

#[test]
fn what_resolves_is_the_completed_block() {
    // S3.2, S24; completion is never stored.
    let mut world = town();
    let half = Block {
        users: Some(users(Access::Blocked, &[])),
        applications: None,
    };
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        BlockName::B2bCollaborationInbound,
        half.clone(),
    );
    let (value, _) = in_force(&world, FABRIKAM, BlockName::B2bCollaborationInbound);
    assert_eq!(value, CompleteBlock::all(Access::Blocked).into());
    let entry = world
        .policy(CONTOSO)
        .unwrap()
        .partners
        .get(FABRIKAM)
        .unwrap();
    assert_eq!(
        entry.blocks.get(BlockName::B2bCollaborationInbound),
        Some(&half)
    );
}

#[test]
fn an_unlisted_tenant_of_another_cloud_resolves_to_the_default() {
    // S5.2, S24: it is the gate that blocks.
    let world = town();
    let (value, origin) = in_force(&world, TAILSPIN, BlockName::B2bCollaborationInbound);
    assert_eq!((value, origin), (open(), Origin::System));
}
