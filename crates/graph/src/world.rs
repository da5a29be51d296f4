//! A world as a file: every tenant with its settings and people, and what they share. It is the
//! `fixture` of a case file and what `import --world` reads (S22).
//!
//! Worlds are written by hand, so a member nobody knows is refused with its path and the list of
//! what is legal. What is left out has the meaning a careful reader would expect, and where that
//! is "unknown" (a tenant without a policy, a policy without a directory, a user whose groups are
//! null) it stays unknown (S25).

mod directory;
mod governance;
mod multitenant;
#[cfg(test)]
pub(crate) mod sample;
mod tenant;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use policy::target::ApplicationId;
use policy::tenant::{Domain, TenantId};
use policy::world::{Suites, Tenants, World};
use serde_json::{Map, Value, json};
use signins::event::SignIn;

use crate::settings::Mode;
use crate::sign_in;
use crate::wire::{Result, WireError, Within, each, flag, guid, list, object, optional};

/// A world, and the sign-in log that comes with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fixture {
    /// The tenants and what they share.
    pub world: World,
    /// `signIns`: the log that the questions of S17 look at.
    pub sign_ins: Vec<SignIn>,
}

const MEMBERS: &[&str] = &[
    "ids",
    "apps",
    "appGroups",
    "tenants",
    "multiTenantOrganization",
    "signIns",
    "bothSidesRequired",
];

/// Reads a world. Names (`$contoso`) have been replaced by the ids they stand for; `ids` and
/// `apps` say nothing more.
pub fn read(value: &Value) -> Result<Fixture> {
    let mut fixture = Fixture::default();
    let world = &mut fixture.world;
    for (member, value) in object(value)? {
        match member.as_str() {
            "ids" | "apps" => {}
            "appGroups" => {
                let suites = optional(value, suites).under(member)?;
                world.suites = suites.unwrap_or_default().into();
            }
            "tenants" => {
                world.tenants = optional(value, tenants).under(member)?.unwrap_or_default();
            }
            "multiTenantOrganization" => {
                world.multitenant_organizations = multitenant::read(value).under(member)?;
            }
            "bothSidesRequired" => {
                world.both_sides_required = flag(value).under(member)?.unwrap_or(false);
            }
            "signIns" => {
                let rows = optional(value, |rows| sign_in::read_all(rows, Mode::Strict));
                fixture.sign_ins = rows.under(member)?.unwrap_or_default();
            }
            other => return Err(WireError::unknown(other, &[MEMBERS])),
        }
    }
    Ok(fixture)
}

fn suites(value: &Value) -> Result<Suites> {
    let mut suites = Suites::default();
    for (member, value) in object(value)? {
        let applications: Vec<ApplicationId> = each(value, guid).under(member)?;
        let applications = applications.into_iter().collect();
        match member.as_str() {
            "Office365" => suites.office365 = applications,
            "AllMicrosoftApps" => suites.all_microsoft_apps = applications,
            "DirectConnectCapable" => suites.direct_connect_capable = applications,
            other => {
                let legal = ["Office365", "AllMicrosoftApps", "DirectConnectCapable"];
                return Err(WireError::unknown(other, &[&legal]));
            }
        }
    }
    Ok(suites)
}

fn tenants(value: &Value) -> Result<Tenants> {
    let mut tenants = Tenants::default();
    let mut owners: BTreeMap<Domain, TenantId> = BTreeMap::new();
    for (index, value) in list(value)?.iter().enumerate() {
        let tenant = tenant::read(value).at(index)?;
        for domain in &tenant.domains {
            // S1.2: a domain is verified in at most one tenant.
            if let Some(owner) = owners.insert(domain.clone(), tenant.id) {
                let message = format!("`{domain}` is already verified in the tenant {owner}");
                return Err(WireError::conflict(message).under("domains").at(index));
            }
        }
        let id = tenant.id;
        if tenants.insert(id, tenant).is_some() {
            let message = format!("the tenant {id} stands in the list twice");
            return Err(WireError::conflict(message).under("tenantId").at(index));
        }
    }
    Ok(tenants)
}

/// Writes a world so that reading it gives the same world.
pub fn write(fixture: &Fixture) -> Value {
    let Fixture { world, sign_ins } = fixture;
    let World {
        tenants,
        suites,
        multitenant_organizations,
        both_sides_required,
    } = world;
    let mut members = Map::new();
    if **suites != Suites::default() {
        members.insert("appGroups".to_owned(), write_suites(suites));
    }
    members.insert(
        "tenants".to_owned(),
        tenants.values().map(tenant::write).collect(),
    );
    if let Some(organizations) = multitenant::write(multitenant_organizations) {
        members.insert("multiTenantOrganization".to_owned(), organizations);
    }
    if *both_sides_required {
        members.insert("bothSidesRequired".to_owned(), true.into());
    }
    if !sign_ins.is_empty() {
        let rows = sign_ins.iter().map(sign_in::render);
        members.insert("signIns".to_owned(), rows.collect());
    }
    Value::Object(members)
}

fn write_suites(suites: &Suites) -> Value {
    let Suites {
        office365,
        all_microsoft_apps,
        direct_connect_capable,
    } = suites;
    json!({
        "Office365": texts(office365),
        "AllMicrosoftApps": texts(all_microsoft_apps),
        "DirectConnectCapable": texts(direct_connect_capable),
    })
}

/// The entries as a list of texts.
pub(crate) fn texts<T: ToString>(entries: &BTreeSet<T>) -> Value {
    entries
        .iter()
        .map(|entry| Value::from(entry.to_string()))
        .collect()
}

/// Adds the member unless there is nothing to say.
pub(crate) fn say<T: Into<Value>>(members: &mut Map<String, Value>, name: &str, value: Option<T>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value.into());
    }
}

/// Adds a member that is only written when it is true.
fn say_if(members: &mut Map<String, Value>, name: &str, holds: bool) {
    say(members, name, holds.then_some(true));
}
