//! The Microsoft Graph wire: shapes, PATCH, exports and worlds as files.

pub mod body;
pub mod decision;
pub mod document;
pub mod route;
pub mod settings;
pub mod suites;
pub mod wire;
