//! The body of a write, member by member: what was said, in the order it was said (S14.6, S14.7).
//!
//! Reading a body never fails for what a member says: whether a member may be written here, by
//! this caller, at this time, is judged elsewhere and in a fixed order (S14.13). So a member nobody
//! knows and a value of the wrong form are reported like all others, with their path.

use policy::draft::{Patch, Written};
use policy::settings::BlockName;
use serde_json::Value;

use crate::settings::{Mode, block, consent, json_text, redemption, synchronization, trust};
use crate::wire::{Result, WireError, Wrong};
use crate::wire::{each, flag_patch, is_annotation, object, text, text_patch, written};

/// Members that Graph knows on the policy, the default, a partner or its synchronization, and that
/// have no effect here (S14.6).
const UNTREATED: [&str; 14] = [
    "crossCloudMeetingConfiguration",
    "protectedContentSharing",
    "m365CollaborationInbound",
    "m365CollaborationOutbound",
    "appServiceConnectInbound",
    "blockServiceProviderOutboundAccess",
    "groupSyncInbound",
    "roleEnabledGroupSyncInbound",
    "externalCloudAuthorizedApplicationId",
    "deletedDateTime",
    "description",
    "definition",
    "templates",
    "serviceProviderConstraints",
];

/// What the body of a PATCH, POST or PUT says. The only error is a body that is not an object.
pub fn read(body: &Value) -> Result<Vec<Written>> {
    let members = object(body)?;
    let named = members.iter().filter(|(name, _)| !is_annotation(name));
    Ok(named
        .map(|(name, value)| member(name, value).unwrap_or_else(|error| fault(error, name)))
        .collect())
}

fn member(name: &str, value: &Value) -> Result<Written> {
    if let Some(block) = BlockName::from_name(name) {
        let draft = written(value, |value| block::draft(value, block, Mode::Strict))?;
        return Ok(Written::Block(block, draft));
    }
    Ok(match name {
        "inboundTrust" => Written::Trust(written(value, trust::draft)?),
        "automaticUserConsentSettings" => {
            Written::Consent(written(value, |value| consent::draft(value, Mode::Strict))?)
        }
        "invitationRedemptionIdentityProviderConfiguration" => {
            let draft = |value: &Value| redemption::draft(value, Mode::Strict);
            Written::Redemption(written(value, draft)?)
        }
        "allowedCloudEndpoints" => Written::Clouds(written(value, |clouds| each(clouds, text))?),
        "displayName" => Written::DisplayName(text_patch(value)?),
        "userSyncInbound" => {
            Written::SyncAllowed(written(value, synchronization::user_sync_draft)?)
        }
        "tenantId" => Written::TenantId(text_patch(value)?),
        "domain" => Written::Domain(text_patch(value)?),
        "id" => Written::Id(text_patch(value)?),
        "isServiceDefault" => Written::IsServiceDefault(flag_patch(value)?),
        "isServiceProvider" => Written::IsServiceProvider(flag_patch(value)?),
        "isInMultiTenantOrganization" => Written::IsInMultiTenantOrganization(flag_patch(value)?),
        untreated if UNTREATED.contains(&untreated) => {
            Written::Untreated(untreated.to_owned(), untreated_value(value)?)
        }
        unknown => Written::Unknown(unknown.to_owned()),
    })
}

fn untreated_value(value: &Value) -> Result<Patch<String>> {
    match value {
        Value::Null => Ok(Patch::Null),
        _ => json_text(value).map(Patch::Value),
    }
}

fn fault(error: WireError, member: &str) -> Written {
    let error = error.under(member);
    let path = error.path.to_string();
    match error.wrong {
        Wrong::Unknown => Written::Unknown(path),
        Wrong::Form { expected } => Written::Malformed { path, expected },
        Wrong::Rule(_) | Wrong::Conflict => Written::Malformed {
            path,
            expected: "a value that is nested less deeply",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn only(body: Value) -> Written {
        let mut written = read(&body).unwrap();
        assert_eq!(written.len(), 1, "{written:?}");
        written.remove(0)
    }

    #[track_caller]
    fn malformed(body: Value, at: &str, wanted: &str) {
        match only(body) {
            Written::Malformed { path, expected } => {
                assert_eq!((path.as_str(), expected), (at, wanted))
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn members_are_reported_in_the_order_they_were_written_without_annotations() {
        let body = json!({
            "@odata.type": "#microsoft.graph.crossTenantAccessPolicyConfigurationPartner",
            "tenantId": "0f000000-0000-4000-8000-000000000002",
            "tenantId@odata.type": "String",
            "b2bCollaborationInbound": null,
            "isServiceProvider": false,
            "b2bFoo": {},
            "m365CollaborationInbound": {"users": null},
        });
        assert_eq!(
            read(&body).unwrap(),
            [
                Written::TenantId(Patch::Value(
                    "0f000000-0000-4000-8000-000000000002".to_owned()
                )),
                Written::Block(BlockName::B2bCollaborationInbound, Patch::Null),
                Written::IsServiceProvider(Patch::Value(false)),
                Written::Unknown("b2bFoo".to_owned()),
                Written::Untreated(
                    "m365CollaborationInbound".to_owned(),
                    Patch::Value("{\"users\":null}".to_owned())
                ),
            ]
        );
    }

    #[test]
    fn a_half_that_is_not_given_is_told_from_one_that_is_null() {
        // S14.7
        let Written::Block(_, Patch::Value(block)) =
            only(json!({"tenantRestrictions": {"applications": null, "devices": null}}))
        else {
            panic!("a block");
        };
        assert_eq!(
            (block.users, block.applications),
            (Patch::Absent, Patch::Null)
        );
        assert!(!block.devices);
    }

    #[test]
    fn a_target_that_says_too_little_is_left_to_the_rules() {
        // S4.4
        let targets = json!([{"target": "AllUsers"}]);
        let half = json!({"accessType": "sometimes", "targets": targets});
        let Written::Block(_, Patch::Value(block)) =
            only(json!({"b2bDirectConnectInbound": {"usersAndGroups": half}}))
        else {
            panic!("a block");
        };
        let Patch::Value(half) = block.users else {
            panic!("a half");
        };
        assert_eq!(half.access_type.as_deref(), Some("sometimes"));
        assert_eq!(half.targets[0].target_type, "");
    }

    #[test]
    fn wrong_forms_are_reported_with_their_path_and_what_was_expected() {
        let trust = |flags: Value| json!({"inboundTrust": flags});
        let flag = "true, false or null";
        malformed(
            trust(json!({"isMfaAccepted": "yes"})),
            "inboundTrust.isMfaAccepted",
            flag,
        );
        malformed(trust(json!([])), "inboundTrust", "an object");
        malformed(json!({"displayName": 5}), "displayName", "a string or null");
        malformed(
            json!({"allowedCloudEndpoints": [null]}),
            "allowedCloudEndpoints[0]",
            "a string",
        );
        malformed(
            json!({"b2bCollaborationInbound": {"applications": {"targets": [{"target": []}]}}}),
            "b2bCollaborationInbound.applications.targets[0].target",
            "a string or null",
        );
        malformed(
            json!({"userSyncInbound": true}),
            "userSyncInbound",
            "an object",
        );
    }

    #[test]
    fn a_member_nobody_knows_is_reported_with_its_path() {
        let unknown = |path: &str| Written::Unknown(path.to_owned());
        assert_eq!(
            only(json!({"inboundTrust": {"isFoo": 1}})),
            unknown("inboundTrust.isFoo")
        );
        assert_eq!(
            only(json!({"userSyncInbound": {"isFoo": 1}})),
            unknown("userSyncInbound.isFoo")
        );
        assert_eq!(
            only(json!({"b2BCollaborationInbound": null})),
            unknown("b2BCollaborationInbound")
        );
        assert_eq!(
            only(json!({"b2bCollaborationInbound": {"devices": null}})),
            unknown("b2bCollaborationInbound.devices")
        );
    }

    #[test]
    fn the_undocumented_flag_of_trust_is_carried_along() {
        let Written::Trust(Patch::Value(trust)) =
            only(json!({"inboundTrust": {"isCompliantNetworkAccepted": true}}))
        else {
            panic!("trust");
        };
        let name = "isCompliantNetworkAccepted".to_owned();
        assert_eq!(trust.untreated, [(name, "true".to_owned())]);
    }

    #[test]
    fn the_synchronization_switch_is_absent_null_or_a_value() {
        let stated = |body: Value| only(json!({"userSyncInbound": body}));
        assert_eq!(stated(Value::Null), Written::SyncAllowed(Patch::Null));
        assert_eq!(
            stated(json!({})),
            Written::SyncAllowed(Patch::Value(Patch::Absent))
        );
        let null = json!({"isSyncAllowed": null});
        assert_eq!(
            stated(null),
            Written::SyncAllowed(Patch::Value(Patch::Null))
        );
        let on = json!({"isSyncAllowed": true});
        assert_eq!(
            stated(on),
            Written::SyncAllowed(Patch::Value(Patch::Value(true)))
        );
    }

    #[test]
    fn only_a_body_that_is_no_object_is_an_error() {
        assert!(read(&json!({})).unwrap().is_empty());
        let error = read(&json!([])).unwrap_err();
        assert_eq!(error.to_string(), "expected an object, found a list");
    }
}
