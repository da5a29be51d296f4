//! The project's own cases hold, and every clause of the law is cited by a case or a test.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cases::case_file::{CaseFile, Fault};
use cases::folder;
use cases::report::{Colour, human};
use cases::run::{Counts, FileResult, run};
use cases::vector::Clause;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read_all() -> Vec<CaseFile> {
    let files = folder::files(&[repository().join("cases")]);
    let read = files
        .into_iter()
        .map(|path| -> Result<CaseFile, Vec<Fault>> {
            let document = folder::read(&path.map_err(|fault| vec![fault])?);
            CaseFile::read(&document.map_err(|fault| vec![fault])?, None)
        });
    read.collect::<Result<_, _>>().unwrap()
}

#[test]
fn every_case_holds() {
    let results: Vec<FileResult> = read_all().iter().map(|file| run(file, None)).collect();
    let counts = Counts::of(&results);
    assert!(
        counts.failed == 0 && counts.broken == 0,
        "\n{}",
        human(&results, Colour::Off)
    );
    assert!(counts.passed >= 163);
}

#[test]
fn every_clause_of_the_law_is_cited() {
    let mut cited: BTreeSet<Clause> = BTreeSet::new();
    for file in read_all() {
        let vectors = file.cases().iter().map(|case| &case.vector);
        cited.extend(vectors.flat_map(|vector| vector.clauses.clone()));
    }
    let mut files = Vec::new();
    rust_files(&repository().join("crates"), &mut files);
    // This file names the exceptions, and cites none of them.
    files.retain(|file| !file.ends_with("crates/cases/tests/cases.rs"));
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        cited.extend(cited_in_tests(&file, &text));
    }
    let law = fs::read_to_string(repository().join("docs/semantics.md")).unwrap();
    let clauses = clauses_of(&law);
    assert!(
        clauses.len() >= 180,
        "the law has {} clauses",
        clauses.len()
    );
    let missing: Vec<String> = clauses.difference(&cited).map(Clause::to_string).collect();
    assert!(
        missing.is_empty(),
        "write a case in cases/ that cites {missing:?}"
    );
}

/// The clauses S1 to S17 and S25 that the law states: `**S3.5** …` or `**S3.5 Truth table.**`.
fn clauses_of(law: &str) -> BTreeSet<Clause> {
    let stated = law.split("**").skip(1).step_by(2);
    let numbers = stated.filter_map(|bold| bold.split_whitespace().next());
    let clauses = numbers.filter_map(|number| number.trim_end_matches('.').parse().ok());
    let meant = |clause: &Clause| clause.number.is_some() && matches!(clause.section, 1..=17 | 25);
    clauses.filter(meant).collect()
}

/// What the tests of a source file cite, in comments (`S3.5`) or in names (`…_s3_5`).
fn cited_in_tests(file: &Path, text: &str) -> Vec<Clause> {
    let tests = match file.components().any(|part| part.as_os_str() == "tests") {
        true => Some(text),
        false => text.find("#[cfg(test)]").map(|at| &text[at..]),
    };
    let word = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let tests = tests.unwrap_or_default();
    let in_comments = tests
        .split(|c| !word(c))
        .filter_map(|word| word.trim_end_matches('.').parse().ok());
    let in_names = tests.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let in_names = in_names.flat_map(|name| {
        let parts: Vec<&str> = name.split('_').collect();
        let pairs = parts
            .windows(2)
            .map(|pair| format!("{}.{}", pair[0].to_uppercase(), pair[1]));
        pairs
            .filter_map(|clause| clause.parse().ok())
            .collect::<Vec<Clause>>()
    });
    in_comments.chain(in_names).collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}
