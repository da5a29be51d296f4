//! Settings: read, committed, and read again as they were.

use async_trait::async_trait;
use policy::settings::Policy;
use policy::tenant::TenantId;
use policy::world::Tenant;
use signins::window::Moment;
use uuid::Uuid;

use crate::audit::Initiator;
use crate::change::{AuditedChange, Committed};
use crate::entity::Entity;
use crate::error::Result;
use crate::revision::{Revision, Sequence};
use crate::snapshot::{Reach, Snapshot};

/// Which state of a tenant's settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    /// After that revision.
    Revision(Revision),
    /// At that time: after the last revision whose commit says that it was made by then.
    Time(Moment),
}

/// A tenant's settings as they were.
#[derive(Clone, Debug, PartialEq)]
pub struct PastSettings {
    /// The revision they are of.
    pub revision: Revision,
    /// The profile: a tenant without policy and directory.
    pub profile: Tenant,
    /// The policy; `None` while the tenant was only registered.
    pub policy: Option<Policy>,
}

/// One revision of a tenant's settings.
#[derive(Clone, Debug, PartialEq)]
pub struct RevisionRow {
    /// Its number.
    pub revision: Revision,
    /// Where the commit stands in the order of all writes.
    pub sequence: Sequence,
    /// The id of the commit; other tenants may have taken part in it.
    pub commit: Uuid,
    /// When, as the commit says.
    pub time: Moment,
    /// Who.
    pub initiator: Initiator,
    /// Why.
    pub reason: Option<String>,
    /// Which entities were written; none if the write changed nothing.
    pub entities: Vec<Entity>,
}

/// Reads and writes settings.
#[async_trait]
pub trait Settings: Send + Sync {
    /// Reads these tenants, and what they share, as they were at one moment. A tenant that is not
    /// known is not in the answer.
    async fn world(&self, tenants: &[TenantId], reach: Reach) -> Result<Snapshot>;

    /// Writes a change, its history and its audit entries in one transaction: all or nothing.
    ///
    /// Every tenant that it touches must still be as it was read, else [`crate::Error::Conflict`] names
    /// the first that is not, by id, and nothing is written. Of several commits that were judged on
    /// the same revision of a tenant exactly one succeeds. Each tenant whose settings are written
    /// gets its next revision, even if the write changes no value; a change of people alone moves
    /// no revision.
    ///
    /// When this answers, the change survives a crash of the machine. When it fails with
    /// [`crate::Outage::Lost`], or the caller stops waiting, it may have been kept: read again.
    async fn commit(&self, change: &AuditedChange) -> Result<Committed>;

    /// The settings of a tenant as they were. `None` if there were none at that point, or if that
    /// revision has not been reached.
    async fn settings_at(&self, tenant: TenantId, at: At) -> Result<Option<PastSettings>>;

    /// The revisions of a tenant before that one, the latest first.
    async fn revisions(
        &self,
        tenant: TenantId,
        before: Option<Revision>,
        limit: u32,
    ) -> Result<Vec<RevisionRow>>;
}
