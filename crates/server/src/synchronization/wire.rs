//! A job on the wire: what administrators write, and what they read.

use policy::reason::Reason;
use policy::synchronization::{Comparison, Condition, SyncAction, SyncOutcome, SyncScope};
use policy::tenant::TenantId;
use policy::world::UserType;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use store::{
    Cycle, FinishedRun, Moment, Phase, SyncConnection, SyncCounts, SyncJob, SyncRun, SyncSettings,
};

use super::remote::{check, seal};
use super::row::is_own;
use crate::error::{ApiError, Result};
use crate::state::App;

/// Minutes from one run to the next, unless somebody says otherwise.
const INTERVAL: u32 = 40;
/// At most so many: a week.
const LONGEST_INTERVAL: u32 = 7 * 24 * 60;
/// How many deletions one run may make, unless somebody says otherwise.
const THRESHOLD: u32 = 500;
const LARGEST_THRESHOLD: u32 = 1_000_000;
const LONGEST_NAME: usize = 256;
const LONGEST_VALUE: usize = 1_024;
const MOST_USERS: usize = 10_000;
const MOST_GROUPS: usize = 1_000;
const MOST_CONDITIONS: usize = 50;

/// What somebody writes about a job. What is not said stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Draft {
    target_tenant_id: Option<String>,
    #[serde(deserialize_with = "told")]
    display_name: Option<Option<String>>,
    schedule: Option<ScheduleText>,
    scope: Option<ScopeText>,
    user_type_mapping: Option<UserTypeText>,
    apply_user_type_always: Option<bool>,
    target_object_delete: Option<bool>,
    #[serde(deserialize_with = "told")]
    accidental_deletion_threshold: Option<Option<u32>>,
    #[serde(deserialize_with = "told")]
    connection: Option<Option<ConnectionText>>,
}

/// How a target elsewhere is reached. The secret is written only.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConnectionText {
    endpoint: String,
    token_url: String,
    client_id: String,
    client_secret: Option<String>,
}

/// Hides the secret.
impl std::fmt::Debug for ConnectionText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionText")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// Tells null from nothing.
fn told<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    value: D,
) -> std::result::Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(value).map(Some)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScheduleText {
    interval_minutes: Option<u32>,
    enabled: Option<bool>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum UserTypeText {
    Member,
    Guest,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct ScopeText {
    all: bool,
    users: Vec<String>,
    groups: Vec<String>,
    filter: Vec<ConditionText>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConditionText {
    attribute: String,
    #[serde(default)]
    operator: OperatorText,
    value: String,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum OperatorText {
    #[default]
    Equals,
    NotEquals,
}

fn refuse(path: &str, expected: &str) -> ApiError {
    ApiError::bad_body(format!("{path}: expected {expected}.")).at(path)
}

/// Reads a body, with the member that is wrong.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        match path.as_str() {
            "." => ApiError::bad_body(format!("The request body cannot be read: {message}.")),
            path => ApiError::bad_body(format!("{path}: {message}.")).at(path),
        }
    })
}

impl Draft {
    /// The target that a new job names.
    pub(crate) fn target(&self, source: TenantId) -> Result<TenantId> {
        let path = "targetTenantId";
        let target = self.target_tenant_id.as_deref();
        let target = target.and_then(|id| id.parse().ok());
        let target = target.ok_or_else(|| refuse(path, "the id of a tenant"))?;
        match target == source {
            true => Err(refuse(path, "another tenant than the source")),
            false => Ok(target),
        }
    }

    /// Demands that a job which is there keeps its target: it has made objects there.
    pub(crate) fn keeps(&self, target: TenantId) -> Result<()> {
        match &self.target_tenant_id {
            Some(id) if id.parse() != Ok(target) => {
                let expected = "the target the job has; another target is another job";
                Err(refuse("targetTenantId", expected))
            }
            _ => Ok(()),
        }
    }

    /// The connection with what is written. The secret that is kept goes nowhere but where it was
    /// meant for.
    pub(crate) fn connected(
        &self,
        app: &App,
        before: Option<&SyncConnection>,
    ) -> Result<Option<SyncConnection>> {
        let said = match &self.connection {
            None => return Ok(before.cloned()),
            Some(None) => return Ok(None),
            Some(Some(said)) => said,
        };
        for (path, text) in [
            ("connection.endpoint", &said.endpoint),
            ("connection.tokenUrl", &said.token_url),
        ] {
            if text.len() > LONGEST_VALUE {
                return Err(refuse(path, "a shorter address"));
            }
            check(text, &app.options.synchronization_networks).map_err(|why| {
                ApiError::bad_body(format!("{path}: the address {why}.")).at(path)
            })?;
        }
        if said.client_id.is_empty() || said.client_id.len() > LONGEST_NAME {
            return Err(refuse("connection.clientId", "the id of a client there"));
        }
        let same = before.filter(|before| {
            before.endpoint == said.endpoint
                && before.token_url == said.token_url
                && before.client == said.client_id
        });
        let path = "connection.clientSecret";
        let sealed = match (&said.client_secret, same) {
            (Some(secret), _) if secret.is_empty() || secret.len() > LONGEST_VALUE => {
                return Err(refuse(path, "the secret of the client"));
            }
            (Some(secret), _) => seal(app, secret)
                .ok_or_else(|| ApiError::internal("there is no key to seal a secret with"))?,
            (None, Some(same)) => same.sealed.clone(),
            (None, None) => return Err(refuse(path, "the secret of the client")),
        };
        Ok(Some(SyncConnection {
            endpoint: said.endpoint.clone(),
            token_url: said.token_url.clone(),
            client: said.client_id.clone(),
            sealed,
        }))
    }

    /// The settings with what is written.
    pub(crate) fn apply(&self, settings: &SyncSettings) -> Result<SyncSettings> {
        let mut settings = settings.clone();
        if let Some(name) = &self.display_name {
            let name = name
                .as_deref()
                .map(str::trim)
                .filter(|name| !name.is_empty());
            if name.is_some_and(|name| name.chars().count() > LONGEST_NAME) {
                return Err(refuse("displayName", "a name of at most 256 characters"));
            }
            settings.display_name = name.map(str::to_owned);
        }
        if let Some(schedule) = &self.schedule {
            settings.interval = schedule.interval_minutes.unwrap_or(settings.interval);
            settings.enabled = schedule.enabled.unwrap_or(settings.enabled);
            if !(1..=LONGEST_INTERVAL).contains(&settings.interval) {
                let path = "schedule.intervalMinutes";
                return Err(refuse(path, "a number from 1 to 10080"));
            }
        }
        if let Some(scope) = &self.scope {
            settings.scope = scope.read()?;
        }
        if let Some(user_type) = self.user_type_mapping {
            settings.user_type = match user_type {
                UserTypeText::Member => UserType::Member,
                UserTypeText::Guest => UserType::Guest,
            };
        }
        if let Some(always) = self.apply_user_type_always {
            settings.apply_user_type_always = always;
        }
        if let Some(deletes) = self.target_object_delete {
            settings.delete_in_target = deletes;
        }
        if let Some(threshold) = self.accidental_deletion_threshold {
            if threshold.is_some_and(|most| most > LARGEST_THRESHOLD) {
                let path = "accidentalDeletionThreshold";
                return Err(refuse(path, "a number up to 1000000, or null for none"));
            }
            settings.deletion_threshold = threshold;
        }
        Ok(settings)
    }
}

/// The settings of a job about which nothing has been said.
pub(crate) fn initial() -> SyncSettings {
    SyncSettings {
        display_name: None,
        interval: INTERVAL,
        enabled: true,
        scope: SyncScope::default(),
        user_type: UserType::Member,
        apply_user_type_always: false,
        delete_in_target: true,
        deletion_threshold: Some(THRESHOLD),
    }
}

impl ScopeText {
    fn read(&self) -> Result<SyncScope> {
        for (path, count, most) in [
            ("scope.users", self.users.len(), MOST_USERS),
            ("scope.groups", self.groups.len(), MOST_GROUPS),
            ("scope.filter", self.filter.len(), MOST_CONDITIONS),
        ] {
            if count > most {
                return Err(refuse(path, &format!("at most {most} entries")));
            }
        }
        let conditions = self.filter.iter().enumerate();
        let conditions = conditions.map(|(index, condition)| condition.read(index));
        Ok(SyncScope {
            all: self.all,
            users: ids(&self.users, "scope.users", "the id of a user")?,
            groups: ids(&self.groups, "scope.groups", "the id of a group")?,
            filter: conditions.collect::<Result<_>>()?,
        })
    }
}

fn ids<T: std::str::FromStr + Ord>(
    texts: &[String],
    path: &str,
    expected: &str,
) -> Result<std::collections::BTreeSet<T>> {
    let read = texts.iter().enumerate().map(|(index, text)| {
        let id = text.parse();
        id.map_err(|_| refuse(&format!("{path}[{index}]"), expected))
    });
    read.collect()
}

impl ConditionText {
    fn read(&self, index: usize) -> Result<Condition> {
        let at = |member: &str| format!("scope.filter[{index}].{member}");
        let is_text = |text: &str, most: usize| {
            let length = text.chars().count();
            (1..=most).contains(&length) && !text.chars().any(char::is_control)
        };
        if !is_text(&self.attribute, LONGEST_NAME) {
            return Err(refuse(&at("attribute"), "the name of an attribute"));
        }
        if !is_text(&self.value, LONGEST_VALUE) {
            return Err(refuse(&at("value"), "a value of at most 1024 characters"));
        }
        Ok(Condition {
            attribute: self.attribute.clone(),
            comparison: match self.operator {
                OperatorText::Equals => Comparison::Equals,
                OperatorText::NotEquals => Comparison::NotEquals,
            },
            value: self.value.clone(),
        })
    }
}

fn time(moment: Moment) -> Option<String> {
    let time = jiff::Timestamp::from_nanosecond(moment.as_nanoseconds()).ok()?;
    Some(time.to_string())
}

/// The words of a cycle.
const fn cycle(cycle: Cycle) -> &'static str {
    match cycle {
        Cycle::Initial => "initial",
        Cycle::Full => "full",
        Cycle::Changes => "changes",
    }
}

const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Accounts => "accounts",
        Phase::Counting => "countingDeletions",
        Phase::Deleting => "deleting",
    }
}

/// Where a job stands, in one word.
fn state(job: &SyncJob) -> &'static str {
    match (
        &job.status.quarantine,
        job.settings.enabled,
        &job.status.current,
    ) {
        (Some(_), _, _) => "quarantine",
        (None, false, _) => "paused",
        (None, true, Some(_)) => "inProgress",
        (None, true, None) => "active",
    }
}

/// A job.
pub(crate) fn render(job: &SyncJob) -> Value {
    let settings = &job.settings;
    let status = &job.status;
    let next = match status.current {
        Some(_) => None,
        None => job.due.and_then(time),
    };
    let quarantine = status.quarantine.as_ref().map(|waiting| {
        json!({
            "reason": "deletionThresholdExceeded",
            "since": time(waiting.since),
            "deletions": waiting.deletions,
        })
    });
    json!({
        "id": job.id.to_string(),
        "sourceTenantId": job.source.to_string(),
        "targetTenantId": job.target.to_string(),
        "displayName": settings.display_name,
        "schedule": {"intervalMinutes": settings.interval, "enabled": settings.enabled},
        "scope": scope(&settings.scope),
        "userTypeMapping": settings.user_type.as_str(),
        "applyUserTypeAlways": settings.apply_user_type_always,
        "targetObjectDelete": settings.delete_in_target,
        "accidentalDeletionThreshold": settings.deletion_threshold,
        "connection": job.connection.as_ref().map(|connection| {
            json!({
                "endpoint": connection.endpoint,
                "tokenUrl": connection.token_url,
                "clientId": connection.client,
            })
        }),
        "status": {
            "state": state(job),
            "quarantine": quarantine,
            "nextRun": next,
            "currentRun": status.current.as_ref().map(running),
            "lastRun": status.last.as_ref().map(finished),
        },
    })
}

fn scope(scope: &SyncScope) -> Value {
    let SyncScope {
        all,
        users,
        groups,
        filter,
    } = scope;
    let conditions = filter.iter().map(|condition| {
        json!({
            "attribute": condition.attribute,
            "operator": match condition.comparison {
                Comparison::Equals => "equals",
                Comparison::NotEquals => "notEquals",
            },
            "value": condition.value,
        })
    });
    json!({
        "all": all,
        "users": users.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "groups": groups.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "filter": conditions.collect::<Vec<_>>(),
    })
}

fn counts(counts: SyncCounts) -> Value {
    let SyncCounts {
        created,
        updated,
        unchanged,
        deleted,
        skipped,
        failed,
    } = counts;
    json!({
        "created": created,
        "updated": updated,
        "unchanged": unchanged,
        "deleted": deleted,
        "skipped": skipped,
        "failed": failed,
    })
}

fn running(run: &SyncRun) -> Value {
    json!({
        "id": run.id.to_string(),
        "kind": cycle(run.cycle),
        "started": time(run.started),
        "phase": phase(run.phase),
        "counts": counts(run.counts),
    })
}

fn finished(run: &FinishedRun) -> Value {
    let error = run.failure.map(|(reason, side)| {
        json!({
            "code": reason.as_str(),
            "message": reason.sentence(),
            "side": side.map(|side| side.as_str()),
        })
    });
    let problem = run.problem.as_ref();
    let problem = problem.map(|problem| json!({"code": null, "message": problem, "side": null}));
    json!({
        "id": run.id.to_string(),
        "kind": cycle(run.cycle),
        "started": time(run.started),
        "ended": time(run.ended),
        "counts": counts(run.counts),
        "error": error.or(problem),
    })
}

/// What became of one account, in the words of the policy tests. Of the target's settings the
/// source learns that they refuse; the operator sees everything.
pub(crate) fn provisioned(outcome: &SyncOutcome, sees_all: bool) -> Value {
    let object = outcome.object.as_ref();
    let created = outcome.action == SyncAction::Create;
    let seen = sees_all || is_own(outcome.side);
    let word = |word: Option<&'static str>| word;
    json!({
        "action": outcome.action.as_str(),
        "reason": outcome.reason.as_str(),
        "sentence": outcome.reason.sentence(),
        "side": word(outcome.side.map(|side| side.as_str())),
        "detail": word(outcome.detail.filter(|_| seen).map(|detail| detail.as_str())),
        "source": word(outcome.origin.filter(|_| seen).map(|origin| origin.as_str())),
        "user": object.map(|object| object.id.to_string()),
        "userType": word(object.map(|object| object.user_type.as_str())),
        "externalUserState": word(object.and_then(|o| o.redemption).map(|state| state.as_str())),
        "accountEnabled": object.map(|object| object.enabled),
        "invitationEmail": created.then_some(false),
        "notificationEmail": created.then_some(false),
        "consentPrompt": word(outcome.prompt.map(|prompt| prompt.as_str())),
        "audit": outcome.activity().map(graph::invitation::related),
    })
}

/// The same for an account that cannot be kept.
pub(crate) fn unkeepable(why: &str) -> Value {
    let mut value = provisioned(&SyncOutcome::failing(Reason::InvalidProperty), false);
    if let Some(members) = value.as_object_mut() {
        members.insert("sentence".to_owned(), why.into());
    }
    value
}

/// The members before and after, for the log.
pub(crate) fn settings(job: &SyncJob) -> Value {
    let mut value = render(job);
    if let Some(members) = value.as_object_mut() {
        members.remove("status");
        members.remove("id");
    }
    value
}

/// Before there was a job, and after it.
pub(crate) fn nothing() -> Value {
    Value::Object(Map::new())
}
