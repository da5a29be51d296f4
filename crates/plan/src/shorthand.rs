//! Access settings as people write them, in the words of Graph.
//!
//! `blocked` instead of two halves with a list of one; a list where everything on it is allowed.
//! Whoever writes Graph's own words is left alone, and what they say is checked where all requests
//! are.

use graph::document::Path;
use policy::settings::BlockName;
use serde_json::{Map, Value, json};

use crate::names::{Names, is_id};
use crate::{Fault, Result};

const USERS: &str = "usersAndGroups";
const APPLICATIONS: &str = "applications";
const SYNCHRONIZATION: &str = "identitySynchronization";

const BLOCK: &str = "expected allowed, blocked, inherited, or `users` and `applications`";
const HALF: &str = "expected all, none, a list of what is allowed, `allowed` or `blocked` with all or a list, or Graph's accessType and targets";

/// The members of a default or a partner's entry, in the words of Graph.
pub(crate) fn members(value: &Value, names: &Names, path: &Path) -> Result<Map<String, Value>> {
    let Value::Object(written) = value else {
        return Err(Fault::new(path, "expected settings"));
    };
    let mut members = Map::new();
    for (name, value) in written {
        let path = path.member(name);
        let is_block = BlockName::ALL.iter().any(|block| block.as_str() == name);
        let value = match (name.as_str(), value) {
            (SYNCHRONIZATION, Value::Bool(allowed)) => {
                json!({"userSyncInbound": {"isSyncAllowed": allowed}})
            }
            _ if is_block => block(value, names, &path)?,
            _ => value.clone(),
        };
        members.insert(name.clone(), value);
    }
    Ok(members)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Users,
    Applications,
}

impl Half {
    fn everything(self) -> Value {
        match self {
            Half::Users => json!({"target": "AllUsers", "targetType": "user"}),
            Half::Applications => json!({"target": "AllApplications", "targetType": "application"}),
        }
    }
}

fn access(access: &str, targets: impl Into<Value>) -> Value {
    json!({"accessType": access, "targets": targets.into()})
}

fn block(value: &Value, names: &Names, path: &Path) -> Result<Value> {
    let both = |how: &str| {
        let all = |half: Half| access(how, vec![half.everything()]);
        json!({USERS: all(Half::Users), APPLICATIONS: all(Half::Applications)})
    };
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) => match text.as_str() {
            "inherited" => Ok(Value::Null),
            "allowed" | "blocked" => Ok(both(text)),
            _ => Err(Fault::new(path, format!("{BLOCK}, got `{text}`"))),
        },
        Value::Object(members) => {
            let mut block = Map::new();
            for (name, value) in members {
                let path = path.member(name);
                let (name, value) = match name.as_str() {
                    "users" | USERS => (USERS, half(value, Half::Users, names, &path)?),
                    APPLICATIONS => (
                        name.as_str(),
                        half(value, Half::Applications, names, &path)?,
                    ),
                    other => (other, value.clone()),
                };
                if block.insert(name.to_owned(), value).is_some() {
                    return Err(Fault::new(&path, format!("`{name}` is said twice")));
                }
            }
            Ok(Value::Object(block))
        }
        _ => Err(Fault::new(path, BLOCK)),
    }
}

fn half(value: &Value, half: Half, names: &Names, path: &Path) -> Result<Value> {
    let all = || vec![half.everything()];
    match value {
        Value::String(text) if text == "all" => Ok(access("allowed", all())),
        Value::String(text) if text == "none" => Ok(access("blocked", all())),
        Value::Array(items) => Ok(access("allowed", targets(items, half, names, path)?)),
        Value::Object(members) if members.contains_key("accessType") => Ok(value.clone()),
        Value::Object(members) => {
            let mut members = members.iter();
            let (Some((how, whom)), None) = (members.next(), members.next()) else {
                return Err(Fault::new(path, HALF));
            };
            let path = path.member(how);
            if !matches!(how.as_str(), "allowed" | "blocked") {
                return Err(Fault::new(&path, HALF));
            }
            match whom {
                Value::String(text) if text == "all" => Ok(access(how, all())),
                Value::Array(items) => Ok(access(how, targets(items, half, names, &path)?)),
                _ => Err(Fault::new(&path, "expected all or a list")),
            }
        }
        _ => Err(Fault::new(path, HALF)),
    }
}

fn targets(items: &[Value], half: Half, names: &Names, path: &Path) -> Result<Vec<Value>> {
    let mut targets = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let path = path.index(at);
        targets.push(match item {
            Value::Object(_) => item.clone(),
            Value::String(text) => target(text, half, names, &path)?,
            _ => return Err(Fault::new(&path, "expected a name or an id")),
        });
    }
    Ok(targets)
}

fn target(text: &str, half: Half, names: &Names, path: &Path) -> Result<Value> {
    let kind = match half {
        Half::Applications => {
            // What is neither an id nor a name is a keyword such as Office365.
            let id = names.id(text, path)?.unwrap_or_else(|| text.to_owned());
            return Ok(json!({"target": id, "targetType": "application"}));
        }
        Half::Users => text.split_once(' '),
    };
    match kind {
        Some((kind @ ("user" | "group"), whom)) => match names.id(whom.trim(), path)? {
            Some(id) => Ok(json!({"target": id, "targetType": kind})),
            None => Err(Fault::new(
                path,
                format!(
                    "nobody says what `{}` stands for; write the id, or add it to `names`",
                    whom.trim()
                ),
            )),
        },
        _ if is_id(text) || names.id(text, path)?.is_some() => Err(Fault::new(
            path,
            format!("is `{text}` a user or a group? Write `user {text}` or `group {text}`"),
        )),
        // A keyword.
        _ => Ok(json!({"target": text, "targetType": "user"})),
    }
}
