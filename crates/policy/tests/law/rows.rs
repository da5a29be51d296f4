//! S15: which rows a judged sign-in leaves, in whose logs, and what they say.

use comity_policy::conditional_access::{Control, Status};
use comity_policy::reason::Reason;
use comity_policy::redemption::{Redemption, redeem};
use comity_policy::row::{AccessType, NO_USER, SignInRow, TENANT_RESTRICTION};
use comity_policy::settings::BlockName::*;
use comity_policy::sign_in::SignIn;
use comity_policy::target::{UserId, well_known};
use comity_policy::tenant::TenantId;
use comity_policy::tenant_restrictions::{Carrier, Header};
use comity_policy::world::{UserType, World};

use crate::town::*;

fn rows(world: &World, request: &SignIn) -> Vec<SignInRow> {
    decide(world, request).rows
}

fn who(rows: &[SignInRow]) -> Vec<(TenantId, UserId, Option<UserType>)> {
    rows.iter()
        .map(|row| (row.tenant, row.user, row.user_type))
        .collect()
}

#[test]
fn one_row_at_home_and_one_in_the_resource_tenant_with_the_same_code() {
    // S15.1 (U15), S15.3: granted, interrupted or refused by either side.
    let granted = town();
    let mut outbound = town();
    set(
        &mut outbound,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    let mut inbound = town();
    set(
        &mut inbound,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        shut(),
    );
    let fiona = visit(FABRIKAM, FIONA, CONTOSO, ERP);
    for (world, request, code) in [
        (&granted, fred(), 0),
        (&granted, fiona, 50_014),
        (&outbound, fred(), 500_212),
        (&inbound, fred(), 500_213),
    ] {
        let rows = rows(world, &request);
        let tenants: Vec<TenantId> = rows.iter().map(|row| row.tenant).collect();
        assert_eq!(tenants, [FABRIKAM, CONTOSO]);
        for row in rows {
            assert_eq!(row.error_code, code);
            assert_eq!(row.failure_reason.is_some(), code != 0);
            assert_eq!(
                (row.home_tenant, row.resource_tenant),
                (Some(FABRIKAM), CONTOSO)
            );
            assert_eq!(row.access_type, Some(AccessType::B2bCollaboration));
        }
    }
}

#[test]
fn the_user_of_a_row() {
    // S15.2, S15.3
    use UserType::{Guest, Member};
    let mut world = town();
    connect(&mut world, FABRIKAM, CONTOSO);
    partner(&mut world, CONTOSO, NORTHWIND).is_service_provider = Some(true);
    let fred_connects = SignIn {
        account: fred().account,
        ..frank_connects()
    };
    let table = [
        (fred(), (FABRIKAM, FRED, Member), (GUEST_FRED, Guest)),
        (
            visit(NORTHWIND, MIA, CONTOSO, ERP),
            (NORTHWIND, MIA, Member),
            (MEMBER_MIA, Member),
        ),
        (
            visit(FABRIKAM, FRANK, CONTOSO, ERP),
            (FABRIKAM, FRANK, Member),
            (NO_USER, Guest),
        ),
        (frank_connects(), (FABRIKAM, FRANK, Member), (FRANK, Guest)),
        (fred_connects, (FABRIKAM, FRED, Member), (FRED, Guest)),
        (nina_serves(), (NORTHWIND, NINA, Member), (NINA, Guest)),
    ];
    for (request, (home, user, user_type), (object, object_type)) in table {
        let expected = [
            (home, user, Some(user_type)),
            (CONTOSO, object, Some(object_type)),
        ];
        assert_eq!(who(&rows(&world, &request)), expected);
    }
}

#[test]
fn an_internal_guest_is_a_guest_and_an_account_that_does_not_exist_a_member() {
    // S15.2, S24
    let world = town();
    let rows_of = |user| rows(&world, &visit(CONTOSO, user, FABRIKAM, CRM));
    assert_eq!(rows_of(GRETA)[0].user_type, Some(UserType::Guest));
    for (absent, code) in [(STRANGER, 50_034), (GUEST_FRED, 50_034)] {
        let row = &rows_of(absent)[0];
        assert_eq!((row.user, row.user_type), (absent, Some(UserType::Member)));
        assert_eq!(
            (row.error_code, row.user_principal_name.as_ref()),
            (code, None)
        );
    }
}

#[test]
fn both_rows_name_the_home_account_and_the_applications() {
    // S15.2
    let request = SignIn {
        client_app: Some(WEB),
        client_app_used: Some("Mobile Apps and Desktop clients".to_owned()),
        ..fred()
    };
    for row in rows(&town(), &request) {
        assert_eq!(
            row.user_principal_name.as_deref(),
            Some("fred@fabrikam.com")
        );
        assert_eq!((row.client_app, row.resource_app), (Some(WEB), ERP));
        assert_eq!(
            row.client_app_used.as_deref(),
            Some("Mobile Apps and Desktop clients")
        );
        assert!(row.is_interactive && !row.is_tenant_restricted && !row.masked);
    }
}

#[test]
fn policies_are_listed_in_the_resource_tenant_only() {
    // S15.2, S15.4
    let mut world = town();
    at(&mut world, CONTOSO).conditional_access = vec![asks_for(Control::Mfa)];
    let rows = rows(&world, &fred());
    assert_eq!(rows[0].conditional_access_status, Status::NotApplied);
    assert!(rows[0].applied.is_empty());
    assert_eq!(rows[1].conditional_access_status, Status::Failure);
    assert_eq!(rows[1].applied.len(), 1);
    assert!(rows.iter().all(|row| row.multi_factor_required));
}

#[test]
fn client_details_of_direct_connect_are_in_the_home_tenant_only() {
    // S15.4; a renewal is not interactive.
    let mut world = town();
    connect(&mut world, FABRIKAM, CONTOSO);
    let renewal = SignIn {
        is_interactive: false,
        ..frank_connects()
    };
    let rows = rows(&world, &renewal);
    assert!(rows[0].client_app_used.is_some());
    assert_eq!(rows[1].client_app_used, None);
    for row in rows {
        assert_eq!(row.access_type, Some(AccessType::B2bDirectConnect));
        assert!(!row.is_interactive);
    }
}

#[test]
fn within_one_tenant_there_is_one_row() {
    // S15.5
    let rows = rows(&town(), &visit(CONTOSO, GRETA, CONTOSO, ERP));
    assert_eq!(who(&rows), [(CONTOSO, GRETA, Some(UserType::Guest))]);
    assert_eq!(rows[0].access_type, Some(AccessType::None));
}

#[test]
fn an_enforced_header_leaves_a_masked_row_with_the_final_code() {
    // S15.6 (U15), S24: allowed or not.
    let mut world = town();
    let mut request = visit(NORTHWIND, NINA, FABRIKAM, CRM);
    request.client_app = Some(WEB);
    request.restrictions = Some(header(Carrier::Proxy));
    for (open_restrictions, code) in [(false, 5_000_211), (true, 50_020)] {
        if open_restrictions {
            set(&mut world, CONTOSO, FABRIKAM, TenantRestrictions, open());
        }
        let rows = rows(&world, &request);
        assert_eq!(rows.len(), 3);
        assert!(
            rows.iter()
                .all(|row| row.is_tenant_restricted && row.error_code == code)
        );
        assert!(!rows[0].masked && !rows[1].masked);
        let expected = SignInRow {
            tenant: CONTOSO,
            masked: true,
            home_tenant: None,
            resource_tenant: FABRIKAM,
            access_type: None,
            user: NO_USER,
            user_type: None,
            user_principal_name: None,
            user_display_name: Some(TENANT_RESTRICTION.to_owned()),
            client_app: Some(WEB),
            resource_app: CRM,
            client_app_used: None,
            error_code: code,
            failure_reason: None,
            conditional_access_status: Status::NotApplied,
            applied: Vec::new(),
            multi_factor_required: false,
            is_interactive: true,
            is_tenant_restricted: true,
        };
        assert_eq!(rows[2], expected);
    }
}

#[test]
fn an_account_in_its_own_tenant_leaves_its_one_row_and_the_masked_one() {
    // S15.6
    let mut request = visit(FABRIKAM, FRED, FABRIKAM, CRM);
    request.restrictions = Some(header(Carrier::Windows));
    let rows = rows(&town(), &request);
    let tenants: Vec<_> = rows.iter().map(|row| (row.tenant, row.masked)).collect();
    assert_eq!(tenants, [(FABRIKAM, false), (CONTOSO, true)]);
}

#[test]
fn a_header_that_is_not_valid_is_enforced_but_masks_nothing_and_one_not_meant_is_not_enforced() {
    // S15.6, S11.3, S24
    let mut request = visit(NORTHWIND, NINA, FABRIKAM, CRM);
    request.restrictions = Some(Header {
        value: "?".to_owned(),
        carrier: Carrier::Proxy,
    });
    let left = rows(&town(), &request);
    assert_eq!(left.len(), 2);
    assert!(
        left.iter()
            .all(|row| row.is_tenant_restricted && row.error_code == 9_900_005)
    );
    let mut request = visit(CONTOSO, ALICE, FABRIKAM, CRM);
    request.restrictions = Some(header(Carrier::Proxy));
    let left = rows(&town(), &request);
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|row| !row.is_tenant_restricted));
}

#[test]
fn an_identity_without_a_tenant_leaves_one_row_in_the_resource_tenant() {
    // S15.7
    let rows = rows(&town(), &otto());
    assert_eq!(who(&rows), [(CONTOSO, GUEST_OTTO, Some(UserType::Guest))]);
    assert_eq!(rows[0].home_tenant, None);
    assert_eq!(rows[0].access_type, Some(AccessType::B2bCollaboration));
    assert_eq!(rows[0].error_code, Reason::RedemptionRequired.error_code());
}

#[test]
fn a_redemption_through_the_link_is_a_sign_in_to_the_acceptance_application() {
    // S15.8, S15.1: judged by S7, not by the application half.
    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        B2bCollaborationInbound,
        only_apps(&[CRM]),
    );
    let redeemed = |world: &World, object, consent_accepted| {
        let opens = Redemption {
            resource: CONTOSO,
            object,
            consent_accepted,
        };
        redeem(world, &opens).rows
    };
    for (accepted, code) in [(false, 50_014), (true, 0)] {
        let rows = redeemed(&world, GUEST_FIONA, accepted);
        let expected = [
            (FABRIKAM, FIONA, Some(UserType::Member)),
            (CONTOSO, GUEST_FIONA, Some(UserType::Guest)),
        ];
        assert_eq!(who(&rows), expected);
        for row in rows {
            assert_eq!(row.resource_app, well_known::INVITATION_ACCEPTANCE);
            assert_eq!(row.error_code, code);
        }
    }
    set(
        &mut world,
        FABRIKAM,
        CONTOSO,
        B2bCollaborationOutbound,
        shut(),
    );
    let rows = redeemed(&world, GUEST_FIONA, true);
    assert!(rows.iter().all(|row| row.error_code == 500_212));
    let rows = redeemed(&world, GUEST_OTTO, true);
    assert_eq!(who(&rows), [(CONTOSO, GUEST_OTTO, Some(UserType::Guest))]);
    assert!(redeemed(&world, STRANGER, true).is_empty());
}

#[test]
fn a_tenant_that_is_not_hosted_keeps_its_log_elsewhere() {
    // S15.1, S25.1
    let mut world = town();
    at(&mut world, FABRIKAM).policy = None;
    at(&mut world, FABRIKAM).directory = None;
    let rows = rows(&world, &fred());
    assert_eq!(who(&rows), [(CONTOSO, GUEST_FRED, Some(UserType::Guest))]);
}
