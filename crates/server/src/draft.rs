//! A draft: the requests that would save changed settings.
//!
//! They are judged in their order like writes, and nothing is written. Of the other tenants nothing is
//! looked at but what everybody knows of them: their settings are not the caller's to see.

use std::collections::BTreeSet;
use std::sync::Arc;

use policy::administer::{Actor, ApplicationPermission, Operation, administer};
use policy::compiled::Snapshot;
use policy::draft::{Patch, Written};
use policy::explain::Names;
use policy::reason::Reason;
use policy::settings::Policy;
use policy::target::UserId;
use policy::tenant::{Cloud, TenantId};
use policy::world::{Directory, Tenant, World};
use serde::Deserialize;
use serde_json::Value;

use crate::administration::{authorize, size};
use crate::error::{ApiError, Result};
use crate::options::UnknownTenants;
use crate::state::App;

/// How many requests a draft may consist of.
const MOST_REQUESTS: usize = 1_000;

/// One request, as it would be sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestText {
    method: String,
    url: String,
    body: Option<Value>,
}

/// What requests ask for. `fewest` is how many there have to be.
pub(crate) fn operations(requests: &[RequestText], fewest: usize) -> Result<Vec<Operation>> {
    if !(fewest..=MOST_REQUESTS).contains(&requests.len()) {
        let message = format!("requests: expected {fewest} to {MOST_REQUESTS}.");
        return Err(ApiError::bad_body(message).at("requests"));
    }
    let operation = |(index, request): (usize, &RequestText)| {
        let path = request.url.split('?').next().unwrap_or_default();
        let path = ["/v1.0", "/beta"]
            .iter()
            .find_map(|version| path.strip_prefix(version));
        let path = path.unwrap_or(&request.url);
        let at = |message: String| ApiError::bad_body(message).at(format!("requests[{index}]"));
        let method = request.method.to_ascii_uppercase();
        let operation = graph::route::operation(&method, path, request.body.as_ref());
        let operation = operation.map_err(|error| at(format!("requests[{index}]: {error}.")))?;
        match operation.is_read() {
            false => Ok(operation),
            true => Err(at(format!("requests[{index}]: it changes nothing."))),
        }
    };
    requests.iter().enumerate().map(operation).collect()
}

/// What is in force, and the draft.
pub(crate) struct States {
    pub(crate) now: World,
    /// The own tenant as it is compiled already: its people take longest.
    pub(crate) own: Option<Snapshot>,
    pub(crate) draft: World,
}

impl States {
    /// What is in force in that tenant, and what would be. `others` are tenants that are to be known
    /// beside those of the settings.
    pub(crate) async fn of(
        app: &App,
        local: TenantId,
        others: &BTreeSet<TenantId>,
        operations: &[Operation],
    ) -> Result<Self> {
        let (now, own) = world(app, local, others, operations).await?;
        let draft = changed(app, local, &now, operations)?;
        Ok(States { now, own, draft })
    }

    /// The settings before and after.
    pub(crate) fn policies(&self, local: TenantId) -> [Policy; 2] {
        [&self.now, &self.draft].map(|world| {
            let tenant = world.tenant(local);
            tenant
                .and_then(|tenant| tenant.policy.clone())
                .unwrap_or_default()
        })
    }
}

/// What is in force, as the caller may know it: the own tenant whole, and of the others of whom the log
/// or the settings speak what everybody knows.
async fn world(
    app: &App,
    local: TenantId,
    others: &BTreeSet<TenantId>,
    operations: &[Operation],
) -> Result<(World, Option<Snapshot>)> {
    let mut ids = others.clone();
    ids.extend(operations.iter().flat_map(named));
    ids.insert(local);
    let sheet = app.effective.with(&[local]).await?;
    let policy = sheet
        .get(local)
        .and_then(|known| known.tenant.policy.as_ref());
    ids.extend(
        policy
            .iter()
            .flat_map(|policy| policy.partners.iter().map(|entry| entry.tenant)),
    );
    let ids: Vec<TenantId> = ids.into_iter().collect();
    let sheet = app.effective.with(&ids).await?;
    let mut world = sheet.world(&ids);
    world.both_sides_required = false;
    let others: Vec<Tenant> = world
        .tenants
        .values()
        .filter(|tenant| tenant.id != local)
        .map(|tenant| Tenant {
            display_name: tenant.display_name.clone(),
            domains: tenant.domains.clone(),
            p1: tenant.p1,
            ..Tenant::registered(tenant.id, tenant.cloud)
        })
        .collect();
    for other in others {
        world.tenants.insert(other.id, Arc::new(other));
    }
    Ok((world, sheet.registry.get(local).cloned()))
}

/// The tenant an operation names beside the caller's own.
pub(crate) fn named(operation: &Operation) -> Option<TenantId> {
    let Operation::AddPartner(written) = operation else {
        return operation.partner().flatten();
    };
    written.iter().find_map(|member| match member {
        Written::TenantId(Patch::Value(text)) => text.parse().ok(),
        _ => None,
    })
}

/// The world with every request carried out, as somebody may who may write everything.
pub(crate) fn changed(
    app: &App,
    local: TenantId,
    now: &World,
    operations: &[Operation],
) -> Result<World> {
    let actor = Actor {
        roles: BTreeSet::new(),
        actions: BTreeSet::new(),
        application: Some(ApplicationPermission::ReadWrite),
        authentication_contexts: BTreeSet::new(),
    };
    let mut draft = now.clone();
    for (index, operation) in operations.iter().enumerate() {
        let registers = app.options.unknown_tenants == UnknownTenants::Register;
        if let (true, Operation::AddPartner(_), Some(id)) = (registers, operation, named(operation))
            && draft.tenant(id).is_none()
        {
            let cloud = draft
                .tenant(local)
                .map_or(Cloud::Commercial, |own| own.cloud);
            draft.tenants.insert(id, Tenant::registered(id, cloud));
        }
        let outcome = administer(&draft, local, &actor, operation, &size);
        if outcome.reason != Reason::Ok {
            let refusal = ApiError::of_outcome(operation, &outcome, &authorize(app, local));
            return Err(refusal.at(format!("requests[{index}]")));
        }
        draft.apply(&outcome.effects);
    }
    Ok(draft)
}

/// The names that the caller may know.
pub(crate) struct Known<'a> {
    pub(crate) world: &'a World,
    pub(crate) local: TenantId,
}

impl<'a> Known<'a> {
    /// The own tenant's people.
    pub(crate) fn directory(&self) -> Option<&'a Directory> {
        self.world.tenant(self.local)?.directory.as_ref()
    }
}

impl Names for Known<'_> {
    fn tenant(&self, id: TenantId) -> String {
        Names::tenant(self.world, id)
    }
    fn user(&self, tenant: TenantId, id: UserId) -> String {
        Names::user(self.world, tenant, id)
    }
}
