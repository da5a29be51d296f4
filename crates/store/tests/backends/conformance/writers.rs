//! Many at once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::task::Poll;

use comity_store::{AuditQuery, Error, Revision, Store, Subject};
use policy::settings::Partner;
use policy::tenant::TenantId;

use super::Place;
use crate::sample::{
    CONTOSO, FABRIKAM, NORTHWIND, commit_on, create, hosted, partner, policy, put_policy, read,
};

const WRITERS: u128 = 6;
const COMMITS: u128 = 8;

/// Adds a partner to each of these tenants in one commit, again and again until nobody was faster.
async fn add_partner(store: &dyn Store, tenants: &[TenantId], added: TenantId) {
    loop {
        let snapshot = read(store, tenants).await;
        let changes = tenants.iter().map(|tenant| {
            let mut policy = policy(&snapshot, *tenant);
            policy.partners.insert(Partner::new(added));
            put_policy(*tenant, policy)
        });
        match commit_on(store, &snapshot, 1, changes.collect()).await {
            Ok(_) => return,
            Err(Error::Conflict {
                of: Subject::Tenant(_),
                expected,
                found,
            }) => assert!(expected < found),
            Err(error) => panic!("{error}: {error:?}"),
        }
    }
}

async fn assert_gapless(store: &dyn Store, tenant: TenantId, commits: u64) {
    let rows = store.revisions(tenant, None, 1000).await.unwrap();
    let mut rows: Vec<_> = rows
        .iter()
        .map(|row| (row.revision.0, row.sequence))
        .collect();
    rows.reverse();
    assert!(rows.is_sorted_by(|(_, earlier), (_, later)| earlier < later));
    let numbers: Vec<u64> = rows.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=commits + 1).collect::<Vec<_>>());
}

pub(crate) async fn many_writers_of_one_tenant_lose_nothing<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO)]).await;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        // Each has a handle of its own, as if it were a process of its own.
        let store = place.open().await;
        tasks.spawn(async move {
            for commit in 0..COMMITS {
                add_partner(&*store, &[CONTOSO], partner(writer * 100 + commit)).await;
            }
        });
    }
    tasks.join_all().await;
    let commits = WRITERS * COMMITS;
    let snapshot = read(&*store, &[CONTOSO]).await;
    let policy = policy(&snapshot, CONTOSO);
    assert_eq!(policy.partners.len() as u128, commits);
    let commits = u64::try_from(commits).unwrap();
    assert_eq!(
        snapshot.version(CONTOSO).unwrap().revision(),
        Revision(commits + 1)
    );
    assert_gapless(&*store, CONTOSO, commits).await;
    let query = AuditQuery {
        tenant: Some(CONTOSO),
        limit: 1000,
        ..AuditQuery::default()
    };
    let log = store.audit(&query).await.unwrap();
    assert_eq!(log.len() as u64, commits + 1);
    // One sequence for each write, and none was used twice.
    let sequences: BTreeSet<_> = log.iter().map(|row| row.position.sequence).collect();
    assert_eq!(sequences.len(), log.len());
    assert_eq!(store.sequence().await.unwrap().0, commits + 1);
}

pub(crate) async fn writers_of_overlapping_tenants_do_not_stand_in_each_others_way<P: Place>(
    place: P,
) {
    let store = place.open().await;
    create(&*store, [CONTOSO, FABRIKAM, NORTHWIND].map(hosted).into()).await;
    // Named in different orders, on purpose.
    let pairs = [
        [CONTOSO, FABRIKAM],
        [FABRIKAM, NORTHWIND],
        [NORTHWIND, CONTOSO],
        [FABRIKAM, CONTOSO],
    ];
    let mut tasks = tokio::task::JoinSet::new();
    for (writer, pair) in (0..).zip(pairs) {
        // Each has a handle of its own, as if it were a process of its own.
        let store = place.open().await;
        tasks.spawn(async move {
            for commit in 0..COMMITS {
                add_partner(&*store, &pair, partner(writer * 100 + commit)).await;
            }
        });
    }
    tasks.join_all().await;
    let commits = u64::try_from(COMMITS).unwrap();
    for (tenant, pairs) in [(CONTOSO, 3), (FABRIKAM, 3), (NORTHWIND, 2)] {
        assert_gapless(&*store, tenant, pairs * commits).await;
    }
}

pub(crate) async fn a_reader_never_sees_half_a_commit<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, [CONTOSO, FABRIKAM].map(hosted).into()).await;
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            for commit in 0..20 {
                add_partner(&*store, &[CONTOSO, FABRIKAM], partner(commit)).await;
            }
        })
    };
    let mut seen = 0;
    while seen < 20 {
        let snapshot = read(&*store, &[FABRIKAM, CONTOSO]).await;
        let counts = [CONTOSO, FABRIKAM].map(|tenant| policy(&snapshot, tenant).partners.len());
        assert_eq!(counts[0], counts[1]);
        let revision = snapshot.version(CONTOSO).unwrap().revision();
        assert_eq!(revision, Revision(counts[0] as u64 + 1));
        assert!(seen <= counts[0], "a reader went back in time");
        seen = counts[0];
    }
    writer.await.unwrap();
}

pub(crate) async fn a_writer_who_stops_waiting_leaves_nothing_half_done<P: Place>(place: P) {
    let store: Arc<dyn Store> = place.open().await;
    create(&*store, vec![hosted(CONTOSO)]).await;
    for polls in 0..40 {
        let work = async {
            let snapshot = read(&*store, &[CONTOSO]).await;
            let mut policy = policy(&snapshot, CONTOSO);
            policy.partners.insert(Partner::new(partner(polls)));
            let changes = vec![put_policy(CONTOSO, policy)];
            match commit_on(&*store, &snapshot, 1, changes).await {
                // The one before may have been kept after all, and only just now.
                Ok(_) | Err(Error::Conflict { .. }) => {}
                Err(error) => panic!("{error}: {error:?}"),
            }
        };
        let mut work = Box::pin(work);
        // Polled so many times, each time after something has happened, and then dropped.
        let mut left = polls;
        std::future::poll_fn(|context| match work.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(()),
            Poll::Pending if left == 0 => Poll::Ready(()),
            Poll::Pending => {
                left -= 1;
                Poll::Pending
            }
        })
        .await;
        drop(work);
        // Whether it was kept or not: the settings, their revision and the log tell the same.
        let snapshot = read(&*store, &[CONTOSO]).await;
        let partners = policy(&snapshot, CONTOSO).partners.len() as u64;
        let revision = snapshot.version(CONTOSO).unwrap().revision().0;
        let rows = store.revisions(CONTOSO, None, 1000).await.unwrap();
        assert_eq!(partners + 1, revision, "after {polls} polls");
        assert!(revision <= rows.len() as u64);
    }
    add_partner(&*store, &[CONTOSO], partner(1000)).await;
    let row = store.tenant(CONTOSO).await.unwrap().unwrap();
    assert_gapless(&*store, CONTOSO, row.revision.0 - 1).await;
}
