//! One row of the provisioning log: `provisioningObjectSummary` (`/auditLogs/provisioning`).
//!
//! Fabrikam pushes Adele to Contoso. The row stands in Fabrikam's log: the source system is
//! Fabrikam, the target system Contoso, and the steps say how far she got.

use policy::reason::{Detail, Reason, Side};
use policy::synchronization::SyncAction;
use policy::tenant::TenantId;
use serde_json::{Value, json};
use signins::window::Moment;

use crate::directory_audit::time_text;
use crate::query::{Member, Operators, QueryOption, Shape};

/// Somebody in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `id`.
    pub id: String,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `userPrincipalName`, among the details.
    pub user_principal_name: Option<String>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisioningSummary {
    /// `id`.
    pub id: String,
    /// `tenantId`: whose log it is, and who pushes.
    pub tenant: TenantId,
    /// The target.
    pub target: TenantId,
    /// `activityDateTime`.
    pub time: Moment,
    /// `jobId`.
    pub job: String,
    /// `cycleId`.
    pub cycle: String,
    /// What was done.
    pub action: SyncAction,
    /// Why.
    pub reason: Option<Reason>,
    /// Whose switch or setting is missing.
    pub side: Option<Side>,
    /// What in a block.
    pub detail: Option<Detail>,
    /// Further words.
    pub problem: Option<String>,
    /// `sourceIdentity`.
    pub account: Option<Identity>,
    /// `targetIdentity`.
    pub object: Option<Identity>,
    /// `modifiedProperties`.
    pub modified: Vec<(String, Option<String>, Option<String>)>,
    /// Whether somebody asked for this account.
    pub on_demand: bool,
}

const IDENTITY: &[Member] = &[
    Member::text("id").filter(Operators::EQ),
    Member::text("displayName").filter(Operators::EQ.and(Operators::STARTS)),
    Member::text("identityType"),
];

const SYSTEM: &[Member] = &[Member::text("id"), Member::text("displayName")];

/// What can be asked of the log (`api/provisioningobjectsummary-list`).
pub static SHAPE: Shape = Shape {
    members: &[
        Member::guid("id").filter(Operators::EQ),
        Member::time("activityDateTime")
            .filter(Operators::EQ.and(Operators::RANGE))
            .ordered(),
        Member::guid("tenantId").filter(Operators::EQ),
        Member::guid("jobId").filter(Operators::EQ),
        Member::guid("cycleId").filter(Operators::EQ),
        Member::guid("changeId").filter(Operators::EQ),
        Member::text("provisioningAction").filter(Operators::EQ),
        Member::number("durationInMilliseconds"),
        Member::opaque("initiatedBy"),
        Member::opaque("servicePrincipal"),
        Member::complex("sourceSystem", SYSTEM),
        Member::complex("targetSystem", SYSTEM),
        Member::complex("sourceIdentity", IDENTITY),
        Member::complex("targetIdentity", IDENTITY),
        Member::opaque("provisioningStatusInfo"),
        Member::opaque("provisioningSteps"),
        Member::opaque("modifiedProperties"),
    ],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::OrderBy,
        QueryOption::Top,
        QueryOption::SkipToken,
    ],
    largest_page: 1000,
    ..Shape::EMPTY
};

/// `provisioningAction`.
pub const fn action(action: SyncAction) -> &'static str {
    match action {
        SyncAction::Create => "create",
        SyncAction::Update => "update",
        SyncAction::SoftDelete => "delete",
        SyncAction::Skip | SyncAction::Fail => "other",
    }
}

/// `provisioningStatusInfo.status`.
pub const fn status(action: SyncAction) -> &'static str {
    match action {
        SyncAction::Create | SyncAction::Update | SyncAction::SoftDelete => "success",
        SyncAction::Skip => "skipped",
        SyncAction::Fail => "failure",
    }
}

/// Writes a row as Graph does.
pub fn render(row: &ProvisioningSummary) -> Value {
    let system = |tenant: TenantId| json!({"id": tenant.to_string(), "displayName": "Comity"});
    let modified = row.modified.iter();
    let modified: Vec<Value> = modified
        .map(|(name, old, new)| json!({"displayName": name, "oldValue": old, "newValue": new}))
        .collect();
    json!({
        "id": row.id,
        "activityDateTime": time_text(row.time),
        "tenantId": row.tenant.to_string(),
        "jobId": row.job,
        "cycleId": row.cycle,
        "changeId": row.id,
        "provisioningAction": action(row.action),
        "durationInMilliseconds": 0,
        "initiatedBy": {
            "id": "",
            "displayName": match row.on_demand {
                true => "On-demand provisioning",
                false => "Provisioning service",
            },
            "initiatorType": "system",
        },
        "servicePrincipal": {"id": row.job, "displayName": row.target.to_string()},
        "sourceSystem": system(row.tenant),
        "targetSystem": system(row.target),
        "sourceIdentity": row.account.as_ref().map(identity),
        "targetIdentity": row.object.as_ref().map(identity),
        "provisioningStatusInfo": {"status": status(row.action), "errorInformation": error(row)},
        "provisioningSteps": steps(row),
        "modifiedProperties": modified,
    })
}

fn identity(identity: &Identity) -> Value {
    let name = &identity.user_principal_name;
    json!({
        "id": identity.id,
        "displayName": identity.display_name,
        "identityType": "User",
        "details": {"userPrincipalName": name},
    })
}

/// What Graph says about whatever was not done; the code is ours (S20).
fn error(row: &ProvisioningSummary) -> Value {
    if !matches!(row.action, SyncAction::Skip | SyncAction::Fail) {
        return Value::Null;
    }
    let reason = match (&row.problem, row.reason) {
        (Some(problem), _) => problem.clone(),
        (None, Some(reason)) => reason.sentence().to_owned(),
        (None, None) => String::new(),
    };
    let details = [
        row.side.map(|side| format!("side: {}", side.as_str())),
        row.detail
            .map(|detail| format!("detail: {}", detail.as_str())),
    ];
    let details: Vec<String> = details.into_iter().flatten().collect();
    json!({
        "errorCode": row.reason.map_or("deletion_threshold_or_value", Reason::as_str),
        "reason": reason,
        "errorCategory": match row.action {
            SyncAction::Fail => "failure",
            _ => "nonServiceFailure",
        },
        "additionalDetails": (!details.is_empty()).then(|| details.join("; ")),
        "recommendedAction": null,
    })
}

/// How far an account got; nothing, for a job that failed as a whole.
fn steps(row: &ProvisioningSummary) -> Value {
    if row.account.is_none() {
        return json!([]);
    }
    let step = |kind: &str, status: &str, name: &str| {
        json!({
            "name": name,
            "provisioningStepType": kind,
            "status": status,
            "description": row.reason.map(Reason::sentence),
            "details": {},
        })
    };
    let done = status(row.action);
    let mut steps = vec![step("import", "success", "EntryImport")];
    match row.action {
        SyncAction::Skip => steps.push(step("scoping", done, "EntrySynchronizationScoping")),
        _ => steps.extend([
            step("scoping", "success", "EntrySynchronizationScoping"),
            step("export", done, "EntryExport"),
        ]),
    }
    steps.into()
}
