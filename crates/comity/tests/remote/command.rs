//! The subcommands with `--server`: the same words, the same JSON and the same exit codes as with
//! files, and errors that say what to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use policy::target::ApplicationId;
use policy::tenant::TenantId;
use serde_json::{Map, Value};

use crate::documents::{self, CONTOSO, FABRIKAM};
use crate::export::{NOBODY, bring_in, empty_house};
use crate::house::{House, OPERATOR, SECRET};

const APP: &str = "aa000000-0000-4000-8000-000000000001";

/// A folder for one test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("remote")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(folder: &Path, documents: &Map<String, Value>) {
    fs::create_dir_all(folder).unwrap();
    for (name, value) in documents {
        fs::write(folder.join(name), value.to_string()).unwrap();
    }
}

/// What a command ended with and said.
#[derive(Debug, PartialEq)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program; the server goes on answering meanwhile.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Said {
    let output = tokio::task::block_in_place(|| {
        Command::new(env!("CARGO_BIN_EXE_comity"))
            .current_dir(folder)
            .env_remove("COMITY_TENANT_ID")
            .env_remove("COMITY_CA_FILE")
            .args(arguments)
            .output()
            .unwrap()
    });
    Said {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A client of a server, as arguments.
pub(crate) struct Caller {
    url: String,
    client: String,
    tenant: String,
}

impl Caller {
    pub(crate) async fn of(
        house: &House,
        folder: &Path,
        tenant: TenantId,
        permissions: &[&str],
    ) -> Self {
        let client: ApplicationId = house.admit(tenant, permissions).await;
        fs::write(folder.join("secret"), format!("{SECRET}\n")).unwrap();
        Caller {
            url: house.url.clone(),
            client: client.to_string(),
            tenant: tenant.to_string(),
        }
    }

    pub(crate) fn arguments<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        let mut arguments = rest.to_vec();
        arguments.extend(["--server", &self.url, "--client-id", &self.client]);
        arguments.extend(["--client-secret-file", "secret"]);
        arguments
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_and_its_files_say_the_same() {
    let folder = folder("same");
    let house = empty_house().await;
    write(&folder.join("contoso"), &documents::contoso());
    write(&folder.join("fabrikam"), &documents::fabrikam());
    bring_in(&house, CONTOSO, &documents::contoso()).await;
    bring_in(&house, FABRIKAM, &documents::fabrikam()).await;
    let caller = Caller::of(&house, &folder, NOBODY, OPERATOR).await;
    let mut codes = Vec::new();
    let partner = documents::partner(4);
    let sides = [
        (("fabrikam", FABRIKAM), ("contoso", CONTOSO)),
        (("contoso", CONTOSO), ("fabrikam", FABRIKAM)),
        ((&*partner, &*partner), ("contoso", CONTOSO)),
    ];
    let user = documents::user(1);
    let group = documents::group(3);
    for (home, resource) in sides {
        for more in [
            vec!["--no-groups"],
            vec!["--group", &group, "--mfa", "--consent-accepted"],
            vec![
                "--access",
                "b2bDirectConnect",
                "--no-groups",
                "--device",
                "compliant",
            ],
        ] {
            for (subcommand, json) in [("decide", false), ("explain", false), ("explain", true)] {
                let question = |home, resource| {
                    let mut arguments = vec![subcommand, "--home", home, "--resource", resource];
                    arguments.extend(["--user", &user, "--app", APP]);
                    arguments.extend(&more);
                    arguments.extend(json.then_some("--json"));
                    arguments
                };
                let from_files = run(&folder, &question(home.0, resource.0));
                let mut asked = question(home.1, resource.1);
                asked.extend(["--tenant", &caller.tenant]);
                let from_server = run(&folder, &caller.arguments(&asked));
                assert_eq!(from_files, from_server, "{asked:?}");
                assert!(from_server.out.len() > 100, "{from_server:?}");
                codes.push(from_server.code);
            }
        }
    }
    codes.sort();
    codes.dedup();
    assert!(codes.len() > 1, "all questions ended with {codes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_wrong_with_a_server_says_what_to_do() {
    let folder = folder("wrong");
    let house = empty_house().await;
    bring_in(&house, CONTOSO, &documents::contoso()).await;
    let contoso: TenantId = CONTOSO.parse().unwrap();
    let caller = Caller::of(&house, &folder, contoso, &["AuditLog.Read.All"]).await;
    fs::write(folder.join("wrong"), "not-the-secret").unwrap();
    fs::write(folder.join("empty"), "\n").unwrap();
    let user = documents::user(1);
    let question = [
        "decide",
        "--home",
        FABRIKAM,
        "--resource",
        CONTOSO,
        "--user",
        &user,
        "--app",
        APP,
    ];
    let ask = |more: &[&str]| run(&folder, &[&question[..], more].concat());
    let client = caller.client.as_str();
    let url = caller.url.as_str();
    let as_us = [
        "--client-id",
        client,
        "--client-secret-file",
        "secret",
        "--tenant",
        CONTOSO,
    ];
    for (more, code, told) in [
        (
            [&["--server", url][..], &as_us].concat(),
            1,
            "Decision.Read.All",
        ),
        (
            vec![
                "--server",
                url,
                "--client-id",
                client,
                "--client-secret-file",
                "wrong",
                "--tenant",
                CONTOSO,
            ],
            1,
            "AADSTS7000215",
        ),
        (
            [&["--server", "http://127.0.0.1:1"][..], &as_us].concat(),
            1,
            "cannot be reached",
        ),
        (
            [&["--server", "http://comity.example"][..], &as_us].concat(),
            2,
            "in the clear",
        ),
        (
            [&["--server", "comity.example"][..], &as_us].concat(),
            2,
            "is no address",
        ),
        (
            [&["--server", url, "--p1"][..], &as_us].concat(),
            2,
            "--p1 is for questions to files",
        ),
        (
            vec!["--server", url, "--client-id", client, "--tenant", CONTOSO],
            2,
            "COMITY_CLIENT_SECRET_FILE",
        ),
        (
            vec![
                "--server",
                url,
                "--client-secret-file",
                "secret",
                "--tenant",
                CONTOSO,
            ],
            2,
            "COMITY_CLIENT_ID",
        ),
        (
            vec![
                "--server",
                url,
                "--client-id",
                client,
                "--client-secret-file",
                "secret",
            ],
            2,
            "COMITY_TENANT_ID",
        ),
        (
            vec![
                "--server",
                url,
                "--client-id",
                client,
                "--client-secret-file",
                "empty",
                "--tenant",
                CONTOSO,
            ],
            2,
            "empty is empty",
        ),
        (
            [&["--server", url, "--ca-file", "secret"][..], &as_us].concat(),
            2,
            "no certificate",
        ),
    ] {
        let said = ask(&more);
        assert_eq!(said.code, Some(code), "{more:?} {said:?}");
        assert!(said.err.contains(told), "{more:?} {said:?}");
        for secret in [SECRET, "not-the-secret"] {
            assert!(
                !said.err.contains(secret) && !said.out.contains(secret),
                "{said:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_goes_into_a_server_and_comes_out_the_same() {
    let folder = folder("through");
    let house = empty_house().await;
    write(&folder.join("contoso"), &documents::contoso());
    let operator = Caller::of(&house, &folder, NOBODY, OPERATOR).await;
    let id = NOBODY.to_string();
    let import = |caller: &Caller, more: &[&str]| {
        let arguments = caller.arguments(&[&["import", "contoso"][..], more].concat());
        let output = tokio::task::block_in_place(|| {
            Command::new(env!("CARGO_BIN_EXE_comity"))
                .current_dir(&folder)
                .env("COMITY_TENANT_ID", &caller.tenant)
                .args(&arguments)
                .output()
                .unwrap()
        });
        let text = String::from_utf8(output.stdout).unwrap();
        (
            output.status.code(),
            text + &String::from_utf8(output.stderr).unwrap(),
        )
    };
    assert_eq!(operator.tenant, id);
    let (code, text) = import(&operator, &["--dry-run"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("would import Contoso"), "{text}");
    assert!(text.contains("would register 299 tenants"), "{text}");
    let (code, text) = import(&operator, &["--reason", "moving in"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("imported Contoso"), "{text}");
    let own = CONTOSO.parse().unwrap();
    let writes = ["Policy.ReadWrite.CrossTenantAccess"];
    let own = Caller::of(&house, &folder, own, &writes).await;
    let (code, text) = import(&own, &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("the same already"), "{text}");
    // Out again: as the files would be kept in a folder.
    let arguments = own.arguments(&["export", "--tenant", CONTOSO, "out"]);
    let said = run(&folder, &arguments);
    assert_eq!(said.code, Some(0), "{said:?}");
    let said = run(&folder, &["import", "contoso", "--state", "kept"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    for name in [
        "organization.json",
        "crossTenantAccessPolicy.json",
        "default.json",
        "partners.json",
    ] {
        let kept = fs::read_to_string(folder.join("kept").join(CONTOSO).join(name)).unwrap();
        let out = fs::read_to_string(folder.join("out").join(name)).unwrap();
        assert_eq!(kept, out, "{name}");
    }
}

/// Contoso's own sentence about its settings, in a file that describes them otherwise.
const CASES: &str = r#"
fixture:
  ids:
    contoso: 0c000000-0000-4000-8000-000000000001
    stranger: 0a000000-0000-4000-8000-0000000fffff
  tenants:
    - tenantId: $contoso
      crossTenantAccessPolicy: {default: {}, partners: []}
vectors:
- id: the-default-is-customized
  op: resolve
  in: {tenant: $contoso, partner: $stranger, property: b2bCollaborationInbound}
  out: {source: default}
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_tests_run_against_exported_and_live_settings() {
    let folder = folder("state");
    let house = empty_house().await;
    write(&folder.join("contoso"), &documents::contoso());
    bring_in(&house, CONTOSO, &documents::contoso()).await;
    fs::write(folder.join("cases.yaml"), CASES).unwrap();
    let said = run(&folder, &["test", "cases.yaml"]);
    assert_eq!(
        said.code,
        Some(1),
        "the file's own settings are others: {said:?}"
    );
    run(&folder, &["import", "contoso", "--state", "kept"]);
    let said = run(&folder, &["test", "cases.yaml", "--state", "kept"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("Contoso"), "{said:?}");
    let contoso = CONTOSO.parse().unwrap();
    let caller = Caller::of(&house, &folder, contoso, &["Policy.Read.All"]).await;
    let live = |tenant: &str| {
        run(
            &folder,
            &[
                "test",
                "cases.yaml",
                "--state",
                &caller.url,
                "--tenant",
                tenant,
                "--client-id",
                &caller.client,
                "--client-secret-file",
                "secret",
            ],
        )
    };
    let said = live(CONTOSO);
    assert_eq!(said.code, Some(0), "{said:?}");
    // A client of somebody else is not told anything, and nothing passes by that.
    let other = Caller::of(
        &house,
        &folder,
        FABRIKAM.parse().unwrap(),
        &["Policy.Read.All"],
    )
    .await;
    let said = run(
        &folder,
        &[
            "test",
            "cases.yaml",
            "--state",
            &house.url,
            "--tenant",
            FABRIKAM,
            "--client-id",
            &other.client,
            "--client-secret-file",
            "secret",
        ],
    );
    assert_eq!(said.code, Some(2), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_world_goes_into_an_empty_store_once() {
    let folder = folder("world");
    fs::write(folder.join("world.yaml"), CASES).unwrap();
    let put = ["import", "--world", "world.yaml", "--data", "data"];
    let said = run(&folder, &put);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("imported 1 tenants"), "{said:?}");
    let said = run(&folder, &put);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains(CONTOSO), "{said:?}");
    let said = run(&folder, &["import", "--world", "world.yaml"]);
    assert_eq!(said.code, Some(2), "{said:?}");
}
