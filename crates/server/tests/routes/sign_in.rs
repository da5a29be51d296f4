//! People sign in.

use serde_json::json;

use crate::client::{CONTOSO, ERP, FRED, HERE, Persona, Server};
use crate::person::FRED_THERE;
use crate::walk::{ALICE, Browser, claims, furnish, redeem, request, token};

async fn server() -> Server {
    let server = Server::new().await;
    furnish(&server).await;
    server
}

#[tokio::test]
async fn a_person_of_the_tenant_gets_tokens_that_name_them() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let seen = browser.sign_in("alice@contoso.com", &[]).await;
    let parameters = seen.parameters();
    assert_eq!(parameters["state"], "st");
    assert_eq!(parameters["iss"], format!("{HERE}/{CONTOSO}/v2.0"));
    let answer = redeem(&server, &parameters["code"]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let said = claims(&answer.body["id_token"]);
    for (name, value) in [
        ("aud", json!(ERP)),
        ("iss", json!(format!("{HERE}/{CONTOSO}/v2.0"))),
        ("tid", json!(CONTOSO)),
        ("oid", json!(ALICE)),
        ("nonce", json!("no")),
        ("name", json!("Alice")),
        ("preferred_username", json!("alice@contoso.com")),
        ("email", json!("alice@contoso.com")),
        ("acct", json!(0)),
        ("amr", json!(["pwd"])),
    ] {
        assert_eq!(said[name], value, "{name}");
    }
    let access = answer.body["access_token"].as_str().unwrap();
    let info = server
        .with_token(access, "GET", &format!("/{CONTOSO}/openid/userinfo"))
        .await;
    assert_eq!(info.body["sub"], said["sub"]);
    assert_eq!(info.body["email"], "alice@contoso.com");
}

#[tokio::test]
async fn a_guest_enters_and_both_logs_tell_of_it_s8_s15_1() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let seen = browser.sign_in("fred@fabrikam.com", &[]).await;
    let answer = redeem(&server, &seen.code()).await;
    let said = claims(&answer.body["id_token"]);
    assert_eq!(said["oid"], FRED_THERE);
    assert_eq!(said["acct"], 1);
    assert_eq!(said["tid"], CONTOSO);
    let path = "/beta/auditLogs/signIns";
    let log = Persona::Program(&["AuditLog.Read.All"]);
    let here = server.call(log, "GET", path, None).await;
    let row = &here.body["value"][0];
    assert_eq!(row["userId"], FRED_THERE, "{}", here.body);
    assert_eq!(row["status"]["errorCode"], 0);
    assert_eq!(row["crossTenantAccessType"], "b2bCollaboration");
    assert_eq!(row["appDisplayName"], "ERP");
    let there = Persona::Foreign(crate::client::FABRIKAM, &["AuditLog.Read.All"]);
    let there = server.call(there, "GET", path, None).await;
    assert_eq!(there.body["value"][0]["userId"], FRED);
    assert_eq!(
        there.body["value"][0]["correlationId"],
        row["correlationId"]
    );
}

#[tokio::test]
async fn a_guest_is_told_which_side_refuses() {
    let server = server().await;
    let blocked = json!({"b2bCollaborationInbound": {
        "usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]}}});
    let path = "/v1.0/policies/crossTenantAccessPolicy/default";
    let done = server
        .call(Persona::Administrator, "PATCH", path, Some(blocked))
        .await;
    assert_eq!(done.status, 204, "{}", done.body);
    let mut browser = Browser::new(&server);
    let seen = browser.sign_in("fred@fabrikam.com", &[]).await;
    assert_eq!(seen.status, 403);
    for part in [
        "inbound settings of the organization",
        "Contoso",
        "inbound_blocked",
        "AADSTS500213",
    ] {
        assert!(seen.text.contains(part), "{part}: {}", seen.text);
    }
    // The application hears of it when the person goes back.
    let back = browser.send(&seen, "leave", &[]).await;
    assert_eq!(back.parameters()["error"], "access_denied");
}

#[tokio::test]
async fn a_code_is_good_once_and_its_tokens_end_when_it_comes_again() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let code = browser.sign_in("alice@contoso.com", &[]).await.code();
    let first = redeem(&server, &code).await;
    let refresh = first.body["refresh_token"].as_str().unwrap();
    let again = redeem(&server, &code).await;
    assert_eq!(again.body["error"], "invalid_grant");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let refreshed = token(&server, &fields).await;
    assert_eq!(refreshed.body["error"], "invalid_grant");
}

#[tokio::test]
async fn who_is_signed_in_is_not_asked_again_and_nobody_is_asked_silently() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let silent = browser.open(&request(&[("prompt", "none")])).await;
    assert_eq!(silent.parameters()["error"], "login_required");
    browser.sign_in("alice@contoso.com", &[]).await.code();
    browser.open(&request(&[("prompt", "none")])).await.code();
    let again = browser.open(&request(&[("prompt", "login")])).await;
    assert_eq!(again.title(), "Sign in");
    let choose = browser
        .open(&request(&[("prompt", "select_account")]))
        .await;
    assert_eq!(choose.title(), "Pick an account");
    browser
        .send(&choose, "choose", &[("account", "0")])
        .await
        .code();
}

#[tokio::test]
async fn who_demands_a_second_factor_gets_it_on_the_side_that_trust_says_s10_7() {
    let server = server().await;
    let policy = json!({"displayName": "Guests need MFA", "state": "enabled",
        "conditions": {"users": {"includeGuestsOrExternalUsers": {
            "guestOrExternalUserTypes": "b2bCollaborationGuest,b2bCollaborationMember,b2bDirectConnectUser",
            "externalTenants": {"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants",
                "membershipKind": "all"}}},
            "applications": {"includeApplications": ["All"]}, "clientAppTypes": ["all"]},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}});
    let writer = Persona::Program(&["Policy.ReadWrite.ConditionalAccess", "Policy.Read.All"]);
    let path = "/v1.0/identity/conditionalAccess/policies";
    let made = server.call(writer, "POST", path, Some(policy)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    // Not trusted: with Contoso.
    let mut browser = Browser::new(&server);
    let page = browser.sign_in("fred@fabrikam.com", &[]).await;
    assert_eq!(page.title(), "Set up an authenticator app");
    assert!(
        page.text
            .contains("the organization you are visiting, <bdi>Contoso</bdi>")
    );
    let wrong = browser.send(&page, "enrol", &[("code", "000000")]).await;
    assert!(wrong.text.contains("This code is wrong"), "{}", wrong.text);
    let code = code_of(&wrong);
    let seen = browser.send(&wrong, "enrol", &[("code", &code)]).await;
    let answer = redeem(&server, &seen.code()).await;
    let said = claims(&answer.body["id_token"]);
    assert_eq!(said["amr"], json!(["pwd", "otp", "mfa"]));
    // The same code is not good again, in another browser.
    let mut second = Browser::new(&server);
    let page = second.sign_in("fred@fabrikam.com", &[]).await;
    assert_eq!(page.title(), "Verify it is you");
    let again = second.send(&page, "code", &[("code", &code)]).await;
    assert!(again.text.contains("was used already"), "{}", again.text);
    // Trusted: at home, where nothing has been set up yet.
    let trust = json!({"inboundTrust": {"isMfaAccepted": true}});
    let default = "/v1.0/policies/crossTenantAccessPolicy/default";
    let done = server
        .call(Persona::Administrator, "PATCH", default, Some(trust))
        .await;
    assert_eq!(done.status, 204, "{}", done.body);
    let mut third = Browser::new(&server);
    let page = third.sign_in("fred@fabrikam.com", &[]).await;
    assert!(
        page.text
            .contains("your own organization, <bdi>Fabrikam</bdi>"),
        "{}",
        page.text
    );
    let code = code_of(&page);
    third.send(&page, "enrol", &[("code", &code)]).await.code();
    // A session that has it is not asked again.
    third.open(&request(&[("prompt", "none")])).await.code();
}

/// The code that an authenticator app shows which was set up with the key on that page.
pub(crate) fn code_of(page: &crate::walk::Seen) -> String {
    let key = page.between("<p class=\"key\">", "</p>").replace(' ', "");
    let secret = totp_rs::Secret::try_from_base32(&key).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = u64::try_from(crate::client::now().as_second()).unwrap();
    totp.generate(now).to_string()
}

#[tokio::test]
async fn each_refresh_is_judged_anew_and_takes_the_place_of_the_last_s8_13() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let code = browser.sign_in("fred@fabrikam.com", &[]).await.code();
    let first = redeem(&server, &code).await;
    let refresh = async |token: &str| {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        crate::walk::token(&server, &fields).await
    };
    let one = first.body["refresh_token"].as_str().unwrap();
    let second = refresh(one).await;
    assert_eq!(second.status, 200, "{}", second.body);
    let two = second.body["refresh_token"].as_str().unwrap();
    let out = json!({"b2bCollaborationOutbound": {
        "usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]}}});
    let default = "/v1.0/policies/crossTenantAccessPolicy/default";
    let done = server
        .call(Persona::Stranger, "PATCH", default, Some(out))
        .await;
    assert_eq!(done.status, 204, "{}", done.body);
    let refused = refresh(two).await;
    assert_eq!(refused.body["error"], "invalid_grant");
    assert_eq!(refused.body["error_codes"], json!([500_212]));
    let reset = format!("{default}/resetToSystemDefault");
    server.call(Persona::Stranger, "POST", &reset, None).await;
    // What was refused was not used up; what was used up ends everything.
    let third = refresh(two).await;
    assert_eq!(third.status, 200, "{}", third.body);
    let three = third.body["refresh_token"].as_str().unwrap();
    assert_eq!(refresh(one).await.body["error_codes"], json!([54_005]));
    assert_eq!(refresh(three).await.body["error"], "invalid_grant");
}

#[tokio::test]
async fn a_pending_guest_is_asked_before_contoso_learns_of_them_s7_5() {
    let server = server().await;
    let (tenant, object) = (CONTOSO.parse().unwrap(), FRED_THERE.parse().unwrap());
    let mut person = server.store.person(tenant, object).await.unwrap().unwrap();
    person.user.redemption = Some(policy::world::RedemptionState::PendingAcceptance);
    let act = store::DirectoryAct::PutUser {
        user: Box::new(person.user),
        details: Box::new(person.details),
        expected: Some(person.version),
    };
    let change = store::DirectoryChange::new(tenant, vec![act], Vec::new());
    server.store.write_directory(&change).await.unwrap();
    let mut browser = Browser::new(&server);
    let page = browser.sign_in("fred@fabrikam.com", &[]).await;
    assert_eq!(page.title(), "Become a guest");
    let no = browser
        .send(&page, "consent", &[("answer", "decline")])
        .await;
    assert_eq!(no.parameters()["error"], "access_denied");
    // Two browsers accept at once.
    let mut other = Browser::new(&server);
    let one = browser.open(&request(&[])).await;
    let two = other.sign_in("fred@fabrikam.com", &[]).await;
    let accept = [("answer", "accept")];
    let (one, two) = tokio::join!(
        browser.send(&one, "consent", &accept),
        other.send(&two, "consent", &accept)
    );
    assert!(!one.code().is_empty() && !two.code().is_empty());
    let person = server.store.person(tenant, object).await.unwrap().unwrap();
    assert_eq!(
        person.user.redemption,
        Some(policy::world::RedemptionState::Accepted)
    );
    let log = Persona::Program(&["AuditLog.Read.All"]);
    let path = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName eq 'Redeem external user invite'";
    let audits = server.call(log, "GET", path, None).await;
    assert_eq!(
        audits.body["value"].as_array().unwrap().len(),
        1,
        "{}",
        audits.body
    );
}

#[tokio::test]
async fn a_device_gets_tokens_when_somebody_signs_in_for_it_on_another_screen() {
    let server = server().await;
    let ask = async |path: &str, fields: &[(&str, &str)]| {
        let body = axum::body::Body::from(crate::walk::encoded(fields));
        let request = axum::http::Request::post(format!("/{CONTOSO}/oauth2/v2.0/{path}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .unwrap();
        server.send(request).await
    };
    let begun = ask(
        "devicecode",
        &[("client_id", ERP), ("scope", "openid offline_access")],
    )
    .await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    let device = begun.body["device_code"].as_str().unwrap();
    let poll = [
        ("client_id", ERP),
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", device),
    ];
    let pending = ask("token", &poll).await;
    assert_eq!(pending.body["error"], "authorization_pending");
    assert_eq!(ask("token", &poll).await.body["error"], "slow_down");
    let mut browser = Browser::new(&server);
    let wrong = browser
        .post("/signin/device", &[("code", "BBBB-BBBB")])
        .await;
    assert!(wrong.text.contains("This code is wrong"), "{}", wrong.text);
    let code = begun.body["user_code"].as_str().unwrap().to_lowercase();
    let page = browser.post("/signin/device", &[("code", &code)]).await;
    let page = browser
        .send(&page, "address", &[("address", "alice@contoso.com")])
        .await;
    let password = [("password", crate::walk::PASSWORD)];
    let page = browser.send(&page, "password", &password).await;
    assert_eq!(page.title(), "Permissions requested");
    let done = browser.send(&page, "agree", &[("answer", "accept")]).await;
    assert_eq!(done.title(), "Go on there");
    let answer = ask("token", &poll).await;
    assert_eq!(
        claims(&answer.body["id_token"])["oid"],
        ALICE,
        "{}",
        answer.body
    );
    assert_eq!(ask("token", &poll).await.body["error"], "expired_token");
}

#[tokio::test]
async fn whoever_signs_out_is_signed_out_and_goes_nowhere_unknown() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let code = browser.sign_in("alice@contoso.com", &[]).await.code();
    let token = redeem(&server, &code).await;
    let hint = token.body["id_token"].as_str().unwrap();
    let out = |address: &str| {
        let fields = [
            ("id_token_hint", hint),
            ("post_logout_redirect_uri", address),
            ("state", "s&1"),
        ];
        format!(
            "/{CONTOSO}/oauth2/v2.0/logout?{}",
            crate::walk::encoded(&fields)
        )
    };
    let away = browser.open(&out("https://evil.example/")).await;
    assert_eq!(away.title(), "You are signed out");
    assert!(browser.cookie.is_none());
    let back = browser.open(&out(crate::walk::SHOP)).await;
    assert_eq!(
        back.away.as_deref(),
        Some("https://shop.example/cb?state=s%261")
    );
    let silent = browser.open(&request(&[("prompt", "none")])).await;
    assert_eq!(silent.parameters()["error"], "login_required");
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_a_downgrade() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    // Somebody on the way took the challenge out of the request; the application still proves.
    let stripped = [("code_challenge", ""), ("code_challenge_method", "")];
    let code = browser.sign_in("alice@contoso.com", &stripped).await.code();
    let answer = redeem(&server, &code).await;
    assert_eq!(answer.body["error"], "invalid_grant", "{}", answer.body);
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let cookie = browser.cookie.clone().unwrap();
    let journey = page.between("name=\"j\" value=\"", "\"");
    let form = crate::walk::encoded(&[("j", journey), ("address", "alice@contoso.com")]);
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let sent = axum::http::Request::post("/signin/address")
            .header("host", "comity.test:8443")
            .header("cookie", format!("__Host-comity-session={cookie}"))
            .header(name, value)
            .body(axum::body::Body::from(form.clone()))
            .unwrap();
        let (status, _, _) = server.exchange(sent).await;
        assert_eq!(status, 400, "{name}: {value}");
    }
    let page = browser
        .send(&page, "address", &[("address", "alice@contoso.com")])
        .await;
    assert_eq!(page.title(), "Enter your password");
}

#[tokio::test]
async fn the_cookie_changes_when_somebody_signs_in() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    browser.open(&request(&[])).await;
    let planted = browser.cookie.clone();
    browser.sign_in("alice@contoso.com", &[]).await.code();
    assert_ne!(browser.cookie, planted);
    // Whoever planted it is nobody.
    let mut other = Browser::new(&server);
    other.cookie = planted;
    let silent = other.open(&request(&[("prompt", "none")])).await;
    assert_eq!(silent.parameters()["error"], "login_required");
}

#[tokio::test]
async fn a_journey_belongs_to_one_browser() {
    let server = server().await;
    let (mut one, mut other) = (Browser::new(&server), Browser::new(&server));
    let page = one.open(&request(&[])).await;
    other.open(&request(&[])).await;
    let stolen = other
        .send(&page, "address", &[("address", "alice@contoso.com")])
        .await;
    assert_eq!(
        (stolen.status, stolen.title()),
        (400, "This sign-in is over")
    );
}

#[tokio::test]
async fn a_step_that_does_not_fit_the_page_does_nothing() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    for step in [
        "consent",
        "terms",
        "agree",
        "code",
        "enrol",
        "newpassword",
        "password",
        "choose",
        "leave",
        "nothing",
    ] {
        let fields = [
            ("answer", "accept"),
            ("password", "x"),
            ("again", "x"),
            ("code", "000000"),
            ("account", "0"),
        ];
        let seen = browser.send(&page, step, &fields).await;
        assert_eq!(seen.title(), "Sign in", "{step}");
    }
}

#[tokio::test]
async fn the_pages_run_nothing_and_are_framed_by_nobody() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    let page = browser.open(&request(&[])).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self' https://shop.example;",
    ] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(!page.text.contains("<script"));
    // Names are text, whatever stands in them.
    let page = browser
        .send(&page, "address", &[("address", "<b>\"x@nowhere.example")])
        .await;
    assert!(
        page.text.contains("&lt;b&gt;&quot;x@nowhere.example"),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn a_restrictions_header_that_names_no_policy_closes_s11_3() {
    let server = server().await;
    let mut browser = Browser::new(&server);
    browser.added = vec![("sec-restrict-tenant-access-policy", "x:y".to_owned())];
    let seen = browser.sign_in("fred@fabrikam.com", &[]).await;
    assert_eq!(seen.status, 403);
    assert!(seen.text.contains("tr_header_invalid"), "{}", seen.text);
    // One of Fabrikam's network, for Fabrikam's own account: its outbound settings govern (S11.4).
    let policy = "0f000000-0000-4000-8000-000000000002:0f000000-0000-4000-8000-0000000000ff";
    browser = Browser::new(&server);
    browser.added = vec![("sec-restrict-tenant-access-policy", policy.to_owned())];
    browser.sign_in("fred@fabrikam.com", &[]).await.code();
}

#[tokio::test]
async fn the_link_of_an_invitation_leads_to_its_acceptance_and_nowhere_else_s7() {
    let server = server().await;
    let invitation = json!({"invitedUserEmailAddress": "fred@fabrikam.com",
        "inviteRedirectUrl": "https://evil.example/", "resetRedemption": true,
        "invitedUser": {"id": FRED_THERE}});
    let inviter = Persona::Program(&["User.Invite.All", "User.ReadWrite.All"]);
    let invited = server
        .call(inviter, "POST", "/v1.0/invitations", Some(invitation))
        .await;
    assert_eq!(invited.status, 201, "{}", invited.body);
    let link = invited.body["inviteRedeemUrl"].as_str().unwrap();
    let link = link.strip_prefix(HERE).unwrap();
    // Alice has the link, and is not who was invited.
    let mut alice = Browser::new(&server);
    let page = alice.open(link).await;
    assert_eq!(page.title(), "Enter your password");
    let page = alice.send(&page, "other", &[]).await;
    let page = alice
        .send(&page, "address", &[("address", "alice@contoso.com")])
        .await;
    let password = [("password", crate::walk::PASSWORD)];
    let page = alice.send(&page, "password", &password).await;
    assert!(
        page.text.contains("user_not_in_resource_tenant"),
        "{}",
        page.text
    );
    let mut fred = Browser::new(&server);
    let page = fred.open(link).await;
    let page = fred.send(&page, "password", &password).await;
    assert_eq!(page.title(), "Become a guest");
    let page = fred.send(&page, "consent", &[("answer", "accept")]).await;
    assert_eq!(page.title(), "The invitation is accepted");
    assert!(!page.text.contains("evil"));
    let (tenant, object) = (CONTOSO.parse().unwrap(), FRED_THERE.parse().unwrap());
    let person = server.store.person(tenant, object).await.unwrap().unwrap();
    assert_eq!(
        person.user.redemption,
        Some(policy::world::RedemptionState::Accepted)
    );
    let nobody = Browser::new(&server)
        .open(&format!("/{CONTOSO}/redeem?user={ALICE}"))
        .await;
    assert_eq!(
        (nobody.status, nobody.title()),
        (404, "There is no such invitation")
    );
}
