//! Synchronization between two servers with nothing shared: Fabrikam lives on one, Contoso on the
//! other, and each judges its own side (S12, S25.1).

use policy::tenant::TenantId;
use policy::world::{User, World};
use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{House, SECRET};

const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";
const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";
const NORTHWIND: &str = "00000000-0000-4000-8000-000000000003";
const WRITE: &[&str] = &["Policy.ReadWrite.CrossTenantAccess", "AuditLog.Read.All"];
const PUSH: &[&str] = &["IdentitySynchronization.Push.All"];

/// Fabrikam's server: Contoso is only registered there.
const SOURCE: &str = r#"
tenants:
  - tenantId: 0f000000-0000-4000-8000-000000000002
    displayName: Fabrikam
    domains: [fabrikam.com]
    p1: true
    crossTenantAccessPolicy:
      partners:
        - tenantId: 0c000000-0000-4000-8000-000000000001
          automaticUserConsentSettings: {outboundAllowed: true}
    users:
      - {id: 0f000000-0000-4000-8000-00000000a001, userPrincipalName: fred@fabrikam.com, displayName: Fred, userType: Member}
      - {id: 0f000000-0000-4000-8000-00000000a002, userPrincipalName: fiona@fabrikam.com, displayName: Fiona, userType: Member}
      - {id: 0f000000-0000-4000-8000-00000000a003, userPrincipalName: frank@fabrikam.com, displayName: Frank, userType: Member}
      - {id: 0f000000-0000-4000-8000-00000000a004, userPrincipalName: visitor@fabrikam.com, userType: Guest}
    groups: []
  - {tenantId: 0c000000-0000-4000-8000-000000000001, domains: [contoso.com]}
"#;

/// Contoso's server: of Fabrikam it has an entry and nothing else.
const TARGET: &str = r#"
tenants:
  - tenantId: 0c000000-0000-4000-8000-000000000001
    displayName: Contoso
    domains: [contoso.com]
    crossTenantAccessPolicy:
      partners:
        - tenantId: 0f000000-0000-4000-8000-000000000002
          automaticUserConsentSettings: {inboundAllowed: true}
          identitySynchronization: {userSyncInbound: {isSyncAllowed: true}}
    users:
      - {id: 0c000000-0000-4000-8000-00000000b009, userPrincipalName: alice@contoso.com, userType: Member}
    groups: []
  - {tenantId: 0f000000-0000-4000-8000-000000000002, domains: [fabrikam.com]}
  - {tenantId: 00000000-0000-4000-8000-000000000003, domains: [northwind.example]}
"#;

fn world(text: &str) -> World {
    let document = graph::document::Document::parse("world.yaml", text.as_bytes()).unwrap();
    graph::world::read(document.value()).unwrap().world
}

fn id(text: &str) -> TenantId {
    text.parse().unwrap()
}

/// Both servers, and a client of Contoso that its administrators have tied to Fabrikam.
struct Border {
    source: House,
    target: House,
    client: String,
    job: String,
}

async fn tie(target: &House, source: &str, client: &str) -> (u16, Value) {
    let path = format!("/comity/v1/tenants/{CONTOSO}/synchronization/sources/{source}");
    let body = json!({"clientId": client});
    let who = (id(CONTOSO), WRITE);
    let (status, answer) = target.call(who, Method::PUT, &path, Some(&body)).await;
    (status.as_u16(), answer)
}

fn jobs(rest: &str) -> String {
    format!("/comity/v1/tenants/{FABRIKAM}/synchronization/jobs{rest}")
}

impl Border {
    async fn open() -> Self {
        let source = House::holding(&world(SOURCE)).await;
        let target = House::holding(&world(TARGET)).await;
        let client = target.admit(id(CONTOSO), PUSH).await.to_string();
        assert_eq!(tie(&target, FABRIKAM, &client).await.0, 200);
        let body = json!({
            "targetTenantId": CONTOSO,
            "scope": {"all": true},
            "connection": {
                "endpoint": format!("{}/scim/v2/{CONTOSO}", target.url),
                "tokenUrl": format!("{}/{CONTOSO}/oauth2/v2.0/token", target.url),
                "clientId": client,
                "clientSecret": SECRET,
            },
        });
        let who = (id(FABRIKAM), WRITE);
        let (status, job) = source.call(who, Method::POST, &jobs(""), Some(&body)).await;
        assert_eq!(status, 201, "{job}");
        assert!(!job.to_string().contains(SECRET), "{job}");
        Border {
            job: job["id"].as_str().unwrap().to_owned(),
            source,
            target,
            client,
        }
    }

    async fn ask(&self, method: Method, rest: &str, body: Option<&Value>) -> Value {
        let path = jobs(&format!("/{}{rest}", self.job));
        let who = (id(FABRIKAM), WRITE);
        let (status, answer) = self.source.call(who, method, &path, body).await;
        assert!(status.is_success(), "{status} {answer}");
        answer
    }

    /// Runs the job once more; what came of it.
    async fn run(&self) -> Value {
        self.ask(Method::POST, "/start", None).await;
        self.source.synchronize().await;
        let answer = self.ask(Method::GET, "", None).await;
        answer["status"]["lastRun"].clone()
    }

    /// The objects of Fabrikam's people at Contoso.
    async fn objects(&self) -> Vec<User> {
        let store = self.target.store();
        let found = store.objects_from(id(CONTOSO), id(FABRIKAM), None, 100);
        let found = found.await.unwrap().into_iter();
        found.map(|person| person.user).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_made_kept_current_and_deleted_on_the_other_server() {
    let border = Border::open().await;
    let first = border.run().await;
    assert_eq!(first["error"], Value::Null, "{first}");
    let counts = &first["counts"];
    assert_eq!(
        (&counts["created"], &counts["skipped"]),
        (&json!(3), &json!(1)),
        "{first}"
    );
    let made = border.objects().await;
    assert_eq!(made.len(), 3);
    assert!(
        made.iter().all(|user| user.managed_by_synchronization),
        "{made:?}"
    );
    assert_eq!(
        made[0].user_principal_name,
        "fred_fabrikam.com#EXT#@contoso.com"
    );
    // One is disabled and renamed, one goes.
    let store = border.source.store();
    let fred = "0f000000-0000-4000-8000-00000000a001".parse().unwrap();
    let fred = store.user(id(FABRIKAM), fred).await.unwrap().unwrap();
    let renamed = User {
        display_name: Some("Frederick".to_owned()),
        enabled: false,
        ..fred
    };
    store.put_users(id(FABRIKAM), &[renamed]).await.unwrap();
    let fiona = "0f000000-0000-4000-8000-00000000a002".parse().unwrap();
    store.delete_user(id(FABRIKAM), fiona).await.unwrap();
    let second = border.run().await;
    let counts = json!({
        "created": 0, "updated": 1, "unchanged": 1, "deleted": 1, "skipped": 1, "failed": 0,
    });
    assert_eq!(second["counts"], counts, "{second}");
    let now = border.objects().await;
    assert_eq!(now.len(), 2);
    assert_eq!(now[0].display_name.as_deref(), Some("Frederick"));
    assert!(!now[0].enabled);
    // Contoso's log says whose doing it was.
    let path = "/v1.0/auditLogs/directoryAudits?$filter=category eq 'UserManagement'";
    let path = path.replace(' ', "%20");
    let who = (id(CONTOSO), WRITE);
    let (_, audits) = border.target.call(who, Method::GET, &path, None).await;
    let audits = audits["value"].as_array().unwrap();
    assert_eq!(audits.len(), 5, "{audits:?}");
    assert!(audits[0].to_string().contains(FABRIKAM), "{audits:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_target_judges_its_own_side() {
    // S12.4, S12.6
    let border = Border::open().await;
    let who = (id(CONTOSO), WRITE);
    let partner = format!("/v1.0/policies/crossTenantAccessPolicy/partners/{FABRIKAM}");
    let set = async |path: &str, body: Value| {
        let (status, answer) = border
            .target
            .call(who, Method::PATCH, path, Some(&body))
            .await;
        assert_eq!(status, 204, "{answer}");
    };
    let synchronization = format!("{partner}/identitySynchronization");
    let switch = |on: bool| json!({"userSyncInbound": {"isSyncAllowed": on}});
    set(&synchronization, switch(false)).await;
    let refused = border.run().await;
    assert_eq!(
        refused["error"]["code"], "sync_inbound_not_allowed",
        "{refused}"
    );
    assert_eq!(refused["error"]["side"], "target", "{refused}");
    assert_eq!(border.objects().await.len(), 0);
    set(&synchronization, switch(true)).await;
    let blocked = json!({
        "usersAndGroups": {"accessType": "blocked", "targets": [{"target": "AllUsers", "targetType": "user"}]},
        "applications": {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]},
    });
    set(&partner, json!({"b2bCollaborationInbound": blocked})).await;
    let refused = border.run().await;
    assert_eq!(refused["counts"]["failed"], 3, "{refused}");
    let user = json!({"user": "0f000000-0000-4000-8000-00000000a003"});
    let one = border
        .ask(Method::POST, "/provisionOnDemand", Some(&user))
        .await;
    assert_eq!(
        (&one["action"], &one["reason"]),
        (&json!("fail"), &json!("inbound_blocked"))
    );
    set(&partner, json!({"b2bCollaborationInbound": null})).await;
    let one = border
        .ask(Method::POST, "/provisionOnDemand", Some(&user))
        .await;
    assert_eq!(one["action"], "create", "{one}");
    assert_eq!(border.objects().await.len(), 1);
    // The source's own switch is judged at the source, and Contoso is not asked at all.
    let own = format!("/v1.0/policies/crossTenantAccessPolicy/partners/{CONTOSO}");
    let off = json!({"automaticUserConsentSettings": {"outboundAllowed": false}});
    let source = (id(FABRIKAM), WRITE);
    border
        .source
        .call(source, Method::PATCH, &own, Some(&off))
        .await;
    let refused = border.run().await;
    assert_eq!(refused["error"]["side"], "source", "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_speaks_for_the_source_it_is_tied_to_and_for_nobody_else() {
    let border = Border::open().await;
    border.run().await;
    let object = border.objects().await[0].id.to_string();
    let other = border.target.admit(id(CONTOSO), PUSH).await;
    let users = format!("/scim/v2/{CONTOSO}/Users");
    let as_client = async |client: &str, method: Method, path: &str, body: Option<&Value>| {
        border
            .target
            .call_as(client, (id(CONTOSO), PUSH), method, path, body)
            .await
    };
    // Tied to nobody.
    let client = other.to_string();
    let (status, answer) = as_client(&client, Method::GET, &users, None).await;
    assert_eq!(status, 403, "{answer}");
    // One client for each source, one source for each client.
    assert_eq!(tie(&border.target, NORTHWIND, &border.client).await.0, 409);
    assert_eq!(tie(&border.target, CONTOSO, &client).await.0, 400);
    let foreign = border.target.admit(id(FABRIKAM), PUSH).await.to_string();
    assert_eq!(tie(&border.target, NORTHWIND, &foreign).await.0, 400);
    assert_eq!(tie(&border.target, NORTHWIND, &client).await.0, 200);
    // Tied to Northwind: Fabrikam's people are not there, nor Contoso's own.
    let (status, list) = as_client(&client, Method::GET, &users, None).await;
    assert_eq!(
        (status.as_u16(), &list["totalResults"]),
        (200, &json!(0)),
        "{list}"
    );
    for id in [object.as_str(), "0c000000-0000-4000-8000-00000000b009"] {
        let path = format!("{users}/{id}");
        for method in [Method::GET, Method::DELETE] {
            let (status, answer) = as_client(&client, method, &path, None).await;
            assert_eq!(status, 404, "{answer}");
        }
    }
    // Whatever the request says, the account is Northwind's, and Northwind may not push.
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "fred@fabrikam.com",
        "externalId": "0f000000-0000-4000-8000-00000000a001",
        "sourceTenantId": FABRIKAM,
    });
    let (status, answer) = as_client(&client, Method::POST, &users, Some(&body)).await;
    assert_eq!(status, 403, "{answer}");
    assert_eq!(answer["reason"], "sync_inbound_not_allowed", "{answer}");
    let groups = format!("/scim/v2/{CONTOSO}/Groups");
    assert_eq!(as_client(&client, Method::GET, &groups, None).await.0, 403);
    // Untied, the first one has nothing left to say.
    let path = format!("/comity/v1/tenants/{CONTOSO}/synchronization/sources/{FABRIKAM}");
    let who = (id(CONTOSO), WRITE);
    assert_eq!(
        border.target.call(who, Method::DELETE, &path, None).await.0,
        204
    );
    let refused = border.run().await;
    assert_ne!(refused["error"], Value::Null, "{refused}");
    assert_eq!(border.objects().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_is_away_fails_the_run_and_changes_nothing() {
    let border = Border::open().await;
    let Border {
        source,
        target,
        job,
        ..
    } = border;
    drop(target);
    source.synchronize().await;
    let path = jobs(&format!("/{job}"));
    let (_, answer) = source
        .call((id(FABRIKAM), WRITE), Method::GET, &path, None)
        .await;
    let last = &answer["status"]["lastRun"];
    let message = last["error"]["message"].as_str().unwrap();
    assert!(message.contains("cannot be reached"), "{answer}");
    assert!(!answer.to_string().contains(SECRET));
    assert_eq!(answer["status"]["state"], "active");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_goes_nowhere_else_and_its_secret_is_asked_for_again() {
    let border = Border::open().await;
    let who = (id(FABRIKAM), WRITE);
    let path = jobs(&format!("/{}", border.job));
    for (endpoint, secret) in [
        ("http://contoso.example/scim/v2/x", Some("s")),
        ("https://10.0.0.1/scim", Some("s")),
        ("https://169.254.169.254/latest", Some("s")),
        ("https://user:pass@contoso.example/scim", Some("s")),
        ("file:///etc/passwd", Some("s")),
        // Another address without the secret.
        ("https://contoso.example/scim/v2/x", None),
        ("https://contoso.example/scim/v2/x", Some("")),
    ] {
        let body = json!({"connection": {
            "endpoint": endpoint,
            "tokenUrl": "https://contoso.example/token",
            "clientId": border.client,
            "clientSecret": secret,
        }});
        let (status, answer) = border
            .source
            .call(who, Method::PATCH, &path, Some(&body))
            .await;
        assert_eq!(status, 400, "{endpoint}: {answer}");
    }
}
