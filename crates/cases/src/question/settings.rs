//! `resolve` and `partner` (S2): what is in force towards a tenant, and what its entry says.

use graph::settings::{Form, block, consent, partner as entry, redemption};
use policy::resolve::{self, Column, Effective, Origin};
use policy::settings::{BlockName, Policy};
use policy::tenant::TenantId;
use serde_json::{Value, json};

use super::wording::word;
use super::{Ask, NamedTenant, State};
use crate::members::{Members, Mistake};

#[derive(Clone, Copy, Debug)]
enum Property {
    Block(BlockName),
    Trust,
    Consent,
    Synchronization,
    Redemption,
}

#[derive(Debug)]
enum Wanted {
    Property(Property),
    Column(Column),
}

#[derive(Debug)]
struct Resolve {
    tenant: NamedTenant,
    partner: TenantId,
    wanted: Wanted,
}

/// Reads `resolve`.
pub(super) fn resolve(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let tenant = NamedTenant::required(members, "tenant")?;
    let partner = members.parsed("partner")?;
    let mut properties: Vec<(&str, Property)> = Vec::new();
    for (name, block) in super::block::names() {
        properties.push((name, Property::Block(block)));
    }
    properties.extend([
        ("inboundTrust", Property::Trust),
        ("automaticUserConsentSettings", Property::Consent),
        ("identitySynchronization", Property::Synchronization),
        (
            "invitationRedemptionIdentityProviderConfiguration",
            Property::Redemption,
        ),
    ]);
    let property = members.word("property", &properties)?;
    let columns = [
        ("inbound", Column::Inbound),
        ("outbound", Column::Outbound),
        ("tenantRestrictions", Column::TenantRestrictions),
    ];
    let column = members.word("column", &columns)?;
    let wanted = match (property, column) {
        (Some(property), None) => Wanted::Property(property),
        (None, Some(column)) => Wanted::Column(column),
        _ => {
            let message = "expected either `property` or `column`";
            return Err(Mistake::at(members.path(), message));
        }
    };
    Ok(Box::new(Resolve {
        tenant,
        partner: members.required("partner", partner)?,
        wanted,
    }))
}

impl Ask for Resolve {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let policy = self.tenant.policy(state)?;
        let mut label = None;
        let mut effective = None;
        match self.wanted {
            Wanted::Property(property) => {
                effective = Some(in_force(policy, self.partner, property));
            }
            Wanted::Column(column) => {
                let entry = policy.partners.get(self.partner);
                label = Some(entry.map_or("absent", |entry| resolve::column_label(entry, column)));
            }
        }
        let origin = effective.as_ref().map(|effective| effective.origin);
        Ok(json!({
            "source": word(origin.map(Origin::as_str)),
            "value": effective.map(|effective| effective.value),
            "label": word(label),
        }))
    }
}

fn in_force(policy: &Policy, partner: TenantId, property: Property) -> Effective<Value> {
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

#[derive(Debug)]
struct Entry {
    tenant: NamedTenant,
    partner: TenantId,
}

/// Reads `partner`.
pub(super) fn partner(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let tenant = NamedTenant::required(members, "tenant")?;
    let partner = members.parsed("partner")?;
    Ok(Box::new(Entry {
        tenant,
        partner: members.required("partner", partner)?,
    }))
}

impl Ask for Entry {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let policy = self.tenant.policy(state)?;
        let found = policy.partners.get(self.partner);
        let expand = entry::Expand::Synchronization;
        Ok(json!({
            "exists": found.is_some(),
            "partner": found.map(|found| entry::render(found, expand, Form::Answer)),
        }))
    }
}
