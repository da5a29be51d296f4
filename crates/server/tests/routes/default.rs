//! `…/default`.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn an_untouched_default_answers_with_the_values_of_the_system() {
    // S2.2, S2.10
    let server = Server::new().await;
    let answer = server.get(Reader, &policy("/default")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["isServiceDefault"], json!(true));
    assert_eq!(answer.body["b2bCollaborationInbound"], all("allowed"));
    assert_eq!(answer.body["b2bDirectConnectInbound"], all("blocked"));
    assert_eq!(
        answer.body["@odata.context"],
        format!("{HERE}/v1.0/$metadata#policies/crossTenantAccessPolicy/default/$entity")
    );
}

#[tokio::test]
async fn a_written_default_is_reset_to_the_system_default() {
    // S2.10, S14.1
    let server = Server::new().await;
    let change = json!({"inboundTrust": {"isMfaAccepted": true}});
    let answer = server
        .patch(Administrator, &policy("/default"), change)
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let answer = server.get(Reader, &policy("/default")).await;
    assert_eq!(answer.body["isServiceDefault"], json!(false));
    assert_eq!(answer.body["inboundTrust"]["isMfaAccepted"], json!(true));
    let request = server
        .request(
            Administrator,
            "POST",
            &policy("/default/resetToSystemDefault"),
        )
        .header("content-type", "application/json")
        .body(axum::body::Body::empty());
    assert_eq!(server.send(request.unwrap()).await.status, 204);
    let answer = server.get(Reader, &policy("/default")).await;
    assert_eq!(answer.body["isServiceDefault"], json!(true));
}

#[tokio::test]
async fn what_was_read_can_be_written_back() {
    let server = Server::new().await;
    let read = server.get(Administrator, &policy("/default")).await;
    let answer = server
        .patch(Administrator, &policy("/default"), read.body)
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let answer = server
        .patch(Administrator, &policy("/default"), json!({}))
        .await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn selected_users_inbound_are_refused_with_the_place() {
    // S4.8
    let server = Server::new().await;
    let change = json!({"b2bCollaborationInbound": {"usersAndGroups": {
        "accessType": "allowed", "targets": [{"target": FRED, "targetType": "user"}]}}});
    let answer = server
        .patch(Administrator, &policy("/default"), change)
        .await;
    assert_eq!(
        (answer.status, answer.code(), answer.reason()),
        (400, "Request_BadRequest", "default_inbound_user_targets")
    );
    assert_eq!(answer.body["error"]["target"], "b2bCollaborationInbound");
}

#[tokio::test]
async fn two_writers_of_different_properties_lose_nothing() {
    // S14.7
    let server = Server::new().await;
    let path = policy("/default");
    let trust = json!({"inboundTrust": {"isMfaAccepted": true}});
    let device = json!({"inboundTrust": {"isCompliantDeviceAccepted": true}});
    let block = json!({"b2bCollaborationOutbound": all("blocked")});
    let (one, two, three) = tokio::join!(
        server.patch(Administrator, &path, trust),
        server.patch(Administrator, &path, device),
        server.patch(Administrator, &path, block),
    );
    assert_eq!((one.status, two.status, three.status), (204, 204, 204));
    let answer = server.get(Reader, &path).await;
    assert_eq!(answer.body["inboundTrust"]["isMfaAccepted"], json!(true));
    assert_eq!(
        answer.body["inboundTrust"]["isCompliantDeviceAccepted"],
        json!(true)
    );
    assert_eq!(answer.body["b2bCollaborationOutbound"], all("blocked"));
}

#[tokio::test]
async fn many_writers_at_once_are_all_kept() {
    // S14.7
    let server = Server::new().await;
    let path = policy("/default");
    let writes = (0..40).map(|n| {
        let flag = ["isMfaAccepted", "isCompliantDeviceAccepted"][n % 2];
        server.patch(Administrator, &path, json!({"inboundTrust": {flag: true}}))
    });
    let answers = futures_util::future::join_all(writes).await;
    assert!(answers.iter().all(|answer| answer.status == 204));
    let audits = server
        .get(Reader, "/v1.0/auditLogs/directoryAudits?$top=999")
        .await;
    assert_eq!(audits.body["value"].as_array().unwrap().len(), 40);
}
