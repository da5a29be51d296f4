//! What one writes second: the same maps, and hash sets instead of lists.

use std::collections::{HashMap, HashSet};

use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use workload::oracle::passes;
use workload::{Target, Workload, home_and_resource, sides};

use crate::guid_request::{GuidRequest, app_id, group_id, tenant_id, user_id};

struct Block {
    users_allowed: bool,
    all_users: bool,
    users: HashSet<UserId>,
    groups: HashSet<GroupId>,
    apps_allowed: bool,
    all_apps: bool,
    apps: HashSet<ApplicationId>,
}

type Config = [Option<Block>; 4];

struct Tenant {
    default: Config,
    partners: HashMap<TenantId, Config>,
}

pub struct NaiveSet {
    tenants: HashMap<TenantId, Tenant>,
}

impl NaiveSet {
    pub fn build(w: &Workload) -> Self {
        let tenant = |t: u32| {
            let partners = w.owned(t).iter();
            let defaults = w.defaults[t as usize].map(Some);
            Tenant {
                default: config(w, &defaults, t, t),
                partners: partners
                    .map(|p| (tenant_id(p.partner), config(w, &p.blocks, t, p.partner)))
                    .collect(),
            }
        };
        NaiveSet {
            tenants: (0..w.tenants).map(|t| (tenant_id(t), tenant(t))).collect(),
        }
    }

    #[inline(never)]
    pub fn decide(&self, q: &GuidRequest, groups: &[GroupId]) -> bool {
        let (outbound, inbound) = sides(q.direct_connect);
        self.effective(q.home, q.resource, outbound)
            .passes(q, groups)
            && self
                .effective(q.resource, q.home, inbound)
                .passes(q, groups)
    }

    fn effective(&self, owner: TenantId, other: TenantId, block: usize) -> &Block {
        let tenant = &self.tenants[&owner];
        let own = tenant.partners.get(&other);
        own.and_then(|config| config[block].as_ref())
            .or(tenant.default[block].as_ref())
            .expect("every default is complete")
    }
}

impl Block {
    fn passes(&self, q: &GuidRequest, groups: &[GroupId]) -> bool {
        let in_group = || !self.groups.is_empty() && groups.iter().any(|g| self.groups.contains(g));
        let user = self.all_users || self.users.contains(&q.user) || in_group();
        let app = self.all_apps || self.apps.contains(&q.app);
        passes(self.users_allowed, self.apps_allowed, user, app)
    }
}

fn config(w: &Workload, blocks: &[Option<workload::Block>; 4], owner: u32, other: u32) -> Config {
    std::array::from_fn(|i| {
        let sides = home_and_resource(owner, other, i);
        blocks[i].map(|block| listed(w, &block, sides))
    })
}

fn listed(w: &Workload, block: &workload::Block, (home, resource): (u32, u32)) -> Block {
    let (mut users, mut groups) = (HashSet::new(), HashSet::new());
    for code in w.targets(&block.users) {
        match Target::of(*code) {
            Target::Group(group) => groups.insert(group_id(home, group)),
            Target::User(user) => users.insert(user_id(home, user)),
        };
    }
    let apps = w.targets(&block.apps).iter();
    Block {
        users_allowed: block.users.allowed,
        all_users: block.users.all,
        users,
        groups,
        apps_allowed: block.apps.allowed,
        all_apps: block.apps.all,
        apps: apps.map(|app| app_id(resource, *app)).collect(),
    }
}
