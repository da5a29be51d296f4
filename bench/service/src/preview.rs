//! Previews from the store: what a change of the default, or of one partner, would have done to ten million
//! sign-ins that a tenant's log holds.
//!
//! Nobody imports ten million rows for a measurement. The month is counted into the rollup's lines here
//! and written straight into the table they are kept in; the server then finds them as if it had counted
//! them itself, and has to say that all of them are there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use policy::settings::{Partner, Policy};
use policy::target::UserId;
use policy::tenant::{Cloud, PolicyId, TenantId};
use policy::world::{Directory, Tenant, User, World};
use rusqlite::{Connection, params};
use server::Clock;
use workload::month::{self, APPLICATIONS, Habit, LOCAL, PARTNERS};

use crate::caller::{Caller, configure, register};
use crate::client::{HOST, JSON, request};
use crate::figure::{line, median, milliseconds, promise, promises};
use crate::home::wait;
use crate::process::Server;

/// How often everything is measured.
const PASSES: usize = 9;
/// How often a server is started anew.
const STARTS: usize = 3;
const PATH: &str = "/comity/v1/preview";
const POLICY: &str = "/v1.0/policies/crossTenantAccessPolicy";

fn local() -> TenantId {
    LOCAL.parse().expect("an id")
}

/// The tenant: every fourth partner has an entry, which says nothing, and everybody is in the directory.
fn tenant(people: &BTreeSet<u64>) -> Tenant {
    let mut policy = Policy {
        id: Some(PolicyId::from_u128(1)),
        ..Policy::default()
    };
    for number in (3..PARTNERS).step_by(4) {
        let id = month::tenant(number).parse().expect("an id");
        policy.partners.insert(Partner::new(id));
    }
    let user = |number: &u64| {
        let id: UserId = month::id(2, *number).parse().expect("an id");
        let user = User {
            user_principal_name: format!("user{number}@contoso.example"),
            ..User::new(id)
        };
        (id, user)
    };
    Tenant {
        domains: "contoso.example".parse().into_iter().collect(),
        p1: true,
        policy: Some(policy),
        directory: Some(Directory {
            users: people.iter().map(user).collect(),
            ..Directory::default()
        }),
        ..Tenant::registered(local(), Cloud::Commercial)
    }
}

/// How often a habit happened on a day, and when.
struct Line {
    count: i64,
    first: i64,
    last: i64,
}

const DAY: i64 = 86_400;

/// Fills an empty store.
fn make(folder: &Path, store: &str, rows: u64) {
    let today = Clock::of_the_machine().now().as_second() / DAY;
    let begin = (today - 30) * DAY;
    let mut lines: BTreeMap<(i64, u64), Line> = BTreeMap::new();
    let mut habits: HashMap<u64, Habit> = HashMap::new();
    let mut people = BTreeSet::new();
    let counted: Result<(), ()> =
        month::each(rows, &mut month::random(), |_, number, habit, second, _| {
            let moment = (begin + second as i64) * 1_000_000_000;
            let day = begin / DAY + second as i64 / DAY;
            let line = lines.entry((day, number)).or_insert(Line {
                count: 0,
                first: moment,
                last: moment,
            });
            line.count += 1;
            line.last = moment;
            if habit.is_own || habit.is_outbound {
                people.insert(habit.user);
            }
            habits.entry(number).or_insert_with(|| habit.clone());
            Ok(())
        });
    counted.expect("the month");
    fs::create_dir_all(folder).expect("the folder can be made");
    configure(folder);
    wait(async {
        let store = store::open(store).await.expect("a new store");
        let world = World {
            tenants: (0..PARTNERS)
                .map(|number| month::tenant(number).parse().expect("an id"))
                .map(|id| Tenant::registered(id, Cloud::Commercial))
                .chain([tenant(&people)])
                .collect(),
            ..World::default()
        };
        let now = Clock::of_the_machine().now();
        server::seed(&*store, &world, now)
            .await
            .expect("the world is kept");
        register(&store, local()).await;
        store.close().await;
    });
    insert(&folder.join("preview.db"), &lines, &habits).expect("the lines are kept");
}

fn insert(
    file: &Path,
    lines: &BTreeMap<(i64, u64), Line>,
    habits: &HashMap<u64, Habit>,
) -> rusqlite::Result<()> {
    let mut connection = Connection::open(file)?;
    let transaction = connection.transaction()?;
    let id = |text: &str| -> [u8; 16] {
        let id: TenantId = text.parse().expect("an id");
        id.as_u128().to_be_bytes()
    };
    {
        let mut insert = transaction.prepare(
            "INSERT INTO rollup (tenant, day, direction, other, user_id, client_app, resource_app,
                 access_type, token_issuer, claims, flags, error_code, count, first, last)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'AzureAD', ?9, ?10, ?11, ?12, ?13, ?14)
             ON CONFLICT DO UPDATE SET count = count + excluded.count",
        )?;
        for ((day, number), line) in lines {
            let habit = &habits[number];
            // What happens at home crosses nothing.
            if habit.is_own {
                continue;
            }
            insert.execute(params![
                id(LOCAL),
                day,
                i64::from(!habit.is_outbound),
                id(&month::tenant(habit.partner)),
                id(&month::id(2, habit.user)),
                id(&month::id(3, habit.client)),
                id(&month::resource_id(habit.resource)),
                habit.access,
                i64::from(habit.is_compliant) * 2 + i64::from(habit.is_hybrid) * 4,
                i64::from(habit.is_interactive) * 2,
                habit.error,
                line.count,
                line.first,
                line.last,
            ])?;
        }
    }
    transaction.commit()
}

/// A third of the applications, and which third.
fn applications(third: u64) -> String {
    let ids = (APPLICATIONS / 3 * third..APPLICATIONS / 3 * (third + 1)).map(|number| {
        let id = month::resource_id(number);
        format!(r#"{{"target":"{id}","targetType":"application"}}"#)
    });
    let ids: Vec<String> = ids.collect();
    format!(
        r#"{{"usersAndGroups":{{"accessType":"allowed","targets":[{{"target":"AllUsers","targetType":"user"}}]}},"applications":{{"accessType":"allowed","targets":[{}]}}}}"#,
        ids.join(",")
    )
}

/// Only that third is open by default; or for a partner without an entry.
fn draft(third: u64, partner: Option<u64>) -> String {
    let blocks = applications(third);
    let blocks =
        format!(r#""b2bCollaborationOutbound":{blocks},"b2bCollaborationInbound":{blocks}"#);
    match partner.map(month::tenant) {
        None => format!(
            r#"{{"requests":[{{"method":"PATCH","url":"{POLICY}/default","body":{{{blocks}}}}}]}}"#
        ),
        Some(id) => format!(
            r#"{{"requests":[{{"method":"POST","url":"{POLICY}/partners","body":{{"tenantId":"{id}",{blocks}}}}}],"tenantId":"{id}"}}"#
        ),
    }
}

/// When the first line of the answer was there, when all of it, and how many lines there were.
struct Streamed {
    first: Duration,
    whole: Duration,
    lines: usize,
    last: serde_json::Value,
}

/// Asks for lines.
fn stream(server: &Server, caller: &Caller, body: &str) -> Streamed {
    let mut connection = TcpStream::connect(server.address).expect("the server listens");
    let (token, length) = (&caller.token, body.len());
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\nContent-Type: {JSON}\r\nAccept: application/x-ndjson\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let begun = Instant::now();
    connection
        .write_all(request.as_bytes())
        .expect("the server listens");
    let mut answer = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut first = None;
    loop {
        let read = connection.read(&mut buffer).expect("the server answers");
        if read == 0 {
            break;
        }
        answer.extend_from_slice(&buffer[..read]);
        // A line ends the chunk that it is.
        if first.is_none() && buffer[..read].windows(2).any(|two| two == b"}\n") {
            first = Some(begun.elapsed());
        }
    }
    let whole = begun.elapsed();
    let text = String::from_utf8_lossy(&answer);
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("{\""))
        .collect();
    let last = lines.last().expect("an answer");
    let last: serde_json::Value = serde_json::from_str(last).expect("JSON");
    assert_eq!(last["complete"], true, "{text:.2000}");
    Streamed {
        first: first.unwrap_or(whole),
        whole,
        lines: lines.len(),
        last,
    }
}

/// Every pass asks with another draft, so that nothing can be known from the pass before.
fn warm(caller: &mut Caller, partner: Option<u64>) -> (f64, u64) {
    let mut sign_ins = 0;
    let times = (0..PASSES).map(|pass| {
        let body = draft(pass as u64 % 3, partner);
        let request = request("POST", PATH, &caller.token, JSON, &body);
        let begun = Instant::now();
        let answer = caller.client.ask(&request);
        let time = begun.elapsed();
        let told: serde_json::Value = serde_json::from_slice(answer.body).expect("JSON");
        sign_ins = told["signIns"].as_u64().expect("a number");
        milliseconds(time)
    });
    (median(times.collect()), sign_ins)
}

/// Waits until the server has read the tenant's log ahead.
fn read_ahead(server: &Server) {
    loop {
        let mut client = server.client();
        let answer = client.ask(&request("GET", "/metrics", "", JSON, ""));
        let text = String::from_utf8_lossy(answer.body);
        let loaded = text
            .lines()
            .find_map(|line| line.strip_prefix("comity_behaviours_loaded "));
        if loaded.expect("the metric is there") != "0" {
            return;
        }
        sleep(Duration::from_millis(50));
    }
}

/// What the first previews of servers that have just begun took.
#[derive(Default)]
struct Starts {
    ahead: Vec<f64>,
    partner: Vec<f64>,
    first: Vec<f64>,
    whole: Vec<f64>,
    lines: usize,
}

impl Starts {
    /// Starts a server and asks it for one partner, then for the default. Whoever opens the settings before, as
    /// people do, leaves it the time to read the log ahead; whoever is in haste does not.
    fn begin(&mut self, folder: &Path, store: &str, partner: u64, is_in_haste: bool) {
        let server = Server::product(folder, store).ready();
        // The directory is in memory when the first token is there.
        let mut caller = Caller::of(&server, local());
        if !is_in_haste {
            let begun = Instant::now();
            caller.ask("GET", &format!("{POLICY}/default"), "");
            read_ahead(&server);
            self.ahead.push(milliseconds(begun.elapsed()));
            // The other connection has been idle for longer than the server lets it.
            caller.client = server.client();
        }
        let begun = Instant::now();
        caller.ask("POST", PATH, &draft(0, Some(partner)));
        self.partner.push(milliseconds(begun.elapsed()));
        let streamed = stream(&server, &caller, &draft(0, None));
        self.first.push(milliseconds(streamed.first));
        self.whole.push(milliseconds(streamed.whole));
        self.lines = streamed.lines;
        assert!(streamed.last["certain"]["closes"].as_u64() > Some(0));
    }
}

pub fn run(is_small: bool) {
    let rows: u64 = if is_small { 1_000_000 } else { 10_000_000 };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/preview-{rows}"));
    let store = format!("sqlite:{}", folder.join("preview.db").display());
    // What happened lately must have happened lately.
    let _ = fs::remove_dir_all(&folder);
    eprintln!("making a log of {rows} sign-ins");
    make(&folder, &store, rows);
    let (largest, middling) = (0, PARTNERS / 2 + 1);
    let (mut opened, mut in_haste) = (Starts::default(), Starts::default());
    for _ in 0..STARTS {
        // Each server has let go of the memory before the next begins.
        in_haste.begin(&folder, &store, largest, true);
        opened.begin(&folder, &store, largest, false);
    }
    let server = Server::product(&folder, &store).ready();
    let mut caller = Caller::of(&server, local());
    caller.ask("POST", PATH, &draft(0, None));
    let (default, crossed) = warm(&mut caller, None);
    let (of_largest, with_largest) = warm(&mut caller, Some(largest));
    let (of_middling, with_middling) = warm(&mut caller, Some(middling));
    line(&format!(
        "{rows} sign-ins of a month, {crossed} of them across tenants, in SQLite; {PARTNERS} partners. Medians of {PASSES} passes, of {STARTS} starts."
    ));
    line("");
    line("| a preview of | milliseconds |");
    line("| --- | ---: |");
    let row = |what: &str, value: f64| line(&format!("| {what} | {value:.0} |"));
    row("a change of the default", default);
    row(
        &format!("a change for the largest partner ({with_largest} sign-ins)"),
        of_largest,
    );
    row(
        &format!("a change for a middling partner ({with_middling})"),
        of_middling,
    );
    let whose = [
        ("of a server whose settings somebody has opened", opened),
        (
            "of a server that is asked as soon as it has begun",
            in_haste,
        ),
    ];
    let whose = whose.map(|(whose, starts)| {
        let [partner, first, whole] = [starts.partner, starts.first, starts.whole].map(median);
        row(
            &format!("the first one {whose}, for the largest partner"),
            partner,
        );
        row(
            &format!(
                "the first one of the default there: first of {} lines",
                starts.lines
            ),
            first,
        );
        row("the same, until it is complete", whole);
        (starts.ahead, partner, first, whole)
    });
    let [(ahead, partner, first, whole), (_, _, first_in_haste, _)] = whose;
    line("");
    line(&format!(
        "It takes {:.1} s to read the log ahead, in the background, from the moment the settings are opened. The server had {:.0} MiB in memory at the end.",
        median(ahead) / 1000.0,
        server.memory() as f64 / 1048576.0
    ));
    line("");
    promises();
    let within = |what: &str, value: f64, most: f64| {
        promise(what, &format!("{value:.0} ms"), value <= most);
    };
    within(
        "one partner: within 200 ms",
        of_largest.max(of_middling).max(partner),
        200.0,
    );
    within(
        "a change of the default: within 2 s",
        default.max(whole),
        2000.0,
    );
    within(
        "first partial answer: within 300 ms",
        first.max(first_in_haste),
        300.0,
    );
    drop(server);
    let _ = fs::remove_dir_all(&folder);
}
