//! The decision by the product, by the floors and by naive Rust, in one process on one stream.
//!
//!     cargo run --release -p decide -- SCALE… [--requests N] [--passes N] [--machine] [--quick]
//!
//! The variants that are compared run in turns, pass by pass, and each must allow as many requests
//! as the oracle does. `--machine` prints what memory itself can do first; `--quick` leaves out all
//! but the product and its yardstick.

use decide::floor_guid::FloorGuid;
use decide::floor_id::FloorId;
use decide::guid_request::GuidRequests;
use decide::machine;
use decide::naive::Naive;
use decide::naive_set::NaiveSet;
use decide::naive_text::{NaiveText, TextRequest};
use decide::product::Product;
use workload::measure::{self, Variant, in_turns, sized};
use workload::{Requests, SEED, Scale, Workload, scale};

#[global_allocator]
static ALLOCATOR: measure::Counting = measure::Counting;

const USAGE: &str = "decide SCALE… [--requests N] [--passes N] [--machine] [--quick]";

/// The stream of a naive version that is thousands of times slower than the rest need not be long.
const TEXT_REQUESTS: usize = 100_000;

fn main() {
    let mut scales: Vec<Scale> = Vec::new();
    let mut requests = 1_000_000;
    let mut passes = 7;
    let mut quick = false;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).expect(USAGE);
        match arg.as_str() {
            "--requests" => requests = number(),
            "--passes" => passes = number(),
            "--machine" => machine::describe(),
            "--quick" => quick = true,
            name => scales.push(scale(name)),
        }
    }
    for scale in scales {
        run(scale, requests, passes, quick);
    }
}

fn run(scale: Scale, count: usize, passes: usize, quick: bool) {
    let w = Workload::generate(scale, SEED);
    let requests = w.requests(count, SEED);
    let expected = w.allowed(&requests, &requests.list);
    println!(
        "\n{}: {} tenants, {} partner configurations, {} targets; {count} requests, {expected} of them allowed",
        scale.name,
        w.tenants,
        w.partners.len(),
        w.arena.len(),
    );
    let run = Run {
        scale: scale.name,
        passes,
        expected,
        w,
        requests,
    };
    let guid_requests = GuidRequests::new(&run.requests);
    run.product_and_floor(&guid_requests);
    if quick {
        return;
    }
    run.floor_id();
    run.naive(&guid_requests);
    // Beyond M these take more memory than the machine has, or more time than they are worth.
    if scale.name != "L" {
        run.naive_set(&guid_requests);
        drop(guid_requests);
        run.naive_text();
    }
}

struct Run {
    scale: &'static str,
    passes: usize,
    expected: u64,
    w: Workload,
    requests: Requests,
}

impl Run {
    fn memory(&self, name: &str, bytes: usize) {
        measure::memory(self.scale, name, bytes, self.w.partners.len());
    }

    fn measure(&self, variants: &mut [Variant<'_>]) {
        let count = self.requests.list.len();
        in_turns(self.scale, count, self.expected, self.passes, variants);
    }

    fn product_and_floor(&self, requests: &GuidRequests) {
        let (product, product_bytes) = sized(|| Product::build(&self.w, requests));
        let (floor, floor_bytes) = sized(|| FloorGuid::build(&self.w));
        self.measure(&mut [
            Variant::new("product", || requests.count(|q, g| product.decide(q, g))),
            Variant::new("floor", || requests.count(|q, g| floor.decide(q, g))),
            Variant::new("floor, batches of 16", || floor.count_in_batches(requests)),
        ]);
        self.memory("product", product_bytes);
        self.memory("floor", floor_bytes);
    }

    fn floor_id(&self) {
        let (floor, bytes) = sized(|| FloorId::build(&self.w));
        let requests = &self.requests;
        let count = || {
            let answers = requests.list.iter();
            answers
                .map(|q| floor.decide(q, requests.groups(q)) as u64)
                .sum()
        };
        self.measure(&mut [Variant::new("floor, ids numbered beforehand", count)]);
        self.memory("floor, ids numbered beforehand", bytes);
    }

    fn naive(&self, requests: &GuidRequests) {
        let (naive, bytes) = sized(|| Naive::build(&self.w));
        self.measure(&mut [Variant::new("naive, lists", || {
            requests.count(|q, g| naive.decide(q, g))
        })]);
        self.memory("naive, lists", bytes);
    }

    fn naive_set(&self, requests: &GuidRequests) {
        let (naive, bytes) = sized(|| NaiveSet::build(&self.w));
        self.measure(&mut [Variant::new("naive, hash sets", || {
            requests.count(|q, g| naive.decide(q, g))
        })]);
        self.memory("naive, hash sets", bytes);
    }

    fn naive_text(&self) {
        let some = &self.requests.list[..self.requests.list.len().min(TEXT_REQUESTS)];
        let texts: Vec<TextRequest> = some
            .iter()
            .map(|q| TextRequest::new(&self.requests, q))
            .collect();
        let expected = self.w.allowed(&self.requests, some);
        let (naive, bytes) = sized(|| NaiveText::build(&self.w));
        let count = || texts.iter().map(|q| naive.decide(q) as u64).sum();
        let mut variants = [Variant::new("naive, text", count)];
        in_turns(
            self.scale,
            texts.len(),
            expected,
            self.passes,
            &mut variants,
        );
        self.memory("naive, text", bytes);
    }
}
