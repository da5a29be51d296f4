//! The default configuration: `/policies/crossTenantAccessPolicy/default` (S2.1, S2.10).
//!
//! Graph always answers with every value, whether an administrator wrote it or the service did.
//! Which of the two it was is in `isServiceDefault`, and only there.

use policy::reason::Reason;
use policy::resolve::system_block;
use policy::settings::{BlockName, Defaults, InboundTrust, RedemptionOrder};
use policy::tenant::PolicyId;
use serde_json::{Value, json};

use super::untreated::{Members, Rendering};
use super::{Form, Mode, block, consent, redemption, trust};
use crate::wire::{Result, WireError, Within, flag, object, optional};

const IS_SERVICE_DEFAULT: &str = "isServiceDefault";
const TRUST: &str = "inboundTrust";
const CONSENT: &str = "automaticUserConsentSettings";
const REDEMPTION: &str = "invitationRedemptionIdentityProviderConfiguration";
const MEETINGS: &str = "crossCloudMeetingConfiguration";
const PROTECTED_CONTENT: &str = "protectedContentSharing";
const M365_INBOUND: &str = "m365CollaborationInbound";
const M365_OUTBOUND: &str = "m365CollaborationOutbound";
const APP_SERVICE: &str = "appServiceConnectInbound";

const MEMBERS: Members = Members {
    treated: &[
        IS_SERVICE_DEFAULT,
        TRUST,
        "b2bCollaborationOutbound",
        "b2bCollaborationInbound",
        "b2bDirectConnectOutbound",
        "b2bDirectConnectInbound",
        "tenantRestrictions",
        CONSENT,
        REDEMPTION,
    ],
    stored: &[
        "id",
        MEETINGS,
        PROTECTED_CONTENT,
        M365_INBOUND,
        M365_OUTBOUND,
        APP_SERVICE,
        "blockServiceProviderOutboundAccess",
        "deletedDateTime",
    ],
};

/// Reads a stored default. What `isServiceDefault` does not say is inferred: a default that states
/// anything has been customized.
pub fn read(value: &Value, mode: Mode) -> Result<Defaults> {
    let mut defaults = Defaults::default();
    let mut service_default = None;
    for (member, value) in object(value)? {
        if let Some(name) = BlockName::from_name(member) {
            let block = block::read(value, name, mode).under(member)?;
            defaults.blocks.set(name, block);
            continue;
        }
        match member.as_str() {
            IS_SERVICE_DEFAULT => service_default = flag(value).under(member)?,
            TRUST => {
                let read = |value: &Value| trust::read(value, mode);
                defaults.trust = optional(value, read).under(member)?;
            }
            CONSENT => read_consent(value, mode).under(member)?,
            REDEMPTION => {
                let read = |value: &Value| redemption::read(value, mode);
                defaults.redemption = optional(value, read).under(member)?;
            }
            other => MEMBERS.keep(&mut defaults.untreated, mode, other, value)?,
        }
    }
    defaults.customized = match service_default {
        Some(service_default) => !service_default,
        None => states_something(&defaults),
    };
    if !defaults.customized {
        forget_system_values(&mut defaults);
    }
    Ok(defaults)
}

/// Automatic redemption is off in the default and cannot be switched on (S2.2, S14.6).
fn read_consent(value: &Value, mode: Mode) -> Result<()> {
    let stated = consent::read(value, mode)?;
    let refused = || WireError::rule(Reason::DefaultAutoConsentReadOnly);
    match (stated.inbound, stated.outbound) {
        (Some(true), _) => Err(refused().under("inboundAllowed")),
        (_, Some(true)) => Err(refused().under("outboundAllowed")),
        _ => Ok(()),
    }
}

fn states_something(defaults: &Defaults) -> bool {
    let trust = defaults.trust.as_ref();
    !defaults.blocks.is_empty()
        || trust.is_some_and(|trust| !trust.is_null())
        || defaults.redemption.is_some()
}

/// What the service itself says is not the administrator's, so it is inherited from the system.
/// A value that differs from the system default is kept: it was said, whoever said it.
fn forget_system_values(defaults: &mut Defaults) {
    for name in BlockName::ALL {
        let system = Some(system_block(name).into());
        if defaults.blocks.get(name) == system.as_ref() {
            defaults.blocks.set(name, None);
        }
    }
    if let Some(trust) = &mut defaults.trust {
        for flag in [
            &mut trust.mfa,
            &mut trust.compliant_device,
            &mut trust.hybrid_joined_device,
        ] {
            *flag = flag.filter(|accepted| *accepted);
        }
    }
    // Members without effect stay where they are; a trust that states no flag counts as null.
    defaults.trust = defaults
        .trust
        .take()
        .filter(|trust| *trust != InboundTrust::default());
    defaults.redemption = defaults
        .redemption
        .take()
        .filter(|order| *order != RedemptionOrder::default());
}

/// Writes the default. An answer has the values in force and the policy's id (S11.3); an export has
/// the values in force where nobody customized anything, and otherwise what was customized.
pub fn render(defaults: &Defaults, policy: Option<PolicyId>, form: Form) -> Value {
    let Defaults {
        customized,
        blocks,
        trust,
        redemption,
        untreated,
    } = defaults;
    let effective = form == Form::Answer || (form == Form::Export && !customized);
    let mut rendering = Rendering::new(form, untreated);
    rendering.stored(untreated, "id", policy.map(|id| id.to_string().into()));
    if form != Form::World || *customized != states_something(defaults) {
        rendering.put(IS_SERVICE_DEFAULT, Value::from(!customized));
    }
    if let Some(trust) = in_force(trust.as_ref(), effective) {
        rendering.put(TRUST, trust::render(&trust, form));
    }
    let block = |rendering: &mut Rendering, name: BlockName| {
        let system = || effective.then(|| system_block(name).into());
        if let Some(block) = blocks.get(name).cloned().or_else(system) {
            rendering.put(name.as_str(), block::render(&block, name, form));
        }
    };
    block(&mut rendering, BlockName::B2bCollaborationOutbound);
    block(&mut rendering, BlockName::B2bCollaborationInbound);
    block(&mut rendering, BlockName::B2bDirectConnectOutbound);
    block(&mut rendering, BlockName::B2bDirectConnectInbound);
    rendering.stored(
        untreated,
        MEETINGS,
        Some(consent::render_effective(false, false)),
    );
    if form != Form::World {
        rendering.put(CONSENT, consent::render_effective(false, false));
    }
    rendering.stored(untreated, PROTECTED_CONTENT, None);
    block(&mut rendering, BlockName::TenantRestrictions);
    let system = || effective.then(RedemptionOrder::default);
    if let Some(order) = redemption.clone().or_else(system) {
        rendering.put(REDEMPTION, redemption::render(&order));
    }
    rendering.stored(
        untreated,
        M365_INBOUND,
        Some(blocked("users", "AllUsers", "user")),
    );
    rendering.stored(
        untreated,
        M365_OUTBOUND,
        Some(blocked("usersAndGroups", "AllUsers", "user")),
    );
    let applications = blocked("applications", "AllApplications", "application");
    rendering.stored(untreated, APP_SERVICE, Some(applications));
    rendering.rest(untreated, &MEMBERS);
    rendering.into_value()
}

/// Trust with the system's "no" for what nobody states, where values in force are asked for.
fn in_force(trust: Option<&InboundTrust>, effective: bool) -> Option<InboundTrust> {
    if !effective {
        return trust.cloned();
    }
    let mut trust = trust.cloned().unwrap_or_default();
    trust.mfa = trust.mfa.or(Some(false));
    trust.compliant_device = trust.compliant_device.or(Some(false));
    trust.hybrid_joined_device = trust.hybrid_joined_device.or(Some(false));
    Some(trust)
}

/// The system default of a member that this product does not treat.
fn blocked(half: &str, target: &str, target_type: &str) -> Value {
    json!({half: {"accessType": "blocked", "targets": [{"target": target, "targetType": target_type}]}})
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::settings::Block;

    fn answer(defaults: &Defaults) -> Value {
        render(defaults, None, Form::Answer)
    }

    #[test]
    fn an_untouched_default_answers_with_the_values_of_the_system_in_the_order_of_the_wire() {
        // S2.2
        let value = answer(&Defaults::default());
        let names: Vec<&str> = object(&value).unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "isServiceDefault",
                "inboundTrust",
                "b2bCollaborationOutbound",
                "b2bCollaborationInbound",
                "b2bDirectConnectOutbound",
                "b2bDirectConnectInbound",
                "crossCloudMeetingConfiguration",
                "automaticUserConsentSettings",
                "tenantRestrictions",
                "invitationRedemptionIdentityProviderConfiguration",
                "m365CollaborationInbound",
                "m365CollaborationOutbound",
                "appServiceConnectInbound",
            ]
        );
        assert_eq!(value["isServiceDefault"], true);
        let access = |name: &str| value[name]["usersAndGroups"]["accessType"].as_str();
        assert_eq!(access("b2bCollaborationInbound"), Some("allowed"));
        assert_eq!(access("b2bDirectConnectOutbound"), Some("blocked"));
        assert_eq!(value["tenantRestrictions"]["devices"], Value::Null);
        assert_eq!(value["inboundTrust"]["isMfaAccepted"], false);
    }

    #[test]
    fn the_service_s_own_values_are_not_taken_for_the_administrator_s() {
        let mut value = answer(&Defaults::default());
        value["inboundTrust"]["isCompliantNetworkAccepted"] = json!(false);
        let defaults = read(&value, Mode::Import).unwrap();
        assert!(!defaults.customized && defaults.blocks.is_empty());
        assert!(defaults.redemption.is_none());
        let trust = defaults.trust.as_ref().unwrap();
        assert!(trust.is_null() && !trust.untreated.is_empty());
        assert_eq!(render(&defaults, None, Form::Export), value);
    }

    #[test]
    fn writing_the_system_s_values_counts_as_customizing() {
        // S2.10
        let mut value = answer(&Defaults::default());
        value["isServiceDefault"] = json!(false);
        let defaults = read(&value, Mode::Import).unwrap();
        assert!(defaults.customized);
        let inbound = BlockName::B2bCollaborationInbound;
        let system: Block = system_block(inbound).into();
        assert_eq!(defaults.blocks.get(inbound), Some(&system));
        assert_eq!(render(&defaults, None, Form::Export), value);
    }

    #[test]
    fn a_default_that_states_anything_has_been_customized() {
        let stated = |value: Value| read(&value, Mode::Strict).unwrap().customized;
        assert!(stated(json!({"inboundTrust": {"isMfaAccepted": false}})));
        assert!(!stated(json!({"inboundTrust": {"isMfaAccepted": null}})));
        assert!(!stated(json!({"b2bCollaborationInbound": null})));
        assert!(!stated(
            json!({"automaticUserConsentSettings": {"inboundAllowed": false}})
        ));
        assert!(!stated(json!({})));
    }

    #[test]
    fn automatic_redemption_cannot_be_on_in_the_default() {
        // S14.6
        let value = json!({"automaticUserConsentSettings": {"outboundAllowed": true}});
        let error = read(&value, Mode::Import).unwrap_err();
        let path = "automaticUserConsentSettings.outboundAllowed";
        assert_eq!(error.path.to_string(), path);
    }

    #[test]
    fn what_is_not_treated_comes_back_and_a_world_refuses_what_graph_does_not_know() {
        let value = json!({"@odata.context": "c", "id": "5", "futureMember": {"a": [1]}, "m365CollaborationInbound": null});
        let defaults = read(&value, Mode::Import).unwrap();
        let again = render(&defaults, None, Form::Export);
        for name in [
            "@odata.context",
            "id",
            "futureMember",
            "m365CollaborationInbound",
        ] {
            assert_eq!(again.get(name), value.get(name), "{name}");
        }
        let error = read(&value, Mode::Strict).unwrap_err();
        assert_eq!(error.path.to_string(), "futureMember");
    }
}
