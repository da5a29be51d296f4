//! Tokens per second beside the signatures in them, and what it adds to a journey that both
//! organizations are asked.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nix::time::{ClockId, clock_gettime};
use serde_json::Value;
use sts::SigningKey;
use sts::jws;

use crate::client::{Client, request};
use crate::figure::{line, median, milliseconds, quantile};
use crate::guests::{CLIENT, GUEST, Guests, MEMBER, SHOP, VERIFIER};
use crate::process::Server;

/// Connections, all kept open; each has one request under way.
const CONNECTIONS: usize = 16;
const PASSES: usize = 9;
/// Requests of each kind in a pass.
const REQUESTS: usize = 800;
/// Signatures in a pass.
const SIGNATURES: usize = 800;
/// Journeys of each kind, one after the other.
const JOURNEYS: usize = 600;
const FORM: &str = "application/x-www-form-urlencoded";

pub fn run() {
    let guests = Guests::make();
    let server = Server::product(&guests.folder, &guests.store).ready();
    throughput(&guests, &server);
    line("");
    latency(&guests, &server);
}

/// One kind of request.
struct Kind {
    name: &'static str,
    signatures: u32,
    /// For each pass.
    used: Vec<f64>,
    shares: Vec<f64>,
    clock: Vec<f64>,
}

impl Kind {
    fn new(name: &'static str, signatures: u32) -> Kind {
        Kind {
            name,
            signatures,
            used: Vec::new(),
            shares: Vec::new(),
            clock: Vec::new(),
        }
    }

    fn note(&mut self, (used, elapsed): (Duration, Duration), signature: f64) {
        let used = used.as_secs_f64() / REQUESTS as f64;
        self.used.push(1.0 / used);
        self.shares.push(f64::from(self.signatures) * signature / used);
        self.clock.push(REQUESTS as f64 / elapsed.as_secs_f64());
    }

    fn print(self) {
        let share = match self.signatures {
            0 => String::new(),
            _ => format!("{:.0} %", median(self.shares) * 100.0),
        };
        line(&format!(
            "| {} | {} | {:.0} | {share} | {:.0} |",
            self.name,
            self.signatures,
            median(self.used),
            median(self.clock)
        ));
    }
}

fn throughput(guests: &Guests, server: &Server) {
    let mut connections: Vec<Client> = (0..CONNECTIONS).map(|_| server.client()).collect();
    let for_itself = program(guests);
    let claims = claims(connections[0].ask(&for_itself).body);
    let key = SigningKey::generate(0).expect("a key");
    let kinds = [
        ("a token for a program (client credentials)", 1),
        ("the step that gives a guest a code (`authorize`)", 0),
        ("tokens for the code", 2),
        ("tokens for a refresh token, judged anew", 2),
    ];
    let mut kinds = kinds.map(|(name, signatures)| Kind::new(name, signatures));
    let mut bare = Vec::new();
    for pass in 0..=PASSES {
        let signature = signature(&key, &claims);
        let itself = vec![for_itself.clone(); REQUESTS];
        let (programs, _) = pass_of(server, &mut connections, &itself, |_| ());
        let steps = vec![guests.authorize(GUEST); REQUESTS];
        let (codes, found) = pass_of(server, &mut connections, &steps, |seen| code(seen.head));
        let shown: Vec<Vec<u8>> = found.iter().map(|code| redemption(guests, code)).collect();
        let (redeemed, found) = pass_of(server, &mut connections, &shown, |seen| token(seen.body));
        let shown: Vec<Vec<u8>> = found.iter().map(|token| renewal(guests, token)).collect();
        let (renewed, _) = pass_of(server, &mut connections, &shown, |seen| token(seen.body));
        if pass > 0 {
            bare.push(1.0 / signature);
            for (kind, taken) in kinds.iter_mut().zip([programs, codes, redeemed, renewed]) {
                kind.note(taken, signature);
            }
        }
    }
    line(
        "| | signatures in it | per second of server processor time | of that, the bare signatures | per second on the clock |",
    );
    line("| --- | ---: | ---: | ---: | ---: |");
    line(&format!(
        "| a signature and nothing else: RS256, 2048 bits, one thread | 1 | {:.0} | 100 % | |",
        median(bare)
    ));
    kinds.into_iter().for_each(Kind::print);
}

/// The time that signing these claims takes, in seconds.
fn signature(key: &SigningKey, claims: &Value) -> f64 {
    let now = || Duration::from(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a clock"));
    let begun = now();
    for _ in 0..SIGNATURES {
        std::hint::black_box(jws::sign(key, claims).expect("a token"));
    }
    (now() - begun).as_secs_f64() / SIGNATURES as f64
}

/// What a pass used of the processor, and how long it took.
type Taken = (Duration, Duration);

/// Sends a request on every connection, takes the answers, and so on.
fn pass_of<T>(
    server: &Server,
    connections: &mut [Client],
    asked: &[Vec<u8>],
    read: impl Fn(crate::client::Answer<'_>) -> T,
) -> (Taken, Vec<T>) {
    let (start, begun) = (server.processor_time(), Instant::now());
    let mut found = Vec::with_capacity(asked.len());
    for some in asked.chunks(connections.len()) {
        for (client, asked) in connections.iter_mut().zip(some) {
            client.send(asked);
        }
        for (client, _) in connections.iter_mut().zip(some) {
            let answer = client.receive();
            let text = String::from_utf8_lossy(answer.body);
            assert!(matches!(answer.status, 200 | 303), "{text}");
            found.push(read(answer));
        }
    }
    ((server.processor_time() - start, begun.elapsed()), found)
}

fn post(guests: &Guests, form: &str) -> Vec<u8> {
    let path = format!("/{}/oauth2/v2.0/token", guests.resource);
    request("POST", &path, "", FORM, form)
}

fn program(guests: &Guests) -> Vec<u8> {
    let (client, secret) = (guests.program(), guests.secret());
    let scope = "https%3A%2F%2Fgraph.microsoft.com%2F.default";
    post(
        guests,
        &format!(
            "grant_type=client_credentials&client_id={client}&client_secret={secret}&scope={scope}"
        ),
    )
}

fn redemption(guests: &Guests, code: &str) -> Vec<u8> {
    let form = format!(
        "grant_type=authorization_code&client_id={CLIENT}&code={code}&redirect_uri={SHOP}&code_verifier={VERIFIER}"
    );
    post(guests, &form)
}

fn renewal(guests: &Guests, token: &str) -> Vec<u8> {
    let form = format!("grant_type=refresh_token&client_id={CLIENT}&refresh_token={token}");
    post(guests, &form)
}

/// The code in the address that the browser is sent to.
fn code(head: &[u8]) -> String {
    let head = String::from_utf8_lossy(head);
    let code = head.split_once("code=").expect("a code").1;
    let end = code.find(['&', '\r', '#']).expect("its end");
    code[..end].to_owned()
}

/// The refresh token of an answer.
fn token(body: &[u8]) -> String {
    let value: Value = serde_json::from_slice(body).expect("JSON");
    value["refresh_token"].as_str().expect("a token").to_owned()
}

/// What the access token of an answer says.
fn claims(body: &[u8]) -> Value {
    let value: Value = serde_json::from_slice(body).expect("JSON");
    let token = value["access_token"].as_str().expect("a token");
    let part = token.split('.').nth(1).expect("claims");
    let bytes = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The same step for somebody of the tenant and for somebody of another one, in turns.
fn latency(guests: &Guests, server: &Server) {
    let mut client = server.client();
    let steps = [guests.authorize(MEMBER), guests.authorize(GUEST)];
    let mut times = [vec![], vec![]];
    let mut added = vec![];
    for journey in 0..JOURNEYS + JOURNEYS / 10 {
        let mut taken = [0.0; 2];
        for (step, taken) in steps.iter().zip(&mut taken) {
            let begun = Instant::now();
            let answer = client.ask(step);
            assert_eq!(answer.status, 303);
            assert!(!code(answer.head).is_empty());
            *taken = milliseconds(begun.elapsed());
        }
        if journey >= JOURNEYS / 10 {
            times[0].push(taken[0]);
            times[1].push(taken[1]);
            added.push(taken[1] - taken[0]);
        }
    }
    let judged = guests.judging();
    let rows = guests.keeping_rows();
    line(&format!(
        "| `authorize` for somebody who is signed in, {JOURNEYS} times each, one after the other | median | 95 % |"
    ));
    line("| --- | ---: | ---: |");
    let [member, guest] = times;
    for (name, times) in [
        ("somebody of the tenant: one row of one log", member),
        ("a guest of another tenant: both are judged, a row in each log", guest),
        ("what the guest's takes longer", added),
    ] {
        line(&format!(
            "| {name} | {:.2} ms | {:.2} ms |",
            median(times.clone()),
            quantile(&times, 0.95)
        ));
    }
    line(&format!(
        "| in it, the evaluator's own: both sides, the object, Conditional Access, the rows to write | {:.4} ms | {:.4} ms |",
        median(judged.clone()),
        quantile(&judged, 0.95)
    ));
    line(&format!(
        "| in it, the row of the other tenant's log, until it is on the disk | {:.2} ms | {:.2} ms |",
        median(rows.clone()),
        quantile(&rows, 0.95)
    ));
}
