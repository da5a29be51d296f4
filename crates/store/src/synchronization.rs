//! Jobs of cross-tenant synchronization: what a source tenant pushes to a target tenant, and how far
//! it has got (S12).
//!
//! Fabrikam pushes its people to Contoso. The job is Fabrikam's. Each step of a run, a page of
//! people, is one transaction ([`Synchronizations::write_sync_step`]): what becomes of their objects
//! at Contoso, the rows of the provisioning log, and where the run goes on. So a run that is killed
//! goes on where it was, and nothing is done twice; and because the step names the version of the
//! job it was judged on, of two replicas that run the same job one is told so and stops.

use async_trait::async_trait;
use policy::reason::{Reason, Side};
use policy::synchronization::SyncScope;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;
use signins::window::Moment;
use uuid::Uuid;

use crate::audit::AuditRecord;
use crate::directory::{DirectoryChange, Person};
use crate::error::Result;
use crate::provisioning::ProvisioningRecord;
use crate::revision::{Revision, Sequence};

/// A job: one for each source and target (S12.1).
#[derive(Clone, Debug, PartialEq)]
pub struct SyncJob {
    /// Its id.
    pub id: Uuid,
    /// Who pushes, and whose job it is.
    pub source: TenantId,
    /// Who receives.
    pub target: TenantId,
    /// What administrators decide.
    pub settings: SyncSettings,
    /// How a target is reached that is not here.
    pub connection: Option<SyncConnection>,
    /// How far it has got.
    pub status: SyncStatus,
    /// When somebody has to look at it: the next run, or the end of the lease of whoever runs it.
    /// `None`: when an administrator says so.
    pub due: Option<Moment>,
    /// How often it has been written.
    pub version: Revision,
}

/// What administrators decide about a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncSettings {
    /// A name.
    pub display_name: Option<String>,
    /// Minutes from the end of a run to the next.
    pub interval: u32,
    /// Whether it runs by itself.
    pub enabled: bool,
    /// Whom it is about (S12.5).
    pub scope: SyncScope,
    /// As what people arrive (S12.7).
    pub user_type: UserType,
    /// Whether the type is set at every update, too (S12.8).
    pub apply_user_type_always: bool,
    /// Whether objects are deleted whose accounts left the scope (S12.9).
    pub delete_in_target: bool,
    /// More deletions than that in one run wait for an administrator; `None`: none ever do.
    pub deletion_threshold: Option<u32>,
}

/// How a target is reached that is not here: over SCIM, as a client of the target.
#[derive(Clone, PartialEq, Eq)]
pub struct SyncConnection {
    /// The address of its SCIM service, for instance `https://comity.contoso.com/scim/v2/{tenant}`.
    pub endpoint: String,
    /// Where the client gets its tokens.
    pub token_url: String,
    /// The client there.
    pub client: String,
    /// Its secret, sealed under the master key, as text; this crate cannot open it.
    pub sealed: String,
}

/// Hides the secret, sealed or not.
impl std::fmt::Debug for SyncConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SyncConnection")
            .field("endpoint", &self.endpoint)
            .field("token_url", &self.token_url)
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}

/// How far a job has got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// Why it waits for an administrator.
    pub quarantine: Option<Quarantine>,
    /// An administrator let the next run delete as many as it likes.
    pub deletions_allowed: bool,
    /// The run under way.
    pub current: Option<SyncRun>,
    /// The last run that ended.
    pub last: Option<FinishedRun>,
    /// What the last complete run had seen: a run after it needs to look only at what is new.
    pub seen: Option<Seen>,
}

/// Why a job waits for an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantine {
    /// Since when.
    pub since: Moment,
    /// How many objects would be deleted.
    pub deletions: u64,
}

/// Which people a run looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycle {
    /// Everybody, for the first time, or since the job was changed.
    Initial,
    /// Everybody.
    Full,
    /// Those who have changed.
    Changes,
}

/// What a run is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Accounts of the source: their objects are made and kept current.
    Accounts,
    /// Objects at the target: those that have to go are counted.
    Counting,
    /// Objects at the target: those that have to go are deleted.
    Deleting,
}

/// A run under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncRun {
    /// Names it: `cycleId` of its rows in the log.
    pub id: Uuid,
    /// Which people it looks at.
    pub cycle: Cycle,
    /// Since when.
    pub started: Moment,
    /// What it is at.
    pub phase: Phase,
    /// In that phase, the last account that has been dealt with.
    pub after: Option<UserId>,
    /// How many objects would be deleted, as far as they have been counted.
    pub deletions: u64,
    /// What has been done.
    pub counts: SyncCounts,
    /// What it will have seen.
    pub seen: Seen,
    /// Whether anybody else has changed the target's people meanwhile.
    pub disturbed: bool,
    /// The replica that runs it.
    pub holder: Uuid,
}

/// What runs have done, user by user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncCounts {
    /// Objects made.
    pub created: u64,
    /// Objects changed.
    pub updated: u64,
    /// Objects that were current already.
    pub unchanged: u64,
    /// Objects soft deleted.
    pub deleted: u64,
    /// Accounts and objects that were left as they are.
    pub skipped: u64,
    /// Accounts that failed.
    pub failed: u64,
}

/// A run that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedRun {
    /// Its name.
    pub id: Uuid,
    /// Which people it looked at.
    pub cycle: Cycle,
    /// From when.
    pub started: Moment,
    /// Until when.
    pub ended: Moment,
    /// What was done.
    pub counts: SyncCounts,
    /// Why it ended before its end, and whose setting is missing.
    pub failure: Option<(Reason, Option<Side>)>,
    /// Why it ended before its end, if the other side could not be asked.
    pub problem: Option<String>,
}

/// Up to where somebody has seen what a job depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The settings of the source.
    pub source: Revision,
    /// The people of the source.
    pub source_people: Sequence,
    /// The settings of the target.
    pub target: Revision,
    /// The people of the target.
    pub target_people: Sequence,
}

/// A client of a target tenant that speaks for one source tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncSource {
    /// The target, whose decision it is.
    pub target: TenantId,
    /// Whose people the client pushes.
    pub source: TenantId,
    /// The client.
    pub client: ApplicationId,
}

/// A step of a job: what is written at once.
#[derive(Clone, Debug)]
pub struct SyncStep {
    /// The job as it becomes. Its version is the one it must still have.
    pub job: SyncJob,
    /// What changes in the target's directory.
    pub change: Option<DirectoryChange>,
    /// Rows of the source's provisioning log.
    pub rows: Vec<ProvisioningRecord>,
    /// What the audit logs say about the job itself.
    pub audit: Vec<AuditRecord>,
}

impl SyncStep {
    /// A step that writes the job and nothing else.
    pub fn of(job: SyncJob) -> Self {
        SyncStep {
            job,
            change: None,
            rows: Vec::new(),
            audit: Vec::new(),
        }
    }
}

/// Keeps jobs, and reads what they are about.
#[async_trait]
pub trait Synchronizations: Send + Sync {
    /// Keeps a new job with the audit entries about it. [`crate::Error::Taken`] if the source has
    /// one to that target.
    async fn add_sync_job(&self, job: &SyncJob, audit: &[AuditRecord]) -> Result<()>;

    /// The job with that id, if it is that tenant's.
    async fn sync_job(&self, source: TenantId, id: Uuid) -> Result<Option<SyncJob>>;

    /// The jobs of a tenant after that id, in the order of their ids.
    async fn sync_jobs(
        &self,
        source: TenantId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<SyncJob>>;

    /// The jobs of all tenants that are due at that moment, the longest due first.
    async fn due_sync_jobs(&self, at: Moment, limit: u32) -> Result<Vec<SyncJob>>;

    /// Writes a step in one transaction: all or nothing. [`crate::Error::Conflict`] if the job, or
    /// anything the change relies on, is not as it was read; [`crate::Error::NotFound`] if the job
    /// is gone. Gives back the new version, and the write of the target's people, if they changed.
    async fn write_sync_step(&self, step: &SyncStep) -> Result<(Revision, Option<Sequence>)>;

    /// Drops a job. [`crate::Error::Conflict`] if it has another version. What it has made stays,
    /// and so does its log.
    async fn delete_sync_job(&self, job: &SyncJob, audit: &[AuditRecord]) -> Result<()>;

    /// The objects for these accounts of another tenant, each with everything that is said about it,
    /// by id.
    async fn objects_for(
        &self,
        tenant: TenantId,
        home: TenantId,
        accounts: &[UserId],
    ) -> Result<Vec<Person>>;

    /// The objects for accounts of another tenant after that account, in the order of the accounts.
    async fn objects_from(
        &self,
        tenant: TenantId,
        home: TenantId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Person>>;

    /// Ties a client to a source tenant, in the place of the one before; `None` unties it.
    /// [`crate::Error::Taken`] if the client speaks for another source already.
    async fn put_sync_source(
        &self,
        target: TenantId,
        source: TenantId,
        client: Option<ApplicationId>,
        audit: &[AuditRecord],
    ) -> Result<()>;

    /// The clients of a target that speak for source tenants, by source.
    async fn sync_sources(&self, target: TenantId) -> Result<Vec<SyncSource>>;

    /// The source tenant that a client speaks for.
    async fn sync_source_of(
        &self,
        target: TenantId,
        client: ApplicationId,
    ) -> Result<Option<TenantId>>;
}
