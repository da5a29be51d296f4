//! Commits per second, beside what the file system can do.
//!
//! One writer, and eight at once. The product is asked over HTTP with `PATCH`, and its store is asked without
//! a server; both write the same SQLite file (WAL, `synchronous = FULL`), and each commit changes the
//! settings, keeps the last ones as history, and writes the audit row. The yardstick appends a block
//! to a file of the same file system and calls fsync; the block is as large as what the server has
//! written for one commit.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Instant;

use policy::audit::{Activity, AuditEntry};
use policy::effect::Effect;
use policy::tenant::TenantId;
use server::Clock;
use store::{AuditRecord, AuditedChange, Change, Initiator, Moment, Occasion, Reach, Stamp, Store};
use workload::Scale;

use crate::client::{Client, JSON, request};
use crate::figure::{line, median, promise, promises};
use crate::home::{Home, WRITERS, Who};
use crate::process::Server;

const PASSES: usize = 15;
const COMMITS: usize = 60;
/// Enough that the write-ahead log is copied into the file several times.
const MANY: usize = 1_000;

/// A change of the partner's settings, over HTTP. All access is allowed, or blocked.
pub fn patch(partner: TenantId, token: &str, allowed: bool) -> Vec<u8> {
    let access = if allowed { "allowed" } else { "blocked" };
    let half = |target: &str, kind: &str| {
        format!(
            r#"{{"accessType":"{access}","targets":[{{"target":"{target}","targetType":"{kind}"}}]}}"#
        )
    };
    let body = format!(
        r#"{{"b2bCollaborationInbound":{{"usersAndGroups":{},"applications":{}}}}}"#,
        half("AllUsers", "user"),
        half("AllApplications", "application"),
    );
    request("PATCH", &path(partner), token, JSON, &body)
}

fn path(partner: TenantId) -> String {
    format!("/v1.0/policies/crossTenantAccessPolicy/partners/{partner}")
}

/// The request that puts what [`patch`] changes back to what it is now.
pub fn restoration(client: &mut Client, partner: TenantId, token: &str) -> Vec<u8> {
    let answer = client.ask(&request("GET", &path(partner), token, JSON, ""));
    let text = String::from_utf8_lossy(answer.body);
    assert_eq!(answer.status, 200, "{text}");
    let settings: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let name = "b2bCollaborationInbound";
    let body = serde_json::json!({name: settings[name]}).to_string();
    request("PATCH", &path(partner), token, JSON, &body)
}

/// Sends a change and waits until it is kept.
pub fn kept(client: &mut Client, change: &[u8]) {
    let answer = client.ask(change);
    let text = String::from_utf8_lossy(answer.body);
    assert_eq!(answer.status, 204, "{text}");
}

pub fn run(scale: Scale) {
    let home = Home::of(scale);
    let product = Server::product(&home.folder, &home.store).ready();
    let mut writers: Vec<Writer> = home
        .changes()
        .iter()
        .enumerate()
        .map(|(index, (_, partners))| Writer::new(&home, &product, index, partners))
        .collect();
    writers[0].write(COMMITS);
    let before = product.written();
    writers[0].write(MANY);
    let block = (product.written() - before) as usize / MANY;
    let alone = Alone::open(&home);
    let mut yardstick = Yardstick::new(&home, block);
    let kib = block as f64 / 1024.0;
    let names = [
        "commits over HTTP (`PATCH` of a partner), eight writers".to_owned(),
        "commits over HTTP, one writer".to_owned(),
        "read and commit, the store alone, one writer".to_owned(),
        format!("{kib:.0} KiB appended, fsync"),
        format!("{kib:.0} KiB overwritten in place, fdatasync"),
    ];
    let mut rates = names.map(|name| (name, vec![]));
    let mut ratios = [vec![], vec![], vec![]];
    for _ in 0..PASSES {
        let turn = [
            rate(WRITERS * COMMITS, || all(&mut writers)),
            rate(COMMITS, || writers[0].write(COMMITS)),
            rate(COMMITS, || alone.commits()),
            rate(COMMITS, || (0..COMMITS).for_each(|_| yardstick.append())),
            rate(COMMITS, || (0..COMMITS).for_each(|_| yardstick.overwrite())),
        ];
        for (ratios, rate) in ratios.iter_mut().zip(turn) {
            ratios.push(rate / turn[3]);
        }
        for ((_, rates), rate) in rates.iter_mut().zip(turn) {
            rates.push(rate);
        }
    }
    for writer in &mut writers {
        kept(&mut writer.client, &writer.restoration);
    }
    let [many, one, store] = ratios.map(median);
    promises();
    promise(
        "commits over HTTP, eight writers: at least 0.5 of the bare fsync rate",
        &format!("{many:.2}"),
        many >= 0.5,
    );
    promise(
        "commits over HTTP, one writer: at least 0.5 of the bare fsync rate",
        &format!("{one:.2}"),
        one >= 0.5,
    );
    line("");
    line("| | per second | of the bare fsync rate |");
    line("| --- | ---: | ---: |");
    let of_fsync = [Some(many), Some(one), Some(store), Some(1.0), None];
    for ((name, rates), ratio) in rates.into_iter().zip(of_fsync) {
        let ratio = ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
        line(&format!("| {name} | {:.0} | {ratio} |", median(rates)));
    }
}

/// How many of so many commits there are in a second.
fn rate(commits: usize, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    commits as f64 / start.elapsed().as_secs_f64()
}

/// A client of one tenant that changes a partner again and again.
struct Writer {
    client: Client,
    changes: [Vec<u8>; 2],
    restoration: Vec<u8>,
}

impl Writer {
    fn new(home: &Home, product: &Server, index: usize, partners: &[TenantId]) -> Writer {
        let mut client = product.client();
        let token = home.token(&mut client, Who::Program(index));
        // The workload has settings that were not made over the wire, and cannot be put back there.
        let mut restorations = partners
            .iter()
            .map(|partner| (*partner, restoration(&mut client, *partner, &token)));
        let found = restorations.find(|(_, request)| product.client().ask(request).status == 204);
        let (partner, restoration) = found.expect("settings that can be put back");
        Writer {
            client,
            changes: [true, false].map(|allowed| patch(partner, &token, allowed)),
            restoration,
        }
    }

    fn write(&mut self, commits: usize) {
        let changes = self.changes.iter().cycle().take(commits);
        changes.for_each(|change| kept(&mut self.client, change));
    }
}

/// Each in a tenant of its own, all at once.
fn all(writers: &mut [Writer]) {
    std::thread::scope(|scope| {
        for writer in writers {
            scope.spawn(|| writer.write(COMMITS));
        }
    });
}

/// The store without a server, on the same file.
struct Alone {
    store: Arc<dyn Store>,
    tenant: TenantId,
    partner: TenantId,
    runtime: tokio::runtime::Runtime,
}

impl Alone {
    fn open(home: &Home) -> Alone {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("threads");
        let store = runtime.block_on(store::open(&home.store));
        Alone {
            store: store.expect("the store"),
            tenant: home.changed(),
            partner: home.partner(),
            runtime,
        }
    }

    fn commits(&self) {
        self.runtime.block_on(async {
            for count in 0..COMMITS {
                self.commit(count % 2 == 0).await;
            }
        });
    }

    /// Reads the tenant, changes whether the partner's word about MFA counts, and commits.
    async fn commit(&self, trusted: bool) {
        let read = self.store.world(&[self.tenant], Reach::Settings).await;
        let read = read.expect("the tenant");
        let mut policy = read.world().policy(self.tenant).expect("hosted").clone();
        let mut partner = policy.partners.get(self.partner).expect("listed").clone();
        partner.trust.get_or_insert_default().mfa = Some(trusted);
        policy.partners.insert(partner);
        let entry = AuditEntry {
            activity: Activity::UpdatePartner,
            partner: Some(self.partner),
            failure: None,
            modified: Vec::new(),
        };
        let time = Moment::from_nanoseconds(Clock::of_the_machine().now().as_nanosecond());
        let initiator = Initiator {
            who: store::Who::System,
            address: None,
            channel: None,
        };
        let occasion = Occasion {
            id: sts::random::guid(),
            time,
            correlation: sts::random::guid(),
            initiator: initiator.clone(),
            user_agent: None,
        };
        let stamp = Stamp {
            id: sts::random::guid(),
            time,
            initiator,
            reason: None,
        };
        let effect = Change::Effect(Effect::PutPolicy {
            tenant: self.tenant,
            policy: Box::new(policy),
        });
        let record = AuditRecord::of_settings(self.tenant, None, entry, occasion);
        let change = AuditedChange::new(&read, stamp, [effect], vec![record]);
        let change = change.expect("an audited change");
        self.store.commit(&change).await.expect("kept");
    }
}

/// What the file system does with blocks of that size.
struct Yardstick {
    block: Vec<u8>,
    appended: File,
    overwritten: File,
}

impl Yardstick {
    fn new(home: &Home, block: usize) -> Yardstick {
        let file = |name: &str| File::create(home.folder.join(name)).expect("a file");
        let block = vec![0x5a; block];
        let overwritten = file("overwritten");
        overwritten.write_all_at(&block, 0).expect("written");
        overwritten.sync_all().expect("on the disk");
        Yardstick {
            block,
            appended: file("appended"),
            overwritten,
        }
    }

    fn append(&mut self) {
        self.appended.seek(SeekFrom::End(0)).expect("the end");
        self.appended.write_all(&self.block).expect("written");
        self.appended.sync_all().expect("on the disk");
    }

    fn overwrite(&mut self) {
        self.overwritten
            .write_all_at(&self.block, 0)
            .expect("written");
        self.overwritten.sync_data().expect("on the disk");
    }
}
