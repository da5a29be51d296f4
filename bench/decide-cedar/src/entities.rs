//! What a request brings to Cedar: the user with groups and home tenant, the application with its
//! resource tenant.

use std::collections::HashSet;
use std::str::FromStr;

use cedar_policy::{Context, Entities, Entity, EntityId, EntityTypeName, EntityUid};
use workload::{Request, Requests, app_guid, group_guid, guid_text, tenant_guid, user_guid};

/// The kinds of entities, parsed once.
pub struct Types {
    pub user: EntityTypeName,
    pub group: EntityTypeName,
    pub app: EntityTypeName,
    pub app_in_tenant: EntityTypeName,
    pub tenant: EntityTypeName,
    pub block: EntityTypeName,
    actions: [EntityUid; 2],
}

/// The action, by whether it is direct connect.
pub const ACTIONS: [&str; 2] = ["b2bCollaboration", "b2bDirectConnect"];

pub fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

impl Types {
    pub fn new() -> Types {
        let name = |text: &str| EntityTypeName::from_str(text).expect("a legal name");
        let action = name("Action");
        Types {
            user: name("User"),
            group: name("Group"),
            app: name("App"),
            app_in_tenant: name("AppInstance"),
            tenant: name("Tenant"),
            block: name("Block"),
            actions: ACTIONS.map(|id| uid(&action, id)),
        }
    }
}

/// A request as text, the way it reaches a program that uses Cedar.
pub struct Asked {
    user: String,
    home: String,
    resource: String,
    app: String,
    app_in_tenant: String,
    groups: Vec<String>,
    direct_connect: bool,
}

impl Asked {
    pub fn new(requests: &Requests, q: &Request) -> Asked {
        let resource = guid_text(&tenant_guid(q.resource));
        let app = guid_text(&app_guid(q.resource, q.app));
        let groups = requests.groups(q).iter();
        Asked {
            user: guid_text(&user_guid(q.home, q.user)),
            home: guid_text(&tenant_guid(q.home)),
            app_in_tenant: format!("{resource}/{app}"),
            resource,
            app,
            groups: groups.map(|&g| guid_text(&group_guid(q.home, g))).collect(),
            direct_connect: q.direct_connect,
        }
    }

    /// The request itself.
    pub fn request(&self, types: &Types, context: Context) -> cedar_policy::Request {
        let action = types.actions[self.direct_connect as usize].clone();
        let (user, app) = (self.user_uid(types), self.app_uid(types));
        cedar_policy::Request::new(user, action, app, context, None).expect("a legal request")
    }

    fn user_uid(&self, types: &Types) -> EntityUid {
        uid(&types.user, &self.user)
    }

    fn app_uid(&self, types: &Types) -> EntityUid {
        uid(&types.app_in_tenant, &self.app_in_tenant)
    }

    /// The user and the application with their parents, and what else is given.
    pub fn entities(&self, types: &Types, more: &[Entity]) -> Entities {
        let groups = self.groups.iter().map(|group| uid(&types.group, group));
        let home = uid(&types.tenant, &self.home);
        let of_app = [
            uid(&types.app, &self.app),
            uid(&types.tenant, &self.resource),
        ];
        let user = Entity::new_no_attrs(self.user_uid(types), groups.chain([home]).collect());
        let app = Entity::new_no_attrs(self.app_uid(types), HashSet::from(of_app));
        let all = [user, app].into_iter().chain(more.iter().cloned());
        Entities::from_entities(all, None).expect("legal entities")
    }
}
