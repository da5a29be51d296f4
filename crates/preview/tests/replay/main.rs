//! A thousand labelled changes: what a replay of the log says, beside what the plain evaluator answers
//! when it is told everything that the log leaves out.

#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a test may fail loudly"
)]

// The generator of worlds is the law's own; there the crate goes by its full name.
extern crate policy as comity_policy;

#[path = "../../../policy/tests/equality/choices.rs"]
mod choices;
#[path = "../../../policy/tests/equality/conditions.rs"]
mod conditions;
#[path = "../../../policy/tests/equality/ids.rs"]
mod ids;
mod labelled;
#[path = "../../../policy/tests/equality/people.rs"]
mod people;
#[path = "../../../policy/tests/equality/settings.rs"]
mod settings;
#[path = "../../../policy/tests/equality/worlds.rs"]
mod worlds;
