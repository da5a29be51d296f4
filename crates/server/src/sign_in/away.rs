//! People who sign in elsewhere: with the provider that the operator has pinned to their tenant.
//!
//! Fabrikam runs its own server. Fred is sent to it ([`leave`]), proves there who he is, and comes
//! back with a code ([`come_back`]); what Fabrikam's provider says of him is checked and becomes an
//! account like that of anybody who signed in here. For as long as he stays, Fabrikam is asked at
//! each refresh whether he still may ([`ask_again`]).

mod account;
mod acting;
mod entrance;
mod fetch;
mod guest;
mod leave;
mod provider;
mod refresh;
mod returning;
mod trouble;

use policy::reason::Reason;
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use sts::upstream::{Departure, Entrance};
use uuid::Uuid;

pub(super) use self::acting::{acts_for, same, vouched};
pub(crate) use self::acting::{register, registered};
pub(super) use self::entrance::{another, let_through, natural};
pub(crate) use self::fetch::Upstreams;
pub(super) use self::leave::leave;
pub(crate) use self::provider::Provider;
pub(super) use self::refresh::{Answered, ask_again};
pub(crate) use self::returning::come_back;
use super::home;
use super::journey::{Access, Account, Journey, tenant_id};
use crate::error::Result;
use crate::state::App;

/// Where people come back to.
pub(super) const RETURN: &str = "/signin/return";

/// Somebody on their way to another provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Leaving {
    /// Whose provider it is.
    pub(super) tenant: Uuid,
    /// Whether a second factor is asked for.
    pub(super) stronger: bool,
    /// How they may be about to enter, the likeliest way first.
    entrances: Vec<Entrance>,
    /// What has to come back.
    departure: Departure,
}

/// What another provider said that somebody signed in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Elsewhere {
    /// A second factor was asked for.
    pub(super) stronger: bool,
    /// Its tenant has automatic redemption for the tenant that is entered (S7.2).
    pub(super) outbound_consent: bool,
    /// The way in which another Comity let them out, and whether it was asked about no other.
    entrance: Option<(Entrance, bool)>,
    /// The subject, as the provider calls it.
    subject: String,
}

fn leaving(tenant: TenantId, stronger: bool, entrances: Vec<Entrance>) -> Leaving {
    Leaving {
        tenant: home::uuid(tenant),
        stronger,
        entrances,
        departure: Departure::draw(),
    }
}

/// On the way to that tenant's provider, by that address.
pub(super) async fn to(
    app: &App,
    journey: &Journey,
    tenant: TenantId,
    address: &str,
) -> Result<Leaving> {
    let entrances = entrance::likely(app, journey, tenant, address).await?;
    Ok(leaving(tenant, false, entrances))
}

/// Somebody who signed in elsewhere before is sent there again; `None` if they did not.
pub(super) async fn again(
    app: &App,
    journey: &Journey,
    account: &Account,
) -> Result<Option<Leaving>> {
    let Some(home) = account.home.filter(|_| account.elsewhere.is_some()) else {
        return Ok(None);
    };
    let access = Journey {
        account: Some(account.clone()),
        ..journey.clone()
    };
    let entrances = match access.access() {
        Some(access) => vec![entrance::of(app, &access).await?],
        None => return Ok(None),
    };
    Ok(Some(leaving(tenant_id(home), false, entrances)))
}

/// For a second factor somebody who signed in elsewhere is sent there once more; `None` if they were,
/// and nothing came of it.
pub(super) async fn errand(app: &App, access: &Access, reason: Reason) -> Result<Option<Leaving>> {
    let account = &access.account;
    let at_home = matches!(
        reason,
        Reason::MfaChallengeHome | Reason::AuthStrengthChallengeHome
    );
    let asked = account
        .elsewhere
        .as_ref()
        .map(|elsewhere| elsewhere.stronger);
    let home = account
        .home
        .filter(|_| at_home && asked == Some(false) && !account.mfa);
    let Some(home) = home else {
        return Ok(None);
    };
    let entrances = vec![entrance::of(app, access).await?];
    Ok(Some(leaving(tenant_id(home), true, entrances)))
}
