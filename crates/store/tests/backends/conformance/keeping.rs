//! What is kept, and what cannot be.

use comity_store::{
    AuditQuery, Change, Error, Moment, Order, Outage, Revision, Sequence, SignInQuery, Store, Unfit,
};
use policy::world::{Tenant, User};

use super::Place;
use crate::sample::{
    ALICE, CONTOSO, alice, change, commit_on, contoso, create, crossing, entry, facts, full_row,
    hosted, partner, read, record, stamp,
};

async fn everything(store: &dyn Store) -> String {
    let snapshot = read(store, &[CONTOSO]).await;
    let query = AuditQuery {
        tenant: Some(CONTOSO),
        order: Order::OldestFirst,
        limit: 100,
        ..AuditQuery::default()
    };
    let rollup = comity_store::RollupQuery {
        tenant: CONTOSO,
        from: None,
        until: None,
        other: None,
        direction: None,
    };
    format!(
        "{snapshot:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        store.revisions(CONTOSO, None, 100).await.unwrap(),
        store.audit(&query).await.unwrap(),
        store
            .sign_ins(&SignInQuery::all(CONTOSO, 100))
            .await
            .unwrap(),
        store.rollup(&rollup).await.unwrap(),
        store.value("name").await.unwrap(),
        store.moved_since(Sequence(0)).await.unwrap(),
    )
}

pub(crate) async fn everything_is_there_when_the_store_is_opened_again<P: Place>(place: P) {
    if !P::KEEPS {
        return;
    }
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    change(&*store, CONTOSO, 1, |policy| {
        policy.partners.insert(entry(partner(1), 1))
    })
    .await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    commit_on(
        &*store,
        &snapshot,
        1,
        vec![Change::Facts(Box::new(facts()))],
    )
    .await
    .unwrap();
    store
        .keep_sign_ins(CONTOSO, &[full_row("s1"), crossing("s2", 2)])
        .await
        .unwrap();
    store.put_value("name", Revision(0), "text").await.unwrap();
    let before = everything(&*store).await;
    store.close().await;
    drop(store);
    let store = place.open().await;
    assert_eq!(everything(&*store).await, before);
    change(&*store, CONTOSO, 2, |_| {}).await;
}

pub(crate) async fn a_closed_store_says_that_it_is_lost<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    store.close().await;
    store.close().await;
    let read = store.tenant(CONTOSO).await.unwrap_err();
    let write = store.append_audit(&[record(None)]).await.unwrap_err();
    for error in [read, write] {
        let lost = matches!(
            error,
            Error::Unavailable {
                outage: Outage::Lost,
                ..
            }
        );
        assert!(lost, "{error}: {error:?}");
    }
}

/// Text that some database, driver or encoder somewhere gets wrong.
const STRANGE: [&str; 8] = [
    "",
    "NULL",
    "'; DROP TABLE tenant; --",
    "\"quoted\" \\ {json: [1]}",
    "a\0b",
    "\u{202e}reversed\u{200b}",
    "👩‍👩‍👧 ﷽ Ǆ",
    "line\r\nline\ttab \u{7f}",
];

pub(crate) async fn strange_text_is_kept_as_it_is<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    for text in STRANGE {
        change(&*store, CONTOSO, 1, |policy| {
            policy.display_name = Some(text.into());
            policy.untreated.set("x", text.into());
        })
        .await;
        let user = User {
            display_name: Some(text.into()),
            attributes: [(text.into(), text.into())].into(),
            ..alice()
        };
        store
            .put_users(CONTOSO, std::slice::from_ref(&user))
            .await
            .unwrap();
        let mut row = full_row(text);
        row.sign_in.user_display_name = Some(text.into());
        if !text.contains('\0') {
            store
                .keep_sign_ins(CONTOSO, std::slice::from_ref(&row))
                .await
                .unwrap();
            assert_eq!(store.sign_in(CONTOSO, text).await.unwrap(), Some(row));
        }
        let snapshot = read(&*store, &[CONTOSO]).await;
        let policy = snapshot.world().policy(CONTOSO).unwrap();
        assert_eq!(policy.display_name.as_deref(), Some(text));
        assert_eq!(policy.untreated.get("x"), Some(text));
        assert_eq!(store.user(CONTOSO, ALICE).await.unwrap(), Some(user));
    }
    let long = "ä".repeat(1 << 20);
    change(&*store, CONTOSO, 1, |policy| {
        policy.display_name = Some(long.clone())
    })
    .await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    let policy = snapshot.world().policy(CONTOSO).unwrap();
    assert_eq!(policy.display_name.as_ref(), Some(&long));
}

pub(crate) async fn what_one_store_cannot_keep_no_store_keeps<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO)]).await;
    let assert = |error: Error| {
        assert!(
            matches!(error, Error::Unkeepable { .. }),
            "{error}: {error:?}"
        );
    };
    let long = "x".repeat(1025);
    for bad in ["a\0b", &long] {
        assert(store.put_value(bad, Revision(0), "").await.unwrap_err());
        assert_eq!(store.value(bad).await.unwrap(), None);
        assert(
            store
                .keep_sign_ins(CONTOSO, &[crossing(bad, 1)])
                .await
                .unwrap_err(),
        );
        assert_eq!(store.sign_in(CONTOSO, bad).await.unwrap(), None);
        let mut entry = record(None);
        entry.category = bad.into();
        assert(store.append_audit(&[entry]).await.unwrap_err());
        let user = User {
            user_principal_name: bad.into(),
            ..alice()
        };
        assert(store.put_users(CONTOSO, &[user]).await.unwrap_err());
    }
    let mut entry = record(None);
    entry.time = Moment::from_nanoseconds(i128::MAX);
    assert(store.append_audit(&[entry.clone()]).await.unwrap_err());
    let mut row = crossing("s1", 1);
    row.sign_in.created = Some(Moment::from_nanoseconds(i128::from(i64::MIN)));
    assert(store.keep_sign_ins(CONTOSO, &[row]).await.unwrap_err());
    // A change says so before a database is asked.
    let snapshot = read(&*store, &[CONTOSO]).await;
    let profile = Tenant {
        display_name: None,
        ..hosted(CONTOSO)
    };
    let changes = vec![Change::Profile(Box::new(profile))];
    let unfit = comity_store::AuditedChange::new(&snapshot, stamp(1), changes, vec![entry]);
    assert!(matches!(
        unfit.unwrap_err(),
        Unfit::Unkeepable(Error::Unkeepable { .. })
    ));
    assert_eq!(store.sequence().await.unwrap(), Sequence(1));
    assert_eq!(
        store
            .sign_ins(&SignInQuery::all(CONTOSO, 10))
            .await
            .unwrap(),
        []
    );
}
