//! `cargo xtask pages`: what the documentation shows was really printed.
//!
//! A ```` ```console ```` block holds commands (`$ comity …`) and below each its output. The commands
//! are run and the outputs compared; `--write` puts the real ones in. [`session`] does the same for
//! commands that need the demo server.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

use crate::repository::Repository;
use crate::session;

const OPEN: &str = "```console";
const CLOSE: &str = "```";

/// Fails when a page shows something else than the program prints.
pub(crate) fn check(repository: &Repository) -> anyhow::Result<()> {
    let mut stale = Vec::new();
    let mut shown = 0;
    each(repository, |page, old, new, commands| {
        shown += commands;
        if old != new {
            println!("{page} differs from what is printed now:");
            print!("{}", difference(old, new));
            stale.push(page.to_owned());
        }
        Ok(())
    })?;
    ensure!(
        stale.is_empty(),
        "{} shows output that the program does not print. Readers type what they see there: \
         look at the difference, and if the new output is right run `cargo xtask pages --write`",
        stale.join(", ")
    );
    println!("{shown} commands of the documentation print what it shows");
    Ok(())
}

/// Puts the real output into the pages.
pub(crate) fn write(repository: &Repository) -> anyhow::Result<()> {
    each(repository, |page, old, new, _| {
        if old != new {
            std::fs::write(repository.root.join(page), new)?;
            println!("{page} rewritten");
        }
        Ok(())
    })
}

/// Calls `visit(page, text, text with real outputs, commands run)` for every page with a console.
fn each(
    repository: &Repository,
    mut visit: impl FnMut(&str, &str, &str, usize) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let comity = repository.comity()?;
    let files = repository.files()?;
    for page in files.iter().filter(|file| file.ends_with(".md")) {
        let text = repository.text(page)?.unwrap_or_default();
        let (new, commands) = rewrite(repository, &comity, page, &text)?;
        let (new, steps) = session::rewrite(repository, &comity, page, &new)?;
        if commands + steps > 0 {
            visit(page, &text, &new, commands + steps)?;
        }
    }
    Ok(())
}

/// The page with the outputs of now, and how many commands it shows.
fn rewrite(
    repository: &Repository,
    comity: &Path,
    page: &str,
    text: &str,
) -> anyhow::Result<(String, usize)> {
    let mut new = String::new();
    let mut commands = 0;
    let mut block: Option<usize> = None; // How many commands the block has had, inside one.
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        match block {
            None if line == OPEN => block = Some(0),
            Some(_) if line == CLOSE => block = None,
            Some(before) if line.starts_with("$ ") => {
                if before > 0 {
                    writeln!(new)?;
                }
                let (shown, command) = whole_command(line, &mut lines);
                let output = printed(repository, comity, page, &command)?;
                writeln!(new, "{shown}\n{}", output.trim_end())?;
                block = Some(before + 1);
                commands += 1;
                continue;
            }
            Some(_) => continue, // The old output.
            None => {}
        }
        writeln!(new, "{line}")?;
    }
    Ok((new, commands))
}

/// A command with the lines it is continued on: as shown, and as one line.
fn whole_command<'a>(first: &str, rest: &mut impl Iterator<Item = &'a str>) -> (String, String) {
    let mut shown = first.to_owned();
    while shown.ends_with('\\')
        && let Some(more) = rest.next()
    {
        shown = shown + "\n" + more;
    }
    let command = shown.replace("\\\n", " ");
    let command = command.trim_start_matches("$ ").to_owned();
    (shown, command)
}

fn printed(
    repository: &Repository,
    comity: &Path,
    page: &str,
    command: &str,
) -> anyhow::Result<String> {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["comity", arguments @ ..] => answer(repository, comity, arguments),
        _ => bail!("{page}: `{command}` cannot be checked; put it into a block marked `sh`"),
    }
}

/// Runs the program in the root folder; what it printed.
fn answer(repository: &Repository, comity: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let run = Command::new(comity)
        .args(arguments)
        .current_dir(&repository.root)
        // The same text on every terminal.
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .context("starting comity")?;
    ensure!(run.status.code().is_some(), "comity was stopped");
    let mut text = String::from_utf8_lossy(&run.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&run.stderr));
    Ok(text.trim_end().to_owned())
}

/// The lines that differ, old ones marked `-` and new ones `+`.
fn difference(old: &str, new: &str) -> String {
    let marked = |mark: char, lines: &str, other: &str| {
        let other: Vec<&str> = other.lines().collect();
        let lines = lines.lines().filter(|line| !other.contains(line));
        lines.fold(String::new(), |text, line| {
            text + &format!("  {mark} {line}\n")
        })
    };
    marked('-', old, new) + &marked('+', new, old)
}
