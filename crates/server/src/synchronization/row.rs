//! What the logs say: rows of the source's provisioning log, entries of the target's audit log.

use policy::reason::{Reason, Side};
use policy::synchronization::{SyncAction, SyncOutcome};
use policy::target::UserId;
use policy::world::User;
use serde_json::{Map, Value};
use store::{
    AuditRecord, Channel, Identity, Initiator, Moment, Occasion, Person, ProvisioningRecord,
    SyncJob, Who,
};
use uuid::Uuid;

use crate::people::user::{ADD, DELETE, UPDATE, render};

/// A row that is being written.
pub(super) struct Row(ProvisioningRecord);

impl Row {
    /// About a job as a whole, in the run under way.
    pub(super) fn of_job(job: &SyncJob, time: Moment) -> Self {
        let cycle = job
            .status
            .current
            .as_ref()
            .map_or(Uuid::nil(), |run| run.id);
        Row(ProvisioningRecord {
            id: sts::random::guid(),
            tenant: job.source,
            target: job.target,
            time,
            job: job.id,
            cycle,
            action: SyncAction::Skip,
            reason: None,
            side: None,
            detail: None,
            problem: None,
            account: None,
            object: None,
            modified: Vec::new(),
            on_demand: false,
        })
    }

    /// About an account.
    pub(super) fn about(mut self, id: UserId, user: Option<&User>) -> Self {
        self.0.account = Some(Identity {
            id,
            display_name: user.and_then(|user| user.display_name.clone()),
            user_principal_name: user.map(|user| user.user_principal_name.clone()),
        });
        self
    }

    /// Because somebody asked for it: a run of its own.
    pub(super) fn on_demand(mut self) -> Self {
        self.0.on_demand = true;
        self.0.cycle = sts::random::guid();
        self
    }

    /// A failure.
    pub(super) fn failing(
        mut self,
        reason: Option<Reason>,
        side: Option<Side>,
        problem: Option<String>,
    ) -> Option<ProvisioningRecord> {
        self.0.action = SyncAction::Fail;
        self.0.reason = reason;
        self.0.side = side;
        self.0.problem = problem;
        Some(self.0)
    }

    /// What was decided and done. Of the target's settings the source learns that they refuse, and
    /// nothing more.
    pub(super) fn saying(
        mut self,
        outcome: &SyncOutcome,
        before: Option<&User>,
    ) -> ProvisioningRecord {
        self.0.action = outcome.action;
        self.0.reason = Some(outcome.reason);
        self.0.side = outcome.side;
        self.0.detail = outcome.detail.filter(|_| is_own(outcome.side));
        let object = outcome.object.as_ref().or(before);
        self.0.object = object.map(|object| Identity {
            id: object.id,
            display_name: object.display_name.clone(),
            user_principal_name: Some(object.user_principal_name.clone()),
        });
        if let (SyncAction::Create | SyncAction::Update, Some(object)) =
            (outcome.action, &outcome.object)
        {
            self.0.modified = modified(before, object);
        }
        self.0
    }
}

/// Whether that side is the source's own.
pub(crate) fn is_own(side: Option<Side>) -> bool {
    matches!(side, None | Some(Side::Source | Side::Home))
}

/// The properties that synchronization writes, as far as they change.
fn modified(before: Option<&User>, after: &User) -> Vec<(String, Option<String>, Option<String>)> {
    let said = |user: &User| {
        [
            ("displayName", user.display_name.clone()),
            ("userPrincipalName", Some(user.user_principal_name.clone())),
            ("mail", user.mail.clone()),
            ("userType", Some(user.user_type.as_str().to_owned())),
            ("accountEnabled", Some(user.enabled.to_string())),
        ]
    };
    let after = said(after);
    let before = before.map(said);
    let pairs = after.into_iter().enumerate().map(|(index, (name, new))| {
        let old = before.as_ref().and_then(|before| before.get(index));
        (name.to_owned(), old.and_then(|(_, old)| old.clone()), new)
    });
    pairs.filter(|(_, old, new)| old != new).collect()
}

/// The entry of the target's log about a change of one of its objects (S16.4).
pub(super) fn audited(
    job: &SyncJob,
    action: SyncAction,
    before: Option<&Person>,
    after: Option<&Person>,
    time: Moment,
) -> Option<AuditRecord> {
    let nothing = || Value::Object(Map::new());
    let shown = |person: Option<&Person>| person.map_or_else(nothing, |person| render(person, ""));
    let object = after.or(before)?;
    let id = object.user.id.to_string();
    let name = Some(object.user.user_principal_name.clone());
    let mut entry = match action {
        SyncAction::Create => ADD.changed(id, name, &nothing(), &shown(after)),
        SyncAction::Update => UPDATE.changed(id, name, &shown(before), &shown(after)),
        SyncAction::SoftDelete => DELETE.entry(Some(id), name, Vec::new()),
        SyncAction::Skip | SyncAction::Fail => return None,
    };
    entry.details = vec![
        ("sourceTenantId".to_owned(), job.source.to_string()),
        ("synchronizationJobId".to_owned(), job.id.to_string()),
    ];
    Some(entry.record_in(Some(job.target), occasion(time), None))
}

/// The server does it, on nobody's request.
fn occasion(time: Moment) -> Occasion {
    Occasion {
        id: sts::random::guid(),
        time,
        correlation: sts::random::guid(),
        initiator: Initiator {
            who: Who::System,
            address: None,
            channel: Some(Channel::Provisioning),
        },
        user_agent: None,
    }
}
