//! What cannot be read is counted and listed with its line; what is no log is refused.

use crate::{faults, folder, read_bytes, summary, try_read};

const GOOD: &str = r#"{"homeTenantId": "0c000000-0000-4000-8000-000000000001", "resourceTenantId": "0f000000-0000-4000-8000-000000000002", "errorCode": 0}"#;

fn with(member: &str) -> String {
    GOOD.replace('}', &format!(", {member}}}"))
}

#[test]
fn each_row_that_cannot_be_read_is_listed_with_its_line_and_the_others_count() {
    let lines = [
        GOOD.to_owned(),
        with("\"userId\": \"fred\""),
        with("\"createdDateTime\": \"1/31/2026, 12:00:00 PM\""),
        String::new(),
        with("\"createdDateTime\": \"2026-01-31T12:00:00\""),
        with("\"appDisplayName\": {\"a\": 1}"),
        GOOD.replace(", \"errorCode\": 0", ""),
        GOOD.replace("\"errorCode\": 0", "\"errorCode\": -1"),
        "{\"homeTenantId\": ".to_owned(),
        "{\"hello\": \"world\"}".to_owned(),
        GOOD.to_owned(),
    ];
    let taken = read_bytes("rows", "log.ndjson", lines.join("\n"));
    assert_eq!(summary(&taken)[0].sign_ins, 2);
    assert_eq!(
        (taken.told.rows, taken.told.counted, taken.told.unreadable),
        (10, 2, 8)
    );
    assert_eq!(
        faults(&taken),
        [
            "log.ndjson:2: userId: expected a GUID, got `fred`",
            "log.ndjson:3: expected a time such as 2026-01-31T12:00:00Z, got `1/31/2026, 12:00:00 PM`",
            "log.ndjson:5: the time `2026-01-31T12:00:00` names no zone, and its column does not say UTC",
            "log.ndjson:6: invalid type: map, expected appDisplayName to be a plain value",
            "log.ndjson:7: nothing says how it ended: no error code in status, `Sign-in error code` or ResultType",
            "log.ndjson:8: errorCode: expected an error code, 0 for success, got `-1`",
            "log.ndjson:9: it is not JSON: EOF while parsing a value",
            "log.ndjson:10: it is no sign-in: it has none of homeTenantId, resourceTenantId, crossTenantAccessType, userPrincipalName, appDisplayName (also as Azure Monitor and the portal write them)",
        ]
    );
}

#[test]
fn a_line_that_is_not_utf_8_is_named_and_its_neighbours_are_read() {
    let mut bytes = format!("{GOOD}\n").into_bytes();
    bytes.extend_from_slice(&with("\"userDisplayName\": \"Zo?\"").into_bytes());
    let question = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[question] = 0xEB;
    bytes.extend_from_slice(format!("\n{GOOD}").as_bytes());
    let taken = read_bytes("utf8", "log.ndjson", bytes);
    assert_eq!(taken.told.counted, 2);
    let byte = question - GOOD.len();
    assert_eq!(
        faults(&taken),
        [format!("log.ndjson:2: it is not UTF-8, at byte {byte}")]
    );
}

#[test]
fn only_the_first_hundred_are_listed_and_all_are_counted() {
    let lines = format!("{GOOD}\n") + &"{}\n".repeat(1000);
    let taken = read_bytes("many", "log.ndjson", lines);
    assert_eq!(
        (taken.told.unreadable, taken.told.faults.len()),
        (1000, 100)
    );
    assert!(faults(&taken)[99].starts_with("log.ndjson:101:"));
}

#[test]
fn csv_with_a_broken_record_goes_on_after_it() {
    let csv = "homeTenantId;resourceTenantId;errorCode;appDisplayName\n\
        0c000000-0000-4000-8000-000000000001;0f000000-0000-4000-8000-000000000002;0;\"two\nlines\"\n\
        0c000000-0000-4000-8000-000000000001;0\n\
        0c000000-0000-4000-8000-000000000001;0f000000-0000-4000-8000-000000000002;53003;CRM\n";
    let taken = read_bytes("csv", "log.csv", csv);
    assert_eq!(taken.told.counted, 2);
    assert_eq!(
        faults(&taken),
        ["log.csv:4: it has 2 fields, and the header has 4"]
    );
}

#[test]
fn a_line_longer_than_any_row_is_named_and_passed_over() {
    let long = with(&format!("\"appDisplayName\": \"{}\"", "x".repeat(9 << 20)));
    let taken = read_bytes("long", "log.ndjson", format!("{GOOD}\n{long}\n{GOOD}\n"));
    assert_eq!(taken.told.counted, 2);
    assert_eq!(
        faults(&taken),
        ["log.ndjson:2: it is longer than 4194304 bytes"]
    );
    let list = read_bytes(
        "long-list",
        "log.json",
        format!("[{GOOD},\n{long},\n{GOOD}]"),
    );
    assert_eq!(list.told.counted, 2);
    assert_eq!(
        faults(&list),
        ["log.json:2: it is longer than 4194304 bytes"]
    );
}

#[test]
fn json_that_ends_or_goes_wrong_in_the_middle_is_told() {
    let cut = read_bytes(
        "cut",
        "log.json",
        format!("{{\"value\": [{GOOD},\n{GOOD},\n{{\"home"),
    );
    assert_eq!((cut.told.counted, cut.told.broken_files), (2, 1));
    assert_eq!(
        faults(&cut),
        ["log.json:3: the JSON ends in the middle; what follows in this file was not read"]
    );
    let wrong = read_bytes("wrong", "log.json", format!("[{GOOD},\n}}]"));
    assert_eq!(wrong.told.counted, 1);
    assert_eq!(
        faults(&wrong),
        ["log.json:2: expected a row, got `}`; what follows in this file was not read"]
    );
    let deep = read_bytes(
        "deep",
        "log.json",
        format!("[{GOOD},\n{}", "[".repeat(1 << 20)),
    );
    assert_eq!(deep.told.counted, 1);
    assert!(faults(&deep)[0].contains("brackets are deeper than 128"));
}

#[test]
fn a_file_that_is_no_log_is_refused_with_what_was_expected() {
    let folder = folder("no-log");
    for (name, text, part) in [
        (
            "passwd",
            "root:x:0:0:root:/root:/bin/bash\n",
            "names no column with a tenant",
        ),
        (
            "audit.csv",
            "Date,Activity,Target\n1,2,3\n",
            "names no column with a tenant",
        ),
        (
            "picture",
            "\u{1}\u{2}\u{3}",
            "names no column with a tenant",
        ),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        let error = try_read(&path).unwrap_err().to_string();
        assert!(
            error.contains(part) && error.contains("expected JSON"),
            "{error}"
        );
        assert!(error.contains(name), "{error}");
    }
    let missing = try_read(&folder.join("missing")).unwrap_err().to_string();
    assert!(missing.starts_with("cannot read `"), "{missing}");
}

#[test]
fn an_empty_file_has_no_rows() {
    let taken = read_bytes("empty", "log.json", "");
    assert_eq!((taken.told.rows, taken.told.files), (0, 1));
}
