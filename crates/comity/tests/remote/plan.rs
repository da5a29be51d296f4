//! `comity plan`, `apply` and `drift` against a server: what is planned is what is done, once, and to
//! no other settings than it was planned for.

use std::fs;
use std::path::{Path, PathBuf};

use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::command::{Caller, Said, folder, run};
use crate::documents::{self, CONTOSO};
use crate::export::{bring_in, empty_house};
use crate::house::House;

const WRITE: &[&str] = &["Policy.Read.All", "Policy.ReadWrite.CrossTenantAccess"];
const APP: &str = "aa000000-0000-4000-8000-000000000001";

fn wanted() -> String {
    let known = documents::partner(1);
    format!(
        "\
tenantId: {CONTOSO}
names: {{Tailspin: {}, CRM: {APP}}}
default:
  b2bCollaborationInbound: {{users: all, applications: [CRM]}}
partners:
  Tailspin:
    b2bCollaborationInbound: allowed
    inboundTrust: {{isMfaAccepted: true}}
    identitySynchronization: true
  {known}:
    b2bCollaborationInbound: blocked
  {}: absent
",
        documents::partner(4),
        documents::partner(2)
    )
}

fn partner(number: u64) -> String {
    let id = documents::partner(number);
    format!("/policies/crossTenantAccessPolicy/partners/{id}")
}

async fn planned(name: &str) -> (House, PathBuf, Caller) {
    let folder = folder(name);
    let house = empty_house().await;
    bring_in(&house, CONTOSO, &documents::contoso()).await;
    // A tenant that is known and is no partner.
    let entry = partner(4);
    let contoso: TenantId = CONTOSO.parse().unwrap();
    for path in [format!("{entry}/identitySynchronization"), entry] {
        let path = format!("/v1.0{path}");
        house
            .call((contoso, WRITE), Method::DELETE, &path, None)
            .await;
    }
    fs::write(folder.join("wanted.yaml"), wanted()).unwrap();
    let caller = Caller::of(&house, &folder, CONTOSO.parse().unwrap(), WRITE).await;
    let said = ask(
        &caller,
        &folder,
        &["plan", "wanted.yaml", "--out", "plan.json"],
    );
    assert_eq!(said.code, Some(5), "{said:?}");
    (house, folder, caller)
}

fn ask(caller: &Caller, folder: &Path, arguments: &[&str]) -> Said {
    run(folder, &caller.arguments(arguments))
}

fn steps(folder: &Path) -> Vec<Value> {
    let plan: Value = serde_json::from_slice(&fs::read(folder.join("plan.json")).unwrap()).unwrap();
    plan["steps"].as_array().unwrap().clone()
}

async fn send(house: &House, step: &Value) {
    let contoso: TenantId = CONTOSO.parse().unwrap();
    let method: Method = step["method"].as_str().unwrap().parse().unwrap();
    let path = format!("/v1.0{}", step["url"].as_str().unwrap());
    let (status, answer) = house
        .call((contoso, WRITE), method, &path, step.get("body"))
        .await;
    assert!(status.is_success(), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_planned_is_done_once_and_then_nothing_has_drifted() {
    let (house, folder, caller) = planned("plan-once").await;
    let methods: Vec<Value> = steps(&folder)
        .iter()
        .map(|step| step["method"].clone())
        .collect();
    // Whoever keeps access has it before the default closes; what goes, goes last.
    assert_eq!(methods, ["POST", "PUT", "PATCH", "PATCH", "DELETE"]);
    let done = ask(&caller, &folder, &["apply", "plan.json"]);
    assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
    assert!(done.out.ends_with("everything is as planned\n"), "{done:?}");
    let again = ask(&caller, &folder, &["apply", "plan.json", "--json"]);
    let again: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(
        (&again["doneBefore"], &again["done"]),
        (&json!(5), &json!(0))
    );
    let drift = ask(&caller, &folder, &["drift", "wanted.yaml"]);
    assert_eq!(
        (drift.code, drift.out.as_str()),
        (Some(0), "nothing has moved\n")
    );
    let plan = ask(&caller, &folder, &["plan", "wanted.yaml"]);
    assert_eq!(
        (plan.code, plan.out.as_str()),
        (Some(0), "everything is as wanted\n")
    );
    drop(house);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_that_was_interrupted_goes_on_where_it_stopped() {
    for done in 0..=5 {
        let (house, folder, caller) = planned(&format!("plan-interrupted-{done}")).await;
        for step in steps(&folder).iter().take(done) {
            send(&house, step).await;
        }
        let said = ask(&caller, &folder, &["apply", "plan.json", "--json"]);
        assert_eq!(said.code, Some(0), "{done}: {said:?}");
        let told: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(
            (&told["doneBefore"], &told["done"]),
            (&json!(done), &json!(5 - done))
        );
        let drift = ask(&caller, &folder, &["drift", "wanted.yaml"]);
        assert_eq!(drift.code, Some(0), "{drift:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_made_for_other_settings_changes_nothing() {
    let (house, folder, caller) = planned("plan-stale").await;
    let elsewhere = json!({
        "method": "PATCH",
        "url": partner(3),
        "body": {"inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": true}}
    });
    send(&house, &elsewhere).await;
    let said = ask(&caller, &folder, &["apply", "plan.json"]);
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
    assert!(
        said.err.contains("not those the plan was made for"),
        "{said:?}"
    );
    // Nothing of it was done: everything is still to do.
    let plan = ask(&caller, &folder, &["plan", "wanted.yaml", "--json"]);
    let plan: Value = serde_json::from_str(&plan.out).unwrap();
    assert_eq!(plan["steps"].as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drift_says_in_which_direction_something_has_moved() {
    let (house, folder, caller) = planned("plan-drift").await;
    let done = ask(&caller, &folder, &["apply", "plan.json"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let default = "/policies/crossTenantAccessPolicy/default";
    let all = |access: &str, whom: &str, kind: &str| json!({"accessType": access, "targets": [{"target": whom, "targetType": kind}]});
    for (access, direction) in [("allowed", "widens"), ("blocked", "narrows")] {
        let block = json!({
            "usersAndGroups": all(access, "AllUsers", "user"),
            "applications": all(access, "AllApplications", "application"),
        });
        let body = json!({"b2bCollaborationInbound": block});
        send(
            &house,
            &json!({"method": "PATCH", "url": default, "body": body}),
        )
        .await;
        let said = ask(&caller, &folder, &["drift", "wanted.yaml", "--json"]);
        assert_eq!(said.code, Some(5), "{said:?}");
        let told: Value = serde_json::from_str(&said.out).unwrap();
        let drift = told["drift"].as_array().unwrap();
        assert_eq!(drift.len(), 1, "{told}");
        assert_eq!(
            (&drift[0]["direction"], &drift[0]["url"]),
            (&json!(direction), &json!(default))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_be_refused_is_refused_when_it_is_planned_and_where_it_is_written() {
    let (_house, folder, caller) = planned("plan-refused").await;
    for (text, line, named) in [
        // S4.11: the rule of the law, found in the entry it is written in.
        (
            "default:\n  b2bCollaborationInbound: {users: none, applications: all}\n",
            "wanted.yaml:2:",
            "all_users_blocked_apps_not_blocked",
        ),
        (
            "partners:\n  Nobody: {}\n",
            "wanted.yaml:2:",
            "nobody says which tenant `Nobody` is",
        ),
        (
            "default:\n  b2bColaborationInbound: allowed\n",
            "wanted.yaml:2:",
            "b2bColaborationInbound",
        ),
        ("defaults: {}\n", "wanted.yaml:1:", "there is no `defaults`"),
    ] {
        let text = format!("{text}tenantId: {CONTOSO}\n");
        fs::write(folder.join("wanted.yaml"), text).unwrap();
        let said = ask(&caller, &folder, &["plan", "wanted.yaml"]);
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(
            said.err.contains(line) && said.err.contains(named),
            "{said:?}"
        );
    }
}
