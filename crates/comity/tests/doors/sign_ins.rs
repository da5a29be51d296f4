//! `comity sign-ins import`: rows from files into a store that a server holds, killed (`SIGKILL`) on
//! the way and done again; and into a server over HTTP. The server lists them, and its preview counts
//! them.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::client::Client;
use crate::cluster::Cluster;
use crate::program::{CONTOSO, Credentials, Place, until};

const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";
const NORTHWIND: &str = "09000000-0000-4000-8000-000000000005";
/// Rows that belong into the log.
const ROWS: usize = 35_000;
const DAY: i64 = 86_400;

fn row(number: usize, seconds: i64, home: &str, resource: &str) -> String {
    let created = jiff::Timestamp::from_second(seconds).unwrap();
    let row = json!({
        "id": format!("51000000-0000-4000-8000-{number:012x}"),
        "createdDateTime": created.to_string(),
        "userPrincipalName": format!("fred{}@fabrikam.com", number % 50),
        "userId": format!("0c000000-0000-4000-8000-{:012x}", number % 50),
        "appId": "aa000000-0000-4000-8000-000000000001",
        "resourceId": "aa000000-0000-4000-8000-000000000002",
        "homeTenantId": home,
        "resourceTenantId": resource,
        "crossTenantAccessType": "b2bCollaboration",
        "ipAddress": "192.0.2.7",
        "correlationId": format!("c-{number}"),
        "deviceDetail": {"browser": "Firefox", "isCompliant": true},
        "location": {"city": "Lisbon"},
        "isInteractive": true,
        "status": {"errorCode": 0},
    });
    row.to_string()
}

/// A log with good rows, some of them twice, rows of others, old ones and one that is none.
fn log(path: &Path) {
    let now = server::Clock::of_the_machine().now().as_second();
    let mut text = String::new();
    for number in 0..ROWS {
        let seconds = now - 60 - i64::try_from(number).unwrap() % (20 * DAY);
        writeln!(text, "{}", row(number, seconds, FABRIKAM, CONTOSO)).unwrap();
        if number % 1000 == 0 {
            writeln!(text, "{}", row(number, seconds, FABRIKAM, CONTOSO)).unwrap();
        }
    }
    for number in 0..3 {
        let row = row(1_000_000 + number, now, FABRIKAM, NORTHWIND);
        writeln!(text, "{row}").unwrap();
    }
    for number in 0..7 {
        let row = row(2_000_000 + number, now - 40 * DAY, FABRIKAM, CONTOSO);
        writeln!(text, "{row}").unwrap();
    }
    text.push_str("{\"id\": \"x\", \"homeTenantId\": \"nobody\"}\n");
    std::fs::write(path, text).unwrap();
}

fn import(place: &Place, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.current_dir(place.path());
    command.args(["sign-ins", "import", "log.ndjson", "--tenant", CONTOSO]);
    command.args(more).args(["--json"]);
    command.stdin(Stdio::null());
    command
}

fn told(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// How many sign-ins a preview looks at.
fn previewed(client: &mut Client) -> Value {
    let everything = |whom: &str, kind: &str| json!({"accessType": "blocked", "targets": [{"target": whom, "targetType": kind}]});
    let body = json!({"requests": [{
        "method": "PATCH",
        "url": "/policies/crossTenantAccessPolicy/default",
        "body": {"b2bCollaborationInbound": {
            "usersAndGroups": everything("AllUsers", "user"),
            "applications": everything("AllApplications", "application"),
        }},
    }]});
    let answer = client.post("/comity/v1/preview", &body);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["signIns"].clone()
}

/// The row with that number, as Graph lists it.
fn listed(client: &mut Client, number: usize) -> Option<Value> {
    let path = format!("/v1.0/auditLogs/signIns/51000000-0000-4000-8000-{number:012x}");
    let answer = client.get(&path);
    (answer.status == 200).then(|| answer.json())
}

fn killed_and_done_again(place: &Place) {
    log(&place.path().join("log.ndjson"));
    let program = place.start();
    let mut client = program.client_of(&place.credentials);
    let mut child = import(place, &["--config", "comity.toml"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // The server sees the first rows while the others come in.
    until("the first row", || listed(&mut client, 0));
    child.kill().unwrap();
    child.wait().unwrap();
    let again = import(place, &["--config", "comity.toml"])
        .output()
        .unwrap();
    let again = told(&again);
    let number = |name: &str| again[name].as_u64().unwrap();
    let doubled = u64::try_from(ROWS / 1000).unwrap();
    let all = u64::try_from(ROWS).unwrap();
    assert!(number("known") > doubled, "{again}");
    assert_eq!(number("kept") + number("known"), all + doubled, "{again}");
    assert_eq!(
        (
            &again["otherTenants"],
            &again["tooOld"],
            &again["unreadable"]
        ),
        (&json!(3), &json!(7), &json!(1)),
        "{again}"
    );
    let faults = again["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 4, "{again}");
    let foreign = format!(
        "log.ndjson:{}: it is about {FABRIKAM}",
        ROWS + ROWS / 1000 + 1
    );
    assert!(faults[0].as_str().unwrap().starts_with(&foreign), "{again}");
    // And once more: nothing.
    let idle = told(
        &import(place, &["--config", "comity.toml"])
            .output()
            .unwrap(),
    );
    assert_eq!(
        (&idle["kept"], &idle["known"]),
        (&json!(0), &json!(all + doubled)),
        "{idle}"
    );
    assert_eq!(previewed(&mut client), json!(ROWS));
    let row = listed(&mut client, ROWS - 1).unwrap();
    assert_eq!(
        (
            &row["ipAddress"],
            &row["location"]["city"],
            &row["deviceDetail"]["browser"]
        ),
        (&json!("192.0.2.7"), &json!("Lisbon"), &json!("Firefox"))
    );
    assert_eq!(listed(&mut client, 1_000_000), None);
    assert_eq!(listed(&mut client, 2_000_000), None);
}

const KEEPING: &str = "[retention]\nsign_in_days = 30\n";

#[test]
fn an_import_into_sqlite_survives_being_killed_and_counts_nothing_twice() {
    killed_and_done_again(&Place::new(KEEPING));
}

#[test]
fn an_import_into_postgresql_survives_being_killed_and_counts_nothing_twice() {
    let Some(cluster) = Cluster::start("-c fsync=off") else {
        return;
    };
    killed_and_done_again(&Place::over(Some(&cluster.address("postgres")), KEEPING));
}

#[test]
fn an_import_goes_to_a_server_as_well() {
    let place = Place::new("");
    log(&place.path().join("log.ndjson"));
    let program = place.start();
    let mut client = program.client_of(&place.credentials);
    let Credentials { id, secret, .. } = &place.credentials;
    std::fs::write(place.path().join("secret"), secret).unwrap();
    let url = format!("https://localhost:{}", program.address.port());
    let with = [
        "--server",
        &url,
        "--ca-file",
        "server.pem",
        "--client-id",
        id,
        "--client-secret-file",
        "secret",
        "--days",
        "30",
    ];
    let first = told(&import(&place, &with).output().unwrap());
    assert_eq!(
        (&first["kept"], &first["tooOld"]),
        (&json!(ROWS), &json!(7)),
        "{first}"
    );
    let again = told(&import(&place, &with).output().unwrap());
    assert_eq!(again["kept"], 0, "{again}");
    assert_eq!(previewed(&mut client), json!(ROWS));
    let row = listed(&mut client, 5).unwrap();
    assert_eq!(row["correlationId"], "c-5", "{row}");
}

#[test]
fn a_store_that_is_not_there_or_does_not_know_the_tenant_is_told() {
    let place = Place::new("");
    log(&place.path().join("log.ndjson"));
    let output = import(&place, &["--data", "elsewhere"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("there is no store at"), "{err}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
    command.current_dir(place.path());
    command.args(["sign-ins", "import", "log.ndjson", "--data", "data"]);
    let output = command.args(["--tenant", NORTHWIND]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(err.contains("knows no tenant"), "{err}");
}
