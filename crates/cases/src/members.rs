//! Reading an object member by member: every member is asked for by name, and what nobody asked
//! for is refused at the end.
//!
//! A case that says `homeTenat` must not pass because the word was skipped. So a reader takes each
//! member it knows, with the kind of value it expects, and [`Members::finish`] refuses the rest,
//! naming what would have been known. `null` is the same as leaving the member out.

use std::fmt::Display;
use std::str::FromStr;

use graph::document::{Path, Printable};
use serde_json::{Map, Value};

/// What is wrong with a value, and where in the document it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The value.
    pub path: Path,
    /// Whether the name of the member is what is wrong, not its value.
    pub in_name: bool,
    /// What is wrong and what was expected.
    pub message: String,
}

impl Mistake {
    /// Something is wrong with the value at the path.
    pub fn at(path: &Path, message: impl Into<String>) -> Self {
        Mistake {
            path: path.clone(),
            in_name: false,
            message: message.into(),
        }
    }
    /// Something is wrong with the name of the member at the path.
    pub fn in_name(path: &Path, message: impl Into<String>) -> Self {
        Mistake {
            in_name: true,
            ..Mistake::at(path, message)
        }
    }
}

/// An object that is being read.
#[derive(Debug)]
pub struct Members<'a> {
    object: &'a Map<String, Value>,
    path: Path,
    known: Vec<&'static str>,
}

impl<'a> Members<'a> {
    /// The value as an object.
    pub fn of(value: &'a Value, path: &Path) -> Result<Self, Mistake> {
        let Value::Object(object) = value else {
            return Err(expected(path, "an object", value));
        };
        Ok(Members {
            object,
            path: path.clone(),
            known: Vec::new(),
        })
    }

    /// The path of the object.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of one of its members.
    pub fn path_of(&self, name: &str) -> Path {
        self.path.member(name)
    }

    /// The member as it was written, `null` included.
    pub fn written(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.push(name);
        self.object.get(name)
    }

    /// The member, unless it is left out or null.
    pub fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.written(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub fn text(&mut self, name: &'static str) -> Result<Option<&'a str>, Mistake> {
        let path = self.path_of(name);
        self.value(name).map(|value| text(value, &path)).transpose()
    }

    /// A text of a certain form: an id, a domain, …
    pub fn parsed<T>(&mut self, name: &'static str) -> Result<Option<T>, Mistake>
    where
        T: FromStr,
        T::Err: Display,
    {
        let path = self.path_of(name);
        let value = self.value(name);
        value.map(|value| parsed(value, &path)).transpose()
    }

    /// True or false; false when it is left out.
    pub fn flag(&mut self, name: &'static str) -> Result<bool, Mistake> {
        match self.value(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(expected(&self.path_of(name), "true or false", other)),
        }
    }

    /// A count.
    pub fn count(&mut self, name: &'static str) -> Result<Option<u64>, Mistake> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        match value.as_u64() {
            Some(count) => Ok(Some(count)),
            None => Err(expected(&self.path_of(name), "a whole number", value)),
        }
    }

    /// One of several words.
    pub fn word<T: Copy>(
        &mut self,
        name: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, Mistake> {
        let Some(written) = self.text(name)? else {
            return Ok(None);
        };
        match words.iter().find(|(word, _)| *word == written) {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let path = self.path_of(name);
                Err(unknown_word(
                    &path,
                    written,
                    words.iter().map(|(word, _)| *word),
                ))
            }
        }
    }

    /// A list, item by item; empty when it is left out.
    pub fn list<T>(
        &mut self,
        name: &'static str,
        mut item: impl FnMut(&'a Value, &Path) -> Result<T, Mistake>,
    ) -> Result<Option<Vec<T>>, Mistake> {
        let path = self.path_of(name);
        match self.value(name) {
            None => Ok(None),
            Some(Value::Array(items)) => {
                let items = items.iter().enumerate();
                let items = items.map(|(at, value)| item(value, &path.index(at)));
                items.collect::<Result<Vec<T>, Mistake>>().map(Some)
            }
            Some(other) => Err(expected(&path, "a list", other)),
        }
    }

    /// An object in the object.
    pub fn members(&mut self, name: &'static str) -> Result<Option<Members<'a>>, Mistake> {
        let path = self.path_of(name);
        let value = self.value(name);
        value.map(|value| Members::of(value, &path)).transpose()
    }

    /// What the member is, or that it is missing.
    pub fn required<T>(&self, name: &'static str, read: Option<T>) -> Result<T, Mistake> {
        read.ok_or_else(|| Mistake::at(&self.path, format!("`{name}` is missing")))
    }

    /// Refuses what nobody asked for.
    pub fn finish(self) -> Result<(), Mistake> {
        self.refuse_unknown()
    }

    /// Refuses what nobody has asked for so far.
    pub fn refuse_unknown(&self) -> Result<(), Mistake> {
        for name in self.object.keys() {
            if !self.known.contains(&name.as_str()) {
                let message = format!(
                    "unknown member `{}`; expected {}",
                    Printable(name),
                    one_of(self.known.iter().copied())
                );
                return Err(Mistake::in_name(&self.path.member(name.clone()), message));
            }
        }
        Ok(())
    }
}

/// The value as a text.
pub fn text<'a>(value: &'a Value, path: &Path) -> Result<&'a str, Mistake> {
    value.as_str().ok_or_else(|| expected(path, "text", value))
}

/// The value as a text of a certain form.
pub fn parsed<T>(value: &Value, path: &Path) -> Result<T, Mistake>
where
    T: FromStr,
    T::Err: Display,
{
    let written = text(value, path)?;
    written.parse().map_err(|error| {
        let message = Printable(&format!("{error}")).to_string();
        Mistake::at(path, message)
    })
}

/// A value of the wrong kind.
pub fn expected(path: &Path, what: &str, found: &Value) -> Mistake {
    Mistake::at(path, format!("expected {what}, found {}", kind(found)))
}

/// A word that is none of those known.
pub fn unknown_word<'a>(path: &Path, found: &str, words: impl Iterator<Item = &'a str>) -> Mistake {
    let found: String = found.chars().take(64).collect();
    let message = format!("expected {}, found `{}`", one_of(words), Printable(&found));
    Mistake::at(path, message)
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    match words.pop() {
        None => "nothing".to_owned(),
        Some(only) if words.is_empty() => only,
        Some(last) => format!("{} or {last}", words.join(", ")),
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => format!("{flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => {
            let shown: String = text.chars().take(64).collect();
            format!("the text `{}`", Printable(&shown))
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
