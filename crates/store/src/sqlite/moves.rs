//! Which people and groups a write concerned.
//!
//! While the write is under way its number is not known: it is told at the end, and nobody else sees
//! these rows before.

use policy::tenant::TenantId;
use rusqlite::Connection;

use super::query::Query;
use crate::column;
use crate::error::Result;

/// Notes that a user or a group is concerned.
pub(super) fn note(writing: &Connection, tenant: &[u8], kind: i16, id: &[u8]) -> Result<()> {
    Query::new(
        "INSERT INTO directory_move (tenant, kind, id, sequence) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (tenant, kind, id) DO UPDATE SET sequence = excluded.sequence",
    )
    .bind(tenant)
    .bind(kind)
    .bind(id)
    .bind(column::AT_THE_END)
    .execute(writing)?;
    Ok(())
}

/// The write has that number.
pub(super) fn number(writing: &Connection, tenant: TenantId, sequence: i64) -> Result<()> {
    Query::new("UPDATE directory_move SET sequence = ?2 WHERE tenant = ?1 AND sequence = ?3")
        .bind(column::id(tenant))
        .bind(sequence)
        .bind(column::AT_THE_END)
        .execute(writing)?;
    Ok(())
}
