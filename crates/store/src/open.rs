//! A store by its address.

use std::path::Path;
use std::sync::Arc;

use crate::Store;
use crate::error::{Error, Result};
use crate::postgres::{Postgres, PostgresOptions};
use crate::sqlite::{Sqlite, SqliteOptions};

/// Opens the store at `sqlite:PATH`, `sqlite::memory:` or `postgres://…`, and brings its schema up
/// to date.
pub async fn open(address: &str) -> Result<Arc<dyn Store>> {
    open_with(address, SqliteOptions::default()).await
}

/// The same, for a program that brings in large logs, and ends.
pub async fn open_to_fill(address: &str) -> Result<Arc<dyn Store>> {
    open_with(address, SqliteOptions::to_fill()).await
}

async fn open_with(address: &str, sqlite: SqliteOptions) -> Result<Arc<dyn Store>> {
    match address.split_once(':') {
        Some(("sqlite", ":memory:")) => Ok(Arc::new(Sqlite::in_memory().await?)),
        Some(("sqlite", path)) if !path.is_empty() => {
            let path = Path::new(path.strip_prefix("//").unwrap_or(path));
            Ok(Arc::new(Sqlite::open(path, sqlite).await?))
        }
        Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
            let options = PostgresOptions::default();
            Ok(Arc::new(Postgres::open(address, options).await?))
        }
        _ => Err(Error::Address(without_password(address))),
    }
}

/// An address as it may be shown: whatever stands between `//` and `@` is left out.
pub(crate) fn without_password(address: &str) -> String {
    match (address.find("//"), address.rfind('@')) {
        (Some(start), Some(end)) if start < end => {
            let (front, _) = address.split_at(start + 2);
            let (_, back) = address.split_at(end);
            format!("{front}…{back}")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        let address = "mysql://root:secret@db.contoso.com/comity";
        assert_eq!(without_password(address), "mysql://…@db.contoso.com/comity");
        assert_eq!(without_password("store.db"), "store.db");
    }
}
