//! The reports held against a plain version of each: over every tenant and direction that occurs,
//! walk the whole log and keep what the clause says, with lists and loops and nothing shared with
//! the crate but its types.

use comity_signins::direction::Direction;
use comity_signins::event::{CrossTenantAccess, SignIn, TokenIssuer};
use comity_signins::filter::{Filters, StatusFilter, Term};
use comity_signins::pairs::{Counted, pairs};
use comity_signins::panels::Selection;
use comity_signins::restrictions::restrictions;
use comity_signins::summary::Question;
use comity_signins::window::{Moment, Window};
use comity_signins::workbook::{Traffic, overview};
use policy::row::{NO_USER, TENANT_RESTRICTION};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

const LOCAL: TenantId = TenantId::from_u128(3);
const TENANTS: [TenantId; 4] = [
    TenantId::from_u128(1),
    TenantId::from_u128(2),
    LOCAL,
    TenantId::from_u128(4),
];

/// A column of the log, which most rows fill.
fn said<S: Strategy>(value: S) -> impl Strategy<Value = Option<S::Value>> {
    weighted(0.85, value)
}

/// A filter, which most questions leave out.
fn given<S: Strategy>(value: S) -> impl Strategy<Value = Option<S::Value>> {
    weighted(0.25, value)
}

fn names() -> impl Strategy<Value = Option<String>> {
    said(select(vec![
        "fred@fabrikam.com".to_owned(),
        "alfred@fabrikam.com".to_owned(),
        "Fred Service".to_owned(),
        "mia".to_owned(),
    ]))
}

fn applications() -> impl Strategy<Value = Option<ApplicationId>> {
    said((1..4_u128).prop_map(ApplicationId::from_u128))
}

/// Tenants, access type, issuer.
type Crossing = (
    Option<TenantId>,
    Option<TenantId>,
    Option<CrossTenantAccess>,
    TokenIssuer,
);

fn crossings() -> impl Strategy<Value = Crossing> {
    let access = ["none", "b2bCollaboration", "passthrough", "unheardOf"];
    (
        said(select(TENANTS.to_vec())),
        said(select(TENANTS.to_vec())),
        said(select(access.map(CrossTenantAccess::from_name).to_vec())),
        select(
            ["AzureAD", "AzureAD", "Other"]
                .map(TokenIssuer::from_name)
                .to_vec(),
        ),
    )
}

/// User id, user principal name, display name.
type Person = (Option<UserId>, Option<String>, Option<String>);

fn people() -> impl Strategy<Value = Person> {
    (
        said((0..3_u128).prop_map(UserId::from_u128)),
        names(),
        said(Just(TENANT_RESTRICTION.to_owned())),
    )
}

fn sign_ins() -> impl Strategy<Value = SignIn> {
    let outcome = (
        select(vec![0_u32, 0, 53_003, 5_000_211]),
        said(select(vec!["A".to_owned(), "B".to_owned()])),
    );
    let when = (said(0..5_i128), said(any::<bool>()));
    // Few ids, so that some sign-ins are told twice.
    let id = (0..12_u8).prop_map(|id| format!("s{id}"));
    let client = (applications(), names());
    let resource = (applications(), names());
    (id, crossings(), people(), client, resource, outcome, when).prop_map(
        |(id, crossing, person, client, resource, outcome, when)| SignIn {
            id,
            created: when.0.map(Moment::from_nanoseconds),
            home_tenant: crossing.0,
            resource_tenant: crossing.1,
            access_type: crossing.2,
            token_issuer: crossing.3,
            user: person.0,
            user_type: None,
            user_display_name: person.2,
            user_principal_name: person.1,
            client_app: client.0,
            client_app_name: client.1,
            resource_app: resource.0,
            resource_app_name: resource.1,
            error_code: outcome.0,
            failure_reason: outcome.1,
            is_interactive: when.1,
        },
    )
}

fn logs() -> impl Strategy<Value = Vec<SignIn>> {
    vec(sign_ins(), 0..40)
}

fn windows() -> impl Strategy<Value = Window> {
    (given(0..5_i128), given(0..5_i128)).prop_map(|(from, until)| Window {
        from: from.map(Moment::from_nanoseconds),
        until: until.map(Moment::from_nanoseconds),
    })
}

/// What is typed into the workbook: text and all.
#[derive(Clone, Debug)]
struct Typed {
    window: Window,
    external: Option<TenantId>,
    user: Option<&'static str>,
    application: Option<&'static str>,
    status: &'static str,
}

fn typed() -> impl Strategy<Value = Typed> {
    let text = || {
        given(select(vec![
            "fred",
            "FRE",
            "fred@fabrikam",
            "mia",
            "service",
        ]))
    };
    let external = given(select(TENANTS.to_vec()));
    let status = select(vec!["All", "Success", "Failure"]);
    (windows(), external, text(), text(), status).prop_map(
        |(window, external, user, application, status)| Typed {
            window,
            external,
            user,
            application,
            status,
        },
    )
}

impl Typed {
    fn filters(&self) -> Filters {
        Filters {
            window: self.window,
            external_tenant: self.external.and_then(|id| Term::new(&id.to_string())),
            user: self.user.and_then(Term::new),
            application: self.application.and_then(Term::new),
            status: StatusFilter::from_name(self.status).unwrap_or_default(),
        }
    }

    /// S17.5, plainly: a text of terms is a run of the value's terms, since every text here is
    /// made of letters and the punctuation of the names.
    fn plainly_passes(&self, external: TenantId, row: &SignIn) -> bool {
        let status = match self.status {
            "Success" => row.error_code == 0,
            "Failure" => row.error_code != 0,
            _ => true,
        };
        status
            && plainly_in(self.window, row)
            && self.external.is_none_or(|only| only == external)
            && plainly_has(self.user, &row.user_principal_name)
            && plainly_has(self.application, &row.resource_app_name)
    }
}

fn plainly_in(window: Window, row: &SignIn) -> bool {
    match (row.created, window.from, window.until) {
        (None, _, _) | (Some(_), None, None) => true,
        (Some(at), Some(from), None) => at >= from,
        (Some(at), None, Some(until)) => at <= until,
        (Some(at), Some(from), Some(until)) => at >= from && at <= until,
    }
}

fn terms(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let parts = lower.split(|c: char| !c.is_alphanumeric());
    parts.map(str::to_owned).collect()
}

fn plainly_has(text: Option<&str>, value: &Option<String>) -> bool {
    match (text, value) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(text), Some(value)) => {
            let wanted = terms(text);
            let mut runs = terms(value)
                .windows(wanted.len())
                .map(<[_]>::to_vec)
                .collect::<Vec<_>>();
            runs.retain(|run| *run == wanted);
            !runs.is_empty()
        }
    }
}

/// How many different values there are, by looking at each of them again and again.
fn distinct<T: PartialEq>(values: impl IntoIterator<Item = T>) -> usize {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen.len()
}

fn plainly_masked(row: &SignIn) -> bool {
    row.user_display_name == Some(TENANT_RESTRICTION.to_owned())
        && row.user_principal_name.is_none()
        && (row.user.is_none() || row.user == Some(NO_USER))
}

/// S17.1, plainly.
fn plainly_crossed(row: &SignIn, direction: Direction, external: TenantId) -> bool {
    let masked_without_type = row.access_type.is_none() && plainly_masked(row);
    if row.access_type == Some(CrossTenantAccess::None) || masked_without_type {
        return false;
    }
    match direction {
        Direction::Outbound => row.resource_tenant == Some(external) && external != LOCAL,
        Direction::Inbound => {
            row.home_tenant == Some(external)
                && external != LOCAL
                && row.token_issuer.as_str() == "AzureAD"
        }
    }
}

type Counts = (TenantId, Direction, [usize; 5]);

/// S17.2 and S17.3, plainly.
fn plain_summary(
    log: &[SignIn],
    direction: Option<Direction>,
    external: Option<TenantId>,
) -> Vec<Counts> {
    let mut found = Vec::new();
    for tenant in TENANTS {
        for way in [Direction::Outbound, Direction::Inbound] {
            let asked = direction.is_none_or(|only| only == way)
                && external.is_none_or(|only| only == tenant);
            let rows: Vec<&SignIn> = log
                .iter()
                .filter(|row| asked && plainly_crossed(row, way, tenant))
                .collect();
            if !rows.is_empty() {
                let good = rows.iter().filter(|row| row.error_code == 0).count();
                let users = distinct(rows.iter().map(|row| row.user));
                let resources = distinct(rows.iter().map(|row| row.resource_app));
                let counts = [rows.len(), good, rows.len() - good, users, resources];
                found.push((tenant, way, counts));
            }
        }
    }
    if direction.is_some() {
        found.sort_by(|(a, _, [a_rows, ..]), (b, _, [b_rows, ..])| {
            b_rows.cmp(a_rows).then(a.cmp(b))
        });
    }
    found
}

fn plainly_looked_at(row: &SignIn) -> bool {
    row.user != Some(NO_USER) && row.resource_app.is_some() && row.home_tenant.is_some()
}

/// One direction of a line of S17.4, plainly.
fn plain_traffic(
    log: &[SignIn],
    typed: &Typed,
    way: Direction,
    tenant: TenantId,
) -> Option<Traffic> {
    let rows: Vec<&SignIn> = log
        .iter()
        .filter(|row| plainly_looked_at(row))
        .filter(|row| match way {
            Direction::Outbound => row.resource_tenant == Some(tenant),
            Direction::Inbound => row.home_tenant == Some(tenant),
        })
        .filter(|row| typed.plainly_passes(tenant, row))
        .collect();
    (!rows.is_empty()).then(|| Traffic {
        sign_ins_total: distinct(rows.iter().map(|row| &row.id)),
        sign_ins_failure: rows.iter().filter(|row| row.error_code != 0).count(),
        users: distinct(rows.iter().map(|row| &row.user_principal_name)),
        apps: distinct(rows.iter().map(|row| row.resource_app)),
    })
}

fn external_tenants() -> impl Iterator<Item = TenantId> {
    TENANTS.into_iter().filter(|tenant| *tenant != LOCAL)
}

proptest! {
    #[test]
    fn the_summary_agrees_with_the_plain_one_s17_1_s17_2_s17_3(
        log in logs(),
        direction in given(select(Direction::ALL.to_vec())),
        external in given(select(external_tenants().collect::<Vec<_>>())),
    ) {
        let question = Question::new(LOCAL, direction, external).unwrap();
        let rows = question.summary(&log, None);
        let counts: Vec<Counts> = rows
            .iter()
            .map(|row| (row.external_tenant, row.direction, [
                row.sign_ins,
                row.success_sign_ins,
                row.failed_sign_ins,
                row.unique_users,
                row.unique_resources,
            ]))
            .collect();
        prop_assert_eq!(&counts, &plain_summary(&log, direction, external));

        let listed: Vec<_> = question
            .events(&log, None)
            .iter()
            .map(|event| (event.external_tenant, event.direction, event.sign_in.clone()))
            .collect();
        let mut plain = Vec::new();
        for (tenant, way, _) in counts {
            for row in log.iter().filter(|row| plainly_crossed(row, way, tenant)) {
                plain.push((tenant, way, row.clone()));
            }
        }
        prop_assert_eq!(listed, plain);
    }

    #[test]
    fn the_workbook_agrees_with_the_plain_one_s17_4_s17_5(log in logs(), typed in typed()) {
        let overview = overview(LOCAL, &log, &typed.filters());
        let lines: Vec<_> = overview
            .lines
            .iter()
            .map(|line| (line.external_tenant, line.outbound, line.inbound))
            .collect();
        let plain: Vec<_> = external_tenants()
            .map(|tenant| (
                tenant,
                plain_traffic(&log, &typed, Direction::Outbound, tenant),
                plain_traffic(&log, &typed, Direction::Inbound, tenant),
            ))
            .filter(|(_, outbound, inbound)| outbound.is_some() || inbound.is_some())
            .collect();
        prop_assert_eq!(overview.tenant_count(), plain.len());
        prop_assert_eq!(lines, plain);
    }

    #[test]
    fn the_pairs_agree_with_the_plain_ones_s17_7(
        log in logs(),
        window in windows(),
        interactive_only: bool,
    ) {
        let rows: Vec<_> = log
            .iter()
            .filter(|row| row.resource_tenant.is_some() && row.resource_tenant != Some(LOCAL))
            .filter(|row| plainly_in(window, row))
            .filter(|row| !interactive_only || row.is_interactive != Some(false))
            .map(|row| (row.resource_tenant, &row.client_app_name, &row.user_principal_name))
            .collect();
        let mut keys = rows.clone();
        keys.sort();
        keys.dedup();
        let plain: Vec<_> = keys
            .into_iter()
            .map(|key| (rows.iter().filter(|row| **row == key).count(), key))
            .collect();
        let found = pairs(LOCAL, &log, Counted { window, interactive_only });
        let found: Vec<_> = found
            .iter()
            .map(|pair| (
                pair.count,
                (Some(pair.resource_tenant), &pair.client_app_name, &pair.user_principal_name),
            ))
            .collect();
        prop_assert_eq!(found, plain);
    }

    #[test]
    fn the_panels_add_up_to_the_same_rows_and_never_rise_s17_6(
        log in logs(),
        typed in typed(),
        external in select(external_tenants().collect::<Vec<_>>()),
        direction in select(Direction::ALL.to_vec()),
    ) {
        let filters = typed.filters();
        let selection = Selection::new(LOCAL, external, direction).unwrap();
        let plain: Vec<&SignIn> = log
            .iter()
            .filter(|row| plainly_looked_at(row))
            .filter(|row| match direction {
                Direction::Outbound => row.resource_tenant == Some(external),
                Direction::Inbound => {
                    row.home_tenant == Some(external) && row.resource_tenant == Some(LOCAL)
                }
            })
            .filter(|row| typed.plainly_passes(external, row))
            .collect();
        let failed = plain.iter().filter(|row| row.error_code != 0).count();

        let status = selection.status(&log, &filters);
        prop_assert_eq!(status.iter().map(|row| row.count).sum::<usize>(), plain.len());
        prop_assert!(status.is_sorted_by_key(|row| std::cmp::Reverse(row.count)));

        let applications = selection.applications(&log, &filters);
        prop_assert_eq!(applications.iter().map(|row| row.failures).sum::<usize>(), failed);
        prop_assert!(applications.is_sorted_by_key(|row| std::cmp::Reverse(row.total)));

        let users = selection.users(&log, &filters, None);
        prop_assert_eq!(users.iter().map(|row| row.failures).sum::<usize>(), failed);
        prop_assert!(users.is_sorted_by_key(|row| std::cmp::Reverse(row.total)));
        for user in users {
            let ids = plain
                .iter()
                .filter(|row| row.user_principal_name == user.user_principal_name)
                .map(|row| &row.id);
            prop_assert_eq!(user.total, distinct(ids));
        }
    }

    #[test]
    fn the_restrictions_panel_counts_every_masked_row_once_s17_8(
        log in logs(),
        window in windows(),
    ) {
        let masked = || log.iter().filter(|row| plainly_masked(row) && plainly_in(window, row));
        let panel = restrictions(&log, window);
        let sum = |rows: &[comity_signins::restrictions::RestrictionsRow]| -> usize {
            rows.iter().map(|row| row.count).sum()
        };
        prop_assert_eq!(sum(&panel.usage), masked().count());
        let blocked = masked().filter(|row| row.error_code == 5_000_211).count();
        prop_assert_eq!(sum(&panel.blocked), blocked);
    }
}
