//! Reading one JSON value, and saying where and why it was not what it should be.
//!
//! Every reader of this crate takes a value and answers with a domain type or a [`WireError`]. The
//! error begins where it is noticed, with an empty path; each reader it passes on its way up puts
//! its own step in front. So nothing is spent on paths while everything is well.

use std::fmt;

use policy::draft::Patch;
use policy::reason::Reason;
use serde_json::{Map, Value};

use crate::document::{Path, Printable};

/// Something in a document is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", At(.path))]
pub struct WireError {
    /// The offending value, from the root of the document.
    pub path: Path,
    /// What is wrong with it, and what would have been legal.
    pub message: String,
    /// The same for programs.
    pub wrong: Wrong,
}

/// In which way a value is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A member nobody knows.
    Unknown,
    /// A value of the wrong form.
    Form {
        /// What would have been legal, for instance `true, false or null`.
        expected: &'static str,
    },
    /// A value of the right form that a rule refuses.
    Rule(Reason),
    /// Values that are legal one by one and do not fit together.
    Conflict,
}

/// The path in front of a message, when there is one.
struct At<'a>(&'a Path);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.segments() {
            [] => Ok(()),
            _ => write!(f, "{}: ", self.0),
        }
    }
}

/// What every reader of this crate answers.
pub type Result<T> = std::result::Result<T, WireError>;

impl WireError {
    /// The value is not of this form.
    pub(crate) fn form(expected: &'static str, found: &Value) -> Self {
        WireError {
            path: Path::root(),
            message: format!("expected {expected}, found {}", Found(found)),
            wrong: Wrong::Form { expected },
        }
    }

    /// The member is missing.
    pub(crate) fn missing(name: &str) -> Self {
        WireError {
            path: Path::root(),
            message: format!("the member `{name}` is missing"),
            wrong: Wrong::Conflict,
        }
    }

    /// Nobody knows this member.
    pub(crate) fn unknown(name: &str, legal: &[&[&str]]) -> Self {
        let legal = legal.concat().join(", ");
        let message = match legal.is_empty() {
            true => "this member is not known here".to_owned(),
            false => format!("this member is not known here (legal here: {legal})"),
        };
        WireError {
            path: Path::root().member(name),
            message,
            wrong: Wrong::Unknown,
        }
    }

    /// A rule refuses the value.
    pub(crate) fn rule(reason: Reason) -> Self {
        WireError {
            path: Path::root(),
            message: format!("{reason}: {}", reason.sentence()),
            wrong: Wrong::Rule(reason),
        }
    }

    /// This does not fit together.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        WireError {
            path: Path::root(),
            message: message.into(),
            wrong: Wrong::Conflict,
        }
    }

    /// The same error seen from the object whose member the value is.
    pub fn under(mut self, member: &str) -> Self {
        self.path = Path::root().member(member).join(&self.path);
        self
    }

    /// The same error seen from the list whose entry the value is.
    pub fn at(mut self, index: usize) -> Self {
        self.path = Path::root().index(index).join(&self.path);
        self
    }
}

/// Puts the step in front of the path of an error.
pub(crate) trait Within<T> {
    /// The value is the member of that name.
    fn under(self, member: &str) -> Result<T>;
    /// The value is the entry at that place.
    fn at(self, index: usize) -> Result<T>;
}

impl<T> Within<T> for Result<T> {
    fn under(self, member: &str) -> Result<T> {
        self.map_err(|error| error.under(member))
    }
    fn at(self, index: usize) -> Result<T> {
        self.map_err(|error| error.at(index))
    }
}

/// A value as a message shows it: short, on one line, without characters that nobody can see.
struct Found<'a>(&'a Value);

impl fmt::Display for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 64;
        match self.0 {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Number(value) => write!(f, "{value}"),
            Value::String(text) => {
                let start: String = text.chars().take(SHOWN).collect();
                let more = if start.len() < text.len() { "…" } else { "" };
                write!(f, "\"{}{more}\"", Printable(&start))
            }
            Value::Array(_) => f.write_str("a list"),
            Value::Object(_) => f.write_str("an object"),
        }
    }
}

/// An OData annotation: `@odata.context`, `partners@odata.count`, `@microsoft.graph.tips`.
pub(crate) fn is_annotation(name: &str) -> bool {
    name.contains('@')
}

/// The members of an object.
pub(crate) fn object(value: &Value) -> Result<&Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| WireError::form("an object", value))
}

/// The entries of a list.
pub(crate) fn list(value: &Value) -> Result<&[Value]> {
    match value.as_array() {
        Some(entries) => Ok(entries),
        None => Err(WireError::form("a list", value)),
    }
}

/// The entries of a list, each read; null is an empty list.
pub(crate) fn each<T>(value: &Value, read: impl Fn(&Value) -> Result<T>) -> Result<Vec<T>> {
    if value.is_null() {
        return Ok(Vec::new());
    }
    let entries = list(value)?.iter().enumerate();
    entries
        .map(|(index, entry)| read(entry).at(index))
        .collect()
}

/// A text.
pub(crate) fn text(value: &Value) -> Result<String> {
    let text = value
        .as_str()
        .ok_or_else(|| WireError::form("a string", value))?;
    Ok(text.to_owned())
}

/// A text or null.
pub(crate) fn optional_text(value: &Value) -> Result<Option<String>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        _ => Err(WireError::form("a string or null", value)),
    }
}

/// `true`, `false` or null.
pub(crate) fn flag(value: &Value) -> Result<Option<bool>> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(*flag)),
        _ => Err(WireError::form("true, false or null", value)),
    }
}

/// A written flag.
pub(crate) fn flag_patch(value: &Value) -> Result<Patch<bool>> {
    Ok(flag(value)?.map_or(Patch::Null, Patch::Value))
}

/// A written text.
pub(crate) fn text_patch(value: &Value) -> Result<Patch<String>> {
    Ok(optional_text(value)?.map_or(Patch::Null, Patch::Value))
}

/// A GUID, in either case.
pub(crate) fn guid<T: std::str::FromStr>(value: &Value) -> Result<T> {
    let parsed = value.as_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| WireError::form("a GUID", value))
}

/// One of a fixed set of words.
pub(crate) fn word<T: Copy>(
    value: &Value,
    expected: &'static str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T> {
    let found = value
        .as_str()
        .and_then(|text| all.iter().copied().find(|word| name(*word) == text));
    found.ok_or_else(|| WireError::form(expected, value))
}

/// `null`, or a value that is read.
pub(crate) fn optional<T>(
    value: &Value,
    read: impl FnOnce(&Value) -> Result<T>,
) -> Result<Option<T>> {
    match value {
        Value::Null => Ok(None),
        _ => read(value).map(Some),
    }
}

/// A written member: `null`, or a value that is read.
pub(crate) fn written<T>(
    value: &Value,
    read: impl FnOnce(&Value) -> Result<T>,
) -> Result<Patch<T>> {
    Ok(match optional(value, read)? {
        Some(value) => Patch::Value(value),
        None => Patch::Null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_error_says_what_was_expected_and_what_was_found() {
        let error = flag(&json!("yes")).unwrap_err().under("isMfaAccepted");
        assert_eq!(
            error.to_string(),
            "isMfaAccepted: expected true, false or null, found \"yes\""
        );
    }

    #[test]
    fn the_path_grows_from_the_inside_out() {
        let error = text(&json!(5)).unwrap_err();
        let error = error.under("accessType").at(3).under("partners");
        assert_eq!(error.path.to_string(), "partners[3].accessType");
    }

    #[test]
    fn long_and_hostile_texts_are_shown_short_and_harmless() {
        let error = flag(&json!("x\u{202e}y\u{0}".repeat(100))).unwrap_err();
        assert!(error.message.chars().count() < 600, "{error}");
        assert!(!error.message.contains(['\u{202e}', '\u{0}']), "{error}");
    }
}
