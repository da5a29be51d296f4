//! `comity lint`.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::{Value, json};

use super::{CONTOSO, FABRIKAM, comity, example, examples, folder, json, text};

/// A world with Contoso, whose settings are these, and Fabrikam.
fn world(name: &str, settings: &str) -> PathBuf {
    let folder = folder(name);
    let world = format!(
        "\
fixture:
  tenants:
  - tenantId: {CONTOSO}
    displayName: Contoso
    crossTenantAccessPolicy: {settings}
  - {{tenantId: {FABRIKAM}, displayName: Fabrikam}}
"
    );
    fs::write(folder.join("world.yaml"), world).unwrap();
    folder
}

const OPEN: &str = "{usersAndGroups: {accessType: allowed, targets: [{target: AllUsers, targetType: user}]}, applications: {accessType: allowed, targets: [{target: AllApplications, targetType: application}]}}";

fn wide_open(name: &str) -> PathBuf {
    let default =
        format!("{{b2bDirectConnectInbound: {OPEN}, inboundTrust: {{isMfaAccepted: true}}}}");
    let partner = format!("{{tenantId: {FABRIKAM}}}");
    world(
        name,
        &format!("{{default: {default}, partners: [{partner}]}}"),
    )
}

fn names(output: &Output) -> Vec<String> {
    let told = json(output);
    let findings = told["findings"].as_array().unwrap();
    let names = findings
        .iter()
        .map(|found| found["check"].as_str().unwrap().to_owned());
    names.collect()
}

#[test]
fn what_was_found_is_told_with_reason_request_and_fix() {
    let folder = wide_open("lint-text");
    let output = comity(
        &folder,
        &[
            "lint",
            "world.yaml",
            "--only",
            "direct-connect-inbound-default",
        ],
    );
    let told = "\
Contoso: 1 error
error direct-connect-inbound-default (S2.2, S9.6)
  default: b2bDirectConnectInbound
    Users of every organization that is not listed may come in by B2B direct connect, where no guest object in this tenant says who they are.
    passes, for instance: a user on no list → ";
    assert!(text(&output.stdout).starts_with(told), "{output:?}");
    assert_eq!(output.status.code(), Some(5));
}

#[test]
fn the_exit_code_is_5_from_the_severity_that_is_denied() {
    let folder = wide_open("lint-deny");
    let code = |more: &[&str]| {
        let arguments: Vec<&str> = ["lint", "world.yaml"].iter().chain(more).copied().collect();
        comity(&folder, &arguments).status.code()
    };
    assert_eq!(code(&[]), Some(5));
    let lenient = ["--except", "direct-connect-inbound-default"];
    assert_eq!(code(&lenient), Some(0));
    let warned = [&lenient[..], &["--deny", "warning"]].concat();
    assert_eq!(code(&warned), Some(5));
    let only_notes = ["--only", "partner-without-effect"];
    assert_eq!(
        code(&[&only_notes[..], &["--deny", "warning"]].concat()),
        Some(0)
    );
    assert_eq!(
        code(&[&only_notes[..], &["--deny", "note"]].concat()),
        Some(5)
    );
    assert_eq!(code(&["--only", "no-such-check"]), Some(2));
    assert_eq!(
        comity(&folder, &["lint", "nowhere.yaml"]).status.code(),
        Some(2)
    );
    assert_eq!(comity(&folder, &["lint"]).status.code(), Some(2));
}

#[test]
fn as_json_it_says_the_same() {
    let folder = wide_open("lint-json");
    let output = comity(&folder, &["lint", "world.yaml", "--json"]);
    assert_eq!(
        names(&output),
        [
            "direct-connect-inbound-default",
            "mfa-trust-default",
            "collaboration-inbound-default",
            "partner-without-effect"
        ]
    );
    let told = json(&output);
    assert_eq!(told["tenantId"], CONTOSO);
    assert_eq!(told["counts"], json!({"error": 1, "warning": 1, "note": 2}));
    let trust = &told["findings"][1];
    assert_eq!(trust["clauses"], json!(["S2.4", "S10.7"]));
    let source = json!({
        "configuration": "default", "partner": null, "displayName": null,
        "setting": "inboundTrust.isMfaAccepted", "origin": "default",
    });
    assert_eq!(trust["source"], source);
    let entry = &told["findings"][3]["source"];
    assert_eq!(
        (&entry["partner"], &entry["setting"]),
        (&json!(FABRIKAM), &Value::Null)
    );
    assert_eq!(entry["displayName"], "Fabrikam");
    let again = comity(&folder, &["lint", "world.yaml", "--format", "json"]);
    assert_eq!(again.stdout, output.stdout);
}

#[test]
fn sarif_has_what_a_reader_of_it_must_find() {
    let output = comity(
        &examples().join(".."),
        &["lint", "examples/contoso", "--format", "sarif"],
    );
    let told = json(&output);
    assert_eq!(told["version"], "2.1.0");
    assert!(told["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let run = &told["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "comity");
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        assert!(rule["help"]["text"].is_string() && rule["shortDescription"]["text"].is_string());
    }
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 4);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        let rule = &rules[index];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(rule["defaultConfiguration"]["level"], result["level"]);
        let level = result["level"].as_str().unwrap();
        assert!(["error", "warning", "note"].contains(&level));
        assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        let location = &result["locations"][0];
        let name = &location["logicalLocations"][0]["fullyQualifiedName"];
        assert!(name.as_str().unwrap().starts_with(CONTOSO));
        let uri = location["physicalLocation"]["artifactLocation"]["uri"]
            .as_str()
            .unwrap();
        assert!(examples().join("..").join(uri).is_file(), "{uri}");
    }
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let told = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert!(
        told.iter()
            .any(|told| told["associatedRule"]["id"] == "partner-unused")
    );
}

#[test]
fn a_path_becomes_a_reference_that_means_the_same_file() {
    let folder = wide_open("lint uri");
    fs::rename(folder.join("world.yaml"), folder.join("a world #1.yaml")).unwrap();
    let output = comity(&folder, &["lint", "./a world #1.yaml", "--format", "sarif"]);
    let location = &json(&output)["runs"][0]["results"][0]["locations"][0];
    assert_eq!(
        location["physicalLocation"]["artifactLocation"]["uri"],
        "a%20world%20%231.yaml"
    );
}

#[test]
fn junit_fails_what_is_denied_and_skips_what_could_not_be_checked() {
    let contoso = example("contoso");
    let folder = folder("lint-junit");
    let warned = ["lint", &contoso, "--format", "junit", "--deny", "warning"];
    let told = text(&comity(&folder, &warned).stdout);
    assert!(told.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    assert!(
        told.contains(
            "<testsuite name=\"Contoso\" tests=\"18\" skipped=\"4\" errors=\"0\" failures=\"2\">"
        ),
        "{told}"
    );
    let denied = ["lint", &contoso, "--format", "junit"];
    let told = text(&comity(&folder, &denied).stdout);
    assert!(
        told.contains("failures=\"0\"") && told.contains("<system-out>"),
        "{told}"
    );
}

#[test]
fn settings_may_be_kept_in_a_state_folder() {
    let folder = folder("lint-state");
    let import = comity(
        &folder,
        &["import", "--state", "state", &example("contoso")],
    );
    assert_eq!(import.status.code(), Some(0), "{import:?}");
    let kept = comity(
        &folder,
        &["lint", "--state", "state", "--tenant", CONTOSO, "--json"],
    );
    let read = comity(&folder, &["lint", &example("contoso"), "--json"]);
    assert_eq!(names(&kept), names(&read));
    let other = comity(
        &folder,
        &["lint", &example("contoso"), "--tenant", FABRIKAM],
    );
    assert_eq!(other.status.code(), Some(2));
}

#[test]
fn a_log_tells_who_is_unused_if_it_reaches_back_far_enough() {
    let folder = folder("lint-log");
    let row = |id: &str, day: &str| {
        json!({
            "id": id, "createdDateTime": format!("2026-{day}T00:00:00Z"), "tokenIssuerType": "AzureAD",
            "homeTenantId": "0b000000-0000-4000-8000-000000000003", "resourceTenantId": CONTOSO,
            "crossTenantAccessType": "b2bCollaboration", "status": {"errorCode": 0},
        })
    };
    let log = json!([row("a", "01-01"), row("b", "04-30")]);
    fs::write(folder.join("log.json"), log.to_string()).unwrap();
    let contoso = example("contoso");
    let asked = |days| {
        let only = ["lint", &contoso, "--only", "partner-unused", "--json"];
        let log = ["--log", "log.json", "--unused-days", days];
        comity(&folder, &[&only[..], &log].concat())
    };
    assert_eq!(names(&asked("90")), ["partner-unused"]);
    let told = json(&asked("300"));
    assert_eq!(told["findings"], json!([]));
    assert_eq!(told["notChecked"][0]["check"], "partner-unused");
    assert_eq!(told["read"]["counted"], 2);
    fs::write(folder.join("log.json"), "[{\"id\": 7}]").unwrap();
    assert_eq!(asked("90").status.code(), Some(2));
}

#[test]
fn a_member_that_is_stored_and_not_treated_is_something_an_entry_says() {
    let entry = |more: &str| {
        let settings = format!("{{default: {{}}, partners: [{{tenantId: {FABRIKAM}{more}}}]}}");
        let folder = world("lint-untreated", &settings);
        names(&comity(
            &folder,
            &[
                "lint",
                "world.yaml",
                "--only",
                "partner-without-effect",
                "--json",
            ],
        ))
    };
    assert_eq!(entry(""), ["partner-without-effect"]);
    let null = ", crossCloudMeetingConfiguration: {inboundAllowed: null, outboundAllowed: null}";
    assert_eq!(entry(null), ["partner-without-effect"]);
    let stated = ", crossCloudMeetingConfiguration: {inboundAllowed: true, outboundAllowed: null}";
    assert_eq!(entry(stated), Vec::<String>::new());
}

#[test]
fn what_is_wanted_can_be_looked_at_before_it_is_so() {
    let contoso = example("contoso");
    let folder = folder("lint-wanted");
    let now = names(&comity(&folder, &["lint", &contoso, "--json"]));
    assert!(now.contains(&"collaboration-inbound-default".to_owned()));
    let wanted = example("contoso-wanted.yaml");
    let output = comity(&folder, &["lint", &contoso, "--wanted", &wanted, "--json"]);
    let then = names(&output);
    assert!(
        !then.contains(&"collaboration-inbound-default".to_owned()),
        "{then:?}"
    );
    // Redeemed without a question already, Fabrikam's users are pushed as well.
    assert!(
        then.contains(&"synchronization-unasked".to_owned()),
        "{then:?}"
    );
}
