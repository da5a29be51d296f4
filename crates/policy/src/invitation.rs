//! Somebody is invited (S6).
//!
//! Alice of Contoso invites frank@fabrikam.com. May she? May his domain be invited? Whose account is
//! it, and do the cross-tenant settings of both sides let him out and in? The inviter is told one
//! sentence; the reason, its detail and its side are for administrators (S6.10).

use std::collections::{BTreeMap, BTreeSet};

use crate::decision::{Code, Finding, Refusal, Section, Trail, Verdict};
use crate::effect::Effect;
use crate::gate::{self, Pair};
use crate::matching::Subject;
use crate::reason::{Detail, INVITATION_REFUSED, Reason, Side};
use crate::redemption::{self, Prompt};
use crate::resolve::Origin;
use crate::role::Role;
use crate::row::NO_USER;
use crate::target::UserId;
use crate::tenant::{Domain, TenantId};
use crate::world::{
    AllowInvitesFrom, External, ExternalIdentity, RedemptionState, Tenant, User, UserType, World,
};

/// A mail address with something before the "@" and a domain after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    text: String,
    domain: Domain,
}

/// The text is not a mail address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a mail address (expected name@domain)")]
pub struct InvalidAddress(String);

impl std::str::FromStr for Address {
    type Err = InvalidAddress;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || InvalidAddress(text.chars().take(64).collect());
        let (local, domain) = text.rsplit_once('@').ok_or_else(shown)?;
        let legal = |c: char| !c.is_whitespace() && !c.is_control();
        if local.is_empty() || text.len() > 320 || !local.chars().all(legal) {
            return Err(shown());
        }
        Ok(Address {
            text: text.to_owned(),
            domain: domain.parse().map_err(|_| shown())?,
        })
    }
}

impl Address {
    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// What stands before the "@".
    pub fn local(&self) -> &str {
        let parts = self.text.rsplit_once('@');
        parts.map_or(self.text.as_str(), |(local, _)| local)
    }
    /// What stands after the "@".
    pub fn domain(&self) -> &Domain {
        &self.domain
    }
}

/// Who invites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inviter {
    /// A user of the resource tenant.
    User {
        /// The user, recorded as sponsor.
        id: Option<UserId>,
        /// Member or guest.
        user_type: UserType,
        /// The directory roles held.
        roles: BTreeSet<Role>,
    },
    /// An application without a user.
    Application,
}

impl Inviter {
    fn has_any(&self, wanted: &[Role]) -> bool {
        match self {
            Inviter::User { roles, .. } => wanted.iter().any(|role| roles.contains(role)),
            Inviter::Application => false,
        }
    }
}

/// One invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The tenant that invites.
    pub resource: TenantId,
    /// Who invites.
    pub inviter: Inviter,
    /// Who is invited.
    pub address: Address,
    /// As what.
    pub user_type: UserType,
    /// Whether a mail is wanted.
    pub send_message: bool,
    /// The id the object gets if one is created.
    pub new_object: UserId,
}

/// The answer to an invitation.
#[derive(Clone, Debug, PartialEq)]
pub struct InvitationOutcome {
    /// Allow or block.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// Whose settings.
    pub side: Option<Side>,
    /// What in a block.
    pub detail: Option<Detail>,
    /// Where that block comes from.
    pub origin: Option<Origin>,
    /// Every step, in order.
    pub findings: Vec<Finding>,
    /// The home tenant that was found; `None` for an identity without tenant.
    pub home: Option<TenantId>,
    /// The object: made or found.
    pub object: Option<User>,
    /// Whether an invitation mail goes out.
    pub invitation_mail: bool,
    /// Whether a notification mail goes out.
    pub notification_mail: bool,
    /// Whether the permission page will be shown.
    pub prompt: Option<Prompt>,
    /// What changed.
    pub effects: Vec<Effect>,
}

impl InvitationOutcome {
    /// What the inviter is told: one sentence for every refusal of the cloud and cross-tenant gates,
    /// which does not say which side refused (S6.10).
    pub const fn sentence(&self) -> &'static str {
        match self.reason {
            Reason::OutboundBlocked
            | Reason::InboundBlocked
            | Reason::CloudNotEnabled
            | Reason::PartnerRequiredCrossCloud
            | Reason::CloudPairUnsupported
            | Reason::CrossCloudRequiresUpn => INVITATION_REFUSED,
            other => other.sentence(),
        }
    }
}

/// The roles that may invite where members may not (S6.2).
const INVITING: [Role; 3] = [
    Role::GlobalAdministrator,
    Role::UserAdministrator,
    Role::GuestInviter,
];

/// Judges an invitation, in the order of S6.1.
pub fn invite(world: &World, request: &Invitation) -> InvitationOutcome {
    let mut trail = Trail::default();
    let mut outcome = InvitationOutcome {
        verdict: Verdict::Allow,
        reason: Reason::Invited,
        side: None,
        detail: None,
        origin: None,
        findings: Vec::new(),
        home: None,
        object: None,
        invitation_mail: false,
        notification_mail: false,
        prompt: None,
        effects: Vec::new(),
    };
    if let Err(refusal) = judge(world, request, &mut trail, &mut outcome) {
        outcome.verdict = refusal.verdict;
        outcome.reason = refusal.reason;
        outcome.side = refusal.side;
        outcome.detail = refusal.detail;
        outcome.origin = refusal.origin;
    }
    outcome.findings = trail.0;
    outcome
}

fn judge(
    world: &World,
    request: &Invitation,
    trail: &mut Trail,
    outcome: &mut InvitationOutcome,
) -> Result<(), Refusal> {
    let side = Some(Side::Resource);
    let Some(tenant) = world.tenant(request.resource) else {
        let refusal = Refusal::block(Reason::NotHosted, side);
        return Err(trail.refuse(Section::Hosting, "S25.1", refusal));
    };
    if tenant.policy.is_some() {
        own_rules(world, tenant, request, trail)?;
    }
    let home = home(world, tenant, request, trail)?;
    outcome.home = home.tenant;
    let mut automatic = false;
    if let Some(home_tenant) = home.tenant {
        let pair = Pair {
            home: home_tenant,
            resource: tenant.id,
        };
        gate::hosting(world, pair, trail)?;
        gate::clouds(world, pair, trail)?;
        let by_name = home.user.is_none_or(|user| {
            user.user_principal_name.to_lowercase() == request.address.text.to_lowercase()
        });
        if world.clouds_differ(pair.home, pair.resource) && !by_name {
            let refusal = Refusal::block(Reason::CrossCloudRequiresUpn, Some(Side::Home));
            return Err(trail.refuse(Section::HomeDiscovery, "S6.6", refusal));
        }
        gate::collaboration_reachable(world, pair, &home.subject, trail)?;
        automatic = gate::automatic_redemption(world, pair, false);
    } else if tenant.policy.is_none() {
        let refusal = Refusal::block(Reason::NotHosted, side);
        return Err(trail.refuse(Section::Hosting, "S25.1", refusal));
    }
    match present(tenant, &home, &request.address) {
        Some(object) => already_there(object.clone(), request, automatic, outcome),
        None => made(tenant, request, &home, automatic, outcome),
    }
    Ok(())
}

/// S6.2, S6.3, S6.4: the inviting tenant's own rules. Where they live elsewhere they are not judged
/// (S25.1).
fn own_rules(
    world: &World,
    tenant: &Tenant,
    request: &Invitation,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let side = Some(Side::Resource);
    let blocked = |reason| Refusal::block(reason, side);
    if let Err(reason) = may_invite(tenant, &request.inviter) {
        return Err(trail.refuse(Section::Invitations, "S6.2", blocked(reason)));
    }
    let administrators = [Role::GlobalAdministrator, Role::UserAdministrator];
    if request.user_type == UserType::Member && !request.inviter.has_any(&administrators) {
        let refusal = blocked(Reason::MemberInviteRequiresAdmin);
        return Err(trail.refuse(Section::Invitations, "S6.3", refusal));
    }
    trail.pass(side, Section::Invitations, "S6.2");
    let listed = redemption::domain_listed(world, tenant.id, &request.address.domain);
    listed.map_err(|reason| trail.refuse(Section::DomainList, "S6.4", blocked(reason)))
}

/// S6.2.
fn may_invite(tenant: &Tenant, inviter: &Inviter) -> Result<(), Reason> {
    let member = matches!(
        inviter,
        Inviter::User {
            user_type: UserType::Member,
            ..
        }
    );
    let application = *inviter == Inviter::Application;
    let allowed = match tenant.allow_invites_from {
        AllowInvitesFrom::None => return Err(Reason::InvitationsDisabled),
        AllowInvitesFrom::Everyone => true,
        AllowInvitesFrom::AdminsGuestInvitersAndAllMembers => {
            application || member || inviter.has_any(&INVITING)
        }
        AllowInvitesFrom::AdminsAndGuestInviters => inviter.has_any(&INVITING),
    };
    match allowed {
        true => Ok(()),
        false => Err(Reason::InviterNotAuthorized),
    }
}

/// Whose address it is.
struct Home<'a> {
    tenant: Option<TenantId>,
    user: Option<&'a User>,
    subject: Subject,
}

/// S6.5: the tenant that has verified the domain, in any cloud.
fn home<'a>(
    world: &'a World,
    tenant: &Tenant,
    request: &Invitation,
    trail: &mut Trail,
) -> Result<Home<'a>, Refusal> {
    let Some(found) = world.tenant_of_domain(&request.address.domain) else {
        // S6.9: cross-tenant access settings are for tenants.
        return Ok(Home {
            tenant: None,
            user: None,
            subject: Subject::unnamed(),
        });
    };
    if found.id == tenant.id {
        let refusal = Refusal::block(Reason::InviteeIsInternal, Some(Side::Resource));
        return Err(trail.refuse(Section::HomeDiscovery, "S6.5", refusal));
    }
    let Some(directory) = &found.directory else {
        let code = Code::DirectoryUnknown;
        trail.note(Some(Side::Home), Section::HomeDiscovery, code, "S25.2");
        return Ok(Home {
            tenant: Some(found.id),
            user: None,
            subject: Subject::unknown(),
        });
    };
    let Some(user) = directory.by_address(&request.address.text) else {
        let refusal = Refusal::block(Reason::InviteeNotFoundInHome, Some(Side::Home));
        return Err(trail.refuse(Section::HomeDiscovery, "S6.5", refusal));
    };
    trail.pass(Some(Side::Home), Section::HomeDiscovery, "S6.5");
    Ok(Home {
        tenant: Some(found.id),
        user: Some(user),
        subject: gate::subject(world, found.id, user.id, None),
    })
}

/// S6.11: the object of that home account; without a tenant, the one with that address.
fn present<'a>(tenant: &'a Tenant, home: &Home<'_>, address: &Address) -> Option<&'a User> {
    let directory = tenant.directory.as_ref()?;
    match (home.tenant, home.user) {
        (Some(home_tenant), Some(user)) => directory.object_for(home_tenant, user.id),
        _ => {
            let wanted = address.text.to_lowercase();
            directory.users.values().find(|object| {
                let same_home = match (&object.external, home.tenant) {
                    (Some(External::Tenant { home_tenant, .. }), Some(tenant)) => {
                        *home_tenant == tenant
                    }
                    (Some(External::Providers(_)), None) => true,
                    _ => false,
                };
                let mail = object.mail.as_ref().map(|mail| mail.to_lowercase());
                same_home && mail.as_ref() == Some(&wanted)
            })
        }
    }
}

fn already_there(
    object: User,
    request: &Invitation,
    automatic: bool,
    outcome: &mut InvitationOutcome,
) {
    outcome.reason = Reason::AlreadyInvited;
    outcome.invitation_mail = request.send_message && object.is_pending() && !automatic;
    outcome.prompt = object.is_pending().then_some(prompt(automatic));
    outcome.object = Some(object);
}

const fn prompt(automatic: bool) -> Prompt {
    match automatic {
        true => Prompt::Suppressed,
        false => Prompt::Shown,
    }
}

/// S6.8.
fn made(
    tenant: &Tenant,
    request: &Invitation,
    home: &Home<'_>,
    automatic: bool,
    outcome: &mut InvitationOutcome,
) {
    let external = match home.tenant {
        // An account nobody can name here stands for no account: never for an identity without
        // tenant, to which the settings would not apply.
        Some(home_tenant) => External::Tenant {
            home_tenant,
            home_user: home.user.map_or(NO_USER, |user| user.id),
        },
        None => External::Providers(BTreeSet::from([ExternalIdentity::EmailPasscode])),
    };
    let sponsor = match &request.inviter {
        Inviter::User { id, .. } => *id,
        Inviter::Application => None,
    };
    let object = User {
        id: request.new_object,
        user_principal_name: external_name(tenant, request.address.as_str()),
        mail: Some(request.address.text.clone()),
        // What the home tenant calls its user is not the inviter's to know.
        display_name: Some(request.address.local().to_owned()),
        user_type: request.user_type,
        enabled: true,
        groups: Some(BTreeSet::new()),
        redemption: Some(match automatic {
            true => RedemptionState::Accepted,
            false => RedemptionState::PendingAcceptance,
        }),
        external: Some(external),
        sms_sign_in: false,
        managed_by_synchronization: false,
        sponsor,
        identity_provider: None,
        attributes: BTreeMap::new(),
    };
    outcome.invitation_mail = request.send_message && !automatic;
    outcome.notification_mail = automatic;
    outcome.prompt = Some(prompt(automatic));
    outcome.effects.push(Effect::PutUser {
        tenant: tenant.id,
        user: Box::new(object.clone()),
    });
    outcome.object = Some(object);
}

/// `frank@fabrikam.com` becomes `frank_fabrikam.com#EXT#@contoso.com`.
pub(crate) fn external_name(tenant: &Tenant, address: &str) -> String {
    let own = tenant
        .domains
        .first()
        .map_or_else(|| tenant.id.to_string(), Domain::to_string);
    format!("{}#EXT#@{own}", address.replace('@', "_"))
}
