//! A step of a case that is a sign-in or the acceptance of an invitation, done with a browser.

use std::sync::Arc;

use cases::compare::differences;
use cases::fixture::State;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::{External, RedemptionState};
use serde_json::{Value, json};

use super::browser::{Browser, Seen, encoded};
use super::compared::{answer, reason, seen, upright};
use super::place::{PASSWORD, Place, SHOP};
use super::{Done, told};
use crate::house::now;

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// What a step says about somebody.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a>(pub(super) &'a Value);

impl Asked<'_> {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0[name].as_str().map(str::to_owned)
    }

    pub(super) fn id<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.0[name].as_str()?.parse().ok()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.0[name] == true
    }

    pub(super) fn claim(&self, name: &str) -> bool {
        self.0["claims"][name] == true
    }

    /// The application, and the client it is reached with.
    pub(super) fn programs(&self) -> Option<(ApplicationId, ApplicationId)> {
        let resource = self.id("resourceAppId")?;
        Some((self.id("clientAppId").unwrap_or(resource), resource))
    }

    /// The account as a session keeps it.
    fn account(&self, state: &State) -> Value {
        let claims = &self.0["claims"];
        let mut methods = vec![json!("password")];
        methods.extend(claims["methods"].as_array().cloned().unwrap_or_default());
        let mut account = json!({
            "home": self.0["homeTenant"],
            // Whoever belongs to no tenant is known to the one with their object alone.
            "guestOf": self.text("guest").map(|_| &self.0["resourceTenant"]),
            "user": self.text("user").or(self.text("guest")),
            "name": self.name(state),
            "since": now().as_second(),
            "methods": methods,
            "mfa": self.claim("mfa"),
            "session": sts::random::guid(),
        });
        if let Some(device) = claims["device"].as_object() {
            let compliant = device.get("isCompliant") == Some(&Value::Bool(true));
            let hybrid = device.get("trustType") == Some(&json!("ServerAd"));
            account["device"] = json!([compliant, hybrid]);
        }
        account
    }

    /// What the account is called.
    fn name(&self, state: &State) -> String {
        let home: Option<TenantId> = self.id("homeTenant").or(self.id("resourceTenant"));
        let user: Option<UserId> = self.id("user").or(self.id("guest"));
        let tenant = home.and_then(|home| state.world.tenant(home));
        let directory = tenant.and_then(|tenant| tenant.directory.as_ref());
        let found = user.and_then(|user| directory?.users.get(&user));
        let address = found.map(|user| match (&user.mail, self.text("guest")) {
            // An identity without a tenant is known by its address.
            (Some(mail), Some(_)) => mail.clone(),
            _ => user.user_principal_name.clone(),
        });
        address.unwrap_or("nobody@nowhere.example".to_owned())
    }
}

/// How a walk ended.
pub(super) struct End {
    pub(super) decision: &'static str,
    /// What the last page says: the reason's code.
    pub(super) reason: Option<String>,
    pub(super) side: Option<&'static str>,
    pub(super) number: Option<String>,
    /// The rows of the last judgment.
    pub(super) rows: Vec<Value>,
    pub(super) tokens: Option<Value>,
    /// A page asked whether to become a guest.
    pub(super) asked_to_consent: bool,
}

impl End {
    fn new(decision: &'static str) -> Self {
        End {
            decision,
            reason: None,
            side: None,
            number: None,
            rows: Vec::new(),
            tokens: None,
            asked_to_consent: false,
        }
    }
}

/// Reasons that somebody can do something about.
fn is_challenge(reason: &str) -> bool {
    let requirements = [
        "redemption_required",
        "direct_connect_consent_required",
        "terms_of_use_required",
    ];
    reason.contains("_challenge_") || requirements.contains(&reason)
}

/// Whose settings the page of a refusal names.
fn side(page: &Seen) -> Option<&'static str> {
    let sentences = [
        ("The outbound settings of your own organization", "home"),
        ("Your own organization refuses", "home"),
        (
            "The inbound settings of the organization you want",
            "resource",
        ),
        ("The organization you want to visit refuses", "resource"),
        ("The tenant restrictions of the network", "policy"),
    ];
    let found = sentences
        .iter()
        .find(|(sentence, _)| page.text.contains(sentence));
    found.map(|(_, side)| *side)
}

fn refused(page: &Seen) -> End {
    let reason = page.line("Reason").to_owned();
    End {
        side: side(page),
        number: Some(page.line("Error code").to_owned()),
        ..End {
            reason: Some(reason.clone()),
            ..End::new(match is_challenge(&reason) {
                true => "challenge",
                false => "block",
            })
        }
    }
}

/// Goes from page to page, doing what the step says that the person does.
async fn walk(
    place: &mut Place,
    browser: &mut Browser<'_>,
    asked: Asked<'_>,
    state: &State,
    mut page: Seen,
) -> Result<End, String> {
    let mut rows = place.fresh_rows().await;
    let mut consent = false;
    for _ in 0..8 {
        let next = match page.title() {
            _ if page.away.is_some() => break,
            "Sign in" => {
                let name = asked.name(state);
                browser.send(&page, "address", &[("address", &name)]).await
            }
            "Enter your password" if !page.text.contains("id=\"notice\"") => {
                browser
                    .send(&page, "password", &[("password", PASSWORD)])
                    .await
            }
            "Become a guest" => {
                consent = true;
                if !asked.flag("consentAccepted") {
                    break;
                }
                browser
                    .send(&page, "consent", &[("answer", "accept")])
                    .await
            }
            "Terms of use" if asked.claim("termsAccepted") => {
                browser.send(&page, "terms", &[("answer", "accept")]).await
            }
            "Permissions requested" => browser.send(&page, "agree", &[("answer", "accept")]).await,
            "Set up an authenticator app"
                if asked.claim("resourceMfa")
                    && page.text.contains("the organization you are visiting") =>
            {
                let code = page.one_time_code();
                browser.send(&page, "enrol", &[("code", &code)]).await
            }
            _ => break,
        };
        page = next;
        let fresh = place.fresh_rows().await;
        if !fresh.is_empty() {
            rows = fresh;
        }
    }
    let mut end = end(&page)?;
    end.rows = rows;
    end.asked_to_consent = consent;
    if let (true, Some(code)) = (end.decision == "allow", page.parameter("code")) {
        end.tokens = Some(redeem_code(place, asked, &code).await?);
    }
    Ok(end)
}

fn end(page: &Seen) -> Result<End, String> {
    Ok(match page.title() {
        _ if page.parameter("code").is_some() => End::new("allow"),
        "The invitation is accepted" => End::new("allow"),
        "Become a guest" | "Terms of use" | "Set up an authenticator app" | "Verify it is you" => {
            End::new("challenge")
        }
        "You cannot get in here" => refused(page),
        "Sign in" | "Enter your password" => {
            return Err(format!("nobody is signed in: {}", page.line("Reason")));
        }
        other => return Err(format!("the page `{other}`: {page:?}")),
    })
}

pub(super) async fn post_token(
    place: &Place,
    tenant: TenantId,
    fields: &[(&str, &str)],
    header: Option<&str>,
) -> (u16, Value) {
    let url = format!("{}/{tenant}/oauth2/v2.0/token", place.house.url);
    let mut request = place
        .client
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(fields));
    if let Some(header) = header {
        request = request.header("sec-Restrict-Tenant-Access-Policy", header);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

async fn redeem_code(place: &Place, asked: Asked<'_>, code: &str) -> Result<Value, String> {
    let tenant: TenantId = asked.id("resourceTenant").unwrap();
    let client = asked.programs().unwrap().0.to_string();
    let fields = [
        ("client_id", client.as_str()),
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", SHOP),
        ("code_verifier", VERIFIER),
    ];
    let header = asked.text("tenantRestrictionsHeader");
    match post_token(place, tenant, &fields, header.as_deref()).await {
        (200, tokens) => Ok(tokens),
        (status, answer) => Err(format!("no tokens for the code: {status} {answer}")),
    }
}

/// Walks through the doors of the resource tenant.
pub(super) async fn enter(
    place: &mut Place,
    asked: Asked<'_>,
    state: &State,
) -> Result<End, String> {
    let resource: TenantId = asked.id("resourceTenant").unwrap();
    let (client, program) = asked.programs().ok_or("no application is reached")?;
    if state.world.policy(resource).is_none() {
        return Err("the resource tenant has no provider here".to_owned());
    }
    place.register(resource, client).await;
    place.register(resource, program).await;
    let home: Option<TenantId> = asked.id("homeTenant");
    let user: UserId = asked.id("user").or(asked.id("guest")).unwrap();
    let visited = asked.0["accessType"] == "b2bDirectConnect" && !asked.flag("firstAccess");
    place.remember(resource, user, "visited", visited).await;
    place.remember(resource, user, "terms", false).await;
    let object = object(state, resource, home, user);
    place.remember(resource, object, "totp", false).await;
    let disabled = home.and_then(|home| state.world.tenant(home)?.directory.as_ref());
    let disabled = disabled.and_then(|there| there.internal(user));
    if let (Some(home), true) = (home, disabled.is_some_and(|account| !account.enabled)) {
        // Nobody stays signed in with such an account; they try with their password.
        place.give_password(home, user).await;
    }
    let cookie = place.signed_in(asked.account(state)).await;
    let api = format!("api://{program}/access");
    let scope = match client == program {
        true => "openid offline_access".to_owned(),
        false => format!("openid offline_access {api}"),
    };
    let fields = [
        ("client_id", client.to_string()),
        ("redirect_uri", SHOP.to_owned()),
        ("response_type", "code".to_owned()),
        ("scope", scope),
        ("code_challenge", CHALLENGE.to_owned()),
        ("code_challenge_method", "S256".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let client = place.client.clone();
    place.fresh_rows().await;
    let house = Arc::clone(&place.house);
    let mut browser = Browser::new(&client, &house);
    browser.cookie = Some(cookie);
    if let Some(header) = asked.text("tenantRestrictionsHeader") {
        browser
            .added
            .push(("sec-Restrict-Tenant-Access-Policy", header));
        if let Some(signal) = asked.text("signal") {
            browser
                .added
                .push(("comity-tenant-restrictions-carrier", signal));
        }
    }
    let path = format!("/{resource}/oauth2/v2.0/authorize?{}", encoded(&fields));
    let page = browser.open(&path).await;
    walk(place, &mut browser, asked, state, page).await
}

/// The object of that account in the tenant, or the account itself.
fn object(state: &State, tenant: TenantId, home: Option<TenantId>, user: UserId) -> UserId {
    let there = state
        .world
        .tenant(tenant)
        .and_then(|t| t.directory.as_ref());
    let found = home.and_then(|home| there?.object_for(home, user));
    found.map_or(user, |object| object.id)
}

fn pending(state: &State, asked: Asked<'_>) -> bool {
    let resource: TenantId = asked.id("resourceTenant").unwrap();
    let home: Option<TenantId> = asked.id("homeTenant");
    let user: UserId = asked.id("user").or(asked.id("guest")).unwrap();
    let id = object(state, resource, home, user);
    let there = state
        .world
        .tenant(resource)
        .and_then(|t| t.directory.as_ref());
    let object = there.and_then(|there| there.users.get(&id));
    object.is_some_and(|object| object.is_pending())
}

/// `signin`.
pub(super) async fn sign_in(
    place: &mut Place,
    input: &Value,
    expected: &Value,
    before: &State,
    law: &Value,
) -> Done {
    let asked = Asked(input);
    let end = match input["isInteractive"] == false {
        true => renew(place, asked, before).await?,
        false => enter(place, asked, before).await?,
    };
    let redeemed = match (pending(before, asked), end.decision, end.asked_to_consent) {
        (true, "allow", true) => Some("consented"),
        (true, "allow", false) => Some("automatic"),
        _ => None,
    };
    let answer = answer(&end, law, redeemed);
    let mut wrong = upright(&end, law);
    for meant in [expected, law] {
        let found = differences(&seen(meant, asked, &end), &answer);
        wrong.extend(found.iter().map(told));
    }
    Ok(wrong)
}

/// A renewal: with the refresh token of an earlier step, or of a sign-in before it.
async fn renew(place: &mut Place, asked: Asked<'_>, state: &State) -> Result<End, String> {
    let key = format!("{} {}", asked.0["user"], asked.0["resourceAppId"]);
    if !place.refresh.contains_key(&key) {
        let first = enter(place, asked, state).await?;
        let tokens = first.tokens.ok_or("there is nothing to renew")?;
        let token = tokens["refresh_token"].as_str().unwrap().to_owned();
        place.refresh.insert(key.clone(), token);
    }
    let resource: TenantId = asked.id("resourceTenant").unwrap();
    let client = asked.programs().unwrap().0.to_string();
    let token = place.refresh[&key].clone();
    let fields = [
        ("client_id", client.as_str()),
        ("grant_type", "refresh_token"),
        ("refresh_token", token.as_str()),
    ];
    let (status, answer) = post_token(place, resource, &fields, None).await;
    let rows = place.fresh_rows().await;
    if status == 200 {
        let next = answer["refresh_token"].as_str().unwrap().to_owned();
        place.refresh.insert(key, next);
        return Ok(End {
            rows,
            tokens: Some(answer),
            ..End::new("allow")
        });
    }
    let number = format!("AADSTS{}", answer["error_codes"][0]);
    Ok(End {
        rows,
        number: Some(number),
        ..End::new("block")
    })
}

/// `redeem`: somebody follows the link of an invitation.
pub(super) async fn redeem(
    place: &mut Place,
    input: &Value,
    expected: &Value,
    before: &State,
    law: &Value,
) -> Done {
    let asked = Asked(input);
    let tenant: TenantId = asked.id("resourceTenant").unwrap();
    let id: UserId = asked.id("user").unwrap();
    let known = place.user(tenant, id).await.ok_or("there is no object")?;
    let who = match &known.external {
        Some(External::Tenant {
            home_tenant,
            home_user,
        }) => json!({"homeTenant": home_tenant.to_string(), "user": home_user.to_string()}),
        _ => json!({"guest": id.to_string(), "resourceTenant": tenant.to_string()}),
    };
    let cookie = place.signed_in(Asked(&who).account(before)).await;
    let client = place.client.clone();
    place.fresh_rows().await;
    let house = Arc::clone(&place.house);
    let mut browser = Browser::new(&client, &house);
    browser.cookie = Some(cookie);
    let page = browser.open(&format!("/{tenant}/redeem?user={id}")).await;
    let end = walk(place, &mut browser, asked, before, page).await?;
    let after = place.user(tenant, id).await.ok_or("the object is gone")?;
    let was_pending = known.redemption == Some(RedemptionState::PendingAcceptance);
    let reason = match (end.decision, was_pending) {
        ("allow", true) => json!("redeemed"),
        ("allow", false) => json!("already_redeemed"),
        _ => reason(
            end.rows.first().unwrap_or(&Value::Null),
            &law["reason"],
            &end,
        ),
    };
    let mut answer = json!({
        "decision": end.decision,
        "reason": reason,
        "side": end.side,
        "externalUserState": after.redemption.map(RedemptionState::as_str),
        "identityProvider": after.identity_provider,
        "consentPrompt": if end.asked_to_consent { "shown" } else { "suppressed" },
    });
    let mut wrong = upright(
        &end,
        &json!({"errorCode": end.rows.first().map(|r| r["errorCode"].clone())}),
    );
    for meant in [expected, law] {
        let mut meant = seen(meant, asked, &end);
        let members = meant.as_object_mut().unwrap();
        for name in ["audit", "errorCode"] {
            members.remove(name);
        }
        // Where the law says nothing of a page, there is nothing to compare, and the provider shows
        // when it has been recorded (S7.6).
        for name in ["consentPrompt", "identityProvider", "externalUserState"] {
            let is_told = name != "identityProvider" || end.decision == "allow";
            if !is_told || members.get(name).is_some_and(Value::is_null) {
                members.remove(name);
                answer[name] = Value::Null;
            }
        }
        wrong.extend(differences(&meant, &answer).iter().map(told));
    }
    let acceptance = "4660504c-45b3-4674-a709-71951a6b0763";
    if end.rows.is_empty() || end.rows.iter().any(|row| row["resourceId"] != acceptance) {
        wrong.push(format!("rows {:#?} (S15.8)", end.rows));
    }
    Ok(wrong)
}
