//! Reading the query options.

use std::borrow::Cow;

use super::admit::Admission;
use super::parse::{self, shown};
use super::shape::{Kind, Member, Shape, member};
use super::{Expand, Manner, OrderBy, Query, QueryError, Version};

/// An option that a resource honours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryOption {
    /// `$select`.
    Select,
    /// `$expand`.
    Expand,
    /// `$filter`.
    Filter,
    /// `$orderby`.
    OrderBy,
    /// `$top`.
    Top,
    /// `$skip`.
    Skip,
    /// `$skiptoken`.
    SkipToken,
    /// `$count`.
    Count,
}

impl QueryOption {
    /// All of them.
    pub const ALL: &'static [QueryOption] = &[
        QueryOption::Select,
        QueryOption::Expand,
        QueryOption::Filter,
        QueryOption::OrderBy,
        QueryOption::Top,
        QueryOption::Skip,
        QueryOption::SkipToken,
        QueryOption::Count,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            QueryOption::Select => "$select",
            QueryOption::Expand => "$expand",
            QueryOption::Filter => "$filter",
            QueryOption::OrderBy => "$orderby",
            QueryOption::Top => "$top",
            QueryOption::Skip => "$skip",
            QueryOption::SkipToken => "$skiptoken",
            QueryOption::Count => "$count",
        }
    }
}

type Result<T> = std::result::Result<T, QueryError>;

/// Longer values of any option are refused.
const LONGEST: usize = 8 * 1024;
/// More members are refused in one `$orderby`.
const MOST_ORDERS: usize = 4;
/// More navigations are refused in one `$expand`.
const MOST_EXPANDED: usize = 8;

pub(super) fn read<'a>(
    pairs: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
    shape: &'static Shape,
    manner: &Manner,
    honoured: &[QueryOption],
) -> Result<Query> {
    let mut reading = Reading {
        query: Query::all(shape, *manner),
        shape,
        nested: false,
    };
    let mut seen = Vec::new();
    for (name, value) in pairs {
        // An empty option occurs in documented requests: `?&$filter=`.
        if !name.starts_with('$') || value.trim().is_empty() || is_format(&name, &value) {
            continue;
        }
        reading.option(&name, value.trim(), honoured, &mut seen)?;
    }
    reading.consistency()?;
    Ok(reading.query)
}

/// `$format=json` asks for what is answered anyway.
fn is_format(name: &str, value: &str) -> bool {
    let json = ["json", "application/json"];
    name.eq_ignore_ascii_case("$format")
        && json
            .iter()
            .any(|json| json.eq_ignore_ascii_case(value.trim()))
}

struct Reading {
    query: Query,
    shape: &'static Shape,
    /// Inside of an `$expand`.
    nested: bool,
}

impl Reading {
    fn option(
        &mut self,
        name: &str,
        value: &str,
        honoured: &[QueryOption],
        seen: &mut Vec<QueryOption>,
    ) -> Result<()> {
        let known = QueryOption::ALL
            .iter()
            .find(|option| option.as_str().eq_ignore_ascii_case(name));
        let option = match known {
            Some(option) => *option,
            None if name.eq_ignore_ascii_case("$search") => {
                return Err(QueryError::Unsupported("$search".to_owned()));
            }
            None => return Err(QueryError::Unknown(shown(name))),
        };
        if !honoured.contains(&option) {
            return Err(QueryError::Unsupported(option.as_str().to_owned()));
        }
        if seen.contains(&option) {
            return Err(QueryError::Repeated(option.as_str()));
        }
        if value.len() > LONGEST {
            return Err(QueryError::TooComplex);
        }
        seen.push(option);
        self.take(option, value)
    }

    fn take(&mut self, option: QueryOption, value: &str) -> Result<()> {
        match option {
            QueryOption::Select => self.query.select = self.select(value)?,
            QueryOption::Expand => self.query.expand = self.expand(value)?,
            QueryOption::Filter => {
                let filter = parse::read(value)?;
                let mut admission = Admission::default();
                self.query.filter = Some(admission.admit(filter, self.shape.members)?);
                if let Some(operator) = admission.advanced {
                    self.advanced(operator)?;
                }
            }
            QueryOption::OrderBy => self.query.order = self.order(value)?,
            QueryOption::Top => self.query.top = Some(self.top(value)?),
            QueryOption::Skip => self.query.skip = Some(number("$skip", value)?),
            QueryOption::SkipToken => self.query.skip_token = Some(value.to_owned()),
            QueryOption::Count => self.query.count = truth(value)?,
        }
        Ok(())
    }

    fn advanced(&self, what: &'static str) -> Result<()> {
        match self.shape.is_directory && !self.query.manner.eventual {
            true => Err(QueryError::NeedsConsistencyLevel(what)),
            false => Ok(()),
        }
    }

    /// What only the whole query shows.
    fn consistency(&self) -> Result<()> {
        if self.query.count {
            self.advanced("$count")?;
        }
        match self.query.filter.is_some() && !self.query.order.is_empty() {
            true => self.advanced("$filter with $orderby"),
            false => Ok(()),
        }
    }

    fn select(&self, value: &str) -> Result<Option<Vec<&'static str>>> {
        let mut selected = Vec::new();
        for name in split(value, ',')? {
            if name == "*" {
                return Ok(None);
            }
            let found = self.shape.member(name);
            let found = found.filter(|member| self.offers(member.is_beta));
            let found = found.map(|member| member.name).or_else(|| {
                let navigation = self.shape.navigation(name)?;
                self.offers(navigation.is_beta).then_some(navigation.name)
            });
            let name = found.ok_or_else(|| QueryError::UnknownMember(shown(name)))?;
            if !selected.contains(&name) {
                selected.push(name);
            }
        }
        Ok(Some(selected))
    }

    fn offers(&self, beta: bool) -> bool {
        !beta || self.query.manner.version == Version::Beta
    }

    fn expand(&self, value: &str) -> Result<Vec<Expand>> {
        if self.nested {
            return Err(QueryError::TooComplex);
        }
        let mut expanded: Vec<Expand> = Vec::new();
        for part in split(value, ',')? {
            let (name, options) = match part.split_once('(') {
                None => (part, ""),
                Some((name, rest)) => {
                    let expected = "a closing parenthesis";
                    let rest = rest.strip_suffix(')').ok_or(QueryError::Malformed {
                        option: "$expand",
                        expected,
                    })?;
                    (name.trim_end(), rest)
                }
            };
            let found = self.shape.navigation(name);
            let found = found.filter(|navigation| self.offers(navigation.is_beta));
            let Some(found) = found else {
                return Err(QueryError::Unsupported(format!("$expand={}", shown(name))));
            };
            if expanded.iter().any(|known| known.name == found.name) {
                return Err(QueryError::Repeated("$expand"));
            }
            if expanded.len() == MOST_EXPANDED {
                return Err(QueryError::TooComplex);
            }
            expanded.push(Expand {
                name: found.name,
                query: self.inside(found.shape, options)?,
            });
        }
        Ok(expanded)
    }

    /// `$select=…;$top=…`
    fn inside(&self, shape: &'static Shape, options: &str) -> Result<Query> {
        const HONOURED: &[QueryOption] = &[
            QueryOption::Select,
            QueryOption::Filter,
            QueryOption::OrderBy,
            QueryOption::Top,
        ];
        let mut reading = Reading {
            query: Query::all(shape, self.query.manner),
            shape,
            nested: true,
        };
        let mut seen = Vec::new();
        for option in split(options, ';')? {
            let (name, value) = option.split_once('=').ok_or(QueryError::Malformed {
                option: "$expand",
                expected: "options such as $select=id in the parentheses",
            })?;
            reading.option(name.trim(), value.trim(), HONOURED, &mut seen)?;
        }
        reading.consistency()?;
        Ok(reading.query)
    }

    fn order(&self, value: &str) -> Result<Vec<OrderBy>> {
        let wrong = QueryError::Malformed {
            option: "$orderby",
            expected: "members, each with asc or desc behind it, and commas between",
        };
        let mut orders = Vec::new();
        for part in split(value, ',')? {
            let mut words = part.split_whitespace();
            let name = words.next().unwrap_or_default();
            let descending = match words.next() {
                None => false,
                Some(word) if word.eq_ignore_ascii_case("asc") => false,
                Some(word) if word.eq_ignore_ascii_case("desc") => true,
                Some(_) => return Err(wrong),
            };
            if words.next().is_some() {
                return Err(wrong);
            }
            if orders.len() == MOST_ORDERS {
                return Err(QueryError::TooComplex);
            }
            orders.push(OrderBy {
                steps: ordered(self.shape.members, name)?,
                descending,
            });
        }
        Ok(orders)
    }

    fn top(&self, value: &str) -> Result<u32> {
        let largest = self.shape.largest_page;
        let whole = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        match value.parse() {
            Ok(top) if (1..=largest).contains(&top) => Ok(top),
            _ if whole => Err(QueryError::PageSize {
                size: shown(value),
                largest,
            }),
            _ => Err(QueryError::Malformed {
                option: "$top",
                expected: "a whole number",
            }),
        }
    }
}

/// The way to a member that may stand in `$orderby`.
fn ordered(members: &'static [Member], name: &str) -> Result<Vec<String>> {
    let mut inside = members;
    let mut steps = Vec::new();
    let mut last = None;
    for step in name.split('/') {
        let found = member(inside, step);
        let found = found.ok_or_else(|| QueryError::UnknownMember(shown(name)))?;
        inside = match found.kind {
            Kind::Complex(members) => members,
            _ => &[],
        };
        steps.push(found.name.to_owned());
        last = Some(found);
    }
    match last.is_some_and(|last| last.is_ordered) {
        true => Ok(steps),
        false => Err(QueryError::NotOrderable(steps.join("/"))),
    }
}

fn number(option: &'static str, value: &str) -> Result<u32> {
    let expected = "a whole number";
    value
        .parse()
        .map_err(|_| QueryError::Malformed { option, expected })
}

fn truth(value: &str) -> Result<bool> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(QueryError::Malformed {
            option: "$count",
            expected: "true or false",
        }),
    }
}

/// The parts between separators that stand neither in parentheses nor in quotes, without the empty
/// ones.
fn split(value: &str, separator: char) -> Result<Vec<&str>> {
    let (mut depth, mut quoted, mut start) = (0_u32, false, 0);
    let mut parts = Vec::new();
    let wrong = QueryError::Malformed {
        option: "$expand",
        expected: "parentheses and quotes in pairs",
    };
    for (at, character) in value.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or(wrong.clone())?,
            _ if character == separator && depth == 0 => {
                parts.extend(value.get(start..at));
                start = at + character.len_utf8();
            }
            _ => {}
        }
    }
    if depth > 0 || quoted {
        return Err(wrong);
    }
    parts.extend(value.get(start..));
    let parts = parts.into_iter().map(str::trim);
    Ok(parts.filter(|part| !part.is_empty()).collect())
}
