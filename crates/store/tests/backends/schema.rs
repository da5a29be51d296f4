//! The schema: a database that has been brought up to date, step by step, is the same as a new one
//! and has kept what was in it.

use std::path::Path;
use std::sync::Arc;

use comity_store::{Error, Postgres, PostgresOptions, Sequence, Sqlite, SqliteOptions, Store};
use rusqlite::Connection as SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::conformance::audit::walked;
use crate::conformance::run;
use crate::database::Database;
use crate::sample::{CONTOSO, Folder};
use crate::{File, Place};

/// The steps of a backend, by their names.
fn steps(backend: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src")
        .join(backend);
    let files = std::fs::read_dir(folder.join("migrations")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    let step = |file: &std::path::PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(file).unwrap())
    };
    files.iter().map(step).collect()
}

/// What makes the first steps of a schema, by hand.
fn script(steps: &[(String, String)]) -> String {
    let mut script = "CREATE TABLE migration (
        number BIGINT PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL
    );"
    .to_owned();
    for (number, (name, text)) in (1..).zip(steps) {
        let quoted = text.replace('\'', "''");
        script += text;
        script += &format!("\nINSERT INTO migration VALUES ({number}, '{name}', '{quoted}');");
    }
    if !steps.is_empty() {
        script += "UPDATE counter SET sequence = 42;";
    }
    script
}

fn database(folder: &Folder) -> std::path::PathBuf {
    folder.path().join("store.db")
}

async fn sqlite(folder: &Folder, script: &str) -> Result<Arc<dyn Store>, Error> {
    let file = database(folder);
    let script = script.replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY");
    let database = SqliteConnection::open(&file).unwrap();
    database.execute_batch(&script).unwrap();
    drop(database);
    let store = Sqlite::open(&file, SqliteOptions::default()).await?;
    Ok(Arc::new(store))
}

/// Reads rows by hand.
fn sqlite_rows<T>(
    folder: &Folder,
    query: &str,
    row: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let database = SqliteConnection::open(database(folder)).unwrap();
    let mut query = database.prepare(query).unwrap();
    let rows = query.query_map((), row).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn sqlite_schema(folder: &Folder) -> Vec<(String, String)> {
    let schema = "SELECT name, COALESCE(sql, '') FROM sqlite_schema
        WHERE name <> 'migration' ORDER BY name";
    sqlite_rows(folder, schema, |row| row.try_into())
}

#[test]
fn an_old_sqlite_database_becomes_like_a_new_one() {
    run::<File, _>(|new| async move {
        new.open().await.close().await;
        let new = sqlite_schema(new.folder());
        assert!(new.len() > 20);
        let steps = steps("sqlite");
        for known in 0..=steps.len() {
            let folder = Folder::new();
            let store = sqlite(&folder, &script(&steps[..known])).await.unwrap();
            let sequence = if known == 0 { 0 } else { 42 };
            assert_eq!(store.sequence().await.unwrap(), Sequence(sequence));
            store.close().await;
            assert_eq!(sqlite_schema(&folder), new, "from step {known}");
        }
    });
}

async fn postgres(database: &Database, script: &str) -> Result<Arc<dyn Store>, Error> {
    let mut connection = PgConnection::connect(database.address()).await.unwrap();
    connection
        .execute(AssertSqlSafe(script.to_owned()))
        .await
        .unwrap();
    connection.close().await.unwrap();
    let store = Postgres::open(database.address(), PostgresOptions::default()).await?;
    Ok(Arc::new(store))
}

async fn postgres_schema(database: &Database) -> Vec<String> {
    let mut connection = PgConnection::connect(database.address()).await.unwrap();
    let schema = "
        SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, collation_name)
            FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        ORDER BY 1";
    sqlx::query_scalar(schema)
        .fetch_all(&mut connection)
        .await
        .unwrap()
}

#[test]
fn an_old_postgresql_database_becomes_like_a_new_one() {
    run::<Database, _>(|place| async move {
        place.open().await.close().await;
        let new = postgres_schema(&place).await;
        assert!(new.len() > 100);
        let steps = steps("postgres");
        for known in 0..=steps.len() {
            let old = Database::create().await.unwrap();
            let store = postgres(&old, &script(&steps[..known])).await.unwrap();
            let sequence = if known == 0 { 0 } else { 42 };
            assert_eq!(store.sequence().await.unwrap(), Sequence(sequence));
            assert_eq!(postgres_schema(&old).await, new, "from step {known}");
        }
    });
}

/// Rows as they were kept before the audit log was a chain, in two logs.
fn unchained(bytes: fn(&str) -> String) -> String {
    let mut script = String::new();
    for (number, tenant) in ["", CONTOSO_BYTES, "", CONTOSO_BYTES]
        .into_iter()
        .enumerate()
    {
        let tenant_text = match tenant {
            "" => String::new(),
            _ => format!(r#""tenant":"{CONTOSO}","#),
        };
        let value = format!(
            r#"{{"v":1,"id":"00000000-0000-0000-0000-00000000000{number}",{tenant_text}"time":"1","correlation":"00000000-0000-0000-0000-000000000001","initiator":{{"who":"system"}},"service":"s","category":"c","activity":"a","operation":"o","target":{{"kind":"k"}}}}"#
        );
        script += &format!(
            "INSERT INTO audit (sequence, entry, tenant, id, time, category, activity, actor,
                 correlation, value)
             VALUES (7, {number}, {}, {}, 1, 'c', 'a', 'system', {}, '{value}');",
            bytes(tenant),
            bytes(&format!("{number:032}")),
            bytes("00000000000000000000000000000001"),
        );
    }
    script
}

const CONTOSO_BYTES: &str = "0000000000000000000000000000000c";

async fn has_chained(store: &dyn Store) {
    for log in [None, Some(CONTOSO)] {
        let head = walked(store, log).await;
        assert_eq!(head.entries, 2);
        assert_eq!(store.audit_head(log).await.unwrap(), head);
    }
}

#[test]
fn entries_from_before_the_chain_are_chained_in_sqlite() {
    run::<File, _>(|_| async move {
        let folder = Folder::new();
        let script = script(&steps("sqlite")[..5]) + &unchained(|hex| format!("x'{hex}'"));
        let store = sqlite(&folder, &script).await.unwrap();
        has_chained(&*store).await;
    });
}

#[test]
fn entries_from_before_the_chain_are_chained_in_postgresql() {
    run::<Database, _>(|place| async move {
        let script = script(&steps("postgres")[..5]) + &unchained(|hex| format!("'\\x{hex}'"));
        let store = postgres(&place, &script).await.unwrap();
        has_chained(&*store).await;
    });
}

/// People as they were kept before the ends of their sessions had a column: one, and nobody's.
fn people(bytes: fn(&str) -> String, flag: &str) -> String {
    let tenant = bytes(CONTOSO_BYTES);
    let mut script = format!(
        "INSERT INTO tenant (id, hosted, directory_known, revision, people, moved, created)
             VALUES ({tenant}, {flag}, {flag}, 0, 0, 0, 0);"
    );
    let details = r#"{"v":1,"sessionsRevoked":"3000000000","further":{"a":"\u0000"}}"#;
    for (user, details) in [(1, format!("'{details}'")), (2, "NULL".to_owned())] {
        script += &format!(
            "INSERT INTO directory_user (tenant, id, name, home_tenant, home_user, value, details)
                 VALUES ({tenant}, {}, 'x', {empty}, {empty}, '{{}}', {details});",
            bytes(&format!("{user:032}")),
            empty = bytes(""),
        );
    }
    script
}

const REVOKED: &str = "SELECT revoked FROM directory_user ORDER BY id";

#[test]
fn the_ends_of_sessions_get_a_column_in_sqlite() {
    run::<File, _>(|_| async move {
        let folder = Folder::new();
        let people = people(|hex| format!("x'{hex}'"), "1");
        let script = script(&steps("sqlite")[..8]) + &people;
        let store = sqlite(&folder, &script).await.unwrap();
        store.close().await;
        let revoked: Vec<Option<i64>> = sqlite_rows(&folder, REVOKED, |row| row.get(0));
        assert_eq!(revoked, [Some(3_000_000_000), None]);
    });
}

#[test]
fn the_ends_of_sessions_get_a_column_in_postgresql() {
    run::<Database, _>(|place| async move {
        let people = people(|hex| format!("'\\x{hex}'"), "true");
        let script = script(&steps("postgres")[..8]) + &people;
        postgres(&place, &script).await.unwrap();
        let mut database = PgConnection::connect(place.address()).await.unwrap();
        let revoked: Vec<Option<i64>> = sqlx::query_scalar(REVOKED)
            .fetch_all(&mut database)
            .await
            .unwrap();
        assert_eq!(revoked, [Some(3_000_000_000), None]);
    });
}

#[test]
fn a_newer_or_another_schema_is_not_opened() {
    run::<File, _>(|_| async move {
        let mut steps = steps("sqlite");
        steps.push(("0099_later".into(), "CREATE TABLE later (x TEXT);".into()));
        let newer = sqlite(&Folder::new(), &script(&steps)).await.err().unwrap();
        let known = u32::try_from(steps.len() - 1).unwrap();
        assert!(
            matches!(newer, Error::Newer { found, known: k } if found == known + 1 && k == known),
            "{newer}"
        );
        steps.pop();
        steps[1].1 += "-- edited afterwards\n";
        let edited = sqlite(&Folder::new(), &script(&steps)).await.err().unwrap();
        assert!(matches!(edited, Error::Corrupt { .. }), "{edited}");
        let cause = std::error::Error::source(&edited).unwrap().to_string();
        assert!(cause.contains("0002_audit"), "{cause}");
    });
}

#[test]
fn what_is_no_database_is_not_opened() {
    run::<File, _>(|_| async move {
        let folder = Folder::new();
        std::fs::write(
            database(&folder),
            "This is a letter to my aunt. ".repeat(400),
        )
        .unwrap();
        let error = Sqlite::open(&database(&folder), SqliteOptions::default())
            .await
            .err();
        assert!(matches!(error, Some(Error::Corrupt { .. })), "{error:?}");
        for address in [
            "",
            "store.db",
            "mysql://x@y/z",
            "sqlite:",
            "postgres:nonsense",
        ] {
            let error = comity_store::open(address).await.err();
            assert!(
                matches!(error, Some(Error::Address(_))),
                "{address}: {error:?}"
            );
        }
    });
}
