//! A tenant with as many partners as nobody has, read by several at once.

use std::thread;

use jiff::Timestamp;
use policy::settings::{Partner, Policy};
use policy::target::ApplicationId;
use policy::tenant::{Cloud, TenantId};
use policy::world::{Tenant, World};
use store::{Client as Kept, ClientSecret, Clients, Moment};
use sts::secret::SecretHash;

use crate::client::{Client, policy};
use crate::program::{Credentials, Place};

const BIG: &str = "0b000000-0000-4000-8000-000000000001";
const CLIENT: &str = "0b000000-0000-4000-8000-00000000d001";
const SECRET: &str = "an-open-secret";
const MANY: u128 = 50_000;
/// What all the reading together may cost.
const MEMORY: u64 = 320 << 20;

fn numbered(number: u128) -> TenantId {
    TenantId::from_u128((0xa << 124) | (4 << 76) | (8 << 60) | number)
}

fn world() -> World {
    let id: TenantId = BIG.parse().unwrap();
    let mut settings = Policy::default();
    for number in 0..MANY {
        settings.partners.insert(Partner::new(numbered(number)));
    }
    let mut tenant = Tenant::registered(id, Cloud::Commercial);
    tenant.p1 = true;
    tenant.policy = Some(settings);
    let mut world = World::default();
    world.tenants.insert(id, tenant);
    world
}

/// Puts the tenant and a client of it where the server will find them.
async fn settle(place: &Place) -> Credentials {
    let path = place.path().join("data").join("comity.sqlite");
    let store = store::open(&format!("sqlite:{}", path.display())).await;
    let store = store.unwrap();
    let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
    server::seed(&*store, &world(), now).await.unwrap();
    let client = Kept {
        id: CLIENT.parse::<ApplicationId>().unwrap(),
        tenant: BIG.parse().unwrap(),
        display_name: None,
        secrets: vec![ClientSecret {
            id: "first".to_owned(),
            phc: SecretHash::of(SECRET).unwrap().as_str().to_owned(),
            created: Moment::from_nanoseconds(0),
            expires: None,
        }],
        permissions: ["Policy.ReadWrite.CrossTenantAccess".to_owned()].into(),
        disabled: false,
    };
    Clients::put_client(&*store, &client).await.unwrap();
    store.close().await;
    Credentials {
        tenant: BIG.to_owned(),
        id: CLIENT.to_owned(),
        secret: SECRET.to_owned(),
    }
}

/// Every page, to the end of the links: how many entries.
fn walk(client: &mut Client, first: &str) -> usize {
    let mut path = first.to_owned();
    let mut entries = 0;
    loop {
        let page = client.get(&path).json();
        entries += page["value"].as_array().unwrap().len();
        let Some(next) = page["@odata.nextLink"].as_str() else {
            return entries;
        };
        path = next[next.find("/v1.0/").unwrap()..].to_owned();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_thousand_partners_are_read_by_several_at_once_in_bounded_memory() {
    let place = Place::new("");
    let credentials = settle(&place).await;
    let mut program = place.start();
    assert_eq!(program.client().get("/livez").status, 200);
    let before = program.memory();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut client = program.client_of(&credentials);
                let entries = walk(&mut client, &policy("/partners?$top=999"));
                assert_eq!(entries as u128, MANY);
                // Every entry is looked at, and none fits.
                let none = "/partners?$filter=isServiceProvider%20eq%20true";
                assert_eq!(walk(&mut client, &policy(none)), 0);
                let one = format!("/partners?$filter=tenantId%20eq%20'{}'", numbered(31_415));
                assert_eq!(walk(&mut client, &policy(&one)), 1);
                let count = client.get(&policy("/partners/$count"));
                assert_eq!(count.bytes, MANY.to_string().into_bytes());
            });
        }
    });
    let grown = program.memory().saturating_sub(before);
    assert!(grown < MEMORY, "{grown} bytes more");
    let mut client = program.client_of(&credentials);
    let trust = serde_json::json!({"inboundTrust": {"isMfaAccepted": true}});
    let path = policy(&format!("/partners/{}", numbered(27_182)));
    assert_eq!(client.patch(&path, &trust).status, 204);
    assert_eq!(
        client.get(&path).json()["inboundTrust"]["isMfaAccepted"],
        true
    );
    program.assert_calm();
}
