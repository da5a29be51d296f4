//! PATCH (RFC 7644, 3.5.2): operations on a resource, as they stand in the body.
//!
//! Clients write them in several ways. Entra says `Add` for `add` and puts `{"name.givenName": …}`
//! into an operation without a path; Okta replaces a whole resource by an operation without one.

use serde_json::{Map, Value};

use super::filter::{Filter, member, steps};
use super::wrong;
use crate::error::Result;

/// More operations are refused.
const MOST: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Add,
    Replace,
    Remove,
}

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operation {
    pub(super) kind: Kind,
    pub(super) path: Option<Path>,
    pub(super) value: Value,
}

/// `emails[type eq "work"].value`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    /// Up to the list that is filtered, or all of it.
    pub(super) steps: Vec<String>,
    pub(super) filter: Option<Filter>,
    /// Behind the filter.
    pub(super) rest: Vec<String>,
}

impl Path {
    fn read(text: &str) -> Result<Self> {
        let bad = || wrong("invalidPath", "The path of an operation cannot be read.");
        if text.is_empty() || text.len() > 1_000 {
            return Err(bad());
        }
        let Some((list, behind)) = text.split_once('[') else {
            return Ok(Path {
                steps: steps(text),
                filter: None,
                rest: Vec::new(),
            });
        };
        let (filter, rest) = behind.rsplit_once(']').ok_or_else(bad)?;
        let filter = Filter::read(filter).map_err(|_| bad())?;
        let rest = rest.strip_prefix('.').map_or_else(Vec::new, steps);
        Ok(Path {
            steps: steps(list),
            filter: Some(filter),
            rest,
        })
    }

    /// Whether it is that attribute, or something in it.
    pub(super) fn is(&self, name: &str) -> bool {
        self.steps
            .first()
            .is_some_and(|step| step.eq_ignore_ascii_case(name))
    }
}

/// Reads the body of a PATCH.
pub(super) fn read(body: &Value) -> Result<Vec<Operation>> {
    let syntax = |message: &str| wrong("invalidSyntax", message);
    let operations = member(body, "Operations").and_then(Value::as_array);
    let operations = operations.ok_or_else(|| syntax("A PATCH has a list named Operations."))?;
    if operations.is_empty() || operations.len() > MOST {
        return Err(syntax("A PATCH has 1 to 1000 operations."));
    }
    let one = |operation: &Value| {
        let name = member(operation, "op")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let kind = match name.to_ascii_lowercase().as_str() {
            "add" => Kind::Add,
            "replace" => Kind::Replace,
            "remove" => Kind::Remove,
            _ => return Err(syntax("An operation is add, replace or remove.")),
        };
        let path = match member(operation, "path") {
            None | Some(Value::Null) => None,
            Some(Value::String(path)) => Some(Path::read(path)?),
            Some(_) => return Err(syntax("The path of an operation is a string.")),
        };
        let value = member(operation, "value").cloned().unwrap_or(Value::Null);
        if path.is_none() && kind == Kind::Remove {
            return Err(wrong("noTarget", "A remove operation needs a path."));
        }
        if path.is_none() && !value.is_object() {
            return Err(wrong(
                "invalidValue",
                "An operation without a path needs an object.",
            ));
        }
        Ok(Operation { kind, path, value })
    };
    operations.iter().map(one).collect()
}

/// Carries out the operations on a resource.
pub(super) fn apply(resource: &mut Value, operations: &[Operation]) -> Result<()> {
    for operation in operations {
        match (&operation.path, &operation.value) {
            (Some(path), value) => at(resource, path, operation.kind, value)?,
            (None, Value::Object(members)) => {
                for (name, value) in members {
                    // `name.givenName` is a path although it stands where names stand.
                    let path = Path::read(name)?;
                    at(resource, &path, operation.kind, value)?;
                }
            }
            (None, _) => {}
        }
    }
    Ok(())
}

/// The name under which an object has that member, in any case; else the one that is asked for.
fn known(members: &Map<String, Value>, name: &str) -> String {
    let mut names = members.keys();
    let found = names.find(|known| known.eq_ignore_ascii_case(name));
    found.map_or_else(|| name.to_owned(), Clone::clone)
}

/// The place at the end of these steps. Objects on the way are made where there are none.
fn reach<'a>(value: &'a mut Value, steps: &[String]) -> Result<&'a mut Value> {
    let mut place = value;
    for step in steps {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        // The first entry stands for a list that nobody took apart.
        if let Value::Array(list) = place {
            if list.is_empty() {
                list.push(Value::Object(Map::new()));
            }
            place = match list.first_mut() {
                Some(first) => first,
                None => return Err(wrong("noTarget", "There is nothing at the path.")),
            };
        }
        let members = match place {
            Value::Object(members) => members,
            _ => {
                return Err(wrong(
                    "invalidPath",
                    "The path leads through a simple value.",
                ));
            }
        };
        let name = known(members, step);
        place = members.entry(name).or_insert(Value::Null);
    }
    Ok(place)
}

fn at(resource: &mut Value, path: &Path, kind: Kind, value: &Value) -> Result<()> {
    let place = reach(resource, &path.steps)?;
    let Some(filter) = &path.filter else {
        put(place, kind, value);
        return Ok(());
    };
    if place.is_null() {
        *place = Value::Array(Vec::new());
    }
    let Value::Array(list) = place else {
        return Err(wrong("invalidPath", "What is filtered is not a list."));
    };
    if kind == Kind::Remove && path.rest.is_empty() {
        list.retain(|entry| !filter.holds(entry));
        return Ok(());
    }
    if !list.iter().any(|entry| filter.holds(entry)) {
        if kind == Kind::Remove {
            return Ok(());
        }
        // Entra sets `emails[type eq "work"].value` of somebody who has none yet.
        let mut entry = Value::Object(Map::new());
        describe(filter, &mut entry);
        list.push(entry);
    }
    for entry in list.iter_mut().filter(|entry| filter.holds(entry)) {
        match path.rest.is_empty() {
            true => merge(entry, value),
            false => put(reach(entry, &path.rest)?, kind, value),
        }
    }
    Ok(())
}

/// Makes an entry one that the filter lets through, as far as it says what is equal to what.
fn describe(filter: &Filter, entry: &mut Value) {
    match filter {
        Filter::And(one, other) => {
            describe(one, entry);
            describe(other, entry);
        }
        Filter::Compare(path, super::filter::Operator::Equal, value) => {
            if let Ok(place) = reach(entry, &steps(path)) {
                *place = value.clone();
            }
        }
        _ => {}
    }
}

fn merge(entry: &mut Value, value: &Value) {
    match (entry, value) {
        (Value::Object(members), Value::Object(written)) => {
            for (name, value) in written {
                let name = known(members, name);
                members.insert(name, value.clone());
            }
        }
        (entry, value) => *entry = value.clone(),
    }
}

fn put(place: &mut Value, kind: Kind, value: &Value) {
    match kind {
        Kind::Remove => match (place, value) {
            // Entra removes members by listing them.
            (Value::Array(list), Value::Array(gone)) if !gone.is_empty() => {
                list.retain(|entry| !gone.iter().any(|gone| same(entry, gone)));
            }
            (place, _) => *place = Value::Null,
        },
        Kind::Replace => match (place, value) {
            (Value::Object(members), Value::Object(_)) => {
                let mut whole = Value::Object(std::mem::take(members));
                merge(&mut whole, value);
                if let Value::Object(merged) = whole {
                    *members = merged;
                }
            }
            (place, value) => *place = value.clone(),
        },
        Kind::Add => match (place, value) {
            (Value::Array(list), Value::Array(more)) => {
                for entry in more {
                    if !list.iter().any(|known| same(known, entry)) {
                        list.push(entry.clone());
                    }
                }
            }
            (Value::Array(list), entry) if !entry.is_null() => {
                if !list.iter().any(|known| same(known, entry)) {
                    list.push(entry.clone());
                }
            }
            (place @ Value::Object(_), value @ Value::Object(_)) => merge(place, value),
            (place, value) => *place = value.clone(),
        },
    }
}

/// Whether two entries of a list are the same: by their values, if they have any.
fn same(one: &Value, other: &Value) -> bool {
    match (member(one, "value"), member(other, "value")) {
        (Some(one_value), Some(other_value)) => {
            let kind = |entry| {
                member(entry, "type")
                    .and_then(Value::as_str)
                    .map(str::to_lowercase)
            };
            one_value == other_value && (kind(other).is_none() || kind(one) == kind(other))
        }
        _ => one == other,
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(resource: Value, operations: Value) -> Value {
        let mut resource = resource;
        let operations = read(&json!({"Operations": operations})).unwrap();
        apply(&mut resource, &operations).unwrap();
        resource
    }

    #[test]
    fn what_entra_sends_is_carried_out() {
        // learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups
        let after = patched(
            json!({"userName": "a", "active": true, "emails": [{"type": "work", "value": "old@x"}]}),
            json!([
                {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@x"},
                {"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+1"},
                {"op": "Replace", "path": "name.familyName", "value": "B"},
                {"op": "Replace", "path": "active", "value": "False"},
                {"op": "Add", "value": {"name.givenName": "A", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "D"}},
                {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "value": "7"},
            ]),
        );
        assert_eq!(after["emails"], json!([{"type": "work", "value": "new@x"}]));
        assert_eq!(
            after["phoneNumbers"],
            json!([{"type": "mobile", "value": "+1"}])
        );
        assert_eq!(after["name"], json!({"familyName": "B", "givenName": "A"}));
        let enterprise = &after["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"];
        assert_eq!(
            enterprise,
            &json!({"department": "D", "employeeNumber": "7"})
        );
    }

    #[test]
    fn what_okta_sends_is_carried_out() {
        // developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20
        let after = patched(
            json!({"active": true, "displayName": "x"}),
            json!([{"op": "replace", "value": {"active": false}}]),
        );
        assert_eq!(after, json!({"active": false, "displayName": "x"}));
        let after = patched(
            json!({"members": [{"value": "1"}, {"value": "2"}]}),
            json!([
                {"op": "remove", "path": "members[value eq \"1\"]"},
                {"op": "add", "path": "members", "value": [{"value": "3", "display": "c"}, {"value": "2"}]},
            ]),
        );
        assert_eq!(
            after["members"],
            json!([{"value": "2"}, {"value": "3", "display": "c"}])
        );
    }

    #[test]
    fn what_is_removed_is_gone() {
        let after = patched(
            json!({"title": "x", "emails": [{"type": "work", "value": "a"}, {"type": "home", "value": "b"}]}),
            json!([
                {"op": "remove", "path": "title"},
                {"op": "Remove", "path": "emails", "value": [{"value": "a"}]},
                {"op": "remove", "path": "phoneNumbers[type eq \"fax\"]"},
            ]),
        );
        assert_eq!(after["title"], Value::Null);
        assert_eq!(after["emails"], json!([{"type": "home", "value": "b"}]));
    }

    #[test]
    fn what_is_no_operation_is_refused() {
        for (operations, kind) in [
            (json!([]), "invalidSyntax"),
            (json!([{"op": "move", "path": "x"}]), "invalidSyntax"),
            (json!([{"op": "remove"}]), "noTarget"),
            (json!([{"op": "add", "value": 5}]), "invalidValue"),
            (
                json!([{"op": "add", "path": "emails[", "value": 5}]),
                "invalidPath",
            ),
            (
                json!([{"op": "add", "path": "", "value": 5}]),
                "invalidPath",
            ),
        ] {
            let error = read(&json!({"Operations": operations})).unwrap_err();
            assert_eq!(error.detail.as_ref().unwrap().0, kind, "{operations}");
        }
        let mut resource = json!({"userName": "a"});
        let operations =
            read(&json!({"Operations": [{"op": "add", "path": "userName.x", "value": 1}]}));
        assert!(apply(&mut resource, &operations.unwrap()).is_err());
    }
}
