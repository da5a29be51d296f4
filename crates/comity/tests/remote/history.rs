//! `comity history`: who changed what, what it was, and taking it back.

use std::fs;
use std::path::Path;

use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::command::{Caller, Said, folder, run};
use crate::documents::{self, CONTOSO};
use crate::export::{bring_in, empty_house};
use crate::house::House;

const WRITE: &[&str] = &["Policy.ReadWrite.CrossTenantAccess"];
const DEFAULT: &str = "/v1.0/policies/crossTenantAccessPolicy/default";

async fn patch(house: &House, path: &str, body: Value) {
    let contoso: TenantId = CONTOSO.parse().unwrap();
    let (status, answer) = house
        .call((contoso, WRITE), Method::PATCH, path, Some(&body))
        .await;
    assert_eq!(status, 204, "{answer}");
}

fn partner_path() -> String {
    let id = documents::partner(1);
    format!("/v1.0/policies/crossTenantAccessPolicy/partners/{id}")
}

/// A tenant whose settings were imported and changed twice: the default, and a partner.
async fn changed(name: &str, permissions: &[&str]) -> (House, std::path::PathBuf, Caller) {
    let folder = folder(name);
    let house = empty_house().await;
    bring_in(&house, CONTOSO, &documents::contoso()).await;
    let accepts = |accepts: bool| json!({"inboundTrust": {"isMfaAccepted": accepts}});
    // Whatever the documents say, both of these change something.
    for (path, first) in [(DEFAULT.to_owned(), true), (partner_path(), true)] {
        patch(&house, &path, accepts(!first)).await;
        patch(&house, &path, accepts(first)).await;
    }
    let caller = Caller::of(&house, &folder, CONTOSO.parse().unwrap(), permissions).await;
    (house, folder, caller)
}

fn history(caller: &Caller, folder: &Path, rest: &[&str]) -> Said {
    let mut arguments = vec!["history"];
    arguments.extend(rest);
    arguments.extend(["--tenant", CONTOSO]);
    run(folder, &caller.arguments(&arguments))
}

fn json_of(said: &Said) -> Value {
    assert_eq!(said.code, Some(0), "{said:?}");
    serde_json::from_str(&said.out).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_changed_what_is_listed_latest_first() {
    let (_house, folder, caller) = changed("history-list", &["Policy.Read.All"]).await;
    let said = history(&caller, &folder, &["list"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    let numbers: Vec<u64> = said
        .out
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(' ').next().unwrap().parse().unwrap())
        .collect();
    let latest = numbers[0];
    assert_eq!(numbers, (1..=latest).rev().collect::<Vec<u64>>());
    assert!(said.out.contains("Script (graph)"), "{said:?}");
    assert!(said.out.contains("moving in"), "{said:?}");
    let part = format!("partners/{}", documents::partner(1));
    assert!(
        said.out.contains(&format!("{part} inboundTrust: ")),
        "{said:?}"
    );

    let said = history(
        &caller,
        &folder,
        &["list", "--part", "default", "--top", "1"],
    );
    assert_eq!(
        said.out
            .lines()
            .filter(|line| !line.starts_with(' '))
            .count(),
        2,
        "{said:?}"
    );
    assert!(said.out.contains("more with --before"), "{said:?}");
    let listed = json_of(&history(
        &caller,
        &folder,
        &["list", "--part", &part, "--json"],
    ));
    let revisions = listed["revisions"].as_array().unwrap();
    assert_eq!(revisions[0]["revision"], json!(latest.to_string()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_shown_as_they_were_and_compared() {
    let (_house, folder, caller) = changed("history-show", &["Policy.Read.All"]).await;
    let said = history(&caller, &folder, &["show", "--at", "1", "then"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.starts_with("wrote revision 1 to "), "{said:?}");
    let shown = json_of(&history(&caller, &folder, &["show", "--at", "1"]));
    let written = fs::read_to_string(folder.join("then").join("default.json")).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(shown["documents"]["default.json"], written);

    let compared = json_of(&history(
        &caller,
        &folder,
        &["compare", "--from", "1", "--json"],
    ));
    let latest: u64 = compared["to"].as_str().unwrap().parse().unwrap();
    let before = (latest - 1).to_string();
    let said = history(&caller, &folder, &["compare", "--from", &before]);
    let expected = format!("from revision {before} to revision {latest}:\n  partners/");
    assert!(said.out.starts_with(&expected), "{said:?}");
    assert!(said.out.contains("\"isMfaAccepted\":true"), "{said:?}");
    let said = history(
        &caller,
        &folder,
        &["compare", "--from", "2026-02-01T00:00:00Z"],
    );
    assert!(said.out.ends_with("say the same\n"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_property_a_partner_or_everything_is_taken_back() {
    let (house, folder, caller) = changed("history-restore", WRITE).await;
    let latest: u64 = {
        let compared = json_of(&history(
            &caller,
            &folder,
            &["compare", "--from", "1", "--json"],
        ));
        compared["to"].as_str().unwrap().parse().unwrap()
    };
    let partner = format!("partners/{}", documents::partner(1));
    let before = (latest - 1).to_string();
    let part = ["restore", "--at", &before, "--part", &partner];
    let property = [&part[..], &["--property", "inboundTrust"]].concat();

    let said = history(&caller, &folder, &[&property[..], &["--dry-run"]].concat());
    let expected =
        format!("would restore inboundTrust of {partner} as of {before}; revision {latest}\n");
    assert!(said.out.starts_with(&expected), "{said:?}");
    let reason = ["--reason", "it was a mistake"];
    let restored = json_of(&history(
        &caller,
        &folder,
        &[&property[..], &reason, &["--json"]].concat(),
    ));
    assert_eq!(restored["revision"], json!((latest + 1).to_string()));
    let said = history(&caller, &folder, &["list", "--top", "1"]);
    assert!(said.out.contains("it was a mistake"), "{said:?}");
    assert!(said.out.contains("\"isMfaAccepted\":false"), "{said:?}");

    let said = history(&caller, &folder, &part);
    assert!(
        said.out.contains("the settings there are the same already"),
        "{said:?}"
    );
    patch(
        &house,
        DEFAULT,
        json!({"inboundTrust": {"isMfaAccepted": false}}),
    )
    .await;
    let all = ["restore", "--at", &before, "--all", "--json"];
    json_of(&history(&caller, &folder, &all));
    let said = history(&caller, &folder, &["compare", "--from", &before]);
    assert!(said.out.ends_with("say the same\n"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_taken_back_says_why() {
    let (_house, folder, caller) = changed("history-wrong", &["Policy.Read.All"]).await;
    for (rest, code, expected) in [
        (
            &["show", "--at", "yesterday"][..],
            2,
            "expected a revision, a time like",
        ),
        (&["show", "--at", "4000"], 1, "has no settings of 4000"),
        (&["restore", "--at", "1"], 2, "--all"),
        (
            &["restore", "--at", "1", "--all", "--property", "x"],
            2,
            "--property",
        ),
        (
            &["list", "--part", "partner"],
            2,
            "partners/ and a tenant id",
        ),
        (
            &["restore", "--at", "1", "--all"],
            1,
            "Policy.ReadWrite.CrossTenantAccess",
        ),
    ] {
        let said = history(&caller, &folder, rest);
        assert_eq!(said.code, Some(code), "{rest:?} {said:?}");
        assert!(said.err.contains(expected), "{rest:?} {said:?}");
    }
    let said = run(&folder, &["history", "list", "--tenant", CONTOSO]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("--server URL"), "{said:?}");
}
