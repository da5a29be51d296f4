//! Who is this? The OpenID Provider of each tenant: clients with their secrets, requests to sign in,
//! codes, signing keys, tokens.
//!
//! A nightly script of Contoso shows its client id and secret and gets a token that says which
//! application it is, of which tenant, and what it may do. With every request it shows the token,
//! and [`Verifier`] says whether to believe it.
//!
//! This is the only crate that sees a secret or mints a token. It speaks no HTTP and keeps nothing:
//! whoever serves it hands over the form of a request and what is stored about the client, and
//! takes back a token or a refusal. What a caller *may do* it does not know: it only says who it is
//! and what it was given.

pub mod authorize;
mod claimed;
pub mod client;
pub mod discovery;
pub mod grant;
pub mod handle;
pub mod issuer;
pub mod jws;
pub mod keys;
pub mod passkey;
pub mod pkce;
pub mod random;
pub mod refusal;
pub mod scope;
pub mod seal;
pub mod secret;
pub mod statement;
pub mod token;
pub mod totp;
pub mod upstream;
pub mod verify;

pub use claimed::claimed_tenant;
pub use client::Client;
pub use issuer::ExternalIssuer;
pub use keys::{KeyRing, SigningKey};
pub use refusal::Refusal;
pub use seal::MasterKey;
pub use statement::{StatementKey, StatementPublicKey};
pub use token::{Bearer, Caller, SignedIn, Through};
pub use verify::Verifier;

/// A time in whole seconds since 1970, as tokens carry it. Time is an argument everywhere.
pub type Seconds = i64;
