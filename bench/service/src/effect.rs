//! From the answer to a commit to its effect on decisions.
//!
//! The question is asked again and again from the moment on at which the commit was answered; what
//! counts is when the first answer arrives that the commit changed. The yardstick is one question and
//! its answer, because nothing can be seen sooner.

use std::time::Instant;

use workload::{Scale, scale};

use crate::ask::{self, Asked};
use crate::client::Client;
use crate::cluster::Cluster;
use crate::commit::{kept, patch, restoration};
use crate::figure::{line, median, milliseconds, promise, promises, quantile};
use crate::home::{Home, Who};
use crate::process::Server;

const COMMITS: usize = 200;

pub fn run(of_one: Scale) {
    let home = Home::of(of_one);
    let server = Server::product(&home.folder, &home.store).ready();
    let one = measure(&home, &server, &server);
    drop(server);
    // Two replicas, with a store that is small: how much it holds is not what takes time.
    let cluster = Cluster::start();
    let home = Home::in_database(
        scale("S"),
        &cluster.folder().join("home"),
        cluster.address(),
    );
    let (a, b) = (
        Server::product(&home.folder, &home.store).ready(),
        Server::product(&home.folder, &home.store).ready(),
    );
    let two = measure(&home, &a, &b);
    drop((a, b));
    promises();
    for (what, wanted, measured) in [
        ("in one process (SQLite)", 10.0, &one),
        ("in another replica (PostgreSQL)", 100.0, &two),
    ] {
        let median = median(measured.effects.clone());
        promise(
            &format!("effective {what} within {wanted} ms (median)"),
            &format!("{median:.2} ms"),
            median <= wanted,
        );
    }
    line("");
    line(&format!(
        "| {COMMITS} commits, from the answer to the effect | median | 95 % | longest | one question |"
    ));
    line("| --- | ---: | ---: | ---: | ---: |");
    for (what, measured) in [
        ("one process, SQLite", one),
        ("two replicas, PostgreSQL", two),
    ] {
        let at = |share| quantile(&measured.effects, share);
        line(&format!(
            "| {what} | {:.2} ms | {:.2} ms | {:.2} ms | {:.2} ms |",
            at(0.5),
            at(0.95),
            at(1.0),
            median(measured.questions)
        ));
    }
}

/// In milliseconds.
struct Measured {
    effects: Vec<f64>,
    questions: Vec<f64>,
}

/// Commits here, asks there.
fn measure(home: &Home, here: &Server, there: &Server) -> Measured {
    let (mut writer, mut reader) = (here.client(), there.client());
    let token = home.token(&mut writer, Who::Program(0));
    let question = ask::single(home, &token, &home.requests.list[home.changing]);
    let change = |allowed| patch(home.partner(), &token, allowed);
    let changes = [(change(false), 0), (change(true), 1)];
    let restoration = restoration(&mut writer, home.partner(), &token);
    let mut effects = Vec::new();
    let mut questions = Vec::new();
    for (change, expected) in changes.iter().cycle().take(COMMITS) {
        kept(&mut writer, change);
        let begun = Instant::now();
        while yes(&mut reader, &question) != *expected {}
        effects.push(milliseconds(begun.elapsed()));
        let begun = Instant::now();
        assert_eq!(
            yes(&mut reader, &question),
            *expected,
            "an effect that went away"
        );
        questions.push(milliseconds(begun.elapsed()));
    }
    kept(&mut writer, &restoration);
    Measured { effects, questions }
}

fn yes(client: &mut Client, question: &Asked) -> usize {
    let answer = client.ask(&question.bytes);
    assert_eq!(answer.status, 200);
    ask::yes(answer.body)
}
