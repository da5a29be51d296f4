//! What is kept: tenants, their settings and the history of them, the audit log, sign-ins,
//! directories, and what the server needs to remember.
//!
//! There is one trait, [`Store`], put together from one small trait for each noun, and there are
//! two databases behind it: SQLite, embedded, for one machine; PostgreSQL for more than one. What a
//! method guarantees is said at the method; both are held to it by one suite of tests.
//!
//! Adele's administrator at Fabrikam allows an application. The server reads Fabrikam with
//! [`Settings::world`], asks the law what follows, and hands the answer and its audit entry to
//! [`Settings::commit`] as an [`AuditedChange`]. Either both are kept and Fabrikam has its next
//! revision, or, if somebody else was first, nothing is, and the answer is [`Error::Conflict`].
//! Whoever holds Fabrikam in memory is woken by [`Feed::watch`] and asks [`Feed::moved_since`].
//!
//! This is the only crate that knows SQL. It never sees Microsoft Graph's JSON: values are kept in a
//! form of its own. It has no clock and draws no random ids; both are arguments.

mod audit;
mod catch_up;
mod chain;
mod change;
mod clients;
mod column;
mod deleted;
mod deleted_users;
mod difference;
mod directory;
mod entity;
mod error;
mod facts;
mod failure;
mod feed;
mod keys;
mod open;
mod passes;
mod people;
mod postgres;
mod provisioning;
mod reading;
mod revision;
mod rollup;
mod schema;
mod settings;
mod sign_ins;
mod snapshot;
mod sqlite;
mod synchronization;
mod tenants;
mod text;
mod values;
mod writing;

pub use audit::{
    Actor, AuditLog, AuditQuery, AuditRecord, AuditRow, Channel, Checkpoint, Initiator, Occasion,
    Order, Position, Target, Who,
};
pub use catch_up::{CatchUp, Held, MovedPeople, Resident};
pub use chain::{Head, InvalidLink, Link};
pub use change::{AuditedChange, Change, Committed, Stamp, Unfit};
pub use clients::{Client, ClientSecret, Clients};
pub use column::order_key;
pub use deleted::{DeletedItem, DeletedItems, DeletedKind, KEPT_NANOSECONDS};
pub use deleted_users::{DeletedUser, DeletedUsers};
pub use directory::{
    ApplicationDetails, ApplicationRow, Directories, DirectoryAct, DirectoryChange, DirectoryOrder,
    DirectoryQuery, GroupDetails, GroupRow, Member, Password, Person, Place, Programs,
    ServicePrincipal, UserDetails,
};
pub use entity::Entity;
pub use error::{Cause, Error, Outage, Result, Subject};
pub use facts::Facts;
pub use feed::{Feed, Moved, MovedTenant, Watch};
pub use keys::{SigningKey, SigningKeys};
pub use open::{open, open_to_fill};
pub use passes::{AccountRecord, Pass, PassKind, Passes};
pub use people::{Application, Group, People};
pub use postgres::{Postgres, PostgresOptions};
pub use provisioning::{
    Identity, ProvisioningLog, ProvisioningPosition, ProvisioningQuery, ProvisioningRecord,
};
pub use revision::{Revision, Sequence};
pub use rollup::{Day, RollupKey, RollupRow, rollup};
pub use settings::{At, PastSettings, RevisionRow, Settings};
pub use sign_ins::{
    Arrival, Intake, RollupPart, RollupQuery, SignInDevice, SignInLog, SignInOccasion, SignInPlace,
    SignInPosition, SignInQuery, SignInRecord, TrustClaims,
};
pub use signins::window::Moment;
pub use snapshot::{Reach, Snapshot, TenantVersion};
pub use sqlite::{Sqlite, SqliteOptions};
pub use synchronization::{
    Cycle, FinishedRun, Phase, Quarantine, Seen, SyncConnection, SyncCounts, SyncJob, SyncRun,
    SyncSettings, SyncSource, SyncStatus, SyncStep, Synchronizations,
};
pub use tenants::{TenantRow, Tenants};
pub use values::{Stored, Values};

/// Everything that is kept.
///
/// Identifiers that are text compare byte by byte, in every store: `A` is not `a`. What one store
/// refuses to keep, every store refuses.
#[async_trait::async_trait]
pub trait Store:
    Tenants
    + Settings
    + DeletedItems
    + DeletedUsers
    + AuditLog
    + SignInLog
    + People
    + Directories
    + Programs
    + Synchronizations
    + ProvisioningLog
    + Clients
    + SigningKeys
    + Values
    + Passes
    + Feed
{
    /// Finishes what is under way and closes the database. Later calls fail with
    /// [`Outage::Lost`].
    async fn close(&self);
}
