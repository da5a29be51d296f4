//! Settings that come from elsewhere, an export or a server that runs, and take the place of those
//! that a file of cases describes: what must be true is then asked of what is.
//!
//! Only the settings are taken, and of what else is known about a tenant only what the file does
//! not say: its people and its Conditional Access stay those of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use graph::world::{self, Fixture};
use policy::tenant::TenantId;
use policy::world::{Tenant, World};
use serde_json::{Map, Value, json};

use crate::names::Names;

/// The member of a tenant that holds its settings.
const SETTINGS: &str = "crossTenantAccessPolicy";
/// What else is taken where the file is silent.
const FACTS: [&str; 4] = ["displayName", "cloud", "domains", "p1"];

/// The settings of some tenants.
#[derive(Clone, Debug, Default)]
pub struct Settings(BTreeMap<TenantId, Map<String, Value>>);

impl Settings {
    /// Those of these tenants.
    pub fn of(tenants: impl IntoIterator<Item = Tenant>) -> Self {
        let written = tenants.into_iter().filter_map(|tenant| {
            let id = tenant.id;
            let mut world = World::default();
            world.tenants.insert(id, Arc::new(tenant));
            let written = world::write(&Fixture {
                world,
                sign_ins: Vec::new(),
            });
            let tenant = written.get("tenants")?.get(0)?.as_object()?.clone();
            Some((id, tenant))
        });
        Settings(written.collect())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the settings of every tenant that the fixture names into it.
    pub(crate) fn put_into(&self, fixture: &mut Value, names: &Names) {
        if self.is_empty() {
            return;
        }
        let in_list = listed(fixture);
        let Value::Object(members) = fixture else {
            return;
        };
        let tenants = members.entry("tenants").or_insert_with(|| json!([]));
        let Value::Array(tenants) = tenants else {
            return;
        };
        for tenant in tenants.iter_mut() {
            let ours = id(tenant).and_then(|id| self.0.get(&id));
            if let (Some(ours), Value::Object(theirs)) = (ours, tenant) {
                replace(theirs, ours);
            }
        }
        let named: BTreeSet<TenantId> = names.ids().filter_map(|id| id.parse().ok()).collect();
        let only_named = named.difference(&in_list);
        let added = only_named.filter_map(|id| self.0.get(id));
        tenants.extend(added.cloned().map(Value::Object));
    }
}

fn replace(theirs: &mut Map<String, Value>, ours: &Map<String, Value>) {
    if let Some(settings) = ours.get(SETTINGS) {
        theirs.insert(SETTINGS.to_owned(), settings.clone());
    }
    for fact in FACTS {
        let silent = theirs.get(fact).is_none_or(Value::is_null);
        if let (true, Some(known)) = (silent, ours.get(fact)) {
            theirs.insert(fact.to_owned(), known.clone());
        }
    }
}

fn id(tenant: &Value) -> Option<TenantId> {
    tenant.get("tenantId")?.as_str()?.parse().ok()
}

/// The tenants in the list of a fixture.
pub(crate) fn listed(fixture: &Value) -> BTreeSet<TenantId> {
    let tenants = fixture.get("tenants").and_then(Value::as_array);
    tenants.into_iter().flatten().filter_map(id).collect()
}
