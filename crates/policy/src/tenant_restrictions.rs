//! Tenant restrictions: external accounts in external tenants, on the organization's own network or
//! devices (S11).
//!
//! Contoso's proxy adds a header to every sign-in that leaves Contoso's network. Fred uses his
//! Fabrikam account there to reach a Fabrikam application: neither Contoso's inbound nor its
//! outbound settings are concerned, yet Contoso may want to say no. The header names Contoso's
//! policy, and its tenant restrictions *for the tenant being entered* decide.

use std::collections::BTreeSet;

use crate::decision::{Code, Finding, Section, Trail, Verdict};
use crate::gate::{self, Reach};
use crate::matching::Subject;
use crate::reason::{Detail, Reason, Side};
use crate::resolve::Origin;
use crate::row::SignInRow;
use crate::rows;
use crate::settings::BlockName;
use crate::target::{ApplicationId, GroupId, UserId};
use crate::tenant::{PolicyId, TenantId};
use crate::world::World;

/// Who carries the header (S11.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// A proxy: authentication only.
    #[default]
    Proxy,
    /// Global Secure Access: also access without sign-in.
    Universal,
    /// A device policy: also access without sign-in.
    Windows,
}

/// The header `sec-Restrict-Tenant-Access-Policy` and who carried it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its value: `<tenant id>:<policy id>` (S11.3).
    pub value: String,
    /// Who carried it.
    pub carrier: Carrier,
}

/// Whose access it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestrictedAccount {
    /// A user.
    User {
        /// The tenant the account belongs to, unless its identity provider is not a tenant.
        home: Option<TenantId>,
        /// The account; `None` for an id that no list could name.
        user: Option<UserId>,
        /// The groups the caller says the user is in, used where the directory is not known.
        groups: Option<BTreeSet<GroupId>>,
    },
    /// An application without a user (S11.9).
    ServicePrincipal {
        /// The tenant it belongs to.
        home: Option<TenantId>,
    },
    /// Nobody has signed in (S11.6).
    Anonymous,
}

impl RestrictedAccount {
    fn home(&self) -> Option<TenantId> {
        match self {
            RestrictedAccount::User { home, .. } | RestrictedAccount::ServicePrincipal { home } => {
                *home
            }
            RestrictedAccount::Anonymous => None,
        }
    }
}

/// One access to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestrictedAccess {
    /// The header, if one was sent.
    pub header: Option<Header>,
    /// Whose access it is.
    pub account: RestrictedAccount,
    /// The tenant being entered.
    pub resource: TenantId,
    /// The client application.
    pub client_app: Option<ApplicationId>,
    /// The resource application.
    pub resource_app: ApplicationId,
}

/// What tenant restrictions say.
#[derive(Clone, Debug, PartialEq)]
pub struct Restriction {
    /// Allow or block.
    pub verdict: Verdict,
    /// Whether a policy was enforced.
    pub enforced: bool,
    /// Why.
    pub reason: Reason,
    /// What in the block.
    pub detail: Option<Detail>,
    /// Where the block comes from.
    pub origin: Option<Origin>,
    /// The groups that would decide (S25.3).
    pub unknown_groups: Vec<GroupId>,
    /// The tenant whose policy was enforced: its log gets a masked row (S15.6).
    pub policy_tenant: Option<TenantId>,
    /// The step for the trail.
    pub findings: Vec<Finding>,
}

impl Restriction {
    /// The masked row that the access of a program leaves in the log of the tenant whose policy was
    /// enforced (S15.6). It leaves no other one: these logs are about people (S1.13).
    pub fn row_of_program(&self, access: &RestrictedAccess) -> Option<SignInRow> {
        rows::of_program(access, self)
    }
}

const SECTION: Section = Section::Block(BlockName::TenantRestrictions);

/// Judges one access, in the order of S11.11.
pub fn judge(world: &World, access: &RestrictedAccess) -> Restriction {
    let Some(header) = &access.header else {
        return not_enforced(Reason::TrNoSignal, "S11.2");
    };
    let Some(policy_tenant) = policy_tenant(world, &header.value) else {
        // S24: a header that is not valid counts as enforced and leaves no masked row.
        return refused(Reason::TrHeaderInvalid, "S11.3", None);
    };
    if access.resource == policy_tenant {
        return not_enforced(Reason::TrOwnTenantResource, "S11.4");
    }
    if access.account.home() == Some(policy_tenant) {
        return not_enforced(Reason::TrOwnAccount, "S11.4");
    }
    if world.clouds_differ(access.resource, policy_tenant) {
        return not_enforced(Reason::TrNotEnforcedCrossCloud, "S11.5");
    }
    if access.account == RestrictedAccount::Anonymous {
        return match header.carrier {
            Carrier::Proxy => not_enforced(Reason::TrAnonymousNotCovered, "S11.6"),
            Carrier::Universal | Carrier::Windows => {
                refused(Reason::TrAnonymousBlocked, "S11.6", Some(policy_tenant))
            }
        };
    }
    enforced(world, access, policy_tenant)
}

/// S11.3: two GUIDs, a tenant whose settings are here, and the id of its policy.
fn policy_tenant(world: &World, header: &str) -> Option<TenantId> {
    let (tenant, policy) = header.trim().split_once(':')?;
    let tenant: TenantId = tenant.parse().ok()?;
    let policy: PolicyId = policy.parse().ok()?;
    let known = world.policy(tenant)?.id?;
    (known == policy).then_some(tenant)
}

/// S11.7, S11.8: the policy tenant's entry for the tenant being entered, and the account by the
/// ids of its home tenant.
fn enforced(world: &World, access: &RestrictedAccess, policy_tenant: TenantId) -> Restriction {
    let mut trail = Trail::default();
    let subject = match &access.account {
        RestrictedAccount::User {
            home: Some(home),
            user: Some(user),
            groups,
        } => gate::subject(world, *home, *user, groups.as_ref()),
        _ => Subject::unnamed(),
    };
    let applications: Vec<ApplicationId> = access
        .client_app
        .into_iter()
        .chain([access.resource_app])
        .collect();
    let Some(policy) = world.policy(policy_tenant) else {
        return refused(Reason::TrHeaderInvalid, "S11.3", None);
    };
    let ruled = gate::ruled(
        world,
        policy,
        access.resource,
        BlockName::TenantRestrictions,
        Side::Policy,
        Reason::TenantRestrictionsBlocked,
        "S11.7",
        &subject,
        Reach::Applications(&applications),
        &mut trail,
    );
    let origin = trail.0.last().and_then(|finding| finding.origin);
    let (verdict, reason, detail, unknown_groups) = match ruled {
        Ok(()) => (Verdict::Allow, Reason::TrAllowed, None, Vec::new()),
        Err(r) => (r.verdict, r.reason, r.detail, r.unknown_groups),
    };
    Restriction {
        verdict,
        enforced: true,
        reason,
        detail,
        origin,
        unknown_groups,
        policy_tenant: Some(policy_tenant),
        findings: trail.0,
    }
}

fn not_enforced(reason: Reason, clause: &'static str) -> Restriction {
    Restriction {
        verdict: Verdict::Allow,
        enforced: false,
        reason,
        detail: None,
        origin: None,
        unknown_groups: Vec::new(),
        policy_tenant: None,
        findings: vec![Finding::noted(
            Some(Side::Policy),
            SECTION,
            Code::Reason(reason),
            clause,
        )],
    }
}

fn refused(reason: Reason, clause: &'static str, policy_tenant: Option<TenantId>) -> Restriction {
    Restriction {
        verdict: Verdict::Block,
        enforced: true,
        policy_tenant,
        findings: vec![Finding {
            verdict: Verdict::Block,
            ..Finding::noted(Some(Side::Policy), SECTION, Code::Reason(reason), clause)
        }],
        ..not_enforced(reason, clause)
    }
}
