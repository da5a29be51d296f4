//! The part of OData that is honoured: `$select`, `$expand`, `$filter`, `$orderby`, `$top`, `$skip`,
//! `$skiptoken`, `$count`.
//!
//! A resource describes itself once ([`Shape`]); what a client asks of it is read against that
//! description, so that an unknown member is refused before anything is looked up. A query option
//! that is not known, or not honoured on a resource, is refused by name: an answer that ignores half
//! of a question looks like an answer to the whole. Options without `$` are the client's own and
//! mean nothing. Names of members and operators are known in any case, because the documented
//! examples disagree about it.
//!
//! ```
//! use std::borrow::Cow;
//! use graph::query::{Member, Operators, Query, QueryOption, Shape, Version};
//! use serde_json::json;
//!
//! static USER: Shape = Shape {
//!     members: &[
//!         Member::guid("id").filter(Operators::EQUALITY),
//!         Member::text("displayName").filter(Operators::STARTS),
//!         Member::text("userType").filter(Operators::EQ).on_select(),
//!     ],
//!     options: &[QueryOption::Filter, QueryOption::Select],
//!     ..Shape::EMPTY
//! };
//! let pairs = [("$filter", "UserType eq 'guest' and startswith(displayName, 'ad')")];
//! let pairs = pairs.map(|(name, value)| (Cow::from(name), Cow::from(value)));
//! let query = Query::read(pairs, &USER, &Version::V1.into())?;
//! let adele = json!({"id": "1", "displayName": "Adele", "userType": "Guest"});
//! assert!(query.wants(&adele));
//! assert_eq!(query.project(adele), json!({"id": "1", "displayName": "Adele"}));
//! # Ok::<(), graph::query::QueryError>(())
//! ```

mod admit;
mod answer;
mod evaluate;
mod filter;
mod option;
mod parse;
mod pushdown;
mod shape;
#[cfg(test)]
mod tests;
mod token;

use std::borrow::Cow;

pub use filter::{Comparison, Filter, Literal, Part, Path, Quantifier};
pub use option::QueryOption;
pub use pushdown::Span;
pub use shape::{Kind, Member, Navigation, Operators, Shape};

/// Which of the two versions is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// `/v1.0`.
    #[default]
    V1,
    /// `/beta`.
    Beta,
}

/// How a client asks, beside the query itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manner {
    /// The version in the address.
    pub version: Version,
    /// `ConsistencyLevel: eventual`.
    pub eventual: bool,
    /// `Prefer: include-unknown-enum-members`.
    pub all_enum_members: bool,
}

impl From<Version> for Manner {
    fn from(version: Version) -> Self {
        Manner {
            version,
            ..Manner::default()
        }
    }
}

/// What is asked of a resource.
#[derive(Clone, Debug)]
pub struct Query {
    shape: &'static Shape,
    /// How it is asked.
    pub manner: Manner,
    /// `$select`: only these members, in their own spelling.
    pub select: Option<Vec<&'static str>>,
    /// `$expand`: these as well.
    pub expand: Vec<Expand>,
    /// `$filter`.
    pub filter: Option<Filter>,
    /// `$orderby`, most important first.
    pub order: Vec<OrderBy>,
    /// `$top`: at most so many.
    pub top: Option<u32>,
    /// `$skip`: not the first so many.
    pub skip: Option<u32>,
    /// `$skiptoken`: go on there.
    pub skip_token: Option<String>,
    /// `$count=true`: how many there are in all.
    pub count: bool,
}

/// One navigation of `$expand`, with what is asked of its other end.
#[derive(Clone, Debug)]
pub struct Expand {
    /// The navigation's name.
    pub name: &'static str,
    /// What stands in the parentheses behind it.
    pub query: Query,
}

/// One member of `$orderby`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBy {
    /// The member, step by step.
    pub steps: Vec<String>,
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
    /// `$filter` cannot be read.
    #[error("the query option '$filter' cannot be read at character {at}: expected {expected}")]
    Filter {
        /// Where, counted from one.
        at: usize,
        /// What would have been legal there.
        expected: &'static str,
    },
    /// An option stands there twice.
    #[error("the query option '{0}' is given more than once")]
    Repeated(&'static str),
    /// An option nobody knows.
    #[error("the query option '{0}' is not known")]
    Unknown(String),
    /// A member nobody knows.
    #[error("the resource has no member '{0}' that a query could name")]
    UnknownMember(String),
    /// A literal of another kind.
    #[error("the member '{member}' cannot be compared with that: expected {expected}")]
    WrongKind {
        /// The member.
        member: String,
        /// What would have been legal.
        expected: &'static str,
    },
    /// An option that is not honoured on this resource.
    #[error("'{0}' is not supported in a query on this resource")]
    Unsupported(String),
    /// An operator that is not honoured on this member.
    #[error("'{operator}' is not supported on the member '{member}' in a filter")]
    NotFilterable {
        /// The member.
        member: String,
        /// The operator.
        operator: &'static str,
    },
    /// A member that cannot be ordered by.
    #[error("the member '{0}' cannot be ordered by")]
    NotOrderable(String),
    /// More than one request may ask for.
    #[error("the page size '{size}' is not possible: expected 1 to {largest}")]
    PageSize {
        /// What was asked for.
        size: String,
        /// What can be.
        largest: u32,
    },
    /// Too deep, too long, or with too many conditions.
    #[error("the query is too complex to be answered")]
    TooComplex,
    /// An advanced query without its header.
    #[error(
        "{0} on directory objects is an advanced query: send the header ConsistencyLevel: eventual"
    )]
    NeedsConsistencyLevel(&'static str),
}

impl QueryError {
    /// Whether the query could be read, and is only not honoured.
    pub fn is_unsupported(&self) -> bool {
        matches!(
            self,
            QueryError::Unsupported(_)
                | QueryError::NotFilterable { .. }
                | QueryError::NotOrderable(_)
                | QueryError::TooComplex
                | QueryError::PageSize { .. }
                | QueryError::NeedsConsistencyLevel(_)
        )
    }
}

impl Query {
    /// The whole resource, and nothing in particular.
    pub fn all(shape: &'static Shape, manner: Manner) -> Self {
        Query {
            shape,
            manner,
            select: None,
            expand: Vec::new(),
            filter: None,
            order: Vec::new(),
            top: None,
            skip: None,
            skip_token: None,
            count: false,
        }
    }

    /// Reads the decoded pairs of a query string.
    pub fn read<'a>(
        pairs: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
        shape: &'static Shape,
        manner: &Manner,
    ) -> Result<Self, QueryError> {
        option::read(pairs, shape, manner, shape.options)
    }

    /// Reads a query of which only these options are honoured, for instance that of `/$count`.
    pub fn read_only<'a>(
        pairs: impl IntoIterator<Item = (Cow<'a, str>, Cow<'a, str>)>,
        shape: &'static Shape,
        manner: &Manner,
        honoured: &[QueryOption],
    ) -> Result<Self, QueryError> {
        option::read(pairs, shape, manner, honoured)
    }

    /// How many entries a page has.
    pub fn page(&self) -> usize {
        self.top.unwrap_or(self.shape.page) as usize
    }

    /// What is asked of a navigation, if it is expanded.
    pub fn expands(&self, navigation: &str) -> Option<&Query> {
        let named = |expand: &&Expand| expand.name.eq_ignore_ascii_case(navigation);
        self.expand.iter().find(named).map(|expand| &expand.query)
    }
}
