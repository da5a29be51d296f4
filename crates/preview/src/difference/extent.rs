//! A set of people or of applications, by the names that lists use.
//!
//! A list is asked one question only: is somebody in at least one of what it names? So a set that
//! two lists can tell from another is always of this form: in one of these, perhaps in one of those
//! as well, and in none of a third list. Nobody has to know how groups overlap.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};

use policy::target::{ApplicationId, ApplicationTarget, GroupId, UserId, UserTarget};
use policy::world::Suites;

/// Who is in one of each of some lists, and in none of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent<T> {
    /// One of each of these lists; no list, no condition. There are two at most.
    pub any_of: Vec<Vec<T>>,
    /// None of these.
    pub none_of: Vec<T>,
}

/// How long the lists are and how they begin tells most of them apart; not every name is worth it.
impl<T: Hash> Hash for Extent<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for list in self.any_of.iter().chain([&self.none_of]) {
            (list.len(), list.first(), list.last()).hash(state);
        }
    }
}

impl<T> Default for Extent<T> {
    fn default() -> Self {
        Extent {
            any_of: Vec::new(),
            none_of: Vec::new(),
        }
    }
}

impl<T: Copy + Ord> Extent<T> {
    /// Whether it is everybody, or everything.
    pub fn is_all(&self) -> bool {
        self.any_of.is_empty() && self.none_of.is_empty()
    }

    /// Whether somebody is in it of whom it is known which names apply.
    pub fn holds(&self, applies: impl Fn(&T) -> bool) -> bool {
        self.any_of.iter().all(|list| list.iter().any(&applies))
            && !self.none_of.iter().any(&applies)
    }

    /// How many names it takes to say it.
    pub(super) fn length(&self) -> usize {
        self.any_of.iter().map(Vec::len).sum::<usize>() + self.none_of.len()
    }

    /// The same set in fewer names.
    fn shortened(mut self) -> Self
    where
        T: Named,
    {
        let none_of = &self.none_of;
        for list in &mut self.any_of {
            list.retain(|name| none_of.binary_search(name).is_err());
        }
        self.any_of.sort_by_key(Vec::len);
        self.any_of.dedup();
        if let [first, second] = self.any_of.as_slice() {
            let (only_first, both) = split(first, second);
            let (only_second, _) = split(second, first);
            // If the first list already says what the second one says, or if nobody can be in both
            // but by what both name, one list is enough.
            if only_first.is_empty() || !T::overlap(&only_first, &only_second) {
                self.any_of = vec![both];
            }
        }
        T::drop_idle(&self.any_of, &mut self.none_of);
        self
    }
}

/// What is in the first list only, and what is in both.
fn split<T: Copy + Ord>(of: &[T], other: &[T]) -> (Vec<T>, Vec<T>) {
    of.iter()
        .partition(|name| other.binary_search(name).is_err())
}

/// How the names of one kind of list overlap.
pub(super) trait Named: Copy + Ord {
    /// Whether somebody can be in both lists, which have no name in common.
    fn overlap(first: &[Self], second: &[Self]) -> bool;
    /// Drops from the names that keep out those that keep out nobody.
    fn drop_idle(any_of: &[Vec<Self>], none_of: &mut Vec<Self>);
}

impl Named for UserTarget {
    /// Nobody is two users; a group may hold anybody.
    fn overlap(first: &[Self], second: &[Self]) -> bool {
        let is_group = |name: &Self| matches!(name, UserTarget::Group(_));
        !first.is_empty()
            && !second.is_empty()
            && (first.iter().any(is_group) || second.iter().any(is_group))
    }

    /// Who must be one of some users is not another one.
    fn drop_idle(any_of: &[Vec<Self>], none_of: &mut Vec<Self>) {
        let is_user = |name: &Self| matches!(name, UserTarget::User(_));
        if any_of.iter().any(|list| list.iter().all(is_user)) {
            none_of.retain(|name| !is_user(name));
        }
    }
}

impl Named for ApplicationId {
    /// A sign-in names two applications: a client's and a resource's.
    fn overlap(first: &[Self], second: &[Self]) -> bool {
        !first.is_empty() && !second.is_empty()
    }

    fn drop_idle(_: &[Vec<Self>], _: &mut Vec<Self>) {}
}

/// What a half of a block names, in order and each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Listed<T> {
    All,
    Only(Vec<T>),
}

impl<T: Copy + Ord> Listed<T> {
    pub(super) fn only(names: impl IntoIterator<Item = T>) -> Self {
        let mut names: Vec<T> = names.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        Listed::Only(names)
    }
}

/// An extent under construction; `None` is the empty set.
pub(super) struct Building<T>(Option<Extent<T>>);

impl<T: Named> Building<T> {
    pub(super) fn all() -> Self {
        Building(Some(Extent::default()))
    }

    /// Only who is in the list.
    pub(super) fn inside(mut self, list: &Listed<T>) -> Self {
        if let (Some(extent), Listed::Only(names)) = (&mut self.0, list) {
            extent.any_of.push(names.clone());
        }
        self
    }

    /// Only who is not in the list.
    pub(super) fn outside(mut self, list: &Listed<T>) -> Self {
        match list {
            Listed::All => self.0 = None,
            Listed::Only(names) => {
                if let Some(extent) = &mut self.0 {
                    extent.none_of.extend(names);
                    extent.none_of.sort_unstable();
                    extent.none_of.dedup();
                }
            }
        }
        self
    }

    pub(super) fn done(self) -> Option<Extent<T>> {
        let extent = self.0?.shortened();
        let possible = extent.any_of.iter().all(|list| !list.is_empty());
        possible.then_some(extent)
    }
}

/// Somebody, as far as a list can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub user: UserId,
    /// The groups the account is in, nested ones included.
    pub groups: BTreeSet<GroupId>,
}

impl Person {
    /// Whether the name is one of this person's.
    pub fn is_named(&self, name: &UserTarget) -> bool {
        match name {
            UserTarget::User(user) => *user == self.user,
            UserTarget::Group(group) => self.groups.contains(group),
        }
    }

    /// Somebody in the extent, if there can be anybody. Who is in which group is not known, so
    /// everybody may be in any.
    pub(super) fn of(extent: &Extent<UserTarget>) -> Option<Person> {
        let kept_out = |name: &UserTarget| extent.none_of.binary_search(name).is_ok();
        let group = |list: &[UserTarget]| {
            list.iter().find_map(|name| match name {
                UserTarget::Group(group) if !kept_out(name) => Some(*group),
                _ => None,
            })
        };
        let with_user = |user: UserId| {
            let name = UserTarget::User(user);
            let lists = extent.any_of.iter();
            let lists = lists.filter(|list| !list.contains(&name));
            let groups: Option<BTreeSet<GroupId>> = lists.map(|list| group(list)).collect();
            let groups = groups.filter(|_| !kept_out(&name))?;
            Some(Person { user, groups })
        };
        let listed = extent.any_of.iter().flatten();
        let users = listed.filter_map(|name| match name {
            UserTarget::User(user) => Some(*user),
            UserTarget::Group(_) => None,
        });
        let anybody = || {
            other(
                |id| UserTarget::User(UserId::from_u128(id)),
                &extent.none_of,
            )
        };
        users
            .into_iter()
            .find_map(with_user)
            .or_else(|| match anybody()? {
                UserTarget::User(user) => with_user(user),
                UserTarget::Group(_) => None,
            })
    }
}

/// The applications of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applications {
    /// The client's, where it matters.
    pub client: Option<ApplicationId>,
    /// The resource's.
    pub resource: ApplicationId,
}

impl Applications {
    /// Whether one of the two is that application (S3.4).
    pub fn is_named(&self, name: &ApplicationId) -> bool {
        self.resource == *name || self.client == Some(*name)
    }

    /// Both, as the evaluator takes them.
    pub(super) fn list(&self) -> Vec<ApplicationId> {
        self.client.into_iter().chain([self.resource]).collect()
    }

    /// Applications in the extent, if there can be any; the resource's must be one of `resources`
    /// where these are given.
    pub(super) fn of(
        extent: &Extent<ApplicationId>,
        resources: Option<&BTreeSet<ApplicationId>>,
    ) -> Option<Applications> {
        let kept_out = |name: &ApplicationId| extent.none_of.binary_search(name).is_ok();
        let fits = |name: &ApplicationId| {
            !kept_out(name) && resources.is_none_or(|resources| resources.contains(name))
        };
        let lists = extent.any_of.as_slice();
        let listed = lists.iter().flatten().copied().filter(|name| fits(name));
        let any = match resources {
            Some(resources) => resources.iter().copied().find(|name| fits(name)),
            None => other(ApplicationId::from_u128, &extent.none_of),
        };
        // With one resource given, the client has to make up for every list that is left.
        listed.chain(any).find_map(|resource| {
            let open: Vec<&Vec<ApplicationId>> = lists
                .iter()
                .filter(|list| !list.contains(&resource))
                .collect();
            let client = match open.as_slice() {
                [] => {
                    return Some(Applications {
                        client: None,
                        resource,
                    });
                }
                [first, rest @ ..] => first
                    .iter()
                    .copied()
                    .find(|name| !kept_out(name) && rest.iter().all(|list| list.contains(name))),
            };
            client.map(|client| Applications {
                client: Some(client),
                resource,
            })
        })
    }
}

/// The highest of the ids that stand for whoever is on no list.
const LAST: u128 = 0xffff_ffff_ffff_4fff_bfff_ffff_ffff_ffff;

/// Ids that stand for whoever is on no list, the most usual one first.
pub(super) fn others() -> impl Iterator<Item = u128> {
    (0..).map(|n| LAST - n)
}

/// Whether the id is one of these.
pub(super) const fn is_other(id: u128) -> bool {
    id <= LAST && LAST - id < 1 << 32
}

/// A name that is not in the list.
fn other<T: Ord>(name: impl Fn(u128) -> T, not: &[T]) -> Option<T> {
    let mut names = others().map(name);
    names.find(|name| not.binary_search(name).is_err())
}

/// The applications as an administrator would list them: suites by their keyword, where all of it is
/// meant.
pub fn spelled(names: &[ApplicationId], suites: &Suites) -> Vec<ApplicationTarget> {
    let mut rest: BTreeSet<ApplicationId> = names.iter().copied().collect();
    let mut targets = Vec::new();
    let keywords = [
        (
            ApplicationTarget::AllMicrosoftApps,
            &suites.all_microsoft_apps,
        ),
        (ApplicationTarget::Office365, &suites.office365),
    ];
    for (keyword, suite) in keywords {
        // One application is named sooner than the suite of which it is all there is.
        if suite.len() > 1 && suite.is_subset(&rest) {
            rest.retain(|name| !suite.contains(name));
            targets.push(keyword);
        }
    }
    targets.extend(rest.into_iter().map(ApplicationTarget::Application));
    targets
}
