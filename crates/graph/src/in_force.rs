//! What is in force towards a partner, and where it comes from, as the wire asks and answers it
//! (S2.3, S2.9).

use policy::resolve::{self, Column, Effective, Origin};
use policy::settings::{BlockName, Policy};
use policy::tenant::TenantId;
use serde_json::{Value, json};

use crate::settings::{Form, block, consent, redemption};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The value of a property, by Graph's name.
    Property(Property),
    /// The label of a column of the list of organizations.
    Column(Column),
}

/// A property that is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// One of the five blocks.
    Block(BlockName),
    /// `inboundTrust`.
    Trust,
    /// `automaticUserConsentSettings`.
    Consent,
    /// `identitySynchronization`.
    Synchronization,
    /// `invitationRedemptionIdentityProviderConfiguration`.
    Redemption,
}

/// The columns by their names.
pub const COLUMNS: [(&str, Column); 3] = [
    ("inbound", Column::Inbound),
    ("outbound", Column::Outbound),
    ("tenantRestrictions", Column::TenantRestrictions),
];

/// The properties by their names.
pub fn properties() -> Vec<(&'static str, Property)> {
    let blocks = BlockName::ALL.map(|name| (name.as_str(), Property::Block(name)));
    let others = [
        ("inboundTrust", Property::Trust),
        ("automaticUserConsentSettings", Property::Consent),
        ("identitySynchronization", Property::Synchronization),
        (
            "invitationRedemptionIdentityProviderConfiguration",
            Property::Redemption,
        ),
    ];
    blocks.into_iter().chain(others).collect()
}

/// The answer: `source` and `value` of a property, `label` of a column.
pub fn answer(policy: &Policy, partner: TenantId, wanted: Wanted) -> Value {
    let (label, effective) = match wanted {
        Wanted::Property(property) => (None, Some(value(policy, partner, property))),
        Wanted::Column(column) => {
            let entry = policy.partners.get(partner);
            let label = entry.map_or("absent", |entry| resolve::column_label(entry, column));
            (Some(label), None)
        }
    };
    json!({
        "source": effective.as_ref().map(|effective| Origin::as_str(effective.origin)),
        "value": effective.map(|effective| effective.value),
        "label": label,
    })
}

fn value(policy: &Policy, partner: TenantId, property: Property) -> Effective<Value> {
    let (value, origin) = match property {
        Property::Block(name) => {
            let effective = resolve::block(policy, partner, name);
            let value = block::render_complete(&effective.value, name, Form::Answer);
            (value, effective.origin)
        }
        Property::Trust => {
            let trust = resolve::trust(policy, partner);
            let value = json!({
                "isMfaAccepted": trust.mfa.value,
                "isCompliantDeviceAccepted": trust.compliant_device.value,
                "isHybridAzureADJoinedDeviceAccepted": trust.hybrid_joined_device.value,
            });
            (value, trust.origin)
        }
        Property::Consent => {
            let effective = resolve::automatic_consent(policy, partner);
            let (inbound, outbound) = effective.value;
            (
                consent::render_effective(inbound, outbound),
                effective.origin,
            )
        }
        Property::Synchronization => {
            let effective = resolve::synchronization_allowed(policy, partner);
            let value = json!({"userSyncInbound": {"isSyncAllowed": effective.value}});
            (value, effective.origin)
        }
        Property::Redemption => {
            let effective = resolve::redemption_order(policy);
            (redemption::render(&effective.value), effective.origin)
        }
    };
    Effective { value, origin }
}
