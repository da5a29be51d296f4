//! The worlds of the case files, read and written back.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

use std::path::Path;

use graph::document::Document;
use graph::world;
use serde_json::{Map, Value};

/// Puts the ids in the place of their names, in values, in members and inside longer texts.
fn resolve(value: &Value, ids: &Map<String, Value>) -> Value {
    let text = |text: &str| {
        let named = |name: &str| ids.get(name).and_then(Value::as_str);
        match text.strip_prefix('$').and_then(named) {
            Some(id) => id.to_owned(),
            None => text.to_owned(),
        }
    };
    match value {
        Value::String(string) => text(string).into(),
        Value::Array(entries) => entries.iter().map(|entry| resolve(entry, ids)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (text(name), resolve(value, ids)))
                .collect()
        }
        other => other.clone(),
    }
}

fn fixture(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(file);
    let bytes = std::fs::read(&path).unwrap();
    let document = Document::parse(file, &bytes).unwrap();
    let fixture = &document.value()["fixture"];
    resolve(fixture, fixture["ids"].as_object().unwrap())
}

#[track_caller]
fn reads_and_writes_without_difference(file: &str) -> world::Fixture {
    let read = world::read(&fixture(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert_eq!(world::read(&world::write(&read)), Ok(read.clone()));
    read
}

#[test]
fn the_world_of_the_semantics_reads_and_writes_without_difference() {
    let read = reads_and_writes_without_difference("cases/semantics.yaml");
    assert_eq!(read.world.tenants.len(), 6);
    assert_eq!(read.sign_ins.len(), 9);
    let organizations = &read.world.multitenant_organizations;
    assert_eq!(organizations[0].members.len(), 3);
    let hosted = |tenant: &&policy::world::Tenant| tenant.policy.is_some();
    assert_eq!(read.world.tenants.values().filter(hosted).count(), 6);
}

#[test]
fn the_world_of_the_example_reads_and_writes_without_difference() {
    let read = reads_and_writes_without_difference("examples/policy-tests.yaml");
    assert_eq!(read.world.tenants.len(), 2);
}
