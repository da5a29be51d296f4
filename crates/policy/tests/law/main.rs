//! The law, clause by clause: examples. The modules are named after the sections they are about; a
//! test is a sentence, and says which clauses it follows from.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what an example is made of is there, or the example is wrong"
)]

mod town;
mod vocabulary;

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
