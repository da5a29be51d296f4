//! `…/partners/{id}`.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn a_block_is_merged_with_what_is_stored_and_null_returns_it_to_inheritance() {
    // S14.7
    let server = Server::new().await;
    let path = partner(FABRIKAM);
    let change = json!({"b2bCollaborationInbound": application("blocked", CRM)});
    assert_eq!(
        server
            .patch(PartnerAdministrator, &path, change)
            .await
            .status,
        204
    );
    let half = json!({"b2bCollaborationInbound": {"usersAndGroups": {
        "accessType": "allowed", "targets": [{"target": FRED, "targetType": "user"}]}}});
    assert_eq!(
        server.patch(PartnerAdministrator, &path, half).await.status,
        204
    );
    let answer = server.get(Reader, &path).await;
    let block = &answer.body["b2bCollaborationInbound"];
    assert_eq!(block["usersAndGroups"]["targets"][0]["target"], FRED);
    assert_eq!(block["applications"]["targets"][0]["target"], CRM);
    let change = json!({"b2bCollaborationInbound": null});
    assert_eq!(
        server
            .patch(PartnerAdministrator, &path, change)
            .await
            .status,
        204
    );
    let answer = server.get(Reader, &path).await;
    assert_eq!(answer.body["b2bCollaborationInbound"], json!(null));
}

#[tokio::test]
async fn a_reader_reads_and_writes_nothing() {
    let server = Server::new().await;
    assert_eq!(server.get(Reader, &partner(FABRIKAM)).await.status, 200);
    for (method, body) in [("PATCH", Some(json!({}))), ("DELETE", None)] {
        let answer = server.call(Reader, method, &partner(FABRIKAM), body).await;
        assert_eq!((answer.status, answer.reason()), (403, "forbidden"));
    }
    assert_eq!(server.get(Reader, &partner(FABRIKAM)).await.status, 200);
}

#[tokio::test]
async fn a_stranger_meets_only_their_own_tenant() {
    let server = Server::new().await;
    let answer = server.get(Stranger, &partner(FABRIKAM)).await;
    assert_eq!(
        (answer.status, answer.code()),
        (404, "Request_ResourceNotFound")
    );
    let answer = server.get(Stranger, &policy("")).await;
    assert_eq!(answer.body["id"], "0f000000-0000-4000-8000-0000000000ff");
}

#[tokio::test]
async fn an_entry_that_is_not_there_is_not_found() {
    let server = Server::new().await;
    for path in [
        partner(NORTHWIND),
        partner("northwind"),
        partner("%F0%9F%92%A5"),
    ] {
        for (method, body) in [("GET", None), ("PATCH", Some(json!({}))), ("DELETE", None)] {
            let answer = server.call(Administrator, method, &path, body).await;
            assert_eq!(
                (answer.status, answer.code()),
                (404, "Request_ResourceNotFound"),
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn if_match_keeps_a_change_from_overwriting_what_was_not_seen() {
    let server = Server::new().await;
    let path = partner(FABRIKAM);
    let first = server.get(Administrator, &path).await;
    let tag = first.header("etag").to_owned();
    let change = || json!({"inboundTrust": {"isMfaAccepted": true}});
    let send = async |tag: &str| {
        let request = server
            .request(Administrator, "PATCH", &path)
            .header("if-match", tag)
            .header("content-type", "application/json")
            .body(axum::body::Body::from(change().to_string()));
        server.send(request.unwrap()).await
    };
    let answer = send(&tag).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let fresh = answer.header("etag").to_owned();
    assert_ne!(fresh, tag);
    assert_eq!(send(&tag).await.status, 412);
    assert_eq!(send("*").await.status, 204);
    let read = server.get(Administrator, &path).await;
    assert_eq!(send(read.header("etag")).await.status, 204);
    // Another entity has its own ETag.
    let name = json!({"displayName": "Other"});
    assert_eq!(
        server.patch(Administrator, &policy(""), name).await.status,
        204
    );
    let read = server.get(Administrator, &path).await;
    assert_eq!(send(read.header("etag")).await.status, 204);
}

#[tokio::test]
async fn members_of_the_wrong_name_or_form_are_refused_with_their_path() {
    // S14.6
    let server = Server::new().await;
    for (body, target, reason) in [
        (
            json!({"b2BCollaborationInbound": null}),
            "b2BCollaborationInbound",
            "invalid_property",
        ),
        (
            json!({"inboundTrust": {"isMfaAccepted": "yes"}}),
            "inboundTrust.isMfaAccepted",
            "invalid_property",
        ),
        (
            json!({"isServiceProvider": true}),
            "isServiceProvider",
            "read_only_property",
        ),
        (
            json!({"tenantId": NORTHWIND}),
            "tenantId",
            "read_only_property",
        ),
        (
            json!({"b2bCollaborationInbound": {}}),
            "b2bCollaborationInbound",
            "empty_block",
        ),
    ] {
        let answer = server
            .patch(Administrator, &partner(FABRIKAM), body.clone())
            .await;
        assert_eq!((answer.status, answer.reason()), (400, reason), "{body}");
        assert_eq!(answer.body["error"]["target"], target, "{body}");
    }
    let answer = server
        .patch(
            Administrator,
            &partner(FABRIKAM),
            json!({"b2BCollaborationInbound": null}),
        )
        .await;
    assert_eq!(
        answer.body["error"]["message"],
        "Invalid property 'b2BCollaborationInbound'."
    );
}

#[tokio::test]
async fn a_program_needs_its_permission_and_nothing_else() {
    // S14.14
    let server = Server::new().await;
    let read = Program(&["Policy.Read.All"]);
    let write = Program(&["Policy.ReadWrite.CrossTenantAccess"]);
    let other = Program(&["AuditLog.Read.All"]);
    assert_eq!(server.get(read, &partner(FABRIKAM)).await.status, 200);
    assert_eq!(server.get(other, &partner(FABRIKAM)).await.status, 403);
    let change = || json!({"inboundTrust": {"isMfaAccepted": true}});
    assert_eq!(
        server
            .patch(read, &partner(FABRIKAM), change())
            .await
            .status,
        403
    );
    assert_eq!(
        server
            .patch(write, &partner(FABRIKAM), change())
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn a_removed_partner_is_gone() {
    // S2.8
    let server = Server::new().await;
    let answer = server
        .call(Administrator, "DELETE", &partner(FABRIKAM), None)
        .await;
    assert_eq!((answer.status, answer.header("etag")), (204, ""));
    assert_eq!(server.get(Reader, &partner(FABRIKAM)).await.status, 404);
    let answer = server
        .post(
            Administrator,
            &policy("/partners"),
            json!({"tenantId": FABRIKAM}),
        )
        .await;
    assert_eq!(answer.status, 201);
}
