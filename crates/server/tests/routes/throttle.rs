//! Too many requests (graph-api 1.5).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;
use serde_json::json;
use server::{Clock, Limit, Options};

use crate::client::*;

const THROTTLE: &str = "/comity/v1/throttle";

#[tokio::test]
async fn the_operator_has_the_next_requests_refused_and_a_client_that_repeats_succeeds() {
    let server = Server::new().await;
    let order = json!({"requests": 2, "retryAfter": 3});
    let answer = server.post(Persona::Operator, THROTTLE, order).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let change = json!({"inboundTrust": {"isMfaAccepted": true}});
    for _ in 0..2 {
        let answer = server
            .patch(Administrator, &policy("/default"), change.clone())
            .await;
        assert_eq!((answer.status, answer.code()), (429, "TooManyRequests"));
        assert_eq!(answer.header("retry-after"), "3");
        assert_eq!(
            answer.header("x-ms-throttle-scope"),
            format!("Tenant_Application/ReadWrite/00000000-0000-0000-0000-000000000001/{CONTOSO}")
        );
        let information = answer.header("x-ms-throttle-information");
        assert_eq!(information, "ResourceUnitLimitExceeded");
        let inner = &answer.body["error"]["innerError"];
        assert_eq!(
            (&inner["code"], &inner["status"]),
            (&json!("429"), &json!("429"))
        );
        assert!(inner["date"].is_string() && inner["request-id"].is_string());
    }
    // Refused is refused: nothing was changed.
    let read = server.get(Reader, &policy("/default")).await;
    assert_eq!(read.body["isServiceDefault"], true);
    let answer = server
        .patch(Administrator, &policy("/default"), change)
        .await;
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn only_the_operator_may_and_only_what_makes_sense() {
    let server = Server::new().await;
    let order = json!({"requests": 1});
    for who in [
        Administrator,
        Program(&["Policy.ReadWrite.CrossTenantAccess"]),
    ] {
        let answer = server.post(who, THROTTLE, order.clone()).await;
        assert_eq!(answer.status, 403, "{who:?}");
    }
    for order in [
        json!([]),
        json!({}),
        json!({"requests": -1}),
        json!({"requests": 1.5}),
        json!({"requests": 4_294_967_296_u64}),
        json!({"requests": 1, "retryAfter": 100_000}),
        json!({"requests": 1, "what": 1}),
    ] {
        let answer = server
            .post(Persona::Operator, THROTTLE, order.clone())
            .await;
        assert_eq!(answer.status, 400, "{order}");
    }
    assert_eq!(server.get(Reader, &policy("")).await.status, 200);
}

#[tokio::test]
async fn a_program_that_asks_too_much_waits_and_others_do_not() {
    let mut options = Options::at(HERE);
    options.throttle.requests = Some(Limit {
        requests: 5,
        seconds: 10,
    });
    options.throttle.writes = Some(Limit {
        requests: 1,
        seconds: 150,
    });
    let passed = Arc::new(AtomicI64::new(0));
    let told = Arc::clone(&passed);
    let clock =
        Clock::saying(move || now() + SignedDuration::from_secs(told.load(Ordering::Relaxed)));
    let server = Server::with_clock(options, clock).await;
    let default = policy("/default");
    let change = || server.patch(Administrator, &default, json!({}));
    assert_eq!(change().await.status, 204);
    let refused = change().await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), "150");
    assert_eq!(
        refused.header("x-ms-throttle-information"),
        "WriteLimitExceeded"
    );
    assert!(
        refused
            .header("x-ms-throttle-scope")
            .starts_with("Tenant_Application/Write/")
    );
    let read = || server.get(Administrator, "/v1.0/policies/crossTenantAccessPolicy");
    for _ in 0..3 {
        let answer = read().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-ms-throttle-limit-percentage"), "");
    }
    assert_eq!(
        read().await.header("x-ms-throttle-limit-percentage"),
        "1.00"
    );
    passed.store(4, Ordering::Relaxed);
    let answer = read().await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "6"));
    // Another program, another tenant, and decisions are not concerned.
    assert_eq!(
        server
            .get(Stranger, "/v1.0/policies/crossTenantAccessPolicy")
            .await
            .status,
        200
    );
    let program = Program(&["Policy.Read.All"]);
    assert_eq!(
        server
            .get(program, "/v1.0/policies/crossTenantAccessPolicy")
            .await
            .status,
        200
    );
    let decision = server
        .post(program, "/access/v1/evaluation", json!({}))
        .await;
    assert_ne!(decision.status, 429);
    // Each request of a batch counts.
    let requests = json!({"requests": [{"id": "a", "method": "GET", "url": "/policies/crossTenantAccessPolicy"}]});
    let answer = server.post(Administrator, "/v1.0/$batch", requests).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["responses"][0]["status"], 429);
    assert_eq!(answer.body["responses"][0]["headers"]["Retry-After"], "6");
    passed.store(10, Ordering::Relaxed);
    assert_eq!(read().await.status, 200);
}
