//! `/comity/v1/tenants/{id}/settings`: all settings of a tenant at once, as the documents Graph
//! answers with. `comity import --server` puts them, `comity export --server` gets them.
//!
//! A tenant's own administrators put and get their own. The operator gets all, and brings in a
//! tenant that is not hosted yet; whoever is hosted is left alone.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use graph::export::{self, Documents};
use graph::import::{self, ImportError, Imported, Options};
use policy::effect::Effect;
use policy::governance::Governance;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use store::Change;

use crate::body::{self, Asked};
use crate::commit::{Attempt, Turn};
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::history;
use crate::lookup::readable;
use crate::principal::Principal;
use crate::replacement::{self, Plan, Replacement};
use crate::state::App;

/// How much an export may be, if the operator does not let all bodies be larger.
const LARGEST: usize = 64 * 1024 * 1024;
/// What the documents are called.
const NAMES: [&str; 4] = [
    "organization.json",
    "crossTenantAccessPolicy.json",
    "default.json",
    "partners.json",
];

/// `?at=`: a revision, or a time.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct At {
    at: Option<String>,
}

fn absent(id: &str) -> ApiError {
    let id: String = id.chars().take(100).collect();
    ApiError::not_found(format!("The settings of the tenant {id} are not here."))
}

pub(crate) async fn get_settings(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    Asked(asked): Asked<At>,
) -> Result<Response> {
    let tenant: TenantId = id.parse().map_err(|_| absent(&id))?;
    let policy = readable(&app, &principal, tenant).await?;
    let sheet = app.effective.with(&[tenant]).await?;
    let known = sheet.get(tenant).ok_or_else(|| absent(&id))?;
    let (documents, revision) = match asked.at.as_deref() {
        None => {
            let documents = export::write_with(&known.tenant, &policy);
            (documents, known.version.revision())
        }
        Some(at) => {
            let past = history::settings(&app, tenant, at, "at").await?;
            let documents = export::write_with(&known.tenant, &past.policy);
            (documents, past.revision)
        }
    };
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
        "tenantId": tenant.to_string(),
        "revision": revision.to_string(),
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
        principal.actor(false, &Governance::default())?;
    }
    let limit = app.options.body_limit.max(LARGEST);
    let wanted = Wanted::read(tenant, &body::json(&headers, body, limit).await?)?;
    let import = Import {
        replacement: Replacement {
            app: &app,
            principal: &principal,
            context: &context,
            reason: wanted.reason.as_deref(),
            dry_run: wanted.dry_run,
        },
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
        let reason = replacement::reason(members.get("reason"))?;
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

struct Import<'a> {
    replacement: Replacement<'a>,
    wanted: &'a Wanted,
}

impl Import<'_> {
    /// One attempt; the inner error is that somebody else was faster.
    async fn attempt(&self) -> Attempt<Value> {
        let id = self.wanted.tenant;
        let replacement = &self.replacement;
        let target = |known: Option<&Tenant>| self.wanted.tenant(known);
        let policy = |imported: &Imported| imported.tenant.policy.clone();
        let (snapshot, imported) = match replacement.read(id, target, policy).await? {
            Ok(read) => read,
            Err(conflict) => return Ok(Err(conflict)),
        };
        let Imported { tenant, notes } = imported;
        let strangers = replacement::strangers(&snapshot, &tenant);
        let known = snapshot.world().tenant(id);
        let plan = match known.filter(|known| known.policy.is_some()) {
            Some(known) => {
                let policy = tenant.policy.unwrap_or_default();
                replacement
                    .plan(&snapshot, known, policy, &strangers)
                    .await?
            }
            None => self.creation(known, tenant)?,
        };
        let notes: Vec<String> = notes.iter().map(ToString::to_string).collect();
        replacement
            .carry_out(&snapshot, id, plan, strangers, notes)
            .await
    }

    /// The operator brings in a tenant.
    fn creation(&self, known: Option<&Tenant>, imported: Tenant) -> Result<Plan> {
        if !self.replacement.principal.is_operator() {
            return Err(absent(&self.wanted.tenant.to_string()));
        }
        let partners = imported
            .policy
            .as_ref()
            .map_or(0, |policy| policy.partners.len());
        let mut audit = vec![self.replacement.entry(&imported, "Create tenant", None)];
        let changes = match known {
            None => vec![Change::Create(Box::new(imported.clone()))],
            Some(known) => {
                audit.push(
                    self.replacement
                        .entry(&imported, "Create tenant", Some(imported.id)),
                );
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
}
