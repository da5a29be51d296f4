//! What has to end, ends: what two show at once, what an organization has vouched for that is gone,
//! what somebody else accepted.

use std::sync::Arc;

use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::{External, RedemptionState, User, UserType};
use serde_json::json;
use store::{DirectoryAct, DirectoryChange, PassKind, Sqlite, Store, UserDetails};
use sts::handle::Handle;

use crate::client::{Answer, CONTOSO, ERP, FABRIKAM, FRED, Persona, Server, now, world};
use crate::walk::{Browser, PASSWORD, furnish, furnish_contoso, password, redeem, request, token};

async fn server() -> Server {
    let server = Server::new().await;
    furnish(&server).await;
    server
}

async fn refresh(server: &Server, shown: &str) -> Answer {
    let fields = [("grant_type", "refresh_token"), ("refresh_token", shown)];
    token(server, &fields).await
}

fn refresh_token(answer: &Answer) -> String {
    let shown = answer.body["refresh_token"].as_str();
    shown.unwrap_or_default().to_owned()
}

/// Newest rows of that log.
async fn log(server: &Server, tenant: &'static str, filter: &str) -> serde_json::Value {
    let reader = Persona::Foreign(tenant, &["AuditLog.Read.All"]);
    let path = format!("/beta/auditLogs/signIns{filter}");
    server.call(reader, "GET", &path, None).await.body
}

const RENEWALS: &str = "?$filter=signInEventTypes/any(t: t eq 'nonInteractiveUser')";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_two_show_at_once_nothing_is_left() {
    let server = Arc::new(server().await);
    let mut browser = Browser::new(&server);
    browser.sign_in("fred@fabrikam.com", &[]).await.code();
    for _ in 0..40 {
        let code = browser.open(&request(&[])).await.code();
        let shows = (0..2).map(|_| {
            let (server, code) = (Arc::clone(&server), code.clone());
            tokio::spawn(async move { redeem(&server, &code).await })
        });
        let shows: Vec<_> = shows.collect();
        let mut given = Vec::new();
        for show in shows {
            given.extend(Some(refresh_token(&show.await.unwrap())).filter(|t| !t.is_empty()));
        }
        assert!(given.len() <= 1, "two got tokens for one code");
        for shown in &given {
            let renewed = refresh(&server, shown).await;
            assert_eq!(renewed.body["error"], "invalid_grant", "{}", renewed.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_refresh_token_that_two_show_at_once_nothing_is_left() {
    let server = Arc::new(server().await);
    let mut browser = Browser::new(&server);
    browser.sign_in("fred@fabrikam.com", &[]).await.code();
    for _ in 0..40 {
        let code = browser.open(&request(&[])).await.code();
        let first = refresh_token(&redeem(&server, &code).await);
        let shows = (0..2).map(|_| {
            let (server, first) = (Arc::clone(&server), first.clone());
            tokio::spawn(async move { refresh(&server, &first).await })
        });
        let shows: Vec<_> = shows.collect();
        let mut given = Vec::new();
        for show in shows {
            given.extend(Some(refresh_token(&show.await.unwrap())).filter(|t| !t.is_empty()));
        }
        assert!(given.len() <= 1, "two got tokens for one token");
        for shown in &given {
            let renewed = refresh(&server, shown).await;
            assert_eq!(renewed.body["error"], "invalid_grant", "{}", renewed.body);
        }
    }
}

#[tokio::test]
async fn nobody_comes_in_on_the_word_of_an_organization_that_is_gone() {
    let before = server().await;
    let mut browser = Browser::new(&before);
    let code = browser.sign_in("fred@fabrikam.com", &[]).await.code();
    let shown = refresh_token(&redeem(&before, &code).await);
    let later = browser.open(&request(&[])).await.code();
    let cookie = browser.cookie.clone().unwrap();
    // The same server, brought back without Fabrikam; Fred's object is still there.
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.unwrap());
    let mut left = world();
    left.tenants.remove(&FABRIKAM.parse::<TenantId>().unwrap());
    server::seed(&*store, &left, now()).await.unwrap();
    for (kind, text) in [
        (PassKind::Refresh, &shown),
        (PassKind::Code, &later),
        (PassKind::Session, &cookie),
    ] {
        let hash = Handle::shown(text).unwrap().hash();
        let pass = before.store.pass(kind, &hash).await.unwrap().unwrap();
        let pass = store::Pass {
            version: store::Revision(1),
            ..pass
        };
        store.put_pass(&pass).await.unwrap();
    }
    let after = Server::holding(store, server::Options::at(crate::client::HERE));
    furnish_contoso(&after).await;
    let mut browser = Browser::new(&after);
    browser.cookie = Some(cookie);
    let page = browser.open(&request(&[])).await;
    assert_eq!(page.title(), "Sign in");
    let page = browser
        .send(&page, "address", &[("address", "fred@fabrikam.com")])
        .await;
    assert!(page.text.contains("No organization with this address"));
    // S8.4: the account is not there any more, and Contoso's log says who tried.
    let refused = refresh(&after, &shown).await;
    assert_eq!(refused.body["error"], "invalid_grant");
    assert_eq!(refused.body["error_codes"], json!([50_034]));
    let rows = log(&after, CONTOSO, RENEWALS).await;
    assert_eq!(rows["value"].as_array().unwrap().len(), 1, "{rows}");
    assert_eq!(rows["value"][0]["status"]["errorCode"], 50_034);
    assert_eq!(rows["value"][0]["homeTenantId"], FABRIKAM);
}

#[tokio::test]
async fn an_account_that_is_deleted_at_home_is_refused_everywhere_and_both_logs_tell_s8_4() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let code = browser.sign_in("fred@fabrikam.com", &[]).await.code();
    let shown = refresh_token(&redeem(&server, &code).await);
    let remover = Persona::Foreign(FABRIKAM, &["User.ReadWrite.All"]);
    let gone = server
        .call(remover, "DELETE", &format!("/v1.0/users/{FRED}"), None)
        .await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    let page = browser.open(&request(&[])).await;
    assert_eq!(page.title(), "Sign in");
    let refused = refresh(&server, &shown).await;
    assert_eq!(
        refused.body["error_codes"],
        json!([50_034]),
        "{}",
        refused.body
    );
    for tenant in [CONTOSO, FABRIKAM] {
        let rows = log(&server, tenant, RENEWALS).await;
        assert_eq!(
            rows["value"][0]["status"]["errorCode"], 50_034,
            "{tenant} {rows}"
        );
    }
}

#[tokio::test]
async fn a_disabled_account_is_told_so_when_the_password_is_right_s8_4() {
    let server = server().await;
    let writer = Persona::Foreign(FABRIKAM, &["User.ReadWrite.All"]);
    let path = format!("/v1.0/users/{FRED}");
    let body = json!({"accountEnabled": false});
    let done = server.call(writer, "PATCH", &path, Some(body)).await;
    assert_eq!(done.status, 204, "{}", done.body);
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let page = browser
        .send(&page, "address", &[("address", "fred@fabrikam.com")])
        .await;
    // Whoever guesses learns nothing.
    let page = browser
        .send(&page, "password", &[("password", "a wrong one")])
        .await;
    assert!(page.text.contains("is wrong"), "{}", page.text);
    let page = browser
        .send(&page, "password", &[("password", PASSWORD)])
        .await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("account_disabled"), "{}", page.text);
    for tenant in [CONTOSO, FABRIKAM] {
        let rows = log(&server, tenant, "").await;
        assert_eq!(
            rows["value"][0]["status"]["errorCode"], 50_057,
            "{tenant} {rows}"
        );
    }
    // Nobody is signed in by that, and an invitation is not accepted either.
    assert_eq!(browser.open(&request(&[])).await.title(), "Sign in");
    let link = format!("/{CONTOSO}/redeem?user={}", crate::person::FRED_THERE);
    let page = browser.open(&link).await;
    let page = browser
        .send(&page, "address", &[("address", "fred@fabrikam.com")])
        .await;
    let page = browser
        .send(&page, "password", &[("password", PASSWORD)])
        .await;
    assert!(page.text.contains("account_disabled"), "{}", page.text);
}

#[tokio::test]
async fn a_network_judges_whoever_fetches_tokens_there_wherever_they_signed_in_s11_2() {
    let server = server().await;
    // Fabrikam's network lets nobody of elsewhere into Contoso; Alice signs in on another one.
    let header = format!("{FABRIKAM}:0f000000-0000-4000-8000-0000000000ff");
    let restricted = async |path: &str, fields: &[(&str, &str)], header: Option<&str>| {
        let body = axum::body::Body::from(crate::walk::encoded(fields));
        let mut request = axum::http::Request::post(format!("/{CONTOSO}/oauth2/v2.0/{path}"))
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(header) = header {
            request = request.header("sec-restrict-tenant-access-policy", header);
        }
        server.send(request.body(body).unwrap()).await
    };
    let begun = [("client_id", ERP), ("scope", "openid")];
    let begun = restricted("devicecode", &begun, Some(&header)).await;
    let mut browser = Browser::new(&server);
    let user_code = begun.body["user_code"].as_str().unwrap();
    let page = browser.post("/signin/device", &[("code", user_code)]).await;
    let page = browser
        .send(&page, "address", &[("address", "alice@contoso.com")])
        .await;
    let page = browser
        .send(&page, "password", &[("password", PASSWORD)])
        .await;
    browser.send(&page, "agree", &[("answer", "accept")]).await;
    let device = begun.body["device_code"].as_str().unwrap();
    let poll = [
        ("client_id", ERP),
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", device),
    ];
    let refused = restricted("token", &poll, Some(&header)).await;
    assert_eq!(
        refused.body["error_codes"],
        json!([5_000_211]),
        "{}",
        refused.body
    );
    // The same with a code that was brought from elsewhere.
    let code = browser.open(&request(&[])).await.code();
    let fields = [
        ("client_id", ERP),
        ("client_secret", crate::walk::APP_SECRET),
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", crate::walk::SHOP),
        ("code_verifier", crate::walk::VERIFIER),
    ];
    let refused = restricted("token", &fields, Some(&header)).await;
    assert_eq!(
        refused.body["error_codes"],
        json!([5_000_211]),
        "{}",
        refused.body
    );
    let masked = log(&server, FABRIKAM, "").await;
    assert_eq!(masked["value"][0]["userDisplayName"], "Tenant Restriction");
    // What was refused was not used up.
    assert_eq!(restricted("token", &poll, None).await.status, 200);
    assert_eq!(restricted("token", &fields, None).await.status, 200);
}

#[tokio::test]
async fn a_program_is_judged_by_the_network_it_asks_from_s11_9() {
    let server = server().await;
    let ask = async |header: &str| {
        let fields = [
            ("client_id", ERP),
            ("client_secret", crate::walk::APP_SECRET),
            ("grant_type", "client_credentials"),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        let body = axum::body::Body::from(crate::walk::encoded(&fields));
        let request = axum::http::Request::post(format!("/{CONTOSO}/oauth2/v2.0/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-restrict-tenant-access-policy", header);
        server.send(request.body(body).unwrap()).await
    };
    let policy = "0f000000-0000-4000-8000-0000000000ff";
    let refused = ask(&format!("{FABRIKAM}:{policy}")).await;
    assert_eq!(refused.body["error"], "access_denied", "{}", refused.body);
    assert_eq!(refused.body["error_codes"], json!([5_000_211]));
    let row = log(&server, FABRIKAM, "").await["value"][0].clone();
    assert_eq!(row["userDisplayName"], "Tenant Restriction");
    assert_eq!(row["appId"], ERP);
    assert_eq!(row["isTenantRestricted"], true);
    // A header that names no policy closes (S11.3); the own tenant's is no matter (S11.4).
    let unknown = ask(&format!("{FABRIKAM}:{FABRIKAM}")).await;
    assert_eq!(unknown.body["error_codes"], json!([9_900_005]));
    let own = ask(&format!("{CONTOSO}:0c000000-0000-4000-8000-0000000000ff")).await;
    assert_eq!(own.status, 200, "{}", own.body);
}

#[tokio::test]
async fn nobody_stays_signed_in_because_somebody_else_signs_in() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    browser.sign_in("fred@fabrikam.com", &[]).await.code();
    let cookie = browser.cookie.clone();
    let evening = server.later(|| "2026-01-31T23:00:00Z".parse().unwrap());
    let mut browser = Browser::new(&evening);
    browser.cookie = cookie;
    let chosen = [("prompt", "select_account")];
    let page = browser.open(&request(&chosen)).await;
    let page = browser.send(&page, "choose", &[("account", "other")]).await;
    let page = browser
        .send(&page, "address", &[("address", "alice@contoso.com")])
        .await;
    browser
        .send(&page, "password", &[("password", PASSWORD)])
        .await
        .code();
    let cookie = browser.cookie.clone();
    let night = server.later(|| "2026-02-01T00:00:00Z".parse().unwrap());
    let mut browser = Browser::new(&night);
    browser.cookie = cookie;
    let page = browser.open(&request(&chosen)).await;
    assert!(page.text.contains("alice@contoso.com"), "{}", page.text);
    assert!(!page.text.contains("fred@fabrikam.com"), "{}", page.text);
}

#[tokio::test]
async fn a_form_of_another_site_signs_nobody_out() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    browser.sign_in("alice@contoso.com", &[]).await.code();
    let cookie = browser.cookie.take();
    let address = request(&[]);
    let (path, query) = address.split_once('?').unwrap();
    let send = |body: String| {
        axum::http::Request::post(path)
            .header("host", "comity.test:8443")
            .header("origin", "https://shop.example")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(axum::body::Body::from(body))
            .unwrap()
    };
    // The browser keeps its cookies back from such a form.
    let (status, headers, _) = server.exchange(send(query.to_owned())).await;
    assert_eq!((status, headers.get("set-cookie")), (303, None));
    let next = headers["location"].to_str().unwrap();
    assert!(next.starts_with(&format!("/{CONTOSO}/")), "{next}");
    browser.cookie = cookie;
    browser.open(next).await.code();
    // What is no form is not made into an address.
    let (status, ..) = server.exchange(send("{\"client_id\": 1}".to_owned())).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_page_may_read_its_own_tokens_and_no_other_page_may() {
    let server = server().await;
    let (tenant, erp) = (CONTOSO.parse().unwrap(), ERP.parse().unwrap());
    let row = server.store.application_row(tenant, erp).await.unwrap();
    let mut row = row.unwrap();
    let expected = Some(row.version);
    row.details.spa_redirect_uris = vec!["https://page.example/in".to_owned()];
    let act = DirectoryAct::PutApplication {
        row: Box::new(row),
        expected,
    };
    let change = DirectoryChange::new(tenant, vec![act], Vec::new());
    server.store.write_directory(&change).await.unwrap();
    let ask = async |origin: &str| {
        let fields = [
            ("client_id", ERP),
            ("grant_type", "refresh_token"),
            ("refresh_token", "none"),
        ];
        let request = axum::http::Request::post(format!("/{CONTOSO}/oauth2/v2.0/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", origin)
            .body(axum::body::Body::from(crate::walk::encoded(&fields)));
        let answer = server.send(request.unwrap()).await;
        answer.header("access-control-allow-origin").to_owned()
    };
    assert_eq!(ask("https://page.example").await, "https://page.example");
    for other in ["https://page.example.evil", "https://shop.example", "null"] {
        assert_eq!(ask(other).await, "", "{other}");
    }
}

#[tokio::test]
async fn what_one_accepts_another_has_not_accepted_s10_12() {
    let server = server().await;
    let policy = json!({"displayName": "Terms", "state": "enabled",
        "conditions": {"users": {"includeGuestsOrExternalUsers": {
            "guestOrExternalUserTypes": "b2bCollaborationGuest",
            "externalTenants": {"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants",
                "membershipKind": "all"}}},
            "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]},
        "grantControls": {"operator": "OR", "builtInControls": [], "termsOfUse": ["terms"]}});
    let writer = Persona::Program(&["Policy.ReadWrite.ConditionalAccess", "Policy.Read.All"]);
    let path = "/v1.0/identity/conditionalAccess/policies";
    let made = server.call(writer, "POST", path, Some(policy)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let (fiona, guest) = (
        "0f000000-0000-4000-8000-00000000a002",
        "0c000000-0000-4000-8000-00000000b002",
    );
    let home: TenantId = FABRIKAM.parse().unwrap();
    let named = |id: &str, name: &str| User {
        user_principal_name: name.to_owned(),
        ..User::new(id.parse::<UserId>().unwrap())
    };
    let there = User {
        user_type: UserType::Guest,
        redemption: Some(RedemptionState::Accepted),
        external: Some(External::Tenant {
            home_tenant: home,
            home_user: fiona.parse().unwrap(),
        }),
        ..named(guest, "fiona_fabrikam.com#EXT#@contoso.com")
    };
    let put = |user: User| DirectoryAct::PutUser {
        user: Box::new(user),
        details: Box::new(UserDetails::default()),
        expected: None,
    };
    let acts = vec![put(named(fiona, "fiona@fabrikam.com")), password(fiona)];
    let change = DirectoryChange::new(home, acts, Vec::new());
    server.store.write_directory(&change).await.unwrap();
    let change = DirectoryChange::new(CONTOSO.parse().unwrap(), vec![put(there)], Vec::new());
    server.store.write_directory(&change).await.unwrap();
    let mut browser = Browser::new(&server);
    let page = browser.sign_in("fred@fabrikam.com", &[]).await;
    assert_eq!(page.title(), "Terms of use");
    browser
        .send(&page, "terms", &[("answer", "accept")])
        .await
        .code();
    // The same page is still open, and leads to another account.
    let next = browser.send(&page, "other", &[]).await;
    assert_eq!(next.title(), "Pick an account");
    let next = browser.send(&next, "choose", &[("account", "other")]).await;
    let next = browser
        .send(&next, "address", &[("address", "fiona@fabrikam.com")])
        .await;
    let next = browser
        .send(&next, "password", &[("password", PASSWORD)])
        .await;
    assert_eq!(next.title(), "Terms of use");
}
