//! What one gets by keeping the JSON's strings: every id is text, every comparison one of text.

use std::collections::HashMap;

use workload::oracle::passes;
use workload::{
    Part, Request, Requests, Target, Workload, app_guid, group_guid, guid_text, home_and_resource,
    sides, tenant_guid, user_guid,
};

/// A request as decoded from JSON.
pub struct TextRequest {
    home: String,
    user: String,
    resource: String,
    app: String,
    groups: Vec<String>,
    direct_connect: bool,
}

impl TextRequest {
    pub fn new(requests: &Requests, q: &Request) -> Self {
        let groups = requests.groups(q).iter();
        TextRequest {
            home: guid_text(&tenant_guid(q.home)),
            user: guid_text(&user_guid(q.home, q.user)),
            resource: guid_text(&tenant_guid(q.resource)),
            app: guid_text(&app_guid(q.resource, q.app)),
            groups: groups.map(|&g| guid_text(&group_guid(q.home, g))).collect(),
            direct_connect: q.direct_connect,
        }
    }
}

struct TextTarget {
    target: String,
    target_type: &'static str,
}

struct Half {
    access_type: String,
    targets: Vec<TextTarget>,
}

struct Block {
    users_and_groups: Half,
    applications: Half,
}

type Config = [Option<Block>; 4];

struct Tenant {
    default: Config,
    partners: HashMap<String, Config>,
}

pub struct NaiveText {
    tenants: HashMap<String, Tenant>,
}

impl NaiveText {
    pub fn build(w: &Workload) -> Self {
        let id = |t: u32| guid_text(&tenant_guid(t));
        let tenant = |t: u32| {
            let partners = w.owned(t).iter();
            let defaults = w.defaults[t as usize].map(Some);
            Tenant {
                default: config(w, &defaults, t, t),
                partners: partners
                    .map(|p| (id(p.partner), config(w, &p.blocks, t, p.partner)))
                    .collect(),
            }
        };
        NaiveText {
            tenants: (0..w.tenants).map(|t| (id(t), tenant(t))).collect(),
        }
    }

    #[inline(never)]
    pub fn decide(&self, q: &TextRequest) -> bool {
        let (outbound, inbound) = sides(q.direct_connect);
        self.effective(&q.home, &q.resource, outbound).passes(q)
            && self.effective(&q.resource, &q.home, inbound).passes(q)
    }

    fn effective(&self, owner: &str, other: &str, block: usize) -> &Block {
        let tenant = &self.tenants[owner];
        let own = tenant.partners.get(other);
        own.and_then(|config| config[block].as_ref())
            .or(tenant.default[block].as_ref())
            .expect("every default is complete")
    }
}

impl Block {
    fn passes(&self, q: &TextRequest) -> bool {
        let Block {
            users_and_groups,
            applications,
        } = self;
        let user = users_and_groups
            .targets
            .iter()
            .any(|t| match t.target_type {
                "group" => q.groups.contains(&t.target),
                _ => t.target == "AllUsers" || t.target == q.user,
            });
        let app = applications
            .targets
            .iter()
            .any(|t| t.target == "AllApplications" || t.target == q.app);
        let users_allowed = users_and_groups.access_type == "allowed";
        let apps_allowed = applications.access_type == "allowed";
        passes(users_allowed, apps_allowed, user, app)
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

fn half(part: &Part, everything: TextTarget, listed: Vec<TextTarget>) -> Half {
    let access_type = match part.allowed {
        true => "allowed",
        false => "blocked",
    };
    Half {
        access_type: access_type.to_owned(),
        targets: match part.all {
            true => vec![everything],
            false => listed,
        },
    }
}

fn text_target(target: String, target_type: &'static str) -> TextTarget {
    TextTarget {
        target,
        target_type,
    }
}

fn users(w: &Workload, part: &Part, home: u32) -> Half {
    let listed = w.targets(part).iter().map(|code| match Target::of(*code) {
        Target::Group(group) => text_target(guid_text(&group_guid(home, group)), "group"),
        Target::User(user) => text_target(guid_text(&user_guid(home, user)), "user"),
    });
    half(
        part,
        text_target("AllUsers".to_owned(), "user"),
        listed.collect(),
    )
}

fn apps(w: &Workload, part: &Part, resource: u32) -> Half {
    let listed = w
        .targets(part)
        .iter()
        .map(|app| text_target(guid_text(&app_guid(resource, *app)), "application"));
    let everything = text_target("AllApplications".to_owned(), "application");
    half(part, everything, listed.collect())
}
