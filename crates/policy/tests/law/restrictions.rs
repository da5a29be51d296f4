//! S11: tenant restrictions.

use comity_policy::decision::Verdict;
use comity_policy::reason::{Detail, Reason};
use comity_policy::resolve::Origin;
use comity_policy::settings::BlockName::{self, TenantRestrictions};
use comity_policy::settings::InboundTrust;
use comity_policy::target::{ApplicationId, UserId};
use comity_policy::tenant::{MICROSOFT_ACCOUNTS, PolicyId, TenantId};
use comity_policy::tenant_restrictions::{
    Carrier, Header, RestrictedAccess, RestrictedAccount, Restriction, judge,
};
use comity_policy::world::World;

use crate::town::*;

fn person_of(home: TenantId, user: UserId) -> RestrictedAccount {
    RestrictedAccount::User {
        home: Some(home),
        user: Some(user),
        groups: None,
    }
}

fn access(account: RestrictedAccount, resource: TenantId, app: ApplicationId) -> RestrictedAccess {
    RestrictedAccess {
        header: Some(header(Carrier::Proxy)),
        account,
        resource,
        client_app: None,
        resource_app: app,
    }
}

/// Fred of Fabrikam, in Contoso's network, enters Fabrikam.
fn fred_at_home(app: ApplicationId) -> RestrictedAccess {
    access(person_of(FABRIKAM, FRED), FABRIKAM, app)
}

fn said(restriction: &Restriction) -> (Verdict, bool, Reason) {
    (
        restriction.verdict,
        restriction.enforced,
        restriction.reason,
    )
}

const fn passed(reason: Reason) -> (Verdict, bool, Reason) {
    (Verdict::Allow, false, reason)
}

const fn refused(reason: Reason) -> (Verdict, bool, Reason) {
    (Verdict::Block, true, reason)
}

#[test]
fn tenant_restrictions_are_independent_of_every_other_setting() {
    // S11.1
    let mut world = town();
    let before = judge(&world, &fred_at_home(CRM));
    for owner in [CONTOSO, FABRIKAM] {
        let other = if owner == CONTOSO { FABRIKAM } else { CONTOSO };
        for name in BlockName::ALL {
            if name != TenantRestrictions {
                set(&mut world, owner, other, name, open());
                set_default(&mut world, owner, name, shut());
            }
        }
        partner(&mut world, owner, other).trust = Some(InboundTrust {
            mfa: Some(true),
            ..InboundTrust::default()
        });
    }
    assert_eq!(judge(&world, &fred_at_home(CRM)), before);
}

#[test]
fn without_a_header_nothing_is_enforced() {
    // S11.2
    let request = RestrictedAccess {
        header: None,
        ..fred_at_home(CRM)
    };
    assert_eq!(said(&judge(&town(), &request)), passed(Reason::TrNoSignal));
}

#[test]
fn a_header_that_is_not_valid_blocks() {
    // S11.3 (U14), S24: it counts as enforced and leaves no masked row.
    let mut world = town();
    let judged = |world: &World, value: String| {
        let request = RestrictedAccess {
            header: Some(Header {
                value,
                carrier: Carrier::Proxy,
            }),
            ..fred_at_home(CRM)
        };
        judge(world, &request)
    };
    let wrong = PolicyId::from_u128(1);
    for value in [
        String::new(),
        "contoso.com".to_owned(),
        format!("{CONTOSO}"),
        format!("{CONTOSO}:"),
        format!("{CONTOSO}:{wrong}"),
        format!("{NOWHERE}:{CONTOSO_POLICY}"),
        format!("{LITWARE}:{CONTOSO_POLICY}"),
        format!("{CONTOSO}:{CONTOSO_POLICY}:{CONTOSO_POLICY}"),
    ] {
        let restriction = judged(&world, value.clone());
        assert_eq!(
            said(&restriction),
            refused(Reason::TrHeaderInvalid),
            "{value}"
        );
        assert_eq!(restriction.policy_tenant, None);
    }
    let upper = format!("{CONTOSO}:{CONTOSO_POLICY}").to_uppercase();
    assert_eq!(
        judged(&world, upper).reason,
        Reason::TenantRestrictionsBlocked
    );
    policy(&mut world, CONTOSO).id = None;
    let value = format!("{CONTOSO}:{CONTOSO_POLICY}");
    assert_eq!(judged(&world, value).reason, Reason::TrHeaderInvalid);
}

#[test]
fn the_own_tenant_and_the_own_accounts_are_not_meant() {
    // S11.4: the resource is looked at first.
    let world = town();
    let own_resource = access(person_of(FABRIKAM, FRED), CONTOSO, ERP);
    assert_eq!(
        said(&judge(&world, &own_resource)),
        passed(Reason::TrOwnTenantResource)
    );
    let own_account = access(person_of(CONTOSO, ALICE), FABRIKAM, CRM);
    assert_eq!(
        said(&judge(&world, &own_account)),
        passed(Reason::TrOwnAccount)
    );
    let both = access(person_of(CONTOSO, ALICE), CONTOSO, ERP);
    assert_eq!(
        said(&judge(&world, &both)),
        passed(Reason::TrOwnTenantResource)
    );
    let service = RestrictedAccount::ServicePrincipal {
        home: Some(CONTOSO),
    };
    let own_service = access(service, FABRIKAM, CRM);
    assert_eq!(
        said(&judge(&world, &own_service)),
        passed(Reason::TrOwnAccount)
    );
    let anonymous = access(RestrictedAccount::Anonymous, CONTOSO, ERP);
    assert_eq!(
        said(&judge(&world, &anonymous)),
        passed(Reason::TrOwnTenantResource)
    );
}

#[test]
fn another_cloud_is_not_enforced() {
    // S11.5, S1.2, S1.3
    let mut world = town();
    let gina = access(person_of(WOODGROVE, GINA), WOODGROVE, CRM);
    assert_eq!(
        said(&judge(&world, &gina)),
        passed(Reason::TrNotEnforcedCrossCloud)
    );
    let nowhere = access(person_of(FABRIKAM, FRED), NOWHERE, CRM);
    assert_eq!(
        judge(&world, &nowhere).reason,
        Reason::TenantRestrictionsBlocked
    );
    let anonymous = access(RestrictedAccount::Anonymous, WOODGROVE, CRM);
    assert_eq!(
        judge(&world, &anonymous).reason,
        Reason::TrNotEnforcedCrossCloud
    );
    // Personal accounts live in the commercial cloud, registered here or not.
    policy(&mut world, WOODGROVE).id = Some(CONTOSO_POLICY);
    let personal = RestrictedAccess {
        header: Some(Header {
            value: format!("{WOODGROVE}:{CONTOSO_POLICY}"),
            carrier: Carrier::Proxy,
        }),
        ..access(
            person_of(MICROSOFT_ACCOUNTS, STRANGER),
            MICROSOFT_ACCOUNTS,
            CRM,
        )
    };
    assert_eq!(
        said(&judge(&world, &personal)),
        passed(Reason::TrNotEnforcedCrossCloud)
    );
}

#[test]
fn access_without_sign_in_is_covered_by_two_of_the_three_carriers() {
    // S11.2, S11.6
    let mut world = town();
    set(&mut world, CONTOSO, FABRIKAM, TenantRestrictions, open());
    for (carrier, expected) in [
        (Carrier::Proxy, passed(Reason::TrAnonymousNotCovered)),
        (Carrier::Universal, refused(Reason::TrAnonymousBlocked)),
        (Carrier::Windows, refused(Reason::TrAnonymousBlocked)),
    ] {
        let request = RestrictedAccess {
            header: Some(header(carrier)),
            ..access(RestrictedAccount::Anonymous, FABRIKAM, CRM)
        };
        assert_eq!(said(&judge(&world, &request)), expected);
    }
}

#[test]
fn the_entry_is_that_of_the_tenant_being_entered() {
    // S11.7 (U13)
    let mut world = town();
    let request = access(person_of(NORTHWIND, NINA), FABRIKAM, CRM);
    set(&mut world, CONTOSO, NORTHWIND, TenantRestrictions, open());
    let restriction = judge(&world, &request);
    assert_eq!(
        said(&restriction),
        refused(Reason::TenantRestrictionsBlocked)
    );
    assert_eq!(restriction.origin, Some(Origin::System));
    set_default(&mut world, CONTOSO, TenantRestrictions, only_apps(&[ERP]));
    let restriction = judge(&world, &request);
    assert_eq!(restriction.origin, Some(Origin::Default));
    assert_eq!(restriction.detail, Some(Detail::AppNotAllowed));
    set(&mut world, CONTOSO, FABRIKAM, TenantRestrictions, open());
    let restriction = judge(&world, &request);
    assert_eq!(
        said(&restriction),
        (Verdict::Allow, true, Reason::TrAllowed)
    );
    assert_eq!(restriction.origin, Some(Origin::Partner));
    assert_eq!(restriction.policy_tenant, Some(CONTOSO));
}

#[test]
fn users_are_named_by_their_home_ids() {
    // S11.8, S3.7
    let mut world = town();
    set(
        &mut world,
        CONTOSO,
        FABRIKAM,
        TenantRestrictions,
        only_users(&[group(MARKETING)]),
    );
    for (user, expected) in [
        (FRED, Reason::TrAllowed),
        (FIONA, Reason::TrAllowed),
        (FRANK, Reason::TenantRestrictionsBlocked),
    ] {
        let request = access(person_of(FABRIKAM, user), FABRIKAM, CRM);
        assert_eq!(judge(&world, &request).reason, expected);
    }
}

#[test]
fn a_service_principal_is_matched_by_all_users_only() {
    // S11.9
    let mut world = town();
    let service = RestrictedAccount::ServicePrincipal {
        home: Some(FABRIKAM),
    };
    let request = access(service, FABRIKAM, CRM);
    let all_but_fred = block(
        users(comity_policy::target::Access::Blocked, &[person(FRED)]),
        apps(comity_policy::target::Access::Blocked, &[]),
    );
    for (block, expected) in [
        (open(), Reason::TrAllowed),
        (
            only_users(&[person(FRED)]),
            Reason::TenantRestrictionsBlocked,
        ),
        (all_but_fred, Reason::TrAllowed),
        (shut(), Reason::TenantRestrictionsBlocked),
    ] {
        set(&mut world, CONTOSO, FABRIKAM, TenantRestrictions, block);
        assert_eq!(judge(&world, &request).reason, expected);
    }
}

#[test]
fn personal_use_enters_the_microsoft_accounts_tenant_and_a_guest_the_inviting_one() {
    // S11.10, S8.2
    let mut world = town();
    let personal = access(
        person_of(MICROSOFT_ACCOUNTS, STRANGER),
        MICROSOFT_ACCOUNTS,
        CRM,
    );
    assert_eq!(
        judge(&world, &personal).reason,
        Reason::TenantRestrictionsBlocked
    );
    set(
        &mut world,
        CONTOSO,
        MICROSOFT_ACCOUNTS,
        TenantRestrictions,
        open(),
    );
    assert_eq!(judge(&world, &personal).reason, Reason::TrAllowed);
    let guest = access(person_of(MICROSOFT_ACCOUNTS, STRANGER), FABRIKAM, CRM);
    assert_eq!(
        judge(&world, &guest).reason,
        Reason::TenantRestrictionsBlocked
    );
    set(&mut world, CONTOSO, FABRIKAM, TenantRestrictions, open());
    assert_eq!(judge(&world, &guest).reason, Reason::TrAllowed);
}

#[test]
fn the_outcome_carries_number_detail_and_source() {
    // S11.11
    let restriction = judge(&town(), &fred_at_home(CRM));
    assert_eq!(restriction.reason.error_code(), 5_000_211);
    assert_eq!(restriction.detail, Some(Detail::AllAccessBlocked));
    assert_eq!(restriction.origin, Some(Origin::System));
    for reason in [
        Reason::TrAllowed,
        Reason::TrNoSignal,
        Reason::TrOwnAccount,
        Reason::TrOwnTenantResource,
        Reason::TrNotEnforcedCrossCloud,
        Reason::TrAnonymousNotCovered,
    ] {
        assert_eq!(reason.error_code(), 0);
    }
    assert_eq!(Reason::TrAnonymousBlocked.error_code(), 5_000_211);
    assert_eq!(Reason::TrHeaderInvalid.error_code(), 9_900_005);
}
