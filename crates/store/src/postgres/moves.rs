//! Which people and groups a write concerned.
//!
//! While the write is under way its number is not known: it is told at the end, and nobody else sees
//! these rows before.

use policy::tenant::TenantId;
use sqlx::QueryBuilder;
use sqlx::postgres::PgConnection;

use crate::column;
use crate::error::Result;

/// Notes that these users or groups are concerned; all of one kind, each once.
pub(super) async fn note(
    writing: &mut PgConnection,
    tenant: &[u8],
    kind: i16,
    ids: impl Iterator<Item = Vec<u8>>,
) -> Result<()> {
    let mut sql = QueryBuilder::<sqlx::Postgres>::new(
        "INSERT INTO directory_move (tenant, kind, id, sequence) ",
    );
    sql.push_values(ids, |mut values, id| {
        values
            .push_bind(tenant.to_vec())
            .push_bind(kind)
            .push_bind(id)
            .push_bind(column::AT_THE_END);
    });
    sql.push(" ON CONFLICT (tenant, kind, id) DO UPDATE SET sequence = excluded.sequence");
    sql.build().execute(writing).await?;
    Ok(())
}

/// So many at once change what the planner should know of the tables.
const MANY: u64 = 1_000;

/// The write has that number.
pub(super) async fn number(
    writing: &mut PgConnection,
    tenant: TenantId,
    sequence: i64,
) -> Result<()> {
    let number =
        sqlx::query("UPDATE directory_move SET sequence = $2 WHERE tenant = $1 AND sequence = $3")
            .bind(column::id(tenant))
            .bind(sequence)
            .bind(column::AT_THE_END)
            .execute(&mut *writing)
            .await?;
    if number.rows_affected() > MANY {
        // Until it has looked, which it does by itself within minutes, the planner takes the tables
        // for as small as they were, and reads them whole.
        let tables = "ANALYZE directory_move, directory_user, directory_group, membership";
        sqlx::query(tables).execute(writing).await?;
    }
    Ok(())
}
