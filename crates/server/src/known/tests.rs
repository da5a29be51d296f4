//! Memory that has followed every change equals memory that has just been read.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use policy::compiled::{Asker, Question, decide};
use policy::conditional_access::{
    ApplicationCondition, ConditionalAccessPolicy, Control, Operator, PolicyState, UserCondition,
};
use policy::settings::Policy;
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::{Cloud, TenantId};
use policy::world::{Directory, External, Tenant, User, UserType, World};
use proptest::prelude::*;
use store::{
    AuditRecord, AuditedChange, Change, DirectoryAct, DirectoryChange, Group, Initiator, Moment,
    Reach, Sqlite, Stamp, Store, Target, UserDetails, Who,
};

use crate::clock::Clock;
use crate::effective::{Effective, Sheet};

const HERE: TenantId = TenantId::from_u128(1);
const HOME: TenantId = TenantId::from_u128(2);
const PEOPLE: u128 = 12;
const GROUPS: u128 = 6;

/// One write.
#[derive(Clone, Debug)]
enum Write {
    Users(Vec<(u128, Vec<u128>, bool)>),
    DropUser(u128),
    Groups(Vec<(u128, Vec<u128>)>),
    DropGroup(u128),
    EndSessions(u128, i64),
    Settings(bool),
}

fn write() -> impl Strategy<Value = Write> {
    let user = (
        0..PEOPLE,
        prop::collection::vec(0..GROUPS, 0..3),
        any::<bool>(),
    );
    let group = (0..GROUPS, prop::collection::vec(0..GROUPS, 0..3));
    prop_oneof![
        4 => prop::collection::vec(user, 1..4).prop_map(Write::Users),
        2 => (0..PEOPLE).prop_map(Write::DropUser),
        3 => prop::collection::vec(group, 1..3).prop_map(Write::Groups),
        1 => (0..GROUPS).prop_map(Write::DropGroup),
        1 => (0..PEOPLE, 1..9_i64).prop_map(|(user, at)| Write::EndSessions(user, at)),
        1 => any::<bool>().prop_map(Write::Settings),
    ]
}

fn group_id(n: u128) -> GroupId {
    GroupId::from_u128(0x100 + n)
}

/// A guest from `HOME`; two of them may stand for one account there.
fn guest(n: u128, groups: &[u128], enabled: bool) -> User {
    User {
        user_principal_name: format!("g{n}@here.example"),
        user_type: UserType::Guest,
        enabled,
        groups: Some(groups.iter().map(|group| group_id(*group)).collect()),
        external: Some(External::Tenant {
            home_tenant: HOME,
            home_user: UserId::from_u128(n / 2),
        }),
        ..User::new(UserId::from_u128(0x200 + n))
    }
}

/// Members of some groups are refused, so that answers depend on who is in which.
fn refusing() -> ConditionalAccessPolicy {
    ConditionalAccessPolicy {
        id: "refused".to_owned(),
        elsewhere: false,
        source: None,
        display_name: None,
        state: PolicyState::Enabled,
        include_users: UserCondition {
            groups: BTreeSet::from([group_id(0), group_id(3)]),
            ..UserCondition::default()
        },
        exclude_users: UserCondition::default(),
        include_applications: ApplicationCondition {
            all: true,
            ..ApplicationCondition::default()
        },
        exclude_applications: ApplicationCondition::default(),
        operator: Operator::Or,
        controls: vec![Control::Block],
    }
}

async fn carry_out(store: &dyn Store, write: &Write) {
    match write {
        Write::Users(users) => {
            let users = users
                .iter()
                .map(|(n, groups, enabled)| guest(*n, groups, *enabled));
            store
                .put_users(HERE, &users.collect::<Vec<_>>())
                .await
                .unwrap();
        }
        // Whoever is not there cannot go, which changes nothing.
        Write::DropUser(n) => drop(store.delete_user(HERE, UserId::from_u128(0x200 + n)).await),
        Write::Groups(groups) => {
            let group = |(id, parents): &(u128, Vec<u128>)| Group {
                id: group_id(*id),
                display_name: None,
                member_of: parents.iter().map(|parent| group_id(*parent)).collect(),
            };
            let groups: Vec<Group> = groups.iter().map(group).collect();
            store.put_groups(HERE, &groups).await.unwrap();
        }
        Write::DropGroup(n) => {
            if let Some(row) = store.group_row(HERE, group_id(*n)).await.unwrap() {
                let act = DirectoryAct::DropGroup {
                    id: row.group.id,
                    expected: row.version,
                };
                let change = DirectoryChange::new(HERE, vec![act], Vec::new());
                store.write_directory(&change).await.unwrap();
            }
        }
        Write::EndSessions(n, at) => {
            let id = UserId::from_u128(0x200 + n);
            if let Some(person) = store.person(HERE, id).await.unwrap() {
                let act = DirectoryAct::PutUser {
                    user: Box::new(person.user),
                    details: Box::new(UserDetails {
                        sessions_revoked: Some(Moment::from_nanoseconds((*at).into())),
                        ..person.details
                    }),
                    expected: Some(person.version),
                };
                let change = DirectoryChange::new(HERE, vec![act], Vec::new());
                store.write_directory(&change).await.unwrap();
            }
        }
        Write::Settings(p1) => {
            let snapshot = store.world(&[HERE], Reach::Settings).await.unwrap();
            let profile = Tenant {
                p1: *p1,
                ..snapshot.world().tenant(HERE).unwrap().clone()
            };
            let changes = [Change::Profile(Box::new(profile))];
            let stamp = Stamp {
                id: sts::random::guid(),
                time: Moment::from_nanoseconds(0),
                initiator: system(),
                reason: None,
            };
            let change = AuditedChange::new(&snapshot, stamp, changes, vec![record()]);
            store.commit(&change.unwrap()).await.unwrap();
        }
    }
}

fn system() -> Initiator {
    Initiator {
        who: Who::System,
        address: None,
        channel: None,
    }
}

fn record() -> AuditRecord {
    AuditRecord {
        id: sts::random::guid(),
        tenant: Some(HERE),
        time: Moment::from_nanoseconds(0),
        correlation: sts::random::guid(),
        initiator: system(),
        service: "Core Directory".to_owned(),
        category: "DirectoryManagement".to_owned(),
        activity: "Update organization".to_owned(),
        operation: "Update".to_owned(),
        failure: None,
        target: Target {
            kind: "Tenant".to_owned(),
            id: None,
            display_name: None,
            user_principal_name: None,
        },
        modified: Vec::new(),
        details: Vec::new(),
        user_agent: None,
    }
}

fn answers(sheet: &Sheet) -> Vec<policy::compiled::Answer> {
    let account = |n| Asker::Home {
        tenant: HOME,
        user: UserId::from_u128(n),
        groups: None,
    };
    let ask = |n| {
        let question = Question::new(account(n), HERE, ApplicationId::from_u128(5));
        decide(&sheet.registry, &question)
    };
    (0..PEOPLE / 2).map(ask).collect()
}

fn beginning() -> World {
    let mut world = World::default();
    let here = Tenant {
        policy: Some(Policy::default()),
        directory: Some(Directory::default()),
        conditional_access: vec![refusing()],
        ..Tenant::registered(HERE, Cloud::Commercial)
    };
    world.tenants.insert(HERE, here);
    let home = Tenant::registered(HOME, Cloud::Commercial);
    world.tenants.insert(HOME, home);
    world
}

async fn follows(writes: Vec<Write>) {
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.unwrap());
    let now = || Timestamp::UNIX_EPOCH;
    crate::seed(&*store, &beginning(), now()).await.unwrap();
    let memory = || Effective::new(Arc::clone(&store), Clock::saying(now));
    let following = memory();
    following.with(&[HERE, HOME]).await.unwrap();
    for write in &writes {
        carry_out(&*store, write).await;
        // Now and then several writes are followed at once.
        if matches!(write, Write::Groups(_)) {
            continue;
        }
        following.refresh(&[]).await.unwrap();
        same(&following, &memory()).await;
    }
    following.refresh(&[]).await.unwrap();
    same(&following, &memory()).await;
}

async fn same(following: &Effective, fresh: &Effective) {
    let (one, other) = (following.sheet(), fresh.with(&[HERE, HOME]).await.unwrap());
    let (here, read) = (one.get(HERE).unwrap(), other.get(HERE).unwrap());
    assert_eq!(here.tenant, read.tenant);
    assert_eq!(here.held(), read.held());
    assert_eq!(here.revoked, read.revoked);
    assert_eq!(answers(&one), answers(&other));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn memory_that_followed_every_write_equals_memory_just_read(
        writes in prop::collection::vec(write(), 1..24)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(follows(writes));
    }
}
