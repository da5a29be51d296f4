//! People who come with a token of an issuer that the operator listed.

use std::sync::OnceLock;

use policy::role::Role;
use serde_json::{Value, json};
use sts::{ExternalIssuer, SigningKey};
use uuid::Uuid;

use crate::client::*;
use crate::person::*;

const ISSUER: &str = "https://id.contoso.example";
const AUDIENCE: &str = "comity";

fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(0).unwrap())
}

fn issuer() -> ExternalIssuer {
    let role = |role: Role| Uuid::from_u128(role.id().as_u128());
    ExternalIssuer {
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        tenant: CONTOSO.parse().unwrap(),
        roles: vec![
            ("admins".to_owned(), role(Role::SecurityAdministrator)),
            ("readers".to_owned(), role(Role::SecurityReader)),
        ],
        keys: vec![key().public()],
    }
}

/// A token of Dana's, with these claims beside the usual ones.
fn token(more: Value) -> String {
    let at = now().as_second();
    let mut claims = json!({
        "iss": ISSUER, "aud": AUDIENCE, "tid": CONTOSO, "oid": FRED_THERE,
        "iat": at, "nbf": at, "exp": at + 600, "upn": "dana@contoso.com",
        "scp": "Policy.ReadWrite.CrossTenantAccess Policy.Read.All AuditLog.Read.All",
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    sts::jws::sign(key(), &claims).unwrap()
}

async fn renames(server: &Server, token: &str) -> u16 {
    let body = Some(json!({"displayName": "Dana's"}));
    bearing(server, token, "PATCH", &policy(""), body)
        .await
        .status
}

#[tokio::test]
async fn a_listed_issuers_people_do_what_its_roles_mean_here_and_the_log_names_them() {
    let server = Server::trusting(vec![issuer()]).await;
    let admin = token(json!({"roles": ["admins"]}));
    assert_eq!(renames(&server, &admin).await, 204);
    let reader = token(json!({"roles": ["readers"]}));
    assert_eq!(renames(&server, &reader).await, 403);
    assert_eq!(
        bearing(&server, &reader, "GET", &policy(""), None)
            .await
            .status,
        200
    );
    // What the issuer says in our words means nothing.
    let own = token(
        json!({"roles": ["Security Administrator"], "wids": [Role::GlobalAdministrator.id().to_string()]}),
    );
    assert_eq!(renames(&server, &own).await, 403);
    let narrow = token(json!({"roles": ["admins"], "scp": "Policy.Read.All"}));
    assert_eq!(renames(&server, &narrow).await, 403);
    let logged = server
        .get(Administrator, "/v1.0/auditLogs/directoryAudits")
        .await;
    let who = &logged.body["value"][0]["initiatedBy"]["user"];
    assert_eq!(who["userPrincipalName"], "dana@contoso.com", "{logged:?}");
}

#[tokio::test]
async fn its_people_can_be_given_roles_here_and_have_contexts_of_their_own() {
    // S14.4
    let server = Server::trusting(vec![issuer()]).await;
    let administrator = Person::with(&[Role::GlobalAdministrator]);
    let plain = token(json!({}));
    assert_eq!(renames(&server, &plain).await, 403);
    let body = json!({
        "roleDefinitionId": Role::SecurityAdministrator.id().to_string(),
        "principalId": FRED_THERE,
        "directoryScopeId": "/",
    });
    let path = format!("{ROLES}/roleAssignments");
    assert_eq!(administrator.post(&server, &path, body).await.status, 201);
    assert_eq!(renames(&server, &plain).await, 204);
    let path = format!("{CONDITIONS}/authenticationContextClassReferences/c1");
    let body = json!({"displayName": "Strong", "isAvailable": true});
    assert_eq!(administrator.patch(&server, &path, body).await.status, 204);
    let action = "microsoft.directory-crossTenantAccessPolicy-basic-update-patch";
    let path = format!("{ROLES}/resourceNamespaces/microsoft.directory/resourceActions/{action}");
    let body = json!({"authenticationContextId": "c1"});
    assert_eq!(administrator.patch(&server, &path, body).await.status, 204);
    assert_eq!(renames(&server, &plain).await, 401);
    let strong = token(json!({"acrs": ["c1"]}));
    assert_eq!(renames(&server, &strong).await, 204);
    // A token without scopes is a program's, and a person's roles are not a program's.
    let sneaky = token(json!({"scp": null}));
    assert_eq!(renames(&server, &sneaky).await, 403);
}

#[tokio::test]
async fn it_speaks_for_its_tenant_only() {
    let server = Server::trusting(vec![issuer()]).await;
    for wrong in [
        json!({"tid": FABRIKAM}),
        json!({"aud": HERE}),
        json!({"iss": "https://id.other.example"}),
        json!({"exp": now().as_second() - 1}),
    ] {
        assert_eq!(
            renames(&server, &token(wrong.clone())).await,
            401,
            "{wrong}"
        );
    }
}
