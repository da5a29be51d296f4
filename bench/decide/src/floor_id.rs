//! The floor for requests whose ids somebody has already turned into small numbers.

use workload::{Part, Request, Target, Workload, sides};

use crate::line_table::{
    ALL, ALLOWED, HASHED, Left, LineTable, everything, length, listed, offset,
};

/// Lists up to this length are scanned, longer ones hashed.
const SHORT: usize = 32;
const NOBODY: u32 = u32::MAX;

pub struct FloorId {
    table: LineTable,
    arena: Vec<u32>,
}

impl FloorId {
    pub fn build(w: &Workload) -> Self {
        let mut arena: Vec<u32> = Vec::with_capacity(w.arena.len() * 2);
        let table = LineTable::build(w, |part, _| match part.all {
            true => everything(part),
            false => store(part, w.targets(part), &mut arena),
        });
        arena.shrink_to_fit();
        FloorId { table, arena }
    }

    #[inline(never)]
    pub fn decide(&self, q: &Request, groups: &[u32]) -> bool {
        let (outbound, inbound) = sides(q.direct_connect);
        self.table.prefetch(q.resource, q.home);
        let home = self.table.in_force(q.home, q.resource, outbound);
        let resource = self.table.in_force(q.resource, q.home, inbound);
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
    fn app(&self, half: u64, q: &Request) -> bool {
        half & ALL != 0 || self.has(half, q.app)
    }

    #[inline(always)]
    fn user_passes(&self, half: u64, q: &Request, groups: &[u32]) -> bool {
        let matches = half & ALL != 0
            || self.has(half, Target::User(q.user).code())
            || groups
                .iter()
                .any(|&g| self.has(half, Target::Group(g).code()));
        matches == (half & ALLOWED != 0)
    }

    #[inline(always)]
    fn has(&self, half: u64, code: u32) -> bool {
        let list = &self.arena[offset(half)..offset(half) + length(half)];
        if half & HASHED == 0 {
            return list.chunks_exact(8).any(|chunk| {
                let mut hit = false;
                for &x in chunk {
                    hit |= x == code;
                }
                hit
            });
        }
        let mut at = slot(code, list.len());
        loop {
            match list[at] {
                x if x == code => return true,
                NOBODY => return false,
                _ => at = next(at, list.len()),
            }
        }
    }
}

fn store(part: &Part, codes: &[u32], arena: &mut Vec<u32>) -> u64 {
    let start = arena.len();
    let flags = if codes.len() <= SHORT {
        arena.extend_from_slice(codes);
        0
    } else {
        let capacity = codes.len() * 3 / 2;
        arena.resize(start + capacity, NOBODY);
        for &code in codes {
            let mut at = slot(code, capacity);
            while arena[start + at] != NOBODY {
                at = next(at, capacity);
            }
            arena[start + at] = code;
        }
        HASHED
    };
    // Short lists are scanned in chunks of eight; the hash table's own length is its capacity.
    let stored = arena.len();
    arena.resize(stored.next_multiple_of(8), NOBODY);
    let len = match flags {
        HASHED => stored - start,
        _ => arena.len() - start,
    };
    listed(part, start, len, flags)
}

#[inline(always)]
fn slot(code: u32, capacity: usize) -> usize {
    ((code.wrapping_mul(0x9E37_79B1) as u64 * capacity as u64) >> 32) as usize
}

#[inline(always)]
fn next(at: usize, capacity: usize) -> usize {
    match at + 1 == capacity {
        true => 0,
        false => at + 1,
    }
}
