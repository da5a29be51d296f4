//! An entry of the audit log, before anybody knows in which log and on which occasion.

use policy::audit::ModifiedProperty;
use policy::reason::Reason;
use policy::tenant::TenantId;
use policy::world::Tenant;
use store::{AuditRecord, Occasion, Target};

use crate::commit;
use crate::context::Context;
use crate::principal::Principal;

/// An audit entry without its circumstances.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// `loggedByService`.
    pub(crate) service: &'static str,
    /// `category`.
    pub(crate) category: &'static str,
    /// `activityDisplayName`.
    pub(crate) activity: &'static str,
    /// `operationType`.
    pub(crate) operation: &'static str,
    /// What it is about.
    pub(crate) target: Target,
    /// The written properties (S16.2).
    pub(crate) modified: Vec<ModifiedProperty>,
    /// `additionalDetails`.
    pub(crate) details: Vec<(String, String)>,
}

impl Entry {
    /// About the registry of tenants, and that tenant in it.
    pub(crate) fn registry(
        tenant: &Tenant,
        activity: &'static str,
        operation: &'static str,
    ) -> Self {
        Entry {
            service: "Comity",
            category: "TenantRegistry",
            activity,
            operation,
            target: Target {
                kind: "Tenant".to_owned(),
                id: Some(tenant.id.to_string()),
                display_name: tenant.display_name.clone(),
                user_principal_name: None,
            },
            modified: Vec::new(),
            details: Vec::new(),
        }
    }

    /// The entry in that log; `None` is the operator's. `failure` says why it was refused.
    pub(crate) fn record_in(
        self,
        log: Option<TenantId>,
        occasion: Occasion,
        failure: Option<Reason>,
    ) -> AuditRecord {
        AuditRecord {
            id: occasion.id,
            tenant: log,
            time: occasion.time,
            correlation: occasion.correlation,
            initiator: occasion.initiator,
            service: self.service.to_owned(),
            category: self.category.to_owned(),
            activity: self.activity.to_owned(),
            operation: self.operation.to_owned(),
            failure,
            target: self.target,
            modified: self.modified,
            details: self.details,
            user_agent: occasion.user_agent,
        }
    }

    /// The entry in the log of the caller's tenant, about this request.
    pub(crate) fn record(
        self,
        principal: &Principal,
        context: &Context,
        failure: Option<Reason>,
    ) -> AuditRecord {
        let occasion = commit::occasion(context, principal.initiator(context));
        self.record_in(Some(principal.tenant()), occasion, failure)
    }
}
