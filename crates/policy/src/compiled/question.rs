//! What the compiled evaluator is asked, and what it answers.

use crate::conditional_access::Claims;
use crate::decision::Verdict;
use crate::reason::{Detail, Reason, Side};
use crate::resolve::Origin;
use crate::sign_in::{Journey, SignIn, SignInAccount};
use crate::target::{ApplicationId, GroupId, UserId};
use crate::tenant::{PolicyId, TenantId};
use crate::tenant_restrictions::{Carrier, Header};

/// One sign-in to be judged. It borrows everything, so that asking costs nothing; what it means is
/// said at [`SignIn`], from which [`Question::of`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// How.
    pub journey: Journey,
    /// Who.
    pub asker: Asker<'a>,
    /// The tenant that owns what is being reached.
    pub resource: TenantId,
    /// The client application.
    pub client_app: Option<ApplicationId>,
    /// The resource application.
    pub resource_app: ApplicationId,
    /// What the sign-in carries.
    pub claims: &'a Claims,
    /// The permission page was accepted.
    pub consent_accepted: bool,
    /// The first access of a direct connect user to that tenant.
    pub first_access: bool,
    /// The tenant restrictions header, if one was sent.
    pub restrictions: Option<Restrictions>,
}

/// Whose sign-in it is.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// An account of a tenant.
    Home {
        /// The tenant.
        tenant: TenantId,
        /// The account.
        user: UserId,
        /// The groups the caller says the user is in, nested ones included. Used only where the
        /// directory of the tenant is not known here.
        groups: Option<&'a [GroupId]>,
    },
    /// An identity without a tenant, by its object in the resource tenant (S8.11).
    Guest(UserId),
}

/// A tenant restrictions header, read once at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restrictions {
    /// The tenant and the policy it names; `None` when it does not hold two ids (S11.3).
    pub policy: Option<(TenantId, PolicyId)>,
    /// Who carried it.
    pub carrier: Carrier,
}

impl From<&Header> for Restrictions {
    /// White space around the header is the carrier's; within it, nothing is forgiven (S11.3).
    fn from(header: &Header) -> Self {
        let ids = header.value.trim().split_once(':');
        Restrictions {
            policy: ids
                .and_then(|(tenant, policy)| Some((tenant.parse().ok()?, policy.parse().ok()?))),
            carrier: header.carrier,
        }
    }
}

/// A sign-in without any claim.
pub static NO_CLAIMS: Claims = Claims {
    mfa: false,
    methods: Vec::new(),
    device: None,
    resource_mfa: false,
    resource_methods: Vec::new(),
    terms_accepted: false,
    outbound_consent: false,
};

impl<'a> Question<'a> {
    /// A collaboration sign-in of which nothing else is stated.
    #[inline]
    pub fn new(asker: Asker<'a>, resource: TenantId, resource_app: ApplicationId) -> Self {
        Question {
            journey: Journey::Collaboration,
            asker,
            resource,
            client_app: None,
            resource_app,
            claims: &NO_CLAIMS,
            consent_accepted: false,
            first_access: false,
            restrictions: None,
        }
    }

    /// The same sign-in as a question. `groups` is the caller's scratch space; it can be used again
    /// for the next.
    pub fn of(sign_in: &'a SignIn, groups: &'a mut Vec<GroupId>) -> Self {
        let mut question = Question::without_groups(sign_in);
        if let SignInAccount::Home {
            tenant,
            user,
            groups: Some(asserted),
        } = &sign_in.account
        {
            groups.clear();
            groups.extend(asserted);
            question.asker = Asker::Home {
                tenant: *tenant,
                user: *user,
                groups: Some(groups),
            };
        }
        question
    }

    /// The same sign-in as a question in which nothing is said about groups.
    pub fn without_groups(sign_in: &'a SignIn) -> Self {
        Question {
            journey: sign_in.journey,
            asker: match &sign_in.account {
                SignInAccount::Guest(object) => Asker::Guest(*object),
                SignInAccount::Home { tenant, user, .. } => Asker::Home {
                    tenant: *tenant,
                    user: *user,
                    groups: None,
                },
            },
            resource: sign_in.resource,
            client_app: sign_in.client_app,
            resource_app: sign_in.resource_app,
            claims: &sign_in.claims,
            consent_accepted: sign_in.consent_accepted,
            first_access: sign_in.first_access,
            restrictions: sign_in.restrictions.as_ref().map(Restrictions::from),
        }
    }
}

/// The answer: the same verdict, reason, side, detail and origin as
/// [`crate::sign_in::decide`] gives for the same sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
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
}

impl Answer {
    pub(super) const fn allow(reason: Reason) -> Answer {
        Answer {
            verdict: Verdict::Allow,
            reason,
            side: None,
            detail: None,
            origin: None,
        }
    }

    pub(super) const fn block(reason: Reason, side: Option<Side>) -> Answer {
        Answer {
            verdict: Verdict::Block,
            side,
            ..Answer::allow(reason)
        }
    }

    pub(super) const fn challenge(reason: Reason, side: Side) -> Answer {
        Answer {
            verdict: Verdict::Challenge,
            side: Some(side),
            ..Answer::allow(reason)
        }
    }
}
