//! `…/templates`: what joining a multitenant organization puts into a tenant's entries.

use serde_json::{Value, json};

use crate::client::*;

const WRITER: Persona = Program(&["MultiTenantOrganization.ReadWrite.All", "AuditLog.Read.All"]);
const READER: Persona = Program(&["MultiTenantOrganization.Read.All"]);

fn partner_template() -> String {
    policy("/templates/multiTenantOrganizationPartnerConfiguration")
}

fn synchronization_template() -> String {
    policy("/templates/multiTenantOrganizationIdentitySynchronization")
}

async fn last_audit(server: &Server, category: &str) -> Value {
    let path = format!("/v1.0/auditLogs/directoryAudits?$filter=category%20eq%20'{category}'");
    let answer = server.get(WRITER, &path).await;
    answer.body["value"][0].clone()
}

#[tokio::test]
async fn a_template_that_nobody_changed_changes_nothing() {
    // S13.5, S13.6
    let server = Server::new().await;
    let answer = server.get(READER, &partner_template()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let body = &answer.body;
    assert_eq!(
        body["templateApplicationLevel"],
        "newPartners,existingPartners"
    );
    assert_eq!(body["inboundTrust"], Value::Null);
    assert_eq!(
        body["automaticUserConsentSettings"],
        json!({"inboundAllowed": null, "outboundAllowed": null})
    );
    let context = body["@odata.context"].as_str().unwrap();
    assert!(context.ends_with(
        "#policies/crossTenantAccessPolicy/templates/multiTenantOrganizationPartnerConfiguration/$entity"
    ));
    let answer = server.get(READER, &synchronization_template()).await;
    assert_eq!(
        answer.body["userSyncInbound"],
        json!({"isSyncAllowed": null})
    );
}

#[tokio::test]
async fn a_template_is_merged_and_reset_and_both_are_logged() {
    // S13.6, S14.7, S16.4
    let server = Server::new().await;
    let path = partner_template();
    let consent = |flags: Value| json!({"automaticUserConsentSettings": flags, "inboundTrust": {"isMfaAccepted": true}});
    let answer = server
        .patch(WRITER, &path, consent(json!({"inboundAllowed": true})))
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let level = json!({"automaticUserConsentSettings": {"outboundAllowed": true}, "templateApplicationLevel": "newPartners"});
    assert_eq!(server.patch(WRITER, &path, level).await.status, 204);
    let body = server.get(READER, &path).await.body;
    assert_eq!(
        body["automaticUserConsentSettings"],
        json!({"inboundAllowed": true, "outboundAllowed": true})
    );
    assert_eq!(body["inboundTrust"]["isMfaAccepted"], true);
    assert_eq!(body["templateApplicationLevel"], "newPartners");
    let category = "MultiTenantOrgPartnerConfigurationTemplate";
    let entry = last_audit(&server, category).await;
    assert_eq!(
        entry["activityDisplayName"],
        "Update a multi tenant org partner configuration template"
    );
    let modified = &entry["targetResources"][0]["modifiedProperties"];
    assert_eq!(modified[0]["displayName"], "automaticUserConsentSettings");
    assert_eq!(modified[1]["displayName"], "templateApplicationLevel");
    // What was read may be sent back.
    assert_eq!(server.patch(WRITER, &path, body).await.status, 204);
    let reset = format!("{path}/resetToDefaultSettings");
    assert_eq!(server.post(WRITER, &reset, json!({})).await.status, 204);
    let body = server.get(READER, &path).await.body;
    assert_eq!(
        body["templateApplicationLevel"],
        "newPartners,existingPartners"
    );
    assert_eq!(body["inboundTrust"], Value::Null);
    let entry = last_audit(&server, category).await;
    assert_eq!(
        entry["activityDisplayName"],
        "Reset a multi tenant org partner configuration template"
    );
}

#[tokio::test]
async fn the_synchronization_template_has_one_switch() {
    let server = Server::new().await;
    let path = synchronization_template();
    let on = json!({"userSyncInbound": {"isSyncAllowed": true}});
    assert_eq!(server.patch(WRITER, &path, on).await.status, 204);
    let body = server.get(READER, &path).await.body;
    assert_eq!(body["userSyncInbound"], json!({"isSyncAllowed": true}));
    let entry = last_audit(&server, "MultiTenantOrgIdentitySyncPolicyUpdate").await;
    assert_eq!(entry["result"], "success");
}

#[tokio::test]
async fn what_a_template_does_not_have_or_may_not_say_is_refused_by_name() {
    // S4, S14.6
    let server = Server::new().await;
    let path = partner_template();
    let blocked = |access: &str| {
        json!({
            "usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]},
            "applications": {"accessType": access, "targets": [{"target": "AllApplications", "targetType": "application"}]},
        })
    };
    let cases = [
        (json!({"tenantRestrictions": null}), "invalid_property"),
        (json!({"userSyncInbound": null}), "invalid_property"),
        (
            json!({"templateApplicationLevel": "all"}),
            "invalid_property",
        ),
        (
            json!({"templateApplicationLevel": null}),
            "invalid_property",
        ),
        (
            json!({"id": "0c000000-0000-4000-8000-000000000001"}),
            "read_only_property",
        ),
        (
            json!({"b2bCollaborationInbound": blocked("allowed")}),
            "all_users_blocked_apps_not_blocked",
        ),
    ];
    for (body, reason) in cases {
        let answer = server.patch(WRITER, &path, body.clone()).await;
        assert_eq!((answer.status, answer.reason()), (400, reason), "{body}");
    }
    let entry = last_audit(&server, "MultiTenantOrgPartnerConfigurationTemplate").await;
    assert_eq!(entry["result"], "failure");
    assert_eq!(server.call(WRITER, "DELETE", &path, None).await.status, 405);
}

#[tokio::test]
async fn templates_need_a_permission_of_their_own() {
    let server = Server::new().await;
    let path = partner_template();
    for who in [
        Administrator,
        Program(&["Policy.ReadWrite.CrossTenantAccess"]),
    ] {
        assert_eq!(server.get(who, &path).await.status, 403);
    }
    assert_eq!(server.get(Nobody, &path).await.status, 401);
    assert_eq!(server.patch(READER, &path, json!({})).await.status, 403);
}
