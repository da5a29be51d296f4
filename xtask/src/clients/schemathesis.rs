//! Schemathesis: made-up requests for every operation of the published description, against a demo
//! server, as a program that may do in its tenant whatever a program may do.

use std::process::Command;

use super::{Installed, beside_a_server, for_server, without_traces};
use crate::repository::{Repository, run as run_command};

/// The everyday run, of about two minutes.
pub(crate) fn run(repository: &Repository) -> anyhow::Result<()> {
    with(repository, &[])
}

/// The long run.
pub(crate) fn run_long(repository: &Repository) -> anyhow::Result<()> {
    with(repository, &["long"])
}

fn with(repository: &Repository, arguments: &[&str]) -> anyhow::Result<()> {
    let installed = Installed::new(repository)?;
    let python = installed.python("schemathesis")?;
    // A server of its own: what is made up there is not for other clients to meet.
    beside_a_server(repository, |server| {
        println!("\nSchemathesis on the published description");
        // What it learns on the way is not for the next run: each makes the same requests.
        let folder = installed.empty("schemathesis-run")?;
        let mut fuzz = Command::new(&python);
        fuzz.arg(repository.root.join("clients/schemathesis/fuzz.py"));
        fuzz.args(arguments).current_dir(folder);
        run_command(without_traces(for_server(&mut fuzz, server), &python))
    })
}
