//! Killed at any moment, a store has kept everything it acknowledged and nothing by halves.
//!
//! A child process writes with several tasks at once and says after each write that it has been
//! acknowledged. After so many lines, a number drawn anew each time, the child is killed
//! (`SIGKILL`); on PostgreSQL, in every other round, the server is. Then the store is opened again
//! and everything is looked at.
//!
//! `COMITY_CRASH_KILLS` says how many kills each backend has to survive; a few, if it is not set.

mod round;
mod writer;

use std::sync::Arc;

use comity_store::Store;
use sqlx::{Connection, PgConnection};

use crate::cluster::Cluster;
use crate::sample::Folder;
use round::{Draw, Round};

const KILLS: &str = "COMITY_CRASH_KILLS";

fn kills() -> u64 {
    let asked = std::env::var(KILLS).ok();
    asked.map_or(6, |asked| asked.parse().unwrap())
}

/// Does nothing, unless this process is the child.
#[test]
fn the_child_that_writes() {
    if let Some(orders) = writer::Orders::given() {
        writer::write(orders);
    }
}

#[test]
fn sqlite_survives_being_killed() {
    let folder = Folder::new();
    let path = folder.path().join("store.db");
    let address = format!("sqlite:{}", path.display());
    let mut draw = Draw::new();
    let mut rounds = Vec::new();
    for number in 0..kills() {
        let round = Round::prepare(number, &address);
        let mut child = round.start(&address);
        let lines = child.read_lines(draw.below(80));
        child.kill();
        rounds.push(round.check(&address, child.rest(lines)));
    }
    round::check_all(&address, &rounds);
    round::check_sqlite(&path);
}

#[test]
fn postgresql_survives_being_killed() {
    let Some(cluster) = Cluster::start("") else {
        return;
    };
    let address = cluster.address("postgres");
    let mut draw = Draw::new();
    let mut rounds = Vec::new();
    for number in 0..kills() {
        let round = Round::prepare(number, &address);
        let mut child = round.start(&address);
        let lines = child.read_lines(draw.below(80));
        if number % 2 == 0 {
            cluster.kill();
            child.kill();
            cluster.restart();
        } else {
            child.kill();
            wait_for_silence(&address);
        }
        rounds.push(round.check(&address, child.rest(lines)));
    }
    round::check_all(&address, &rounds);
}

/// What the child had sent before it was killed the server goes on with: whoever looks at once sees
/// it happen.
fn wait_for_silence(address: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut server = PgConnection::connect(address).await.unwrap();
        loop {
            let others = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'comity'",
            );
            let others: i64 = others.fetch_one(&mut server).await.unwrap();
            if others == 0 {
                break;
            }
        }
        server.close().await.unwrap();
    });
}

/// Runs something with the store open.
fn with_store<T, F: Future<Output = T>>(
    address: &str,
    work: impl FnOnce(Arc<dyn Store>) -> F,
) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = comity_store::open(address).await.unwrap();
        let done = work(store.clone()).await;
        store.close().await;
        done
    })
}
