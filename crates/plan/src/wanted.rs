//! The file an administrator keeps: what the default is to say, and what the entries of partners.
//!
//! Members that the file does not name are left as they are, and so are partners that it does not
//! list, unless it says `unlisted: remove`.

use std::collections::BTreeMap;

use graph::document::Path;
use graph::settings::partner::Expand;
use graph::settings::{Form, defaults, partner, root};
use policy::settings::Policy;
use policy::tenant::TenantId;
use serde_json::{Map, Value};

use crate::names::Names;
use crate::{Fault, Result, shorthand};

/// The JSON Schema of the file, for editors.
pub const SCHEMA: &str = include_str!("wanted.schema.json");

/// What is wanted, in the words of Graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// Whose settings, if the file says so.
    pub tenant: Option<TenantId>,
    /// What the file, and whoever read it, call things.
    pub names: Names,
    /// Members of the policy object.
    pub(crate) policy: Map<String, Value>,
    /// Members of the default.
    pub(crate) default: Map<String, Value>,
    /// Partners, by the name the file has for them.
    pub(crate) partners: Vec<(String, TenantId, Entry)>,
    /// Whether partners that are not listed are removed.
    pub(crate) removes_unlisted: bool,
}

/// What is wanted of a partner's entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    /// There is none.
    Absent,
    /// It has these members.
    Saying(Map<String, Value>),
}

impl Wanted {
    /// Everything as it is in these settings, and nothing else. What no administrator writes is left
    /// out (S14.6).
    pub fn everything_of(policy: &Policy) -> Self {
        let members = |value: Value| match value {
            Value::Object(mut members) => {
                members.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
                members
            }
            _ => Map::new(),
        };
        let partners = policy.partners.iter().map(|entry| {
            let value = partner::render(entry, Expand::Synchronization, Form::Export);
            let entry_of = Entry::Saying(members(value));
            (entry.tenant.to_string(), entry.tenant, entry_of)
        });
        let root = members(root::render(policy, Form::Export));
        Wanted {
            policy: root
                .into_iter()
                .filter(|(name, _)| name == "allowedCloudEndpoints")
                .collect(),
            default: members(defaults::render(&policy.defaults, policy.id, Form::Export)),
            partners: partners.collect(),
            removes_unlisted: true,
            ..Wanted::default()
        }
    }
}

/// What a reader is told and nobody writes.
const READ_ONLY: [&str; 7] = [
    "id",
    "tenantId",
    "displayName",
    "isServiceDefault",
    "isServiceProvider",
    "isInMultiTenantOrganization",
    "deletedDateTime",
];

/// Reads the file. `names` is what is known beside it.
pub fn read(value: &Value, mut names: Names) -> Result<Wanted> {
    let root = Path::root();
    let Value::Object(members) = value else {
        let message = "expected `default`, `partners` and what else is wanted";
        return Err(Fault::new(&root, message));
    };
    if let Some(book) = members.get("names") {
        names.add_all(book, &root.member("names"))?;
    }
    let mut wanted = Wanted::default();
    for (name, value) in members {
        let path = root.member(name);
        match name.as_str() {
            "$schema" | "names" => {}
            "tenantId" => wanted.tenant = Some(tenant(value, &path)?),
            "allowedCloudEndpoints" => {
                wanted.policy.insert(name.clone(), value.clone());
            }
            "default" => wanted.default = shorthand::members(value, &names, &path)?,
            "partners" => wanted.partners = partners(value, &names, &path)?,
            "unlisted" => {
                wanted.removes_unlisted = match value.as_str() {
                    Some("keep") => false,
                    Some("remove") => true,
                    _ => return Err(Fault::new(&path, "expected keep or remove")),
                };
            }
            _ => {
                let message = format!(
                    "there is no `{name}` (expected tenantId, names, allowedCloudEndpoints, default, partners or unlisted)"
                );
                return Err(Fault::new(&path, message));
            }
        }
    }
    wanted.names = names;
    Ok(wanted)
}

fn tenant(value: &Value, path: &Path) -> Result<TenantId> {
    let id = value.as_str().and_then(|text| text.parse().ok());
    id.ok_or_else(|| Fault::new(path, "expected a tenant id"))
}

fn partners(value: &Value, names: &Names, path: &Path) -> Result<Vec<(String, TenantId, Entry)>> {
    let Value::Object(entries) = value else {
        return Err(Fault::new(path, "expected partners by name or id"));
    };
    let mut partners = Vec::new();
    let mut seen: BTreeMap<TenantId, &str> = BTreeMap::new();
    for (name, value) in entries {
        let path = path.member(name);
        let id = names.id(name, &path)?.and_then(|id| id.parse().ok());
        let id: TenantId = id.ok_or_else(|| {
            let message =
                format!("nobody says which tenant `{name}` is; write its id, or add it to `names`");
            Fault::new(&path, message)
        })?;
        if let Some(other) = seen.insert(id, name) {
            let message = format!("`{name}` and `{other}` are the same tenant");
            return Err(Fault::new(&path, message));
        }
        let entry = match value {
            Value::String(text) if text == "absent" => Entry::Absent,
            Value::Object(_) => Entry::Saying(shorthand::members(value, names, &path)?),
            _ => {
                return Err(Fault::new(
                    &path,
                    "expected settings, {} for none of its own, or absent",
                ));
            }
        };
        partners.push((name.clone(), id, entry));
    }
    Ok(partners)
}
