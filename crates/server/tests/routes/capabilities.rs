//! `…/m365Capabilities`, and the constraints nobody keeps.

use serde_json::{Value, json};

use crate::client::*;

const WRITER: Persona = Program(&[
    "Policy.ReadWrite.CrossTenantCapability",
    "Policy.ReadWrite.CrossTenantAccess",
]);

fn card(allowed: bool) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.crossTenantOpenProfileCard",
        "inboundAccess": {
            "isAllowed": allowed,
            "resourceScopes": {"included": [{"resourceId": "All", "resourceType": "user"}]},
        },
    })
}

#[tokio::test]
async fn a_capability_is_added_read_changed_and_dropped() {
    let server = Server::new().await;
    for root in [policy("/default"), partner(FABRIKAM)] {
        let all = format!("{root}/m365Capabilities");
        let one = format!("{all}/crossTenantOpenProfileCard");
        assert_eq!(server.get(WRITER, &all).await.body["value"], json!([]));
        assert_eq!(server.get(WRITER, &one).await.status, 404);
        let made = server.post(WRITER, &all, card(true)).await;
        assert_eq!(made.status, 201, "{made:?}");
        assert_eq!(made.body["name"], "crossTenantOpenProfileCard");
        assert_eq!(made.body["lastModifiedDateTime"], NOW);
        let again = server.post(WRITER, &all, card(true)).await;
        assert_eq!(again.status, 409);
        let off = json!({"inboundAccess": {"isAllowed": false}});
        assert_eq!(server.patch(WRITER, &one, off).await.status, 204);
        let read = server.get(WRITER, &one).await;
        assert_eq!(read.body["inboundAccess"]["isAllowed"], false);
        assert_eq!(
            read.body["inboundAccess"]["resourceScopes"]["included"][0]["resourceId"],
            "All"
        );
        let plain = server.get(WRITER, &root).await;
        assert_eq!(plain.body.get("m365Capabilities"), None);
        let expanded = server
            .get(WRITER, &format!("{root}?$expand=m365Capabilities"))
            .await;
        assert_eq!(
            expanded.body["m365Capabilities"][0]["name"], "crossTenantOpenProfileCard",
            "{expanded:?}"
        );
        assert_eq!(server.call(WRITER, "DELETE", &one, None).await.status, 204);
        assert_eq!(server.get(WRITER, &one).await.status, 404);
    }
}

#[tokio::test]
async fn what_is_no_capability_is_refused() {
    let server = Server::new().await;
    let all = policy("/default/m365Capabilities");
    let untyped = json!({"inboundAccess": {"isAllowed": true}});
    let nameless = json!({"@odata.type": "#microsoft.graph.user", "inboundAccess": {}});
    let bare = json!({"@odata.type": "#microsoft.graph.crossTenantMigration"});
    for body in [untyped, nameless, bare, json!([])] {
        let answer = server.post(WRITER, &all, body.clone()).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    let nobody = partner("99999999-0000-4000-8000-000000000001");
    let path = format!("{nobody}/m365Capabilities");
    assert_eq!(server.get(WRITER, &path).await.status, 404);
    let answer = server.post(WRITER, &path, card(true)).await;
    assert_eq!((answer.status, answer.reason()), (404, "partner_not_found"));
    let reader = Program(&["Policy.Read.All"]);
    assert_eq!(server.get(reader, &all).await.status, 200);
    assert_eq!(server.post(reader, &all, card(true)).await.status, 403);
    assert_eq!(
        server.post(Administrator, &all, card(true)).await.status,
        403
    );
    let constraints = format!("{}/serviceProviderConstraints", partner(FABRIKAM));
    assert_eq!(server.get(WRITER, &constraints).await.status, 404);
}
