//! Passes, and records of accounts.

use std::sync::Arc;

use comity_store::{
    AccountRecord, DirectoryAct, DirectoryChange, Error, Pass, PassKind, Revision, Subject,
    UserDetails,
};
use uuid::Uuid;

use super::Place;
use crate::sample::{CONTOSO, FABRIKAM, alice, create, hosted, record, second};

fn pass(handle: u8, family: u128, version: u64) -> Pass {
    Pass {
        kind: PassKind::Code,
        handle: [handle; 32],
        family: Uuid::from_u128(family),
        version: Revision(version),
        expires: second(100),
        value: format!("{{\"version\":{version}}}"),
    }
}

pub(crate) async fn a_pass_is_taken_up_by_one_of_many<P: Place>(place: P) {
    let store = place.open().await;
    assert_eq!(store.pass(PassKind::Code, &[1; 32]).await.unwrap(), None);
    store.put_pass(&pass(1, 1, 1)).await.unwrap();
    let again = store.put_pass(&pass(1, 1, 1)).await.unwrap_err();
    let taken = |error: &Error| {
        matches!(
            error,
            Error::Conflict {
                of: Subject::Pass,
                ..
            }
        )
    };
    assert!(taken(&again), "{again}");
    let writers = (0..8).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.put_pass(&pass(1, 1, 2)).await })
    });
    let mut won = 0;
    for writer in writers.collect::<Vec<_>>() {
        match writer.await.unwrap() {
            Ok(()) => won += 1,
            Err(error) => assert!(taken(&error), "{error}"),
        }
    }
    assert_eq!(won, 1);
    let kept = store.pass(PassKind::Code, &[1; 32]).await.unwrap();
    assert_eq!(kept, Some(pass(1, 1, 2)));
    // What is good for one thing is good for nothing else.
    assert_eq!(store.pass(PassKind::Refresh, &[1; 32]).await.unwrap(), None);
    // Nothing comes after what is not there.
    let error = store.put_pass(&pass(9, 1, 2)).await.unwrap_err();
    assert!(taken(&error), "{error}");
    assert!(!format!("{:?}", pass(1, 1, 2)).contains("version\\"));
}

pub(crate) async fn a_family_ends_together<P: Place>(place: P) {
    let store = place.open().await;
    for (handle, family) in [(1, 1), (2, 1), (3, 2)] {
        store.put_pass(&pass(handle, family, 1)).await.unwrap();
    }
    assert_eq!(store.drop_passes(Uuid::from_u128(1)).await.unwrap(), 2);
    assert_eq!(store.drop_passes(Uuid::from_u128(1)).await.unwrap(), 0);
    assert_eq!(store.pass(PassKind::Code, &[2; 32]).await.unwrap(), None);
    let other = store.pass(PassKind::Code, &[3; 32]).await.unwrap();
    assert_eq!(other, Some(pass(3, 2, 1)));
}

pub(crate) async fn passes_that_are_over_are_forgotten<P: Place>(place: P) {
    let store = place.open().await;
    store.put_pass(&pass(1, 1, 1)).await.unwrap();
    assert_eq!(store.forget_passes(second(100)).await.unwrap(), 0);
    assert_eq!(store.forget_passes(second(101)).await.unwrap(), 1);
    assert_eq!(store.pass(PassKind::Code, &[1; 32]).await.unwrap(), None);
}

fn kept(version: u64) -> AccountRecord {
    AccountRecord {
        name: "totp".into(),
        version: Revision(version),
        value: "sealed".into(),
    }
}

pub(crate) async fn a_record_of_an_account_is_written_by_one_and_goes_with_the_user<P: Place>(
    place: P,
) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO), hosted(FABRIKAM)]).await;
    let user = alice();
    let put = DirectoryAct::PutUser {
        user: Box::new(user.clone()),
        details: Box::new(UserDetails::default()),
        expected: None,
    };
    let change = DirectoryChange::new(CONTOSO, vec![put], vec![record(Some(CONTOSO))]);
    store.write_directory(&change).await.unwrap();
    let records = |tenant| store.account_records(tenant, user.id);
    store
        .put_account_record(CONTOSO, user.id, &kept(1))
        .await
        .unwrap();
    for version in [1, 3] {
        let error = store
            .put_account_record(CONTOSO, user.id, &kept(version))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }), "{error}");
    }
    store
        .put_account_record(CONTOSO, user.id, &kept(2))
        .await
        .unwrap();
    assert_eq!(records(CONTOSO).await.unwrap(), [kept(2)]);
    assert_eq!(records(FABRIKAM).await.unwrap(), []);
    let unknown = store
        .put_account_record(
            policy::tenant::TenantId::from_u128(0xdead),
            user.id,
            &kept(1),
        )
        .await
        .unwrap_err();
    assert!(
        matches!(unknown, Error::NotFound(Subject::Tenant(_))),
        "{unknown}"
    );
    let drop = DirectoryAct::DropUser {
        id: user.id,
        expected: Revision(1),
    };
    let change = DirectoryChange::new(CONTOSO, vec![drop], vec![record(Some(CONTOSO))]);
    store.write_directory(&change).await.unwrap();
    assert_eq!(records(CONTOSO).await.unwrap(), []);
    // Somebody who has no object in the tenant may have records there, too.
    store
        .put_account_record(CONTOSO, user.id, &kept(1))
        .await
        .unwrap();
    store
        .drop_account_record(CONTOSO, user.id, "totp")
        .await
        .unwrap();
    assert_eq!(records(CONTOSO).await.unwrap(), []);
}
