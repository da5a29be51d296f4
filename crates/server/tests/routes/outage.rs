//! The store is lost: writes are refused, decisions go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

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
async fn decisions_from_old_data_say_how_old_they_are() {
    let later = Arc::new(AtomicI64::new(0));
    let clock = {
        let later = Arc::clone(&later);
        server::Clock::saying(move || {
            let seconds = later.load(Ordering::Relaxed);
            now() + jiff::SignedDuration::from_secs(seconds)
        })
    };
    let server = Server::telling(clock).await;
    let all = Program(&["Decision.Read.All"]);
    let ask = || json!({"homeTenant": FABRIKAM, "user": FRED, "resourceTenant": CONTOSO, "resourceAppId": CRM});
    let answer = server.post(all, "/comity/v1/decide", ask()).await;
    assert_eq!(answer.header("comity-data-age"), "");
    later.store(60, Ordering::Relaxed);
    let answer = server.post(all, "/comity/v1/decide", ask()).await;
    assert_eq!(
        (answer.status, answer.header("comity-data-age")),
        (200, "60")
    );
    let answer = server.get(Nobody, "/readyz").await;
    assert_eq!(
        (answer.status, &answer.body["status"]),
        (200, &json!("stale"))
    );
    assert_eq!(answer.body["dataAgeSeconds"], json!(60.0));
}

#[tokio::test]
async fn what_one_replica_commits_another_learns() {
    let one = Server::new().await;
    let other = one.replica();
    let path = policy("/default");
    assert_eq!(
        other.get(Reader, &path).await.body["isServiceDefault"],
        json!(true)
    );
    let change = json!({"inboundTrust": {"isMfaAccepted": true}});
    assert_eq!(one.patch(Administrator, &path, change).await.status, 204);
    // Its own write brings a replica up to date with those of the others.
    let name = json!({"displayName": "Ours"});
    assert_eq!(
        other.patch(Administrator, &policy(""), name).await.status,
        204
    );
    let answer = other.get(Reader, &path).await;
    assert_eq!(answer.body["isServiceDefault"], json!(false));
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
