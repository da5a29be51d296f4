//! A row of the provisioning log.

use policy::reason::{Detail, Reason, Side};
use policy::synchronization::SyncAction;
use policy::target::UserId;
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use signins::window::Moment;
use uuid::Uuid;

use super::spelling::Spelled;
use super::{V1, is_false};
use crate::provisioning::{Identity, ProvisioningRecord};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct IdentityText {
    id: Spelled<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_principal_name: Option<String>,
}

impl From<&Identity> for IdentityText {
    fn from(identity: &Identity) -> Self {
        let Identity {
            id,
            display_name,
            user_principal_name,
        } = identity;
        IdentityText {
            id: Spelled(*id),
            display_name: display_name.clone(),
            user_principal_name: user_principal_name.clone(),
        }
    }
}

impl From<IdentityText> for Identity {
    fn from(text: IdentityText) -> Self {
        Identity {
            id: text.id.0,
            display_name: text.display_name,
            user_principal_name: text.user_principal_name,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProvisioningText {
    v: V1,
    id: Spelled<Uuid>,
    tenant: Spelled<TenantId>,
    target: Spelled<TenantId>,
    time: Spelled<Moment>,
    job: Spelled<Uuid>,
    cycle: Spelled<Uuid>,
    action: Spelled<SyncAction>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Spelled<Reason>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    side: Option<Spelled<Side>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<Spelled<Detail>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<IdentityText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    object: Option<IdentityText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    modified: Vec<(String, Option<String>, Option<String>)>,
    #[serde(default, skip_serializing_if = "is_false")]
    on_demand: bool,
}

impl From<&ProvisioningRecord> for ProvisioningText {
    fn from(record: &ProvisioningRecord) -> Self {
        let ProvisioningRecord {
            id,
            tenant,
            target,
            time,
            job,
            cycle,
            action,
            reason,
            side,
            detail,
            problem,
            account,
            object,
            modified,
            on_demand,
        } = record;
        ProvisioningText {
            v: V1,
            id: Spelled(*id),
            tenant: Spelled(*tenant),
            target: Spelled(*target),
            time: Spelled(*time),
            job: Spelled(*job),
            cycle: Spelled(*cycle),
            action: Spelled(*action),
            reason: reason.map(Spelled),
            side: side.map(Spelled),
            detail: detail.map(Spelled),
            problem: problem.clone(),
            account: account.as_ref().map(IdentityText::from),
            object: object.as_ref().map(IdentityText::from),
            modified: modified.clone(),
            on_demand: *on_demand,
        }
    }
}

impl From<ProvisioningText> for ProvisioningRecord {
    fn from(text: ProvisioningText) -> Self {
        ProvisioningRecord {
            id: text.id.0,
            tenant: text.tenant.0,
            target: text.target.0,
            time: text.time.0,
            job: text.job.0,
            cycle: text.cycle.0,
            action: text.action.0,
            reason: text.reason.map(|word| word.0),
            side: text.side.map(|word| word.0),
            detail: text.detail.map(|word| word.0),
            problem: text.problem,
            account: text.account.map(Identity::from),
            object: text.object.map(Identity::from),
            modified: text.modified,
            on_demand: text.on_demand,
        }
    }
}
