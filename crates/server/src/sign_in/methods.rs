//! How somebody proves who they are: a page where they see it, and change it.
//!
//! It is the page of their own tenant. Whoever sees it has signed in lately, with a second factor if
//! they have one.

use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use sts::Seconds;
use sts::authorize::Request;
use sts::refusal::Refusal;
use uuid::Uuid;

use super::browser::Browser;
use super::journey::{Access, Factor, Journey, Notice, Page, Side, tenant_id, user_id};
use super::{factor, http, own, pages, passkey};
use crate::context::Context;
use crate::error::Result;
use crate::providers;
use crate::state::App;

/// The program that it is in sign-in logs: Microsoft's of the same purpose.
pub(super) const PROGRAM: ApplicationId =
    ApplicationId::from_u128(0x19db_86c3_b2b9_44cc_b339_36da_233a_3be2);
/// How long ago somebody may have signed in.
const FRESH: Seconds = 15 * 60;

/// Somebody opens the page.
pub(crate) async fn begin(
    State(app): State<App>,
    context: Context,
    Path(name): Path<String>,
    parts: Parts,
) -> Result<Response> {
    let tenant = providers::named(&app, &name).await?;
    let Some(tenant) = tenant.filter(|tenant| tenant.policy.is_some()) else {
        return Ok(pages::cannot(&Refusal::unknown_tenant(&name)));
    };
    let program = Uuid::from_u128(PROGRAM.as_u128());
    let request = Request {
        max_age: Some(FRESH),
        ..http::own_request(program, None)
    };
    let browser = Browser::of(&app, &parts.headers).await?;
    let journey = Journey {
        managing: true,
        ..http::journey(
            &context,
            &parts.headers,
            &tenant,
            request,
            program,
            &browser,
        )
    };
    http::set_out(&app, &context, journey, browser).await
}

/// Sends people of other tenants to where theirs is. `false`: they are right here.
pub(super) fn is_elsewhere(journey: &mut Journey, access: &Access) -> bool {
    let account = &access.account;
    let is_own = account.home == Some(access.resource) && account.elsewhere.is_none();
    if !journey.managing || is_own {
        return false;
    }
    journey.account = None;
    journey.page = Page::Address;
    journey.notice = Some(Notice::OwnPage);
    true
}

/// Whose page it is.
fn owner(journey: &Journey) -> Option<(TenantId, UserId, Factor)> {
    let account = journey.account.as_ref()?;
    let tenant = account.home?;
    let factor = Factor {
        side: Side::Home,
        tenant,
        user: account.user,
    };
    Some((tenant_id(tenant), user_id(account.user), factor))
}

/// Whether somebody who has a second factor has to show it first.
pub(super) async fn needs_factor(app: &App, journey: &Journey) -> Result<bool> {
    let Some((tenant, user, factor)) = owner(journey).filter(|_| journey.managing) else {
        return Ok(false);
    };
    Ok(factor::is_set_up(app, tenant, user).await? || passkey::any(app, &factor).await?)
}

/// Gives a way up.
pub(super) async fn remove(
    app: &App,
    context: &Context,
    journey: &mut Journey,
    record: &str,
) -> Result<()> {
    let is_method = record == factor::RECORD || passkey::is_record(record);
    let Some((tenant, user, _)) = owner(journey).filter(|_| is_method) else {
        return Ok(());
    };
    app.store.drop_account_record(tenant, user, record).await?;
    own::note(app, context, tenant, user, &own::DELETED).await
}

/// Goes to where an authenticator app is set up, if there is none.
pub(super) async fn add_app(app: &App, journey: &mut Journey) -> Result<()> {
    if let Some((tenant, user, factor)) = owner(journey)
        && !factor::is_set_up(app, tenant, user).await?
    {
        journey.page = factor::enrolment(app, factor)?;
    }
    Ok(())
}

/// What somebody has: whether an authenticator app, and which passkeys.
pub(super) async fn those(app: &App, journey: &Journey) -> Result<(bool, Vec<passkey::Known>)> {
    let Some((tenant, user, _)) = owner(journey) else {
        return Ok((false, Vec::new()));
    };
    let is_set_up = factor::is_set_up(app, tenant, user).await?;
    Ok((is_set_up, passkey::of(app, tenant, user).await?))
}
