//! A document somebody wrote: YAML or JSON, read so that everything wrong with it can be pointed
//! at.
//!
//! Policies, worlds and cases come from people and from other programs. Whatever is wrong in them
//! is told as file, line, column and path (`vectors[3].in.user`), and a reader further up that
//! finds a value of the wrong kind asks [`Document::locate`] where it stands. Names ending in
//! `.json` are read as strict JSON, all others as YAML 1.2, which contains JSON for the most part.
//!
//! A document is bounded before it is believed: its size, its depth, the number of its values and
//! what aliases copy. Members are unique; control characters do not occur; characters that turn
//! the direction of writing do not occur in names. It knows nothing of Graph or of cases.

mod build;
mod json;
mod text;
mod yaml;

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

pub use text::Printable;

/// Larger files are refused unread.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;
/// How many arrays and objects may stand inside one another.
pub const MAX_DEPTH: usize = 128;
/// How many values one document may hold, copies included.
pub const MAX_VALUES: usize = 4_000_000;
/// How many values aliases may copy.
pub const MAX_COPIED: usize = 1_000_000;

/// A line and a column, both counted from one, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// The line, from one.
    pub line: u32,
    /// The character in the line, from one.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// One step from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// The member of an object.
    Member(String),
    /// The item of an array, from zero.
    Index(usize),
}

/// The way from the whole document to one value in it, printed as `vectors[3].in.user`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path(Vec<Segment>);

impl Path {
    /// The whole document.
    pub fn root() -> Self {
        Path::default()
    }
    /// The path to a member of the object this path leads to.
    pub fn member(&self, name: impl Into<String>) -> Self {
        let mut longer = self.clone();
        longer.push(Segment::Member(name.into()));
        longer
    }
    /// The path to an item of the array this path leads to.
    pub fn index(&self, at: usize) -> Self {
        let mut longer = self.clone();
        longer.push(Segment::Index(at));
        longer
    }
    /// This path, and from there on the other one.
    pub fn join(&self, rest: &Path) -> Self {
        let mut longer = self.clone();
        longer.0.extend(rest.0.iter().cloned());
        longer
    }
    /// Goes one step further.
    pub fn push(&mut self, segment: Segment) {
        self.0.push(segment);
    }
    /// Goes one step back.
    pub fn pop(&mut self) -> Option<Segment> {
        self.0.pop()
    }
    /// The steps.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }
    /// The rest of this path after the other one, if it begins with the other one.
    pub fn after(&self, start: &Path) -> Option<Path> {
        let rest = self.0.strip_prefix(start.0.as_slice())?;
        Some(Path(rest.to_vec()))
    }
}

impl From<Vec<Segment>> for Path {
    fn from(segments: Vec<Segment>) -> Self {
        Path(segments)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("the whole document");
        }
        for (place, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(at) => write!(f, "[{at}]")?,
                Segment::Member(name) if is_plain(name) => {
                    let dot = if place > 0 { "." } else { "" };
                    write!(f, "{dot}{name}")?;
                }
                Segment::Member(name) => write!(f, "[\"{}\"]", Printable(name))?,
            }
        }
        Ok(())
    }
}

/// Whether the member can be told from its surroundings without quotes.
fn is_plain(name: &str) -> bool {
    let legal = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '$' | '#');
    !name.is_empty() && name.chars().all(legal)
}

/// Where a value begins, and where the values inside it do. An alias shares the inside of what it
/// stands for, so an error in there points at the text that was written.
#[derive(Clone, Debug)]
struct Mark {
    at: Location,
    inside: Option<Arc<Vec<Entry>>>,
}

/// One item, or one member with the place of its name; in the order of the value.
#[derive(Clone, Debug)]
struct Entry {
    key: Location,
    mark: Mark,
}

/// Why a document could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Longer than [`MAX_BYTES`].
    #[error(
        "the file has {0} bytes, more than the {MAX_BYTES} that are read; split it into several files"
    )]
    TooLarge(usize),
    /// Bytes that are not UTF-8.
    #[error("this is not UTF-8 text; save the file as UTF-8")]
    NotUtf8,
    /// UTF-16, as some editors write it.
    #[error("this is UTF-16 text; save the file as UTF-8")]
    Utf16,
    /// A character nobody can see.
    #[error("the control character U+{:04X} is not allowed here; remove it", u32::from(*.0))]
    Control(char),
    /// A name that reads differently from what it is.
    #[error(
        "the name `{}` holds the character U+{:04X}, which turns the direction of writing; remove it",
        Printable(.name), u32::from(*.character)
    )]
    Direction {
        /// The name of the member.
        name: String,
        /// The character.
        character: char,
    },
    /// Not YAML, or not JSON.
    #[error("this is not {format}: {message}")]
    Syntax {
        /// `YAML` or `JSON`.
        format: &'static str,
        /// What is wrong, and what was expected.
        message: String,
    },
    /// Nothing in it.
    #[error("the file is empty; expected one document")]
    Empty,
    /// More than one YAML document in one file.
    #[error("a second document begins here; expected one document per file")]
    Several,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("more than {MAX_DEPTH} arrays and objects stand inside one another here")]
    TooDeep,
    /// More than [`MAX_VALUES`].
    #[error("the document holds more than {MAX_VALUES} values; split it into several files")]
    TooMany,
    /// Aliases copy more than [`MAX_COPIED`].
    #[error(
        "the aliases of the document stand for more than {MAX_COPIED} values; write fewer aliases of smaller anchors"
    )]
    TooManyCopies,
    /// An alias inside what it stands for.
    #[error("this alias stands inside its own anchor")]
    Endless,
    /// The same member twice.
    #[error("the member `{}` stands here twice; keep one", Printable(.0))]
    Duplicate(String),
    /// `<<`.
    #[error("merge keys (`<<`) are not read; repeat the members instead")]
    Merge,
    /// A member whose name is not text.
    #[error("the name of a member must be text on one line")]
    Name,
    /// A tag that YAML's core schema does not know, or that does not fit the value.
    #[error("the tag `{}` does not fit here; leave it out", Printable(.0))]
    Tag(String),
    /// A number JSON cannot hold.
    #[error("`{}` is not a number that can be kept; quote it if it is text", Printable(.0))]
    Number(String),
}

/// A document that could not be read: where, and why. It prints as `file:line:column: why`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    /// The name of the file.
    pub name: String,
    /// Where in the file.
    pub location: Option<Location>,
    /// Inside which value.
    pub path: Path,
    /// Why.
    pub problem: Problem,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Printable(&self.name))?;
        if let Some(location) = self.location {
            write!(f, ":{location}")?;
        }
        if !self.path.segments().is_empty() {
            write!(f, ": {}", self.path)?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for DocumentError {}

/// One document, with the place of everything in it.
#[derive(Clone, Debug)]
pub struct Document {
    name: String,
    value: Value,
    mark: Mark,
}

impl Document {
    /// Reads the document. The name decides the format (`.json` is JSON, anything else YAML) and
    /// stands in the errors.
    pub fn parse(name: impl Into<String>, bytes: &[u8]) -> Result<Document, DocumentError> {
        let name = name.into();
        let strict = name
            .get(name.len().saturating_sub(5)..)
            .is_some_and(|ending| ending.eq_ignore_ascii_case(".json"));
        let read = if strict { json::read } else { yaml::read };
        let built = text::decode(bytes).and_then(read);
        match built {
            Ok((value, mark)) => Ok(Document { name, value, mark }),
            Err(fault) => Err(DocumentError {
                name,
                location: fault.location,
                path: fault.path,
                problem: fault.problem,
            }),
        }
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the document says.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The value at that path.
    pub fn get(&self, path: &Path) -> Option<&Value> {
        path.segments()
            .iter()
            .try_fold(&self.value, |value, segment| step(value, segment))
    }

    /// Where the value at that path begins; where there is none, the nearest value around it.
    pub fn locate(&self, path: &Path) -> Location {
        self.nearest(path).1
    }

    /// Where the name of the member at that path begins; for an item, where the item begins.
    pub fn locate_name(&self, path: &Path) -> Location {
        self.nearest(path).0
    }

    fn nearest(&self, path: &Path) -> (Location, Location) {
        let (mut value, mut mark) = (&self.value, &self.mark);
        let mut key = mark.at;
        for segment in path.segments() {
            let Some(at) = position(value, segment) else {
                break;
            };
            let entry = mark.inside.as_ref().and_then(|inside| inside.get(at));
            let (Some(entry), Some(next)) = (entry, step(value, segment)) else {
                break;
            };
            (value, mark, key) = (next, &entry.mark, entry.key);
        }
        (key, mark.at)
    }

    /// The same document with every text and every member's name rewritten. The rewriter gets the
    /// path of the value, as it was before; what it answers with an error is told with its path.
    /// Two members that become one are an error too.
    pub fn rewrite<E>(
        &self,
        rewriter: &mut dyn FnMut(&Path, &str) -> Result<String, E>,
    ) -> Result<Document, Rewriting<E>> {
        let value = rewrite(&self.value, &mut Path::root(), rewriter)?;
        Ok(Document {
            name: self.name.clone(),
            value,
            mark: self.mark.clone(),
        })
    }
}

/// Why a document could not be rewritten, and at which path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rewriting<E> {
    /// The rewriter refused a text.
    Refused(Path, E),
    /// Two members of the object at the path got this name.
    Collision(Path, String),
}

fn step<'a>(value: &'a Value, segment: &Segment) -> Option<&'a Value> {
    match (value, segment) {
        (Value::Array(items), Segment::Index(at)) => items.get(*at),
        (Value::Object(members), Segment::Member(name)) => members.get(name),
        _ => None,
    }
}

fn position(value: &Value, segment: &Segment) -> Option<usize> {
    match (value, segment) {
        (Value::Array(_), Segment::Index(at)) => Some(*at),
        (Value::Object(members), Segment::Member(name)) => {
            members.keys().position(|member| member == name)
        }
        _ => None,
    }
}

fn rewrite<E>(
    value: &Value,
    path: &mut Path,
    rewriter: &mut dyn FnMut(&Path, &str) -> Result<String, E>,
) -> Result<Value, Rewriting<E>> {
    Ok(match value {
        Value::String(text) => Value::String(refuse(path, rewriter(path, text))?),
        Value::Array(items) => {
            let mut rewritten = Vec::with_capacity(items.len());
            for (at, item) in items.iter().enumerate() {
                path.push(Segment::Index(at));
                rewritten.push(rewrite(item, path, rewriter)?);
                path.pop();
            }
            Value::Array(rewritten)
        }
        Value::Object(members) => {
            let mut rewritten = serde_json::Map::with_capacity(members.len());
            for (name, member) in members {
                path.push(Segment::Member(name.clone()));
                let renamed = refuse(path, rewriter(path, name))?;
                let member = rewrite(member, path, rewriter)?;
                if rewritten.insert(renamed.clone(), member).is_some() {
                    return Err(Rewriting::Collision(path.clone(), renamed));
                }
                path.pop();
            }
            Value::Object(rewritten)
        }
        other => other.clone(),
    })
}

fn refuse<T, E>(path: &Path, answer: Result<T, E>) -> Result<T, Rewriting<E>> {
    answer.map_err(|error| Rewriting::Refused(path.clone(), error))
}
