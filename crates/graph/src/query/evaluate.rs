//! Whether an entry is wanted, and which of two comes first.
//!
//! Strings compare without regard to case, as the directory's do; members that a shape calls exact
//! compare as they are written. A member that is `null` or missing equals `null` and nothing else,
//! and is neither more nor less than anything.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::filter::{Comparison, Filter, Literal, Part, Path, Quantifier};

impl Filter {
    /// Whether the entry satisfies the filter, which must have been read with the entry's shape.
    pub fn holds(&self, entry: &Value) -> bool {
        match self {
            Filter::And(all) => all.iter().all(|one| one.holds(entry)),
            Filter::Or(all) => all.iter().any(|one| one.holds(entry)),
            Filter::Not(inner) => !inner.holds(entry),
            Filter::Compare(path, comparison, literal) => {
                compares(path.of(entry), *comparison, literal, path.exact)
            }
            Filter::In(path, literals) => {
                let value = path.of(entry);
                let equals = |literal| compares(value, Comparison::Equal, literal, path.exact);
                literals.iter().any(equals)
            }
            Filter::Part(part, path, text) => {
                let value = path.of(entry).as_str();
                value.is_some_and(|value| has_part(value, *part, text, path.exact))
            }
            Filter::Lambda(quantifier, path, inside) => {
                let entries = path.of(entry).as_array().map_or(&[][..], Vec::as_slice);
                let holds = |entry| inside.as_ref().is_none_or(|inside| inside.holds(entry));
                match quantifier {
                    Quantifier::Any => entries.iter().any(holds),
                    Quantifier::All => entries.iter().all(holds),
                }
            }
        }
    }
}

impl Path {
    /// What the entry has there.
    fn of<'a>(&self, entry: &'a Value) -> &'a Value {
        let mut value = entry;
        for step in &self.steps {
            value = value.get(step).unwrap_or(&Value::Null);
        }
        value
    }
}

fn compares(value: &Value, comparison: Comparison, literal: &Literal, exact: bool) -> bool {
    if let Literal::Null = literal {
        return match comparison {
            Comparison::Equal => value.is_null(),
            Comparison::NotEqual => !value.is_null(),
            _ => false,
        };
    }
    let order = order_to(value, literal, exact);
    match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        Comparison::AtLeast => order.is_some_and(Ordering::is_ge),
        Comparison::MoreThan => order.is_some_and(Ordering::is_gt),
        Comparison::AtMost => order.is_some_and(Ordering::is_le),
        Comparison::LessThan => order.is_some_and(Ordering::is_lt),
    }
}

/// How the value stands to the literal; `None` if they cannot be compared.
fn order_to(value: &Value, literal: &Literal, exact: bool) -> Option<Ordering> {
    match (literal, value) {
        (Literal::Text(text) | Literal::Guid(text), Value::String(value)) => Some(match exact {
            true => value.as_str().cmp(text),
            false => folded(value).cmp(folded(text)),
        }),
        (Literal::Time(time), Value::String(value)) => {
            let value: Timestamp = value.parse().ok()?;
            Some(value.cmp(time))
        }
        (Literal::Number(number), Value::Number(value)) => match value.as_i64() {
            Some(value) => Some(value.cmp(number)),
            None => value.as_f64()?.partial_cmp(&(*number as f64)),
        },
        (Literal::Boolean(truth), Value::Bool(value)) => Some(value.cmp(truth)),
        _ => None,
    }
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

fn has_part(value: &str, part: Part, text: &str, exact: bool) -> bool {
    if exact {
        return match part {
            Part::Start => value.starts_with(text),
            Part::End => value.ends_with(text),
            Part::Anywhere => value.contains(text),
        };
    }
    match part {
        Part::Start => {
            let mut value = folded(value);
            folded(text).all(|c| value.next() == Some(c))
        }
        Part::End => value.to_lowercase().ends_with(&text.to_lowercase()),
        Part::Anywhere => value.to_lowercase().contains(&text.to_lowercase()),
    }
}

/// Which of two entries comes first by a member. Without a value comes before any value.
pub(super) fn order_by(steps: &[String], one: &Value, other: &Value) -> Ordering {
    let at = |mut value| {
        for step in steps {
            value = Value::get(value, step).unwrap_or(&Value::Null);
        }
        value
    };
    match (at(one), at(other)) {
        (Value::String(one), Value::String(other)) => match (
            one.parse::<Timestamp>().ok(),
            other.parse::<Timestamp>().ok(),
        ) {
            (Some(one), Some(other)) => one.cmp(&other),
            _ => folded(one).cmp(folded(other)),
        },
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64(), other.as_f64());
            one.partial_cmp(&other).unwrap_or(Ordering::Equal)
        }
        (Value::Bool(one), Value::Bool(other)) => one.cmp(other),
        (one, other) => other.is_null().cmp(&one.is_null()),
    }
}
