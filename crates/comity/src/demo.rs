//! The demo world: ten organizations over three clouds, the people in them, and a month of sign-ins
//! that never happened.
//!
//! Contoso buys from Fabrikam, ships with Northwind, owns Litware, works for Woodgrove in the US
//! Government cloud, sells through Tailspin in China, is audited by Adatum and looked after by
//! Proseware. `demo/world.yaml` says how they let each other in, in the format of policy tests;
//! docs/demo.md says who is who. This module reads that file, makes up the sign-in logs that such
//! organizations would have, and writes down who can sign in. It serves nothing and keeps nothing.

mod calendar;
mod cast;
mod company;
mod device;
mod errand;
mod handout;
mod month;
mod office;
mod random;
mod record;
mod traveller;
mod world;

#[cfg(test)]
mod tests;

pub(crate) use handout::Handout;
pub(crate) use month::sign_ins;
pub(crate) use world::Demo;
