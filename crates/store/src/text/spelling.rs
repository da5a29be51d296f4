//! How single words are written: identifiers, and the values of enumerations.
//!
//! The words are written out here, although the domain has names for many of them too: a name on
//! the wire may be corrected one day, a word in a database may not.

use std::borrow::Cow;

use policy::authorization::GuestAccess;
use policy::conditional_access::{Category, Operator, PolicyState, Status};
use policy::governance::{ContextId, PrincipalId};
use policy::multitenant::OrganizationId;
use policy::reason::{Detail, Reason, Side};
use policy::role::{Action, RoleId};
use policy::settings::{FallbackIdentityProvider, PrimaryIdentityProvider};
use policy::synchronization::{Comparison, SyncAction};
use policy::target::{Access, ApplicationId, ApplicationTarget, GroupId, UserId, UserTarget};
use policy::tenant::{Cloud, Domain, PolicyId, TenantId};
use policy::world::{AllowInvitesFrom, ExternalIdentity, RedemptionState, Storage, UserType};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use signins::event::{CrossTenantAccess, TokenIssuer};
use signins::window::Moment;

use crate::audit::Channel;
use crate::synchronization::{Cycle, Phase};

/// A value that is one word of text.
pub(crate) trait Spelling: Sized {
    /// The word.
    fn spell(&self) -> Cow<'static, str>;
    /// The value, if the word is one of its.
    fn from_word(word: &str) -> Option<Self>;
}

/// A value in a mirror type, written as its word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spelled<T>(pub(crate) T);

impl<T: Spelling> Serialize for Spelled<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.spell())
    }
}

impl<'de, T: Spelling> Deserialize<'de> for Spelled<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Cow::<'de, str>::deserialize(deserializer)?;
        T::from_word(&word)
            .map(Spelled)
            .ok_or_else(|| D::Error::custom(format_args!("`{word}` is not a word of this form")))
    }
}

/// Types that print and read themselves.
macro_rules! by_display {
    ($($name:ty),*) => {$(
        impl Spelling for $name {
            fn spell(&self) -> Cow<'static, str> {
                Cow::Owned(self.to_string())
            }
            fn from_word(word: &str) -> Option<Self> {
                word.parse().ok()
            }
        }
    )*};
}

by_display!(
    TenantId,
    PolicyId,
    OrganizationId,
    UserId,
    GroupId,
    ApplicationId,
    Domain,
    RoleId,
    PrincipalId,
    ContextId,
    uuid::Uuid
);

/// Enumerations, word by word. A new variant does not build until it has one.
macro_rules! by_word {
    ($($name:ident { $($variant:ident = $word:literal),* $(,)? })*) => {$(
        impl Spelling for $name {
            fn spell(&self) -> Cow<'static, str> {
                Cow::Borrowed(match self { $($name::$variant => $word,)* })
            }
            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }
    )*};
}

by_word! {
    Access { Allowed = "allowed", Blocked = "blocked" }
    Cloud { Commercial = "commercial", UsGovernment = "usGovernment", China = "china" }
    PrimaryIdentityProvider {
        AzureActiveDirectory = "tenant",
        ExternalFederation = "federation",
        SocialIdentityProviders = "social",
    }
    FallbackIdentityProvider {
        DefaultConfiguredIdp = "configured",
        EmailOneTimePasscode = "passcode",
        MicrosoftAccount = "microsoftAccount",
    }
    AllowInvitesFrom {
        None = "nobody",
        AdminsAndGuestInviters = "inviters",
        AdminsGuestInvitersAndAllMembers = "members",
        Everyone = "everyone",
    }
    GuestAccess { LikeMembers = "members", Limited = "limited", OwnProfile = "own" }
    Storage { Scalable = "scalable", Legacy = "legacy", Migrating = "migrating" }
    UserType { Member = "member", Guest = "guest" }
    Channel {
        Graph = "graph",
        Comity = "comity",
        Provisioning = "provisioning",
        SignIn = "signIn",
        Seed = "seed",
    }
    RedemptionState { PendingAcceptance = "pending", Accepted = "accepted" }
    ExternalIdentity {
        Federation = "federation",
        Social = "social",
        MicrosoftAccount = "microsoftAccount",
        EmailPasscode = "passcode",
    }
    PolicyState { Enabled = "enabled", Disabled = "disabled", ReportOnly = "reportOnly" }
    Operator { Or = "or", And = "and" }
    Status { NotApplied = "notApplied", Success = "success", Failure = "failure" }
    Category {
        InternalGuest = "internalGuest",
        B2bCollaborationGuest = "collaborationGuest",
        B2bCollaborationMember = "collaborationMember",
        B2bDirectConnectUser = "directConnectUser",
        OtherExternalUser = "otherExternalUser",
        ServiceProvider = "serviceProvider",
    }
    Comparison { Equals = "equals", NotEquals = "notEquals" }
    SyncAction {
        Create = "create",
        Update = "update",
        SoftDelete = "softDelete",
        Skip = "skip",
        Fail = "fail",
    }
    Side {
        Home = "home",
        Resource = "resource",
        Policy = "policy",
        Source = "source",
        Target = "target",
    }
    Cycle { Initial = "initial", Full = "full", Changes = "changes" }
    Phase { Accounts = "accounts", Counting = "counting", Deleting = "deleting" }
}

/// What in a block has a stable code (S20), which is its own word.
impl Spelling for Detail {
    fn spell(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.as_str())
    }
    fn from_word(word: &str) -> Option<Self> {
        Detail::ALL
            .into_iter()
            .find(|detail| detail.as_str() == word)
    }
}

impl Spelling for UserTarget {
    fn spell(&self) -> Cow<'static, str> {
        Cow::Owned(match self {
            UserTarget::User(id) => format!("user:{id}"),
            UserTarget::Group(id) => format!("group:{id}"),
        })
    }
    fn from_word(word: &str) -> Option<Self> {
        let (kind, id) = word.split_once(':')?;
        match kind {
            "user" => id.parse().ok().map(UserTarget::User),
            "group" => id.parse().ok().map(UserTarget::Group),
            _ => None,
        }
    }
}

impl Spelling for ApplicationTarget {
    fn spell(&self) -> Cow<'static, str> {
        match self {
            ApplicationTarget::Application(id) => Cow::Owned(format!("application:{id}")),
            ApplicationTarget::Office365 => Cow::Borrowed("suite:office365"),
            ApplicationTarget::AllMicrosoftApps => Cow::Borrowed("suite:allMicrosoftApps"),
        }
    }
    fn from_word(word: &str) -> Option<Self> {
        match word.split_once(':')? {
            ("application", id) => id.parse().ok().map(ApplicationTarget::Application),
            ("suite", "office365") => Some(ApplicationTarget::Office365),
            ("suite", "allMicrosoftApps") => Some(ApplicationTarget::AllMicrosoftApps),
            _ => None,
        }
    }
}

/// Reason codes are stable by contract (S20), so they are their own words.
impl Spelling for Reason {
    fn spell(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.as_str())
    }
    fn from_word(word: &str) -> Option<Self> {
        let mut all = Reason::ALL.iter().copied();
        all.find(|reason| reason.as_str() == word)
    }
}

/// The names of S23 are Microsoft's and public; they are kept as they are.
impl Spelling for Action {
    fn spell(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.short())
    }
    fn from_word(word: &str) -> Option<Self> {
        Action::from_name(word)
    }
}

/// Kept as it was written, since logs hold values that nobody here knows.
impl Spelling for CrossTenantAccess {
    fn spell(&self) -> Cow<'static, str> {
        Cow::Owned(self.as_str().to_owned())
    }
    fn from_word(word: &str) -> Option<Self> {
        Some(CrossTenantAccess::from_name(word))
    }
}

impl Spelling for TokenIssuer {
    fn spell(&self) -> Cow<'static, str> {
        Cow::Owned(self.as_str().to_owned())
    }
    fn from_word(word: &str) -> Option<Self> {
        Some(TokenIssuer::from_name(word))
    }
}

/// A moment is its nanoseconds in decimal: text, because a JSON number has not enough digits.
impl Spelling for Moment {
    fn spell(&self) -> Cow<'static, str> {
        Cow::Owned(self.as_nanoseconds().to_string())
    }
    fn from_word(word: &str) -> Option<Self> {
        word.parse().ok().map(Moment::from_nanoseconds)
    }
}

/// The provider that is recorded at redemption (S7.6): one of few names, kept as a static text by
/// the domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordedProvider(pub(crate) &'static str);

impl Spelling for RecordedProvider {
    fn spell(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.0)
    }
    fn from_word(word: &str) -> Option<Self> {
        let primary = PrimaryIdentityProvider::ALL.map(PrimaryIdentityProvider::as_str);
        let fallback = FallbackIdentityProvider::ALL.map(FallbackIdentityProvider::as_str);
        let mut known = primary.into_iter().chain(fallback);
        known.find(|name| *name == word).map(RecordedProvider)
    }
}
