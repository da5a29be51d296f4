//! The versions of a schema, one after the other.
//!
//! Migrations are numbered, and only ever appended: what has run in somebody's database cannot be
//! taken back by editing its file. So a database also keeps the text of what ran, and a store
//! whose files say something else refuses to open it.

use crate::error::{Error, Result};

/// One step of a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    /// Its name, with the number in front.
    pub(crate) name: &'static str,
    /// What runs.
    pub(crate) text: &'static str,
}

/// The step that brings the chain of the audit log: what no SQL can work out follows it.
pub(crate) const CHAIN: &str = "0006_logs";

/// Takes migrations from the folder of their backend.
macro_rules! migrations {
    ($backend:literal; $($name:literal),* $(,)?) => {
        &[$(crate::schema::Migration {
            name: $name,
            text: include_str!(concat!($backend, "/migrations/", $name, ".sql")),
        }),*]
    };
}
pub(crate) use migrations;

/// The steps that a database still needs, with their numbers, given the texts of those that ran.
pub(crate) fn missing<'a>(
    known: &'a [Migration],
    ran: &[String],
) -> Result<impl Iterator<Item = (i64, &'a Migration)>> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    if ran.len() > known.len() {
        return Err(Error::Newer {
            found: number(ran.len()),
            known: number(known.len()),
        });
    }
    for (migration, ran) in known.iter().zip(ran) {
        if migration.text != ran {
            return Err(Error::corrupt(
                "the schema",
                format!("migration `{}` ran with another text", migration.name),
            ));
        }
    }
    Ok((1..).zip(known).skip(ran.len()))
}
