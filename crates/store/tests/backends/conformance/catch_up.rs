//! What somebody lacks who has read a tenant before.

use std::collections::BTreeSet;

use comity_store::{
    Change, DirectoryAct, DirectoryChange, Group, GroupDetails, Held, Revision, Store,
};
use policy::effect::Effect;
use policy::target::{GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::{Directory, User};

use super::Place;
use crate::sample::{
    ALICE, CONTOSO, FABRIKAM, NORTHWIND, SALES, STAFF, alice, audited, change, commit_on, contoso,
    create, fred, hosted, put_policy, read, record,
};

/// A tenant in somebody's memory.
struct Memory {
    held: Held,
    directory: Directory,
}

/// Reads what is lacking, and what was concerned: whether the settings, and how many people.
async fn follow(store: &dyn Store, memory: &mut Memory) -> (bool, usize) {
    let read = store.catch_up(&[(CONTOSO, Some(memory.held))]).await;
    let read = read.unwrap();
    let settings = read.settings.version(CONTOSO);
    if let Some(version) = settings {
        memory.held.revision = version.revision();
    }
    let Some(people) = read.people.get(&CONTOSO) else {
        return (settings.is_some(), 0);
    };
    assert!(!people.whole);
    memory.held.people = people.until;
    for (id, resident) in people.users.clone() {
        match resident {
            Some(resident) => drop(memory.directory.users.insert(id, resident.user)),
            None => drop(memory.directory.users.remove(&id)),
        }
    }
    for (id, parents) in people.groups.clone() {
        match parents {
            Some(parents) => drop(memory.directory.groups.insert(id, parents)),
            None => drop(memory.directory.groups.remove(&id)),
        }
    }
    let concerned = people.users.len() + people.groups.len();
    (settings.is_some(), concerned)
}

async fn loaded(store: &dyn Store) -> Memory {
    let snapshot = read(store, &[CONTOSO]).await;
    let version = snapshot.version(CONTOSO).unwrap();
    let tenant = snapshot.world().tenant(CONTOSO).unwrap();
    Memory {
        held: Held {
            revision: version.revision(),
            people: version.people(),
        },
        directory: tenant.directory.clone().unwrap(),
    }
}

async fn write(store: &dyn Store, acts: Vec<DirectoryAct>) {
    let change = DirectoryChange::new(CONTOSO, acts, vec![record(Some(CONTOSO))]);
    store.write_directory(&change).await.unwrap();
}

pub(crate) async fn what_is_lacking_is_what_was_written<P: Place>(place: P) {
    let store = place.open().await;
    let store = &*store;
    create(store, vec![contoso(), hosted(FABRIKAM)]).await;
    let mut memory = loaded(store).await;
    assert_eq!(follow(store, &mut memory).await, (false, 0));

    let numbered = |n: u128| User {
        id: UserId::from_u128(n),
        user_principal_name: format!("u{n}@contoso.com"),
        mail: None,
        groups: Some(BTreeSet::from([SALES])),
        ..alice()
    };
    let many: Vec<User> = (1..=250).map(numbered).collect();
    store.put_users(CONTOSO, &many).await.unwrap();
    // What others write is not lacking here.
    store.put_users(FABRIKAM, &[fred()]).await.unwrap();
    assert_eq!(follow(store, &mut memory).await, (false, 250));

    let desk = GroupId::from_u128(9);
    let group = |id, member_of: &[GroupId]| Group {
        id,
        display_name: None,
        member_of: member_of.iter().copied().collect(),
    };
    store
        .put_groups(CONTOSO, &[group(desk, &[SALES])])
        .await
        .unwrap();
    store
        .delete_user(CONTOSO, UserId::from_u128(7))
        .await
        .unwrap();
    let snapshot = read(store, &[CONTOSO]).await;
    let invited = User {
        id: UserId::from_u128(300),
        ..fred()
    };
    let effect = Effect::PutUser {
        tenant: CONTOSO,
        user: Box::new(invited),
    };
    commit_on(store, &snapshot, 1, vec![Change::Effect(effect)])
        .await
        .unwrap();
    assert_eq!(follow(store, &mut memory).await, (false, 3));
    assert_eq!(memory.directory, loaded(store).await.directory);

    // A group goes, and with it what two hundred and fifty members say about it.
    let version = store
        .group_row(CONTOSO, SALES)
        .await
        .unwrap()
        .unwrap()
        .version;
    let drop = DirectoryAct::DropGroup {
        id: SALES,
        expected: version,
    };
    let put = DirectoryAct::PutGroup {
        group: Box::new(group(GroupId::from_u128(10), &[STAFF])),
        details: Box::new(GroupDetails::default()),
        expected: None,
    };
    write(store, vec![drop, put]).await;
    store
        .delete_group(CONTOSO, GroupId::from_u128(10))
        .await
        .unwrap();
    let (settings, concerned) = follow(store, &mut memory).await;
    assert!(!settings && concerned >= 252, "{concerned}");
    assert_eq!(memory.directory, loaded(store).await.directory);

    // Settings move without people.
    change(store, CONTOSO, 2, |_| {}).await;
    assert_eq!(follow(store, &mut memory).await, (true, 0));
    assert_eq!(memory.held, loaded(store).await.held);
}

pub(crate) async fn whoever_has_nothing_lacks_everything<P: Place>(place: P) {
    let store = place.open().await;
    create(&*store, vec![contoso(), hosted(FABRIKAM)]).await;
    let wanted: [(TenantId, Option<Held>); 3] = [CONTOSO, FABRIKAM, NORTHWIND].map(|id| (id, None));
    let read = store.catch_up(&wanted).await.unwrap();
    let tenants: Vec<_> = read.settings.world().tenants.keys().copied().collect();
    assert_eq!(tenants, [CONTOSO, FABRIKAM]);
    assert_eq!(read.settings.sequence(), store.sequence().await.unwrap());
    // Nobody knows who is at Fabrikam.
    assert_eq!(read.people.keys().collect::<Vec<_>>(), [&CONTOSO]);
    let people = &read.people[&CONTOSO];
    assert_eq!(
        (people.whole, people.users.len(), people.groups.len()),
        (true, 2, 2)
    );
    // Once Fabrikam has a directory, whoever held none gets it whole.
    let held = Held {
        revision: Revision(1),
        people: comity_store::Sequence(0),
    };
    store.put_users(FABRIKAM, &[alice()]).await.unwrap();
    let read = store.catch_up(&[(FABRIKAM, Some(held))]).await.unwrap();
    assert!(read.settings.world().tenants.is_empty());
    let people = &read.people[&FABRIKAM];
    let users: Vec<_> = people.users.iter().map(|(id, _)| *id).collect();
    assert_eq!((people.whole, users), (true, vec![ALICE]));
}

/// What it says is compared with what the store says wherever a test commits: `commit_on`.
pub(crate) async fn what_a_change_of_settings_leaves_need_not_be_read<P: Place>(place: P) {
    let store = place.open().await;
    let store = &*store;
    create(store, vec![contoso(), hosted(FABRIKAM)]).await;
    let snapshot = read(store, &[CONTOSO, FABRIKAM]).await;
    let put = |tenant| {
        let policy = snapshot.world().policy(tenant).unwrap().clone();
        put_policy(tenant, policy)
    };
    let both = audited(&snapshot, 2, vec![put(CONTOSO), put(FABRIKAM)]);
    let committed = store.commit(&both).await.unwrap();
    let left = both.left(committed.sequence).unwrap().settings;
    assert_eq!(left.sequence(), committed.sequence);
    for (tenant, revision) in &committed.revisions {
        assert_eq!(left.version(*tenant).unwrap().revision(), *revision);
        assert!(left.world().tenant(*tenant).unwrap().directory.is_none());
    }

    let snapshot = read(store, &[CONTOSO]).await;
    let user = Change::Effect(Effect::PutUser {
        tenant: CONTOSO,
        user: Box::new(alice()),
    });
    let people = audited(&snapshot, 3, vec![put(CONTOSO), user]);
    let committed = store.commit(&people).await.unwrap();
    assert!(people.left(committed.sequence).is_none());
}
