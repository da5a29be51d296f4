//! `/auditLogs/signIns` (S15), and the published scripts that read it (S17).

use std::collections::{BTreeMap, BTreeSet};

use policy::conditional_access::{AppliedPolicy, Status};
use policy::row::{NO_USER, TENANT_RESTRICTION};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use serde_json::{Value, json};
use signins::direction::Direction;
use signins::event::{CrossTenantAccess, SignIn, TokenIssuer};
use signins::pairs::{Counted, pairs};
use signins::summary::Question;
use store::{Moment, SignInRecord};

use crate::client::*;

const LOG: Persona = Program(&["AuditLog.Read.All"]);
const SIGN_INS: &str = "/v1.0/auditLogs/signIns";
const BETA: &str = "/beta/auditLogs/signIns";

fn tenant(id: &str) -> TenantId {
    id.parse().unwrap()
}

fn at(seconds: i64) -> Option<Moment> {
    let now = now().as_nanosecond();
    Some(Moment::from_nanoseconds(
        now - i128::from(seconds) * 1_000_000_000,
    ))
}

fn id(number: u64) -> String {
    format!("51000000-0000-4000-8000-{number:012x}")
}

/// A row of Contoso's log; everything about it follows from its number.
fn row(number: u64) -> SignInRecord {
    let others = [FABRIKAM, NORTHWIND, WOODGROVE];
    let other = Some(tenant(others[(number / 5 % 3) as usize]));
    let own = Some(tenant(CONTOSO));
    let (home, resource, access) = match number % 5 {
        0 => (own, own, CrossTenantAccess::None),
        1 => (own, other, CrossTenantAccess::B2bCollaboration),
        2 => (other, own, CrossTenantAccess::B2bCollaboration),
        3 => (other, own, CrossTenantAccess::B2bDirectConnect),
        _ => (
            other,
            Some(tenant(others[(number / 7 % 3) as usize])),
            CrossTenantAccess::Passthrough,
        ),
    };
    let user = number % 11;
    let issuer = match number % 23 {
        0 => TokenIssuer::from_name("ADFederationServices"),
        _ => TokenIssuer::AzureAd,
    };
    let sign_in = SignIn {
        created: at((number * 7919 % 100_000) as i64),
        home_tenant: home,
        resource_tenant: resource,
        access_type: Some(access),
        token_issuer: issuer,
        user: Some(UserId::from_u128(u128::from(user) + 1)),
        user_display_name: Some(format!("User {user}")),
        user_principal_name: Some(format!("user{user}@contoso.com")),
        client_app: Some(ApplicationId::from_u128(u128::from(number % 3) + 1)),
        client_app_name: Some(format!("Client {}", number % 3)),
        resource_app: Some(ApplicationId::from_u128(u128::from(number % 4) + 1)),
        resource_app_name: Some(format!("App {}", number % 4)),
        is_interactive: Some(!number.is_multiple_of(13)),
        ..SignIn::bare(
            id(number),
            [0, 0, 0, 50_074, 500_212][(number % 17 % 5) as usize],
        )
    };
    SignInRecord {
        correlation: Some(id(number / 2)),
        address: Some(format!("192.0.2.{}", number % 200)),
        conditional_access: Some(Status::Success),
        applied: vec![AppliedPolicy {
            id: "p1".to_owned(),
            display_name: Some("Require MFA".to_owned()),
            satisfied: true,
        }],
        ..SignInRecord::bare(sign_in)
    }
}

/// A masked row of tenant restrictions: no access type, no name (S15.6).
fn masked(number: u64) -> SignInRecord {
    SignInRecord::bare(SignIn {
        created: at(5),
        resource_tenant: Some(tenant(FABRIKAM)),
        user: Some(NO_USER),
        user_display_name: Some(TENANT_RESTRICTION.to_owned()),
        ..SignIn::bare(id(number), 5_000_211)
    })
}

/// A visitor whose identity has no tenant (S15.7).
fn tenantless(number: u64) -> SignInRecord {
    SignInRecord::bare(SignIn {
        created: at(6),
        resource_tenant: Some(tenant(CONTOSO)),
        access_type: Some(CrossTenantAccess::B2bCollaboration),
        ..SignIn::bare(id(number), 0)
    })
}

async fn server(rows: u64) -> (Server, Vec<SignInRecord>) {
    let server = Server::new().await;
    let mut log: Vec<SignInRecord> = (0..rows).map(row).collect();
    log.extend([masked(rows), tenantless(rows + 1)]);
    server
        .store
        .keep_sign_ins(tenant(CONTOSO), &log)
        .await
        .unwrap();
    (server, log)
}

fn encoded(text: &str) -> String {
    let text = form_urlencoded::byte_serialize(text.as_bytes());
    text.collect::<String>().replace('+', "%20")
}

fn filtered(root: &str, filter: &str) -> String {
    format!("{root}?$filter={}", encoded(filter))
}

/// Every page, as clients walk them: to the end of the links.
async fn pages(server: &Server, who: Persona, path: &str) -> Vec<Vec<Value>> {
    let mut path = path.to_owned();
    let mut pages = Vec::new();
    loop {
        let answer = server.get(who, &path).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.body);
        pages.push(answer.body["value"].as_array().unwrap().clone());
        match answer.body["@odata.nextLink"].as_str() {
            Some(next) => path = next.strip_prefix(HERE).unwrap().to_owned(),
            None => return pages,
        }
    }
}

async fn all(server: &Server, path: &str) -> Vec<Value> {
    pages(server, LOG, path).await.concat()
}

fn ids(rows: &[Value]) -> BTreeSet<String> {
    rows.iter()
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect()
}

fn those(log: &[SignInRecord], wanted: impl Fn(&SignInRecord) -> bool) -> BTreeSet<String> {
    let wanted = log.iter().filter(|row| wanted(row));
    wanted.map(|row| row.sign_in.id.clone()).collect()
}

fn interactive(row: &SignInRecord) -> bool {
    row.sign_in.is_interactive()
}

#[tokio::test]
async fn the_newest_interactive_sign_ins_come_first_page_by_page() {
    let (server, log) = server(2_400).await;
    let pages = pages(&server, Reader, SIGN_INS).await;
    assert_eq!(pages.len(), 3);
    assert_eq!((pages[0].len(), pages[1].len()), (1000, 1000));
    let rows = pages.concat();
    assert_eq!(ids(&rows), those(&log, interactive));
    let times = rows
        .iter()
        .map(|row| row["createdDateTime"].as_str().unwrap());
    let times: Vec<jiff::Timestamp> = times.map(|time| time.parse().unwrap()).collect();
    assert!(times.is_sorted_by(|one, next| one >= next));
    let ascending = all(&server, &format!("{BETA}?$orderby=createdDateTime%20asc")).await;
    let mut backwards = ascending.iter().map(|row| &row["id"]).collect::<Vec<_>>();
    backwards.reverse();
    assert_eq!(
        backwards,
        rows.iter().map(|row| &row["id"]).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_while_rows_arrive() {
    let (server, log) = server(300).await;
    let mut path = format!("{SIGN_INS}?$top=40");
    let mut found = Vec::new();
    for number in 0.. {
        let answer = server.get(LOG, &path).await;
        found.extend(answer.body["value"].as_array().unwrap().clone());
        // Newer ones, and late ones with times in the middle.
        let late = [row(10_000 + number), row(20_000 + number)];
        server
            .store
            .keep_sign_ins(tenant(CONTOSO), &late)
            .await
            .unwrap();
        match answer.body["@odata.nextLink"].as_str() {
            Some(next) => path = next.strip_prefix(HERE).unwrap().to_owned(),
            None => break,
        }
    }
    let seen = ids(&found);
    assert_eq!(seen.len(), found.len());
    assert!(seen.is_superset(&those(&log, interactive)));
}

#[tokio::test]
async fn every_documented_filter_gives_the_rows_that_satisfy_it() {
    let (server, log) = server(900).await;
    type Wanted = fn(&SignInRecord) -> bool;
    let cases: &[(&str, Wanted)] = &[
        ("id eq '51000000-0000-4000-8000-000000000007'", |row| {
            row.sign_in.id == id(7)
        }),
        ("userId eq '00000000-0000-0000-0000-000000000003'", |row| {
            row.sign_in.user == Some(UserId::from_u128(3))
        }),
        ("UserPrincipalName eq 'USER4@contoso.com'", |row| {
            row.sign_in.user_principal_name.as_deref() == Some("user4@contoso.com")
        }),
        ("startswith(userPrincipalName,'user1')", |row| {
            let name = row.sign_in.user_principal_name.as_deref();
            name.is_some_and(|name| name.starts_with("user1"))
        }),
        ("userDisplayName eq 'User 5'", |row| {
            row.sign_in.user_display_name.as_deref() == Some("User 5")
        }),
        ("appId eq '00000000-0000-0000-0000-000000000002'", |row| {
            row.sign_in.client_app == Some(ApplicationId::from_u128(2))
        }),
        ("startsWith(appDisplayName,'Client 1')", |row| {
            row.sign_in.client_app_name.as_deref() == Some("Client 1")
        }),
        (
            "resourceId eq '00000000-0000-0000-0000-000000000004'",
            |row| row.sign_in.resource_app == Some(ApplicationId::from_u128(4)),
        ),
        ("resourceDisplayName eq 'App 2'", |row| {
            row.sign_in.resource_app_name.as_deref() == Some("App 2")
        }),
        (
            "correlationId eq '51000000-0000-4000-8000-000000000009'",
            |row| row.correlation == Some(id(9)),
        ),
        ("ipAddress eq '192.0.2.7'", |row| {
            row.address.as_deref() == Some("192.0.2.7")
        }),
        ("startsWith(ipAddress,'192.0.2.1')", |row| {
            row.address
                .as_deref()
                .is_some_and(|text| text.starts_with("192.0.2.1"))
        }),
        ("conditionalAccessStatus eq 'success'", |row| {
            row.conditional_access.is_some()
        }),
        ("status/errorCode eq 500212", |row| {
            row.sign_in.error_code == 500_212
        }),
        (
            "status/errorCode ne 0 and crossTenantAccessType ne 'none'",
            |row| row.sign_in.error_code != 0 && row.sign_in.may_have_crossed(),
        ),
        (
            "createdDateTime ge 2026-01-31T00:00:00Z and createdDateTime le 2026-01-31T11:00:00Z",
            |row| (at(43_200)..=at(3_600)).contains(&row.sign_in.created),
        ),
        (
            "HomeTenantId eq '0F000000-0000-4000-8000-000000000002'",
            |row| row.sign_in.home_tenant == Some(tenant(FABRIKAM)),
        ),
        ("crossTenantAccessType eq 'b2bDirectConnect'", |row| {
            row.sign_in.access_type == Some(CrossTenantAccess::B2bDirectConnect)
        }),
        ("tokenIssuerType ne 'AzureAD'", |row| {
            row.sign_in.token_issuer != TokenIssuer::AzureAd
        }),
        ("riskState eq 'atRisk'", |_| false),
    ];
    for (filter, wanted) in cases {
        for root in [SIGN_INS, BETA] {
            let rows = all(&server, &filtered(root, filter)).await;
            let expected = those(&log, |row| interactive(row) && wanted(row));
            assert_eq!(ids(&rows), expected, "{filter}");
            assert_eq!(rows.len(), expected.len(), "{filter}");
        }
    }
}

#[tokio::test]
async fn other_kinds_of_events_are_listed_if_a_filter_asks_for_them() {
    let (server, log) = server(200).await;
    let lambda = "signInEventTypes/any(t: t eq 'nonInteractiveUser')";
    for root in [SIGN_INS, BETA] {
        let rows = all(&server, &filtered(root, lambda)).await;
        assert_eq!(ids(&rows), those(&log, |row| !interactive(row)));
    }
    let both = format!("{lambda} or signInEventTypes/any(t: t eq 'interactiveUser')");
    let rows = all(&server, &filtered(BETA, &both)).await;
    assert_eq!(rows.len(), log.len());
    for row in rows {
        let kind = match row["isInteractive"] == false {
            true => "nonInteractiveUser",
            false => "interactiveUser",
        };
        assert_eq!(row["signInEventTypes"], json!([kind]));
    }
}

#[tokio::test]
async fn each_version_has_its_members_and_new_values_are_shown_on_request() {
    let (server, _) = server(20).await;
    let path = |root: &str| format!("{root}/{}", id(4));
    let one = server.get(LOG, &path(SIGN_INS)).await;
    assert_eq!(one.body["homeTenantId"], FABRIKAM);
    for member in [
        "crossTenantAccessType",
        "signInEventTypes",
        "isTenantRestricted",
    ] {
        assert_eq!(one.body.get(member), None, "{member}");
    }
    let beta = server.get(LOG, &path(BETA)).await;
    assert_eq!(beta.body["crossTenantAccessType"], "unknownFutureValue");
    assert_eq!(beta.body["homeTenantName"], Value::Null);
    let request = server.request(LOG, "GET", &path(BETA));
    let request = request.header("prefer", "include-unknown-enum-members");
    let told = server
        .send(request.body(axum::body::Body::empty()).unwrap())
        .await;
    assert_eq!(told.body["crossTenantAccessType"], "passthrough");
}

#[tokio::test]
async fn applied_policies_are_for_those_who_may_read_policies() {
    let (server, _) = server(3).await;
    let path = format!("{SIGN_INS}/{}", id(1));
    let applied = async |who| {
        let answer = server.get(who, &path).await;
        answer.body["appliedConditionalAccessPolicies"].clone()
    };
    assert_eq!(applied(LOG).await, json!([]));
    let both = Program(&["AuditLog.Read.All", "Policy.Read.All"]);
    assert_eq!(applied(both).await[0]["displayName"], "Require MFA");
}

#[tokio::test]
async fn a_masked_row_stays_masked_s15_6() {
    let (server, _) = server(0).await;
    let row = server.get(LOG, &format!("{BETA}/{}", id(0))).await.body;
    assert_eq!(row["userDisplayName"], TENANT_RESTRICTION);
    assert_eq!(row["userId"], NO_USER.to_string());
    for member in [
        "userPrincipalName",
        "crossTenantAccessType",
        "ipAddress",
        "homeTenantId",
    ] {
        assert_eq!(row[member], Value::Null, "{member}");
    }
    let listed = all(&server, &filtered(BETA, "status/errorCode eq 5000211")).await;
    assert_eq!(listed[0]["crossTenantAccessType"], Value::Null);
}

#[tokio::test]
async fn nobody_reads_another_tenants_log_nor_one_without_the_right() {
    let (server, _) = server(20).await;
    for (who, status) in [
        (Nobody, 401),
        (Program(&["Policy.Read.All"]), 403),
        (PartnerAdministrator, 403),
    ] {
        assert_eq!(server.get(who, SIGN_INS).await.status, status);
        assert_eq!(
            server
                .get(who, &format!("{SIGN_INS}/{}", id(1)))
                .await
                .status,
            status
        );
    }
    assert_eq!(
        server.get(Stranger, SIGN_INS).await.body["value"],
        json!([])
    );
    let one = server.get(Stranger, &format!("{SIGN_INS}/{}", id(1))).await;
    assert_eq!((one.status, one.code()), (404, "Request_ResourceNotFound"));
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused() {
    let (server, _) = server(3).await;
    for query in [
        "$filter=nosuch eq 'x'",
        "$filter=status/errorCode eq 'x'",
        "$filter=isInteractive eq true",
        "$filter=createdDateTime eq 'yesterday'",
        "$filter=contains(userPrincipalName,'x')",
        "$orderby=userId",
        "$top=1001",
        "$skiptoken=x",
        "$skiptoken=1_",
        "$search=x",
    ] {
        let answer = server
            .get(LOG, &format!("{SIGN_INS}?{}", query.replace(' ', "%20")))
            .await;
        // A continuation that stands behind every row is an empty rest.
        let expected = if query.ends_with("1_") { 200 } else { 400 };
        assert_eq!(answer.status, expected, "{query}: {:?}", answer.body);
    }
}

#[tokio::test]
async fn what_is_reported_is_listed_with_everything_it_said() {
    let server = Server::new().await;
    let row = json!({
        "id": "r1",
        "createdDateTime": "2026-01-30T00:00:00Z",
        "homeTenantId": FABRIKAM,
        "resourceTenantId": CONTOSO,
        "status": {"errorCode": 53003, "failureReason": "Blocked."},
        "correlationId": "k",
        "ipAddress": "192.0.2.1",
        "userAgent": "Firefox/1",
        "deviceDetail": {"browser": "Firefox", "operatingSystem": "Linux"},
        "location": {"city": "Lisbon", "countryOrRegion": "PT"},
    });
    let writer = Program(&["SignIn.Report.All"]);
    let answer = server
        .post(writer, "/comity/v1/signins", json!([row]))
        .await;
    assert_eq!(answer.body, json!({"kept": 1, "known": 0}));
    let filter = "startsWith(deviceDetail/browser,'fire') and location/countryOrRegion eq 'pt'";
    let rows = all(&server, &filtered(SIGN_INS, filter)).await;
    assert_eq!(rows[0]["location"]["city"], "Lisbon");
    assert_eq!(rows[0]["status"]["failureReason"], "Blocked.");
    let mut long = row.clone();
    long["id"] = "x".repeat(300).into();
    let refused = server
        .post(writer, "/comity/v1/signins", json!([long]))
        .await;
    assert_eq!(refused.status, 400);
}

/// The log as the report sees it: what Graph lists unless asked for more.
fn reported(log: &[SignInRecord]) -> Vec<SignIn> {
    let log = log.iter().filter(|row| interactive(row));
    log.map(|row| row.sign_in.clone()).collect()
}

#[tokio::test]
async fn the_script_that_counts_outbound_pairs_counts_what_the_report_counts_s17_7() {
    let (server, log) = server(2_500).await;
    // Both spellings that are published, the tenant's id in either case.
    for (root, filter) in [
        (SIGN_INS, format!("ResourceTenantID ne '{CONTOSO}'")),
        (
            BETA,
            format!("ResourceTenantId ne '{}'", CONTOSO.to_uppercase()),
        ),
        (BETA, format!("resourcetenantid ne {CONTOSO}")),
    ] {
        let mut counted: BTreeMap<(String, String, String), usize> = BTreeMap::new();
        for row in all(&server, &filtered(root, &filter)).await {
            let text = |member: &str| row[member].as_str().unwrap_or_default().to_owned();
            let names = ("resourceTenantId", "appDisplayName", "userPrincipalName");
            *counted
                .entry((text(names.0), text(names.1), text(names.2)))
                .or_default() += 1;
        }
        let expected = pairs(tenant(CONTOSO), &reported(&log), Counted::INTERACTIVE);
        let counted: Vec<(usize, String)> = counted
            .into_iter()
            .map(|((tenant, app, user), count)| (count, format!("{tenant}, {app}, {user}")))
            .collect();
        let expected: Vec<(usize, String)> = expected
            .iter()
            .map(|pair| (pair.count, pair.label()))
            .collect();
        assert!(expected.len() > 20);
        assert_eq!(counted, expected, "{filter}");
    }
}

/// One row of the activity script's summary, as it works it out from what Graph lists.
type Line = (String, &'static str, usize, usize, usize, usize);

/// Grouped by a member, as the script groups; the group without a tenant cannot be resolved and is
/// nobody's (S17.1).
fn summarized(rows: &[Value], member: &str, direction: &'static str) -> Vec<Line> {
    let mut groups: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for row in rows {
        if let Some(tenant) = row[member].as_str() {
            groups.entry(tenant).or_default().push(row);
        }
    }
    let distinct = |rows: &[&Value], member: &str| {
        let values: BTreeSet<_> = rows.iter().filter_map(|row| row[member].as_str()).collect();
        values.len()
    };
    let groups = groups.into_iter().map(|(tenant, rows)| {
        let ended = rows
            .iter()
            .filter(|row| row["status"]["errorCode"] == 0)
            .count();
        let (users, resources) = (distinct(&rows, "userId"), distinct(&rows, "resourceId"));
        (
            tenant.to_owned(),
            direction,
            rows.len(),
            ended,
            users,
            resources,
        )
    });
    groups.collect()
}

#[tokio::test]
async fn the_activity_script_computes_the_activity_report_s17_2() {
    let (server, log) = server(2_500).await;
    let own = tenant(CONTOSO);
    for external in [None, Some(FABRIKAM)] {
        let (outbound, inbound) = match external {
            None => (
                format!("CrossTenantAccessType ne 'none' and ResourceTenantId ne '{CONTOSO}'"),
                format!(
                    "CrossTenantAccessType ne 'none' and HomeTenantId ne '{CONTOSO}' and TokenIssuerType eq 'AzureAD'"
                ),
            ),
            Some(other) => (
                format!("CrossTenantAccessType ne 'none' and ResourceTenantId eq '{other}'"),
                format!(
                    "CrossTenantAccessType ne 'none' and HomeTenantId eq '{other}' and TokenIssuerType eq 'AzureAD'"
                ),
            ),
        };
        let outbound = all(&server, &filtered(SIGN_INS, &outbound)).await;
        let inbound = all(&server, &filtered(SIGN_INS, &inbound)).await;
        let mut script = summarized(&outbound, "resourceTenantId", "Outbound");
        script.extend(summarized(&inbound, "homeTenantId", "Inbound"));
        script.sort_by(|one, other| (&one.0, other.1).cmp(&(&other.0, one.1)));
        let question = Question::new(own, None, external.map(tenant)).unwrap();
        let report = question.summary(&reported(&log), None);
        let report: Vec<Line> = report
            .iter()
            .map(|row| {
                let direction = match row.direction {
                    Direction::Outbound => "Outbound",
                    Direction::Inbound => "Inbound",
                };
                assert_eq!(row.success_sign_ins + row.failed_sign_ins, row.sign_ins);
                let id = row.external_tenant.to_string();
                (
                    id,
                    direction,
                    row.sign_ins,
                    row.success_sign_ins,
                    row.unique_users,
                    row.unique_resources,
                )
            })
            .collect();
        assert_eq!(report.len(), if external.is_some() { 2 } else { 6 });
        assert_eq!(script, report);
    }
    // What it resolves a tenant's region by.
    let discovery = format!("/{FABRIKAM}/v2.0/.well-known/openid-configuration");
    let discovery = server.get(Nobody, &discovery).await;
    assert!(discovery.body["tenant_region_scope"].is_string());
}
