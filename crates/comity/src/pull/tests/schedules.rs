//! A thousand pulls, each with other troubles, leave what an undisturbed one leaves.

use std::collections::BTreeMap;
use std::future::Future;
use std::io::Write;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use super::endpoint::{Endpoint, Fault, undisturbed};
use super::*;
use crate::pull::folder::{CHECKPOINT, ROWS};

/// How many schedules there are.
const SCHEDULES: u64 = 1000;
/// Nothing takes as many attempts.
const ATTEMPTS: usize = 1000;
/// One schedule in so many waits for the disk as well.
const DISK: u64 = 50;

/// Numbers that are the same for the same seed (SplitMix64).
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    fn small(&mut self) -> u8 {
        u8::try_from(self.below(100)).unwrap()
    }

    /// What is wrong with an answer of an endpoint of which so many in a hundred are wrong.
    fn fault(&mut self, share: u64) -> Option<Fault> {
        if self.below(100) >= share {
            return None;
        }
        Some(match self.below(13) {
            0 | 1 => Fault::TooMany,
            2 => Fault::Broken,
            3 => Fault::Away,
            4 => Fault::Cut(self.small()),
            5 => Fault::Half(self.small()),
            6 => Fault::Garbage,
            7 => Fault::ErrorAsPage,
            8 => Fault::Closed,
            9 => Fault::Expired,
            10 => Fault::Overlap(self.small() % 20),
            11 => Fault::Stale(400),
            _ => Fault::Stale(410),
        })
    }
}

/// How often something happened, by its name.
#[derive(Default)]
struct Happened(BTreeMap<String, u64>);

impl Happened {
    fn count(&mut self, what: &str) {
        *self.0.entry(what.to_owned()).or_default() += 1;
    }
}

/// Lets it come so far, and drops it.
async fn killed<T>(work: impl Future<Output = T>, steps: u64) -> Option<T> {
    let mut work = pin!(work);
    let mut left = steps;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// What a process leaves that was killed while it wrote: rows without a checkpoint that speaks of
/// them, the last of them in part, and half a checkpoint.
fn tear(place: &Place, dice: &mut Dice, happened: &mut Happened) {
    let Ok(text) = std::fs::read(place.0.join(CHECKPOINT)) else {
        return;
    };
    let checkpoint: serde_json::Value = serde_json::from_slice(&text).unwrap();
    if checkpoint["open"].is_null() {
        return;
    }
    let whole = undisturbed();
    let length = usize::try_from(checkpoint["length"].as_u64().unwrap()).unwrap();
    if dice.below(2) == 0 && length < whole.len() {
        let rest = &whole.as_bytes()[length..];
        let torn = usize::try_from(dice.below(rest.len() as u64)).unwrap();
        // The next answer need not be the one that was being written.
        let start = match dice.below(2) {
            0 => 0,
            _ => torn / 3,
        };
        let mut rows = std::fs::OpenOptions::new();
        let mut rows = rows.append(true).open(place.0.join(ROWS)).unwrap();
        rows.set_len(length as u64).unwrap();
        rows.write_all(&rest[start..torn]).unwrap();
        happened.count("torn rows");
    }
    if dice.below(3) == 0 {
        let half = &text[..usize::try_from(dice.below(text.len() as u64)).unwrap()];
        std::fs::write(place.0.join(".comity-pull.json.new"), half).unwrap();
        happened.count("half a checkpoint");
    }
}

async fn survive(seed: u64, client: &Client, happened: &Arc<Mutex<Happened>>) {
    let mut dice = Dice(seed);
    let share = dice.below(70);
    let (mut faults, counted) = (dice.clone(), Arc::clone(happened));
    let endpoint = Endpoint::with(move || {
        let fault = faults.fault(share);
        if let Some(fault) = fault {
            let name = format!("{fault:?}");
            let name = name.split('(').next().unwrap();
            counted.lock().unwrap().count(name);
        }
        fault
    })
    .await;
    let place = Place::new();
    let durability = match seed % DISK {
        0 => Durability::Disk,
        _ => Durability::System,
    };
    let asked = january();
    for _ in 0..ATTEMPTS {
        let work = pull(client, &endpoint, &place, &asked, durability);
        let steps = match dice.below(3) {
            0 => u64::MAX,
            _ => 1 + dice.below(16),
        };
        match killed(work, steps).await {
            Some(Ok((windows, _))) => {
                assert_eq!(windows.len(), 1, "seed {seed}");
                assert_eq!(place.rows(), undisturbed(), "seed {seed}");
                let checkpoint = place.checkpoint();
                assert!(checkpoint["open"].is_null(), "seed {seed}: {checkpoint}");
                assert_eq!(checkpoint["reached"], "2026-01-31T00:00:00Z");
                return;
            }
            Some(Err(_)) => happened.lock().unwrap().count("given up"),
            None => {
                let happened = &mut *happened.lock().unwrap();
                happened.count("killed");
                tear(&place, &mut dice, happened);
            }
        }
    }
    unreachable!("seed {seed} never came to its end");
}

#[tokio::test]
async fn a_thousand_troubled_pulls_leave_what_an_undisturbed_one_leaves() {
    let client = client();
    let happened = Arc::default();
    for seed in 0..SCHEDULES {
        survive(seed, &client, &happened).await;
    }
    let happened = &happened.lock().unwrap().0;
    println!("{happened:?}");
    let troubles = [
        "TooMany",
        "Broken",
        "Away",
        "Cut",
        "Half",
        "Garbage",
        "ErrorAsPage",
        "Closed",
        "Expired",
        "Overlap",
        "Stale",
        "killed",
        "torn rows",
        "half a checkpoint",
    ];
    for trouble in troubles {
        let times = happened.get(trouble).copied().unwrap_or_default();
        assert!(times >= SCHEDULES / 4, "{trouble} happened {times} times");
    }
}
