//! The demo world keeps the law, its stories hold, and its logs agree with its settings.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod handout;
mod logs;
mod settings;
mod stories;

use super::Demo;

fn demo() -> Demo {
    Demo::read().unwrap()
}
