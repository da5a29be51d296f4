//! Telling how cases ended: to people, to programs, and to build servers.

mod human;
mod json;
mod junit;

pub use human::{Colour, human};
pub use json::json;
pub use junit::junit;
