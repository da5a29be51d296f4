//! The server: HTTP in front of the law and the store.
//!
//! A request is answered in a few steps that read the same everywhere: who asks (`principal`),
//! what is asked (the wire's own reader), what the law says (`policy`), and, for a write, a commit.
//! Decisions look at memory (`effective`) and never wait for the database.
//!
//! [`app`] builds everything: the program serves it ([`listen`]) and the tests call it. There is no
//! rule of the domain in this crate.

mod access;
mod administration;
mod batch;
mod behaviours;
mod body;
mod clock;
mod commit;
pub mod console;
mod context;
mod draft;
mod effective;
mod entry;
mod error;
pub mod export;
mod governance;
mod history;
mod invitation;
mod keyring;
mod known;
pub mod ledger;
pub mod listen;
mod lookup;
pub mod mail;
mod membership;
mod metrics;
mod odata;
mod openapi;
mod options;
mod path;
mod people;
mod permission;
mod principal;
mod profile;
mod providers;
mod question;
mod registry;
mod replacement;
mod retention;
mod router;
mod routes;
mod scim;
mod seed;
mod settings_import;
pub mod showcase;
mod sign_in;
mod socket;
mod state;
mod synchronization;
mod text;
mod throttle;
mod trace;
mod visible;

pub use access::{
    Line, lines as permission_lines, page as permission_page, permissions as graph_permissions,
};
pub use clock::Clock;
pub use keyring::{KeyringError, keyring};
pub use openapi::{document as openapi, operation_at as openapi_operation};
pub use options::{Options, UnknownTenants};
pub use permission::{
    ALL_APPLICATION_PERMISSIONS, OPERATOR as OPERATOR_PERMISSION, ROLE_TEMPLATES,
};
pub use retention::Retention;
pub use router::{addresses, app, around};
pub use routes::sign_ins::{concerns as concerns_sign_in, kept as sign_in_record};
pub use seed::{SeedError, seed};
pub use state::App;
pub use synchronization::Synchronizer;
pub use throttle::{Limit, Limits as ThrottleLimits};
