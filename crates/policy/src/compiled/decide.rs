//! The walk through the checks (S8, S9), for the compiled evaluator.
//!
//! The order is that of S8.1 and the first check that is not passed decides. Most sign-ins go the
//! *short way*: two hosted tenants of one cloud, no tenant restrictions, nobody's directory, so that
//! between finding the tenants and judging their blocks there is nothing that could refuse. That way
//! is straight, and both tenants and their entries are looked up before either is asked, so that the
//! processor waits for memory once and not twice. All others go the *long way*, check by check.

use super::digest::digest;
use super::entry::{CompiledBlock, Direction};
use super::guest;
use super::judge::{Applications, Ruling, Subject, judge};
use super::question::{Answer, Asker, Question};
use super::registry::{Party, Registry};
use super::snapshot::Facts;
use crate::reason::{Reason, Side};
use crate::sign_in::Journey;
use crate::target::{GroupId, UserId};
use crate::tenant::{MICROSOFT_ACCOUNTS, TenantId};

/// A check is passed, or it decides.
pub(super) type Step<T = ()> = Result<T, Answer>;

/// Judges a sign-in: the same answer as [`crate::sign_in::decide`] for the same world, without its
/// findings. It takes no lock and allocates nothing.
pub fn decide(registry: &Registry, question: &Question<'_>) -> Answer {
    let account = match question.asker {
        Asker::Home {
            tenant,
            user,
            groups,
        } => Account {
            tenant,
            user,
            groups,
        },
        Asker::Guest(object) => match guest::account(registry, question, object) {
            Some(account) => account,
            None => return guest::decide(registry, question, object),
        },
    };
    let home = (account.tenant, digest(account.tenant.as_u128()));
    let resource = (question.resource, digest(question.resource.as_u128()));
    let passage = Passage {
        registry,
        question,
        account,
        home: registry.party(home, resource),
        resource: registry.party(resource, home),
    };
    let step = match (passage.home, passage.resource) {
        (Some(home), Some(resource)) if passage.is_ordinary(home, resource) => {
            passage.short_way(home, resource)
        }
        _ => passage.long_way(),
    };
    match step {
        Ok(answer) | Err(answer) => answer,
    }
}

/// An account of a tenant.
#[derive(Clone, Copy)]
pub(super) struct Account<'a> {
    pub(super) tenant: TenantId,
    pub(super) user: UserId,
    /// As the caller says.
    pub(super) groups: Option<&'a [GroupId]>,
}

/// Which of the two pairs of blocks is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Collaboration,
    DirectConnect,
}

/// One walk through the checks. A tenant nobody has registered is `None`.
#[derive(Clone, Copy)]
pub(super) struct Passage<'a> {
    pub(super) registry: &'a Registry,
    pub(super) question: &'a Question<'a>,
    pub(super) account: Account<'a>,
    pub(super) home: Option<Party<'a>>,
    pub(super) resource: Option<Party<'a>>,
}

impl<'a> Passage<'a> {
    /// Whether nothing can refuse before the blocks do, but what direct connect asks beside.
    #[inline(always)]
    fn is_ordinary(&self, home: Party<'_>, resource: Party<'_>) -> bool {
        let (home, resource) = (home.snapshot, resource.snapshot);
        home.facts.both(resource.facts).has(Facts::HOSTED)
            & !home.facts.has(Facts::DIRECTORY)
            & (home.cloud == resource.cloud)
            & (self.account.tenant != self.question.resource)
            & (self.account.tenant != MICROSOFT_ACCOUNTS)
            & (self.question.journey != Journey::ServiceProvider)
            & self.question.restrictions.is_none()
    }

    #[inline(always)]
    fn short_way(self, home: Party<'a>, resource: Party<'a>) -> Step<Answer> {
        let kind = match self.question.journey {
            Journey::DirectConnect => {
                self.direct_connect_possible()?;
                Kind::DirectConnect
            }
            Journey::Collaboration | Journey::ServiceProvider => Kind::Collaboration,
        };
        let subject = Subject::user(self.account.user, self.account.groups);
        let apps = self.applications();
        self.outbound(home, kind, &subject, &apps)?;
        self.inbound(resource, kind, &subject, &apps)?;
        let follows = Facts::DIRECTORY | Facts::CONDITIONAL_ACCESS;
        match resource.snapshot.facts.has(follows) | self.question.first_access {
            true => self.after_the_blocks(kind),
            false => Ok(Answer::allow(Reason::Granted)),
        }
    }

    #[inline(never)]
    fn long_way(self) -> Step<Answer> {
        self.restrictions()?; // S8.2
        if self.account.tenant == self.question.resource {
            return Ok(Answer::allow(Reason::NotCrossTenant)); // S8.3
        }
        if self.account.tenant == MICROSOFT_ACCOUNTS {
            // S1.3: a personal account is never a home-tenant account.
            return Err(Answer::block(Reason::AccountNotFound, Some(Side::Home)));
        }
        self.hosting()?;
        self.home_account()?;
        let kind = match self.question.journey {
            Journey::Collaboration => {
                self.cloud_gate()?; // S8.5
                Kind::Collaboration
            }
            Journey::DirectConnect => {
                self.direct_connect_possible()?; // S9.2 to S9.4
                Kind::DirectConnect
            }
            Journey::ServiceProvider => return self.service_provider(),
        };
        let (subject, apps) = (self.subject(), self.applications());
        if let Some(home) = Self::hosted(self.home) {
            self.outbound(home, kind, &subject, &apps)?;
        }
        if let Some(resource) = Self::hosted(self.resource) {
            self.inbound(resource, kind, &subject, &apps)?;
        }
        self.after_the_blocks(kind)
    }

    #[inline(never)]
    fn after_the_blocks(self, kind: Kind) -> Step<Answer> {
        match kind {
            Kind::Collaboration => self.collaboration(),
            Kind::DirectConnect => self.direct_connect(),
        }
    }

    /// S8.6, S9.5.
    #[inline(always)]
    fn outbound(
        self,
        home: Party<'_>,
        kind: Kind,
        subject: &Subject<'_>,
        apps: &Applications,
    ) -> Step {
        let block = home.block(kind, Direction::Outbound);
        let ruling = self.ruling(home, block, subject, apps);
        refused(block, ruling, Side::Home, Reason::OutboundBlocked)
    }

    /// S8.7, S9.6.
    #[inline(always)]
    fn inbound(
        self,
        resource: Party<'_>,
        kind: Kind,
        subject: &Subject<'_>,
        apps: &Applications,
    ) -> Step {
        let block = resource.block(kind, Direction::Inbound);
        let ruling = self.ruling(resource, block, subject, apps);
        refused(block, ruling, Side::Resource, Reason::InboundBlocked)
    }

    /// What the party's block says.
    #[inline(always)]
    pub(super) fn ruling(
        self,
        party: Party<'_>,
        block: CompiledBlock,
        subject: &Subject<'_>,
        apps: &Applications,
    ) -> Ruling {
        let lines = &party.snapshot.lines;
        judge(lines, block, subject, apps, &self.registry.suites)
    }

    /// The party, if its settings live here (S25.1).
    pub(super) fn hosted(party: Option<Party<'a>>) -> Option<Party<'a>> {
        party.filter(|party| party.snapshot.facts.has(Facts::HOSTED))
    }

    /// Who asks, by the ids of the home tenant (S3.7).
    pub(super) fn subject(self) -> Subject<'a> {
        let groups = match self.home {
            Some(home) if home.snapshot.facts.has(Facts::DIRECTORY) => self.known_groups(home),
            // Personal accounts are in no groups (S1.3).
            _ if self.account.tenant == MICROSOFT_ACCOUNTS => Some(&[][..]),
            _ => self.account.groups,
        };
        Subject::user(self.account.user, groups)
    }

    #[inline(always)]
    fn applications(self) -> Applications {
        Applications::new(self.question.client_app, self.question.resource_app)
    }
}

impl Party<'_> {
    /// The block in force.
    #[inline(always)]
    pub(super) fn block(self, kind: Kind, direction: Direction) -> CompiledBlock {
        let direct_connect = kind == Kind::DirectConnect;
        self.standing.entry.block(direct_connect, direction)
    }
}

/// What the block's ruling means for the sign-in.
#[inline(always)]
fn refused(block: CompiledBlock, ruling: Ruling, side: Side, reason: Reason) -> Step {
    let (reason, detail) = match ruling {
        Ruling::Passed => return Ok(()),
        Ruling::Blocked(detail) => (reason, Some(detail)),
        Ruling::GroupsUnknown => (Reason::GroupsUnknown, None),
    };
    Err(Answer {
        detail,
        origin: Some(block.flags().origin()),
        ..Answer::block(reason, Some(side))
    })
}
