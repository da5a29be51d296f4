//! The law, clause by clause, and laws that hold in every small world.
//!
//! The modules are named after the sections they are about. Examples come first: a test is a
//! sentence, and says which clauses it follows from. What must hold in *every* world is in the
//! modules that start with `laws`; the worlds are invented by `worlds`. `PROPTEST_CASES` says how
//! many.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what an example is made of is there, or the example is wrong"
)]

mod town;
mod vocabulary;
mod worlds;

mod administration;
mod audit;
mod block;
mod claims;
mod clouds;
mod collaboration;
mod conditional_access;
mod direct_connect;
mod invitation;
mod knowledge;
mod laws_administration;
mod laws_block;
mod laws_sign_in;
mod membership;
mod multitenant;
mod objects;
mod properties;
mod redemption;
mod resolution;
mod restrictions;
mod roles;
mod rows;
mod synchronization;
mod validation;
