//! S1: tenants, clouds, users, groups and applications.

use std::collections::BTreeSet;
use std::sync::Arc;

use comity_policy::reason::{Detail, Reason};
use comity_policy::settings::BlockName::{
    B2bCollaborationInbound, B2bCollaborationOutbound, TenantRestrictions,
};
use comity_policy::sign_in::{SignIn, SignInAccount};
use comity_policy::target::{Access, well_known};
use comity_policy::tenant::{Cloud, MICROSOFT_ACCOUNTS, TenantId};
use comity_policy::tenant_restrictions::{Carrier, RestrictedAccess, RestrictedAccount, judge};
use comity_policy::world::{Tenant, UserType, World};

use crate::town::*;

#[test]
fn there_are_three_clouds_each_named_by_its_endpoint() {
    // S1.1
    let names: Vec<&str> = Cloud::ALL.into_iter().map(Cloud::endpoint).collect();
    assert_eq!(
        names,
        [
            "microsoftonline.com",
            "microsoftonline.us",
            "partner.microsoftonline.cn"
        ]
    );
    for cloud in Cloud::ALL {
        assert_eq!(cloud.endpoint().parse(), Ok(cloud));
    }
    assert!("microsoftonline.de".parse::<Cloud>().is_err());
}

#[test]
fn a_tenant_id_is_compared_without_case() {
    // S1.2
    let lower: TenantId = "9188040d-6c67-4c5b-b112-36a304b66dad".parse().unwrap();
    let upper: TenantId = "9188040D-6C67-4C5B-B112-36A304B66DAD".parse().unwrap();
    assert_eq!(lower, upper);
}

#[test]
fn a_tenant_nobody_knows_counts_as_being_in_the_same_cloud() {
    // S1.2: this matters for tenant restrictions only.
    let world = town();
    assert!(!world.clouds_differ(CONTOSO, NOWHERE));
    assert!(!world.clouds_differ(WOODGROVE, NOWHERE));
    assert!(world.clouds_differ(CONTOSO, WOODGROVE));
}

#[test]
fn the_microsoft_accounts_tenant_is_in_the_commercial_cloud_registered_or_not() {
    // S1.3
    let mut world = town();
    assert!(world.clouds_differ(WOODGROVE, MICROSOFT_ACCOUNTS));
    assert!(!world.clouds_differ(CONTOSO, MICROSOFT_ACCOUNTS));
    let tenant = Tenant::registered(MICROSOFT_ACCOUNTS, Cloud::Commercial);
    world.tenants.insert(MICROSOFT_ACCOUNTS, tenant);
    assert!(world.clouds_differ(WOODGROVE, MICROSOFT_ACCOUNTS));
}

#[test]
fn a_personal_account_is_never_a_home_tenant_account() {
    // S1.3
    let request = SignIn {
        account: SignInAccount::Home {
            tenant: MICROSOFT_ACCOUNTS,
            user: STRANGER,
            groups: None,
        },
        ..fred()
    };
    assert_eq!(decide(&town(), &request).reason, Reason::AccountNotFound);
}

#[test]
fn of_the_microsoft_accounts_organization_only_tenant_restrictions_have_an_effect() {
    // S1.3
    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        MICROSOFT_ACCOUNTS,
        B2bCollaborationInbound,
        shut(),
    );
    let request = SignIn {
        consent_accepted: true,
        ..otto()
    };
    assert_eq!(decide(&world, &request).reason, Reason::Granted);
    set(
        &mut world,
        CONTOSO,
        MICROSOFT_ACCOUNTS,
        TenantRestrictions,
        only_apps(&[CRM]),
    );
    let enters = |app| {
        let access = RestrictedAccess {
            header: Some(header(Carrier::Proxy)),
            account: RestrictedAccount::User {
                home: Some(MICROSOFT_ACCOUNTS),
                user: Some(STRANGER),
                groups: None,
            },
            resource: MICROSOFT_ACCOUNTS,
            client_app: None,
            resource_app: app,
        };
        judge(&world, &access).reason
    };
    assert_eq!(enters(CRM), Reason::TrAllowed);
    assert_eq!(enters(ERP), Reason::TenantRestrictionsBlocked);
}

#[test]
fn internal_and_external_members_and_guests_are_four_kinds_of_users() {
    // S1.4: outbound settings mean internal users of either type.
    let mut world = town();
    let kinds = |world: &World, id| {
        let user = &world
            .tenant(CONTOSO)
            .unwrap()
            .directory
            .as_ref()
            .unwrap()
            .users[&id];
        (user.is_internal(), user.user_type)
    };
    assert_eq!(kinds(&world, ALICE), (true, UserType::Member));
    assert_eq!(kinds(&world, GRETA), (true, UserType::Guest));
    assert_eq!(kinds(&world, MEMBER_MIA), (false, UserType::Member));
    assert_eq!(kinds(&world, GUEST_FRED), (false, UserType::Guest));
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationOutbound,
        only_users(&[person(GRETA)]),
    );
    let greta = visit(CONTOSO, GRETA, FABRIKAM, CRM);
    assert_eq!(
        decide(&world, &greta).reason,
        Reason::UserNotInResourceTenant
    );
}

#[test]
fn a_pending_object_becomes_an_accepted_one() {
    // S1.5, S8.9
    let mut world = town();
    let fiona = SignIn {
        consent_accepted: true,
        ..visit(FABRIKAM, FIONA, CONTOSO, ERP)
    };
    assert!(user(&mut world, CONTOSO, GUEST_FIONA).is_pending());
    let decision = decide(&world, &fiona);
    world.apply(&decision.effects);
    assert!(!user(&mut world, CONTOSO, GUEST_FIONA).is_pending());
    assert_eq!(decide(&world, &fiona).redeemed, None);
}

#[test]
fn group_targets_match_nested_members_and_a_loop_is_harmless() {
    // S1.6 (U3)
    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_users(&[group(MARKETING)]),
    );
    let fiona = visit(FABRIKAM, FIONA, CONTOSO, ERP);
    let frank = visit(FABRIKAM, FRANK, CONTOSO, ERP);
    for looped in [false, true] {
        if looped {
            let groups = &mut directory(&mut world, FABRIKAM).groups;
            groups.insert(MARKETING, BTreeSet::from([LEADS]));
        }
        assert_eq!(decide(&world, &fiona).reason, Reason::RedemptionRequired);
        let frank = decide(&world, &frank);
        assert_eq!(frank.reason, Reason::InboundBlocked);
        assert_eq!(frank.detail, Some(Detail::UserNotAllowed));
    }
}

#[test]
fn an_application_is_named_by_its_app_id_as_client_or_as_resource() {
    // S1.7, S3.4
    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_apps(&[WEB]),
    );
    let mut request = fred();
    assert_eq!(decide(&world, &request).reason, Reason::InboundBlocked);
    request.client_app = Some(WEB);
    assert_eq!(decide(&world, &request).reason, Reason::Granted);
}

#[test]
fn no_well_known_application_is_exempt() {
    // S1.8: an allow list of Rights Management alone blocks everything else.
    let mut world = town();
    let known = well_known::PORTAL.into_iter();
    let known = known.chain([well_known::INVITATION_ACCEPTANCE]);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_apps(&[RMS]),
    );
    for app in known {
        let decision = decide(&world, &visit(FABRIKAM, FRED, CONTOSO, app));
        assert_eq!(decision.detail, Some(Detail::AppNotAllowed));
    }
    let rms = visit(FABRIKAM, FRED, CONTOSO, RMS);
    assert_eq!(decide(&world, &rms).reason, Reason::Granted);
}

#[test]
fn what_a_keyword_contains_is_configuration() {
    // S1.9
    let mut world = town();
    let suite = comity_policy::target::ApplicationTarget::Office365;
    let half = comity_policy::target::Half {
        access: Access::Allowed,
        scope: comity_policy::target::Scope::Only(
            comity_policy::target::Targets::new(vec![suite]).unwrap(),
        ),
    };
    let only_office = block(users(Access::Allowed, &[]), half);
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_office,
    );
    assert_eq!(decide(&world, &fred()).reason, Reason::InboundBlocked);
    Arc::make_mut(&mut world.suites).office365.insert(ERP);
    assert_eq!(decide(&world, &fred()).reason, Reason::Granted);
}

#[test]
fn claims_nobody_stated_are_absent() {
    // S1.10, S25.3
    let claims = fred().claims;
    assert!(!claims.mfa && !claims.resource_mfa && !claims.terms_accepted);
    assert!(claims.device.is_none() && claims.methods.is_empty());
}

#[test]
fn a_service_principal_is_not_named_by_any_list_of_users() {
    // S1.13, S11.9
    let mut world = town();
    let access = RestrictedAccess {
        header: Some(header(Carrier::Proxy)),
        account: RestrictedAccount::ServicePrincipal {
            home: Some(FABRIKAM),
        },
        resource: FABRIKAM,
        client_app: None,
        resource_app: CRM,
    };
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        TenantRestrictions,
        only_users(&[group(MARKETING)]),
    );
    assert_eq!(judge(&world, &access).detail, Some(Detail::UserNotAllowed));
    set(&mut world, CONTOSO, FABRIKAM, TenantRestrictions, open());
    assert_eq!(judge(&world, &access).reason, Reason::TrAllowed);
}
