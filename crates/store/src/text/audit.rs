//! An entry of the audit log.

use policy::audit::{ModifiedProperty, Value};
use policy::reason::Reason;
use policy::settings::{AutomaticConsent, IdentitySynchronization, InboundTrust, RedemptionOrder};
use policy::target::{ApplicationId, UserId};
use policy::tenant::{Cloud, TenantId};
use serde::{Deserialize, Serialize};
use signins::window::Moment;
use uuid::Uuid;

use super::V1;
use super::half::BlockText;
use super::settings::{ConsentText, RedemptionText, SynchronizationText, TrustText};
use super::spelling::Spelled;
use crate::audit::{AuditRecord, Channel, Initiator, Target, Who};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum ValueText {
    Null,
    Text(String),
    Block(BlockText),
    Trust(TrustText),
    Consent(ConsentText),
    Redemption(RedemptionText),
    Clouds(Vec<Spelled<Cloud>>),
    Synchronization(SynchronizationText),
    Json(String),
}

impl From<&Value> for ValueText {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => ValueText::Null,
            Value::Text(text) => ValueText::Text(text.clone()),
            Value::Block(block) => ValueText::Block(block.into()),
            Value::Trust(trust) => ValueText::Trust(trust.into()),
            Value::Consent(consent) => ValueText::Consent(consent.into()),
            Value::Redemption(order) => ValueText::Redemption(order.into()),
            Value::Clouds(clouds) => {
                ValueText::Clouds(clouds.iter().copied().map(Spelled).collect())
            }
            Value::Synchronization(value) => ValueText::Synchronization(value.into()),
            Value::Json(json) => ValueText::Json(json.clone()),
        }
    }
}

impl From<ValueText> for Value {
    fn from(text: ValueText) -> Self {
        match text {
            ValueText::Null => Value::Null,
            ValueText::Text(text) => Value::Text(text),
            ValueText::Block(block) => Value::Block(block.into()),
            ValueText::Trust(trust) => Value::Trust(InboundTrust::from(trust)),
            ValueText::Consent(consent) => Value::Consent(AutomaticConsent::from(consent)),
            ValueText::Redemption(order) => Value::Redemption(RedemptionOrder::from(order)),
            ValueText::Clouds(clouds) => {
                Value::Clouds(clouds.into_iter().map(|word| word.0).collect())
            }
            ValueText::Synchronization(value) => {
                Value::Synchronization(IdentitySynchronization::from(value))
            }
            ValueText::Json(json) => Value::Json(json),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PropertyText {
    name: String,
    old: ValueText,
    new: ValueText,
}

impl From<&ModifiedProperty> for PropertyText {
    fn from(property: &ModifiedProperty) -> Self {
        let ModifiedProperty { name, old, new } = property;
        PropertyText {
            name: name.clone(),
            old: old.into(),
            new: new.into(),
        }
    }
}

impl From<PropertyText> for ModifiedProperty {
    fn from(text: PropertyText) -> Self {
        ModifiedProperty {
            name: text.name,
            old: text.old.into(),
            new: text.new.into(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum WhoText {
    #[serde(rename_all = "camelCase")]
    User {
        id: Spelled<UserId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user_principal_name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        home_tenant: Option<Spelled<TenantId>>,
    },
    #[serde(rename_all = "camelCase")]
    Application {
        id: Spelled<ApplicationId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        display_name: Option<String>,
    },
    Operator {
        name: String,
    },
    System,
}

/// Who did something, also as the history of the settings keeps it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InitiatorText {
    who: WhoText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    channel: Option<Spelled<Channel>>,
}

impl From<&Initiator> for InitiatorText {
    fn from(initiator: &Initiator) -> Self {
        let Initiator {
            who,
            address,
            channel,
        } = initiator;
        let who = match who {
            Who::User {
                id,
                user_principal_name,
                display_name,
                home_tenant,
            } => WhoText::User {
                id: Spelled(*id),
                user_principal_name: user_principal_name.clone(),
                display_name: display_name.clone(),
                home_tenant: home_tenant.map(Spelled),
            },
            Who::Application { id, display_name } => WhoText::Application {
                id: Spelled(*id),
                display_name: display_name.clone(),
            },
            Who::Operator { name } => WhoText::Operator { name: name.clone() },
            Who::System => WhoText::System,
        };
        InitiatorText {
            who,
            address: address.clone(),
            channel: channel.map(Spelled),
        }
    }
}

impl From<InitiatorText> for Initiator {
    fn from(text: InitiatorText) -> Self {
        let who = match text.who {
            WhoText::User {
                id,
                user_principal_name,
                display_name,
                home_tenant,
            } => Who::User {
                id: id.0,
                user_principal_name,
                display_name,
                home_tenant: home_tenant.map(|id| id.0),
            },
            WhoText::Application { id, display_name } => Who::Application {
                id: id.0,
                display_name,
            },
            WhoText::Operator { name } => Who::Operator { name },
            WhoText::System => Who::System,
        };
        Initiator {
            who,
            address: text.address,
            channel: text.channel.map(|word| word.0),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TargetText {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_principal_name: Option<String>,
}

impl From<&Target> for TargetText {
    fn from(target: &Target) -> Self {
        let Target {
            kind,
            id,
            display_name,
            user_principal_name,
        } = target.clone();
        TargetText {
            kind,
            id,
            display_name,
            user_principal_name,
        }
    }
}

impl From<TargetText> for Target {
    fn from(text: TargetText) -> Self {
        Target {
            kind: text.kind,
            id: text.id,
            display_name: text.display_name,
            user_principal_name: text.user_principal_name,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AuditText {
    v: V1,
    id: Spelled<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<Spelled<TenantId>>,
    time: Spelled<Moment>,
    correlation: Spelled<Uuid>,
    initiator: InitiatorText,
    service: String,
    category: String,
    activity: String,
    operation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<Spelled<Reason>>,
    target: TargetText,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    modified: Vec<PropertyText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    details: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

impl From<&AuditRecord> for AuditText {
    fn from(record: &AuditRecord) -> Self {
        let AuditRecord {
            id,
            tenant,
            time,
            correlation,
            initiator,
            service,
            category,
            activity,
            operation,
            failure,
            target,
            modified,
            details,
            user_agent,
        } = record;
        AuditText {
            v: V1,
            id: Spelled(*id),
            tenant: tenant.map(Spelled),
            time: Spelled(*time),
            correlation: Spelled(*correlation),
            initiator: initiator.into(),
            service: service.clone(),
            category: category.clone(),
            activity: activity.clone(),
            operation: operation.clone(),
            failure: failure.map(Spelled),
            target: target.into(),
            modified: modified.iter().map(PropertyText::from).collect(),
            details: details.clone(),
            user_agent: user_agent.clone(),
        }
    }
}

impl From<AuditText> for AuditRecord {
    fn from(text: AuditText) -> Self {
        AuditRecord {
            id: text.id.0,
            tenant: text.tenant.map(|id| id.0),
            time: text.time.0,
            correlation: text.correlation.0,
            initiator: text.initiator.into(),
            service: text.service,
            category: text.category,
            activity: text.activity,
            operation: text.operation,
            failure: text.failure.map(|reason| reason.0),
            target: text.target.into(),
            modified: text
                .modified
                .into_iter()
                .map(ModifiedProperty::from)
                .collect(),
            details: text.details,
            user_agent: text.user_agent,
        }
    }
}
