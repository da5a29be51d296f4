//! `cargo xtask demo`: builds `comity` and serves the demo world, until Ctrl-C.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::repository::Repository;

/// Where the demo keeps its data, unless `--data` says otherwise; the pages name this folder.
const DATA: &str = "target/demo";

const NEXT: &str = "\
Next, in another terminal:
  README.md       a session with curl: block an application, ask, see who refused and why
  docs/demo.md    who is who here, and ten things to try
  docs/clients.md Graph SDKs and command lines, pointed at this server
Ctrl-C ends the server; what was changed is kept. Delete the data folder to begin anew.
";

/// Serves; arguments are handed on to `comity serve --demo`.
pub(crate) fn run(repository: &Repository, arguments: &[&str]) -> anyhow::Result<()> {
    println!("Building comity; the first time this takes some minutes.");
    crate::console::build_if_possible(repository)?;
    let comity = repository.comity()?;
    println!("{NEXT}");
    let mut serve = Command::new(&comity);
    serve
        .args(["serve", "--demo"])
        .current_dir(&repository.root);
    if !arguments
        .iter()
        .any(|argument| argument.starts_with("--data"))
    {
        serve.args(["--data", DATA]);
    }
    become_it(serve.args(arguments), &comity)
}

/// Puts the server in our place, so that Ctrl-C is its to answer.
#[cfg(unix)]
fn become_it(serve: &mut Command, comity: &Path) -> anyhow::Result<()> {
    let error = std::os::unix::process::CommandExt::exec(serve.stdin(Stdio::null()));
    Err(error).with_context(|| format!("starting {}", comity.display()))
}

#[cfg(not(unix))]
fn become_it(serve: &mut Command, _: &Path) -> anyhow::Result<()> {
    crate::repository::run(serve)
}
