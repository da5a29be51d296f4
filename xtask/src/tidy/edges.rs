//! Which crate may use which: dependencies point down only (`ARCHITECTURE.md`).

use anyhow::Context;
use serde_json::Value;

use super::Rule;
use super::sources::Sources;

pub(super) const RULES: [Rule; 3] = [
    Rule {
        name: "dependencies between our crates point down",
        why: "Whoever reads the bottom crate must not have to know the ones above, and a rule of the \
              domain must not learn where it is served.",
        remedy: "Move the code to the crate that may see both sides. If the edge itself is right, say \
                 so on a page in docs/decisions/ and add it to OURS in xtask/src/tidy/edges.rs.",
        check: ours,
    },
    Rule {
        name: "the pure crates use few foreign crates, and none that reads, writes or waits",
        why: "`policy`, `signins`, `preview` and `posture` are pure: no JSON, no IO, no clock. A serialisable domain type is \
              a promise to strangers about its shape.",
        remedy: "Give the wire its own mirror type in `graph`. A library that is pure as well is added \
                 to FOREIGN in xtask/src/tidy/edges.rs, with its reason in docs/decisions/.",
        check: foreign,
    },
    Rule {
        name: "every crate of the workspace is in the table",
        why: "A crate nobody listed could use anything.",
        remedy: "Add it to OURS in xtask/src/tidy/edges.rs and to the map in ARCHITECTURE.md.",
        check: listed,
    },
];

/// Package, and which of ours it may use.
const OURS: [(&str, &[&str]); 13] = [
    ("comity-policy", &[]),
    ("comity-signins", &["comity-policy"]),
    ("comity-preview", &["comity-policy", "comity-signins"]),
    (
        "comity-posture",
        &["comity-policy", "comity-preview", "comity-signins"],
    ),
    ("comity-intake", &["comity-policy", "comity-signins"]),
    (
        "comity-graph",
        &[
            "comity-policy",
            "comity-posture",
            "comity-preview",
            "comity-signins",
        ],
    ),
    (
        "comity-cases",
        &[
            "comity-graph",
            "comity-policy",
            "comity-preview",
            "comity-signins",
        ],
    ),
    (
        "comity-plan",
        &["comity-graph", "comity-policy", "comity-preview"],
    ),
    // What is kept, and who is asking: neither knows Graph's JSON.
    ("comity-store", &["comity-policy", "comity-signins"]),
    ("comity-sts", &["comity-policy", "comity-store"]),
    (
        "comity-server",
        &[
            "comity-graph",
            // Behaviours in little memory: what a preview looks at.
            "comity-intake",
            "comity-policy",
            "comity-posture",
            "comity-preview",
            "comity-signins",
            "comity-store",
            "comity-sts",
        ],
    ),
    (
        "comity",
        &[
            "comity-cases",
            "comity-graph",
            "comity-intake",
            "comity-plan",
            "comity-policy",
            "comity-posture",
            "comity-preview",
            "comity-server",
            "comity-signins",
            "comity-store",
            "comity-sts",
        ],
    ),
    // The chores ask the program, not the crates: what they see is what a user sees.
    ("xtask", &[]),
];

/// Pure package, and every foreign crate it may use. Tests are free.
const FOREIGN: [(&str, &[&str]); 4] = [
    (
        "comity-policy",
        &["arc-swap", "const-hex", "rpds", "thiserror", "uuid"],
    ),
    ("comity-signins", &["hashbrown", "thiserror"]),
    ("comity-preview", &["hashbrown"]),
    ("comity-posture", &[]),
];

fn ours(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let mut places = Vec::new();
    for (package, uses) in dependencies(sources)? {
        let Some((_, allowed)) = OURS.iter().find(|(name, _)| *name == package) else {
            continue;
        };
        let used = uses.iter().map(|(name, _)| name.as_str());
        let used = used.filter(|name| OURS.iter().any(|(ours, _)| ours == name));
        for name in used.filter(|name| !allowed.contains(name)) {
            places.push(format!("{package} uses {name}"));
        }
    }
    Ok(places)
}

fn foreign(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let mut places = Vec::new();
    for (package, uses) in dependencies(sources)? {
        let Some((_, allowed)) = FOREIGN.iter().find(|(name, _)| *name == package) else {
            continue;
        };
        for (name, is_for_tests) in uses {
            let is_ours = OURS.iter().any(|(ours, _)| *ours == name);
            if !is_ours && !is_for_tests && !allowed.contains(&name.as_str()) {
                places.push(format!("{package} uses {name}"));
            }
        }
    }
    Ok(places)
}

fn listed(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let packages = dependencies(sources)?.into_iter().map(|(name, _)| name);
    Ok(packages
        .filter(|package| OURS.iter().all(|(name, _)| name != package))
        .map(|package| format!("{package} is not in the table"))
        .collect())
}

/// Each package of the workspace, with the packages it declares: their names, and whether for tests.
type Uses = Vec<(String, bool)>;

fn dependencies(sources: &Sources) -> anyhow::Result<Vec<(String, Uses)>> {
    let list = |value: &Value, member: &str| -> anyhow::Result<Vec<Value>> {
        let list = value.get(member).and_then(Value::as_array);
        Ok(list.with_context(|| format!("no {member}"))?.clone())
    };
    let text = |value: &Value, member: &str| {
        let text = value.get(member).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let packages = list(&sources.repository.metadata, "packages")?;
    let packages = packages.iter().map(|package| {
        let uses = list(package, "dependencies")?;
        let uses = uses.iter();
        let uses = uses.map(|used| (text(used, "name"), text(used, "kind") == "dev"));
        Ok((text(package, "name"), uses.collect()))
    });
    packages.collect()
}
