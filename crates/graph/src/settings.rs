//! The settings of one tenant as Graph writes them: policy, default, partner, synchronization.
//!
//! Reading has two moods. A world or a request is written by hand, so a member nobody knows is a
//! slip of the pen and refused by name ([`Mode::Strict`]). An export is what the service said, and
//! the service says more every year, so what this product does not treat is kept and given back
//! ([`Mode::Import`]). Either way nothing is read that the rules of a block (S4) refuse: a half
//! that is not understood never becomes one that is merely different.

pub mod block;
pub mod consent;
pub mod defaults;
pub mod partner;
pub mod redemption;
pub mod root;
pub mod shape;
pub mod synchronization;
pub mod trust;
mod untreated;

pub use untreated::customizes;
pub(crate) use untreated::json_text;

/// What happens to members this product does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are refused by name and path; annotations are ignored.
    Strict,
    /// They are kept wherever the settings have room for them, annotations too.
    Import,
}

/// For whom settings are rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As GET answers: every member of v1.0, effective values in the default, null for what a
    /// partner entry inherits. Annotations are left to whoever knows the address of the server.
    Answer,
    /// As a file that is read back into the same settings: what is stored, and nothing made up.
    Export,
    /// As somebody writes a world by hand: only what is stated.
    World,
}
