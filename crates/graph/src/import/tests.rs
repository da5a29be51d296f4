//! Exports as administrators have them, whole and broken.

mod laws;
mod pages;

use policy::tenant::{Cloud, TenantId};
use serde_json::{Value, json};

use super::{Imported, Note, Options, read};
use crate::export::{self, Documents};

const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";
const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";
const GRAPH: &str = "https://graph.microsoft.com/v1.0/$metadata#";
const XTAP: &str = "https://graph.microsoft.com/v1.0/$metadata#policies/crossTenantAccessPolicy";

/// Puts names to documents.
fn named<const N: usize>(documents: [(&str, Value); N]) -> Vec<(String, Value)> {
    let documents = documents.into_iter();
    documents
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn all(documents: &Documents) -> Vec<(String, Value)> {
    named([
        ("organization.json", documents.organization.clone()),
        ("policy.json", documents.policy.clone()),
        ("default.json", documents.default.clone()),
        ("partners.json", documents.partners.clone()),
    ])
}

fn policy() -> Value {
    json!({
        "@odata.context": format!("{XTAP}/$entity"),
        "id": "0c000000-0000-4000-8000-0000000000ff",
        "displayName": format!("CrossTenantAccessPolicy for {CONTOSO}"),
        "allowedCloudEndpoints": ["microsoftonline.us"],
    })
}

fn half(access: &str, target: &str, kind: &str) -> Value {
    json!({"accessType": access, "targets": [{"target": target, "targetType": kind}]})
}

fn block(users: Value, applications: Value) -> Value {
    json!({"usersAndGroups": users, "applications": applications})
}

fn all_users(access: &str) -> Value {
    half(access, "AllUsers", "user")
}

fn all_applications(access: &str) -> Value {
    half(access, "AllApplications", "application")
}

fn restrictions() -> Value {
    let mut block = block(all_users("blocked"), all_applications("blocked"));
    block["devices"] = Value::Null;
    block
}

/// A default that an administrator has written, with everything the service sends.
fn default() -> Value {
    let of = |access: &str| block(all_users(access), all_applications(access));
    json!({
        "@odata.context": format!("{XTAP}/default/$entity"),
        "id": "0c000000-0000-4000-8000-0000000000fd",
        "isServiceDefault": false,
        "inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": false, "isHybridAzureADJoinedDeviceAccepted": false, "isCompliantNetworkAccepted": false},
        "b2bCollaborationOutbound": of("allowed"),
        "b2bCollaborationInbound": of("blocked"),
        "b2bDirectConnectOutbound": of("blocked"),
        "b2bDirectConnectInbound": of("blocked"),
        "automaticUserConsentSettings": {"inboundAllowed": false, "outboundAllowed": false},
        "protectedContentSharing": {"inboundAllowed": true, "outboundAllowed": true},
        "tenantRestrictions": restrictions(),
        "invitationRedemptionIdentityProviderConfiguration": {
            "primaryIdentityProviderPrecedenceOrder": ["azureActiveDirectory"],
            "fallbackIdentityProvider": "emailOneTimePasscode",
        },
        "memberOfNextYear": {"level": 3},
    })
}

/// An entry with everything null, as the service sends it.
fn entry(tenant: &str) -> Value {
    json!({
        "tenantId": tenant,
        "isServiceProvider": null,
        "isInMultiTenantOrganization": false,
        "inboundTrust": null,
        "b2bCollaborationOutbound": null,
        "b2bCollaborationInbound": null,
        "b2bDirectConnectOutbound": null,
        "b2bDirectConnectInbound": null,
        "tenantRestrictions": null,
        "automaticUserConsentSettings": {"inboundAllowed": null, "outboundAllowed": null},
        "identitySynchronization": null,
    })
}

fn page(entries: Vec<Value>) -> Value {
    json!({"@odata.context": format!("{XTAP}/partners(identitySynchronization())"), "value": entries})
}

fn partners() -> Value {
    page(vec![entry(FABRIKAM)])
}

fn imported(documents: &[(String, Value)]) -> Imported {
    read(documents, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refused(documents: &[(String, Value)], says: &[&str]) {
    let error = read(documents, &Options::default())
        .unwrap_err()
        .to_string();
    for part in says {
        assert!(error.contains(part), "{error}");
    }
}

/// The three documents with one of them replaced.
fn with(name: &str, value: Value) -> Vec<(String, Value)> {
    let mut documents = named([
        ("policy.json", policy()),
        ("default.json", default()),
        ("partners.json", partners()),
    ]);
    match documents.iter_mut().find(|(known, _)| known == name) {
        Some(document) => document.1 = value,
        None => documents.push((name.to_owned(), value)),
    }
    documents
}

fn without(name: &str) -> Vec<(String, Value)> {
    let mut documents = with("policy.json", policy());
    documents.retain(|(known, _)| known != name);
    documents
}

#[test]
fn an_export_is_imported_and_exported_without_difference() {
    let imported = imported(&with("policy.json", policy()));
    assert_eq!(imported.notes, [Note::LicenceUnknown]);
    let tenant = &imported.tenant;
    assert_eq!(
        (tenant.id.to_string().as_str(), tenant.cloud),
        (CONTOSO, Cloud::Commercial)
    );
    assert!(tenant.directory.is_none());
    let documents = export::write(tenant).unwrap();
    assert_eq!(documents.policy, policy());
    assert_eq!(documents.default, default());
    assert_eq!(documents.partners, partners());
    let again = read(&all(&documents), &Options::default()).unwrap();
    assert_eq!(again.tenant, *tenant);
}

#[test]
fn documents_are_told_apart_by_what_they_say_whatever_their_names_and_order() {
    let mut documents = with("policy.json", policy());
    for (name, value) in &mut documents {
        *name = name.replace(".json", ".bak");
        if let Value::Object(members) = value {
            members.shift_remove("@odata.context");
        }
    }
    documents.reverse();
    let imported = imported(&documents);
    assert_eq!(imported.tenant.policy.unwrap().partners.len(), 1);
    assert!(
        imported
            .notes
            .contains(&Note::CloudAssumed(Cloud::Commercial))
    );
}

#[test]
fn a_bare_list_single_partners_and_a_batch_are_read_too() {
    let bare = with("partners.json", json!([entry(FABRIKAM)]));
    let single = with("partners.json", entry(FABRIKAM));
    let responses = json!({"responses": [
        {"id": "1", "status": 200, "body": policy()},
        {"id": "2", "status": 200, "headers": {}, "body": default()},
        {"id": "3", "status": 200, "body": partners()},
        {"id": "4", "status": 404, "body": {"error": {"code": "Request_ResourceNotFound", "message": "m"}}},
    ]});
    let batch = named([("batch.json", responses)]);
    let whole = json!([{"wrapped": 1}]);
    let expected = imported(&with("partners.json", partners())).tenant;
    for documents in [bare, single, batch] {
        assert_eq!(imported(&documents).tenant, expected);
    }
    refused(
        &with("strange.json", whole),
        &["strange.json: [0]: ", "is not an answer"],
    );
}

#[test]
fn a_batch_with_a_refused_request_is_refused() {
    let error = json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}});
    let batch = json!({"responses": [{"id": "1", "status": 403, "body": error}]});
    refused(
        &named([("batch.json", batch)]),
        &["responses[0]", "403", "Authorization_RequestDenied"],
    );
    refused(
        &with("default.json", error),
        &["default.json", "Insufficient privileges"],
    );
}

#[test]
fn the_tenant_is_named_by_the_caller_the_organization_or_the_policy() {
    let id: TenantId = CONTOSO.parse().unwrap();
    let mut renamed = policy();
    renamed["displayName"] = "Ours".into();
    let nameless = with("policy.json", renamed);
    refused(&nameless, &["whose settings", "GET /organization"]);
    let options = Options {
        tenant: Some(id),
        ..Options::default()
    };
    assert_eq!(read(&nameless, &options).unwrap().tenant.id, id);
    let mut documents = nameless.clone();
    let organization = json!({
        "@odata.context": format!("{GRAPH}organization(id,displayName,verifiedDomains,assignedPlans)"),
        "value": [{
            "id": CONTOSO,
            "displayName": "Contoso",
            "verifiedDomains": [{"name": "Contoso.com", "isDefault": true}],
            "assignedPlans": [{"capabilityStatus": "Enabled", "service": "AADPremiumService", "servicePlanId": super::AAD_PREMIUM}],
        }],
    });
    documents.push(("organization.json".to_owned(), organization));
    let imported = imported(&documents);
    assert!(imported.notes.is_empty(), "{:?}", imported.notes);
    let tenant = imported.tenant;
    assert_eq!((tenant.id, tenant.p1, tenant.domains.len()), (id, true, 1));
    let other = Options {
        tenant: Some(FABRIKAM.parse().unwrap()),
        ..Options::default()
    };
    assert!(
        read(&documents, &other)
            .unwrap_err()
            .to_string()
            .contains("not of")
    );
    let told = read(&with("policy.json", policy()), &other);
    // The list holds Fabrikam, which is now said to be the tenant itself (S14.8).
    assert!(told.unwrap_err().to_string().contains("partner_is_self"));
}

#[test]
fn without_the_default_nothing_is_assumed_to_be_open() {
    refused(
        &without("default.json"),
        &["default configuration is missing", "/default"],
    );
}

#[test]
fn without_the_policy_or_the_partners_the_import_says_so() {
    let options = Options {
        tenant: Some(CONTOSO.parse().unwrap()),
        ..Options::default()
    };
    let imported = read(&without("policy.json"), &options).unwrap();
    assert!(imported.notes.contains(&Note::NoPolicy));
    // S11.3: the default returns the id of the policy.
    let id = imported.tenant.policy.unwrap().id.unwrap();
    assert_eq!(id.to_string(), "0c000000-0000-4000-8000-0000000000fd");
    let imported = super::tests::imported(&without("partners.json"));
    assert!(imported.notes.contains(&Note::NoPartnerList));
}

#[test]
fn members_that_are_missing_without_a_selection_are_noted() {
    let mut lacking = entry(FABRIKAM);
    let members = lacking.as_object_mut().unwrap();
    members.shift_remove("tenantRestrictions");
    members.shift_remove("identitySynchronization");
    let imported = imported(&with("partners.json", json!({"value": [lacking]})));
    let missing = Note::Inherited {
        member: "tenantRestrictions",
        entries: 1,
    };
    assert!(imported.notes.contains(&missing));
    assert!(imported.notes.contains(&Note::NoSynchronization));
}

#[test]
fn a_partner_is_listed_once_is_not_the_tenant_itself_and_is_alive() {
    // S14.8
    let twice = page(vec![entry(FABRIKAM), entry(&FABRIKAM.to_uppercase())]);
    refused(
        &with("partners.json", twice),
        &["partners.json: value[1].tenantId", "partner_exists"],
    );
    let itself = page(vec![entry(CONTOSO)]);
    refused(
        &with("partners.json", itself),
        &["value[0].tenantId", "partner_is_self"],
    );
    let mut deleted = entry(FABRIKAM);
    deleted["deletedDateTime"] = "2026-01-31T12:00:00Z".into();
    refused(
        &with("partners.json", page(vec![deleted])),
        &["value[0].deletedDateTime"],
    );
}

#[test]
fn contradictory_blocks_are_refused_by_place_and_reason() {
    // S4.11, S4.12
    let mut contradictory = entry(FABRIKAM);
    contradictory["b2bCollaborationInbound"] =
        block(all_users("blocked"), all_applications("allowed"));
    refused(
        &with("partners.json", page(vec![contradictory])),
        &[
            "partners.json: value[0].b2bCollaborationInbound",
            "all_users_blocked_apps_not_blocked",
        ],
    );
    let mut contradictory = default();
    contradictory["b2bDirectConnectInbound"] =
        block(all_users("allowed"), all_applications("blocked"));
    refused(
        &with("default.json", contradictory),
        &[
            "default.json: b2bDirectConnectInbound",
            "all_applications_blocked_users_allowed",
        ],
    );
}

#[test]
fn values_that_are_not_understood_are_refused_by_document_and_path() {
    let mut strange = entry(FABRIKAM);
    strange["b2bCollaborationInbound"] = block(
        half("allowed", "Everyone", "user"),
        all_applications("allowed"),
    );
    refused(
        &with("partners.json", page(vec![strange])),
        &[
            "partners.json: value[0].b2bCollaborationInbound.usersAndGroups.targets[0]",
            "invalid_user_target",
        ],
    );
    let mut strange = default();
    strange["inboundTrust"]["isMfaAccepted"] = "yes".into();
    refused(
        &with("default.json", strange),
        &["default.json: inboundTrust.isMfaAccepted", "found \"yes\""],
    );
}

#[test]
fn documents_that_are_no_answers_are_refused() {
    let templates = json!({"id": "x", "templateApplicationLevel": "none", "inboundTrust": null});
    let tenants = json!({"@odata.context": format!("{GRAPH}tenantRelationships/multiTenantOrganization/tenants"), "value": [{"tenantId": FABRIKAM}]});
    let deleted = json!({"@odata.context": format!("{GRAPH}policies/deletedItems/crossTenantPartners"), "value": []});
    for strange in [
        json!(5),
        json!("x"),
        json!({}),
        json!({"tenants": []}),
        templates,
        tenants,
        deleted,
    ] {
        refused(
            &with("strange.json", strange),
            &["strange.json", "expected the answers of GET"],
        );
    }
    refused(
        &with("copy.json", default()),
        &["copy.json", "so is default.json"],
    );
}

#[test]
fn synchronization_settings_that_came_alone_join_their_entries() {
    let setting = |tenant: &str| json!({"tenantId": tenant, "displayName": "Fabrikam", "userSyncInbound": {"isSyncAllowed": true}});
    let imported = imported(&with("sync.json", setting(FABRIKAM)));
    let partner: TenantId = FABRIKAM.parse().unwrap();
    let policy = imported.tenant.policy.unwrap();
    let stored = policy
        .partners
        .get(partner)
        .unwrap()
        .synchronization
        .clone();
    assert_eq!(stored.unwrap().is_sync_allowed, Some(true));
    refused(
        &with("sync.json", setting("0f000000-0000-4000-8000-00000000000f")),
        &["sync.json", "no partner entry"],
    );
}

#[test]
fn the_cloud_is_read_off_the_addresses() {
    let move_to = |value: &mut Value, host: &str| {
        let context = value["@odata.context"].as_str().unwrap();
        value["@odata.context"] = context.replace("graph.microsoft.com", host).into();
    };
    let mut documents = with("policy.json", policy());
    move_to(&mut documents[0].1, "graph.microsoft.us");
    refused(
        &documents,
        &["default.json: [\"@odata.context\"]", "microsoftonline.us"],
    );
    for document in &mut documents {
        move_to(&mut document.1, "graph.microsoft.us");
    }
    // Whether a cloud may be listed is judged when it is written, not when it is read.
    assert_eq!(imported(&documents).tenant.cloud, Cloud::UsGovernment);
    let told = Options {
        cloud: Some(Cloud::China),
        ..Options::default()
    };
    assert!(read(&documents, &told).is_err());
}

#[test]
fn default_and_partners_may_stand_inside_the_policy() {
    let mut whole = policy();
    whole["default"] = default();
    whole["partners"] = json!([entry(FABRIKAM)]);
    let inside = imported(&named([("world.json", whole)])).tenant;
    assert_eq!(inside, imported(&with("policy.json", policy())).tenant);
}
