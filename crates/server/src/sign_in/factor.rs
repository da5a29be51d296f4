//! A second factor: the code of an authenticator app.
//!
//! The secret belongs to an account of one tenant. A guest who has one at home has another one with
//! the tenant they visit, if that tenant does not trust their home's. It is sealed at rest for that
//! account, and a code is good once: whoever is second with it, is late.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::target::UserId;
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use store::{AccountRecord, Revision};
use sts::totp::TotpSecret;

use super::journey::{Access, Factor, Page, Side, read, tenant_id, user_id, written};
use super::judge::{self, Judged};
use super::{own, passkey};
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::state::App;

/// The name of the record.
pub(super) const RECORD: &str = "totp";

/// An authenticator app as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    sealed: String,
    /// The step in which a code was last good.
    last: Option<u64>,
}

/// The page on which a second factor is shown, or set up where there is none yet.
pub(super) async fn page(app: &App, side: Side, access: &Access, judged: &Judged) -> Result<Page> {
    let (tenant, user) = match (side, access.account.home) {
        (Side::Home, Some(home)) => (tenant_id(home), user_id(access.account.user)),
        _ => judge::with_resource(judged, access),
    };
    let factor = Factor {
        side,
        tenant: super::home::uuid(tenant),
        user: crate::people::user::uuid(user),
    };
    Ok(match find(app, tenant, user).await? {
        Some(_) => Page::Code(factor),
        None if passkey::any(app, &factor).await? => Page::Passkey(factor),
        None => enrolment(app, factor)?,
    })
}

/// The page on which an authenticator app is set up.
pub(super) fn enrolment(app: &App, factor: Factor) -> Result<Page> {
    let (tenant, user) = (tenant_id(factor.tenant), user_id(factor.user));
    let sealed = seal(app, tenant, user, &TotpSecret::draw())?;
    Ok(Page::Enrol(factor, sealed))
}

/// Whether an account has an authenticator app.
pub(super) async fn is_set_up(app: &App, tenant: TenantId, user: UserId) -> Result<bool> {
    Ok(find(app, tenant, user).await?.is_some())
}

async fn find(app: &App, tenant: TenantId, user: UserId) -> Result<Option<(Kept, Revision)>> {
    let records = app.store.account_records(tenant, user).await?;
    let record = records.into_iter().find(|record| record.name == RECORD);
    let found = record.map(|record| Ok((read::<Kept>(&record.value)?, record.version)));
    found.transpose()
}

fn purpose(tenant: TenantId, user: UserId) -> String {
    format!("authenticator app of {tenant} {user}")
}

/// Seals a secret for an account.
fn seal(app: &App, tenant: TenantId, user: UserId, secret: &TotpSecret) -> Result<String> {
    let sealed = app.master()?.seal(&purpose(tenant, user), secret.bytes());
    Ok(STANDARD.encode(sealed.map_err(ApiError::internal)?))
}

/// The secret on the page where it is set up.
pub(super) fn secret(app: &App, factor: &Factor, sealed: &str) -> Result<TotpSecret> {
    open(app, tenant_id(factor.tenant), user_id(factor.user), sealed)
}

/// Opens what was sealed for that account.
fn open(app: &App, tenant: TenantId, user: UserId, sealed: &str) -> Result<TotpSecret> {
    let bytes = STANDARD.decode(sealed).map_err(ApiError::internal)?;
    let opened = app.master()?.open(&purpose(tenant, user), &bytes);
    let secret = TotpSecret::read(&opened.map_err(ApiError::internal)?);
    secret.ok_or_else(|| ApiError::internal("a sealed authenticator app"))
}

/// Whether the code is good, now and for the first time.
pub(super) async fn accepts(app: &App, factor: &Factor, code: &str) -> Result<bool> {
    let (tenant, user) = (tenant_id(factor.tenant), user_id(factor.user));
    let Some((kept, version)) = find(app, tenant, user).await? else {
        return Ok(false);
    };
    let secret = open(app, tenant, user, &kept.sealed)?;
    let Some(step) = secret.accepts(code, app.clock.seconds(), kept.last) else {
        return Ok(false);
    };
    let kept = Kept {
        last: Some(step),
        ..kept
    };
    keep(app, tenant, user, &kept, version.next()).await
}

/// Sets up an authenticator app that has shown a good code. `false`: the code is not good, or
/// somebody else set one up meanwhile.
pub(super) async fn enrol(
    app: &App,
    context: &Context,
    factor: &Factor,
    sealed: &str,
    code: &str,
) -> Result<bool> {
    let (tenant, user) = (tenant_id(factor.tenant), user_id(factor.user));
    let secret = open(app, tenant, user, sealed)?;
    let Some(step) = secret.accepts(code, app.clock.seconds(), None) else {
        return Ok(false);
    };
    let kept = Kept {
        sealed: sealed.to_owned(),
        last: Some(step),
    };
    let is_first = keep(app, tenant, user, &kept, Revision(1)).await?;
    if is_first {
        own::note(app, context, tenant, user, &own::REGISTERED).await?;
    }
    Ok(is_first)
}

async fn keep(
    app: &App,
    tenant: TenantId,
    user: UserId,
    kept: &Kept,
    version: Revision,
) -> Result<bool> {
    let record = AccountRecord {
        name: RECORD.to_owned(),
        version,
        value: written(kept)?,
    };
    own::keep(app, tenant, user, &record).await
}
