//! The names in a body, judged before any value (S14.6): what cannot be written, and what nobody
//! knows here.

use super::{Judged, Refused};
use crate::draft::{Patch, Written};
use crate::reason::Reason;

/// Whether the written text is the stored one; ids compare without case.
pub(super) fn same_text(written: &Patch<String>, stored: Option<&str>) -> bool {
    match (written.value(), stored) {
        (Some(written), Some(stored)) => written.eq_ignore_ascii_case(stored),
        (None, None) => true,
        _ => false,
    }
}

/// What a written member means for a property that cannot be written: an echo of what was read is
/// ignored, anything else refused (S14.6).
pub(super) enum Echo {
    /// It can be written.
    NotReadOnly,
    /// What was read.
    Same,
    /// Something else.
    Differs,
}

impl Echo {
    pub(super) fn of(same: bool) -> Self {
        match same {
            true => Echo::Same,
            false => Echo::Differs,
        }
    }
}

/// Refuses a member that cannot be written.
pub(super) fn read_only(written: &[Written], judge: impl Fn(&Written) -> Echo) -> Judged {
    for member in written {
        if matches!(judge(member), Echo::Differs) {
            return Err(Refused::at(Reason::ReadOnlyProperty, name(member)));
        }
    }
    Ok(())
}

/// Refuses a member nobody knows here.
pub(super) fn known(written: &[Written], known: impl Fn(&Written) -> bool) -> Judged {
    match written.iter().find(|member| !known(member)) {
        Some(member) => Err(Refused::at(Reason::InvalidProperty, name(member))),
        None => Ok(()),
    }
}

/// The JSON name of a written member.
fn name(member: &Written) -> String {
    match member {
        Written::Block(name, _) => name.as_str(),
        Written::Trust(_) => "inboundTrust",
        Written::Consent(_) => "automaticUserConsentSettings",
        Written::Redemption(_) => "invitationRedemptionIdentityProviderConfiguration",
        Written::Clouds(_) => "allowedCloudEndpoints",
        Written::DisplayName(_) => "displayName",
        Written::SyncAllowed(_) => "userSyncInbound",
        Written::TenantId(_) => "tenantId",
        Written::Domain(_) => "domain",
        Written::Id(_) => "id",
        Written::IsServiceDefault(_) => "isServiceDefault",
        Written::IsServiceProvider(_) => "isServiceProvider",
        Written::IsInMultiTenantOrganization(_) => "isInMultiTenantOrganization",
        Written::Untreated(name, _) | Written::Unknown(name) => name,
        Written::Malformed { path, .. } => path,
    }
    .to_owned()
}
