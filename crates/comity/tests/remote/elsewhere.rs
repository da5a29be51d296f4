//! `comity plan`, `apply` and `drift` at a Graph that is nothing but Graph, and whose answers get
//! lost: what is planned is done, once, and nothing is done by halves without a word.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::command::{Said, folder, run};
use crate::documents::{self, CONTOSO, Dice, FABRIKAM};
use crate::export::{bring_in, empty_house};
use crate::house::{House, SECRET};

const WRITE: &[&str] = &["Policy.Read.All", "Policy.ReadWrite.CrossTenantAccess"];
const POLICY: &str = "/policies/crossTenantAccessPolicy";
/// How many requests the wanted settings take.
const STEPS: usize = 5;

fn wanted() -> String {
    format!(
        "\
tenantId: {CONTOSO}
names: {{CRM: aa000000-0000-4000-8000-000000000001}}
default:
  b2bCollaborationInbound: {{users: all, applications: [CRM]}}
partners:
  {new}:
    b2bCollaborationInbound: allowed
    inboundTrust: {{isMfaAccepted: true}}
    identitySynchronization: true
  {known}:
    b2bCollaborationInbound: blocked
  {gone}: absent
",
        new = documents::partner(4),
        known = documents::partner(1),
        gone = documents::partner(2),
    )
}

/// What happens to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// 429, and the server has not heard of it.
    TooMany,
    /// 500, and the server has not heard of it.
    Broken,
    /// 500, although the server has done it.
    BrokenAfter,
    /// Something else, and 200, although the server has done it.
    Garbage,
    /// The connection ends within the answer, and the server has done it.
    Cut,
    /// The connection ends, and the server has not heard of it.
    Closed,
}

const FAULTS: [Fault; 6] = [
    Fault::TooMany,
    Fault::Broken,
    Fault::BrokenAfter,
    Fault::Garbage,
    Fault::Cut,
    Fault::Closed,
];

type Plan = Box<dyn FnMut(&str) -> Option<Fault> + Send>;

struct State {
    plan: Plan,
    /// Changes that the server has made.
    made: Vec<String>,
    /// What was asked for that is not Graph.
    astray: Vec<String>,
}

/// A way to the server's Graph, and to nothing else of it.
struct Road {
    url: String,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl Road {
    async fn to(house: &House, plan: impl FnMut(&str) -> Option<Fault> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            plan: Box::new(plan),
            made: Vec::new(),
            astray: Vec::new(),
        }));
        let (shared, own, target) = (Arc::clone(&state), url.clone(), house.url.clone());
        let serving = tokio::spawn(async move {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (shared, own) = (Arc::clone(&shared), own.clone());
                let (client, target) = (client.clone(), target.clone());
                tokio::spawn(async move {
                    let _ = carry(stream, &shared, &client, &own, &target).await;
                });
            }
        });
        Road {
            url,
            state,
            serving,
        }
    }

    fn made(&self) -> Vec<String> {
        self.state.lock().unwrap().made.clone()
    }

    fn assert_graph_alone(&self) {
        let state = self.state.lock().unwrap();
        assert!(state.astray.is_empty(), "{:?}", state.astray);
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Carries requests of one connection.
async fn carry(
    mut stream: TcpStream,
    state: &Mutex<State>,
    client: &reqwest::Client,
    own: &str,
    target: &str,
) -> std::io::Result<()> {
    let mut read = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = read.split_off(end + 4);
                break String::from_utf8(std::mem::replace(&mut read, rest)).unwrap();
            }
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        let field = |name: &str| {
            let mut fields = head.lines().filter_map(|line| line.split_once(':'));
            let found = fields.find(|(field, _)| field.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.trim().to_owned())
        };
        let length: usize = field("content-length").map_or(0, |length| length.parse().unwrap());
        while read.len() < length {
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        }
        let body: Vec<u8> = read.drain(..length).collect();
        let mut words = head.split(' ').map(str::to_owned);
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let is_token = path.ends_with("/oauth2/v2.0/token");
        let is_graph = ["/v1.0", "/beta"].iter().any(|version| {
            path.strip_prefix(version)
                .is_some_and(|path| path.starts_with(POLICY) || path.starts_with("/organization?"))
        });
        let fault = {
            let mut state = state.lock().unwrap();
            if !is_token && !is_graph {
                state.astray.push(format!("{method} {path}"));
            }
            (state.plan)(&format!("{method} {path}"))
        };
        let whole = |status: u16, fields: &str, body: &[u8]| {
            let length = body.len();
            let head = format!("HTTP/1.1 {status} x\r\n{fields}content-length: {length}\r\n\r\n");
            [head.as_bytes(), body].concat()
        };
        let error = json!({"error": {"code": "x", "message": "as planned"}}).to_string();
        match fault {
            Some(Fault::TooMany) => {
                let answer = whole(429, "retry-after: 0\r\n", error.as_bytes());
                stream.write_all(&answer).await?;
                continue;
            }
            Some(Fault::Broken) => {
                stream.write_all(&whole(500, "", error.as_bytes())).await?;
                continue;
            }
            Some(Fault::Closed) => return Ok(()),
            _ => {}
        }
        let method: Method = method.parse().unwrap();
        let mut request = client.request(method.clone(), format!("{target}{path}"));
        for name in ["authorization", "content-type"] {
            if let Some(value) = field(name) {
                request = request.header(name, value);
            }
        }
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status();
        if status.is_success() && method != Method::GET && !is_token {
            state.lock().unwrap().made.push(format!("{method} {path}"));
        }
        let text = answer.text().await.unwrap();
        let text = text.replace("https://comity.test", own);
        let right = whole(status.as_u16(), "", text.as_bytes());
        match fault {
            Some(Fault::BrokenAfter) => {
                stream.write_all(&whole(500, "", error.as_bytes())).await?;
            }
            Some(Fault::Garbage) => {
                stream
                    .write_all(&whole(200, "", b"<html>later</html>"))
                    .await?;
            }
            Some(Fault::Cut) => {
                stream.write_all(&right[..right.len() / 2]).await?;
                return Ok(());
            }
            _ => stream.write_all(&right).await?,
        }
    }
}

/// Contoso's settings, and somebody who may change them.
struct Scene {
    house: House,
    folder: PathBuf,
    client: String,
}

impl Scene {
    async fn set(name: &str) -> Self {
        let folder = folder(name);
        let house = empty_house().await;
        bring_in(&house, CONTOSO, &documents::contoso()).await;
        let contoso: TenantId = CONTOSO.parse().unwrap();
        let entry = format!("/v1.0{POLICY}/partners/{}", documents::partner(4));
        for path in [format!("{entry}/identitySynchronization"), entry] {
            house
                .call((contoso, WRITE), Method::DELETE, &path, None)
                .await;
        }
        fs::write(folder.join("wanted.yaml"), wanted()).unwrap();
        fs::write(folder.join("secret"), SECRET).unwrap();
        let client = house.admit(contoso, WRITE).await.to_string();
        Scene {
            house,
            folder,
            client,
        }
    }

    fn ask(&self, road: &Road, version: &str, arguments: &[&str]) -> Said {
        let endpoint = format!("{}/{version}", road.url);
        let token = format!("{}/{CONTOSO}/oauth2/v2.0/token", road.url);
        let mut whole = arguments.to_vec();
        whole.extend(["--endpoint", &endpoint, "--token-endpoint", &token]);
        whole.extend([
            "--client-id",
            &self.client,
            "--client-secret-file",
            "secret",
        ]);
        run(&self.folder, &whole)
    }

    async fn plan(&self) {
        let road = Road::to(&self.house, |_| None).await;
        let said = self.ask(
            &road,
            "v1.0",
            &["plan", "wanted.yaml", "--out", "plan.json"],
        );
        assert_eq!(said.code, Some(5), "{said:?}");
        road.assert_graph_alone();
    }

    /// What the server itself says that the settings are.
    async fn settings(&self) -> Value {
        let contoso: TenantId = CONTOSO.parse().unwrap();
        let path = format!("/comity/v1/tenants/{CONTOSO}/settings");
        let (status, mut answer) = self
            .house
            .call((contoso, WRITE), Method::GET, &path, None)
            .await;
        assert!(status.is_success(), "{answer}");
        answer["documents"].take()
    }
}

fn steps(folder: &Path) -> usize {
    let plan: Value = serde_json::from_slice(&fs::read(folder.join("plan.json")).unwrap()).unwrap();
    plan["steps"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_planned_at_a_graph_is_done_there_once_in_either_version() {
    for version in ["v1.0", "beta"] {
        let scene = Scene::set(&format!("elsewhere-{version}")).await;
        let road = Road::to(&scene.house, |_| None).await;
        let ask = |arguments: &[&str]| scene.ask(&road, version, arguments);
        let plan = ask(&["plan", "wanted.yaml", "--out", "plan.json"]);
        assert_eq!(plan.code, Some(5), "{plan:?}");
        assert_eq!(steps(&scene.folder), STEPS);
        let done = ask(&["apply", "plan.json"]);
        assert_eq!((done.code, done.err.as_str()), (Some(0), ""), "{done:?}");
        assert!(done.out.ends_with("everything is as planned\n"), "{done:?}");
        assert_eq!(road.made().len(), STEPS);
        let again = ask(&["apply", "plan.json"]);
        assert_eq!(again.out, "everything is as planned already\n", "{again:?}");
        let drift = ask(&["drift", "wanted.yaml"]);
        assert_eq!(
            (drift.code, drift.out.as_str()),
            (Some(0), "nothing has moved\n")
        );
        assert_eq!(road.made().len(), STEPS);
        road.assert_graph_alone();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_answers_change_nothing_about_what_is_done() {
    let undisturbed = Scene::set("elsewhere-undisturbed").await;
    undisturbed.plan().await;
    let road = Road::to(&undisturbed.house, |_| None).await;
    let said = undisturbed.ask(&road, "v1.0", &["apply", "plan.json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let expected = undisturbed.settings().await;
    for seed in 1..=6_u64 {
        let scene = Scene::set(&format!("elsewhere-faults-{seed}")).await;
        scene.plan().await;
        let mut dice = Dice::new(seed);
        let road = Road::to(&scene.house, move |_| {
            dice.falls(25).then(|| *dice.pick(&FAULTS))
        })
        .await;
        let mut runs = 0;
        loop {
            let said = scene.ask(&road, "v1.0", &["apply", "plan.json"]);
            runs += 1;
            match said.code {
                Some(0) => break,
                Some(1) if runs < 20 => assert!(said.err.starts_with("error: "), "{said:?}"),
                _ => panic!("seed {seed}, run {runs}: {said:?}"),
            }
        }
        // Every change was made exactly once, however often its answer was lost.
        let made = road.made();
        assert_eq!(made.len(), STEPS, "seed {seed}: {made:?}");
        assert_eq!(scene.settings().await, expected, "seed {seed}");
        road.assert_graph_alone();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_fault_at_each_change_is_seen_through() {
    let scene = Scene::set("elsewhere-each").await;
    scene.plan().await;
    // The first answer to each change is lost, each in another way.
    let mut seen = Vec::new();
    let road = Road::to(&scene.house, move |asked| {
        if asked.starts_with("GET") || asked.ends_with("/token") || seen.iter().any(|s| s == asked)
        {
            return None;
        }
        seen.push(asked.to_owned());
        FAULTS.get(seen.len()).copied()
    })
    .await;
    let said = scene.ask(&road, "v1.0", &["apply", "plan.json"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{said:?}");
    assert_eq!(road.made().len(), STEPS, "{:?}", road.made());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_answers_nothing_but_errors_is_told_and_gone_on_with_later() {
    let scene = Scene::set("elsewhere-down").await;
    scene.plan().await;
    // After the second change nothing but errors.
    let made = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&made);
    let road = Road::to(&scene.house, move |asked| {
        let mut made = counted.lock().unwrap();
        *made += usize::from(!asked.starts_with("GET") && !asked.ends_with("/token"));
        (*made > 2).then_some(Fault::Broken)
    })
    .await;
    let said = scene.ask(&road, "v1.0", &["apply", "plan.json"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains("request 3 of 5") && said.err.contains("as planned"),
        "{said:?}"
    );
    assert_eq!(road.made().len(), 2);
    let road = Road::to(&scene.house, |_| None).await;
    let said = scene.ask(&road, "v1.0", &["apply", "plan.json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.err, "2 of 5 requests were carried out before\n");
    assert_eq!(road.made().len(), STEPS - 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_else_at_the_same_settings_stops_it() {
    let scene = Scene::set("elsewhere-others").await;
    scene.plan().await;
    let contoso: TenantId = CONTOSO.parse().unwrap();
    let entry = format!("/v1.0{POLICY}/partners/{}", documents::partner(3));
    let change =
        json!({"inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": true}});
    let (status, answer) = scene
        .house
        .call((contoso, WRITE), Method::PATCH, &entry, Some(&change))
        .await;
    assert!(status.is_success(), "{answer}");
    let road = Road::to(&scene.house, |_| None).await;
    let said = scene.ask(&road, "v1.0", &["apply", "plan.json"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(
        said.err.contains("not those the plan was made for"),
        "{said:?}"
    );
    assert_eq!(road.made(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_wrongly_is_refused_with_what_to_do() {
    let scene = Scene::set("elsewhere-wrong").await;
    scene.plan().await;
    let road = Road::to(&scene.house, |_| None).await;
    // Members that only beta has are for beta.
    let text = format!(
        "tenantId: {CONTOSO}\npartners:\n  {}: {{blockServiceProviderOutboundAccess: true}}\n",
        documents::partner(1)
    );
    fs::write(scene.folder.join("beta.yaml"), text).unwrap();
    let said = scene.ask(&road, "v1.0", &["plan", "beta.yaml"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(
        said.err
            .contains("only beta has `blockServiceProviderOutboundAccess`"),
        "{said:?}"
    );
    let said = scene.ask(&road, "beta", &["plan", "beta.yaml"]);
    assert_eq!(said.code, Some(5), "{said:?}");
    // An address without a version, and one without anything that lets us in.
    let said = scene.ask(&road, "v2", &["plan", "wanted.yaml"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("ends with /v1.0 or /beta"), "{said:?}");
    let endpoint = format!("{}/v1.0", road.url);
    let said = run(
        &scene.folder,
        &["plan", "wanted.yaml", "--endpoint", &endpoint],
    );
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("--token-file"), "{said:?}");
    // The settings of another tenant are not taken for these.
    let fabrikam = format!("{}default: {{}}\n", format_args!("tenantId: {FABRIKAM}\n"));
    fs::write(scene.folder.join("fabrikam.yaml"), fabrikam).unwrap();
    let said = scene.ask(&road, "v1.0", &["plan", "fabrikam.yaml"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("and not of"), "{said:?}");
    assert_eq!(road.made(), Vec::<String>::new());
    road.assert_graph_alone();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_somebody_else_got_lets_us_in() {
    let scene = Scene::set("elsewhere-token").await;
    let road = Road::to(&scene.house, |_| None).await;
    let contoso: TenantId = CONTOSO.parse().unwrap();
    fs::write(
        scene.folder.join("token"),
        scene.house.token(contoso, WRITE),
    )
    .unwrap();
    let endpoint = format!("{}/v1.0", road.url);
    let with_token = ["--endpoint", &endpoint, "--token-file", "token"];
    let ask = |arguments: &[&str]| run(&scene.folder, &[arguments, &with_token].concat());
    let said = ask(&["plan", "wanted.yaml", "--out", "plan.json"]);
    assert_eq!(said.code, Some(5), "{said:?}");
    let said = ask(&["apply", "plan.json"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(road.made().len(), STEPS);
    fs::write(scene.folder.join("token"), "stale").unwrap();
    let said = ask(&["drift", "wanted.yaml"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("a token that is still good"), "{said:?}");
    assert!(!said.err.contains("stale"), "{said:?}");
}
