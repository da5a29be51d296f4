//! The part of OData that is honoured: `$select`, `$expand`, `$filter`, `$orderby`, `$top`, `$skip`,
//! `$skiptoken`, `$count`.
//!
//! A query option that is not known, or not honoured on a resource, is refused by name: an answer
//! that ignores half of a question looks like an answer to the whole. Options without `$` are the
//! client's own and mean nothing. Names of members compare without regard to case, because the
//! documented examples disagree about it.

mod filter;

use std::borrow::Cow;

pub use filter::{Comparison, Condition, Literal};

/// What a query asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// `$select`: only these members.
    pub select: Option<Vec<String>>,
    /// `$expand`: these navigations as well.
    pub expand: Vec<String>,
    /// `$filter`: all of these must hold.
    pub filter: Vec<Condition>,
    /// `$orderby`.
    pub order: Option<OrderBy>,
    /// `$top`: at most so many.
    pub top: Option<u32>,
    /// `$skip`: not the first so many.
    pub skip: Option<u32>,
    /// `$skiptoken`: go on there.
    pub skip_token: Option<String>,
    /// `$count=true`: how many there are in all.
    pub count: bool,
}

/// `$orderby`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBy {
    /// The member.
    pub member: String,
    /// Largest first.
    pub descending: bool,
}

/// Why a query cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The value of an option cannot be read.
    #[error("the query option '{option}' cannot be read: expected {expected}")]
    Malformed {
        /// The option.
        option: &'static str,
        /// What would have been legal.
        expected: &'static str,
    },
    /// An option stands there twice.
    #[error("the query option '{0}' is given more than once")]
    Repeated(&'static str),
    /// An option nobody knows.
    #[error("the query option '{0}' is not known")]
    Unknown(String),
    /// An option or a member that is not honoured on this resource.
    #[error("'{0}' is not supported in a query on this resource")]
    Unsupported(String),
}

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
    const ALL: [QueryOption; 8] = [
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

impl Query {
    /// Reads the decoded pairs of a query string, of which the resource honours these options.
    pub fn read<'a>(
        pairs: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
        honoured: &[QueryOption],
    ) -> Result<Self, QueryError> {
        let mut query = Query::default();
        let mut seen = Vec::new();
        for (name, value) in pairs {
            // An empty option occurs in documented requests: `?&$filter=`.
            if !name.starts_with('$') || value.trim().is_empty() {
                continue;
            }
            let option = QueryOption::ALL
                .into_iter()
                .find(|option| option.as_str().eq_ignore_ascii_case(&name));
            let option = match option {
                Some(option) => option,
                None if name.eq_ignore_ascii_case("$search") => {
                    return Err(QueryError::Unsupported("$search".to_owned()));
                }
                None => return Err(QueryError::Unknown(shown(&name))),
            };
            if !honoured.contains(&option) {
                return Err(QueryError::Unsupported(option.as_str().to_owned()));
            }
            if seen.contains(&option) {
                return Err(QueryError::Repeated(option.as_str()));
            }
            seen.push(option);
            query.take(option, value.trim())?;
        }
        Ok(query)
    }

    fn take(&mut self, option: QueryOption, value: &str) -> Result<(), QueryError> {
        match option {
            QueryOption::Select => self.select = Some(names(value)),
            QueryOption::Expand => self.expand = names(value),
            QueryOption::Filter => self.filter = filter::read(value)?,
            QueryOption::OrderBy => self.order = Some(order(value)?),
            QueryOption::Top => self.top = Some(number("$top", value)?),
            QueryOption::Skip => self.skip = Some(number("$skip", value)?),
            QueryOption::SkipToken => self.skip_token = Some(value.to_owned()),
            QueryOption::Count => {
                self.count = match value {
                    "true" => true,
                    "false" => false,
                    _ => {
                        let expected = "true or false";
                        return Err(QueryError::Malformed {
                            option: "$count",
                            expected,
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the member is wanted.
    pub fn selects(&self, member: &str) -> bool {
        self.select.as_ref().is_none_or(|selected| {
            let wanted = |name: &String| name == "*" || name.eq_ignore_ascii_case(member);
            selected.iter().any(wanted)
        })
    }
}

/// Names between commas; what stands in parentheses behind a name belongs to it and is dropped.
fn names(value: &str) -> Vec<String> {
    let mut depth = 0_u32;
    let mut names = vec![String::new()];
    for character in value.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(String::new()),
            _ if depth == 0 => {
                if let Some(name) = names.last_mut() {
                    name.push(character);
                }
            }
            _ => {}
        }
    }
    let names = names.into_iter().map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

fn number(option: &'static str, value: &str) -> Result<u32, QueryError> {
    let expected = "a whole number";
    value
        .parse()
        .map_err(|_| QueryError::Malformed { option, expected })
}

fn order(value: &str) -> Result<OrderBy, QueryError> {
    let mut words = value.split_whitespace();
    let expected = "one member, and asc or desc";
    let wrong = QueryError::Malformed {
        option: "$orderby",
        expected,
    };
    let member = words.next().unwrap_or_default().to_owned();
    let descending = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(wrong),
    };
    match words.next().is_some() || member.contains(',') {
        true => Err(wrong),
        false => Ok(OrderBy { member, descending }),
    }
}

fn shown(text: &str) -> String {
    let harmless = text.chars().filter(|c| !c.is_control());
    harmless.take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Query, QueryError> {
        let pairs = pairs.iter();
        let pairs = pairs.map(|(name, value)| (Cow::from(*name), Cow::from(*value)));
        Query::read(pairs, &QueryOption::ALL)
    }

    #[test]
    fn what_is_asked_for_is_read() {
        let query = read(&[
            ("$select", "tenantId, inboundTrust"),
            (
                "$expand",
                "identitySynchronization($select=tenantId,displayName)",
            ),
            ("$top", "5"),
            ("$count", "true"),
            ("client-request-id", "x"),
            ("$filter", ""),
        ]);
        let query = query.unwrap();
        assert!(query.selects("TenantID") && !query.selects("isServiceProvider"));
        assert_eq!(query.expand, ["identitySynchronization"]);
        assert_eq!((query.top, query.count), (Some(5), true));
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_by_name() {
        assert_eq!(
            read(&[("$apply", "x")]),
            Err(QueryError::Unknown("$apply".to_owned()))
        );
        assert_eq!(
            read(&[("$search", "x")]),
            Err(QueryError::Unsupported("$search".to_owned()))
        );
        assert_eq!(
            read(&[("$top", "1"), ("$TOP", "2")]),
            Err(QueryError::Repeated("$top"))
        );
        for (name, value) in [("$top", "-1"), ("$top", "x"), ("$count", "yes")] {
            assert!(read(&[(name, value)]).is_err(), "{name}={value}");
        }
        let none = Query::read([(Cow::from("$top"), Cow::from("1"))], &[]);
        assert_eq!(none, Err(QueryError::Unsupported("$top".to_owned())));
    }

    #[test]
    fn an_order_has_one_member() {
        let order = read(&[("$orderby", "activityDateTime desc")])
            .unwrap()
            .order;
        assert!(order.unwrap().descending);
        assert!(read(&[("$orderby", "a,b")]).is_err());
        assert!(read(&[("$orderby", "a sideways")]).is_err());
    }
}
