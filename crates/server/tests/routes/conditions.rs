//! `/identity/conditionalAccess/policies`.

use policy::role::Role;
use serde_json::{Value, json};

use crate::client::*;
use crate::person::*;

fn guardian() -> Person {
    Person::with(&[Role::ConditionalAccessAdministrator])
}

fn policies(rest: &str) -> String {
    format!("{CONDITIONS}/policies{rest}")
}

fn guests_need_mfa() -> Value {
    json!({
        "displayName": "MFA for guests",
        "state": "enabled",
        "conditions": {
            "clientAppTypes": ["all"],
            "applications": {"includeApplications": ["All"]},
            "users": {
                "includeGuestsOrExternalUsers": {
                    "guestOrExternalUserTypes": "b2bCollaborationGuest,b2bCollaborationMember",
                    "externalTenants": {
                        "@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
                        "membershipKind": "enumerated",
                        "members": [FABRIKAM],
                    },
                },
            },
            "locations": {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]},
        },
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
        "sessionControls": {"signInFrequency": {"value": 4, "type": "hours", "isEnabled": true}},
    })
}

async fn made(server: &Server, policy: Value) -> String {
    let answer = guardian().post(server, &policies(""), policy).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

/// What Fred of Fabrikam is told when he opens Contoso's CRM.
async fn verdict(server: &Server) -> Value {
    let question = json!({
        "homeTenant": FABRIKAM,
        "user": FRED,
        "resourceTenant": CONTOSO,
        "resourceAppId": CRM,
    });
    let answer = server
        .post(
            Program(&["Decision.Read.All"]),
            "/comity/v1/decide",
            question,
        )
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["reason"].clone()
}

#[tokio::test]
async fn a_policy_that_is_made_over_the_wire_decides() {
    // S10.4, S10.7
    let server = Server::new().await;
    assert_eq!(verdict(&server).await, "granted");
    let id = made(&server, guests_need_mfa()).await;
    assert_eq!(verdict(&server).await, "mfa_challenge_resource");
    let path = policies(&format!("/{id}"));
    for (change, reason) in [
        (
            json!({"state": "enabledForReportingButNotEnforced"}),
            "granted",
        ),
        (json!({"state": "enabled"}), "mfa_challenge_resource"),
        (
            json!({"grantControls": {"builtInControls": ["block"]}}),
            "ca_blocked",
        ),
        // A risk that nobody measures here is not there.
        (
            json!({"conditions": {"signInRiskLevels": ["high"]}}),
            "granted",
        ),
        (
            json!({"conditions": {"signInRiskLevels": []}}),
            "ca_blocked",
        ),
        (
            json!({"conditions": {"clientAppTypes": ["exchangeActiveSync", "other"]}}),
            "granted",
        ),
        (
            json!({"conditions": {"clientAppTypes": ["browser"]}}),
            "ca_blocked",
        ),
    ] {
        let answer = guardian().patch(&server, &path, change.clone()).await;
        assert_eq!(answer.status, 204, "{answer:?}");
        assert_eq!(verdict(&server).await, reason, "{change}");
    }
    assert_eq!(guardian().delete(&server, &path).await.status, 204);
    assert_eq!(verdict(&server).await, "granted");
    assert_eq!(guardian().get(&server, &path).await.status, 404);
}

#[tokio::test]
async fn read_change_write_back_loses_nothing() {
    let server = Server::new().await;
    let id = made(&server, guests_need_mfa()).await;
    let path = policies(&format!("/{id}"));
    let mut read = guardian().get(&server, &path).await.body;
    assert_eq!(read["sessionControls"]["signInFrequency"]["value"], 4);
    assert_eq!(
        read["conditions"]["locations"]["excludeLocations"],
        json!(["AllTrusted"])
    );
    assert_eq!(read["conditions"]["users"]["includeUsers"], json!([]));
    assert!(read["createdDateTime"].is_string() && read["modifiedDateTime"].is_null());
    read["displayName"] = json!("MFA for all guests");
    assert_eq!(
        guardian().patch(&server, &path, read.clone()).await.status,
        204
    );
    let mut after = guardian().get(&server, &path).await.body;
    assert!(after["modifiedDateTime"].is_string());
    after["modifiedDateTime"] = Value::Null;
    assert_eq!(after, read);
    assert_eq!(
        guardian().patch(&server, &path, json!({})).await.status,
        204
    );
    let listed = guardian()
        .get(&server, &policies("?$filter=state eq 'enabled'&$select=id"))
        .await;
    assert_eq!(listed.body["value"], json!([{"id": id}]));
    let count = guardian().get(&server, &policies("/$count")).await;
    assert_eq!(count.body, json!(1));
}

#[tokio::test]
async fn what_is_wrong_with_a_policy_is_named() {
    let server = Server::new().await;
    for (place, value, target) in [
        ("/state", json!("on"), "state"),
        ("/displayName", json!(""), "displayName"),
        ("/surprise", json!(1), "surprise"),
        ("/id", json!("x"), "id"),
        ("/conditions", json!(null), ""),
        ("/conditions/surprise", json!({}), "conditions.surprise"),
        (
            "/conditions/clientAppTypes",
            json!(["fax"]),
            "conditions.clientAppTypes[0]",
        ),
        (
            "/conditions/signInRiskLevels",
            json!(["huge"]),
            "conditions.signInRiskLevels[0]",
        ),
        ("/conditions/users", json!({}), "conditions.users"),
        (
            "/conditions/users",
            json!({"includeUsers": ["All", FABRIKAM]}),
            "conditions.users.includeUsers",
        ),
        (
            "/conditions/users/includeGuestsOrExternalUsers/guestOrExternalUserTypes",
            json!("friends"),
            "conditions.users.includeGuestsOrExternalUsers.guestOrExternalUserTypes",
        ),
        (
            "/conditions/users/includeGuestsOrExternalUsers/externalTenants/members",
            json!(["fabrikam"]),
            "conditions.users.includeGuestsOrExternalUsers.externalTenants.members[0]",
        ),
        (
            "/conditions/applications",
            json!({"includeApplications": ["All"], "includeUserActions": ["urn:user:registersecurityinfo"]}),
            "conditions.applications",
        ),
        (
            "/conditions/applications",
            json!({"includeAuthenticationContextClassReferences": ["c7"]}),
            "conditions.applications.includeAuthenticationContextClassReferences",
        ),
        (
            "/grantControls/operator",
            json!("XOR"),
            "grantControls.operator",
        ),
        (
            "/grantControls/builtInControls",
            json!(["magic"]),
            "grantControls.builtInControls[0]",
        ),
        (
            "/grantControls/builtInControls",
            json!(["block", "mfa"]),
            "grantControls.builtInControls",
        ),
        ("/grantControls/builtInControls", json!([]), "grantControls"),
        (
            "/grantControls/authenticationStrength",
            json!({"id": "00000000-0000-4000-8000-00000000dead"}),
            "grantControls.authenticationStrength",
        ),
        (
            "/sessionControls/surprise",
            json!(1),
            "sessionControls.surprise",
        ),
    ] {
        let mut policy = guests_need_mfa();
        let (parent, name) = place.rsplit_once('/').unwrap();
        policy.pointer_mut(parent).unwrap()[name] = value;
        let answer = guardian().post(&server, &policies(""), policy).await;
        let named = answer.body["error"]["target"].as_str().unwrap_or_default();
        assert_eq!((answer.status, named), (400, target), "{place}: {answer:?}");
    }
    let logged = server
        .get(
            Administrator,
            "/v1.0/auditLogs/directoryAudits?$filter=category eq 'Policy'",
        )
        .await;
    assert_eq!(logged.body["value"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn a_policy_binds_a_context_and_a_strength_by_its_id() {
    // S10.9
    let server = Server::new().await;
    let context = format!("{CONDITIONS}/authenticationContextClassReferences/c7");
    let body = json!({"displayName": "Strong"});
    assert_eq!(guardian().patch(&server, &context, body).await.status, 204);
    let mut policy = guests_need_mfa();
    policy["conditions"]["applications"] =
        json!({"includeAuthenticationContextClassReferences": ["c7"]});
    policy["grantControls"] = json!({
        "operator": "AND",
        "authenticationStrength": {"id": "00000000-0000-0000-0000-000000000004"},
    });
    let id = made(&server, policy).await;
    // It is about a context, not about an application.
    assert_eq!(verdict(&server).await, "granted");
    let answer = guardian().delete(&server, &context).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let path = policies(&format!("/{id}"));
    let read = guardian().get(&server, &path).await;
    let strength = &read.body["grantControls"]["authenticationStrength"];
    assert_eq!(
        strength["allowedCombinations"].as_array().unwrap().len(),
        3,
        "{strength}"
    );
    let all = json!({"conditions": {"applications": {
        "includeApplications": ["All"], "includeAuthenticationContextClassReferences": [],
    }}});
    assert_eq!(guardian().patch(&server, &path, all).await.status, 204);
    assert_eq!(verdict(&server).await, "auth_strength_unsatisfiable");
    assert_eq!(guardian().delete(&server, &context).await.status, 204);
}

#[tokio::test]
async fn nobody_elses_policies_are_seen_or_changed() {
    let server = Server::new().await;
    let id = made(&server, guests_need_mfa()).await;
    let other = Person {
        tenant: FABRIKAM,
        ..guardian()
    };
    let path = policies(&format!("/{id}"));
    assert_eq!(other.get(&server, &path).await.status, 404);
    assert_eq!(other.delete(&server, &path).await.status, 404);
    let answer = other.get(&server, &policies("")).await;
    assert_eq!(answer.body["value"], json!([]));
    let reader = Person::with(&[Role::SecurityReader]);
    assert_eq!(reader.get(&server, &path).await.status, 200);
    assert_eq!(reader.delete(&server, &path).await.status, 403);
}
