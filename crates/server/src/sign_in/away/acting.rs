//! Clients that act for a tenant elsewhere: the server of a resource tenant that sends its guests here,
//! to the home tenant, to sign in.
//!
//! For which tenant a client acts is what the operator registered, never what it says. A sign-in
//! through it is one across tenants: the home tenant's outbound settings are enforced here (S8.6,
//! S9.5), the rest by the server that asked (S25.1).

use std::collections::BTreeMap;

use policy::resolve;
use policy::tenant::TenantId;
use serde_json::{Map, Value, json};
use store::Revision;
use sts::upstream::{Asked, Entrance};
use uuid::Uuid;

use super::super::journey::{Access, read, tenant_id, user_id, written};
use crate::error::Result;
use crate::state::App;

/// For whom the clients of a tenant act, by their ids.
pub(crate) type Acting = BTreeMap<Uuid, Uuid>;

fn name(home: TenantId) -> String {
    format!("acting-clients/{home}")
}

/// For whom the clients of that tenant act.
pub(crate) async fn registered(app: &App, home: TenantId) -> Result<(Acting, Revision)> {
    match app.store.value(&name(home)).await? {
        None => Ok((Acting::new(), Revision(0))),
        Some(stored) => Ok((read(&stored.text)?, stored.revision)),
    }
}

/// Keeps for whom they act.
pub(crate) async fn register(
    app: &App,
    home: TenantId,
    acting: &Acting,
    expected: Revision,
) -> Result<()> {
    let text = written(acting)?;
    app.store.put_value(&name(home), expected, &text).await?;
    Ok(())
}

/// The tenant for which the client of that access acts, if it acts for one.
pub(in crate::sign_in) async fn acts_for(app: &App, access: &Access) -> Result<Option<TenantId>> {
    let (acting, _) = registered(app, tenant_id(access.resource)).await?;
    Ok(acting.get(&access.client).copied().map(tenant_id))
}

/// What the id token tells the server of that tenant: in which way the home tenant's settings let the
/// person out, which was judged a moment ago, and no more about them than was asked.
pub(in crate::sign_in) async fn vouched(
    app: &App,
    access: &Access,
    resource: TenantId,
    entrance: Option<Entrance>,
) -> Result<Map<String, Value>> {
    let home = tenant_id(access.resource);
    let sheet = app.effective.with(&[home]).await?;
    let tenant = sheet.get(home).map(|known| &known.tenant);
    let policy = tenant.and_then(|tenant| tenant.policy.as_ref());
    let consent = policy.is_some_and(|policy| resolve::automatic_consent(policy, resource).value.1);
    let directory = tenant.and_then(|tenant| tenant.directory.as_ref());
    let user = directory.and_then(|directory| directory.users.get(&user_id(access.account.user)));
    let direct = user.and_then(|user| user.groups.as_ref());
    let mut told = Map::new();
    told.insert("outbound_allowed".to_owned(), entrance.is_some().into());
    if let Some(entrance) = entrance {
        told.insert("access_type".to_owned(), entrance.as_str().into());
    }
    told.insert("auto_redemption_outbound".to_owned(), consent.into());
    if let (Some(directory), Some(direct), Some(asked)) = (directory, direct, &access.asked) {
        let all = directory.closure(direct);
        let asked = asked.groups.iter();
        let own =
            asked.filter(|id| all.contains(&policy::target::GroupId::from_u128(id.as_u128())));
        let own: Vec<String> = own.map(Uuid::to_string).collect();
        told.insert("groups".to_owned(), json!(own));
    }
    if let Some((compliant, hybrid)) = access.account.device {
        told.insert("device_compliant".to_owned(), compliant.into());
        told.insert("device_hybrid_joined".to_owned(), hybrid.into());
    }
    Ok(told)
}

/// Whether a client that acts for another tenant asks at the token endpoint for what was asked before.
pub(in crate::sign_in) fn same(access: &Access, claims: Option<&str>) -> bool {
    access.asked.is_some() && access.asked == claims.and_then(Asked::read)
}
