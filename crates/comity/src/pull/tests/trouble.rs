//! What stops a pull, and what it says then.

use super::endpoint::{Endpoint, Fault, undisturbed};
use super::*;

async fn said(plan: impl FnMut() -> Option<Fault> + Send + 'static) -> (String, Place) {
    let (endpoint, place) = (Endpoint::with(plan).await, Place::new());
    let outcome = pull(&client(), &endpoint, &place, &january(), Durability::System).await;
    (wrong(outcome), place)
}

/// The token and one page come, and then only that.
fn after_a_page(fault: Fault) -> impl FnMut() -> Option<Fault> + Send + 'static {
    let mut answers = 0;
    move || {
        answers += 1;
        (answers > 2).then_some(fault)
    }
}

#[tokio::test]
async fn an_endpoint_that_stays_broken_is_given_up_with_what_to_do() {
    for fault in [
        Fault::Broken,
        Fault::Cut(50),
        Fault::Half(50),
        Fault::Closed,
        Fault::Garbage,
    ] {
        let (said, place) = said(after_a_page(fault)).await;
        assert!(said.contains("could not be pulled to its end"), "{said}");
        assert!(said.contains("it goes on after the 7 rows"), "{said}");
        assert_eq!(place.checkpoint()["open"]["rows"], 7);
    }
    let (said, place) = said(|| Some(Fault::Broken)).await;
    assert!(said.contains("no token was given (status 500)"), "{said}");
    assert!(said.contains("after the 0 rows"), "{said}");
    assert_eq!(place.rows(), "");
}

#[tokio::test]
async fn whoever_may_not_read_the_log_is_told_what_is_needed() {
    let (said, _) = said(after_a_page(Fault::Forbidden)).await;
    assert!(said.contains("answered 403: as planned: 403"), "{said}");
    assert!(said.contains("needs AuditLog.Read.All"), "{said}");
}

#[tokio::test]
async fn a_token_that_has_run_out_is_replaced_once() {
    let faults = [None, None, Some(Fault::Expired)];
    let (endpoint, place) = (Endpoint::failing(faults).await, Place::new());
    let pulled = pull(&client(), &endpoint, &place, &january(), Durability::System).await;
    assert_eq!(pulled.unwrap().1.repeated, 0);
    assert_eq!(endpoint.tokens(), 2);
    assert_eq!(place.rows(), undisturbed());
    let (said, _) = said(after_a_page(Fault::Expired)).await;
    assert!(said.contains("answered 401"), "{said}");
}

#[tokio::test]
async fn the_token_does_not_follow_a_link_to_another_server() {
    let faults = [None, None, Some(Fault::Astray)];
    let (endpoint, place) = (Endpoint::failing(faults).await, Place::new());
    let said = wrong(pull(&client(), &endpoint, &place, &january(), Durability::System).await);
    assert!(said.contains("`https://elsewhere.example/"), "{said}");
    assert!(said.contains("the token is not for it"), "{said}");
    // The page that said so is not taken either.
    assert_eq!(place.checkpoint()["open"]["rows"], 7);
}

#[tokio::test]
async fn who_asks_for_more_patience_than_there_is_is_not_waited_for() {
    let (said, _) = said(after_a_page(Fault::MuchLater)).await;
    assert!(said.contains("answered 429: as planned: 429"), "{said}");
}

#[tokio::test]
async fn a_link_that_never_holds_is_given_up() {
    let (said, _) = said(after_a_page(Fault::Stale(400))).await;
    assert!(said.contains("answered 400: as planned: 400"), "{said}");
}

#[test]
fn no_time_is_no_window() {
    let asked = Asked {
        from: Some(time("2026-02-01T00:00:00Z")),
        ..january()
    };
    let said = wrong(asked.window(None));
    assert!(
        said.contains("there is no time from 2026-02-01T00:00:00Z until 2026-01-31"),
        "{said}"
    );
    let asked = Asked {
        from: None,
        days: u32::MAX,
        ..january()
    };
    assert_eq!(asked.window(None).unwrap().from, Timestamp::UNIX_EPOCH);
}
