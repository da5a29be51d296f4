//! Fabrikam's people sign in with a provider that is not this server.

mod believing;
mod both;
mod provider;

use std::sync::Arc;

use serde_json::json;
use server::Options;
use store::{Sqlite, Store};

use self::provider::Upstream;
use crate::client::{CONTOSO, FABRIKAM, HERE, Persona, Server, now, world};
use crate::person::FRED_THERE;
use crate::walk::{Browser, claims, furnish_contoso, redeem, request, token};

/// Contoso's server, to which Fabrikam is only known.
async fn contoso() -> Server {
    let mut world = world();
    let fabrikam = world.tenants.get_mut(&FABRIKAM.parse().unwrap()).unwrap();
    fabrikam.policy = None;
    fabrikam.directory = None;
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.unwrap());
    server::seed(&*store, &world, now()).await.unwrap();
    let options = Options {
        provider_addresses: vec!["127.0.0.1".parse().unwrap()],
        ..Options::at(HERE)
    };
    let server = Server::holding(store, options);
    furnish_contoso(&server).await;
    server
}

fn address() -> String {
    format!("/comity/v1/tenants/{FABRIKAM}/identityProvider")
}

/// Pins that provider to Fabrikam.
async fn pin(server: &Server, upstream: &Upstream, mapping: serde_json::Value) {
    let body = json!({"issuer": upstream.issuer, "clientId": "contoso", "clientSecret": "s&cret",
        "mapping": mapping});
    let done = server
        .call(Persona::Operator, "PUT", &address(), Some(body))
        .await;
    assert_eq!(done.status, 200, "{}", done.body);
}

fn trusting() -> serde_json::Value {
    json!({"mfaMethods": ["mfa"]})
}

#[tokio::test]
async fn a_person_signs_in_with_their_own_provider_and_enters_as_the_guest_they_are() {
    let (server, upstream) = (contoso().await, Upstream::start().await);
    pin(&server, &upstream, trusting()).await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let page = browser
        .send(&page, "address", &[("address", "fred@fabrikam.com")])
        .await;
    let asked = upstream.asked(&page);
    assert_eq!(asked["client_id"], "contoso");
    assert_eq!(asked["login_hint"], "fred@fabrikam.com");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["redirect_uri"], format!("{HERE}/signin/return"));
    let seen = browser.open(&upstream.answer(&asked, &[])).await;
    let parameters = seen.parameters();
    assert_eq!(parameters["state"], "st");
    let answer = redeem(&server, &parameters["code"]).await;
    let said = claims(&answer.body["id_token"]);
    assert_eq!(said["oid"], FRED_THERE, "{}", answer.body);
    assert_eq!(said["acct"], 1);
    let redeemed = upstream.redeemed();
    assert_eq!(redeemed["code"], "one");
    assert_eq!(redeemed["authorization"], "Basic Y29udG9zbzpzJTI2Y3JldA==");
    let challenge = sts::pkce::Challenge::read(&asked["code_challenge"]).unwrap();
    assert!(challenge.is_met_by(&redeemed["code_verifier"]));
}

#[tokio::test]
async fn who_was_invited_by_address_is_recognised_by_a_claim_that_counts_and_by_nothing_else_s6_5()
{
    let (server, upstream) = (contoso().await, Upstream::start().await);
    let body = json!({"invitedUserEmailAddress": "gina@fabrikam.com",
        "inviteRedirectUrl": "https://shop.contoso.com"});
    let inviter = Persona::Foreign(CONTOSO, &["User.Invite.All"]);
    let invited = server
        .call(inviter, "POST", "/v1.0/invitations", Some(body))
        .await;
    assert_eq!(invited.status, 201, "{}", invited.body);
    let says = |sub: &str, verified: bool| {
        upstream.says(
            json!({"sub": sub, "preferred_username": "gina@fabrikam.com",
            "email": "Gina@fabrikam.com", "email_verified": verified}),
        );
    };
    let enter = async || upstream.walk(&mut Browser::new(&server), &[]).await.text;
    // A name may be anybody's to choose.
    pin(&server, &upstream, trusting()).await;
    says("gina", true);
    assert!(enter().await.contains("user_not_in_resource_tenant"));
    pin(&server, &upstream, json!({"addresses": ["email"]})).await;
    says("gina", false);
    assert!(enter().await.contains("user_not_in_resource_tenant"));
    says("gina", true);
    assert!(enter().await.contains("Become a guest"));
    // It is Gina's from now on, and of nobody who gets her address later.
    says("eve", true);
    assert!(enter().await.contains("user_not_in_resource_tenant"));
    says("gina", true);
    assert!(enter().await.contains("Become a guest"));
}

#[tokio::test]
async fn the_home_organization_is_asked_at_each_refresh_and_what_cannot_be_asked_is_refused() {
    let (server, upstream) = (contoso().await, Upstream::start().await);
    pin(&server, &upstream, trusting()).await;
    let seen = upstream.walk(&mut Browser::new(&server), &[]).await;
    let first = redeem(&server, &seen.code()).await;
    let refresh = async |token_text: &serde_json::Value| {
        let text = token_text.as_str().unwrap();
        token(
            &server,
            &[("grant_type", "refresh_token"), ("refresh_token", text)],
        )
        .await
    };
    let second = refresh(&first.body["refresh_token"]).await;
    assert_eq!(second.status, 200, "{}", second.body);
    assert_eq!(upstream.redeemed()["refresh_token"], "refresh 1");
    upstream.fail(503, "");
    let away = refresh(&second.body["refresh_token"]).await;
    assert_eq!(away.status, 503, "{}", away.body);
    assert_eq!(away.body["error"], "temporarily_unavailable");
    upstream.fail(200, "");
    let third = refresh(&second.body["refresh_token"]).await;
    assert_eq!(third.status, 200, "{}", third.body);
    assert_eq!(upstream.redeemed()["refresh_token"], "refresh 2");
    upstream.fail(400, "invalid_grant");
    let ended = refresh(&third.body["refresh_token"]).await;
    assert_eq!(ended.body["error"], "invalid_grant");
    upstream.fail(200, "");
    let over = refresh(&third.body["refresh_token"]).await;
    assert_eq!(over.body["error"], "invalid_grant");
}

#[tokio::test]
async fn whoever_signed_in_elsewhere_is_asked_for_there_the_next_time() {
    let (server, upstream) = (contoso().await, Upstream::start().await);
    pin(&server, &upstream, trusting()).await;
    let mut browser = Browser::new(&server);
    upstream.walk(&mut browser, &[]).await.code();
    let again = browser
        .open(&request(&[("login_hint", "fred@fabrikam.com")]))
        .await;
    assert_eq!(upstream.asked(&again)["login_hint"], "fred@fabrikam.com");
    let silent = browser.open(&request(&[("prompt", "none")])).await;
    assert_eq!(silent.parameters()["error"], "login_required");
}

#[tokio::test]
async fn an_operator_pins_a_provider_reads_it_without_its_secret_and_removes_it() {
    let (server, upstream) = (contoso().await, Upstream::start().await);
    pin(&server, &upstream, trusting()).await;
    let told = server
        .call(Persona::Operator, "GET", &address(), None)
        .await;
    assert_eq!(told.body["issuer"], upstream.issuer);
    assert_eq!(told.body["hasSecret"], true);
    assert!(
        !told.body.to_string().contains("cret\":\""),
        "{}",
        told.body
    );
    // The issuer speaks for Fabrikam and for nobody else.
    let other = "/comity/v1/tenants/00000000-0000-4000-8000-000000000003/identityProvider";
    let body = json!({"issuer": upstream.issuer, "clientId": "x"});
    let refused = server
        .call(Persona::Operator, "PUT", other, Some(body))
        .await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    let own = format!("/comity/v1/tenants/{CONTOSO}/identityProvider");
    for (path, body, target) in [
        (
            address(),
            json!({"issuer": "http://id.example", "clientId": "x"}),
            "issuer",
        ),
        (
            address(),
            json!({"issuer": "https://10.0.0.1", "clientId": "x"}),
            "issuer",
        ),
        (
            address(),
            json!({"issuer": "https://id.example?x", "clientId": "x"}),
            "issuer",
        ),
        (
            address(),
            json!({"issuer": "https://id.example", "clientId": ""}),
            "clientId",
        ),
        (
            address(),
            json!({"issuer": "https://id.example", "clientId": "x", "scopes": ["profile"]}),
            "scopes",
        ),
        (
            address(),
            json!({"issuer": "https://id.example", "clientId": "x", "mapping": {"sub": "x"}}),
            "mapping.sub",
        ),
        (
            own,
            json!({"issuer": "https://id.example", "clientId": "x"}),
            "mapping.subjectIs",
        ),
    ] {
        let refused = server
            .call(Persona::Operator, "PUT", &path, Some(body.clone()))
            .await;
        assert_eq!(refused.status, 400, "{body}: {}", refused.body);
        assert_eq!(refused.body["error"]["target"], target, "{}", refused.body);
    }
    let gone = server
        .call(Persona::Operator, "DELETE", &address(), None)
        .await;
    assert_eq!(gone.status, 200, "{}", gone.body);
    let none = server
        .call(Persona::Operator, "GET", &address(), None)
        .await;
    assert_eq!(none.status, 404);
    let body = json!({"issuer": upstream.issuer, "clientId": "x"});
    let freed = server
        .call(Persona::Operator, "PUT", other, Some(body))
        .await;
    assert_eq!(freed.status, 200, "{}", freed.body);
}

#[tokio::test]
async fn whose_people_are_named_are_sent_to_their_provider() {
    let (server, upstream) = (contoso().await, Upstream::start().await);
    pin(&server, &upstream, trusting()).await;
    let mut browser = Browser::new(&server);
    let hint = [("domain_hint", "fabrikam.com")];
    let page = browser.open(&request(&hint)).await;
    // Nobody was asked who they are.
    let asked = upstream.asked(&page);
    assert_eq!(asked.get("login_hint"), None);
    let seen = browser.open(&upstream.answer(&asked, &[])).await;
    seen.code();
    // Nothing may be asked: then nobody is sent anywhere.
    let mut other = Browser::new(&server);
    let silent = [("domain_hint", "fabrikam.com"), ("prompt", "none")];
    let seen = other.open(&request(&silent)).await;
    assert_eq!(seen.parameters()["error"], "login_required");
}

#[tokio::test]
async fn a_sign_in_that_failed_elsewhere_is_in_the_log_of_the_organization_that_was_visited() {
    let (server, upstream) = (contoso().await, Upstream::start().await);
    pin(&server, &upstream, trusting()).await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let fred = [("address", "fred@fabrikam.com")];
    let page = browser.send(&page, "address", &fred).await;
    let asked = upstream.asked(&page);
    upstream.fail(400, "invalid_grant");
    let seen = browser.open(&upstream.answer(&asked, &[])).await;
    assert_eq!(seen.status, 403, "{}", seen.text);
    let log = Persona::Program(&["AuditLog.Read.All"]);
    let rows = server.get(log, "/beta/auditLogs/signIns").await;
    let rows = rows.body["value"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0]["status"]["errorCode"], 50_126);
    assert_eq!(rows[0]["homeTenantId"], FABRIKAM);
    assert_eq!(rows[0]["userPrincipalName"], "fred@fabrikam.com");
    assert_eq!(rows[0]["userId"], "00000000-0000-0000-0000-000000000000");
}
