//! The store is lost: writes are refused, decisions go on.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn without_the_store_writes_are_refused_and_decisions_go_on() {
    let server = Server::new().await;
    let all = Program(&["Decision.Read.All", "Policy.ReadWrite.CrossTenantAccess"]);
    let ask = || json!({"homeTenant": FABRIKAM, "user": FRED, "resourceTenant": CONTOSO, "resourceAppId": CRM});
    assert_eq!(
        server.post(all, "/comity/v1/decide", ask()).await.body["decision"],
        "allow"
    );
    server.store.close().await;
    let answer = server.post(all, "/comity/v1/decide", ask()).await;
    assert_eq!(
        (answer.status, &answer.body["decision"]),
        (200, &json!("allow"))
    );
    assert_eq!(server.get(all, &policy("/default")).await.status, 200);
    let change = json!({"inboundTrust": {"isMfaAccepted": true}});
    let answer = server.patch(all, &policy("/default"), change).await;
    assert_eq!((answer.status, answer.code()), (503, "serviceNotAvailable"));
    assert_ne!(answer.header("retry-after"), "");
    let text = answer.body.to_string();
    assert!(
        !text.contains("sql") && !text.contains("database"),
        "{text}"
    );
}

#[tokio::test]
async fn the_server_says_whether_it_lives_and_how_old_its_data_is() {
    let server = Server::new().await;
    assert_eq!(server.get(Nobody, "/livez").await.status, 200);
    let answer = server.get(Nobody, "/readyz").await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (503, &json!("starting"))
    );
    server.get(Reader, &policy("")).await;
    let answer = server.get(Nobody, "/readyz").await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (200, &json!("ready"))
    );
    let answer = server.get(Nobody, "/metrics").await;
    let text = answer.body.as_str().unwrap();
    assert!(text.contains("comity_http_requests_total{"), "{text}");
}
