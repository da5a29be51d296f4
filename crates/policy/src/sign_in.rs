//! Somebody signs in to another tenant (S8, S9).
//!
//! Fred of Fabrikam opens Contoso's ERP. Fabrikam is asked first (does his account exist, may he go
//! out?), then Contoso (may he come in, does it know him, has he accepted, what does Conditional
//! Access say?). The first check that is not passed decides; every check leaves a finding. With
//! *direct connect* he needs no object in Contoso, and different blocks are asked.

mod passage;

use std::collections::BTreeSet;

use self::passage::Passage;

use crate::conditional_access::{AppliedPolicy, Claims, Status};
use crate::decision::{Code, Finding, Trail, Verdict};
use crate::effect::Effect;
use crate::grant::Granted;
use crate::reason::{Detail, Reason, Side};
use crate::resolve::Origin;
use crate::row::{AccessType, SignInRow};
use crate::rows;
use crate::target::{ApplicationId, GroupId, UserId};
use crate::tenant::{MICROSOFT_ACCOUNTS, TenantId};
use crate::tenant_restrictions::{self, Header, RestrictedAccess, RestrictedAccount};
use crate::world::{External, ExternalIdentity, User, World};

/// How somebody wants to reach the other tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Journey {
    /// As a guest.
    #[default]
    Collaboration,
    /// Without an object in the resource tenant.
    DirectConnect,
    /// As a service provider's user.
    ServiceProvider,
}

/// Whose sign-in it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInAccount {
    /// An account of a tenant.
    Home {
        /// The tenant.
        tenant: TenantId,
        /// The account.
        user: UserId,
        /// The groups the caller says the user is in, nested ones included. Used only where the
        /// directory of the tenant is not known here.
        groups: Option<BTreeSet<GroupId>>,
    },
    /// An identity without a tenant, by its object in the resource tenant (S8.11).
    Guest(UserId),
}

/// One sign-in to be judged.
#[derive(Clone, Debug, PartialEq)]
pub struct SignIn {
    /// How.
    pub journey: Journey,
    /// Who.
    pub account: SignInAccount,
    /// The tenant that owns what is being reached.
    pub resource: TenantId,
    /// The client application.
    pub client_app: Option<ApplicationId>,
    /// The resource application.
    pub resource_app: ApplicationId,
    /// What the sign-in carries.
    pub claims: Claims,
    /// The permission page was accepted.
    pub consent_accepted: bool,
    /// The first access of a direct connect user to that tenant.
    pub first_access: bool,
    /// A person is present; a direct connect renewal is not interactive.
    pub is_interactive: bool,
    /// What the client calls itself.
    pub client_app_used: Option<String>,
    /// The tenant restrictions header, if one was sent.
    pub restrictions: Option<Header>,
}

/// How a pending invitation came to be accepted (S8.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// By automatic redemption, silently.
    Automatic,
    /// The user agreed.
    Consented,
}

/// The answer to a sign-in.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Allow, challenge or block.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// Whose settings or facts decided; `None` when access was granted.
    pub side: Option<Side>,
    /// What in a block.
    pub detail: Option<Detail>,
    /// Where that block comes from.
    pub origin: Option<Origin>,
    /// The groups that would decide (S25.3).
    pub unknown_groups: Vec<GroupId>,
    /// Every step, in order.
    pub findings: Vec<Finding>,
    /// How the user came.
    pub access_type: AccessType,
    /// What Conditional Access said.
    pub conditional_access: Status,
    /// Which policies applied.
    pub applied: Vec<AppliedPolicy>,
    /// Whether a pending invitation was accepted on the way.
    pub redeemed: Option<Redeemed>,
    /// How long a token is valid, where the law says so (S9.9).
    pub token_lifetime_seconds: Option<u32>,
    /// The rows for the logs (S15).
    pub rows: Vec<SignInRow>,
    /// What changed in the world.
    pub effects: Vec<Effect>,
}

impl Decision {
    /// The sides whose settings are not here: the verdict does not speak for them (S25.1).
    pub fn not_judged(&self) -> impl Iterator<Item = Side> {
        let unhosted = self.findings.iter().filter(|finding| {
            finding.verdict == Verdict::Allow && finding.code == Code::Reason(Reason::NotHosted)
        });
        unhosted.filter_map(|finding| finding.side)
    }

    /// `status.errorCode` of the rows.
    pub fn error_code(&self) -> u32 {
        self.reason.error_code_at(self.side)
    }
}

/// A direct connect token is valid for an hour; each renewal is judged again (S9.9).
pub const DIRECT_CONNECT_TOKEN_SECONDS: u32 = 3600;

/// Judges a sign-in (S8.1).
pub fn decide(world: &World, request: &SignIn) -> Decision {
    let request = &with_home(world, request);
    let mut passage = Passage {
        world,
        request,
        trail: Trail::default(),
        reason: Reason::Granted,
        granted: Granted::default(),
        redeemed: None,
        effects: Vec::new(),
    };
    let restriction = tenant_restrictions::judge(world, &restricted(world, request));
    let restricted = restriction.enforced;
    let policy_tenant = restriction.policy_tenant;
    let outcome = passage.run(restriction);
    let (verdict, reason) = match &outcome {
        Ok(()) => (Verdict::Allow, passage.reason),
        Err(refusal) => (refusal.verdict, refusal.reason),
    };
    let refusal = outcome.err();
    let access_type = match (passage.pair(), request.journey) {
        (None, _) => AccessType::B2bCollaboration, // S15.7
        (Some(pair), _) if pair.home == pair.resource => AccessType::None,
        (Some(_), Journey::Collaboration) => AccessType::B2bCollaboration,
        (Some(_), Journey::DirectConnect) => AccessType::B2bDirectConnect,
        (Some(_), Journey::ServiceProvider) => AccessType::ServiceProvider,
    };
    let mut decision = Decision {
        verdict,
        reason,
        side: refusal.as_ref().and_then(|refusal| refusal.side),
        detail: refusal.as_ref().and_then(|refusal| refusal.detail),
        origin: refusal.as_ref().and_then(|refusal| refusal.origin),
        unknown_groups: refusal.map(|r| r.unknown_groups).unwrap_or_default(),
        findings: passage.trail.0,
        access_type,
        conditional_access: passage.granted.status,
        applied: passage.granted.applied,
        redeemed: passage.redeemed,
        token_lifetime_seconds: (verdict == Verdict::Allow
            && access_type == AccessType::B2bDirectConnect)
            .then_some(DIRECT_CONNECT_TOKEN_SECONDS),
        rows: Vec::new(),
        effects: passage.effects,
    };
    let context = rows::Context {
        world,
        request,
        restricted,
        policy_tenant,
        multi_factor_required: passage.granted.multi_factor_required,
    };
    decision.rows = rows::of(&context, &decision);
    decision
}

/// A guest whose object says that it belongs to a tenant is an account of that tenant.
fn with_home(world: &World, request: &SignIn) -> SignIn {
    let mut request = request.clone();
    if let SignInAccount::Guest(object) = request.account
        && let Some(External::Tenant {
            home_tenant,
            home_user,
        }) = object_of(world, request.resource, object).and_then(|user| user.external.clone())
    {
        request.account = SignInAccount::Home {
            tenant: home_tenant,
            user: home_user,
            groups: None,
        };
    }
    request
}

pub(crate) fn object_of(world: &World, tenant: TenantId, object: UserId) -> Option<&User> {
    let directory = world.tenant(tenant)?.directory.as_ref()?;
    directory.users.get(&object)
}

/// The same access as tenant restrictions see it (S8.2).
fn restricted(world: &World, request: &SignIn) -> RestrictedAccess {
    let account = match &request.account {
        SignInAccount::Home {
            tenant,
            user,
            groups,
        } => RestrictedAccount::User {
            home: Some(*tenant),
            user: Some(*user),
            groups: groups.clone(),
        },
        SignInAccount::Guest(object) => {
            let object = object_of(world, request.resource, *object);
            let personal = object.is_some_and(|object| {
                matches!(&object.external, Some(External::Providers(providers))
                    if providers.contains(&ExternalIdentity::MicrosoftAccount))
            });
            RestrictedAccount::User {
                home: personal.then_some(MICROSOFT_ACCOUNTS),
                user: None,
                groups: None,
            }
        }
    };
    RestrictedAccess {
        header: request.restrictions.clone(),
        account,
        resource: request.resource,
        client_app: request.client_app,
        resource_app: request.resource_app,
    }
}
