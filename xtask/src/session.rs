//! The sessions that a page shows: commands for a shell, and what they print with the demo.
//!
//! A block that opens with ```` ```sh session ```` is run; the ```` ```text ```` block that follows it
//! is what it prints. All such blocks of a page are typed, in order, into one shell, beside a demo
//! server with a fresh data folder. The shell stands in an empty folder in which the data folder is
//! `target/demo`, as for somebody who typed `cargo xtask demo`. One thing is replaced: the port in
//! `localhost:8443`, in the commands, and back in what they print.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::repository::Repository;
use crate::server::Server;

const OPEN: &str = "```sh session";
const OUTPUT: &str = "```text";
const CLOSE: &str = "```";

/// How the pages name the server, and where its data is.
const HOST: &str = "localhost:8443";
const DATA: &str = "target/demo";

/// Stands between the outputs of two steps.
const MARK: &str = "-- end of this step --";

/// The page with the outputs of now, and how many steps it shows.
pub(crate) fn rewrite(
    repository: &Repository,
    comity: &Path,
    page: &str,
    text: &str,
) -> anyhow::Result<(String, usize)> {
    let steps = steps(text);
    if steps.is_empty() {
        return Ok((text.to_owned(), 0));
    }
    let outputs = outputs(repository, comity, &steps).with_context(|| format!("running {page}"))?;
    ensure!(
        outputs.len() == steps.len() + 1,
        "{page}: the shell did not come to the end of the session"
    );
    Ok((put(page, text, &outputs)?, steps.len()))
}

/// What is typed, step by step.
fn steps(text: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match (inside, line) {
            (false, OPEN) => {
                inside = true;
                steps.push(String::new());
            }
            (true, CLOSE) => inside = false,
            (true, line) => {
                if let Some(step) = steps.last_mut() {
                    *step += line;
                    step.push('\n');
                }
            }
            (false, _) => {}
        }
    }
    steps
}

/// Types all steps into one shell beside a server; what each printed.
fn outputs(
    repository: &Repository,
    comity: &Path,
    steps: &[String],
) -> anyhow::Result<Vec<String>> {
    let folder = repository.target()?.join("pages").join("session");
    let server = Server::start(comity, &folder, DATA)?;
    let marked = steps.iter().map(|step| format!("{step}echo '{MARK}'\n"));
    let script = "exec 2>&1\n".to_owned() + &marked.collect::<String>();
    // `comity` is the program that was built, as for somebody who installed it.
    let programs = comity.parent().unwrap_or(Path::new("."));
    let path = std::env::var("PATH").unwrap_or_default();
    let shell = Command::new("sh")
        .args(["-c", &script.replace(HOST, &server.host)])
        .current_dir(&folder)
        .env("PATH", format!("{}:{path}", programs.display()))
        .env("NO_PROXY", "localhost")
        .env("no_proxy", "localhost")
        .stdin(Stdio::null())
        .output()
        .context("starting a shell")?;
    let printed = String::from_utf8_lossy(&shell.stdout).replace(&server.host, HOST);
    server.stop()?;
    let mark = format!("{MARK}\n");
    Ok(printed.split(&mark).map(str::to_owned).collect())
}

/// Puts the outputs into the page, each into the block below its step.
fn put(page: &str, text: &str, outputs: &[String]) -> anyhow::Result<String> {
    let mut new = String::new();
    let mut outputs = outputs.iter();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        new = new + line + "\n";
        if line != OPEN {
            continue;
        }
        copy_to(CLOSE, &mut lines, &mut new);
        let output = outputs.next().map_or("", |output| output.trim_end());
        let shown = lines.clone().find(|line| !line.is_empty()) == Some(OUTPUT);
        ensure!(
            shown || output.is_empty(),
            "{page}: a step prints something, and no block marked `text` below it shows what:\n{output}"
        );
        if shown {
            copy_to(OUTPUT, &mut lines, &mut new);
            // The old output goes, the new one comes.
            lines.find(|line| *line == CLOSE);
            new = new + output + "\n" + CLOSE + "\n";
        }
    }
    Ok(new)
}

/// Copies lines up to and including this one.
fn copy_to<'a>(last: &str, lines: &mut impl Iterator<Item = &'a str>, new: &mut String) {
    for line in lines.by_ref() {
        new.push_str(line);
        new.push('\n');
        if line == last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "One\n\n```sh session\na=1\n```\n\nTwo\n\n```sh session\necho $a\n```\n\n\
                        ```text\nold\n```\n\nThree\n";

    #[test]
    fn the_steps_of_a_page_are_its_session_blocks() {
        assert_eq!(steps(PAGE), ["a=1\n", "echo $a\n"]);
    }

    #[test]
    fn what_a_step_prints_replaces_what_the_page_showed() {
        let outputs = [String::new(), "1\n".to_owned(), String::new()];
        let new = put("page.md", PAGE, &outputs).unwrap();
        assert_eq!(new, PAGE.replace("old", "1"));
    }

    #[test]
    fn a_step_that_prints_without_a_block_to_show_it_is_an_error() {
        let outputs = ["surprise\n".to_owned(), "old\n".to_owned()];
        let error = put("page.md", PAGE, &outputs).unwrap_err();
        assert!(error.to_string().contains("surprise"), "{error}");
    }
}
