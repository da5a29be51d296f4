//! What would a change of the settings do?
//!
//! Contoso's administrator is about to close a default. Before and after are two values of
//! [`policy::settings::Policy`]; [`difference`] says for which requests the answer would be another
//! one, all of them, without asking them one by one.
//!
//! Every verdict comes from the evaluator of the `policy` crate. What is here knows which requests
//! to ask, and how to say what was found in few words.
//!
//! The crate knows no JSON, no database and no clock.

pub mod difference;
pub mod proposal;
pub mod replay;
