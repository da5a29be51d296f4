//! `demo/world.yaml`: the world, and the names in it that no decision looks at.

use std::collections::BTreeMap;
use std::sync::Arc;

use cases::case_file::{Fault, Supplied};
use cases::fixture;
use cases::names::Names;
use graph::document::Document;
use policy::governance::{PrincipalId, RoleAssignment};
use policy::role::Role;
use policy::target::{ApplicationId, GroupId};
use policy::tenant::TenantId;
use policy::world::{Tenant, World};
use serde_json::Value;

use crate::exit::Failure;

const NAME: &str = "crates/comity/demo/world.yaml";
const WORLD: &[u8] = include_bytes!("../../demo/world.yaml");

/// An application of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Application {
    pub(super) id: ApplicationId,
    pub(super) display_name: String,
    /// Who owns it; nobody here owns what Microsoft runs.
    pub(super) owner: Option<TenantId>,
    /// What people reach it with; `None`: the application is a client itself.
    pub(super) client: Option<ApplicationId>,
    /// Only ever a client, or a page that nobody signs in to on purpose.
    pub(super) is_client: bool,
}

/// The demo world as it is read.
#[derive(Clone, Debug)]
pub(crate) struct Demo {
    world: World,
    /// In the order of the file.
    tenants: Vec<TenantId>,
    applications: Vec<Application>,
    groups: BTreeMap<GroupId, String>,
}

impl Demo {
    /// Reads the world that is built into the program.
    pub(crate) fn read() -> Result<Self, Failure> {
        let unread = |fault: Fault| Failure::broken(fault.to_string());
        let document = Document::parse(NAME, WORLD).map_err(|error| unread(error.into()))?;
        let supplied = Supplied::read(&document).map_err(|faults| {
            let first = faults.into_iter().next();
            first.map_or_else(|| incomplete("a world"), unread)
        })?;
        let names = fixture::names(&document)
            .map_err(|mistake| Failure::broken(format!("{NAME}: {}", mistake.message)))?
            .unwrap_or_default();
        let written = Written {
            fixture: document.value().get("fixture").unwrap_or(&Value::Null),
            names: &names,
        };
        Ok(Demo {
            world: supplied.world().clone(),
            tenants: written.tenants()?,
            applications: written.applications()?,
            groups: written.groups()?,
        })
    }

    /// The tenants with their settings and people, and what they share.
    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// The same, where everybody who is handed a password also holds the roles that come with it.
    pub(crate) fn staffed(&self) -> World {
        let mut world = self.world.clone();
        for id in &self.tenants {
            let Some(mut tenant) = world.tenant(*id).cloned() else {
                continue;
            };
            let held = super::cast::CAST.iter().filter_map(|(name, roles)| {
                let user = tenant.directory.as_ref()?.by_address(name)?;
                Some((PrincipalId::from_u128(user.id.as_u128()), roles))
            });
            let held = held.flat_map(|(principal, roles)| {
                let role = move |role: &Role| RoleAssignment {
                    role: role.id(),
                    principal,
                };
                roles.iter().map(role)
            });
            let held: Vec<RoleAssignment> = held.collect();
            tenant.governance.assignments.extend(held);
            world.tenants.insert(*id, Arc::new(tenant));
        }
        world
    }

    /// The tenants whose settings live here, Contoso first.
    pub(crate) fn hosted(&self) -> impl Iterator<Item = &Tenant> {
        let tenants = self.tenants.iter().filter_map(|id| self.world.tenant(*id));
        tenants.filter(|tenant| tenant.policy.is_some())
    }

    /// The applications that tenants of this world own, for the store.
    pub(crate) fn applications(&self) -> impl Iterator<Item = store::Application> {
        self.applications.iter().filter_map(|application| {
            Some(store::Application {
                id: application.id,
                tenant: application.owner?,
                display_name: Some(application.display_name.clone()),
                redirect_uris: Vec::new(),
            })
        })
    }

    /// The groups of a tenant, for the store; a world has no names for them.
    pub(crate) fn groups(&self, tenant: TenantId) -> Vec<store::Group> {
        let directory = self.world.tenant(tenant).and_then(|t| t.directory.as_ref());
        let groups = directory
            .into_iter()
            .flat_map(|directory| directory.groups.iter());
        let group = |(id, member_of): (&GroupId, &_)| store::Group {
            id: *id,
            display_name: self.groups.get(id).cloned(),
            member_of: Clone::clone(member_of),
        };
        groups.map(group).collect()
    }

    pub(super) fn all_applications(&self) -> &[Application] {
        &self.applications
    }

    pub(super) fn application_name(&self, id: ApplicationId) -> Option<&str> {
        let mut applications = self.applications.iter();
        let application = applications.find(|application| application.id == id)?;
        Some(&application.display_name)
    }
}

fn incomplete(what: &str) -> Failure {
    Failure::broken(format!("{NAME}: {what} is missing or cannot be read"))
}

/// The fixture as it stands in the file, before its names are replaced.
struct Written<'a> {
    fixture: &'a Value,
    names: &'a Names,
}

impl Written<'_> {
    fn list(&self, name: &str) -> impl Iterator<Item = &Value> {
        let list = self.fixture.get(name).and_then(Value::as_array);
        list.into_iter().flatten()
    }

    fn id<T: std::str::FromStr>(&self, of: &Value, member: &str) -> Option<T> {
        let text = of.get(member)?.as_str()?;
        self.names.replace(text).ok()?.parse().ok()
    }

    fn tenants(&self) -> Result<Vec<TenantId>, Failure> {
        let ids = self.list("tenants").map(|tenant| {
            let id = self.id(tenant, "tenantId");
            id.ok_or_else(|| incomplete("the id of a tenant"))
        });
        ids.collect()
    }

    fn applications(&self) -> Result<Vec<Application>, Failure> {
        let applications = self.list("apps").map(|written| {
            let text = |member: &str| written.get(member).and_then(Value::as_str);
            Some(Application {
                id: self.id(written, "id")?,
                display_name: text("displayName")?.to_owned(),
                owner: self.id(written, "tenantId"),
                client: self.id(written, "client"),
                is_client: text("role") == Some("client"),
            })
        });
        let applications: Option<Vec<Application>> = applications.collect();
        applications.ok_or_else(|| incomplete("the id or the name of an application"))
    }

    fn groups(&self) -> Result<BTreeMap<GroupId, String>, Failure> {
        let tenants = self.list("tenants");
        let groups = tenants.filter_map(|tenant| tenant.get("groups")?.as_array());
        let named = groups.flatten().map(|group| {
            let name = group.get("displayName")?.as_str()?;
            Some((self.id(group, "id")?, name.to_owned()))
        });
        let named: Option<BTreeMap<GroupId, String>> = named.collect();
        named.ok_or_else(|| incomplete("the id or the name of a group"))
    }
}
