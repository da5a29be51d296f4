//! Commits per second, beside what the file system can do.
//!
//! One writer at a time. The product is asked over HTTP with `PATCH`, and its store is asked without
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
use store::{
    AuditRecord, AuditedChange, Change, Initiator, Moment, Occasion, Reach, Stamp, Store, Who,
};
use workload::Scale;

use crate::client::{Client, JSON, request};
use crate::figure::{line, median, promise, promises};
use crate::home::{self, Home};
use crate::process::Server;

const PASSES: usize = 15;
const COMMITS: usize = 60;

/// A change of the partner's settings, over HTTP. All access is allowed, or blocked.
pub fn patch(home: &Home, token: &str, allowed: bool) -> Vec<u8> {
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
    let partner = home.partner();
    let path = format!("/v1.0/policies/crossTenantAccessPolicy/partners/{partner}");
    request("PATCH", &path, token, JSON, &body)
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
    let mut client = product.client();
    let token = home.token(&mut client, home::Who::Tenant(home.changed()));
    let changes = [true, false].map(|allowed| patch(&home, &token, allowed));
    let over_http = |client: &mut Client| {
        for pair in 0..COMMITS / 2 {
            let _ = pair;
            changes.iter().for_each(|change| kept(client, change));
        }
    };
    over_http(&mut client);
    let before = product.written();
    over_http(&mut client);
    let block = (product.written() - before) as usize / COMMITS;
    let alone = Alone::open(&home);
    let mut yardstick = Yardstick::new(&home, block);
    let (mut http, mut store, mut append, mut overwrite) = (vec![], vec![], vec![], vec![]);
    let (mut http_ratio, mut store_ratio) = (vec![], vec![]);
    for _ in 0..PASSES {
        let of_http = rate(|| over_http(&mut client));
        let of_store = rate(|| alone.commits());
        let of_append = rate(|| (0..COMMITS).for_each(|_| yardstick.append()));
        overwrite.push(rate(|| (0..COMMITS).for_each(|_| yardstick.overwrite())));
        http_ratio.push(of_http / of_append);
        store_ratio.push(of_store / of_append);
        http.push(of_http);
        store.push(of_store);
        append.push(of_append);
    }
    let (http_ratio, store_ratio) = (median(http_ratio), median(store_ratio));
    promises();
    for (how, ratio) in [
        ("over HTTP", http_ratio),
        ("of the store alone", store_ratio),
    ] {
        promise(
            &format!("commits {how}: at least 0.5 of the bare fsync rate"),
            &format!("{ratio:.2}"),
            ratio >= 0.5,
        );
    }
    line("");
    line("| one writer | per second |");
    line("| --- | ---: |");
    let kib = block as f64 / 1024.0;
    for (name, rates) in [
        ("commits over HTTP (`PATCH` of a partner)".to_owned(), http),
        ("commits of the store alone".to_owned(), store),
        (format!("{kib:.0} KiB appended, fsync"), append),
        (
            format!("{kib:.0} KiB overwritten in place, fdatasync"),
            overwrite,
        ),
    ] {
        line(&format!("| {name} | {:.0} |", median(rates)));
    }
}

/// How many of the commits there are in a second.
fn rate(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    COMMITS as f64 / start.elapsed().as_secs_f64()
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
            who: Who::System,
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
