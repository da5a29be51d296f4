//! `/policies/crossTenantAccessPolicy`.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn the_policy_is_read_with_its_context_and_its_etag() {
    let server = Server::new().await;
    let answer = server.get(Reader, &policy("")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(
        answer.body,
        json!({
            "@odata.context": format!("{HERE}/v1.0/$metadata#policies/crossTenantAccessPolicy/$entity"),
            "id": "0c000000-0000-4000-8000-0000000000ff",
            "displayName": "Contoso's policy",
            "allowedCloudEndpoints": [],
        })
    );
    assert_eq!(answer.header("etag"), "W/\"1\"");
    assert_eq!(
        answer.header("content-type"),
        "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    );
    assert_eq!(answer.header("odata-version"), "4.0");
}

#[tokio::test]
async fn enabling_a_cloud_is_written_and_read_back() {
    // S5, S14.1
    let server = Server::new().await;
    let clouds = json!({"allowedCloudEndpoints": ["microsoftonline.us"]});
    let answer = server.patch(Administrator, &policy(""), clouds).await;
    assert_eq!((answer.status, &answer.body), (204, &json!(null)));
    assert_eq!(answer.header("content-type"), "");
    let answer = server
        .get(Reader, &policy("?$select=allowedCloudEndpoints"))
        .await;
    assert_eq!(
        answer.body["allowedCloudEndpoints"],
        json!(["microsoftonline.us"])
    );
    assert!(answer.body.get("displayName").is_none());
}

#[tokio::test]
async fn the_partner_administrator_renames_but_enables_no_cloud() {
    // S14.2, S23
    let server = Server::new().await;
    let name = json!({"displayName": "Ours"});
    let answer = server.patch(PartnerAdministrator, &policy(""), name).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let clouds = json!({"allowedCloudEndpoints": ["microsoftonline.us"]});
    let answer = server
        .patch(PartnerAdministrator, &policy(""), clouds)
        .await;
    assert_eq!(
        (answer.status, answer.code()),
        (403, "Authorization_RequestDenied")
    );
}

#[tokio::test]
async fn a_cloud_nobody_knows_is_refused() {
    // S5.7
    let server = Server::new().await;
    let clouds = json!({"allowedCloudEndpoints": ["microsoftonline.de"]});
    let answer = server.patch(Administrator, &policy(""), clouds).await;
    assert_eq!(
        (answer.status, answer.reason()),
        (400, "invalid_cloud_endpoint")
    );
}

#[tokio::test]
async fn nobody_is_told_where_to_get_a_token() {
    let server = Server::new().await;
    for path in [
        policy(""),
        policy("/default"),
        policy("/partners"),
        "/v1.0/auditLogs/directoryAudits".to_owned(),
    ] {
        let answer = server.get(Nobody, &path).await;
        assert_eq!(
            (answer.status, answer.code()),
            (401, "InvalidAuthenticationToken")
        );
        assert!(answer.header("www-authenticate").starts_with("Bearer "));
        assert_eq!(
            answer.body["error"]["innerError"]["date"],
            "2026-01-31T12:00:00"
        );
    }
}

#[tokio::test]
async fn every_spelling_of_the_address_is_served() {
    let server = Server::new().await;
    for path in [
        "/v1.0//policies/crossTenantAccessPolicy",
        "/beta/Policies/CROSSTENANTACCESSPOLICY/",
        "/v1.0/policies/crossTenantAccessPolicy?%24select=id&client-request-id=x",
    ] {
        let answer = server.get(Reader, path).await;
        assert_eq!(answer.status, 200, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_offered_are_refused_in_json() {
    let server = Server::new().await;
    let answer = server.get(Reader, "/v1.0/policies/unknownPolicy").await;
    assert_eq!((answer.status, answer.code()), (400, "BadRequest"));
    assert_eq!(
        answer.body["error"]["message"],
        "Resource not found for the segment 'unknownPolicy'."
    );
    for path in [
        policy(""),
        policy("/default"),
        policy("/default/resetToSystemDefault"),
    ] {
        let answer = server.call(Administrator, "DELETE", &path, None).await;
        assert_eq!(
            (answer.status, answer.code()),
            (405, "Request_BadRequest"),
            "{path}"
        );
        assert_ne!(answer.header("allow"), "", "{path}");
    }
    let answer = server.get(Nobody, "/nothing/here").await;
    assert_eq!(answer.status, 404);
    assert!(answer.body["error"].is_string() || answer.body["error"].is_object());
}

#[tokio::test]
async fn the_ids_of_a_request_come_back() {
    let server = Server::new().await;
    let request = server
        .request(Reader, "GET", &policy(""))
        .header("client-request-id", "aa000000-0000-4000-8000-00000000000f")
        .body(axum::body::Body::empty());
    let answer = server.send(request.unwrap()).await;
    assert_eq!(
        answer.header("client-request-id"),
        "aa000000-0000-4000-8000-00000000000f"
    );
    assert_eq!(answer.header("request-id").len(), 36);
    let answer = server.get(Reader, &policy("")).await;
    assert_eq!(
        answer.header("client-request-id"),
        answer.header("request-id")
    );
}

#[tokio::test]
async fn addresses_in_an_answer_stay_on_the_name_the_client_used_if_it_is_ours() {
    let mut options = server::Options::at(HERE);
    options.other_urls = vec!["https://127.0.0.1:8443".to_owned()];
    let server = Server::with(options).await;
    for (host, origin) in [
        ("127.0.0.1:8443", "https://127.0.0.1:8443"),
        ("comity.test:8443", HERE),
        ("evil.example", HERE),
    ] {
        let mut request = server
            .request(Reader, "GET", &policy(""))
            .body(axum::body::Body::empty())
            .unwrap();
        request.headers_mut().insert("host", host.parse().unwrap());
        let answer = server.send(request).await;
        let context = answer.body["@odata.context"].as_str().unwrap();
        assert!(context.starts_with(&format!("{origin}/v1.0/")), "{context}");
    }
}
