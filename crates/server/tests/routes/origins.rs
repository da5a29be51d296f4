//! Pages of applications on other origins.

use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::client::{CONTOSO, ERP, Persona, Server};
use crate::walk::{Browser, CHALLENGE, VERIFIER, encoded, furnish, request};

const PAGE: &str = "https://pages.example";
const BACK: &str = "https://pages.example/back";

async fn ask(
    server: &Server,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    form: &[(&str, &str)],
) -> (u16, String, String) {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/{CONTOSO}/{path}"))
        .header("host", "comity.test:8443")
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(encoded(form))).unwrap();
    let (status, headers, bytes) = server.exchange(request).await;
    let allowed = headers.get("access-control-allow-origin");
    let allowed = allowed
        .map_or("", |value| value.to_str().unwrap())
        .to_owned();
    assert!(!headers.contains_key("access-control-allow-credentials"));
    (status, allowed, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn a_page_reads_what_is_meant_for_its_application_and_no_other_page_does() {
    let server = Server::new().await;
    furnish(&server).await;
    let writer = Persona::Program(&["Application.ReadWrite.All"]);
    let page = json!({"displayName": "Page", "spa": {"redirectUris": [BACK]}});
    let made = server.post(writer, "/v1.0/applications", page).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let client = made.body["appId"].as_str().unwrap();
    let principal = json!({"appId": client});
    let made = server
        .post(writer, "/v1.0/servicePrincipals", principal)
        .await;
    assert!(made.status == 201 || made.status == 409, "{}", made.body);
    for open in [
        "v2.0/.well-known/openid-configuration",
        "discovery/v2.0/keys",
    ] {
        let (status, allowed, _) = ask(&server, "GET", open, &[("origin", PAGE)], &[]).await;
        assert_eq!((status, &*allowed), (200, "*"));
    }
    let mut browser = Browser::new(&server);
    let here = [
        ("client_id", client),
        ("redirect_uri", BACK),
        ("code_challenge", CHALLENGE),
    ];
    browser.sign_in("alice@contoso.com", &here).await.code();
    let token = "oauth2/v2.0/token";
    for (origin, expected) in [
        (PAGE, PAGE),
        ("https://evil.example", ""),
        ("https://pages.example.evil.example", ""),
        ("http://pages.example", ""),
        ("null", ""),
    ] {
        let code = browser.open(&request(&here)).await.code();
        let form = [
            ("client_id", client),
            ("grant_type", "authorization_code"),
            ("redirect_uri", BACK),
            ("code", &*code),
            ("code_verifier", VERIFIER),
        ];
        let (status, allowed, body) =
            ask(&server, "POST", token, &[("origin", origin)], &form).await;
        assert_eq!((status, &*allowed), (200, expected), "{origin}: {body}");
        // A refusal is read by the same.
        let (status, allowed, _) = ask(&server, "POST", token, &[("origin", origin)], &form).await;
        assert_eq!((status, &*allowed), (400, expected), "{origin}");
        let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
        let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
        let headers = [("origin", origin), ("authorization", &*bearer)];
        let (status, allowed, body) = ask(&server, "GET", "openid/userinfo", &headers, &[]).await;
        assert_eq!((status, &*allowed), (200, expected), "{origin}: {body}");
    }
    // Another application's addresses are not pages.
    let form = [("client_id", ERP), ("grant_type", "refresh_token")];
    let shop = [("origin", "https://shop.example")];
    let (_, allowed, _) = ask(&server, "POST", token, &shop, &form).await;
    assert_eq!(allowed, "");
    // A browser may ask before it asks.
    let headers = [("origin", PAGE), ("access-control-request-method", "GET")];
    let (status, allowed, _) = ask(&server, "OPTIONS", "openid/userinfo", &headers, &[]).await;
    assert_eq!((status, &*allowed), (204, PAGE));
}
