//! The smallest change of a draft that keeps what it would close.
//!
//! The draft blocks an application by default, and Fabrikam's people use it. An entry for Fabrikam that
//! lets them, and nobody else, would keep their work going; what is proposed here was judged again by
//! the evaluator with that change made.

use std::collections::BTreeSet;

use policy::reason::{Reason, Side};
use policy::resolve;
use policy::settings::{BlockName, CompleteBlock, Partner};
use policy::sign_in::Journey;
use policy::target::{
    Access, ApplicationId, ApplicationTarget, Half, Scope, Targets, UserId, UserTarget,
};
use policy::tenant::TenantId;
use policy::world::Tenant;
use signins::direction::Direction;

use super::asked::{Asked, Person};
use super::judge::Judge;
use super::report::GroupKey;

/// A change of one block of one partner's entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Whose entry.
    pub partner: TenantId,
    /// Which block of it.
    pub block: BlockName,
    /// What the block becomes, both halves of it.
    pub value: CompleteBlock,
    /// What that lets pass more than the draft does.
    pub adds: Adds,
}

/// What a change lets pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adds {
    /// These applications, for whoever may pass already.
    Applications(BTreeSet<ApplicationId>),
    /// These accounts, to what may be reached already.
    Users(BTreeSet<UserId>),
    /// These accounts and these applications.
    Both(BTreeSet<UserId>, BTreeSet<ApplicationId>),
    /// Whatever the block lets pass now.
    AsNow,
}

/// The change that keeps all of these, if the draft's block is what closes them.
pub(super) fn keep(judge: &mut Judge, key: &GroupKey, asked: &[Asked]) -> Option<Keep> {
    let replay = judge.replay.clone();
    let first = asked.first()?;
    let (partner, direction) = (first.other, first.direction);
    let journey = first.journeys().first().copied()?;
    let block = block_of(direction, journey)?;
    let ours = match direction {
        Direction::Outbound => (Reason::OutboundBlocked, Side::Home),
        Direction::Inbound => (Reason::InboundBlocked, Side::Resource),
    };
    if (key.reason, key.side) != (ours.0, Some(ours.1)) {
        return None;
    }
    let policy = replay.draft().world.policy(replay.local)?;
    let draft = resolve::block(policy, partner, block).value;
    let now = replay.now().world.policy(replay.local)?;
    let now = resolve::block(now, partner, block).value;
    let applications: BTreeSet<ApplicationId> =
        asked.iter().map(|asked| asked.resource_app).collect();
    let known = asked.iter().map(|asked| match asked.person {
        Person::Known(user) => Some(user),
        Person::Some => None,
    });
    let users: Option<BTreeSet<UserId>> = known.collect();
    let with_applications = |block: &CompleteBlock| CompleteBlock {
        applications: admit(&block.applications, &applications, |id| {
            ApplicationTarget::Application(id)
        }),
        ..block.clone()
    };
    let with_users = |block: &CompleteBlock, users: &BTreeSet<UserId>| CompleteBlock {
        users: admit(&block.users, users, UserTarget::User),
        ..block.clone()
    };
    let mut candidates = vec![(
        with_applications(&draft),
        Adds::Applications(applications.clone()),
    )];
    if let Some(users) = users {
        candidates.push((with_users(&draft, &users), Adds::Users(users.clone())));
        let both = with_applications(&with_users(&draft, &users));
        candidates.push((both, Adds::Both(users, applications.clone())));
    }
    candidates.push((now, Adds::AsNow));
    candidates
        .into_iter()
        .map(|(value, adds)| Keep {
            partner,
            block,
            value,
            adds,
        })
        .find(|keep| keep.keeps(judge, asked))
}

fn block_of(direction: Direction, journey: Journey) -> Option<BlockName> {
    match (direction, journey) {
        (Direction::Outbound, Journey::Collaboration) => Some(BlockName::B2bCollaborationOutbound),
        (Direction::Inbound, Journey::Collaboration) => Some(BlockName::B2bCollaborationInbound),
        (Direction::Outbound, Journey::DirectConnect) => Some(BlockName::B2bDirectConnectOutbound),
        (Direction::Inbound, Journey::DirectConnect) => Some(BlockName::B2bDirectConnectInbound),
        (_, Journey::ServiceProvider) => None,
    }
}

/// The half, letting these pass as well: named where it lets in, not named where it keeps out.
fn admit<I: Copy + Ord, T: Clone + PartialEq>(
    half: &Half<T>,
    ids: &BTreeSet<I>,
    target: impl Fn(I) -> T,
) -> Half<T> {
    let wanted: Vec<T> = ids.iter().copied().map(target).collect();
    let only = |access, targets: Vec<T>| Targets::new(targets).map(|targets| (access, targets));
    let listed = match &half.scope {
        Scope::All => Vec::new(),
        Scope::Only(targets) => targets.as_slice().to_vec(),
    };
    let next = match (half.access, half.scope.is_all()) {
        (Access::Allowed, true) => None,
        // What kept everybody out lets these in, and nobody else.
        (Access::Blocked, true) => only(Access::Allowed, wanted),
        (Access::Allowed, false) => {
            let new = wanted.into_iter().filter(|target| !listed.contains(target));
            let new: Vec<T> = new.collect();
            only(Access::Allowed, [listed, new].concat())
        }
        (Access::Blocked, false) => {
            let left = listed.into_iter().filter(|target| !wanted.contains(target));
            only(Access::Blocked, left.collect())
        }
    };
    match next {
        Some((access, targets)) => Half {
            access,
            scope: Scope::Only(targets),
        },
        None => Half::all(Access::Allowed),
    }
}

impl Keep {
    /// Whether none of these is closed by the draft once this is made.
    fn keeps(&self, judge: &mut Judge, asked: &[Asked]) -> bool {
        let replay = judge.replay.clone();
        let draft = replay.draft();
        let tenant = draft.world.tenants.get(&replay.local);
        let snapshot = draft.registry.get(replay.local);
        let (Some(tenant), Some(snapshot)) = (tenant, snapshot) else {
            return false;
        };
        let mut tenant = Tenant::clone(tenant);
        let Some(policy) = &mut tenant.policy else {
            return false;
        };
        let entry = policy.partners.get(self.partner).cloned();
        let mut entry = entry.unwrap_or_else(|| Partner::new(self.partner));
        entry
            .blocks
            .set(self.block, Some(self.value.clone().into()));
        // These questions are about this partner; what is said of others need not be compiled for them.
        policy.partners = Default::default();
        policy.partners.insert(entry);
        let mended = draft.registry.with(snapshot.compile_settings(&tenant));
        judge.would_keep(asked, &mended)
    }
}
