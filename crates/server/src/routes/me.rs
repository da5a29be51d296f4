//! `/comity/v1/me`: who the caller is here, with which roles, and every request that these roles do
//! not open, each with the roles that would. A program with a face asks once and can say why
//! something is not offered, in the words of what is checked.
//!
//! It is no promise: whether a request is carried out is judged when it comes, with the
//! authentication context that a protected action may ask for (S14.4).

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use policy::governance::{Governance, Held};
use policy::role::{Role, RoleId};
use policy::world::Tenant;
use serde_json::{Value, json};

use crate::access::own::WHO_AM_I;
use crate::access::{self, Line};
use crate::body;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

pub(crate) async fn who_am_i(State(app): State<App>, principal: Principal) -> Result<Response> {
    principal.may(&app, &WHO_AM_I).await?;
    let id = principal.tenant();
    let sheet = app.effective.with(&[id]).await?;
    let known = sheet.get(id).ok_or_else(ApiError::forbidden)?;
    let tenant = &known.tenant;
    let held = principal.held(&tenant.governance);
    let refused: Vec<Value> = access::lines()
        .iter()
        .filter(|line| !may(line, &principal, &held))
        .map(refused)
        .collect();
    let answer = json!({
        "tenant": {
            "id": tenant.id.to_string(),
            "displayName": tenant.display_name,
            "domains": tenant.domains.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "cloud": tenant.cloud.endpoint(),
            "p1": tenant.p1,
        },
        "person": person(&principal, tenant),
        "roles": roles(&principal, &tenant.governance),
        "refused": refused,
    });
    Ok(body::answer(200, &answer))
}

fn may(line: &Line, principal: &Principal, held: &Held) -> bool {
    match principal.contexts() {
        Some(_) => principal.is_granted(line.scopes()) && line.is_open_to_holder(held),
        None => principal.is_granted(line.permissions()),
    }
}

fn refused(line: &Line) -> Value {
    let roles = Role::ALL.iter().filter(|role| line.is_open_to(**role));
    let roles: Vec<&str> = roles.map(|role| role.as_str()).collect();
    json!({
        "method": line.method(),
        "path": line.path(),
        "member": line.member,
        "roles": roles,
    })
}

fn person(principal: &Principal, tenant: &Tenant) -> Option<Value> {
    let id = principal.person()?;
    let directory = tenant.directory.as_ref();
    let user = directory.and_then(|directory| directory.users.get(&id));
    Some(json!({
        "id": id.to_string(),
        "displayName": user.and_then(|user| user.display_name.clone()),
        "userPrincipalName": user.map(|user| user.user_principal_name.clone()),
    }))
}

/// The roles by their names: those that are the same everywhere, and the tenant's own.
fn roles(principal: &Principal, governance: &Governance) -> Vec<Value> {
    let ids: BTreeSet<RoleId> = principal.roles(governance).into_iter().collect();
    let named = ids.into_iter().filter_map(|id| {
        let own = governance.custom(id).map(|role| role.display_name.clone());
        let name = own.or_else(|| Role::from_id(id).map(|role| role.as_str().to_owned()))?;
        Some(json!({"id": id.to_string(), "displayName": name}))
    });
    named.collect()
}
