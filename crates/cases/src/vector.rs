//! A vector: one case, as it is written (`docs/semantics.md`, S22).
//!
//! ```yaml
//! - id: V083
//!   clause: S8.6
//!   given: [["$fabrikam/default/b2bCollaborationOutbound", *shut]]
//!   op: signin
//!   in: {homeTenant: $fabrikam, user: $fred, resourceTenant: $contoso, resourceAppId: $erp}
//!   out: {decision: block, reason: outbound_blocked, side: home, source: default}
//! ```
//!
//! Instead of `op`, `in` and `out` there may be `steps`, each with the three; a later step sees the
//! world as the earlier ones left it. `clause` may be left out in cases that follow from a policy
//! rather than from the law.

use std::fmt;

use graph::document::Path;
use serde_json::Value;

use crate::given::Given;
use crate::members::{Members, Mistake, expected, text};
use crate::question::Question;

/// One case.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Its name, unique in its file.
    pub id: String,
    /// The clauses its expectation follows from.
    pub clauses: Vec<Clause>,
    /// A remark for people.
    pub note: Option<String>,
    /// What it changes about the world.
    pub given: Vec<Given>,
    /// What is asked, in order.
    pub steps: Vec<Step>,
    /// Where it is written.
    pub path: Path,
}

/// One question and what its answer must hold.
#[derive(Clone, Debug)]
pub struct Step {
    /// The question.
    pub question: Question,
    /// The question as it is written, names replaced.
    pub input: Value,
    /// What the answer must hold.
    pub expected: Value,
    /// Where the step is written.
    pub path: Path,
}

/// A clause of the law, for instance `S8.6`, or a whole section, for instance `S18`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clause {
    /// The number of the section.
    pub section: u32,
    /// The number in the section.
    pub number: Option<u32>,
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S{}", self.section)?;
        match self.number {
            Some(number) => write!(f, ".{number}"),
            None => Ok(()),
        }
    }
}

/// The text names no clause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected clauses such as `S3.5` or `S3.5,S8.7`")]
pub struct InvalidClause;

impl std::str::FromStr for Clause {
    type Err = InvalidClause;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
            let parsed = digits.then(|| text.parse().ok()).flatten();
            parsed.ok_or(InvalidClause)
        };
        let numbers = text.trim().strip_prefix('S').ok_or(InvalidClause)?;
        Ok(match numbers.split_once('.') {
            Some((section, clause)) => Clause {
                section: number(section)?,
                number: Some(number(clause)?),
            },
            None => Clause {
                section: number(numbers)?,
                number: None,
            },
        })
    }
}

impl Vector {
    /// Reads a vector, all but its steps being right. Mistakes in them are given beside it, so that
    /// one bad input does not hide the other cases of the file.
    pub fn read(value: &Value, path: &Path) -> Result<(Self, Vec<Mistake>), Mistake> {
        let mut members = Members::of(value, path)?;
        let id = members.text("id")?;
        let id = members.required("id", id)?;
        check_id(id, &members.path_of("id"))?;
        let clauses = clauses(&mut members)?;
        let note = members.text("note")?.map(str::to_owned);
        let given = members.list("given", Given::read)?.unwrap_or_default();
        let written = written_steps(members)?;
        let mut steps = Vec::with_capacity(written.len());
        let mut mistakes = Vec::new();
        for (members, path) in written {
            match step(members, path) {
                Ok(step) => steps.push(step),
                Err(mistake) => mistakes.push(mistake),
            }
        }
        let vector = Vector {
            id: id.to_owned(),
            clauses,
            note,
            given,
            steps,
            path: path.clone(),
        };
        Ok((vector, mistakes))
    }

    /// The clauses as they are cited: `S3.5, S8.7`.
    pub fn citation(&self) -> String {
        let clauses: Vec<String> = self.clauses.iter().map(Clause::to_string).collect();
        clauses.join(", ")
    }

    /// Whether a filter names the vector: part of its id, or a clause or section it cites.
    pub fn is_meant(&self, filter: &str) -> bool {
        let filter = filter.to_lowercase();
        let cited = self
            .clauses
            .iter()
            .map(|clause| clause.to_string().to_lowercase());
        let mut cited = cited.filter(|clause| {
            let rest = clause.strip_prefix(&filter);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        self.id.to_lowercase().contains(&filter) || cited.next().is_some()
    }
}

fn check_id(id: &str, path: &Path) -> Result<(), Mistake> {
    let seen = |c: char| {
        graph::document::Printable(c.encode_utf8(&mut [0; 4]))
            .to_string()
            .len()
            <= 4
    };
    if id.trim() != id || id.is_empty() || !id.chars().all(seen) {
        let message = "expected a name that can be read and has no space around it";
        return Err(Mistake::at(path, message));
    }
    Ok(())
}

fn clauses(members: &mut Members<'_>) -> Result<Vec<Clause>, Mistake> {
    let path = members.path_of("clause");
    let Some(written) = members.text("clause")? else {
        return Ok(Vec::new());
    };
    let clauses = written.split(',').map(str::parse);
    let clauses: Result<Vec<Clause>, InvalidClause> = clauses.collect();
    clauses.map_err(|error| Mistake::at(&path, error.to_string()))
}

/// The steps before anything in them is believed: either the vector's own or those of its list.
fn written_steps(mut vector: Members<'_>) -> Result<Vec<(Members<'_>, Path)>, Mistake> {
    let path = vector.path().clone();
    let several = vector.list("steps", |value, path| {
        Ok((Members::of(value, path)?, path.clone()))
    })?;
    let single = ["op", "in", "out"].map(|name| vector.written(name).is_some());
    match several {
        Some(_) if single.contains(&true) => {
            let message =
                "has `steps` and its own `op`, `in` or `out`; write it in one of the two ways";
            Err(Mistake::at(&path, message))
        }
        Some(steps) if steps.is_empty() => Err(Mistake::at(
            &path.member("steps"),
            "expected at least one step",
        )),
        Some(steps) => {
            vector.finish()?;
            Ok(steps)
        }
        None if !single.contains(&true) => {
            vector.finish()?;
            let message = "`op` is missing; expected `op`, `in` and `out`, or `steps`";
            Err(Mistake::at(&path, message))
        }
        None => {
            vector.refuse_unknown()?;
            Ok(vec![(vector, path)])
        }
    }
}

fn step(mut members: Members<'_>, path: Path) -> Result<Step, Mistake> {
    let op = members.written("op");
    let op = text(members.required("op", op)?, &members.path_of("op"))?;
    let input = members.written("in");
    let input = members.required("in", input)?;
    let question = Question::read(op, &members.path_of("op"), input, &members.path_of("in"))?;
    let out = members.written("out");
    let out = members.required("out", out)?;
    if !out.is_object() {
        return Err(expected(&members.path_of("out"), "an object", out));
    }
    members.finish()?;
    Ok(Step {
        question,
        input: input.clone(),
        expected: out.clone(),
        path,
    })
}
