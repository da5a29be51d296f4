//! Reading the logs of a tenant.

use super::role::{
    CONDITIONAL_ACCESS_ADMINISTRATOR, GLOBAL_ADMINISTRATOR, GLOBAL_READER, REPORTS_READER,
    SECURITY_ADMINISTRATOR, SECURITY_OPERATOR, SECURITY_READER,
};
use super::{Right, Roles};
use crate::permission::{AUDIT_READ, DIRECTORY_READ, POLICY_READ, PROVISIONING_READ};

const READERS: Roles = Roles::AnyOf(&[
    GLOBAL_ADMINISTRATOR,
    SECURITY_ADMINISTRATOR,
    SECURITY_OPERATOR,
    SECURITY_READER,
    GLOBAL_READER,
    REPORTS_READER,
]);

/// Lists the audit log.
pub(crate) const LIST_AUDITS: Right = Right {
    method: "GET",
    path: "/auditLogs/directoryAudits",
    application: &[AUDIT_READ, DIRECTORY_READ],
    delegated: &[AUDIT_READ, DIRECTORY_READ],
    roles: READERS,
};

/// Reads one entry of the audit log.
pub(crate) const GET_AUDIT: Right = Right {
    method: "GET",
    path: "/auditLogs/directoryAudits/{id}",
    application: &[AUDIT_READ, DIRECTORY_READ],
    delegated: &[AUDIT_READ, DIRECTORY_READ],
    roles: READERS,
};

/// Lists the sign-in log.
pub(crate) const LIST_SIGN_INS: Right = Right {
    method: "GET",
    path: "/auditLogs/signIns",
    application: &[AUDIT_READ],
    delegated: &[AUDIT_READ],
    roles: READERS,
};

/// Reads one row of the sign-in log.
pub(crate) const GET_SIGN_IN: Right = Right {
    method: "GET",
    path: "/auditLogs/signIns/{id}",
    application: &[AUDIT_READ],
    delegated: &[AUDIT_READ],
    roles: READERS,
};

/// Sees in the sign-in log which Conditional Access policies applied (`resources/signin`,
/// `appliedConditionalAccessPolicies`): the rows are the same for others, without them.
pub(crate) const SEE_APPLIED_POLICIES: Right = Right {
    method: "GET",
    path: "/auditLogs/signIns",
    application: &[POLICY_READ, "Policy.Read.ConditionalAccess"],
    delegated: &[POLICY_READ, "Policy.Read.ConditionalAccess"],
    roles: Roles::AnyOf(&[
        GLOBAL_ADMINISTRATOR,
        GLOBAL_READER,
        SECURITY_ADMINISTRATOR,
        SECURITY_READER,
        CONDITIONAL_ACCESS_ADMINISTRATOR,
    ]),
};

/// Lists the provisioning log.
pub(crate) const LIST_PROVISIONING: Right = Right {
    method: "GET",
    path: "/auditLogs/provisioning",
    application: &[PROVISIONING_READ, AUDIT_READ],
    delegated: &[PROVISIONING_READ, AUDIT_READ],
    roles: READERS,
};

/// Reads one row of the provisioning log.
pub(crate) const GET_PROVISIONING: Right = Right {
    method: "GET",
    path: "/auditLogs/provisioning/{id}",
    application: &[PROVISIONING_READ, AUDIT_READ],
    delegated: &[PROVISIONING_READ, AUDIT_READ],
    roles: READERS,
};

/// Reads the signed end of the audit log.
pub(crate) const GET_AUDIT_HEAD: Right = Right {
    method: "GET",
    path: "/comity/v1/audit/head",
    application: &[AUDIT_READ, DIRECTORY_READ],
    delegated: &[AUDIT_READ, DIRECTORY_READ],
    roles: READERS,
};

/// All of them that are requests of their own.
pub(crate) const ALL: &[&Right] = &[
    &LIST_AUDITS,
    &GET_AUDIT,
    &LIST_SIGN_INS,
    &GET_SIGN_IN,
    &LIST_PROVISIONING,
    &GET_PROVISIONING,
    &GET_AUDIT_HEAD,
];
/// What lets a caller see more in the answer to such a request.
#[cfg(test)]
pub(crate) const MORE: &[&Right] = &[&SEE_APPLIED_POLICIES];
