//! Reading the logs of a tenant.

use super::role::{
    GLOBAL_ADMINISTRATOR, GLOBAL_READER, REPORTS_READER, SECURITY_ADMINISTRATOR, SECURITY_OPERATOR,
    SECURITY_READER,
};
use super::{Right, Roles};
use crate::permission::{AUDIT_READ, DIRECTORY_READ};

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
