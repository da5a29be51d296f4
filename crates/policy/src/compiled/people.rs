//! People of one tenant in a block of memory, by id and by the account they stand for.
//!
//! A block does not change. How a directory does is told in [`super::directory`].

use std::collections::{BTreeMap, BTreeSet};

use super::line::Line;
use super::list::{Arena, Kind, List, Wanted, probe};
use crate::redemption::named_domain;
use crate::target::{GroupId, UserId};
use crate::tenant::{Domain, TenantId};
use crate::world::{Directory, External, ExternalIdentity, User, UserType};

/// Some people of a directory, or all of them.
#[derive(Debug)]
pub(super) struct People {
    lines: Box<[Line]>,
    users: List,
    people: Box<[Person]>,
    /// Objects for accounts of other tenants, by the account's id there.
    visitors: List,
    visiting: Box<[Visiting]>,
    groups: Box<[GroupId]>,
    domains: Box<[Domain]>,
}

/// One user object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    pub(super) id: UserId,
    pub(super) authenticates: Authenticates,
    pub(super) user_type: UserType,
    pub(super) enabled: bool,
    pub(super) pending: bool,
    /// All groups, nested ones too: first and count. `None`: unknown (S25.3).
    groups: Option<(u32, u32)>,
    /// Which block the person is in: that of the changes, or the large one.
    pub(super) changed: bool,
    /// The domain of `mail`.
    mail: Mail,
    /// The domain of `mail`, or without one of the user principal name.
    address: Option<u32>,
    /// The domain that the name of an invited person tells.
    invited: Option<u32>,
}

/// Where a user authenticates (S1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authenticates {
    /// Here.
    Internally,
    /// With another tenant.
    With(TenantId, UserId),
    /// With providers that are not tenants; with a personal Microsoft account or not.
    Elsewhere { personal: bool },
}

/// The domain of a mail address, among the directory's domains.
#[derive(Clone, Copy, Debug)]
enum Mail {
    Absent,
    Unreadable,
    In(u32),
}

/// The object for an account of that tenant.
#[derive(Clone, Copy, Debug)]
struct Visiting {
    home: TenantId,
    person: u32,
}

impl People {
    /// These users of the directory; `changed` says for which block.
    pub(super) fn new<'a>(
        directory: &'a Directory,
        users: impl Iterator<Item = &'a User>,
        changed: bool,
    ) -> People {
        let mut making = Making {
            directory,
            changed,
            groups: Vec::new(),
            known: BTreeMap::new(),
            domains: BTreeMap::new(),
        };
        let mut arena = Arena::default();
        let people = users.map(|user| {
            let person = making.person(user);
            (user.id.as_u128(), Kind::Plain, person)
        });
        let (users, people) = arena.append_with(people.collect(), u32::MAX);
        // By id, so that of two objects for one account the first is found.
        let mut by_id: Vec<(UserId, u32, Authenticates)> = people
            .iter()
            .zip(0..)
            .map(|(person, at)| (person.id, at, person.authenticates))
            .collect();
        by_id.sort_unstable_by_key(|(id, ..)| *id);
        let visitors = by_id.iter().filter_map(|(_, person, authenticates)| {
            let Authenticates::With(home, account) = *authenticates else {
                return None;
            };
            let person = *person;
            Some((account.as_u128(), Kind::Plain, Visiting { home, person }))
        });
        let (visitors, visiting) = arena.append_with(visitors.collect(), u32::MAX);
        let mut domains: Vec<(Domain, u32)> = making.domains.into_iter().collect();
        domains.sort_unstable_by_key(|(_, number)| *number);
        People {
            lines: arena.finish().into(),
            users,
            people: people.into(),
            visitors,
            visiting: visiting.into(),
            groups: making.groups.into(),
            domains: domains.into_iter().map(|(domain, _)| domain).collect(),
        }
    }

    /// The object with that id.
    pub(super) fn user(&self, id: UserId) -> Option<&Person> {
        let wanted = Wanted::new(id.as_u128(), Kind::Plain);
        let probe = probe(&self.lines, self.users, &wanted);
        let position = probe.position(&self.lines, &wanted)?;
        let rank = position.checked_sub(self.users.first_id())?;
        self.people.get(rank as usize)
    }

    /// The first object, by id, for that account of another tenant (S8.8) that counts.
    #[inline(always)]
    pub(super) fn object_for(
        &self,
        tenant: TenantId,
        user: UserId,
        counts: impl Fn(&Person) -> bool,
    ) -> Option<&Person> {
        let wanted = Wanted::new(user.as_u128(), Kind::Plain);
        let object = |position: u32| {
            let at = position.checked_sub(self.visitors.first_id())?;
            let visiting = self.visiting.get(at as usize);
            let visiting = visiting.filter(|visiting| visiting.home == tenant)?;
            self.people.get(visiting.person as usize)
        };
        let probe = probe(&self.lines, self.visitors, &wanted);
        let position = probe.search(&self.lines, &wanted, |at| object(at).is_some_and(&counts))?;
        object(position)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.people.len()
    }

    /// Those who are in one of these groups, directly or not.
    pub(super) fn in_any(&self, groups: &BTreeSet<GroupId>) -> impl Iterator<Item = UserId> {
        // People in the same direct groups share a range, and mostly follow each other.
        let mut last = None;
        let people = self.people.iter().filter(move |person| {
            if last.is_none_or(|(range, _)| range != person.groups) {
                let found = self.groups(person).into_iter().flatten();
                last = Some((
                    person.groups,
                    found.into_iter().any(|id| groups.contains(id)),
                ));
            }
            last.is_some_and(|(_, found)| found)
        });
        people.map(|person| person.id)
    }

    /// The groups the person is in, nested ones too; `None`: unknown (S25.3).
    pub(super) fn groups(&self, person: &Person) -> Option<&[GroupId]> {
        let (first, count) = person.groups?;
        let (first, count) = (first as usize, count as usize);
        Some(self.groups.get(first..first + count).unwrap_or(&[]))
    }

    /// The domain of the mail address: `None` without an address, `Some(None)` when the address
    /// has no readable domain.
    pub(super) fn mail_domain(&self, person: &Person) -> Option<Option<&Domain>> {
        match person.mail {
            Mail::Absent => None,
            Mail::Unreadable => Some(None),
            Mail::In(at) => Some(self.domains.get(at as usize)),
        }
    }

    /// The domain that the name of an invited person tells.
    pub(super) fn named_domain(&self, person: &Person) -> Option<&Domain> {
        self.domains.get(person.invited? as usize)
    }

    /// The domain by which the person is invited elsewhere.
    pub(super) fn address_domain(&self, person: &Person) -> Option<&Domain> {
        self.domains.get(person.address? as usize)
    }
}

/// A directory being compiled.
struct Making<'a> {
    directory: &'a Directory,
    changed: bool,
    groups: Vec<GroupId>,
    /// People in the same direct groups share what follows from them.
    known: BTreeMap<Vec<GroupId>, (u32, u32)>,
    domains: BTreeMap<Domain, u32>,
}

impl Making<'_> {
    fn person(&mut self, user: &User) -> Person {
        let mail = match user.mail.as_deref() {
            None => Mail::Absent,
            Some(mail) => self.domain(mail).map_or(Mail::Unreadable, Mail::In),
        };
        Person {
            id: user.id,
            changed: self.changed,
            authenticates: match &user.external {
                None => Authenticates::Internally,
                Some(External::Tenant {
                    home_tenant,
                    home_user,
                }) => Authenticates::With(*home_tenant, *home_user),
                Some(External::Providers(providers)) => Authenticates::Elsewhere {
                    personal: providers.contains(&ExternalIdentity::MicrosoftAccount),
                },
            },
            user_type: user.user_type,
            enabled: user.enabled,
            pending: user.is_pending(),
            groups: user.groups.as_ref().map(|direct| {
                let direct: Vec<GroupId> = direct.iter().copied().collect();
                self.nested(direct)
            }),
            mail,
            address: match mail {
                Mail::In(domain) => Some(domain),
                Mail::Unreadable => None,
                Mail::Absent => self.domain(&user.user_principal_name),
            },
            invited: named_domain(&user.user_principal_name).map(|domain| self.numbered(domain)),
        }
    }

    /// Everything that follows from being in these groups (S1.6): each is entered once, so a loop
    /// ends.
    fn nested(&mut self, direct: Vec<GroupId>) -> (u32, u32) {
        if let Some(range) = self.known.get(&direct) {
            return *range;
        }
        let first = self.groups.len();
        let mut entered = BTreeSet::new();
        let mut waiting = direct.clone();
        while let Some(group) = waiting.pop() {
            if entered.insert(group) {
                self.groups.push(group);
                if let Some(parents) = self.directory.groups.get(&group) {
                    waiting.extend(parents.iter().copied());
                }
            }
        }
        let range = (first as u32, (self.groups.len() - first) as u32);
        self.known.insert(direct, range);
        range
    }

    /// The number of the address's domain.
    fn domain(&mut self, address: &str) -> Option<u32> {
        let (_, domain) = address.rsplit_once('@')?;
        Some(self.numbered(domain.parse().ok()?))
    }

    fn numbered(&mut self, domain: Domain) -> u32 {
        let next = self.domains.len() as u32;
        *self.domains.entry(domain).or_insert(next)
    }
}
