//! The server from the outside: `app` is called as the network would call it, over a store in
//! memory, by five people.
//!
//! *administrator*, *reader* and *partner administrator* belong to Contoso; *stranger* administers
//! Fabrikam; *nobody* has no token.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod asking;
mod audit;
mod bad_input;
mod batch;
mod bodies;
mod capabilities;
mod client;
mod conditions;
mod contract;
mod default;
mod deleted_items;
mod elsewhere;
mod endings;
mod failures;
mod fuzz;
mod history;
mod insight;
mod isolation;
mod issuers;
mod multitenant_organization;
mod odata;
mod openapi;
mod openid;
mod origins;
mod outage;
mod partner;
mod partners;
mod passcodes;
mod people;
mod permissions;
mod person;
mod policy;
mod preview;
mod protection;
mod roles;
mod scim;
mod security_info;
mod sign_in;
mod sign_ins;
mod synchronization;
mod synchronization_jobs;
mod templates;
mod tenant_information;
mod tenants;
mod terms_of_use;
mod throttle;
mod walk;
