//! When the database cannot do what it should: full, gone, back again.

use std::sync::Arc;

use comity_store::{
    Error, Outage, Postgres, PostgresOptions, Reach, Revision, SignInQuery, Sqlite, SqliteOptions,
    Store,
};

use crate::File;
use crate::cluster::Cluster;
use crate::conformance::run;
use crate::sample::{
    CONTOSO, change, commit_on, create, full_row, hosted, put_policy, read, second,
};

fn outage(error: &Error) -> Option<Outage> {
    match error {
        Error::Unavailable { outage, .. } => Some(*outage),
        _ => None,
    }
}

#[test]
fn a_full_disk_refuses_writes_and_reading_goes_on() {
    run::<File, _>(|place| async move {
        let options = SqliteOptions {
            max_pages: Some(200),
            ..SqliteOptions::default()
        };
        let path = place.folder().path().join("store.db");
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path, options).await.unwrap());
        create(&*store, vec![hosted(CONTOSO)]).await;
        let mut kept = 0;
        let error = loop {
            let rows: Vec<_> = (0..50)
                .map(|row| full_row(&format!("{kept}-{row}")))
                .collect();
            match store.keep_sign_ins(CONTOSO, &rows).await {
                Ok(_) => kept += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(outage(&error), Some(Outage::Full), "{error}: {error:?}");
        assert_eq!(error.to_string(), "there is no room left in the database");
        let rows = store
            .sign_ins(&SignInQuery::all(CONTOSO, 10_000))
            .await
            .unwrap();
        assert_eq!(rows.len(), kept * 50);

        let snapshot = read(&*store, &[CONTOSO]).await;
        let mut policy = crate::sample::policy(&snapshot, CONTOSO);
        policy.display_name = Some("x".repeat(1 << 20));
        let changes = vec![put_policy(CONTOSO, policy)];
        let error = commit_on(&*store, &snapshot, 1, changes).await.unwrap_err();
        assert_eq!(outage(&error), Some(Outage::Full), "{error}: {error:?}");
        assert_eq!(
            read(&*store, &[CONTOSO]).await.sequence(),
            snapshot.sequence()
        );

        // Somebody makes room.
        store.forget_sign_ins(second(1_000)).await.unwrap();
        let committed = change(&*store, CONTOSO, 2, |policy| policy.display_name = None).await;
        assert_eq!(committed.revisions[&CONTOSO], Revision(2));
    });
}

#[test]
fn a_disk_that_fills_up_under_many_writers_keeps_what_it_acknowledged() {
    run::<File, _>(|place| async move {
        let options = SqliteOptions {
            max_pages: Some(150),
            ..SqliteOptions::default()
        };
        let path = place.folder().path().join("store.db");
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path, options).await.unwrap());
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..400 {
            let store = store.clone();
            tasks.spawn(async move {
                // Large ones and small ones, that wait together.
                let text = "x".repeat(number % 7 * 2000);
                let name = format!("{number:03}");
                let put = store.put_value(&name, Revision(0), &text).await;
                (name, put)
            });
        }
        let mut full = 0;
        for (name, put) in tasks.join_all().await {
            let value = store.value(&name).await.unwrap();
            assert_eq!(value.is_some(), put.is_ok(), "{name}: {put:?}");
            if let Err(error) = put {
                assert_eq!(outage(&error), Some(Outage::Full), "{error}: {error:?}");
                full += 1;
            }
        }
        assert!(full > 0 && full < 400, "{full}");
    });
}

#[test]
fn a_lost_postgresql_says_so_and_comes_back_by_itself() {
    let Some(cluster) = Cluster::start("") else {
        return;
    };
    run::<File, _>(|_| async move {
        let options = PostgresOptions {
            patience: std::time::Duration::from_millis(300),
            ..PostgresOptions::default()
        };
        let store: Arc<dyn Store> = Arc::new(
            Postgres::open(&cluster.address("postgres"), options)
                .await
                .unwrap(),
        );
        create(&*store, vec![hosted(CONTOSO)]).await;
        let snapshot = read(&*store, &[CONTOSO]).await;
        cluster.kill();
        for _ in 0..2 {
            let reading = store.world(&[CONTOSO], Reach::Settings).await.unwrap_err();
            let changes = vec![put_policy(CONTOSO, Default::default())];
            let writing = commit_on(&*store, &snapshot, 1, changes).await.unwrap_err();
            for error in [reading, writing] {
                assert_eq!(outage(&error), Some(Outage::Lost), "{error}: {error:?}");
            }
        }
        let mut watch = store.watch();
        cluster.restart();
        // Whatever may have been missed is told as soon as somebody listens again.
        assert!(watch.changed().await);
        let committed = change(&*store, CONTOSO, 2, |_| {}).await;
        assert_eq!(committed.revisions[&CONTOSO], Revision(2));
    });
}
