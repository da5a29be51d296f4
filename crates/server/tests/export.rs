//! Both logs leave the server whatever happens to it and to the receiver.
//!
//! A child process exports from a store that this process writes. It is killed again and again, the
//! collector refuses one request, takes another and says that it did not, and is gone for a while.
//! In the end every row has arrived, under the id it has in the store and always the same, and what
//! arrived of the audit log verifies against its signed end.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use policy::tenant::{Cloud, TenantId};
use policy::world::{Tenant, World};
use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;
use server::export::{Collector, Export, Form, Sink, follow};
use server::ledger::verify::{Evidence, Verification};
use server::{Clock, ledger};
use signins::event::SignIn;
use store::{AuditRecord, Initiator, Moment, SignInRecord, Store, Target, Who};
use sts::StatementKey;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, pem::PemObject};
use tokio_rustls::rustls::{ServerConfig, crypto};

/// How often the child is killed.
const KILLS: usize = 5;
/// How many rows are written to each log between two kills.
const ROWS: usize = 60;

const CONTOSO: TenantId = TenantId::from_u128(1);
const FABRIKAM: TenantId = TenantId::from_u128(2);

/// What the child is told, in its environment.
const STORE: &str = "COMITY_TEST_EXPORT_STORE";
const URL: &str = "COMITY_TEST_EXPORT_URL";
const AUTHORITY: &str = "COMITY_TEST_EXPORT_AUTHORITY";
const FORM: &str = "COMITY_TEST_EXPORT_FORM";

/// Does nothing, unless this process is the child.
#[test]
fn the_child_that_exports() {
    let said = |name: &str| std::env::var(name).ok();
    let Some(store) = said(STORE) else { return };
    let sink = match said(URL) {
        None => Sink::Stdout,
        Some(url) => Sink::Collector(Collector {
            url,
            headers: vec![("Authorization".to_owned(), "Bearer t0p".to_owned())],
            authority: said(AUTHORITY).map(String::into_bytes),
            allowed: vec!["127.0.0.1".parse().unwrap()],
        }),
    };
    let export = Export {
        name: "siem".to_owned(),
        audit: true,
        sign_ins: true,
        sink,
        form: if said(FORM).is_some() {
            Form::Otlp
        } else {
            Form::Ndjson
        },
        lease: Duration::from_millis(200),
    };
    runtime().block_on(async {
        let store = store::open(&store).await.unwrap();
        follow(store, export, Clock::of_the_machine()).await;
    });
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap()
}

/// A folder that is gone when the test is.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("comity-export-{}", sts::random::guid()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The child, killed when it is dropped.
struct Exporter(Child);

impl Exporter {
    fn start(store: &str, more: &[(&str, &str)]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "the_child_that_exports", "--nocapture"]);
        command.env(STORE, store).envs(more.iter().copied());
        Exporter(
            command
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        )
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What was written: ids in the order of writing, for each log.
#[derive(Default)]
struct Written {
    rows: usize,
    audit: Vec<String>,
    sign_ins: BTreeMap<TenantId, Vec<String>>,
}

impl Written {
    async fn write(&mut self, store: &dyn Store) {
        for number in 0..ROWS {
            let log = [None, Some(CONTOSO), Some(FABRIKAM)][number % 3];
            let record = record(log, self.rows + number);
            self.audit.push(record.id.to_string());
            store.append_audit(&[record]).await.unwrap();
        }
        for tenant in [CONTOSO, FABRIKAM] {
            let ids = (0..ROWS).map(|number| format!("s{:06}", self.rows + number));
            let ids: Vec<String> = ids.collect();
            let rows = ids.iter().map(|id| SignInRecord::bare(SignIn::bare(id, 0)));
            store
                .keep_sign_ins(tenant, &rows.collect::<Vec<_>>())
                .await
                .unwrap();
            self.sign_ins.entry(tenant).or_default().extend(ids);
        }
        self.rows += ROWS;
    }

    fn all(&self) -> usize {
        self.audit.len() + self.sign_ins.values().map(Vec::len).sum::<usize>()
    }
}

fn record(log: Option<TenantId>, number: usize) -> AuditRecord {
    AuditRecord {
        id: sts::random::guid(),
        tenant: log,
        time: Moment::from_nanoseconds(number as i128),
        correlation: sts::random::guid(),
        initiator: Initiator {
            who: Who::System,
            address: None,
            channel: None,
        },
        service: "Core Directory".to_owned(),
        category: "CrossTenantAccessSettings".to_owned(),
        activity: format!("Activity {number}"),
        operation: "Update".to_owned(),
        failure: None,
        target: Target {
            kind: "Policy".to_owned(),
            id: None,
            display_name: None,
            user_principal_name: None,
        },
        modified: Vec::new(),
        details: Vec::new(),
        user_agent: None,
    }
}

/// What arrived: every row by its log and id, and in which order rows came first.
#[derive(Default)]
struct Arrived {
    rows: BTreeMap<(String, String), Value>,
    first: Vec<(String, String)>,
    again: usize,
}

impl Arrived {
    fn take(&mut self, row: Value) {
        let text = |member: &str| row[member].as_str().unwrap().to_owned();
        let key = (text("@comity.log"), text("id"));
        match self.rows.get(&key) {
            Some(known) => {
                assert_eq!(*known, row, "a row came again and was another");
                self.again += 1;
            }
            None => {
                self.first.push(key.clone());
                self.rows.insert(key, row);
            }
        }
    }

    fn of(&self, wanted: impl Fn(&str, &Value) -> bool) -> Vec<String> {
        let keys = self
            .first
            .iter()
            .filter(|key| wanted(&key.0, &self.rows[*key]));
        keys.map(|(_, id)| id.clone()).collect()
    }

    /// Nothing is lost, and every log came in its own order.
    fn check(&self, written: &Written) {
        let is_audit = |row: &Value| row.get("@comity.entry").is_some();
        assert_eq!(self.of(|_, row| is_audit(row)), written.audit);
        for (tenant, ids) in &written.sign_ins {
            let tenant = tenant.to_string();
            assert_eq!(self.of(|log, row| log == tenant && !is_audit(row)), *ids);
        }
    }

    /// What arrived of a log is what was written.
    async fn verify(&self, store: &dyn Store, log: Option<TenantId>, key: &StatementKey) {
        let head = ledger::head(store, key, log, jiff::Timestamp::UNIX_EPOCH)
            .await
            .unwrap();
        let keys = [key.public().clone()];
        let mut verification = Verification::new(Evidence::read(&[head], &keys).unwrap());
        let name = ledger::log_name(log);
        for key in self.first.iter().filter(|key| key.0 == name) {
            let row = &self.rows[key];
            if row.get("@comity.entry").is_some() {
                verification.line(&row.to_string());
            }
        }
        let verified = verification.end();
        assert_eq!(verified.faults, []);
        assert!(verified.entries as usize >= KILLS * ROWS / 3);
    }
}

async fn seeded(folder: &Path) -> (String, Arc<dyn Store>) {
    let address = format!("sqlite:{}", folder.join("store.db").display());
    let store = store::open(&address).await.unwrap();
    let mut world = World::default();
    for id in [CONTOSO, FABRIKAM] {
        world
            .tenants
            .insert(id, Tenant::registered(id, Cloud::Commercial));
    }
    server::seed(&*store, &world, jiff::Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    (address, store)
}

/// The entries that were there before: those about the tenants.
async fn first_entries(store: &dyn Store) -> Vec<String> {
    let rows = store.audit_feed(Default::default(), 100).await.unwrap();
    rows.iter().map(|row| row.record.id.to_string()).collect()
}

/// A collector with moods.
#[derive(Clone)]
struct Receiver {
    requests: Arc<AtomicUsize>,
    rows: mpsc::UnboundedSender<Value>,
    otlp: bool,
}

async fn receive(
    State(receiver): State<Receiver>,
    headers: axum::http::HeaderMap,
    body: Bytes,
) -> StatusCode {
    assert_eq!(headers["authorization"], "Bearer t0p");
    let number = receiver.requests.fetch_add(1, Ordering::SeqCst);
    if number % 4 == 1 {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    for row in rows(&body, receiver.otlp) {
        let _ = receiver.rows.send(row);
    }
    match number % 4 {
        // Taken, and the answer is that it was not.
        3 => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::NO_CONTENT,
    }
}

fn rows(body: &[u8], otlp: bool) -> Vec<Value> {
    let text = std::str::from_utf8(body).unwrap();
    if !otlp {
        return text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
    }
    let body: Value = serde_json::from_str(text).unwrap();
    let scopes = body["resourceLogs"][0]["scopeLogs"]
        .as_array()
        .unwrap()
        .iter();
    let records = scopes.flat_map(|scope| scope["logRecords"].as_array().unwrap());
    let rows = records.map(|record| {
        let row: Value =
            serde_json::from_str(record["body"]["stringValue"].as_str().unwrap()).unwrap();
        assert_eq!(record["attributes"][0]["value"]["stringValue"], row["id"]);
        row
    });
    rows.collect()
}

/// A certificate for this machine, and the authority that a client has to know.
fn tls() -> (TlsAcceptor, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let private = PrivateKeyDer::from_pem_slice(key.serialize_pem().as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), certificate.pem())
}

/// Listens until it is told to stop.
async fn listen(
    port: u16,
    tls: TlsAcceptor,
    receiver: Receiver,
) -> (u16, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (stop, stopped) = oneshot::channel::<()>();
    let router = Router::new()
        .route("/logs", post(receive))
        .with_state(receiver);
    let serving = tokio::spawn(server::listen::serve(
        listener,
        Some(tls),
        router,
        server::listen::Limits::default(),
        async move { drop(stopped.await) },
    ));
    (port, stop, serving)
}

fn nothing_is_lost_on_the_way_to_a_collector(otlp: bool) {
    runtime().block_on(async {
        let folder = Folder::new();
        let (address, store) = seeded(&folder.0).await;
        let key = StatementKey::generate(0).unwrap();
        let mut written = Written {
            audit: first_entries(&*store).await,
            ..Written::default()
        };
        let (rows, mut received) = mpsc::unbounded_channel();
        let receiver = Receiver {
            requests: Arc::default(),
            rows,
            otlp,
        };
        let (tls, authority) = tls();
        let (port, mut stop, mut serving) = listen(0, tls.clone(), receiver.clone()).await;
        let url = format!("https://127.0.0.1:{port}/logs");
        let mut more = vec![(URL, &*url), (AUTHORITY, &*authority)];
        more.extend(otlp.then_some((FORM, "otlp")));
        let mut arrived = Arrived::default();
        for round in 0..KILLS {
            written.write(&*store).await;
            let exporter = Exporter::start(&address, &more);
            // Some rows come; then the exporter is killed wherever it is.
            for _ in 0..=round * 17 {
                arrived.take(received.recv().await.unwrap());
            }
            if round == 2 {
                // The collector is away, and comes back at the same place.
                let _ = stop.send(());
                serving.await.unwrap();
                written.write(&*store).await;
                (_, stop, serving) = listen(port, tls.clone(), receiver.clone()).await;
            }
            drop(exporter);
        }
        let _exporter = Exporter::start(&address, &more);
        while arrived.rows.len() < written.all() {
            arrived.take(received.recv().await.unwrap());
        }
        arrived.check(&written);
        assert!(arrived.again > 0, "nothing was ever delivered twice");
        for log in [None, Some(CONTOSO), Some(FABRIKAM)] {
            arrived.verify(&*store, log, &key).await;
        }
    });
}

#[test]
fn nothing_is_lost_on_the_way_to_a_collector_of_lines() {
    nothing_is_lost_on_the_way_to_a_collector(false);
}

#[test]
fn nothing_is_lost_on_the_way_to_a_collector_of_open_telemetry() {
    nothing_is_lost_on_the_way_to_a_collector(true);
}

#[test]
fn nothing_is_lost_on_standard_output() {
    let folder = Folder::new();
    let runtime = runtime();
    let (address, store) = runtime.block_on(seeded(&folder.0));
    let mut written = Written {
        audit: runtime.block_on(first_entries(&*store)),
        ..Written::default()
    };
    let mut arrived = Arrived::default();
    for round in 0..=KILLS {
        runtime.block_on(written.write(&*store));
        let mut exporter = Exporter::start(&address, &[]);
        let mut lines = BufReader::new(exporter.0.stdout.take().unwrap()).lines();
        let mut rows = lines.by_ref().map_while(Result::ok).filter_map(|line| {
            let row: Value = serde_json::from_str(&line).ok()?;
            row.is_object().then_some(row)
        });
        let wanted = match round {
            KILLS => written.all(),
            round => arrived.rows.len() + 1 + round * 23,
        };
        while arrived.rows.len() < wanted {
            arrived.take(rows.next().unwrap());
        }
        drop(exporter);
        // What was written before the end of the process is in the pipe.
        rows.for_each(|row| arrived.take(row));
    }
    arrived.check(&written);
}
