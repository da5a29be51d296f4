//! The decision by Cedar.
//!
//!     cargo run --release -p decide-cedar -- SCALE [--requests N] [--passes N]
//!
//! Two models. *Slices*: one policy per block, `forbid … unless { what S3.5 says }` over a base
//! permit, so that one call decides both sides; the two policies in force are picked beforehand by
//! (home, resource, kind), which is Cedar's best case. *One policy*: a single static policy over
//! blocks that are entities with set attributes. Groups, applications and tenants are parent
//! entities. Above S only what the sampled requests need is loaded.

mod model;

use cedar_policy::{Authorizer, Decision, Entities, PolicySet, Request, Response};
use workload::measure::{self, Variant, in_turns, sized};
use workload::{SEED, Workload, scale};

use crate::model::{Asked, OnePolicy, Slices, Types};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

const USAGE: &str = "decide-cedar SCALE [--requests N] [--passes N]";

fn main() {
    let (mut name, mut requests, mut passes) = ("S".to_owned(), 20_000, 5);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).expect(USAGE);
        match arg.as_str() {
            "--requests" => requests = number(),
            "--passes" => passes = number(),
            scale => name = scale.to_owned(),
        }
    }
    let w = Workload::generate(scale(&name), SEED);
    let sample = w.requests(requests, SEED);
    let expected = w.allowed(&sample, &sample.list);
    let types = Types::new();
    let asked: Vec<Asked> = sample
        .list
        .iter()
        .map(|q| Asked::new(q, sample.groups(q)))
        .collect();
    let cedar = Authorizer::new();
    let authorize = |request: &Request, policies: &PolicySet, entities: &Entities| {
        allowed(&cedar.is_authorized(request, policies, entities))
    };

    let (slices, bytes) = sized(|| Slices::build(&w, &sample.list));
    let configs = slices.configurations();
    let built: Vec<(Request, Entities)> = asked.iter().map(|asked| asked.built(&types)).collect();
    let mut variants = [
        Variant::new("Cedar, slices, whole call", || {
            let calls = asked.iter().enumerate().map(|(at, asked)| {
                let (request, entities) = asked.built(&types);
                authorize(&request, slices.of(at), &entities)
            });
            calls.sum()
        }),
        Variant::new("Cedar, slices, evaluation alone", || {
            let calls = built.iter().enumerate();
            calls
                .map(|(at, (request, entities))| authorize(request, slices.of(at), entities))
                .sum()
        }),
    ];
    in_turns(&name, requests, expected, passes, &mut variants);
    measure::memory(&name, "Cedar, slices", bytes, configs);
    drop(variants);
    drop((built, slices));

    let (one, bytes) = sized(|| OnePolicy::build(&w, &sample.list, &types));
    let built: Vec<(Request, Entities)> = asked
        .iter()
        .zip(&sample.list)
        .map(|(asked, q)| one.built(asked, q, &types))
        .collect();
    let mut variants = [
        Variant::new("Cedar, one policy, whole call", || {
            let calls = asked.iter().zip(&sample.list).map(|(asked, q)| {
                let (request, entities) = one.built(asked, q, &types);
                authorize(&request, &one.policies, &entities)
            });
            calls.sum()
        }),
        Variant::new("Cedar, one policy, evaluation alone", || {
            let calls = built.iter();
            calls
                .map(|(request, entities)| authorize(request, &one.policies, entities))
                .sum()
        }),
    ];
    in_turns(&name, requests, expected, passes, &mut variants);
    measure::memory(&name, "Cedar, one policy", bytes, one.configurations());
}

fn allowed(response: &Response) -> u64 {
    assert!(
        response.diagnostics().errors().next().is_none(),
        "a policy could not be evaluated"
    );
    u64::from(response.decision() == Decision::Allow)
}
