//! What users, groups and applications have in common on the wire: members that are written, members
//! that are only read, and how long a text may be.

use serde_json::{Map, Value};

use crate::document::Path;
use crate::wire::{Result, WireError, Wrong, list, text};

/// No text of the directory is longer, in characters.
pub const LONGEST_TEXT: usize = 1024;
/// No list of the directory is longer.
pub const LONGEST_LIST: usize = 250;

/// A member that cannot be written, and what somebody wrote there. Clients write back what they have
/// read, so it is fine as long as it says what is so already.
#[derive(Clone, Debug, PartialEq)]
pub struct Echo {
    /// The member.
    pub name: String,
    /// What was written.
    pub value: Value,
}

impl Echo {
    /// Whether that is what is so already. Nothing says the same as null and as nothing at all.
    pub fn agrees(&self, rendered: &Value) -> bool {
        let stored = rendered.get(&self.name).unwrap_or(&Value::Null);
        let same_text = || {
            let (stored, written) = (stored.as_str()?, self.value.as_str()?);
            Some(stored.eq_ignore_ascii_case(written))
        };
        let nothing =
            |value: &Value| value.is_null() || value.as_array().is_some_and(|list| list.is_empty());
        *stored == self.value
            || (nothing(stored) && nothing(&self.value))
            || same_text().unwrap_or(false)
    }
}

/// A text that is not too long.
pub(crate) fn bounded(value: &Value) -> Result<String> {
    let text = text(value)?;
    match text.chars().count() > LONGEST_TEXT || text.contains('\0') {
        true => Err(WireError::form(
            "a string of at most 1024 characters",
            value,
        )),
        false => Ok(text),
    }
}

/// A text that is not too long, or null. An empty one is none.
pub(crate) fn bounded_or_null(value: &Value) -> Result<Option<String>> {
    match value {
        Value::Null => Ok(None),
        value => Ok(Some(bounded(value)?).filter(|text| !text.is_empty())),
    }
}

/// A list of texts, neither too long nor too many of them; null is an empty one.
pub(crate) fn bounded_list(value: &Value) -> Result<Vec<String>> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let entries = list(value)?;
    if entries.len() > LONGEST_LIST {
        return Err(WireError::form("a list of at most 250 strings", value));
    }
    let texts = entries.iter().enumerate();
    texts
        .map(|(index, entry)| bounded(entry).map_err(|error| error.at(index)))
        .collect()
}

/// Nobody knows the member that is being read.
pub(crate) fn unknown() -> WireError {
    WireError {
        path: Path::root(),
        message: "this member is not known here".to_owned(),
        wrong: Wrong::Unknown,
    }
}

/// Adds the member, null if there is nothing to say: Graph does not leave members out.
pub(crate) fn say<T: Into<Value>>(members: &mut Map<String, Value>, name: &str, value: T) {
    members.insert(name.to_owned(), value.into());
}

/// What differs between two renderings of an object, member by member, in alphabetical order.
pub fn difference(before: &Value, after: &Value) -> Vec<(String, Value, Value)> {
    let none = Map::new();
    let before = before.as_object().unwrap_or(&none);
    let after = after.as_object().unwrap_or(&none);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let pairs = names.into_iter().filter_map(|name| {
        let old = before.get(name).unwrap_or(&Value::Null);
        let new = after.get(name).unwrap_or(&Value::Null);
        let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
        let nothing = |value: &Value| value.is_null() || empty(value);
        (old != new && !(nothing(old) && nothing(new)))
            .then(|| (name.clone(), old.clone(), new.clone()))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_echo_agrees_with_what_was_read() {
        let stored = json!({"id": "0C00", "identities": [], "creationType": null});
        let agrees = |name: &str, value: Value| {
            let name = name.to_owned();
            Echo { name, value }.agrees(&stored)
        };
        assert!(agrees("id", json!("0c00")));
        assert!(agrees("identities", json!(null)));
        assert!(agrees("creationType", json!(null)));
        assert!(agrees("invitedBy", json!(null)));
        assert!(!agrees("id", json!("0c01")));
        assert!(!agrees("creationType", json!("Invitation")));
    }

    #[test]
    fn a_difference_names_what_changed() {
        let before = json!({"b": 1, "a": "x", "c": [], "d": true});
        let after = json!({"b": 2, "a": "x", "c": null, "e": "new"});
        assert_eq!(
            difference(&before, &after),
            [
                ("b".to_owned(), json!(1), json!(2)),
                ("d".to_owned(), json!(true), json!(null)),
                ("e".to_owned(), json!(null), json!("new")),
            ]
        );
    }

    #[test]
    fn texts_and_lists_have_bounds() {
        assert!(bounded(&json!("x".repeat(1024))).is_ok());
        assert!(bounded(&json!("x".repeat(1025))).is_err());
        assert!(bounded(&json!("x\u{0}")).is_err());
        assert_eq!(bounded_or_null(&json!("")).unwrap(), None);
        assert!(bounded_list(&json!(vec!["x"; 251])).is_err());
        let error = bounded_list(&json!(["x", 5])).unwrap_err();
        assert_eq!(error.path.to_string(), "[1]");
    }
}
