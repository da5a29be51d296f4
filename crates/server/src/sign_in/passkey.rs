//! Passkeys of people who sign in here.
//!
//! A passkey is a second factor and a first one: its owner had to unlock it. It belongs to an account
//! at home; to a tenant that is only visited nobody proves anything with one (S10.9). With the address
//! alone anybody is asked for any passkey, so that the page does not say whether there is one.

use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::User;
use serde::{Deserialize, Serialize};
use store::{AccountRecord, Revision};
use sts::Seconds;
use sts::passkey::{Passkey, PasskeyError};

use super::flow::{self, Next};
use super::journey::{
    Account, FIDO2, Factor, Journey, Notice, Page, Side, read, tenant_id, user_id, written,
};
use super::{browser::Browser, home, own};
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::state::App;

/// What the names of the records begin with.
const RECORD: &str = "passkey:";
/// How many an account has at most.
const MOST: usize = 20;

/// A passkey as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    key: Passkey,
    created: Seconds,
}

/// A passkey of an account.
pub(super) struct Known {
    /// The name of its record.
    pub(super) name: String,
    /// When it was made.
    pub(super) created: Seconds,
    version: Revision,
    key: Passkey,
}

/// Those of that account, the oldest first.
pub(super) async fn of(app: &App, tenant: TenantId, user: UserId) -> Result<Vec<Known>> {
    let mut found = Vec::new();
    for record in app.store.account_records(tenant, user).await? {
        if record.name.starts_with(RECORD) {
            let kept: Kept = read(&record.value)?;
            found.push(Known {
                name: record.name,
                created: kept.created,
                version: record.version,
                key: kept.key,
            });
        }
    }
    found.sort_by(|one, other| (one.created, &one.name).cmp(&(other.created, &other.name)));
    Ok(found)
}

/// Whose passkey the page is about, if it is known.
fn owner(journey: &Journey) -> Option<(TenantId, UserId)> {
    match (&journey.page, &journey.account) {
        (Page::Code(factor) | Page::Passkey(factor) | Page::Enrol(factor, _), _) => {
            let is_home = factor.side == Side::Home;
            is_home.then_some((tenant_id(factor.tenant), user_id(factor.user)))
        }
        (Page::Methods, Some(account)) => {
            let home = account.home.filter(|_| account.elsewhere.is_none());
            home.map(|home| (tenant_id(home), user_id(account.user)))
        }
        _ => None,
    }
}

fn keys(known: &[Known]) -> Vec<Passkey> {
    known.iter().map(|known| known.key.clone()).collect()
}

/// Asks what fits the page. Gives back the question for the browser, or nothing where there is none.
pub(super) async fn ask(app: &App, journey: &mut Journey) -> Result<Option<String>> {
    let Some(passkeys) = &app.passkeys else {
        return Ok(None);
    };
    let asked = match (&journey.page, owner(journey)) {
        (Page::Password(_), _) => passkeys.ask_for_any(),
        (Page::Code(_) | Page::Passkey(_), Some((tenant, user))) => {
            let known = keys(&of(app, tenant, user).await?);
            if known.is_empty() {
                return Ok(None);
            }
            passkeys.ask_for(&known)
        }
        (Page::Enrol(..) | Page::Methods, Some((tenant, user))) => {
            let known = keys(&of(app, tenant, user).await?);
            let name = journey.account.as_ref().map(|account| &*account.name);
            if known.len() >= MOST {
                return Ok(None);
            }
            let id = crate::people::user::uuid(user);
            passkeys.ask_for_new(id, name.unwrap_or_default(), &known)
        }
        _ => return Ok(None),
    };
    let asked = asked.map_err(ApiError::internal)?;
    journey.passkey = Some(asked.state);
    Ok(Some(asked.question))
}

/// Takes what a browser says. `None`: it does not fit the page.
pub(super) async fn take(
    app: &App,
    context: &Context,
    journey: &mut Journey,
    browser: &mut Browser,
    answer: &str,
) -> Result<Option<Next>> {
    // A question is answered once.
    let Some(state) = journey.passkey.take() else {
        return Ok(None);
    };
    let proof = match (&journey.page, owner(journey)) {
        (Page::Password(tenant), _) => {
            let tenant = tenant_id(*tenant);
            signed_in(app, tenant, &state, answer).await?
        }
        (Page::Code(_) | Page::Passkey(_), Some((tenant, user))) => {
            let shown = show(app, tenant, user, &state, answer).await?;
            shown.map(|()| journey.account.clone())
        }
        (Page::Enrol(..) | Page::Methods, Some((tenant, user))) => {
            let made = make(app, context, tenant, user, &state, answer).await?;
            made.map(|()| journey.account.clone())
        }
        _ => return Ok(None),
    };
    let account = match proof {
        Ok(account) => account,
        Err(error) => {
            tracing::info!(%error, "a passkey proved nothing");
            journey.notice = Some(Notice::WrongPasskey);
            return Ok(Some(Next::Ask));
        }
    };
    let Some(mut account) = account else {
        return Ok(None);
    };
    account.proved(FIDO2);
    browser.signed_in(&account);
    journey.account = Some(account);
    flow::advance(app, context, journey).await.map(Some)
}

type Proof<T> = std::result::Result<T, PasskeyError>;

/// Somebody signs in with nothing but a passkey.
async fn signed_in(
    app: &App,
    tenant: TenantId,
    state: &str,
    answer: &str,
) -> Result<Proof<Option<Account>>> {
    let Some(passkeys) = &app.passkeys else {
        return Ok(Err(PasskeyError::UnknownKey));
    };
    let claimed = match passkeys.claimed(answer) {
        Ok(claimed) => user_id(claimed),
        Err(error) => return Ok(Err(error)),
    };
    if let Err(error) = show(app, tenant, claimed, state, answer).await? {
        return Ok(Err(error));
    }
    let person = app.store.person(tenant, claimed).await?;
    let user = person.map(|person| person.user);
    let user = user.filter(|user| User::is_internal(user) && user.enabled);
    Ok(match user {
        Some(user) => Ok(Some(home::proved(app, tenant, &user, FIDO2))),
        None => Err(PasskeyError::UnknownKey),
    })
}

/// Somebody shows a passkey of that account. Of two answers with the same count one is too late.
async fn show(
    app: &App,
    tenant: TenantId,
    user: UserId,
    state: &str,
    answer: &str,
) -> Result<Proof<()>> {
    let Some(passkeys) = &app.passkeys else {
        return Ok(Err(PasskeyError::UnknownKey));
    };
    let known = of(app, tenant, user).await?;
    let mut keys = keys(&known);
    let shown = match passkeys.prove(state, answer, &mut keys) {
        Ok(shown) => shown.clone(),
        Err(error) => return Ok(Err(error)),
    };
    let Some(known) = known.iter().find(|known| known.key.id() == shown.id()) else {
        return Ok(Err(PasskeyError::UnknownKey));
    };
    let kept = Kept {
        key: shown,
        created: known.created,
    };
    match keep(app, tenant, user, &known.name, known.version.next(), &kept).await? {
        true => Ok(Ok(())),
        false => Ok(Err(PasskeyError::OtherQuestion)),
    }
}

/// Somebody has made a passkey for that account.
async fn make(
    app: &App,
    context: &Context,
    tenant: TenantId,
    user: UserId,
    state: &str,
    answer: &str,
) -> Result<Proof<()>> {
    let Some(passkeys) = &app.passkeys else {
        return Ok(Err(PasskeyError::UnknownKey));
    };
    let key = match passkeys.make(state, answer) {
        Ok(key) => key,
        Err(error) => return Ok(Err(error)),
    };
    let kept = Kept {
        key,
        created: app.clock.seconds(),
    };
    let name = format!("{RECORD}{}", sts::random::guid());
    if !keep(app, tenant, user, &name, Revision(1), &kept).await? {
        return Ok(Err(PasskeyError::OtherQuestion));
    }
    own::note(app, context, tenant, user, &own::REGISTERED).await?;
    Ok(Ok(()))
}

async fn keep(
    app: &App,
    tenant: TenantId,
    user: UserId,
    name: &str,
    version: Revision,
    kept: &Kept,
) -> Result<bool> {
    let record = AccountRecord {
        name: name.to_owned(),
        version,
        value: written(kept)?,
    };
    own::keep(app, tenant, user, &record).await
}

/// Whether somebody can be asked for a passkey with that factor.
pub(super) async fn any(app: &App, factor: &Factor) -> Result<bool> {
    if app.passkeys.is_none() || factor.side != Side::Home {
        return Ok(false);
    }
    let known = of(app, tenant_id(factor.tenant), user_id(factor.user)).await?;
    Ok(!known.is_empty())
}

/// Whether a record of that name is a passkey.
pub(super) fn is_record(name: &str) -> bool {
    name.starts_with(RECORD)
}
