//! One partner's entry in one line: whose it is, and the four blocks in force.
//!
//! Inheritance is resolved when the entry is made (S2.3): a block that the partner entry does not
//! customize is a copy of the default's, pointing at the same lists.

use std::num::NonZeroU8;

use super::list::List;
use crate::resolve::Origin;
use crate::tenant::TenantId;

/// A block as it lies in an entry: two lists and what to make of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CompiledBlock {
    users_at: u32,
    applications_at: u32,
    /// Flags in the lower half, then the bucket counts of the two lists, a byte each.
    flags: u32,
}

/// What a block says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags(u32);

impl Flags {
    /// Set in every block, so that no entry looks vacant.
    const PRESENT: u32 = 1;
    pub(super) const USERS_ALLOWED: u32 = 1 << 1;
    pub(super) const ALL_USERS: u32 = 1 << 2;
    /// The users list names groups.
    pub(super) const GROUPS: u32 = 1 << 3;
    pub(super) const APPLICATIONS_ALLOWED: u32 = 1 << 4;
    pub(super) const ALL_APPLICATIONS: u32 = 1 << 5;
    pub(super) const OFFICE_365: u32 = 1 << 6;
    pub(super) const ALL_MICROSOFT_APPS: u32 = 1 << 7;
    /// Inherited from the default configuration.
    const FROM_DEFAULT: u32 = 1 << 8;
    /// Nobody has customized it.
    const FROM_SYSTEM: u32 = 1 << 9;
    const BLOCK: u32 = (1 << 10) - 1;

    pub(super) fn new(set: u32, origin: Origin) -> Flags {
        let from = match origin {
            Origin::Partner => 0,
            Origin::Default => Flags::FROM_DEFAULT,
            Origin::System => Flags::FROM_SYSTEM,
        };
        Flags(Flags::PRESENT | set | from)
    }

    /// Whether any of these is set.
    #[inline(always)]
    pub(super) fn has(self, any: u32) -> bool {
        self.0 & any != 0
    }

    pub(super) fn origin(self) -> Origin {
        if self.has(Flags::FROM_DEFAULT) {
            Origin::Default
        } else if self.has(Flags::FROM_SYSTEM) {
            Origin::System
        } else {
            Origin::Partner
        }
    }
}

impl CompiledBlock {
    pub(super) fn new(flags: Flags, users: List, applications: List) -> CompiledBlock {
        let sizes = users.buckets << 16 | applications.buckets << 24;
        CompiledBlock {
            users_at: users.at,
            applications_at: applications.at,
            flags: flags.0 | sizes,
        }
    }

    #[inline(always)]
    pub(super) fn flags(&self) -> Flags {
        Flags(self.flags & Flags::BLOCK)
    }

    #[inline(always)]
    pub(super) fn users(&self) -> List {
        List {
            at: self.users_at,
            buckets: self.flags >> 16 & 0xff,
        }
    }

    #[inline(always)]
    pub(super) fn applications(&self) -> List {
        List {
            at: self.applications_at,
            buckets: self.flags >> 24,
        }
    }
}

/// What an entry says beside its blocks: trust in force, and what the partner alone can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Relation {
    pub(super) trusts_mfa: bool,
    pub(super) trusts_compliant_device: bool,
    pub(super) trusts_hybrid_device: bool,
    /// The first layer that states any of the three.
    pub(super) trust_from: Origin,
    pub(super) inbound_consent: bool,
    pub(super) outbound_consent: bool,
    pub(super) service_provider: bool,
}

impl Default for Relation {
    fn default() -> Self {
        Relation {
            trusts_mfa: false,
            trusts_compliant_device: false,
            trusts_hybrid_device: false,
            trust_from: Origin::System,
            inbound_consent: false,
            outbound_consent: false,
            service_provider: false,
        }
    }
}

impl Relation {
    fn bits(self) -> [bool; 6] {
        [
            self.trusts_mfa,
            self.trusts_compliant_device,
            self.trusts_hybrid_device,
            self.inbound_consent,
            self.outbound_consent,
            self.service_provider,
        ]
    }
}

/// Inbound or outbound: which half of an entry's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Inbound,
    Outbound,
}

/// The four blocks of an entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct EntryBlocks {
    pub(super) collaboration_inbound: CompiledBlock,
    pub(super) collaboration_outbound: CompiledBlock,
    pub(super) direct_connect_inbound: CompiledBlock,
    pub(super) direct_connect_outbound: CompiledBlock,
}

/// One partner's entry, or the defaults.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(super) struct Entry {
    partner: (u64, u64),
    users_at: [Pair; 2],
    applications_at: [Pair; 2],
    flags: [Pair; 2],
}

/// Inbound and outbound.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct Pair {
    inbound: u32,
    outbound: u32,
}

impl Pair {
    #[inline(always)]
    fn get(self, direction: Direction) -> u32 {
        match direction {
            Direction::Inbound => self.inbound,
            Direction::Outbound => self.outbound,
        }
    }
}

/// The relation's six bits follow the flags of the first block, the rank's six those of the second.
const EXTRA_SHIFT: u32 = 10;

/// Whose entry it is, among the tenants of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rank(NonZeroU8);

impl Rank {
    /// The rank of the tenant at that place, if there is one: they are numbers of six bits.
    pub(super) fn at(place: usize) -> Option<Rank> {
        let number = u8::try_from(place + 1).ok()?;
        NonZeroU8::new(number).filter(|n| n.get() < 64).map(Rank)
    }

    /// The place.
    #[inline(always)]
    pub(super) fn place(self) -> usize {
        self.0.get() as usize - 1
    }
}

impl Entry {
    const NOWHERE: Pair = Pair {
        inbound: 0,
        outbound: 0,
    };

    /// A place without an entry.
    pub(super) const VACANT: Entry = Entry {
        partner: (0, 0),
        users_at: [Entry::NOWHERE; 2],
        applications_at: [Entry::NOWHERE; 2],
        flags: [Entry::NOWHERE; 2],
    };

    pub(super) fn new(partner: u128, blocks: &EntryBlocks, relation: Relation) -> Entry {
        let EntryBlocks {
            collaboration_inbound,
            collaboration_outbound,
            direct_connect_inbound,
            direct_connect_outbound,
        } = blocks;
        let mut extra = 0;
        for (i, set) in (EXTRA_SHIFT..).zip(relation.bits()) {
            extra |= (set as u32) << i;
        }
        let pairs = |get: fn(&CompiledBlock) -> u32| {
            let pair = |inbound, outbound| Pair {
                inbound: get(inbound),
                outbound: get(outbound),
            };
            [
                pair(collaboration_inbound, collaboration_outbound),
                pair(direct_connect_inbound, direct_connect_outbound),
            ]
        };
        let mut flags = pairs(|block| block.flags);
        flags[0].inbound |= extra;
        flags[1].inbound |= (relation.trust_from as u32) << EXTRA_SHIFT;
        Entry {
            partner: (partner as u64, (partner >> 64) as u64),
            users_at: pairs(|block| block.users_at),
            applications_at: pairs(|block| block.applications_at),
            flags,
        }
    }

    /// Whose partner it is about.
    pub(super) fn partner(&self) -> u128 {
        let (low, high) = self.partner;
        low as u128 | (high as u128) << 64
    }

    /// The same entry of the tenant with that rank.
    pub(super) fn ranked(&self, rank: Rank) -> Entry {
        let mut entry = *self;
        entry.flags[0].outbound |= (rank.0.get() as u32) << EXTRA_SHIFT;
        entry
    }

    /// Whether nothing is stored here.
    #[inline(always)]
    pub(super) fn is_vacant(&self) -> bool {
        self.flags[0].inbound == 0
    }

    /// Whether it is about that partner, and of the tenant with that rank.
    #[inline(always)]
    pub(super) fn is_of(&self, rank: Rank, partner: TenantId) -> bool {
        let (low, high) = self.partner;
        let partner = partner.as_u128();
        let other = self.flags[0].outbound >> EXTRA_SHIFT & 0x3f ^ rank.0.get() as u32;
        (low ^ partner as u64) | (high ^ (partner >> 64) as u64) | other as u64 == 0
    }

    /// The block in force.
    #[inline(always)]
    pub(super) fn block(&self, direct_connect: bool, direction: Direction) -> CompiledBlock {
        let of = |pairs: &[Pair; 2]| {
            let pair = pairs.get(usize::from(direct_connect));
            pair.unwrap_or(&Entry::NOWHERE).get(direction)
        };
        CompiledBlock {
            users_at: of(&self.users_at),
            applications_at: of(&self.applications_at),
            flags: of(&self.flags),
        }
    }

    pub(super) fn relation(&self) -> Relation {
        let bits = self.flags[0].inbound >> EXTRA_SHIFT;
        let bit = |i: u32| bits >> i & 1 == 1;
        Relation {
            trusts_mfa: bit(0),
            trusts_compliant_device: bit(1),
            trusts_hybrid_device: bit(2),
            trust_from: match self.flags[1].inbound >> EXTRA_SHIFT & 3 {
                0 => Origin::Partner,
                1 => Origin::Default,
                _ => Origin::System,
            },
            inbound_consent: bit(3),
            outbound_consent: bit(4),
            service_provider: bit(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(n: u32, origin: Origin) -> CompiledBlock {
        let list = |at, buckets| List { at, buckets };
        let flags = Flags::new(Flags::ALL_USERS | Flags::ALL_MICROSOFT_APPS, origin);
        CompiledBlock::new(flags, list(n, 255), list(u32::MAX - n, 3))
    }

    #[test]
    fn an_entry_is_a_cache_line() {
        assert_eq!(size_of::<Entry>(), 64);
        assert!(Entry::VACANT.is_vacant());
    }

    #[test]
    fn an_entry_gives_back_its_blocks_and_its_relation() {
        let blocks = EntryBlocks {
            collaboration_inbound: block(1, Origin::Partner),
            collaboration_outbound: block(2, Origin::Default),
            direct_connect_inbound: block(3, Origin::System),
            direct_connect_outbound: block(4, Origin::Partner),
        };
        for relation in [
            Relation::default(),
            Relation {
                trusts_hybrid_device: true,
                trust_from: Origin::Default,
                service_provider: true,
                ..Relation::default()
            },
        ] {
            let id = 0xabcd_u128 << 100 | 9;
            let entry = Entry::new(id, &blocks, relation);
            let (first, last) = (Rank::at(0).unwrap(), Rank::at(62).unwrap());
            let entry = entry.ranked(last);
            assert!(!entry.is_vacant() && entry.is_of(last, TenantId::from_u128(id)));
            assert!(!entry.is_of(last, TenantId::from_u128(id + 1)));
            assert!(!entry.is_of(first, TenantId::from_u128(id)));
            assert_eq!((first.place(), last.place()), (0, 62));
            assert_eq!(Rank::at(63), None);
            assert_eq!(entry.partner(), id);
            assert_eq!(entry.relation(), relation);
            for (direct, direction, n, origin) in [
                (false, Direction::Inbound, 1, Origin::Partner),
                (false, Direction::Outbound, 2, Origin::Default),
                (true, Direction::Inbound, 3, Origin::System),
                (true, Direction::Outbound, 4, Origin::Partner),
            ] {
                let found = entry.block(direct, direction);
                let want = block(n, origin);
                assert_eq!(found.users(), want.users());
                assert_eq!(found.applications(), want.applications());
                assert_eq!(found.flags(), want.flags());
                assert_eq!(found.flags().origin(), origin);
            }
        }
    }
}
