//! The difference of two settings against every request there can be.
//!
//! This compares a thousand pairs. For a million: `cargo run --release -p comity-preview --example
//! enumerate -- 1000000`.

#![expect(clippy::indexing_slicing, reason = "a generator may fail loudly")]

#[path = "../../../policy/tests/equality/choices.rs"]
mod choices;
mod enumeration;
mod pairs;

use choices::Choices;
use enumeration::Counts;

/// Most of the pairs differ in few settings, as changes do.
#[test]
fn every_request_whose_answer_changes_is_in_exactly_one_region_and_no_other_request_is() {
    let mut counts = Counts::default();
    for seed in 0..1_000 {
        let pair = pairs::pair(&mut Choices::stream(seed));
        let compared = enumeration::compare(&pair);
        counts.add(compared.unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}")));
    }
    assert!(counts.changed > 100_000 && counts.equal > 20, "{counts:?}");
}
