//! The store is lost: writes are refused, decisions go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;

use uuid::Uuid;

use crate::client::*;

const SECURITY_READER: Uuid = Uuid::from_u128(0x5d6b6bb7_de71_4623_b4af_96380a352509);

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
async fn a_person_goes_on_reading_without_the_store_and_an_ended_session_stays_ended() {
    let server = Server::new().await;
    let read = ["Policy.Read.All"];
    let roles = [SECURITY_READER];
    let guest = "0c000000-0000-4000-8000-00000000b001";
    let ended = server.token_of(guest, &read, &roles, 0);
    let later = server.token_of(guest, &read, &roles, 1);
    let (path, all) = (policy("/default"), Program(&["User.ReadWrite.All"]));
    let revoke = format!("/v1.0/users/{guest}/revokeSignInSessions");
    assert_eq!(server.call(all, "POST", &revoke, None).await.status, 200);
    let get = async |token: &str| server.with_token(token, "GET", &path).await.status;
    assert_eq!((get(&ended).await, get(&later).await), (401, 200));
    server.store.close().await;
    assert_eq!((get(&ended).await, get(&later).await), (401, 200));
}

#[tokio::test]
async fn a_session_ended_at_one_replica_is_over_at_another() {
    let one = Server::new().await;
    let other = one.replica();
    let guest = "0c000000-0000-4000-8000-00000000b001";
    // A guest of Contoso, who is Fred at Fabrikam: it is there that his sessions end.
    let token = one.token_of(guest, &["Policy.Read.All"], &[SECURITY_READER], 0);
    let path = policy("/default");
    assert_eq!(other.with_token(&token, "GET", &path).await.status, 200);
    let fabrikam = Persona::Foreign(FABRIKAM, &["User.ReadWrite.All"]);
    let revoke = format!("/v1.0/users/{FRED}/revokeSignInSessions");
    assert_eq!(one.call(fabrikam, "POST", &revoke, None).await.status, 200);
    assert_eq!(one.with_token(&token, "GET", &path).await.status, 401);
    let follower = tokio::spawn(other.app.clone().follow());
    while other.with_token(&token, "GET", &path).await.status == 200 {
        tokio::task::yield_now().await;
    }
    assert_eq!(other.with_token(&token, "GET", &path).await.status, 401);
    follower.abort();
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
async fn what_is_in_memory_refuses_no_write_that_the_store_allows() {
    let one = Server::new().await;
    let other = one.replica();
    let path = policy(&format!("/partners/{NORTHWIND}"));
    assert_eq!(other.get(Reader, &path).await.status, 404);
    let partner = json!({"tenantId": NORTHWIND});
    let added = one
        .call(Administrator, "POST", &policy("/partners"), Some(partner))
        .await;
    assert_eq!(added.status, 201, "{added:?}");
    // The other has not heard of it yet; nor has it when it is told to go by the first one's ETag.
    let trust = |accepted: bool| json!({"inboundTrust": {"isMfaAccepted": accepted}});
    let answer = other.patch(Administrator, &path, trust(true)).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let answer = one.patch(Administrator, &path, trust(false)).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let partner = other.get(Reader, &path).await;
    assert_eq!(partner.body["inboundTrust"]["isMfaAccepted"], true);
    let answer = other.call(Administrator, "DELETE", &path, None).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    assert_eq!(
        one.patch(Administrator, &path, trust(true)).await.status,
        404
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
