//! What both floors share: one hash table for all partner configurations, one cache line each.
//!
//! A line is an 8-byte key and eight halves of seven bytes. A half is 56 bits: 0..36 offset into
//! the arena, 36..52 length of the list (or capacity of its hash table), then the four flags.

use workload::{Part, Workload, home_and_resource};

pub const ALLOWED: u64 = 1 << 52;
pub const ALL: u64 = 1 << 53;
const INHERITED: u64 = 1 << 54;
pub const HASHED: u64 = 1 << 55;

#[inline(always)]
pub fn offset(half: u64) -> usize {
    (half & ((1 << 36) - 1)) as usize
}

#[inline(always)]
pub fn length(half: u64) -> usize {
    (half >> 36 & 0xffff) as usize
}

/// A list that begins at `offset` and is `len` long.
pub fn listed(part: &Part, offset: usize, len: usize, flags: u64) -> u64 {
    access(part) | flags | offset as u64 | (len as u64) << 36
}

/// A half that names everything.
pub fn everything(part: &Part) -> u64 {
    access(part) | ALL
}

fn access(part: &Part) -> u64 {
    match part.allowed {
        true => ALLOWED,
        false => 0,
    }
}

#[inline(always)]
pub fn hash(key: u64) -> u64 {
    let x = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (x ^ (x >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93)
}

#[inline(always)]
pub fn prefetch<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch of a valid reference reads nothing and cannot fault. It is here because a
    // floor may use whatever the machine offers.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>((place as *const T).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([u8; 64]);

impl Line {
    const EMPTY: Line = Line([0xff; 64]);

    fn new(key: u64) -> Line {
        let mut line = Line([0; 64]);
        line.0[..8].copy_from_slice(&key.to_le_bytes());
        line
    }

    #[inline(always)]
    fn word(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.0[at..at + 8].try_into().expect("eight bytes"))
    }

    #[inline(always)]
    fn key(&self) -> u64 {
        self.word(0)
    }

    /// Halves are seven bytes, so the last one is read a byte early.
    #[inline(always)]
    fn half(&self, i: usize) -> u64 {
        match i {
            7 => self.word(56) >> 8,
            _ => self.word(8 + 7 * i) & ((1 << 56) - 1),
        }
    }

    fn set(&mut self, i: usize, half: u64) {
        self.0[8 + 7 * i..15 + 7 * i].copy_from_slice(&half.to_le_bytes()[..7]);
    }
}

/// The two halves in force for one side of a request.
#[derive(Clone, Copy)]
pub struct Halves {
    pub users: u64,
    pub apps: u64,
}

pub struct LineTable {
    lines: Vec<Line>,
    shift: u32,
    defaults: Vec<Line>,
}

/// Which list a half is about to be encoded for: users or applications of this tenant.
#[derive(Clone, Copy)]
pub enum Whose {
    Users(u32),
    Apps(u32),
}

#[inline(always)]
fn key(owner: u32, other: u32) -> u64 {
    (owner as u64) << 32 | other as u64
}

impl LineTable {
    pub fn build(w: &Workload, mut encode: impl FnMut(&Part, Whose) -> u64) -> LineTable {
        let capacity = (w.partners.len() * 8 / 5).next_power_of_two();
        let mut line = |key: u64, owner: u32, other: u32, blocks: &[Option<workload::Block>; 4]| {
            let mut line = Line::new(key);
            for (i, block) in blocks.iter().enumerate() {
                let (home, resource) = home_and_resource(owner, other, i);
                let (users, apps) = match block {
                    None => (INHERITED, INHERITED),
                    Some(block) => (
                        encode(&block.users, Whose::Users(home)),
                        encode(&block.apps, Whose::Apps(resource)),
                    ),
                };
                line.set(2 * i, users);
                line.set(2 * i + 1, apps);
            }
            line
        };
        let defaults = w.defaults.iter().enumerate();
        let mut table = LineTable {
            lines: vec![Line::EMPTY; capacity],
            shift: 64 - capacity.trailing_zeros(),
            defaults: defaults
                .map(|(t, blocks)| line(0, t as u32, t as u32, &blocks.map(Some)))
                .collect(),
        };
        for p in &w.partners {
            let key = key(p.owner, p.partner);
            let line = line(key, p.owner, p.partner, &p.blocks);
            let mut at = table.slot(key);
            while table.lines[at].key() != u64::MAX {
                at = (at + 1) & (capacity - 1);
            }
            table.lines[at] = line;
        }
        table
    }

    #[inline(always)]
    fn slot(&self, key: u64) -> usize {
        (hash(key) >> self.shift) as usize
    }

    /// Asks for the line of a pair that will be needed soon.
    #[inline(always)]
    pub fn prefetch(&self, owner: u32, other: u32) {
        prefetch(&self.lines[self.slot(key(owner, other))]);
    }

    /// What is in force for `owner` towards `other`.
    #[inline(always)]
    pub fn in_force(&self, owner: u32, other: u32, block: usize) -> Halves {
        let key = key(owner, other);
        let mut at = self.slot(key);
        loop {
            let line = &self.lines[at];
            let found = line.key();
            if found == key {
                let users = line.half(2 * block);
                if users & INHERITED != 0 {
                    break;
                }
                let apps = line.half(2 * block + 1);
                return Halves { users, apps };
            }
            if found == u64::MAX {
                break;
            }
            at = (at + 1) & (self.lines.len() - 1);
        }
        let default = &self.defaults[owner as usize];
        Halves {
            users: default.half(2 * block),
            apps: default.half(2 * block + 1),
        }
    }
}

/// What is left to ask once it is known whether the application matches (S3.5).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing: the block does not let the access pass.
    Blocked,
    /// Nothing: a pair of block lists that does not name the application.
    Passed,
    /// The users half decides: the user must match iff it is an allow list.
    Users,
}

impl Halves {
    #[inline(always)]
    pub fn after_apps(self, app_matches: bool) -> Left {
        if (self.users | self.apps) & ALLOWED == 0 {
            match app_matches {
                true => Left::Users,
                false => Left::Passed,
            }
        } else {
            match app_matches == (self.apps & ALLOWED != 0) {
                true => Left::Users,
                false => Left::Blocked,
            }
        }
    }
}
