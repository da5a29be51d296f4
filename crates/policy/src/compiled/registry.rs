//! All compiled tenants, and how one of them is replaced while decisions go on.
//!
//! A [`Registry`] is immutable. Replacing a tenant makes a new registry that shares everything with
//! the old one but a single *shard* of a few dozen tenants (see [`super::shard`]). [`Live`] holds the registry in force; whoever reads it keeps one consistent
//! registry for as long as needed, without a lock.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use super::digest::digest;
use super::shard::Shard;
use super::snapshot::{Facts, Snapshot, Standing};
use super::suites::CompiledSuites;
use crate::resolve::Origin;
use crate::tenant::{Cloud, MICROSOFT_ACCOUNTS, TenantId};
use crate::world::{Suites, Tenant, World};

/// Shards are made for that many tenants …
const SHORT: usize = 16;
/// … and may grow to that many on average.
const LONG: usize = 32;

/// One of the two tenants of a sign-in: what is known of it, and what it has in force towards the
/// other.
#[derive(Clone, Copy)]
pub(super) struct Party<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) standing: Standing<'a>,
}

/// Which claims are accepted, and the first layer that says anything about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Trust {
    /// `isMfaAccepted`.
    pub mfa: bool,
    /// `isCompliantDeviceAccepted`.
    pub compliant_device: bool,
    /// `isHybridAzureADJoinedDeviceAccepted`.
    pub hybrid_joined_device: bool,
    /// Where it comes from.
    pub origin: Origin,
}

/// All compiled tenants.
#[derive(Clone, Debug)]
pub struct Registry {
    /// INVARIANT (every digest has a shard): their number is a power of two.
    shards: Box<[Shard]>,
    len: usize,
    personal_accounts: Snapshot,
    pub(super) suites: Arc<CompiledSuites>,
    pub(super) both_sides_required: bool,
}

impl Registry {
    /// A registry of these tenants.
    pub fn new(
        snapshots: impl IntoIterator<Item = Snapshot>,
        suites: &Suites,
        both_sides_required: bool,
    ) -> Registry {
        let suites = Arc::new(CompiledSuites::new(suites));
        let mut registry = Registry {
            shards: Box::new([]),
            len: 0,
            personal_accounts: Snapshot::compile(&Tenant::registered(
                MICROSOFT_ACCOUNTS,
                Cloud::Commercial,
            )),
            suites,
            both_sides_required,
        };
        registry.fill(snapshots.into_iter().collect());
        registry
    }

    /// Compiles every tenant of a world.
    pub fn of(world: &World) -> Registry {
        let tenants = world.tenants.values().map(Snapshot::compile);
        Registry::new(tenants, &world.suites, world.both_sides_required)
    }

    /// How many tenants there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The tenant's snapshot.
    pub fn get(&self, tenant: TenantId) -> Option<&Snapshot> {
        let digest = digest(tenant.as_u128());
        self.shards.get(self.shard_of(digest))?.find(tenant, digest)
    }

    /// Which claims of the home tenant the resource tenant accepts (S2.4); `None` when its settings
    /// are not here.
    pub fn trust(&self, resource: TenantId, home: TenantId) -> Option<Trust> {
        let hashed = |id: TenantId| (id, digest(id.as_u128()));
        let party = self.party(hashed(resource), hashed(home))?;
        let relation = party.standing.entry.relation();
        party.snapshot.facts.has(Facts::HOSTED).then_some(Trust {
            mfa: relation.trusts_mfa,
            compliant_device: relation.trusts_compliant_device,
            hybrid_joined_device: relation.trusts_hybrid_device,
            origin: relation.trust_from,
        })
    }

    /// What is known of the tenant.
    pub(super) fn known(&self, tenant: TenantId) -> Option<&Snapshot> {
        self.get(tenant).or_else(|| self.unregistered(tenant))
    }

    /// What is known of the tenant, and what it has in force towards the other. The digests are
    /// those of their ids.
    #[inline(always)]
    pub(super) fn party(
        &self,
        (tenant, digest): (TenantId, u64),
        (other, other_digest): (TenantId, u64),
    ) -> Option<Party<'_>> {
        let shard = self.shards.get(self.shard_of(digest))?;
        match shard.find(tenant, digest) {
            Some(snapshot) => Some(Party {
                snapshot,
                standing: shard.standing(snapshot, digest, other, other_digest),
            }),
            None => self.unregistered(tenant).map(|snapshot| Party {
                snapshot,
                standing: snapshot.standing(other),
            }),
        }
    }

    /// Where personal accounts live is known without being told (S1.3).
    #[cold]
    fn unregistered(&self, tenant: TenantId) -> Option<&Snapshot> {
        (tenant == MICROSOFT_ACCOUNTS).then_some(&self.personal_accounts)
    }

    #[inline(always)]
    fn shard_of(&self, digest: u64) -> usize {
        (digest >> 40) as usize & self.shards.len().wrapping_sub(1)
    }

    /// The same registry with this snapshot in place of the tenant's last one, if it had any.
    pub fn with(&self, snapshot: Snapshot) -> Registry {
        let mut registry = self.clone();
        let at = self.shard_of(digest(snapshot.id.as_u128()));
        if let Some(shard) = registry.shards.get_mut(at) {
            let known = shard.len();
            *shard = shard.with(snapshot);
            registry.len += shard.len();
            registry.len -= known;
        }
        registry.grown()
    }

    /// The same registry without that tenant.
    pub fn without(&self, tenant: TenantId) -> Registry {
        let mut registry = self.clone();
        let at = self.shard_of(digest(tenant.as_u128()));
        if let Some(shard) = registry.shards.get_mut(at) {
            let known = shard.len();
            *shard = shard.without(tenant);
            registry.len -= known - shard.len();
        }
        registry
    }

    /// The same registry with other facts about applications.
    pub fn with_suites(&self, suites: &Suites) -> Registry {
        Registry {
            suites: Arc::new(CompiledSuites::new(suites)),
            ..self.clone()
        }
    }

    /// The same registry with another answer to whether both sides must be hosted (S25.1).
    pub fn with_both_sides_required(&self, both_sides_required: bool) -> Registry {
        Registry {
            both_sides_required,
            ..self.clone()
        }
    }

    /// More shards, when these have become long.
    fn grown(mut self) -> Registry {
        if self.len > self.shards.len() * LONG {
            let all = self.shards.iter().flat_map(Shard::iter).cloned().collect();
            self.fill(all);
        }
        self
    }

    fn fill(&mut self, snapshots: Vec<Snapshot>) {
        let shards = (snapshots.len() / SHORT).next_power_of_two();
        let mut filled: Vec<Vec<Snapshot>> = vec![Vec::new(); shards];
        self.shards = vec![Shard::default(); shards].into();
        for snapshot in snapshots {
            let at = self.shard_of(digest(snapshot.id.as_u128()));
            if let Some(shard) = filled.get_mut(at) {
                shard.push(snapshot);
            }
        }
        self.shards = filled.into_iter().map(Shard::new).collect();
        self.len = self.shards.iter().map(Shard::len).sum();
    }
}

/// The registry in force.
#[derive(Debug)]
pub struct Live {
    current: ArcSwap<Registry>,
}

impl Live {
    /// Puts a registry in force.
    pub fn new(registry: Registry) -> Live {
        Live {
            current: ArcSwap::from_pointee(registry),
        }
    }

    /// The registry in force now. It does not change while it is held; nobody waits for it.
    #[inline]
    pub fn read(&self) -> Guard<Arc<Registry>> {
        self.current.load()
    }

    /// Replaces one tenant, for all decisions that begin from now on. Of two writers at once both
    /// are kept.
    pub fn replace(&self, snapshot: Snapshot) {
        self.change(|registry| registry.with(snapshot.clone()));
    }

    /// Removes one tenant.
    pub fn remove(&self, tenant: TenantId) {
        self.change(|registry| registry.without(tenant));
    }

    /// Changes the registry as a whole. The change may be asked for more than once, each time with
    /// the registry then in force.
    pub fn change(&self, change: impl Fn(&Registry) -> Registry) {
        self.current.rcu(|registry| change(registry));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiled::snapshot::Facts;

    fn id(n: u128) -> TenantId {
        TenantId::from_u128((0x0c00_0000_0000_4000_8000 << 48) + n)
    }

    fn snapshot(n: u128, p1: bool) -> Snapshot {
        let tenant = Tenant {
            p1,
            ..Tenant::registered(id(n), Cloud::Commercial)
        };
        Snapshot::compile(&tenant)
    }

    #[test]
    fn a_snapshot_and_a_place_for_one_are_a_cache_line() {
        assert_eq!(size_of::<Snapshot>(), 64);
        assert_eq!(size_of::<Option<Snapshot>>(), 64);
    }

    #[test]
    fn every_tenant_is_found_and_no_other() {
        for n in [0, 1, 2, 31, 200, 3_000] {
            let all = (0..n).map(|i| snapshot(i, false));
            let registry = Registry::new(all, &Suites::default(), false);
            assert_eq!(registry.len(), n as usize);
            for i in 0..n {
                assert_eq!(registry.get(id(i)).map(Snapshot::tenant), Some(id(i)));
            }
            assert!(registry.get(id(n)).is_none());
        }
    }

    #[test]
    fn replacing_and_removing_one_tenant_leaves_the_others_and_the_old_registry_alone() {
        let mut registry = Registry::new([], &Suites::default(), false);
        for i in 0..700 {
            registry = registry.with(snapshot(i, false));
        }
        assert_eq!(registry.len(), 700);
        let changed = registry.with(snapshot(350, true)).without(id(7));
        assert_eq!(changed.len(), 699);
        for i in 0..700 {
            assert_eq!(
                registry.get(id(i)).map(|s| s.facts.has(Facts::P1)),
                Some(false)
            );
            let want = (i != 7).then_some(i == 350);
            assert_eq!(
                changed.get(id(i)).map(|s| s.facts.has(Facts::P1)),
                want,
                "{i}"
            );
        }
        assert_eq!(changed.without(id(7)).len(), 699);
    }

    #[test]
    fn a_reader_keeps_one_registry_while_writers_replace_tenants() {
        let live = Live::new(Registry::new(
            [snapshot(1, false)],
            &Suites::default(),
            false,
        ));
        let held = live.read();
        std::thread::scope(|scope| {
            for n in 2..10 {
                let live = &live;
                scope.spawn(move || live.replace(snapshot(n, true)));
            }
        });
        live.remove(id(1));
        assert_eq!(held.len(), 1);
        assert!(held.get(id(1)).is_some());
        assert_eq!(live.read().len(), 8);
        assert!(live.read().get(id(1)).is_none());
    }
}
