//! A change as somebody wrote it, before anything is believed: the raw block that S4 judges.
//!
//! The wire hands over strings; [`crate::validate`] turns them into a [`crate::settings::Block`]
//! or says what is wrong. Three things are told apart everywhere: a member that is *absent*, one
//! that is *null*, and one that has a *value* (S14.7).

/// What a written object says about one of its members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Nothing: the stored value stays.
    #[default]
    Absent,
    /// `null`: back to inheritance.
    Null,
    /// A new value.
    Value(T),
}

impl<T> Patch<T> {
    /// Whether the member was not written at all.
    pub fn is_absent(&self) -> bool {
        matches!(self, Patch::Absent)
    }
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Patch::Value(value) => Some(value),
            Patch::Absent | Patch::Null => None,
        }
    }
    /// The same statement about something else.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Patch::Absent => Patch::Absent,
            Patch::Null => Patch::Null,
            Patch::Value(value) => Patch::Value(f(value)),
        }
    }
}

/// A block as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockDraft {
    /// `usersAndGroups`.
    pub users: Patch<HalfDraft>,
    /// `applications`.
    pub applications: Patch<HalfDraft>,
    /// Whether `devices` holds anything but null; only tenant restrictions know it (S4.10).
    pub devices: bool,
}

/// A half as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HalfDraft {
    /// `accessType`; `None` when missing or null.
    pub access_type: Option<String>,
    /// `targets`; empty when missing or null.
    pub targets: Vec<TargetDraft>,
}

/// A target as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetDraft {
    /// `target`: a keyword or an id.
    pub target: String,
    /// `targetType`: user, group or application.
    pub target_type: String,
}

/// `inboundTrust` as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustDraft {
    /// `isMfaAccepted`.
    pub mfa: Patch<bool>,
    /// `isCompliantDeviceAccepted`.
    pub compliant_device: Patch<bool>,
    /// `isHybridAzureADJoinedDeviceAccepted`.
    pub hybrid_joined_device: Patch<bool>,
    /// Members this product stores but does not treat: name and JSON text.
    pub untreated: Vec<(String, String)>,
}

/// `automaticUserConsentSettings` as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentDraft {
    /// `inboundAllowed`.
    pub inbound: Patch<bool>,
    /// `outboundAllowed`.
    pub outbound: Patch<bool>,
}

/// `invitationRedemptionIdentityProviderConfiguration` as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedemptionDraft {
    /// `primaryIdentityProviderPrecedenceOrder`.
    pub primary: Patch<Vec<String>>,
    /// `fallbackIdentityProvider`.
    pub fallback: Patch<String>,
}

/// One member of a written object. What the members of one request mean together, and in which
/// order they are judged, is the business of [`crate::administer`]; the wire only says what was
/// written, in the order it was written. OData annotations (`@odata.…`) are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// One of the five blocks.
    Block(crate::settings::BlockName, Patch<BlockDraft>),
    /// `inboundTrust`.
    Trust(Patch<TrustDraft>),
    /// `automaticUserConsentSettings`.
    Consent(Patch<ConsentDraft>),
    /// `invitationRedemptionIdentityProviderConfiguration`.
    Redemption(Patch<RedemptionDraft>),
    /// `allowedCloudEndpoints`.
    Clouds(Patch<Vec<String>>),
    /// `displayName`.
    DisplayName(Patch<String>),
    /// `userSyncInbound`: its `isSyncAllowed`.
    SyncAllowed(Patch<Patch<bool>>),
    /// `tenantId`.
    TenantId(Patch<String>),
    /// `domain`: add an organization by its domain (S14.8).
    Domain(Patch<String>),
    /// `id`.
    Id(Patch<String>),
    /// `isServiceDefault`.
    IsServiceDefault(Patch<bool>),
    /// `isServiceProvider`.
    IsServiceProvider(Patch<bool>),
    /// `isInMultiTenantOrganization`.
    IsInMultiTenantOrganization(Patch<bool>),
    /// A Graph member that is stored and has no effect here: its name and JSON text (S14.6).
    Untreated(String, Patch<String>),
    /// A member Graph does not know.
    Unknown(String),
    /// A member Graph knows, with a value of the wrong form.
    Malformed {
        /// The member, with the path inside it, for instance `inboundTrust.isMfaAccepted`.
        path: String,
        /// What would have been legal, for instance `true, false or null`.
        expected: &'static str,
    },
}

/// A template as written (S13.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateDraft {
    /// `templateApplicationLevel`.
    pub level: Patch<crate::multitenant::TemplateLevel>,
    /// Everything else.
    pub written: Vec<Written>,
}
