//! Sign-in logs and their rollup.

use async_trait::async_trait;
use policy::tenant::TenantId;
use rusqlite::Connection;
use tokio::sync::mpsc::Sender;

use super::Sqlite;
use super::query::Query;
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

fn keep(writing: &Connection, tenant: TenantId, rows: &[SignInRecord]) -> Result<Intake> {
    let batch = SignInColumns::batch(rows)?;
    let first = reserve(writing, tenant, batch.len())?;
    let mut new = Vec::new();
    for (arrival, (columns, record)) in (first..).zip(batch.values()) {
        if insert(writing, tenant, arrival, columns)? {
            new.push(*record);
        }
    }
    let (all, kept) = (column::count(rows.len()), column::count(new.len()));
    for line in rollup::rollup(tenant, new) {
        count(writing, tenant, &RollupColumns::of(&line)?)?;
    }
    Ok(Intake {
        kept,
        known: all.saturating_sub(kept),
    })
}

/// The numbers of the next rows of a log; the first of them. Whoever has them is alone at the end of
/// the log until the transaction is over, so rows are read in the order of their numbers.
fn reserve(writing: &Connection, tenant: TenantId, rows: usize) -> Result<i64> {
    let rows = column::number(column::count(rows));
    let last: i64 = Query::new(
        "INSERT INTO sign_in_head (tenant, arrival) VALUES (?1, ?2)
         ON CONFLICT (tenant) DO UPDATE SET arrival = sign_in_head.arrival + excluded.arrival
         RETURNING arrival",
    )
    .bind(column::id(tenant))
    .bind(rows)
    .one(writing)
    .map_err(missing(|| Subject::Tenant(tenant)))?;
    Ok(last - rows + 1)
}

/// Inserts a row, if it is new, and says whether it is.
fn insert(
    writing: &Connection,
    tenant: TenantId,
    arrival: i64,
    row: &SignInColumns,
) -> Result<bool> {
    let new = Query::new(
        "INSERT INTO sign_in (tenant, id, created, home_tenant, resource_tenant, user_id,
             client_app, resource_app, error_code, correlation, value, user_name, arrival)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (tenant, id) DO NOTHING",
    )
    .bind(column::id(tenant))
    .bind(&row.id)
    .bind(row.created)
    .bind(&row.home_tenant)
    .bind(&row.resource_tenant)
    .bind(&row.user_id)
    .bind(&row.client_app)
    .bind(&row.resource_app)
    .bind(row.error_code)
    .bind(&row.correlation)
    .bind(&row.value)
    .bind(&row.user_name)
    .bind(arrival)
    .execute(writing)
    .map_err(missing(|| Subject::Tenant(tenant)))?;
    Ok(new > 0)
}

/// Adds a line to the rollup.
fn count(writing: &Connection, tenant: TenantId, line: &RollupColumns) -> Result<()> {
    Query::new(
        "INSERT INTO rollup (tenant, day, direction, other, user_id, client_app, resource_app,
             access_type, token_issuer, claims, flags, error_code, count, first, last)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT (tenant, day, direction, other, user_id, client_app, resource_app,
              access_type, token_issuer, claims, flags, error_code) DO UPDATE SET
              count = count + excluded.count,
              first = MIN(first, excluded.first),
              last = MAX(last, excluded.last)",
    )
    .bind(column::id(tenant))
    .bind(line.day)
    .bind(line.direction)
    .bind(&line.other)
    .bind(&line.user_id)
    .bind(&line.client_app)
    .bind(&line.resource_app)
    .bind(&line.access_type)
    .bind(&line.token_issuer)
    .bind(line.claims)
    .bind(line.flags)
    .bind(line.error_code)
    .bind(line.count)
    .bind(line.first)
    .bind(line.last)
    .execute(writing)?;
    Ok(())
}

/// The index of the rarest thing that is asked for. SQLite, left alone, takes the one by time, which
/// saves it sorting a few ids and costs it the whole log.
fn index(query: &SignInQuery) -> Option<&'static str> {
    let is_foreign = |id: &Option<TenantId>| id.is_some_and(|id| id != query.tenant);
    let indexes = [
        (query.correlation.is_some(), "sign_in_by_correlation"),
        (query.user.is_some(), "sign_in_by_user"),
        (query.user_name.is_some(), "sign_in_by_name"),
        (is_foreign(&query.resource_tenant), "sign_in_to"),
        (is_foreign(&query.home_tenant), "sign_in_from"),
        (query.resource_app.is_some(), "sign_in_by_resource_app"),
        (query.client_app.is_some(), "sign_in_by_client_app"),
    ];
    let mut asked = indexes.into_iter().filter(|(asked, _)| *asked);
    asked.next().map(|(_, index)| index)
}

/// The rows of a query whose time is in this range.
fn select(query: &SignInQuery, from: i64, until: i64) -> Query<'_> {
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
    let mut sql = Query::new("SELECT value FROM sign_in");
    if let Some(index) = index(query) {
        sql.push(" INDEXED BY ").push(index);
    }
    sql.push(" WHERE tenant = ").push_bind(column::id(*tenant));
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

fn page(
    reading: &Connection,
    query: &SignInQuery,
    from: i64,
    until: i64,
) -> Result<Vec<SignInRecord>> {
    let values: Vec<String> = select(query, from, until).all(reading)?;
    values.into_iter().map(sign_in).collect()
}

fn sign_in(value: String) -> Result<SignInRecord> {
    text::read::<SignInText, _>("a sign-in", &value)
}

/// The lines that are asked for. Those with one partner lie in a small part of each day, so the days are
/// gone through one by one, each found from the one before.
fn select_lines(query: &RollupQuery) -> Query<'static> {
    let RollupQuery {
        tenant,
        from,
        until,
        other,
        direction,
    } = *query;
    let mut sql = Query::new("");
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
            .push("FROM known CROSS JOIN rollup WHERE rollup.day = known.day AND direction IN (0, 1) AND other = ")
            .push_bind(column::id(id))
            .push(" AND tenant = "),
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
fn hand_on(reading: &Connection, query: &RollupQuery, to: &Sender<RollupPart>) -> Result<()> {
    let end: Option<i64> = Query::new("SELECT arrival FROM sign_in_head WHERE tenant = ?1")
        .bind(column::id(query.tenant))
        .optional(reading)?;
    let end = end.map(column::read_number).transpose()?;
    let mut going = to
        .blocking_send(RollupPart::Begin(Arrival(end.unwrap_or_default())))
        .is_ok();
    let mut part = Vec::new();
    let mut failure = None;
    let mut sql = select_lines(query);
    sql.push(" ORDER BY rollup.day DESC");
    sql.each(reading, |columns: RollupTuple| {
        match RollupColumns::from(columns).read() {
            Ok(line) => part.push(line),
            Err(error) => failure = Some(error),
        }
        if part.len() >= PART {
            let part = std::mem::take(&mut part);
            going = going && to.blocking_send(RollupPart::Lines(part)).is_ok();
        }
        going && failure.is_none()
    })?;
    if let Some(failure) = failure {
        return Err(failure);
    }
    if going && to.blocking_send(RollupPart::Lines(part)).is_ok() {
        // Whoever has gone does not need to know.
        let _ = to.blocking_send(RollupPart::End);
    }
    Ok(())
}

#[async_trait]
impl SignInLog for Sqlite {
    async fn keep_sign_ins(&self, tenant: TenantId, rows: &[SignInRecord]) -> Result<Intake> {
        let rows = rows.to_vec();
        self.write(move |writing| keep(writing, tenant, &rows))
            .await
    }

    async fn sign_ins(&self, query: &SignInQuery) -> Result<Vec<SignInRecord>> {
        let query = query.clone();
        self.read(move |reading| {
            let (from, until) = column::window(query.window);
            let undated = |after: &SignInPosition| after.created.is_none();
            let mut rows = match query.after.as_ref().is_some_and(undated) {
                true => Vec::new(),
                false => page(reading, &query, from, until)?,
            };
            // Rows without a time are in every window and stand last.
            let rest = column::rest(query.limit, rows.len());
            if rest > 0 {
                let query = SignInQuery {
                    limit: rest,
                    after: query.after.clone().filter(undated),
                    ..query.clone()
                };
                rows.extend(page(reading, &query, column::UNDATED, column::UNDATED)?);
            }
            Ok(rows)
        })
        .await
    }

    async fn sign_in(&self, tenant: TenantId, id: &str) -> Result<Option<SignInRecord>> {
        let id = id.to_owned();
        self.read(move |reading| {
            let value: Option<String> =
                Query::new("SELECT value FROM sign_in WHERE tenant = ?1 AND id = ?2")
                    .bind(column::id(tenant))
                    .bind(column::searched(&id))
                    .optional(reading)?;
            value.map(sign_in).transpose()
        })
        .await
    }

    async fn sign_in_ends(&self) -> Result<Vec<(TenantId, Arrival)>> {
        self.read(move |reading| {
            let rows: Vec<(Vec<u8>, i64)> =
                Query::new("SELECT tenant, arrival FROM sign_in_head ORDER BY tenant")
                    .all(reading)?;
            let rows = rows.into_iter().map(|(tenant, arrival)| {
                let arrival = column::read_number(arrival).map(Arrival)?;
                Ok((column::read_id(&tenant)?, arrival))
            });
            rows.collect()
        })
        .await
    }

    async fn sign_in_feed(
        &self,
        tenant: TenantId,
        after: Arrival,
        limit: u32,
    ) -> Result<Vec<(Arrival, SignInRecord)>> {
        self.read(move |reading| {
            let rows: Vec<(i64, String)> = Query::new(
                "SELECT arrival, value FROM sign_in WHERE tenant = ?1 AND arrival > ?2
             ORDER BY arrival LIMIT ?3",
            )
            .bind(column::id(tenant))
            .bind(column::number(after.0))
            .bind(column::limit(limit))
            .all(reading)?;
            let rows = rows.into_iter().map(|(arrival, value)| {
                let arrival = column::read_number(arrival).map(Arrival)?;
                Ok((arrival, sign_in(value)?))
            });
            rows.collect()
        })
        .await
    }

    async fn rollup(&self, query: &RollupQuery) -> Result<Vec<RollupRow>> {
        let query = *query;
        self.read(move |reading| {
            let rows: Vec<RollupTuple> = select_lines(&query).all(reading)?;
            RollupColumns::read_all(rows)
        })
        .await
    }

    async fn rollup_parts(&self, query: &RollupQuery, to: Sender<RollupPart>) -> Result<()> {
        let query = *query;
        self.read(move |reading| hand_on(reading, &query, &to))
            .await
    }

    async fn forget_sign_ins(&self, before: Moment) -> Result<u64> {
        self.write(move |writing| {
            let gone = Query::new("DELETE FROM sign_in WHERE created < ?1 AND created > ?2")
                .bind(column::bound(before))
                .bind(column::UNDATED)
                .execute(writing)?;
            Ok(column::count(gone))
        })
        .await
    }

    async fn forget_rollup(&self, before: Day) -> Result<u64> {
        self.write(move |writing| {
            let gone = Query::new("DELETE FROM rollup WHERE day < ?1 AND day > ?2")
                .bind(i64::from(before.0))
                .bind(NO_DAY)
                .execute(writing)?;
            Ok(column::count(gone))
        })
        .await
    }
}
