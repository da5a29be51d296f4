//! What holds for every export, whatever it says, and for every document, whatever it is.

use policy::settings::{Block, BlockName};
use policy::tenant::TenantId;
use policy::validate::{self, Place};
use policy::world::Tenant;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::{all, default, entry, page, policy, with};
use crate::document::{Path, Segment};
use crate::import::{Options, read};
use crate::world::{self, sample};
use crate::{body, export};

/// What an export of a drawn tenant gives back: its settings, without blocks that nobody could
/// have stored.
fn coherent(mut tenant: Tenant) -> Tenant {
    let contradicts = |name: BlockName, block: &Block| {
        !validate::contradictions(name, Place::Default, &block.complete()).is_empty()
    };
    if let Some(policy) = &mut tenant.policy {
        let ids: Vec<TenantId> = policy.partners.iter().map(|entry| entry.tenant).collect();
        let entries = &mut policy.partners;
        for name in BlockName::ALL {
            let blocks = &mut policy.defaults.blocks;
            if blocks
                .get(name)
                .is_some_and(|block| contradicts(name, block))
            {
                blocks.set(name, None);
            }
            for id in &ids {
                let blocks = &mut entries.get_mut(*id).unwrap().blocks;
                if blocks
                    .get(name)
                    .is_some_and(|block| contradicts(name, block))
                {
                    blocks.set(name, None);
                }
            }
        }
    }
    tenant
}

proptest! {
    #[test]
    fn whatever_was_exported_is_imported_as_it_was(tenant in sample::tenant().prop_map(coherent)) {
        let Some(documents) = export::write(&tenant) else {
            prop_assert!(tenant.policy.is_none());
            return Ok(());
        };
        let imported = read(&all(&documents), &Options::default()).map_err(|error| {
            TestCaseError::fail(format!("{error}\n{documents:?}"))
        })?;
        prop_assert_eq!(&imported.tenant.policy, &tenant.policy);
        let known = (tenant.id, tenant.cloud, tenant.p1, tenant.display_name);
        let read = imported.tenant;
        prop_assert_eq!((read.id, read.cloud, read.p1, read.display_name), known);
    }
}

/// Any JSON, members of ours among it.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-zA-Z$@\u{0}\u{202e}é-]{0,12}".prop_map(Value::from),
        Just(json!("AllUsers")),
    ];
    let names = proptest::sample::select(vec![
        "value",
        "tenantId",
        "id",
        "users",
        "targets",
        "target",
        "inboundTrust",
        "partners",
        "@odata.nextLink",
        "@odata.context",
        "x",
    ]);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let members = proptest::collection::vec((names.clone(), inner.clone()), 0..4);
        prop_oneof![
            proptest::collection::vec(inner, 0..4).prop_map(Value::from),
            members.prop_map(|members| {
                let members = members.into_iter();
                let members = members.map(|(name, value)| (name.to_owned(), value));
                Value::Object(members.collect::<Map<String, Value>>())
            }),
        ]
    })
}

/// The paths of all values inside a value.
fn paths(value: &Value, here: &Path, all: &mut Vec<Path>) {
    all.push(here.clone());
    match value {
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                paths(entry, &here.index(index), all);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                paths(value, &here.member(name), all);
            }
        }
        _ => {}
    }
}

/// The value with one value inside it replaced.
fn spoiled(mut value: Value, place: Index, by: Value) -> Value {
    let mut all = Vec::new();
    paths(&value, &Path::root(), &mut all);
    let mut spot = &mut value;
    for segment in place.get(&all).segments() {
        spot = match segment {
            Segment::Member(name) => &mut spot[name.as_str()],
            Segment::Index(index) => &mut spot[*index],
        };
    }
    *spot = by;
    value
}

proptest! {
    #[test]
    fn no_document_makes_a_reader_panic(value in anything()) {
        let _ = body::read(&value);
        let _ = world::read(&value);
        let _ = read(&[("a.json".to_owned(), value.clone())], &Options::default());
        let _ = read(&with("strange.json", value), &Options::default());
    }

    #[test]
    fn one_strange_value_in_an_export_is_read_or_refused_in_readable_words(
        place in any::<Index>(), value in anything(), which in 0usize..3,
    ) {
        let names = ["policy.json", "default.json", "partners.json"];
        let mut strange = entry(super::FABRIKAM);
        strange["b2bCollaborationInbound"] = default()["b2bCollaborationInbound"].clone();
        let whole = [policy(), default(), page(vec![strange])];
        let spoiled = spoiled(whole[which].clone(), place, value);
        if let Err(error) = read(&with(names[which], spoiled), &Options::default()) {
            let told = error.to_string();
            prop_assert!(!told.contains(['\u{0}', '\u{202e}']), "{}", told);
        }
    }

    #[test]
    fn one_strange_value_in_a_world_is_read_or_refused(
        fixture in sample::fixture(), place in any::<Index>(), value in anything(),
    ) {
        let _ = world::read(&spoiled(world::write(&fixture), place, value));
    }
}
