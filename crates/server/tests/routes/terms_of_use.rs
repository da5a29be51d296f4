//! An organization's own terms of use: shown where Conditional Access asks for them, and kept by whom
//! they were accepted.

use serde_json::{Value, json};

use crate::client::{CONTOSO, NORTHWIND, Persona, Server};
use crate::walk::{Browser, furnish, request};

const TEXT: &str = "Be kind.\n<script>alert(1)</script>\nThe end.";

fn path() -> String {
    format!("/comity/v1/tenants/{CONTOSO}/termsOfUse")
}

async fn set(server: &Server, version: &str) {
    let body = json!({"version": version, "text": TEXT});
    let done = server
        .call(Persona::Operator, "PUT", &path(), Some(body))
        .await;
    assert_eq!(done.status, 200, "{}", done.body);
}

async fn server() -> Server {
    let server = Server::new().await;
    furnish(&server).await;
    let policy = json!({"displayName": "Guests accept", "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"]},
            "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]},
        "grantControls": {"operator": "OR", "builtInControls": [],
            "termsOfUse": ["0c000000-0000-4000-8000-00000000e001"]}});
    let writer = Persona::Program(&["Policy.ReadWrite.ConditionalAccess", "Policy.Read.All"]);
    let made = server
        .post(writer, "/v1.0/identity/conditionalAccess/policies", policy)
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    server
}

async fn entries(server: &Server) -> Vec<Value> {
    let log = Persona::Program(&["AuditLog.Read.All"]);
    let path = "/v1.0/auditLogs/directoryAudits?$filter=loggedByService eq 'Terms Of Use'";
    let answer = server.get(log, path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn people_read_what_they_accept_and_are_asked_again_for_another_version_s10_12() {
    let server = server().await;
    set(&server, "1").await;
    let mut browser = Browser::new(&server);
    let page = browser.sign_in("fred@fabrikam.com", &[]).await;
    assert_eq!(page.title(), "Terms of use");
    assert!(
        page.text.contains("Be kind.\n&lt;script&gt;"),
        "{}",
        page.text
    );
    // It became another one while they read it.
    set(&server, "2").await;
    let accept = [("answer", "accept"), ("version", "1")];
    let page = browser.send(&page, "terms", &accept).await;
    assert_eq!(page.title(), "Terms of use");
    assert!(entries(&server).await.is_empty());
    let accept = [("answer", "accept"), ("version", "2")];
    browser.send(&page, "terms", &accept).await.code();
    let kept = entries(&server).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["activityDisplayName"], "Accept Terms Of Use");
    assert_eq!(kept[0]["additionalDetails"][0]["value"], "2");
    assert_eq!(
        kept[0]["initiatedBy"]["user"]["userPrincipalName"],
        "fred@fabrikam.com"
    );
    // Another browser is not asked; another version asks again.
    Browser::new(&server)
        .sign_in("fred@fabrikam.com", &[])
        .await
        .code();
    set(&server, "3").await;
    let page = browser.open(&request(&[])).await;
    assert_eq!(page.title(), "Terms of use");
    let decline = [("answer", "decline"), ("version", "3")];
    let seen = browser.send(&page, "terms", &decline).await;
    assert_eq!(seen.parameters()["error"], "access_denied");
    let kept = entries(&server).await;
    let activities: Vec<_> = kept
        .iter()
        .map(|entry| &entry["activityDisplayName"])
        .collect();
    assert!(
        activities.contains(&&json!("Decline Terms Of Use")),
        "{activities:?}"
    );
    // Without a text of its own whoever accepted any stays accepted.
    let gone = server
        .call(Persona::Operator, "DELETE", &path(), None)
        .await;
    assert_eq!(gone.status, 200, "{}", gone.body);
    browser.open(&request(&[])).await.code();
}

#[tokio::test]
async fn terms_are_set_by_the_operator_for_a_hosted_tenant_in_plain_text() {
    let server = Server::new().await;
    let missing = server.call(Persona::Operator, "GET", &path(), None).await;
    assert_eq!(missing.status, 404, "{}", missing.body);
    set(&server, "1").await;
    let told = server.call(Persona::Operator, "GET", &path(), None).await;
    assert_eq!(told.body, json!({"version": "1", "text": TEXT}));
    let good = json!({"version": "1", "text": TEXT});
    let other = format!("/comity/v1/tenants/{NORTHWIND}/termsOfUse");
    let refused = server
        .call(Persona::Operator, "PUT", &other, Some(good.clone()))
        .await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    let refused = server
        .call(Persona::Administrator, "PUT", &path(), Some(good))
        .await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    for (body, target) in [
        (json!({"version": "", "text": "x"}), "version"),
        (json!({"version": "1\n2", "text": "x"}), "version"),
        (json!({"version": "x".repeat(65), "text": "x"}), "version"),
        (json!({"version": "1", "text": " \n"}), "text"),
        (json!({"version": "1", "text": "x\u{7}"}), "text"),
        (json!({"version": "1", "text": "x".repeat(40_001)}), "text"),
        (json!({"version": "1"}), ""),
        (json!({"version": "1", "text": "x", "more": 1}), ""),
    ] {
        let refused = server
            .call(Persona::Operator, "PUT", &path(), Some(body.clone()))
            .await;
        assert_eq!(refused.status, 400, "{body}: {}", refused.body);
        let said = refused.body["error"]["target"].as_str();
        assert!(
            target.is_empty() || said == Some(target),
            "{}",
            refused.body
        );
    }
}
