//! Asks the provider of somebody's home tenant whether they still stand, each time their tokens are
//! renewed here.
//!
//! What it is asked with is kept sealed, in a place of its own, because it changes with each use and
//! ours does not.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use store::{Pass, PassKind, Revision};
use sts::Seconds;
use sts::handle::Handle;
use sts::refusal::{Code, Refusal};
use sts::upstream::{Asked, Doubt, Expected};
use uuid::Uuid;

use super::super::journey::{Access, Account, after, tenant_id};
use super::trouble::Trouble;
use super::{Provider, account};
use crate::error::{ApiError, Result};
use crate::state::App;

/// How long it is kept.
const LASTS: Seconds = 90 * 24 * 60 * 60;
/// The longest one.
const LONGEST: usize = 8 * 1024;

/// What came of asking.
pub(in crate::sign_in) enum Answered {
    /// They do.
    Stands,
    /// They do not, and never will again with what came of that sign-in.
    Ended(Refusal),
    /// It could not be found out.
    Unknown(Refusal),
}

fn purpose(session: Uuid) -> String {
    format!("refresh token of an identity provider for {session}")
}

fn handle(session: Uuid) -> [u8; 32] {
    Handle::named(&format!("upstream {session}")).hash()
}

fn token(tokens: &Value) -> Option<&str> {
    let token = tokens.get("refresh_token").and_then(Value::as_str);
    token.filter(|token| !token.is_empty() && token.len() <= LONGEST)
}

/// Keeps what the provider can be asked with, if it gave something.
pub(super) async fn keep(app: &App, account: &Account, tokens: &Value) -> Result<()> {
    match token(tokens) {
        Some(token) => put(app, account.session, token, Revision(1)).await,
        None => Ok(()),
    }
}

async fn put(app: &App, session: Uuid, token: &str, version: Revision) -> Result<()> {
    let sealed = app.master()?.seal(&purpose(session), token.as_bytes());
    let pass = Pass {
        kind: PassKind::Upstream,
        handle: handle(session),
        family: session,
        version,
        expires: after(app, LASTS),
        value: STANDARD.encode(sealed.map_err(ApiError::internal)?),
    };
    match app.store.put_pass(&pass).await {
        // Somebody else asked at the same moment; theirs is kept.
        Ok(()) | Err(store::Error::Conflict { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn ended(message: &str) -> Answered {
    Answered::Ended(Refusal::new(Code::InvalidGrant, 50_173, message))
}

/// Asks. Where they stand, what is known of them is what was said just now.
pub(in crate::sign_in) async fn ask_again(
    app: &App,
    access: &mut Access,
    correlation: Uuid,
) -> Result<Answered> {
    let session = access.account.session;
    let (Some(home), Some(elsewhere)) = (access.account.home, access.account.elsewhere.clone())
    else {
        return Ok(ended("The home organization cannot be asked."));
    };
    let tenant = tenant_id(home);
    let Some(provider) = Provider::of(app, tenant).await? else {
        return Ok(ended(
            "The home organization has no identity provider any more.",
        ));
    };
    let pass = app.store.pass(PassKind::Upstream, &handle(session)).await?;
    let Some(pass) = pass else {
        return Ok(ended(
            "The home organization's provider gave nothing that it could be asked with. Send the \
             person to sign in again.",
        ));
    };
    let sealed = STANDARD.decode(&pass.value).map_err(ApiError::internal)?;
    let opened = app.master()?.open(&purpose(session), &sealed);
    let shown = String::from_utf8(opened.map_err(ApiError::internal)?);
    let shown = shown.map_err(ApiError::internal)?;
    let asked = Asked {
        client: access.client,
        resource: access.resource_app,
        correlation,
        groups: Vec::new(),
        entrances: vec![super::entrance::of(app, access).await?],
    };
    let entrances = asked.entrances.clone();
    let both = (tenant_id(access.resource), tenant);
    let asked = account::about_groups(app, &provider, both, asked).await?;
    let tokens = match tokens(app, tenant, &provider, asked, &shown).await? {
        Ok(tokens) => tokens,
        Err(trouble) => return Ok(refused(&trouble)),
    };
    if let Some(token) = token(&tokens) {
        put(app, session, token, pass.version.next()).await?;
    }
    if tokens.get("id_token").is_none() && !provider.is_comity {
        return Ok(Answered::Stands);
    }
    let expected = Expected {
        issuer: &provider.issuer,
        client: &provider.client_id,
        nonce: None,
        max_age: None,
        now: app.clock.seconds(),
    };
    let said = match account::said(app, tenant, &provider, &tokens, &entrances, &expected).await {
        Ok(said) if said.person.subject != elsewhere.subject => {
            return Ok(refused(&Doubt::Subject.into()));
        }
        Ok(said) => said,
        Err(trouble) => return Ok(refused(&trouble)),
    };
    access.account.groups = said.person.groups;
    access.account.elsewhere = Some(super::Elsewhere {
        outbound_consent: said.outbound_consent,
        entrance: said.entrance.map(|one| (one, true)),
        ..elsewhere
    });
    Ok(Answered::Stands)
}

async fn tokens(
    app: &App,
    tenant: policy::tenant::TenantId,
    provider: &Provider,
    asked: Option<Asked>,
    shown: &str,
) -> Result<std::result::Result<Value, Trouble>> {
    let known = app.upstreams.known(&provider.issuer, app.clock.seconds());
    let known = match known.await {
        Ok(known) => known,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", shown)];
    let claims = asked.map(|asked| asked.claims(false));
    fields.extend(claims.as_deref().map(|claims| ("claims", claims)));
    let secret = provider.secret(app, tenant)?;
    let (endpoint, client) = (&known.metadata.token_endpoint, &provider.client_id);
    let tokens = app
        .upstreams
        .tokens(endpoint, client, secret.as_deref(), &fields);
    Ok(tokens.await)
}

fn refused(trouble: &Trouble) -> Answered {
    let message = trouble.to_string();
    match trouble {
        Trouble::Refused(code) if code == "invalid_grant" => {
            ended("The home organization has ended the session. Send the person to sign in again.")
        }
        Trouble::Unreachable(cause) => {
            tracing::warn!(cause, "the provider of a home organization cannot be asked");
            let number = trouble.number();
            Answered::Unknown(Refusal::new(Code::TemporarilyUnavailable, number, message))
        }
        _ => Answered::Unknown(Refusal::new(Code::InvalidGrant, trouble.number(), message)),
    }
}
