//! The settings of a tenant replaced as a whole: by an import, or by what they were before.
//!
//! What differs is judged like the writes an administrator would have made one by one (S14), kept
//! as one change under one reason, and told before it is done to whoever asks for a dry run.

use std::collections::BTreeSet;
use std::sync::Arc;

use policy::effect::Effect;
use policy::role::Action;
use policy::settings::Policy;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde_json::{Value, json};
use store::{AuditRecord, Change, Reach, Snapshot};

use crate::administration;
use crate::commit::{self, Attempt};
use crate::context::Context;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::settings_import::{self, Refused};
use crate::state::App;

/// How long a reason may be.
pub(crate) const LONGEST_REASON: usize = 1000;

/// A reason as a body states it.
pub(crate) fn reason(value: Option<&Value>) -> Result<Option<String>> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(reason)) if reason.chars().count() <= LONGEST_REASON => {
            Ok(Some(reason.clone()))
        }
        Some(_) => {
            let expected = format!("a text of at most {LONGEST_REASON} characters");
            Err(ApiError::bad_body(format!("reason: expected {expected}.")).at("reason"))
        }
    }
}

/// What a replacement does beside registering partners.
pub(crate) struct Plan {
    /// How many partners there are afterwards.
    pub(crate) partners: usize,
    pub(crate) changes: Vec<Change>,
    pub(crate) audit: Vec<AuditRecord>,
    /// The changes, as they are told.
    pub(crate) report: Value,
    pub(crate) created: bool,
}

/// Every partner that nobody has registered, in the cloud of the tenant.
pub(crate) fn strangers(snapshot: &Snapshot, tenant: &Tenant) -> Vec<Tenant> {
    let partners = tenant.policy.iter();
    let ids = partners.flat_map(|policy| policy.partners.iter().map(|entry| entry.tenant));
    let unknown = ids.filter(|id| snapshot.world().tenant(*id).is_none());
    let unknown = unknown.filter(|id| *id != tenant.id);
    unknown
        .map(|id| Tenant::registered(id, tenant.cloud))
        .collect()
}

/// What no administrator writes stays as it is stored (S14.6): who serves the tenant, and with whom
/// it is in a multitenant organization.
fn keep_read_only(policy: &mut Policy, stored: Option<&Policy>) {
    let ids: Vec<TenantId> = policy.partners.iter().map(|entry| entry.tenant).collect();
    for id in ids {
        let stands = stored.and_then(|stored| stored.partners.get(id));
        if let Some(entry) = policy.partners.get_mut(id) {
            entry.is_service_provider = stands.and_then(|entry| entry.is_service_provider);
            entry.is_in_multitenant_organization =
                stands.is_some_and(|entry| entry.is_in_multitenant_organization);
        }
    }
}

/// Who replaces settings, and why.
pub(crate) struct Replacement<'a> {
    pub(crate) app: &'a App,
    pub(crate) principal: &'a Principal,
    pub(crate) context: &'a Context,
    pub(crate) reason: Option<&'a str>,
    pub(crate) dry_run: bool,
}

impl Replacement<'_> {
    /// Reads the tenant, what it is to become, and every partner it has or will have, as they are at
    /// one moment.
    pub(crate) async fn read<T>(
        &self,
        id: TenantId,
        target: impl Fn(Option<&Tenant>) -> Result<T>,
        policy: impl Fn(&T) -> Option<Policy>,
    ) -> Attempt<(Snapshot, T)> {
        let store = &self.app.store;
        let first = store.world(&[id], Reach::Settings).await?;
        let wanted = target(first.world().tenant(id))?;
        let new = policy(&wanted);
        let policies = first.world().policy(id).into_iter().chain(new.as_ref());
        let ids = policies.flat_map(|policy| policy.partners.iter().map(|entry| entry.tenant));
        let mut ids: BTreeSet<TenantId> = ids.collect();
        ids.insert(id);
        let ids: Vec<TenantId> = ids.into_iter().collect();
        let snapshot = store.world(&ids, Reach::Settings).await?;
        if snapshot.version(id) != first.version(id) {
            // Somebody wrote between the two readings; what was read first is not looked at again.
            let revision = |read: &Snapshot| read.version(id).map_or(0, |of| of.revision().0);
            return Ok(Err(store::Error::Conflict {
                of: store::Subject::Tenant(id),
                expected: revision(&first),
                found: revision(&snapshot),
            }));
        }
        Ok(Ok((snapshot, wanted)))
    }

    /// Registers the strangers and commits. The report says what was done, or would be.
    pub(crate) async fn carry_out(
        &self,
        snapshot: &Snapshot,
        id: TenantId,
        plan: Plan,
        strangers: Vec<Tenant>,
        notes: Vec<String>,
    ) -> Attempt<Value> {
        let registered: Vec<String> = strangers
            .iter()
            .map(|tenant| tenant.id.to_string())
            .collect();
        let mut report = json!({
            "tenantId": id.to_string(),
            "created": plan.created,
            "dryRun": self.dry_run,
            "revision": snapshot.version(id).map(|version| version.revision().to_string()),
            "partners": plan.partners,
            "changes": plan.report,
            "registered": registered,
            "notes": notes,
        });
        if self.dry_run || plan.changes.is_empty() {
            return Ok(Ok(report));
        }
        let mut audit = plan.audit;
        let records = strangers.iter();
        audit.extend(records.map(|tenant| self.entry(tenant, "Register tenant", None)));
        let creations = strangers.into_iter().map(Box::new).map(Change::Create);
        let changes = creations.chain(plan.changes);
        let mut stamp = commit::stamp(self.context, self.principal.initiator(self.context));
        stamp.reason = self.reason.map(str::to_owned).or(stamp.reason);
        let committed = commit::commit(self.app, snapshot, stamp, changes, audit).await?;
        Ok(committed.map(|committed| {
            let revision = committed.revisions.get(&id);
            if let (Some(members), Some(revision)) = (report.as_object_mut(), revision) {
                members.insert("revision".to_owned(), revision.to_string().into());
            }
            report
        }))
    }

    /// The settings of a hosted tenant become others. What it is called, where it lives and what it
    /// has licensed are the operator's facts and stay.
    pub(crate) async fn plan(
        &self,
        snapshot: &Snapshot,
        known: &Tenant,
        mut policy: Policy,
        strangers: &[Tenant],
    ) -> Result<Plan> {
        if self.principal.is_operator() {
            let message = "The tenant is hosted here: its own administrators import its settings.";
            let mut refusal = ApiError::forbidden();
            refusal.message = message.to_owned();
            return Err(refusal);
        }
        let actor = self.principal.actor(false, &known.governance)?;
        // Each change is judged by itself below; here it matters that without one nobody gets by.
        let mut writes = Action::ALL.iter().filter(|action| !action.is_read());
        if !writes.any(|action| actor.holds(*action)) {
            return Err(ApiError::forbidden());
        }
        let stored = known.policy.as_ref();
        policy.id = policy.id.or(stored.and_then(|stored| stored.id));
        keep_read_only(&mut policy, stored);
        let mut world = snapshot.world().clone();
        for stranger in strangers {
            world
                .tenants
                .insert(stranger.id, Arc::new(stranger.clone()));
        }
        let judged = settings_import::judge(&world, known, &actor, &policy);
        let judged = match judged {
            Ok(judged) => judged,
            Err(refused) => return Err(self.refuse(known, *refused).await?),
        };
        let same = stored == Some(&policy);
        let occasion = || {
            let initiator = self.principal.initiator(self.context);
            commit::occasion(self.context, initiator)
        };
        let report = judged.audit.iter().map(|entry| {
            let properties: Vec<&str> = entry
                .modified
                .iter()
                .map(|property| property.name.as_str())
                .collect();
            json!({
                "activity": entry.activity.as_str(),
                "partner": entry.partner.map(|partner| partner.to_string()),
                "properties": properties,
            })
        });
        let report = report.collect();
        let audit = judged.audit.into_iter();
        let audit = audit
            .map(|entry| AuditRecord::of_settings(known.id, policy.id, entry, occasion()))
            .collect();
        let partners = policy.partners.len();
        let put = Effect::PutPolicy {
            tenant: known.id,
            policy: Box::new(policy),
        };
        Ok(Plan {
            partners,
            // Documents that say what is stored already change nothing, and leave no entry.
            changes: match same {
                true => Vec::new(),
                false => vec![Change::Effect(put)],
            },
            audit,
            report,
            created: false,
        })
    }

    /// Refused: the log learns of it where the law says so (S16.3).
    async fn refuse(&self, known: &Tenant, refused: Refused) -> Result<ApiError> {
        let Refused {
            operation,
            outcome,
            partner,
        } = refused;
        if let (Some(mut entry), false) = (outcome.audit.clone(), self.dry_run) {
            entry.partner = entry.partner.or(partner);
            let policy = known.policy.as_ref().and_then(|policy| policy.id);
            let initiator = self.principal.initiator(self.context);
            let occasion = commit::occasion(self.context, initiator);
            let record = AuditRecord::of_settings(known.id, policy, entry, occasion);
            self.app.store.append_audit(&[record]).await?;
        }
        let authorize = administration::authorize(self.app, known.id);
        let mut error = ApiError::of_outcome(&operation, &outcome, &authorize);
        if let Some(partner) = partner {
            error.message = format!("Partner {partner}: {}", error.message);
        }
        Ok(error)
    }

    /// What the log says about a tenant that appears.
    pub(crate) fn entry(
        &self,
        tenant: &Tenant,
        activity: &'static str,
        log: Option<TenantId>,
    ) -> AuditRecord {
        let initiator = self.principal.initiator(self.context);
        let occasion = commit::occasion(self.context, initiator);
        let entry = Entry {
            details: vec![("importedBy".to_owned(), self.principal.tenant().to_string())],
            ..Entry::registry(tenant, activity, "Add")
        };
        entry.record_in(log, occasion, None)
    }
}
