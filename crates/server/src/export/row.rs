//! One row on its way out, in Graph's form.

use graph::query::Version;
use graph::sign_in_log::View;
use policy::tenant::TenantId;
use serde_json::Value;
use store::{AuditRow, Moment, SignInRecord};

use crate::ledger::{self, log_name};
use crate::routes::sign_ins;

/// What leaves the server is for whoever runs it.
const EVERYTHING: View = View {
    version: Version::Beta,
    shows_policies: true,
};

/// Which log a row is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Audit,
    SignIn,
}

impl Kind {
    /// The name of the kind of event.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Kind::Audit => "comity.audit",
            Kind::SignIn => "comity.sign_in",
        }
    }
}

/// A row, ready to be written.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) kind: Kind,
    /// Whose log: the tenant, or `operator`.
    pub(super) log: String,
    /// The id of the row, the same whenever it is delivered.
    pub(super) id: String,
    /// When it happened, if the row says.
    pub(super) time: Option<Moment>,
    /// Whether it tells of something that failed.
    pub(super) failed: bool,
    pub(super) value: Value,
}

impl Line {
    pub(super) fn of_audit(row: AuditRow) -> Self {
        Line {
            kind: Kind::Audit,
            log: log_name(row.record.tenant),
            id: row.record.id.to_string(),
            time: Some(row.record.time),
            failed: row.record.failure.is_some(),
            value: ledger::line(row),
        }
    }

    /// A row of the sign-in log, as beta shows it to who may see everything.
    pub(super) fn of_sign_in(tenant: TenantId, record: SignInRecord) -> Self {
        let (id, time) = (record.sign_in.id.clone(), record.sign_in.created);
        let failed = !record.sign_in.succeeded();
        let mut value = sign_ins::entry(record, EVERYTHING);
        if let Some(members) = value.as_object_mut() {
            members.insert("@comity.log".to_owned(), tenant.to_string().into());
        }
        Line {
            kind: Kind::SignIn,
            log: tenant.to_string(),
            id,
            time,
            failed,
            value,
        }
    }
}
