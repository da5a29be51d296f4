//! A decision in words: one line for each finding, and one sentence about what would have to change.
//!
//! The command line, the API and the console show these sentences; none of them makes its own.
//! Ids become names where a [`Names`] knows them.

use crate::decision::{Code, Finding, Section, Verdict};
use crate::matching::{ApplicationMatch, UserMatch, UsersMatch};
use crate::reason::{Detail, Reason, Side};
use crate::resolve::Origin;
use crate::row::SignInRow;
use crate::settings::BlockName;
use crate::sign_in::{Decision, Journey, SignIn, SignInAccount};
use crate::target::{ApplicationId, ApplicationTarget, GroupId, UserId};
use crate::tenant::TenantId;
use crate::world::World;

/// What things are called.
pub trait Names {
    /// A tenant.
    fn tenant(&self, id: TenantId) -> String;
    /// A user of a tenant.
    fn user(&self, tenant: TenantId, id: UserId) -> String;
    /// A group.
    fn group(&self, id: GroupId) -> String {
        format!("group {id}")
    }
    /// An application.
    fn application(&self, id: ApplicationId) -> String {
        format!("application {id}")
    }
}

impl Names for World {
    fn tenant(&self, id: TenantId) -> String {
        let name = World::tenant(self, id).and_then(|tenant| tenant.display_name.clone());
        name.unwrap_or_else(|| format!("tenant {id}"))
    }
    fn user(&self, tenant: TenantId, id: UserId) -> String {
        match crate::sign_in::object_of(self, tenant, id) {
            Some(user) => user.user_principal_name.clone(),
            None => format!("user {id}"),
        }
    }
}

/// A decision and the request it answers.
pub struct Explanation<'a> {
    request: &'a SignIn,
    decision: &'a Decision,
    names: &'a dyn Names,
}

impl<'a> Explanation<'a> {
    /// Explains the answer to that request.
    pub fn new(request: &'a SignIn, decision: &'a Decision, names: &'a dyn Names) -> Self {
        Explanation {
            request,
            decision,
            names,
        }
    }

    fn home(&self) -> Option<TenantId> {
        match self.request.account {
            SignInAccount::Home { tenant, .. } => Some(tenant),
            SignInAccount::Guest(_) => None,
        }
    }

    /// The tenant on that side.
    pub fn tenant(&self, side: Side) -> String {
        match (side, self.home()) {
            (Side::Home | Side::Source, Some(home)) => self.names.tenant(home),
            (Side::Home | Side::Source, None) => "an identity without tenant".to_owned(),
            (Side::Policy, _) => "the organization whose tenant restrictions were sent".to_owned(),
            (Side::Resource | Side::Target, _) => self.names.tenant(self.request.resource),
        }
    }

    fn other(&self, side: Side) -> String {
        match side {
            Side::Home | Side::Source => self.tenant(Side::Resource),
            Side::Resource | Side::Target => self.tenant(Side::Home),
            Side::Policy => self.names.tenant(self.request.resource),
        }
    }

    /// Who asks for what.
    pub fn question(&self) -> String {
        let who = match self.request.account {
            SignInAccount::Home { tenant, user, .. } => format!(
                "{} of {}",
                self.names.user(tenant, user),
                self.names.tenant(tenant)
            ),
            SignInAccount::Guest(object) => self.names.user(self.request.resource, object),
        };
        let how = match self.request.journey {
            Journey::Collaboration => "B2B collaboration",
            Journey::DirectConnect => "B2B direct connect",
            Journey::ServiceProvider => "a service provider relation",
        };
        format!(
            "{who} → {} of {}, by {how}",
            self.names.application(self.request.resource_app),
            self.names.tenant(self.request.resource)
        )
    }

    /// The verdict in one sentence.
    pub fn summary(&self) -> String {
        let verdict = match self.decision.verdict {
            Verdict::Allow => "Allowed",
            Verdict::Challenge => "One more step is needed",
            Verdict::Block => "Blocked",
        };
        let mut text = match self.decision.side {
            Some(side) => format!("{verdict} by {} ({side})", self.tenant(side)),
            None => verdict.to_owned(),
        };
        if let Some(detail) = self.decision.detail {
            text += &format!(": {}", detail.sentence());
        }
        let reason = self.decision.reason;
        text = format!("{text}. {} [{reason}]", reason.sentence());
        for side in self.decision.not_judged() {
            text += &format!(
                " This speaks for one side only: the settings of {} ({side}) are not known here and were not judged.",
                self.tenant(side)
            );
        }
        text
    }

    /// One line for a row of the sign-in log.
    pub fn row(&self, row: &SignInRow) -> String {
        format!(
            "{}: user {} ({}), error code {}, Conditional Access {}",
            self.names.tenant(row.tenant),
            row.user,
            row.user_type.map_or("-", |user_type| user_type.as_str()),
            row.error_code,
            row.conditional_access_status.as_str(),
        )
    }

    /// One line for a finding.
    pub fn finding(&self, finding: &Finding) -> String {
        let whose = match finding.side {
            Some(side) => format!("{} ({side})", self.tenant(side)),
            None => "both organizations".to_owned(),
        };
        let what = match (&finding.policy, finding.section) {
            (Some(policy), _) => format!("Conditional Access policy {policy}"),
            (None, section) => section_words(section).to_owned(),
        };
        let origin = match (finding.origin, finding.side) {
            (Some(origin), Some(side)) => format!(", {}", self.origin(origin, side)),
            _ => String::new(),
        };
        let says = match (finding.code, finding.detail) {
            (Code::Passed, _) => self.passed(finding),
            (Code::DirectoryUnknown, _) => {
                "passed over: the directory is not known here".to_owned()
            }
            (Code::Reason(Reason::NotHosted), _) if finding.verdict == Verdict::Allow => {
                "not judged: the settings of this side are not known here".to_owned()
            }
            (Code::Reason(_), Some(detail)) => {
                format!("blocks: {}{}", detail.sentence(), self.matched(finding))
            }
            (Code::Reason(reason), None) => format!("{} [{reason}]", reason.sentence()),
        };
        format!("{whose}: {what}{origin}: {says} ({})", finding.clause)
    }

    fn passed(&self, finding: &Finding) -> String {
        let matched = self.matched(finding);
        match finding.section {
            Section::Block(_) => format!("allows{matched}"),
            _ => "passed".to_owned(),
        }
    }

    /// Where a value comes from, in words.
    pub fn origin(&self, origin: Origin, side: Side) -> String {
        match origin {
            Origin::Partner => format!("customized for {}", self.other(side)),
            Origin::Default => "inherited from its default settings".to_owned(),
            Origin::System => "system default, nobody has customized it".to_owned(),
        }
    }

    fn matched(&self, finding: &Finding) -> String {
        let user = match &finding.users {
            Some(UsersMatch::Yes(UserMatch::All)) => Some("AllUsers".to_owned()),
            Some(UsersMatch::Yes(UserMatch::User(_))) => Some("this user".to_owned()),
            Some(UsersMatch::Yes(UserMatch::Group(group))) => Some(self.names.group(*group)),
            _ => None,
        };
        let application = finding.applications.map(|by| match by {
            ApplicationMatch::All => "AllApplications".to_owned(),
            ApplicationMatch::Target(target) => self.application_target(target),
        });
        match (user, application) {
            (Some(user), Some(application)) => format!(" (matched {user} and {application})"),
            (Some(one), None) | (None, Some(one)) => format!(" (matched {one})"),
            (None, None) => String::new(),
        }
    }

    fn application_target(&self, target: ApplicationTarget) -> String {
        match target {
            ApplicationTarget::Application(id) => self.names.application(id),
            ApplicationTarget::Office365 => "Office365".to_owned(),
            ApplicationTarget::AllMicrosoftApps => "AllMicrosoftApps".to_owned(),
        }
    }

    /// One sentence about what would have to change; `None` when access was granted.
    pub fn remedy(&self) -> Option<String> {
        if self.decision.verdict == Verdict::Allow {
            return None;
        }
        let deciding = self.decision.findings.iter().rev().find(|finding| {
            finding.verdict == self.decision.verdict
                && finding.code == Code::Reason(self.decision.reason)
        });
        match (deciding, self.decision.detail) {
            (Some(finding), Some(detail)) => Some(self.block_remedy(finding, detail)),
            _ => Some(self.reason_remedy()),
        }
    }

    fn block_remedy(&self, finding: &Finding, detail: Detail) -> String {
        let side = finding.side.unwrap_or(Side::Resource);
        let section = section_words(finding.section);
        let (owner, other) = (self.tenant(side), self.other(side));
        let place = match finding.origin {
            Some(Origin::Partner) => format!("In {owner}'s settings for {other}, {section}"),
            _ => format!("In {owner}, customize {section} for {other} (now {})", {
                self.origin(finding.origin.unwrap_or(Origin::System), side)
            }),
        };
        let app = self.names.application(self.request.resource_app);
        let change = match detail {
            Detail::UserNotAllowed => {
                "add this user, or a group they are in, to the allowed users and groups".to_owned()
            }
            Detail::UserBlocked => match &finding.users {
                Some(UsersMatch::Yes(UserMatch::Group(group))) => format!(
                    "take {} off the blocked users and groups, or the user out of it",
                    self.names.group(*group)
                ),
                Some(UsersMatch::Yes(UserMatch::All)) => "allow users".to_owned(),
                _ => "take this user off the blocked users and groups".to_owned(),
            },
            Detail::AppNotAllowed => format!("add {app} to the allowed applications"),
            Detail::AppBlocked => match finding.applications {
                Some(ApplicationMatch::Target(target)) => format!(
                    "take {} off the blocked applications",
                    self.application_target(target)
                ),
                _ => "allow applications".to_owned(),
            },
            Detail::UserAppPairBlocked => {
                "take either the user (or their group) or the application off the block lists"
                    .to_owned()
            }
            Detail::AllAccessBlocked => format!("allow the users and {app}"),
        };
        match finding.origin {
            Some(Origin::Partner) => format!("{place}: {change}."),
            _ => format!("{place}: {change}; or change the default for everyone."),
        }
    }

    fn reason_remedy(&self) -> String {
        let side = self.decision.side.unwrap_or(Side::Resource);
        let (owner, other) = (self.tenant(side), self.other(side));
        let resource = self.tenant(Side::Resource);
        let home = self.tenant(Side::Home);
        match self.decision.reason {
            Reason::CloudNotEnabled => {
                format!("In {owner}'s Microsoft cloud settings, enable the cloud of {other}.")
            }
            Reason::PartnerRequiredCrossCloud => {
                format!("In {owner}, add {other} as an organization, by its tenant id.")
            }
            Reason::AccountNotFound | Reason::AccountDisabled => {
                format!("In {home}, check that the account exists and is enabled.")
            }
            Reason::AccountDisabledInResource => {
                format!("In {resource}, enable the guest object of this account.")
            }
            Reason::UserNotInResourceTenant => {
                format!("In {resource}, invite this account, or synchronize it.")
            }
            Reason::RedemptionRequired | Reason::DirectConnectConsentRequired => format!(
                "The user accepts the permission page; or switch on automatic redemption outbound in {home}'s settings for {resource} and inbound in {resource}'s settings for {home}."
            ),
            Reason::ServiceProviderRelationshipMissing => {
                format!("Establish the service provider relation between {home} and {resource}.")
            }
            Reason::LicenseRequired => format!("{owner} needs the P1 licence."),
            Reason::DirectConnectAppUnsupported => {
                "Use B2B collaboration for this application.".to_owned()
            }
            Reason::MfaChallengeResource | Reason::AuthStrengthChallengeResource => format!(
                "The user does multifactor authentication with {resource}; or {resource} trusts the one done in {home} (inboundTrust.isMfaAccepted)."
            ),
            Reason::MfaTrustRequired => format!(
                "In {resource}'s inbound trust settings for {home}, accept multifactor authentication (inboundTrust.isMfaAccepted)."
            ),
            Reason::MfaChallengeHome | Reason::AuthStrengthChallengeHome => {
                format!("The user does multifactor authentication in {home}.")
            }
            Reason::CompliantDeviceTrustRequired => format!(
                "In {resource}'s inbound trust settings for {home}, accept compliant devices (inboundTrust.isCompliantDeviceAccepted)."
            ),
            Reason::HybridDeviceTrustRequired => format!(
                "In {resource}'s inbound trust settings for {home}, accept hybrid joined devices (inboundTrust.isHybridAzureADJoinedDeviceAccepted)."
            ),
            Reason::GroupsUnknown => format!(
                "Say which groups the user is in; {} would decide.",
                self.groups()
            ),
            Reason::NotHosted => "Give the settings of the other organization as well.".to_owned(),
            Reason::DomainBlocked | Reason::DomainNotAllowed => {
                format!("In {resource}'s external collaboration settings, allow the domain.")
            }
            Reason::TermsOfUseRequired => {
                format!("The user accepts the terms of use of {resource}.")
            }
            Reason::TrHeaderInvalid => {
                "Correct the tenant restrictions header: <tenant id>:<policy id>.".to_owned()
            }
            Reason::CaBlocked
            | Reason::GrantControlUnsupported
            | Reason::AuthStrengthUnsatisfiable
            | Reason::AuthStrengthUnsupportedIdp
            | Reason::DeviceNotCompliant
            | Reason::DeviceNotHybridJoined
            | Reason::DeviceChallengeHome => format!(
                "{} Change the Conditional Access policy of {resource}, or exclude the user from it.",
                self.decision.reason.sentence()
            ),
            other => other.sentence().to_owned(),
        }
    }

    fn groups(&self) -> String {
        let groups = &self.decision.unknown_groups;
        let named: Vec<String> = groups
            .iter()
            .map(|group| self.names.group(*group))
            .collect();
        match named.is_empty() {
            true => "the account itself".to_owned(),
            false => named.join(", "),
        }
    }
}

/// A section as an administrator calls it.
pub const fn section_words(section: Section) -> &'static str {
    match section {
        Section::Hosting => "settings",
        Section::Account => "account",
        Section::Clouds => "Microsoft cloud settings",
        Section::Block(BlockName::B2bCollaborationInbound) => "B2B collaboration inbound",
        Section::Block(BlockName::B2bCollaborationOutbound) => "B2B collaboration outbound",
        Section::Block(BlockName::B2bDirectConnectInbound) => "B2B direct connect inbound",
        Section::Block(BlockName::B2bDirectConnectOutbound) => "B2B direct connect outbound",
        Section::Block(BlockName::TenantRestrictions) => "tenant restrictions",
        Section::Object => "guest object",
        Section::Redemption => "redemption",
        Section::DomainList => "domain list",
        Section::DirectConnectApplication => "direct connect application",
        Section::Licence => "licence",
        Section::ServiceProvider => "service provider relation",
        Section::ConditionalAccess => "Conditional Access",
        Section::Invitations => "who may invite",
        Section::HomeDiscovery => "home tenant",
        Section::Synchronization => "synchronization",
    }
}
