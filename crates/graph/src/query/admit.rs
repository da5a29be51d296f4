//! Whether a filter may be asked of a resource: every member is known, allows the operator, and is
//! of the literal's kind.
//!
//! What is admitted carries the members' own spelling and how they compare, so that evaluating it
//! needs the entry alone.

use super::filter::{Comparison, Filter, Literal, Part, Path};
use super::shape::{Kind, Member, Operators, member};
use super::{QueryError, parse::shown};

type Result<T> = std::result::Result<T, QueryError>;

/// What was found on the way.
#[derive(Default)]
pub(super) struct Admission {
    /// An operator that needs `ConsistencyLevel: eventual` on directory objects.
    pub(super) advanced: Option<&'static str>,
}

/// What a path leads to.
struct Found {
    path: Path,
    kind: Kind,
    operators: Operators,
}

impl Admission {
    /// The filter in the members' own spelling.
    pub(super) fn admit(&mut self, filter: Filter, members: &'static [Member]) -> Result<Filter> {
        let place = Place::Resource(members);
        self.walk(filter, &place, false)
    }

    fn walk(&mut self, filter: Filter, place: &Place, negated: bool) -> Result<Filter> {
        let mut all = |several: Vec<Filter>| -> Result<Vec<Filter>> {
            let several = several.into_iter();
            several.map(|one| self.walk(one, place, negated)).collect()
        };
        Ok(match filter {
            Filter::And(several) => Filter::And(all(several)?),
            Filter::Or(several) => Filter::Or(all(several)?),
            Filter::Not(inner) => {
                self.advanced = Some("not");
                Filter::Not(Box::new(self.walk(*inner, place, true)?))
            }
            Filter::Compare(path, comparison, literal) => {
                let needed = match comparison {
                    Comparison::Equal => Operators::EQ,
                    Comparison::NotEqual => Operators::NE,
                    _ => Operators::RANGE,
                };
                if comparison == Comparison::NotEqual {
                    self.advanced = Some("ne");
                }
                let found = place.find(&path, needed, comparison.as_str(), negated)?;
                let literal = found.literal(literal)?;
                Filter::Compare(found.path, comparison, literal)
            }
            Filter::In(path, literals) => {
                let found = place.find(&path, Operators::IN, "in", negated)?;
                let literals = literals.into_iter().map(|literal| found.literal(literal));
                Filter::In(found.path.clone(), literals.collect::<Result<_>>()?)
            }
            Filter::Part(part, path, text) => {
                let needed = match part {
                    Part::Start => Operators::STARTS,
                    Part::End => Operators::ENDS,
                    Part::Anywhere => Operators::CONTAINS,
                };
                if part == Part::End {
                    self.advanced = Some("endsWith");
                }
                let found = place.find(&path, needed, part.as_str(), negated)?;
                Filter::Part(part, found.path, text)
            }
            Filter::Lambda(quantifier, path, inside) => {
                let (path, entry) = place.list(&path, quantifier.as_str())?;
                let inside = inside.map(|inside| self.walk(*inside, &entry, negated));
                Filter::Lambda(quantifier, path, inside.transpose()?.map(Box::new))
            }
        })
    }
}

/// Where a path begins.
enum Place {
    Resource(&'static [Member]),
    /// The entries of a list of objects.
    Object(&'static [Member]),
    /// The entries of a list of strings, with the operators of the list.
    Text(Operators),
}

impl Place {
    fn find(
        &self,
        path: &Path,
        needed: Operators,
        operator: &'static str,
        negated: bool,
    ) -> Result<Found> {
        let found = match self {
            Place::Text(operators) if path.steps.is_empty() => Found {
                path: path.clone(),
                kind: Kind::Text,
                operators: *operators,
            },
            Place::Text(_) => return Err(QueryError::UnknownMember(shown(&path.to_string()))),
            Place::Resource(members) | Place::Object(members) => follow(members, path)?,
        };
        let needed = if negated {
            needed.and(Operators::NE)
        } else {
            needed
        };
        let comparable = !matches!(
            found.kind,
            Kind::Complex(_) | Kind::Complexes(_) | Kind::Texts | Kind::Opaque
        );
        match comparable && found.operators.include(needed) {
            true => Ok(found),
            false => Err(QueryError::NotFilterable {
                member: match path.steps.is_empty() {
                    true => "an entry".to_owned(),
                    false => found.path.to_string(),
                },
                operator: if negated { "not" } else { operator },
            }),
        }
    }

    /// A list, and where the paths of its entries begin.
    fn list(&self, path: &Path, operator: &'static str) -> Result<(Path, Place)> {
        let Place::Resource(members) = self else {
            return Err(QueryError::TooComplex);
        };
        let found = follow(members, path)?;
        match found.kind {
            Kind::Texts if found.operators != Operators::NONE => {
                Ok((found.path, Place::Text(found.operators)))
            }
            Kind::Complexes(members) => Ok((found.path, Place::Object(members))),
            _ => Err(QueryError::NotFilterable {
                member: found.path.to_string(),
                operator,
            }),
        }
    }
}

fn follow(members: &'static [Member], path: &Path) -> Result<Found> {
    let unknown = || QueryError::UnknownMember(shown(&path.to_string()));
    let mut steps = Vec::new();
    let mut inside = Some(members);
    let mut last = None;
    for step in &path.steps {
        let found = inside
            .and_then(|members| member(members, step))
            .ok_or_else(unknown)?;
        steps.push(found.name.to_owned());
        inside = match found.kind {
            Kind::Complex(members) => Some(members),
            _ => None,
        };
        last = Some(found);
    }
    let found = last.ok_or_else(unknown)?;
    Ok(Found {
        path: Path {
            steps,
            exact: matches!(found.kind, Kind::Exact),
        },
        kind: found.kind,
        operators: found.operators,
    })
}

impl Found {
    /// The literal, if it is of the member's kind. A GUID stands with quotes or without.
    fn literal(&self, literal: Literal) -> Result<Literal> {
        let expected = match (&self.kind, &literal) {
            (_, Literal::Null) => return Ok(literal),
            (Kind::Text | Kind::Exact | Kind::Guid, Literal::Text(_) | Literal::Guid(_))
            | (Kind::Boolean, Literal::Boolean(_))
            | (Kind::Number, Literal::Number(_))
            | (Kind::Time, Literal::Time(_)) => return Ok(literal),
            (Kind::Boolean, _) => "true or false",
            (Kind::Number, _) => "a whole number",
            (Kind::Time, _) => "a time without quotes, such as 2026-01-31T12:00:00Z",
            _ => "a string in quotes",
        };
        Err(QueryError::WrongKind {
            member: self.path.to_string(),
            expected,
        })
    }
}
