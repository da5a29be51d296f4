//! A device without a browser: it shows a short code, and somebody signs in for it on another
//! screen (RFC 8628).

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Pass, PassKind, Revision};
use sts::Seconds;
use sts::authorize::{Api, Kind, Prompt, Request, ResponseMode, Scopes};
use sts::handle::Handle;
use sts::refusal::{Code, Refusal};
use uuid::Uuid;

use super::browser::Browser;
use super::grants::{self, Answer, Grant, Shower};
use super::guard::Standing;
use super::journey::{Journey, after, read, tenant_id, written};
use super::judge::GRAPH;
use super::{http, pages};
use crate::body;
use crate::clock::moment;
use crate::context::Context;
use crate::error::Result;
use crate::state::App;

/// How long a device waits.
const LASTS: Seconds = 15 * 60;
/// How often it may ask.
const INTERVAL: Seconds = 5;
/// What a code for people is made of: nothing that is mistaken for something else.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const LENGTH: usize = 8;

/// A device that waits.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Waiting {
    tenant: Uuid,
    client: Uuid,
    scopes: Scopes,
    /// What came of it.
    outcome: Outcome,
    /// When it asked last.
    asked: Seconds,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Outcome {
    Pending,
    Declined,
    Granted(Box<Grant>),
}

/// What somebody typed, as it is looked up.
fn normalized(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphabetic);
    letters
        .map(|c| c.to_ascii_uppercase())
        .take(2 * LENGTH)
        .collect()
}

fn draw() -> String {
    let bytes = sts::random::bytes::<LENGTH>();
    let letters = bytes.iter().map(|byte| {
        let letter = LETTERS.get(usize::from(*byte) % LETTERS.len());
        char::from(letter.copied().unwrap_or(b'X'))
    });
    letters.collect()
}

/// A device asks for a code.
pub(crate) async fn begin(
    State(app): State<App>,
    context: Context,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let form = body::bytes(&headers, body, 16 * 1024).await?;
    let refused = |refusal: &Refusal| Ok(crate::routes::openid::refused(&context, refusal));
    let tenant = crate::providers::named(&app, &name).await?;
    let Some(tenant) = tenant.filter(|tenant| tenant.policy.is_some()) else {
        return refused(&Refusal::unknown_tenant(&name));
    };
    let fields: Vec<(String, String)> = form_urlencoded::parse(&form).into_owned().collect();
    let field = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    };
    let unknown = || Refusal::unknown_client(field("client_id"), &tenant.id.to_string());
    let Ok(client) = Uuid::try_parse(field("client_id")) else {
        return refused(&unknown());
    };
    let known = http::addresses(&app, tenant.id, client).await?;
    if known.is_none_or(|known| known.public.is_empty()) {
        return refused(&unknown());
    }
    let scopes = match Scopes::read(field("scope"), &app.resource) {
        Ok(scopes) => scopes,
        Err(refusal) => return refused(&refusal),
    };
    let waiting = Waiting {
        tenant: Uuid::from_u128(tenant.id.as_u128()),
        client,
        scopes,
        outcome: Outcome::Pending,
        asked: 0,
    };
    let (device, code, family) = (Handle::draw(), draw(), sts::random::guid());
    let pass = |kind, handle: [u8; 32], value| Pass {
        kind,
        handle,
        family,
        version: Revision(1),
        expires: after(&app, LASTS),
        value,
    };
    let shown = URL_SAFE_NO_PAD.encode(device.hash());
    let typed = Handle::named(&code).hash();
    app.store
        .put_pass(&pass(PassKind::UserCode, typed, shown))
        .await?;
    let waits = pass(PassKind::Device, device.hash(), written(&waiting)?);
    app.store.put_pass(&waits).await?;
    let address = format!("{}/signin/device", app.verifier.public_url());
    let (left, right) = code.split_at(LENGTH / 2);
    let code = format!("{left}-{right}");
    let message = format!(
        "To sign in, open {address} in a browser and enter the code {code}. Enter it only if you \
         have just begun to sign in on a device of your own."
    );
    Ok(body::answer(
        200,
        &json!({
            "device_code": device.text(),
            "user_code": code,
            "verification_uri": address,
            "expires_in": LASTS,
            "interval": INTERVAL,
            "message": message,
        }),
    ))
}

/// Where the code is entered.
pub(crate) async fn show() -> Response {
    pages::device(false)
}

/// The code was entered: a journey begins.
pub(crate) async fn enter(
    State(app): State<App>,
    context: Context,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let form = body::bytes(&headers, body, 16 * 1024).await?;
    if !http::is_ours(&app, &headers) {
        return Ok(pages::expired());
    }
    let code = form_urlencoded::parse(&form).find(|(name, _)| name == "code");
    let code = normalized(&code.map(|(_, code)| code).unwrap_or_default());
    let now = app.clock.seconds();
    let standing = app
        .guard
        .allows(context.address, Uuid::nil(), "device", now);
    if standing != Standing::Open {
        return Ok(pages::device(true));
    }
    let typed = Handle::named(&code).hash();
    let found = app.store.pass(PassKind::UserCode, &typed).await?;
    let found = found.filter(|pass| pass.expires > moment(app.clock.now()));
    let device = found.map(|pass| pass.value);
    let waiting = match &device {
        Some(device) => find(&app, device).await?,
        None => None,
    };
    let (Some(device), Some((_, waiting))) = (device, waiting) else {
        app.guard
            .failed(context.address, Uuid::nil(), "device", now);
        return Ok(pages::device(true));
    };
    let tenant = tenant_id(waiting.tenant);
    let sheet = app.effective.with(&[tenant]).await?;
    let Some(tenant) = sheet.get(tenant).map(|known| known.tenant.clone()) else {
        return Ok(pages::device(true));
    };
    let request = Request {
        client: waiting.client,
        redirect_uri: String::new(),
        kind: Kind::Public,
        mode: ResponseMode::Query,
        state: None,
        nonce: None,
        challenge: None,
        scopes: waiting.scopes,
        // Somebody who was made to enter a stranger's code sees what it is for.
        prompt: Prompt {
            consent: true,
            select_account: true,
            ..Prompt::default()
        },
        max_age: None,
        login_hint: None,
        domain_hint: None,
        contexts: Vec::new(),
        asked: None,
    };
    let resource_app = match &request.scopes.api {
        Api::Graph(_) => Some(Uuid::from_u128(GRAPH.as_u128())),
        Api::None => Some(request.client),
        Api::Program(..) => http::program(&app, &tenant, &request).await?,
    };
    let Some(resource_app) = resource_app else {
        return Ok(pages::device(true));
    };
    let browser = Browser::of(&app, &headers).await?;
    let journey = Journey {
        device: Some(device),
        ..http::journey(&context, &headers, &tenant, request, resource_app, &browser)
    };
    http::set_out(&app, &context, journey, browser).await
}

async fn find(app: &App, device: &str) -> Result<Option<(Pass, Waiting)>> {
    let hash = URL_SAFE_NO_PAD.decode(device).ok();
    let Some(hash) = hash.and_then(|hash| <[u8; 32]>::try_from(hash).ok()) else {
        return Ok(None);
    };
    let Some(pass) = app.store.pass(PassKind::Device, &hash).await? else {
        return Ok(None);
    };
    if pass.expires <= moment(app.clock.now()) {
        return Ok(None);
    }
    let waiting = read(&pass.value)?;
    Ok(Some((pass, waiting)))
}

/// Tells a device what came of it; `None`: the person said no. `false`: it does not wait any more.
pub(super) async fn tell(app: &App, device: &str, grant: Option<Grant>) -> Result<bool> {
    for _ in 0..16 {
        let Some((pass, mut waiting)) = find(app, device).await? else {
            return Ok(false);
        };
        if !matches!(waiting.outcome, Outcome::Pending) {
            return Ok(false);
        }
        waiting.outcome = match &grant {
            Some(grant) => Outcome::Granted(Box::new(grant.clone())),
            None => Outcome::Declined,
        };
        let told = Pass {
            version: pass.version.next(),
            value: written(&waiting)?,
            ..pass
        };
        match app.store.put_pass(&told).await {
            Ok(()) => return Ok(true),
            Err(store::Error::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

/// A device asks whether somebody has signed in for it.
pub(super) async fn poll(app: &App, shower: &Shower<'_>, code: &str) -> Result<Answer> {
    let over = || {
        let message = "The device code has expired, or was used. Begin again.";
        Refusal::new(Code::ExpiredToken, 70_020, message)
    };
    let Some(handle) = Handle::shown(code) else {
        return Ok(Err(over()));
    };
    let shown = URL_SAFE_NO_PAD.encode(handle.hash());
    let Some((pass, mut waiting)) = find(app, &shown).await? else {
        return Ok(Err(over()));
    };
    if waiting.client != shower.client || tenant_id(waiting.tenant) != shower.tenant {
        return Ok(Err(over()));
    }
    let now = app.clock.seconds();
    match waiting.outcome.clone() {
        Outcome::Declined => {
            app.store.drop_passes(pass.family).await?;
            let message = "The person declined to sign in for the device.";
            Ok(Err(Refusal::new(Code::AccessDenied, 70_018, message)))
        }
        Outcome::Granted(grant) => {
            let grant = match grants::under_restrictions(app, shower, *grant).await? {
                Ok(grant) => grant,
                Err(refusal) => return Ok(Err(refusal)),
            };
            // Good once: of two who ask at once one gets the tokens.
            match app.store.drop_passes(pass.family).await? {
                0 => Ok(Err(over())),
                _ => grants::tokens(app, &grant, sts::random::guid())
                    .await
                    .map(Ok),
            }
        }
        Outcome::Pending => {
            let early = now < waiting.asked + INTERVAL;
            waiting.asked = now;
            let asked = Pass {
                version: pass.version.next(),
                value: written(&waiting)?,
                ..pass
            };
            match app.store.put_pass(&asked).await {
                Ok(()) | Err(store::Error::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
            let (code, message) = match early {
                true => (Code::SlowDown, "Ask less often."),
                false => (
                    Code::AuthorizationPending,
                    "Nobody has signed in for the device yet.",
                ),
            };
            Ok(Err(Refusal::new(code, 70_016, message)))
        }
    }
}
