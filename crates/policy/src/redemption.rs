//! An invited person accepts (S7).
//!
//! Fiona has an invitation from Contoso. Whether she is asked depends on four flags, and only one
//! combination of them asks nothing: Fabrikam's entry for Contoso says *outbound* and Contoso's
//! entry for Fabrikam says *inbound*, in one cloud (S7.2).

use crate::conditional_access::{Claims, Status};
use crate::decision::{Finding, Refusal, Section, Trail, Verdict};
use crate::effect::Effect;
use crate::gate::{self, Pair};
use crate::reason::{Detail, Reason, Side};
use crate::resolve::{self, Origin};
use crate::row::{AccessType, SignInRow};
use crate::rows;
use crate::settings::{FallbackIdentityProvider, PrimaryIdentityProvider};
use crate::sign_in::{self, Decision, Journey, SignIn, SignInAccount};
use crate::target::{UserId, well_known};
use crate::tenant::{Domain, TenantId};
use crate::world::{DomainList, External, ExternalIdentity, RedemptionState, User, World};

/// A pending invitation is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redemption {
    /// The tenant that invited.
    pub resource: TenantId,
    /// The object in it.
    pub object: UserId,
    /// The permission page was accepted.
    pub consent_accepted: bool,
}

/// Whether the permission page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// At the first access.
    Shown,
    /// Never.
    Suppressed,
}

impl Prompt {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Prompt::Shown => "shown",
            Prompt::Suppressed => "suppressed",
        }
    }
}

/// The answer to a redemption.
#[derive(Clone, Debug, PartialEq)]
pub struct RedemptionOutcome {
    /// Allow, challenge or block.
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
    /// Whether the permission page is shown; `None` where there is nothing to accept.
    pub prompt: Option<Prompt>,
    /// How far the invitation is now.
    pub state: Option<RedemptionState>,
    /// The provider that is used.
    pub provider: Option<&'static str>,
    /// The rows for the logs (S15.8).
    pub rows: Vec<SignInRow>,
    /// What changed.
    pub effects: Vec<Effect>,
}

/// Judges a redemption (S7.1).
pub fn redeem(world: &World, request: &Redemption) -> RedemptionOutcome {
    let mut outcome = RedemptionOutcome {
        verdict: Verdict::Allow,
        reason: Reason::AlreadyRedeemed,
        side: None,
        detail: None,
        origin: None,
        findings: Vec::new(),
        prompt: None,
        state: None,
        provider: None,
        rows: Vec::new(),
        effects: Vec::new(),
    };
    let object = sign_in::object_of(world, request.resource, request.object);
    let Some(object) = object.filter(|object| !object.is_internal()) else {
        let refusal = Refusal::block(Reason::UserNotInResourceTenant, Some(Side::Resource));
        return refused(outcome, Section::Object, "S8.8", refusal);
    };
    outcome.state = object.redemption;
    if !object.is_pending() {
        outcome.state = Some(RedemptionState::Accepted);
        outcome.rows = rows(world, request, object, &outcome);
        return outcome;
    }
    let mut trail = Trail::default();
    let judged = judge(world, request, object, &mut trail, &mut outcome);
    outcome.findings = trail.0;
    if let Err(refusal) = judged {
        outcome.verdict = refusal.verdict;
        outcome.reason = refusal.reason;
        outcome.side = refusal.side;
        outcome.detail = refusal.detail;
        outcome.origin = refusal.origin;
    }
    outcome.rows = rows(world, request, object, &outcome);
    outcome
}

/// S15.8: a redemption through the invitation link is a sign-in to the application where invitations
/// are accepted, judged by S7.
fn rows(
    world: &World,
    request: &Redemption,
    object: &User,
    outcome: &RedemptionOutcome,
) -> Vec<SignInRow> {
    let account = match &object.external {
        Some(External::Tenant {
            home_tenant,
            home_user,
        }) => SignInAccount::Home {
            tenant: *home_tenant,
            user: *home_user,
            groups: None,
        },
        Some(External::Providers(_)) | None => SignInAccount::Guest(object.id),
    };
    let visit = SignIn {
        journey: Journey::Collaboration,
        account,
        resource: request.resource,
        client_app: None,
        resource_app: well_known::INVITATION_ACCEPTANCE,
        claims: Claims::default(),
        consent_accepted: request.consent_accepted,
        first_access: false,
        is_interactive: true,
        client_app_used: None,
        restrictions: None,
    };
    let decision = Decision {
        verdict: outcome.verdict,
        reason: outcome.reason,
        side: outcome.side,
        detail: outcome.detail,
        origin: outcome.origin,
        unknown_groups: Vec::new(),
        findings: Vec::new(),
        access_type: AccessType::B2bCollaboration,
        conditional_access: Status::NotApplied,
        applied: Vec::new(),
        redeemed: None,
        token_lifetime_seconds: None,
        rows: Vec::new(),
        effects: Vec::new(),
    };
    let context = rows::Context {
        world,
        request: &visit,
        restricted: false,
        policy_tenant: None,
        multi_factor_required: false,
    };
    rows::of(&context, &decision)
}

fn refused(
    mut outcome: RedemptionOutcome,
    section: Section,
    clause: &'static str,
    refusal: Refusal,
) -> RedemptionOutcome {
    let mut trail = Trail::default();
    let refusal = trail.refuse(section, clause, refusal);
    outcome.verdict = refusal.verdict;
    outcome.reason = refusal.reason;
    outcome.side = refusal.side;
    outcome.findings = trail.0;
    outcome
}

fn judge(
    world: &World,
    request: &Redemption,
    object: &User,
    trail: &mut Trail,
    outcome: &mut RedemptionOutcome,
) -> Result<(), Refusal> {
    let side = Some(Side::Resource);
    domain_allowed(world, request.resource, object, trail)?;
    let provider = provider(world, request.resource, object);
    outcome.provider = Some(provider);
    let mut automatic = false;
    let at_home = provider == PrimaryIdentityProvider::AzureActiveDirectory.as_str();
    if let (
        true,
        Some(External::Tenant {
            home_tenant,
            home_user,
        }),
    ) = (at_home, &object.external)
    {
        let pair = Pair {
            home: *home_tenant,
            resource: request.resource,
        };
        gate::hosting(world, pair, trail)?;
        // S24: the rule on user principal names is not repeated at redemption.
        gate::clouds(world, pair, trail)?;
        let subject = gate::subject(world, *home_tenant, *home_user, None);
        gate::collaboration_reachable(world, pair, &subject, trail)?;
        automatic = gate::automatic_redemption(world, pair, false);
    }
    outcome.prompt = Some(match automatic {
        true => Prompt::Suppressed,
        false => Prompt::Shown,
    });
    if !automatic && !request.consent_accepted {
        let refusal = Refusal::challenge(Reason::RedemptionRequired, side);
        return Err(trail.refuse(Section::Redemption, "S7.5", refusal));
    }
    trail.pass(side, Section::Redemption, "S7.6");
    outcome.reason = Reason::Redeemed;
    outcome.state = Some(RedemptionState::Accepted);
    outcome.effects.push(Effect::Redeemed {
        tenant: request.resource,
        user: object.id,
        provider,
    });
    Ok(())
}

/// S7.1: a pending invitation fails when its domain was blocked meanwhile.
pub(crate) fn domain_allowed(
    world: &World,
    resource: TenantId,
    object: &User,
    trail: &mut Trail,
) -> Result<(), Refusal> {
    let listed = match invited_domain(world, object) {
        Some(domain) => domain_listed(world, resource, &domain),
        None => unknown_domain_listed(world, resource),
    };
    listed.map_err(|reason| {
        let refusal = Refusal::block(reason, Some(Side::Resource));
        trail.refuse(Section::DomainList, "S7.1", refusal)
    })
}

/// S6.4: either an allow list or a block list; the whole domain after "@" is compared.
pub(crate) fn domain_listed(
    world: &World,
    resource: TenantId,
    domain: &Domain,
) -> Result<(), Reason> {
    let list = world
        .tenant(resource)
        .and_then(|tenant| tenant.domain_list.as_ref());
    match list {
        Some(DomainList::Allowed(domains)) if !domains.contains(domain) => {
            Err(Reason::DomainNotAllowed)
        }
        Some(DomainList::Blocked(domains)) if domains.contains(domain) => {
            Err(Reason::DomainBlocked)
        }
        _ => Ok(()),
    }
}

/// A domain that nobody knows is on no allow list, and could be on any block list: no list is
/// passed by ignorance (S25.3).
fn unknown_domain_listed(world: &World, resource: TenantId) -> Result<(), Reason> {
    let tenant = world.tenant(resource);
    match tenant.and_then(|tenant| tenant.domain_list.as_ref()) {
        Some(DomainList::Allowed(_)) => Err(Reason::DomainNotAllowed),
        Some(DomainList::Blocked(domains)) if !domains.is_empty() => Err(Reason::DomainBlocked),
        Some(DomainList::Blocked(_)) | None => Ok(()),
    }
}

/// The domain of the address that was invited: of the object's mail, else of the home account,
/// else as the object's name tells it.
fn invited_domain(world: &World, object: &User) -> Option<Domain> {
    if let Some(mail) = &object.mail {
        return domain_of(mail);
    }
    let home = match &object.external {
        Some(External::Tenant {
            home_tenant,
            home_user,
        }) => sign_in::object_of(world, *home_tenant, *home_user),
        Some(External::Providers(_)) | None => None,
    };
    match home {
        Some(home) => domain_of(home.mail.as_deref().unwrap_or(&home.user_principal_name)),
        None => named_domain(&object.user_principal_name),
    }
}

fn domain_of(address: &str) -> Option<Domain> {
    address.rsplit_once('@')?.1.parse().ok()
}

/// `frank_fabrikam.com#EXT#@contoso.com` was invited as `frank@fabrikam.com`. A domain has no `_`,
/// so the last one stands for the `@`.
pub(crate) fn named_domain(user_principal_name: &str) -> Option<Domain> {
    let (invited, _) = user_principal_name.rsplit_once("#EXT#@")?;
    invited.rsplit_once('_')?.1.parse().ok()
}

/// S7.4: the first provider of the order that the invitee has, else the fallback.
pub(crate) fn provider(world: &World, resource: TenantId, object: &User) -> &'static str {
    let has = |identity| {
        matches!(&object.external, Some(External::Providers(providers))
            if providers.contains(&identity))
    };
    let can = |provider: &PrimaryIdentityProvider| match provider {
        PrimaryIdentityProvider::AzureActiveDirectory => {
            matches!(object.external, Some(External::Tenant { .. }))
        }
        PrimaryIdentityProvider::ExternalFederation => has(ExternalIdentity::Federation),
        PrimaryIdentityProvider::SocialIdentityProviders => has(ExternalIdentity::Social),
    };
    let tenant = world.tenant(resource);
    let policy = tenant.and_then(|tenant| tenant.policy.as_ref());
    let order = policy
        .map(resolve::redemption_order)
        .map(|order| order.value);
    let order = order.unwrap_or_default();
    let passcode = FallbackIdentityProvider::EmailOneTimePasscode.as_str();
    let microsoft_account = FallbackIdentityProvider::MicrosoftAccount.as_str();
    match order.primary.iter().find(|provider| can(provider)) {
        Some(provider) => provider.as_str(),
        None => match order.fallback {
            FallbackIdentityProvider::EmailOneTimePasscode => passcode,
            FallbackIdentityProvider::MicrosoftAccount => microsoft_account,
            FallbackIdentityProvider::DefaultConfiguredIdp => {
                let enabled = tenant.is_none_or(|tenant| tenant.email_passcode);
                match enabled && !has(ExternalIdentity::MicrosoftAccount) {
                    true => passcode,
                    false => microsoft_account,
                }
            }
        },
    }
}

/// Whether people who belong to no tenant are sent passcodes by that one (S7.4).
pub fn offers_passcodes(world: &World, resource: TenantId) -> bool {
    let tenant = world.tenant(resource);
    let policy = tenant.and_then(|tenant| tenant.policy.as_ref());
    let order = policy.map(resolve::redemption_order);
    let order = order.map(|order| order.value).unwrap_or_default();
    match order.fallback {
        FallbackIdentityProvider::EmailOneTimePasscode => true,
        FallbackIdentityProvider::MicrosoftAccount => false,
        FallbackIdentityProvider::DefaultConfiguredIdp => {
            tenant.is_none_or(|tenant| tenant.email_passcode)
        }
    }
}

/// Whether an external user proves who they are by a passcode that is sent to them: as it was
/// recorded when they accepted (S7.6), and as S7.4 chooses for those who have not yet.
pub fn takes_passcode(world: &World, resource: TenantId, object: &User) -> bool {
    let passcode = FallbackIdentityProvider::EmailOneTimePasscode.as_str();
    if !offers_passcodes(world, resource) {
        return false;
    }
    match (
        &object.external,
        object.is_pending(),
        object.identity_provider,
    ) {
        (None, _, _) => false,
        (Some(_), false, Some(recorded)) => recorded == passcode,
        // Nothing is recorded of those who accepted elsewhere; an account has its tenant.
        (Some(External::Tenant { .. }), false, None) => false,
        (Some(_), _, _) => provider(world, resource, object) == passcode,
    }
}
