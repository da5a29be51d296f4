//! The way in and the way out of a sign-in: an application sends somebody, and gets an answer.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use policy::world::Tenant;
use sts::authorize::{
    Addresses, Answer, Api, Kind, Parameters, Prompt, Request, ResponseMode, Scopes,
};
use sts::refusal::{Code, Refusal};
use uuid::Uuid;

use super::browser::Browser;
use super::flow::{self, Next};
use super::home;
use super::journey::{Access, Journey, Kept, Page};
use super::judge::{GRAPH, Judged};
use super::{grants, pages};
use crate::body;
use crate::console;
use crate::context::Context;
use crate::error::Result;
use crate::providers;
use crate::state::App;

/// The largest form that is read.
pub(super) const FORM: usize = 16 * 1024;
/// What is longer than that is no address any more.
const ADDRESS: usize = 8 * 1024;
/// How many applications of a tenant are looked through for an address.
const PAGE: u32 = 500;
/// The header of tenant restrictions (S11.3), and who carried it.
const RESTRICTIONS: &str = "sec-restrict-tenant-access-policy";
const CARRIER: &str = "comity-tenant-restrictions-carrier";

/// Public programs of Microsoft that listen on the machine they run on: they may be used where a
/// tenant has a service principal for them.
const LISTENERS: [ApplicationId; 2] = [
    ApplicationId::from_u128(0x04b0_7795_8ddb_461a_bbee_02f9_e1bf_7b46),
    ApplicationId::from_u128(0x14d8_2eec_204b_4c2f_b7e8_296a_70da_b67e),
];

/// An application sends somebody, with GET or with a form.
pub(crate) async fn authorize(
    State(app): State<App>,
    context: Context,
    Path(name): Path<String>,
    parts: Parts,
    body: Body,
) -> Result<Response> {
    let form = match parts.method == Method::POST {
        true => body::bytes(&parts.headers, body, FORM).await?,
        false => parts
            .uri
            .query()
            .unwrap_or_default()
            .as_bytes()
            .to_vec()
            .into(),
    };
    if parts.method == Method::POST
        && let Some(address) = with_cookies(&parts, &form)
    {
        return Ok(pages::to(&address));
    }
    let tenant = providers::named(&app, &name).await?;
    let Some(tenant) = tenant.filter(|tenant| tenant.policy.is_some()) else {
        return Ok(pages::cannot(&Refusal::unknown_tenant(&name)));
    };
    let parameters = match Parameters::read(&form) {
        Ok(parameters) => parameters,
        Err(refusal) => return Ok(pages::cannot(&refusal)),
    };
    let sender = match parameters.sender() {
        Ok(sender) => sender,
        Err(refusal) => return Ok(pages::cannot(&refusal)),
    };
    let known = addresses(&app, tenant.id, sender.client).await?;
    let Some(addresses) = known else {
        let client = sender.client.to_string();
        let refusal = Refusal::unknown_client(&client, &tenant.id.to_string());
        return Ok(pages::cannot(&refusal));
    };
    let Some(kind) = addresses.kind_of(&sender.redirect_uri) else {
        let message = "The redirect URI of the request is not one that is registered for the \
                       application.";
        let refusal = Refusal::new(Code::InvalidRequest, 50_011, message);
        return Ok(pages::cannot(&refusal));
    };
    let issuer = sts::discovery::issuer(app.verifier.public_url(), tenant.id);
    let refused = |address: &str, refusal: &Refusal| {
        let (mode, state) = parameters.way();
        pages::leave(Answer::new(
            address,
            mode,
            state.as_deref(),
            &issuer,
            Err(refusal),
        ))
    };
    let address = sender.redirect_uri.clone();
    let request = match parameters.request(sender, kind, &app.resource) {
        Ok(request) => request,
        Err(refusal) => return Ok(refused(&address, &refusal)),
    };
    let Some(resource_app) = program(&app, &tenant, &request).await? else {
        let refusal = Refusal::invalid_scope(&request.scopes.words().join(" "));
        return Ok(refused(&address, &refusal));
    };
    let browser = Browser::of(&app, &parts.headers).await?;
    let journey = journey(
        &context,
        &parts.headers,
        &tenant,
        request,
        resource_app,
        &browser,
    );
    set_out(&app, &context, journey, browser).await
}

/// A form of another site comes without our cookies, and whoever is signed in would lose their session
/// to a new one. With GET the same request comes with them.
fn with_cookies(parts: &Parts, form: &[u8]) -> Option<String> {
    let legal = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(byte);
    let fits = !form.is_empty() && form.len() <= ADDRESS && form.iter().all(legal);
    let query = std::str::from_utf8(form).ok().filter(|_| fits)?;
    let is_bare = !parts.headers.contains_key(header::COOKIE);
    is_bare.then(|| format!("{}?{query}", parts.uri.path()))
}

/// A journey that begins with that request.
pub(super) fn journey(
    context: &Context,
    headers: &HeaderMap,
    tenant: &Tenant,
    request: Request,
    resource_app: Uuid,
    browser: &Browser,
) -> Journey {
    // Somebody whom another server sends is found in both logs by the same id (S15.1).
    let asked = request.asked.as_ref().map(|asked| asked.correlation);
    Journey {
        tenant: home::uuid(tenant.id),
        request,
        resource_app,
        browser: browser.family,
        correlation: asked.unwrap_or_else(|| context.correlation()),
        page: Page::Address,
        notice: None,
        address: None,
        account: None,
        resource_methods: Vec::new(),
        terms: false,
        consented: false,
        agreed: false,
        restrictions: restrictions(context, headers),
        passcode: None,
        hinted: None,
        redeeming: None,
        device: None,
        managing: false,
        passkey: None,
        leaving: None,
    }
}

/// What a page of ours would ask, if it were an application.
pub(super) fn own_request(client: Uuid, login_hint: Option<String>) -> Request {
    Request {
        client,
        redirect_uri: String::new(),
        kind: Kind::Public,
        mode: ResponseMode::Query,
        state: None,
        nonce: None,
        challenge: None,
        scopes: Scopes {
            openid: true,
            api: Api::None,
            ..Scopes::default()
        },
        prompt: Prompt::default(),
        max_age: None,
        login_hint,
        domain_hint: None,
        contexts: Vec::new(),
        asked: None,
    }
}

/// Goes as far as nothing has to be asked.
pub(super) async fn set_out(
    app: &App,
    context: &Context,
    mut journey: Journey,
    mut browser: Browser,
) -> Result<Response> {
    let next = flow::begin(app, context, &mut journey, &browser).await?;
    let silent = journey.request.prompt.none;
    let mut kept = Kept::new(journey);
    match next {
        Next::Arrived(arrived) => arrive(app, &mut kept, &mut browser, *arrived).await,
        Next::Ask if silent => {
            let refusal = flow::silent(&kept.journey.page);
            told(app, &kept.journey, &refusal).await
        }
        Next::Ask => {
            kept.keep(app).await?;
            ask(app, &kept, &mut browser).await
        }
    }
}

/// Which restrictions of a network or device came with a request. Anybody may bring the header: it
/// only ever takes something away. Who carried it is the word of a proxy that the operator trusts.
pub(super) fn restrictions(context: &Context, headers: &HeaderMap) -> Option<(String, String)> {
    let values: Vec<_> = headers.get_all(RESTRICTIONS).iter().collect();
    let value = match values.as_slice() {
        [] => return None,
        [one] => one.to_str().unwrap_or("?").to_owned(),
        // Two of them name no policy: it fails closed (S11.3).
        _ => "?".to_owned(),
    };
    let carrier = headers.get(CARRIER).and_then(|value| value.to_str().ok());
    let carrier = carrier.filter(|_| context.by_proxy).unwrap_or("proxy");
    Some((value.chars().take(256).collect(), carrier.to_owned()))
}

/// The addresses of an application, if people of that tenant may use it: its own, or another
/// tenant's that it has a service principal for.
pub(super) async fn addresses(
    app: &App,
    tenant: TenantId,
    client: Uuid,
) -> Result<Option<Addresses>> {
    let id = ApplicationId::from_u128(client.as_u128());
    if id == console::CLIENT {
        return Ok(Some(console::addresses(&app.options)));
    }
    let principal = app.store.service_principal_of(tenant, id).await?;
    let principal = principal.map(|(principal, _)| principal);
    if principal
        .as_ref()
        .is_some_and(|principal| !principal.enabled)
    {
        return Ok(None);
    }
    let own = app.store.application_row(tenant, id).await?;
    let row = match (own, &principal) {
        (Some(row), _) => Some(row),
        (None, Some(principal)) => match principal.owner.filter(|owner| *owner != tenant) {
            Some(owner) => app.store.application_row(owner, id).await?,
            None => None,
        },
        (None, None) => return Ok(None),
    };
    let mut addresses = Addresses::default();
    if let Some(row) = row {
        addresses.web = row.application.redirect_uris;
        addresses.public = row.details.public_redirect_uris;
        addresses.single_page = row.details.spa_redirect_uris;
    } else if let Some(principal) = principal {
        addresses.web = principal.reply_urls;
        if LISTENERS.contains(&id) {
            addresses.public.push("http://localhost".to_owned());
        }
    }
    Ok(Some(addresses))
}

/// The program that is to be reached: the application itself, unless it asks for another one's.
pub(super) async fn program(app: &App, tenant: &Tenant, request: &Request) -> Result<Option<Uuid>> {
    let uuid = |id: ApplicationId| Uuid::from_u128(id.as_u128());
    let name = match &request.scopes.api {
        Api::None => return Ok(Some(request.client)),
        Api::Graph(_) => return Ok(Some(uuid(GRAPH))),
        Api::Program(name, _) => name,
    };
    let id = name
        .strip_prefix("api://")
        .unwrap_or(name)
        .parse::<ApplicationId>();
    if let Ok(id) = id {
        let known = uuid(id) == request.client
            || app.store.application_row(tenant.id, id).await?.is_some()
            || app
                .store
                .service_principal_of(tenant.id, id)
                .await?
                .is_some();
        return Ok(known.then_some(uuid(id)));
    }
    let mut after = None;
    loop {
        let rows = app.store.application_rows(tenant.id, after, PAGE).await?;
        let found = rows
            .iter()
            .find(|row| row.details.identifier_uris.contains(name));
        if let Some(row) = found {
            return Ok(Some(uuid(row.application.id)));
        }
        match rows.last() {
            Some(last) => after = Some(last.object),
            None => return Ok(None),
        }
    }
}

/// Shows the page of a journey: by its own address, so that loading it again sends nothing twice.
pub(super) async fn ask(app: &App, kept: &Kept, browser: &mut Browser) -> Result<Response> {
    browser.keep(app).await?;
    let response = pages::to(&format!("/signin?j={}", kept.handle.text()));
    Ok(with(response, browser))
}

fn with(mut response: Response, browser: &Browser) -> Response {
    if let Some(cookie) = browser.cookie() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Hands the application a code.
pub(super) async fn arrive(
    app: &App,
    kept: &mut Kept,
    browser: &mut Browser,
    (access, judged): (Access, Judged),
) -> Result<Response> {
    browser.keep(app).await?;
    let journey = &kept.journey;
    let response = match &journey.device {
        Some(device) => match grants::admit_device(app, device, journey, &access, &judged).await? {
            true => pages::device_done(),
            false => pages::expired(),
        },
        None => {
            let code = grants::code(app, journey, &access, &judged).await?;
            let issuer = sts::discovery::issuer(app.verifier.public_url(), journey.tenant());
            let request = &journey.request;
            let state = request.state.as_deref();
            let address = &request.redirect_uri;
            pages::leave(Answer::new(
                address,
                request.mode,
                state,
                &issuer,
                Ok(&code),
            ))
        }
    };
    Ok(with(response, browser))
}

/// Tells the application that there is no code.
pub(super) async fn told(app: &App, journey: &Journey, refusal: &Refusal) -> Result<Response> {
    if let Some(device) = &journey.device {
        super::device::tell(app, device, None).await?;
        return Ok(pages::declined(refusal));
    }
    if !journey.has_application() {
        return Ok(pages::declined(refusal));
    }
    let issuer = sts::discovery::issuer(app.verifier.public_url(), journey.tenant());
    let request = &journey.request;
    let state = request.state.as_deref();
    let answer = Answer::new(
        &request.redirect_uri,
        request.mode,
        state,
        &issuer,
        Err(refusal),
    );
    Ok(pages::leave(answer))
}

/// The page of a journey.
pub(crate) async fn show(
    State(app): State<App>,
    context: Context,
    parts: Parts,
) -> Result<Response> {
    let query = parts.uri.query().unwrap_or_default();
    let handle = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "j");
    let browser = Browser::of(&app, &parts.headers).await?;
    let handle = handle
        .map(|(_, handle)| handle.into_owned())
        .unwrap_or_default();
    match Kept::of(&app, &handle, browser.family).await? {
        Some(kept) if kept.journey.leaving.is_some() => {
            super::away::leave(&app, &context, kept, &browser).await
        }
        Some(kept) => pages::page(&app, kept.handle.text(), &kept.journey, &browser).await,
        None => Ok(pages::expired()),
    }
}

/// Whether a form comes from a page of ours. A browser says from where; a program that does not has
/// no cookie either.
pub(super) fn is_ours(app: &App, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let own = |origin: &str| {
        let urls = app
            .options
            .other_urls
            .iter()
            .chain([&app.options.public_url]);
        urls.map(|url| url.trim_end_matches('/'))
            .any(|url| url == origin)
    };
    let site = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    site && text("origin").is_none_or(own)
}
