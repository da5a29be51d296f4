//! Drafts against a server: a PATCH of what is in force there, and a revision to go back to.

use std::fs;

use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::command::{Caller, Said, folder, run};
use crate::documents::{self, CONTOSO};
use crate::export::{bring_in, empty_house};
use crate::house::House;

const WRITE: &[&str] = &["Policy.Read.All", "Policy.ReadWrite.CrossTenantAccess"];
const POLICY: &str = "/v1.0/policies/crossTenantAccessPolicy";

fn contoso() -> TenantId {
    CONTOSO.parse().unwrap()
}

async fn send(house: &House, method: Method, path: &str, body: Option<&Value>) {
    let path = format!("{POLICY}/{path}");
    let (status, answer) = house.call((contoso(), WRITE), method, &path, body).await;
    assert!(status.is_success(), "{answer}");
}

fn json_of(said: &Said) -> Value {
    assert_eq!(said.err, "", "{said:?}");
    serde_json::from_str(&said.out).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_patch_that_was_previewed_is_what_the_server_then_has() {
    let folder = folder("draft-patch");
    let house = empty_house().await;
    bring_in(&house, CONTOSO, &documents::contoso()).await;
    let caller = Caller::of(&house, &folder, contoso(), WRITE).await;
    let ask = |arguments: &[&str]| run(&folder, &caller.arguments(arguments));
    let id = documents::partner(1);
    let body = json!({"inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": true}});
    fs::write(folder.join("trust.json"), body.to_string()).unwrap();
    let patch = format!("{id}=trust.json");
    let diff = ["diff", "--tenant", CONTOSO, "--patch", &patch, "--json"];
    let said = ask(&diff);
    assert_eq!(said.code, Some(5), "{said:?}");
    assert_ne!(json_of(&said)["switches"], json!([]));
    let plan = [
        "plan",
        "--tenant",
        CONTOSO,
        "--patch",
        &patch,
        "--out",
        "plan.json",
    ];
    assert_eq!(ask(&plan).code, Some(5));
    let applied = ask(&["apply", "plan.json"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
    let again = ask(&diff);
    assert_eq!(again.code, Some(0), "{again:?}");
    let refused = format!("{}=trust.json", documents::partner(9_999));
    let refused = ask(&["diff", "--tenant", CONTOSO, "--patch", &refused]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_is_a_draft_and_the_plan_made_of_it_goes_back_there() {
    let folder = folder("draft-revision");
    let house = empty_house().await;
    bring_in(&house, CONTOSO, &documents::contoso()).await;
    let caller = Caller::of(&house, &folder, contoso(), WRITE).await;
    let ask = |arguments: &[&str]| run(&folder, &caller.arguments(arguments));
    let gone = format!("partners/{}", documents::partner(4));
    let synchronization = format!("{gone}/identitySynchronization");
    let synchronized = json!({"userSyncInbound": {"isSyncAllowed": true}});
    send(&house, Method::PUT, &synchronization, Some(&synchronized)).await;
    let latest = ask(&["history", "list", "--tenant", CONTOSO, "--json"]);
    let revision = json_of(&latest)["revisions"][0]["revision"].clone();
    let revision = revision.as_str().unwrap().to_owned();
    // A member, a whole entry and its synchronization are other than they were.
    send(&house, Method::DELETE, &synchronization, None).await;
    send(&house, Method::DELETE, &gone, None).await;
    let blocked = json!({
        "b2bCollaborationOutbound": {
            "usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]},
            "applications": {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]}
        }
    });
    let other = format!("partners/{}", documents::partner(1));
    send(&house, Method::PATCH, &other, Some(&blocked)).await;
    send(&house, Method::PATCH, "default", Some(&blocked)).await;

    let draft = ["--tenant", CONTOSO, "--revision", &revision];
    let diff = |more: &[&str]| ask(&[&["diff"][..], &draft, more].concat());
    let said = diff(&["--json"]);
    assert_eq!(said.code, Some(5), "{said:?}");
    let added = json!([documents::partner(4)]);
    assert_eq!(json_of(&said)["partnersAdded"], added);
    let plan = ask(&[&["plan", "--out", "back.json"][..], &draft].concat());
    assert_eq!(plan.code, Some(5), "{plan:?}");
    let applied = ask(&["apply", "back.json"]);
    assert_eq!(applied.code, Some(0), "{applied:?}");
    let equal = diff(&[]);
    assert_eq!(equal.code, Some(0), "{equal:?}");
    let nothing = ask(&[&["plan"][..], &draft].concat());
    assert_eq!(nothing.out, "everything is as wanted\n", "{nothing:?}");
    let unknown = ask(&["diff", "--tenant", CONTOSO, "--revision", "4711"]);
    assert_ne!(unknown.code, Some(0), "{unknown:?}");
    assert!(unknown.err.contains("4711"), "{unknown:?}");
}
