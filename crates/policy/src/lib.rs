//! What cross-tenant access is: the law of `docs/semantics` as pure functions.
//!
//! Contoso lets Adele of Fabrikam in. Two tenants have a say: Fabrikam, where her account lives,
//! by its *outbound* settings, and Contoso, which owns what she wants, by its *inbound* settings.
//! Each has a default configuration and, for tenants it has singled out, a partner entry that
//! overrides the default property by property. This crate answers, for a [`world::World`] of such
//! tenants and one request, whether access is allowed, blocked or needs one more step, and why.
//!
//! It knows no JSON, no HTTP, no database, no clock and no randomness; it cannot fail except by
//! refusing a value. Clause numbers (S3.5 …) are those of `docs/semantics.md`.

pub mod action;
pub mod administer;
mod applicability;
pub mod audit;
pub mod authorization;
pub mod block;
pub mod compiled;
pub mod conditional_access;
pub mod decision;
pub mod draft;
pub mod effect;
pub mod explain;
mod gate;
pub mod governance;
mod grant;
pub mod guid;
pub mod invitation;
pub mod joining;
pub mod matching;
pub mod membership;
pub mod multitenant;
pub mod reason;
pub mod redemption;
pub mod related;
pub mod resolve;
pub mod role;
pub mod roll;
pub mod row;
mod rows;
pub mod settings;
pub mod sign_in;
pub mod synchronization;
pub mod target;
pub mod tenant;
pub mod tenant_restrictions;
pub mod validate;
pub mod world;
