//! The decision by casbin, at scale S.
//!
//!     cargo run --release -p decide-casbin -- [S] [--requests N] [--passes N]
//!
//! casbin looks at every policy line for every request, so it gets its best case: for each (home,
//! resource, kind) an enforcer of its own with two lines, the outbound and the inbound block in
//! force, `deny` if the block does not let the access pass by S3.5. Membership is asked by two
//! functions of our own.

use std::collections::HashMap;

use casbin::function_map::OperatorFunction;
use casbin::prelude::*;
use casbin::rhai::Dynamic;
use workload::measure::{self, Variant, in_turns};
use workload::{
    Block, Request, SEED, Target, Workload, app_guid, group_guid, guid_text, scale, sides,
    user_guid,
};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

const USAGE: &str = "decide-casbin [S] [--requests N] [--passes N]";

/// A line matches, and denies, when the block does not let the access pass (S3.5).
const MODEL: &str = r#"[request_definition]
r = user, groups, app
[policy_definition]
p = side, usersAllowed, users, appsAllowed, apps, eft
[policy_effect]
e = !some(where (p.eft == deny))
[matchers]
m = (p.usersAllowed == "no" && p.appsAllowed == "no" && userNamed(r.user, r.groups, p.users) && appNamed(r.app, p.apps)) || ((p.usersAllowed == "yes" || p.appsAllowed == "yes") && (userNamed(r.user, r.groups, p.users) != (p.usersAllowed == "yes") || appNamed(r.app, p.apps) != (p.appsAllowed == "yes")))
"#;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (mut requests, mut passes) = (2_000, 3);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).expect(USAGE);
        match arg.as_str() {
            "--requests" => requests = number(),
            "--passes" => passes = number(),
            "S" => {}
            _ => panic!("{USAGE}"),
        }
    }
    let w = Workload::generate(scale("S"), SEED);
    let sample = w.requests(requests, SEED);
    let expected = w.allowed(&sample, &sample.list);
    let mut enforcers: Vec<Enforcer> = Vec::new();
    let mut known: HashMap<(u32, u32, bool), usize> = HashMap::new();
    let mut asked = Vec::new();
    for q in &sample.list {
        let key = (q.home, q.resource, q.direct_connect);
        let at = match known.get(&key) {
            Some(at) => *at,
            None => {
                enforcers.push(enforcer(&w, q).await);
                known.insert(key, enforcers.len() - 1);
                enforcers.len() - 1
            }
        };
        let groups = sample.groups(q).iter();
        let groups: Vec<String> = groups
            .map(|group| guid_text(&group_guid(q.home, *group)))
            .collect();
        let user = guid_text(&user_guid(q.home, q.user));
        let app = guid_text(&app_guid(q.resource, q.app));
        asked.push((at, user, groups.join(" "), app));
    }
    let mut variants = [Variant::new("casbin, two lines per pair", || {
        let answers = asked.iter().map(|(at, user, groups, app)| {
            let answer = enforcers[*at].enforce((user, groups, app));
            u64::from(answer.expect("an answer"))
        });
        answers.sum()
    })];
    in_turns("S", requests, expected, passes, &mut variants);
}

async fn enforcer(w: &Workload, q: &Request) -> Enforcer {
    let model = DefaultModel::from_str(MODEL).await.expect("the model");
    let mut enforcer = Enforcer::new(model, MemoryAdapter::default())
        .await
        .expect("an enforcer");
    let user_named = |user: Dynamic, groups: Dynamic, list: Dynamic| {
        let (user, groups, list) = (text(user), text(groups), text(list));
        let named = |target| target == user || groups.split(' ').any(|group| group == target);
        (list == "*" || list.split(' ').any(named)).into()
    };
    let app_named = |app: Dynamic, list: Dynamic| {
        let (app, list) = (text(app), text(list));
        (list == "*" || list.split(' ').any(|target| target == app)).into()
    };
    enforcer.add_function("userNamed", OperatorFunction::Arg3(user_named));
    enforcer.add_function("appNamed", OperatorFunction::Arg2(app_named));
    let (outbound, inbound) = sides(q.direct_connect);
    for (side, block) in [
        ("out", w.effective(q.home, q.resource, outbound)),
        ("in", w.effective(q.resource, q.home, inbound)),
    ] {
        let line = line(w, side, block, q);
        enforcer.add_policy(line).await.expect("a line");
    }
    enforcer
}

fn text(value: Dynamic) -> String {
    value.into_string().unwrap_or_default()
}

fn line(w: &Workload, side: &str, block: &Block, q: &Request) -> Vec<String> {
    let user = |code: &u32| match Target::of(*code) {
        Target::Group(group) => guid_text(&group_guid(q.home, group)),
        Target::User(user) => guid_text(&user_guid(q.home, user)),
    };
    let app = |app: &u32| guid_text(&app_guid(q.resource, *app));
    let list = |all: bool, ids: Vec<String>| match all {
        true => "*".to_owned(),
        false => ids.join(" "),
    };
    let access = |allowed: bool| if allowed { "yes" } else { "no" }.to_owned();
    vec![
        side.to_owned(),
        access(block.users.allowed),
        list(
            block.users.all,
            w.targets(&block.users).iter().map(user).collect(),
        ),
        access(block.apps.allowed),
        list(
            block.apps.all,
            w.targets(&block.apps).iter().map(app).collect(),
        ),
        "deny".to_owned(),
    ]
}
