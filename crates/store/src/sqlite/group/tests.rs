//! What becomes of writes that are kept together.

use rusqlite::Connection;
use tokio::sync::oneshot::{self, Receiver};

use super::{Job, Write, keep};
use crate::error::{Error, Outage, Result};
use crate::feed::Bell;

type Answer = Receiver<Result<()>>;

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let tables = "PRAGMA foreign_keys = ON;
        CREATE TABLE kept (number INTEGER PRIMARY KEY, content BLOB);
        CREATE TABLE pointer (
            number INTEGER REFERENCES kept (number) DEFERRABLE INITIALLY DEFERRED
        );";
    connection.execute_batch(tables).unwrap();
    connection
}

fn rows(connection: &Connection) -> Vec<i64> {
    let mut rows = connection
        .prepare("SELECT number FROM kept ORDER BY number")
        .unwrap();
    let rows = rows.query_map((), |row| row.get(0)).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

fn job(work: impl FnMut(&Connection) -> Result<()> + Send + 'static) -> (Box<dyn Job>, Answer) {
    let (asker, answer) = oneshot::channel();
    let job = Write {
        work,
        concerns_decisions: false,
        result: None,
        asker,
    };
    (Box::new(job), answer)
}

/// Keeps a number, with so many bytes.
fn insert(connection: &Connection, number: i64, bytes: usize) -> Result<()> {
    let row = (number, vec![0_u8; bytes]);
    connection.execute("INSERT INTO kept (number, content) VALUES (?1, ?2)", row)?;
    Ok(())
}

fn good(number: i64) -> (Box<dyn Job>, Answer) {
    job(move |connection| insert(connection, number, 1))
}

/// Keeps them together and says how each went.
fn all(connection: &Connection, jobs: Vec<(Box<dyn Job>, Answer)>) -> Vec<Result<()>> {
    let (jobs, answers): (Vec<_>, Vec<_>) = jobs.into_iter().unzip();
    keep(connection, jobs, &Bell::new());
    let answer = |mut answer: Answer| answer.try_recv().expect("everybody is answered");
    answers.into_iter().map(answer).collect()
}

fn outage(result: &Result<()>) -> Option<Outage> {
    match result {
        Err(Error::Unavailable { outage, .. }) => Some(*outage),
        _ => None,
    }
}

#[test]
fn a_write_that_fails_leaves_its_neighbours_kept() {
    let connection = database();
    let failing = job(|connection| {
        insert(connection, 2, 1)?;
        insert(connection, 1, 1)
    });
    let panicking = job(|connection| {
        insert(connection, 3, 1)?;
        panic!("a mistake of ours");
    });
    let answers = all(&connection, vec![good(1), failing, panicking, good(4)]);
    assert!(matches!(
        answers.as_slice(),
        [Ok(()), Err(_), Err(Error::Corrupt { .. }), Ok(())]
    ));
    assert_eq!(rows(&connection), [1, 4]);
}

#[test]
fn a_write_alone_that_fails_leaves_nothing() {
    let connection = database();
    let failing = job(|connection| {
        insert(connection, 1, 1)?;
        insert(connection, 1, 1)
    });
    assert!(all(&connection, vec![failing])[0].is_err());
    assert!(all(&connection, vec![good(2)])[0].is_ok());
    assert_eq!(rows(&connection), [2]);
}

#[test]
fn a_full_disk_in_the_middle_is_told_to_those_who_found_no_room() {
    let connection = database();
    connection
        .execute_batch("PRAGMA max_page_count = 20")
        .unwrap();
    let large = job(|connection| {
        insert(connection, 2, 1)?;
        insert(connection, 3, 1 << 20)
    });
    let answers = all(&connection, vec![good(1), large, good(4)]);
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert_eq!(outage(&answers[1]), Some(Outage::Full));
    assert_eq!(rows(&connection), [1, 4]);
}

#[test]
fn when_sqlite_gives_up_the_transaction_each_write_is_done_alone() {
    let connection = database();
    // As when there is no room and SQLite cannot take back the one statement.
    let given_up = job(|connection| {
        insert(connection, 2, 1)?;
        connection.execute_batch("ROLLBACK")?;
        Err(Error::unavailable(Outage::Full, "no room"))
    });
    let answers = all(&connection, vec![good(1), given_up, good(3)]);
    assert!(answers[0].is_ok() && answers[2].is_ok());
    assert_eq!(outage(&answers[1]), Some(Outage::Full));
    assert_eq!(rows(&connection), [1, 3]);
    // Also one that believes that it went well.
    let mistaken = job(|connection| {
        insert(connection, 4, 1)?;
        Ok(connection.execute_batch("ROLLBACK")?)
    });
    let answers = all(&connection, vec![mistaken, good(5)]);
    assert!(answers[0].is_err() && answers[1].is_ok());
    assert_eq!(rows(&connection), [1, 3, 5]);
}

#[test]
fn a_commit_that_fails_is_kept_for_nobody() {
    let connection = database();
    let pointer = job(|connection| {
        connection.execute("INSERT INTO pointer (number) VALUES (9)", ())?;
        Ok(())
    });
    let answers = all(&connection, vec![good(1), pointer, good(2)]);
    assert!(answers.iter().all(Result::is_err));
    assert_eq!(rows(&connection), [0_i64; 0]);
    assert!(all(&connection, vec![good(1)])[0].is_ok());
}
