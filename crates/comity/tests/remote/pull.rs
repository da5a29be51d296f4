//! `comity pull`: from a server, and killed (`SIGKILL`) at the worst moments.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::command::{Caller, folder, run};
use crate::documents::{self, CONTOSO, FABRIKAM};
use crate::export::{bring_in, empty_house};

const REPORT: &[&str] = &["SignIn.Report.All"];
const READ: &[&str] = &["AuditLog.Read.All"];
const WINDOW: [&str; 4] = [
    "--from",
    "2026-01-01T00:00:00Z",
    "--until",
    "2026-01-31T00:00:00Z",
];

/// A sign-in of somebody of Fabrikam at Contoso.
fn row(number: usize, interactive: bool) -> Value {
    let kind = match interactive {
        true => "interactiveUser",
        false => "nonInteractiveUser",
    };
    json!({
        "id": format!("51000000-0000-4000-8000-{number:012x}"),
        "createdDateTime": format!("2026-01-{:02}T09:{:02}:00Z", 28 - number % 28, number % 60),
        "userDisplayName": "Fred Fletcher",
        "userPrincipalName": "fred@fabrikam.com",
        "userId": "0c000000-0000-4000-8000-00000000b001",
        "appId": "aa000000-0000-4000-8000-000000000001",
        "resourceId": "aa000000-0000-4000-8000-000000000001",
        "resourceDisplayName": "CRM",
        "homeTenantId": FABRIKAM,
        "resourceTenantId": CONTOSO,
        "crossTenantAccessType": "b2bCollaboration",
        "isInteractive": interactive,
        "signInEventTypes": [kind],
        "status": {"errorCode": 0},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_has_is_pulled_and_read() {
    let folder = folder("pull");
    let house = empty_house().await;
    bring_in(&house, CONTOSO, &documents::contoso()).await;
    let contoso: TenantId = CONTOSO.parse().unwrap();
    let rows: Vec<Value> = (0..50).map(|number| row(number, number < 30)).collect();
    let report = "/comity/v1/signins";
    let (status, answer) = house
        .call(
            (contoso, REPORT),
            Method::POST,
            report,
            Some(&json!({"value": rows})),
        )
        .await;
    assert_eq!(status, 200, "{answer}");
    let caller = Caller::of(&house, &folder, contoso, READ).await;
    let mut pull = vec!["pull", "logs", "--tenant", CONTOSO];
    pull.extend(WINDOW);
    let said = run(&folder, &caller.arguments(&pull));
    let expected = "sign-ins from 2026-01-01T00:00:00Z until 2026-01-31T00:00:00Z\n\
                    wrote 50 rows of 2 pages to logs\n";
    assert_eq!((said.code, &*said.out, &*said.err), (Some(0), expected, ""));
    // Everything that is there is there already.
    pull.push("--json");
    let said = run(&folder, &caller.arguments(&pull));
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(
        (&told["rows"], &told["duplicates"]),
        (&json!(0), &json!(50))
    );
    let said = run(
        &folder,
        &["activity", "logs", "--tenant", CONTOSO, "--json"],
    );
    let told: Value = serde_json::from_str(&said.out).unwrap();
    let read = &told["read"];
    assert_eq!(
        (&read["counted"], &read["filesPassedOver"]),
        (&json!(50), &json!(0)),
        "{said:?}"
    );
    // Somebody who may not read the log is told what is needed.
    let caller = Caller::of(&house, &folder, contoso, &["Policy.Read.All"]).await;
    let said = run(
        &folder,
        &caller.arguments(&["pull", "other", "--tenant", CONTOSO]),
    );
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("needs AuditLog.Read.All"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused_before_anything_is_asked() {
    let folder = folder("pull-refused");
    fs::write(folder.join("secret"), "secret").unwrap();
    let endpoint = ["--endpoint", "http://graph.example/beta"];
    let token = ["--token-endpoint", "https://login.example/token"];
    let key = [
        "--client-id",
        "c1000000-0000-4000-8000-000000000001",
        "--client-secret-file",
        "secret",
    ];
    for (arguments, expected) in [
        (vec!["pull", "logs"], "--endpoint <URL>"),
        (
            [&["pull", "logs"], &endpoint[..]].concat(),
            "--token-endpoint <URL>",
        ),
        (
            [&["pull", "logs"], &endpoint[..], &token, &key].concat(),
            "--endpoint: `http://graph.example/beta` is in the clear",
        ),
        (
            [
                &["pull", "logs", "--days", "3"],
                &endpoint[..],
                &token,
                &WINDOW,
            ]
            .concat(),
            "cannot be used with",
        ),
    ] {
        let said = run(&folder, &arguments);
        assert_eq!(said.code, Some(2), "{said:?}");
        assert!(said.err.contains(expected), "{said:?}");
    }
    assert!(!folder.join("logs").exists());
}

/// How much of an answer is sent before the program is killed.
#[derive(Clone, Copy, Debug)]
enum Moment {
    /// Nothing.
    Asked,
    /// Half of it.
    Half,
    /// All of it: the program is perhaps writing.
    Answered,
}

/// Which page after its start a process is killed at.
type Death = Option<(usize, Moment)>;

const PAGE: usize = 500;

/// Serves two pages of each kind; says when it is time.
struct Endpoint {
    url: String,
    death: Arc<Mutex<Death>>,
    time: Receiver<()>,
}

impl Endpoint {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let death = Arc::new(Mutex::new(None));
        let (say, time) = channel();
        let (base, shared) = (url.clone(), Arc::clone(&death));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (base, shared, say) = (base.clone(), Arc::clone(&shared), say.clone());
                std::thread::spawn(move || {
                    // A program that was killed reads no answer.
                    let _ = serve(&stream.unwrap(), &base, &shared, &say);
                });
            }
        });
        Endpoint { url, death, time }
    }

    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
        command
            .current_dir(folder)
            .env_remove("COMITY_CA_FILE")
            .args(["pull", "logs", "--json", "--endpoint"])
            .arg(format!("{}/beta", self.url))
            .arg("--token-endpoint")
            .arg(format!("{}/token", self.url))
            .args(["--client-id", "c1000000-0000-4000-8000-000000000001"])
            .args(["--client-secret-file", "secret"])
            .args(WINDOW);
        command
    }
}

fn rows(interactive: bool) -> Vec<String> {
    let first = if interactive { 0 } else { 2 * PAGE };
    let row = |number| row(first + number, interactive).to_string();
    (0..2 * PAGE).map(row).collect()
}

fn serve(
    stream: &TcpStream,
    base: &str,
    death: &Mutex<Death>,
    say: &Sender<()>,
) -> std::io::Result<()> {
    let mut read = BufReader::new(stream);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        read.read_line(&mut first)?;
        loop {
            let mut line = String::new();
            if read.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim().to_ascii_lowercase();
            if let Some(text) = line.strip_prefix("content-length:") {
                length = text.trim().parse().unwrap();
            }
            if line.is_empty() {
                break;
            }
        }
        read.read_exact(&mut vec![0; length])?;
        let is_token = first.contains("/token");
        let body = match is_token {
            true => json!({"access_token": "token"}).to_string(),
            false => page(&first, base),
        };
        let length = body.len();
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
        let now = match (&mut *death.lock().unwrap(), is_token) {
            (Some((0, moment)), false) => Some(*moment),
            (Some((pages, _)), false) => {
                *pages -= 1;
                None
            }
            _ => None,
        };
        let sent = match now {
            Some(Moment::Asked) => 0,
            Some(Moment::Half) => answer.len() / 2,
            Some(Moment::Answered) | None => answer.len(),
        };
        let mut stream = stream;
        stream.write_all(&answer.as_bytes()[..sent])?;
        if now.is_some() {
            *death.lock().unwrap() = None;
            // Where half an answer is, the rest never comes: the program is killed waiting for it.
            let _ = say.send(());
        }
        if sent < answer.len() {
            let _ = read.read(&mut [0]);
            return Ok(());
        }
    }
}

fn page(request: &str, base: &str) -> String {
    let rows = rows(!request.contains("nonInteractiveUser"));
    if request.contains("skiptoken") {
        return format!("{{\"value\":[{}]}}", rows[PAGE..].join(","));
    }
    let kind = match request.contains("nonInteractiveUser") {
        true => "nonInteractiveUser",
        false => "interactiveUser",
    };
    let next = format!("{base}/beta/auditLogs/signIns?$skiptoken={kind}");
    let value = rows[..PAGE].join(",");
    format!("{{\"value\":[{value}],\"@odata.nextLink\":\"{next}\"}}")
}

#[test]
fn a_pull_that_is_killed_goes_on_where_it_was() {
    let folder = folder("pull-killed");
    fs::write(folder.join("secret"), "secret").unwrap();
    let endpoint = Endpoint::start();
    let deaths = [
        (0, Moment::Asked),
        (0, Moment::Half),
        (0, Moment::Answered),
        (0, Moment::Answered),
        (1, Moment::Half),
        (0, Moment::Asked),
        (1, Moment::Answered),
        (0, Moment::Half),
        (0, Moment::Answered),
    ];
    let mut reached = 0;
    for death in deaths {
        *endpoint.death.lock().unwrap() = Some(death);
        let mut command = endpoint.command(&folder);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // A pull that had fewer pages left has ended by itself, and never gets there.
        while child.try_wait().unwrap().is_none() {
            if endpoint.time.try_recv().is_ok() {
                reached += 1;
                break;
            }
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(reached >= deaths.len() / 2, "only {reached} were killed");
    *endpoint.death.lock().unwrap() = None;
    let output = endpoint.command(&folder).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let whole = [rows(true), rows(false)].concat().join("\n") + "\n";
    let written = fs::read_to_string(folder.join("logs/signins.ndjson")).unwrap();
    assert!(
        written == whole,
        "{} bytes of {}",
        written.len(),
        whole.len()
    );
}
