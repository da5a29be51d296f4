//! The registry of tenants.

use comity_store::{At, Change, Entity, Error, Revision, Subject};
use policy::tenant::{Cloud, TenantId};
use policy::world::Tenant;

use super::Place;
use crate::sample::{
    CONTOSO, FABRIKAM, NORTHWIND, commit_on, contoso, create, hosted, partner, put_policy, read,
    second,
};

pub(crate) async fn a_tenant_is_kept_whole<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    assert_eq!(snapshot.world().tenant(CONTOSO), Some(&contoso()));

    let row = store.tenant(CONTOSO).await.unwrap().unwrap();
    assert!(row.hosted && row.directory_known);
    assert_eq!(row.revision, Revision(1));
    assert_eq!(row.created, second(0));
    let profile = Tenant {
        policy: None,
        directory: None,
        ..contoso()
    };
    assert_eq!(*row.profile, profile);
}

pub(crate) async fn a_registered_tenant_has_neither_policy_nor_people<P: Place>(place: P) {
    let store = place.open().await;
    let fabrikam = Tenant::registered(FABRIKAM, Cloud::UsGovernment);
    create(&*store, vec![fabrikam.clone()]).await;
    let snapshot = read(&*store, &[FABRIKAM]).await;
    assert_eq!(snapshot.world().tenant(FABRIKAM), Some(&fabrikam));
    let row = store.tenant(FABRIKAM).await.unwrap().unwrap();
    assert!(!row.hosted && !row.directory_known);
}

pub(crate) async fn a_registered_tenant_becomes_hosted<P: Place>(place: P) {
    let store = place.open().await;
    create(
        &*store,
        vec![Tenant::registered(FABRIKAM, Cloud::Commercial)],
    )
    .await;
    let snapshot = read(&*store, &[FABRIKAM]).await;
    let change = put_policy(FABRIKAM, contoso().policy.unwrap());
    commit_on(&*store, &snapshot, 1, vec![change])
        .await
        .unwrap();
    let snapshot = read(&*store, &[FABRIKAM]).await;
    assert_eq!(snapshot.world().policy(FABRIKAM), contoso().policy.as_ref());
    assert!(store.tenant(FABRIKAM).await.unwrap().unwrap().hosted);
    assert_eq!(snapshot.version(FABRIKAM).unwrap().revision(), Revision(2));
    let version = snapshot.version(FABRIKAM).unwrap();
    assert_eq!(version.of(Entity::Profile), Some(Revision(1)));
    assert_eq!(version.of(Entity::Default), Some(Revision(2)));
    let before = store
        .settings_at(FABRIKAM, At::Revision(Revision(1)))
        .await
        .unwrap();
    assert_eq!(before.unwrap().policy, None);
}

pub(crate) async fn a_tenant_is_created_once<P: Place>(place: P) {
    let store = place.open().await;
    let nothing = read(&*store, &[]).await;
    create(&*store, vec![contoso()]).await;
    let again = vec![Change::Create(Box::new(hosted(CONTOSO)))];
    let error = commit_on(&*store, &nothing, 1, again).await.unwrap_err();
    assert!(
        matches!(error, Error::Taken(Subject::Tenant(CONTOSO))),
        "{error}"
    );
    let snapshot = read(&*store, &[CONTOSO]).await;
    assert_eq!(snapshot.world().tenant(CONTOSO), Some(&contoso()));
}

fn with_domains(id: TenantId, domains: &[&str]) -> Tenant {
    Tenant {
        domains: domains.iter().map(|name| name.parse().unwrap()).collect(),
        ..hosted(id)
    }
}

pub(crate) async fn a_domain_belongs_to_one_tenant<P: Place>(place: P) {
    let store = place.open().await;
    create(
        &*store,
        vec![with_domains(CONTOSO, &["contoso.com"]), hosted(FABRIKAM)],
    )
    .await;
    let domain = "contoso.com".parse().unwrap();
    assert_eq!(
        store.tenant_of_domain(&domain).await.unwrap(),
        Some(CONTOSO)
    );
    let other = "fabrikam.com".parse().unwrap();
    assert_eq!(store.tenant_of_domain(&other).await.unwrap(), None);

    let snapshot = read(&*store, &[FABRIKAM]).await;
    let thief = with_domains(FABRIKAM, &["fabrikam.com", "contoso.com"]);
    let change = vec![Change::Profile(Box::new(thief))];
    let error = commit_on(&*store, &snapshot, 1, change).await.unwrap_err();
    assert!(
        matches!(&error, Error::Taken(Subject::Domain(taken)) if *taken == domain),
        "{error}"
    );
    assert_eq!(store.tenant_of_domain(&other).await.unwrap(), None);

    let twins = [NORTHWIND, partner(1)].map(|id| with_domains(id, &["twins.com"]));
    let twins = twins.map(|tenant| Change::Create(Box::new(tenant))).into();
    let error = commit_on(&*store, &snapshot, 1, twins).await.unwrap_err();
    assert!(matches!(error, Error::Taken(Subject::Domain(_))), "{error}");
    assert!(store.tenant(NORTHWIND).await.unwrap().is_none());
}

pub(crate) async fn a_domain_moves_within_one_commit<P: Place>(place: P) {
    let store = place.open().await;
    let tenants = vec![with_domains(CONTOSO, &["contoso.com"]), hosted(FABRIKAM)];
    create(&*store, tenants).await;
    let snapshot = read(&*store, &[CONTOSO, FABRIKAM]).await;
    let changes = [hosted(CONTOSO), with_domains(FABRIKAM, &["contoso.com"])];
    let changes = changes
        .map(|tenant| Change::Profile(Box::new(tenant)))
        .into();
    commit_on(&*store, &snapshot, 1, changes).await.unwrap();
    let domain = "contoso.com".parse().unwrap();
    assert_eq!(
        store.tenant_of_domain(&domain).await.unwrap(),
        Some(FABRIKAM)
    );
}

pub(crate) async fn tenants_are_listed_in_pages<P: Place>(place: P) {
    let store = place.open().await;
    let ids: Vec<TenantId> = (1..=7).map(partner).collect();
    create(&*store, ids.iter().rev().map(|id| hosted(*id)).collect()).await;
    let mut found = Vec::new();
    loop {
        let page = store.tenants(found.last().copied(), 3).await.unwrap();
        assert!(page.len() <= 3);
        if page.is_empty() {
            break;
        }
        found.extend(page.into_iter().map(|row| row.profile.id));
    }
    assert_eq!(found, ids);
}

pub(crate) async fn many_tenants_are_looked_up_at_once<P: Place>(place: P) {
    let store = place.open().await;
    let ids: Vec<TenantId> = (1..=5).map(partner).collect();
    create(&*store, ids.iter().map(|id| hosted(*id)).collect()).await;
    let wanted = [partner(4), partner(9), partner(2)];
    let found = store.tenants_of(&wanted).await.unwrap();
    let mut found: Vec<TenantId> = found.into_iter().map(|row| row.profile.id).collect();
    found.sort();
    assert_eq!(found, [partner(2), partner(4)]);
    assert_eq!(store.tenants_of(&[]).await.unwrap(), Vec::new());
}

pub(crate) async fn a_tenant_nobody_knows_is_not_in_a_world<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO)]).await;
    let snapshot = read(&*store, &[FABRIKAM, CONTOSO]).await;
    assert_eq!(snapshot.world().tenants.len(), 1);
    assert!(snapshot.version(FABRIKAM).is_none());
    assert!(store.tenant(FABRIKAM).await.unwrap().is_none());
    let past = store.settings_at(FABRIKAM, At::Revision(Revision(1))).await;
    assert_eq!(past.unwrap(), None);
}

pub(crate) async fn a_profile_is_changed_and_has_a_history<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    let renamed = Tenant {
        display_name: Some("Contoso Ltd".into()),
        ..contoso()
    };
    let change = vec![Change::Profile(Box::new(renamed.clone()))];
    commit_on(&*store, &snapshot, 1, change).await.unwrap();
    let snapshot = read(&*store, &[CONTOSO]).await;
    assert_eq!(snapshot.world().tenant(CONTOSO), Some(&renamed));
    let version = snapshot.version(CONTOSO).unwrap();
    assert_eq!(version.of(Entity::Profile), Some(Revision(2)));
    assert_eq!(version.of(Entity::Policy), Some(Revision(1)));
    let before = store
        .settings_at(CONTOSO, At::Revision(Revision(1)))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(before.profile.display_name, contoso().display_name);
    assert_eq!(before.policy, contoso().policy);
}
