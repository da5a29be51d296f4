//! `comity diff`.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{CONTOSO, FABRIKAM, check, comity, example, examples, folder};

/// Contoso's export in a folder `after`, with one document changed.
fn changed(name: &str, document: &str, change: impl Fn(&mut Value)) -> PathBuf {
    let folder = folder(name);
    let after = folder.join("after");
    fs::create_dir_all(&after).unwrap();
    for file in fs::read_dir(examples().join("contoso")).unwrap() {
        let file = file.unwrap().path();
        fs::copy(&file, after.join(file.file_name().unwrap())).unwrap();
    }
    let path = after.join(document);
    let mut value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, value.to_string()).unwrap();
    folder
}

fn contoso() -> String {
    example("contoso")
}

fn one_more_application(partners: &mut Value) {
    let inbound = &mut partners["value"][0]["b2bCollaborationInbound"];
    let targets = inbound["applications"]["targets"].as_array_mut().unwrap();
    targets.push(json!({
        "target": "aa000000-0000-4000-8000-000000000002",
        "targetType": "application"
    }));
}

#[test]
fn settings_that_answer_alike_are_equal_however_they_are_written() {
    // S2.2, S2.3: what is not customized is what was written there before.
    let folder = changed("equal", "default.json", |default| {
        default["b2bDirectConnectInbound"] = Value::Null;
        default["inboundTrust"]["isHybridAzureADJoinedDeviceAccepted"] = Value::Null;
    });
    let equal = "Contoso: equal for every request\n";
    check(&folder, &["diff", &contoso(), "after"], 0, equal, "");
}

#[test]
fn what_opens_is_told_with_a_request_that_was_asked() {
    let folder = changed("opens", "partners.json", one_more_application);
    let told = "\
Contoso: 1 opens
opens
  B2B collaboration inbound, Fabrikam: all users → application aa000000-0000-4000-8000-000000000002 unless together with application aa000000-0000-4000-8000-000000000001
    for instance a user on no list → application aa000000-0000-4000-8000-000000000002, Fabrikam: blocked before, allowed after
";
    check(
        &folder,
        &["diff", &contoso(), "after", "--witness"],
        5,
        told,
        "",
    );
    let closed = "\
Contoso: 1 closes
closes
  B2B collaboration inbound, Fabrikam: all users → application aa000000-0000-4000-8000-000000000002 unless together with application aa000000-0000-4000-8000-000000000001
";
    check(&folder, &["diff", "after", &contoso()], 5, closed, "");
}

#[test]
fn as_json_it_says_the_same() {
    let folder = changed("json", "partners.json", one_more_application);
    let output = comity(&folder, &["diff", &contoso(), "after", "--json"]);
    assert_eq!(output.status.code(), Some(5));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["tenantId"], CONTOSO);
    assert_eq!(told["equal"], false);
    let region = &told["regions"][0];
    assert_eq!(region["turn"], "opens");
    assert_eq!(region["section"], "b2bCollaborationInbound");
    let partners = json!({"everyoneElse": false, "tenantIds": [FABRIKAM]});
    assert_eq!(region["partners"], partners);
    let everybody = json!([[{"target": "AllUsers", "targetType": "user"}]]);
    assert_eq!(
        region["usersAndGroups"],
        json!({"allOf": everybody, "noneOf": []})
    );
    let witness = &region["witness"]["resourceAppId"];
    assert_eq!(witness, "aa000000-0000-4000-8000-000000000002");
    assert_eq!(told["switches"], json!([]));
}

#[test]
fn settings_before_may_be_kept_in_a_state_folder() {
    let folder = changed("state", "partners.json", one_more_application);
    let import = comity(&folder, &["import", "--state", "state", &contoso()]);
    assert_eq!(import.status.code(), Some(0), "{import:?}");
    let diff = ["diff", "--state", "state", "--tenant", CONTOSO, "after"];
    let output = comity(&folder, &diff);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    assert!(output.stdout.starts_with(b"Contoso: 1 opens"), "{output:?}");
}

#[test]
fn world_files_hold_settings_and_know_other_clouds() {
    let folder = folder("world");
    let world = |clouds: &str, partners: &str| {
        format!(
            "\
fixture:
  tenants:
  - {{tenantId: {CONTOSO}, displayName: Contoso, crossTenantAccessPolicy: {{allowedCloudEndpoints: [{clouds}], default: {{}}, partners: [{partners}]}}}}
  - {{tenantId: {FABRIKAM}, displayName: Fabrikam, cloud: microsoftonline.us}}
"
        )
    };
    let entry = format!("{{tenantId: {FABRIKAM}}}");
    fs::write(folder.join("before.yaml"), world("", "")).unwrap();
    fs::write(folder.join("enabled.yaml"), world("microsoftonline.us", "")).unwrap();
    fs::write(
        folder.join("added.yaml"),
        world("microsoftonline.us", &entry),
    )
    .unwrap();
    // S5.2: enabling a cloud opens nothing.
    let equal = "Contoso: equal for every request\nbeside\n  cloud enabled: microsoftonline.us\n";
    let enabled = [
        "diff",
        "before.yaml",
        "enabled.yaml",
        "--world",
        "before.yaml",
    ];
    check(&folder, &enabled, 0, equal, "");
    let added = "\
Contoso: 2 open, 1 is switched on
opens
  B2B collaboration inbound, Fabrikam: all users → all applications
  B2B collaboration outbound, Fabrikam: all users → all applications
on
  Own users may enter as a service provider's: Fabrikam
beside
  entry added: Fabrikam
";
    let adding = [
        "diff",
        "enabled.yaml",
        "added.yaml",
        "--world",
        "before.yaml",
    ];
    check(&folder, &adding, 5, added, "");
}

#[test]
fn what_cannot_be_compared_is_refused_with_what_to_do() {
    let folder = changed("refused", "default.json", |default| {
        let applications = &mut default["b2bCollaborationInbound"]["applications"];
        applications["targets"][0]["target"] = "MicrosoftAdminPortals".into();
    });
    let fabrikam = example("fabrikam");
    check(
        &folder,
        &["diff", &contoso(), &fabrikam],
        2,
        "",
        &format!(
            "error: the settings after are those of {FABRIKAM}, and not of {CONTOSO}\n  try: two states of one tenant\n"
        ),
    );
    check(
        &folder,
        &["diff", &contoso()],
        2,
        "",
        "error: nothing says what the settings were before\n  try: comity diff BEFORE AFTER, or --server, --demo or --state\n",
    );
    // S4.6.
    let output = comity(&folder, &["diff", &contoso(), "after"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("default.json") && error.contains("invalid_application_target"),
        "{error}"
    );
}
