//! The workload of the benchmarks: tenants, their settings, requests and sign-in logs, the same on
//! every machine.
//!
//! The same scale and seed give the same bytes everywhere. Entities are dense indices; their GUIDs
//! are a keyed mix of (kind, tenant, index), so that nothing but indices is stored and every engine
//! may ask for GUIDs, strings or indices. No dependencies, and nothing of the product: a mistake
//! there cannot hide in here.

pub mod entity;
pub mod json;
pub mod measure;
pub mod month;
pub mod oracle;
pub mod random;
pub mod request;
pub mod settings;
pub mod signin_log;
pub mod target_list;

pub use entity::*;
pub use request::{Request, Requests, user_groups};
pub use settings::*;
pub use target_list::{Part, Target};

/// Everything is generated from this.
pub const SEED: u64 = 42;
