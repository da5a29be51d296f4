//! One sign-in, as one tenant's log tells it (S15.2).
//!
//! Fred of Fabrikam opens Contoso's ERP. Fabrikam's log gets a row and Contoso's gets one, with
//! the same pair of tenants, seen from two sides; a report reads one log. Rows come from our own
//! sign-ins and from imported logs, so a row may say less than ours do, and may say things that we
//! never write (`microsoftSupport`, `passthrough`).
//!
//! `None` means that the log does not say. Whoever reads a log turns empty text into `None`.

use policy::row::AccessType;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;

use crate::observation::Observation;
use crate::window::Moment;

/// `crossTenantAccessType`: how somebody reached another tenant, as a log says it.
///
/// Wider than [`AccessType`], which holds the values a decision can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CrossTenantAccess {
    /// Not at all: account and resource belong to the same tenant.
    None,
    /// With a guest object.
    B2bCollaboration,
    /// Without one.
    B2bDirectConnect,
    /// Microsoft's support, in imported logs only.
    MicrosoftSupport,
    /// Delegated administration.
    ServiceProvider,
    /// A tenant passed through on the way to another, in imported logs only.
    Passthrough,
    /// A value that nobody here knows yet, as it was written.
    Other(String),
}

impl CrossTenantAccess {
    /// The value of that name, without regard to case. A name nobody knows is kept.
    pub fn from_name(name: &str) -> Self {
        let known = [
            Self::None,
            Self::B2bCollaboration,
            Self::B2bDirectConnect,
            Self::MicrosoftSupport,
            Self::ServiceProvider,
            Self::Passthrough,
        ];
        known
            .into_iter()
            .find(|value| value.as_str().eq_ignore_ascii_case(name))
            .unwrap_or_else(|| Self::Other(name.to_owned()))
    }

    /// The name in the log.
    pub fn as_str(&self) -> &str {
        match self {
            Self::None => "none",
            Self::B2bCollaboration => "b2bCollaboration",
            Self::B2bDirectConnect => "b2bDirectConnect",
            Self::MicrosoftSupport => "microsoftSupport",
            Self::ServiceProvider => "serviceProvider",
            Self::Passthrough => "passthrough",
            Self::Other(name) => name,
        }
    }
}

impl From<AccessType> for CrossTenantAccess {
    fn from(access: AccessType) -> Self {
        match access {
            AccessType::None => Self::None,
            AccessType::B2bCollaboration => Self::B2bCollaboration,
            AccessType::B2bDirectConnect => Self::B2bDirectConnect,
            AccessType::ServiceProvider => Self::ServiceProvider,
        }
    }
}

/// `tokenIssuerType`: who vouched for the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenIssuer {
    /// A tenant: `AzureAD`. Also what a log means that does not say, since our own rows always
    /// have it (S15.2).
    #[default]
    AzureAd,
    /// Somebody else, as it was written, for instance `ADFederationServices`.
    Other(String),
}

impl TokenIssuer {
    /// The issuer of that name, without regard to case.
    pub fn from_name(name: &str) -> Self {
        if name.eq_ignore_ascii_case(Self::AzureAd.as_str()) {
            Self::AzureAd
        } else {
            Self::Other(name.to_owned())
        }
    }

    /// The name in the log.
    pub fn as_str(&self) -> &str {
        match self {
            Self::AzureAd => "AzureAD",
            Self::Other(name) => name,
        }
    }
}

/// One row of the local tenant's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// `id`: names the row in its log. Rows that share it are one sign-in told twice.
    pub id: String,
    /// `createdDateTime`.
    pub created: Option<Moment>,
    /// `homeTenantId`; empty for an identity without a tenant (S15.7).
    pub home_tenant: Option<TenantId>,
    /// `resourceTenantId`.
    pub resource_tenant: Option<TenantId>,
    /// `crossTenantAccessType`; exports of Graph v1.0 do not have it.
    pub access_type: Option<CrossTenantAccess>,
    /// `tokenIssuerType`.
    pub token_issuer: TokenIssuer,
    /// `userId`; all zeros when the log's tenant has no object for the account (S15.3).
    pub user: Option<UserId>,
    /// `userType`.
    pub user_type: Option<UserType>,
    /// `userDisplayName`.
    pub user_display_name: Option<String>,
    /// `userPrincipalName`, of the home account.
    pub user_principal_name: Option<String>,
    /// `appId`: the client application.
    pub client_app: Option<ApplicationId>,
    /// `appDisplayName`.
    pub client_app_name: Option<String>,
    /// `resourceId`: the resource application.
    pub resource_app: Option<ApplicationId>,
    /// `resourceDisplayName`.
    pub resource_app_name: Option<String>,
    /// `status.errorCode`; 0 is success.
    pub error_code: u32,
    /// `status.failureReason`.
    pub failure_reason: Option<String>,
    /// `isInteractive`.
    pub is_interactive: Option<bool>,
}

impl SignIn {
    /// A row that says nothing but its id and how it ended.
    ///
    /// ```
    /// use comity_signins::event::SignIn;
    /// let row = SignIn { client_app_name: Some("ERP".into()), ..SignIn::bare("s1", 53_003) };
    /// assert!(!row.succeeded());
    /// ```
    pub fn bare(id: impl Into<String>, error_code: u32) -> Self {
        SignIn {
            id: id.into(),
            created: None,
            home_tenant: None,
            resource_tenant: None,
            access_type: None,
            token_issuer: TokenIssuer::AzureAd,
            user: None,
            user_type: None,
            user_display_name: None,
            user_principal_name: None,
            client_app: None,
            client_app_name: None,
            resource_app: None,
            resource_app_name: None,
            error_code,
            failure_reason: None,
            is_interactive: None,
        }
    }

    /// Whether nothing went wrong (S17.2).
    pub fn succeeded(&self) -> bool {
        self.error_code == 0
    }

    /// Whether somebody sat in front of it.
    pub fn is_interactive(&self) -> bool {
        Observation::from(self).is_interactive()
    }

    /// Whether this is the masked row of a tenant restrictions policy (S15.6).
    pub fn is_masked(&self) -> bool {
        Observation::from(self).is_masked()
    }

    /// Whether the access type is anything but none (S17.1).
    pub fn may_have_crossed(&self) -> bool {
        Observation::from(self).may_have_crossed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::row::{NO_USER, TENANT_RESTRICTION};

    fn masked() -> SignIn {
        SignIn {
            user: Some(NO_USER),
            user_display_name: Some(TENANT_RESTRICTION.into()),
            ..SignIn::bare("s1", 0)
        }
    }

    #[test]
    fn a_masked_row_is_known_by_its_name_and_by_naming_no_account_s15_6() {
        assert!(masked().is_masked());
        let named = SignIn {
            user: Some(UserId::from_u128(1)),
            ..masked()
        };
        assert!(!named.is_masked());
    }

    #[test]
    fn a_refused_visitor_called_tenant_restriction_is_not_a_masked_row_s15_3() {
        let visitor = SignIn {
            user_principal_name: Some("tenant.restriction@fabrikam.com".into()),
            ..masked()
        };
        assert!(!visitor.is_masked());
    }

    #[test]
    fn access_types_of_imported_logs_are_kept_s15_2() {
        for name in ["microsoftSupport", "passthrough", "none", "quantumLeap"] {
            assert_eq!(CrossTenantAccess::from_name(name).as_str(), name);
        }
        assert_eq!(
            CrossTenantAccess::from_name("B2BCollaboration"),
            CrossTenantAccess::B2bCollaboration
        );
        assert_eq!(
            CrossTenantAccess::from(AccessType::ServiceProvider).as_str(),
            AccessType::ServiceProvider.as_str()
        );
    }

    #[test]
    fn a_row_without_access_type_may_have_crossed_unless_it_is_masked_s17_1() {
        assert!(SignIn::bare("s1", 0).may_have_crossed());
        assert!(!masked().may_have_crossed());
        let none = SignIn {
            access_type: Some(CrossTenantAccess::None),
            ..SignIn::bare("s1", 0)
        };
        assert!(!none.may_have_crossed());
    }

    #[test]
    fn a_log_that_does_not_name_the_issuer_means_a_tenant_s15_2() {
        assert_eq!(TokenIssuer::default(), TokenIssuer::from_name("azuread"));
        assert_eq!(
            TokenIssuer::from_name("ADFederationServices").as_str(),
            "ADFederationServices"
        );
    }
}
