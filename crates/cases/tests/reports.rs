//! How results are told: to people, to programs, to build servers.
#![allow(clippy::unwrap_used, reason = "tests say what they expect")]

use cases::case_file::{CaseFile, Fault};
use cases::report::{Colour, human, json, junit};
use cases::run::{FileResult, run};
use graph::document::Document;

const FILE: &str = "\
fixture:
  ids: {contoso: 0c000000-0000-4000-8000-000000000001, fabrikam: 0f000000-0000-4000-8000-000000000002}
  tenants: [{tenantId: $contoso, crossTenantAccessPolicy: {default: {}, partners: []}}]
vectors:
- {id: holds, clause: S2.2, op: resolve, in: {tenant: $contoso, partner: $fabrikam, property: inboundTrust}, out: {source: system}}
- id: differs
  clause: S2.9,S2.3
  note: a remark <of> \"mine\"
  steps:
  - {op: resolve, in: {tenant: $contoso, partner: $fabrikam, column: inbound}, out: {label: absent}}
  - {op: resolve, in: {tenant: $contoso, partner: $fabrikam, property: inboundTrust}, out: {source: default, value: {isMfaAccepted: true, isOther: 1}}}
- {id: broken, op: partner, in: {tenant: $fabrikam, partner: $contoso}, out: {exists: true}}
";

fn results() -> Vec<FileResult> {
    let document = Document::parse("tests/mine.yaml", FILE.as_bytes()).unwrap();
    let file = CaseFile::read(&document, None).unwrap();
    let missing = FileResult {
        name: "gone.yaml".to_owned(),
        cases: Err(vec![Fault::whole("gone.yaml", "there is no such file")]),
    };
    vec![run(&file, None), missing]
}

#[test]
fn people_read_what_differs_and_where() {
    let expected = "\
failed differs (S2.9, S2.3): a remark <of> \"mine\"
  at tests/mine.yaml:6:3
  step 2, resolve at line 11: source
    expected \"default\"
    got      \"system\"
  step 2, resolve at line 11: value.isMfaAccepted
    expected true
    got      false
  step 2, resolve at line 11: value.isOther
    expected 1
    got      nothing

broken broken
  at tests/mine.yaml:12:3
error: tests/mine.yaml:12:42: vectors[2].in.tenant: the world has no tenant `0f000000-0000-4000-8000-000000000002`

error: gone.yaml: there is no such file

1 passed, 1 failed, 2 could not be read or asked
";
    assert_eq!(human(&results(), Colour::Off), expected);
}

#[test]
fn colour_is_used_only_when_asked_for() {
    assert!(!human(&results(), Colour::Off).contains('\u{1b}'));
    let coloured = human(&results(), Colour::On);
    assert!(coloured.contains("\u{1b}[31mfailed\u{1b}[0m \u{1b}[1mdiffers\u{1b}[0m"));
    let holds = run_only("holds");
    assert_eq!(
        human(&[holds], Colour::On),
        "\u{1b}[32m1 passed, 0 failed\u{1b}[0m\n"
    );
}

fn run_only(filter: &str) -> FileResult {
    let document = Document::parse("tests/mine.yaml", FILE.as_bytes()).unwrap();
    run(&CaseFile::read(&document, None).unwrap(), Some(filter))
}

#[test]
fn a_filter_means_part_of_an_id_or_a_clause_or_a_section() {
    let ids = |filter: &str| -> Vec<String> {
        let cases = run_only(filter).cases.unwrap().into_iter();
        cases.map(|case| case.vector.id).collect()
    };
    assert_eq!(ids("HOLD"), ["holds"]);
    assert_eq!(ids("S2"), ["holds", "differs"]);
    assert_eq!(ids("s2.9"), ["differs"]);
    assert_eq!(ids("S2.2"), ["holds"]);
    assert_eq!(ids("S1"), [""; 0]);
}

#[test]
fn programs_read_stable_members() {
    let expected = serde_json::json!({
        "summary": {"passed": 1, "failed": 1, "broken": 2},
        "files": [
            {
                "file": "tests/mine.yaml",
                "errors": [],
                "cases": [
                    {"id": "holds", "clauses": ["S2.2"], "note": null, "line": 5, "column": 3, "outcome": "passed", "differences": [], "errors": []},
                    {
                        "id": "differs", "clauses": ["S2.9", "S2.3"], "note": "a remark <of> \"mine\"", "line": 6, "column": 3, "outcome": "failed",
                        "differences": [
                            {"step": 2, "op": "resolve", "line": 11, "path": "source", "expected": "default", "got": "system"},
                            {"step": 2, "op": "resolve", "line": 11, "path": "value.isMfaAccepted", "expected": true, "got": false},
                            {"step": 2, "op": "resolve", "line": 11, "path": "value.isOther", "expected": 1, "got": null},
                        ],
                        "errors": [],
                    },
                    {
                        "id": "broken", "clauses": [], "note": null, "line": 12, "column": 3, "outcome": "broken", "differences": [],
                        "errors": [{"file": "tests/mine.yaml", "line": 12, "column": 42, "path": "vectors[2].in.tenant", "message": "the world has no tenant `0f000000-0000-4000-8000-000000000002`"}],
                    },
                ],
            },
            {"file": "gone.yaml", "errors": [{"file": "gone.yaml", "line": null, "column": null, "path": "", "message": "there is no such file"}], "cases": []},
        ],
    });
    assert_eq!(json(&results()), expected);
}

#[test]
fn build_servers_read_junit() {
    let xml = junit(&results()).unwrap();
    for part in [
        "<testsuite name=\"tests/mine.yaml\" tests=\"3\"",
        "<testcase name=\"holds\" classname=\"tests/mine.yaml\"",
        "<testcase name=\"differs: a remark &lt;of&gt; &quot;mine&quot;\" classname=\"tests/mine.yaml\"",
        "<failure message=\"the answer is not what was expected\"",
        "step 2, resolve at line 11: source",
        "<testsuite name=\"gone.yaml\" tests=\"1\"",
        "gone.yaml: there is no such file</error>",
    ] {
        assert!(xml.contains(part), "{part}\n{xml}");
    }
}
