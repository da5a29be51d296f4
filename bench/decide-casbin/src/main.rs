//! The decision by casbin.
//!
//!     cargo run --release -p decide-casbin -- SCALE [--requests N] [--passes N]
//!
//! One policy line per listed target would make casbin look at dozens of lines per request. The
//! shape here is its best case: for each pair of tenants a slice of two lines, outbound and inbound,
//! `deny` overrides, and a matcher that calls two functions of ours. Slices are made beforehand, for
//! the pairs that the sample names.

use std::collections::HashMap;

use casbin::function_map::OperatorFunction;
use casbin::prelude::*;
use casbin::rhai::Dynamic;
use workload::measure::{self, Sample, Variant, in_turns};
use workload::{
    Part, Request, Requests, SEED, Target, Workload, app_guid, group_guid, guid_text, sides,
    user_guid,
};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

/// A line denies when its block does not let the access pass; two block lists describe the pair.
const MODEL: &str = r#"
[request_definition]
r = user, groups, app
[policy_definition]
p = side, pair, ugAccess, ug, appAccess, app, eft
[policy_effect]
e = !some(where (p.eft == deny))
[matchers]
m = (p.pair == "yes" && inApp(r.app, p.app) && inUg(r.user, r.groups, p.ug)) || (p.pair == "no" && (inApp(r.app, p.app) != (p.appAccess == "allowed") || inUg(r.user, r.groups, p.ug) != (p.ugAccess == "allowed")))
"#;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let sample = Sample::from_args("decide-casbin", 2_000, 5);
    let w = Workload::generate(sample.scale, SEED);
    let requests = w.requests(sample.requests, SEED);
    let expected = w.allowed(&requests, &requests.list);
    println!(
        "casbin 2.20.0, {}: {expected} of {} allowed",
        sample.scale.name, sample.requests
    );
    let (slices, at) = slices(&w, &requests).await;
    let asked: Vec<Asked> = requests
        .list
        .iter()
        .map(|q| Asked::new(&requests, q))
        .collect();
    let count = || {
        let answers = asked.iter().zip(&at).map(|(asked, &slice)| {
            let request = (&asked.user, &asked.groups, &asked.app);
            slices[slice].enforce(request).expect("casbin answers") as u64
        });
        answers.sum()
    };
    let mut variants = [Variant::new("casbin, slice per pair", count)];
    in_turns(
        sample.scale.name,
        sample.requests,
        expected,
        sample.passes,
        &mut variants,
    );
}

/// A request as casbin is asked: text, the groups separated by blanks.
struct Asked {
    user: String,
    groups: String,
    app: String,
}

impl Asked {
    fn new(requests: &Requests, q: &Request) -> Asked {
        let groups = requests.groups(q).iter();
        let groups: Vec<String> = groups.map(|&g| guid_text(&group_guid(q.home, g))).collect();
        Asked {
            user: guid_text(&user_guid(q.home, q.user)),
            groups: groups.join(" "),
            app: guid_text(&app_guid(q.resource, q.app)),
        }
    }
}

/// An enforcer for each pair of tenants and kind of access, and which of them each request asks.
async fn slices(w: &Workload, requests: &Requests) -> (Vec<Enforcer>, Vec<usize>) {
    let mut slices = Vec::new();
    let mut known = HashMap::new();
    let mut at = Vec::new();
    for q in &requests.list {
        let key = (q.home, q.resource, q.direct_connect);
        if !known.contains_key(&key) {
            known.insert(key, slices.len());
            slices.push(slice(w, q).await);
        }
        at.push(known[&key]);
    }
    (slices, at)
}

async fn slice(w: &Workload, q: &Request) -> Enforcer {
    let model = DefaultModel::from_str(MODEL)
        .await
        .expect("the model is legal");
    let adapter = MemoryAdapter::default();
    let mut enforcer = Enforcer::new(model, adapter)
        .await
        .expect("the model is legal");
    enforcer.add_function("inUg", OperatorFunction::Arg3(in_users));
    enforcer.add_function("inApp", OperatorFunction::Arg2(in_apps));
    let (outbound, inbound) = sides(q.direct_connect);
    for (side, block) in [
        ("out", w.effective(q.home, q.resource, outbound)),
        ("in", w.effective(q.resource, q.home, inbound)),
    ] {
        let pair = match block.users.allowed || block.apps.allowed {
            true => "no",
            false => "yes",
        };
        let line = vec![
            side.to_owned(),
            pair.to_owned(),
            access(&block.users),
            users(w, &block.users, q.home),
            access(&block.apps),
            apps(w, &block.apps, q.resource),
            "deny".to_owned(),
        ];
        enforcer.add_policy(line).await.expect("the line is legal");
    }
    enforcer
}

fn text(value: Dynamic) -> String {
    value.into_string().unwrap_or_default()
}

fn in_users(user: Dynamic, groups: Dynamic, list: Dynamic) -> Dynamic {
    let (user, groups, list) = (text(user), text(groups), text(list));
    let mut listed = list.split(' ');
    (list == "*" || listed.any(|id| id == user || groups.split(' ').any(|group| group == id)))
        .into()
}

fn in_apps(app: Dynamic, list: Dynamic) -> Dynamic {
    let (app, list) = (text(app), text(list));
    (list == "*" || list.split(' ').any(|id| id == app)).into()
}

fn access(part: &Part) -> String {
    match part.allowed {
        true => "allowed".to_owned(),
        false => "blocked".to_owned(),
    }
}

fn users(w: &Workload, part: &Part, home: u32) -> String {
    let id = |code: &u32| match Target::of(*code) {
        Target::Group(group) => guid_text(&group_guid(home, group)),
        Target::User(user) => guid_text(&user_guid(home, user)),
    };
    list(part, w.targets(part).iter().map(id).collect())
}

fn apps(w: &Workload, part: &Part, resource: u32) -> String {
    let ids = w.targets(part).iter();
    list(
        part,
        ids.map(|app| guid_text(&app_guid(resource, *app)))
            .collect(),
    )
}

fn list(part: &Part, ids: Vec<String>) -> String {
    match part.all {
        true => "*".to_owned(),
        false => ids.join(" "),
    }
}
