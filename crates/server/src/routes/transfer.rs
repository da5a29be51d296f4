//! `/comity/v1/tenants/{id}/settings`: all settings of a tenant at once, as the documents Graph
//! answers with. `comity import --server` puts them, `comity export --server` gets them.
//!
//! A tenant's own administrators put and get their own. The operator gets all, and brings in a
//! tenant that is not hosted yet; whoever is hosted is left alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::export::{self, Documents};
use graph::import::{self, ImportError, Imported, Options};
use policy::effect::Effect;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde_json::{Map, Value, json};
use store::{AuditRecord, Change, Reach, Snapshot, Target};

use crate::administration;
use crate::body;
use crate::commit::{self, Attempt, Turn};
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::lookup::readable;
use crate::principal::Principal;
use crate::settings_import::{self, Refused};
use crate::state::App;

/// How much an export may be, if the operator does not let all bodies be larger.
const LARGEST: usize = 64 * 1024 * 1024;
/// How long a reason may be.
const LONGEST_REASON: usize = 1000;
/// What the documents are called.
const NAMES: [&str; 4] = [
    "organization.json",
    "crossTenantAccessPolicy.json",
    "default.json",
    "partners.json",
];

fn absent(id: &str) -> ApiError {
    let id: String = id.chars().take(100).collect();
    ApiError::not_found(format!("The settings of the tenant {id} are not here."))
}

pub(crate) async fn get_settings(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Response> {
    let tenant: TenantId = id.parse().map_err(|_| absent(&id))?;
    let policy = readable(&app, &principal, tenant).await?;
    let sheet = app.effective.with(&[tenant]).await?;
    let known = sheet.get(tenant).ok_or_else(|| absent(&id))?;
    let tenant = Tenant {
        policy: Some(policy),
        ..(*known.tenant).clone()
    };
    let documents = export::write(&tenant).ok_or_else(|| absent(&id))?;
    let Documents {
        organization,
        policy,
        default,
        partners,
    } = documents;
    let documents = NAMES.map(str::to_owned).into_iter();
    let documents: Map<String, Value> = documents
        .zip([organization, policy, default, partners])
        .collect();
    let answer = json!({
        "tenantId": tenant.id.to_string(),
        "revision": known.version.revision().to_string(),
        "documents": documents,
    });
    Ok(body::answer(200, &answer))
}

pub(crate) async fn put_settings(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let tenant: TenantId = id.parse().map_err(|_| absent(&id))?;
    let own = tenant == principal.tenant() && !principal.is_operator();
    if !own && !principal.is_operator() {
        return Err(absent(&id));
    }
    if own {
        principal.actor(false)?;
    }
    let limit = app.options.body_limit.max(LARGEST);
    let wanted = Wanted::read(tenant, &body::json(&headers, body, limit).await?)?;
    let import = Import {
        app: &app,
        principal: &principal,
        context: &context,
        wanted: &wanted,
    };
    let mut turn = Turn::of(&app, tenant).await;
    loop {
        match import.attempt().await? {
            Ok(report) => return Ok(body::answer(200, &report)),
            Err(conflict) => turn.again(conflict)?,
        }
    }
}

/// What a body wants.
struct Wanted {
    tenant: TenantId,
    documents: Vec<(String, Value)>,
    reason: Option<String>,
    dry_run: bool,
}

impl Wanted {
    fn read(tenant: TenantId, value: &Value) -> Result<Self> {
        let refuse = |path: &str, expected: &str| {
            ApiError::bad_body(format!("{path}: expected {expected}.")).at(path)
        };
        let members = value.as_object();
        let members = members.ok_or_else(|| ApiError::bad_body("Expected a JSON object."))?;
        let known = ["documents", "reason", "dryRun"];
        if let Some(name) = members.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(refuse(
                name,
                "no such member; known are documents, reason, dryRun",
            ));
        }
        let documents = members.get("documents").and_then(Value::as_object);
        let documents = documents.filter(|documents| !documents.is_empty());
        let documents = documents.ok_or_else(|| refuse("documents", "an object of documents"))?;
        let reason = match members.get("reason") {
            None | Some(Value::Null) => None,
            Some(Value::String(reason)) if reason.chars().count() <= LONGEST_REASON => {
                Some(reason.clone())
            }
            Some(_) => {
                let expected = format!("a text of at most {LONGEST_REASON} characters");
                return Err(refuse("reason", &expected));
            }
        };
        let dry_run = match members.get("dryRun") {
            None | Some(Value::Null) => false,
            Some(Value::Bool(dry_run)) => *dry_run,
            Some(_) => return Err(refuse("dryRun", "true or false")),
        };
        let documents = documents.iter();
        Ok(Wanted {
            tenant,
            documents: documents
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            reason,
            dry_run,
        })
    }

    /// The tenant as the documents describe it. Where it lives and what it has licensed is known
    /// already, if the tenant is.
    fn tenant(&self, known: Option<&Tenant>) -> Result<Imported> {
        let hosted = known.filter(|known| known.policy.is_some());
        let options = Options {
            tenant: Some(self.tenant),
            cloud: known.map(|known| known.cloud),
            p1: hosted.map(|known| known.p1),
        };
        import::read(&self.documents, &options).map_err(|error| unread(&error))
    }
}

/// Which document is at fault, and where in it.
fn unread(error: &ImportError) -> ApiError {
    let refusal = ApiError::bad_body(format!("The documents cannot be imported: {error}."));
    match &error.document {
        Some(name) => refusal.at(format!("documents[\"{name}\"].{}", error.error.path)),
        None => refusal.at("documents"),
    }
}

/// What an import does beside registering partners.
struct Plan {
    /// How many partners there are afterwards.
    partners: usize,
    changes: Vec<Change>,
    audit: Vec<AuditRecord>,
    /// The changes, as they are told.
    report: Value,
    created: bool,
}

/// Every partner that nobody has registered, in the cloud of the tenant.
fn strangers(snapshot: &Snapshot, tenant: &Tenant) -> Vec<Tenant> {
    let partners = tenant.policy.iter();
    let ids = partners.flat_map(|policy| policy.partners.iter().map(|entry| entry.tenant));
    let unknown = ids.filter(|id| snapshot.world().tenant(*id).is_none());
    let unknown = unknown.filter(|id| *id != tenant.id);
    unknown
        .map(|id| Tenant::registered(id, tenant.cloud))
        .collect()
}

struct Import<'a> {
    app: &'a App,
    principal: &'a Principal,
    context: &'a Context,
    wanted: &'a Wanted,
}

impl Import<'_> {
    /// One attempt; the inner error is that somebody else was faster.
    async fn attempt(&self) -> Attempt<Value> {
        let id = self.wanted.tenant;
        let store = &self.app.store;
        let first = store.world(&[id], Reach::Settings).await?;
        let Imported { tenant, notes } = self.wanted.tenant(first.world().tenant(id))?;
        let stored = first.world().policy(id);
        let policies = stored.into_iter().chain(tenant.policy.as_ref());
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
        let strangers = strangers(&snapshot, &tenant);
        let known = snapshot.world().tenant(id);
        let plan = match known.filter(|known| known.policy.is_some()) {
            Some(known) => self.change(&snapshot, known, tenant, &strangers).await?,
            None => self.creation(known, tenant)?,
        };
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        self.carry_out(&snapshot, plan, strangers, notes).await
    }

    async fn carry_out(
        &self,
        snapshot: &Snapshot,
        plan: Plan,
        strangers: Vec<Tenant>,
        notes: Vec<String>,
    ) -> Attempt<Value> {
        let id = self.wanted.tenant;
        let registered: Vec<String> = strangers
            .iter()
            .map(|tenant| tenant.id.to_string())
            .collect();
        let mut report = json!({
            "tenantId": id.to_string(),
            "created": plan.created,
            "dryRun": self.wanted.dry_run,
            "revision": snapshot.version(id).map(|version| version.revision().to_string()),
            "partners": plan.partners,
            "changes": plan.report,
            "registered": registered,
            "notes": notes,
        });
        if self.wanted.dry_run || plan.changes.is_empty() {
            return Ok(Ok(report));
        }
        let mut audit = plan.audit;
        let records = strangers.iter();
        audit.extend(records.map(|tenant| self.entry(tenant, "Register tenant", None)));
        let creations = strangers.into_iter().map(Box::new).map(Change::Create);
        let changes = creations.chain(plan.changes);
        let stamp = store::Stamp {
            reason: self.wanted.reason.clone(),
            ..commit::stamp(self.context, self.principal.initiator(self.context))
        };
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
    async fn change(
        &self,
        snapshot: &Snapshot,
        known: &Tenant,
        imported: Tenant,
        strangers: &[Tenant],
    ) -> Result<Plan> {
        if self.principal.is_operator() {
            let message = "The tenant is hosted here: its own administrators import its settings.";
            let mut refusal = ApiError::forbidden();
            refusal.message = message.to_owned();
            return Err(refusal);
        }
        let actor = self.principal.actor(false)?;
        let mut policy = imported.policy.unwrap_or_default();
        let stored = known.policy.as_ref();
        policy.id = policy.id.or(stored.and_then(|stored| stored.id));
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

    /// The operator brings in a tenant.
    fn creation(&self, known: Option<&Tenant>, imported: Tenant) -> Result<Plan> {
        if !self.principal.is_operator() {
            return Err(absent(&self.wanted.tenant.to_string()));
        }
        let partners = imported
            .policy
            .as_ref()
            .map_or(0, |policy| policy.partners.len());
        let mut audit = vec![self.entry(&imported, "Create tenant", None)];
        let changes = match known {
            None => vec![Change::Create(Box::new(imported.clone()))],
            Some(known) => {
                audit.push(self.entry(&imported, "Create tenant", Some(imported.id)));
                let domains = known.domains.union(&imported.domains).cloned().collect();
                let profile = Tenant {
                    display_name: imported.display_name.clone().or(known.display_name.clone()),
                    p1: imported.p1,
                    domains,
                    ..known.clone()
                };
                vec![
                    Change::Profile(Box::new(profile)),
                    Change::Effect(Effect::PutPolicy {
                        tenant: imported.id,
                        policy: Box::new(imported.policy.clone().unwrap_or_default()),
                    }),
                ]
            }
        };
        Ok(Plan {
            partners,
            changes,
            audit,
            report: Value::Array(Vec::new()),
            created: true,
        })
    }

    /// Refused: the log learns of it where the law says so (S16.3).
    async fn refuse(&self, known: &Tenant, refused: Refused) -> Result<ApiError> {
        let Refused {
            operation,
            outcome,
            partner,
        } = refused;
        if let (Some(mut entry), false) = (outcome.audit.clone(), self.wanted.dry_run) {
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
    fn entry(&self, tenant: &Tenant, activity: &str, log: Option<TenantId>) -> AuditRecord {
        let initiator = self.principal.initiator(self.context);
        let occasion = commit::occasion(self.context, initiator);
        AuditRecord {
            id: occasion.id,
            tenant: log,
            time: occasion.time,
            correlation: occasion.correlation,
            initiator: occasion.initiator,
            service: "Comity".to_owned(),
            category: "TenantRegistry".to_owned(),
            activity: activity.to_owned(),
            operation: "Add".to_owned(),
            failure: None,
            target: Target {
                kind: "Tenant".to_owned(),
                id: Some(tenant.id.to_string()),
                display_name: tenant.display_name.clone(),
                user_principal_name: None,
            },
            modified: Vec::new(),
            details: vec![("importedBy".to_owned(), self.principal.tenant().to_string())],
            user_agent: occasion.user_agent,
        }
    }
}
