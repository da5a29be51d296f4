//! The same decisions by naive Rust, by hand-made floors and by the product.
//!
//! A *floor* is what one would write if these decisions were all there is: flat arrays, nothing
//! explained, unsafe where it helps. It says how fast the machine can be; the product is held to a
//! multiple of it. All of them answer the same stream of requests and must allow the same number.

pub mod floor_guid;
pub mod floor_id;
pub mod guid_request;
pub mod line_table;
pub mod machine;
pub mod naive;
pub mod naive_set;
pub mod naive_text;
pub mod product;
