//! Several processes on one PostgreSQL: what one commits, the others hear of.

use std::sync::Arc;
use std::time::Duration;

use comity_store::{Postgres, PostgresOptions, Sequence, Store};

use crate::conformance::{Place, run};
use crate::database::Database;
use crate::sample::{CONTOSO, change, create, hosted};

#[test]
fn a_commit_of_one_replica_wakes_the_other() {
    run::<Database, _>(|place| async move {
        let (one, other) = (place.open().await, place.open().await);
        create(&*one, vec![hosted(CONTOSO)]).await;
        assert_heard(&*one, &*other).await;
        assert_heard(&*other, &*one).await;
    });
}

#[test]
fn without_notifications_the_counter_is_looked_at() {
    run::<Database, _>(|place| async move {
        let options = PostgresOptions {
            poll: Duration::from_millis(20),
            ..PostgresOptions::default()
        };
        let other = Postgres::open(place.address(), options).await.unwrap();
        let other: Arc<dyn Store> = Arc::new(other);
        let one = place.open().await;
        create(&*one, vec![hosted(CONTOSO)]).await;
        for _ in 0..3 {
            // Nobody is told of entries of the audit log; the counter moves all the same.
            let mut watch = other.watch();
            let sequence = one
                .append_audit(&[crate::sample::record(None)])
                .await
                .unwrap();
            while other.moved_since(Sequence(0)).await.unwrap().until < sequence {
                assert!(watch.changed().await);
            }
        }
    });
}

async fn assert_heard(one: &dyn Store, other: &dyn Store) {
    let mut watch = other.watch();
    let committed = change(one, CONTOSO, 1, |_| {}).await;
    loop {
        assert!(watch.changed().await);
        let moved = other.moved_since(Sequence(0)).await.unwrap();
        if moved.until >= committed.sequence {
            assert_eq!(moved.tenants[0].revision, committed.revisions[&CONTOSO]);
            return;
        }
    }
}
