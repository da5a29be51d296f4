//! One half of a block: everything, or a list of users and groups, or of applications.
//!
//! 60 % of the halves are "all", 30 % name up to 20 targets, 10 % up to 500.

use crate::entity::{GLOBAL_APPS, GROUPS, TENANT_APPS, USERS};
use crate::random::Rng;

/// A listed group has this bit set; a user or an application has not.
const GROUP_BIT: u32 = 1 << 31;

/// A half: its list lies in the workload's arena.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub allowed: bool,
    pub all: bool,
    pub offset: u64,
    pub len: u32,
}

/// One entry of a users half: an index in the *home* tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    User(u32),
    Group(u32),
}

impl Target {
    pub fn of(code: u32) -> Target {
        match code & GROUP_BIT {
            0 => Target::User(code),
            _ => Target::Group(code & !GROUP_BIT),
        }
    }

    /// The number by which the arena holds it.
    #[inline]
    pub fn code(self) -> u32 {
        match self {
            Target::User(user) => user,
            Target::Group(group) => group | GROUP_BIT,
        }
    }
}

impl Part {
    pub const fn everything(allowed: bool) -> Part {
        Part {
            allowed,
            all: true,
            offset: 0,
            len: 0,
        }
    }

    /// A users half.
    pub fn of_users(r: &mut Rng, arena: &mut Vec<u32>) -> Part {
        let len = list_len(r);
        if len == 0 {
            return Part::everything(r.chance(0.95));
        }
        let offset = fill(r, arena, len, |r| match r.chance(0.4) {
            true => Target::Group(r.below(GROUPS)).code(),
            false => Target::User(r.below(USERS)).code(),
        });
        listed(arena, offset, r.chance(0.8))
    }

    /// An applications half. Popular applications are listed more often.
    pub fn of_apps(r: &mut Rng, arena: &mut Vec<u32>, global_only: bool) -> Part {
        let len = list_len(r);
        if len == 0 {
            return Part::everything(r.chance(0.95));
        }
        let offset = fill(r, arena, len, |r| {
            let popular = r.fraction();
            let popular = popular * popular;
            match global_only || r.chance(0.5) {
                true => (popular * GLOBAL_APPS as f64) as u32,
                false => GLOBAL_APPS + (popular * TENANT_APPS as f64) as u32,
            }
        });
        listed(arena, offset, r.chance(0.6))
    }
}

/// 60 % none, 30 % 1–20, 10 % 21–500 (log-uniform).
fn list_len(r: &mut Rng) -> u32 {
    let x = r.fraction();
    if x < 0.6 {
        0
    } else if x < 0.9 {
        1 + r.below(20)
    } else {
        (21.0 * (500.0f64 / 21.0).powf(r.fraction())).round() as u32
    }
}

/// Appends `len` targets and returns where they begin. Short lists have no doubles.
fn fill(r: &mut Rng, arena: &mut Vec<u32>, len: u32, draw: impl Fn(&mut Rng) -> u32) -> usize {
    let offset = arena.len();
    while arena.len() - offset < len as usize {
        let code = draw(r);
        if len > 64 || !arena[offset..].contains(&code) {
            arena.push(code);
        }
    }
    without_doubles(arena, offset);
    offset
}

/// Sorts, drops doubles, and shuffles again, so that no engine gets sorted input for free.
fn without_doubles(arena: &mut Vec<u32>, offset: usize) {
    let mut tail = arena.split_off(offset);
    tail.sort_unstable();
    tail.dedup();
    let mut r = Rng::new(offset as u64);
    for i in (1..tail.len()).rev() {
        tail.swap(i, r.below(i as u32 + 1) as usize);
    }
    arena.extend_from_slice(&tail);
}

fn listed(arena: &[u32], offset: usize, allowed: bool) -> Part {
    Part {
        allowed,
        all: false,
        offset: offset as u64,
        len: (arena.len() - offset) as u32,
    }
}
