//! One kill: what was acknowledged before it, and what is found after it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use comity_store::{At, AuditQuery, Order, RollupQuery, SignInQuery, Store, rollup};
use policy::tenant::TenantId;

use super::{with_store, writer};
use crate::sample::{create, hosted, policy, read, second};

/// Draws numbers: different ones in each run, and the first is told, for who wants to know.
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new() -> Self {
        use std::hash::{BuildHasher, Hasher};
        let seed = std::collections::hash_map::RandomState::new()
            .build_hasher()
            .finish();
        println!("drawn from {seed}");
        Draw(seed | 1)
    }

    /// A number from 1 up to that one.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit + 1
    }
}

/// A round, and its number.
pub(crate) struct Round(u64);

/// The child of a round.
pub(crate) struct Writer {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Writer {
    /// Reads until so many writes have been acknowledged.
    pub(crate) fn read_lines(&mut self, writes: u64) -> Vec<String> {
        let mut lines = Vec::new();
        for _ in 0..writes {
            lines.push(self.read_line().expect("the child ended by itself"));
        }
        lines
    }

    fn read_line(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            // The harness of the child's test has something to say as well.
            let is_ours = ["commit ", "rows ", "value "]
                .iter()
                .any(|word| line.starts_with(word));
            match line.ends_with('\n') {
                true if is_ours => return Some(line),
                true => {}
                false => return None,
            }
        }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What had been said before the end but not read yet. Half a line was not said.
    pub(crate) fn rest(mut self, mut lines: Vec<String>) -> Vec<String> {
        while let Some(line) = self.read_line() {
            lines.push(line);
        }
        let mut rest = Vec::new();
        self.output.read_to_end(&mut rest).unwrap();
        lines
    }
}

/// What was acknowledged in a round.
#[derive(Default)]
pub(crate) struct Acknowledged {
    round: u64,
    commits: Vec<(u64, TenantId, usize)>,
    rows: u64,
    value: u64,
}

impl Acknowledged {
    fn of(round: u64, lines: &[String]) -> Self {
        let mut acknowledged = Acknowledged {
            round,
            ..Acknowledged::default()
        };
        for line in lines {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                ["commit", sequence, partner, tenants] => acknowledged.commits.push((
                    sequence.parse().unwrap(),
                    partner.parse().unwrap(),
                    tenants.parse().unwrap(),
                )),
                ["rows", rows] => acknowledged.rows = rows.parse().unwrap(),
                ["value", revision] => acknowledged.value = revision.parse().unwrap(),
                _ => panic!("{line}"),
            }
        }
        acknowledged
    }
}

impl Round {
    /// Creates what the child is to write to.
    pub(crate) fn prepare(number: u64, address: &str) -> Self {
        with_store(address, |store| async move {
            create(&*store, writer::tenants(number).map(hosted).into()).await;
        });
        Round(number)
    }

    /// Starts the child: this program again, with orders.
    pub(crate) fn start(&self, address: &str) -> Writer {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::the_child_that_writes", "--nocapture"])
            .env(writer::ADDRESS, address)
            .env(writer::ROUND, self.0.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Writer { child, output }
    }

    /// Opens the store again and looks at everything the round has left.
    pub(crate) fn check(self, address: &str, lines: Vec<String>) -> Acknowledged {
        let acknowledged = Acknowledged::of(self.0, &lines);
        with_store(address, |store| async move {
            check(&*store, &acknowledged).await;
            acknowledged
        })
    }
}

async fn check(store: &dyn Store, acknowledged: &Acknowledged) {
    let tenants = writer::tenants(acknowledged.round);
    let snapshot = writer::snapshot(store, acknowledged.round).await;
    let partners = tenants.map(|tenant| {
        let policy = policy(&snapshot, tenant);
        policy
            .partners
            .iter()
            .map(|partner| partner.tenant)
            .collect::<BTreeSet<_>>()
    });
    for (sequence, partner, count) in &acknowledged.commits {
        assert!(snapshot.sequence().0 >= *sequence);
        for partners in &partners[..*count] {
            assert!(
                partners.contains(partner),
                "{partner} was acknowledged and is gone"
            );
        }
    }
    // What is in the second tenant is in the first: it came with one commit.
    assert!(
        partners[1].is_subset(&partners[0]),
        "half a commit was kept"
    );
    for (tenant, partners) in tenants.iter().zip(&partners) {
        check_tenant(store, *tenant, partners.len()).await;
    }
    check_rows(store, tenants[0], acknowledged.rows).await;
    let value = store
        .value(&format!("round {}", acknowledged.round))
        .await
        .unwrap();
    let revision = value.map_or(0, |value| {
        assert_eq!(value.text, (value.revision.0 - 1).to_string());
        value.revision.0
    });
    assert!(revision >= acknowledged.value);
}

/// Settings, history, revisions and audit tell the same story.
async fn check_tenant(store: &dyn Store, tenant: TenantId, partners: usize) {
    let snapshot = read(store, &[tenant]).await;
    let revision = snapshot.version(tenant).unwrap().revision();
    assert_eq!(revision.0, partners as u64 + 1);
    let rows = store.revisions(tenant, None, 100_000).await.unwrap();
    let numbers: Vec<u64> = rows.iter().rev().map(|row| row.revision.0).collect();
    assert_eq!(numbers, (1..=revision.0).collect::<Vec<_>>());
    let past = store
        .settings_at(tenant, At::Revision(revision))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(past.policy, Some(policy(&snapshot, tenant)));
    let query = AuditQuery {
        tenant: Some(tenant),
        order: Order::NewestFirst,
        limit: 100_000,
        ..AuditQuery::default()
    };
    let log = store.audit(&query).await.unwrap();
    let logged: Vec<_> = log.iter().map(|row| row.position.sequence).collect();
    let committed: Vec<_> = rows.iter().map(|row| row.sequence).collect();
    assert_eq!(logged, committed);
}

async fn check_rows(store: &dyn Store, tenant: TenantId, acknowledged: u64) {
    let rows = store
        .sign_ins(&SignInQuery::all(tenant, 100_000))
        .await
        .unwrap();
    let ids: BTreeSet<u64> = rows
        .iter()
        .map(|row| row.sign_in.id.parse().unwrap())
        .collect();
    assert!(ids.len() as u64 >= acknowledged);
    // Whole batches: 0 to 8, then to 13, 18, …
    assert!(ids.is_empty() || (ids.len() % 5 == 3 && ids.iter().copied().eq(0..ids.len() as u64)));
    let query = RollupQuery {
        tenant,
        from: None,
        until: None,
        other: None,
        direction: None,
    };
    assert_eq!(store.rollup(&query).await.unwrap(), rollup(tenant, &rows));
}

/// At the end: what earlier rounds left is still as it was.
pub(crate) fn check_all(address: &str, rounds: &[Acknowledged]) {
    let writes: usize = rounds.iter().map(|round| round.commits.len()).sum();
    println!("{} kills, {writes} commits acknowledged", rounds.len());
    with_store(address, |store| async move {
        for acknowledged in rounds {
            check(&*store, acknowledged).await;
        }
        let now = store.sequence().await.unwrap();
        let moved = store.moved_since(comity_store::Sequence(0)).await.unwrap();
        assert_eq!(moved.until, now);
        assert_eq!(moved.tenants.len(), rounds.len() * 2);
        // Nothing is in the way of the next write.
        store.forget_sign_ins(second(1_000)).await.unwrap();
    });
}

/// SQLite has nothing to complain about either.
pub(crate) fn check_sqlite(path: &Path) {
    let database = rusqlite::Connection::open(path).unwrap();
    let said: String = database
        .query_one("PRAGMA integrity_check", (), |row| row.get(0))
        .unwrap();
    assert_eq!(said, "ok");
}
