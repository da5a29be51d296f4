//! What stands in the files: how they open, and what they must not hold.

use std::path::Path;

use super::Rule;
use super::sources::Sources;

pub(super) const RULES: [Rule; 5] = [
    Rule {
        name: "every source file opens by saying what it is",
        why: "The first line is the one a stranger reads before deciding to read on.",
        remedy: "Begin the file with `//!`: what it is, then what it is not.",
        check: openings,
    },
    Rule {
        name: "nothing is left unfinished or switched off",
        why: "A test that does not run looks like one that passes, and a note to oneself is read by \
              somebody else.",
        remedy: "Finish it, or take it out and open an issue.",
        check: unfinished,
    },
    Rule {
        name: "no file names a place on somebody's machine",
        why: "It exists on that machine only.",
        remedy: "Write the path from the root of the repository.",
        check: local_paths,
    },
    Rule {
        name: "links between our pages lead somewhere",
        why: "A reader who follows a dead link does not come back to the page.",
        remedy: "Mend the link, or write the page.",
        check: links,
    },
    Rule {
        name: "the files of an example are shown as they are",
        why: "A reader copies what the page shows; only what is run in every test is known to work.",
        remedy: "Copy the lines from the file named in the block's first line.",
        check: excerpts,
    },
];

/// What marks unfinished work, put together here so that this file does not mark itself.
const UNFINISHED: [&str; 4] = [
    concat!("#[", "ignore"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("FIX", "ME"),
];

fn openings(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let files = sources.with_ending(&[".rs"]);
    Ok(files
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path.to_owned())
        .collect())
}

fn unfinished(sources: &Sources) -> anyhow::Result<Vec<String>> {
    Ok(lines_with(sources, &[".rs", ".md", ".toml"], &UNFINISHED))
}

fn local_paths(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let folder = |path: &Path| path.to_string_lossy().trim_end_matches('/').to_owned() + "/";
    let root = &sources.repository.root;
    let mut places = vec![folder(root), "/home/".to_owned(), "/Users/".to_owned()];
    places.extend(root.parent().map(folder));
    places.extend(std::env::home_dir().as_deref().map(folder));
    // A clone in a well-known folder says nothing about whoever names that folder.
    places.retain(|place| !["/", "/tmp/", "/usr/", "/opt/", "/srv/", "/var/"].contains(&&**place));

    let mut found = Vec::new();
    for (path, text) in sources.with_ending(&[""]) {
        for (number, line) in (1..).zip(text.lines()) {
            // This rule has to name what it looks for.
            if path != "xtask/src/tidy/text.rs" && places.iter().any(|p| starts_word(line, p)) {
                found.push(format!("{path}:{number}: {}", shortened(line)));
            }
        }
    }
    Ok(found)
}

/// Whether `word` stands in the line and is not merely the tail of something longer.
fn starts_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().last());
        before.is_none_or(|c| !(c.is_alphanumeric() || "._-/}>)*".contains(c)))
    })
}

fn links(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let mut dead = Vec::new();
    for (path, text) in sources.with_ending(&[".md"]) {
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        let targets = text.split("](").skip(1);
        let targets = targets.filter_map(|rest| rest.split([')', '#', '\n']).next());
        for target in targets.filter(|target| !target.is_empty() && !target.contains(':')) {
            if !sources.repository.root.join(folder).join(target).exists() {
                dead.push(format!("{path} links to {target}"));
            }
        }
    }
    Ok(dead)
}

/// How a block opens that is an excerpt of a file in one of these folders: with its name in a comment.
const EXCERPTS: [&str; 4] = [
    "```yaml\n# examples/",
    "```python\n# clients/",
    "```js\n// clients/",
    "```sh\n# clients/",
];

fn excerpts(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let mut changed = Vec::new();
    for (path, text) in sources.with_ending(&[".md"]) {
        for opening in EXCERPTS {
            let folder = opening.rsplit(' ').next().unwrap_or_default();
            for block in text.split(opening).skip(1) {
                let block = block.split("\n```").next().unwrap_or(block);
                let (name, excerpt) = block.split_once('\n').unwrap_or((block, ""));
                let file = format!("{folder}{}", name.trim());
                if !sources.text(&file).contains(excerpt.trim_end()) {
                    changed.push(format!("{path} shows other lines than {file} has"));
                }
            }
        }
    }
    Ok(changed)
}

fn lines_with(sources: &Sources, endings: &[&str], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in sources.with_ending(endings) {
        for (number, line) in (1..).zip(text.lines()) {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{path}:{number}: {}", shortened(line)));
            }
        }
    }
    found
}

fn shortened(line: &str) -> String {
    line.trim().chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_inside_a_longer_one_is_not_a_place_on_a_machine() {
        assert!(starts_word("see /home/fred/notes", "/home/"));
        assert!(starts_word("(`/home/fred`)", "/home/"));
        assert!(!starts_word("https://example.com/home/", "/home/"));
        assert!(!starts_word("greenhouse/home/x", "/home/"));
    }
}
