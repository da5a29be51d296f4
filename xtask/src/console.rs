//! `cargo xtask console`: the console in the browser, from its sources to what the program takes in.
//!
//! What nobody has changed is not made again: the packages are those of the lock file, and the
//! console is that of the files it was built from.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::repository::{Repository, run as run_command};

/// What the console is made of, besides the files in its folder.
const DESCRIPTION: &str = "docs/openapi.json";
/// Files of the folder that are no part of what is built.
const BESIDE: [&str; 3] = ["console/dist/", "console/tests/", "console/README"];

/// Builds the console, unless it is there as its files say.
pub(crate) fn build(repository: &Repository) -> anyhow::Result<()> {
    let folder = folder(repository);
    let note = folder.join("dist").join("built-from");
    let wanted = fingerprint(repository)?;
    let site = folder.join("dist").join("site").join("index.html");
    if site.exists() && std::fs::read_to_string(&note).is_ok_and(|known| known == wanted) {
        return Ok(());
    }
    println!("Building the console.");
    packages(&folder)?;
    run_command(npm().args(["run", "build"]).current_dir(&folder))?;
    Ok(std::fs::write(note, wanted)?)
}

/// Builds it where Node.js is, and says what is missing where it is not.
pub(crate) fn build_if_possible(repository: &Repository) -> anyhow::Result<()> {
    let answers = npm()
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match answers.is_ok_and(|status| status.success()) {
        true => build(repository),
        false => {
            println!("There is no npm here: the program is built without its console.");
            Ok(())
        }
    }
}

/// Style, types and component tests.
pub(crate) fn check(repository: &Repository) -> anyhow::Result<()> {
    build(repository)?;
    run_command(npm().args(["run", "check"]).current_dir(folder(repository)))
}

/// Where it lies.
pub(crate) fn folder(repository: &Repository) -> PathBuf {
    repository.root.join("console")
}

/// Its journeys, one file after the other.
pub(crate) fn tests(repository: &Repository) -> anyhow::Result<Vec<PathBuf>> {
    let mut tests = Vec::new();
    for file in std::fs::read_dir(folder(repository).join("tests"))? {
        let path = file?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            tests.push(path);
        }
    }
    tests.sort();
    Ok(tests)
}

fn npm() -> Command {
    Command::new("npm")
}

/// Installs the packages of the lock file, unless they are there.
fn packages(folder: &Path) -> anyhow::Result<()> {
    let wanted = std::fs::read_to_string(folder.join("package-lock.json"))?;
    let note = folder.join("node_modules").join("installed-from");
    if std::fs::read_to_string(&note).is_ok_and(|known| known == wanted) {
        return Ok(());
    }
    run_command(npm().arg("ci").current_dir(folder))?;
    std::fs::write(&note, wanted).with_context(|| format!("writing {}", note.display()))
}

/// Stands for the contents of every file that the console is built from.
fn fingerprint(repository: &Repository) -> anyhow::Result<String> {
    let files = repository.files()?;
    let sources = files.iter().filter(|file| {
        let inside = file.starts_with("console/");
        let beside = BESIDE.iter().any(|start| file.starts_with(start));
        *file == DESCRIPTION || (inside && !beside)
    });
    let mut hasher = DefaultHasher::new();
    for file in sources {
        file.hash(&mut hasher);
        let bytes = std::fs::read(repository.root.join(file));
        bytes
            .with_context(|| format!("reading {file}"))?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}\n", hasher.finish()))
}
