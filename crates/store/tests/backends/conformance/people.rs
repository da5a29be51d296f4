//! Directories.

use std::collections::BTreeSet;

use comity_store::{Application, Change, Error, Group, Subject};
use policy::effect::Effect;
use policy::target::UserId;
use policy::world::{Directory, RedemptionState, User};

use super::Place;
use crate::sample::{
    ALICE, CONTOSO, CRM, FABRIKAM, FRED, NORTHWIND, SALES, STAFF, alice, commit_on, contoso,
    create, fred, hosted, read,
};

pub(crate) async fn users_are_put_found_and_dropped<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO), hosted(FABRIKAM)]).await;
    let first = store.put_users(CONTOSO, &[alice(), fred()]).await.unwrap();
    assert_eq!(store.user(CONTOSO, ALICE).await.unwrap(), Some(alice()));
    assert_eq!(store.user(FABRIKAM, ALICE).await.unwrap(), None);
    assert_eq!(
        store.users(CONTOSO, None, 10).await.unwrap(),
        [alice(), fred()]
    );
    assert_eq!(
        store.users(CONTOSO, Some(ALICE), 10).await.unwrap(),
        [fred()]
    );
    assert_eq!(store.users(CONTOSO, None, 1).await.unwrap(), [alice()]);

    let moved = User {
        enabled: false,
        groups: None,
        ..alice()
    };
    let second = store
        .put_users(CONTOSO, &[alice(), moved.clone()])
        .await
        .unwrap();
    assert!(first < second);
    assert_eq!(
        store.users(CONTOSO, None, 10).await.unwrap(),
        [moved, fred()]
    );
    store.delete_user(CONTOSO, ALICE).await.unwrap();
    let error = store.delete_user(CONTOSO, ALICE).await.unwrap_err();
    assert!(
        matches!(error, Error::NotFound(Subject::User(ALICE))),
        "{error}"
    );
    assert_eq!(store.users(CONTOSO, None, 10).await.unwrap(), [fred()]);
}

pub(crate) async fn a_user_is_found_by_address_without_case<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO)]).await;
    let umlaut = User {
        id: UserId::from_u128(1),
        user_principal_name: "ÄNNE@contoso.com".into(),
        mail: None,
        ..alice()
    };
    store
        .put_users(CONTOSO, &[alice(), umlaut.clone()])
        .await
        .unwrap();
    for address in [
        "alice@contoso.com",
        "ALICE@contoso.com",
        "alice.a@CONTOSO.com",
    ] {
        let found = store.users_by_address(CONTOSO, address).await.unwrap();
        assert_eq!(found, [alice()], "{address}");
    }
    assert_eq!(
        store
            .users_by_address(CONTOSO, "änne@contoso.com")
            .await
            .unwrap(),
        [umlaut]
    );
    for address in ["alice", "%@contoso.com", "", "alice@contoso.com\0"] {
        assert_eq!(
            store.users_by_address(CONTOSO, address).await.unwrap(),
            [],
            "{address}"
        );
    }
}

pub(crate) async fn the_object_of_an_account_is_found<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    assert_eq!(
        store.users_for(CONTOSO, FABRIKAM, FRED).await.unwrap(),
        [fred()]
    );
    assert_eq!(store.users_for(CONTOSO, NORTHWIND, FRED).await.unwrap(), []);
    assert_eq!(store.users_for(FABRIKAM, FABRIKAM, FRED).await.unwrap(), []);
}

pub(crate) async fn a_directory_without_anybody_is_known<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO)]).await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    assert_eq!(snapshot.world().tenant(CONTOSO).unwrap().directory, None);
    let sequence = store.put_users(CONTOSO, &[]).await.unwrap();
    let snapshot = read(&*store, &[CONTOSO]).await;
    let directory = &snapshot.world().tenant(CONTOSO).unwrap().directory;
    assert_eq!(directory, &Some(Directory::default()));
    assert_eq!(snapshot.version(CONTOSO).unwrap().people(), sequence);
}

pub(crate) async fn groups_are_put_listed_and_dropped<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let sales = Group {
        id: SALES,
        display_name: Some("Sales".into()),
        member_of: BTreeSet::from([STAFF, SALES]),
    };
    store
        .put_groups(CONTOSO, std::slice::from_ref(&sales))
        .await
        .unwrap();
    assert_eq!(
        store.group(CONTOSO, SALES).await.unwrap(),
        Some(sales.clone())
    );
    let groups = store.groups(CONTOSO, None, 10).await.unwrap();
    assert_eq!(
        groups.iter().map(|group| group.id).collect::<Vec<_>>(),
        [SALES, STAFF]
    );
    assert_eq!(
        store.groups(CONTOSO, Some(SALES), 10).await.unwrap().len(),
        1
    );
    let snapshot = read(&*store, &[CONTOSO]).await;
    let directory = snapshot
        .world()
        .tenant(CONTOSO)
        .unwrap()
        .directory
        .as_ref()
        .unwrap();
    assert_eq!(directory.groups[&SALES], sales.member_of);
    store.delete_group(CONTOSO, SALES).await.unwrap();
    let error = store.delete_group(CONTOSO, SALES).await.unwrap_err();
    assert!(
        matches!(error, Error::NotFound(Subject::Group(SALES))),
        "{error}"
    );
    // Alice still says that she is in it.
    assert_eq!(store.user(CONTOSO, ALICE).await.unwrap(), Some(alice()));
}

pub(crate) async fn an_application_belongs_to_one_tenant<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO), hosted(FABRIKAM)]).await;
    let crm = Application {
        id: CRM,
        tenant: CONTOSO,
        display_name: Some("CRM".into()),
        redirect_uris: vec!["https://crm.contoso.com/back".into()],
    };
    store.put_application(&crm).await.unwrap();
    let renamed = Application {
        display_name: None,
        ..crm.clone()
    };
    store.put_application(&renamed).await.unwrap();
    assert_eq!(store.application(CRM).await.unwrap(), Some(renamed.clone()));
    let stolen = Application {
        tenant: FABRIKAM,
        ..crm.clone()
    };
    let error = store.put_application(&stolen).await.unwrap_err();
    assert!(
        matches!(error, Error::Taken(Subject::Application(CRM))),
        "{error}"
    );
    let nowhere = Application {
        tenant: NORTHWIND,
        id: crate::sample::ERP,
        ..crm
    };
    let error = store.put_application(&nowhere).await.unwrap_err();
    assert!(
        matches!(error, Error::NotFound(Subject::Tenant(NORTHWIND))),
        "{error}"
    );
    assert_eq!(
        store.applications(CONTOSO, None, 10).await.unwrap(),
        [renamed]
    );
    assert_eq!(store.applications(FABRIKAM, None, 10).await.unwrap(), []);
    assert_eq!(
        store.applications(CONTOSO, Some(CRM), 10).await.unwrap(),
        []
    );
    let error = store.delete_application(FABRIKAM, CRM).await.unwrap_err();
    assert!(
        matches!(error, Error::NotFound(Subject::Application(CRM))),
        "{error}"
    );
    store.delete_application(CONTOSO, CRM).await.unwrap();
    assert_eq!(store.application(CRM).await.unwrap(), None);
}

pub(crate) async fn people_of_a_tenant_nobody_knows_are_refused<P: Place>(place: P) {
    let store = place.open().await;
    let error = store.put_users(CONTOSO, &[alice()]).await.unwrap_err();
    assert!(
        matches!(error, Error::NotFound(Subject::Tenant(CONTOSO))),
        "{error}"
    );
    assert_eq!(store.user(CONTOSO, ALICE).await.unwrap(), None);
}

pub(crate) async fn an_invitation_and_its_redemption_are_commits<P: Place>(place: P) {
    let store = place.open().await;
    let mut tenant = contoso();
    tenant.directory = Some(Directory::default());
    create(&*store, vec![tenant]).await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    let invited = Change::Effect(Effect::PutUser {
        tenant: CONTOSO,
        user: Box::new(fred()),
    });
    let committed = commit_on(&*store, &snapshot, 1, vec![invited])
        .await
        .unwrap();
    // The settings have not been written, so their revision stays.
    assert_eq!(committed.revisions[&CONTOSO].0, 1);
    let snapshot = read(&*store, &[CONTOSO]).await;
    assert_eq!(
        snapshot.version(CONTOSO).unwrap().people(),
        committed.sequence
    );
    let redeemed = Change::Effect(Effect::Redeemed {
        tenant: CONTOSO,
        user: fred().id,
        provider: "azureActiveDirectory",
    });
    commit_on(&*store, &snapshot, 2, vec![redeemed])
        .await
        .unwrap();
    let accepted = User {
        redemption: Some(RedemptionState::Accepted),
        identity_provider: Some("azureActiveDirectory"),
        ..fred()
    };
    let snapshot = read(&*store, &[CONTOSO]).await;
    let directory = snapshot
        .world()
        .tenant(CONTOSO)
        .unwrap()
        .directory
        .clone()
        .unwrap();
    assert_eq!(directory.users[&fred().id], accepted);
    let deleted = Change::Effect(Effect::DeleteUser {
        tenant: CONTOSO,
        user: fred().id,
    });
    commit_on(&*store, &snapshot, 3, vec![deleted])
        .await
        .unwrap();
    assert_eq!(store.users(CONTOSO, None, 10).await.unwrap(), []);
    assert_eq!(store.revisions(CONTOSO, None, 10).await.unwrap().len(), 1);
}

pub(crate) async fn a_commit_that_changes_people_conflicts_with_another<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let snapshot = read(&*store, &[CONTOSO]).await;
    let disabled = User {
        enabled: false,
        ..fred()
    };
    store
        .put_users(CONTOSO, std::slice::from_ref(&disabled))
        .await
        .unwrap();
    let redeemed = Change::Effect(Effect::Redeemed {
        tenant: CONTOSO,
        user: fred().id,
        provider: "azureActiveDirectory",
    });
    let error = commit_on(&*store, &snapshot, 2, vec![redeemed])
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::Conflict {
                of: Subject::People(CONTOSO),
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(
        store.user(CONTOSO, fred().id).await.unwrap(),
        Some(disabled)
    );
    // Settings do not depend on who is there.
    let policy = crate::sample::put_policy(CONTOSO, contoso().policy.unwrap());
    commit_on(&*store, &snapshot, 3, vec![policy])
        .await
        .unwrap();
}
