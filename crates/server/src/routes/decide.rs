//! `/comity/v1/decide`: may this user enter, and why? The answer has its findings and sentences.
//!
//! `op` says which question it is, in the words of the policy tests; a sign-in if it is left out.
//! `docs/decide.md` describes them all.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::Response;
use policy::world::Tenant;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::health::STALE_MILLISECONDS;
use crate::access::own;
use crate::body::{self, Posted};
use crate::context::Context;
use crate::draft::{self, RequestText};
use crate::error::{ApiError, Result};
use crate::history;
use crate::invitation::InvitationText;
use crate::lookup::{BlockText, ResolveText};
use crate::principal::Principal;
use crate::question::{self, QuestionText};
use crate::state::App;
use crate::visible::Viewer;

/// Which question a body asks.
#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow)]
    op: Option<Cow<'a, str>>,
}

pub(crate) async fn decide(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Posted(bytes): Posted,
) -> Result<Response> {
    principal.may_ask()?;
    let kind: Kind<'_> = read(&bytes)?;
    let answer = match kind.op.as_deref() {
        None | Some("signin") => sign_in(&app, &principal, read(&bytes)?).await?,
        Some("block") => read::<BlockText>(&bytes)?.answer(&app).await?,
        Some("resolve") => {
            let text: ResolveText<'_> = read(&bytes)?;
            text.answer(&app, &principal).await?
        }
        Some("invite") => {
            let text: InvitationText<'_> = read(&bytes)?;
            let mut asked = text.read(&principal)?;
            Value::Object(asked.judge(&app).await?.render())
        }
        Some("whatif") => what_if(&app, &principal, read(&bytes)?).await?,
        Some(_) => {
            let message = "op: expected signin, block, resolve, invite or whatif.";
            return Err(ApiError::bad_body(message).at("op"));
        }
    };
    let mut response = body::answer(200, &answer);
    tell_age(&app, &context, &mut response);
    Ok(response)
}

async fn sign_in(app: &App, principal: &Principal, text: QuestionText<'_>) -> Result<Value> {
    let question = question::permitted(principal, text.read()?)?;
    let mut tenants = question::concerned(&question);
    let sheet = question::sheet(app, &question, &mut tenants).await?;
    let world = sheet.world(&tenants);
    let decision = policy::sign_in::decide(&world, &question);
    app.metrics.decided(decision.verdict, decision.reason);
    let rendered = Viewer::new(principal, &question, &sheet).render(&decision, &world);
    Ok(Value::Object(rendered))
}

/// A sign-in, judged with the caller's own settings as they were, or as a draft would have them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhatIfText<'a> {
    #[serde(rename = "op")]
    _op: IgnoredAny,
    #[serde(borrow)]
    question: QuestionText<'a>,
    #[serde(default)]
    requests: Vec<RequestText>,
    at: Option<String>,
}

async fn what_if(app: &App, principal: &Principal, text: WhatIfText<'_>) -> Result<Value> {
    principal.may(app, &own::PREVIEW).await?;
    let local = principal.tenant();
    let asked = text.question.read()?;
    let claims = asked.claims.clone();
    let mut question = question::permitted(principal, asked)?;
    // What has been proved is only supposed here, and it is one's own policies that ask for it. How
    // another tenant's would take it is not for everybody to find out.
    if question.resource == local {
        question.claims = claims;
    }
    let operations = draft::operations(&text.requests, 0)?;
    let mut tenants = question::concerned(&question);
    let sheet = question::sheet(app, &question, &mut tenants).await?;
    // A draft may be about partners that this sign-in has nothing to do with.
    tenants.extend(operations.iter().flat_map(draft::named));
    drop(sheet);
    let sheet = app.effective.with(&tenants).await?;
    let mut world = sheet.world(&tenants);
    if let Some(at) = &text.at {
        let past = history::settings(app, local, at, "at").await?;
        if let Some(own) = world.tenant(local).cloned() {
            let policy = Some(past.policy);
            world
                .tenants
                .insert(local, Arc::new(Tenant { policy, ..own }));
        }
    }
    let world = draft::changed(app, local, &world, &operations)?;
    let decision = policy::sign_in::decide(&world, &question);
    let rendered = Viewer::new(principal, &question, &sheet).render(&decision, &world);
    Ok(Value::Object(rendered))
}

/// Reads a body that is read often: without a tree in between. Only when it cannot be read is it
/// read again, to say at which member.
pub(crate) fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T> {
    // Text as a whole is checked faster than string by string.
    let error = match std::str::from_utf8(bytes).map(serde_json::from_str) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error,
        Err(_) => match serde_json::from_slice(bytes) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        },
    };
    let message = format!("The request body cannot be read: {error}.");
    let refusal = ApiError::bad_body(message);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let again: std::result::Result<T, _> = serde_path_to_error::deserialize(&mut reader);
    match again.err().map(|error| error.path().to_string()) {
        Some(path) if path != "." => Err(refusal.at(path)),
        _ => Err(refusal),
    }
}

/// Says how old the settings are that a decision was made from, when they are not of now.
pub(crate) fn tell_age(app: &App, context: &Context, response: &mut Response) {
    let age = app.effective.age_at(context.received).unwrap_or(0);
    if age > STALE_MILLISECONDS {
        let headers = response.headers_mut();
        headers.insert("comity-data-age", HeaderValue::from(age / 1000));
    }
}
