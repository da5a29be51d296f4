//! Requests per second of the server's processor time, beside the bare handlers.

use std::time::{Duration, Instant};

use workload::Scale;

use crate::ask::{self, Asked};
use crate::client::Client;
use crate::figure::{line, median, promise, promises};
use crate::home::{Home, Who};
use crate::process::Server;

/// Connections, all kept open; each has one request under way.
const CONNECTIONS: usize = 16;
const PASSES: usize = 15;
const SINGLES: usize = 16_000;
const BATCHES: usize = 480;
const IN_A_BATCH: usize = 100;

pub fn run(scale: Scale) {
    let home = Home::of(scale);
    let product = Server::product(&home.folder, &home.store).ready();
    let bare = Server::bare().ready();
    let token = home.token(&mut product.client(), Who::Operator);
    load_everything(&home, &product, &token);
    let list = &home.requests.list;
    let singles = list.iter().take(SINGLES);
    let singles: Vec<Asked> = singles.map(|q| ask::single(&home, &token, q)).collect();
    let batches = list
        .chunks(IN_A_BATCH)
        .map(|some| ask::batch(&home, &token, some));
    let batches: Vec<Asked> = batches.collect();
    let single = compare(&product, &bare, &singles, SINGLES);
    let batch = compare(&product, &bare, &batches, BATCHES);
    promises();
    let wanted = "of the bare handler's requests per second of server processor time";
    let of = |ratio: f64| format!("{ratio:.2}");
    promise(
        &format!("`evaluation`: at least 0.85 {wanted}"),
        &of(single.ratio),
        single.ratio >= 0.85,
    );
    promise(
        &format!("`evaluations`, batch of {IN_A_BATCH}: at least 0.6 {wanted}"),
        &of(batch.ratio),
        batch.ratio >= 0.6,
    );
    line("");
    line(
        "| per second of server processor time | product | bare handler | product, per second on the clock |",
    );
    line("| --- | ---: | ---: | ---: |");
    for (name, compared) in [("`evaluation`", single), ("`evaluations` of 100", batch)] {
        let Compared {
            product,
            bare,
            on_the_clock,
            ..
        } = compared;
        line(&format!(
            "| {name} | {product:.0} | {bare:.0} | {on_the_clock:.0} |"
        ));
    }
}

/// Asks about every tenant once, so that all of them are in memory.
pub fn load_everything(home: &Home, product: &Server, token: &str) -> Duration {
    let start = Instant::now();
    let mut client = product.client();
    let mut q = home.requests.list[0];
    for pair in 0..home.w.tenants.div_ceil(2) {
        (q.home, q.resource) = (pair * 2, (pair * 2 + 1) % home.w.tenants);
        let asked = ask::single(home, token, &q);
        assert_eq!(client.ask(&asked.bytes).status, 200);
    }
    start.elapsed()
}

struct Compared {
    product: f64,
    bare: f64,
    ratio: f64,
    on_the_clock: f64,
}

fn compare(product: &Server, bare: &Server, asked: &[Asked], count: usize) -> Compared {
    let mut products = connections(product);
    let mut bares = connections(bare);
    let (mut ours, mut theirs, mut ratios, mut clock) = (vec![], vec![], vec![], vec![]);
    for pass in 0..=PASSES {
        let all = asked.iter().cycle().take(count);
        let right: usize = all.clone().map(|asked| asked.allowed).sum();
        let (used, yes, elapsed) = pass_of(product, &mut products, all.clone());
        assert_eq!(yes, right, "the server disagrees with the oracle");
        let (bare_used, ..) = pass_of(bare, &mut bares, all);
        if pass > 0 {
            let count = count as f64;
            ours.push(count / used.as_secs_f64());
            theirs.push(count / bare_used.as_secs_f64());
            ratios.push(bare_used.as_secs_f64() / used.as_secs_f64());
            clock.push(count / elapsed.as_secs_f64());
        }
    }
    Compared {
        product: median(ours),
        bare: median(theirs),
        ratio: median(ratios),
        on_the_clock: median(clock),
    }
}

fn connections(server: &Server) -> Vec<Client> {
    (0..CONNECTIONS).map(|_| server.client()).collect()
}

/// Sends a request on every connection, takes the answers, and so on; the processor time the server
/// used, how many answers were yes, and the time on the wall.
fn pass_of<'a>(
    server: &Server,
    connections: &mut [Client],
    asked: impl Iterator<Item = &'a Asked>,
) -> (Duration, usize, Duration) {
    let asked: Vec<&Asked> = asked.collect();
    let (start, begun) = (server.processor_time(), Instant::now());
    let mut yes = 0;
    for some in asked.chunks(connections.len()) {
        for (client, asked) in connections.iter_mut().zip(some) {
            client.send(&asked.bytes);
        }
        for (client, _) in connections.iter_mut().zip(some) {
            let answer = client.receive();
            assert_eq!(answer.status, 200);
            yes += ask::yes(answer.body);
        }
    }
    (server.processor_time() - start, yes, begun.elapsed())
}
