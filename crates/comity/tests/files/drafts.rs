//! Drafts that say what is to be changed: a PATCH, a plan, a revision.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{comity, example, folder, json, text};

const TRUST: &str = r#"{"inboundTrust": {"isCompliantDeviceAccepted": true}}"#;

fn contoso() -> String {
    example("contoso")
}

/// What a draft changes in Contoso's settings.
fn difference(folder: &Path, arguments: &[&str]) -> Value {
    let contoso = contoso();
    let output = comity(folder, &[&["diff", &contoso, "--json"], arguments].concat());
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    json(&output)
}

#[test]
fn a_patch_of_the_default_or_of_a_partner_is_a_draft() {
    let folder = folder("draft-patch");
    fs::write(folder.join("default.json"), r#"{"b2bCollaborationInbound": {"usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}, "applications": {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]}}}"#).unwrap();
    fs::write(folder.join("partner.json"), TRUST).unwrap();
    let told = difference(&folder, &["--patch", "default=default.json"]);
    let regions = told["regions"].as_array().unwrap();
    assert!(!regions.is_empty());
    for region in regions {
        let what = (&region["turn"], &region["section"]);
        assert_eq!(what, (&json!("closes"), &json!("b2bCollaborationInbound")));
    }
    let partner = "0d000000-0000-4000-8000-000000000004=partner.json";
    let both = difference(
        &folder,
        &["--patch", partner, "--patch", "default=default.json"],
    );
    assert_eq!(both["regions"], told["regions"]);
    assert_ne!(both["switches"], told["switches"], "{both}");
}

#[test]
fn a_patch_is_previewed_and_planned_like_any_other_draft() {
    let folder = folder("draft-everywhere");
    fs::write(folder.join("close.json"), r#"{"b2bCollaborationInbound": {"usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]}, "applications": {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]}}}"#).unwrap();
    let (contoso, log) = (contoso(), example("contoso-signins.json"));
    let patch = ["--patch", "default=close.json"];
    let preview = ["preview", &contoso, "--log", &log, "--json"];
    let told = json(&comity(&folder, &[&preview[..], &patch].concat()));
    assert_eq!(told["certain"]["closes"], json!(7), "{told}");
    let plan = ["plan", &contoso, "--out", "plan.json", "--json"];
    let planned = comity(&folder, &[&plan[..], &patch].concat());
    assert_eq!(planned.status.code(), Some(5), "{planned:?}");
    let planned = json(&planned);
    let steps = planned["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0]["url"], "/policies/crossTenantAccessPolicy/default");
    // The plan that was made of it is a draft once more, and so is a file of settings that are wanted.
    let of_plan = json(&comity(
        &folder,
        &[&preview[..], &["--plan", "plan.json"]].concat(),
    ));
    assert_eq!(of_plan["groups"], told["groups"]);
    let wanted = example("contoso-wanted.yaml");
    let of_wanted = comity(&folder, &["diff", &contoso, "--plan", &wanted]);
    assert_eq!(of_wanted.status.code(), Some(5), "{of_wanted:?}");
    // A plan for other settings is none for these.
    let elsewhere = comity(
        &folder,
        &["diff", &example("contoso-draft"), "--plan", "plan.json"],
    );
    assert_eq!(elsewhere.status.code(), Some(2), "{elsewhere:?}");
    assert!(text(&elsewhere.stderr).contains("not those that the plan was made for"));
}

#[test]
fn a_draft_that_could_not_be_saved_says_what_and_where() {
    let folder = folder("draft-refused");
    let refused = |name: &str, body: &str, part: &str| {
        fs::write(folder.join(name), body).unwrap();
        let output = comity(&folder, &["diff", &contoso(), "--patch", part]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(output.stdout.is_empty());
        text(&output.stderr)
    };
    let told = refused(
        "wrong.json",
        "{\n  \"inboundTrust\": {\n    \"isMfaAccepted\": \"yes\"\n  }\n}",
        "default=wrong.json",
    );
    assert!(
        told.contains("wrong.json:3:") && told.contains("inboundTrust.isMfaAccepted"),
        "{told}"
    );
    let told = refused(
        "unknown.json",
        "{\n \"noSuchThing\": 1}",
        "default=unknown.json",
    );
    assert!(
        told.contains("unknown.json:2:") && told.contains("noSuchThing"),
        "{told}"
    );
    let nobody = "0a000000-0000-4000-8000-00000000ffff=trust.json";
    let told = refused("trust.json", TRUST, nobody);
    assert!(told.contains("trust.json"), "{told}");
    assert!(refused("list.json", "[]", "default=list.json").contains("list.json:1:1"));
    assert!(refused("half.json", "{\"inbound", "default=half.json").contains("half.json:1"));
    assert!(refused("x", "", "default").contains("default=FILE"));
    assert!(refused("x", "", "fabrikam=x").contains("default=FILE"));
    let revision = comity(&folder, &["diff", &contoso(), "--revision", "3"]);
    assert_eq!(revision.status.code(), Some(2), "{revision:?}");
    assert!(text(&revision.stderr).contains("only a server keeps revisions"));
    let nothing = comity(&folder, &["diff", &contoso()]);
    assert!(text(&nothing.stderr).contains("nothing says what the settings were before"));
    let unsaid = comity(&folder, &["plan"]);
    assert!(
        text(&unsaid.stderr).contains("nothing says what is wanted"),
        "{unsaid:?}"
    );
}
