//! The way back from another provider.

use axum::extract::State;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::Response;
use sts::jws;

use super::super::browser::Browser;
use super::super::flow::{self, Next};
use super::super::http::{arrive, ask};
use super::super::journey::{Account, Journey, Kept, Page, tenant_id};
use super::super::pages::{self, WORDS};

use super::leave::note;
use super::trouble::Trouble;
use super::{Leaving, Provider, account, guest, refresh};
use crate::context::Context;
use crate::error::Result;
use crate::state::App;

/// Longer queries are not read.
const LONGEST: usize = 16 * 1024;

/// What a provider answers through the browser.
struct Answered(Vec<(String, String)>);

impl Answered {
    /// A parameter that stands there once.
    fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().filter(|(known, _)| known == name);
        let (_, value) = found.next()?;
        found.next().is_none().then_some(value)
    }
}

/// Somebody comes back. The answer is good for the journey, the browser and the departure it belongs
/// to, and once.
pub(crate) async fn come_back(
    State(app): State<App>,
    context: Context,
    parts: Parts,
) -> Result<Response> {
    let query = parts.uri.query().unwrap_or_default();
    if query.len() > LONGEST {
        return Ok(pages::expired());
    }
    let answered = Answered(
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
    );
    let state = answered
        .get("state")
        .and_then(|state| state.split_once('.'));
    let Some((handle, state)) = state else {
        return Ok(pages::expired());
    };
    let mut browser = Browser::of(&app, &parts.headers).await?;
    let Some(mut kept) = Kept::of(&app, handle, browser.family).await? else {
        return Ok(pages::expired());
    };
    // Whatever comes of it, the departure is over.
    let leaving = kept.journey.leaving.take();
    let Some(leaving) = leaving.filter(|known| jws::same(&known.departure.state, state)) else {
        return Ok(pages::expired());
    };
    let proved = proved(&app, &context, &kept.journey, &leaving, &answered);
    let next = match proved.await? {
        Ok(account) => {
            browser.signed_in(&account);
            kept.journey.account = Some(account);
            flow::advance(&app, &context, &mut kept.journey).await?
        }
        Err(trouble) => {
            note(&app, &context, &kept.journey, &leaving, &trouble).await?;
            kept.journey.page = Page::Refused(trouble.refused());
            Next::Ask
        }
    };
    // Of two answers to one departure the second finds that the first was faster.
    if !kept.keep(&app).await? {
        return Ok(pages::expired());
    }
    match next {
        Next::Ask => ask(&app, &kept, &mut browser).await,
        Next::Arrived(arrived) => {
            let response = arrive(&app, &mut kept, &mut browser, *arrived).await?;
            Ok(by_page(response))
        }
    }
}

/// The same answer as a page: the form that led here is one of the provider, whose policy lets it lead
/// to this server and no further.
fn by_page(response: Response) -> Response {
    let headers = response.headers();
    let address = headers
        .get(header::LOCATION)
        .and_then(|to| to.to_str().ok());
    let Some(address) = address else {
        return response;
    };
    let mut page = pages::onward(address, WORDS.sent_back);
    for cookie in headers.get_all(header::SET_COOKIE) {
        page.headers_mut()
            .append(header::SET_COOKIE, cookie.clone());
    }
    page
}

/// Who it is, if the provider is believed.
async fn proved(
    app: &App,
    context: &Context,
    journey: &Journey,
    leaving: &Leaving,
    answered: &Answered,
) -> Result<std::result::Result<Account, Trouble>> {
    let tenant = tenant_id(leaving.tenant);
    let Some(provider) = Provider::of(app, tenant).await? else {
        return Ok(Err(Trouble::NotSet));
    };
    let tokens = match tokens(app, journey, leaving, &provider, answered).await? {
        Ok(tokens) => tokens,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let found = account::of(app, journey, leaving, &provider, &tokens).await?;
    let (account, addresses) = match found {
        Ok(found) => found,
        Err(trouble) => return Ok(Err(trouble)),
    };
    refresh::keep(app, &account, &tokens).await?;
    guest::recognise(app, context, journey, (tenant, &account), &addresses).await?;
    Ok(Ok(account))
}

async fn tokens(
    app: &App,
    journey: &Journey,
    leaving: &Leaving,
    provider: &Provider,
    answered: &Answered,
) -> Result<std::result::Result<serde_json::Value, Trouble>> {
    let known = app.upstreams.known(&provider.issuer, app.clock.seconds());
    let known = match known.await {
        Ok(known) => known,
        Err(trouble) => return Ok(Err(trouble)),
    };
    // Before anything else of the answer is looked at, also before an error.
    let metadata = &known.metadata;
    if let Err(doubt) = metadata.answered(&provider.issuer, answered.get("iss")) {
        return Ok(Err(doubt.into()));
    }
    if let Some(error) = answered.get("error") {
        let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '_';
        let error = error.chars().filter(plain).take(64).collect();
        return Ok(Err(Trouble::Refused(error)));
    }
    let Some(code) = answered.get("code") else {
        return Ok(Err(Trouble::Refused("no code".to_owned())));
    };
    let redirect_uri = super::leave::redirect_uri(app);
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &redirect_uri),
        ("code_verifier", &leaving.departure.verifier),
    ];
    let claims = account::claims(app, provider, journey, leaving).await?;
    fields.extend(claims.as_deref().map(|claims| ("claims", claims)));
    let secret = provider.secret(app, tenant_id(leaving.tenant))?;
    let (endpoint, client) = (&metadata.token_endpoint, &provider.client_id);
    let tokens = app
        .upstreams
        .tokens(endpoint, client, secret.as_deref(), &fields);
    Ok(tokens.await)
}
