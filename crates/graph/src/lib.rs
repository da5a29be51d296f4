//! The Microsoft Graph wire: shapes, PATCH, exports and worlds as files.

pub mod application;
pub mod authorization_policy;
pub mod b2b_management;
pub mod body;
mod context;
pub mod decision;
pub mod difference;
pub mod directory_audit;
pub mod directory_object;
pub mod document;
pub mod export;
pub mod group;
pub mod guest;
pub mod import;
pub mod in_force;
pub mod invitation;
pub mod organization;
pub mod query;
pub mod route;
pub mod ruling;
pub mod settings;
pub mod sign_in;
pub mod sign_in_log;
pub mod suites;
pub mod user;
pub mod wire;
pub mod world;
