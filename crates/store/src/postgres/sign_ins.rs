//! Sign-in logs and their rollup.

use std::collections::BTreeSet;

use async_trait::async_trait;
use futures_util::TryStreamExt;
use policy::tenant::TenantId;
use sqlx::QueryBuilder;
use sqlx::postgres::PgConnection;
use tokio::sync::mpsc::Sender;

use super::Postgres;
use crate::Moment;
use crate::audit::Order;
use crate::column;
use crate::error::{Result, Subject};
use crate::failure::missing;
use crate::reading::{NO_DAY, ROLLUP, RollupColumns, RollupTuple};
use crate::rollup::{self, Day, RollupRow};
use crate::sign_ins::{
    Arrival, Intake, PART, RollupPart, RollupQuery, SignInLog, SignInPosition, SignInQuery,
    SignInRecord,
};
use crate::text;
use crate::text::sign_in::SignInText;
use crate::writing::SignInColumns;

/// How many rows one statement writes.
const ROWS: usize = 200;

async fn keep(
    writing: &mut PgConnection,
    tenant: TenantId,
    rows: &[SignInRecord],
) -> Result<Intake> {
    let batch = SignInColumns::batch(rows)?;
    let columns: Vec<&SignInColumns> = batch.values().map(|(columns, _)| columns).collect();
    let mut new: BTreeSet<String> = BTreeSet::new();
    let mut arrival = reserve(writing, tenant, columns.len()).await?;
    for rows in columns.chunks(ROWS) {
        new.extend(insert(writing, tenant, arrival, rows).await?);
        arrival += i64::try_from(rows.len()).unwrap_or(0);
    }
    let kept = batch.iter().filter(|(id, _)| new.contains(*id));
    let lines = rollup::rollup(tenant, kept.map(|(_, (_, record))| *record));
    let lines: Vec<RollupColumns> = lines.iter().map(RollupColumns::of).collect::<Result<_>>()?;
    for lines in lines.chunks(ROWS) {
        count(writing, tenant, lines).await?;
    }
    let (all, kept) = (column::count(rows.len()), column::count(new.len()));
    Ok(Intake {
        kept,
        known: all.saturating_sub(kept),
    })
}

/// The numbers of the next rows of a log; the first of them. Whoever has them is alone at the end of
/// the log until the transaction is over, so rows are read in the order of their numbers.
async fn reserve(writing: &mut PgConnection, tenant: TenantId, rows: usize) -> Result<i64> {
    let rows = column::number(column::count(rows));
    let last: i64 = sqlx::query_scalar(
        "INSERT INTO sign_in_head (tenant, arrival) VALUES ($1, $2)
         ON CONFLICT (tenant) DO UPDATE SET arrival = sign_in_head.arrival + excluded.arrival
         RETURNING arrival",
    )
    .bind(column::id(tenant))
    .bind(rows)
    .fetch_one(writing)
    .await
    .map_err(missing(|| Subject::Tenant(tenant)))?;
    Ok(last - rows + 1)
}

/// Inserts rows and says which of them are new.
async fn insert(
    writing: &mut PgConnection,
    tenant: TenantId,
    first: i64,
    rows: &[&SignInColumns],
) -> Result<Vec<String>> {
    let rows: Vec<(i64, &SignInColumns)> = (first..).zip(rows.iter().copied()).collect();
    let mut sql = QueryBuilder::<sqlx::Postgres>::new(
        "INSERT INTO sign_in (tenant, id, created, home_tenant, resource_tenant, user_id,
             client_app, resource_app, error_code, correlation, value, user_name, arrival) ",
    );
    sql.push_values(rows, |mut values, (arrival, row)| {
        values
            .push_bind(column::id(tenant))
            .push_bind(row.id.clone())
            .push_bind(row.created)
            .push_bind(row.home_tenant.clone())
            .push_bind(row.resource_tenant.clone())
            .push_bind(row.user_id.clone())
            .push_bind(row.client_app.clone())
            .push_bind(row.resource_app.clone())
            .push_bind(row.error_code)
            .push_bind(row.correlation.clone())
            .push_bind(row.value.clone())
            .push_bind(row.user_name.clone())
            .push_bind(arrival);
    });
    sql.push(" ON CONFLICT (tenant, id) DO NOTHING RETURNING id");
    let new = sql.build_query_scalar().fetch_all(writing).await;
    new.map_err(missing(|| Subject::Tenant(tenant)))
}

/// Adds lines to the rollup.
async fn count(
    writing: &mut PgConnection,
    tenant: TenantId,
    lines: &[RollupColumns],
) -> Result<()> {
    let mut sql = QueryBuilder::<sqlx::Postgres>::new(
        "INSERT INTO rollup (tenant, day, direction, other, user_id, client_app, resource_app,
             access_type, token_issuer, claims, flags, error_code, count, first, last) ",
    );
    sql.push_values(lines, |mut values, line| {
        values
            .push_bind(column::id(tenant))
            .push_bind(line.day)
            .push_bind(line.direction)
            .push_bind(line.other.clone())
            .push_bind(line.user_id.clone())
            .push_bind(line.client_app.clone())
            .push_bind(line.resource_app.clone())
            .push_bind(line.access_type.clone())
            .push_bind(line.token_issuer.clone())
            .push_bind(line.claims)
            .push_bind(line.flags)
            .push_bind(line.error_code)
            .push_bind(line.count)
            .push_bind(line.first)
            .push_bind(line.last);
    });
    sql.push(
        " ON CONFLICT (tenant, day, direction, other, user_id, client_app, resource_app,
              access_type, token_issuer, claims, flags, error_code) DO UPDATE SET
              count = rollup.count + excluded.count,
              first = LEAST(rollup.first, excluded.first),
              last = GREATEST(rollup.last, excluded.last)",
    );
    sql.build().execute(writing).await?;
    Ok(())
}

/// The rows of a query whose time is in this range.
fn select(query: &SignInQuery, from: i64, until: i64) -> QueryBuilder<sqlx::Postgres> {
    let SignInQuery {
        tenant,
        window: _,
        home_tenant,
        resource_tenant,
        user,
        client_app,
        resource_app,
        user_name,
        error_code,
        correlation,
        outbound,
        inbound,
        failed,
        order,
        after,
        limit,
    } = query;
    let mut sql = QueryBuilder::new("SELECT value FROM sign_in WHERE tenant = ");
    sql.push_bind(column::id(*tenant));
    sql.push(" AND created BETWEEN ").push_bind(from);
    sql.push(" AND ").push_bind(until);
    // What an index holds only a part of is asked for in the words of the index.
    if let Some(id) = home_tenant {
        sql.push(" AND home_tenant = ").push_bind(column::id(*id));
    }
    if *inbound || home_tenant.is_some_and(|id| id != *tenant) {
        sql.push(" AND home_tenant <> tenant");
    }
    if let Some(id) = resource_tenant {
        sql.push(" AND resource_tenant = ")
            .push_bind(column::id(*id));
    }
    if *outbound || resource_tenant.is_some_and(|id| id != *tenant) {
        sql.push(" AND resource_tenant <> tenant");
    }
    if let Some(name) = user_name {
        sql.push(" AND user_name = ");
        sql.push_bind(column::searched(&name.to_lowercase()).map(str::to_owned));
    }
    if *failed || error_code.is_some_and(|code| code != 0) {
        sql.push(" AND error_code <> 0");
    }
    if let Some(id) = user {
        sql.push(" AND user_id = ").push_bind(column::id(*id));
    }
    if let Some(id) = client_app {
        sql.push(" AND client_app = ").push_bind(column::id(*id));
    }
    if let Some(id) = resource_app {
        sql.push(" AND resource_app = ").push_bind(column::id(*id));
    }
    if let Some(code) = error_code {
        sql.push(" AND error_code = ").push_bind(i64::from(*code));
    }
    if let Some(correlation) = correlation {
        sql.push(" AND correlation = ");
        sql.push_bind(column::searched(correlation).map(str::to_owned));
    }
    if let Some(after) = after {
        let created = after.created.map_or(column::UNDATED, column::bound);
        sql.push(match order {
            Order::NewestFirst => " AND (created, id) < (",
            Order::OldestFirst => " AND (created, id) > (",
        });
        sql.push_bind(created);
        sql.push(", ").push_bind(after.id.clone()).push(")");
    }
    sql.push(match order {
        Order::NewestFirst => " ORDER BY created DESC, id DESC LIMIT ",
        Order::OldestFirst => " ORDER BY created, id LIMIT ",
    });
    sql.push_bind(column::limit(*limit));
    sql
}

async fn page(
    reading: &mut PgConnection,
    query: &SignInQuery,
    from: i64,
    until: i64,
) -> Result<Vec<SignInRecord>> {
    let mut sql = select(query, from, until);
    let values: Vec<String> = sql.build_query_scalar().fetch_all(reading).await?;
    values.into_iter().map(sign_in).collect()
}

fn sign_in(value: String) -> Result<SignInRecord> {
    text::read::<SignInText, _>("a sign-in", &value)
}

/// The lines that are asked for. Those with one partner lie in a small part of each day, so the days are
/// gone through one by one, each found from the one before.
fn select_lines(query: &RollupQuery) -> QueryBuilder<sqlx::Postgres> {
    let RollupQuery {
        tenant,
        from,
        until,
        other,
        direction,
    } = *query;
    let mut sql = QueryBuilder::new("");
    if other.is_some() {
        sql.push("WITH RECURSIVE known (day) AS (SELECT MIN(day) FROM rollup WHERE tenant = ")
            .push_bind(column::id(tenant));
        sql.push(
            " UNION ALL SELECT (SELECT MIN(day) FROM rollup WHERE day > known.day AND tenant = ",
        )
        .push_bind(column::id(tenant));
        sql.push(") FROM known WHERE known.day IS NOT NULL) ");
    }
    sql.push(ROLLUP);
    match other {
        None => sql.push("FROM rollup WHERE tenant = "),
        Some(id) => sql
            .push("FROM known JOIN rollup ON rollup.day = known.day AND direction IN (0, 1) AND other = ")
            .push_bind(column::id(id))
            .push(" WHERE tenant = "),
    };
    sql.push_bind(column::id(tenant));
    if let Some(Day(from)) = from {
        sql.push(" AND (rollup.day >= ").push_bind(i64::from(from));
        sql.push(" OR rollup.day = ").push_bind(NO_DAY).push(")");
    }
    if let Some(Day(until)) = until {
        sql.push(" AND rollup.day <= ").push_bind(i64::from(until));
    }
    if let Some(direction) = direction {
        sql.push(" AND direction = ")
            .push_bind(RollupColumns::direction(direction));
    }
    sql
}

/// Hands on the lines; how far the log goes is of the same moment.
async fn hand_on(
    reading: &mut PgConnection,
    query: &RollupQuery,
    to: Sender<RollupPart>,
) -> Result<()> {
    let end: Option<i64> = sqlx::query_scalar("SELECT arrival FROM sign_in_head WHERE tenant = $1")
        .bind(column::id(query.tenant))
        .fetch_optional(&mut *reading)
        .await?;
    let end = end.map(column::read_number).transpose()?;
    let end = Arrival(end.unwrap_or_default());
    if to.send(RollupPart::Begin(end)).await.is_err() {
        return Ok(());
    }
    let mut sql = select_lines(query);
    sql.push(" ORDER BY rollup.day DESC");
    let mut rows = sql.build_query_as::<RollupTuple>().fetch(reading);
    let mut part = Vec::new();
    while let Some(columns) = rows.try_next().await? {
        part.push(RollupColumns::from(columns).read()?);
        if part.len() >= PART {
            let part = std::mem::take(&mut part);
            if to.send(RollupPart::Lines(part)).await.is_err() {
                return Ok(());
            }
        }
    }
    if to.send(RollupPart::Lines(part)).await.is_ok() {
        // Whoever has gone does not need to know.
        let _ = to.send(RollupPart::End).await;
    }
    Ok(())
}

#[async_trait]
impl SignInLog for Postgres {
    async fn keep_sign_ins(&self, tenant: TenantId, rows: &[SignInRecord]) -> Result<Intake> {
        let mut writing = self.write().await?;
        let result = keep(&mut writing, tenant, rows).await;
        writing.end(result).await
    }

    async fn sign_ins(&self, query: &SignInQuery) -> Result<Vec<SignInRecord>> {
        let mut reading = self.read().await?;
        let (from, until) = column::window(query.window);
        let undated = |after: &SignInPosition| after.created.is_none();
        let mut rows = match query.after.as_ref().is_some_and(undated) {
            true => Vec::new(),
            false => page(&mut reading, query, from, until).await?,
        };
        // Rows without a time are in every window and stand last.
        let rest = column::rest(query.limit, rows.len());
        if rest > 0 {
            let query = SignInQuery {
                limit: rest,
                after: query.after.clone().filter(undated),
                ..query.clone()
            };
            rows.extend(page(&mut reading, &query, column::UNDATED, column::UNDATED).await?);
        }
        Ok(rows)
    }

    async fn sign_in(&self, tenant: TenantId, id: &str) -> Result<Option<SignInRecord>> {
        let mut reading = self.read().await?;
        let value: Option<String> =
            sqlx::query_scalar("SELECT value FROM sign_in WHERE tenant = $1 AND id = $2")
                .bind(column::id(tenant))
                .bind(column::searched(id))
                .fetch_optional(&mut *reading)
                .await?;
        value.map(sign_in).transpose()
    }

    async fn sign_in_ends(&self) -> Result<Vec<(TenantId, Arrival)>> {
        let mut reading = self.read().await?;
        let rows: Vec<(Vec<u8>, i64)> =
            sqlx::query_as("SELECT tenant, arrival FROM sign_in_head ORDER BY tenant")
                .fetch_all(&mut *reading)
                .await?;
        let rows = rows.into_iter().map(|(tenant, arrival)| {
            let arrival = column::read_number(arrival).map(Arrival)?;
            Ok((column::read_id(&tenant)?, arrival))
        });
        rows.collect()
    }

    async fn sign_in_feed(
        &self,
        tenant: TenantId,
        after: Arrival,
        limit: u32,
    ) -> Result<Vec<(Arrival, SignInRecord)>> {
        let mut reading = self.read().await?;
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT arrival, value FROM sign_in WHERE tenant = $1 AND arrival > $2
             ORDER BY arrival LIMIT $3",
        )
        .bind(column::id(tenant))
        .bind(column::number(after.0))
        .bind(column::limit(limit))
        .fetch_all(&mut *reading)
        .await?;
        let rows = rows.into_iter().map(|(arrival, value)| {
            let arrival = column::read_number(arrival).map(Arrival)?;
            Ok((arrival, sign_in(value)?))
        });
        rows.collect()
    }

    async fn rollup(&self, query: &RollupQuery) -> Result<Vec<RollupRow>> {
        let mut reading = self.read().await?;
        let mut sql = select_lines(query);
        let rows = sql.build_query_as().fetch_all(&mut *reading).await?;
        RollupColumns::read_all(rows)
    }

    async fn rollup_parts(&self, query: &RollupQuery, to: Sender<RollupPart>) -> Result<()> {
        let mut reading = self.read().await?;
        hand_on(&mut reading, query, to).await
    }

    async fn forget_sign_ins(&self, before: Moment) -> Result<u64> {
        let mut writing = self.write().await?;
        let gone = sqlx::query("DELETE FROM sign_in WHERE created < $1 AND created > $2")
            .bind(column::bound(before))
            .bind(column::UNDATED)
            .execute(&mut *writing)
            .await;
        let result = gone.map(|gone| gone.rows_affected()).map_err(Into::into);
        writing.end(result).await
    }

    async fn forget_rollup(&self, before: Day) -> Result<u64> {
        let mut writing = self.write().await?;
        let gone = sqlx::query("DELETE FROM rollup WHERE day < $1 AND day > $2")
            .bind(i64::from(before.0))
            .bind(NO_DAY)
            .execute(&mut *writing)
            .await;
        let result = gone.map(|gone| gone.rows_affected()).map_err(Into::into);
        writing.end(result).await
    }
}
