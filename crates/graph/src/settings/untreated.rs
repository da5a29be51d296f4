//! Members that are stored and given back although nothing here depends on them (S14.6).

use policy::settings::Untreated;
use serde_json::{Map, Value};

use super::{Form, Mode};
use crate::wire::{Result, WireError, Within, is_annotation, object};

/// The members of one kind of object.
pub(super) struct Members {
    /// Those a reader gives a meaning.
    pub(super) treated: &'static [&'static str],
    /// Those Graph knows and this product only stores.
    pub(super) stored: &'static [&'static str],
}

impl Members {
    /// Keeps a member that the reader gave no meaning, or refuses it.
    pub(super) fn keep(
        &self,
        untreated: &mut Untreated,
        mode: Mode,
        name: &str,
        value: &Value,
    ) -> Result<()> {
        let wanted = match mode {
            Mode::Strict if name == UNTREATED => {
                let kept = object(value).under(name)?;
                for (name, value) in kept {
                    let text = json_text(value).under(name).under(UNTREATED)?;
                    untreated.set(name, text);
                }
                return Ok(());
            }
            Mode::Strict if is_annotation(name) => return Ok(()),
            Mode::Strict => self.stored.contains(&name),
            Mode::Import => true,
        };
        if !wanted {
            return Err(WireError::unknown(name, &[self.treated, self.stored]));
        }
        let text = json_text(value).under(name)?;
        untreated.set(name, text);
        Ok(())
    }
}

/// Where a world keeps what came with an import and is not known to Graph as we know it: an
/// annotation of our own, so that everything beside it can be checked for slips of the pen.
const UNTREATED: &str = "@comity.untreated";

/// Remembers which members an imported object lacked. Graph always writes them, documentation and
/// older exports do not, and to compare an export with its source is a way to trust it.
const LEFT_OUT: &str = "@comity.leftOut";

/// Notes which of these members the object lacks.
pub(super) fn note_left_out(untreated: &mut Untreated, value: &Value, members: &[&str]) {
    let lacks = |name: &&&str| value.get(**name).is_none();
    let missing: Vec<&str> = members.iter().filter(lacks).copied().collect();
    if !missing.is_empty() {
        untreated.set(LEFT_OUT, Value::from(missing).to_string());
    }
}

/// Whether anything of it is customized: what only repeats what holds without it, and annotations,
/// do not count.
pub fn customizes(untreated: &Untreated) -> bool {
    untreated.iter().any(|(name, json)| {
        let value: Option<Value> = serde_json::from_str(json).ok();
        !name.contains('@') && !value.is_some_and(|value| inherits(&value))
    })
}

/// Null, or an object of nothing else.
fn inherits(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().all(inherits),
        _ => false,
    }
}

/// Null, false, or an object that says only that.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Object(members) => members.values().all(Value::is_null),
        _ => false,
    }
}

/// Refuses a member of an object that has no room for what is not treated. Annotations mean
/// nothing inside it, and neither does a new member that is null.
pub(super) fn refuse(
    mode: Mode,
    name: &str,
    value: &Value,
    treated: &'static [&'static str],
) -> Result<()> {
    match mode {
        _ if is_annotation(name) => Ok(()),
        Mode::Import if value.is_null() => Ok(()),
        _ => Err(WireError::unknown(name, &[treated])),
    }
}

/// The value as JSON text. What is nested deeper than could be read back is refused.
pub(crate) fn json_text(value: &Value) -> Result<String> {
    const DEPTH: usize = 100;
    match fits(value, DEPTH) {
        true => Ok(value.to_string()),
        false => Err(WireError::conflict(format!(
            "more than {DEPTH} lists and objects stand inside one another here"
        ))),
    }
}

fn fits(value: &Value, depth: usize) -> bool {
    match (value, depth.checked_sub(1)) {
        (Value::Array(entries), Some(depth)) => entries.iter().all(|entry| fits(entry, depth)),
        (Value::Object(members), Some(depth)) => members.values().all(|member| fits(member, depth)),
        (Value::Array(_) | Value::Object(_), None) => false,
        _ => true,
    }
}

/// An object being written, member by member in the order of the wire.
pub(crate) struct Rendering {
    members: Map<String, Value>,
    form: Form,
}

impl Rendering {
    /// An object without members; the annotations of the object itself come first.
    pub(crate) fn new(form: Form, untreated: &Untreated) -> Self {
        let mut rendering = Rendering {
            members: Map::new(),
            form,
        };
        if form == Form::Export {
            let annotations = untreated.iter().filter(|(name, _)| name.starts_with('@'));
            for (name, json) in annotations {
                rendering.put(name, stored_value(json));
            }
        }
        rendering
    }

    /// A member that is always there.
    pub(crate) fn put(&mut self, name: &str, value: Value) {
        self.members.insert(name.to_owned(), value);
    }

    /// A member that is null, or missing in a world, when nothing is stated.
    pub(crate) fn state(&mut self, name: &str, value: Option<Value>) {
        match (value, self.form) {
            (Some(value), _) => self.put(name, value),
            (None, Form::Answer | Form::Export) => self.put(name, Value::Null),
            (None, Form::World) => {}
        }
    }

    /// A member that is only stored, in its place. An answer has it even when nothing is stored.
    pub(crate) fn stored(&mut self, untreated: &Untreated, name: &str, otherwise: Option<Value>) {
        match (untreated.get(name), otherwise) {
            (Some(json), _) => self.put(name, stored_value(json)),
            (None, Some(value)) if self.form == Form::Answer => self.put(name, value),
            (None, _) => {}
        }
    }

    /// Takes out again what an import lacked and what says nothing, so that an export says no more
    /// than was said.
    pub(super) fn leave_out(&mut self, untreated: &Untreated) {
        if self.form != Form::Export {
            return;
        }
        self.members.shift_remove(LEFT_OUT);
        let names = untreated.get(LEFT_OUT).map(stored_value);
        for name in names.iter().filter_map(Value::as_array).flatten() {
            let name = name.as_str().unwrap_or_default();
            if self.members.get(name).is_some_and(says_nothing) {
                self.members.shift_remove(name);
            }
        }
    }

    /// Everything else that is stored.
    pub(super) fn rest(&mut self, untreated: &Untreated, known: &Members) {
        let mut strange = Map::new();
        for (name, json) in untreated.iter() {
            if self.members.contains_key(name) {
                continue;
            }
            match self.form {
                // Capabilities are resources of their own; they are answered where they are asked for.
                Form::Answer if is_annotation(name) || name == crate::capability::MEMBER => {}
                Form::World if !known.stored.contains(&name) => {
                    strange.insert(name.to_owned(), stored_value(json));
                }
                Form::Answer | Form::Export | Form::World => self.put(name, stored_value(json)),
            }
        }
        if !strange.is_empty() {
            self.put(UNTREATED, Value::Object(strange));
        }
    }

    /// The object.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.members)
    }
}

/// Stored members are JSON texts; one that is not reads as the text it is.
fn stored_value(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesting_that_could_not_be_read_back_is_refused() {
        let mut value = Value::Null;
        for _ in 0..101 {
            value = Value::Array(vec![value]);
        }
        assert!(json_text(&value).is_err());
        let Value::Array(mut inner) = value else {
            panic!("a list")
        };
        assert!(json_text(&inner.remove(0)).is_ok());
    }
}
