//! `/comity/v1/tenants`: the operator's registry.

use serde_json::{Value, json};
use store::{AuditQuery, AuditRow};

use crate::client::*;

const ALL: &str = "/comity/v1/tenants";
const OPERATOR: Persona = Persona::Operator;

fn at(id: &str) -> String {
    format!("{ALL}/{id}")
}

async fn log(server: &Server, tenant: Option<&str>) -> Vec<AuditRow> {
    let query = AuditQuery {
        tenant: tenant.map(|id| id.parse().unwrap()),
        limit: 1000,
        ..AuditQuery::default()
    };
    server.store.audit(&query).await.unwrap()
}

#[tokio::test]
async fn a_tenant_is_created_with_a_policy_or_registered_without_one() {
    // S25.1
    let server = Server::new().await;
    let body =
        json!({"displayName": "Adatum", "domains": ["adatum.com"], "p1": true, "region": "EU"});
    let answer = server.post(OPERATOR, ALL, body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.body["hosted"], true);
    let adatum = answer.body["tenantId"].as_str().unwrap().to_owned();
    let body = json!({"displayName": "Litware", "hosted": false});
    let answer = server.post(OPERATOR, ALL, body).await;
    assert_eq!(answer.body["hosted"], false);
    // Sign-in libraries learn the region.
    let path = format!("/{adatum}/v2.0/.well-known/openid-configuration");
    let answer = server.get(Nobody, &path).await;
    assert_eq!(answer.body["tenant_region_scope"], "EU");
    let listed = server.get(OPERATOR, ALL).await;
    assert_eq!(listed.body["tenants"].as_array().unwrap().len(), 6);
    assert_eq!(listed.body["after"], Value::Null);
    let own = log(&server, Some(&adatum)).await;
    assert_eq!(own[0].record.activity, "Create tenant");
    let page = server.get(OPERATOR, &format!("{ALL}?top=4")).await;
    let after = page.body["after"].as_str().unwrap();
    let rest = server
        .get(OPERATOR, &format!("{ALL}?top=4&after={after}"))
        .await;
    assert_eq!(rest.body["tenants"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_stated_about_a_tenant_changes_and_both_logs_say_so() {
    let server = Server::new().await;
    let body =
        json!({"displayName": "Contoso Ltd", "federationBrandName": "Contoso!", "p1": false});
    let answer = server.patch(OPERATOR, &at(CONTOSO), body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["p1"], false);
    for whose in [None, Some(CONTOSO)] {
        let rows = log(&server, whose).await;
        let record = &rows[0].record;
        assert_eq!(record.activity, "Update tenant", "{whose:?}");
        let names: Vec<&str> = record.modified.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["displayName", "federationBrandName", "p1"]);
    }
    // The licence counts at once (S14.10).
    let trust = json!({"inboundTrust": {"isMfaAccepted": true}});
    let answer = server
        .patch(Administrator, &policy("/default"), trust)
        .await;
    assert_eq!((answer.status, answer.reason()), (403, "license_required"));
    // What was read may be written back, and changes nothing.
    let before = log(&server, None).await.len();
    let read = server.get(OPERATOR, &at(CONTOSO)).await.body;
    let answer = server.patch(OPERATOR, &at(CONTOSO), read).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(log(&server, None).await.len(), before);
}

#[tokio::test]
async fn what_cannot_be_so_is_refused() {
    let server = Server::new().await;
    let cases = [
        (json!({"domains": ["fabrikam.com"]}), 409),
        (json!({"tenantId": FABRIKAM}), 400),
        (json!({"hosted": false}), 400),
        (json!({"storage": "migrating"}), 400),
        (json!({"cloud": "example.com"}), 400),
        (json!({"licence": "P2"}), 400),
    ];
    for (body, status) in cases {
        let answer = server.patch(OPERATOR, &at(CONTOSO), body.clone()).await;
        assert_eq!(answer.status, status, "{body}: {answer:?}");
    }
    let again = json!({"tenantId": CONTOSO, "displayName": "Contoso"});
    assert_eq!(server.post(OPERATOR, ALL, again).await.status, 409);
    let nowhere = at("99999999-0000-4000-8000-000000000001");
    assert_eq!(server.get(OPERATOR, &nowhere).await.status, 404);
    assert_eq!(server.get(OPERATOR, &at("nobody")).await.status, 404);
}

#[tokio::test]
async fn nobody_but_the_operator_reads_or_writes_the_registry() {
    let server = Server::new().await;
    let provider = format!("{}/serviceProviders/{FABRIKAM}", at(CONTOSO));
    let migrate = format!("{}/storage/migrate", at(CONTOSO));
    let clients = format!("{}/clients", at(CONTOSO));
    for (method, path) in [
        ("GET", ALL.to_owned()),
        ("POST", ALL.to_owned()),
        ("GET", at(CONTOSO)),
        ("PATCH", at(CONTOSO)),
        ("PUT", provider.clone()),
        ("DELETE", provider),
        ("POST", migrate),
        ("GET", clients.clone()),
        ("POST", clients.clone()),
        ("DELETE", format!("{clients}/{SCRIPT}")),
    ] {
        for who in [
            Administrator,
            Stranger,
            Program(&server::ALL_APPLICATION_PERMISSIONS),
        ] {
            let answer = server.call(who, method, &path, Some(json!({}))).await;
            assert_eq!(answer.status, 403, "{method} {path}");
        }
        let answer = server.call(Nobody, method, &path, Some(json!({}))).await;
        assert_eq!(answer.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn a_service_provider_is_named_in_the_entry_of_its_customer() {
    // S2.12, S14.9
    let server = Server::new().await;
    let path = format!("{}/serviceProviders/{FABRIKAM}", at(CONTOSO));
    let answer = server.call(OPERATOR, "PUT", &path, None).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body["serviceProviders"], json!([FABRIKAM]));
    let entry = server.get(Administrator, &partner(FABRIKAM)).await;
    assert_eq!(entry.body["isServiceProvider"], true);
    let gone = server
        .call(Administrator, "DELETE", &partner(FABRIKAM), None)
        .await;
    assert_eq!(
        (gone.status, gone.reason()),
        (400, "partner_is_service_provider")
    );
    let rows = log(&server, Some(CONTOSO)).await;
    assert!(
        rows.iter()
            .any(|row| row.record.activity == "Add service provider")
    );
    assert_eq!(
        server.call(OPERATOR, "DELETE", &path, None).await.status,
        200
    );
    let gone = server
        .call(Administrator, "DELETE", &partner(FABRIKAM), None)
        .await;
    assert_eq!(gone.status, 204);
    // An entry is made where there is none.
    let path = format!("{}/serviceProviders/{NORTHWIND}", at(CONTOSO));
    assert_eq!(server.call(OPERATOR, "PUT", &path, None).await.status, 200);
    let entry = server.get(Administrator, &partner(NORTHWIND)).await;
    assert_eq!(entry.body["isServiceProvider"], true);
}

#[tokio::test]
async fn a_client_gets_a_token_with_the_secret_that_was_told_once() {
    let server = Server::new().await;
    let clients = format!("{}/clients", at(FABRIKAM));
    let body = json!({"displayName": "Script", "permissions": ["Policy.Read.All"]});
    let made = server.post(OPERATOR, &clients, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(made.header("cache-control"), "no-store");
    let id = made.body["clientId"].as_str().unwrap();
    let secret = made.body["clientSecret"].as_str().unwrap();
    let form = format!(
        "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
    );
    let request = server
        .request(Nobody, "POST", &format!("/{FABRIKAM}/oauth2/v2.0/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from(form))
        .unwrap();
    assert_eq!(server.send(request).await.status, 200);
    let listed = server.get(OPERATOR, &clients).await;
    assert!(!listed.body.to_string().contains(secret));
    let records = log(&server, Some(FABRIKAM)).await;
    assert_eq!(records[0].record.activity, "Add client");
    assert!(!records[0].text.contains(secret));
    let one = format!("{clients}/{id}");
    // A client of another tenant is not this one's to drop.
    let foreign = format!("{clients}/{SCRIPT}");
    assert_eq!(
        server.call(OPERATOR, "DELETE", &foreign, None).await.status,
        404
    );
    assert_eq!(
        server.call(OPERATOR, "DELETE", &one, None).await.status,
        200
    );
    assert_eq!(
        server.call(OPERATOR, "DELETE", &one, None).await.status,
        404
    );
}

async fn into_legacy(server: &Server) {
    let legacy = json!({"storage": "legacy"});
    let answer = server.patch(OPERATOR, &at(CONTOSO), legacy).await;
    assert_eq!(answer.body["storage"], "legacy", "{answer:?}");
}

#[tokio::test]
async fn a_migration_lets_reads_go_on_and_holds_writes_until_it_is_finished() {
    // S14.5, S16.1
    let server = Server::new().await;
    into_legacy(&server).await;
    let migrate = format!("{}/storage/migrate", at(CONTOSO));
    let answer = server
        .post(OPERATOR, &migrate, json!({"until": "migrating"}))
        .await;
    assert_eq!(answer.body["storage"], "migrating", "{answer:?}");
    assert_eq!(server.get(Reader, &policy("/partners")).await.status, 200);
    let trust = json!({"inboundTrust": {"isMfaAccepted": true}});
    let template = policy("/templates/multiTenantOrganizationPartnerConfiguration");
    let writer = Program(&[
        "Policy.ReadWrite.CrossTenantAccess",
        "MultiTenantOrganization.ReadWrite.All",
    ]);
    for path in [policy("/default"), partner(FABRIKAM), template] {
        let answer = server.patch(writer, &path, trust.clone()).await;
        assert_eq!((answer.status, answer.reason()), (503, "policy_migrating"));
        assert_eq!(answer.header("retry-after"), "60");
    }
    let provider = format!("{}/serviceProviders/{FABRIKAM}", at(CONTOSO));
    assert_eq!(
        server.call(OPERATOR, "PUT", &provider, None).await.status,
        503
    );
    // Another server over the same store finishes what this one began.
    let other = server.replica();
    let answer = other.call(OPERATOR, "POST", &migrate, None).await;
    assert_eq!(answer.body["storage"], "scalable", "{answer:?}");
    let path =
        "/v1.0/auditLogs/directoryAudits?$filter=category%20eq%20'CrossTenantAccessSettings'";
    let rows = other.get(Administrator, path).await;
    let row = &rows.body["value"][0];
    assert_eq!(
        row["activityDisplayName"],
        "Migrated partner cross-tenant access settings to the scalable model"
    );
    let property = &row["targetResources"][0]["modifiedProperties"][0];
    assert_eq!(property["newValue"], format!("\"{FABRIKAM}\""));
    assert_eq!(
        other.patch(writer, &policy("/default"), trust).await.status,
        204
    );
    let again = other.call(OPERATOR, "POST", &migrate, None).await;
    assert_eq!(again.status, 400);
}
