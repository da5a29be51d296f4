//! What fails before anything is judged leaves a row with whom it concerns; and what rows say of the
//! program. Whose people an application sends is where they begin.

use serde_json::{Value, json};

use crate::client::{CONTOSO, FABRIKAM, FRED, Persona, Server};
use crate::person::FRED_THERE;
use crate::walk::{Browser, PASSWORD, furnish, request};

async fn server() -> Server {
    let server = Server::new().await;
    furnish(&server).await;
    server
}

async fn rows(server: &Server, tenant: &'static str) -> Vec<Value> {
    let who = Persona::Foreign(tenant, &["AuditLog.Read.All"]);
    let answer = server.get(who, "/beta/auditLogs/signIns").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["value"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_wrong_password_is_in_the_log_of_the_home_and_in_no_other() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let fred = [("address", "fred@fabrikam.com")];
    let mut page = browser.send(&page, "address", &fred).await;
    page = browser.send(&page, "password", &[("password", "x")]).await;
    assert!(page.text.contains("the password is wrong"), "{}", page.text);
    let there = rows(&server, FABRIKAM).await;
    assert_eq!(there.len(), 1);
    let row = &there[0];
    assert_eq!(row["status"]["errorCode"], 50_126, "{row}");
    assert_eq!(row["userId"], FRED);
    assert_eq!(row["userPrincipalName"], "fred@fabrikam.com");
    assert_eq!(row["resourceTenantId"], CONTOSO);
    assert_eq!(row["crossTenantAccessType"], "b2bCollaboration");
    assert_eq!(row["appDisplayName"], "ERP");
    assert!(rows(&server, CONTOSO).await.is_empty());
    // Whoever goes on guessing is shut out, which is written down once.
    for _ in 0..14 {
        page = browser.send(&page, "password", &[("password", "x")]).await;
    }
    assert!(page.text.contains("Too many attempts"), "{}", page.text);
    let there = rows(&server, FABRIKAM).await;
    let count = |code: i64| {
        let of = |row: &&Value| row["status"]["errorCode"] == code;
        there.iter().filter(of).count()
    };
    assert_eq!((count(50_126), count(50_053), there.len()), (10, 1, 11));
    // The right password comes in where it always did.
    let correct = [("password", PASSWORD)];
    let page = browser.send(&page, "password", &correct).await;
    assert!(page.text.contains("Too many attempts"), "{}", page.text);
}

#[tokio::test]
async fn an_account_that_is_not_there_or_is_disabled_is_told_apart_in_the_log_only() {
    let server = server().await;
    let disable = json!({"accountEnabled": false});
    let writer = Persona::Program(&["User.ReadWrite.All"]);
    let path = format!("/v1.0/users/{}", crate::walk::ALICE);
    let done = server.patch(writer, &path, disable).await;
    assert_eq!(done.status, 204, "{}", done.body);
    let mut said = Vec::new();
    for name in ["alice@contoso.com", "nobody@contoso.com"] {
        let mut browser = Browser::new(&server);
        let page = browser.open(&request(&[])).await;
        let page = browser.send(&page, "address", &[("address", name)]).await;
        let page = browser.send(&page, "password", &[("password", "x")]).await;
        said.push(page.between("id=\"notice\"", "</p>").to_owned());
    }
    assert!(
        said[0].contains("is wrong") && said[0] == said[1],
        "{said:?}"
    );
    let here = rows(&server, CONTOSO).await;
    let mut codes: Vec<_> = here
        .iter()
        .map(|row| {
            (
                row["status"]["errorCode"].as_i64(),
                row["userPrincipalName"].as_str(),
            )
        })
        .collect();
    codes.sort();
    let expected = [
        (Some(50_034), Some("nobody@contoso.com")),
        (Some(50_057), Some("alice@contoso.com")),
    ];
    assert_eq!(codes, expected);
    assert_eq!(here[0]["crossTenantAccessType"], "none");
}

#[tokio::test]
async fn a_second_factor_that_fails_is_in_both_logs_s15_1() {
    let server = server().await;
    let policy = json!({"displayName": "MFA", "state": "enabled",
        "conditions": {"users": {"includeUsers": ["All"]},
            "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}});
    let writer = Persona::Program(&["Policy.ReadWrite.ConditionalAccess", "Policy.Read.All"]);
    let path = "/v1.0/identity/conditionalAccess/policies";
    let made = server.post(writer, path, policy).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let mut browser = Browser::new(&server);
    let page = browser.sign_in("fred@fabrikam.com", &[]).await;
    let page = browser.send(&page, "enrol", &[("code", "000000")]).await;
    assert!(page.text.contains("This code is wrong"), "{}", page.text);
    let failed = |rows: Vec<Value>| {
        let mut rows = rows.into_iter();
        rows.find(|row| row["status"]["errorCode"] == 500_121)
            .unwrap()
    };
    let here = failed(rows(&server, CONTOSO).await);
    let there = failed(rows(&server, FABRIKAM).await);
    assert_eq!(here["correlationId"], there["correlationId"]);
    assert_eq!(
        (&here["userId"], &there["userId"]),
        (&json!(FRED_THERE), &json!(FRED))
    );
    assert_eq!(
        here["authenticationRequirement"],
        "multiFactorAuthentication"
    );
    assert_ne!(here["id"], there["id"]);
}

#[tokio::test]
async fn rows_say_whether_a_browser_or_a_program_was_used_s15_2() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    browser.sign_in("fred@fabrikam.com", &[]).await.code();
    let listens = [("redirect_uri", "http://localhost:5555")];
    browser.open(&request(&listens)).await.code();
    for tenant in [CONTOSO, FABRIKAM] {
        let rows = rows(&server, tenant).await;
        let mut used: Vec<_> = rows
            .iter()
            .map(|row| row["clientAppUsed"].as_str().unwrap())
            .collect();
        used.sort_unstable();
        assert_eq!(
            used,
            ["Browser", "Mobile Apps and Desktop clients"],
            "{tenant}"
        );
    }
}

#[tokio::test]
async fn whose_people_an_application_sends_is_where_they_begin() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let hint = [("domain_hint", "Fabrikam.com")];
    let page = browser.open(&request(&hint)).await;
    assert_eq!(page.title(), "Sign in");
    assert!(page.text.contains("<bdi>Fabrikam</bdi>"), "{}", page.text);
    // There a name is enough.
    let page = browser.send(&page, "address", &[("address", "fred")]).await;
    assert_eq!(page.title(), "Enter your password");
    assert!(page.text.contains("fred@fabrikam.com"), "{}", page.text);
    browser
        .send(&page, "password", &[("password", PASSWORD)])
        .await
        .code();
    // Who is signed in and cannot be meant is not offered.
    let hint = [("domain_hint", "contoso.com")];
    let page = browser.open(&request(&hint)).await;
    assert_eq!(page.title(), "Sign in");
    assert!(page.text.contains("<bdi>Contoso</bdi>"), "{}", page.text);
    // An address of somebody else is taken as it is typed.
    let typed = [("address", "fred@fabrikam.com")];
    let page = browser.send(&page, "address", &typed).await;
    assert!(page.text.contains("fred@fabrikam.com"), "{}", page.text);
    // What is no domain that anybody knows says nothing.
    for hint in ["organizations", "nowhere.example", "consumers", "x\r\ny.z"] {
        let page = browser.open(&request(&[("domain_hint", hint)])).await;
        assert!(
            ["Pick an account", "Sign in"].contains(&page.title()) || page.away.is_some(),
            "{hint}: {}",
            page.text
        );
    }
}
