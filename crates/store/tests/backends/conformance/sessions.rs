//! The ends of sessions.

use comity_store::{DirectoryAct, DirectoryChange, UserDetails};

use super::Place;
use crate::sample::{ALICE, CONTOSO, alice, contoso, create, record, second};

pub(crate) async fn whose_sessions_were_ended_is_read_with_the_people<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let revoked = async || {
        let read = store.catch_up(&[(CONTOSO, None)]).await.unwrap();
        let users = read.people[&CONTOSO].users.iter();
        let ended = users.filter_map(|(id, user)| Some((*id, user.as_ref()?.revoked?)));
        ended.collect::<Vec<_>>()
    };
    assert_eq!(revoked().await, []);
    let version = store.person(CONTOSO, ALICE).await.unwrap().unwrap().version;
    let ended = DirectoryAct::PutUser {
        user: Box::new(alice()),
        details: Box::new(UserDetails {
            sessions_revoked: Some(second(3)),
            ..UserDetails::default()
        }),
        expected: Some(version),
    };
    let change = DirectoryChange::new(CONTOSO, vec![ended], vec![record(Some(CONTOSO))]);
    store.write_directory(&change).await.unwrap();
    assert_eq!(revoked().await, [(ALICE, second(3))]);
    // What else is written about her leaves it.
    store.put_users(CONTOSO, &[alice()]).await.unwrap();
    assert_eq!(revoked().await, [(ALICE, second(3))]);
    store.delete_user(CONTOSO, ALICE).await.unwrap();
    assert_eq!(revoked().await, []);
}
