//! What one writes first: a map of tenants, a map of partners, lists that are scanned.

use std::collections::HashMap;

use policy::target::GroupId;
use policy::tenant::TenantId;
use workload::oracle::passes;
use workload::{Guid, Part, Workload, app_guid, group_guid, home_and_resource, sides, user_guid};

use crate::guid_request::{GuidRequest, tenant_id};

enum Target {
    AllUsers,
    AllApplications,
    User(Guid),
    Group(Guid),
    Application(Guid),
}

struct Half {
    allowed: bool,
    targets: Vec<Target>,
}

struct Block {
    users_and_groups: Half,
    applications: Half,
}

type Config = [Option<Block>; 4];

struct Tenant {
    default: Config,
    partners: HashMap<TenantId, Config>,
}

pub struct Naive {
    tenants: HashMap<TenantId, Tenant>,
}

impl Naive {
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
        Naive {
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
        let (user_id, app_id) = (
            q.user.as_u128().to_be_bytes(),
            q.app.as_u128().to_be_bytes(),
        );
        let mut users = self.users_and_groups.targets.iter();
        let user = users.any(|target| match target {
            Target::AllUsers => true,
            Target::User(id) => *id == user_id,
            Target::Group(id) => groups.contains(&GroupId::from_u128(u128::from_be_bytes(*id))),
            _ => false,
        });
        let mut apps = self.applications.targets.iter();
        let app = apps.any(|target| match target {
            Target::AllApplications => true,
            Target::Application(id) => *id == app_id,
            _ => false,
        });
        passes(
            self.users_and_groups.allowed,
            self.applications.allowed,
            user,
            app,
        )
    }
}

fn config(w: &Workload, blocks: &[Option<workload::Block>; 4], owner: u32, other: u32) -> Config {
    std::array::from_fn(|i| {
        let (home, resource) = home_and_resource(owner, other, i);
        blocks[i].map(|block| Block {
            users_and_groups: users(w, &block.users, home),
            applications: apps(w, &block.apps, resource),
        })
    })
}

fn users(w: &Workload, part: &Part, home: u32) -> Half {
    let id = |code: &u32| match workload::Target::of(*code) {
        workload::Target::Group(group) => Target::Group(group_guid(home, group)),
        workload::Target::User(user) => Target::User(user_guid(home, user)),
    };
    Half {
        allowed: part.allowed,
        targets: match part.all {
            true => vec![Target::AllUsers],
            false => w.targets(part).iter().map(id).collect(),
        },
    }
}

fn apps(w: &Workload, part: &Part, resource: u32) -> Half {
    let id = |app: &u32| Target::Application(app_guid(resource, *app));
    Half {
        allowed: part.allowed,
        targets: match part.all {
            true => vec![Target::AllApplications],
            false => w.targets(part).iter().map(id).collect(),
        },
    }
}
