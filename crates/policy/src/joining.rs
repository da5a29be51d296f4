//! A tenant joins the multitenant organization it was invited to (S13.2 to S13.6).

use std::collections::BTreeMap;

use crate::decision::Verdict;
use crate::effect::Effect;
use crate::membership::Outcome;
use crate::multitenant::{MultitenantOrganization, TemplateLevel, Templates};
use crate::reason::Reason;
use crate::settings::{IdentitySynchronization, InboundTrust, Partner, Policy};
use crate::tenant::{Cloud, TenantId};
use crate::world::World;

/// How many active tenants a multitenant organization may have (S13.2, S18).
pub const MAXIMUM_ACTIVE_TENANTS: usize = 100;

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinOutcome {
    /// Allow or block.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// What changed.
    pub effects: Vec<Effect>,
}

/// Judges a join. `more_active` counts active tenants that this world does not hold.
pub fn join(world: &World, joiner: TenantId, more_active: usize) -> JoinOutcome {
    match judge(world, joiner, None, more_active) {
        Ok((_, active)) => JoinOutcome {
            verdict: Verdict::Allow,
            reason: Reason::MtoJoined,
            effects: entries(world, joiner, &active),
        },
        Err(reason) => JoinOutcome {
            verdict: Verdict::Block,
            reason,
            effects: Vec::new(),
        },
    }
}

/// The joiner accepts the invitation, of that tenant if it says so; the organizations and settings
/// as they are afterwards.
pub fn accept(
    world: &World,
    joiner: TenantId,
    invited_by: Option<TenantId>,
    now: i128,
) -> Result<Outcome, Reason> {
    let (place, active) = judge(world, joiner, invited_by, 0)?;
    let mut organizations = world.multitenant_organizations.clone();
    let organization = organizations.get_mut(place);
    if let Some(member) = organization.and_then(|organization| organization.member_mut(joiner)) {
        member.active = true;
        member.joined = Some(now);
    }
    let policies = entries(world, joiner, &active);
    let policies = policies.into_iter().filter_map(|effect| match effect {
        Effect::PutPolicy { tenant, policy } => Some((tenant, *policy)),
        _ => None,
    });
    Ok(Outcome {
        organizations,
        policies: policies.collect(),
    })
}

/// Whether the organization lists the joiner, and, if it is said who added it, by that tenant. One
/// that came with a world does not say who added whom; there any active tenant will do.
fn invites(
    organization: &MultitenantOrganization,
    joiner: TenantId,
    invited_by: Option<TenantId>,
) -> bool {
    let Some(member) = organization.member(joiner) else {
        return false;
    };
    match (invited_by, member.added_by) {
        (None, _) => true,
        (Some(said), Some(stored)) => said == stored,
        (Some(said), None) => organization.active().any(|active| active == said),
    }
}

/// S13.2, in this order; where the organization stands and its active tenants, if the joiner may
/// join.
fn judge(
    world: &World,
    joiner: TenantId,
    invited_by: Option<TenantId>,
    more_active: usize,
) -> Result<(usize, Vec<TenantId>), Reason> {
    let listed = |organization: &MultitenantOrganization| invites(organization, joiner, invited_by);
    let mut organizations = world.multitenant_organizations.iter();
    let place = organizations
        .position(listed)
        .ok_or(Reason::MtoNotInvited)?;
    let organization = world.multitenant_organizations.get(place);
    let organization = organization.ok_or(Reason::MtoNotInvited)?;
    let active: Vec<TenantId> = organization.active().collect();
    if active.contains(&joiner) {
        return Err(Reason::MtoAlreadyActive);
    }
    let tenant = world.tenant(joiner).ok_or(Reason::MtoNotInvited)?;
    let elsewhere = world.multitenant_organizations.iter().any(|other| {
        let mut members = other.members.iter();
        !std::ptr::eq(other, organization)
            && members.any(|member| member.tenant == joiner && member.active)
    });
    if tenant.in_other_multitenant_organization || elsewhere {
        return Err(Reason::MtoAlreadyMember);
    }
    if tenant.cloud != Cloud::Commercial {
        return Err(Reason::MtoCloudUnsupported);
    }
    let serves = |a: TenantId, b: TenantId| {
        let entry = world.policy(a).and_then(|policy| policy.partners.get(b));
        entry.is_some_and(|entry| entry.is_service_provider == Some(true))
    };
    if active
        .iter()
        .any(|other| serves(joiner, *other) || serves(*other, joiner))
    {
        return Err(Reason::MtoServiceProvider);
    }
    if !tenant.p1 {
        return Err(Reason::LicenseRequired);
    }
    if active.len() + more_active >= MAXIMUM_ACTIVE_TENANTS {
        return Err(Reason::MtoTenantLimit);
    }
    Ok((place, active))
}

/// S13.3, S13.4: entries in both directions, each shaped by its own tenant's templates.
fn entries(world: &World, joiner: TenantId, active: &[TenantId]) -> Vec<Effect> {
    let mut policies: BTreeMap<TenantId, Policy> = BTreeMap::new();
    let pairs = active
        .iter()
        .flat_map(|other| [(joiner, *other), (*other, joiner)]);
    for (owner, partner) in pairs {
        let Some(tenant) = world.tenant(owner) else {
            continue;
        };
        let Some(stored) = &tenant.policy else {
            continue; // S25.1: that tenant's entries live elsewhere.
        };
        let policy = policies.entry(owner).or_insert_with(|| stored.clone());
        let existed = policy.partners.get(partner).cloned();
        let is_new = existed.is_none();
        let mut entry = existed.unwrap_or_else(|| Partner::new(partner));
        entry.is_in_multitenant_organization = true;
        apply(&tenant.templates, is_new, &mut entry);
        policy.partners.insert(entry);
    }
    let mut effects: Vec<Effect> = policies
        .into_iter()
        .map(|(tenant, policy)| Effect::PutPolicy {
            tenant,
            policy: Box::new(policy),
        })
        .collect();
    effects.push(Effect::Joined { tenant: joiner });
    effects
}

/// S13.5, S13.6: null changes nothing; a block is replaced whole, flags one by one.
fn apply(templates: &Templates, is_new: bool, entry: &mut Partner) {
    let due = |level: TemplateLevel| match is_new {
        true => level.new_partners,
        false => level.existing_partners,
    };
    let template = &templates.partner;
    if due(template.level) {
        for name in crate::settings::BlockName::ALL {
            if let Some(block) = template.blocks.get(name) {
                entry.blocks.set(name, Some(block.clone()));
            }
        }
        if !template.trust.is_null() {
            let old = entry.trust.take().unwrap_or_default();
            entry.trust = Some(InboundTrust {
                mfa: template.trust.mfa.or(old.mfa),
                compliant_device: template.trust.compliant_device.or(old.compliant_device),
                hybrid_joined_device: template
                    .trust
                    .hybrid_joined_device
                    .or(old.hybrid_joined_device),
                untreated: old.untreated,
            });
        }
        let consent = &mut entry.automatic_consent;
        consent.inbound = template.automatic_consent.inbound.or(consent.inbound);
        consent.outbound = template.automatic_consent.outbound.or(consent.outbound);
    }
    let template = &templates.synchronization;
    if let (true, Some(allowed)) = (due(template.level), template.is_sync_allowed) {
        let synchronization = entry
            .synchronization
            .get_or_insert_with(IdentitySynchronization::default);
        synchronization.is_sync_allowed = Some(allowed);
    }
}
