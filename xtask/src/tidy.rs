//! `cargo xtask tidy`: the rules of this repository that no compiler knows.
//!
//! A rule that fails teaches: what is wrong, why the rule exists, what to do about it.

mod edges;
mod law;
mod names;
mod sources;
mod text;

use anyhow::ensure;

use crate::repository::Repository;
use sources::Sources;

/// One rule.
struct Rule {
    /// What holds when the rule is kept.
    name: &'static str,
    /// Why anybody cares.
    why: &'static str,
    /// What to do when it is broken.
    remedy: &'static str,
    /// Every place that breaks it, as a sentence.
    check: fn(&Sources) -> anyhow::Result<Vec<String>>,
}

/// All rules, from the shape of the whole to the single line.
const RULES: [&[Rule]; 4] = [&edges::RULES, &names::RULES, &text::RULES, &law::RULES];

/// Checks all rules and reports every place that breaks one.
pub(crate) fn run(repository: &Repository) -> anyhow::Result<()> {
    let sources = Sources::read(repository)?;
    let mut broken = 0;
    let mut kept = 0;
    for rule in RULES.into_iter().flatten() {
        let places = (rule.check)(&sources)?;
        if places.is_empty() {
            kept += 1;
            continue;
        }
        broken += 1;
        println!("\nNot so: {}", rule.name);
        for place in &places {
            println!("    {place}");
        }
        println!("  why   {}", rule.why);
        println!("  do    {}", rule.remedy);
    }
    ensure!(broken == 0, "{broken} rules of the repository are broken");
    println!("{kept} rules hold for {} files", sources.files.len());
    Ok(())
}
