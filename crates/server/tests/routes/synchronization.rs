//! `…/partners/{id}/identitySynchronization`.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn synchronization_is_created_once_changed_and_dropped() {
    // S14.12
    let server = Server::new().await;
    let path = partner(&format!("{FABRIKAM}/identitySynchronization"));
    let on = || {
        Some(json!({"displayName": "From Fabrikam", "userSyncInbound": {"isSyncAllowed": true}}))
    };
    let off = || Some(json!({"userSyncInbound": {"isSyncAllowed": false}}));
    let answer = server.get(Administrator, &path).await;
    assert_eq!(
        (answer.status, answer.code()),
        (404, "Request_ResourceNotFound")
    );
    let answer = server.call(Administrator, "PATCH", &path, off()).await;
    assert_eq!(
        (answer.status, answer.code()),
        (404, "Directory_ObjectNotFound")
    );
    assert_eq!(
        server.call(Administrator, "PUT", &path, on()).await.status,
        204
    );
    let answer = server.call(Administrator, "PUT", &path, on()).await;
    assert_eq!(
        (answer.status, answer.code()),
        (409, "Request_MultipleObjectsWithSameKeyValue")
    );
    assert_eq!(
        answer.body["error"]["details"][0]["code"],
        "ConflictingObjects"
    );
    assert_eq!(
        server
            .call(Administrator, "PATCH", &path, off())
            .await
            .status,
        204
    );
    let answer = server.get(Reader, &path).await;
    assert_eq!(
        answer.body["userSyncInbound"],
        json!({"isSyncAllowed": false})
    );
    assert_eq!(answer.body["tenantId"], FABRIKAM);
    let answer = server
        .call(Administrator, "DELETE", &partner(FABRIKAM), None)
        .await;
    assert_eq!(
        (answer.status, answer.reason()),
        (400, "partner_has_identity_synchronization")
    );
    assert_eq!(
        server
            .call(Administrator, "DELETE", &path, None)
            .await
            .status,
        204
    );
    assert_eq!(
        server
            .call(Administrator, "DELETE", &partner(FABRIKAM), None)
            .await
            .status,
        204
    );
}
