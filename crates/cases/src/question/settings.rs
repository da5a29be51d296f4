//! `resolve` and `partner` (S2): what is in force towards a tenant, and what its entry says.

use graph::in_force::{self, COLUMNS, Wanted};
use graph::settings::{Form, partner as entry};
use policy::tenant::TenantId;
use serde_json::{Value, json};

use super::{Ask, NamedTenant, State};
use crate::members::{Members, Mistake};

#[derive(Debug)]
struct Resolve {
    tenant: NamedTenant,
    partner: TenantId,
    wanted: Wanted,
}

/// Reads `resolve`.
pub(super) fn resolve(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let tenant = NamedTenant::required(members, "tenant")?;
    let partner = members.parsed("partner")?;
    let property = members.word("property", &in_force::properties())?;
    let column = members.word("column", &COLUMNS)?;
    let wanted = match (property, column) {
        (Some(property), None) => Wanted::Property(property),
        (None, Some(column)) => Wanted::Column(column),
        _ => {
            let message = "expected either `property` or `column`";
            return Err(Mistake::at(members.path(), message));
        }
    };
    Ok(Box::new(Resolve {
        tenant,
        partner: members.required("partner", partner)?,
        wanted,
    }))
}

impl Ask for Resolve {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let policy = self.tenant.policy(state)?;
        Ok(in_force::answer(policy, self.partner, self.wanted))
    }
}

#[derive(Debug)]
struct Entry {
    tenant: NamedTenant,
    partner: TenantId,
}

/// Reads `partner`.
pub(super) fn partner(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let tenant = NamedTenant::required(members, "tenant")?;
    let partner = members.parsed("partner")?;
    Ok(Box::new(Entry {
        tenant,
        partner: members.required("partner", partner)?,
    }))
}

impl Ask for Entry {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let policy = self.tenant.policy(state)?;
        let found = policy.partners.get(self.partner);
        let expand = entry::Expand::Synchronization;
        Ok(json!({
            "exists": found.is_some(),
            "partner": found.map(|found| entry::render(found, expand, Form::Answer)),
        }))
    }
}
