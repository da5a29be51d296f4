//! `comity tenant` and `comity storage` on a store that no server holds.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";
const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_comity"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// What the program answers in JSON.
#[track_caller]
fn told(folder: &Path, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--data", "data", "--json"]].concat();
    let said = run(folder, &arguments);
    assert_eq!(said.code, Some(0), "{arguments:?}: {}", said.err);
    serde_json::from_str(&said.out).unwrap()
}

/// A folder with a store of one tenant.
fn house(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("tenant")
        .join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let said = run(
        &folder,
        &[
            "init",
            "--data",
            "data",
            "--tenant-name",
            "Contoso",
            "--tenant-id",
            CONTOSO,
            "--domain",
            "contoso.com",
            "--p1",
        ],
    );
    assert_eq!(said.code, Some(0), "{}", said.err);
    folder
}

#[test]
fn tenants_are_created_registered_changed_and_listed() {
    let folder = house("tenants");
    let made = told(
        &folder,
        &[
            "tenant",
            "create",
            "--name",
            "Fabrikam",
            "--id",
            FABRIKAM,
            "--domain",
            "fabrikam.com",
            "--region",
            "EU",
        ],
    );
    assert_eq!(made["hosted"], true);
    assert_eq!(made["region"], "EU");
    let known = told(&folder, &["tenant", "register", "--name", "Northwind"]);
    assert_eq!(known["hosted"], false);
    let set = told(
        &folder,
        &[
            "tenant",
            "set",
            CONTOSO,
            "--p1",
            "false",
            "--service-provider",
            FABRIKAM,
        ],
    );
    assert_eq!(set["p1"], false);
    assert_eq!(set["serviceProviders"][0], FABRIKAM);
    let listed = told(&folder, &["tenant", "list"]);
    assert_eq!(listed["tenants"].as_array().unwrap().len(), 3);
    // A domain is verified in one tenant only (S1.2).
    let said = run(
        &folder,
        &[
            "tenant",
            "set",
            CONTOSO,
            "--domain",
            "fabrikam.com",
            "--data",
            "data",
        ],
    );
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("fabrikam.com"), "{}", said.err);
    let shown = told(&folder, &["tenant", "show", CONTOSO]);
    assert_eq!(shown["domains"][0], "contoso.com");
}

#[test]
fn a_client_is_made_and_its_secret_told_once() {
    let folder = house("client");
    let made = told(
        &folder,
        &[
            "tenant",
            "client",
            CONTOSO,
            "--name",
            "Script",
            "--permission",
            "Policy.Read.All",
        ],
    );
    assert!(made["clientSecret"].as_str().unwrap().len() > 20);
    assert_eq!(made["permissions"][0], "Policy.Read.All");
    let said = run(
        &folder,
        &[
            "tenant",
            "client",
            CONTOSO,
            "--name",
            "x",
            "--permission",
            "All.Of.It",
            "--data",
            "data",
        ],
    );
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("permissions[0]"), "{}", said.err);
}

#[test]
fn a_tenant_is_moved_out_of_legacy_storage() {
    // S14.5
    let folder = house("storage");
    let set = told(&folder, &["tenant", "set", CONTOSO, "--legacy-storage"]);
    assert_eq!(set["storage"], "legacy");
    let done = told(&folder, &["storage", "migrate", "--tenant", CONTOSO]);
    assert_eq!(done["storage"], "scalable");
    let again = ["storage", "migrate", "--tenant", CONTOSO, "--data", "data"];
    assert_eq!(run(&folder, &again).code, Some(2));
}

#[test]
fn it_must_be_said_where_the_tenants_are() {
    let folder = house("nowhere");
    let said = run(&folder, &["tenant", "list"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("--data"), "{}", said.err);
    let said = run(&folder, &["tenant", "list", "--data", "elsewhere"]);
    assert_eq!(said.code, Some(2));
    assert!(!folder.join("elsewhere").exists());
}

#[test]
fn two_servers_are_told_of_each_other() {
    let folder = house("elsewhere");
    let fabrikam = ["--name", "Fabrikam", "--id", FABRIKAM];
    told(&folder, &[&["tenant", "register"], &fabrikam[..]].concat());
    // Fabrikam's people sign in with its own server.
    let issuer = "https://comity.fabrikam.example/x/v2.0";
    let set = ["tenant", "provider", "set", FABRIKAM, "--issuer", issuer];
    let provider = told(
        &folder,
        &[&set[..], &["--client", "us", "--comity"]].concat(),
    );
    assert_eq!(provider["isComity"], true);
    assert_eq!(provider["mapping"]["subject"], "oid");
    let claims = ["--client", "us", "--compliant-device", "compliant"];
    let claims = [&claims[..], &["--address", "email"]].concat();
    let provider = told(&folder, &[&set[..], &claims[..]].concat());
    assert_eq!(provider["isComity"], false);
    assert_eq!(provider["mapping"]["compliantDevice"], "compliant");
    assert_eq!(provider["mapping"]["addresses"][0], "email");
    // And Fabrikam's server sends its guests here.
    let back = "https://comity.fabrikam.example/signin/return";
    let client = ["tenant", "client", CONTOSO, "--name", "Fabrikam"];
    let more = ["--redirect-uri", back, "--acts-for", FABRIKAM];
    let client = told(&folder, &[&client[..], &more[..]].concat());
    let id = client["clientId"].as_str().unwrap();
    let acting = told(&folder, &["tenant", "acting", "show", CONTOSO, id]);
    assert_eq!(acting["tenantId"], FABRIKAM);
    told(&folder, &["tenant", "acting", "remove", CONTOSO, id]);
    let none = ["tenant", "acting", "show", CONTOSO, id, "--data", "data"];
    assert_ne!(run(&folder, &none).code, Some(0));
    told(
        &folder,
        &["tenant", "acting", "set", CONTOSO, id, "--for", FABRIKAM],
    );
    // People of a tenant that is only known do not sign in here.
    let client = ["tenant", "client", FABRIKAM, "--name", "x"];
    let refused = run(
        &folder,
        &[&client[..], &["--redirect-uri", back, "--data", "data"]].concat(),
    );
    assert!(refused.err.contains("redirectUris"), "{}", refused.err);
}
