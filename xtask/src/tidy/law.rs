//! `docs/semantics.md` and the code speak of the same clauses and the same reason codes.
//!
//! That every clause is also tested is a test of `cases`, which can read case files.

use std::collections::BTreeSet;

use super::Rule;
use super::sources::Sources;

pub(super) const RULES: [Rule; 3] = [
    Rule {
        name: "every clause that is cited exists",
        why: "A citation is how a reader checks a line of code against the law.",
        remedy: "Correct the number, or write the clause in docs/semantics.md.",
        check: citations,
    },
    Rule {
        name: "the reason codes of the code are those of the law",
        why: "Scripts and people look codes up in docs/semantics.md, and a code never changes its \
              meaning.",
        remedy: "Add the missing one to S20 of docs/semantics.md or to crates/policy/src/reason.rs.",
        check: reasons,
    },
    Rule {
        name: "every operation of the vector format is described",
        why: "Whoever writes a policy test learns the operations from docs/vectors.md.",
        remedy: "Describe it under a heading of its own in docs/vectors.md; S22 lists them all.",
        check: operations,
    },
];

const LAW: &str = "docs/semantics.md";
const REASONS: &str = "crates/policy/src/reason.rs";

fn citations(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let known: BTreeSet<&str> = clauses(sources.text(LAW)).collect();
    let mut unknown = Vec::new();
    for (path, text) in sources.with_ending(&[".rs", ".yaml", ".md"]) {
        for (number, line) in (1..).zip(text.lines()) {
            for clause in cited(line).filter(|clause| !known.contains(clause)) {
                unknown.push(format!("{path}:{number} cites {clause}"));
            }
        }
    }
    Ok(unknown)
}

fn reasons(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let code = sources.text(REASONS);
    let code = code.split("#[cfg(test)]").next().unwrap_or(code);
    let law = sources.text(LAW);
    let mut different = Vec::new();

    // In the code a reason is a literal after `Name = `; details and warnings are literals too, and
    // all of them have an underscore.
    let named = code.lines().filter_map(|line| {
        let (_, rest) = line.split_once(" = \"")?;
        rest.split('"')
            .next()
            .filter(|code| words(code).count() == 1)
    });
    let literals = code.split('"').skip(1).step_by(2);
    let stated: BTreeSet<&str> = named.chain(literals.filter(|text| is_code(text))).collect();

    let codes = section(law, "S20").to_owned() + section(law, "S25");
    let lawful: BTreeSet<&str> = words(&codes).collect();
    for reason in stated.iter().filter(|reason| !lawful.contains(*reason)) {
        different.push(format!("{LAW} does not have `{reason}`"));
    }
    // The section opens by saying that codes are written in snake_case.
    let listed = words(section(law, "S20")).filter(|word| *word != "snake_case");
    for reason in listed.filter(|word| is_code(word)) {
        if !stated.contains(reason) {
            different.push(format!("{REASONS} does not have `{reason}`"));
        }
    }
    Ok(different)
}

fn operations(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let guide = sources.text("docs/vectors.md");
    let described: BTreeSet<&str> = guide
        .lines()
        .filter(|line| line.starts_with("### "))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect();
    let table = section(sources.text(LAW), "S22").lines();
    let rows = table.filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    let rows = rows.filter(|cell| *cell != "op" && !cell.starts_with('-'));
    Ok(rows
        .flat_map(|cell| cell.split(", "))
        .filter(|operation| !described.contains(operation))
        .map(|operation| format!("docs/vectors.md does not describe `{operation}`"))
        .collect())
}

/// The clauses the law states: `**S3.5` opens one.
fn clauses(law: &str) -> impl Iterator<Item = &str> {
    law.split("**")
        .filter_map(|bold| cited(bold).next().filter(|c| bold.starts_with(c)))
}

/// Every clause number in the text, for instance `S3.5`.
fn cited(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('S').filter_map(|(at, _)| {
        let before = text.get(..at)?.chars().last();
        let rest = text.get(at + 1..)?;
        let section = digits(rest);
        let clause = digits(rest.get(section..)?.strip_prefix('.')?);
        let is_word = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let length = 1 + section + 1 + clause;
        (is_word && section > 0 && clause > 0).then(|| text.get(at..at + length))?
    })
}

fn digits(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len()
}

/// A section of the law, from its heading to the next.
fn section<'a>(law: &'a str, name: &str) -> &'a str {
    let heading = format!("\n## {name} ");
    let (_, rest) = law.split_once(&*heading).unwrap_or(("", ""));
    rest.split("\n## ").next().unwrap_or(rest)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
}

/// Whether the word looks like a reason code: small letters and at least one underscore.
fn is_code(word: &str) -> bool {
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    word.contains('_') && word.chars().all(small)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_is_found_with_and_without_brackets() {
        let found: Vec<&str> = cited("as S3.5 (S11.10) says, S24, AS4.1, S2.10.").collect();
        assert_eq!(found, ["S3.5", "S11.10", "S2.10"]);
    }

    #[test]
    fn a_clause_is_what_stands_in_bold() {
        let law = "- **S9.5** outbound. **S9.6 Inbound** (S8.7). **UNCERTAIN U3**: S1.6";
        assert_eq!(clauses(law).collect::<Vec<_>>(), ["S9.5", "S9.6"]);
    }

    #[test]
    fn a_section_ends_where_the_next_begins() {
        let law = "\n## S2 Two\ntwo\n## S20 Twenty\ntwenty\n## S21 More";
        assert_eq!(section(law, "S20"), "Twenty\ntwenty");
    }
}
