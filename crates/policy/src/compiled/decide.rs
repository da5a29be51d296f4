//! The walk through the checks (S8, S9), for the compiled evaluator.
//!
//! The order is that of S8.1 and the first check that is not passed decides. What every decision
//! runs through is written to be short and straight: both tenants are looked up before either is
//! asked, and the lists of both sides before either is judged, so that the processor waits for
//! memory once and not twice. Everything else is in functions of its own, which take the
//! [`Passage`] by value so that it need not be kept in memory on the short way.

use super::digest::digest;
use super::entry::Direction;
use super::judge::{Applications, Opened, Ruling, Subject, open};
use super::question::{Answer, Asker, Question};
use super::registry::{Party, Registry};
use super::snapshot::Facts;
use super::{guest, restrictions};
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
    match Passage::new(registry, question, account).run() {
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
    #[inline(always)]
    fn new(registry: &'a Registry, question: &'a Question<'a>, account: Account<'a>) -> Self {
        let home = (account.tenant, digest(account.tenant.as_u128()));
        let resource = (question.resource, digest(question.resource.as_u128()));
        Passage {
            registry,
            question,
            account,
            home: registry.party(home, resource),
            resource: registry.party(resource, home),
        }
    }

    #[inline(always)]
    fn run(self) -> Step<Answer> {
        if self.question.restrictions.is_some() {
            self.restrictions()?; // S8.2
        }
        if self.account.tenant == self.question.resource {
            return Ok(Answer::allow(Reason::NotCrossTenant)); // S8.3
        }
        if self.account.tenant == MICROSOFT_ACCOUNTS {
            // S1.3: a personal account is never a home-tenant account.
            return Err(Answer::block(Reason::AccountNotFound, Some(Side::Home)));
        }
        if !(Self::hosted(self.home) & Self::hosted(self.resource)) {
            self.hosting()?;
        }
        if Self::has(self.home, Facts::DIRECTORY) {
            self.home_account()?;
        }
        // The blocks of both journeys are judged in one place, which keeps the code that every
        // decision runs through short.
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
        self.both_blocks(kind)?;
        let follows = Facts::DIRECTORY | Facts::CONDITIONAL_ACCESS;
        if !(Self::has(self.resource, follows) | self.question.first_access) {
            return Ok(Answer::allow(Reason::Granted));
        }
        match kind {
            Kind::Collaboration => self.collaboration(),
            Kind::DirectConnect => self.direct_connect(),
        }
    }

    #[inline(always)]
    pub(super) fn has(party: Option<Party<'_>>, any: u8) -> bool {
        party.is_some_and(|party| party.snapshot.facts.has(any))
    }

    #[inline(always)]
    pub(super) fn hosted(party: Option<Party<'_>>) -> bool {
        Self::has(party, Facts::HOSTED)
    }

    /// S8.2: passing tenant restrictions opens nothing else.
    #[inline(never)]
    fn restrictions(self) -> Step {
        let home = Some(self.account.tenant);
        restrictions::judge(self.registry, self.question, home, &self.subject())
    }

    /// S25.1: with neither side hosted nothing can be allowed; the operator may demand both.
    #[inline(never)]
    fn hosting(self) -> Step {
        let refused = match (Self::hosted(self.home), Self::hosted(self.resource)) {
            (true, true) => None,
            (false, false) => Some(Side::Home),
            _ if !self.registry.both_sides_required => None,
            (false, true) => Some(Side::Home),
            (true, false) => Some(Side::Resource),
        };
        refused.map_or(Ok(()), |side| {
            Err(Answer::block(Reason::NotHosted, Some(side)))
        })
    }

    /// Whether both tenants are known and in different clouds; one that is not known counts as
    /// being in the same (S1.2).
    #[inline(always)]
    pub(super) fn clouds_differ(self) -> bool {
        match (self.home, self.resource) {
            (Some(home), Some(resource)) => home.snapshot.cloud != resource.snapshot.cloud,
            _ => false,
        }
    }

    #[inline(always)]
    pub(super) fn cloud_gate(self) -> Step {
        match self.clouds_differ() {
            true => self.across_clouds(),
            false => Ok(()),
        }
    }

    /// Who asks, by the ids of the home tenant (S3.7).
    #[inline(always)]
    fn subject(self) -> Subject<'a> {
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

    /// S8.6 and S8.7, or S9.5 and S9.6.
    #[inline(always)]
    fn both_blocks(self, kind: Kind) -> Step {
        let (subject, apps) = (self.subject(), self.applications());
        let home = Self::open(self.home, kind, Direction::Outbound, &subject, &apps);
        let resource = Self::open(self.resource, kind, Direction::Inbound, &subject, &apps);
        let suites = &self.registry.suites;
        for (opened, side, reason) in [
            (home, Side::Home, Reason::OutboundBlocked),
            (resource, Side::Resource, Reason::InboundBlocked),
        ] {
            let Some(opened) = opened else { continue };
            let (reason, detail) = match opened.judge(&subject, &apps, suites) {
                Ruling::Passed => continue,
                Ruling::Blocked(detail) => (reason, Some(detail)),
                Ruling::GroupsUnknown => (Reason::GroupsUnknown, None),
            };
            return Err(Answer {
                detail,
                origin: Some(opened.origin()),
                ..Answer::block(reason, Some(side))
            });
        }
        Ok(())
    }

    /// The party's block, unless its settings live elsewhere (S25.1).
    #[inline(always)]
    fn open(
        party: Option<Party<'a>>,
        kind: Kind,
        direction: Direction,
        subject: &Subject<'_>,
        apps: &Applications,
    ) -> Option<Opened<'a>> {
        let Party { snapshot, standing } = party?;
        if !snapshot.facts.has(Facts::HOSTED) {
            return None;
        }
        let block = standing.entry.block(kind == Kind::DirectConnect, direction);
        Some(open(&snapshot.lines, block, subject, apps))
    }

    /// What the blocks of both sides say about the resource application alone, `None` where a side
    /// is not hosted.
    pub(super) fn rulings(self, kind: Kind) -> [Option<Ruling>; 2] {
        let subject = self.subject();
        let apps = Applications::new(None, self.question.resource_app);
        let home = Self::open(self.home, kind, Direction::Outbound, &subject, &apps);
        let resource = Self::open(self.resource, kind, Direction::Inbound, &subject, &apps);
        let suites = &self.registry.suites;
        [home, resource].map(|opened| Some(opened?.judge(&subject, &apps, suites)))
    }
}
