//! Settings and requests as regorus reads them.

use std::collections::{BTreeMap, BTreeSet};

use regorus::Value;
use workload::{
    BLOCK_NAMES, Block, Part, Request, Target, Workload, app_guid, group_guid, guid_text,
    home_and_resource, sides, tenant_guid, user_guid,
};

/// The data document of everything, or of what these requests touch; and how many partner
/// configurations are in it.
pub fn build(w: &Workload, only: Option<&Vec<Request>>) -> (Value, usize) {
    let touched: Option<BTreeSet<(u32, u32)>> = only.map(|requests| {
        let pairs = requests.iter();
        pairs
            .flat_map(|q| [(q.home, q.resource), (q.resource, q.home)])
            .collect()
    });
    let owners: BTreeSet<u32> = match &touched {
        Some(pairs) => pairs.iter().map(|(owner, _)| *owner).collect(),
        None => (0..w.tenants).collect(),
    };
    let mut loaded = 0;
    let mut tenants = BTreeMap::new();
    for owner in owners {
        let mut partners = BTreeMap::new();
        for entry in w.owned(owner) {
            let pair = (owner, entry.partner);
            if touched.as_ref().is_some_and(|pairs| !pairs.contains(&pair)) {
                continue;
            }
            loaded += 1;
            let blocks = entry.blocks.iter().enumerate().filter_map(|(at, stored)| {
                let stored = stored.as_ref()?;
                Some((
                    text(BLOCK_NAMES[at]),
                    block(w, stored, owner, entry.partner, at),
                ))
            });
            partners.insert(
                id(tenant_guid(entry.partner)),
                Value::from(blocks.collect::<BTreeMap<_, _>>()),
            );
        }
        let defaults = w.defaults[owner as usize].iter().enumerate();
        let defaults: BTreeMap<Value, Value> = defaults
            .map(|(at, stored)| (text(BLOCK_NAMES[at]), block(w, stored, owner, owner, at)))
            .collect();
        let tenant = BTreeMap::from([
            (text("defaults"), Value::from(defaults)),
            (text("partners"), Value::from(partners)),
        ]);
        tenants.insert(id(tenant_guid(owner)), Value::from(tenant));
    }
    let document = BTreeMap::from([(text("tenants"), Value::from(tenants))]);
    (Value::from(document), loaded)
}

/// A request as JSON text.
pub fn input(q: &Request, groups: &[u32]) -> String {
    let (outbound, inbound) = sides(q.direct_connect);
    let groups: Vec<String> = groups
        .iter()
        .map(|group| format!("\"{}\"", guid_text(&group_guid(q.home, *group))))
        .collect();
    format!(
        "{{\"home\":\"{}\",\"resource\":\"{}\",\"user\":\"{}\",\"app\":\"{}\",\"outbound\":\"{}\",\"inbound\":\"{}\",\"groups\":[{}]}}",
        guid_text(&tenant_guid(q.home)),
        guid_text(&tenant_guid(q.resource)),
        guid_text(&user_guid(q.home, q.user)),
        guid_text(&app_guid(q.resource, q.app)),
        BLOCK_NAMES[outbound],
        BLOCK_NAMES[inbound],
        groups.join(","),
    )
}

fn text(text: &str) -> Value {
    Value::from(text.to_owned())
}

fn id(guid: workload::Guid) -> Value {
    Value::from(guid_text(&guid))
}

fn block(w: &Workload, block: &Block, owner: u32, other: u32, at: usize) -> Value {
    let (home, resource) = home_and_resource(owner, other, at);
    let user = |code: u32| match Target::of(code) {
        Target::Group(group) => group_guid(home, group),
        Target::User(user) => user_guid(home, user),
    };
    let users = half(w, &block.users, user);
    let apps = half(w, &block.apps, |app| app_guid(resource, app));
    Value::from(BTreeMap::from([
        (text("users"), users),
        (text("apps"), apps),
    ]))
}

fn half(w: &Workload, part: &Part, guid: impl Fn(u32) -> workload::Guid) -> Value {
    let ids = w.targets(part).iter();
    let ids: BTreeMap<Value, Value> = ids
        .map(|code| (id(guid(*code)), Value::from(true)))
        .collect();
    Value::from(BTreeMap::from([
        (text("all"), Value::from(part.all)),
        (text("allowed"), Value::from(part.allowed)),
        (text("ids"), Value::from(ids)),
    ]))
}
