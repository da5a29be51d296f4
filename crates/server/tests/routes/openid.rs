//! Each tenant as an OpenID Provider.

use axum::body::Body;
use axum::http::Request;

use crate::client::*;

fn form(extra: &str) -> String {
    format!(
        "grant_type=client_credentials&client_id={SCRIPT}&client_secret=an-open%2Bsecret\
         &scope=https%3A%2F%2Fcomity.test%3A8443%2F.default{extra}"
    )
}

async fn token(server: &Server, tenant: &str, form: String) -> Answer {
    let request = Request::post(format!("/{tenant}/oauth2/v2.0/token?client-request-id=1"))
        .header(
            "content-type",
            "application/x-www-form-urlencoded;charset=utf-8",
        )
        .body(Body::from(form));
    server.send(request.unwrap()).await
}

#[tokio::test]
async fn a_program_gets_a_token_that_opens_the_policy() {
    let server = Server::new().await;
    for tenant in [CONTOSO, "contoso.com", "CONTOSO.com"] {
        let answer = token(
            &server,
            tenant,
            form("&client_info=1&claims=%7B%7D&x-client-SKU=MSAL"),
        )
        .await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.body["token_type"], "Bearer");
        assert_eq!(answer.body["expires_in"], 3599);
        let token = answer.body["access_token"].as_str().unwrap();
        let request = Request::get(policy("/default"))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty());
        assert_eq!(server.send(request.unwrap()).await.status, 200);
    }
}

#[tokio::test]
async fn the_secret_may_come_by_basic_authentication() {
    let server = Server::new().await;
    let basic = "Basic YzEwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxOmFuLW9wZW4lMkJzZWNyZXQ=";
    let request = Request::post(format!("/{CONTOSO}/oauth2/v2.0/token"))
        .header("authorization", basic)
        .body(Body::from(
            "grant_type=client_credentials&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
        ));
    let answer = server.send(request.unwrap()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn refusals_carry_their_numbers() {
    let server = Server::new().await;
    let other = |from: &str, to: &str| form("").replace(from, to);
    for (tenant, form, status, error, number) in [
        ("nowhere.example", form(""), 400, "invalid_request", 90_002),
        (NORTHWIND, form(""), 400, "unauthorized_client", 700_016),
        (FABRIKAM, form(""), 400, "unauthorized_client", 700_016),
        (
            CONTOSO,
            other(SCRIPT, "unknown"),
            400,
            "unauthorized_client",
            700_016,
        ),
        (
            CONTOSO,
            other("open", "wrong"),
            401,
            "invalid_client",
            7_000_215,
        ),
        (
            CONTOSO,
            other("client_credentials", "password"),
            400,
            "unsupported_grant_type",
            70_003,
        ),
        (
            CONTOSO,
            other("comity.test", "vault.test"),
            400,
            "invalid_scope",
            70_011,
        ),
        (CONTOSO, String::new(), 400, "invalid_request", 900_144),
        (
            CONTOSO,
            "{\"grant_type\":\"x\"}".to_owned(),
            400,
            "invalid_request",
            900_144,
        ),
    ] {
        let answer = token(&server, tenant, form.clone()).await;
        assert_eq!(
            (answer.status, &answer.body["error"]),
            (status, &error.into()),
            "{form}"
        );
        assert_eq!(answer.body["error_codes"][0], number, "{form}");
        let description = answer.body["error_description"].as_str().unwrap();
        assert!(
            description.starts_with(&format!("AADSTS{number}: ")),
            "{description}"
        );
        assert!(answer.body["correlation_id"].is_string());
    }
}

#[tokio::test]
async fn other_mistakes_at_the_token_endpoint_are_told_in_oauth_words() {
    let server = Server::new().await;
    let request = Request::get(format!("/{CONTOSO}/oauth2/v2.0/token")).body(Body::empty());
    let answer = server.send(request.unwrap()).await;
    assert_eq!(
        (answer.status, &answer.body["error"]),
        (405, &"invalid_request".into())
    );
    let answer = token(&server, CONTOSO, "x".repeat(1_000_000)).await;
    assert_eq!(
        (answer.status, &answer.body["error"]),
        (413, &"invalid_request".into())
    );
}

#[tokio::test]
async fn discovery_names_the_tenant_by_its_id_and_publishes_its_keys() {
    let server = Server::new().await;
    for tenant in [CONTOSO, "contoso.com"] {
        let path = format!("/{tenant}/v2.0/.well-known/openid-configuration");
        let answer = server.get(Nobody, &path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.body["issuer"], format!("{HERE}/{CONTOSO}/v2.0"));
        assert_eq!(answer.body["tenant_region_scope"], "NA");
    }
    let northwind = format!("/{NORTHWIND}/v2.0/.well-known/openid-configuration");
    assert_eq!(server.get(Nobody, &northwind).await.status, 200);
    let answer = server
        .get(Nobody, &format!("/{CONTOSO}/discovery/v2.0/keys"))
        .await;
    assert_eq!(answer.body["keys"][0]["kty"], "RSA");
    let answer = server
        .get(
            Nobody,
            "/nowhere.example/v2.0/.well-known/openid-configuration",
        )
        .await;
    assert_eq!(
        (answer.status, &answer.body["error_codes"][0]),
        (400, &90_002.into())
    );
}

#[tokio::test]
async fn tokens_that_are_not_ours_open_nothing() {
    let server = Server::new().await;
    for header in [
        "",
        "Bearer",
        "Bearer x",
        "Basic x",
        "Bearer e30.e30.e30",
        "bearer  ",
    ] {
        let request = Request::get(policy("")).header("authorization", header);
        let answer = server.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(
            (answer.status, answer.code()),
            (401, "InvalidAuthenticationToken"),
            "{header}"
        );
    }
}
