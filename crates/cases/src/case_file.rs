//! A file of cases: free places for anchors, one fixture, and the vectors (S22).
//!
//! Reading it finds every mistake that can be found without running anything. What is wrong with
//! the file itself (malformed text, unknown members, a name nobody gave, two cases of one id)
//! refuses the whole file; what is wrong with one question breaks that case alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use graph::document::{Document, DocumentError, Location, Path, Printable, Rewriting, Segment};
use policy::tenant::TenantId;
use policy::world::World;
use serde_json::Value;

use crate::fixture::{Fixture, names};
use crate::members::{Members, Mistake};
use crate::names::Names;
use crate::settings::{self, Settings};
use crate::vector::Vector;

/// Something that could not be read: where, and why. It prints as `file:line:column: path: why`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The name of the file.
    pub file: String,
    /// Where in the file.
    pub location: Option<Location>,
    /// Which value.
    pub path: Path,
    /// Why, and what was expected.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Printable(&self.file))?;
        if let Some(location) = self.location {
            write!(f, ":{location}")?;
        }
        if !self.path.segments().is_empty() {
            write!(f, ": {}", self.path)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Fault {}

impl From<DocumentError> for Fault {
    fn from(error: DocumentError) -> Self {
        Fault {
            message: error.problem.to_string(),
            file: error.name,
            location: error.location,
            path: error.path,
        }
    }
}

impl Fault {
    /// The file as a whole.
    pub fn whole(file: impl Into<String>, message: impl Into<String>) -> Self {
        Fault {
            file: file.into(),
            location: None,
            path: Path::root(),
            message: message.into(),
        }
    }

    fn of(document: &Document, mistake: Mistake) -> Self {
        let location = match mistake.in_name {
            true => document.locate_name(&mistake.path),
            false => document.locate(&mistake.path),
        };
        Fault {
            file: document.name().to_owned(),
            location: Some(location),
            path: mistake.path,
            message: mistake.message,
        }
    }
}

/// A world that comes from elsewhere, for files without a fixture of their own.
#[derive(Clone, Debug)]
pub struct Supplied {
    names: Names,
    fixture: Arc<Fixture>,
}

impl Supplied {
    /// The fixture of that document, with or without vectors.
    pub fn read(document: &Document) -> Result<Self, Vec<Fault>> {
        Supplied::with_settings(document, &Settings::default())
    }

    /// The same, with settings that come from elsewhere in the place of its own.
    pub fn with_settings(document: &Document, settings: &Settings) -> Result<Self, Vec<Fault>> {
        let (document, names) = replaced(document, None)?;
        let fixture = fixture(&document, settings, &names);
        match fixture.map_err(|mistake| vec![Fault::of(&document, mistake)])? {
            Some(fixture) => Ok(Supplied {
                names,
                fixture: Arc::new(fixture),
            }),
            None => Err(vec![Fault::whole(
                document.name(),
                "`fixture` is missing; a world is a file with a `fixture`",
            )]),
        }
    }

    /// The world it describes.
    pub fn world(&self) -> &World {
        &self.fixture.state().world
    }
}

/// A case of a file.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is asked and expected.
    pub vector: Vector,
    /// Where it is written.
    pub location: Location,
    /// What is wrong with its questions.
    pub faults: Vec<Fault>,
}

/// A file of cases that could be read.
#[derive(Clone, Debug)]
pub struct CaseFile {
    document: Document,
    fixture: Arc<Fixture>,
    cases: Vec<Case>,
}

impl CaseFile {
    /// Reads the file. Without a fixture of its own it uses the supplied one.
    pub fn read(document: &Document, supplied: Option<&Supplied>) -> Result<Self, Vec<Fault>> {
        CaseFile::with_settings(document, supplied, &Settings::default())
    }

    /// The same, with settings that come from elsewhere in the place of those of the file.
    pub fn with_settings(
        document: &Document,
        supplied: Option<&Supplied>,
        settings: &Settings,
    ) -> Result<Self, Vec<Fault>> {
        let (document, names) = replaced(document, supplied.map(|supplied| &supplied.names))?;
        let one = |mistake| vec![Fault::of(&document, mistake)];
        let root = Path::root();
        let mut members = Members::of(document.value(), &root).map_err(one)?;
        members.written("halves");
        members.written("blocks");
        members.written("fixture");
        let vectors = members.list("vectors", |value, path| Ok((value, path.clone())));
        let vectors = vectors.map_err(one)?;
        let vectors = members.required("vectors", vectors).map_err(one)?;
        members.finish().map_err(one)?;
        if vectors.is_empty() {
            let mistake = Mistake::at(&root.member("vectors"), "expected at least one vector");
            return Err(one(mistake));
        }
        let own = fixture(&document, settings, &names).map_err(one)?;
        let own = own.map(Arc::new);
        let supplied = supplied.map(|supplied| Arc::clone(&supplied.fixture));
        let Some(fixture) = own.or(supplied) else {
            let message = "`fixture` is missing; write one, or give a world with `--world FILE`";
            return Err(one(Mistake::at(&root, message)));
        };
        let cases = cases(&document, vectors)?;
        Ok(CaseFile {
            document,
            fixture,
            cases,
        })
    }

    /// The name of the file.
    pub fn name(&self) -> &str {
        self.document.name()
    }

    /// The world before any case.
    pub fn fixture(&self) -> &Fixture {
        &self.fixture
    }

    /// The cases, in the order of the file.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Where the value at that path is written.
    pub fn locate(&self, path: &Path) -> Location {
        self.document.locate(path)
    }

    /// The mistake, with its place in this file.
    pub fn fault(&self, mistake: Mistake) -> Fault {
        Fault::of(&self.document, mistake)
    }
}

/// Every vector, or every mistake in them.
fn cases(document: &Document, vectors: Vec<(&Value, Path)>) -> Result<Vec<Case>, Vec<Fault>> {
    let mut cases = Vec::with_capacity(vectors.len());
    let mut faults = Vec::new();
    let mut seen: BTreeMap<String, Location> = BTreeMap::new();
    for (value, path) in vectors {
        let (vector, mistakes) = match Vector::read(value, &path) {
            Ok(read) => read,
            Err(mistake) => {
                faults.push(Fault::of(document, mistake));
                continue;
            }
        };
        let location = document.locate(&path);
        if let Some(earlier) = seen.insert(vector.id.clone(), location) {
            let message = format!(
                "the id `{}` is that of the vector at line {}; give each its own",
                vector.id, earlier.line
            );
            let mistake = Mistake::at(&path.member("id"), message);
            faults.push(Fault::of(document, mistake));
        }
        let mistakes = mistakes.into_iter();
        cases.push(Case {
            vector,
            location,
            faults: mistakes
                .map(|mistake| Fault::of(document, mistake))
                .collect(),
        });
    }
    match faults.is_empty() {
        true => Ok(cases),
        false => Err(faults),
    }
}

/// The tenants whose settings the file describes, and so may take from elsewhere.
pub fn tenants(document: &Document) -> Result<BTreeSet<TenantId>, Vec<Fault>> {
    let (document, _) = replaced(document, None)?;
    let fixture = document.value().get("fixture");
    Ok(fixture.map(settings::listed).unwrap_or_default())
}

fn fixture(
    document: &Document,
    settings: &Settings,
    names: &Names,
) -> Result<Option<Fixture>, Mistake> {
    let path = Path::root().member("fixture");
    let value = document.value().get("fixture");
    let value = value.filter(|value| !value.is_null()).cloned();
    let Some(mut value) = value else {
        return Ok(None);
    };
    settings.put_into(&mut value, names);
    Fixture::read(&value, &path).map(Some)
}

/// The document with every name replaced by what it stands for, and the names.
fn replaced(
    document: &Document,
    supplied: Option<&Names>,
) -> Result<(Document, Names), Vec<Fault>> {
    let one = |mistake| vec![Fault::of(document, mistake)];
    let own = names(document).map_err(one)?;
    let names = own.or_else(|| supplied.cloned()).unwrap_or_default();
    let mut replace = |path: &Path, text: &str| match is_prose(path) {
        true => Ok(text.to_owned()),
        false => names.replace(text),
    };
    let replaced = document.rewrite(&mut replace).map_err(|error| {
        one(match error {
            Rewriting::Refused(path, error) => Mistake::at(&path, error.to_string()),
            Rewriting::Collision(path, name) => {
                let message = format!("two members here are called `{}`", Printable(&name));
                Mistake::in_name(&path, message)
            }
        })
    })?;
    Ok((replaced, names))
}

/// What people write for people: no names stand in it.
fn is_prose(path: &Path) -> bool {
    let [
        Segment::Member(vectors),
        Segment::Index(_),
        Segment::Member(member),
        ..,
    ] = path.segments()
    else {
        return false;
    };
    vectors == "vectors" && matches!(member.as_str(), "id" | "clause" | "note")
}
