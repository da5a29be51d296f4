//! The directory as its administrators see it.

use std::collections::{BTreeMap, BTreeSet};

use comity_store::{
    Application, ApplicationDetails, ApplicationRow, DirectoryAct, DirectoryChange, DirectoryOrder,
    DirectoryQuery, Error, Group, GroupDetails, Member, Password, Place, Revision,
    ServicePrincipal, Store, Subject, UserDetails,
};
use policy::target::{GroupId, UserId};
use policy::world::{User, UserType};
use uuid::Uuid;

use super::Place as Where;
use crate::sample::{
    ALICE, CONTOSO, CRM, FABRIKAM, NORTHWIND, SALES, STAFF, alice, contoso, create, fred, hosted,
    read, record, second,
};

async fn write(store: &dyn Store, acts: Vec<DirectoryAct>) -> Result<(), Error> {
    let change = DirectoryChange::new(CONTOSO, acts, vec![record(Some(CONTOSO))]);
    store.write_directory(&change).await.map(drop)
}

fn put(user: User, details: UserDetails, expected: Option<u64>) -> DirectoryAct {
    DirectoryAct::PutUser {
        user: Box::new(user),
        details: Box::new(details),
        expected: expected.map(Revision),
    }
}

/// User number `n`.
fn numbered(n: u128) -> User {
    User {
        id: UserId::from_u128(n),
        user_principal_name: format!("U{n:03}@contoso.com"),
        mail: None,
        display_name: Some(format!("Name {}", 100 - n)),
        groups: Some(BTreeSet::new()),
        ..alice()
    }
}

fn details() -> UserDetails {
    UserDetails {
        created: Some(second(1)),
        state_changed: Some(second(2)),
        sessions_revoked: Some(second(3)),
        invited: true,
        invited_by: Some(Uuid::from_u128(4)),
        other_mails: vec!["fred@example.com".into()],
        business_phones: vec!["+1 555".into()],
        sponsors: BTreeSet::from([ALICE]),
        external_id: Some("00u1".into()),
        further: BTreeMap::from([("title".into(), "\"Dr\"".into())]),
    }
}

pub(crate) async fn what_is_said_about_a_user_is_kept_whole<P: Where>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let before = store.person(CONTOSO, fred().id).await.unwrap().unwrap();
    assert_eq!(
        (before.user, before.details),
        (fred(), UserDetails::default())
    );
    let version = before.version.0;
    write(&*store, vec![put(fred(), details(), Some(version))])
        .await
        .unwrap();
    let after = store.person(CONTOSO, fred().id).await.unwrap().unwrap();
    assert_eq!((after.user, after.details), (fred(), details()));
    assert!(after.version.0 > version);
    let found = store.persons_by_external_id(CONTOSO, "00u1").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        store.persons_by_external_id(CONTOSO, "00U1").await.unwrap(),
        []
    );
    assert_eq!(
        store
            .persons_by_external_id(FABRIKAM, "00u1")
            .await
            .unwrap(),
        []
    );
    // A decision writes what it looks at; the rest stays.
    let disabled = User {
        enabled: false,
        ..fred()
    };
    store
        .put_users(CONTOSO, std::slice::from_ref(&disabled))
        .await
        .unwrap();
    let after = store.person(CONTOSO, fred().id).await.unwrap().unwrap();
    assert_eq!((after.user, after.details), (disabled, details()));
    let found = store
        .persons_of(CONTOSO, &[fred().id, UserId::from_u128(9), ALICE])
        .await
        .unwrap();
    assert_eq!(
        found
            .iter()
            .map(|person| person.user.id)
            .collect::<Vec<_>>(),
        [ALICE, fred().id]
    );
    let found = store
        .persons_by_address(CONTOSO, "ALICE@contoso.com")
        .await
        .unwrap();
    assert_eq!(found[0].user.id, ALICE);
}

pub(crate) async fn an_object_is_written_on_the_version_that_was_read<P: Where>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let again = write(&*store, vec![put(alice(), UserDetails::default(), None)]).await;
    assert!(
        matches!(again, Err(Error::Taken(Subject::User(ALICE)))),
        "{again:?}"
    );
    let version = store
        .person(CONTOSO, ALICE)
        .await
        .unwrap()
        .unwrap()
        .version
        .0;
    let first = || put(alice(), details(), Some(version));
    write(&*store, vec![first()]).await.unwrap();
    let second = write(&*store, vec![first()]).await;
    assert!(
        matches!(
            second,
            Err(Error::Conflict {
                of: Subject::User(ALICE),
                ..
            })
        ),
        "{second:?}"
    );
    let gone = DirectoryAct::DropUser {
        id: ALICE,
        expected: Revision(version),
    };
    let error = write(&*store, vec![gone]).await;
    assert!(matches!(error, Err(Error::Conflict { .. })), "{error:?}");
    let nobody = put(numbered(7), details(), Some(1));
    let error = write(&*store, vec![nobody]).await;
    assert!(
        matches!(error, Err(Error::Conflict { found: 0, .. })),
        "{error:?}"
    );
    let elsewhere =
        DirectoryChange::new(NORTHWIND, vec![put(alice(), details(), None)], Vec::new());
    let error = store.write_directory(&elsewhere).await;
    assert!(
        matches!(error, Err(Error::NotFound(Subject::Tenant(NORTHWIND)))),
        "{error:?}"
    );
}

pub(crate) async fn a_user_principal_name_is_somebodys_own<P: Where>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let like_alice = User {
        user_principal_name: "ALICE@contoso.com".into(),
        ..numbered(1)
    };
    let acts = vec![
        put(numbered(2), UserDetails::default(), None),
        put(like_alice.clone(), UserDetails::default(), None),
    ];
    let error = write(&*store, acts).await;
    assert!(
        matches!(&error, Err(Error::Taken(Subject::Address(name))) if name == "alice@contoso.com"),
        "{error:?}"
    );
    // All or nothing.
    assert_eq!(store.person(CONTOSO, numbered(2).id).await.unwrap(), None);
    // What was imported with the same name can still be written.
    store
        .put_users(CONTOSO, std::slice::from_ref(&like_alice))
        .await
        .unwrap();
    let renamed = User {
        display_name: None,
        ..like_alice
    };
    write(&*store, vec![put(renamed, UserDetails::default(), Some(1))])
        .await
        .unwrap();
}

pub(crate) async fn people_are_read_in_pages_in_every_order<P: Where>(place: P) {
    let store = place.open().await;
    create(&*store, vec![hosted(CONTOSO)]).await;
    let mut users: Vec<User> = (1..=9).map(numbered).collect();
    users[4].user_type = UserType::Guest;
    users[5].display_name = users[6].display_name.clone();
    store.put_users(CONTOSO, &users).await.unwrap();
    let key = |order: DirectoryOrder, user: &User| match order {
        DirectoryOrder::Id => String::new(),
        DirectoryOrder::DisplayName => user.display_name.clone().unwrap().to_lowercase(),
        DirectoryOrder::UserPrincipalName => user.user_principal_name.to_lowercase(),
    };
    for order in [
        DirectoryOrder::Id,
        DirectoryOrder::DisplayName,
        DirectoryOrder::UserPrincipalName,
    ] {
        for descending in [false, true] {
            let mut expected = users.clone();
            expected.sort_by_key(|user| (key(order, user), user.id));
            if descending {
                expected.reverse();
            }
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let query = DirectoryQuery {
                    order,
                    descending,
                    after,
                    limit: 2,
                    ..Default::default()
                };
                let page = store.persons(CONTOSO, &query).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(Place {
                    key: key(order, &last.user),
                    id: Uuid::from_u128(last.user.id.as_u128()),
                });
                found.extend(page.into_iter().map(|person| person.user));
            }
            assert_eq!(found, expected, "{order:?} {descending}");
        }
    }
    let query = |change: fn(&mut DirectoryQuery)| {
        let mut query = DirectoryQuery {
            limit: 100,
            ..Default::default()
        };
        change(&mut query);
        query
    };
    let count = async |query| store.persons(CONTOSO, &query).await.unwrap().len();
    assert_eq!(
        count(query(|q| q.user_type = Some(UserType::Guest))).await,
        1
    );
    assert_eq!(
        count(query(|q| q.display_prefix = Some("NAME 9".into()))).await,
        9
    );
    assert_eq!(
        count(query(|q| q.display_prefix = Some("name 99".into()))).await,
        1
    );
    assert_eq!(
        count(query(|q| q.name_prefix = Some("u00".into()))).await,
        9
    );
    assert_eq!(count(query(|q| q.name_prefix = Some("%".into()))).await, 0);
    let skipping = DirectoryQuery {
        skip: 7,
        limit: 5,
        ..Default::default()
    };
    let found = store.persons(CONTOSO, &skipping).await.unwrap();
    assert_eq!(found[0].user, users[7]);
    assert_eq!(found.len(), 2);
    assert_eq!(store.count_persons(CONTOSO, None).await.unwrap(), 9);
    assert_eq!(
        store
            .count_persons(CONTOSO, Some(UserType::Guest))
            .await
            .unwrap(),
        1
    );
}

pub(crate) async fn the_members_of_a_group_are_those_who_say_so<P: Where>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let members = async |group| store.members(CONTOSO, group, None, 10).await.unwrap();
    assert_eq!(members(SALES).await, [Member::User(ALICE)]);
    assert_eq!(members(STAFF).await, [Member::Group(SALES)]);
    let more: Vec<User> = (1..=3)
        .map(|n| User {
            groups: Some(BTreeSet::from([STAFF, SALES])),
            ..numbered(n)
        })
        .collect();
    store.put_users(CONTOSO, &more).await.unwrap();
    let mut paged = Vec::new();
    let mut after = None;
    loop {
        let page = store.members(CONTOSO, STAFF, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(*last);
        paged.extend(page);
    }
    let user = |n| Member::User(UserId::from_u128(n));
    assert_eq!(paged, [user(1), user(2), user(3), Member::Group(SALES)]);
    let out = User {
        groups: Some(BTreeSet::new()),
        ..more[1].clone()
    };
    store.put_users(CONTOSO, &[out]).await.unwrap();
    store.delete_user(CONTOSO, more[2].id).await.unwrap();
    assert_eq!(members(STAFF).await, [user(1), Member::Group(SALES)]);
}

pub(crate) async fn a_group_that_goes_has_no_members_any_more<P: Where>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    // A loop, which is harmless (S1.6).
    let staff = Group {
        id: STAFF,
        display_name: Some("Staff".into()),
        member_of: BTreeSet::from([SALES]),
    };
    let details = GroupDetails {
        created: Some(second(1)),
        description: Some("everybody".into()),
        mail_nickname: Some("staff".into()),
        mail_enabled: true,
        not_for_security: true,
        group_types: vec!["Unified".into()],
        visibility: Some("Private".into()),
        role_assignable: true,
        owners: BTreeSet::from([ALICE]),
        external_id: Some("x".into()),
    };
    let put = DirectoryAct::PutGroup {
        group: Box::new(staff.clone()),
        details: Box::new(details.clone()),
        expected: Some(Revision(1)),
    };
    write(&*store, vec![put]).await.unwrap();
    let row = store.group_row(CONTOSO, STAFF).await.unwrap().unwrap();
    assert_eq!((row.group, row.details), (staff, details));
    assert_eq!(
        store
            .group_rows_by_external_id(CONTOSO, "x")
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        store
            .group_rows_of(CONTOSO, &[STAFF, GroupId::from_u128(1)])
            .await
            .unwrap()
            .len(),
        1
    );
    let query = DirectoryQuery {
        display_prefix: Some("STA".into()),
        limit: 10,
        ..Default::default()
    };
    assert_eq!(store.group_rows(CONTOSO, &query).await.unwrap().len(), 1);
    assert_eq!(store.count_groups(CONTOSO).await.unwrap(), 2);
    let version = store
        .group_row(CONTOSO, SALES)
        .await
        .unwrap()
        .unwrap()
        .version;
    let gone = DirectoryAct::DropGroup {
        id: SALES,
        expected: version,
    };
    write(&*store, vec![gone]).await.unwrap();
    let snapshot = read(&*store, &[CONTOSO]).await;
    let directory = snapshot
        .world()
        .tenant(CONTOSO)
        .unwrap()
        .directory
        .clone()
        .unwrap();
    assert_eq!(directory.users[&ALICE].groups, Some(BTreeSet::new()));
    let groups: Vec<_> = directory.groups.iter().collect();
    assert_eq!(groups, [(&STAFF, &BTreeSet::new())]);
    assert_eq!(store.members(CONTOSO, SALES, None, 10).await.unwrap(), []);
    assert_eq!(store.members(CONTOSO, STAFF, None, 10).await.unwrap(), []);
}

pub(crate) async fn a_password_goes_with_its_user<P: Where>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso()]).await;
    let password = Password {
        phc: "$argon2id$x".into(),
        changed: second(1),
        must_change: true,
    };
    let set = |user| DirectoryAct::SetPassword {
        user,
        password: password.clone(),
    };
    let error = write(&*store, vec![set(numbered(1).id)]).await;
    assert!(
        matches!(error, Err(Error::NotFound(Subject::User(_)))),
        "{error:?}"
    );
    let before = read(&*store, &[CONTOSO]).await;
    write(
        &*store,
        vec![put(numbered(1), details(), None), set(numbered(1).id)],
    )
    .await
    .unwrap();
    write(&*store, vec![set(ALICE)]).await.unwrap();
    assert_eq!(
        store.password(CONTOSO, ALICE).await.unwrap(),
        Some(password.clone())
    );
    assert!(!format!("{password:?}").contains("argon2"));
    let after = read(&*store, &[CONTOSO]).await;
    assert!(before.version(CONTOSO).unwrap().people() < after.version(CONTOSO).unwrap().people());
    let gone = DirectoryAct::DropUser {
        id: numbered(1).id,
        expected: Revision(1),
    };
    write(&*store, vec![gone]).await.unwrap();
    assert_eq!(store.password(CONTOSO, numbered(1).id).await.unwrap(), None);
}

pub(crate) async fn a_change_may_rely_on_who_is_not_there<P: Where>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso(), hosted(FABRIKAM)]).await;
    let snapshot = read(&*store, &[CONTOSO, FABRIKAM]).await;
    let change = |n| {
        let change =
            DirectoryChange::new(CONTOSO, vec![put(numbered(n), details(), None)], Vec::new());
        change
            .relying_on(&snapshot, CONTOSO)
            .relying_on(&snapshot, FABRIKAM)
    };
    store.write_directory(&change(1)).await.unwrap();
    let error = store.write_directory(&change(2)).await;
    assert!(
        matches!(
            error,
            Err(Error::Conflict {
                of: Subject::People(CONTOSO),
                ..
            })
        ),
        "{error:?}"
    );
    let snapshot = read(&*store, &[CONTOSO, FABRIKAM]).await;
    store.put_users(FABRIKAM, &[]).await.unwrap();
    let change = DirectoryChange::new(CONTOSO, vec![put(numbered(3), details(), None)], Vec::new());
    let change = change.relying_on(&snapshot, FABRIKAM);
    let error = store.write_directory(&change).await;
    assert!(
        matches!(
            error,
            Err(Error::Conflict {
                of: Subject::People(FABRIKAM),
                ..
            })
        ),
        "{error:?}"
    );
}

pub(crate) async fn applications_and_their_principals_are_found<P: Where>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso(), hosted(FABRIKAM)]).await;
    let crm = Application {
        id: CRM,
        tenant: CONTOSO,
        display_name: Some("CRM".into()),
        redirect_uris: vec!["https://crm.contoso.com/back".into()],
    };
    store.put_application(&crm).await.unwrap();
    let old = store.application_row(CONTOSO, CRM).await.unwrap().unwrap();
    assert_eq!(old.object.as_u128(), CRM.as_u128());
    let row = ApplicationRow {
        object: Uuid::from_u128(5),
        application: crm,
        details: ApplicationDetails {
            created: Some(second(1)),
            audience: Some("AzureADMyOrg".into()),
            identifier_uris: vec!["api://crm".into()],
            public_redirect_uris: vec!["http://localhost".into()],
            spa_redirect_uris: vec!["https://spa".into()],
            tags: vec!["a".into()],
            description: Some("customers".into()),
        },
        version: Revision(2),
    };
    let put = |expected| DirectoryAct::PutApplication {
        row: Box::new(row.clone()),
        expected,
    };
    write(&*store, vec![put(Some(old.version))]).await.unwrap();
    assert_eq!(
        store.application_row(CONTOSO, CRM).await.unwrap(),
        Some(row.clone())
    );
    assert_eq!(
        store.application_object(CONTOSO, row.object).await.unwrap(),
        Some(row.clone())
    );
    assert_eq!(store.application_row(FABRIKAM, CRM).await.unwrap(), None);
    assert_eq!(
        store.application_rows(CONTOSO, None, 5).await.unwrap(),
        std::slice::from_ref(&row)
    );
    assert_eq!(
        store
            .application_rows(CONTOSO, Some(row.object), 5)
            .await
            .unwrap(),
        []
    );
    let object = ServicePrincipal {
        id: Uuid::from_u128(6),
        application: CRM,
        display_name: Some("CRM".into()),
        enabled: true,
        owner: Some(CONTOSO),
        reply_urls: vec!["https://crm".into()],
        tags: vec!["b".into()],
        created: Some(second(2)),
    };
    let principal = |id: u128| DirectoryAct::PutServicePrincipal {
        object: Box::new(ServicePrincipal {
            id: Uuid::from_u128(id),
            ..object.clone()
        }),
        expected: None,
    };
    write(&*store, vec![principal(6)]).await.unwrap();
    let error = write(&*store, vec![principal(7)]).await;
    assert!(
        matches!(error, Err(Error::Taken(Subject::Application(CRM)))),
        "{error:?}"
    );
    let found = store
        .service_principal_of(CONTOSO, CRM)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found, (object.clone(), Revision(1)));
    assert_eq!(
        store.service_principal(CONTOSO, object.id).await.unwrap(),
        Some(found.clone())
    );
    assert_eq!(
        store.service_principals(CONTOSO, None, 5).await.unwrap(),
        [found]
    );
    let acts = vec![
        DirectoryAct::DropServicePrincipal {
            id: object.id,
            expected: Revision(1),
        },
        DirectoryAct::DropApplication {
            id: CRM,
            expected: row.version,
        },
    ];
    write(&*store, acts).await.unwrap();
    assert_eq!(store.application(CRM).await.unwrap(), None);
    assert_eq!(
        store.service_principals(CONTOSO, None, 5).await.unwrap(),
        []
    );
}
