//! The entry of one partner organization: `/policies/crossTenantAccessPolicy/partners/{id}`.
//!
//! Null means "inherited" (S2.3, S2.7), so an answer names every member and an entry that
//! customizes nothing is a list of nulls.

use policy::reason::Reason;
use policy::settings::{BlockName, Partner};
use serde_json::{Value, json};

use super::untreated::{Members, Rendering, note_left_out};
use super::{Form, Mode, block, consent, synchronization, trust};
use crate::wire::{Result, WireError, Within, flag, guid, object, optional};

const TENANT: &str = "tenantId";
const IS_SERVICE_PROVIDER: &str = "isServiceProvider";
const IS_IN_MTO: &str = "isInMultiTenantOrganization";
const TRUST: &str = "inboundTrust";
const CONSENT: &str = "automaticUserConsentSettings";
const REDEMPTION: &str = "invitationRedemptionIdentityProviderConfiguration";
const MEETINGS: &str = "crossCloudMeetingConfiguration";
const PROTECTED_CONTENT: &str = "protectedContentSharing";
const M365_INBOUND: &str = "m365CollaborationInbound";
const M365_OUTBOUND: &str = "m365CollaborationOutbound";
const APP_SERVICE: &str = "appServiceConnectInbound";
/// The navigation to the synchronization setting, present when it was asked for.
pub(crate) const SYNCHRONIZATION: &str = "identitySynchronization";

const MEMBERS: Members = Members {
    treated: &[
        TENANT,
        IS_SERVICE_PROVIDER,
        IS_IN_MTO,
        TRUST,
        "b2bCollaborationOutbound",
        "b2bCollaborationInbound",
        "b2bDirectConnectOutbound",
        "b2bDirectConnectInbound",
        "tenantRestrictions",
        CONSENT,
        SYNCHRONIZATION,
    ],
    stored: &[
        "displayName",
        MEETINGS,
        PROTECTED_CONTENT,
        M365_INBOUND,
        M365_OUTBOUND,
        APP_SERVICE,
        "blockServiceProviderOutboundAccess",
        "deletedDateTime",
    ],
};

/// Whether a written entry carries the synchronization setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expand {
    /// It was not asked for.
    Nothing,
    /// `$expand=identitySynchronization`.
    Synchronization,
}

/// Reads a stored entry.
pub fn read(value: &Value, mode: Mode) -> Result<Partner> {
    let members = object(value)?;
    let tenant = members
        .get(TENANT)
        .ok_or_else(|| WireError::missing(TENANT))?;
    let mut partner = Partner::new(guid(tenant).under(TENANT)?);
    for (member, value) in members {
        if let Some(name) = BlockName::from_name(member) {
            let block = block::read(value, name, mode).under(member)?;
            partner.blocks.set(name, block);
            continue;
        }
        read_member(&mut partner, member, value, mode)?;
    }
    if mode == Mode::Import {
        note_left_out(&mut partner.untreated, value, MEMBERS.treated);
    }
    Ok(partner)
}

fn read_member(partner: &mut Partner, member: &str, value: &Value, mode: Mode) -> Result<()> {
    match member {
        TENANT => {}
        IS_SERVICE_PROVIDER => partner.is_service_provider = flag(value).under(member)?,
        IS_IN_MTO => {
            let flag = flag(value).under(member)?;
            partner.is_in_multitenant_organization = flag.unwrap_or(false);
        }
        TRUST => {
            let read = |value: &Value| trust::read(value, mode);
            partner.trust = optional(value, read).under(member)?;
        }
        CONSENT => partner.automatic_consent = consent::read(value, mode).under(member)?,
        // The redemption order belongs to the default (S14.6); some answers have it, always null.
        REDEMPTION if mode == Mode::Strict && !value.is_null() => {
            return Err(WireError::rule(Reason::InvalidProperty).under(member));
        }
        REDEMPTION if mode == Mode::Strict => {}
        SYNCHRONIZATION => {
            let read = |value: &Value| synchronization::read(value, mode);
            if let Some((tenant, setting)) = optional(value, read).under(member)? {
                if tenant.is_some_and(|tenant| tenant != partner.tenant) {
                    let message =
                        format!("this is not the tenant of the entry, {}", partner.tenant);
                    return Err(WireError::conflict(message).under(TENANT).under(member));
                }
                partner.synchronization = Some(setting);
            }
        }
        other => MEMBERS.keep(&mut partner.untreated, mode, other, value)?,
    }
    Ok(())
}

/// Writes the entry.
pub fn render(partner: &Partner, expand: Expand, form: Form) -> Value {
    let Partner {
        tenant,
        is_service_provider,
        is_in_multitenant_organization,
        blocks,
        trust,
        automatic_consent,
        synchronization,
        untreated,
    } = partner;
    let mut rendering = Rendering::new(form, untreated);
    rendering.put(TENANT, tenant.to_string().into());
    rendering.state(IS_SERVICE_PROVIDER, is_service_provider.map(Value::from));
    let in_mto = *is_in_multitenant_organization;
    rendering.state(
        IS_IN_MTO,
        (in_mto || form != Form::World).then(|| in_mto.into()),
    );
    rendering.state(
        TRUST,
        trust.as_ref().map(|trust| trust::render(trust, form)),
    );
    for name in [
        BlockName::B2bCollaborationOutbound,
        BlockName::B2bCollaborationInbound,
        BlockName::B2bDirectConnectOutbound,
        BlockName::B2bDirectConnectInbound,
        BlockName::TenantRestrictions,
    ] {
        let block = blocks.get(name);
        rendering.state(
            name.as_str(),
            block.map(|block| block::render(block, name, form)),
        );
    }
    let no_flags = || json!({"inboundAllowed": null, "outboundAllowed": null});
    rendering.stored(untreated, MEETINGS, Some(no_flags()));
    let stated = automatic_consent.inbound.or(automatic_consent.outbound);
    let consent = consent::render(*automatic_consent, form);
    rendering.state(
        CONSENT,
        (stated.is_some() || form != Form::World).then_some(consent),
    );
    rendering.stored(untreated, PROTECTED_CONTENT, None);
    for name in [M365_INBOUND, M365_OUTBOUND, APP_SERVICE] {
        rendering.stored(untreated, name, Some(Value::Null));
    }
    rendering.rest(untreated, &MEMBERS);
    if expand == Expand::Synchronization {
        let setting = synchronization.as_ref();
        let setting = setting.map(|setting| synchronization::render(*tenant, setting, form));
        rendering.state(SYNCHRONIZATION, setting);
    }
    rendering.leave_out(untreated);
    rendering.into_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::settings::AutomaticConsent;
    use policy::tenant::TenantId;

    const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";

    fn fresh() -> Partner {
        Partner::new(FABRIKAM.parse::<TenantId>().unwrap())
    }

    #[test]
    fn a_new_entry_answers_with_everything_null_in_the_order_of_the_wire() {
        // S2.7
        let answer = render(&fresh(), Expand::Nothing, Form::Answer);
        let expected = json!({
            "tenantId": FABRIKAM,
            "isServiceProvider": null,
            "isInMultiTenantOrganization": false,
            "inboundTrust": null,
            "b2bCollaborationOutbound": null,
            "b2bCollaborationInbound": null,
            "b2bDirectConnectOutbound": null,
            "b2bDirectConnectInbound": null,
            "tenantRestrictions": null,
            "crossCloudMeetingConfiguration": {"inboundAllowed": null, "outboundAllowed": null},
            "automaticUserConsentSettings": {"inboundAllowed": null, "outboundAllowed": null},
            "m365CollaborationInbound": null,
            "m365CollaborationOutbound": null,
            "appServiceConnectInbound": null,
        });
        assert_eq!(answer.to_string(), expected.to_string());
        let expanded = render(&fresh(), Expand::Synchronization, Form::Answer);
        assert_eq!(expanded.get("identitySynchronization"), Some(&Value::Null));
    }

    #[test]
    fn an_entry_reads_and_writes_without_difference() {
        let value = json!({
            "@odata.context": "somewhere",
            "tenantId": FABRIKAM,
            "isServiceProvider": true,
            "isInMultiTenantOrganization": true,
            "inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": null, "isHybridAzureADJoinedDeviceAccepted": false},
            "b2bCollaborationOutbound": null,
            "b2bCollaborationInbound": {"applications": {"accessType": "blocked", "targets": [{"target": "Office365", "targetType": "application"}]}},
            "b2bDirectConnectOutbound": null,
            "b2bDirectConnectInbound": null,
            "tenantRestrictions": null,
            "automaticUserConsentSettings": {"inboundAllowed": null, "outboundAllowed": true},
            "blockServiceProviderOutboundAccess": null,
            "futureMember": {"deep": [1, 2.5, "x"]},
            "identitySynchronization": {"tenantId": FABRIKAM, "displayName": null, "userSyncInbound": {"isSyncAllowed": true}},
        });
        let partner = read(&value, Mode::Import).unwrap();
        assert_eq!(
            partner.automatic_consent,
            AutomaticConsent {
                inbound: None,
                outbound: Some(true)
            }
        );
        assert_eq!(
            render(&partner, Expand::Synchronization, Form::Export),
            value
        );
        let error = read(&value, Mode::Strict).unwrap_err();
        assert_eq!(error.path.to_string(), "futureMember");
    }

    #[test]
    fn an_entry_of_a_world_states_only_what_is_stated() {
        let value = json!({"tenantId": FABRIKAM});
        let partner = read(&value, Mode::Strict).unwrap();
        assert_eq!(partner, fresh());
        assert_eq!(
            render(&partner, Expand::Synchronization, Form::World),
            value
        );
    }

    #[test]
    fn an_entry_names_its_tenant_by_a_guid() {
        let error = read(&json!({}), Mode::Import).unwrap_err();
        assert_eq!(error.to_string(), "the member `tenantId` is missing");
        let error = read(&json!({"tenantId": "fabrikam.com"}), Mode::Import).unwrap_err();
        assert_eq!(
            error.to_string(),
            "tenantId: expected a GUID, found \"fabrikam.com\""
        );
    }

    #[test]
    fn a_synchronization_setting_of_somebody_else_is_refused() {
        let other = json!({"tenantId": "0f000000-0000-4000-8000-000000000003"});
        let value = json!({"tenantId": FABRIKAM, "identitySynchronization": other});
        let error = read(&value, Mode::Import).unwrap_err();
        assert_eq!(error.path.to_string(), "identitySynchronization.tenantId");
    }

    #[test]
    fn a_redemption_order_does_not_belong_into_an_entry() {
        // S14.6
        let name = "invitationRedemptionIdentityProviderConfiguration";
        let with = |order: Value| json!({"tenantId": FABRIKAM, name: order});
        assert_eq!(read(&with(Value::Null), Mode::Strict).unwrap(), fresh());
        let error = read(&with(json!({})), Mode::Strict).unwrap_err();
        assert_eq!(error.path.to_string(), name);
    }
}
