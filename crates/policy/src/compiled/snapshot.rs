//! One tenant, compiled: an immutable value that decisions read.
//!
//! Its settings are two blocks of memory: the defaults and a hash table of partners, one cache line
//! each (see [`super::entry`]), and the lists they point to (see [`super::list`]). What only some
//! sign-ins ask for (people, Conditional Access, tenant restrictions, domains) is kept apart.

use std::sync::Arc;

use super::conditional::CompiledPolicy;
use super::digest::place;
use super::directory::CompiledDirectory;
use super::entry::{CompiledBlock, Entry};
use super::line::Line;
use super::settings::CompiledSettings;
use crate::settings::Policy;
use crate::tenant::{Cloud, PolicyId, TenantId};
use crate::world::{DomainList, Tenant};

/// A compiled tenant. It is one cache line itself, lies in the registry by value, and is cheap to
/// clone: what it points to is shared.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Snapshot {
    pub(super) id: TenantId,
    entries: Arc<[Entry]>,
    pub(super) lines: Arc<[Line]>,
    pub(super) background: Arc<Background>,
    /// Over how many places after the first the partners are spread.
    slots: u32,
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

    /// Whether any of these holds.
    #[inline(always)]
    pub(super) fn has(self, any: u8) -> bool {
        self.0 & any != 0
    }
}

/// What only some sign-ins ask for.
#[derive(Debug)]
pub(super) struct Background {
    pub(super) policy_id: Option<PolicyId>,
    /// Tenant restrictions in force, at the place of each partner's line; the first are the
    /// default's. Empty where no partner has its own.
    pub(super) restrictions: Box<[CompiledBlock]>,
    pub(super) conditional_access: Box<[CompiledPolicy]>,
    pub(super) domain_list: Option<DomainList>,
    pub(super) directory: Option<Arc<CompiledDirectory>>,
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
        let directory = directory.map(|directory| Arc::new(CompiledDirectory::new(directory)));
        Snapshot::with_directory(tenant, directory)
    }

    /// Compiles a tenant of which this is the last snapshot and whose people and groups are still
    /// the same: only its settings are compiled anew.
    pub fn compile_settings(&self, tenant: &Tenant) -> Snapshot {
        Snapshot::with_directory(tenant, self.background.directory.clone())
    }

    fn with_directory(tenant: &Tenant, directory: Option<Arc<CompiledDirectory>>) -> Snapshot {
        let nothing = Policy::default();
        let policy = tenant.policy.as_ref().unwrap_or(&nothing);
        let settings = CompiledSettings::new(policy);
        let conditional_access: Box<[CompiledPolicy]> = tenant
            .conditional_access
            .iter()
            .filter_map(CompiledPolicy::new)
            .collect();
        Snapshot {
            id: tenant.id,
            entries: settings.entries.into(),
            slots: settings.slots,
            lines: settings.lines.into(),
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
        self.background.directory.as_deref()
    }

    /// What is in force towards that tenant. The digest is that of its id.
    #[inline(always)]
    pub(super) fn towards(&self, partner: TenantId, digest: u64) -> Standing<'_> {
        let mut at = 1 + place(digest, self.slots) as usize;
        while let Some(entry) = self.entries.get(at) {
            if entry.is_vacant() {
                break;
            }
            if entry.is_for(partner) {
                return Standing { entry, at };
            }
            at += 1;
        }
        let entry = self.entries.first().unwrap_or(&Entry::VACANT);
        Standing { entry, at: 0 }
    }

    /// The tenant restrictions in force for somebody who enters the tenant of that standing (S11.7).
    pub(super) fn restrictions(&self, standing: Standing<'_>) -> Option<CompiledBlock> {
        let blocks = &self.background.restrictions;
        blocks.get(standing.at).or(blocks.first()).copied()
    }
}

/// A partner's entry, or the defaults for a tenant that has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing<'a> {
    pub(super) entry: &'a Entry,
    at: usize,
}

impl Standing<'_> {
    /// Whether the tenant has been added as an organization.
    #[inline(always)]
    pub(super) fn is_listed(self) -> bool {
        self.at != 0
    }
}
