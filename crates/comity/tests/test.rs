//! `comity test` as it is called: files and folders, options, exit codes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const WORLD: &str = "\
fixture:
  ids: {contoso: 0c000000-0000-4000-8000-000000000001, fabrikam: 0f000000-0000-4000-8000-000000000002}
  tenants: [{tenantId: $contoso, crossTenantAccessPolicy: {default: {}, partners: []}}]
";
const HOLDS: &str = "\
vectors:
- {id: trust-is-off, clause: S2.2, op: resolve, in: {tenant: $contoso, partner: $fabrikam, property: inboundTrust}, out: {source: system}}
";
const DIFFERS: &str = "\
vectors:
- {id: trust-is-on, note: a wish, op: resolve, in: {tenant: $contoso, partner: $fabrikam, property: inboundTrust}, out: {value: {isMfaAccepted: true}}}
";

/// A folder of one test, with these files in it.
fn folder(name: &str, files: &[(&str, String)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("test")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}

fn comity(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_comity"))
        .arg("test")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn check(folder: &Path, arguments: &[&str], code: i32, out: &str, err: &str) {
    let output = comity(folder, arguments);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(text(&output.stdout), out, "{arguments:?}");
    assert_eq!(text(&output.stderr), err, "{arguments:?}");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
}

fn world(vectors: &str) -> String {
    format!("{WORLD}{vectors}")
}

#[test]
fn passed_failed_and_broken_end_differently() {
    let folder = folder(
        "codes",
        &[
            ("holds.yaml", world(HOLDS)),
            ("differs.yml", world(DIFFERS)),
            ("typo.yaml", world(HOLDS).replace("clause", "claus")),
        ],
    );
    check(&folder, &["holds.yaml"], 0, "1 passed, 0 failed\n", "");
    let differs = "\
failed trust-is-on: a wish
  at differs.yml:5:3
  value.isMfaAccepted
    expected true
    got      false

1 passed, 1 failed
";
    check(&folder, &["holds.yaml", "differs.yml"], 1, differs, "");
    let typo = "\
error: typo.yaml:5:22: vectors[0].claus: unknown member `claus`; expected `id`, `clause`, `note`, `given`, `steps`, `op`, `in` or `out`

1 passed, 0 failed, 1 could not be read or asked
";
    check(&folder, &["typo.yaml", "holds.yaml"], 2, typo, "");
    assert_eq!(comity(&folder, &[]).status.code(), Some(2));
    assert_eq!(
        comity(&folder, &["--flavour", "holds.yaml"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_folder_means_its_files_in_the_order_of_their_names() {
    let json = serde_json::json!({
        "fixture": {"tenants": [{"tenantId": "0c000000-0000-4000-8000-000000000001", "crossTenantAccessPolicy": {}}]},
        "vectors": [{"id": "j", "op": "partner", "in": {"tenant": "0C000000-0000-4000-8000-000000000001", "partner": "0f000000-0000-4000-8000-000000000002"}, "out": {"exists": false}}],
    });
    let folder = folder(
        "folder",
        &[
            ("b.yaml", world(HOLDS)),
            ("a.json", json.to_string()),
            ("c.yml", world(DIFFERS)),
            ("notes.txt", "not a file of cases".to_owned()),
        ],
    );
    let output = comity(&folder, &["--json", "."]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let names: Vec<&str> = report["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["file"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["./a.json", "./b.yaml", "./c.yml"]);
    assert_eq!(
        report["summary"],
        serde_json::json!({"passed": 2, "failed": 1, "broken": 0})
    );
    assert_eq!(report["files"][2]["cases"][0]["outcome"], "failed");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_is_not_there_says_what_to_do() {
    let folder = folder(
        "absent",
        &[
            ("holds.yaml", world(HOLDS)),
            ("bare.yaml", HOLDS.replace('$', "$$")),
        ],
    );
    let counted = "0 passed, 0 failed, 1 could not be read or asked\n";
    let told = |message: &str| format!("error: {message}\n\n{counted}");
    check(
        &folder,
        &["gone.yaml"],
        2,
        &told("gone.yaml: there is no such file"),
        "",
    );
    fs::create_dir(folder.join("empty")).unwrap();
    check(
        &folder,
        &["empty"],
        2,
        &told("empty: there is no file of cases in this folder; expected *.yaml, *.yml or *.json"),
        "",
    );
    check(
        &folder,
        &["--filter", "S9", "holds.yaml"],
        2,
        &told(
            "--filter: no case matches `S9`; `comity test --list` shows ids and clauses of all of them",
        ),
        "",
    );
    check(
        &folder,
        &["bare.yaml"],
        2,
        &told(
            "bare.yaml:1:1: `fixture` is missing; write one, or give a world with `--world FILE`",
        ),
        "",
    );
    check(
        &folder,
        &["--world", "gone.yaml", "holds.yaml"],
        2,
        "",
        "error: gone.yaml: there is no such file\n",
    );
    check(
        &folder,
        &["--junit", "gone/report.xml", "holds.yaml"],
        2,
        "",
        "error: gone/report.xml: the report cannot be written: No such file or directory (os error 2)\n",
    );
}

#[test]
fn a_world_of_another_file_serves_files_without_one() {
    let folder = folder(
        "world",
        &[
            ("world.yaml", WORLD.to_owned()),
            ("cases.yaml", HOLDS.to_owned()),
        ],
    );
    check(
        &folder,
        &["--world", "world.yaml", "cases.yaml"],
        0,
        "1 passed, 0 failed\n",
        "",
    );
}

#[test]
fn cases_and_clauses_are_listed_without_running() {
    let folder = folder(
        "list",
        &[("a.yaml", world(HOLDS)), ("b.yaml", world(DIFFERS))],
    );
    let list = "a.yaml:5:3  trust-is-off  S2.2\nb.yaml:5:3  trust-is-on    a wish\n";
    check(&folder, &["--list", "a.yaml", "b.yaml"], 0, list, "");
    check(
        &folder,
        &["--clauses", "a.yaml", "b.yaml"],
        0,
        "S2.2    1\n",
        "",
    );
    let output = comity(&folder, &["--list", "--json", "--filter", "wish", "b.yaml"]);
    assert_eq!(
        serde_json::from_slice::<Value>(&output.stdout).unwrap(),
        serde_json::json!({"cases": []})
    );
}

#[test]
fn a_junit_report_is_written_beside_the_text() {
    let folder = folder("junit", &[("differs.yaml", world(DIFFERS))]);
    let output = comity(&folder, &["--junit", "report.xml", "differs.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    let xml = fs::read_to_string(folder.join("report.xml")).unwrap();
    assert!(
        xml.contains("<testcase name=\"trust-is-on: a wish\" classname=\"differs.yaml\""),
        "{xml}"
    );
}

#[test]
fn the_cases_of_the_project_and_its_examples_pass() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = comity(&repository, &["cases", "examples/policy-tests.yaml"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}
