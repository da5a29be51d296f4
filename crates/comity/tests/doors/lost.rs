//! PostgreSQL, lost and found again, under one server and under two.

use serde_json::{Value, json};

use crate::client::{Client, policy};
use crate::cluster::Cluster;
use crate::program::{CONTOSO, Place, until};

const PARTNER: &str = "0f000000-0000-4000-8000-000000000002";
const APPLICATION: &str = "aa000000-0000-4000-8000-000000000001";

fn ask() -> Value {
    json!({"homeTenant": PARTNER, "user": "0f000000-0000-4000-8000-00000000a001",
        "resourceTenant": CONTOSO, "resourceAppId": APPLICATION})
}

fn add_partner(client: &mut Client) {
    let added = client.post(&policy("/partners"), &json!({"tenantId": PARTNER}));
    assert_eq!(added.status, 201, "{added:?}");
}

/// Blocks the application for whoever comes from the partner.
fn block(client: &mut Client) -> u16 {
    let change = json!({"b2bCollaborationInbound": {
        "usersAndGroups": {"accessType": "allowed", "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": "blocked", "targets": [{"target": APPLICATION, "targetType": "application"}]},
    }});
    let path = policy(&format!("/partners/{PARTNER}"));
    client.patch(&path, &change).status
}

#[test]
fn a_lost_postgresql_leaves_decisions_and_comes_back_by_itself() {
    let Some(cluster) = Cluster::start("-c fsync=off") else {
        return;
    };
    let place = Place::over(Some(&cluster.address("postgres")), "");
    let mut program = place.start();
    let mut client = program.client_of(&place.credentials);
    add_partner(&mut client);
    let decided = client.post("/comity/v1/decide", &ask());
    assert_eq!(decided.status, 200, "{decided:?}");
    assert_eq!(decided.header("comity-data-age"), "");
    let before = client.get(&policy("/default")).json();

    cluster.kill();
    let change = json!({"inboundTrust": {"isMfaAccepted": true}});
    // Many at once: none waits for the others to find out.
    let token = client.bearer().to_owned();
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let mut client = program.client();
            client.authorize(&token);
            let change = change.clone();
            std::thread::spawn(move || client.patch(&policy("/default"), &change))
        })
        .collect();
    for thread in threads {
        let refused = thread.join().unwrap();
        assert_eq!(refused.status, 503, "{refused:?}");
        assert_ne!(refused.header("retry-after"), "");
        assert_eq!(refused.json()["error"]["code"], "serviceNotAvailable");
    }
    let aged = until("the age of the data", || {
        let again = client.post("/comity/v1/decide", &ask());
        assert_eq!((again.status, &again.json()), (200, &decided.json()));
        (!again.header("comity-data-age").is_empty()).then_some(again)
    });
    assert!(aged.header("comity-data-age").parse::<u64>().unwrap() >= 5);
    let ready = client.get("/readyz");
    assert_eq!(
        (ready.status, &ready.json()["status"]),
        (200, &json!("stale"))
    );
    assert_eq!(ready.json()["store"], "unreachable");
    assert!(ready.json()["dataAgeSeconds"].as_f64().unwrap() >= 5.0);
    assert_eq!(client.get(&policy("/default")).json(), before);
    let no_token = program.client().ask_token(&place.credentials).unwrap();
    assert_eq!(no_token.status, 503, "{no_token:?}");
    assert_eq!(no_token.json()["error"], "temporarily_unavailable");

    cluster.restart();
    until("a write", || {
        (client.patch(&policy("/default"), &change).status == 204).then_some(())
    });
    until("data of now", || {
        let again = client.post("/comity/v1/decide", &ask());
        assert_eq!(again.status, 200);
        again.header("comity-data-age").is_empty().then_some(())
    });
    assert_eq!(client.get("/readyz").json()["status"], "ready");
    let rows = client.get("/v1.0/auditLogs/directoryAudits").json();
    let rows = rows["value"].as_array().unwrap().iter();
    let writes = rows.filter(|row| row["activityDisplayName"] == activity());
    assert_eq!(writes.count(), 1, "what was refused left nothing");
    assert!(!program.log().contains("panicked"), "{}", program.log());
    program.kill();

    // A server that starts while the database is away says so, and does not start.
    cluster.kill();
    let output = place.fail();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("the store cannot be opened"), "{said}");
    assert!(said.contains("the database does not answer"), "{said}");
    cluster.restart();
    let program = place.start();
    let after = program
        .client_of(&place.credentials)
        .get(&policy("/default"));
    assert_eq!(after.json()["inboundTrust"]["isMfaAccepted"], true);
}

fn activity() -> &'static str {
    "Update the company default cross-tenant access setting"
}

#[test]
fn what_one_replica_commits_the_other_decides_by() {
    let Some(cluster) = Cluster::start("-c fsync=off") else {
        return;
    };
    let place = Place::over(Some(&cluster.address("postgres")), "");
    let (one, other) = (place.start(), place.start());
    let mut writer = one.client_of(&place.credentials);
    // Tokens are of the provider, not of the process.
    let mut reader = other.client();
    reader.authorize(writer.bearer());
    add_partner(&mut writer);
    let reason = |reader: &mut Client| {
        let answer = reader.post("/comity/v1/decide", &ask());
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()["reason"].as_str().unwrap().to_owned()
    };
    // Nobody was invited: the settings let them pass, and there is no object.
    until("the partner on the other replica", || {
        (reason(&mut reader) == "user_not_in_resource_tenant").then_some(())
    });
    assert_eq!(block(&mut writer), 204);
    until("the block on the other replica", || {
        (reason(&mut reader) == "inbound_blocked").then_some(())
    });
    // Killed, one replica leaves the other at work.
    let mut one = one;
    one.kill();
    let change = json!({"inboundTrust": {"isMfaAccepted": true}});
    assert_eq!(reader.patch(&policy("/default"), &change).status, 204);
}
