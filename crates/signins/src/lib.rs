//! What the sign-in log says about a tenant's partners: the activity report (S17).
//!
//! Contoso's administrator is about to close an open default and asks first: whose people come in,
//! where do our own people go, with which applications, and how often were they refused? The
//! answer is counted from [`event::SignIn`]s, the rows of *one* tenant's log. That tenant is called
//! the *local* tenant throughout; every other one is *external*.
//!
//! There are six questions, each a pure function of the local tenant and its log:
//!
//! | question | answered by |
//! | --- | --- |
//! | who, per partner and direction? | [`summary::Question`] (S17.2, S17.3) |
//! | the same by day, application and reason of failure? | [`summary::Question::profile`] |
//! | the same as one line per partner, with filters | [`workbook::overview`] (S17.4, S17.5) |
//! | what exactly, with one partner? | [`panels::Selection`] (S17.6) |
//! | which user goes where with what? | [`pairs::pairs`] (S17.7) |
//! | what do our tenant restrictions stop? | [`restrictions::restrictions`] (S17.8) |
//!
//! A report counts whatever becomes an [`observation::Observation`]: rows, or behaviours
//! ([`behaviour::Behaviour`]), which stand for as many rows as they say.
//!
//! The crate knows no JSON, no database and no clock: a time window is an argument
//! ([`window::Window`]), and so is whoever knows the names of tenants ([`summary::ResolveTenant`]).

pub mod behaviour;
pub mod direction;
pub mod event;
pub mod filter;
pub mod observation;
pub mod pairs;
pub mod panels;
pub mod profile;
pub mod restrictions;
pub mod summary;
mod tally;
pub mod window;
pub mod workbook;

#[cfg(test)]
mod sample;
