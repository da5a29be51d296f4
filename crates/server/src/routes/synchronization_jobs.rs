//! `/comity/v1/tenants/{id}/synchronization/jobs`: what a tenant pushes to others (S12).

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use policy::target::UserId;
use policy::tenant::TenantId;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{AuditRecord, Moment, Revision, SyncJob, SyncStatus, SyncStep};

use crate::access::Right;
use crate::access::synchronization::{
    ALLOW_DELETIONS, CREATE_JOB, DELETE_JOB, GET_JOB, LIST_JOBS, PAUSE_JOB, PROVISION, RESTART_JOB,
    START_JOB, UPDATE_JOB,
};
use crate::body;
use crate::clock::moment;
use crate::context::Context;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::people::Deed;
use crate::principal::Principal;
use crate::state::App;
use crate::synchronization::end::next_run;
use crate::synchronization::on_demand::{Provisioned, provision};
use crate::synchronization::wire::{self, Draft};

/// How many jobs a tenant has at most.
const MOST: u32 = 1_000;
/// How often a write is judged again because the job itself went on meanwhile.
const TRIES: usize = 16;

const fn deed(activity: &'static str, operation: &'static str) -> Deed {
    Deed {
        category: "ProvisioningManagement",
        activity,
        operation,
        kind: "SynchronizationJob",
    }
}

const ADD: Deed = deed("Add provisioning configuration", "Add");
const UPDATE: Deed = deed("Update attribute mappings or scope", "Update");
const DELETE: Deed = deed("Delete provisioning configuration", "Delete");
const START: Deed = deed("Enable/start provisioning", "Update");
const PAUSE: Deed = deed("Disable/pause provisioning", "Update");
const RESTART: Deed = deed("Enable/restart provisioning", "Update");
const ALLOW: Deed = deed("Allow deletions", "Update");
const ON_DEMAND: Deed = deed("Provision on demand", "Update");

/// Who asks, about the jobs of which tenant.
pub(super) struct Counter<'a> {
    pub(super) app: &'a App,
    principal: &'a Principal,
    context: &'a Context,
    pub(super) source: TenantId,
}

impl<'a> Counter<'a> {
    /// The caller may, and the tenant is its own, or everybody's are because it runs the server.
    pub(super) async fn of(
        app: &'a App,
        principal: &'a Principal,
        context: &'a Context,
        right: &Right,
        id: &str,
    ) -> Result<Self> {
        principal.may(app, right).await?;
        let absent = || {
            let id: String = id.chars().take(100).collect();
            ApiError::not_found(format!("The settings of the tenant {id} are not here."))
        };
        let source: TenantId = id.parse().map_err(|_| absent())?;
        if source != principal.tenant() && !principal.is_operator() {
            return Err(absent());
        }
        let sheet = app.effective.with(&[source]).await?;
        let hosted = sheet.get(source).map(|known| Arc::clone(&known.tenant));
        match hosted.filter(|tenant| tenant.policy.is_some()) {
            None => Err(absent()),
            Some(_) => Ok(Counter {
                app,
                principal,
                context,
                source,
            }),
        }
    }

    fn now(&self) -> Moment {
        moment(self.context.received)
    }

    async fn job(&self, id: &str) -> Result<SyncJob> {
        let found = match id.parse() {
            Ok(id) => self.app.store.sync_job(self.source, id).await?,
            Err(_) => None,
        };
        found.ok_or_else(|| ApiError::not_found("The tenant has no such job."))
    }

    /// What the log says about which client speaks for whom.
    pub(super) fn noted(&self, deed: &Deed, source: TenantId, client: String) -> AuditRecord {
        let entry = Entry {
            service: "Account Provisioning",
            details: vec![("clientId".to_owned(), client)],
            ..deed.entry(Some(source.to_string()), None, Vec::new())
        };
        let initiator = self.principal.initiator(self.context);
        let occasion = crate::commit::occasion(self.context, initiator);
        entry.record_in(Some(self.source), occasion, None)
    }

    /// What the log of the source says.
    fn entry(&self, deed: &Deed, job: &SyncJob, before: &Value, after: &Value) -> AuditRecord {
        let name = job.settings.display_name.clone();
        let entry = Entry {
            service: "Account Provisioning",
            details: vec![("targetTenantId".to_owned(), job.target.to_string())],
            ..deed.changed(job.id, name, before, after)
        };
        let initiator = self.principal.initiator(self.context);
        let occasion = crate::commit::occasion(self.context, initiator);
        entry.record_in(Some(self.source), occasion, None)
    }

    /// Changes a job, again if it went on meanwhile.
    async fn change(
        &self,
        deed: &Deed,
        id: &str,
        make: impl Fn(&mut SyncJob) -> Result<()>,
    ) -> Result<SyncJob> {
        for _ in 0..TRIES {
            let before = self.job(id).await?;
            let mut job = before.clone();
            make(&mut job)?;
            let entry = self.entry(deed, &job, &wire::settings(&before), &wire::settings(&job));
            let step = SyncStep {
                audit: vec![entry],
                ..SyncStep::of(job.clone())
            };
            match self.app.store.write_sync_step(&step).await {
                Ok((version, _)) => return Ok(SyncJob { version, ..job }),
                Err(store::Error::Conflict { .. }) => {}
                Err(store::Error::NotFound(_)) => return self.job(id).await,
                Err(error) => return Err(error.into()),
            }
        }
        Err(busy())
    }
}

fn busy() -> ApiError {
    let message = "The job is being written all the time. Nothing was changed; try again.";
    ApiError::unavailable(message, None)
}

/// An action takes no members.
pub(super) async fn nothing(app: &App, headers: &HeaderMap, body: Body) -> Result<()> {
    let bytes = body::bytes(headers, body, app.options.body_limit).await?;
    if bytes.is_empty() {
        return Ok(());
    }
    body::expect_json(headers)?;
    let value: Value = serde_json::from_slice(&bytes)
        .map_err(|error| ApiError::bad_body(format!("The request body is not JSON: {error}.")))?;
    match value.as_object().is_some_and(serde_json::Map::is_empty) {
        true => Ok(()),
        false => Err(ApiError::bad_body("Expected nothing, or an empty object.")),
    }
}

pub(crate) async fn list_jobs(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
) -> Result<Response> {
    let counter = Counter::of(&app, &principal, &context, &LIST_JOBS, &id).await?;
    let jobs = app.store.sync_jobs(counter.source, None, MOST).await?;
    let jobs: Vec<Value> = jobs.iter().map(wire::render).collect();
    Ok(body::answer(200, &json!({"jobs": jobs})))
}

pub(crate) async fn create_job(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let counter = Counter::of(&app, &principal, &context, &CREATE_JOB, &id).await?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let draft: Draft = wire::read(value)?;
    let settings = draft.apply(&wire::initial())?;
    let target = draft.target(counter.source)?;
    let jobs = app.store.sync_jobs(counter.source, None, MOST).await?;
    if jobs.len() >= MOST as usize {
        let message = format!("A tenant has at most {MOST} jobs.");
        return Err(ApiError::conflict(message));
    }
    let due = settings.enabled.then(|| counter.now());
    let job = SyncJob {
        id: sts::random::guid(),
        source: counter.source,
        target,
        settings,
        connection: draft.connected(&app, None)?,
        status: SyncStatus::default(),
        due,
        version: Revision(1),
    };
    let entry = counter.entry(&ADD, &job, &wire::nothing(), &wire::settings(&job));
    match app.store.add_sync_job(&job, &[entry]).await {
        Ok(()) => Ok(body::answer(201, &wire::render(&job))),
        Err(store::Error::Taken(_)) => {
            let message = "The tenant has a job to that target; there is one for each target.";
            Err(ApiError::conflict(message))
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn get_job(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, job)): Path<(String, String)>,
) -> Result<Response> {
    let counter = Counter::of(&app, &principal, &context, &GET_JOB, &id).await?;
    Ok(body::answer(200, &wire::render(&counter.job(&job).await?)))
}

pub(crate) async fn update_job(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, job)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let counter = Counter::of(&app, &principal, &context, &UPDATE_JOB, &id).await?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let draft: Draft = wire::read(value)?;
    let now = counter.now();
    let change = |job: &mut SyncJob| {
        draft.keeps(job.target)?;
        let before = job.settings.clone();
        job.settings = draft.apply(&before)?;
        let connection = draft.connected(&app, job.connection.as_ref())?;
        let moved = connection != job.connection;
        job.connection = connection;
        let after = &job.settings;
        // A run that began under other rules begins anew, and looks at everybody.
        if moved
            || after.scope != before.scope
            || after.user_type != before.user_type
            || after.apply_user_type_always != before.apply_user_type_always
            || after.delete_in_target != before.delete_in_target
        {
            job.status = SyncStatus {
                last: job.status.last.take(),
                ..SyncStatus::default()
            };
            job.due = after.enabled.then_some(now);
        } else if after.enabled != before.enabled || job.status.current.is_some() {
            let runs = after.enabled && job.status.quarantine.is_none();
            job.due = runs.then_some(now);
        } else if after.interval != before.interval {
            let last = job.status.last.as_ref().map(|run| run.ended);
            job.due = next_run(job, last.unwrap_or(now));
        }
        Ok(())
    };
    let job = counter.change(&UPDATE, &job, change).await?;
    Ok(body::answer(200, &wire::render(&job)))
}

pub(crate) async fn delete_job(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, job)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let counter = Counter::of(&app, &principal, &context, &DELETE_JOB, &id).await?;
    nothing(&app, &headers, body).await?;
    for _ in 0..TRIES {
        let found = counter.job(&job).await?;
        let entry = counter.entry(&DELETE, &found, &wire::settings(&found), &wire::nothing());
        match app.store.delete_sync_job(&found, &[entry]).await {
            Ok(()) => return Ok(StatusCode::NO_CONTENT.into_response()),
            Err(store::Error::Conflict { .. } | store::Error::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(busy())
}

/// An action on a job, answered with the job.
macro_rules! action {
    ($name:ident, $right:ident, $deed:ident, $make:expr) => {
        pub(crate) async fn $name(
            State(app): State<App>,
            principal: Principal,
            context: Context,
            Path((id, job)): Path<(String, String)>,
            headers: HeaderMap,
            body: Body,
        ) -> Result<Response> {
            let counter = Counter::of(&app, &principal, &context, &$right, &id).await?;
            nothing(&app, &headers, body).await?;
            let now = counter.now();
            let make: fn(&mut SyncJob, Moment) -> Result<()> = $make;
            let changed = counter.change(&$deed, &job, |job| make(job, now)).await?;
            Ok(body::answer(200, &wire::render(&changed)))
        }
    };
}

action!(start_job, START_JOB, START, |job, now| {
    if job.status.quarantine.is_some() {
        let message =
            "The job is in quarantine: allowDeletions lets it go on, restart begins anew.";
        return Err(ApiError::conflict(message));
    }
    job.settings.enabled = true;
    job.due = Some(now);
    Ok(())
});

action!(pause_job, PAUSE_JOB, PAUSE, |job, _| {
    job.settings.enabled = false;
    job.due = None;
    Ok(())
});

action!(restart_job, RESTART_JOB, RESTART, |job, now| {
    job.status = SyncStatus {
        last: job.status.last.take(),
        ..SyncStatus::default()
    };
    job.settings.enabled = true;
    job.due = Some(now);
    Ok(())
});

action!(allow_deletions, ALLOW_DELETIONS, ALLOW, |job, now| {
    if job.status.quarantine.take().is_none() {
        let message = "The job is not in quarantine; there is nothing to allow.";
        return Err(ApiError::conflict(message));
    }
    job.status.deletions_allowed = true;
    job.due = job.settings.enabled.then_some(now);
    Ok(())
});

/// `{"user": …}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    user: String,
}

pub(crate) async fn provision_on_demand(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, job)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let counter = Counter::of(&app, &principal, &context, &PROVISION, &id).await?;
    let value = body::json(&headers, body, app.options.body_limit).await?;
    let wanted: Wanted = wire::read(value)?;
    let expected = || ApiError::bad_body("user: expected the id of a user.").at("user");
    let account: UserId = wanted.user.parse().map_err(|_| expected())?;
    let job = counter.job(&job).await?;
    let settings = wire::settings(&job);
    let mut entry = counter.entry(&ON_DEMAND, &job, &settings, &settings);
    entry.details.push(("user".to_owned(), account.to_string()));
    let done = provision(&app, job, account, counter.now(), &entry).await?;
    let answer = match done {
        Provisioned::Judged(outcome) => wire::provisioned(&outcome, principal.is_operator()),
        Provisioned::Unkeepable(why) => wire::unkeepable(&why),
    };
    Ok(body::answer(200, &answer))
}
