//! Who can sign in to the demo, and `demo.json`, which tells scripts.

use policy::role::Role;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use policy::world::Tenant;
use serde_json::{Value, json};

use super::cast::CAST;
use super::world::Demo;

/// A person with a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// What one types as a name.
    pub(crate) user_principal_name: String,
    /// What one types next.
    pub(crate) password: String,
    /// The directory roles the account holds.
    pub(crate) roles: &'static [Role],
}

/// What one needs to use a tenant: a client with every application permission, and some people.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Access {
    /// The tenant.
    pub(crate) tenant: TenantId,
    /// `client_id`: the same in every data folder.
    pub(crate) client: ApplicationId,
    /// `client_secret`.
    pub(crate) client_secret: String,
    /// In the order they are shown.
    pub(crate) people: Vec<Person>,
    display_name: String,
    domain: String,
    cloud: &'static str,
}

/// Everything that is handed out with a data folder, Contoso first.
///
/// Not `Debug`: these are secrets, if only of a demo.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Handout(Vec<Access>);

impl Handout {
    /// Gives everybody a secret; `secret` draws a new one each time.
    pub(crate) fn new(demo: &Demo, mut secret: impl FnMut() -> String) -> Self {
        let access = demo.hosted().map(|tenant| access(tenant, &mut secret));
        Handout(access.collect())
    }

    /// What each tenant's clients and people need.
    pub(crate) fn tenants(&self) -> &[Access] {
        &self.0
    }

    /// `demo.json`.
    pub(crate) fn json(&self, base_url: &str, ca_file: &str) -> Value {
        let tenants = self.0.iter().map(Access::json);
        json!({
            "baseUrl": base_url,
            "caFile": ca_file,
            "tenants": tenants.collect::<Value>(),
        })
    }
}

impl Access {
    fn json(&self) -> Value {
        let people = self.people.iter().map(|person| {
            let roles = person.roles.iter().map(|role| role.as_str());
            json!({
                "userPrincipalName": person.user_principal_name,
                "password": person.password,
                "roles": roles.collect::<Vec<_>>(),
            })
        });
        json!({
            "tenantId": self.tenant.to_string(),
            "displayName": self.display_name,
            "domain": self.domain,
            "cloud": self.cloud,
            "client": {"clientId": self.client.to_string(), "clientSecret": self.client_secret},
            "people": people.collect::<Value>(),
        })
    }
}

/// The last digits of a client's id; the others are those of its tenant.
const CLIENT: u128 = 0xd001;

fn access(tenant: &Tenant, secret: &mut impl FnMut() -> String) -> Access {
    Access {
        tenant: tenant.id,
        client: ApplicationId::from_u128((tenant.id.as_u128() & !0xffff) | CLIENT),
        client_secret: secret(),
        people: people(tenant, secret),
        display_name: tenant.display_name.clone().unwrap_or_default(),
        domain: tenant
            .domains
            .first()
            .map(ToString::to_string)
            .unwrap_or_default(),
        cloud: tenant.cloud.endpoint(),
    }
}

fn people(tenant: &Tenant, secret: &mut impl FnMut() -> String) -> Vec<Person> {
    let Some(directory) = &tenant.directory else {
        return Vec::new();
    };
    let people = CAST.iter().filter_map(|(name, roles)| {
        let user = directory.by_address(name)?;
        Some(Person {
            user_principal_name: user.user_principal_name.clone(),
            password: secret(),
            roles,
        })
    });
    people.collect()
}
