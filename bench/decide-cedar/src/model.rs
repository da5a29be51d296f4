//! How blocks, people and applications become Cedar's policies and entities.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};
use workload::{
    Block, Part, Target, Workload, app_guid, group_guid, guid_text, sides, tenant_guid, user_guid,
};

/// The names of the entity types.
pub struct Types {
    user: EntityTypeName,
    group: EntityTypeName,
    app: EntityTypeName,
    instance: EntityTypeName,
    tenant: EntityTypeName,
    block: EntityTypeName,
    actions: [EntityUid; 2],
}

impl Types {
    pub fn new() -> Types {
        let name = |name: &str| EntityTypeName::from_str(name).expect("a type name");
        let action = |direct| uid(&name("Action"), kind(direct));
        Types {
            user: name("User"),
            group: name("Group"),
            app: name("App"),
            instance: name("AppInstance"),
            tenant: name("Tenant"),
            block: name("Block"),
            actions: [action(false), action(true)],
        }
    }
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

fn kind(direct_connect: bool) -> &'static str {
    match direct_connect {
        true => "b2bDirectConnect",
        false => "b2bCollaboration",
    }
}

/// A request in the text that a caller has.
pub struct Asked {
    user: String,
    home: String,
    resource: String,
    app: String,
    instance: String,
    groups: Vec<String>,
    direct_connect: bool,
}

impl Asked {
    pub fn new(q: &workload::Request, groups: &[u32]) -> Asked {
        let resource = guid_text(&tenant_guid(q.resource));
        let app = guid_text(&app_guid(q.resource, q.app));
        let group = |group: &u32| guid_text(&group_guid(q.home, *group));
        Asked {
            user: guid_text(&user_guid(q.home, q.user)),
            home: guid_text(&tenant_guid(q.home)),
            instance: format!("{resource}/{app}"),
            resource,
            app,
            groups: groups.iter().map(group).collect(),
            direct_connect: q.direct_connect,
        }
    }

    fn people(&self, types: &Types) -> (EntityUid, EntityUid, Vec<Entity>) {
        let user = uid(&types.user, &self.user);
        let instance = uid(&types.instance, &self.instance);
        let groups = self.groups.iter().map(|group| uid(&types.group, group));
        let of_user: HashSet<EntityUid> = groups.chain([uid(&types.tenant, &self.home)]).collect();
        let of_app = HashSet::from([
            uid(&types.app, &self.app),
            uid(&types.tenant, &self.resource),
        ]);
        let entities = vec![
            Entity::new_no_attrs(user.clone(), of_user),
            Entity::new_no_attrs(instance.clone(), of_app),
        ];
        (user, instance, entities)
    }

    fn action(&self, types: &Types) -> EntityUid {
        types.actions[usize::from(self.direct_connect)].clone()
    }

    /// Request and entities, as every call has to bring them.
    pub fn built(&self, types: &Types) -> (Request, Entities) {
        let (user, instance, entities) = self.people(types);
        let request = Request::new(user, self.action(types), instance, Context::empty(), None);
        let entities = Entities::from_entities(entities, None);
        (request.expect("a request"), entities.expect("entities"))
    }
}

/// One policy set for each (home, resource, kind) of the sample.
pub struct Slices {
    sets: Vec<PolicySet>,
    of_request: Vec<usize>,
}

impl Slices {
    pub fn build(w: &Workload, requests: &[workload::Request]) -> Slices {
        let mut known: HashMap<(u32, u32, bool), usize> = HashMap::new();
        let mut sets = Vec::new();
        let mut of_request = Vec::with_capacity(requests.len());
        for q in requests {
            let key = (q.home, q.resource, q.direct_connect);
            let at = *known.entry(key).or_insert_with(|| {
                sets.push(slice(w, q));
                sets.len() - 1
            });
            of_request.push(at);
        }
        Slices { sets, of_request }
    }

    pub fn of(&self, request: usize) -> &PolicySet {
        &self.sets[self.of_request[request]]
    }

    /// A set holds two blocks, a partner configuration four.
    pub fn configurations(&self) -> usize {
        (self.sets.len() / 2).max(1)
    }
}

fn slice(w: &Workload, q: &workload::Request) -> PolicySet {
    let (outbound, inbound) = sides(q.direct_connect);
    let mut text = "permit(principal, action, resource);\n".to_owned();
    for block in [
        w.effective(q.home, q.resource, outbound),
        w.effective(q.resource, q.home, inbound),
    ] {
        text += &format!(
            "forbid(principal in Tenant::\"{}\", action == Action::\"{}\", resource in Tenant::\"{}\") unless {{ {} }};\n",
            guid_text(&tenant_guid(q.home)),
            kind(q.direct_connect),
            guid_text(&tenant_guid(q.resource)),
            condition(w, block, q.home, q.resource),
        );
    }
    PolicySet::from_str(&text).expect("policies")
}

/// What S3.5 says of the block: two block lists describe the pair.
fn condition(w: &Workload, block: &Block, home: u32, resource: u32) -> String {
    let users: Vec<String> = targets(w, &block.users, home);
    let apps: Vec<String> = w
        .targets(&block.apps)
        .iter()
        .map(|app| format!("App::\"{}\"", guid_text(&app_guid(resource, *app))))
        .collect();
    let named = |part: &Part, who: &str, list: Vec<String>| match part.all {
        true => "true".to_owned(),
        false => format!("{who} in [{}]", list.join(", ")),
    };
    let user = named(&block.users, "principal", users);
    let app = named(&block.apps, "resource", apps);
    let half = |allowed: bool, matches: &str| match allowed {
        true => format!("({matches})"),
        false => format!("!({matches})"),
    };
    match (block.users.allowed, block.apps.allowed) {
        (false, false) => format!("!(({user}) && ({app}))"),
        (users, apps) => format!("{} && {}", half(users, &user), half(apps, &app)),
    }
}

fn targets(w: &Workload, part: &Part, home: u32) -> Vec<String> {
    let one = |code: &u32| match Target::of(*code) {
        Target::Group(group) => format!("Group::\"{}\"", guid_text(&group_guid(home, group))),
        Target::User(user) => format!("User::\"{}\"", guid_text(&user_guid(home, user))),
    };
    w.targets(part).iter().map(one).collect()
}

/// One static policy; the blocks of each (home, resource, kind) as entities.
pub struct OnePolicy {
    pub policies: PolicySet,
    blocks: HashMap<(u32, u32, bool), (Context, Vec<Entity>)>,
}

const POLICY: &str = "permit(principal, action, resource) when {
    (if !context.out.ugAllowed && !context.out.appAllowed
     then !((context.out.ugAll || principal in context.out.ug) && (context.out.appAll || resource in context.out.app))
     else (context.out.ugAll || principal in context.out.ug) == context.out.ugAllowed
       && (context.out.appAll || resource in context.out.app) == context.out.appAllowed)
 && (if !context.inb.ugAllowed && !context.inb.appAllowed
     then !((context.inb.ugAll || principal in context.inb.ug) && (context.inb.appAll || resource in context.inb.app))
     else (context.inb.ugAll || principal in context.inb.ug) == context.inb.ugAllowed
       && (context.inb.appAll || resource in context.inb.app) == context.inb.appAllowed)
};";

impl OnePolicy {
    pub fn build(w: &Workload, requests: &[workload::Request], types: &Types) -> OnePolicy {
        let mut blocks = HashMap::new();
        for q in requests {
            let key = (q.home, q.resource, q.direct_connect);
            blocks.entry(key).or_insert_with(|| in_force(w, q, types));
        }
        OnePolicy {
            policies: PolicySet::from_str(POLICY).expect("a policy"),
            blocks,
        }
    }

    /// Request and entities, with the blocks in force.
    pub fn built(
        &self,
        asked: &Asked,
        q: &workload::Request,
        types: &Types,
    ) -> (Request, Entities) {
        let (context, blocks) = &self.blocks[&(q.home, q.resource, q.direct_connect)];
        let (user, instance, mut entities) = asked.people(types);
        entities.extend(blocks.iter().cloned());
        let action = asked.action(types);
        let request = Request::new(user, action, instance, context.clone(), None);
        let entities = Entities::from_entities(entities, None);
        (request.expect("a request"), entities.expect("entities"))
    }

    /// An entry holds two blocks, a partner configuration four.
    pub fn configurations(&self) -> usize {
        (self.blocks.len() / 2).max(1)
    }
}

fn in_force(w: &Workload, q: &workload::Request, types: &Types) -> (Context, Vec<Entity>) {
    let (outbound, inbound) = sides(q.direct_connect);
    let sides = [
        ("out", w.effective(q.home, q.resource, outbound)),
        ("inb", w.effective(q.resource, q.home, inbound)),
    ];
    let mut entities = Vec::new();
    let mut context = Vec::new();
    for (side, block) in sides {
        let id = format!("{}/{}/{}/{side}", q.home, q.resource, q.direct_connect);
        let id = uid(&types.block, &id);
        context.push((
            side.to_owned(),
            RestrictedExpression::new_entity_uid(id.clone()),
        ));
        entities.push(block_entity(w, block, q, id, types));
    }
    (Context::from_pairs(context).expect("a context"), entities)
}

fn block_entity(
    w: &Workload,
    block: &Block,
    q: &workload::Request,
    id: EntityUid,
    types: &Types,
) -> Entity {
    let set = |list: Vec<EntityUid>| {
        RestrictedExpression::new_set(list.into_iter().map(RestrictedExpression::new_entity_uid))
    };
    let user = |code: &u32| match Target::of(*code) {
        Target::Group(group) => uid(&types.group, &guid_text(&group_guid(q.home, group))),
        Target::User(user) => uid(&types.user, &guid_text(&user_guid(q.home, user))),
    };
    let app = |app: &u32| uid(&types.app, &guid_text(&app_guid(q.resource, *app)));
    let flag = RestrictedExpression::new_bool;
    let attributes = HashMap::from([
        ("ugAll".to_owned(), flag(block.users.all)),
        ("ugAllowed".to_owned(), flag(block.users.allowed)),
        (
            "ug".to_owned(),
            set(w.targets(&block.users).iter().map(user).collect()),
        ),
        ("appAll".to_owned(), flag(block.apps.all)),
        ("appAllowed".to_owned(), flag(block.apps.allowed)),
        (
            "app".to_owned(),
            set(w.targets(&block.apps).iter().map(app).collect()),
        ),
    ]);
    Entity::new(id, attributes, HashSet::new()).expect("an entity")
}
