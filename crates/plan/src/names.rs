//! Names instead of ids: of tenants, users, groups and applications.

use std::collections::{BTreeMap, BTreeSet};

use graph::document::Path;
use serde_json::Value;

use crate::{Fault, Result};

/// What names stand for. The same name may stand for several ids, until somebody uses it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// Names in lower case, and the ids they stand for.
    ids: BTreeMap<String, BTreeSet<String>>,
    /// Ids, and what they are called first.
    names: BTreeMap<String, String>,
}

impl Names {
    /// Notes that an id has a name.
    pub fn add(&mut self, name: &str, id: &str) {
        let id = id.to_ascii_lowercase();
        let ids = self.ids.entry(name.to_lowercase()).or_default();
        ids.insert(id.clone());
        self.names.entry(id).or_insert_with(|| name.to_owned());
    }

    /// What an id is called.
    pub fn of(&self, id: &str) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }

    /// Notes what the file itself says: for each name an id.
    pub(crate) fn add_all(&mut self, value: &Value, path: &Path) -> Result<()> {
        let Value::Object(names) = value else {
            return Err(Fault::new(path, "expected names with their ids"));
        };
        for (name, id) in names {
            let id = id.as_str().filter(|id| is_id(id)).ok_or_else(|| {
                let message = format!("expected the id that `{name}` stands for");
                Fault::new(&path.member(name), message)
            })?;
            self.add(name, id);
        }
        Ok(())
    }

    /// The id that is meant: one that is written out, or what a name stands for. `None`: no such name.
    pub(crate) fn id(&self, text: &str, path: &Path) -> Result<Option<String>> {
        if is_id(text) {
            return Ok(Some(text.to_ascii_lowercase()));
        }
        let Some(ids) = self.ids.get(&text.to_lowercase()) else {
            return Ok(None);
        };
        let mut ids = ids.iter();
        match (ids.next(), ids.next()) {
            (Some(id), None) => Ok(Some(id.clone())),
            _ => {
                let message = format!("`{text}` is the name of several; write the id");
                Err(Fault::new(path, message))
            }
        }
    }
}

/// Whether that is written like an id.
pub(crate) fn is_id(text: &str) -> bool {
    text.parse::<policy::tenant::TenantId>().is_ok()
}
