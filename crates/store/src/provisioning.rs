//! The provisioning log: what synchronization did with each account, in the log of the tenant that
//! pushes (S16.4).

use async_trait::async_trait;
use policy::reason::{Detail, Reason, Side};
use policy::synchronization::SyncAction;
use policy::target::UserId;
use policy::tenant::TenantId;
use signins::window::Moment;
use uuid::Uuid;

use crate::audit::Order;
use crate::error::Result;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisioningRecord {
    /// Its id.
    pub id: Uuid,
    /// In whose log it stands: the source's.
    pub tenant: TenantId,
    /// The target.
    pub target: TenantId,
    /// When.
    pub time: Moment,
    /// The job.
    pub job: Uuid,
    /// The run.
    pub cycle: Uuid,
    /// What was done.
    pub action: SyncAction,
    /// Why; `None` if no rule says so, but `problem`.
    pub reason: Option<Reason>,
    /// Whose switch or setting is missing.
    pub side: Option<Side>,
    /// What in a block.
    pub detail: Option<Detail>,
    /// Further words, where the reason does not say everything.
    pub problem: Option<String>,
    /// The account; `None` if the job failed as a whole.
    pub account: Option<Identity>,
    /// The object at the target.
    pub object: Option<Identity>,
    /// The properties that were written, before and after.
    pub modified: Vec<(String, Option<String>, Option<String>)>,
    /// Whether somebody asked for this account, rather than the schedule.
    pub on_demand: bool,
}

/// Somebody in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id.
    pub id: UserId,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `userPrincipalName`.
    pub user_principal_name: Option<String>,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProvisioningPosition {
    /// When.
    pub time: Moment,
    /// Which.
    pub id: Uuid,
}

/// Which rows to read. Conditions that are given must all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisioningQuery {
    /// Whose log.
    pub tenant: TenantId,
    /// Of that job.
    pub job: Option<Uuid>,
    /// Of that run.
    pub cycle: Option<Uuid>,
    /// Not before.
    pub from: Option<Moment>,
    /// Not after.
    pub until: Option<Moment>,
    /// Which way to read.
    pub order: Order,
    /// Go on after this row, in the order of reading.
    pub after: Option<ProvisioningPosition>,
    /// At most so many.
    pub limit: u32,
}

/// Reads the provisioning log. It is written by [`crate::Synchronizations::write_sync_step`].
#[async_trait]
pub trait ProvisioningLog: Send + Sync {
    /// A page of rows.
    async fn provisioning(&self, query: &ProvisioningQuery) -> Result<Vec<ProvisioningRecord>>;

    /// The row with that id, if it stands in that log.
    async fn provisioning_row(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<ProvisioningRecord>>;

    /// Drops the rows of all logs from before that moment. Gives back how many.
    async fn forget_provisioning(&self, before: Moment) -> Result<u64>;
}
