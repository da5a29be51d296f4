//! Comity asked over HTTP answers as Comity asked with files: the policy tests, an export of
//! hundreds of partners, and the subcommands with `--server`.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod command;
mod documents;
mod drafts;
mod elsewhere;
mod export;
mod history;
mod house;
mod journeys;
mod lint;
mod plan;
mod pull;
mod sync;
mod sync_elsewhere;
mod transfer;
mod vectors;
