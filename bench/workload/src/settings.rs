//! The settings of every tenant: four blocks by default, and for each partner up to four of its own.
//!
//! The ladder: S 100 tenants with about 20 partners each, M 10,000 with 50, L 100,000 with 20.

use crate::random::{Rng, Zipf};
use crate::target_list::Part;

/// Index of a block in every `[_; 4]`.
pub const COLLABORATION_IN: usize = 0;
pub const COLLABORATION_OUT: usize = 1;
pub const DIRECT_CONNECT_IN: usize = 2;
pub const DIRECT_CONNECT_OUT: usize = 3;

/// The names of the blocks on the wire.
pub const BLOCK_NAMES: [&str; 4] = [
    "b2bCollaborationInbound",
    "b2bCollaborationOutbound",
    "b2bDirectConnectInbound",
    "b2bDirectConnectOutbound",
];

/// The outbound and the inbound block that a request is about.
#[inline]
pub fn sides(direct_connect: bool) -> (usize, usize) {
    match direct_connect {
        true => (DIRECT_CONNECT_OUT, DIRECT_CONNECT_IN),
        false => (COLLABORATION_OUT, COLLABORATION_IN),
    }
}

/// (home, resource): whose users and whose applications a block of `owner` towards `other` names.
pub fn home_and_resource(owner: u32, other: u32, block: usize) -> (u32, u32) {
    match block {
        COLLABORATION_IN | DIRECT_CONNECT_IN => (other, owner),
        _ => (owner, other),
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub users: Part,
    pub apps: Part,
}

/// What `owner` has set for `partner`; `None` inherits from the owner's defaults.
pub struct Partner {
    pub owner: u32,
    pub partner: u32,
    pub blocks: [Option<Block>; 4],
}

/// A step of the ladder.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub name: &'static str,
    pub tenants: u32,
    pub partners: u32,
}

pub const SCALES: [Scale; 3] = [
    Scale {
        name: "S",
        tenants: 100,
        partners: 20,
    },
    Scale {
        name: "M",
        tenants: 10_000,
        partners: 50,
    },
    Scale {
        name: "L",
        tenants: 100_000,
        partners: 20,
    },
];

/// The step of that name.
pub fn scale(name: &str) -> Scale {
    match SCALES.iter().find(|scale| scale.name == name) {
        Some(scale) => *scale,
        None => panic!("`{name}` is not a scale: S, M or L"),
    }
}

/// All tenants and their settings.
pub struct Workload {
    pub scale: Scale,
    pub tenants: u32,
    pub defaults: Vec<[Block; 4]>,
    /// Sorted by owner, then partner.
    pub partners: Vec<Partner>,
    /// `partners[first[t]..first[t + 1]]` belong to tenant `t`.
    first: Vec<u32>,
    pub arena: Vec<u32>,
    pub seed: u64,
}

impl Workload {
    pub fn generate(scale: Scale, seed: u64) -> Workload {
        let n = scale.tenants;
        let mut r = Rng::new(seed);
        let edges = who_lists_whom(scale, &mut r);
        let mut arena: Vec<u32> = Vec::new();
        let defaults = (0..n).map(|_| default_blocks(&mut r, &mut arena)).collect();
        let partners: Vec<Partner> = edges
            .iter()
            .map(|edge| partner(*edge, &mut r, &mut arena))
            .collect();
        let mut first = vec![0u32; n as usize + 1];
        for p in &partners {
            first[p.owner as usize + 1] += 1;
        }
        for i in 0..n as usize {
            first[i + 1] += first[i];
        }
        arena.shrink_to_fit();
        Workload {
            scale,
            tenants: n,
            defaults,
            partners,
            first,
            arena,
            seed,
        }
    }

    /// The list of a half.
    #[inline]
    pub fn targets(&self, part: &Part) -> &[u32] {
        let offset = part.offset as usize;
        &self.arena[offset..offset + part.len as usize]
    }

    /// The entries of one tenant.
    pub fn owned(&self, tenant: u32) -> &[Partner] {
        let at = tenant as usize;
        &self.partners[self.first[at] as usize..self.first[at + 1] as usize]
    }

    pub fn partner(&self, owner: u32, partner: u32) -> Option<&Partner> {
        let owned = self.owned(owner);
        let at = owned.binary_search_by_key(&partner, |p| p.partner).ok()?;
        Some(&owned[at])
    }

    /// The block in force for `owner` towards `other`: the partner's, else the default's.
    pub fn effective(&self, owner: u32, other: u32, block: usize) -> &Block {
        self.partner(owner, other)
            .and_then(|p| p.blocks[block].as_ref())
            .unwrap_or(&self.defaults[owner as usize][block])
    }
}

/// Every tenant picks half its partners by popularity; both sides list each other.
fn who_lists_whom(scale: Scale, r: &mut Rng) -> Vec<u64> {
    let n = scale.tenants;
    let popularity = Zipf::new(n as usize, 0.8);
    let mut edges: Vec<u64> = Vec::with_capacity((n * scale.partners) as usize);
    for t in 0..n {
        let mut got = 0;
        let mut tries = 0;
        while got < scale.partners / 2 && tries < scale.partners * 4 {
            tries += 1;
            let p = popularity.sample(r);
            if p == t {
                continue;
            }
            edges.push(((t as u64) << 32) | p as u64);
            edges.push(((p as u64) << 32) | t as u64);
            got += 1;
        }
    }
    edges.sort_unstable();
    edges.dedup();
    edges
}

fn default_blocks(r: &mut Rng, arena: &mut Vec<u32>) -> [Block; 4] {
    let everything = |allowed| Block {
        users: Part::everything(allowed),
        apps: Part::everything(allowed),
    };
    let mut blocks = [everything(true); 4];
    blocks[DIRECT_CONNECT_IN] = everything(false);
    blocks[DIRECT_CONNECT_OUT] = everything(false);
    if r.chance(0.4) {
        blocks[COLLABORATION_OUT] = Block {
            users: Part::of_users(r, arena),
            apps: Part::of_apps(r, arena, true),
        };
    }
    if r.chance(0.3) {
        blocks[COLLABORATION_IN] = Block {
            users: Part::everything(true),
            apps: Part::of_apps(r, arena, true),
        };
    }
    if r.chance(0.1) {
        blocks[DIRECT_CONNECT_OUT] = Block {
            users: Part::of_users(r, arena),
            apps: Part::everything(true),
        };
    }
    blocks
}

/// A third of the entries inherit at least one block.
fn partner(edge: u64, r: &mut Rng, arena: &mut Vec<u32>) -> Partner {
    let mut inherited = 0u8;
    if r.chance(0.35) {
        while inherited == 0 {
            inherited = (r.next() & 15) as u8;
        }
    }
    let mut blocks: [Option<Block>; 4] = [None; 4];
    for (i, block) in blocks.iter_mut().enumerate() {
        if inherited >> i & 1 == 0 {
            *block = Some(Block {
                users: Part::of_users(r, arena),
                apps: Part::of_apps(r, arena, false),
            });
        }
    }
    Partner {
        owner: (edge >> 32) as u32,
        partner: edge as u32,
        blocks,
    }
}
