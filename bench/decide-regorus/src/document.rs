//! The settings as one data document, ids as keys.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Value;
use workload::{
    BLOCK_NAMES, Block, Part, Partner, Requests, Target, Workload, app_guid, group_guid, guid_text,
    home_and_resource, tenant_guid, user_guid,
};

pub struct Document {
    pub value: Value,
    /// How many partner configurations are in it.
    pub configs: usize,
}

type Object = BTreeMap<Value, Value>;

fn text(text: String) -> Value {
    Value::from(text)
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let members = members.map(|(name, value)| (text(name.to_owned()), value));
    Value::from(BTreeMap::from(members))
}

impl Document {
    /// At S everything; above, what the requests touch.
    pub fn new(w: &Workload, requests: &Requests) -> Document {
        let touched: Option<BTreeSet<(u32, u32)>> = (w.scale.name != "S").then(|| {
            let pairs = requests.list.iter();
            pairs
                .flat_map(|q| [(q.home, q.resource), (q.resource, q.home)])
                .collect()
        });
        let is_touched = |p: &&Partner| match &touched {
            Some(touched) => touched.contains(&(p.owner, p.partner)),
            None => true,
        };
        let mut owners: BTreeMap<u32, Object> = match &touched {
            Some(touched) => touched
                .iter()
                .map(|(owner, _)| (*owner, Object::new()))
                .collect(),
            None => (0..w.tenants).map(|owner| (owner, Object::new())).collect(),
        };
        let mut configs = 0;
        for partner in w.partners.iter().filter(is_touched) {
            configs += 1;
            let id = text(guid_text(&tenant_guid(partner.partner)));
            let owner = owners.entry(partner.owner).or_default();
            owner.insert(id, Value::from(config(w, partner)));
        }
        let tenants: Object = owners
            .into_iter()
            .map(|(owner, partners)| {
                let members = [
                    ("defaults", Value::from(defaults(w, owner))),
                    ("partners", Value::from(partners)),
                ];
                (text(guid_text(&tenant_guid(owner))), object(members))
            })
            .collect();
        Document {
            value: object([("tenants", Value::from(tenants))]),
            configs,
        }
    }
}

fn config(w: &Workload, p: &Partner) -> Object {
    let blocks = p.blocks.iter().enumerate();
    let named = blocks.filter_map(|(i, b)| {
        let block = block(w, b.as_ref()?, p.owner, p.partner, i);
        Some((text(BLOCK_NAMES[i].to_owned()), block))
    });
    named.collect()
}

fn defaults(w: &Workload, owner: u32) -> Object {
    let blocks = w.defaults[owner as usize].iter().enumerate();
    let named = blocks.map(|(i, b)| {
        let block = block(w, b, owner, owner, i);
        (text(BLOCK_NAMES[i].to_owned()), block)
    });
    named.collect()
}

fn block(w: &Workload, block: &Block, owner: u32, other: u32, i: usize) -> Value {
    let (home, resource) = home_and_resource(owner, other, i);
    let users = |code: &u32| match Target::of(*code) {
        Target::Group(group) => guid_text(&group_guid(home, group)),
        Target::User(user) => guid_text(&user_guid(home, user)),
    };
    let apps = |app: &u32| guid_text(&app_guid(resource, *app));
    object([
        (
            "pair",
            Value::from(!block.users.allowed && !block.apps.allowed),
        ),
        ("ug", half(w, &block.users, users)),
        ("app", half(w, &block.apps, apps)),
    ])
}

fn half(w: &Workload, part: &Part, id: impl Fn(&u32) -> String) -> Value {
    let ids = w.targets(part).iter();
    let ids: Object = ids
        .map(|code| (text(id(code)), Value::from(true)))
        .collect();
    object([
        ("all", Value::from(part.all)),
        ("allowed", Value::from(part.allowed)),
        ("ids", Value::from(ids)),
    ])
}
