//! Some of the tenants, and all their partner entries in one table.
//!
//! An entry is found by the digests of both tenants at once, without looking at the tenant first:
//! its place and the tenant's come from memory at the same time. Which tenant an entry belongs to is
//! told by the tenant's *rank* in the shard. What somebody could make slow by choosing ids is found
//! by halves instead: tenants in the order of their ids, entries in the tenant's own order.

use std::sync::Arc;

use super::digest::{digest, pair, place};
use super::entry::{Entry, Rank};
use super::snapshot::{Snapshot, Standing};
use crate::tenant::TenantId;

/// Some of the tenants.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub(super) struct Shard {
    /// INVARIANT (a search ends): the last place is vacant.
    tenants: Arc<[Option<Snapshot>]>,
    /// The defaults of each tenant by rank, then the table of all partners.
    /// INVARIANT (a search ends): the last place is vacant.
    entries: Arc<[Entry]>,
    /// Over how many places the tenants are spread; none if they are in the order of their ids.
    homes: u32,
    /// How many tenants have a rank.
    ranked: u32,
    /// Over how many places the partners are spread.
    entry_homes: u32,
    len: u32,
}

/// From its home nothing may be further away than this, else it is found by halves.
const FAR: usize = 64;

impl Default for Shard {
    fn default() -> Self {
        Shard::new(Vec::new())
    }
}

impl Shard {
    /// A shard of these tenants. Of equal ones the last stays.
    pub(super) fn new(mut snapshots: Vec<Snapshot>) -> Shard {
        snapshots.reverse();
        snapshots.sort_by_key(|snapshot| snapshot.tenant());
        snapshots.dedup_by_key(|snapshot| snapshot.tenant());
        let len = snapshots.len();
        let (mut entries, entry_homes) = match table(&mut snapshots) {
            Some(table) => table,
            None => (vec![Entry::VACANT], 0),
        };
        entries.shrink_to_fit();
        let ranked = snapshots.iter().filter(|s| s.rank.is_some()).count();
        let (homes, tenants) = match spread(&snapshots) {
            Some(tenants) => (len as u32 * 2, tenants),
            None => (0, snapshots.into_iter().map(Some).collect()),
        };
        Shard {
            tenants: tenants.into(),
            entries: entries.into(),
            homes,
            ranked: ranked as u32,
            entry_homes,
            len: len as u32,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len as usize
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Snapshot> {
        self.tenants.iter().flatten()
    }

    /// The same shard with this snapshot in place of the tenant's last one, if it had any.
    pub(super) fn with(&self, snapshot: Snapshot) -> Shard {
        Shard::new(self.iter().cloned().chain([snapshot]).collect())
    }

    /// The same shard without that tenant.
    pub(super) fn without(&self, tenant: TenantId) -> Shard {
        let others = self.iter().filter(|snapshot| snapshot.tenant() != tenant);
        Shard::new(others.cloned().collect())
    }

    /// The tenant's snapshot.
    #[inline(always)]
    pub(super) fn find(&self, tenant: TenantId, digest: u64) -> Option<&Snapshot> {
        if self.homes == 0 {
            return self.find_sorted(tenant);
        }
        let mut at = home(digest, self.homes);
        loop {
            match self.tenants.get(at)? {
                Some(snapshot) if snapshot.tenant() == tenant => return Some(snapshot),
                Some(_) => at += 1,
                None => return None,
            }
        }
    }

    #[cold]
    fn find_sorted(&self, tenant: TenantId) -> Option<&Snapshot> {
        let by_id = |place: &Option<Snapshot>| place.as_ref().map(|s| s.tenant().cmp(&tenant));
        let order = |place: &_| by_id(place).unwrap_or(std::cmp::Ordering::Greater);
        let at = self.tenants.binary_search_by(order).ok()?;
        self.tenants.get(at)?.as_ref()
    }

    /// What the tenant of this shard has in force towards the partner.
    #[inline(always)]
    pub(super) fn standing<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        digest: u64,
        partner: TenantId,
        partner_digest: u64,
    ) -> Standing<'a> {
        let Some(rank) = snapshot.rank else {
            return snapshot.standing(partner);
        };
        let pair = pair(digest, partner_digest);
        let mut at = (self.ranked + place(pair, self.entry_homes)) as usize;
        while let Some(entry) = self.entries.get(at) {
            if entry.is_of(rank, partner) {
                return Standing::listed(entry);
            }
            if entry.is_vacant() {
                break;
            }
            at += 1;
        }
        let defaults = self.entries.get(rank.place());
        Standing::unlisted(defaults.unwrap_or(&Entry::VACANT))
    }
}

#[inline(always)]
fn home(digest: u64, homes: u32) -> usize {
    // The upper half chose the shard.
    ((digest as u32 as u64 * homes as u64) >> 32) as usize
}

/// The tenants spread over twice as many places; `None` if one would be far from its home.
fn spread(snapshots: &[Snapshot]) -> Option<Vec<Option<Snapshot>>> {
    let homes = snapshots.len() as u32 * 2;
    let home = |snapshot: &Snapshot| home(digest(snapshot.tenant().as_u128()), homes);
    let mut order: Vec<&Snapshot> = snapshots.iter().collect();
    order.sort_by_key(|snapshot| home(snapshot));
    let mut places: Vec<Option<Snapshot>> = Vec::with_capacity(homes as usize + 1);
    for snapshot in order {
        let home = home(snapshot);
        places.resize(places.len().max(home), None);
        if places.len() - home > FAR {
            return None;
        }
        places.push(Some(snapshot.clone()));
    }
    places.resize(places.len().max(homes as usize) + 1, None);
    Some(places)
}

/// Ranks the tenants and spreads their entries over twice as many places; `None`, and no ranks, if
/// one would be far from its home. Who comes too late for a rank uses their own entries.
fn table(snapshots: &mut [Snapshot]) -> Option<(Vec<Entry>, u32)> {
    for (i, snapshot) in snapshots.iter_mut().enumerate() {
        snapshot.rank = Rank::at(i);
    }
    let ranked = || snapshots.iter().filter_map(|s| Some((s, s.rank?)));
    let partners: usize = ranked()
        .map(|(snapshot, _)| snapshot.partners().len())
        .sum();
    let homes = partners as u32 * 2;
    let mut order: Vec<(u32, Entry)> = Vec::with_capacity(partners);
    for (snapshot, rank) in ranked() {
        let owner = digest(snapshot.tenant().as_u128());
        for entry in snapshot.partners() {
            let pair = pair(owner, digest(entry.partner()));
            order.push((place(pair, homes), entry.ranked(rank)));
        }
    }
    order.sort_by_key(|(home, _)| *home);
    let mut entries: Vec<Entry> = ranked().map(|(snapshot, _)| *snapshot.defaults()).collect();
    let first = entries.len();
    for (home, entry) in order {
        let home = first + home as usize;
        entries.resize(entries.len().max(home), Entry::VACANT);
        if entries.len() - home > FAR {
            snapshots
                .iter_mut()
                .for_each(|snapshot| snapshot.rank = None);
            return None;
        }
        entries.push(entry);
    }
    entries.resize(entries.len().max(first + homes as usize) + 1, Entry::VACANT);
    Some((entries, homes))
}
