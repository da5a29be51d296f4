//! `comity activity`: exit codes, forms of output, and what is refused before anything is read.

use std::fs;

use serde_json::json;

use super::{CONTOSO, FABRIKAM, comity, example, folder, json, text};

#[test]
fn a_report_is_printed_as_a_table_json_and_separated_values() {
    let folder = folder("activity");
    let logs = &example("sign-ins");
    let activity = ["activity", "--tenant", CONTOSO, logs];
    let told = json(&comity(&folder, &[&activity[..], &["--json"]].concat()));
    assert_eq!(
        (&told["report"], &told["tenantId"]),
        (&json!("summary"), &json!(CONTOSO))
    );
    let outbound = &told["summary"].as_array().unwrap()[1];
    // The script's columns (S17.2).
    assert_eq!(
        outbound,
        &json!({
            "ExternalTenantId": FABRIKAM, "AccessDirection": "Outbound", "SignIns": 4,
            "SuccessSignIns": 3, "FailedSignIns": 1, "UniqueUsers": 2, "UniqueResources": 2
        })
    );
    assert_eq!(
        (&told["read"]["unreadable"], &told["read"]["duplicates"]),
        (&json!(1), &json!(1))
    );
    let csv = comity(&folder, &[&activity[..], &["--csv"]].concat());
    let lines = text(&csv.stdout);
    let mut lines = lines.lines();
    assert_eq!(
        lines.next(),
        Some(
            "ExternalTenantId,AccessDirection,SignIns,SuccessSignIns,FailedSignIns,UniqueUsers,UniqueResources"
        )
    );
    assert_eq!(lines.count(), 3);
    // What became of the rows does not stand among the values.
    assert!(text(&csv.stderr).contains("1 rows could not be read"));
}

#[test]
fn a_row_that_cannot_be_read_is_listed_and_strict_minds_it() {
    let folder = folder("activity-strict");
    let logs = &example("sign-ins");
    let activity = ["activity", "--tenant", CONTOSO, logs];
    let output = comity(&folder, &activity);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("portal.csv:6: expected a time"));
    let strict = comity(&folder, &[&activity[..], &["--strict"]].concat());
    assert_eq!(strict.status.code(), Some(2));
    assert_eq!(strict.stdout, output.stdout);
}

#[test]
fn what_is_asked_wrongly_is_refused_with_what_to_do() {
    let folder = folder("activity-refused");
    let logs = &example("sign-ins");
    fs::write(folder.join("names.yaml"), "fabrikam: Fabrikam\n").unwrap();
    let panels = ["--external-tenant", FABRIKAM, "--direction", "inbound"];
    for (arguments, named) in [
        (vec!["activity"], "no files were named"),
        (vec!["activity", logs], "nothing says whose log this is"),
        (
            vec![
                "activity",
                logs,
                "--tenant",
                CONTOSO,
                "--names",
                "names.yaml",
            ],
            "`fabrikam` is no tenant id",
        ),
        (
            vec!["activity", "nowhere.json", "--tenant", CONTOSO],
            "nowhere.json",
        ),
        (
            [
                &["activity", "panels", logs, "--tenant", CONTOSO, "--csv"],
                &panels[..],
            ]
            .concat(),
            "--panel with one of status, applications, users",
        ),
    ] {
        let output = comity(&folder, &arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains(named), "{output:?}");
        assert!(output.stdout.is_empty());
    }
}
