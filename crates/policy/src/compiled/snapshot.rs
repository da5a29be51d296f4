//! One tenant, compiled: an immutable value that decisions read.
//!
//! Its settings are two blocks of memory: the entries, a cache line each (see [`super::entry`]), and
//! the lists they point to (see [`super::list`]). What only some sign-ins ask for (people,
//! Conditional Access, tenant restrictions, domains) is kept apart.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::conditional::CompiledPolicy;
use super::directory::CompiledDirectory;
use super::entry::{CompiledBlock, Entry, Rank};
use super::line::Line;
use super::settings::CompiledSettings;
use crate::settings::Policy;
use crate::target::{GroupId, UserId};
use crate::tenant::{Cloud, PolicyId, TenantId};
use crate::world::{Directory, DomainList, Tenant};

/// A compiled tenant. It is one cache line itself, lies in the registry by value, and is cheap to
/// clone: what it points to is shared.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Snapshot {
    pub(super) id: TenantId,
    /// The defaults, then the partners in the order of their ids.
    entries: Arc<[Entry]>,
    pub(super) lines: Arc<[Line]>,
    pub(super) background: Arc<Background>,
    /// Its place among the tenants of a shard; without one its entries are found in its own order.
    pub(super) rank: Option<Rank>,
    pub(super) cloud: Cloud,
    pub(super) allowed_clouds: CloudSet,
    pub(super) facts: Facts,
}

/// What a decision asks first, one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts(u8);

impl Facts {
    /// The settings live here (S25.1).
    pub(super) const HOSTED: u8 = 1;
    pub(super) const P1: u8 = 1 << 1;
    /// People and groups are known (S25.2).
    pub(super) const DIRECTORY: u8 = 1 << 2;
    pub(super) const CONDITIONAL_ACCESS: u8 = 1 << 3;

    fn new(set: [(u8, bool); 4]) -> Facts {
        let set = set.into_iter().filter(|(_, holds)| *holds);
        Facts(set.fold(0, |facts, (fact, _)| facts | fact))
    }

    /// These, and that one.
    fn and(self, fact: u8) -> Facts {
        Facts(self.0 | fact)
    }

    /// What holds for both.
    #[inline(always)]
    pub(super) fn both(self, other: Facts) -> Facts {
        Facts(self.0 & other.0)
    }

    /// Whether any of these holds.
    #[inline(always)]
    pub(super) fn has(self, any: u8) -> bool {
        self.0 & any != 0
    }
}

/// What only some sign-ins ask for.
#[derive(Clone, Debug)]
pub(super) struct Background {
    pub(super) policy_id: Option<PolicyId>,
    /// Tenant restrictions in force, in the order of the entries; only the defaults' where no partner
    /// has its own.
    pub(super) restrictions: Arc<[CompiledBlock]>,
    pub(super) conditional_access: Arc<[CompiledPolicy]>,
    pub(super) domain_list: Option<DomainList>,
    pub(super) directory: Option<CompiledDirectory>,
}

/// A set of clouds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CloudSet(u8);

impl CloudSet {
    fn new(clouds: &[Cloud]) -> CloudSet {
        CloudSet(clouds.iter().fold(0, |set, cloud| set | 1 << *cloud as u8))
    }

    pub(super) fn contains(self, cloud: Cloud) -> bool {
        self.0 & 1 << cloud as u8 != 0
    }
}

impl Snapshot {
    /// Compiles a tenant.
    pub fn compile(tenant: &Tenant) -> Snapshot {
        let directory = tenant.directory.as_ref();
        let directory = directory.map(CompiledDirectory::new);
        Snapshot::with_directory(tenant, directory)
    }

    /// Compiles a tenant of which this is the last snapshot and whose people and groups are still
    /// the same: only its settings are compiled anew.
    pub fn compile_settings(&self, tenant: &Tenant) -> Snapshot {
        Snapshot::with_directory(tenant, self.background.directory.clone())
    }

    /// The last snapshot of a tenant when these users have been put or dropped and these groups have
    /// got other parents since; `directory` is how it is now. Its settings are still the same.
    pub fn compile_people(
        &self,
        directory: &Directory,
        users: &BTreeSet<UserId>,
        groups: &BTreeSet<GroupId>,
    ) -> Snapshot {
        let last = self.background.directory.as_ref();
        let directory = match last {
            Some(last) => last.with(directory, users, groups),
            None => CompiledDirectory::new(directory),
        };
        Snapshot {
            facts: self.facts.and(Facts::DIRECTORY),
            background: Arc::new(Background {
                directory: Some(directory),
                ..Background::clone(&self.background)
            }),
            ..self.clone()
        }
    }

    fn with_directory(tenant: &Tenant, directory: Option<CompiledDirectory>) -> Snapshot {
        let nothing = Policy::default();
        let policy = tenant.policy.as_ref().unwrap_or(&nothing);
        let settings = CompiledSettings::new(policy);
        let conditional_access: Arc<[CompiledPolicy]> = tenant
            .conditional_access
            .iter()
            .filter_map(CompiledPolicy::new)
            .collect();
        Snapshot {
            id: tenant.id,
            entries: settings.entries.into(),
            lines: settings.lines.into(),
            rank: None,
            cloud: tenant.cloud,
            allowed_clouds: CloudSet::new(&policy.allowed_clouds),
            facts: Facts::new([
                (Facts::HOSTED, tenant.policy.is_some()),
                (Facts::P1, tenant.p1),
                (Facts::DIRECTORY, directory.is_some()),
                (Facts::CONDITIONAL_ACCESS, !conditional_access.is_empty()),
            ]),
            background: Arc::new(Background {
                policy_id: policy.id,
                restrictions: settings.restrictions.into(),
                conditional_access,
                domain_list: tenant.domain_list.clone(),
                directory,
            }),
        }
    }

    /// Whose it is.
    pub fn tenant(&self) -> TenantId {
        self.id
    }

    pub(super) fn directory(&self) -> Option<&CompiledDirectory> {
        self.background.directory.as_ref()
    }

    pub(super) fn defaults(&self) -> &Entry {
        self.entries.first().unwrap_or(&Entry::VACANT)
    }

    /// The partners' entries, in the order of their ids.
    pub(super) fn partners(&self) -> &[Entry] {
        self.entries.get(1..).unwrap_or(&[])
    }

    /// What is in force towards that tenant, found by halves.
    #[cold]
    pub(super) fn standing(&self, partner: TenantId) -> Standing<'_> {
        match self.place(partner).and_then(|at| self.entries.get(at)) {
            Some(entry) => Standing::listed(entry),
            None => Standing::unlisted(self.defaults()),
        }
    }

    fn place(&self, partner: TenantId) -> Option<usize> {
        let partner = partner.as_u128();
        let at = self
            .partners()
            .binary_search_by_key(&partner, Entry::partner);
        Some(at.ok()? + 1)
    }

    /// The tenant restrictions in force for somebody who enters that tenant (S11.7).
    pub(super) fn restrictions(&self, entered: TenantId) -> Option<CompiledBlock> {
        let blocks = &self.background.restrictions;
        let own = self.place(entered).and_then(|at| blocks.get(at));
        own.or(blocks.first()).copied()
    }
}

/// A partner's entry, or the defaults for a tenant that has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing<'a> {
    pub(super) entry: &'a Entry,
    /// Whether the tenant has been added as an organization.
    pub(super) is_listed: bool,
}

impl<'a> Standing<'a> {
    #[inline(always)]
    pub(super) fn listed(entry: &'a Entry) -> Self {
        let is_listed = true;
        Standing { entry, is_listed }
    }

    #[inline(always)]
    pub(super) fn unlisted(defaults: &'a Entry) -> Self {
        Standing {
            entry: defaults,
            is_listed: false,
        }
    }
}
