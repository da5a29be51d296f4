//! `/comity/v1/tenants/{id}/synchronization/jobs`, and what running jobs do (S12): Fabrikam pushes
//! its people to Contoso.

mod runs;

use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::{User, UserType};
use serde_json::{Value, json};
use server::Synchronizer;

use crate::client::*;

/// Fabrikam's own program.
const SOURCE: Persona = Persona::Foreign(
    FABRIKAM,
    &["Policy.ReadWrite.CrossTenantAccess", "AuditLog.Read.All"],
);
/// Contoso's.
const TARGET: Persona = Program(&[
    "Policy.ReadWrite.CrossTenantAccess",
    "AuditLog.Read.All",
    "User.ReadWrite.All",
]);

fn jobs(rest: &str) -> String {
    format!("/comity/v1/tenants/{FABRIKAM}/synchronization/jobs{rest}")
}

fn fabrikam() -> TenantId {
    FABRIKAM.parse().unwrap()
}

fn contoso() -> TenantId {
    CONTOSO.parse().unwrap()
}

/// A member of Fabrikam, number `n`.
fn member(n: u128) -> User {
    User {
        user_principal_name: format!("member{n}@fabrikam.com"),
        display_name: Some(format!("Member {n}")),
        user_type: UserType::Member,
        ..User::new(UserId::from_u128(
            0x0f00_0000_0000_4000_8000_0000_0000_b000 + n,
        ))
    }
}

async fn allow_in(server: &Server) {
    let consent = json!({"automaticUserConsentSettings": {"inboundAllowed": true}});
    let answer = server.patch(TARGET, &partner(FABRIKAM), consent).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let path = partner(&format!("{FABRIKAM}/identitySynchronization"));
    let on = json!({"userSyncInbound": {"isSyncAllowed": true}});
    let answer = server.call(TARGET, "PUT", &path, Some(on)).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

async fn allow_out(server: &Server) {
    let entry = json!({
        "tenantId": CONTOSO,
        "automaticUserConsentSettings": {"outboundAllowed": true},
    });
    let answer = server.post(SOURCE, &policy("/partners"), entry).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

/// Both sides agree, and Fabrikam has so many members beside Fred.
async fn agreed(members: u128) -> Server {
    let server = Server::new().await;
    allow_in(&server).await;
    allow_out(&server).await;
    let people: Vec<User> = (1..=members).map(member).collect();
    server.store.put_users(fabrikam(), &people).await.unwrap();
    server
}

async fn create(server: &Server, more: Value) -> String {
    let mut body = json!({"targetTenantId": CONTOSO, "scope": {"all": true}});
    let members = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(members);
    let answer = server.post(SOURCE, &jobs(""), body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

/// Runs everything that is due, to its end.
async fn run(server: &Server) {
    let mut synchronizer = Synchronizer::new(server.app.clone());
    while synchronizer.step().await.unwrap() {}
}

async fn act(server: &Server, job: &str, action: &str) -> Answer {
    let path = jobs(&format!("/{job}/{action}"));
    server.call(SOURCE, "POST", &path, None).await
}

async fn status(server: &Server, job: &str) -> Value {
    let answer = server.get(SOURCE, &jobs(&format!("/{job}"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["status"].clone()
}

/// What the provisioning log says, action and status and code, oldest first.
async fn log(server: &Server) -> Vec<(String, String, String)> {
    let path = "/v1.0/auditLogs/provisioning?$orderby=activityDateTime&$top=500";
    let answer = server.get(SOURCE, path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let rows = answer.body["value"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rows.map(|row| {
        let info = &row["provisioningStatusInfo"];
        (
            text(&row["provisioningAction"]),
            text(&info["status"]),
            text(&info["errorInformation"]["errorCode"]),
        )
    })
    .collect()
}

/// Objects at Contoso for people of Fabrikam.
async fn objects(server: &Server) -> Vec<User> {
    let found = server
        .store
        .objects_from(contoso(), fabrikam(), None, 1_000)
        .await
        .unwrap();
    found.into_iter().map(|person| person.user).collect()
}

#[tokio::test]
async fn a_job_is_made_once_read_changed_and_dropped() {
    let server = Server::new().await;
    let job = create(&server, json!({"displayName": "To Contoso"})).await;
    let path = jobs(&format!("/{job}"));
    let answer = server.get(SOURCE, &path).await;
    assert_eq!(answer.body["schedule"]["intervalMinutes"], 40);
    assert_eq!(answer.body["accidentalDeletionThreshold"], 500);
    assert_eq!(answer.body["userTypeMapping"], "Member");
    assert_eq!(answer.body["status"]["state"], "active");
    // S12.1: one for each source and target.
    let again = json!({"targetTenantId": CONTOSO});
    assert_eq!(server.post(SOURCE, &jobs(""), again).await.status, 409);
    let change = json!({
        "schedule": {"intervalMinutes": 5},
        "userTypeMapping": "Guest",
        "accidentalDeletionThreshold": null,
        "displayName": null,
    });
    let answer = server.patch(SOURCE, &path, change).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["userTypeMapping"], "Guest");
    assert_eq!(answer.body["accidentalDeletionThreshold"], Value::Null);
    assert_eq!(answer.body["displayName"], Value::Null);
    let answer = server.get(SOURCE, &jobs("")).await;
    assert_eq!(answer.body["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(
        act(&server, &job, "pause").await.body["status"]["state"],
        "paused"
    );
    assert_eq!(
        act(&server, &job, "start").await.body["status"]["state"],
        "active"
    );
    assert_eq!(act(&server, &job, "allowDeletions").await.status, 409);
    let answer = server.call(SOURCE, "DELETE", &path, None).await;
    assert_eq!(answer.status, 204);
    assert_eq!(server.get(SOURCE, &path).await.status, 404);
    let audits = "/v1.0/auditLogs/directoryAudits?$filter=category eq 'ProvisioningManagement'";
    let audits = server.get(SOURCE, audits).await;
    let audits = audits.body["value"].as_array().unwrap().iter();
    let activities: Vec<&str> = audits
        .map(|entry| entry["activityDisplayName"].as_str().unwrap())
        .collect();
    assert_eq!(
        activities,
        [
            "Delete provisioning configuration",
            "Enable/start provisioning",
            "Disable/pause provisioning",
            "Update attribute mappings or scope",
            "Add provisioning configuration",
        ]
    );
}

#[tokio::test]
async fn the_jobs_of_a_tenant_are_its_own() {
    let server = Server::new().await;
    let job = create(&server, json!({})).await;
    for path in [jobs(""), jobs(&format!("/{job}"))] {
        assert_eq!(server.get(TARGET, &path).await.status, 404, "{path}");
        assert_eq!(server.get(Persona::Operator, &path).await.status, 200);
        assert_eq!(server.get(Nobody, &path).await.status, 401);
    }
    // Through the own address, another tenant's job is not there.
    let path = format!("/comity/v1/tenants/{CONTOSO}/synchronization/jobs/{job}");
    assert_eq!(server.get(TARGET, &path).await.status, 404);
    let reader = Persona::Foreign(FABRIKAM, &["Policy.Read.All"]);
    assert_eq!(server.get(reader, &jobs("")).await.status, 200);
    let path = jobs(&format!("/{job}/start"));
    assert_eq!(server.call(reader, "POST", &path, None).await.status, 403);
}

#[tokio::test]
async fn a_body_that_makes_no_sense_names_the_member() {
    let server = Server::new().await;
    let job = create(&server, json!({})).await;
    let target = |more: Value| {
        let mut body = json!({"targetTenantId": NORTHWIND});
        let members = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        body
    };
    for (body, at) in [
        (json!({}), "targetTenantId"),
        (json!({"targetTenantId": "contoso.com"}), "targetTenantId"),
        (json!({"targetTenantId": FABRIKAM}), "targetTenantId"),
        (target(json!({"colour": 1})), "colour"),
        (
            target(json!({"schedule": {"intervalMinutes": 0}})),
            "schedule.intervalMinutes",
        ),
        (
            target(json!({"schedule": {"intervalMinutes": -1}})),
            "schedule.intervalMinutes",
        ),
        (
            target(json!({"scope": {"users": ["adele"]}})),
            "scope.users[0]",
        ),
        (target(json!({"scope": {"groups": [7]}})), "scope.groups[0]"),
        (
            target(json!({"scope": {"filter": [{"attribute": "", "value": "x"}]}})),
            "scope.filter[0].attribute",
        ),
        (
            target(json!({"userTypeMapping": "Owner"})),
            "userTypeMapping",
        ),
        (
            target(json!({"accidentalDeletionThreshold": 2_000_000})),
            "accidentalDeletionThreshold",
        ),
        (
            target(json!({"displayName": "x".repeat(257)})),
            "displayName",
        ),
    ] {
        let answer = server.post(SOURCE, &jobs(""), body.clone()).await;
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        assert_eq!(answer.body["error"]["target"], at, "{body}: {answer:?}");
    }
    let moved = json!({"targetTenantId": NORTHWIND});
    let path = jobs(&format!("/{job}"));
    assert_eq!(server.patch(SOURCE, &path, moved).await.status, 400);
    let path = jobs(&format!("/{job}/provisionOnDemand"));
    for body in [
        json!({}),
        json!({"user": "adele"}),
        json!({"user": FRED, "as": 1}),
    ] {
        assert_eq!(server.post(SOURCE, &path, body).await.status, 400);
    }
    let started = jobs(&format!("/{job}/start"));
    assert_eq!(
        server
            .post(SOURCE, &started, json!({"now": 1}))
            .await
            .status,
        400
    );
}
