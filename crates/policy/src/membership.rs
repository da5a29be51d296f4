//! Who is in a multitenant organization (S13.1, S13.7): making one, adding a tenant, changing what a
//! tenant is in it, leaving. How a tenant that was added joins is the business of
//! [`crate::joining`].

use crate::draft::Patch;
use crate::joining::MAXIMUM_ACTIVE_TENANTS;
use crate::multitenant::{Member, MultitenantOrganization, OrganizationId};
use crate::reason::Reason;
use crate::settings::Policy;
use crate::tenant::{Cloud, TenantId};
use crate::world::{Storage, World};

/// How many tenants may stand in the list, those that have not joined yet among them.
pub const MAXIMUM_LISTED_TENANTS: usize = 2 * MAXIMUM_ACTIVE_TENANTS;

/// Why it may not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A rule with a code of its own.
    #[error("{}", .0.sentence())]
    Ruled(Reason),
    /// The caller is active in no multitenant organization.
    #[error("The organization is not active in a multitenant organization.")]
    NotActive,
    /// Only owners may.
    #[error("Only an owner of the multitenant organization may do this.")]
    NotOwner,
    /// The tenant stands in the list already.
    #[error("The tenant has been added to the multitenant organization already.")]
    Listed,
    /// The tenant does not stand in the list.
    #[error("The tenant is not in the multitenant organization.")]
    NotListed,
    /// Nobody would be left to add and remove tenants.
    #[error("The multitenant organization needs an owner that is active.")]
    LastOwner,
    /// The list is full.
    #[error("The multitenant organization lists as many tenants as it may.")]
    Full,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Refusal::Ruled(reason)
    }
}

/// The multitenant organizations as they are afterwards, and the settings that change with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// All of them.
    pub organizations: Vec<MultitenantOrganization>,
    /// The settings that change, and whose they are.
    pub policies: Vec<(TenantId, Policy)>,
}

type Judged = Result<Outcome, Refusal>;

/// What is written about an organization or a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// `displayName`.
    pub display_name: Patch<String>,
    /// `description`; members have none.
    pub description: Patch<String>,
}

/// The organization in which the tenant is active.
pub fn active_in(world: &World, tenant: TenantId) -> Option<&MultitenantOrganization> {
    let mut organizations = world.multitenant_organizations.iter();
    organizations.find(|organization| {
        let member = organization.member(tenant);
        member.is_some_and(|member| member.active)
    })
}

fn put(stored: &mut Option<String>, written: &Patch<String>) {
    match written {
        Patch::Absent => {}
        Patch::Null => *stored = None,
        Patch::Value(text) => *stored = Some(text.clone()),
    }
}

/// The tenant makes an organization, and is its first owner (S13.1).
pub fn create(
    world: &World,
    creator: TenantId,
    id: OrganizationId,
    described: &Described,
    now: i128,
) -> Judged {
    let tenant = world.tenant(creator).ok_or(Reason::NotHosted)?;
    if tenant.policy.is_none() {
        return Err(Reason::NotHosted.into());
    }
    if active_in(world, creator).is_some() || tenant.in_other_multitenant_organization {
        return Err(Reason::MtoAlreadyMember.into());
    }
    if tenant.cloud != Cloud::Commercial {
        return Err(Reason::MtoCloudUnsupported.into());
    }
    if !tenant.p1 {
        return Err(Reason::LicenseRequired.into());
    }
    let mut organization = MultitenantOrganization {
        id: Some(id),
        created: Some(now),
        members: vec![Member {
            active: true,
            owner: true,
            added_by: Some(creator),
            added: Some(now),
            joined: Some(now),
            ..Member::pending(creator)
        }],
        ..MultitenantOrganization::default()
    };
    put(&mut organization.display_name, &described.display_name);
    put(&mut organization.description, &described.description);
    let mut organizations = world.multitenant_organizations.clone();
    organizations.push(organization);
    Ok(Outcome {
        organizations,
        policies: Vec::new(),
    })
}

/// The organization that the caller owns, for a change.
fn owned(world: &World, caller: TenantId) -> Result<(usize, Outcome), Refusal> {
    let (place, outcome) = entered(world, caller)?;
    let organization = world.multitenant_organizations.get(place);
    let member = organization.and_then(|organization| organization.member(caller));
    match member.is_some_and(|member| member.owner) {
        true => Ok((place, outcome)),
        false => Err(Refusal::NotOwner),
    }
}

/// The organization in which the caller is active, for a change.
fn entered(world: &World, caller: TenantId) -> Result<(usize, Outcome), Refusal> {
    let organizations = world.multitenant_organizations.clone();
    let place = organizations.iter().position(|organization| {
        let member = organization.member(caller);
        member.is_some_and(|member| member.active)
    });
    let outcome = Outcome {
        organizations,
        policies: Vec::new(),
    };
    Ok((place.ok_or(Refusal::NotActive)?, outcome))
}

/// An owner changes what the organization is called.
pub fn rename(world: &World, caller: TenantId, described: &Described) -> Judged {
    let (place, mut outcome) = owned(world, caller)?;
    if let Some(organization) = outcome.organizations.get_mut(place) {
        put(&mut organization.display_name, &described.display_name);
        put(&mut organization.description, &described.description);
    }
    Ok(outcome)
}

/// An owner adds a tenant, which is pending until it joins by itself (S13.1).
pub fn add(world: &World, caller: TenantId, member: Member, now: i128) -> Judged {
    let (place, mut outcome) = owned(world, caller)?;
    let tenant = world.tenant(member.tenant).ok_or(Reason::TenantNotFound)?;
    if tenant.cloud != Cloud::Commercial {
        return Err(Reason::MtoCloudUnsupported.into());
    }
    if let Some(organization) = outcome.organizations.get_mut(place) {
        if organization.has(member.tenant) {
            return Err(Refusal::Listed);
        }
        if organization.members.len() >= MAXIMUM_LISTED_TENANTS {
            return Err(Refusal::Full);
        }
        organization.members.push(Member {
            active: false,
            added_by: Some(caller),
            added: Some(now),
            joined: None,
            ..member
        });
    }
    Ok(outcome)
}

/// An owner changes the role or the name of a tenant.
pub fn change(
    world: &World,
    caller: TenantId,
    tenant: TenantId,
    owner: Option<bool>,
    display_name: &Patch<String>,
) -> Judged {
    let (place, mut outcome) = owned(world, caller)?;
    if let Some(organization) = outcome.organizations.get_mut(place) {
        let member = organization.member_mut(tenant);
        let member = member.ok_or(Refusal::NotListed)?;
        member.owner = owner.unwrap_or(member.owner);
        put(&mut member.display_name, display_name);
        if !organization.is_led() {
            return Err(Refusal::LastOwner);
        }
    }
    Ok(outcome)
}

/// A tenant leaves by itself, or an owner removes it. The settings of its entries stay (S13.7);
/// what keeps the entries from being removed goes, because it holds only while both are active.
/// With the last active tenant the organization goes.
pub fn leave(world: &World, caller: TenantId, tenant: TenantId) -> Judged {
    let (place, mut outcome) = match owned(world, caller) {
        Err(Refusal::NotOwner) if caller == tenant => entered(world, caller)?,
        judged => judged?,
    };
    let Some(organization) = outcome.organizations.get_mut(place) else {
        return Err(Refusal::NotActive);
    };
    let leaver = organization.member(tenant).ok_or(Refusal::NotListed)?;
    let was_active = leaver.active;
    organization
        .members
        .retain(|member| member.tenant != tenant);
    let stay: Vec<TenantId> = organization.active().collect();
    if stay.is_empty() {
        outcome.organizations.remove(place);
    } else if !organization.is_led() {
        return Err(Refusal::LastOwner);
    }
    if was_active {
        outcome.policies = parted(world, tenant, &stay)?;
    }
    Ok(outcome)
}

/// The entries of the leaver and of those who stay, without the mark of the organization.
fn parted(
    world: &World,
    leaver: TenantId,
    stay: &[TenantId],
) -> Result<Vec<(TenantId, Policy)>, Refusal> {
    let mut policies = Vec::new();
    let of_leaver = (leaver, stay.to_vec());
    let of_others = stay.iter().map(|other| (*other, vec![leaver]));
    for (owner, others) in [of_leaver].into_iter().chain(of_others) {
        let Some(tenant) = world.tenant(owner) else {
            continue;
        };
        let Some(mut policy) = tenant.policy.clone() else {
            continue; // S25.1: that tenant's entries live elsewhere.
        };
        for other in others {
            if let Some(entry) = policy.partners.get_mut(other) {
                entry.is_in_multitenant_organization = false;
            }
        }
        if tenant.policy.as_ref() != Some(&policy) {
            if tenant.storage == Storage::Migrating {
                return Err(Reason::PolicyMigrating.into());
            }
            policies.push((owner, policy));
        }
    }
    Ok(policies)
}
