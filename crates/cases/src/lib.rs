//! Policy as tests: decisions written down as data, and run.
//!
//! A file of cases says how a small world of tenants is set up and what must follow: "with these
//! settings, Fred of Fabrikam is blocked from Contoso's ERP, by Contoso, because of its partner
//! entry". The law of this project is tested by such files, and an administrator can write them for
//! a policy of their own. The format is section S22 of `docs/semantics.md`.
//!
//! Reading ([`case_file`], [`vector`], [`question`]) is apart from running ([`run`]) and from
//! telling ([`report`]). The crate decides nothing: it asks `policy` and `signins`, and it reads
//! Graph's shapes with `graph`.

pub mod case_file;
pub mod compare;
pub mod fixture;
pub mod folder;
pub mod given;
pub mod members;
pub mod names;
pub mod question;
pub mod report;
pub mod run;
pub mod settings;
pub mod vector;
