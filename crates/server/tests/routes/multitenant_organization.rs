//! `/tenantRelationships/multiTenantOrganization`.

use serde_json::{Value, json};

use crate::client::*;

const ROOT: &str = "/v1.0/tenantRelationships/multiTenantOrganization";
const PERMISSIONS: &[&str] = &[
    "MultiTenantOrganization.ReadWrite.All",
    "Policy.ReadWrite.CrossTenantAccess",
    "AuditLog.Read.All",
];
const HERS: Persona = Program(PERMISSIONS);
const THEIRS: Persona = Persona::Foreign(FABRIKAM, PERMISSIONS);

fn at(rest: &str) -> String {
    format!("{ROOT}/{rest}")
}

fn tenant(id: &str) -> String {
    at(&format!("tenants/{id}"))
}

async fn founded(server: &Server) {
    let body = json!({"displayName": "Contoso family", "description": "Those who belong together"});
    let answer = server.call(HERS, "PUT", ROOT, Some(body)).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

async fn invited(server: &Server) {
    founded(server).await;
    let body = json!({"tenantId": FABRIKAM, "displayName": "The daughter"});
    let answer = server.post(HERS, &at("tenants"), body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["state"], "pending");
    assert_eq!(answer.body["role"], "member");
}

async fn joined(server: &Server) {
    invited(server).await;
    let body = json!({"addedByTenantId": CONTOSO});
    let answer = server.patch(THEIRS, &at("joinRequest"), body).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn a_tenant_without_an_organization_sees_an_inactive_one() {
    let server = Server::new().await;
    let answer = server.get(HERS, ROOT).await;
    assert_eq!(
        (answer.status, &answer.body["state"]),
        (200, &json!("inactive"))
    );
    let list = server.get(HERS, &at("tenants")).await;
    assert_eq!(list.body["value"], json!([]));
    assert_eq!(server.get(HERS, &at("joinRequest")).await.status, 404);
    let rename = json!({"displayName": "x"});
    assert_eq!(server.patch(HERS, ROOT, rename).await.status, 404);
}

#[tokio::test]
async fn an_organization_is_made_renamed_and_not_made_twice() {
    // S13.1, S16.4
    let server = Server::new().await;
    founded(&server).await;
    let body = server.get(HERS, ROOT).await.body;
    assert_eq!(body["state"], "active");
    assert_eq!(body["displayName"], "Contoso family");
    assert_eq!(body["createdDateTime"], NOW);
    let mut renamed = body.clone();
    renamed["displayName"] = json!("Family");
    assert_eq!(server.patch(HERS, ROOT, renamed).await.status, 204);
    assert_eq!(server.get(HERS, ROOT).await.body["displayName"], "Family");
    let again = server.call(HERS, "PUT", ROOT, Some(json!({}))).await;
    assert_eq!((again.status, again.reason()), (409, "mto_already_member"));
    let path = "/v1.0/auditLogs/directoryAudits?$filter=category%20eq%20'MultiTenantOrg'";
    let rows = server.get(HERS, path).await.body["value"].clone();
    let told: Vec<(&Value, &Value)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (&row["activityDisplayName"], &row["result"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!("Create a MultiTenantOrg"), &json!("failure")),
            (&json!("Update a MultiTenantOrg"), &json!("success")),
            (&json!("Create a MultiTenantOrg"), &json!("success")),
        ]
    );
}

#[tokio::test]
async fn an_invited_tenant_sees_who_invited_it_and_nothing_else() {
    // S13.1
    let server = Server::new().await;
    invited(&server).await;
    let request = server.get(THEIRS, &at("joinRequest")).await;
    assert_eq!(request.body["memberState"], "pending");
    assert_eq!(request.body["addedByTenantId"], CONTOSO);
    assert_eq!(server.get(THEIRS, ROOT).await.body["state"], "inactive");
    let list = server.get(THEIRS, &at("tenants")).await;
    let ids: Vec<&Value> = list.body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tenant| &tenant["tenantId"])
        .collect();
    assert_eq!(ids, [FABRIKAM]);
    assert_eq!(server.get(THEIRS, &tenant(CONTOSO)).await.status, 404);
    // It learns from its log that it was invited, but not by whom there.
    let path = "/v1.0/auditLogs/directoryAudits?$filter=category%20eq%20'MultiTenantOrgTenant'";
    let row = server.get(THEIRS, path).await.body["value"][0].clone();
    assert_eq!(row["activityDisplayName"], "Add MultiTenantOrg tenant");
    assert!(!row.to_string().contains("Script"), "{row}");
    // A tenant that nobody added sees nothing at all.
    let nobody = Persona::Foreign(NORTHWIND, PERMISSIONS);
    assert_eq!(server.get(nobody, &at("joinRequest")).await.status, 404);
    assert_eq!(
        server.get(nobody, &at("tenants")).await.body["value"],
        json!([])
    );
}

#[tokio::test]
async fn joining_makes_entries_both_ways_in_one_commit_and_applies_the_templates() {
    // S13.3, S13.4
    let server = Server::new().await;
    let template = policy("/templates/multiTenantOrganizationPartnerConfiguration");
    let trust = json!({"inboundTrust": {"isMfaAccepted": true}});
    assert_eq!(server.patch(THEIRS, &template, trust).await.status, 204);
    joined(&server).await;
    let theirs = server.get(THEIRS, &partner(CONTOSO)).await;
    assert_eq!(theirs.body["isInMultiTenantOrganization"], true);
    assert_eq!(theirs.body["inboundTrust"]["isMfaAccepted"], true);
    let hers = server.get(HERS, &partner(FABRIKAM)).await;
    assert_eq!(hers.body["isInMultiTenantOrganization"], true);
    assert_eq!(hers.body["inboundTrust"], Value::Null);
    for who in [HERS, THEIRS] {
        let list = server.get(who, &at("tenants?$count=true")).await;
        assert_eq!(list.body["@odata.count"], 2);
        let path = "/v1.0/auditLogs/directoryAudits?$filter=activityDisplayName%20eq%20'Tenant%20joining%20MultiTenantOrg%20tenant'";
        let rows = server.get(who, path).await;
        assert_eq!(rows.body["value"].as_array().unwrap().len(), 1);
    }
    let member = server.get(HERS, &tenant(FABRIKAM)).await.body;
    assert_eq!(member["state"], "active");
    assert_eq!(member["joinedDateTime"], NOW);
    assert_eq!(member["displayName"], "The daughter");
    // While both are active the entry stays (S14.9).
    let gone = server.call(HERS, "DELETE", &partner(FABRIKAM), None).await;
    assert_eq!(gone.reason(), "partner_in_multitenant_organization");
    let again = server.patch(THEIRS, &at("joinRequest"), json!({})).await;
    assert_eq!((again.status, again.reason()), (409, "mto_already_active"));
}

#[tokio::test]
async fn joining_is_refused_in_the_order_of_the_law() {
    // S13.2
    let server = Server::new().await;
    let path = at("joinRequest");
    let answer = server.patch(THEIRS, &path, json!({})).await;
    assert_eq!((answer.status, answer.reason()), (403, "mto_not_invited"));
    invited(&server).await;
    let wrong = json!({"addedByTenantId": NORTHWIND});
    let answer = server.patch(THEIRS, &path, wrong).await;
    assert_eq!((answer.status, answer.reason()), (403, "mto_not_invited"));
    let registry = format!("/comity/v1/tenants/{FABRIKAM}");
    let provider = format!("{registry}/serviceProviders/{CONTOSO}");
    server.call(Persona::Operator, "PUT", &provider, None).await;
    let answer = server.patch(THEIRS, &path, json!({})).await;
    assert_eq!(
        (answer.status, answer.reason()),
        (400, "mto_service_provider")
    );
    server
        .call(Persona::Operator, "DELETE", &provider, None)
        .await;
    server
        .patch(Persona::Operator, &registry, json!({"p1": false}))
        .await;
    let answer = server.patch(THEIRS, &path, json!({})).await;
    assert_eq!((answer.status, answer.reason()), (403, "license_required"));
}

#[tokio::test]
async fn a_tenant_leaves_and_its_entries_can_be_removed() {
    // S13.7
    let server = Server::new().await;
    joined(&server).await;
    let promoted = json!({"role": "owner"});
    let answer = server
        .patch(THEIRS, &tenant(FABRIKAM), promoted.clone())
        .await;
    assert_eq!(answer.status, 403);
    let alone = server.call(HERS, "DELETE", &tenant(CONTOSO), None).await;
    assert_eq!(alone.status, 400);
    let answer = server.patch(HERS, &tenant(FABRIKAM), promoted).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    let left = server.call(HERS, "DELETE", &tenant(CONTOSO), None).await;
    assert_eq!(left.status, 204, "{left:?}");
    assert_eq!(server.get(HERS, ROOT).await.body["state"], "inactive");
    for (who, other) in [(HERS, FABRIKAM), (THEIRS, CONTOSO)] {
        let entry = server.get(who, &partner(other)).await;
        assert_eq!(entry.body["isInMultiTenantOrganization"], false);
        let gone = server.call(who, "DELETE", &partner(other), None).await;
        assert_eq!(gone.status, 204);
    }
    let last = server.call(THEIRS, "DELETE", &tenant(FABRIKAM), None).await;
    assert_eq!(last.status, 204);
    assert_eq!(server.get(THEIRS, ROOT).await.body["state"], "inactive");
}

#[tokio::test]
async fn what_cannot_be_added_is_refused() {
    let server = Server::new().await;
    founded(&server).await;
    let path = at("tenants");
    for (body, status) in [
        (json!({}), 400),
        (json!({"tenantId": "somewhere"}), 400),
        (json!({"tenantId": NORTHWIND, "role": "boss"}), 400),
        (json!({"tenantId": NORTHWIND, "colour": "red"}), 400),
        (json!({"tenantId": NORTHWIND, "state": "active"}), 400),
        (
            json!({"tenantId": "99999999-0000-4000-8000-000000000001"}),
            400,
        ),
        (json!({"tenantId": WOODGROVE}), 400),
        (json!({"tenantId": CONTOSO}), 409),
    ] {
        let answer = server.post(HERS, &path, body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
    }
    let reader = Program(&["MultiTenantOrganization.Read.All"]);
    assert_eq!(server.get(reader, ROOT).await.status, 200);
    let body = json!({"tenantId": NORTHWIND});
    assert_eq!(server.post(reader, &path, body).await.status, 403);
    assert_eq!(server.get(Nobody, ROOT).await.status, 401);
    assert_eq!(server.get(Administrator, ROOT).await.status, 403);
}
