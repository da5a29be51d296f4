//! The checks that several flows share: is the side hosted, may the clouds meet, does a block let
//! the user through (S5.3, S6.7, S8.6, S8.7, S25).

use crate::block::{self, Judgement, Ruling};
use crate::decision::{Code, Finding, Refusal, Section, Trail, Verdict};
use crate::matching::Subject;
use crate::reason::{Reason, Side};
use crate::resolve;
use crate::settings::{BlockName, Policy};
use crate::target::ApplicationId;
use crate::tenant::TenantId;
use crate::world::World;

/// The two tenants of a cross-tenant request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) home: TenantId,
    pub(crate) resource: TenantId,
}

impl Pair {
    pub(crate) fn tenant(self, side: Side) -> TenantId {
        match side {
            Side::Home | Side::Source => self.home,
            Side::Resource | Side::Target | Side::Policy => self.resource,
        }
    }
    pub(crate) fn other(self, side: Side) -> TenantId {
        match side {
            Side::Home | Side::Source => self.resource,
            Side::Resource | Side::Target | Side::Policy => self.home,
        }
    }
    /// The settings of that side, if they live here.
    pub(crate) fn policy(self, world: &World, side: Side) -> Option<&Policy> {
        world.policy(self.tenant(side))
    }
}

/// S25.1: what is not hosted is not judged. With neither side hosted nothing can be allowed; the
/// operator may demand both.
pub(crate) fn hosting(world: &World, pair: Pair, trail: &mut Trail) -> Result<(), Refusal> {
    let missing: Vec<Side> = [Side::Home, Side::Resource]
        .into_iter()
        .filter(|side| pair.policy(world, *side).is_none())
        .collect();
    let refused = missing.len() == 2 || (world.both_sides_required && !missing.is_empty());
    for side in missing {
        if refused {
            let refusal = Refusal::block(Reason::NotHosted, Some(side));
            return Err(trail.refuse(Section::Hosting, "S25.1", refusal));
        }
        let code = Code::Reason(Reason::NotHosted);
        trail.note(Some(side), Section::Hosting, code, "S25.1");
    }
    Ok(())
}

/// S5.3: for two tenants of different clouds and any collaboration step.
pub(crate) fn clouds(world: &World, pair: Pair, trail: &mut Trail) -> Result<(), Refusal> {
    let (Some(home), Some(resource)) = (world.tenant(pair.home), world.tenant(pair.resource))
    else {
        return Ok(());
    };
    if home.cloud == resource.cloud {
        return Ok(());
    }
    if !home.cloud.pairs_with(resource.cloud) {
        let refusal = Refusal::block(Reason::CloudPairUnsupported, None);
        return Err(trail.refuse(Section::Clouds, "S5.1", refusal));
    }
    for (side, other) in [(Side::Home, resource), (Side::Resource, home)] {
        let Some(policy) = pair.policy(world, side) else {
            continue;
        };
        let refused = if !policy.allowed_clouds.contains(&other.cloud) {
            Some(Reason::CloudNotEnabled)
        } else if policy.partners.get(other.id).is_none() {
            Some(Reason::PartnerRequiredCrossCloud)
        } else {
            None
        };
        if let Some(reason) = refused {
            let refusal = Refusal::block(reason, Some(side));
            return Err(trail.refuse(Section::Clouds, "S5.3", refusal));
        }
        trail.pass(Some(side), Section::Clouds, "S5.3");
    }
    Ok(())
}

/// Which of the two kinds of access a pair of blocks is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Collaboration,
    DirectConnect,
}

/// What the gate asks for.
#[derive(Clone, Copy)]
pub(crate) enum Reach<'a> {
    /// These applications: client and resource (S3.5).
    Applications(&'a [ApplicationId]),
    /// Any application at all (S3.6).
    Any,
}

/// The block of one side: outbound of the home tenant, inbound of the resource tenant.
pub(crate) fn one_block(
    world: &World,
    pair: Pair,
    side: Side,
    kind: Kind,
    subject: &Subject,
    reach: Reach<'_>,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let Some(policy) = pair.policy(world, side) else {
        return Ok(());
    };
    let home = matches!(side, Side::Home | Side::Source);
    let (name, reason) = match (kind, home) {
        (Kind::Collaboration, true) => {
            (BlockName::B2bCollaborationOutbound, Reason::OutboundBlocked)
        }
        (Kind::Collaboration, false) => {
            (BlockName::B2bCollaborationInbound, Reason::InboundBlocked)
        }
        (Kind::DirectConnect, true) => {
            (BlockName::B2bDirectConnectOutbound, Reason::OutboundBlocked)
        }
        (Kind::DirectConnect, false) => {
            (BlockName::B2bDirectConnectInbound, Reason::InboundBlocked)
        }
    };
    let clause = match (kind, home, reach) {
        (_, _, Reach::Any) => "S6.7",
        (Kind::Collaboration, true, _) => "S8.6",
        (Kind::Collaboration, false, _) => "S8.7",
        (Kind::DirectConnect, true, _) => "S9.5",
        (Kind::DirectConnect, false, _) => "S9.6",
    };
    ruled(
        world,
        policy,
        pair.other(side),
        name,
        side,
        reason,
        clause,
        subject,
        reach,
        trail,
    )
}

/// Judges one block in force and records what it says.
#[expect(
    clippy::too_many_arguments,
    reason = "one place where a block becomes a finding; every argument is part of that finding"
)]
pub(crate) fn ruled(
    world: &World,
    policy: &Policy,
    towards: TenantId,
    name: BlockName,
    side: Side,
    reason: Reason,
    clause: &'static str,
    subject: &Subject,
    reach: Reach<'_>,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let effective = resolve::block(policy, towards, name);
    let Judgement {
        ruling,
        users,
        applications,
    } = match reach {
        Reach::Applications(apps) => block::judge(&effective.value, subject, apps, &world.suites),
        Reach::Any => block::reach(&effective.value, subject),
    };
    let refusal = match ruling {
        Ruling::Allowed => None,
        Ruling::Blocked(detail) => Some(Refusal {
            detail: Some(detail),
            origin: Some(effective.origin),
            ..Refusal::block(reason, Some(side))
        }),
        Ruling::Unknown(groups) => Some(Refusal {
            origin: Some(effective.origin),
            unknown_groups: groups,
            ..Refusal::block(Reason::GroupsUnknown, Some(side))
        }),
    };
    trail.0.push(Finding {
        side: Some(side),
        section: Section::Block(name),
        verdict: refusal.as_ref().map_or(Verdict::Allow, |r| r.verdict),
        code: refusal
            .as_ref()
            .map_or(Code::Passed, |r| Code::Reason(r.reason)),
        origin: Some(effective.origin),
        detail: refusal.as_ref().and_then(|r| r.detail),
        users: Some(users),
        applications,
        policy: None,
        clause: match refusal.as_ref().map(|r| r.reason) {
            Some(Reason::GroupsUnknown) => "S25.3",
            _ => clause,
        },
    });
    refusal.map_or(Ok(()), Err)
}

/// The cross-tenant gate of S6.7: home tenant's collaboration outbound, then resource tenant's
/// collaboration inbound, by reachability.
pub(crate) fn collaboration_reachable(
    world: &World,
    pair: Pair,
    subject: &Subject,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    for side in [Side::Home, Side::Resource] {
        one_block(
            world,
            pair,
            side,
            Kind::Collaboration,
            subject,
            Reach::Any,
            trail,
        )?;
    }
    Ok(())
}

/// Who an account of a tenant is, as far as this world or the caller can tell. What the caller
/// asserts never overrides a directory that is known here.
pub(crate) fn subject(
    world: &World,
    tenant: TenantId,
    user: crate::target::UserId,
    asserted: Option<&std::collections::BTreeSet<crate::target::GroupId>>,
) -> Subject {
    let directory = world
        .tenant(tenant)
        .and_then(|tenant| tenant.directory.as_ref());
    let groups = match directory {
        // Personal accounts are in no groups (S1.3).
        None if tenant == crate::tenant::MICROSOFT_ACCOUNTS => Some(Default::default()),
        None => asserted.cloned(),
        Some(directory) => match directory.users.get(&user) {
            None => Some(Default::default()),
            Some(user) => match &user.groups {
                Some(direct) => Some(directory.closure(direct)),
                None => asserted.cloned(),
            },
        },
    };
    Subject {
        account: crate::matching::Account::User(user),
        groups,
    }
}

/// S7.2: whether both sides agreed not to ask the user. Across clouds it never holds; a side that
/// is not hosted has not agreed, unless it is the home tenant and its provider has `vouched` for it.
pub(crate) fn automatic_redemption(world: &World, pair: Pair, vouched: bool) -> bool {
    let outbound = pair.policy(world, Side::Home).map_or(vouched, |policy| {
        resolve::automatic_consent(policy, pair.resource).value.1
    });
    let inbound = pair
        .policy(world, Side::Resource)
        .is_some_and(|policy| resolve::automatic_consent(policy, pair.home).value.0);
    outbound && inbound && !world.clouds_differ(pair.home, pair.resource)
}
