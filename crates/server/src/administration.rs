//! Reading and changing the settings of the caller's tenant (S14).
//!
//! A write is: judge, commit. It is judged on what is in memory first, and the commit demands that the
//! store says the same. Whatever stands in its way, a refusal or that somebody else was faster, counts
//! only when it is judged again on what the store says; so of two changes to different properties none
//! is lost, and nobody is refused for what is over. A client that must not overwrite what it has not
//! seen sends `If-Match`.

use std::sync::{Arc, LazyLock};

use axum::http::{HeaderMap, header};
use policy::administer::{Actor, Operation, Outcome, administer};
use policy::draft::{Patch, Written};
use policy::governance::Governance;
use policy::reason::Reason;
use policy::settings::Policy;
use policy::tenant::{Cloud, TenantId};
use policy::world::{Tenant, World};
use store::{
    AuditRecord, Change, DeletedKind, Entity, Initiator, Occasion, Reach, Revision, Snapshot, Who,
};

use crate::commit::{self, Attempt, Turn};
use crate::context::Context;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::odata::Writing;
use crate::options::UnknownTenants;
use crate::principal::Principal;
use crate::state::App;

/// Settings: those everybody reads, which may have ten thousand partners and are not copied, or what
/// a write has made of them.
pub(crate) enum Held {
    InMemory(Arc<Tenant>),
    Written(Box<Policy>),
}

impl std::ops::Deref for Held {
    type Target = Policy;
    fn deref(&self) -> &Policy {
        static NONE: LazyLock<Policy> = LazyLock::new(Policy::default);
        match self {
            Held::InMemory(tenant) => tenant.policy.as_ref().unwrap_or(&NONE),
            Held::Written(policy) => policy,
        }
    }
}

/// What a read or a write leaves to be answered.
pub(crate) struct Answer {
    /// The settings as they are now.
    pub(crate) policy: Held,
    /// The revision of the entity the request was about.
    pub(crate) revision: Option<Revision>,
}

/// `If-Match`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    /// Whatever is there.
    Any,
    /// One of these.
    These(Vec<String>),
}

impl IfMatch {
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>> {
        let Some(value) = headers.get(header::IF_MATCH) else {
            return Ok(None);
        };
        let value = value
            .to_str()
            .map_err(|_| ApiError::bad_query("If-Match cannot be read: expected an ETag, or *."))?;
        Ok(Some(match value.trim() {
            "*" => IfMatch::Any,
            tags => IfMatch::These(tags.split(',').map(|tag| bare(tag).to_owned()).collect()),
        }))
    }

    pub(crate) fn holds(&self, revision: Option<Revision>) -> bool {
        match (self, revision) {
            (IfMatch::Any, _) => true,
            (IfMatch::These(tags), Some(revision)) => tags.contains(&revision.to_string()),
            (IfMatch::These(_), None) => false,
        }
    }
}

/// An ETag without its quotes; the weak form compares like the other.
fn bare(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"')
}

/// The ETag of an entity.
pub(crate) fn etag(revision: Revision) -> String {
    format!("W/\"{revision}\"")
}

/// Which unit of the settings an operation is about.
fn entity(operation: &Operation) -> Option<Entity> {
    match operation {
        Operation::ReadPolicy | Operation::UpdatePolicy(_) => Some(Entity::Policy),
        Operation::ReadDefault | Operation::UpdateDefault(_) | Operation::ResetDefault => {
            Some(Entity::Default)
        }
        Operation::ListPartners | Operation::AddPartner(_) => None,
        Operation::ReadPartner(key)
        | Operation::UpdatePartner(key, _)
        | Operation::RemovePartner(key)
        | Operation::ReadSynchronization(key)
        | Operation::CreateSynchronization(key, _)
        | Operation::UpdateSynchronization(key, _)
        | Operation::RemoveSynchronization(key)
        | Operation::RestorePartner(key, _)
        | Operation::RestoreSynchronization(key, _)
        | Operation::ForgetPartner(key, _)
        | Operation::ForgetSynchronization(key, _) => key.map(Entity::Partner),
    }
}

pub(crate) fn size(policy: &Policy) -> usize {
    graph::settings::root::size_in_bytes(policy)
}

/// Where a session gets stronger.
pub(crate) fn authorize(app: &App, tenant: TenantId) -> String {
    format!("{}/{tenant}/oauth2/v2.0/authorize", app.options.public_url)
}

/// Reads, from memory.
pub(crate) async fn read(
    app: &App,
    principal: &Principal,
    operation: &Operation,
) -> Result<Answer> {
    let id = principal.tenant();
    let sheet = app.effective.with(&[id]).await?;
    let governed = sheet.get(id).map(|known| &known.tenant.governance);
    let actor = principal.actor(true, governed.unwrap_or(&Governance::default()))?;
    let outcome = administer(&sheet.world(&[id]), id, &actor, operation, &size);
    let known = sheet.get(id);
    let tenant = known.map(|known| &known.tenant);
    let tenant = tenant.filter(|tenant| tenant.policy.is_some());
    match (outcome.reason, tenant) {
        (Reason::Ok, Some(tenant)) => {
            app.expect_preview(id);
            Ok(Answer {
                policy: Held::InMemory(Arc::clone(tenant)),
                revision: entity(operation)
                    .zip(known)
                    .and_then(|(entity, known)| known.version.of(entity)),
            })
        }
        _ => Err(ApiError::of_outcome(
            operation,
            &outcome,
            &authorize(app, id),
        )),
    }
}

/// Writes.
pub(crate) async fn write(
    app: &App,
    principal: &Principal,
    context: &Context,
    operation: &Operation,
    if_match: Option<&IfMatch>,
) -> Result<Answer> {
    let write = Write {
        app,
        tenant: principal.tenant(),
        principal,
        judged_as: |principal, governance| principal.actor(false, governance),
        initiator: principal.initiator(context),
        context,
        operation,
        if_match,
    };
    // A person whose program has no scope is refused before anything is read.
    principal.actor(false, &Governance::default())?;
    let mut turn = Turn::of(app, write.tenant).await;
    if let Some(answer) = write.on_memory().await? {
        return Ok(answer);
    }
    loop {
        match write.attempt().await? {
            Ok(answer) => return Ok(answer),
            Err(conflict) => turn.again(conflict)?,
        }
    }
}

/// What is written, worked out on what the store says: the settings are read, then this is asked,
/// and whatever it reads as well is still so when the change is kept.
pub(crate) trait Make: Sync {
    /// The operation.
    fn make(&self, snapshot: &Snapshot) -> impl Future<Output = Result<Operation>> + Send;
}

/// Writes something that is worked out on what the store says, for a caller whose right to do so was
/// demanded already; `other` is the partner it names.
pub(crate) async fn write_made(
    writing: &Writing<'_>,
    other: Option<TenantId>,
    made: &impl Make,
) -> Result<Answer> {
    let Writing {
        app,
        principal,
        context,
        headers,
    } = writing;
    let if_match = IfMatch::of(headers)?;
    let tenant = principal.tenant();
    let ids: Vec<TenantId> = [tenant].into_iter().chain(other).collect();
    let mut turn = Turn::of(app, tenant).await;
    loop {
        let snapshot = app.store.world(&ids, Reach::Settings).await?;
        let write = Write {
            app,
            tenant,
            principal,
            judged_as: |principal, governance| Ok(principal.writer(governance)),
            initiator: principal.initiator(context),
            context,
            operation: &made.make(&snapshot).await?,
            if_match: if_match.as_ref(),
        };
        match write.carry_out(&snapshot, None).await? {
            Ok(answer) => return Ok(answer),
            Err(conflict) => turn.again(conflict)?,
        }
    }
}

/// What the law says about a write.
struct Judged {
    world: World,
    /// A tenant that appears with it.
    stranger: Option<Tenant>,
    outcome: Outcome,
}

struct Write<'a> {
    app: &'a App,
    tenant: TenantId,
    principal: &'a Principal,
    /// What the caller holds, as the law is told: it is worked out on what the store says.
    judged_as: fn(&Principal, &Governance) -> Result<Actor>,
    initiator: Initiator,
    context: &'a Context,
    operation: &'a Operation,
    if_match: Option<&'a IfMatch>,
}

impl Write<'_> {
    /// Carries it out if what is in memory lets it pass and still holds when it is kept.
    async fn on_memory(&self) -> Result<Option<Answer>> {
        let other = self.other().await?;
        let ids: Vec<TenantId> = [self.tenant].into_iter().chain(other).collect();
        let snapshot = self.app.effective.snapshot(&ids).await?;
        let stranger = self.stranger(&snapshot, other);
        match self.judge(&snapshot, stranger) {
            Ok(judged) if judged.outcome.reason == Reason::Ok => {
                Ok(self.commit(&snapshot, judged).await?.ok())
            }
            _ => Ok(None),
        }
    }

    /// One attempt on what the store says; the inner error is that somebody else was faster.
    async fn attempt(&self) -> Attempt<Answer> {
        let other = self.other().await?;
        let ids: Vec<TenantId> = [self.tenant].into_iter().chain(other).collect();
        let snapshot = self.app.store.world(&ids, Reach::Settings).await?;
        let stranger = self.stranger(&snapshot, other);
        self.carry_out(&snapshot, stranger).await
    }

    async fn carry_out(&self, snapshot: &Snapshot, stranger: Option<Tenant>) -> Attempt<Answer> {
        let judged = self.judge(snapshot, stranger)?;
        match judged.outcome.reason {
            Reason::Ok => self.commit(snapshot, judged).await,
            _ => Err(self.refuse(judged).await?),
        }
    }

    fn judge(&self, snapshot: &Snapshot, stranger: Option<Tenant>) -> Result<Judged> {
        let nothing = Governance::default();
        let mut world = snapshot.world().clone();
        if let Some(stranger) = &stranger {
            world
                .tenants
                .insert(stranger.id, Arc::new(stranger.clone()));
        }
        let governed = world.tenant(self.tenant).map(|tenant| &tenant.governance);
        let governed = governed.unwrap_or(&nothing);
        let actor = (self.judged_as)(self.principal, governed)?;
        let outcome = administer(&world, self.tenant, &actor, self.operation, &size);
        self.precondition(snapshot, &outcome)?;
        Ok(Judged {
            world,
            stranger,
            outcome,
        })
    }

    /// The tenant the write names beside the caller's own: it is judged by its cloud, and whether
    /// it is known (S14.8).
    async fn other(&self) -> Result<Option<TenantId>> {
        let Operation::AddPartner(written) = self.operation else {
            return Ok(self.operation.partner().flatten());
        };
        for member in written {
            match member {
                Written::TenantId(Patch::Value(text)) => return Ok(text.parse().ok()),
                Written::Domain(Patch::Value(text)) => {
                    let Ok(domain) = text.parse() else {
                        return Ok(None);
                    };
                    return Ok(self.app.store.tenant_of_domain(&domain).await?);
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// A tenant nobody has registered, if the operator lets administrators register them by adding
    /// them as partners.
    fn stranger(&self, snapshot: &Snapshot, other: Option<TenantId>) -> Option<Tenant> {
        let adds = matches!(self.operation, Operation::AddPartner(_));
        let registers = self.app.options.unknown_tenants == UnknownTenants::Register;
        let other = other.filter(|other| snapshot.world().tenant(*other).is_none())?;
        let own = snapshot.world().tenant(self.tenant);
        let cloud = own.map_or(Cloud::Commercial, |own| own.cloud);
        (adds && registers).then(|| Tenant::registered(other, cloud))
    }

    /// `If-Match` is judged after everything that says that there is nothing to be matched.
    fn precondition(&self, snapshot: &Snapshot, outcome: &Outcome) -> Result<()> {
        let Some(if_match) = self.if_match else {
            return Ok(());
        };
        if matches!(outcome.status, 401 | 403 | 404 | 503) {
            return Ok(());
        }
        let version = snapshot.version(self.tenant);
        let revision = entity(self.operation)
            .zip(version)
            .and_then(|(entity, version)| version.of(entity));
        match if_match.holds(revision) {
            true => Ok(()),
            false => Err(ApiError::precondition_failed()),
        }
    }

    fn occasion(&self) -> Occasion {
        commit::occasion(self.context, self.initiator.clone())
    }

    fn record(&self, world: &World, entry: policy::audit::AuditEntry) -> AuditRecord {
        let policy = world.policy(self.tenant).and_then(|policy| policy.id);
        let mut record = AuditRecord::of_settings(self.tenant, policy, entry, self.occasion());
        let reason = self.context.reason.clone();
        record
            .details
            .extend(reason.map(|reason| ("reason".to_owned(), reason)));
        record
    }

    /// Refused: the log learns of it where the law says so (S16.3).
    async fn refuse(&self, judged: Judged) -> Result<ApiError> {
        let Judged { world, outcome, .. } = judged;
        if let Some(entry) = outcome.audit.clone() {
            let record = self.record(&world, entry);
            self.app.store.append_audit(&[record]).await?;
        }
        let authorize = authorize(self.app, self.tenant);
        Ok(ApiError::of_outcome(self.operation, &outcome, &authorize))
    }

    async fn commit(&self, snapshot: &Snapshot, judged: Judged) -> Attempt<Answer> {
        let Judged {
            mut world,
            stranger,
            outcome,
        } = judged;
        let mut audit: Vec<AuditRecord> = Vec::new();
        audit.extend(
            stranger
                .as_ref()
                .map(|stranger| self.registration(stranger)),
        );
        audit.extend(outcome.audit.map(|entry| self.record(&world, entry)));
        let effects = outcome.effects.clone().into_iter().map(Change::Effect);
        let creation = stranger.map(|stranger| Change::Create(Box::new(stranger)));
        let changes = creation.into_iter().chain(effects).chain(self.forgotten());
        let stamp = commit::stamp(self.context, self.initiator.clone());
        let committed = match commit::commit(self.app, snapshot, stamp, changes, audit).await? {
            Ok(committed) => committed,
            Err(conflict) => return Ok(Err(conflict)),
        };
        world.apply(&outcome.effects);
        let policy = world.policy(self.tenant).cloned().unwrap_or_default();
        Ok(Ok(Answer {
            policy: Held::Written(Box::new(policy)),
            revision: committed.revisions.get(&self.tenant).copied(),
        }))
    }

    /// What was deleted is gone once it is taken back or given up.
    fn forgotten(&self) -> Option<Change> {
        let (kind, key) = match self.operation {
            Operation::RestorePartner(key, _) | Operation::ForgetPartner(key, _) => {
                (DeletedKind::Partner, key)
            }
            Operation::RestoreSynchronization(key, _)
            | Operation::ForgetSynchronization(key, _) => (DeletedKind::Synchronization, key),
            _ => return None,
        };
        key.map(|partner| Change::Forget {
            tenant: self.tenant,
            kind,
            partner,
        })
    }

    /// What the operator's log says about a tenant that was registered by being added.
    fn registration(&self, tenant: &Tenant) -> AuditRecord {
        let occasion = self.occasion();
        let occasion = Occasion {
            initiator: Initiator {
                who: Who::System,
                ..occasion.initiator
            },
            user_agent: None,
            ..occasion
        };
        let entry = Entry {
            details: vec![("addedBy".to_owned(), self.tenant.to_string())],
            ..Entry::registry(tenant, "Register tenant", "Add")
        };
        entry.record_in(None, occasion, None)
    }
}
