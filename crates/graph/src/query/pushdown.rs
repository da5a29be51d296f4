//! What a store can be asked for already: conditions that every wanted entry satisfies.
//!
//! A source that uses them may hand over too much, because the whole filter is evaluated on what it
//! hands over; it may never hand over too little.

use jiff::Timestamp;

use super::Query;
use super::filter::{Comparison, Filter, Literal, Part, Path, Quantifier};

/// A stretch of time, both ends included as far as they are bounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
}

impl Query {
    fn required(&self) -> impl Iterator<Item = &Filter> {
        self.filter.iter().flat_map(Filter::conjuncts)
    }

    /// What that member must equal: `initiatedBy/user/id`.
    pub fn equal(&self, member: &str) -> Option<&Literal> {
        self.required().find_map(|one| equality(one, member))
    }

    /// The text that member must equal.
    pub fn equal_text(&self, member: &str) -> Option<&str> {
        self.equal(member).and_then(Literal::text)
    }

    /// Whether that member must be true, or false.
    pub fn equal_boolean(&self, member: &str) -> Option<bool> {
        match self.equal(member)? {
            Literal::Boolean(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The number that member must equal.
    pub fn equal_number(&self, member: &str) -> Option<i64> {
        match self.equal(member)? {
            Literal::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The literals one of which that member must equal: `eq` as well as `in`.
    pub fn one_of(&self, member: &str) -> Option<Vec<&Literal>> {
        if let Some(one) = self.equal(member) {
            return Some(vec![one]);
        }
        self.required().find_map(|one| match one {
            Filter::In(path, literals) if path.is(member) => Some(literals.iter().collect()),
            _ => None,
        })
    }

    /// What that member must begin with.
    pub fn start(&self, member: &str) -> Option<&str> {
        self.required().find_map(|one| match one {
            Filter::Part(Part::Start, path, text) if path.is(member) => Some(text.as_str()),
            _ => None,
        })
    }

    /// What that member of some entry of a list must equal; an empty member is the entry itself.
    pub fn any_equal(&self, list: &str, member: &str) -> Option<&Literal> {
        self.required().find_map(|one| match one {
            Filter::Lambda(Quantifier::Any, path, Some(inside)) if path.is(list) => inside
                .conjuncts()
                .find_map(|inside| equality(inside, member)),
            _ => None,
        })
    }

    /// The stretch of time in which that member must lie.
    pub fn span(&self, member: &str) -> Span {
        let mut span = Span::default();
        for one in self.required() {
            let Filter::Compare(path, comparison, Literal::Time(time)) = one else {
                continue;
            };
            if !path.is(member) {
                continue;
            }
            // The strict comparisons leave one moment too much, which the filter takes out.
            let (from, until) = match comparison {
                Comparison::Equal => (Some(*time), Some(*time)),
                Comparison::AtLeast | Comparison::MoreThan => (Some(*time), None),
                Comparison::AtMost | Comparison::LessThan => (None, Some(*time)),
                Comparison::NotEqual => (None, None),
            };
            span.from = span.from.max(from);
            span.until = match (span.until, until) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        span
    }

    /// Whether the filter asks for nothing but these members' equality: then a source that has
    /// pushed all of them down hands over what is wanted and nothing else.
    pub fn is_only_about(&self, members: &[&str]) -> bool {
        let mut seen: Vec<&Path> = Vec::new();
        self.required().all(|one| match one {
            Filter::Compare(path, Comparison::Equal, literal) => {
                // Of two conditions on one member only the first is pushed down.
                let first = !seen.contains(&path);
                seen.push(path);
                first && *literal != Literal::Null && members.iter().any(|member| path.is(member))
            }
            _ => false,
        })
    }
}

fn equality<'a>(filter: &'a Filter, member: &str) -> Option<&'a Literal> {
    let is = |path: &Path| match member.is_empty() {
        true => path.steps.is_empty(),
        false => path.is(member),
    };
    match filter {
        Filter::Compare(path, Comparison::Equal, literal) if is(path) => Some(literal),
        Filter::In(path, literals) if is(path) => match literals.as_slice() {
            [literal] => Some(literal),
            _ => None,
        },
        _ => None,
    }
}
