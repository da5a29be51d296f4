//! `mtoJoin` (S13): a tenant joins the multitenant organization that listed it.

use policy::joining::join;
use serde_json::{Value, json};

use super::wording::related;
use super::{Ask, NamedTenant, State};
use crate::members::{Members, Mistake};

#[derive(Debug)]
struct Join {
    tenant: NamedTenant,
    more_active: usize,
}

/// Reads `mtoJoin`.
pub(super) fn read(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let more_active = members.count("extraActiveTenants")?.unwrap_or_default();
    Ok(Box::new(Join {
        tenant: NamedTenant::required(members, "tenant")?,
        more_active: usize::try_from(more_active).unwrap_or(usize::MAX),
    }))
}

impl Ask for Join {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let tenant = self.tenant.known(state)?;
        let outcome = join(&state.world, tenant, self.more_active);
        state.world.apply(&outcome.effects);
        Ok(json!({
            "decision": outcome.verdict.as_str(),
            "reason": outcome.reason.as_str(),
            "audit": outcome.activity().map(related),
        }))
    }
}
