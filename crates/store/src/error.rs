//! What can go wrong with a store: few errors, each with a name.

use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::{Domain, TenantId};
use uuid::Uuid;

use crate::revision::Sequence;

/// The thing an error is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A tenant.
    Tenant(TenantId),
    /// The people of a tenant.
    People(TenantId),
    /// A verified domain.
    Domain(Domain),
    /// A user.
    User(UserId),
    /// A user principal name.
    Address(String),
    /// A group.
    Group(GroupId),
    /// An application.
    Application(ApplicationId),
    /// The object that stands for an application in a tenant.
    ServicePrincipal(Uuid),
    /// A client.
    Client(ApplicationId),
    /// A synchronization job, by its id.
    SyncJob(Uuid),
    /// The synchronization job to that tenant.
    SyncTarget(TenantId),
    /// A signing key.
    Key(String),
    /// What the tenants share.
    Facts,
    /// A named value.
    Value(String),
    /// A pass.
    Pass,
    /// A commit, by its id.
    Commit(Uuid),
    /// An entry of the audit log.
    AuditEntry,
    /// A checkpoint about a log up to that write.
    Checkpoint(Sequence),
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Subject::Tenant(id) => write!(f, "the tenant `{id}`"),
            Subject::People(id) => write!(f, "the directory of the tenant `{id}`"),
            Subject::Domain(domain) => write!(f, "the domain `{domain}`"),
            Subject::User(id) => write!(f, "the user `{id}`"),
            Subject::Address(name) => write!(f, "the user principal name `{name}`"),
            Subject::Group(id) => write!(f, "the group `{id}`"),
            Subject::Application(id) => write!(f, "the application `{id}`"),
            Subject::ServicePrincipal(id) => write!(f, "the service principal `{id}`"),
            Subject::Client(id) => write!(f, "the client `{id}`"),
            Subject::SyncJob(id) => write!(f, "the synchronization job `{id}`"),
            Subject::SyncTarget(id) => write!(f, "the synchronization job to the tenant `{id}`"),
            Subject::Key(id) => write!(f, "the key `{id}`"),
            Subject::Facts => f.write_str("the shared facts"),
            Subject::Value(name) => write!(f, "the value `{name}`"),
            Subject::Pass => f.write_str("the pass"),
            Subject::Commit(id) => write!(f, "the commit `{id}`"),
            Subject::Checkpoint(sequence) => write!(f, "the checkpoint at {sequence}"),
            Subject::AuditEntry => f.write_str("the id of an audit entry"),
        }
    }
}

/// Why a store cannot be used for the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outage {
    /// The database does not answer, or the connection to it broke. Whether a write that was under
    /// way has been kept is not known.
    Lost,
    /// There is no room left: nothing was written, and reading goes on.
    Full,
    /// Others held what was needed for too long: nothing was written, and trying again is worth it.
    Busy,
    /// The database may be read and not written, for instance a replica of a PostgreSQL cluster.
    ReadOnly,
}

impl std::fmt::Display for Outage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Outage::Lost => "the database does not answer",
            Outage::Full => "there is no room left in the database",
            Outage::Busy => "the database is busy",
            Outage::ReadOnly => "the database can only be read",
        })
    }
}

/// Whatever lies beneath an error, for the log.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else was first. Read again, judge again, and commit again.
    #[error("{of} has changed meanwhile (expected revision {expected}, found {found})")]
    Conflict {
        /// What changed.
        of: Subject,
        /// The revision the write was judged on.
        expected: u64,
        /// The revision that is there.
        found: u64,
    },
    /// There is one already.
    #[error("{0} is already taken")]
    Taken(Subject),
    /// There is none.
    #[error("{0} is not kept here")]
    NotFound(Subject),
    /// Not now.
    #[error("{outage}")]
    Unavailable {
        /// Why not.
        outage: Outage,
        /// What the database said.
        #[source]
        cause: Option<Cause>,
    },
    /// What is kept cannot be read, or the database contradicts itself.
    #[error("{what} cannot be read from the database")]
    Corrupt {
        /// What was being read.
        what: String,
        /// What is wrong with it.
        #[source]
        cause: Option<Cause>,
    },
    /// A newer version of this program has been here.
    #[error("the database has schema {found}, and this version knows {known} at most")]
    Newer {
        /// The schema of the database.
        found: u32,
        /// The newest one known here.
        known: u32,
    },
    /// A value that no database of ours can hold.
    #[error("{what} cannot be kept: {why}")]
    Unkeepable {
        /// Which value.
        what: &'static str,
        /// Why not.
        why: &'static str,
    },
    /// The address of the store makes no sense.
    #[error("`{0}` names no store (expected sqlite:PATH, sqlite::memory: or postgres://…)")]
    Address(String),
}

/// The result of an operation of the store.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn corrupt(what: impl Into<String>, cause: impl Into<Cause>) -> Self {
        Error::Corrupt {
            what: what.into(),
            cause: Some(cause.into()),
        }
    }

    pub(crate) fn unavailable(outage: Outage, cause: impl Into<Cause>) -> Self {
        Error::Unavailable {
            outage,
            cause: Some(cause.into()),
        }
    }
}
