//! One pull after another, and what an interrupted one left behind.

use super::endpoint::{Endpoint, Fault, undisturbed};
use super::*;
use crate::pull::folder::{CHECKPOINT, ROWS};

async fn quiet() -> Endpoint {
    Endpoint::failing([]).await
}

#[tokio::test]
async fn a_pull_writes_each_row_on_a_line_as_the_endpoint_gave_it() {
    let (endpoint, place) = (quiet().await, Place::new());
    let pulled = pull(&client(), &endpoint, &place, &january(), Durability::Disk).await;
    let (windows, tally) = pulled.unwrap();
    assert_eq!(windows.len(), 1);
    let Tally {
        pages,
        rows,
        duplicates,
        repeated,
    } = tally;
    assert_eq!((pages, rows, duplicates, repeated), (13, 85, 0, 0));
    assert_eq!(place.rows(), undisturbed());
    assert_eq!(endpoint.tokens(), 1);
    let asked = endpoint.asked();
    let first = "$top=1000&$filter=createdDateTime%20ge%202026-01-01T00:00:00Z%20and%20\
                 createdDateTime%20le%202026-01-31T00:00:00Z%20and%20\
                 signInEventTypes/any(t:%20t%20eq%20'interactiveUser')";
    assert_eq!(asked[0], first);
    assert_eq!(asked[9], first.replace("'interactive", "'nonInteractive"));
    let written = std::fs::read_to_string(place.0.join(CHECKPOINT)).unwrap();
    assert!(!written.contains("token-") && !written.contains("secret"));
}

#[tokio::test]
async fn the_next_pull_begins_where_the_last_one_ended_and_an_hour_before() {
    let (endpoint, place, client) = (quiet().await, Place::new(), client());
    let mut asked = Asked {
        from: None,
        days: 3,
        ..january()
    };
    for (until, from) in [
        ("2026-01-31T00:00:00Z", "2026-01-28T00:00:00Z"),
        ("2026-02-01T00:00:00Z", "2026-01-30T23:00:00Z"),
    ] {
        asked.until = time(until);
        let pulled = pull(&client, &endpoint, &place, &asked, Durability::System).await;
        let expected = Window {
            from: time(from),
            until: time(until),
        };
        assert_eq!(pulled.unwrap().0, [expected]);
    }
    // The second one found nothing new, and the rows are there once.
    assert_eq!(place.rows(), undisturbed());
    // A window with a gap before it leaves the gap to the next pull; one of long ago moves nothing.
    for (from, until) in [
        ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"),
        ("2025-12-01T00:00:00Z", "2025-12-02T00:00:00Z"),
    ] {
        asked.from = Some(time(from));
        asked.until = time(until);
        let pulled = pull(&client, &endpoint, &place, &asked, Durability::System).await;
        pulled.unwrap();
        assert_eq!(place.checkpoint()["reached"], "2026-02-01T00:00:00Z");
    }
}

#[tokio::test]
async fn an_interrupted_pull_is_finished_before_another_window_begins() {
    let faults = [None, None, None, Some(Fault::Forbidden)];
    let (endpoint, place, client) = (Endpoint::failing(faults).await, Place::new(), client());
    let durability = Durability::System;
    let said = wrong(pull(&client, &endpoint, &place, &january(), durability).await);
    assert!(said.contains("AuditLog.Read.All"), "{said}");
    let later = Asked {
        from: None,
        until: time("2026-02-01T00:00:00Z"),
        ..january()
    };
    let (windows, tally) = pull(&client, &endpoint, &place, &later, durability)
        .await
        .unwrap();
    let ends = windows.iter().map(|window| window.until.to_string());
    let expected = ["2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z"];
    assert_eq!(ends.collect::<Vec<_>>(), expected);
    // The two pages that were there are not asked for again.
    assert_eq!((tally.rows, tally.pages), (85 - 14, 11 + 13));
    assert_eq!(place.rows(), undisturbed());
}

#[tokio::test]
async fn a_link_that_does_not_hold_any_more_begins_the_window_again() {
    let faults = [None, None, None, Some(Fault::Stale(410))];
    let (endpoint, place) = (Endpoint::failing(faults).await, Place::new());
    let pulled = pull(&client(), &endpoint, &place, &january(), Durability::System).await;
    let (_, tally) = pulled.unwrap();
    assert_eq!((tally.rows, tally.duplicates), (85, 14));
    assert_eq!(place.rows(), undisturbed());
}

#[tokio::test]
async fn rows_of_other_files_of_the_folder_are_not_written_again() {
    let (endpoint, place, client) = (quiet().await, Place::new(), client());
    std::fs::create_dir_all(&place.0).unwrap();
    let whole = undisturbed();
    let (first, rest) = whole.split_at(whole.match_indices('\n').nth(9).unwrap().0 + 1);
    // In capitals it is the same id; a line that is no row is left to whoever reads the log.
    let before = first.replace("0000000a-", "0000000A-") + "{not a row\n";
    std::fs::write(place.0.join("december.NDJSON"), before).unwrap();
    std::fs::write(place.0.join(ROWS), "{\"id\": \"somebody else's\"}").unwrap();
    let asked = january();
    let pulled = pull(&client, &endpoint, &place, &asked, Durability::System).await;
    assert_eq!(pulled.unwrap().1.duplicates, 10);
    assert_eq!(
        place.rows(),
        format!("{{\"id\": \"somebody else's\"}}\n{rest}")
    );
}

#[tokio::test]
async fn a_folder_is_pulled_into_once_at_a_time_and_from_one_endpoint() {
    let (endpoint, place, client) = (quiet().await, Place::new(), client());
    let held = Folder::open(&place.0, Durability::System).unwrap();
    let said = wrong(pull(&client, &endpoint, &place, &january(), Durability::System).await);
    assert!(said.contains("is being pulled into already"), "{said}");
    drop(held);
    let pulled = pull(&client, &endpoint, &place, &january(), Durability::System).await;
    pulled.unwrap();
    let other = quiet().await;
    let said = wrong(pull(&client, &other, &place, &january(), Durability::System).await);
    assert!(said.contains("another folder for another log"), "{said}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_checkpoint_that_cannot_be_right_is_not_believed() {
    let (client, asked) = (client(), january());
    let faults = [None, None, None, Some(Fault::Forbidden)];
    let (endpoint, place) = (Endpoint::failing(faults).await, Place::new());
    let durability = Durability::System;
    wrong(pull(&client, &endpoint, &place, &asked, durability).await);
    let (path, rows) = (place.0.join(CHECKPOINT), place.0.join(ROWS));
    let right = std::fs::read_to_string(&path).unwrap();
    let whole = std::fs::read(&rows).unwrap();
    std::fs::write(&rows, &whole[..100]).unwrap();
    let said = wrong(pull(&client, &endpoint, &place, &asked, durability).await);
    assert!(
        said.contains("is shorter than when it was pulled into: 100 bytes"),
        "{said}"
    );
    std::fs::write(&rows, &whole).unwrap();
    for (wrongly, expected) in [
        (right[..right.len() / 2].to_owned(), "cannot be read"),
        (
            right.replace("\"format\": 1", "\"format\": 2"),
            "its format is 2",
        ),
        (
            right.replace("\"length\"", "\"lenght\""),
            "unknown field `lenght`",
        ),
        (
            right.replace(
                &format!("\"next\": \"{}", endpoint.url),
                "\"next\": \"https://elsewhere.example",
            ),
            "another server",
        ),
    ] {
        assert_ne!(wrongly, right);
        std::fs::write(&path, wrongly).unwrap();
        let said = wrong(pull(&client, &endpoint, &place, &asked, durability).await);
        assert!(said.contains(expected), "{said}");
        assert_eq!(std::fs::read(&rows).unwrap(), whole);
    }
    std::fs::remove_file(&path).unwrap();
    pull(&client, &endpoint, &place, &asked, durability)
        .await
        .unwrap();
    assert_eq!(place.rows(), undisturbed());
}
