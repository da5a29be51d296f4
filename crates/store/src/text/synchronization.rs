//! A job of synchronization.

use std::collections::BTreeSet;

use policy::reason::{Reason, Side};
use policy::synchronization::{Comparison, Condition, SyncScope};
use policy::target::{GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;
use serde::{Deserialize, Serialize};
use signins::window::Moment;
use uuid::Uuid;

use super::spelling::Spelled;
use super::{V1, is_false};
use crate::revision::{Revision, Sequence};
use crate::synchronization::{
    Cycle, FinishedRun, Phase, Quarantine, Seen, SyncConnection, SyncCounts, SyncJob, SyncRun,
    SyncSettings, SyncStatus,
};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConditionText {
    attribute: String,
    comparison: Spelled<Comparison>,
    value: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScopeText {
    #[serde(default, skip_serializing_if = "is_false")]
    all: bool,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    users: BTreeSet<Spelled<UserId>>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    groups: BTreeSet<Spelled<GroupId>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    filter: Vec<ConditionText>,
}

impl From<&SyncScope> for ScopeText {
    fn from(scope: &SyncScope) -> Self {
        let SyncScope {
            all,
            users,
            groups,
            filter,
        } = scope;
        let condition = |condition: &Condition| {
            let Condition {
                attribute,
                comparison,
                value,
            } = condition;
            ConditionText {
                attribute: attribute.clone(),
                comparison: Spelled(*comparison),
                value: value.clone(),
            }
        };
        ScopeText {
            all: *all,
            users: users.iter().copied().map(Spelled).collect(),
            groups: groups.iter().copied().map(Spelled).collect(),
            filter: filter.iter().map(condition).collect(),
        }
    }
}

impl From<ScopeText> for SyncScope {
    fn from(text: ScopeText) -> Self {
        let condition = |text: ConditionText| Condition {
            attribute: text.attribute,
            comparison: text.comparison.0,
            value: text.value,
        };
        SyncScope {
            all: text.all,
            users: text.users.into_iter().map(|word| word.0).collect(),
            groups: text.groups.into_iter().map(|word| word.0).collect(),
            filter: text.filter.into_iter().map(condition).collect(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SettingsText {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    interval: u32,
    enabled: bool,
    scope: ScopeText,
    user_type: Spelled<UserType>,
    #[serde(default, skip_serializing_if = "is_false")]
    apply_user_type_always: bool,
    delete_in_target: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deletion_threshold: Option<u32>,
}

impl From<&SyncSettings> for SettingsText {
    fn from(settings: &SyncSettings) -> Self {
        let SyncSettings {
            display_name,
            interval,
            enabled,
            scope,
            user_type,
            apply_user_type_always,
            delete_in_target,
            deletion_threshold,
        } = settings;
        SettingsText {
            display_name: display_name.clone(),
            interval: *interval,
            enabled: *enabled,
            scope: ScopeText::from(scope),
            user_type: Spelled(*user_type),
            apply_user_type_always: *apply_user_type_always,
            delete_in_target: *delete_in_target,
            deletion_threshold: *deletion_threshold,
        }
    }
}

impl From<SettingsText> for SyncSettings {
    fn from(text: SettingsText) -> Self {
        SyncSettings {
            display_name: text.display_name,
            interval: text.interval,
            enabled: text.enabled,
            scope: text.scope.into(),
            user_type: text.user_type.0,
            apply_user_type_always: text.apply_user_type_always,
            delete_in_target: text.delete_in_target,
            deletion_threshold: text.deletion_threshold,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConnectionText {
    endpoint: String,
    token_url: String,
    client: String,
    sealed: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CountsText {
    created: u64,
    updated: u64,
    unchanged: u64,
    deleted: u64,
    skipped: u64,
    failed: u64,
}

impl From<&SyncCounts> for CountsText {
    fn from(counts: &SyncCounts) -> Self {
        let SyncCounts {
            created,
            updated,
            unchanged,
            deleted,
            skipped,
            failed,
        } = *counts;
        CountsText {
            created,
            updated,
            unchanged,
            deleted,
            skipped,
            failed,
        }
    }
}

impl From<CountsText> for SyncCounts {
    fn from(text: CountsText) -> Self {
        SyncCounts {
            created: text.created,
            updated: text.updated,
            unchanged: text.unchanged,
            deleted: text.deleted,
            skipped: text.skipped,
            failed: text.failed,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SeenText {
    source: u64,
    source_people: u64,
    target: u64,
    target_people: u64,
}

impl From<&Seen> for SeenText {
    fn from(seen: &Seen) -> Self {
        let Seen {
            source,
            source_people,
            target,
            target_people,
        } = seen;
        SeenText {
            source: source.0,
            source_people: source_people.0,
            target: target.0,
            target_people: target_people.0,
        }
    }
}

impl From<SeenText> for Seen {
    fn from(text: SeenText) -> Self {
        Seen {
            source: Revision(text.source),
            source_people: Sequence(text.source_people),
            target: Revision(text.target),
            target_people: Sequence(text.target_people),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RunText {
    id: Spelled<Uuid>,
    cycle: Spelled<Cycle>,
    started: Spelled<Moment>,
    phase: Spelled<Phase>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Spelled<UserId>>,
    deletions: u64,
    counts: CountsText,
    seen: SeenText,
    #[serde(default, skip_serializing_if = "is_false")]
    disturbed: bool,
    holder: Spelled<Uuid>,
}

impl From<&SyncRun> for RunText {
    fn from(run: &SyncRun) -> Self {
        let SyncRun {
            id,
            cycle,
            started,
            phase,
            after,
            deletions,
            counts,
            seen,
            disturbed,
            holder,
        } = run;
        RunText {
            id: Spelled(*id),
            cycle: Spelled(*cycle),
            started: Spelled(*started),
            phase: Spelled(*phase),
            after: after.map(Spelled),
            deletions: *deletions,
            counts: CountsText::from(counts),
            seen: SeenText::from(seen),
            disturbed: *disturbed,
            holder: Spelled(*holder),
        }
    }
}

impl From<RunText> for SyncRun {
    fn from(text: RunText) -> Self {
        SyncRun {
            id: text.id.0,
            cycle: text.cycle.0,
            started: text.started.0,
            phase: text.phase.0,
            after: text.after.map(|word| word.0),
            deletions: text.deletions,
            counts: text.counts.into(),
            seen: text.seen.into(),
            disturbed: text.disturbed,
            holder: text.holder.0,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct FinishedText {
    id: Spelled<Uuid>,
    cycle: Spelled<Cycle>,
    started: Spelled<Moment>,
    ended: Spelled<Moment>,
    counts: CountsText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<(Spelled<Reason>, Option<Spelled<Side>>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl From<&FinishedRun> for FinishedText {
    fn from(run: &FinishedRun) -> Self {
        let FinishedRun {
            id,
            cycle,
            started,
            ended,
            counts,
            failure,
            problem,
        } = run;
        FinishedText {
            id: Spelled(*id),
            cycle: Spelled(*cycle),
            started: Spelled(*started),
            ended: Spelled(*ended),
            counts: CountsText::from(counts),
            failure: failure.map(|(reason, side)| (Spelled(reason), side.map(Spelled))),
            problem: problem.clone(),
        }
    }
}

impl From<FinishedText> for FinishedRun {
    fn from(text: FinishedText) -> Self {
        let failure = text.failure;
        FinishedRun {
            id: text.id.0,
            cycle: text.cycle.0,
            started: text.started.0,
            ended: text.ended.0,
            counts: text.counts.into(),
            failure: failure.map(|(reason, side)| (reason.0, side.map(|word| word.0))),
            problem: text.problem,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StatusText {
    /// Since when, and how many deletions wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quarantine: Option<(Spelled<Moment>, u64)>,
    #[serde(default, skip_serializing_if = "is_false")]
    deletions_allowed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current: Option<RunText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<FinishedText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<SeenText>,
}

impl From<&SyncStatus> for StatusText {
    fn from(status: &SyncStatus) -> Self {
        let SyncStatus {
            quarantine,
            deletions_allowed,
            current,
            last,
            seen,
        } = status;
        let waiting = |quarantine: &Quarantine| (Spelled(quarantine.since), quarantine.deletions);
        StatusText {
            quarantine: quarantine.as_ref().map(waiting),
            deletions_allowed: *deletions_allowed,
            current: current.as_ref().map(RunText::from),
            last: last.as_ref().map(FinishedText::from),
            seen: seen.as_ref().map(SeenText::from),
        }
    }
}

impl From<StatusText> for SyncStatus {
    fn from(text: StatusText) -> Self {
        let waiting = |(since, deletions): (Spelled<Moment>, u64)| Quarantine {
            since: since.0,
            deletions,
        };
        SyncStatus {
            quarantine: text.quarantine.map(waiting),
            deletions_allowed: text.deletions_allowed,
            current: text.current.map(SyncRun::from),
            last: text.last.map(FinishedRun::from),
            seen: text.seen.map(Seen::from),
        }
    }
}

/// When the job is due and how often it was written stand in columns of their own.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct JobText {
    v: V1,
    id: Spelled<Uuid>,
    source: Spelled<TenantId>,
    target: Spelled<TenantId>,
    settings: SettingsText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionText>,
    status: StatusText,
}

impl From<&SyncJob> for JobText {
    fn from(job: &SyncJob) -> Self {
        let SyncJob {
            id,
            source,
            target,
            settings,
            connection,
            status,
            due: _,
            version: _,
        } = job;
        let reached = |connection: &SyncConnection| {
            let SyncConnection {
                endpoint,
                token_url,
                client,
                sealed,
            } = connection.clone();
            ConnectionText {
                endpoint,
                token_url,
                client,
                sealed,
            }
        };
        JobText {
            v: V1,
            id: Spelled(*id),
            source: Spelled(*source),
            target: Spelled(*target),
            settings: SettingsText::from(settings),
            connection: connection.as_ref().map(reached),
            status: StatusText::from(status),
        }
    }
}

impl From<JobText> for SyncJob {
    fn from(text: JobText) -> Self {
        let reached = |text: ConnectionText| SyncConnection {
            endpoint: text.endpoint,
            token_url: text.token_url,
            client: text.client,
            sealed: text.sealed,
        };
        SyncJob {
            id: text.id.0,
            source: text.source.0,
            target: text.target.0,
            settings: text.settings.into(),
            connection: text.connection.map(reached),
            status: text.status.into(),
            due: None,
            version: Revision(0),
        }
    }
}
