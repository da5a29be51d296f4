//! Protected actions: `resourceActions`, authentication contexts, and the challenge (S14.4).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use policy::role::Role;
use serde_json::{Value, json};

use crate::client::*;
use crate::person::*;

const ACTIONS: &str =
    "/v1.0/roleManagement/directory/resourceNamespaces/microsoft.directory/resourceActions";
const CREATE: &str = "microsoft.directory-crossTenantAccessPolicy-partners-create-post";

fn guardian() -> Person {
    Person::with(&[Role::ConditionalAccessAdministrator])
}

fn security() -> Person {
    Person::with(&[Role::SecurityAdministrator])
}

fn context(id: &str) -> String {
    format!("{CONDITIONS}/authenticationContextClassReferences/{id}")
}

async fn publish(server: &Server, id: &str) {
    let body = json!({"displayName": "Strong", "isAvailable": true});
    let answer = guardian().patch(server, &context(id), body).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

async fn protect(server: &Server, action: &str, by: Value) -> Answer {
    let path = format!("{ACTIONS}/{action}");
    let body = json!({"authenticationContextId": by});
    guardian().patch(server, &path, body).await
}

#[tokio::test]
async fn the_actions_are_listed_and_say_what_protects_them_when_asked() {
    let server = Server::new().await;
    let answer = guardian().get(&server, ACTIONS).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let first = &answer.body["value"][0];
    assert!(
        first["name"]
            .as_str()
            .unwrap()
            .starts_with("microsoft.directory/")
    );
    assert!(first.get("authenticationContextId").is_none());
    let names = "$select=id,isAuthenticationContextSettable,authenticationContextId";
    let path = format!("{ACTIONS}/{}?{names}", CREATE.to_uppercase());
    let answer = guardian().get(&server, &path).await;
    assert_eq!(
        answer.body["isAuthenticationContextSettable"], true,
        "{answer:?}"
    );
    assert_eq!(answer.body["authenticationContextId"], json!(null));
    let path = format!("{ACTIONS}?$filter=isAuthenticationContextSettable eq false&{names}");
    let answer = guardian().get(&server, &path).await;
    let unsettable = answer.body["value"].as_array().unwrap();
    let reads = |entry: &Value| entry["id"].as_str().unwrap().ends_with("-get");
    assert!(unsettable.iter().filter(|entry| reads(entry)).count() >= 5);
    let verbs = guardian()
        .get(
            &server,
            &format!("{ACTIONS}?$filter=actionVerb eq 'DELETE'"),
        )
        .await;
    assert_eq!(
        verbs.body["value"].as_array().unwrap().len(),
        2,
        "{verbs:?}"
    );
    let page = guardian().get(&server, &format!("{ACTIONS}?$top=5")).await;
    assert!(page.body["@odata.nextLink"].is_string());
    for (path, status) in [
        (format!("{ACTIONS}/nonsense"), 404),
        (
            ACTIONS.replace("microsoft.directory", "microsoft.flight"),
            404,
        ),
        (format!("{ROLES}/resourceNamespaces"), 200),
        (
            format!("{ROLES}/resourceNamespaces/microsoft.directory"),
            200,
        ),
    ] {
        assert_eq!(
            guardian().get(&server, &path).await.status,
            status,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_protected_action_asks_for_its_context_and_a_session_that_has_it_passes() {
    // S14.4, S14.13
    let server = Server::new().await;
    publish(&server, "c1").await;
    assert_eq!(protect(&server, CREATE, json!("c1")).await.status, 204);
    let somebody = json!({"tenantId": NORTHWIND});
    let answer = security()
        .post(&server, &policy("/partners"), somebody.clone())
        .await;
    assert_eq!(answer.status, 401, "{answer:?}");
    let challenge = answer.header("www-authenticate");
    assert!(
        challenge.starts_with("Bearer realm=\"\", authorization_uri=\""),
        "{challenge}"
    );
    assert!(
        challenge.contains("error=\"insufficient_claims\""),
        "{challenge}"
    );
    let claims = challenge
        .split("claims=\"")
        .nth(1)
        .unwrap()
        .trim_end_matches('"');
    let claims: Value = serde_json::from_slice(&STANDARD.decode(claims).unwrap()).unwrap();
    let wanted = json!({"access_token": {"acrs": {"essential": true, "value": "c1"}}});
    assert_eq!(claims, wanted);
    // Permission comes first, content later.
    let reader = Person::with(&[Role::SecurityReader]);
    assert_eq!(
        reader
            .post(&server, &policy("/partners"), somebody.clone())
            .await
            .status,
        403
    );
    let wrong = json!({"tenantId": "nonsense"});
    assert_eq!(
        security()
            .post(&server, &policy("/partners"), wrong)
            .await
            .status,
        401
    );
    // Other actions are not protected, reading never is, and programs are not asked.
    let name = json!({"displayName": "Ours"});
    assert_eq!(
        security().patch(&server, &policy(""), name).await.status,
        204
    );
    assert_eq!(
        security().get(&server, &policy("/partners")).await.status,
        200
    );
    let other = security().in_session(&["c2"]);
    assert_eq!(
        other
            .post(&server, &policy("/partners"), somebody.clone())
            .await
            .status,
        401
    );
    let strong = security().in_session(&["c1"]);
    assert_eq!(
        strong
            .post(&server, &policy("/partners"), somebody)
            .await
            .status,
        201
    );
    let program = Program(&["Policy.ReadWrite.CrossTenantAccess"]);
    let body = json!({"tenantId": WOODGROVE});
    assert_ne!(
        server
            .post(program, &policy("/partners"), body)
            .await
            .status,
        401
    );
    // And without protection everything is as before.
    assert_eq!(protect(&server, CREATE, json!(null)).await.status, 204);
    let body = json!({"tenantId": WOODGROVE});
    assert_ne!(
        security()
            .post(&server, &policy("/partners"), body)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn the_protection_can_protect_itself_and_conditional_access() {
    let server = Server::new().await;
    publish(&server, "c3").await;
    let own =
        "microsoft.directory-resourceNamespaces-resourceActions-authenticationContext-update-patch";
    let delete = "microsoft.directory-conditionalAccessPolicies-delete-delete";
    assert_eq!(protect(&server, delete, json!("c3")).await.status, 204);
    assert_eq!(protect(&server, own, json!("c3")).await.status, 204);
    assert_eq!(protect(&server, own, json!(null)).await.status, 401);
    let path = format!("{CONDITIONS}/policies/00000000-0000-4000-8000-00000000dead");
    assert_eq!(guardian().delete(&server, &path).await.status, 401);
    let strong = guardian().in_session(&["c3"]);
    assert_eq!(strong.delete(&server, &path).await.status, 404);
    let path = format!("{ACTIONS}/{own}");
    let body = json!({"authenticationContextId": null});
    assert_eq!(strong.patch(&server, &path, body).await.status, 204);
}

#[tokio::test]
async fn only_published_contexts_protect_and_only_what_can_be_protected() {
    let server = Server::new().await;
    let read = "microsoft.directory-crossTenantAccessPolicy-partners-standard-read-get";
    let draft = json!({"displayName": "Draft"});
    assert_eq!(
        guardian()
            .patch(&server, &context("c5"), draft)
            .await
            .status,
        204
    );
    publish(&server, "c1").await;
    for (action, by) in [
        (CREATE, json!("c2")),
        (CREATE, json!("c5")),
        (CREATE, json!("strong")),
        (CREATE, json!(1)),
        (read, json!("c1")),
    ] {
        let answer = protect(&server, action, by.clone()).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "Request_BadRequest"),
            "{action} {by}"
        );
    }
    let path = format!("{ACTIONS}/{CREATE}");
    let other = json!({"description": "Mine"});
    assert_eq!(guardian().patch(&server, &path, other).await.status, 400);
    let reader = Person::with(&[Role::GlobalReader]);
    let body = json!({"authenticationContextId": "c1"});
    assert_eq!(reader.patch(&server, &path, body).await.status, 403);
}

#[tokio::test]
async fn a_context_is_made_by_naming_it_and_goes_when_nobody_needs_it() {
    let server = Server::new().await;
    let list = context("").trim_end_matches('/').to_owned();
    for wrong in ["c0", "c100", "strong"] {
        assert_eq!(guardian().get(&server, &context(wrong)).await.status, 404);
        let body = json!({"displayName": "x"});
        assert_eq!(
            guardian()
                .patch(&server, &context(wrong), body)
                .await
                .status,
            404
        );
    }
    assert_eq!(
        guardian()
            .patch(&server, &context("c1"), json!({}))
            .await
            .status,
        400
    );
    publish(&server, "c1").await;
    let body = json!({"id": "c10", "displayName": "Later"});
    let posted = guardian().post(&server, &list, body.clone()).await;
    assert_eq!(
        (posted.status, &posted.body["isAvailable"]),
        (200, &json!(false)),
        "{posted:?}"
    );
    assert_eq!(guardian().post(&server, &list, body).await.status, 409);
    let answer = guardian()
        .get(&server, &format!("{list}?$filter=isAvailable eq true"))
        .await;
    assert_eq!(answer.body["value"].as_array().unwrap().len(), 1);
    let answer = guardian().get(&server, &context("c1")).await;
    assert_eq!(answer.body["displayName"], "Strong");
    assert_eq!(protect(&server, CREATE, json!("c1")).await.status, 204);
    assert_eq!(guardian().delete(&server, &context("c1")).await.status, 400);
    let unpublish = json!({"isAvailable": false});
    assert_eq!(
        guardian()
            .patch(&server, &context("c1"), unpublish)
            .await
            .status,
        204
    );
    let used = guardian().delete(&server, &context("c1")).await;
    assert_eq!(used.status, 400, "{used:?}");
    assert!(
        used.body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("partners/create")
    );
    assert_eq!(protect(&server, CREATE, json!(null)).await.status, 204);
    assert_eq!(guardian().delete(&server, &context("c1")).await.status, 204);
    assert_eq!(guardian().delete(&server, &context("c1")).await.status, 404);
    let other = Person {
        tenant: FABRIKAM,
        ..guardian()
    };
    assert_eq!(other.get(&server, &context("c10")).await.status, 404);
}
