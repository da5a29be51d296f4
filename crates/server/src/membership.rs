//! Changes to multitenant organizations (S13): a fact of the tenants in them, so a change may touch
//! the settings of many tenants, and all of it is one commit.
//!
//! Each tenant whose entries change has an entry in its own log. It learns what was done and by
//! which tenant; who did it there is that tenant's own affair.

use std::collections::BTreeSet;

use graph::settings::root::size_in_bytes;
use policy::administer::{LEGACY_LIMIT_BYTES, Refused};
use policy::effect::Effect;
use policy::membership::{Outcome, Refusal};
use policy::reason::Reason;
use policy::tenant::TenantId;
use policy::world::{Storage, World};
use store::{AuditRecord, Change, Facts, Initiator, Occasion, Reach, Snapshot, Target, Who};

use crate::commit::{self, Attempt, Turn};
use crate::context::Context;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

/// What the logs call it (S16.4).
#[derive(Clone, Copy)]
pub(crate) struct Deed {
    category: &'static str,
    activity: &'static str,
    operation: &'static str,
}

const ORGANIZATION: &str = "MultiTenantOrg";
const TENANT: &str = "MultiTenantOrgTenant";

const fn deed(category: &'static str, activity: &'static str, operation: &'static str) -> Deed {
    Deed {
        category,
        activity,
        operation,
    }
}

pub(crate) const CREATE: Deed = deed(ORGANIZATION, "Create a MultiTenantOrg", "Add");
pub(crate) const UPDATE: Deed = deed(ORGANIZATION, "Update a MultiTenantOrg", "Update");
const DELETE: Deed = deed(ORGANIZATION, "Hard Delete MultiTenantOrg", "Delete");
pub(crate) const ADD_TENANT: Deed = deed(TENANT, "Add MultiTenantOrg tenant", "Add");
pub(crate) const UPDATE_TENANT: Deed = deed(TENANT, "Update MultiTenantOrg tenant", "Update");
pub(crate) const DELETE_TENANT: Deed = deed(TENANT, "Delete MultiTenantOrg tenant", "Delete");
pub(crate) const JOIN: Deed = deed(TENANT, "Tenant joining MultiTenantOrg tenant", "Update");

/// A change to an organization, by an administrator of a tenant.
pub(crate) struct Membership<'a> {
    pub(crate) app: &'a App,
    pub(crate) principal: &'a Principal,
    pub(crate) context: &'a Context,
    pub(crate) deed: Deed,
    /// The tenant it is about.
    pub(crate) about: TenantId,
}

impl Membership<'_> {
    /// Judges and commits, and judges again when somebody else was faster.
    pub(crate) async fn carry_out(
        &self,
        judge: impl Fn(&World) -> std::result::Result<Outcome, Refusal>,
    ) -> Result<()> {
        let mut turn = Turn::of(self.app, self.principal.tenant()).await;
        loop {
            match self.attempt(&judge).await? {
                Ok(()) => return Ok(()),
                Err(conflict) => turn.again(conflict)?,
            }
        }
    }

    async fn attempt(
        &self,
        judge: &impl Fn(&World) -> std::result::Result<Outcome, Refusal>,
    ) -> Attempt<()> {
        let snapshot = self.snapshot().await?;
        let world = snapshot.world();
        match judge(world).and_then(|outcome| fits(world, outcome)) {
            Ok(outcome) => self.commit(&snapshot, outcome).await,
            Err(refusal) => Err(self.refuse(refusal).await?),
        }
    }

    /// The caller, the tenant it is about, and everybody in an organization with one of them, as
    /// they are at one moment.
    async fn snapshot(&self) -> Result<Snapshot> {
        let mut ids = BTreeSet::from([self.principal.tenant(), self.about]);
        loop {
            let list: Vec<TenantId> = ids.iter().copied().collect();
            let snapshot = self.app.store.world(&list, Reach::Settings).await?;
            let concerned = concerned(snapshot.world(), self.principal.tenant(), self.about);
            if concerned.is_subset(&ids) {
                return Ok(snapshot);
            }
            ids.extend(concerned);
        }
    }

    async fn commit(&self, snapshot: &Snapshot, outcome: Outcome) -> Attempt<()> {
        let Outcome {
            organizations,
            policies,
        } = outcome;
        let mut deeds = vec![self.deed];
        if organizations.len() < snapshot.world().multitenant_organizations.len() {
            deeds.push(DELETE);
        }
        let touched = policies.iter().map(|(tenant, _)| *tenant);
        let mut logs: BTreeSet<Option<TenantId>> = touched.map(Some).collect();
        logs.extend([None, Some(self.principal.tenant())]);
        if snapshot.world().policy(self.about).is_some() {
            logs.insert(Some(self.about));
        }
        let audit = deeds.iter().flat_map(|deed| {
            let logs = logs.iter();
            logs.map(|log| self.record(*deed, *log, None))
        });
        let audit: Vec<AuditRecord> = audit.collect();
        let mut world = snapshot.world().clone();
        world.multitenant_organizations = organizations;
        let facts = Change::Facts(Box::new(Facts::of(&world)));
        let policies = policies.into_iter().map(|(tenant, policy)| {
            Change::Effect(Effect::PutPolicy {
                tenant,
                policy: Box::new(policy),
            })
        });
        let stamp = commit::stamp(self.context, self.principal.initiator(self.context));
        let changes = policies.chain([facts]);
        let committed = commit::commit(self.app, snapshot, stamp, changes, audit).await?;
        Ok(committed.map(drop))
    }

    /// Refused: the caller's log learns of it where the law says so (S16.3).
    async fn refuse(&self, refusal: Refusal) -> Result<ApiError> {
        let (error, reason) = refused(refusal);
        if policy::audit::leaves_failure_row(reason) {
            let log = Some(self.principal.tenant());
            let record = self.record(self.deed, log, Some(reason));
            self.app.store.append_audit(&[record]).await?;
        }
        Ok(error)
    }

    fn record(&self, deed: Deed, log: Option<TenantId>, failure: Option<Reason>) -> AuditRecord {
        let own = self.principal.tenant();
        let is_foreign = log.is_some_and(|log| log != own);
        let initiator = self.principal.initiator(self.context);
        let initiator = match is_foreign {
            true => Initiator {
                who: Who::System,
                address: None,
                ..initiator
            },
            false => initiator,
        };
        let occasion = commit::occasion(self.context, initiator);
        let occasion = Occasion {
            user_agent: occasion.user_agent.clone().filter(|_| !is_foreign),
            ..occasion
        };
        let entry = Entry {
            service: "Core Directory",
            category: deed.category,
            activity: deed.activity,
            operation: deed.operation,
            target: Target {
                kind: "MultiTenantOrg".to_owned(),
                id: Some(self.about.to_string()),
                display_name: None,
                user_principal_name: None,
            },
            modified: Vec::new(),
            details: vec![
                ("tenantId".to_owned(), self.about.to_string()),
                ("byTenantId".to_owned(), own.to_string()),
            ],
        };
        entry.record_in(log, occasion, failure)
    }
}

/// Everybody in an organization that lists one of the two.
fn concerned(world: &World, caller: TenantId, about: TenantId) -> BTreeSet<TenantId> {
    let organizations = world.multitenant_organizations.iter();
    let organizations =
        organizations.filter(|organization| organization.has(caller) || organization.has(about));
    let members = organizations.flat_map(|organization| &organization.members);
    let members = members.map(|member| member.tenant);
    members.chain([caller, about]).collect()
}

/// A tenant that is being moved takes no entry (S14.5), and one in legacy storage none for which it
/// has no room (S14.11).
fn fits(world: &World, outcome: Outcome) -> std::result::Result<Outcome, Refusal> {
    for (tenant, policy) in &outcome.policies {
        match world.tenant(*tenant).map(|tenant| tenant.storage) {
            Some(Storage::Migrating) => return Err(Reason::PolicyMigrating.into()),
            Some(Storage::Legacy) if size_in_bytes(policy) > LEGACY_LIMIT_BYTES => {
                return Err(Reason::PolicyObjectLimit.into());
            }
            _ => {}
        }
    }
    Ok(outcome)
}

/// The answer to a refusal, and the reason that the log gets.
fn refused(refusal: Refusal) -> (ApiError, Reason) {
    let message = refusal.to_string();
    match refusal {
        Refusal::Ruled(reason) => {
            let refused = Refused::from(reason);
            (ApiError::of_refused(&refused, &[]), reason)
        }
        Refusal::NotActive | Refusal::NotListed => {
            (ApiError::not_found(message), Reason::MtoNotInvited)
        }
        Refusal::NotOwner => {
            let mut error = ApiError::forbidden();
            error.message = message;
            (error, Reason::Forbidden)
        }
        Refusal::Listed => (ApiError::conflict(message), Reason::MtoAlreadyMember),
        Refusal::LastOwner => (ApiError::bad_body(message), Reason::MtoNotInvited),
        Refusal::Full => (ApiError::bad_body(message), Reason::MtoTenantLimit),
    }
}
