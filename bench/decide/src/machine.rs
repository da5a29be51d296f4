//! What the machine itself can do: how long one dependent load takes, by working set, and how fast
//! memory is read in order. These explain the other figures.

use std::hint::black_box;
use std::time::Instant;

use workload::random::Rng;

/// Prints both.
pub fn describe() {
    println!("\n| working set | dependent load, ns |\n| ---: | ---: |");
    for kib in [24usize, 512, 8 << 10, 24 << 10, 128 << 10, 1 << 20] {
        println!("| {kib} KiB | {:.2} |", dependent_load(kib * 1024 / 64));
    }
    println!("| 1 GiB in order | {:.1} GB/s |", read_in_order());
}

/// Follows a random cycle through `lines` cache lines.
fn dependent_load(lines: usize) -> f64 {
    let mut r = Rng::new(1);
    let mut order: Vec<u32> = (0..lines as u32).collect();
    for i in (1..lines).rev() {
        order.swap(i, r.below(i as u32 + 1) as usize);
    }
    let mut memory = vec![[0u32; 16]; lines];
    for i in 0..lines {
        memory[order[i] as usize][0] = order[(i + 1) % lines];
    }
    let loads = lines.max(4_000_000);
    let mut at = 0u32;
    median_of_five(|| {
        let start = Instant::now();
        for _ in 0..loads {
            at = memory[at as usize][0];
        }
        black_box(at);
        start.elapsed().as_nanos() as f64 / loads as f64
    })
}

fn read_in_order() -> f64 {
    let memory = vec![1u64; 1 << 27];
    median_of_five(|| {
        let start = Instant::now();
        black_box(memory.iter().fold(0u64, |sum, x| sum.wrapping_add(*x)));
        (memory.len() * 8) as f64 / start.elapsed().as_nanos() as f64
    })
}

fn median_of_five(mut run: impl FnMut() -> f64) -> f64 {
    let mut times: [f64; 5] = std::array::from_fn(|_| run());
    times.sort_by(f64::total_cmp);
    times[2]
}
