//! One Cedar policy per block: `forbid … unless { … }` over a base permit, so that one call decides
//! both sides.

use workload::{
    Block, Part, Target, Workload, app_guid, group_guid, guid_text, home_and_resource, tenant_guid,
    user_guid,
};

use crate::entities::ACTIONS;

/// What is not forbidden is allowed.
pub const BASE: &str = "permit(principal, action, resource);\n";

/// The block as a policy for exactly this pair of tenants.
pub fn of_pair(w: &Workload, block: &Block, home: u32, resource: u32, direct: bool) -> String {
    format!(
        "forbid(principal in {}, action == Action::\"{}\", resource in {}) unless {{ {} }};\n",
        tenant(home),
        ACTIONS[direct as usize],
        tenant(resource),
        passes(w, block, home, resource),
    )
}

/// The whole set of policies of a workload, partners and defaults.
pub fn everything(w: &Workload) -> String {
    let mut text = String::from(BASE);
    for partner in &w.partners {
        for (i, block) in partner.blocks.iter().enumerate() {
            if let Some(block) = block {
                let (home, resource) = home_and_resource(partner.owner, partner.partner, i);
                text += &of_pair(w, block, home, resource, i >= 2);
            }
        }
    }
    for owner in 0..w.tenants {
        for i in 0..4 {
            text += &default(w, owner, i);
        }
    }
    text
}

/// A default is in force for every tenant without a block of its own.
fn default(w: &Workload, owner: u32, i: usize) -> String {
    let own = w.owned(owner).iter().filter(|p| p.blocks[i].is_some());
    let own: Vec<String> = own.map(|p| tenant(p.partner)).collect();
    let own = own.join(", ");
    let me = tenant(owner);
    let action = ACTIONS[usize::from(i >= 2)];
    let passes = passes(w, &w.defaults[owner as usize][i], owner, owner);
    match home_and_resource(owner, u32::MAX, i).0 == owner {
        true => format!(
            "forbid(principal in {me}, action == Action::\"{action}\", resource) when {{ !(resource in [{own}]) }} unless {{ {passes} }};\n"
        ),
        false => format!(
            "forbid(principal, action == Action::\"{action}\", resource in {me}) when {{ !(principal in [{own}]) }} unless {{ {passes} }};\n"
        ),
    }
}

fn tenant(tenant: u32) -> String {
    format!("Tenant::\"{}\"", guid_text(&tenant_guid(tenant)))
}

/// The truth table of S3.5 as a condition. Two block lists describe the pair.
fn passes(w: &Workload, block: &Block, home: u32, resource: u32) -> String {
    let user = names("principal", &block.users, users(w, &block.users, home));
    let app = names("resource", &block.apps, apps(w, &block.apps, resource));
    match (block.users.allowed, block.apps.allowed) {
        (true, true) => format!("{user} && {app}"),
        (true, false) => format!("{user} && !({app})"),
        (false, true) => format!("!({user}) && {app}"),
        (false, false) => format!("!({user} && {app})"),
    }
}

fn names(who: &str, part: &Part, listed: Vec<String>) -> String {
    match part.all {
        true => "true".to_owned(),
        false => format!("{who} in [{}]", listed.join(", ")),
    }
}

fn users(w: &Workload, part: &Part, home: u32) -> Vec<String> {
    let name = |code: &u32| match Target::of(*code) {
        Target::Group(group) => format!("Group::\"{}\"", guid_text(&group_guid(home, group))),
        Target::User(user) => format!("User::\"{}\"", guid_text(&user_guid(home, user))),
    };
    w.targets(part).iter().map(name).collect()
}

fn apps(w: &Workload, part: &Part, resource: u32) -> Vec<String> {
    let name = |app: &u32| format!("App::\"{}\"", guid_text(&app_guid(resource, *app)));
    w.targets(part).iter().map(name).collect()
}
