//! From the start of the program to the first right answer, and what it holds in memory.

use std::time::{Duration, Instant};

use workload::Scale;

use crate::ask::{self, Asked};
use crate::client::Client;
use crate::figure::{line, median, milliseconds};
use crate::home::{Home, Who};
use crate::http::load_everything;
use crate::process::Server;

const STARTS: usize = 15;

pub fn run(scale: Scale) {
    let home = Home::of(scale);
    let mut asked = None;
    let (mut ours, mut bare, mut memory) = (vec![], vec![], 0);
    let mut last = None;
    for start in 0..=STARTS {
        let begun = Instant::now();
        let product = Server::product(&home.folder, &home.store);
        // The first one only hands out the token; it is good for those that follow.
        let question = asked.get_or_insert_with(|| {
            let token = home.token(&mut first_connection(&product), Who::Operator);
            let question = ask::single(&home, &token, &home.requests.list[home.changing]);
            (token, question)
        });
        let elapsed = first_answer(&product, &question.1, begun);
        let begun = Instant::now();
        let other = Server::bare();
        let bare_elapsed = first_answer(&other, &question.1, begun);
        if start > 0 {
            ours.push(milliseconds(elapsed));
            bare.push(milliseconds(bare_elapsed));
        }
        memory = product.memory();
        last = Some(product);
    }
    let product = last.expect("a server");
    let (token, _) = asked.expect("a token");
    let loading = load_everything(&home, &product, &token);
    let loaded = product.memory();
    let mebibytes = |bytes: u64| format!("{} MiB", bytes >> 20);
    line(&format!(
        "| {} tenants, {} partner configurations | product | bare handler |",
        home.w.tenants,
        home.w.partners.len()
    ));
    line("| --- | ---: | ---: |");
    line(&format!(
        "| from exec to the first right answer | {:.0} ms | {:.0} ms |",
        median(ours),
        median(bare)
    ));
    line(&format!("| memory after it | {} | |", mebibytes(memory)));
    line(&format!(
        "| until every tenant has been asked about, one after the other | {:.1} s | |",
        loading.as_secs_f64()
    ));
    line(&format!("| memory after that | {} | |", mebibytes(loaded)));
    let configurations = home.w.partners.len() as u64;
    line(&format!(
        "| of that, for a partner configuration | {} bytes | |",
        (loaded - memory) / configurations
    ));
}

/// Tries until the server listens.
fn first_connection(server: &Server) -> Client {
    loop {
        match Client::connect(server.address) {
            Ok(client) => return client,
            Err(_) => std::thread::sleep(Duration::from_micros(200)),
        }
    }
}

fn first_answer(server: &Server, question: &Asked, begun: Instant) -> Duration {
    let mut client = first_connection(server);
    let answer = client.ask(&question.bytes);
    assert_eq!(answer.status, 200);
    assert_eq!(ask::yes(answer.body), question.allowed);
    begun.elapsed()
}
