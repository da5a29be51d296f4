//! Commands that read settings and logs in files, as they are called: what is printed, exit codes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

mod activity;
mod diff;
mod drafts;
mod lint;
mod preview;
mod propose;
mod report;

const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";
const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// A folder of one test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("files")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn comity(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_comity"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("COMITY_TENANT_ID")
        .output()
        .unwrap()
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], code: i32, out: &str, err: &str) {
    let output = comity(folder, arguments);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    assert_eq!(text(&output.stdout), out, "{arguments:?}");
    assert_eq!(text(&output.stderr), err, "{arguments:?}");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
}

/// What was printed, as JSON.
#[track_caller]
fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn example(name: &str) -> String {
    examples().join(name).display().to_string()
}
