//! What has changed.

use comity_store::{Change, MovedTenant, Revision, Sequence, Store};

use super::Place;
use crate::sample::{
    CONTOSO, FABRIKAM, NORTHWIND, alice, change, commit_on, create, facts, hosted, read, record,
};

async fn row(store: &dyn Store, tenant: policy::tenant::TenantId) -> MovedTenant {
    let snapshot = read(store, &[tenant]).await;
    let version = snapshot.version(tenant).unwrap();
    let row = store.tenant(tenant).await.unwrap().unwrap();
    MovedTenant {
        tenant,
        sequence: row.moved,
        revision: version.revision(),
        people: version.people(),
    }
}

pub(crate) async fn what_has_moved_is_told_once_for_each_tenant<P: Place>(place: P) {
    let store = place.open().await;
    assert_eq!(store.sequence().await.unwrap(), Sequence(0));
    create(&*store, [CONTOSO, FABRIKAM, NORTHWIND].map(hosted).into()).await;
    let start = store.moved_since(Sequence(0)).await.unwrap();
    assert_eq!(start.until, store.sequence().await.unwrap());
    let known: Vec<_> = start.tenants.iter().map(|moved| moved.tenant).collect();
    assert_eq!(known, [NORTHWIND, CONTOSO, FABRIKAM]);
    assert_eq!(start.facts, None);

    for _ in 0..3 {
        change(&*store, CONTOSO, 1, |_| {}).await;
    }
    let people = store.put_users(FABRIKAM, &[alice()]).await.unwrap();
    // A refusal moves nothing, but it has its place in the order.
    let refusal = store.append_audit(&[record(Some(CONTOSO))]).await.unwrap();
    let moved = store.moved_since(start.until).await.unwrap();
    assert_eq!(moved.until, refusal);
    assert_eq!(
        moved.tenants,
        [row(&*store, CONTOSO).await, row(&*store, FABRIKAM).await]
    );
    assert_eq!(moved.tenants[0].revision, Revision(4));
    assert_eq!(
        (moved.tenants[1].revision, moved.tenants[1].people),
        (Revision(1), people)
    );
    let nothing = store.moved_since(moved.until).await.unwrap();
    assert_eq!(
        (nothing.until, nothing.tenants.len(), nothing.facts),
        (moved.until, 0, None)
    );

    let snapshot = read(&*store, &[]).await;
    let put = vec![Change::Facts(Box::new(facts()))];
    commit_on(&*store, &snapshot, 2, put).await.unwrap();
    let moved = store.moved_since(moved.until).await.unwrap();
    assert_eq!((moved.tenants.len(), moved.facts), (0, Some(Revision(1))));
}

pub(crate) async fn a_watch_wakes_after_a_commit<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO)]).await;
    let mut watch = store.watch();
    let committed = change(&*store, CONTOSO, 1, |_| {}).await;
    // A wake may be for nothing; sooner or later one is for this.
    let mut until = Sequence(0);
    while until < committed.sequence {
        assert!(watch.changed().await);
        until = store.moved_since(Sequence(0)).await.unwrap().until;
    }
}

pub(crate) async fn a_watch_ends_when_the_store_is_closed<P: Place>(place: P) {
    let store = place.open().await;
    let mut watch = store.watch();
    store.close().await;
    while watch.changed().await {}
    assert!(!store.watch().changed().await);
}
