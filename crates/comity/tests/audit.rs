//! `comity audit` as it is called: a log is exported, its end noted down, and both are compared.
#![allow(clippy::unwrap_used, reason = "tests say what they expect")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let place = Place(folder);
        let made = [
            "init",
            "--tenant-name",
            "Contoso",
            "--domain",
            "contoso.com",
        ];
        assert_eq!(place.run(&made).0, Some(0));
        place
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_comity"))
            .current_dir(&self.0)
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
        (status.code(), text)
    }

    /// Runs a command on the operator's log and keeps what it prints.
    fn keep(&self, command: &str, file: &str) -> String {
        let (code, text) = self.run(&["audit", command, "--log", "operator"]);
        assert_eq!(code, Some(0), "{text}");
        fs::write(self.0.join(file), &text).unwrap();
        text
    }

    fn verify(&self, log: &str, heads: &[&str]) -> (Option<i32>, String) {
        let heads = heads.iter().flat_map(|head| ["--head", head]);
        let arguments: Vec<&str> = ["audit", "verify", log].into_iter().chain(heads).collect();
        self.run(&arguments)
    }
}

#[test]
fn an_export_agrees_with_its_head_until_somebody_changes_it() {
    let place = Place::new("audit-verify");
    let log = place.keep("export", "log.ndjson");
    assert_eq!(log.lines().count(), 2);
    place.keep("head", "head.json");
    let (code, text) = place.verify("log.ndjson", &["head.json"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("operator: all 2 entries"), "{text}");
    fs::write(
        place.0.join("edited.ndjson"),
        log.replace("Create tenant", "Create nothing"),
    )
    .unwrap();
    let (code, text) = place.verify("edited.ndjson", &["head.json"]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("line 2: the chain is broken"), "{text}");
    let head = fs::read_to_string(place.0.join("head.json")).unwrap();
    let forged = head.replace("\"head\": \"e", "\"head\": \"f");
    fs::write(place.0.join("forged.json"), forged).unwrap();
    let (code, text) = place.verify("log.ndjson", &["forged.json"]);
    assert_eq!(code, Some(2), "{text}");
}

#[test]
fn what_is_left_after_pruning_still_verifies() {
    let place = Place::new("audit-prune");
    place.keep("export", "full.ndjson");
    place.keep("head", "early.json");
    let (code, text) = place.run(&["audit", "prune", "--before", "2100-01-01T00:00:00Z"]);
    assert_eq!(
        (code, text.trim()),
        (Some(0), "operator: 2 entries dropped")
    );
    let rest = place.keep("export", "rest.ndjson");
    assert!(
        rest.lines().count() == 1 && rest.contains("Prune audit log"),
        "{rest}"
    );
    place.keep("head", "late.json");
    for (log, heads, expected) in [
        ("rest.ndjson", &["late.json"][..], 0),
        ("rest.ndjson", &["early.json", "late.json"], 0),
        ("rest.ndjson", &["early.json"], 1),
        ("full.ndjson", &["early.json"], 0),
        ("full.ndjson", &["early.json", "late.json"], 1),
    ] {
        let (code, text) = place.verify(log, heads);
        assert_eq!(code, Some(expected), "{log} {heads:?}: {text}");
    }
}
