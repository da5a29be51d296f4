//! `$filter` as it was read: a tree of conditions, which prints as it is read.

use std::fmt::{self, Display, Formatter};

use jiff::Timestamp;

/// A condition, or several.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// `… and …`
    And(Vec<Filter>),
    /// `… or …`
    Or(Vec<Filter>),
    /// `not (…)`
    Not(Box<Filter>),
    /// `member eq literal`
    Compare(Path, Comparison, Literal),
    /// `member in (literal, literal)`
    In(Path, Vec<Literal>),
    /// `startsWith(member,'…')`
    Part(Part, Path, String),
    /// `members/any(t: t/name eq literal)`; without a condition: there is one.
    Lambda(Quantifier, Path, Option<Box<Filter>>),
}

/// A member, step by step: `initiatedBy/user/id`. Inside of a lambda the steps begin at the entry,
/// and no step means the entry itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// The steps.
    pub steps: Vec<String>,
    /// Strings compare as they are written, as the shape has it.
    pub(super) exact: bool,
}

impl Path {
    /// Whether it is that member: `initiatedBy/user/id`.
    pub fn is(&self, member: &str) -> bool {
        let mut steps = member.split('/');
        let same = |step: &String| {
            let other = steps.next();
            other.is_some_and(|other| other.eq_ignore_ascii_case(step))
        };
        self.steps.iter().all(same) && steps.next().is_none()
    }
}

/// How a member is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `eq`.
    Equal,
    /// `ne`.
    NotEqual,
    /// `ge`.
    AtLeast,
    /// `gt`.
    MoreThan,
    /// `le`.
    AtMost,
    /// `lt`.
    LessThan,
}

impl Comparison {
    pub(super) const ALL: [Comparison; 6] = [
        Comparison::Equal,
        Comparison::NotEqual,
        Comparison::AtLeast,
        Comparison::MoreThan,
        Comparison::AtMost,
        Comparison::LessThan,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Comparison::Equal => "eq",
            Comparison::NotEqual => "ne",
            Comparison::AtLeast => "ge",
            Comparison::MoreThan => "gt",
            Comparison::AtMost => "le",
            Comparison::LessThan => "lt",
        }
    }
}

/// Which part of a string is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `startsWith`.
    Start,
    /// `endsWith`.
    End,
    /// `contains`.
    Anywhere,
}

impl Part {
    pub(super) const ALL: [Part; 3] = [Part::Start, Part::End, Part::Anywhere];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Part::Start => "startsWith",
            Part::End => "endsWith",
            Part::Anywhere => "contains",
        }
    }
}

/// How many entries of a list are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// `any`.
    Any,
    /// `all`.
    All,
}

impl Quantifier {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Quantifier::Any => "any",
            Quantifier::All => "all",
        }
    }
}

/// What a member is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `'…'`.
    Text(String),
    /// A GUID without quotes, in lower case.
    Guid(String),
    /// A whole number.
    Number(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// A time.
    Time(Timestamp),
    /// `null`.
    Null,
}

impl Literal {
    /// The text of a string or a GUID.
    pub fn text(&self) -> Option<&str> {
        match self {
            Literal::Text(text) | Literal::Guid(text) => Some(text),
            _ => None,
        }
    }
}

impl Filter {
    /// The conditions that must all hold, as far as they stand side by side.
    pub fn conjuncts(&self) -> impl Iterator<Item = &Filter> {
        let (several, one) = match self {
            Filter::And(several) => (several.as_slice(), None),
            one => (&[][..], Some(one)),
        };
        several.iter().chain(one)
    }

    /// The variable of lambdas, when a filter is printed.
    const VARIABLE: &'static str = "x";

    fn print(&self, f: &mut Formatter<'_>, variable: &str) -> fmt::Result {
        match self {
            Filter::And(several) => join(f, several, " and ", variable),
            Filter::Or(several) => join(f, several, " or ", variable),
            Filter::Not(inner) => {
                f.write_str("not (")?;
                inner.print(f, variable)?;
                f.write_str(")")
            }
            Filter::Compare(path, comparison, literal) => {
                name(f, path, variable)?;
                write!(f, " {} {literal}", comparison.as_str())
            }
            Filter::In(path, literals) => {
                name(f, path, variable)?;
                f.write_str(" in (")?;
                for (index, literal) in literals.iter().enumerate() {
                    let comma = if index == 0 { "" } else { "," };
                    write!(f, "{comma}{literal}")?;
                }
                f.write_str(")")
            }
            Filter::Part(part, path, text) => {
                write!(f, "{}(", part.as_str())?;
                name(f, path, variable)?;
                write!(f, ",{})", Literal::Text(text.clone()))
            }
            Filter::Lambda(quantifier, path, inside) => {
                name(f, path, variable)?;
                write!(f, "/{}(", quantifier.as_str())?;
                if let Some(inside) = inside {
                    write!(f, "{}:", Self::VARIABLE)?;
                    inside.print(f, Self::VARIABLE)?;
                }
                f.write_str(")")
            }
        }
    }
}

fn name(f: &mut Formatter<'_>, path: &Path, variable: &str) -> fmt::Result {
    let variable = Some(variable).filter(|name| !name.is_empty());
    let steps = variable
        .into_iter()
        .chain(path.steps.iter().map(String::as_str));
    for (index, step) in steps.enumerate() {
        let slash = if index == 0 { "" } else { "/" };
        write!(f, "{slash}{step}")?;
    }
    Ok(())
}

fn join(f: &mut Formatter<'_>, several: &[Filter], between: &str, variable: &str) -> fmt::Result {
    for (index, one) in several.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        match one {
            Filter::And(_) | Filter::Or(_) => {
                f.write_str("(")?;
                one.print(f, variable)?;
                f.write_str(")")?;
            }
            _ => one.print(f, variable)?,
        }
    }
    Ok(())
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.print(f, "")
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        name(f, self, "")
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Literal::Guid(guid) => f.write_str(guid),
            Literal::Number(number) => write!(f, "{number}"),
            Literal::Boolean(truth) => write!(f, "{truth}"),
            Literal::Time(time) => write!(f, "{time}"),
            Literal::Null => f.write_str("null"),
        }
    }
}
