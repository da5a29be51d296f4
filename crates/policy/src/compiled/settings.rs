//! From the settings an administrator stored to the lines a decision reads: halves completed
//! (S3.2), inheritance resolved (S2.3, S2.4), lists made flat.

use super::entry::{CompiledBlock, Entry, EntryBlocks, Flags, Relation};
use super::line::Line;
use super::list::{Arena, Kind, List};
use crate::resolve::Origin;
use crate::settings::{Block, BlockName, InboundTrust, Partner, Policy};
use crate::target::{Access, ApplicationTarget, Half, Scope, UserTarget};

/// The settings of one tenant, compiled.
pub(super) struct CompiledSettings {
    /// The defaults, then the partners in the order of their ids.
    pub(super) entries: Vec<Entry>,
    /// The lists the entries point to.
    pub(super) lines: Vec<Line>,
    /// Tenant restrictions in the same order; only the defaults' where no partner has its own.
    pub(super) restrictions: Vec<CompiledBlock>,
}

impl CompiledSettings {
    pub(super) fn new(policy: &Policy) -> CompiledSettings {
        let mut arena = Arena::default();
        let defaults = AllBlocks::defaults(policy, &mut arena);
        let trust = policy.defaults.trust.as_ref();
        let relation = Relation::default().with_trust(None, trust);
        let mut entries = vec![Entry::new(0, &defaults.entry, relation)];
        let mut restrictions = vec![defaults.restrictions];
        let mut partners: Vec<&Partner> = policy.partners.iter().collect();
        partners.sort_by_key(|partner| partner.tenant);
        for partner in &partners {
            let blocks = AllBlocks::of(partner, &defaults, &mut arena);
            let relation = Relation::of(partner).with_trust(partner.trust.as_ref(), trust);
            let entry = Entry::new(partner.tenant.as_u128(), &blocks.entry, relation);
            entries.push(entry);
            restrictions.push(blocks.restrictions);
        }
        let name = BlockName::TenantRestrictions;
        let mut own = partners.iter().map(|partner| partner.blocks.get(name));
        if own.all(|block| block.is_none()) {
            restrictions.truncate(1);
        }
        CompiledSettings {
            entries,
            lines: arena.finish(),
            restrictions,
        }
    }
}

/// The blocks of one entry.
struct AllBlocks {
    entry: EntryBlocks,
    restrictions: CompiledBlock,
}

impl AllBlocks {
    /// What the default configuration says, and beneath it the system default (S2.2).
    fn defaults(policy: &Policy, arena: &mut Arena) -> AllBlocks {
        let mut block = |name: BlockName| match policy.defaults.blocks.get(name) {
            Some(block) => compile(block, Origin::Default, arena),
            None => system_default(name),
        };
        AllBlocks {
            entry: EntryBlocks {
                collaboration_inbound: block(BlockName::B2bCollaborationInbound),
                collaboration_outbound: block(BlockName::B2bCollaborationOutbound),
                direct_connect_inbound: block(BlockName::B2bDirectConnectInbound),
                direct_connect_outbound: block(BlockName::B2bDirectConnectOutbound),
            },
            restrictions: block(BlockName::TenantRestrictions),
        }
    }

    /// What a partner's entry customizes, else the defaults.
    fn of(partner: &Partner, defaults: &AllBlocks, arena: &mut Arena) -> AllBlocks {
        let mut block = |name: BlockName, default: CompiledBlock| match partner.blocks.get(name) {
            Some(block) => compile(block, Origin::Partner, arena),
            None => default,
        };
        let EntryBlocks {
            collaboration_inbound: ci,
            collaboration_outbound: co,
            direct_connect_inbound: di,
            direct_connect_outbound: do_,
        } = defaults.entry;
        AllBlocks {
            entry: EntryBlocks {
                collaboration_inbound: block(BlockName::B2bCollaborationInbound, ci),
                collaboration_outbound: block(BlockName::B2bCollaborationOutbound, co),
                direct_connect_inbound: block(BlockName::B2bDirectConnectInbound, di),
                direct_connect_outbound: block(BlockName::B2bDirectConnectOutbound, do_),
            },
            restrictions: block(BlockName::TenantRestrictions, defaults.restrictions),
        }
    }
}

/// S2.2: collaboration is open to everybody, everything else is shut.
fn system_default(name: BlockName) -> CompiledBlock {
    let open = match name {
        BlockName::B2bCollaborationInbound | BlockName::B2bCollaborationOutbound => {
            Flags::USERS_ALLOWED | Flags::APPLICATIONS_ALLOWED
        }
        BlockName::B2bDirectConnectInbound
        | BlockName::B2bDirectConnectOutbound
        | BlockName::TenantRestrictions => 0,
    };
    let everything = Flags::ALL_USERS | Flags::ALL_APPLICATIONS;
    let flags = Flags::new(open | everything, Origin::System);
    CompiledBlock::new(flags, List::EMPTY, List::EMPTY)
}

fn compile(block: &Block, origin: Origin, arena: &mut Arena) -> CompiledBlock {
    let users = block.users.as_ref().map(|half| users_half(half, arena));
    let apps = block.applications.as_ref();
    let apps = apps.map(|half| applications_half(half, arena));
    let (users_set, users) = users.unwrap_or_else(|| {
        let missing = missing_half(block.applications.as_ref());
        (users_flags(missing) | Flags::ALL_USERS, List::EMPTY)
    });
    let (apps_set, apps) = apps.unwrap_or_else(|| {
        let missing = missing_half(block.users.as_ref());
        let flags = applications_flags(missing) | Flags::ALL_APPLICATIONS;
        (flags, List::EMPTY)
    });
    CompiledBlock::new(Flags::new(users_set | apps_set, origin), users, apps)
}

/// S3.2: the missing half allows all, beside a lone "blocked, all" it blocks all.
fn missing_half<T>(given: Option<&Half<T>>) -> Access {
    match given {
        Some(Half {
            access: Access::Blocked,
            scope: Scope::All,
        }) => Access::Blocked,
        _ => Access::Allowed,
    }
}

fn users_flags(access: Access) -> u32 {
    match access {
        Access::Allowed => Flags::USERS_ALLOWED,
        Access::Blocked => 0,
    }
}

fn applications_flags(access: Access) -> u32 {
    match access {
        Access::Allowed => Flags::APPLICATIONS_ALLOWED,
        Access::Blocked => 0,
    }
}

fn users_half(half: &Half<UserTarget>, arena: &mut Arena) -> (u32, List) {
    let flags = users_flags(half.access);
    let Scope::Only(targets) = &half.scope else {
        return (flags | Flags::ALL_USERS, List::EMPTY);
    };
    let mut groups = 0;
    let ids: Vec<(u128, Kind)> = targets
        .as_slice()
        .iter()
        .map(|target| match target {
            UserTarget::User(user) => (user.as_u128(), Kind::Plain),
            UserTarget::Group(group) => {
                groups = Flags::GROUPS;
                (group.as_u128(), Kind::Group)
            }
        })
        .collect();
    (flags | groups, arena.append(ids))
}

fn applications_half(half: &Half<ApplicationTarget>, arena: &mut Arena) -> (u32, List) {
    let mut flags = applications_flags(half.access);
    let Scope::Only(targets) = &half.scope else {
        return (flags | Flags::ALL_APPLICATIONS, List::EMPTY);
    };
    let mut ids = Vec::new();
    for target in targets.as_slice() {
        match target {
            ApplicationTarget::Application(app) => ids.push((app.as_u128(), Kind::Plain)),
            ApplicationTarget::Office365 => flags |= Flags::OFFICE_365,
            ApplicationTarget::AllMicrosoftApps => flags |= Flags::ALL_MICROSOFT_APPS,
        }
    }
    let list = match ids.is_empty() {
        true => List::EMPTY,
        false => arena.append(ids),
    };
    (flags, list)
}

impl Relation {
    /// What only a partner's entry can say (S2.5, S2.12).
    fn of(partner: &Partner) -> Relation {
        Relation {
            inbound_consent: partner.automatic_consent.inbound == Some(true),
            outbound_consent: partner.automatic_consent.outbound == Some(true),
            service_provider: partner.is_service_provider == Some(true),
            ..Relation::default()
        }
    }

    /// Trust in force, flag by flag: the entry's, else the default's, else none (S2.4).
    fn with_trust(self, own: Option<&InboundTrust>, default: Option<&InboundTrust>) -> Relation {
        let flag = |get: fn(&InboundTrust) -> Option<bool>| {
            let stated = own.and_then(get).or_else(|| default.and_then(get));
            stated == Some(true)
        };
        let states = |trust: Option<&InboundTrust>| trust.is_some_and(|trust| !trust.is_null());
        Relation {
            trust_from: match (states(own), states(default)) {
                (true, _) => Origin::Partner,
                (false, true) => Origin::Default,
                (false, false) => Origin::System,
            },
            trusts_mfa: flag(|trust| trust.mfa),
            trusts_compliant_device: flag(|trust| trust.compliant_device),
            trusts_hybrid_device: flag(|trust| trust.hybrid_joined_device),
            ..self
        }
    }
}
