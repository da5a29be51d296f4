//! One part of `cargo xtask test`: a headline, the work, and how long it took.

use std::time::{Duration, Instant};

/// A part that ran.
pub(crate) struct Part {
    /// What it is called.
    pub(crate) name: &'static str,
    /// How long it took.
    pub(crate) took: Duration,
    /// Why it failed, if it did.
    pub(crate) failure: Option<anyhow::Error>,
}

impl Part {
    /// Prints the headline, does the work and takes the time.
    pub(crate) fn run(name: &'static str, work: impl FnOnce() -> anyhow::Result<()>) -> Self {
        println!("\n== {name}");
        let start = now();
        let failure = work().err();
        Self {
            name,
            took: start.elapsed(),
            failure,
        }
    }
}

/// Now, for telling people what they waited for.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a chore took is not part of the product"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}
