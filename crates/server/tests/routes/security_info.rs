//! The page on which people see how they sign in. Passkeys themselves are tried in a browser
//! (`clients/signin/passkey.test.mjs`), which has keys.

use serde_json::Value;

use crate::client::{CONTOSO, Persona, Server};
use crate::sign_in::code_of;
use crate::walk::{Browser, PASSWORD, Seen, furnish, request};

async fn server() -> Server {
    let server = Server::new().await;
    furnish(&server).await;
    server
}

async fn open<'a>(server: &'a Server, name: &str) -> (Browser<'a>, Seen) {
    let mut browser = Browser::new(server);
    let page = browser.open(&format!("/{CONTOSO}/securityinfo")).await;
    let page = browser.send(&page, "address", &[("address", name)]).await;
    let page = browser
        .send(&page, "password", &[("password", PASSWORD)])
        .await;
    (browser, page)
}

#[tokio::test]
async fn an_authenticator_app_is_set_up_asked_for_and_taken_away_again() {
    let server = server().await;
    let (mut browser, page) = open(&server, "alice@contoso.com").await;
    assert_eq!(page.title(), "How you sign in");
    assert!(page.text.contains("Nothing but your password"));
    let page = browser.send(&page, "app", &[]).await;
    let page = browser
        .send(&page, "enrol", &[("code", &code_of(&page))])
        .await;
    assert_eq!(page.title(), "How you sign in");
    assert!(page.text.contains("<span>Authenticator app</span>"));
    // Another browser is asked for it before it sees anything.
    let (_, asked) = open(&server, "alice@contoso.com").await;
    assert_eq!(asked.title(), "Verify it is you");
    // What is no way to sign in is not taken away.
    let page = browser
        .send(&page, "remove", &[("method", "agreed:x")])
        .await;
    assert!(page.text.contains("<span>Authenticator app</span>"));
    let page = browser.send(&page, "remove", &[("method", "totp")]).await;
    assert!(page.text.contains("Nothing but your password"));
    let log = Persona::Program(&["AuditLog.Read.All"]);
    let path = "/v1.0/auditLogs/directoryAudits?$filter=category%20eq%20'UserManagement'";
    let entries = server.call(log, "GET", path, None).await;
    let entries = entries.body["value"].as_array().unwrap().clone();
    let told = |entry: &Value| {
        assert_eq!(
            entry["initiatedBy"]["user"]["userPrincipalName"],
            "alice@contoso.com"
        );
        entry["activityDisplayName"].as_str().unwrap().to_owned()
    };
    let mut told: Vec<String> = entries.iter().map(told).collect();
    told.sort();
    let expected = [
        "User deleted security info",
        "User registered security info",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn people_of_other_tenants_have_no_business_there() {
    let server = server().await;
    let (_, page) = open(&server, "fred@fabrikam.com").await;
    assert_eq!(page.title(), "Sign in");
    assert!(
        page.text.contains("for people of this organization"),
        "{}",
        page.text
    );
    let unknown = Browser::new(&server)
        .open("/nowhere.example/securityinfo")
        .await;
    assert_eq!(unknown.status, 400, "{}", unknown.text);
}

#[tokio::test]
async fn a_question_for_a_passkey_is_answered_once() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    // Where no key is asked for, no question is.
    let none = browser.send(&page, "passkeyquestion", &[]).await;
    assert_eq!(none.status, 400);
    let page = browser
        .send(&page, "address", &[("address", "alice@contoso.com")])
        .await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(
        policy.contains("script-src 'self'; connect-src 'self';"),
        "{policy}"
    );
    let question = browser.send(&page, "passkeyquestion", &[]).await;
    assert_eq!(question.headers["content-type"], "application/json");
    let asked: Value = serde_json::from_str(&question.text).unwrap();
    assert_eq!(asked["get"]["rpId"], "comity.test");
    assert_eq!(asked["get"]["allowCredentials"], Value::Array(Vec::new()));
    let answer = [("credential", "{}")];
    let wrong = browser.send(&page, "passkey", &answer).await;
    assert!(wrong.text.contains("This passkey does not belong"));
    let again = browser.send(&wrong, "passkey", &answer).await;
    assert_eq!(again.title(), "Enter your password");
    // The password still gets her in.
    browser
        .send(&again, "password", &[("password", PASSWORD)])
        .await
        .code();
}
