//! The answer: a verdict and the findings that led to it.
//!
//! A decision never stands alone. "Blocked" comes with the side that refused, the section of its
//! settings, where the value in force comes from (partner entry, default or system default), what
//! in it matched, a stable reason code and the clause. API, command line and console all show
//! these findings, from the same text.

use crate::matching::{ApplicationMatch, UsersMatch};
use crate::reason::{Detail, Reason, Side};
use crate::resolve::Origin;
use crate::settings::BlockName;
use crate::target::GroupId;

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Access is allowed.
    Allow,
    /// One more step of the user is needed; afterwards it is judged again.
    Challenge,
    /// Access is blocked.
    Block,
}

impl Verdict {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Allow => "allow",
            Verdict::Challenge => "challenge",
            Verdict::Block => "block",
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Whether the tenant's settings live here (S25.1).
    Hosting,
    /// The account in its home tenant (S8.4).
    Account,
    /// Enabled clouds (S5).
    Clouds,
    /// One of the five blocks.
    Block(BlockName),
    /// The object in the resource tenant (S8.8).
    Object,
    /// Acceptance of the invitation (S7).
    Redemption,
    /// The list of domains that may be invited (S6.4).
    DomainList,
    /// Whether the application can be reached by direct connect (S9.3).
    DirectConnectApplication,
    /// The licence (S1.11).
    Licence,
    /// The service provider relation (S8.12).
    ServiceProvider,
    /// A Conditional Access policy (S10).
    ConditionalAccess,
    /// Who may invite (S6.2, S6.3).
    Invitations,
    /// Whose address it is (S6.5).
    HomeDiscovery,
    /// Synchronization switches (S12.4).
    Synchronization,
}

impl Section {
    /// The word on the wire; a block goes by its property name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Section::Hosting => "hosting",
            Section::Account => "account",
            Section::Clouds => "allowedCloudEndpoints",
            Section::Block(name) => name.as_str(),
            Section::Object => "object",
            Section::Redemption => "redemption",
            Section::DomainList => "domainList",
            Section::DirectConnectApplication => "directConnectApplication",
            Section::Licence => "licence",
            Section::ServiceProvider => "isServiceProvider",
            Section::ConditionalAccess => "conditionalAccess",
            Section::Invitations => "allowInvitesFrom",
            Section::HomeDiscovery => "homeDiscovery",
            Section::Synchronization => "identitySynchronization",
        }
    }
}

/// What a finding says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The check was passed.
    Passed,
    /// The directory is not known here; the check was passed over (S25.2).
    DirectoryUnknown,
    /// The reason for not passing, or a remark that carries a reason's name.
    Reason(Reason),
}

impl Code {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::Passed => "passed",
            Code::DirectoryUnknown => "directory_unknown",
            Code::Reason(reason) => reason.as_str(),
        }
    }
}

/// One step on the way to the verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which side's settings or facts were looked at.
    pub side: Option<Side>,
    /// What was looked at.
    pub section: Section,
    /// The verdict of this step alone.
    pub verdict: Verdict,
    /// What it says.
    pub code: Code,
    /// Where the value in force comes from.
    pub origin: Option<Origin>,
    /// Why a block refuses.
    pub detail: Option<Detail>,
    /// Whether the users half named the user, and by what.
    pub users: Option<UsersMatch>,
    /// By what the applications half named the application.
    pub applications: Option<ApplicationMatch>,
    /// The Conditional Access policy.
    pub policy: Option<String>,
    /// The clause of the law.
    pub clause: &'static str,
}

impl Finding {
    /// A step that was passed.
    pub fn passed(side: Option<Side>, section: Section, clause: &'static str) -> Self {
        Finding {
            side,
            section,
            verdict: Verdict::Allow,
            code: Code::Passed,
            origin: None,
            detail: None,
            users: None,
            applications: None,
            policy: None,
            clause,
        }
    }

    /// A remark that decides nothing.
    pub fn noted(side: Option<Side>, section: Section, code: Code, clause: &'static str) -> Self {
        Finding {
            code,
            ..Finding::passed(side, section, clause)
        }
    }
}

/// Why a request did not pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Block or challenge.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// Whose settings or facts.
    pub side: Option<Side>,
    /// What in a block.
    pub detail: Option<Detail>,
    /// Where the block comes from.
    pub origin: Option<Origin>,
    /// The groups that would decide, when the reason is that nobody knows them (S25.3).
    pub unknown_groups: Vec<GroupId>,
}

impl Refusal {
    /// A block.
    pub fn block(reason: Reason, side: Option<Side>) -> Self {
        Refusal {
            verdict: Verdict::Block,
            reason,
            side,
            detail: None,
            origin: None,
            unknown_groups: Vec::new(),
        }
    }
    /// A challenge.
    pub fn challenge(reason: Reason, side: Option<Side>) -> Self {
        Refusal {
            verdict: Verdict::Challenge,
            ..Refusal::block(reason, side)
        }
    }
}

/// The findings so far. Every step goes through here, so that no step can refuse without a
/// finding.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Trail(pub(crate) Vec<Finding>);

impl Trail {
    /// Records a step that was passed.
    pub(crate) fn pass(&mut self, side: Option<Side>, section: Section, clause: &'static str) {
        self.0.push(Finding::passed(side, section, clause));
    }

    /// Records a remark.
    pub(crate) fn note(
        &mut self,
        side: Option<Side>,
        section: Section,
        code: Code,
        clause: &'static str,
    ) {
        self.0.push(Finding::noted(side, section, code, clause));
    }

    /// Records a refusal and gives it back.
    pub(crate) fn refuse(
        &mut self,
        section: Section,
        clause: &'static str,
        refusal: Refusal,
    ) -> Refusal {
        self.0.push(Finding {
            verdict: refusal.verdict,
            code: Code::Reason(refusal.reason),
            origin: refusal.origin,
            detail: refusal.detail,
            ..Finding::passed(refusal.side, section, clause)
        });
        refusal
    }
}
