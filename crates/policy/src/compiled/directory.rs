//! The people of one tenant, and how some of them change while decisions go on.
//!
//! Most people are in a large block that is made once. Whoever has changed since is in a small one,
//! which is looked at first and made anew with every change, so a change costs what has changed and
//! not how many people there are. When the small block has grown, all of them are put together
//! again; until then nobody notices but by one more look.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::people::{People, Person};
use crate::target::{GroupId, UserId};
use crate::tenant::{Domain, TenantId};
use crate::world::Directory;

/// A directory, asked without walking it.
#[derive(Clone, Debug)]
pub(super) struct CompiledDirectory {
    all: Arc<People>,
    changes: Option<Arc<Changes>>,
}

/// Who has changed since the large block was made.
#[derive(Debug)]
struct Changes {
    /// Their ids in order, those of people who are gone as well.
    ids: Box<[UserId]>,
    people: People,
}

/// The small block is at least worth so many people.
const FEW: usize = 64;

impl CompiledDirectory {
    pub(super) fn new(directory: &Directory) -> CompiledDirectory {
        CompiledDirectory {
            all: Arc::new(People::new(directory, directory.users.values(), false)),
            changes: None,
        }
    }

    /// The same directory when these users have been put or dropped and these groups are in other
    /// groups than before; `directory` is how it is now.
    pub(super) fn with(
        &self,
        directory: &Directory,
        users: &BTreeSet<UserId>,
        groups: &BTreeSet<GroupId>,
    ) -> CompiledDirectory {
        let mut ids = users.clone();
        if !groups.is_empty() {
            ids.extend(self.all.in_any(groups));
        }
        if let Some(changes) = &self.changes {
            // Everybody in there is made anew, so whoever is in these groups is as well.
            ids.extend(changes.ids.iter().copied());
        }
        // One block of all costs as much as so many small ones, so they cost the same in the end.
        if ids.len() > FEW.max(self.all.len().isqrt() * 4) {
            return CompiledDirectory::new(directory);
        }
        let changed = ids.iter().filter_map(|id| directory.users.get(id));
        let people = People::new(directory, changed, true);
        let ids = ids.into_iter().collect();
        CompiledDirectory {
            all: Arc::clone(&self.all),
            changes: Some(Arc::new(Changes { ids, people })),
        }
    }

    /// The object with that id.
    #[inline]
    pub(super) fn user(&self, id: UserId) -> Option<&Person> {
        match &self.changes {
            Some(changes) if changes.concern(id) => changes.people.user(id),
            _ => self.all.user(id),
        }
    }

    /// The object for that account of another tenant (S8.8): of several the first by id.
    #[inline]
    pub(super) fn object_for(&self, tenant: TenantId, user: UserId) -> Option<&Person> {
        let Some(changes) = &self.changes else {
            return self.all.object_for(tenant, user, |_| true);
        };
        let still = |person: &Person| !changes.concern(person.id);
        let unchanged = self.all.object_for(tenant, user, still);
        let changed = changes.people.object_for(tenant, user, |_| true);
        let both = unchanged.into_iter().chain(changed);
        both.min_by_key(|person| person.id)
    }

    /// The groups the person is in, nested ones too; `None`: unknown (S25.3).
    pub(super) fn groups(&self, person: &Person) -> Option<&[GroupId]> {
        self.block(person)?.groups(person)
    }

    /// The domain of the mail address: `None` without an address, `Some(None)` when the address
    /// has no readable domain.
    pub(super) fn mail_domain(&self, person: &Person) -> Option<Option<&Domain>> {
        self.block(person)?.mail_domain(person)
    }

    /// The domain that the name of an invited person tells.
    pub(super) fn named_domain(&self, person: &Person) -> Option<&Domain> {
        self.block(person)?.named_domain(person)
    }

    /// The domain by which the person is invited elsewhere.
    pub(super) fn address_domain(&self, person: &Person) -> Option<&Domain> {
        self.block(person)?.address_domain(person)
    }

    /// The block that the person was found in.
    fn block(&self, person: &Person) -> Option<&People> {
        match (person.changed, &self.changes) {
            (false, _) => Some(&self.all),
            (true, changes) => changes.as_ref().map(|changes| &changes.people),
        }
    }
}

impl Changes {
    fn concern(&self, id: UserId) -> bool {
        self.ids.binary_search(&id).is_ok()
    }
}
