//! `comity preview`: where logs come from, and what cannot be said.

use std::fs;

use serde_json::{Value, json};

use super::{CONTOSO, comity, example, folder, json, text};

/// The example's log.
fn page() -> Value {
    serde_json::from_slice(&fs::read(example("contoso-signins.json")).unwrap()).unwrap()
}

fn states() -> [String; 2] {
    [example("contoso"), example("contoso-draft")]
}

#[test]
fn a_log_is_replayed_with_the_draft() {
    let folder = folder("preview");
    let [before, after] = &states();
    let log = &example("contoso-signins.json");
    let told = comity(&folder, &["preview", before, after, "--log", log, "--json"]);
    assert_eq!(told.status.code(), Some(5));
    let told = json(&told);
    assert_eq!(told["signIns"], 13);
    assert_eq!(
        (&told["certain"]["closes"], &told["conditional"]["closes"]),
        (&json!(8), &json!(1))
    );
    assert_eq!(
        (&told["certain"]["opens"], &told["unchanged"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(
        (&told["read"]["counted"], &told["read"]["unreadable"]),
        (&json!(13), &json!(0))
    );
    let same = comity(&folder, &["preview", before, before, "--log", log]);
    assert_eq!(same.status.code(), Some(0));
    assert!(text(&same.stdout).contains("unchanged 13"));
}

#[test]
fn the_log_may_have_any_form_that_activity_reads() {
    let folder = folder("preview-forms");
    let [before, after] = &states();
    let logs = folder.join("logs");
    fs::create_dir_all(&logs).unwrap();
    let page = page();
    let rows = page["value"].as_array().unwrap();
    let (some, others) = rows.split_at(6);
    let lines: Vec<String> = some.iter().map(Value::to_string).collect();
    fs::write(logs.join("lines.ndjson"), lines.join("\n")).unwrap();
    // A row that lies in both counts once.
    fs::write(logs.join("rest.json"), json!(&rows[5..]).to_string()).unwrap();
    assert!(!others.is_empty());
    let told = comity(
        &folder,
        &["preview", before, after, "--log", "logs", "--json"],
    );
    let told = json(&told);
    assert_eq!(
        (&told["signIns"], &told["read"]["duplicates"]),
        (&json!(13), &json!(1))
    );
    assert_eq!(told["certain"]["closes"], 8);
    let day = [
        "preview", before, after, "--log", "logs", "--json", "--from",
    ];
    let day = comity(
        &folder,
        &[
            &day[..],
            &["2026-10-20T00:00:00Z", "--until", "2026-10-21T00:00:00Z"],
        ]
        .concat(),
    );
    let day = json(&day);
    assert_eq!(
        (&day["certain"]["closes"], &day["conditional"]["closes"]),
        (&json!(0), &json!(1)),
        "{day}"
    );
}

#[test]
fn what_is_no_log_is_named_and_never_taken_for_no_impact() {
    let folder = folder("preview-broken");
    let [before, after] = &states();
    let preview = |text: &str, more: &[&str]| {
        fs::write(folder.join("log.json"), text).unwrap();
        let preview = ["preview", before, after, "--log", "log.json"];
        comity(&folder, &[&preview[..], more].concat())
    };
    for broken in ["{\"value\": [{\"id\": 1}]}", "id,createdDateTime", "<html>"] {
        let output = preview(broken, &[]);
        assert_eq!(output.status.code(), Some(2), "{broken}: {output:?}");
        assert!(text(&output.stderr).contains("log.json"), "{output:?}");
    }
    // Among rows that can be read one that cannot is listed with its line, and --strict minds.
    let page = page();
    let rows = page["value"].as_array().unwrap();
    let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    let mixed = format!("{}\n{{\"id\": 1}}\n", lines.join("\n"));
    let output = preview(&mixed, &[]);
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let told = text(&output.stdout);
    assert!(
        told.contains("note: 1 rows could not be read") && told.contains("log.json:14: "),
        "{told}"
    );
    assert_eq!(preview(&mixed, &["--strict"]).status.code(), Some(2));
}

#[test]
fn tenants_are_called_what_the_log_calls_them() {
    let folder = folder("preview-names");
    let [before, after] = &states();
    let mut page = page();
    for row in page["value"].as_array_mut().unwrap() {
        if row["homeTenantId"] != CONTOSO {
            row["homeTenantName"] = "North\u{1b}wind".into();
        }
    }
    fs::write(folder.join("log.json"), page.to_string()).unwrap();
    let output = comity(&folder, &["preview", before, after, "--log", "log.json"]);
    let told = text(&output.stdout);
    // What others write does not move the cursor, and does not rename who is known here.
    assert!(told.contains("from North\u{fffd}wind: "), "{told}");
    assert!(told.contains("from Fabrikam: "), "{told}");
}
