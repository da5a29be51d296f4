//! Conditional Access of the resource tenant, and what trust changes about it (S10).
//!
//! Adele of Fabrikam did multifactor authentication at home. Contoso asks for it. Whether her claim
//! counts is Contoso's inbound trust: on, the claim is accepted; off, she does it again with
//! Contoso (collaboration) or is blocked (direct connect). Trust changes *where* a requirement is
//! met, never *whether* the policy applies (S10.15).

use std::collections::BTreeSet;

use crate::target::{ApplicationId, GroupId, UserId};
use crate::tenant::TenantId;

/// Which external users a condition means (S10.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Never arises from a cross-tenant sign-in.
    InternalGuest,
    /// A collaboration user whose object is a guest.
    B2bCollaborationGuest,
    /// A collaboration user whose object is a member.
    B2bCollaborationMember,
    /// A direct connect user.
    B2bDirectConnectUser,
    /// Never arises from a cross-tenant sign-in.
    OtherExternalUser,
    /// A service provider's user.
    ServiceProvider,
}

impl Category {
    /// All categories.
    pub const ALL: [Category; 6] = [
        Category::InternalGuest,
        Category::B2bCollaborationGuest,
        Category::B2bCollaborationMember,
        Category::B2bDirectConnectUser,
        Category::OtherExternalUser,
        Category::ServiceProvider,
    ];
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Category::InternalGuest => "internalGuest",
            Category::B2bCollaborationGuest => "b2bCollaborationGuest",
            Category::B2bCollaborationMember => "b2bCollaborationMember",
            Category::B2bDirectConnectUser => "b2bDirectConnectUser",
            Category::OtherExternalUser => "otherExternalUser",
            Category::ServiceProvider => "serviceProvider",
        }
    }
}

/// Categories of external users, of all tenants or of named ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalUsers {
    /// The categories.
    pub categories: BTreeSet<Category>,
    /// `externalTenants`; `None` is all.
    pub tenants: Option<BTreeSet<TenantId>>,
}

/// Whom a policy includes or excludes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserCondition {
    /// `All`.
    pub all: bool,
    /// Object ids in the resource tenant.
    pub users: BTreeSet<UserId>,
    /// Groups of the resource tenant.
    pub groups: BTreeSet<GroupId>,
    /// External users by category.
    pub external: Option<ExternalUsers>,
}

/// Which applications a policy includes or excludes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApplicationCondition {
    /// `All`.
    pub all: bool,
    /// `Office365`.
    pub office365: bool,
    /// `MicrosoftAdminPortals`; its contents are not known here, so it names nothing.
    pub admin_portals: bool,
    /// Application ids.
    pub applications: BTreeSet<ApplicationId>,
}

/// `state` of a policy. Only enabled ones decide (S10.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyState {
    /// Decides.
    Enabled,
    /// Does nothing.
    Disabled,
    /// Would decide; is only reported.
    ReportOnly,
}

/// A control a policy asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// `block` (S10.6).
    Block,
    /// `mfa` (S10.7, S10.8).
    Mfa,
    /// `compliantDevice` (S10.10).
    CompliantDevice,
    /// `domainJoinedDevice` (S10.10).
    HybridJoinedDevice,
    /// `approvedApplication`, `compliantApplication`, `passwordChange` (S10.11).
    Unsupported(&'static str),
    /// An authentication strength: its allowed combinations (S10.9).
    Strength(BTreeSet<String>),
    /// Terms of use (S10.12).
    TermsOfUse,
}

/// How the controls of one policy combine (S10.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// The best control counts.
    Or,
    /// The worst control counts.
    And,
}

/// A Conditional Access policy, as far as external users are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionalAccessPolicy {
    /// Its id.
    pub id: String,
    /// A name.
    pub display_name: Option<String>,
    /// Whether it decides.
    pub state: PolicyState,
    /// Whom it means.
    pub include_users: UserCondition,
    /// Whom it does not mean; exclusion wins.
    pub exclude_users: UserCondition,
    /// Which applications it means.
    pub include_applications: ApplicationCondition,
    /// Which applications it does not mean.
    pub exclude_applications: ApplicationCondition,
    /// How the controls combine.
    pub operator: Operator,
    /// What it asks for: built-in controls as listed, then strength, then terms of use (S10.5).
    pub controls: Vec<Control>,
    /// Whether another condition keeps it away from every sign-in that is decided here: it is for
    /// older protocols, for programs, or for a risk that nobody measures here.
    pub elsewhere: bool,
    /// The policy as its administrator wrote it, if that says more than what is evaluated: what is
    /// given back, and nothing depends on it.
    pub source: Option<String>,
}

impl ConditionalAccessPolicy {
    /// Whether it can decide anything here (S10.4).
    pub fn decides(&self) -> bool {
        self.state == PolicyState::Enabled && !self.elsewhere
    }
}

/// `conditionalAccessStatus` (S10.14).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// No policy applied.
    #[default]
    NotApplied,
    /// At least one applied and all are satisfied.
    Success,
    /// An applicable policy is not satisfied.
    Failure,
}

impl Status {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::NotApplied => "notApplied",
            Status::Success => "success",
            Status::Failure => "failure",
        }
    }
}

/// A policy that applied, and whether it was satisfied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedPolicy {
    /// Its id.
    pub id: String,
    /// Its name.
    pub display_name: Option<String>,
    /// Whether it was satisfied.
    pub satisfied: bool,
}

/// What a sign-in carries (S1.10). What nobody stated is absent, not true (S25.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// Multifactor authentication was done in the home tenant.
    pub mfa: bool,
    /// How, for instance `password,sms` or `fido2`.
    pub methods: Vec<String>,
    /// What is known about the device; `None` when nothing is.
    pub device: Option<Device>,
    /// Multifactor authentication was done with the resource tenant.
    pub resource_mfa: bool,
    /// How.
    pub resource_methods: Vec<String>,
    /// The resource tenant's terms of use were accepted.
    pub terms_accepted: bool,
    /// The home tenant's provider says that its entry for the resource tenant has automatic
    /// redemption (S7.2). Counts only where the home tenant's settings are not here.
    pub outbound_consent: bool,
}

/// The device claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The home tenant says the device is compliant.
    pub is_compliant: bool,
    /// The home tenant says the device is hybrid joined (`trustType` is `ServerAd`).
    pub is_hybrid_joined: bool,
}
