//! The small world in which the examples happen, and short ways to change it. What is said about
//! it, in settings and requests, is in [`crate::vocabulary`].
//!
//! Contoso and Fabrikam have added each other and have customized nothing. Fred of Fabrikam is an
//! accepted guest of Contoso, Fiona a pending one, Frank none; Mia of Northwind is a member there.
//! Woodgrove lives in the US Government cloud and is Contoso's partner, Tailspin lives in China.

use std::collections::{BTreeMap, BTreeSet};

use comity_policy::multitenant::{Member, MultitenantOrganization};
use comity_policy::settings::{Block, BlockName, Partner, Policy};
use comity_policy::target::{ApplicationId, GroupId, UserId, well_known};
use comity_policy::tenant::{Cloud, PolicyId, TenantId};
use comity_policy::world::{
    AllowInvitesFrom, Directory, External, ExternalIdentity, RedemptionState, Suites, Tenant, User,
    UserType, World,
};

pub(crate) use crate::vocabulary::*;

pub(crate) const CONTOSO: TenantId = TenantId::from_u128(0xC0);
pub(crate) const FABRIKAM: TenantId = TenantId::from_u128(0xFA);
/// Has no P1.
pub(crate) const NORTHWIND: TenantId = TenantId::from_u128(0xB0);
/// US Government.
pub(crate) const WOODGROVE: TenantId = TenantId::from_u128(0xD0);
/// China.
pub(crate) const TAILSPIN: TenantId = TenantId::from_u128(0xE0);
/// Nobody's partner.
pub(crate) const LITWARE: TenantId = TenantId::from_u128(0xA0);
/// A tenant nobody has registered.
pub(crate) const NOWHERE: TenantId = TenantId::from_u128(0x404);
pub(crate) const CONTOSO_POLICY: PolicyId = PolicyId::from_u128(0xC0FF);

pub(crate) const ALICE: UserId = UserId::from_u128(0xC0A1);
pub(crate) const BOB: UserId = UserId::from_u128(0xC0A2);
/// An internal guest of Contoso.
pub(crate) const GRETA: UserId = UserId::from_u128(0xC0A3);
pub(crate) const GUEST_FRED: UserId = UserId::from_u128(0xC0B1);
pub(crate) const GUEST_FIONA: UserId = UserId::from_u128(0xC0B2);
pub(crate) const MEMBER_MIA: UserId = UserId::from_u128(0xC0B3);
pub(crate) const GUEST_GINA: UserId = UserId::from_u128(0xC0B4);
/// A personal account, pending.
pub(crate) const GUEST_OTTO: UserId = UserId::from_u128(0xC0B5);
/// In Marketing.
pub(crate) const FRED: UserId = UserId::from_u128(0xFAA1);
/// In Leads, which is in Marketing.
pub(crate) const FIONA: UserId = UserId::from_u128(0xFAA2);
/// In no group.
pub(crate) const FRANK: UserId = UserId::from_u128(0xFAA3);
/// Disabled.
pub(crate) const FAYE: UserId = UserId::from_u128(0xFAA4);
/// Alice's guest object at Fabrikam.
pub(crate) const GUEST_ALICE: UserId = UserId::from_u128(0xFAB1);
pub(crate) const NINA: UserId = UserId::from_u128(0xB0A1);
pub(crate) const MIA: UserId = UserId::from_u128(0xB0A2);
pub(crate) const GINA: UserId = UserId::from_u128(0xD0A1);
pub(crate) const GUS: UserId = UserId::from_u128(0xD0A2);
pub(crate) const TAO: UserId = UserId::from_u128(0xE0A1);
/// The id that a new object gets.
pub(crate) const NEW: UserId = UserId::from_u128(0x1E10);
pub(crate) const STRANGER: UserId = UserId::from_u128(0x404);

pub(crate) const MARKETING: GroupId = GroupId::from_u128(0xFAC1);
pub(crate) const LEADS: GroupId = GroupId::from_u128(0xFAC2);
/// Contoso's group of guests; Fred's object is in it.
pub(crate) const GUESTS: GroupId = GroupId::from_u128(0xC0C1);
/// The group that [`GUESTS`] is in.
pub(crate) const EVERYBODY: GroupId = GroupId::from_u128(0xC0C2);

pub(crate) const CRM: ApplicationId = ApplicationId::from_u128(0xAA01);
pub(crate) const ERP: ApplicationId = ApplicationId::from_u128(0xAA02);
/// A client application.
pub(crate) const WEB: ApplicationId = ApplicationId::from_u128(0xAA03);
/// In both suites, and can be reached by direct connect.
pub(crate) const TEAMS: ApplicationId = ApplicationId::from_u128(0xAA04);
pub(crate) const RMS: ApplicationId = well_known::RIGHTS_MANAGEMENT;

fn account(id: UserId, name: &str, groups: &[GroupId]) -> User {
    User {
        id,
        user_principal_name: name.to_owned(),
        mail: None,
        display_name: name.split('@').next().map(str::to_owned),
        user_type: UserType::Member,
        enabled: true,
        groups: Some(groups.iter().copied().collect()),
        external: None,
        redemption: None,
        sms_sign_in: false,
        managed_by_synchronization: false,
        sponsor: None,
        identity_provider: None,
        attributes: BTreeMap::new(),
    }
}

fn object(id: UserId, mail: &str, tenant: TenantId, user: UserId) -> User {
    User {
        mail: Some(mail.to_owned()),
        user_type: UserType::Guest,
        redemption: Some(RedemptionState::Accepted),
        external: Some(External::Tenant {
            home_tenant: tenant,
            home_user: user,
        }),
        ..account(id, &mail.replace('@', "_"), &[])
    }
}

fn tenant(id: TenantId, cloud: Cloud, domain: &str, users: Vec<User>) -> Tenant {
    let users = users.into_iter().map(|user| (user.id, user)).collect();
    Tenant {
        domains: BTreeSet::from([domain.parse().unwrap()]),
        p1: true,
        policy: Some(Policy::default()),
        allow_invites_from: AllowInvitesFrom::Everyone,
        directory: Some(Directory {
            users,
            ..Directory::default()
        }),
        ..Tenant::registered(id, cloud)
    }
}

/// The world as it is before an example changes it.
pub(crate) fn town() -> World {
    let contoso = tenant(
        CONTOSO,
        Cloud::Commercial,
        "contoso.com",
        vec![
            account(ALICE, "alice@contoso.com", &[]),
            account(BOB, "bob@contoso.com", &[]),
            User {
                user_type: UserType::Guest,
                ..account(GRETA, "greta@contoso.com", &[])
            },
            User {
                groups: Some(BTreeSet::from([GUESTS])),
                ..object(GUEST_FRED, "fred@fabrikam.com", FABRIKAM, FRED)
            },
            User {
                redemption: Some(RedemptionState::PendingAcceptance),
                ..object(GUEST_FIONA, "fiona@fabrikam.com", FABRIKAM, FIONA)
            },
            User {
                user_type: UserType::Member,
                ..object(MEMBER_MIA, "mia@northwind.com", NORTHWIND, MIA)
            },
            object(GUEST_GINA, "gina@woodgrove.us", WOODGROVE, GINA),
            User {
                redemption: Some(RedemptionState::PendingAcceptance),
                external: Some(External::Providers(BTreeSet::from([
                    ExternalIdentity::MicrosoftAccount,
                ]))),
                ..object(GUEST_OTTO, "otto@outlook.com", NOWHERE, STRANGER)
            },
        ],
    );
    let fabrikam = tenant(
        FABRIKAM,
        Cloud::Commercial,
        "fabrikam.com",
        vec![
            account(FRED, "fred@fabrikam.com", &[MARKETING]),
            User {
                mail: Some("fiona.t@fabrikam.com".to_owned()),
                ..account(FIONA, "fiona@fabrikam.com", &[LEADS])
            },
            account(FRANK, "frank@fabrikam.com", &[]),
            User {
                enabled: false,
                ..account(FAYE, "faye@fabrikam.com", &[])
            },
            object(GUEST_ALICE, "alice@contoso.com", CONTOSO, ALICE),
        ],
    );
    let northwind = Tenant {
        p1: false,
        ..tenant(
            NORTHWIND,
            Cloud::Commercial,
            "northwind.com",
            vec![
                account(NINA, "nina@northwind.com", &[]),
                account(MIA, "mia@northwind.com", &[]),
            ],
        )
    };
    let woodgrove = tenant(
        WOODGROVE,
        Cloud::UsGovernment,
        "woodgrove.us",
        vec![
            account(GINA, "gina@woodgrove.us", &[]),
            User {
                mail: Some("gus.mail@woodgrove.us".to_owned()),
                ..account(GUS, "gus@woodgrove.us", &[])
            },
        ],
    );
    let tailspin = tenant(
        TAILSPIN,
        Cloud::China,
        "tailspin.cn",
        vec![account(TAO, "tao@tailspin.cn", &[])],
    );
    let litware = tenant(LITWARE, Cloud::Commercial, "litware.com", Vec::new());
    let mut world = World {
        tenants: [contoso, fabrikam, northwind, woodgrove, tailspin, litware]
            .into_iter()
            .collect(),
        suites: Suites {
            office365: BTreeSet::from([TEAMS]),
            all_microsoft_apps: BTreeSet::from([TEAMS, RMS])
                .into_iter()
                .chain(well_known::PORTAL)
                .collect(),
            direct_connect_capable: BTreeSet::from([TEAMS]),
        }
        .into(),
        ..World::default()
    };
    directory(&mut world, FABRIKAM)
        .groups
        .insert(LEADS, BTreeSet::from([MARKETING]));
    directory(&mut world, CONTOSO)
        .groups
        .insert(GUESTS, BTreeSet::from([EVERYBODY]));
    policy(&mut world, CONTOSO).id = Some(CONTOSO_POLICY);
    policy(&mut world, CONTOSO).allowed_clouds = vec![Cloud::UsGovernment];
    policy(&mut world, WOODGROVE).allowed_clouds = vec![Cloud::Commercial];
    policy(&mut world, TAILSPIN).allowed_clouds = vec![Cloud::Commercial];
    for (owner, other) in [
        (CONTOSO, FABRIKAM),
        (FABRIKAM, CONTOSO),
        (CONTOSO, WOODGROVE),
        (WOODGROVE, CONTOSO),
    ] {
        partner(&mut world, owner, other);
    }
    world
}

pub(crate) fn at(world: &mut World, id: TenantId) -> &mut Tenant {
    world.tenants.get_mut(&id).expect("a tenant of the town")
}

pub(crate) fn policy(world: &mut World, id: TenantId) -> &mut Policy {
    at(world, id).policy.as_mut().expect("a hosted tenant")
}

pub(crate) fn directory(world: &mut World, id: TenantId) -> &mut Directory {
    at(world, id).directory.as_mut().expect("a known directory")
}

pub(crate) fn user(world: &mut World, tenant: TenantId, id: UserId) -> &mut User {
    let users = &mut directory(world, tenant).users;
    users.get_mut(&id).expect("a user of the town")
}

/// The owner's entry for the other tenant, added if need be.
pub(crate) fn partner(world: &mut World, owner: TenantId, other: TenantId) -> &mut Partner {
    let partners = &mut policy(world, owner).partners;
    if partners.get(other).is_none() {
        partners.insert(Partner::new(other));
    }
    partners.get_mut(other).expect("just added")
}

/// Customizes a block of the owner's entry for the other tenant.
pub(crate) fn set(
    world: &mut World,
    owner: TenantId,
    other: TenantId,
    name: BlockName,
    block: Block,
) {
    partner(world, owner, other).blocks.set(name, Some(block));
}

/// Customizes a block of the owner's default.
pub(crate) fn set_default(world: &mut World, owner: TenantId, name: BlockName, block: Block) {
    let defaults = &mut policy(world, owner).defaults;
    defaults.customized = true;
    defaults.blocks.set(name, Some(block));
}

/// Turns automatic redemption on, from the home tenant to the resource tenant (S7.2).
pub(crate) fn redeem_automatically(world: &mut World, home: TenantId, resource: TenantId) {
    partner(world, home, resource).automatic_consent.outbound = Some(true);
    partner(world, resource, home).automatic_consent.inbound = Some(true);
}

/// Opens direct connect from the home tenant to the resource tenant.
pub(crate) fn connect(world: &mut World, home: TenantId, resource: TenantId) {
    set(
        world,
        home,
        resource,
        BlockName::B2bDirectConnectOutbound,
        open(),
    );
    set(
        world,
        resource,
        home,
        BlockName::B2bDirectConnectInbound,
        open(),
    );
}

/// Contoso is active, Litware and Woodgrove are invited.
pub(crate) fn family(world: &mut World) {
    let member = |tenant, owner, active| Member {
        owner,
        active,
        ..Member::pending(tenant)
    };
    world.multitenant_organizations = vec![MultitenantOrganization {
        display_name: Some("Contoso family".to_owned()),
        members: vec![
            member(CONTOSO, true, true),
            member(LITWARE, false, false),
            member(WOODGROVE, false, false),
        ],
        ..MultitenantOrganization::default()
    }];
}
