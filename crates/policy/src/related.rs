//! What other services write into the audit log when cross-tenant access is at work (S16.4):
//! invitations, multitenant organizations, synchronization.
//!
//! These entries say what happened to people and organizations; entries about the settings
//! themselves are in [`crate::audit`].

use crate::invitation::InvitationOutcome;
use crate::joining::JoinOutcome;
use crate::reason::Reason;
use crate::redemption::RedemptionOutcome;
use crate::synchronization::{SyncAction, SyncOutcome};

/// `activityDisplayName` of another service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelatedActivity {
    /// Somebody was invited.
    Invite,
    /// Somebody accepted.
    Redeem,
    /// Somebody is to accept once more.
    InviteAgain,
    /// A tenant joined a multitenant organization.
    Join,
    /// Synchronization made an object in the target tenant.
    AddUser,
    /// Synchronization changed one.
    UpdateUser,
    /// Synchronization deleted one.
    DeleteUser,
}

impl RelatedActivity {
    /// The name in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            RelatedActivity::Invite => "Invite external user",
            RelatedActivity::Redeem => "Redeem external user invite",
            RelatedActivity::InviteAgain => "Invite external user with reset invitation status",
            RelatedActivity::Join => "Tenant joining MultiTenantOrg tenant",
            RelatedActivity::AddUser => "Add user",
            RelatedActivity::UpdateUser => "Update user",
            RelatedActivity::DeleteUser => "Delete user",
        }
    }

    /// `loggedByService`.
    pub const fn service(self) -> &'static str {
        match self {
            RelatedActivity::Invite | RelatedActivity::Redeem | RelatedActivity::InviteAgain => {
                "Invited Users"
            }
            RelatedActivity::Join
            | RelatedActivity::AddUser
            | RelatedActivity::UpdateUser
            | RelatedActivity::DeleteUser => "Core Directory",
        }
    }

    /// `category`.
    pub const fn category(self) -> &'static str {
        match self {
            RelatedActivity::Join => "MultiTenantOrgTenant",
            RelatedActivity::Invite
            | RelatedActivity::Redeem
            | RelatedActivity::InviteAgain
            | RelatedActivity::AddUser
            | RelatedActivity::UpdateUser
            | RelatedActivity::DeleteUser => "UserManagement",
        }
    }
}

impl InvitationOutcome {
    /// What the inviting tenant's log says; a refused invitation leaves no entry.
    pub const fn activity(&self) -> Option<RelatedActivity> {
        match self.reason {
            Reason::Invited | Reason::AlreadyInvited => Some(RelatedActivity::Invite),
            _ => None,
        }
    }
}

impl RedemptionOutcome {
    /// What the inviting tenant's log says when the invitation was accepted.
    pub const fn activity(&self) -> Option<RelatedActivity> {
        match self.reason {
            Reason::Redeemed => Some(RelatedActivity::Redeem),
            _ => None,
        }
    }
}

impl JoinOutcome {
    /// What the logs of the tenants say when one of them joined.
    pub const fn activity(&self) -> Option<RelatedActivity> {
        match self.reason {
            Reason::MtoJoined => Some(RelatedActivity::Join),
            _ => None,
        }
    }
}

impl SyncOutcome {
    /// What the target tenant's log says.
    pub const fn activity(&self) -> Option<RelatedActivity> {
        match self.action {
            SyncAction::Create => Some(RelatedActivity::AddUser),
            SyncAction::Update => Some(RelatedActivity::UpdateUser),
            SyncAction::SoftDelete => Some(RelatedActivity::DeleteUser),
            SyncAction::Skip | SyncAction::Fail => None,
        }
    }
}
