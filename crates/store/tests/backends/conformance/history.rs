//! What settings were before.

use comity_store::{At, Entity, Revision};
use policy::settings::Policy;

use super::Place;
use crate::sample::{
    CONTOSO, FABRIKAM, NORTHWIND, change, commit_on, contoso, create, entry, initiator, partner,
    policy, put_policy, read, record, second, stamp,
};

/// Changes of every kind, one after the other.
const CHANGES: [fn(&mut Policy); 8] = [
    |policy| policy.partners.insert(entry(partner(1), 1)),
    |policy| policy.partners.insert(entry(partner(2), 2)),
    |policy| policy.allowed_clouds.clear(),
    |policy| {
        policy.partners.remove(FABRIKAM);
    },
    |policy| policy.defaults = Default::default(),
    |policy| policy.partners.insert(entry(FABRIKAM, 3)),
    |_| {},
    |policy| {
        policy.partners.remove(partner(1));
        policy.partners.insert(entry(NORTHWIND, 7));
    },
];

pub(crate) async fn every_revision_can_be_read_again<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let mut states = vec![contoso().policy.unwrap()];
    for work in CHANGES {
        change(&*store, CONTOSO, 1, work).await;
        let mut state = states[states.len() - 1].clone();
        work(&mut state);
        states.push(state);
    }
    for (number, state) in (1..).zip(&states) {
        let at = At::Revision(Revision(number));
        let past = store.settings_at(CONTOSO, at).await.unwrap().unwrap();
        assert_eq!(past.revision, Revision(number));
        assert_eq!(past.policy.as_ref(), Some(state), "revision {number}");
    }
    for number in [0, 10, u64::MAX] {
        let at = At::Revision(Revision(number));
        assert_eq!(store.settings_at(CONTOSO, at).await.unwrap(), None);
    }
    let now = read(&*store, &[CONTOSO]).await;
    assert_eq!(Some(&policy(&now, CONTOSO)), states.last());
}

pub(crate) async fn a_state_is_found_by_time<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    // The clock of the third writer is behind.
    for seconds in [10, 30, 20] {
        change(&*store, CONTOSO, seconds, |_| {}).await;
    }
    let expected = [
        (-1, None),
        (0, Some(1)),
        (9, Some(1)),
        (10, Some(2)),
        (25, Some(4)),
        (99, Some(4)),
    ];
    for (seconds, revision) in expected {
        let at = At::Time(second(seconds));
        let past = store.settings_at(CONTOSO, at).await.unwrap();
        let found = past.map(|past| past.revision);
        assert_eq!(found, revision.map(Revision), "at {seconds}");
    }
}

pub(crate) async fn revisions_say_who_when_why_and_what<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    let mut policy = policy(&snapshot, CONTOSO);
    policy.partners.remove(FABRIKAM);
    policy.partners.insert(entry(partner(1), 1));
    policy.defaults.customized = false;
    let mut stamp = stamp(5);
    stamp.reason = Some("Ticket 4711: \"Fabrikam\" is gone".into());
    let changes = vec![put_policy(CONTOSO, policy)];
    let audit = vec![record(Some(CONTOSO))];
    let change =
        comity_store::AuditedChange::new(&snapshot, stamp.clone(), changes, audit).unwrap();
    let committed = store.commit(&change).await.unwrap();
    let snapshot = read(&*store, &[CONTOSO]).await;
    let same = vec![put_policy(
        CONTOSO,
        crate::sample::policy(&snapshot, CONTOSO),
    )];
    commit_on(&*store, &snapshot, 6, same).await.unwrap();

    let rows = store.revisions(CONTOSO, None, 2).await.unwrap();
    let numbers: Vec<u64> = rows.iter().map(|row| row.revision.0).collect();
    assert_eq!(numbers, [3, 2]);
    let row = &rows[1];
    assert_eq!(row.sequence, committed.sequence);
    assert_eq!((row.commit, row.time), (stamp.id, second(5)));
    assert_eq!((&row.initiator, &row.reason), (&initiator(), &stamp.reason));
    let entities = [
        Entity::Default,
        Entity::Partner(FABRIKAM),
        Entity::Partner(partner(1)),
    ];
    assert_eq!(row.entities, entities);
    let rest = store
        .revisions(CONTOSO, Some(Revision(2)), 2)
        .await
        .unwrap();
    let numbers: Vec<u64> = rest.iter().map(|row| row.revision.0).collect();
    assert_eq!(numbers, [1]);
    assert_eq!(rest[0].entities.len(), 5);
}
