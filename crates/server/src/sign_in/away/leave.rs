//! The way to another provider.

use axum::response::Response;
use sts::upstream::Asking;

use super::super::browser::Browser;
use super::super::journey::{Journey, Kept, Page, tenant_id};
use super::super::pages::{self, WORDS};
use super::super::unjudged;
use super::trouble::Trouble;
use super::{Leaving, Provider, RETURN};
use crate::context::Context;
use crate::error::Result;
use crate::state::App;

/// Where other providers send people back to.
pub(super) fn redirect_uri(app: &App) -> String {
    format!("{}{RETURN}", app.verifier.public_url())
}

/// Sends somebody to their tenant's provider; tells them if that cannot be.
pub(in crate::sign_in) async fn leave(
    app: &App,
    context: &Context,
    mut kept: Kept,
    browser: &Browser,
) -> Result<Response> {
    let Some(leaving) = kept.journey.leaving.clone() else {
        return Ok(pages::expired());
    };
    let handle = kept.handle.text().to_owned();
    match address(app, &handle, &kept.journey, &leaving).await? {
        Ok(address) => Ok(pages::onward(&address, WORDS.sent_home)),
        Err(trouble) => {
            note(app, context, &kept.journey, &leaving, &trouble).await?;
            kept.journey.leaving = None;
            kept.journey.page = Page::Refused(trouble.refused());
            if !kept.keep(app).await? {
                return Ok(pages::expired());
            }
            pages::page(app, &handle, &kept.journey, browser).await
        }
    }
}

/// Whoever runs the server finds the cause by the number that the person was told, and the tenants
/// find it in their logs.
pub(super) async fn note(
    app: &App,
    context: &Context,
    journey: &Journey,
    leaving: &Leaving,
    trouble: &Trouble,
) -> Result<()> {
    tracing::warn!(
        correlation = %journey.correlation,
        request = %context.correlation(),
        trouble = %trouble,
        cause = trouble.cause(),
        "somebody could not sign in elsewhere"
    );
    unjudged::elsewhere(app, context, journey, leaving.tenant, trouble.row().into()).await
}

async fn address(
    app: &App,
    handle: &str,
    journey: &Journey,
    leaving: &Leaving,
) -> Result<std::result::Result<String, Trouble>> {
    let Some(provider) = Provider::of(app, tenant_id(leaving.tenant)).await? else {
        return Ok(Err(Trouble::NotSet));
    };
    let known = app.upstreams.known(&provider.issuer, app.clock.seconds());
    let known = match known.await {
        Ok(known) => known,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let state = format!("{handle}.{}", leaving.departure.state);
    let claims = super::account::claims(app, &provider, journey, leaving).await?;
    let classes = match leaving.stronger {
        true => provider.mapping.mfa_classes.as_slice(),
        false => &[],
    };
    let asking = Asking {
        client: &provider.client_id,
        redirect_uri: &redirect_uri(app),
        scopes: &provider.scopes,
        state: &state,
        login_hint: journey.address.as_deref(),
        // Whoever has been there on this journey has signed in anew. A provider that cannot be asked
        // for a second factor in words is asked to begin anew.
        login: (journey.request.prompt.login && journey.account.is_none())
            || (leaving.stronger && classes.is_empty() && !provider.is_comity),
        max_age: journey.request.max_age,
        classes,
        claims: claims.as_deref(),
    };
    let endpoint = &known.metadata.authorization_endpoint;
    Ok(Ok(leaving.departure.address(endpoint, &asking)))
}
