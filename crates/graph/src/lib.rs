//! The Microsoft Graph wire: shapes, PATCH, exports and worlds as files.

pub mod document;
