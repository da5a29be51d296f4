//! The floor for requests that bring GUIDs: the yardstick of the product.
//!
//! Exact: a GUID is kept as its two 64-bit halves in parallel arrays; a search looks at the low
//! halves, a hit is verified by the high one.

use policy::target::GroupId;
use policy::tenant::TenantId;
use workload::{Part, Target, Workload, sides};

use crate::guid_request::{GuidRequest, GuidRequests, app_id, group_id, tenant_id, user_id};
use crate::line_table::{
    ALL, ALLOWED, HASHED, Halves, Left, LineTable, Whose, everything, hash, length, listed, offset,
    prefetch,
};

/// Lists up to this length are scanned, longer ones hashed.
const SHORT: usize = 24;

pub struct FloorGuid {
    table: LineTable,
    low: Vec<u64>,
    high: Vec<u64>,
    tenants: TenantNumbers,
}

#[inline(always)]
fn split(id: u128) -> (u64, u64) {
    (id as u64, (id >> 64) as u64)
}

impl FloorGuid {
    pub fn build(w: &Workload) -> Self {
        let capacity = w.arena.len() * 3 / 2;
        let mut low = Vec::with_capacity(capacity);
        let mut high = Vec::with_capacity(capacity);
        let table = LineTable::build(w, |part, whose| {
            if part.all {
                return everything(part);
            }
            let ids = w.targets(part).iter().map(|&code| match whose {
                Whose::Apps(tenant) => app_id(tenant, code).as_u128(),
                Whose::Users(tenant) => match Target::of(code) {
                    Target::Group(group) => group_id(tenant, group).as_u128(),
                    Target::User(user) => user_id(tenant, user).as_u128(),
                },
            });
            store(part, ids, &mut low, &mut high)
        });
        low.shrink_to_fit();
        high.shrink_to_fit();
        FloorGuid {
            table,
            low,
            high,
            tenants: TenantNumbers::build(w.tenants),
        }
    }

    #[inline(never)]
    pub fn decide(&self, q: &GuidRequest, groups: &[GroupId]) -> bool {
        let (outbound, inbound) = sides(q.direct_connect);
        let (h, r) = (self.tenants.get(q.home), self.tenants.get(q.resource));
        self.table.prefetch(r, h);
        let home = self.table.in_force(h, r, outbound);
        let resource = self.table.in_force(r, h, inbound);
        self.both_pass(home, resource, q, groups)
    }

    /// Sixteen requests at a time, so that their cache misses overlap.
    #[inline(never)]
    pub fn count_in_batches(&self, requests: &GuidRequests) -> u64 {
        let nothing = Halves { users: 0, apps: 0 };
        let mut allowed = 0;
        for batch in requests.list.chunks(16) {
            let mut numbers = [(0u32, 0u32); 16];
            let mut in_force = [(nothing, nothing); 16];
            for (q, number) in batch.iter().zip(&mut numbers) {
                let (h, r) = (self.tenants.get(q.home), self.tenants.get(q.resource));
                self.table.prefetch(h, r);
                self.table.prefetch(r, h);
                *number = (h, r);
            }
            for ((q, &(h, r)), halves) in batch.iter().zip(&numbers).zip(&mut in_force) {
                let (outbound, inbound) = sides(q.direct_connect);
                let home = self.table.in_force(h, r, outbound);
                let resource = self.table.in_force(r, h, inbound);
                *halves = (home, resource);
                for side in [home, resource] {
                    self.prefetch_list(side.users, q.user.as_u128());
                    self.prefetch_list(side.apps, q.app.as_u128());
                }
            }
            for (q, &(home, resource)) in batch.iter().zip(&in_force) {
                allowed += self.both_pass(home, resource, q, requests.groups(q)) as u64;
            }
        }
        allowed
    }

    #[inline(always)]
    fn both_pass(
        &self,
        home: Halves,
        resource: Halves,
        q: &GuidRequest,
        groups: &[GroupId],
    ) -> bool {
        let at_home = home.after_apps(self.app(home.apps, q));
        if at_home == Left::Blocked {
            return false;
        }
        let at_resource = resource.after_apps(self.app(resource.apps, q));
        at_resource != Left::Blocked
            && (at_home == Left::Passed || self.user_passes(home.users, q, groups))
            && (at_resource == Left::Passed || self.user_passes(resource.users, q, groups))
    }

    #[inline(always)]
    fn prefetch_list(&self, half: u64, id: u128) {
        if half & ALL == 0 {
            let at = match half & HASHED != 0 {
                true => slot(split(id).0, length(half)),
                false => 0,
            };
            prefetch(&self.low[offset(half) + at]);
        }
    }

    #[inline(always)]
    fn app(&self, half: u64, q: &GuidRequest) -> bool {
        half & ALL != 0 || self.has(half, q.app.as_u128())
    }

    #[inline(always)]
    fn user_passes(&self, half: u64, q: &GuidRequest, groups: &[GroupId]) -> bool {
        let matches = half & ALL != 0
            || self.has(half, q.user.as_u128())
            || groups.iter().any(|group| self.has(half, group.as_u128()));
        matches == (half & ALLOWED != 0)
    }

    #[inline(always)]
    fn has(&self, half: u64, id: u128) -> bool {
        let (low, high) = split(id);
        let start = offset(half);
        let list = &self.low[start..start + length(half)];
        if half & HASHED == 0 {
            for (i, chunk) in list.chunks_exact(8).enumerate() {
                let mut hit = false;
                for &x in chunk {
                    hit |= x == low;
                }
                if hit && self.verified(chunk, start + 8 * i, low, high) {
                    return true;
                }
            }
            return false;
        }
        let mut at = slot(low, list.len());
        loop {
            match list[at] {
                x if x == low && self.high[start + at] == high => return true,
                0 => return false,
                _ => at = next(at, list.len()),
            }
        }
    }

    #[inline(always)]
    fn verified(&self, chunk: &[u64], start: usize, low: u64, high: u64) -> bool {
        let mut entries = chunk.iter().enumerate();
        entries.any(|(j, &x)| x == low && self.high[start + j] == high)
    }
}

fn store(
    part: &Part,
    ids: impl ExactSizeIterator<Item = u128>,
    lows: &mut Vec<u64>,
    highs: &mut Vec<u64>,
) -> u64 {
    let start = lows.len();
    let short = ids.len() <= SHORT;
    let capacity = match short {
        true => ids.len().next_multiple_of(8),
        false => ids.len() * 3 / 2,
    };
    let end = (start + capacity).next_multiple_of(8);
    lows.resize(end, 0);
    highs.resize(end, 0);
    for (i, id) in ids.enumerate() {
        let (low, high) = split(id);
        let mut at = if short { i } else { slot(low, capacity) };
        while lows[start + at] != 0 {
            at = next(at, capacity);
        }
        lows[start + at] = low;
        highs[start + at] = high;
    }
    listed(part, start, capacity, if short { 0 } else { HASHED })
}

#[inline(always)]
fn slot(low: u64, capacity: usize) -> usize {
    let spread = low.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    ((spread * capacity as u64) >> 32) as usize
}

#[inline(always)]
fn next(at: usize, capacity: usize) -> usize {
    match at + 1 == capacity {
        true => 0,
        false => at + 1,
    }
}

/// GUIDs of tenants to small numbers.
struct TenantNumbers {
    slots: Vec<(u64, u64, u32)>,
    shift: u32,
}

const VACANT: u32 = u32::MAX;

impl TenantNumbers {
    fn build(tenants: u32) -> Self {
        let capacity = (tenants as usize * 2).next_power_of_two();
        let mut numbers = TenantNumbers {
            slots: vec![(0, 0, VACANT); capacity],
            shift: 64 - capacity.trailing_zeros(),
        };
        for number in 0..tenants {
            let (low, high) = split(tenant_id(number).as_u128());
            let mut at = (hash(low) >> numbers.shift) as usize;
            while numbers.slots[at].2 != VACANT {
                at = (at + 1) & (capacity - 1);
            }
            numbers.slots[at] = (low, high, number);
        }
        numbers
    }

    #[inline(always)]
    fn get(&self, tenant: TenantId) -> u32 {
        let (low, high) = split(tenant.as_u128());
        let mut at = (hash(low) >> self.shift) as usize;
        loop {
            let slot = &self.slots[at];
            if (slot.0 == low && slot.1 == high) || slot.2 == VACANT {
                return slot.2;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}
