//! The decision by Cedar.
//!
//!     cargo run --release -p decide-cedar -- SCALE [--requests N] [--passes N]
//!
//! Three ways to use it: a slice of policies per pair of tenants, made beforehand; one static policy
//! with the blocks as entities; and at S the whole set of policies at once. "Whole call" begins with
//! the ids of the request, "evaluation alone" with everything built. Policies and entities exist for
//! the sampled requests only.

mod block_entities;
mod entities;
mod policy_text;

use std::collections::HashMap;
use std::str::FromStr;

use block_entities::PairBlocks;
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Policy, PolicyId, PolicySet, Response,
};
use entities::{Asked, Types};
use workload::measure::{self, Sample, Variant, in_turns, sized};
use workload::{Request, Requests, SEED, Workload, sides};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

/// The whole set of policies takes so long that fewer requests must do.
const WHOLE_SET_REQUESTS: usize = 500;

fn main() {
    let sample = Sample::from_args("decide-cedar", 20_000, 5);
    let w = Workload::generate(sample.scale, SEED);
    let requests = w.requests(sample.requests, SEED);
    let expected = w.allowed(&requests, &requests.list);
    println!(
        "cedar-policy 4.14.1, {}: {expected} of {} allowed",
        sample.scale.name, sample.requests
    );
    let types = Types::new();
    let run = Run {
        asked: requests
            .list
            .iter()
            .map(|q| Asked::new(&requests, q))
            .collect(),
        authorizer: Authorizer::new(),
        sample,
        w,
        requests,
        types,
        expected,
    };
    run.slices();
    run.blocks_as_entities();
    if run.sample.scale.name == "S" {
        run.whole_set();
    }
}

struct Run {
    sample: Sample,
    w: Workload,
    requests: Requests,
    asked: Vec<Asked>,
    types: Types,
    authorizer: Authorizer,
    expected: u64,
}

type Built = (cedar_policy::Request, Entities);

fn allowed(response: Response) -> u64 {
    debug_assert!(response.diagnostics().errors().next().is_none());
    (response.decision() == Decision::Allow) as u64
}

impl Run {
    fn build(&self, asked: &Asked) -> Built {
        let request = asked.request(&self.types, Context::empty());
        (request, asked.entities(&self.types, &[]))
    }

    fn measure(&self, variants: &mut [Variant<'_>]) {
        let Sample {
            scale,
            requests,
            passes,
        } = self.sample;
        in_turns(scale.name, requests, self.expected, passes, variants);
    }

    /// The policies of each pair of tenants, and which of them each request asks.
    fn texts(&self) -> (Vec<String>, Vec<usize>) {
        let mut texts = Vec::new();
        let mut known = HashMap::new();
        let mut at = Vec::new();
        for q in &self.requests.list {
            let key = (q.home, q.resource, q.direct_connect);
            at.push(*known.entry(key).or_insert_with(|| {
                texts.push(self.text(q));
                texts.len() - 1
            }));
        }
        (texts, at)
    }

    fn text(&self, q: &Request) -> String {
        let (outbound, inbound) = sides(q.direct_connect);
        let policy =
            |block| policy_text::of_pair(&self.w, block, q.home, q.resource, q.direct_connect);
        let home = policy(self.w.effective(q.home, q.resource, outbound));
        let resource = policy(self.w.effective(q.resource, q.home, inbound));
        format!("{}{home}{resource}", policy_text::BASE)
    }

    fn slices(&self) {
        let (texts, at) = self.texts();
        let (sets, bytes) = sized(|| {
            let parsed = texts
                .iter()
                .map(|text| PolicySet::from_str(text).expect("legal policies"));
            parsed.collect::<Vec<PolicySet>>()
        });
        // A slice holds two of the four blocks of two configurations.
        let scale = self.sample.scale.name;
        measure::memory(scale, "cedar, slice per pair", bytes * 2, sets.len());
        let stored: Vec<[Policy; 3]> = texts.iter().map(|text| stored(text)).collect();
        let built: Vec<Built> = self.asked.iter().map(|asked| self.build(asked)).collect();
        let authorize = |(request, entities): &Built, set: &PolicySet| {
            allowed(self.authorizer.is_authorized(request, set, entities))
        };
        self.measure(&mut [
            Variant::new("cedar, slice per pair, evaluation alone", || {
                let answers = built.iter().zip(&at);
                answers
                    .map(|(built, &slice)| authorize(built, &sets[slice]))
                    .sum()
            }),
            Variant::new("cedar, slice per pair, whole call", || {
                let answers = self.asked.iter().zip(&at);
                answers
                    .map(|(asked, &slice)| authorize(&self.build(asked), &sets[slice]))
                    .sum()
            }),
            Variant::new("cedar, slice put together per request, whole call", || {
                let answers = self.asked.iter().zip(&at).map(|(asked, &slice)| {
                    let set = PolicySet::from_policies(stored[slice].clone());
                    authorize(&self.build(asked), &set.expect("distinct policies"))
                });
                answers.sum()
            }),
        ]);
    }

    fn blocks_as_entities(&self) {
        let policy = PolicySet::from_str(block_entities::POLICY).expect("a legal policy");
        let key = |q: &Request| (q.home, q.resource, q.direct_connect);
        let (blocks, bytes) = sized(|| {
            let mut blocks = HashMap::new();
            for q in &self.requests.list {
                let pair = || PairBlocks::new(&self.w, &self.types, q);
                blocks.entry(key(q)).or_insert_with(pair);
            }
            blocks
        });
        let scale = self.sample.scale.name;
        measure::memory(scale, "cedar, blocks as entities", bytes * 2, blocks.len());
        let asked = || self.asked.iter().zip(&self.requests.list);
        let build = |asked: &Asked, q: &Request| {
            let pair = &blocks[&key(q)];
            let request = asked.request(&self.types, pair.context.clone());
            (request, asked.entities(&self.types, &pair.entities))
        };
        let authorize = |(request, entities): &Built| {
            allowed(self.authorizer.is_authorized(request, &policy, entities))
        };
        let built: Vec<Built> = asked().map(|(asked, q)| build(asked, q)).collect();
        self.measure(&mut [
            Variant::new("cedar, blocks as entities, evaluation alone", || {
                built.iter().map(authorize).sum()
            }),
            Variant::new("cedar, blocks as entities, whole call", || {
                asked().map(|(asked, q)| authorize(&build(asked, q))).sum()
            }),
        ]);
    }

    fn whole_set(&self) {
        let text = policy_text::everything(&self.w);
        let (all, bytes) = sized(|| PolicySet::from_str(&text).expect("legal policies"));
        let scale = self.sample.scale.name;
        measure::memory(scale, "cedar, whole set", bytes, self.w.partners.len());
        let some = &self.requests.list[..self.requests.list.len().min(WHOLE_SET_REQUESTS)];
        let built: Vec<Built> = self.asked[..some.len()]
            .iter()
            .map(|asked| self.build(asked))
            .collect();
        let expected = self.w.allowed(&self.requests, some);
        let count = || {
            let answers = built.iter().map(|(request, entities)| {
                allowed(self.authorizer.is_authorized(request, &all, entities))
            });
            answers.sum()
        };
        let mut variants = [Variant::new("cedar, whole set, evaluation alone", count)];
        in_turns(scale, some.len(), expected, 3, &mut variants);
    }
}

/// The three policies of a slice, each with an id of its own.
fn stored(text: &str) -> [Policy; 3] {
    let mut lines = text
        .lines()
        .zip(["base", "out", "in"])
        .map(|(line, id)| Policy::parse(Some(PolicyId::new(id)), line).expect("a legal policy"));
    std::array::from_fn(|_| lines.next().expect("three policies"))
}
