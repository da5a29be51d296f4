//! The published examples of S17 (V149–V156), on the log of Contoso that they are about.

use comity_signins::direction::Direction::{self, Inbound, Outbound};
use comity_signins::event::{CrossTenantAccess, SignIn, TokenIssuer};
use comity_signins::filter::{Filters, StatusFilter, Term};
use comity_signins::pairs::{Counted, pairs};
use comity_signins::panels::Selection;
use comity_signins::restrictions::restrictions;
use comity_signins::summary::{Question, SummaryRow};
use comity_signins::window::Window;
use comity_signins::workbook::{Traffic, overview};
use policy::row::{NO_USER, TENANT_RESTRICTION};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;

const CONTOSO: TenantId = TenantId::from_u128(0x0c000000_0000_4000_8000_000000000001);
const FABRIKAM: TenantId = TenantId::from_u128(0x0f000000_0000_4000_8000_000000000002);
const NORTHWIND: TenantId = TenantId::from_u128(0x0b000000_0000_4000_8000_000000000003);
const LITWARE: TenantId = TenantId::from_u128(0x0a000000_0000_4000_8000_000000000006);

const ALICE: UserId = UserId::from_u128(0x0c000000_0000_4000_8000_00000000a001);
const BOB: UserId = UserId::from_u128(0x0c000000_0000_4000_8000_00000000a002);
const FRED: UserId = UserId::from_u128(0x0c000000_0000_4000_8000_00000000b001);
const FIONA: UserId = UserId::from_u128(0x0c000000_0000_4000_8000_00000000b002);
const MIA: UserId = UserId::from_u128(0x0c000000_0000_4000_8000_00000000b003);

const CRM: ApplicationId = ApplicationId::from_u128(0xaa000000_0000_4000_8000_000000000001);
const ERP: ApplicationId = ApplicationId::from_u128(0xaa000000_0000_4000_8000_000000000002);
const TEAMS: ApplicationId = ApplicationId::from_u128(0xcc15fd57_2c6c_4117_a88c_83b1d56b4bbe);

/// What somebody uses: client application, resource application and its name.
type Use = (&'static str, ApplicationId, &'static str);

const WITH_CRM: Use = ("CRM Web", CRM, "CRM");
const WITH_TEAMS: Use = ("Teams", TEAMS, "Microsoft Teams Services");
const WITH_ERP: Use = ("ERP", ERP, "ERP");

fn row(id: &str, home: TenantId, resource: TenantId, who: (UserId, &str), what: Use) -> SignIn {
    SignIn {
        home_tenant: Some(home),
        resource_tenant: Some(resource),
        access_type: Some(CrossTenantAccess::B2bCollaboration),
        user: Some(who.0),
        user_principal_name: Some(who.1.into()),
        client_app_name: Some(what.0.into()),
        resource_app: Some(what.1),
        resource_app_name: Some(what.2.into()),
        ..SignIn::bare(id, 0)
    }
}

fn going_out() -> [SignIn; 3] {
    let alice = (ALICE, "alice@contoso.com");
    let bob = (BOB, "bob@contoso.com");
    [
        row("s01", CONTOSO, FABRIKAM, alice, WITH_CRM),
        SignIn {
            error_code: 500_212,
            ..row("s02", CONTOSO, FABRIKAM, alice, WITH_CRM)
        },
        SignIn {
            access_type: Some(CrossTenantAccess::B2bDirectConnect),
            ..row("s03", CONTOSO, FABRIKAM, bob, WITH_TEAMS)
        },
    ]
}

fn coming_in() -> [SignIn; 3] {
    let fred = (FRED, "fred@fabrikam.com");
    let mia = (MIA, "mia@northwind.com");
    [
        row("s04", FABRIKAM, CONTOSO, fred, WITH_ERP),
        SignIn {
            error_code: 53_003,
            ..row("s05", FABRIKAM, CONTOSO, fred, WITH_ERP)
        },
        row("s06", NORTHWIND, CONTOSO, mia, WITH_CRM),
    ]
}

fn special() -> [SignIn; 3] {
    let alice = (ALICE, "alice@contoso.com");
    let fiona = (FIONA, "fiona@fabrikam.com");
    [
        SignIn {
            access_type: Some(CrossTenantAccess::None),
            ..row("s07", CONTOSO, CONTOSO, alice, WITH_ERP)
        },
        SignIn {
            access_type: Some(CrossTenantAccess::None),
            user_display_name: Some(TENANT_RESTRICTION.into()),
            user_principal_name: None,
            error_code: 5_000_211,
            ..row("s08", LITWARE, LITWARE, (NO_USER, ""), WITH_TEAMS)
        },
        SignIn {
            token_issuer: TokenIssuer::from_name("ADFederationServices"),
            ..row("s09", FABRIKAM, CONTOSO, fiona, WITH_ERP)
        },
    ]
}

fn log() -> Vec<SignIn> {
    [going_out(), coming_in(), special()].concat()
}

fn summary(direction: Option<Direction>, external: Option<TenantId>) -> Vec<SummaryRow> {
    let question = Question::new(CONTOSO, direction, external);
    question.map_or_else(|_| Vec::new(), |question| question.summary(&log(), None))
}

fn line(tenant: TenantId, direction: Direction, counts: [usize; 5]) -> SummaryRow {
    let [sign_ins, success, failed, users, resources] = counts;
    SummaryRow {
        external_tenant: tenant,
        details: None,
        direction,
        sign_ins,
        success_sign_ins: success,
        failed_sign_ins: failed,
        unique_users: users,
        unique_resources: resources,
    }
}

#[test]
fn v149_the_summary_of_both_directions_s17_1_s17_2_s17_3() {
    assert_eq!(
        summary(None, None),
        [
            line(NORTHWIND, Inbound, [1, 1, 0, 1, 1]),
            line(FABRIKAM, Outbound, [3, 2, 1, 2, 2]),
            line(FABRIKAM, Inbound, [2, 1, 1, 1, 1]),
        ]
    );
}

#[test]
fn v150_the_summary_of_one_direction_or_one_partner_s17_2_s17_3() {
    let inbound = summary(Some(Inbound), None);
    let counts: Vec<_> = inbound
        .iter()
        .map(|row| (row.external_tenant, row.sign_ins))
        .collect();
    assert_eq!(counts, [(FABRIKAM, 2), (NORTHWIND, 1)]);
    assert_eq!(
        summary(None, Some(NORTHWIND)),
        [line(NORTHWIND, Inbound, [1, 1, 0, 1, 1])]
    );
    let refused = Question::new(CONTOSO, None, Some(CONTOSO)).unwrap_err();
    assert_eq!(refused.reason().as_str(), "external_tenant_is_local");
}

#[test]
fn v151_the_workbook_ignores_access_type_and_issuer_but_drops_zero_users_s17_4_s17_5() {
    let overview = overview(CONTOSO, &log(), &Filters::default());
    assert_eq!(overview.tenant_count(), 2);
    let traffic = |[sign_ins_total, sign_ins_failure, users, apps]: [usize; 4]| {
        Some(Traffic {
            sign_ins_total,
            sign_ins_failure,
            users,
            apps,
        })
    };
    let shown: Vec<_> = overview
        .lines
        .iter()
        .map(|line| (line.external_tenant, line.outbound, line.inbound))
        .collect();
    assert_eq!(
        shown,
        [
            (NORTHWIND, None, traffic([1, 0, 1, 1])),
            (FABRIKAM, traffic([3, 1, 2, 2]), traffic([3, 1, 2, 1])),
        ]
    );
}

#[test]
fn v152_the_workbook_filters_by_status_and_by_whole_terms_s17_5() {
    let totals = |filters: Filters| -> Vec<(Option<usize>, Option<usize>)> {
        let lines = overview(CONTOSO, &log(), &filters).lines;
        let total = |traffic: Option<Traffic>| traffic.map(|traffic| traffic.sign_ins_total);
        lines
            .iter()
            .map(|line| (total(line.outbound), total(line.inbound)))
            .collect()
    };
    let failures = Filters {
        status: StatusFilter::Failure,
        ..Filters::default()
    };
    assert_eq!(totals(failures), [(Some(1), Some(1))]);
    let user = |text| Filters {
        user: Term::new(text),
        ..Filters::default()
    };
    assert_eq!(totals(user("fred")), [(None, Some(2))]);
    assert_eq!(totals(user("fre")), []);
}

#[test]
fn v153_the_outbound_pairs_hold_the_masked_row_too_s17_7() {
    let pairs = pairs(CONTOSO, &log(), Counted::INTERACTIVE);
    let shown: Vec<_> = pairs
        .iter()
        .map(|pair| {
            (
                pair.count,
                pair.resource_tenant,
                pair.client_app_name.as_deref(),
                pair.user_principal_name.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            (1, LITWARE, Some("Teams"), None),
            (2, FABRIKAM, Some("CRM Web"), Some("alice@contoso.com")),
            (1, FABRIKAM, Some("Teams"), Some("bob@contoso.com")),
        ]
    );
    let label = format!("{LITWARE}, Teams, ");
    assert_eq!(pairs.first().unwrap().label(), label);
}

#[test]
fn v155_the_panels_of_a_chosen_tenant_and_direction_s17_6() {
    let log = log();
    let all = Filters::default();
    let outbound = Selection::new(CONTOSO, FABRIKAM, Outbound).unwrap();
    let applications: Vec<_> = outbound
        .applications(&log, &all)
        .iter()
        .map(|row| (row.resource_app, row.users, row.total, row.failures))
        .collect();
    assert_eq!(applications, [(Some(CRM), 1, 2, 1), (Some(TEAMS), 1, 1, 0)]);
    let users: Vec<_> = outbound
        .users(&log, &all, Some(CRM))
        .into_iter()
        .map(|row| (row.user_principal_name, row.total, row.failures))
        .collect();
    assert_eq!(users, [(Some("alice@contoso.com".into()), 2, 1)]);
    let inbound = Selection::new(CONTOSO, FABRIKAM, Inbound).unwrap();
    let status: Vec<_> = inbound
        .status(&log, &all)
        .iter()
        .map(|row| (row.count, row.status(), row.status_code))
        .collect();
    assert_eq!(status, [(2, "Success", 0), (1, "Failure", 53_003)]);
}

#[test]
fn v156_the_tenant_restrictions_panel_s17_8() {
    let panel = restrictions(&log(), Window::ALL);
    for rows in [&panel.blocked, &panel.usage] {
        let shown: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    row.count,
                    row.resource_tenant,
                    row.client_app_name.as_deref(),
                    row.resource_app_name.as_deref(),
                )
            })
            .collect();
        let teams = (Some("Teams"), Some("Microsoft Teams Services"));
        assert_eq!(shown, [(1, Some(LITWARE), teams.0, teams.1)]);
    }
}
