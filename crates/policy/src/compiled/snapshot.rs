//! One tenant, compiled: an immutable value that decisions read.
//!
//! Its settings lie in one block of memory: the line of the defaults, a hash table of one line per
//! partner (see [`super::entry`]), and the lists they point to (see [`super::list`]). What only some
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
    pub(super) lines: Arc<[Line]>,
    pub(super) background: Arc<Background>,
    /// Over how many lines the partners are spread.
    pub(super) slots: u32,
    pub(super) cloud: Cloud,
    pub(super) allowed_clouds: CloudSet,
    pub(super) hosted: bool,
    pub(super) p1: bool,
    pub(super) directory_known: bool,
    pub(super) has_conditional_access: bool,
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
            slots: settings.slots,
            lines: settings.lines.into(),
            cloud: tenant.cloud,
            allowed_clouds: CloudSet::new(&policy.allowed_clouds),
            hosted: tenant.policy.is_some(),
            p1: tenant.p1,
            directory_known: directory.is_some(),
            has_conditional_access: !conditional_access.is_empty(),
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

    /// What is in force towards that tenant. The digest is that of its id.
    #[inline(always)]
    pub(super) fn towards(&self, partner: TenantId, digest: u64) -> Standing<'_> {
        let mut at = 1 + place(digest, self.slots) as usize;
        loop {
            let line = self.lines.get(at).unwrap_or(&Line::VACANT);
            let entry = Entry(line);
            if entry.is_for(partner) & !entry.is_vacant() {
                return Standing { entry, at };
            }
            if entry.is_vacant() {
                let line = self.lines.first().unwrap_or(&Line::VACANT);
                let entry = Entry(line);
                return Standing { entry, at: 0 };
            }
            at += 1;
        }
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
    pub(super) entry: Entry<'a>,
    at: usize,
}

impl Standing<'_> {
    /// Whether the tenant has been added as an organization.
    #[inline(always)]
    pub(super) fn is_listed(self) -> bool {
        self.at != 0
    }
}
