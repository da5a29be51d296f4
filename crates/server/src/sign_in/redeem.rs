//! Somebody follows the link of an invitation (S7): they say who they are, prove it at home, and
//! accept. The link names the object and nothing that decides; where it would lead afterwards is not
//! taken from it, because anybody can write a link.

use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use policy::decision::Verdict;
use policy::target::well_known::INVITATION_ACCEPTANCE;
use policy::world::External;
use uuid::Uuid;

use super::browser::Browser;
use super::flow::{self, Next};
use super::journey::{Access, Journey, Page, tenant_id, user_id};
use super::{http, judge, pages};
use crate::context::Context;
use crate::error::Result;
use crate::providers;
use crate::state::App;

/// The link of an invitation.
pub(crate) async fn begin(
    State(app): State<App>,
    context: Context,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response> {
    let query = parts.uri.query().unwrap_or_default();
    let object = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "user");
    let object = object.and_then(|(_, id)| Uuid::try_parse(&id).ok());
    let tenant = providers::named(&app, &name).await?;
    let tenant = tenant.filter(|tenant| tenant.policy.is_some());
    let (Some(tenant), Some(object)) = (tenant, object) else {
        return Ok(pages::not_invited());
    };
    let person = app.store.person(tenant.id, user_id(object)).await?;
    let Some(person) = person.filter(|person| !person.user.is_internal()) else {
        return Ok(pages::not_invited());
    };
    let acceptance = Uuid::from_u128(INVITATION_ACCEPTANCE.as_u128());
    let request = http::own_request(acceptance, person.user.mail);
    let client = request.client;
    let browser = Browser::of(&app, &parts.headers).await?;
    let journey = Journey {
        redeeming: Some(object),
        ..http::journey(&context, &parts.headers, &tenant, request, client, &browser)
    };
    http::set_out(&app, &context, journey, browser).await
}

/// What comes of it, now that it is known who they are.
pub(super) async fn advance(
    app: &App,
    context: &Context,
    journey: &mut Journey,
    access: &Access,
    object: Uuid,
) -> Result<Next> {
    let resource = tenant_id(access.resource);
    let person = app.store.person(resource, user_id(object)).await?;
    let external = person.and_then(|person| person.user.external);
    let theirs = match (external, access.account.home) {
        (
            Some(External::Tenant {
                home_tenant,
                home_user,
            }),
            Some(home),
        ) => home_tenant == tenant_id(home) && home_user == user_id(access.account.user),
        // A code went to the mailbox of this object.
        (Some(_), None) => access.account.user == object,
        _ => false,
    };
    if !theirs {
        let reason = policy::reason::Reason::UserNotInResourceTenant;
        return Ok(flow::refuse(
            journey,
            reason,
            Some(policy::reason::Side::Resource),
        ));
    }
    let outcome = judge::accept(app, context, access, object, journey.correlation).await?;
    journey.page = match outcome.verdict {
        Verdict::Allow => Page::Accepted,
        Verdict::Challenge if !journey.consented => Page::Consent,
        Verdict::Challenge | Verdict::Block => {
            return Ok(flow::refuse(journey, outcome.reason, outcome.side));
        }
    };
    Ok(Next::Ask)
}
