//! What is not believed of a provider: each attempt is refused, with its reason, and lets nobody in.

use serde_json::{Value, json};

use super::provider::Upstream;
use super::{contoso, pin, trusting};
use crate::client::{NOW, Persona, Server};
use crate::walk::{Browser, Seen, redeem, request};

async fn both() -> (Server, Upstream) {
    let (server, upstream) = (contoso().await, Upstream::start().await);
    pin(&server, &upstream, trusting()).await;
    (server, upstream)
}

fn seconds() -> i64 {
    NOW.parse::<jiff::Timestamp>().unwrap().as_second()
}

#[track_caller]
fn refused(seen: &Seen, reason: &str) {
    assert_eq!(seen.status, 403, "{}", seen.text);
    assert!(seen.text.contains(reason), "{reason}: {}", seen.text);
    assert!(seen.away.is_none());
}

#[tokio::test]
async fn a_token_that_is_not_whole_lets_nobody_in() {
    let (server, upstream) = both().await;
    for (said, why) in [
        (
            json!({"iss": "https://id.northwind.example"}),
            "another issuer",
        ),
        (json!({"aud": "northwind"}), "another client"),
        (json!({"aud": ["contoso", "northwind"]}), "another client"),
        (json!({"azp": "northwind"}), "another client"),
        (json!({"nonce": "of another request"}), "another request"),
        (json!({"nonce": null}), "another request"),
        (json!({"exp": seconds() - 61}), "not of this moment"),
        (json!({"iat": seconds() - 700}), "not of this moment"),
        (json!({"iat": seconds() + 100}), "not of this moment"),
        (json!({"sub": null}), "`sub`"),
    ] {
        upstream.says(said);
        let seen = upstream.walk(&mut Browser::new(&server), &[]).await;
        refused(&seen, "identity_provider_not_believed");
        assert!(seen.text.contains(why), "{why}: {}", seen.text);
    }
}

#[tokio::test]
async fn a_key_that_nobody_published_signs_nothing() {
    let (server, upstream) = both().await;
    upstream.walk(&mut Browser::new(&server), &[]).await.code();
    upstream.changes_key(false);
    let seen = upstream.walk(&mut Browser::new(&server), &[]).await;
    refused(&seen, "identity_provider_not_believed");
    // It has just been looked, and is not looked again so soon.
    assert_eq!(upstream.keys_read(), 1);
}

#[tokio::test]
async fn answers_of_another_issuer_and_of_other_departures_are_not_taken() {
    let (server, upstream) = both().await;
    let mut browser = Browser::new(&server);
    let start = async |browser: &mut Browser<'_>| {
        let page = browser.open(&request(&[])).await;
        let name = [("address", "fred@fabrikam.com")];
        let page = browser.send(&page, "address", &name).await;
        upstream.asked(&page)
    };
    for other in ["https://id.northwind.example", ""] {
        let asked = start(&mut browser).await;
        let seen = browser
            .open(&upstream.answer(&asked, &[("iss", other)]))
            .await;
        refused(&seen, "another issuer");
    }
    let asked = start(&mut browser).await;
    let declined = [("code", ""), ("error", "access_denied")];
    let seen = browser.open(&upstream.answer(&asked, &declined)).await;
    refused(&seen, "access_denied");
    let asked = start(&mut browser).await;
    let forged = format!("{}x", asked["state"]);
    for state in [forged.as_str(), "x.y", "x"] {
        let seen = browser
            .open(&upstream.answer(&asked, &[("state", state)]))
            .await;
        assert_eq!(seen.status, 400, "{state}: {}", seen.text);
    }
    // Another browser has nothing to do with it.
    let seen = Browser::new(&server)
        .open(&upstream.answer(&asked, &[]))
        .await;
    assert_eq!(seen.status, 400);
    let answer = upstream.answer(&asked, &[]);
    browser.open(&answer).await.code();
    let replayed = browser.open(&answer).await;
    assert_eq!(replayed.status, 400, "{}", replayed.text);
}

#[tokio::test]
async fn a_provider_that_is_away_or_says_no_is_told_of_with_a_number() {
    let (server, upstream) = both().await;
    upstream.fail(500, "");
    let seen = upstream.walk(&mut Browser::new(&server), &[]).await;
    refused(&seen, "identity_provider_unreachable");
    assert!(seen.text.contains("AADSTS90033"));
    upstream.fail(400, "invalid_client");
    let seen = upstream.walk(&mut Browser::new(&server), &[]).await;
    refused(&seen, "identity_provider_refused");
    // A redirect is not followed.
    upstream.fail(302, "");
    let seen = upstream.walk(&mut Browser::new(&server), &[]).await;
    refused(&seen, "identity_provider_unreachable");
}

#[tokio::test]
async fn another_persons_subject_is_another_person() {
    let (server, upstream) = both().await;
    upstream.says(json!({"sub": "0f000000-0000-4000-8000-00000000a002"}));
    let seen = upstream.walk(&mut Browser::new(&server), &[]).await;
    refused(&seen, "user_not_in_resource_tenant");
}

/// Contoso wants a second factor, and trusts Fabrikam's.
async fn demand(server: &Server) {
    let path = "/v1.0/policies/crossTenantAccessPolicy/default";
    let trust = json!({"inboundTrust": {"isMfaAccepted": true, "isCompliantDeviceAccepted": false,
        "isHybridAzureADJoinedDeviceAccepted": false}});
    let done = server
        .call(Persona::Administrator, "PATCH", path, Some(trust))
        .await;
    assert_eq!(done.status, 204, "{}", done.body);
    let policy = json!({"displayName": "MFA", "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"]},
            "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}});
    let path = "/v1.0/identity/conditionalAccess/policies";
    let program = Persona::Program(&["Policy.ReadWrite.ConditionalAccess", "Policy.Read.All"]);
    let done = server.call(program, "POST", path, Some(policy)).await;
    assert_eq!(done.status, 201, "{}", done.body);
}

/// Fred comes back, and is sent away again.
async fn twice(upstream: &Upstream, browser: &mut Browser<'_>, then: Value) -> (Seen, String) {
    let page = upstream.walk(browser, &[]).await;
    let asked = upstream.asked(&page);
    let begins_anew = asked.get("prompt").cloned().unwrap_or_default();
    upstream.says(then);
    (
        browser.open(&upstream.answer(&asked, &[])).await,
        begins_anew,
    )
}

#[tokio::test]
async fn a_second_factor_is_asked_for_at_home_and_nobody_enters_without_it_s10_7() {
    let (server, upstream) = both().await;
    demand(&server).await;
    upstream.says(json!({"amr": ["pwd"]}));
    let (seen, prompt) = twice(
        &upstream,
        &mut Browser::new(&server),
        json!({"amr": ["pwd"]}),
    )
    .await;
    assert_eq!(prompt, "login");
    refused(&seen, "mfa_challenge_home");
    let strong = json!({"amr": ["pwd", "otp", "mfa"]});
    let (seen, _) = twice(&upstream, &mut Browser::new(&server), strong.clone()).await;
    let answer = redeem(&server, &seen.code()).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    // Whoever brings it is not asked twice.
    upstream.walk(&mut Browser::new(&server), &[]).await.code();
    // The word counts for nothing where the operator did not say what it means.
    pin(&server, &upstream, json!({})).await;
    let (seen, _) = twice(&upstream, &mut Browser::new(&server), strong).await;
    refused(&seen, "mfa_challenge_home");
}
