//! `comity config check` as it is called: nothing half, nothing unknown.
#![allow(clippy::unwrap_used, reason = "tests say what they expect")]

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn check(name: &str, toml: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = folder(name);
    fs::write(folder.join("comity.toml"), toml).unwrap();
    let Output { status, stderr, .. } = Command::new(env!("CARGO_BIN_EXE_comity"))
        .current_dir(&folder)
        .args(["config", "check"])
        .args(arguments)
        .output()
        .unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[track_caller]
fn refused(name: &str, toml: &str, wanted: &str) {
    let (code, text) = check(name, toml, &[]);
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains(wanted), "{text}");
}

const URL: &str = "public_url = 'https://comity.example'\n";

/// Complete as far as it is looked at before the exports are.
const COMPLETE: &str = "public_url = 'https://comity.example'
master_key_file = 'master.key'
trusted_proxies = ['10.0.0.1']
tls.terminated_by_proxy = true
";

#[test]
fn a_member_nobody_knows_is_refused_by_name() {
    refused("unknown", "public_ulr = 'x'", "public_ulr");
    refused("unknown-tls", "[tls]\ncert = 'x'", "cert");
    refused("unknown-word", "[tenants]\nunknown = 'maybe'", "maybe");
}

#[test]
fn an_export_that_cannot_work_is_an_error() {
    let export = |more: &str| format!("{COMPLETE}[[export]]\nname = 'siem'\n{more}");
    for (name, more, wanted) in [
        (
            "export-private",
            "to = 'https://10.0.0.1/'",
            "private network",
        ),
        ("export-plain", "to = 'http://siem.example/'", "https"),
        ("export-log", "to = 'stdout'\nlogs = ['signins']", "signIns"),
        (
            "export-range",
            "to = 'https://a.example/'\nallow_addresses = ['10/8']",
            "10/8",
        ),
        (
            "export-headers",
            "to = 'stdout'\nheaders_file = 'x'",
            "for collectors",
        ),
        (
            "export-twice",
            "to = 'stdout'\n[[export]]\nname = 'siem'\nto = 'stdout'",
            "same name",
        ),
        (
            "retention",
            "to = 'stdout'\n[retention]\naudit_days = 0",
            "audit_days",
        ),
    ] {
        refused(name, &export(more), wanted);
    }
}

#[test]
fn half_a_security_setting_is_an_error() {
    refused("no-url", "", "the public URL is missing");
    refused(
        "plain",
        "public_url = 'http://comity.example'",
        "is not https",
    );
    refused("no-key", URL, "the master key is missing");
    let half = format!("{URL}[tls]\ncertificate = 'server.pem'");
    refused("half-tls", &half, "a certificate without a key");
    let proxy = format!("{URL}[tls]\nterminated_by_proxy = true");
    refused("no-proxy", &proxy, "trusted_proxies is empty");
    let issuer = format!("{URL}[[issuers]]\nissuer = 'https://id.example'");
    refused("half-issuer", &issuer, "audience");
}

#[test]
fn what_is_complete_is_accepted_and_a_flag_goes_before_the_file() {
    let key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=\n";
    let elsewhere = folder("keys").join("master.key");
    fs::write(&elsewhere, key).unwrap();
    let toml = format!(
        "{URL}trusted_proxies = ['10.0.0.1']\nmaster_key_file = 'missing'\n[tls]\nterminated_by_proxy = true"
    );
    let (code, text) = check("complete", &toml, &[]);
    assert_eq!(code, Some(2), "{text}");
    let flag = elsewhere.to_str().unwrap();
    let (code, text) = check("complete", &toml, &["--master-key-file", flag]);
    assert_eq!(code, Some(0), "{text}");
}
