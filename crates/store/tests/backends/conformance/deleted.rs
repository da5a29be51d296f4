//! What was deleted lately.

use comity_store::{Change, DeletedKind, KEPT_NANOSECONDS, Moment, Store};
use policy::settings::{IdentitySynchronization, Partner};

use super::Place;
use crate::sample::{
    CONTOSO, FABRIKAM, change, commit_on, create, hosted, policy, put_policy, read, second,
};

const SECONDS: i64 = 2_000_000;

/// Contoso adds Fabrikam with synchronization, and deletes both.
async fn deleted(store: &dyn Store) {
    create(store, vec![hosted(CONTOSO), hosted(FABRIKAM)]).await;
    let put = |policy: &mut policy::settings::Policy| {
        let mut entry = Partner::new(FABRIKAM);
        entry.automatic_consent.inbound = Some(true);
        entry.synchronization = Some(IdentitySynchronization {
            is_sync_allowed: Some(true),
            ..IdentitySynchronization::default()
        });
        policy.partners.insert(entry);
    };
    change(store, CONTOSO, SECONDS, put).await;
    change(store, CONTOSO, SECONDS + 1, |policy| {
        policy.partners.remove(FABRIKAM);
    })
    .await;
}

pub(crate) async fn what_is_dropped_is_kept_for_thirty_days<P: Place>(place: P) {
    let store = place.open().await;
    deleted(&*store).await;
    let since = second(SECONDS + 1);
    let items = store
        .deleted(CONTOSO, DeletedKind::Partner, since, None, 10)
        .await
        .unwrap();
    assert_eq!(items.len(), 1);
    let item = &items[0];
    assert_eq!(item.deleted, since);
    assert_eq!(item.entry.automatic_consent.inbound, Some(true));
    assert_eq!(item.entry.synchronization, None);
    let setting = store
        .deleted_item(CONTOSO, DeletedKind::Synchronization, since, FABRIKAM)
        .await
        .unwrap()
        .unwrap();
    let setting = setting.entry.synchronization.unwrap();
    assert_eq!(setting.is_sync_allowed, Some(true));
    // Another tenant, a later beginning and the next page have none of it.
    let later = second(SECONDS + 2);
    for (tenant, since, after) in [
        (FABRIKAM, since, None),
        (CONTOSO, later, None),
        (CONTOSO, since, Some(FABRIKAM)),
    ] {
        let none = store
            .deleted(tenant, DeletedKind::Partner, since, after, 10)
            .await
            .unwrap();
        assert_eq!(none, []);
    }
    // The next deletion forgets what has become too old.
    let days = i64::try_from(KEPT_NANOSECONDS / 1_000_000_000).unwrap();
    change(&*store, FABRIKAM, SECONDS, |policy| {
        policy.partners.insert(Partner::new(CONTOSO));
    })
    .await;
    change(&*store, CONTOSO, SECONDS + days + 2, |policy| {
        policy.partners.insert(Partner::new(FABRIKAM));
        let entry = policy.partners.get_mut(FABRIKAM).unwrap();
        entry.synchronization = Some(IdentitySynchronization::default());
    })
    .await;
    change(&*store, CONTOSO, SECONDS + days + 3, |policy| {
        policy.partners.get_mut(FABRIKAM).unwrap().synchronization = None;
    })
    .await;
    let beginning = Moment::from_nanoseconds(0);
    let old = store
        .deleted_item(CONTOSO, DeletedKind::Partner, beginning, FABRIKAM)
        .await
        .unwrap();
    assert_eq!(old, None);
}

pub(crate) async fn what_is_forgotten_is_gone<P: Place>(place: P) {
    let store = place.open().await;
    deleted(&*store).await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    let changes = vec![
        put_policy(CONTOSO, policy(&snapshot, CONTOSO)),
        Change::Forget {
            tenant: CONTOSO,
            kind: DeletedKind::Partner,
            partner: FABRIKAM,
        },
    ];
    commit_on(&*store, &snapshot, SECONDS + 2, changes)
        .await
        .unwrap();
    let since = Moment::from_nanoseconds(0);
    let gone = store
        .deleted_item(CONTOSO, DeletedKind::Partner, since, FABRIKAM)
        .await
        .unwrap();
    assert_eq!(gone, None);
    let stays = store
        .deleted_item(CONTOSO, DeletedKind::Synchronization, since, FABRIKAM)
        .await
        .unwrap();
    assert!(stays.is_some());
}
