//! The published PowerShell scripts, request by request: what they count from the answers of a server
//! with the demo world is what `signins` computes from the log that the server has kept (S17).
//!
//! PowerShell itself is not run. Its SDK sends a cmdlet's filter as it was typed, percent-encoded, and
//! with `-All` follows the links to the end.

use std::collections::{BTreeMap, BTreeSet};

use policy::tenant::TenantId;
use serde_json::Value;
use signins::direction::Direction;
use signins::event::SignIn;
use signins::pairs::{Counted, pairs};
use signins::summary::Question;
use store::{SignInLog, SignInPosition, SignInQuery, Store};

use crate::client::Client;
use crate::program::demo;

/// `Get-MgAuditLogSignIn -Filter … -All`, with either profile.
fn get_sign_ins(client: &mut Client, profile: &str, filter: &str) -> Vec<Value> {
    let filter = filter.replace(' ', "%20").replace('\'', "%27");
    let mut path = format!("/{profile}/auditLogs/signIns?$filter={filter}");
    let mut rows = Vec::new();
    loop {
        let page = client.get(&path).json();
        let value = page["value"].as_array();
        rows.extend(value.unwrap_or_else(|| panic!("{path}: {page}")).clone());
        let Some(next) = page["@odata.nextLink"].as_str() else {
            return rows;
        };
        // https://localhost:…/v1.0/… of the public address.
        let start = next.find(&format!("/{profile}/")).unwrap();
        path = next[start..].to_owned();
    }
}

/// What the log of a tenant holds, all of it.
async fn kept(store: &dyn Store, tenant: TenantId) -> Vec<SignIn> {
    let mut log = Vec::new();
    let mut query = SignInQuery::all(tenant, 1000);
    loop {
        let page = SignInLog::sign_ins(store, &query).await.unwrap();
        let Some(last) = page.last() else {
            return log;
        };
        query.after = Some(SignInPosition::of(last));
        log.extend(page.into_iter().map(|record| record.sign_in));
    }
}

fn text<'a>(row: &'a Value, member: &str) -> &'a str {
    row[member].as_str().unwrap_or_default()
}

/// `Group-Object ResourceTenantId,AppDisplayName,UserPrincipalName`, which cares for no case.
fn grouped(rows: &[Value]) -> BTreeMap<String, usize> {
    let mut groups = BTreeMap::new();
    for row in rows {
        let members = ["resourceTenantId", "appDisplayName", "userPrincipalName"];
        let label = members.map(|member| text(row, member)).join(", ");
        *groups.entry(label).or_default() += 1;
    }
    groups
}

/// Tenant, direction, sign-ins, those that succeeded, users, resources.
type Line = (String, &'static str, usize, usize, usize, usize);

/// How the activity script sums up what it got.
fn summed(rows: &[Value], external: &str, direction: &'static str) -> Vec<Line> {
    let mut groups: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    // A row that does not say whose it is has no group there.
    for row in rows.iter().filter(|row| !text(row, external).is_empty()) {
        groups.entry(text(row, external)).or_default().push(row);
    }
    let line = |(tenant, rows): (&str, Vec<&Value>)| {
        let distinct = |member: &str| {
            let values: BTreeSet<&str> = rows.iter().map(|row| text(row, member)).collect();
            values.len()
        };
        let succeeded = |row: &&&Value| row["status"]["errorCode"] == 0;
        let (users, resources) = (distinct("userId"), distinct("resourceId"));
        let succeeded = rows.iter().filter(succeeded).count();
        (
            tenant.to_owned(),
            direction,
            rows.len(),
            succeeded,
            users,
            resources,
        )
    };
    groups.into_iter().map(line).collect()
}

/// The two filters of the activity script, for all partners or for one; names as some would type them.
fn filters(own: &str, external: Option<&str>) -> [String; 2] {
    let (operator, tenant) = external.map_or(("ne", own), |external| ("eq", external));
    [
        format!("crossTenantAccessType ne 'none' and ResourceTenantId {operator} '{tenant}'"),
        format!(
            "CROSSTENANTACCESSTYPE ne 'none' and homeTenantID {operator} '{}' and tokenissuertype eq 'AzureAD'",
            tenant.to_uppercase()
        ),
    ]
}

fn report(own: TenantId, external: Option<&str>, log: &[SignIn]) -> Vec<Line> {
    let external = external.map(|external| external.parse().unwrap());
    let question = Question::new(own, None, external).unwrap();
    let line = |row: signins::summary::SummaryRow| {
        let direction = match row.direction {
            Direction::Outbound => "Outbound",
            Direction::Inbound => "Inbound",
        };
        let tenant = row.external_tenant.to_string();
        let counted = (row.sign_ins, row.success_sign_ins);
        (
            tenant,
            direction,
            counted.0,
            counted.1,
            row.unique_users,
            row.unique_resources,
        )
    };
    question.summary(log, None).into_iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_scripts_count_in_the_demo_what_the_report_counts() {
    // S17.1 to S17.3, S17.7
    let (folder, mut program, credentials) = demo();
    let own = credentials.tenant.clone();
    let mut client = program.client_of(&credentials);
    let path = folder.path().join("data").join("comity.sqlite");
    let store = store::open(&format!("sqlite:{}", path.display())).await;
    let store = store.unwrap();
    // The month of sign-ins is put in while the server already answers.
    while store.value("demo/logs").await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }

    // Copied with the typographic quotes of the page the filter is nonsense, and is told so.
    let path =
        format!("/beta/auditLogs/signIns?$filter=ResourceTenantID%20ne%20%E2%80%98{own}%E2%80%99");
    let refused = client.get(&path);
    assert_eq!(refused.status, 400);
    assert!(
        text(&refused.json()["error"], "message").contains("at character 21"),
        "{refused:?}"
    );

    // The two sign-in scripts, as each is printed.
    let outbound = [
        get_sign_ins(&mut client, "beta", &format!("ResourceTenantID ne '{own}'")),
        get_sign_ins(&mut client, "beta", &format!("ResourceTenantId ne '{own}'")),
        get_sign_ins(&mut client, "v1.0", &format!("resourceTenantId ne '{own}'")),
    ]
    .map(|rows| grouped(&rows));

    // The activity script: about everybody, then about the partner that is seen most.
    let mut ask = |external: Option<&str>| {
        let [outbound, inbound] = filters(&own, external);
        let outbound = get_sign_ins(&mut client, "beta", &outbound);
        let inbound = get_sign_ins(&mut client, "v1.0", &inbound);
        let mut lines = summed(&outbound, "resourceTenantId", "Outbound");
        lines.extend(summed(&inbound, "homeTenantId", "Inbound"));
        lines.sort_by(|one, other| (&one.0, other.1).cmp(&(&other.0, one.1)));
        lines
    };
    let everybody = ask(None);
    let most = everybody
        .iter()
        .max_by_key(|line| line.2)
        .unwrap()
        .0
        .clone();
    let one = ask(Some(&most));

    // What it resolves names and regions by.
    for tenant in everybody
        .iter()
        .map(|line| &line.0)
        .collect::<BTreeSet<_>>()
    {
        let path = format!("/{tenant}/v2.0/.well-known/openid-configuration");
        let discovery = client.get(&path).json();
        assert!(discovery["tenant_region_scope"].is_string(), "{discovery}");
        let path = format!(
            "/v1.0/tenantRelationships/findTenantInformationByTenantId(tenantId='{tenant}')"
        );
        assert_eq!(client.get(&path).json()["tenantId"], tenant.as_str());
    }
    program.assert_calm();
    program.kill();

    let tenant: TenantId = own.parse().unwrap();
    let mut log = kept(&*store, tenant).await;
    // Graph lists what somebody sat in front of, unless asked for more.
    log.retain(SignIn::is_interactive);
    assert!(log.len() > 500, "{}", log.len());

    let counted = pairs(tenant, &log, Counted::INTERACTIVE);
    let counted: BTreeMap<String, usize> = counted
        .iter()
        .map(|pair| (pair.label(), pair.count))
        .collect();
    assert!(counted.len() > 20, "{}", counted.len());
    for script in outbound {
        assert_eq!(script, counted);
    }
    assert!(everybody.len() > 6, "{everybody:?}");
    assert_eq!(everybody, report(tenant, None, &log));
    assert_eq!(one, report(tenant, Some(&most), &log));
    store.close().await;
}
