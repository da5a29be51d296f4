//! One partner's entry in one line: whose it is, and the four blocks in force.
//!
//! Inheritance is resolved when the entry is made (S2.3): a block that the partner entry does not
//! customize is a copy of the default's, pointing at the same lists.
//!
//! Words of the line: 0, 1 the partner's id; 2, 3 where the users lists are; 4, 5 where the
//! applications lists are; 6, 7 flags and sizes. Of each pair of words the first is collaboration,
//! the second direct connect; the lower half of a word is inbound, the upper outbound.

use super::line::Line;
use super::list::{Buckets, List};
use crate::resolve::Origin;
use crate::tenant::TenantId;

/// A block as it lies in an entry: two lists and what to make of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CompiledBlock {
    users_at: u32,
    applications_at: u32,
    /// Flags in the lower half, then the bucket counts of the two lists.
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
        let sizes = (users.buckets.0 as u32) << 16 | (applications.buckets.0 as u32) << 24;
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
            buckets: Buckets((self.flags >> 16) as u8),
        }
    }

    #[inline(always)]
    pub(super) fn applications(&self) -> List {
        List {
            at: self.applications_at,
            buckets: Buckets((self.flags >> 24) as u8),
        }
    }

    /// The same block in another entry, which is at that line. A half without a list points at the
    /// entry itself: it is asked without looking, and must not ask memory for anything new.
    pub(super) fn within(self, entry: u32) -> CompiledBlock {
        let at = |list: List| match list.is_empty() {
            true => entry,
            false => list.at,
        };
        CompiledBlock {
            users_at: at(self.users()),
            applications_at: at(self.applications()),
            ..self
        }
    }
}

/// What an entry says beside its blocks: trust in force, and what the partner alone can be given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Relation {
    pub(super) trusts_mfa: bool,
    pub(super) trusts_compliant_device: bool,
    pub(super) trusts_hybrid_device: bool,
    pub(super) inbound_consent: bool,
    pub(super) outbound_consent: bool,
    pub(super) service_provider: bool,
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

/// An entry, read where it lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a>(pub(super) &'a Line);

/// The relation's six bits follow the flags of the first block.
const RELATION_SHIFT: u32 = 10;

impl<'a> Entry<'a> {
    pub(super) fn encode(partner: u128, blocks: &EntryBlocks, relation: Relation) -> Line {
        let EntryBlocks {
            collaboration_inbound: ci,
            collaboration_outbound: co,
            direct_connect_inbound: di,
            direct_connect_outbound: do_,
        } = blocks;
        let pair = |inbound: u32, outbound: u32| inbound as u64 | (outbound as u64) << 32;
        let mut extra = 0;
        for (i, set) in (RELATION_SHIFT..).zip(relation.bits()) {
            extra |= (set as u32) << i;
        }
        Line([
            partner as u64,
            (partner >> 64) as u64,
            pair(ci.users_at, co.users_at),
            pair(di.users_at, do_.users_at),
            pair(ci.applications_at, co.applications_at),
            pair(di.applications_at, do_.applications_at),
            pair(ci.flags | extra, co.flags),
            pair(di.flags, do_.flags),
        ])
    }

    /// Whether nothing is stored in the line.
    #[inline(always)]
    pub(super) fn is_vacant(self) -> bool {
        self.0.0[6] == 0
    }

    #[inline(always)]
    pub(super) fn is_for(self, partner: TenantId) -> bool {
        let [low, high, ..] = self.0.0;
        let partner = partner.as_u128();
        (low ^ partner as u64) | (high ^ (partner >> 64) as u64) == 0
    }

    /// The block in force.
    #[inline(always)]
    pub(super) fn block(self, direct_connect: bool, direction: Direction) -> CompiledBlock {
        let [
            _,
            _,
            users,
            direct_users,
            apps,
            direct_apps,
            flags,
            direct_flags,
        ] = self.0.0;
        let (users, apps, flags) = match direct_connect {
            true => (direct_users, direct_apps, direct_flags),
            false => (users, apps, flags),
        };
        let half = |word: u64| match direction {
            Direction::Inbound => word as u32,
            Direction::Outbound => (word >> 32) as u32,
        };
        CompiledBlock {
            users_at: half(users),
            applications_at: half(apps),
            flags: half(flags),
        }
    }

    pub(super) fn relation(self) -> Relation {
        let bits = self.0.0[6] >> RELATION_SHIFT;
        let bit = |i: u32| bits >> i & 1 == 1;
        Relation {
            trusts_mfa: bit(0),
            trusts_compliant_device: bit(1),
            trusts_hybrid_device: bit(2),
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
        let list = |at, buckets| List {
            at,
            buckets: Buckets(buckets),
        };
        let flags = Flags::new(Flags::ALL_USERS | Flags::ALL_MICROSOFT_APPS, origin);
        CompiledBlock::new(flags, list(n, 255), list(u32::MAX - n, 3))
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
                service_provider: true,
                ..Relation::default()
            },
        ] {
            let id = 0xabcd_u128 << 100 | 9;
            let line = Entry::encode(id, &blocks, relation);
            let entry = Entry(&line);
            assert!(!entry.is_vacant() && entry.is_for(TenantId::from_u128(id)));
            assert!(!entry.is_for(TenantId::from_u128(id + 1)));
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
