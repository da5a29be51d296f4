//! The exact difference of two states of a tenant with ten thousand partners.
//!
//!     cargo xtask bench difference [--no-write]
//!
//! Beside each change stands what it costs to find out which entries are not the same, property by
//! property, which says nothing about requests. The two take turns;
//! times are of the processor, medians.

mod settings;

use std::hint::black_box;

use policy::settings::Policy;
use policy::tenant::Cloud;
use policy::world::{Suites, Tenant, World};
use preview::difference::{Difference, between};
use workload::measure::{Clock, PAGE_MARK};

use settings::{OWN, Settings};

/// The delivered program's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PARTNERS: usize = 10_000;
const PASSES: usize = 15;
/// What was promised, in milliseconds.
const WITHIN: f64 = 100.0;

fn main() {
    let world = world();
    let before = Settings::new(PARTNERS);
    let state = before.policy();
    let changes = [
        ("nothing", before.clone(), false),
        ("a list of one partner in ten", before.with_lists(10), true),
        (
            "a list of one partner in ten, and all five defaults",
            before.with_lists(10).with_defaults(),
            true,
        ),
        (
            "one partner in ten is removed, and as many are added",
            before.with_others(10),
            true,
        ),
        (
            "every list of every partner",
            before.with_everything(),
            false,
        ),
    ];
    line(&format!(
        "| {PARTNERS} partners; what changes | boxes | exact difference | which entries are not the same |"
    ));
    line("| --- | ---: | ---: | ---: |");
    let mut slowest = 0.0_f64;
    for (what, after, is_promised) in changes {
        // Built anew: two exports share no memory.
        let after = after.policy();
        let (found, times) = measured(&world, &state, &after);
        let [difference, entries] = times;
        if is_promised {
            slowest = slowest.max(difference);
        }
        line(&format!(
            "| {what} | {} | {:.1} ms | {:.1} ms |",
            found.regions.len(),
            difference,
            entries
        ));
    }
    let verdict = if slowest <= WITHIN {
        "holds"
    } else {
        "**missed**"
    };
    line("");
    line("| promise | measured | |");
    line("| --- | ---: | --- |");
    line(&format!(
        "| {PARTNERS} partners, one in ten changed: within {} ms | {:.1} ms | {verdict} |",
        WITHIN, slowest
    ));
}

/// The difference, and the medians, in milliseconds, of finding it and of comparing entry by entry.
fn measured(world: &World, before: &Policy, after: &Policy) -> (Difference, [f64; 2]) {
    let mut found = Difference::default();
    let mut times = [Vec::new(), Vec::new()];
    for pass in 0..=PASSES {
        let clock = Clock::start();
        found = black_box(between(world, OWN, before, after));
        let difference = clock.elapsed() / 1e6;
        let clock = Clock::start();
        black_box(entries(before, after));
        let entries = clock.elapsed() / 1e6;
        // The first pass warms up.
        if pass > 0 {
            times[0].push(difference);
            times[1].push(entries);
        }
    }
    let median = |mut list: Vec<f64>| {
        list.sort_by(f64::total_cmp);
        list[list.len() / 2]
    };
    (found, times.map(median))
}

/// How many entries are not the same.
fn entries(before: &Policy, after: &Policy) -> usize {
    let changed = before
        .partners
        .iter()
        .filter(|old| after.partners.get(old.tenant) != Some(old));
    let added = after
        .partners
        .iter()
        .filter(|new| before.partners.get(new.tenant).is_none());
    changed.count() + added.count() + usize::from(before.defaults != after.defaults)
}

fn world() -> World {
    let mut world = World {
        suites: Suites {
            office365: settings::suite(20),
            all_microsoft_apps: settings::suite(40),
            direct_connect_capable: settings::suite(5),
        }
        .into(),
        ..World::default()
    };
    world
        .tenants
        .insert(OWN, Tenant::registered(OWN, Cloud::Commercial));
    world
}

/// A line of the page, shown as well.
fn line(text: &str) {
    println!("{text}");
    println!("{PAGE_MARK}\t{text}");
}
