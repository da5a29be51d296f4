//! Files and folders are named for what they hold, and hold little.

use super::Rule;
use super::sources::Sources;

pub(super) const RULES: [Rule; 3] = [
    Rule {
        name: "no file or folder is a drawer for odds and ends",
        why: "Nobody looks for a thing in a drawer whose name says nothing, so it is written twice.",
        remedy: "A function without a home is missing a noun: name it, then ask which crate's question \
                 it answers.",
        check: drawers,
    },
    Rule {
        name: "no file is larger than 1 MiB",
        why: "A clone carries every version of every file for ever.",
        remedy: "Generate it where it is needed, or keep it outside the repository.",
        check: large,
    },
    Rule {
        name: "no source file is longer than 600 lines",
        why: "A file of that length holds two nouns, and a reader has to find out which line belongs to \
              which. Be uneasy past 500.",
        remedy: "Move one of the nouns into a file of its own.",
        check: long,
    },
];

const DRAWERS: [&str; 10] = [
    "util", "utils", "common", "helper", "helpers", "misc", "core", "lib2", "manager", "shared",
];

fn drawers(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let is_drawer = |name: &str| DRAWERS.contains(&name.split('.').next().unwrap_or(name));
    let paths = sources.files.iter().map(|file| &file.path);
    Ok(paths
        .filter(|path| path.split('/').any(is_drawer))
        .cloned()
        .collect())
}

fn large(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let large = sources.files.iter().filter(|file| file.size > 1024 * 1024);
    Ok(large
        .map(|file| format!("{} has {} KiB", file.path, file.size / 1024))
        .collect())
}

fn long(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let lengths = sources
        .with_ending(&[".rs"])
        .map(|(path, text)| (path, text.lines().count()));
    Ok(lengths
        .filter(|(_, lines)| *lines > 600)
        .map(|(path, lines)| format!("{path} has {lines} lines"))
        .collect())
}
