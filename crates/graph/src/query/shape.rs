//! What a resource says about its members: which there are, which are answered without being asked
//! for, and which may stand in `$filter` and `$orderby`.
//!
//! ```
//! use graph::query::{Member, Operators, QueryOption, Shape};
//!
//! static BADGE: Shape = Shape {
//!     members: &[
//!         Member::guid("id").filter(Operators::EQ),
//!         Member::text("displayName").filter(Operators::EQ.and(Operators::STARTS)).ordered(),
//!         Member::text("secretHandshake").on_select(),
//!     ],
//!     options: &[QueryOption::Select, QueryOption::Filter, QueryOption::Top],
//!     ..Shape::EMPTY
//! };
//! assert!(BADGE.member("DisplayName").is_some());
//! ```

use super::QueryOption;

/// The description of a resource.
#[derive(Debug)]
pub struct Shape {
    /// Its members.
    pub members: &'static [Member],
    /// What can be expanded.
    pub navigations: &'static [Navigation],
    /// Members that are answered even if `$select` does not name them.
    pub always: &'static [&'static str],
    /// Members that are not described are answered as they are: the resource keeps what it does not
    /// know for those who do.
    pub is_open: bool,
    /// The query options that are honoured.
    pub options: &'static [QueryOption],
    /// How many entries a page has, unless the client says otherwise.
    pub page: u32,
    /// The largest page a client can ask for.
    pub largest_page: u32,
    /// Users, groups and the like: `ne`, `not`, `endsWith`, `$count`, and `$filter` together with
    /// `$orderby` need `ConsistencyLevel: eventual` (`docs/concepts/aad-advanced-queries`).
    pub is_directory: bool,
}

impl Shape {
    /// No members, no options, pages of 100: what the fields not named are filled from.
    pub const EMPTY: Shape = Shape {
        members: &[],
        navigations: &[],
        always: &[],
        is_open: false,
        options: &[],
        page: 100,
        largest_page: 999,
        is_directory: false,
    };

    /// The member of that name, in any case.
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        member(self.members, name)
    }

    /// The navigation of that name, in any case.
    pub fn navigation(&self, name: &str) -> Option<&'static Navigation> {
        let navigations = self.navigations.iter();
        navigations
            .clone()
            .find(|navigation| navigation.name.eq_ignore_ascii_case(name))
    }
}

pub(super) fn member(members: &'static [Member], name: &str) -> Option<&'static Member> {
    members
        .iter()
        .find(|member| member.name.eq_ignore_ascii_case(name))
}

/// A way from one resource to others.
#[derive(Debug)]
pub struct Navigation {
    /// Its name.
    pub name: &'static str,
    /// What is at the other end.
    pub shape: &'static Shape,
    /// Known to beta only.
    pub is_beta: bool,
}

/// One member of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) operators: Operators,
    pub(super) is_ordered: bool,
    pub(super) is_default: bool,
    pub(super) is_beta: bool,
    /// Values above `unknownFutureValue`.
    pub(super) evolved: &'static [&'static str],
}

/// What a member is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string, or an enumeration. Compared without regard to case, as the directory does.
    Text,
    /// A string that is compared as it is written.
    Exact,
    /// A GUID, quoted or not in a filter.
    Guid,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Number,
    /// A time.
    Time,
    /// An object with these members.
    Complex(&'static [Member]),
    /// A list of strings: `name/any(t: t eq '…')`.
    Texts,
    /// A list of objects with these members: `name/any(t: t/id eq '…')`.
    Complexes(&'static [Member]),
    /// Something that can be answered but not asked about.
    Opaque,
}

impl Member {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Member {
            name,
            kind,
            operators: Operators::NONE,
            is_ordered: false,
            is_default: true,
            is_beta: false,
            evolved: &[],
        }
    }

    /// A string or an enumeration, compared without regard to case.
    pub const fn text(name: &'static str) -> Self {
        Member::new(name, Kind::Text)
    }
    /// A string, compared as it is written.
    pub const fn exact(name: &'static str) -> Self {
        Member::new(name, Kind::Exact)
    }
    /// A GUID.
    pub const fn guid(name: &'static str) -> Self {
        Member::new(name, Kind::Guid)
    }
    /// `true` or `false`.
    pub const fn boolean(name: &'static str) -> Self {
        Member::new(name, Kind::Boolean)
    }
    /// A whole number.
    pub const fn number(name: &'static str) -> Self {
        Member::new(name, Kind::Number)
    }
    /// A time.
    pub const fn time(name: &'static str) -> Self {
        Member::new(name, Kind::Time)
    }
    /// An object.
    pub const fn complex(name: &'static str, members: &'static [Member]) -> Self {
        Member::new(name, Kind::Complex(members))
    }
    /// A list of strings.
    pub const fn texts(name: &'static str) -> Self {
        Member::new(name, Kind::Texts)
    }
    /// A list of objects.
    pub const fn complexes(name: &'static str, members: &'static [Member]) -> Self {
        Member::new(name, Kind::Complexes(members))
    }
    /// Something nobody can filter by.
    pub const fn opaque(name: &'static str) -> Self {
        Member::new(name, Kind::Opaque)
    }

    /// May stand in `$filter` with these operators.
    pub const fn filter(mut self, operators: Operators) -> Self {
        self.operators = operators;
        self
    }
    /// May stand in `$orderby`.
    pub const fn ordered(mut self) -> Self {
        self.is_ordered = true;
        self
    }
    /// Answered only if `$select` names it.
    pub const fn on_select(mut self) -> Self {
        self.is_default = false;
        self
    }
    /// Answered by beta only. A filter on it is accepted everywhere: published scripts send it.
    pub const fn beta(mut self) -> Self {
        self.is_beta = true;
        self
    }
    /// These values are answered as `unknownFutureValue` to clients that did not say
    /// `Prefer: include-unknown-enum-members`.
    pub const fn evolved(mut self, values: &'static [&'static str]) -> Self {
        self.evolved = values;
        self
    }

    /// Its name on the wire.
    pub const fn name(&self) -> &'static str {
        self.name
    }
    /// What it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }
    /// Whether beta alone answers it.
    pub const fn is_beta(&self) -> bool {
        self.is_beta
    }
    /// The operators with which it may stand in `$filter`.
    pub const fn operators(&self) -> Operators {
        self.operators
    }
    /// Whether it may stand in `$orderby`.
    pub const fn is_ordered(&self) -> bool {
        self.is_ordered
    }
    /// Whether it is answered without being asked for.
    pub const fn is_default(&self) -> bool {
        self.is_default
    }
}

/// Operators of `$filter`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operators(u16);

impl Operators {
    /// Not in a filter.
    pub const NONE: Self = Operators(0);
    /// `eq`.
    pub const EQ: Self = Operators(1);
    /// `ne`, and `not`.
    pub const NE: Self = Operators(2);
    /// `gt`, `ge`, `lt`, `le`.
    pub const RANGE: Self = Operators(4);
    /// `in`.
    pub const IN: Self = Operators(8);
    /// `startsWith`.
    pub const STARTS: Self = Operators(16);
    /// `endsWith`.
    pub const ENDS: Self = Operators(32);
    /// `contains`.
    pub const CONTAINS: Self = Operators(64);
    /// `eq`, `ne`, `not`, `in`.
    pub const EQUALITY: Self = Operators(1 | 2 | 8);

    /// These as well.
    pub const fn and(self, others: Self) -> Self {
        Operators(self.0 | others.0)
    }

    /// Their names.
    pub fn names(self) -> Vec<&'static str> {
        let all = [
            (Self::EQ, "eq"),
            (Self::NE, "ne"),
            (Self::RANGE, "gt ge lt le"),
            (Self::IN, "in"),
            (Self::STARTS, "startsWith"),
            (Self::ENDS, "endsWith"),
            (Self::CONTAINS, "contains"),
        ];
        let known = all.iter().filter(|(one, _)| self.include(*one));
        known.map(|(_, name)| *name).collect()
    }

    /// Whether all of those are among these.
    pub const fn include(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}
