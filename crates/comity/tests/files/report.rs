//! Reports one would rather look at: charts, pages and files for other programs.

use std::fs;
use std::path::Path;

use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;
use serde_json::{Value, json};

use super::{CONTOSO, FABRIKAM, comity, example, folder, json, text};

/// A log of people who write markup and turn their names around.
fn hostile(folder: &Path) {
    let row = |at: u32, user: &str, application: &str, code: u32| {
        json!({
            "id": format!("s{at}"),
            "createdDateTime": format!("2026-03-{:02}T10:00:00Z", 1 + at % 9),
            "userPrincipalName": user,
            "userId": format!("00000000-0000-4000-8000-{at:012}"),
            "resourceId": format!("aa000000-0000-4000-8000-{at:012}"),
            "resourceDisplayName": application,
            "homeTenantId": FABRIKAM,
            "resourceTenantId": CONTOSO,
            "crossTenantAccessType": "b2bCollaboration",
            "tokenIssuerType": "AzureAD",
            "status": {"errorCode": code, "failureReason": "\"><img src=x onerror=alert(2)>"}
        })
    };
    let rows = [
        row(1, "fred", "</title><script>alert(1)</script>", 0),
        row(2, "fred", "تقارير العملاء", 53_003),
        row(3, "fred", "ab\u{202e}dc", 0),
        row(4, "fred", "=1+1,\"two\"\nlines", 0),
    ];
    fs::write(folder.join("log.json"), json!({"value": rows}).to_string()).unwrap();
    let names = format!("{FABRIKAM}: \"<b>Fabrikam</b> \\u202eevil\"\n");
    fs::write(folder.join("names.yaml"), names).unwrap();
}

const ASKED: [&str; 6] = [
    "log.json",
    "--tenant",
    CONTOSO,
    "--names",
    "names.yaml",
    "--strict",
];

fn activity(folder: &Path, report: &[&str], more: &[&str]) -> std::process::Output {
    comity(folder, &[&["activity"], report, &ASKED, more].concat())
}

#[test]
fn a_page_holds_everything_and_names_cannot_break_out_of_it() {
    let folder = folder("report-page");
    hostile(&folder);
    let output = activity(
        &folder,
        &[],
        &["--format", "html", "--output", "report.html"],
    );
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stdout.is_empty());
    let page = fs::read_to_string(folder.join("report.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    for escaped in [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&quot;&gt;&lt;img src=x",
        "&lt;b&gt;Fabrikam&lt;/b&gt;",
        "<bdi>تقارير العملاء</bdi>",
    ] {
        assert!(page.contains(escaped), "{escaped}");
    }
    // Nothing runs, nothing is fetched, and nothing turns what stands beside it around.
    for never in [
        "<script", "<img", "<b>", "href=", "url(", "@import", "http:", "https:", "\u{202e}",
    ] {
        assert!(!page.contains(never), "{never}");
    }
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("prefers-color-scheme: dark"));
}

#[test]
fn pictures_say_in_words_what_they_show_and_tables_have_the_numbers() {
    let folder = folder("report-accessible");
    hostile(&folder);
    let page = text(&activity(&folder, &["charts"], &["--format", "html"]).stdout);
    let count = |what: &str| page.matches(what).count();
    assert_eq!(count("<svg "), 4);
    for at in 0..4 {
        let named = format!("role=\"img\" aria-labelledby=\"chart{at}-title chart{at}-desc\"");
        assert!(page.contains(&named), "{named}");
        assert_eq!(count(&format!("<title id=\"chart{at}-title\">")), 1);
        assert_eq!(count(&format!("<desc id=\"chart{at}-desc\">")), 1);
    }
    assert_eq!((count("<table>"), count("<caption>")), (4, 4));
    assert_eq!(
        count("<th "),
        count("scope=\"col\"") + count("scope=\"row\"")
    );
    // The chart and the table tell the same.
    let told = json(&activity(&folder, &["charts"], &["--json"]));
    let partner = &told["partners"][0];
    assert_eq!(
        (&partner["InboundSignIns"], &partner["FailedSignIns"]),
        (&json!(4), &json!(1))
    );
    assert!(page.contains("0 outbound, 4 inbound"), "{page}");
}

#[test]
fn charts_in_a_terminal_are_as_wide_as_it_is_and_plain_elsewhere() {
    let folder = folder("report-charts");
    hostile(&folder);
    let told = text(&activity(&folder, &["charts"], &[]).stdout);
    for heading in [
        "By day, in UTC",
        "By partner",
        "By application",
        "Failures by reason",
    ] {
        assert!(told.contains(heading), "{told}");
    }
    assert!(
        !told.contains('\u{1b}') && !told.contains('\u{202e}'),
        "{told}"
    );
    assert!(told.contains("\n2026-03-02  ▒"), "{told}");
    let one = text(&activity(&folder, &["charts"], &["--panel", "days"]).stdout);
    assert_eq!(one.lines().count(), 5, "{one}");
}

/// The rows of a Parquet file, as separated values have them.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let reader = SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema();
    let head = schema
        .get_fields()
        .iter()
        .map(|field| field.name().to_owned());
    let mut rows = vec![head.collect::<Vec<_>>()];
    for row in reader.get_row_iter(None).unwrap() {
        let row = row.unwrap();
        let cells = row.get_column_iter().map(|(_, field)| match field {
            Field::Null => String::new(),
            Field::Str(text) => text.clone(),
            Field::Long(number) => number.to_string(),
            other => other.to_string(),
        });
        rows.push(cells.collect());
    }
    rows
}

fn separated(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).from_path(path).unwrap();
    let records = reader.records().map(|record| record.unwrap());
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn parquet_holds_what_separated_values_hold_a_file_for_each_table() {
    let folder = folder("report-parquet");
    hostile(&folder);
    let panels = [
        "panels",
        "--external-tenant",
        FABRIKAM,
        "--direction",
        "inbound",
    ];
    for (report, tables) in [
        (&panels[..], vec!["status", "applications", "users"]),
        (
            &["charts"],
            vec!["days", "partners", "applications", "failures"],
        ),
        (&["restrictions"], vec!["blocked", "usage"]),
    ] {
        let arguments = match report {
            ["charts"] => ASKED.to_vec(),
            _ => ASKED[..3].to_vec(),
        };
        for form in ["csv", "parquet"] {
            let asked = ["--format", form, "--output", "tables"];
            let output = comity(
                &folder,
                &[&["activity"], report, &arguments, &asked].concat(),
            );
            assert_eq!(output.status.code(), Some(0), "{output:?}");
        }
        for table in tables {
            let path = folder.join("tables").join(table);
            let expected = separated(&path.with_extension("csv"));
            assert_eq!(rows(&path.with_extension("parquet")), expected, "{table}");
            assert!(expected.len() > 1 || table == "blocked" || table == "usage");
        }
    }
    let bytes = activity(&folder, &["summary"], &["--format", "parquet"]).stdout;
    fs::write(folder.join("summary.parquet"), bytes).unwrap();
    let bytes = activity(&folder, &["summary"], &["--csv"]).stdout;
    fs::write(folder.join("summary.csv"), bytes).unwrap();
    assert_eq!(
        rows(&folder.join("summary.parquet")),
        separated(&folder.join("summary.csv"))
    );
}

#[test]
fn what_cannot_be_written_is_said_and_leaves_no_file() {
    let folder = folder("report-refused");
    hostile(&folder);
    let several = activity(&folder, &["charts"], &["--format", "parquet"]);
    assert_eq!(several.status.code(), Some(2), "{several:?}");
    let told = text(&several.stderr);
    assert!(
        told.contains("--format parquet holds one table") && told.contains("--output FOLDER"),
        "{told}"
    );
    let nowhere = activity(
        &folder,
        &[],
        &["--format", "html", "--output", "no/where.html"],
    );
    assert_eq!(nowhere.status.code(), Some(1), "{nowhere:?}");
    assert!(text(&nowhere.stderr).contains("cannot write `no/where.html`"));
    let two = activity(&folder, &[], &["--format", "html", "--json"]);
    assert_eq!(two.status.code(), Some(2), "{two:?}");
}

#[test]
fn a_preview_as_a_page_tells_coverage_before_who_is_hit() {
    let folder = folder("report-preview");
    let log = example("contoso-signins.json");
    let states = [example("contoso"), example("contoso-draft")];
    let preview = ["preview", &states[0], &states[1], "--log", &log];
    let written = ["--format", "html", "--output", "preview.html"];
    let output = comity(&folder, &[&preview[..], &written].concat());
    assert_eq!(output.status.code(), Some(5), "{output:?}");
    let page = fs::read_to_string(folder.join("preview.html")).unwrap();
    let coverage = page.find("5 of 9 combinations").unwrap();
    let hit = page.find("<caption>Who is hit</caption>").unwrap();
    assert!(coverage < hit);
    let told: Value = json(&comity(&folder, &[&preview[..], &["--json"]].concat()));
    let groups = told["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 4);
    for group in groups {
        let sentence = group["sentence"].as_str().unwrap();
        let shown = page.matches(&sentence.replace('"', "&quot;")).count();
        assert!(shown > 0, "{sentence}");
    }
    assert!(page.contains("nora@northwind.example"));
    let text = comity(
        &folder,
        &[&preview[..], &["--output", "preview.txt"]].concat(),
    );
    assert_eq!(text.status.code(), Some(2), "{text:?}");
}
