//! The program as a process, from the outside: over TLS, with clients that mean no good, disks that
//! fill up, databases that are lost, and at last killed.
//!
//! Nothing here sleeps: whatever is waited for is asked for until a deadline that nobody reaches.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod bodies;
mod client;
#[path = "../../../store/tests/backends/cluster.rs"]
#[allow(dead_code, reason = "the tests of the store use the rest")]
mod cluster;
mod crash;
mod disk;
mod floods;
mod frames;
mod lost;
mod partners;
mod program;
mod scripts;
mod shutdown;
mod sign_ins;
mod slow;
