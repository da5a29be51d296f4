//! The other way to say it in Cedar: one static policy, and each block an entity with attributes.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Context, Entity, EntityUid, RestrictedExpression};
use workload::{
    Block, Part, Request, Target, Workload, app_guid, group_guid, guid_text, sides, user_guid,
};

use crate::entities::{Types, uid};

/// The truth table of S3.5, for both sides. Two block lists describe the pair.
pub const POLICY: &str = "permit(principal, action, resource) when {
    (if context.out.pair
     then !((context.out.appAll || resource in context.out.app) && (context.out.ugAll || principal in context.out.ug))
     else (context.out.appAll || resource in context.out.app) == context.out.appAllowed && (context.out.ugAll || principal in context.out.ug) == context.out.ugAllowed) &&
    (if context.inb.pair
     then !((context.inb.appAll || resource in context.inb.app) && (context.inb.ugAll || principal in context.inb.ug))
     else (context.inb.appAll || resource in context.inb.app) == context.inb.appAllowed && (context.inb.ugAll || principal in context.inb.ug) == context.inb.ugAllowed)
};";

/// The two blocks in force for a pair: the context that names them, and the entities.
pub struct PairBlocks {
    pub context: Context,
    pub entities: Vec<Entity>,
}

impl PairBlocks {
    pub fn new(w: &Workload, types: &Types, q: &Request) -> PairBlocks {
        let (outbound, inbound) = sides(q.direct_connect);
        let mut entities = Vec::new();
        let mut names = Vec::new();
        for (name, block) in [
            ("out", w.effective(q.home, q.resource, outbound)),
            ("inb", w.effective(q.resource, q.home, inbound)),
        ] {
            let id = format!("{}/{}/{}/{name}", q.home, q.resource, q.direct_connect);
            let id = uid(&types.block, &id);
            entities.push(entity(w, types, q, &id, block));
            names.push((name.to_owned(), reference(&id)));
        }
        PairBlocks {
            context: Context::from_pairs(names).expect("a legal context"),
            entities,
        }
    }
}

fn reference(uid: &EntityUid) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid.clone())
}

fn entity(w: &Workload, types: &Types, q: &Request, id: &EntityUid, block: &Block) -> Entity {
    let boolean = RestrictedExpression::new_bool;
    let set = RestrictedExpression::new_set;
    let attributes = [
        ("pair", boolean(!block.users.allowed && !block.apps.allowed)),
        ("ugAll", boolean(block.users.all)),
        ("ugAllowed", boolean(block.users.allowed)),
        ("ug", set(users(w, types, &block.users, q.home))),
        ("appAll", boolean(block.apps.all)),
        ("appAllowed", boolean(block.apps.allowed)),
        ("app", set(apps(w, types, &block.apps, q.resource))),
    ];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value));
    Entity::new(id.clone(), HashMap::from(attributes), HashSet::new()).expect("a legal entity")
}

fn users(w: &Workload, types: &Types, part: &Part, home: u32) -> Vec<RestrictedExpression> {
    let id = |code: &u32| match Target::of(*code) {
        Target::Group(group) => uid(&types.group, &guid_text(&group_guid(home, group))),
        Target::User(user) => uid(&types.user, &guid_text(&user_guid(home, user))),
    };
    w.targets(part)
        .iter()
        .map(|code| reference(&id(code)))
        .collect()
}

fn apps(w: &Workload, types: &Types, part: &Part, resource: u32) -> Vec<RestrictedExpression> {
    let id = |app: &u32| uid(&types.app, &guid_text(&app_guid(resource, *app)));
    w.targets(part)
        .iter()
        .map(|app| reference(&id(app)))
        .collect()
}
