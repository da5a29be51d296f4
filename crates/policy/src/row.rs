//! The rows a judged sign-in leaves in the logs of the tenants it touched (S15).
//!
//! A row says what was decided, never why in detail: that is in the findings. Identifiers of the
//! row, time, address and device are added by whoever writes the log.

use crate::conditional_access::{AppliedPolicy, Status};
use crate::target::{ApplicationId, UserId};
use crate::tenant::TenantId;
use crate::world::UserType;

/// How somebody reaches another tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessType {
    /// With a guest object (S8).
    B2bCollaboration,
    /// Without one (S9).
    B2bDirectConnect,
    /// Granular delegated administration (S8.12).
    ServiceProvider,
    /// The account and the resource belong to the same tenant (S8.3).
    None,
}

impl AccessType {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            AccessType::B2bCollaboration => "b2bCollaboration",
            AccessType::B2bDirectConnect => "b2bDirectConnect",
            AccessType::ServiceProvider => "serviceProvider",
            AccessType::None => "none",
        }
    }
}

/// The user of a row for whom the tenant has no object: all zeros (S15.3).
pub const NO_USER: UserId = UserId::from_u128(0);

/// The name in a masked row (S15.6).
pub const TENANT_RESTRICTION: &str = "Tenant Restriction";

/// One row of one tenant's sign-in log (S15.2).
#[derive(Clone, Debug, PartialEq)]
pub struct SignInRow {
    /// In whose log it stands.
    pub tenant: TenantId,
    /// Masked: the row of a tenant restrictions policy. Such a row carries the applications, the
    /// resource tenant and the error code, and no other field (S15.6, S24).
    pub masked: bool,
    /// `homeTenantId`.
    pub home_tenant: Option<TenantId>,
    /// `resourceTenantId`.
    pub resource_tenant: TenantId,
    /// `crossTenantAccessType`.
    pub access_type: Option<AccessType>,
    /// `userId`; all zeros when the tenant has no object for the account.
    pub user: UserId,
    /// `userType`.
    pub user_type: Option<UserType>,
    /// `userPrincipalName` of the home account.
    pub user_principal_name: Option<String>,
    /// `userDisplayName`.
    pub user_display_name: Option<String>,
    /// `appId`: the client application.
    pub client_app: Option<ApplicationId>,
    /// `resourceId`: the resource application.
    pub resource_app: ApplicationId,
    /// `clientAppUsed`; null in the resource row of a direct connect.
    pub client_app_used: Option<String>,
    /// `status.errorCode`.
    pub error_code: u32,
    /// `status.failureReason`; null when nothing failed.
    pub failure_reason: Option<&'static str>,
    /// `conditionalAccessStatus`.
    pub conditional_access_status: Status,
    /// `appliedConditionalAccessPolicies`.
    pub applied: Vec<AppliedPolicy>,
    /// `authenticationRequirement`: whether more than one factor was asked for.
    pub multi_factor_required: bool,
    /// `isInteractive`.
    pub is_interactive: bool,
    /// `isTenantRestricted`: a header was enforced.
    pub is_tenant_restricted: bool,
}
