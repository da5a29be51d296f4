//! The audit log: who did what to whose settings, and how it ended (S16).

use async_trait::async_trait;
use policy::audit::{AuditEntry, ModifiedProperty};
use policy::reason::Reason;
use policy::target::{ApplicationId, UserId};
use policy::tenant::{PolicyId, TenantId};
use signins::window::Moment;
use uuid::Uuid;

use crate::chain::{Head, Link};
use crate::error::Result;
use crate::revision::Sequence;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A person.
    User {
        /// The object's id.
        id: UserId,
        /// `userPrincipalName`.
        user_principal_name: Option<String>,
        /// `displayName`.
        display_name: Option<String>,
        /// Where the account lives, if not in the tenant of the entry.
        home_tenant: Option<TenantId>,
    },
    /// An application without a user.
    Application {
        /// Its `appId`.
        id: ApplicationId,
        /// A name.
        display_name: Option<String>,
    },
    /// Whoever runs the server.
    Operator {
        /// The operator's name.
        name: String,
    },
    /// The server itself.
    System,
}

impl Who {
    /// The same without the names.
    pub fn actor(&self) -> Actor {
        match self {
            Who::User { id, .. } => Actor::User(*id),
            Who::Application { id, .. } => Actor::Application(*id),
            Who::Operator { name } => Actor::Operator(name.clone()),
            Who::System => Actor::System,
        }
    }
}

/// Whom to look for in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person.
    User(UserId),
    /// An application.
    Application(ApplicationId),
    /// Whoever runs the server.
    Operator(String),
    /// The server itself.
    System,
}

impl Actor {
    /// The word in the database.
    pub(crate) fn word(&self) -> String {
        match self {
            Actor::User(id) => format!("user:{id}"),
            Actor::Application(id) => format!("application:{id}"),
            Actor::Operator(name) => format!("operator:{name}"),
            Actor::System => "system".to_owned(),
        }
    }
}

/// By which door something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The Graph wire: SDKs, scripts, the console.
    Graph,
    /// Our own routes, below `/comity/v1`.
    Comity,
    /// SCIM: an identity provider keeps the directory.
    Provisioning,
    /// A sign-in.
    SignIn,
    /// A world put into the store.
    Seed,
}

impl Channel {
    /// All of them.
    pub const ALL: [Channel; 5] = [
        Channel::Graph,
        Channel::Comity,
        Channel::Provisioning,
        Channel::SignIn,
        Channel::Seed,
    ];

    /// The name in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Channel::Graph => "graph",
            Channel::Comity => "comity",
            Channel::Provisioning => "provisioning",
            Channel::SignIn => "signIn",
            Channel::Seed => "seed",
        }
    }
}

/// Who did something, from where, and by which door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Initiator {
    /// Who.
    pub who: Who,
    /// `ipAddress`.
    pub address: Option<String>,
    /// By which door; `None` in entries that are older than the question.
    pub channel: Option<Channel>,
}

/// What something was done to: `targetResources[0]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `type`, for instance `Policy`.
    pub kind: String,
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub display_name: Option<String>,
    /// `userPrincipalName`, if it is a user.
    pub user_principal_name: Option<String>,
}

/// One entry of the audit log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    /// Its id.
    pub id: Uuid,
    /// In whose log it stands; `None` for the operator's.
    pub tenant: Option<TenantId>,
    /// `activityDateTime`.
    pub time: Moment,
    /// `correlationId`.
    pub correlation: Uuid,
    /// `initiatedBy`.
    pub initiator: Initiator,
    /// `loggedByService`.
    pub service: String,
    /// `category`.
    pub category: String,
    /// `activityDisplayName`.
    pub activity: String,
    /// `operationType`.
    pub operation: String,
    /// Why it was refused; `None` when it was done.
    pub failure: Option<Reason>,
    /// What it was done to.
    pub target: Target,
    /// The written properties, in their order (S16.2).
    pub modified: Vec<ModifiedProperty>,
    /// `additionalDetails`.
    pub details: Vec<(String, String)>,
    /// `userAgent`.
    pub user_agent: Option<String>,
}

/// What an entry says beyond what the law knows: who, when, and in which request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The id of the entry.
    pub id: Uuid,
    /// When.
    pub time: Moment,
    /// In which request.
    pub correlation: Uuid,
    /// Who.
    pub initiator: Initiator,
    /// With which program.
    pub user_agent: Option<String>,
}

impl AuditRecord {
    /// The entry that the law wants for a write to the settings of a tenant (S16.2).
    pub fn of_settings(
        tenant: TenantId,
        policy: Option<PolicyId>,
        entry: AuditEntry,
        occasion: Occasion,
    ) -> Self {
        let AuditEntry {
            activity,
            partner,
            failure,
            modified,
        } = entry;
        let partner = partner.map(|partner| ("partner".to_owned(), partner.to_string()));
        AuditRecord {
            id: occasion.id,
            tenant: Some(tenant),
            time: occasion.time,
            correlation: occasion.correlation,
            initiator: occasion.initiator,
            service: "Core Directory".to_owned(),
            category: activity.category().to_owned(),
            activity: activity.as_str().to_owned(),
            operation: activity.operation().to_owned(),
            failure,
            target: Target {
                kind: "Policy".to_owned(),
                id: policy.map(|id| id.to_string()),
                display_name: None,
                user_principal_name: None,
            },
            modified,
            details: partner.into_iter().collect(),
            user_agent: occasion.user_agent,
        }
    }
}

/// Where an entry stands in the log, for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The write it belongs to.
    pub sequence: Sequence,
    /// Which entry of that write.
    pub entry: u32,
}

/// An entry where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    /// Where.
    pub position: Position,
    /// The entry.
    pub record: AuditRecord,
    /// The entry as it is kept, byte by byte: what the link is about.
    pub text: String,
    /// The digest of the entry and of everything before it in its log.
    pub link: Link,
}

impl AuditRecord {
    /// Reads an entry from the text in which it is kept ([`AuditRow::text`]).
    pub fn read(text: &str) -> Result<Self> {
        crate::text::read::<crate::text::audit::AuditText, _>("an audit entry", text)
    }
}

/// Which way to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// Backwards from the latest entry.
    #[default]
    NewestFirst,
    /// Forwards from the first.
    OldestFirst,
}

/// Which entries to read. Conditions that are given must all hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditQuery {
    /// Whose log; `None` is the operator's.
    pub tenant: Option<TenantId>,
    /// `category`, byte by byte.
    pub category: Option<String>,
    /// `activityDisplayName`, byte by byte.
    pub activity: Option<String>,
    /// Not before.
    pub from: Option<Moment>,
    /// Not after.
    pub until: Option<Moment>,
    /// Who did it.
    pub actor: Option<Actor>,
    /// `correlationId`.
    pub correlation: Option<Uuid>,
    /// Which way to read.
    pub order: Order,
    /// Go on after this entry, in the order of reading.
    pub after: Option<Position>,
    /// At most so many.
    pub limit: u32,
}

/// A statement about the part of a log that has been pruned, signed by the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log; `None` is the operator's.
    pub tenant: Option<TenantId>,
    /// Everything up to and including this write has been pruned.
    pub until: Sequence,
    /// When.
    pub time: Moment,
    /// What is said about it, and the signature; text of the caller's choice.
    pub statement: String,
}

/// Reads and extends the audit log. Entries of changes are written by [`crate::Settings::commit`].
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends entries that belong to no change of the settings, refusals above all. All or
    /// nothing. The order of the list is the order in the log.
    async fn append_audit(&self, records: &[AuditRecord]) -> Result<Sequence>;

    /// Reads a page. An entry once read never changes or moves, and whatever is added later stands
    /// after everything that could be read before, whoever else is writing: pages neither skip
    /// nor repeat. The order is that of the writes, not of their clocks.
    async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditRow>>;

    /// The entry with that id, if it stands in that log.
    async fn audit_entry(&self, tenant: Option<TenantId>, id: Uuid) -> Result<Option<AuditRow>>;

    /// Drops the entries of a log up to and including `until` and keeps the checkpoint about them,
    /// in one transaction. Gives back how many were dropped. Nothing else ever drops an entry.
    async fn prune_audit(&self, checkpoint: &Checkpoint) -> Result<u64>;

    /// Where a log ends; [`Head::default`] for one without entries. Never goes back, whatever is
    /// pruned.
    async fn audit_head(&self, tenant: Option<TenantId>) -> Result<Head>;

    /// The logs that have ever had an entry; the operator's first, then by id.
    async fn audit_logs(&self) -> Result<Vec<Option<TenantId>>>;

    /// The last entry of the beginning of a log that is older than that moment as a whole: every
    /// entry up to it is. `None` when the first entry is not older, or there is none.
    async fn audit_before(
        &self,
        tenant: Option<TenantId>,
        moment: Moment,
    ) -> Result<Option<AuditRow>>;

    /// The entries of all logs after that position, in the order in which they were written. Whoever
    /// goes on after the last one misses none.
    async fn audit_feed(&self, after: Position, limit: u32) -> Result<Vec<AuditRow>>;

    /// The checkpoints of a log, the oldest first.
    async fn checkpoints(&self, tenant: Option<TenantId>) -> Result<Vec<Checkpoint>>;
}
