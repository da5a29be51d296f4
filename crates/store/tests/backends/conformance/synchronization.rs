//! Jobs of synchronization, their log, and who was deleted lately.

use std::collections::BTreeSet;

use comity_store::{
    Cycle, DirectoryAct, DirectoryChange, Error, FinishedRun, Identity, KEPT_NANOSECONDS, Moment,
    Order, Person, Phase, ProvisioningPosition, ProvisioningQuery, ProvisioningRecord, Quarantine,
    Revision, Seen, Sequence, Store, Subject, SyncConnection, SyncCounts, SyncJob, SyncRun,
    SyncSettings, SyncStatus, SyncStep,
};
use policy::reason::{Detail, Reason, Side};
use policy::synchronization::{Comparison, Condition, SyncAction, SyncScope};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;
use uuid::Uuid;

use super::Place;
use crate::sample::{
    ALICE, CONTOSO, FABRIKAM, FRED, NORTHWIND, SALES, contoso, create, fred, hosted, second,
};

/// Fabrikam's job to Contoso, with something in every corner.
fn job(id: u128) -> SyncJob {
    let counts = SyncCounts {
        created: 1,
        updated: 2,
        unchanged: 3,
        deleted: 4,
        skipped: 5,
        failed: 6,
    };
    let seen = Seen {
        source: Revision(1),
        source_people: Sequence(2),
        target: Revision(3),
        target_people: Sequence(4),
    };
    SyncJob {
        id: Uuid::from_u128(id),
        source: FABRIKAM,
        target: CONTOSO,
        settings: SyncSettings {
            display_name: Some("To Contoso".into()),
            interval: 40,
            enabled: true,
            scope: SyncScope {
                all: false,
                users: BTreeSet::from([FRED]),
                groups: BTreeSet::from([SALES]),
                filter: vec![Condition {
                    attribute: "department".into(),
                    comparison: Comparison::NotEquals,
                    value: "Stock".into(),
                }],
            },
            user_type: UserType::Guest,
            apply_user_type_always: true,
            delete_in_target: false,
            deletion_threshold: Some(7),
        },
        connection: Some(SyncConnection {
            endpoint: "https://contoso.example/scim/v2/x".into(),
            token_url: "https://contoso.example/token".into(),
            client: "a client".into(),
            sealed: "sealed".into(),
        }),
        status: SyncStatus {
            quarantine: Some(Quarantine {
                since: second(1),
                deletions: 8,
            }),
            deletions_allowed: true,
            current: Some(SyncRun {
                id: Uuid::from_u128(9),
                cycle: Cycle::Full,
                started: second(2),
                phase: Phase::Counting,
                after: Some(FRED),
                deletions: 8,
                counts,
                seen,
                disturbed: true,
                holder: Uuid::from_u128(10),
            }),
            last: Some(FinishedRun {
                id: Uuid::from_u128(11),
                cycle: Cycle::Changes,
                started: second(3),
                ended: second(4),
                counts,
                failure: Some((Reason::LicenseRequired, Some(Side::Source))),
                problem: Some("the other side does not answer".into()),
            }),
            seen: Some(seen),
        },
        due: Some(second(5)),
        version: Revision(1),
    }
}

fn row(number: u128, time: Moment) -> ProvisioningRecord {
    ProvisioningRecord {
        id: Uuid::from_u128(number),
        tenant: FABRIKAM,
        target: CONTOSO,
        time,
        job: Uuid::from_u128(1),
        cycle: Uuid::from_u128(9),
        action: SyncAction::Fail,
        reason: Some(Reason::InboundBlocked),
        side: Some(Side::Resource),
        detail: Some(Detail::AllAccessBlocked),
        problem: Some("not now".into()),
        account: Some(Identity {
            id: FRED,
            display_name: Some("Fred".into()),
            user_principal_name: Some("fred@fabrikam.com".into()),
        }),
        object: None,
        modified: vec![("displayName".into(), None, Some("Fred".into()))],
        on_demand: true,
    }
}

/// Contoso with Alice and Fred's object, and Fabrikam.
async fn kept(store: &dyn Store) {
    create(store, vec![contoso(), hosted(FABRIKAM), hosted(NORTHWIND)]).await;
}

fn all(tenant: TenantId) -> ProvisioningQuery {
    ProvisioningQuery {
        tenant,
        job: None,
        cycle: None,
        from: None,
        until: None,
        order: Order::NewestFirst,
        after: None,
        limit: 10,
    }
}

pub(crate) async fn a_job_is_kept_whole_and_once_for_each_target<P: Place>(place: P) {
    let store = place.open().await;
    kept(&*store).await;
    store.add_sync_job(&job(1), &[]).await.unwrap();
    let found = store.sync_job(FABRIKAM, job(1).id).await.unwrap();
    assert_eq!(found, Some(job(1)));
    // It is Fabrikam's, and nobody else's.
    assert_eq!(store.sync_job(CONTOSO, job(1).id).await.unwrap(), None);
    assert_eq!(store.sync_jobs(CONTOSO, None, 10).await.unwrap(), []);
    let again = store.add_sync_job(&job(2), &[]).await;
    assert!(
        matches!(again, Err(Error::Taken(Subject::SyncTarget(CONTOSO)))),
        "{again:?}"
    );
    let elsewhere = SyncJob {
        target: NORTHWIND,
        due: None,
        ..job(2)
    };
    store.add_sync_job(&elsewhere, &[]).await.unwrap();
    let jobs = store.sync_jobs(FABRIKAM, None, 10).await.unwrap();
    assert_eq!(jobs, [job(1), elsewhere.clone()]);
    let jobs = store
        .sync_jobs(FABRIKAM, Some(job(1).id), 10)
        .await
        .unwrap();
    assert_eq!(jobs, [elsewhere]);
    let nobody = SyncJob {
        source: TenantId::from_u128(0xdead),
        ..job(3)
    };
    let refused = store.add_sync_job(&nobody, &[]).await;
    assert!(matches!(refused, Err(Error::NotFound(_))), "{refused:?}");
}

pub(crate) async fn a_job_is_due_from_then_on<P: Place>(place: P) {
    let store = place.open().await;
    kept(&*store).await;
    store.add_sync_job(&job(1), &[]).await.unwrap();
    assert_eq!(store.due_sync_jobs(second(4), 10).await.unwrap(), []);
    assert_eq!(store.due_sync_jobs(second(5), 10).await.unwrap(), [job(1)]);
    let never = SyncJob {
        due: None,
        ..job(1)
    };
    store.write_sync_step(&SyncStep::of(never)).await.unwrap();
    assert_eq!(store.due_sync_jobs(second(9), 10).await.unwrap(), []);
}

pub(crate) async fn a_step_is_kept_whole_or_not_at_all_and_by_one_of_many<P: Place>(place: P) {
    let store = place.open().await;
    kept(&*store).await;
    store.add_sync_job(&job(1), &[]).await.unwrap();
    let object = store.person(CONTOSO, fred().id).await.unwrap().unwrap();
    let step = |version: u64, expected: u64| {
        let mut user = fred();
        user.enabled = false;
        let act = DirectoryAct::PutUser {
            user: Box::new(user),
            details: Box::default(),
            expected: Some(Revision(expected)),
        };
        SyncStep {
            job: SyncJob {
                version: Revision(version),
                ..job(1)
            },
            change: Some(DirectoryChange::new(CONTOSO, vec![act], Vec::new())),
            rows: vec![row(u128::from(version), second(1))],
            audit: Vec::new(),
        }
    };
    // What the change relies on is not so: neither row nor job moves.
    let refused = store.write_sync_step(&step(1, object.version.0 + 1)).await;
    assert!(
        matches!(
            refused,
            Err(Error::Conflict {
                of: Subject::User(_),
                ..
            })
        ),
        "{refused:?}"
    );
    assert_eq!(store.provisioning(&all(FABRIKAM)).await.unwrap(), []);
    let before = store.sequence().await.unwrap();
    let (version, sequence) = store
        .write_sync_step(&step(1, object.version.0))
        .await
        .unwrap();
    assert_eq!(version, Revision(2));
    assert!(sequence.unwrap() > before);
    let written = store.person(CONTOSO, fred().id).await.unwrap().unwrap();
    assert!(!written.user.enabled);
    // Whoever judged on the job as it was before is told so.
    let late = store.write_sync_step(&step(1, written.version.0)).await;
    let of_job = |error: &Error| {
        matches!(
            error,
            Error::Conflict {
                of: Subject::SyncJob(_),
                ..
            }
        )
    };
    assert!(late.as_ref().is_err_and(of_job), "{late:?}");
    assert_eq!(store.provisioning(&all(FABRIKAM)).await.unwrap().len(), 1);
    let late = store.delete_sync_job(&job(1), &[]).await;
    assert!(late.as_ref().is_err_and(of_job), "{late:?}");
    let current = store.sync_job(FABRIKAM, job(1).id).await.unwrap().unwrap();
    store.delete_sync_job(&current, &[]).await.unwrap();
    let gone = store.write_sync_step(&SyncStep::of(current)).await;
    assert!(
        matches!(gone, Err(Error::NotFound(Subject::SyncJob(_)))),
        "{gone:?}"
    );
    // Its log stays.
    assert_eq!(store.provisioning(&all(FABRIKAM)).await.unwrap().len(), 1);
}

pub(crate) async fn rows_of_the_provisioning_log_are_read_in_pages<P: Place>(place: P) {
    let store = place.open().await;
    kept(&*store).await;
    store.add_sync_job(&job(1), &[]).await.unwrap();
    let rows: Vec<_> = (1..=5).map(|n| row(n, second(n as i64 / 2))).collect();
    let step = SyncStep {
        rows: rows.clone(),
        ..SyncStep::of(job(1))
    };
    store.write_sync_step(&step).await.unwrap();
    let mut query = ProvisioningQuery {
        order: Order::OldestFirst,
        limit: 2,
        ..all(FABRIKAM)
    };
    let mut read = Vec::new();
    loop {
        let page = store.provisioning(&query).await.unwrap();
        let Some(last) = page.last() else { break };
        query.after = Some(ProvisioningPosition {
            time: last.time,
            id: last.id,
        });
        read.extend(page);
    }
    assert_eq!(read, rows);
    let newest = store.provisioning(&all(FABRIKAM)).await.unwrap();
    assert_eq!(newest.first(), rows.last());
    let some = ProvisioningQuery {
        from: Some(second(1)),
        until: Some(second(1)),
        job: Some(job(1).id),
        cycle: Some(Uuid::from_u128(9)),
        ..all(FABRIKAM)
    };
    assert_eq!(store.provisioning(&some).await.unwrap().len(), 2);
    let none = ProvisioningQuery {
        job: Some(Uuid::from_u128(77)),
        ..all(FABRIKAM)
    };
    assert_eq!(store.provisioning(&none).await.unwrap(), []);
    assert_eq!(store.provisioning(&all(CONTOSO)).await.unwrap(), []);
    let one = store.provisioning_row(FABRIKAM, rows[0].id).await.unwrap();
    assert_eq!(one.as_ref(), Some(&rows[0]));
    assert_eq!(
        store.provisioning_row(CONTOSO, rows[0].id).await.unwrap(),
        None
    );
    assert_eq!(store.forget_provisioning(second(2)).await.unwrap(), 3);
    assert_eq!(store.provisioning(&all(FABRIKAM)).await.unwrap().len(), 2);
}

pub(crate) async fn the_objects_of_a_source_are_found_by_their_accounts<P: Place>(place: P) {
    let store = place.open().await;
    kept(&*store).await;
    let ids = |found: Vec<Person>| found.iter().map(|one| one.user.id).collect::<Vec<_>>();
    let accounts = [UserId::from_u128(1), FRED];
    let found = store
        .objects_for(CONTOSO, FABRIKAM, &accounts)
        .await
        .unwrap();
    assert_eq!(ids(found), [fred().id]);
    let none = store
        .objects_for(CONTOSO, NORTHWIND, &accounts)
        .await
        .unwrap();
    assert_eq!(ids(none), []);
    let found = store
        .objects_from(CONTOSO, FABRIKAM, None, 10)
        .await
        .unwrap();
    assert_eq!(ids(found), [fred().id]);
    let none = store
        .objects_from(CONTOSO, FABRIKAM, Some(FRED), 10)
        .await
        .unwrap();
    assert_eq!(ids(none), []);
}

pub(crate) async fn a_client_speaks_for_one_source<P: Place>(place: P) {
    let store = place.open().await;
    kept(&*store).await;
    let (client, other) = (ApplicationId::from_u128(1), ApplicationId::from_u128(2));
    let put = |source, client| store.put_sync_source(CONTOSO, source, client, &[]);
    put(FABRIKAM, Some(client)).await.unwrap();
    assert_eq!(
        store.sync_source_of(CONTOSO, client).await.unwrap(),
        Some(FABRIKAM)
    );
    assert_eq!(store.sync_source_of(FABRIKAM, client).await.unwrap(), None);
    let taken = put(NORTHWIND, Some(client)).await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    put(FABRIKAM, Some(other)).await.unwrap();
    assert_eq!(store.sync_source_of(CONTOSO, client).await.unwrap(), None);
    assert_eq!(store.sync_sources(CONTOSO).await.unwrap().len(), 1);
    put(FABRIKAM, None).await.unwrap();
    assert_eq!(store.sync_sources(CONTOSO).await.unwrap(), []);
}

pub(crate) async fn a_user_who_is_retired_can_be_taken_back_for_thirty_days<P: Place>(place: P) {
    let store = place.open().await;
    kept(&*store).await;
    let retire = |id: UserId, version: Revision, when: Moment| {
        let act = DirectoryAct::RetireUser {
            id,
            expected: version,
            when,
        };
        DirectoryChange::new(CONTOSO, vec![act], Vec::new())
    };
    let before = store.person(CONTOSO, fred().id).await.unwrap().unwrap();
    let late = retire(fred().id, before.version.next(), second(1));
    assert!(matches!(
        store.write_directory(&late).await,
        Err(Error::Conflict { .. })
    ));
    let now = retire(fred().id, before.version, second(1));
    store.write_directory(&now).await.unwrap();
    assert_eq!(store.person(CONTOSO, fred().id).await.unwrap(), None);
    assert_eq!(
        store.objects_for(CONTOSO, FABRIKAM, &[FRED]).await.unwrap(),
        []
    );
    let deleted = store
        .deleted_users(CONTOSO, second(1), None, 10)
        .await
        .unwrap();
    assert_eq!(deleted.len(), 1);
    assert_eq!(
        (&deleted[0].person, deleted[0].deleted),
        (&before, second(1))
    );
    assert_eq!(
        store
            .deleted_users(FABRIKAM, second(0), None, 10)
            .await
            .unwrap(),
        []
    );
    assert_eq!(
        store
            .deleted_users(CONTOSO, second(2), None, 10)
            .await
            .unwrap(),
        []
    );
    let after = store.deleted_users(CONTOSO, second(0), Some(fred().id), 10);
    assert_eq!(after.await.unwrap(), []);
    // The next deletion forgets whom nobody can take back any more.
    let days = i64::try_from(KEPT_NANOSECONDS / 1_000_000_000).unwrap();
    let alice = store.person(CONTOSO, ALICE).await.unwrap().unwrap();
    let later = retire(ALICE, alice.version, second(days + 2));
    store.write_directory(&later).await.unwrap();
    let gone = store
        .deleted_user(CONTOSO, second(0), fred().id)
        .await
        .unwrap();
    assert_eq!(gone, None);
    let kept = store.deleted_user(CONTOSO, second(0), ALICE).await.unwrap();
    assert_eq!(kept.map(|one| one.person), Some(alice));
    let forget = DirectoryAct::ForgetUser { id: ALICE };
    let forget = DirectoryChange::new(CONTOSO, vec![forget], Vec::new());
    store.write_directory(&forget).await.unwrap();
    assert_eq!(
        store.deleted_user(CONTOSO, second(0), ALICE).await.unwrap(),
        None
    );
}
