//! The audit log as evidence: an export of it can be checked offline against its signed end.
//!
//! The log of each tenant is a chain ([`store::Link`]): every entry carries a digest of itself and of
//! all before it. The server signs where a log ends ([`head`]), and when old entries are pruned it
//! leaves a signed checkpoint ([`prune`]), so that what is left still verifies. Whoever has noted
//! down a head can tell later, with an exported log and without the server ([`verify`]), whether
//! anything up to that head was changed, taken out, put in, moved or cut off.

pub(crate) mod head;
pub(crate) mod keys;
pub(crate) mod line;
pub mod verify;

pub use head::{Pruned, head, prune};
pub use keys::{public_keys, statement_key};
pub use line::{line, log_name};

#[cfg(test)]
mod tests;

/// The kind of a statement about where a log ends.
pub(crate) const HEAD: &str = "comity-audit-head";
/// The kind of a statement about what was pruned from a log.
pub(crate) const CHECKPOINT: &str = "comity-audit-checkpoint";
