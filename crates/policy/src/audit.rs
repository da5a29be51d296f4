//! What an administrative write leaves in the audit log (S16).
//!
//! An entry says what was done, how it ended, and, property by property, what was there before and
//! what is there now. Who did it and when is added by whoever writes the log.

use crate::reason::Reason;
use crate::settings::{
    AutomaticConsent, Block, IdentitySynchronization, InboundTrust, RedemptionOrder,
};
use crate::tenant::{Cloud, TenantId};

/// `activityDisplayName` (S14.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activity {
    /// The default or the enabled clouds were changed (U20).
    UpdateDefault,
    /// The default was reset.
    ResetDefault,
    /// A partner was added.
    AddPartner,
    /// A partner was changed.
    UpdatePartner,
    /// A partner was removed.
    DeletePartner,
    /// Synchronization from a partner was set up.
    CreateSynchronization,
    /// Synchronization from a partner was changed.
    UpdateSynchronization,
    /// Synchronization from a partner was dropped.
    DeleteSynchronization,
    /// A deleted partner was given up.
    ForgetPartner,
    /// Deleted synchronization was given up.
    ForgetSynchronization,
}

impl Activity {
    /// Every activity.
    pub const ALL: [Activity; 10] = [
        Activity::UpdateDefault,
        Activity::ResetDefault,
        Activity::AddPartner,
        Activity::UpdatePartner,
        Activity::DeletePartner,
        Activity::CreateSynchronization,
        Activity::UpdateSynchronization,
        Activity::DeleteSynchronization,
        Activity::ForgetPartner,
        Activity::ForgetSynchronization,
    ];

    /// The name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Activity::UpdateDefault => "Update the company default cross-tenant access setting",
            Activity::ResetDefault => "Reset the cross-tenant access default setting",
            Activity::AddPartner => "Add a partner to cross-tenant access setting",
            Activity::UpdatePartner => "Update a partner cross-tenant access setting",
            Activity::DeletePartner => "Delete partner specific cross-tenant access setting",
            Activity::CreateSynchronization => {
                "Create a partner cross-tenant identity sync setting"
            }
            Activity::UpdateSynchronization => {
                "Update a partner cross-tenant identity sync setting"
            }
            Activity::DeleteSynchronization => {
                "Delete a partner cross-tenant identity sync setting"
            }
            Activity::ForgetPartner => "Hard delete partner specific cross-tenant access setting",
            Activity::ForgetSynchronization => {
                "Hard delete a partner cross-tenant identity sync setting"
            }
        }
    }

    /// `category` (S16.1).
    pub const fn category(self) -> &'static str {
        match self {
            Activity::CreateSynchronization
            | Activity::UpdateSynchronization
            | Activity::DeleteSynchronization
            | Activity::ForgetSynchronization => "CrossTenantIdentitySyncSettings",
            Activity::UpdateDefault
            | Activity::ResetDefault
            | Activity::AddPartner
            | Activity::UpdatePartner
            | Activity::DeletePartner
            | Activity::ForgetPartner => "CrossTenantAccessSettings",
        }
    }

    /// `operationType`.
    pub const fn operation(self) -> &'static str {
        match self {
            Activity::AddPartner | Activity::CreateSynchronization => "Add",
            Activity::DeletePartner
            | Activity::DeleteSynchronization
            | Activity::ForgetPartner
            | Activity::ForgetSynchronization => "Delete",
            Activity::UpdateDefault
            | Activity::ResetDefault
            | Activity::UpdatePartner
            | Activity::UpdateSynchronization => "Update",
        }
    }
}

/// The value of a property before or after a write.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Null or absent.
    Null,
    /// A name or an id.
    Text(String),
    /// One of the five blocks.
    Block(Block),
    /// `inboundTrust`.
    Trust(InboundTrust),
    /// `automaticUserConsentSettings`.
    Consent(AutomaticConsent),
    /// `invitationRedemptionIdentityProviderConfiguration`.
    Redemption(RedemptionOrder),
    /// `allowedCloudEndpoints`.
    Clouds(Vec<Cloud>),
    /// `userSyncInbound`.
    Synchronization(IdentitySynchronization),
    /// The JSON text of a member this product does not treat.
    Json(String),
}

/// One written property.
#[derive(Clone, Debug, PartialEq)]
pub struct ModifiedProperty {
    /// The JSON property name.
    pub name: String,
    /// What was there.
    pub old: Value,
    /// What is there now.
    pub new: Value,
}

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    /// What was done.
    pub activity: Activity,
    /// The partner it was done to.
    pub partner: Option<TenantId>,
    /// Why it was refused; `None` when it was done.
    pub failure: Option<Reason>,
    /// The written properties: `tenantId` first where it is listed, then in alphabetical order
    /// (S16.2, S24). A refused write has written none.
    pub modified: Vec<ModifiedProperty>,
}

impl AuditEntry {
    /// `result`.
    pub const fn result(&self) -> &'static str {
        match self.failure {
            None => "success",
            Some(_) => "failure",
        }
    }
}

/// Whether a refusal leaves a row: content, licence, size and missing entries do; permission,
/// step-up and migration do not (S16.3).
pub const fn leaves_failure_row(reason: Reason) -> bool {
    !matches!(
        reason,
        Reason::Forbidden | Reason::StepUpRequired | Reason::PolicyMigrating
    )
}
