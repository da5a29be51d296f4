//! `/comity/v1/tenants/{id}/serviceProviders/{provider}`: who serves a tenant. The relation is the
//! operator's fact; it stands in the customer's entry for its provider (S2.12), where it lets the
//! provider's people in, and keeps the entry from being removed (S14.9).

use axum::extract::{Path, State};
use axum::response::Response;
use policy::audit::{ModifiedProperty, Value as Audited};
use policy::effect::Effect;
use policy::reason::Reason;
use policy::settings::Partner;
use policy::tenant::TenantId;
use policy::world::{Storage, Tenant};
use store::{Change, Snapshot};

use super::tenants::answer;
use crate::access::surface::{DELETE_SERVICE_PROVIDER, PUT_SERVICE_PROVIDER};
use crate::body;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::registry::{Judged, Operator, absent, named};
use crate::state::App;

pub(crate) async fn put_provider(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, provider)): Path<(String, String)>,
) -> Result<Response> {
    principal.may(&app, &PUT_SERVICE_PROVIDER).await?;
    let relation = Relation {
        customer: named(&id)?,
        provider: named(&provider)?,
        serves: true,
    };
    relation.state(&app, &principal, &context).await
}

pub(crate) async fn delete_provider(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    Path((id, provider)): Path<(String, String)>,
) -> Result<Response> {
    principal.may(&app, &DELETE_SERVICE_PROVIDER).await?;
    let relation = Relation {
        customer: named(&id)?,
        provider: named(&provider)?,
        serves: false,
    };
    relation.state(&app, &principal, &context).await
}

struct Relation {
    customer: TenantId,
    provider: TenantId,
    serves: bool,
}

impl Relation {
    async fn state(&self, app: &App, principal: &Principal, context: &Context) -> Result<Response> {
        if self.customer == self.provider {
            let message = "A tenant does not serve itself.";
            return Err(ApiError::bad_body(message));
        }
        let operator = Operator {
            app,
            principal,
            context,
        };
        let judge = |snapshot: &Snapshot| self.judge(snapshot, &operator);
        let tenants = [self.customer, self.provider];
        operator.change(&tenants, judge).await?;
        Ok(body::answer(200, &answer(app, self.customer).await?))
    }

    fn judge(&self, snapshot: &Snapshot, operator: &Operator<'_>) -> Result<Judged<()>> {
        let world = snapshot.world();
        let known = |id| world.tenant(id).ok_or_else(|| absent(id));
        let customer = known(self.customer)?;
        known(self.provider)?;
        let mut policy = hosted(customer)?;
        let entry = policy.partners.get(self.provider).cloned();
        let old = entry.as_ref().and_then(|entry| entry.is_service_provider);
        let mut judged = Judged {
            changes: Vec::new(),
            entries: Vec::new(),
            answer: (),
        };
        if (old == Some(true)) == self.serves {
            return Ok(judged);
        }
        let mut entry = entry.unwrap_or_else(|| Partner::new(self.provider));
        entry.is_service_provider = self.serves.then_some(true);
        policy.partners.insert(entry);
        let flag = |flag: bool| Audited::Json(flag.to_string());
        let modified = ModifiedProperty {
            name: "isServiceProvider".to_owned(),
            old: flag(!self.serves),
            new: flag(self.serves),
        };
        let activity = match self.serves {
            true => "Add service provider",
            false => "Remove service provider",
        };
        let operation = if self.serves { "Add" } else { "Delete" };
        judged.entries = operator.entries(customer, activity, operation, &[modified]);
        for entry in &mut judged.entries {
            let provider = self.provider.to_string();
            entry.details.push(("serviceProvider".to_owned(), provider));
        }
        let put = Effect::PutPolicy {
            tenant: self.customer,
            policy: Box::new(policy),
        };
        judged.changes.push(Change::Effect(put));
        Ok(judged)
    }
}

/// The settings of the customer, if they are here and can be written now (S14.5).
fn hosted(customer: &Tenant) -> Result<policy::settings::Policy> {
    let refuse = |reason: Reason| ApiError::of_refused(&reason.into(), &[]);
    let policy = customer.policy.clone();
    let policy = policy.ok_or_else(|| {
        let message = format!("The settings of the tenant {} are not here.", customer.id);
        ApiError::bad_body(message)
    })?;
    match customer.storage {
        Storage::Migrating => Err(refuse(Reason::PolicyMigrating)),
        Storage::Scalable | Storage::Legacy => Ok(policy),
    }
}
