//! Commits of settings.

use comity_store::{
    AuditQuery, AuditedChange, Change, Entity, Error, Facts, Reach, Revision, Store, Subject, Unfit,
};
use policy::effect::Effect;
use policy::settings::Partner;
use policy::tenant::TenantId;

use super::Place;
use crate::sample::{
    CONTOSO, FABRIKAM, NORTHWIND, change, commit_on, contoso, create, entry, facts, hosted,
    partner, policy, put_policy, read, record, stamp,
};

pub(crate) async fn only_the_changed_entity_gets_the_new_revision<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let committed = change(&*store, CONTOSO, 1, |policy| {
        policy.partners.insert(entry(NORTHWIND, 9));
    })
    .await;
    assert_eq!(committed.revisions[&CONTOSO], Revision(2));
    let snapshot = read(&*store, &[CONTOSO]).await;
    let version = snapshot.version(CONTOSO).unwrap();
    assert_eq!(version.revision(), Revision(2));
    assert_eq!(version.of(Entity::Partner(NORTHWIND)), Some(Revision(2)));
    for entity in [
        Entity::Partner(FABRIKAM),
        Entity::Policy,
        Entity::Default,
        Entity::Profile,
    ] {
        assert_eq!(version.of(entity), Some(Revision(1)), "{entity:?}");
    }
    assert_eq!(version.of(Entity::Partner(partner(1))), None);
    let kept = policy(&snapshot, CONTOSO);
    assert_eq!(kept.partners.get(NORTHWIND), Some(&entry(NORTHWIND, 9)));
    assert_eq!(snapshot.sequence(), committed.sequence);
}

async fn order(store: &dyn Store) -> Vec<TenantId> {
    let snapshot = read(store, &[CONTOSO]).await;
    let policy = policy(&snapshot, CONTOSO);
    policy
        .partners
        .iter()
        .map(|partner| partner.tenant)
        .collect()
}

pub(crate) async fn partners_stay_in_the_order_they_were_added<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO)]).await;
    for number in [5, 1, 4, 2] {
        let add = entry(partner(number), 0);
        change(&*store, CONTOSO, 1, |policy| policy.partners.insert(add)).await;
    }
    assert_eq!(order(&*store).await, [5, 1, 4, 2].map(partner));
    change(&*store, CONTOSO, 2, |policy| {
        policy.partners.insert(entry(partner(1), 3))
    })
    .await;
    assert_eq!(order(&*store).await, [5, 1, 4, 2].map(partner));
    change(&*store, CONTOSO, 3, |policy| {
        policy.partners.remove(partner(5));
        policy.partners.insert(entry(partner(5), 1));
    })
    .await;
    assert_eq!(order(&*store).await, [1, 4, 2, 5].map(partner));
    // A policy that comes from elsewhere may have any order.
    change(&*store, CONTOSO, 4, |policy| {
        let mut other = policy.clone();
        for number in [1, 2, 4, 5] {
            other.partners.remove(partner(number));
        }
        for number in [1, 5, 9, 2] {
            other.partners.insert(entry(partner(number), 1));
        }
        *policy = other;
    })
    .await;
    assert_eq!(order(&*store).await, [1, 5, 9, 2].map(partner));
}

pub(crate) async fn a_partner_that_is_removed_is_gone<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    change(&*store, CONTOSO, 1, |policy| {
        policy.partners.remove(FABRIKAM);
    })
    .await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    assert_eq!(policy(&snapshot, CONTOSO).partners.len(), 1);
    let version = snapshot.version(CONTOSO).unwrap();
    assert_eq!(version.of(Entity::Partner(FABRIKAM)), None);
}

pub(crate) async fn a_write_that_changes_nothing_is_still_a_revision<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let committed = change(&*store, CONTOSO, 1, |_| {}).await;
    assert_eq!(committed.revisions[&CONTOSO], Revision(2));
    let rows = store.revisions(CONTOSO, None, 1).await.unwrap();
    assert_eq!((rows[0].revision, rows[0].entities.len()), (Revision(2), 0));
    let snapshot = read(&*store, &[CONTOSO]).await;
    let version = snapshot.version(CONTOSO).unwrap();
    assert_eq!(version.of(Entity::Policy), Some(Revision(1)));
}

async fn log(store: &dyn Store, tenant: Option<TenantId>) -> usize {
    let query = AuditQuery {
        tenant,
        limit: 1000,
        ..AuditQuery::default()
    };
    store.audit(&query).await.unwrap().len()
}

pub(crate) async fn a_commit_on_an_old_state_conflicts_and_leaves_nothing<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let old = read(&*store, &[CONTOSO]).await;
    change(&*store, CONTOSO, 1, |policy| {
        policy.display_name = Some("first".into())
    })
    .await;
    let entries = log(&*store, Some(CONTOSO)).await;
    let sequence = store.sequence().await.unwrap();

    let mut late = policy(&old, CONTOSO);
    late.partners.insert(Partner::new(partner(1)));
    let late = vec![put_policy(CONTOSO, late)];
    let error = commit_on(&*store, &old, 2, late).await.unwrap_err();
    let Error::Conflict {
        of: Subject::Tenant(CONTOSO),
        expected: 1,
        found: 2,
    } = error
    else {
        panic!("{error}")
    };
    let snapshot = read(&*store, &[CONTOSO]).await;
    assert_eq!(
        policy(&snapshot, CONTOSO).display_name.as_deref(),
        Some("first")
    );
    assert_eq!(log(&*store, Some(CONTOSO)).await, entries);
    assert_eq!(store.sequence().await.unwrap(), sequence);
    assert_eq!(store.revisions(CONTOSO, None, 10).await.unwrap().len(), 2);
}

pub(crate) async fn a_commit_over_several_tenants_is_all_or_nothing<P: Place>(place: P) {
    let store = place.open().await;
    create(
        &*store,
        vec![contoso(), hosted(FABRIKAM), hosted(NORTHWIND)],
    )
    .await;
    let snapshot = read(&*store, &[CONTOSO, FABRIKAM, NORTHWIND]).await;
    let add = |snapshot: &_, tenant, partner| {
        let mut policy = policy(snapshot, tenant);
        policy.partners.insert(entry(partner, 4));
        put_policy(tenant, policy)
    };
    let changes = |snapshot: &_| {
        vec![
            add(snapshot, CONTOSO, partner(1)),
            add(snapshot, FABRIKAM, partner(1)),
            add(snapshot, NORTHWIND, partner(1)),
        ]
    };
    // Somebody changes the last of the three.
    change(&*store, NORTHWIND, 1, |_| {}).await;
    let error = commit_on(&*store, &snapshot, 2, changes(&snapshot))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Conflict {
                of: Subject::Tenant(NORTHWIND),
                ..
            }
        ),
        "{error}"
    );
    for tenant in [CONTOSO, FABRIKAM] {
        let version = store.tenant(tenant).await.unwrap().unwrap();
        assert_eq!(version.revision, Revision(1));
        assert_eq!(log(&*store, Some(tenant)).await, 1);
    }

    let snapshot = read(&*store, &[CONTOSO, FABRIKAM, NORTHWIND]).await;
    let committed = commit_on(&*store, &snapshot, 3, changes(&snapshot))
        .await
        .unwrap();
    let revisions = [(NORTHWIND, 3), (CONTOSO, 2), (FABRIKAM, 2)];
    assert_eq!(
        committed.revisions,
        revisions.map(|(id, n)| (id, Revision(n))).into()
    );
    let commits = [CONTOSO, FABRIKAM, NORTHWIND].map(|tenant| store.revisions(tenant, None, 1));
    for commit in commits {
        assert_eq!(commit.await.unwrap()[0].sequence, committed.sequence);
    }
}

pub(crate) async fn a_commit_relies_on_the_other_side_if_told_to<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso(), hosted(FABRIKAM)]).await;
    let snapshot = read(&*store, &[CONTOSO, FABRIKAM]).await;
    change(&*store, FABRIKAM, 1, |_| {}).await;
    let new = || {
        let changes = vec![put_policy(CONTOSO, policy(&snapshot, CONTOSO))];
        AuditedChange::new(&snapshot, stamp(2), changes, vec![record(Some(CONTOSO))]).unwrap()
    };
    let change = new().relying_on(&snapshot, [FABRIKAM, partner(1)]);
    let error = store.commit(&change).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Conflict {
                of: Subject::Tenant(FABRIKAM),
                ..
            }
        ),
        "{error}"
    );
    let committed = store.commit(&new()).await.unwrap();
    // Fabrikam was only looked at.
    assert_eq!(committed.revisions.len(), 1);
}

pub(crate) async fn a_commit_is_made_once<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    let stamp = stamp(1);
    let commit = |snapshot: &_| {
        let changes = vec![put_policy(CONTOSO, policy(snapshot, CONTOSO))];
        AuditedChange::new(
            snapshot,
            stamp.clone(),
            changes,
            vec![record(Some(CONTOSO))],
        )
        .unwrap()
    };
    store.commit(&commit(&snapshot)).await.unwrap();
    let snapshot = read(&*store, &[CONTOSO]).await;
    let error = store.commit(&commit(&snapshot)).await.unwrap_err();
    assert!(
        matches!(error, Error::Taken(Subject::Commit(id)) if id == stamp.id),
        "{error}"
    );
    let row = store.tenant(CONTOSO).await.unwrap().unwrap();
    assert_eq!(row.revision, Revision(2));
}

pub(crate) async fn a_change_without_an_audit_entry_does_not_fit<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    let failed = || {
        let mut failed = record(Some(CONTOSO));
        failed.failure = Some(policy::reason::Reason::PartnerExists);
        failed
    };
    let others = [
        vec![],
        vec![record(None)],
        vec![record(Some(FABRIKAM))],
        vec![failed()],
    ];
    for audit in others {
        let changes = vec![put_policy(CONTOSO, contoso().policy.unwrap())];
        let unfit = AuditedChange::new(&snapshot, stamp(1), changes, audit).unwrap_err();
        assert!(
            matches!(unfit, Unfit::Unaudited(Subject::Tenant(CONTOSO))),
            "{unfit}"
        );
    }
    let changes = vec![Change::Facts(Box::new(facts()))];
    let audit = vec![record(Some(CONTOSO))];
    let unfit = AuditedChange::new(&snapshot, stamp(1), changes, audit).unwrap_err();
    assert!(matches!(unfit, Unfit::Unaudited(Subject::Facts)), "{unfit}");
}

pub(crate) async fn what_was_not_read_cannot_be_changed<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let nothing = read(&*store, &[]).await;
    let changes = vec![put_policy(CONTOSO, contoso().policy.unwrap())];
    let audit = vec![record(Some(CONTOSO))];
    let unfit = AuditedChange::new(&nothing, stamp(1), changes, audit).unwrap_err();
    assert!(
        matches!(unfit, Unfit::NotRead(Subject::Tenant(CONTOSO))),
        "{unfit}"
    );
    // A redemption needs the object, and settings alone do not have it.
    let settings = store.world(&[CONTOSO], Reach::Settings).await.unwrap();
    assert_eq!(settings.world().tenant(CONTOSO).unwrap().directory, None);
    let redeemed = Effect::Redeemed {
        tenant: CONTOSO,
        user: crate::sample::fred().id,
        provider: "azureActiveDirectory",
    };
    let audit = vec![record(Some(CONTOSO))];
    let changes = vec![Change::Effect(redeemed)];
    let unfit = AuditedChange::new(&settings, stamp(1), changes, audit).unwrap_err();
    assert!(matches!(unfit, Unfit::NotRead(Subject::User(_))), "{unfit}");
}

pub(crate) async fn the_shared_facts_are_kept_and_checked<P: Place>(place: P) {
    let store = place.open().await;
    let empty = read(&*store, &[]).await;
    assert_eq!(
        (Facts::of(empty.world()), empty.facts()),
        (Facts::default(), Revision(0))
    );
    let put = || vec![Change::Facts(Box::new(facts()))];
    commit_on(&*store, &empty, 1, put()).await.unwrap();
    let snapshot = read(&*store, &[]).await;
    assert_eq!(
        (Facts::of(snapshot.world()), snapshot.facts()),
        (facts(), Revision(1))
    );
    let error = commit_on(&*store, &empty, 2, put()).await.unwrap_err();
    let conflict = Error::Conflict {
        of: Subject::Facts,
        expected: 0,
        found: 1,
    };
    assert_eq!(error.to_string(), conflict.to_string());
}

pub(crate) async fn joining_is_carried_out_in_the_shared_facts<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let snapshot = read(&*store, &[]).await;
    let put = vec![Change::Facts(Box::new(facts()))];
    commit_on(&*store, &snapshot, 1, put).await.unwrap();
    let snapshot = read(&*store, &[CONTOSO]).await;
    let joined = Change::Effect(Effect::Joined { tenant: CONTOSO });
    commit_on(&*store, &snapshot, 2, vec![joined])
        .await
        .unwrap();
    let mut expected = facts();
    expected.multitenant_organizations[0].members[0].active = true;
    let snapshot = read(&*store, &[]).await;
    assert_eq!(Facts::of(snapshot.world()), expected);
}

pub(crate) async fn snapshots_of_single_tenants_are_put_together<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso(), hosted(FABRIKAM)]).await;
    let old = read(&*store, &[CONTOSO, FABRIKAM]).await;
    change(&*store, CONTOSO, 1, |policy| policy.display_name = None).await;
    let put = vec![Change::Facts(Box::new(facts()))];
    commit_on(&*store, &old, 2, put).await.unwrap();
    let new = read(&*store, &[CONTOSO]).await;
    for both in [old.clone().with(&new), new.clone().with(&old)] {
        assert_eq!(both.world().tenants.len(), 2);
        assert_eq!(policy(&both, CONTOSO).display_name, None);
        assert_eq!(both.version(CONTOSO), new.version(CONTOSO));
        assert_eq!(both.version(FABRIKAM), old.version(FABRIKAM));
        assert_eq!(
            (Facts::of(both.world()), both.facts()),
            (facts(), Revision(1))
        );
        assert_eq!(both.sequence(), old.sequence());
        let changes = vec![put_policy(CONTOSO, contoso().policy.unwrap())];
        let audit = vec![record(Some(CONTOSO))];
        AuditedChange::new(&both, stamp(3), changes, audit).unwrap();
    }
}
