//! People who sign in elsewhere: with the provider that the operator has pinned to their tenant.
//!
//! Fabrikam runs its own server. Fred is sent to it ([`leave`]), proves there who he is, and comes
//! back with a code ([`come_back`]); what Fabrikam's provider says of him is checked and becomes an
//! account like that of anybody who signed in here. For as long as he stays, Fabrikam is asked at
//! each refresh whether he still may ([`ask_again`]).

mod account;
mod acting;
mod fetch;
mod leave;
mod provider;
mod refresh;
mod returning;
mod trouble;

use policy::reason::Reason;
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use sts::upstream::Departure;
use uuid::Uuid;

pub(super) use self::acting::{acts_for, same, vouched};
pub(crate) use self::acting::{register, registered};
pub(crate) use self::fetch::Upstreams;
pub(super) use self::leave::leave;
pub(crate) use self::provider::Provider;
pub(super) use self::refresh::{Answered, ask_again};
pub(crate) use self::returning::come_back;
use super::home;
use super::journey::{Account, tenant_id};

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
    /// The subject, as the provider calls it.
    subject: String,
}

/// On the way to that tenant's provider.
pub(super) fn to(tenant: TenantId, stronger: bool) -> Leaving {
    Leaving {
        tenant: home::uuid(tenant),
        stronger,
        departure: Departure::draw(),
    }
}

/// Somebody who signed in elsewhere before is sent there again; `None` if they did not.
pub(super) fn again(account: &Account) -> Option<Leaving> {
    account.elsewhere.as_ref()?;
    Some(to(tenant_id(account.home?), false))
}

/// For a second factor somebody who signed in elsewhere is sent there once more; `None` if they were,
/// and nothing came of it.
pub(super) fn errand(account: &Account, reason: Reason) -> Option<Leaving> {
    let at_home = matches!(
        reason,
        Reason::MfaChallengeHome | Reason::AuthStrengthChallengeHome
    );
    let asked = account.elsewhere.as_ref()?.stronger;
    let tenant = account.home.filter(|_| at_home && !asked && !account.mfa)?;
    Some(to(tenant_id(tenant), true))
}
