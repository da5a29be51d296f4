//! Of which settings a plan was made: a number that is another one when they are others.
//!
//! Each object of the settings (the policy, the default, every partner's entry) has a hash of what
//! Graph would answer about it, and the stamp is all of them together, whatever their order. So one
//! object can change without looking at ten thousand others.

use std::fmt;
use std::str::FromStr;

use graph::settings::partner::Expand;
use graph::settings::{Form, defaults, partner};
use policy::settings::{Partner, Policy};
use policy::tenant::TenantId;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp([u8; 32]);

impl Stamp {
    /// Of these settings.
    pub fn of(policy: &Policy) -> Self {
        let mut stamp = Stamp::default();
        stamp.turn("policy", &root(policy));
        stamp.turn("default", &default(policy));
        for entry in policy.partners.iter() {
            stamp.turn_entry(entry.tenant, Some(entry));
        }
        stamp
    }

    /// After a step that changed these objects at most: the policy, the default, that partner's entry.
    pub(crate) fn after(self, before: &Policy, after: &Policy, partner: Option<TenantId>) -> Self {
        let mut stamp = self;
        match partner {
            Some(id) => {
                stamp.turn_entry(id, before.partners.get(id));
                stamp.turn_entry(id, after.partners.get(id));
            }
            None => {
                for policy in [before, after] {
                    stamp.turn("policy", &root(policy));
                    stamp.turn("default", &default(policy));
                }
            }
        }
        stamp
    }

    fn turn_entry(&mut self, id: TenantId, entry: Option<&Partner>) {
        if let Some(entry) = entry {
            let value = partner::render(entry, Expand::Synchronization, Form::Export);
            self.turn(&id.to_string(), &value);
        }
    }

    /// Takes an object in, or out again.
    fn turn(&mut self, name: &str, value: &Value) {
        let mut hash = Sha256::new();
        hash.update(name.as_bytes());
        hash.update(canonical(value).to_string().as_bytes());
        for (byte, new) in self.0.iter_mut().zip(hash.finalize()) {
            *byte ^= new;
        }
    }
}

fn root(policy: &Policy) -> Value {
    let clouds: Vec<String> = policy
        .allowed_clouds
        .iter()
        .map(ToString::to_string)
        .collect();
    json!(clouds)
}

fn default(policy: &Policy) -> Value {
    defaults::render(&policy.defaults, None, Form::Export)
}

/// Without annotations, which an export has and a server need not, without what says nothing, which one
/// server leaves out and another does not, and in one order of members.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let said = members.iter().filter(|(name, _)| !name.contains('@'));
            let said = said.map(|(name, value)| (name.clone(), canonical(value)));
            let mut kept: Vec<(String, Value)> = said
                .filter(|(_, value)| !value.is_null() && *value != json!({}))
                .collect();
            kept.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(kept.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(const_hex::Buffer::<32>::new().format(&self.0))
    }
}

/// Not a stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 hexadecimal digits")]
pub struct NoStamp;

impl FromStr for Stamp {
    type Err = NoStamp;
    fn from_str(text: &str) -> std::result::Result<Self, NoStamp> {
        const_hex::decode_to_array(text)
            .map(Stamp)
            .map_err(|_| NoStamp)
    }
}
