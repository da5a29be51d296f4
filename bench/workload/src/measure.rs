//! Timing and counting, shared by all benchmarks.
//!
//! A *variant* is one way to answer the whole stream. Variants that are to be compared are run in
//! turns, pass by pass, so that a noisy neighbour hits all of them; the median counts. Besides the
//! table for people every figure is printed once more for programs, on a line that begins with
//! [`MARK`].

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use crate::settings::{Scale, scale};

/// Begins a line for programs: tab-separated scale, name, requests per pass, median, minimum and
/// maximum in nanoseconds per decision.
pub const MARK: &str = "#figure";

/// Begins a line for programs: tab-separated scale, name, bytes per partner configuration.
pub const MEMORY_MARK: &str = "#memory";

/// Begins a line of the page people read: Markdown, ready.
pub const PAGE_MARK: &str = "#page";

/// What the benchmarks of the general engines are asked for on the command line.
pub struct Sample {
    pub scale: Scale,
    pub requests: usize,
    pub passes: usize,
}

impl Sample {
    /// `SCALE [--requests N] [--passes N]`.
    pub fn from_args(program: &str, requests: usize, passes: usize) -> Sample {
        let usage = format!("{program} SCALE [--requests N] [--passes N]");
        let mut sample = Sample {
            scale: scale("S"),
            requests,
            passes,
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut number = || args.next().and_then(|n| n.parse().ok()).expect(&usage);
            match arg.as_str() {
                "--requests" => sample.requests = number(),
                "--passes" => sample.passes = number(),
                name => sample.scale = scale(name),
            }
        }
        sample
    }
}

/// One way to answer the stream. `run` answers all of it once and returns how many requests were
/// allowed.
pub struct Variant<'a> {
    pub name: &'static str,
    pub run: Box<dyn FnMut() -> u64 + 'a>,
}

impl<'a> Variant<'a> {
    pub fn new(name: &'static str, run: impl FnMut() -> u64 + 'a) -> Self {
        Variant {
            name,
            run: Box::new(run),
        }
    }
}

/// Runs the variants in turns, `passes` times after one warm-up, asserts that each of them allows
/// `expected` requests in every pass, and prints the medians, which it also returns.
pub fn in_turns(
    scale: &str,
    requests: usize,
    expected: u64,
    passes: usize,
    variants: &mut [Variant<'_>],
) -> Vec<f64> {
    let mut times: Vec<Vec<f64>> = vec![Vec::with_capacity(passes); variants.len()];
    for pass in 0..=passes {
        for (variant, times) in variants.iter_mut().zip(&mut times) {
            let clock = Clock::start();
            let allowed = black_box((variant.run)());
            let elapsed = clock.elapsed() / requests as f64;
            assert_eq!(
                allowed, expected,
                "`{}` disagrees with the oracle",
                variant.name
            );
            if pass > 0 {
                times.push(elapsed);
            }
        }
    }
    println!("\n| {scale}, {requests} requests | median ns | min | max |");
    println!("| --- | ---: | ---: | ---: |");
    let mut medians = Vec::with_capacity(variants.len());
    for (variant, times) in variants.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let (median, min, max) = (times[passes / 2], times[0], times[passes - 1]);
        println!("| {} | {median:.1} | {min:.1} | {max:.1} |", variant.name);
        medians.push(median);
        println!(
            "{MARK}\t{scale}\t{}\t{requests}\t{median:.2}\t{min:.2}\t{max:.2}",
            variant.name
        );
    }
    medians
}

/// Measures the processor time of this thread, so that a machine that is shared does not count what
/// others did meanwhile; where the system does not tell, the time on the wall.
pub struct Clock {
    wall: Instant,
    processor: Option<u64>,
}

impl Clock {
    pub fn start() -> Clock {
        Clock {
            processor: Clock::processor_time(),
            wall: Instant::now(),
        }
    }

    /// Nanoseconds since the start.
    pub fn elapsed(&self) -> f64 {
        let wall = self.wall.elapsed();
        match (self.processor, Clock::processor_time()) {
            (Some(start), Some(now)) => (now - start) as f64,
            _ => wall.as_nanos() as f64,
        }
    }

    fn processor_time() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok()
    }
}

/// Prints what one partner configuration costs in memory.
pub fn memory(scale: &str, name: &str, bytes: usize, configs: usize) {
    let each = bytes as f64 / configs as f64;
    println!(
        "{name}: {each:.0} bytes per partner configuration, {:.1} MB in all",
        bytes as f64 / 1e6
    );
    println!("{MEMORY_MARK}\t{scale}\t{name}\t{each:.1}");
}

/// Counts what is allocated: `#[global_allocator] static ALLOCATOR: Counting = Counting;`
pub struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);

/// Bytes allocated and not freed yet.
pub fn live() -> usize {
    LIVE.load(Relaxed)
}

/// Builds something and says how many bytes it keeps.
pub fn sized<T>(build: impl FnOnce() -> T) -> (T, usize) {
    let before = live();
    let built = build();
    (built, live().saturating_sub(before))
}

// SAFETY: every call is handed on unchanged to the system allocator; only sizes are added up.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LIVE.fetch_add(size, Relaxed);
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.realloc(place, layout, size) }
    }
}
