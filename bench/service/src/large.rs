//! Large tenants: what one request and one change cost where there are ten thousand partners, or a
//! hundred thousand people, beside the same where there are few.
//!
//! All tenants are in one store, and every server holds all of them, so that only the size of the
//! tenant that is asked differs. The yardstick of writes appends 4 KiB to a file and calls fsync.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use policy::settings::{InboundTrust, Partner, Policy};
use policy::target::{GroupId, UserId};
use policy::tenant::{Cloud, PolicyId, TenantId};
use policy::world::{Directory, Tenant, User, World};
use server::Clock;

use crate::caller::{Caller, configure, register};
use crate::client::HOST;
use crate::cluster::Cluster;
use crate::figure::{line, median, milliseconds, promise, promises};
use crate::home::wait;
use crate::process::Server;

/// How often everything is measured; small and large take turns.
const PASSES: usize = 41;
const PARTNERS: [u128; 2] = [100, 10_000];
const PEOPLE: [u128; 2] = [100, 100_000];
/// Ten people for one group, and each is in three.
const PER_GROUP: u128 = 10;

/// The tenant with so many partners.
fn listing(partners: u128) -> TenantId {
    TenantId::from_u128(0x0d00_0000_0000_4000_8000_0000_0000_0000 + partners)
}

/// The tenant with so many people.
fn peopled(people: u128) -> TenantId {
    TenantId::from_u128(0x0e00_0000_0000_4000_8000_0000_0000_0000 + people)
}

fn partner(number: u128) -> TenantId {
    // Spread, as ids are.
    let spread = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    TenantId::from_u128(spread)
}

fn user(number: u128) -> UserId {
    UserId::from_u128(partner(number).as_u128() ^ 1)
}

fn group(number: u128) -> GroupId {
    GroupId::from_u128(partner(number).as_u128() ^ 2)
}

fn hosted(id: TenantId, policy: Policy, directory: Option<Directory>) -> Tenant {
    Tenant {
        domains: format!("t{:x}.example", id.as_u128())
            .parse()
            .into_iter()
            .collect(),
        p1: true,
        policy: Some(Policy {
            id: Some(PolicyId::from_u128(id.as_u128())),
            ..policy
        }),
        directory,
        ..Tenant::registered(id, Cloud::Commercial)
    }
}

fn with_partners(count: u128) -> Tenant {
    let mut policy = Policy::default();
    for number in 0..count {
        let mut entry = Partner::new(partner(number));
        entry.trust = Some(InboundTrust {
            mfa: Some(number % 2 == 0),
            ..InboundTrust::default()
        });
        policy.partners.insert(entry);
    }
    hosted(listing(count), policy, None)
}

fn with_people(count: u128) -> Tenant {
    let id = peopled(count);
    let domain = format!("t{:x}.example", id.as_u128());
    let groups = count / PER_GROUP;
    let member = |number: u128| User {
        user_principal_name: format!("u{number}@{domain}"),
        display_name: Some(format!("Person {number}")),
        groups: Some(
            (0..3)
                .map(|i| group((number * 7 + i * 3) % groups))
                .collect(),
        ),
        ..User::new(user(number))
    };
    let directory = Directory {
        users: (0..count)
            .map(|number| (user(number), member(number)))
            .collect(),
        groups: (0..groups)
            .map(|number| {
                // Every tenth is inside the one before it.
                let parent = (number % 10 == 9).then(|| group(number - 1));
                (group(number), parent.into_iter().collect())
            })
            .collect(),
    };
    hosted(id, Policy::default(), Some(directory))
}

/// Puts everything into an empty store, and says where the configuration is.
fn make(folder: &Path, store: &str) {
    fs::create_dir_all(folder).expect("the folder can be made");
    configure(folder);
    let tenants = PARTNERS.map(with_partners).into_iter();
    let tenants: Vec<Tenant> = tenants.chain(PEOPLE.map(with_people)).collect();
    wait(async {
        let store = store::open(store).await.expect("a new store");
        let ids: Vec<TenantId> = tenants.iter().map(|tenant| tenant.id).collect();
        let world = World {
            tenants: tenants.into_iter().collect(),
            ..World::default()
        };
        let now = Clock::of_the_machine().now();
        server::seed(&*store, &world, now)
            .await
            .expect("the world is kept");
        for id in ids {
            register(&store, id).await;
        }
        store.close().await;
    });
}

const LIST: &str = "/v1.0/policies/crossTenantAccessPolicy/partners";

/// Walks all pages; how many partners there were, and how many pages.
fn walk(caller: &mut Caller) -> (usize, usize) {
    let (mut partners, mut pages) = (0, 0);
    let mut next = Some(LIST.to_owned());
    while let Some(path) = next {
        let page = caller.ask("GET", &path, "");
        partners += page["value"].as_array().expect("a page").len();
        pages += 1;
        let link = page["@odata.nextLink"].as_str();
        next =
            link.and_then(|link| Some(link.strip_prefix(&format!("https://{HOST}"))?.to_owned()));
    }
    (partners, pages)
}

type Deed = fn(&mut Caller, u128, usize);

/// What is done to the tenants with partners.
const WITH_PARTNERS: [(&str, Deed); 4] = [
    (
        "all pages of the partners, for one partner",
        |caller, count, _| {
            let (partners, _) = walk(caller);
            assert_eq!(partners as u128, count);
        },
    ),
    ("`$filter` by tenant id", |caller, count, pass| {
        let wanted = partner((pass as u128 * 37) % count);
        let path = format!("{LIST}?$filter=tenantId%20eq%20'{wanted}'");
        let page = caller.ask("GET", &path, "");
        assert_eq!(page["value"].as_array().map(Vec::len), Some(1));
    }),
    ("`GET` of one partner", |caller, count, pass| {
        let wanted = partner((pass as u128 * 37) % count);
        caller.ask("GET", &format!("{LIST}/{wanted}"), "");
    }),
    ("`PATCH` of one partner", |caller, count, pass| {
        let wanted = partner((pass as u128 * 37) % count);
        let body = format!(
            r#"{{"inboundTrust":{{"isMfaAccepted":{}}}}}"#,
            pass % 2 == 0
        );
        caller.ask("PATCH", &format!("{LIST}/{wanted}"), &body);
    }),
];

/// What is done to the tenants with people.
const WITH_PEOPLE: [(&str, Deed); 2] = [
    ("`PATCH` of one user", |caller, count, pass| {
        let wanted = user((pass as u128 * 37) % count);
        let body = format!(r#"{{"accountEnabled":{}}}"#, pass % 2 == 0);
        caller.ask("PATCH", &format!("/v1.0/users/{wanted}"), &body);
    }),
    (
        "a member added to a group, and removed",
        |caller, count, pass| {
            let number = (pass as u128 * 37) % count;
            let (member, groups) = (user(number), count / PER_GROUP);
            let of = group((number * 7 + 1) % groups);
            let path = format!("/v1.0/groups/{of}/members");
            let body =
                format!(r#"{{"@odata.id":"https://{HOST}/v1.0/directoryObjects/{member}"}}"#);
            caller.ask("POST", &format!("{path}/$ref"), &body);
            caller.ask("DELETE", &format!("{path}/{member}/$ref"), "");
        },
    ),
];

/// Medians in milliseconds: of the small tenant and the large one.
fn measure(server: &Server, tenants: [(TenantId, u128); 2], deed: Deed) -> [f64; 2] {
    let mut callers = tenants.map(|(id, count)| (Caller::of(server, id), count));
    let mut times = [Vec::new(), Vec::new()];
    for pass in 0..=PASSES {
        for ((caller, count), times) in callers.iter_mut().zip(&mut times) {
            let begun = Instant::now();
            deed(caller, *count, pass);
            // The first one brings the tenant into memory.
            if pass > 0 {
                times.push(milliseconds(begun.elapsed()));
            }
        }
    }
    times.map(median)
}

/// 4 KiB at the end of a file, on the disk.
fn bare_write(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("appended")).expect("a file");
    let times = (0..PASSES).map(|_| {
        let begun = Instant::now();
        file.write_all(&[0x5a; 4096]).expect("written");
        file.sync_all().expect("on the disk");
        milliseconds(begun.elapsed())
    });
    median(times.collect())
}

/// One line of the table.
struct Row {
    engine: &'static str,
    what: &'static str,
    small: f64,
    large: f64,
}

fn engine(name: &'static str, folder: &Path, store: &str, rows: &mut Vec<Row>) -> f64 {
    make(folder, store);
    let server = Server::product(folder, store).ready();
    // Whoever gets the first token of a tenant waits until it is in memory.
    let firsts = PEOPLE.map(|count| {
        let begun = Instant::now();
        Caller::of(&server, peopled(count));
        milliseconds(begun.elapsed())
    });
    let mut put = |what, [small, large]: [f64; 2]| {
        rows.push(Row {
            engine: name,
            what,
            small,
            large,
        });
    };
    for (what, deed) in WITH_PARTNERS {
        let tenants = PARTNERS.map(|count| (listing(count), count));
        let mut times = measure(&server, tenants, deed);
        if what.starts_with("all pages") {
            times[0] /= PARTNERS[0] as f64;
            times[1] /= PARTNERS[1] as f64;
        }
        put(what, times);
    }
    for (what, deed) in WITH_PEOPLE {
        let tenants = PEOPLE.map(|count| (peopled(count), count));
        put(what, measure(&server, tenants, deed));
    }
    put("a first token: the directory is read and compiled", firsts);
    bare_write(folder)
}

pub fn run() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/service/large");
    let _ = fs::remove_dir_all(&folder);
    let mut rows = Vec::new();
    let file = folder.join("comity.sqlite");
    let bare = engine(
        "SQLite",
        &folder,
        &format!("sqlite:{}", file.display()),
        &mut rows,
    );
    let cluster = Cluster::start();
    let home = cluster.folder().join("home");
    engine("PostgreSQL", &home, &cluster.address(), &mut rows);
    promises();
    for row in &rows {
        let (most, verb) = match row.what {
            what if what.starts_with("all pages") => (2.0, "takes at most twice as long"),
            what if what.starts_with("a first") => continue,
            _ => (5.0, "takes at most five times as long"),
        };
        promise(
            &format!("{}, {}: the large tenant {verb}", row.engine, row.what),
            &format!("{:.1}", row.large / row.small),
            row.large <= row.small * most,
        );
    }
    line("");
    line(
        "| median, in milliseconds | 100 partners or people | 10,000 partners or 100,000 people |",
    );
    line("| --- | ---: | ---: |");
    for row in &rows {
        line(&format!(
            "| {}: {} | {:.3} | {:.3} |",
            row.engine, row.what, row.small, row.large
        ));
    }
    line(&format!("| 4 KiB appended, fsync | {bare:.3} | |"));
}
