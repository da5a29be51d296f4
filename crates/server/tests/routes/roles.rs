//! `/roleManagement/directory/roleDefinitions` and `roleAssignments`.

use policy::role::Role;
use serde_json::{Value, json};

use crate::client::*;
use crate::person::*;

fn governor() -> Person {
    Person::with(&[Role::PrivilegedRoleAdministrator])
}

fn desk() -> Value {
    json!({
        "displayName": "Partner desk",
        "description": "Adds partners",
        "isEnabled": "true",
        "rolePermissions": [{"allowedResourceActions": [
            "microsoft.directory/crossTenantAccessPolicy/partners/standard/read",
            "microsoft.directory/crossTenantAccessPolicy/partners/create",
        ]}],
    })
}

fn definitions(rest: &str) -> String {
    format!("{ROLES}/roleDefinitions{rest}")
}

fn assignments(rest: &str) -> String {
    format!("{ROLES}/roleAssignments{rest}")
}

async fn made(server: &Server) -> String {
    let answer = governor().post(server, &definitions(""), desk()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

fn giving(role: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
        "roleDefinitionId": role,
        "principalId": FRED_THERE,
        "directoryScopeId": "/",
    })
}

#[tokio::test]
async fn built_in_roles_are_listed_with_their_real_ids() {
    let server = Server::new().await;
    let reader = Person::with(&[Role::DirectoryReaders]);
    let answer = reader
        .get(
            &server,
            &definitions("?$filter=isBuiltIn eq true&$count=true"),
        )
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let listed = answer.body["value"].as_array().unwrap();
    let built_in = Role::ALL.iter().filter(|role| role.is_built_in()).count();
    assert_eq!(
        (listed.len(), &answer.body["@odata.count"]),
        (built_in, &json!(built_in))
    );
    let path = definitions("/194AE4CB-B126-40B2-BD5B-6091B380977D?$expand=inheritsPermissionsFrom");
    let answer = reader.get(&server, &path).await;
    assert_eq!(answer.body["displayName"], "Security Administrator");
    assert_eq!(answer.body["templateId"], answer.body["id"]);
    let inherited = &answer.body["inheritsPermissionsFrom"][0]["displayName"];
    assert_eq!(inherited, "Directory Readers");
    let path = definitions("?$filter=startsWith(displayName,'Security')&$select=displayName");
    let answer = reader.get(&server, &path).await;
    assert_eq!(
        answer.body["value"].as_array().unwrap().len(),
        3,
        "{answer:?}"
    );
    for (path, status) in [
        (definitions("/00000000-0000-4000-8000-00000000dead"), 404),
        (definitions("/nonsense"), 404),
        (definitions("?$filter=description eq 'x'"), 400),
        (definitions("?$filter=surprise eq 'x'"), 400),
    ] {
        assert_eq!(reader.get(&server, &path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn a_role_is_made_changed_read_back_and_dropped() {
    let server = Server::new().await;
    let id = made(&server).await;
    let path = definitions(&format!("/{id}"));
    let read = governor().get(&server, &path).await;
    assert_eq!(read.body["templateId"], json!(id));
    assert_eq!(read.body["isEnabled"], json!(true));
    assert_eq!(read.body["resourceScopes"], json!(["/"]));
    assert!(read.body["version"].is_null() && read.body.get("isPrivileged").is_none());
    // Read, change, write back.
    let mut back = read.body.clone();
    back["displayName"] = json!("Front desk");
    assert_eq!(governor().patch(&server, &path, back).await.status, 204);
    let read = governor().get(&server, &path).await;
    assert_eq!(read.body["displayName"], "Front desk");
    assert_eq!(read.body["description"], "Adds partners");
    let beta = path.replace("/v1.0/", "/beta/");
    assert_eq!(
        governor().get(&server, &beta).await.body["isPrivileged"],
        false
    );
    let logged = server
        .get(Administrator, "/v1.0/auditLogs/directoryAudits")
        .await;
    let newest = &logged.body["value"][0];
    assert_eq!(
        newest["activityDisplayName"], "Update role definition",
        "{newest}"
    );
    assert_eq!(newest["category"], "RoleManagement");
    let modified = &newest["targetResources"][0]["modifiedProperties"];
    assert_eq!(modified[0]["displayName"], "displayName", "{modified}");
    assert_eq!(governor().delete(&server, &path).await.status, 204);
    assert_eq!(governor().get(&server, &path).await.status, 404);
    assert_eq!(governor().delete(&server, &path).await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_with_a_role_is_named_and_logged() {
    let server = Server::new().await;
    for (member, value, target) in [
        (
            "rolePermissions",
            json!([{"allowedResourceActions": ["microsoft.directory/users/fly"]}]),
            "rolePermissions[0].allowedResourceActions[0]",
        ),
        ("isBuiltIn", json!(true), "isBuiltIn"),
        ("surprise", json!(1), "surprise"),
        ("isEnabled", json!(null), ""),
    ] {
        let mut body = desk();
        body[member] = value;
        let answer = governor().post(&server, &definitions(""), body).await;
        assert_eq!(
            (answer.status, answer.code()),
            (400, "Request_BadRequest"),
            "{answer:?}"
        );
        let named = answer.body["error"]["target"].as_str().unwrap_or_default();
        assert_eq!(named, target, "{answer:?}");
    }
    let path = "/v1.0/auditLogs/directoryAudits?$filter=category eq 'RoleManagement'";
    let logged = server.get(Administrator, path).await;
    let logged = logged.body["value"].as_array().unwrap();
    assert_eq!(logged.len(), 4);
    assert!(logged.iter().all(|entry| entry["result"] == "failure"));
    for (method, body) in [
        ("PATCH", Some(json!({"displayName": "Mine"}))),
        ("DELETE", None),
    ] {
        let path = definitions(&format!("/{}", Role::GlobalReader.id()));
        let answer = governor().call(&server, method, &path, body).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    let mut taken = desk();
    taken["templateId"] = json!(Role::GlobalReader.id().to_string());
    let answer = governor().post(&server, &definitions(""), taken).await;
    assert_eq!(
        (answer.status, answer.code()),
        (409, "Request_MultipleObjectsWithSameKeyValue")
    );
}

#[tokio::test]
async fn a_role_that_was_given_counts_at_once_and_not_after_it_was_taken() {
    // S14.2
    let server = Server::new().await;
    let fred = Person::with(&[]);
    assert_eq!(fred.get(&server, &policy("/partners")).await.status, 403);
    let role = made(&server).await;
    let given = governor()
        .post(&server, &assignments(""), giving(&role))
        .await;
    assert_eq!(given.status, 201, "{given:?}");
    assert_eq!(given.body["directoryScopeId"], "/");
    let again = governor()
        .post(&server, &assignments(""), giving(&role))
        .await;
    assert_eq!(again.status, 409, "{again:?}");
    assert_eq!(fred.get(&server, &policy("/partners")).await.status, 200);
    assert_eq!(fred.get(&server, &policy("/default")).await.status, 403);
    let somebody = json!({"tenantId": NORTHWIND});
    assert_eq!(
        fred.post(&server, &policy("/partners"), somebody)
            .await
            .status,
        201
    );
    // The same object id in another tenant is somebody else.
    let elsewhere = Person {
        tenant: FABRIKAM,
        ..Person::with(&[])
    };
    assert_eq!(
        elsewhere.get(&server, &policy("/partners")).await.status,
        403
    );
    // Somebody holds it, so it stays.
    let path = definitions(&format!("/{role}"));
    assert_eq!(governor().delete(&server, &path).await.status, 400);
    let off = json!({"isEnabled": false});
    assert_eq!(governor().patch(&server, &path, off).await.status, 204);
    assert_eq!(fred.get(&server, &policy("/partners")).await.status, 403);
    assert_eq!(
        governor()
            .patch(&server, &path, json!({"isEnabled": true}))
            .await
            .status,
        204
    );
    assert_eq!(fred.get(&server, &policy("/partners")).await.status, 200);
    let one = assignments(&format!("/{}", given.body["id"].as_str().unwrap()));
    assert_eq!(
        governor().get(&server, &one).await.body["principalId"],
        FRED_THERE
    );
    assert_eq!(governor().delete(&server, &one).await.status, 204);
    assert_eq!(governor().get(&server, &one).await.status, 404);
    assert_eq!(fred.get(&server, &policy("/partners")).await.status, 403);
    assert_eq!(governor().delete(&server, &path).await.status, 204);
}

#[tokio::test]
async fn assignments_are_found_by_principal_and_by_role() {
    let server = Server::new().await;
    for role in [Role::GlobalReader, Role::SecurityReader] {
        let body = giving(&role.id().to_string());
        assert_eq!(
            governor()
                .post(&server, &assignments(""), body)
                .await
                .status,
            201
        );
    }
    let reader = Role::GlobalReader.id();
    for (query, count) in [
        (format!("?$filter=principalId eq '{FRED_THERE}'"), 2),
        (
            format!("?$filter=roleDefinitionId eq '{reader}'&$expand=principal"),
            1,
        ),
        ("?$expand=roleDefinition".to_owned(), 2),
        (format!("?$filter=principalId eq '{FABRIKAM}'"), 0),
    ] {
        let answer = governor().get(&server, &assignments(&query)).await;
        let found = answer.body["value"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer:?}"));
        assert_eq!(found.len(), count, "{query}: {answer:?}");
    }
    let path = assignments("?$expand=roleDefinition,principal&$top=1");
    let answer = governor().get(&server, &path).await;
    let first = &answer.body["value"][0];
    assert!(
        first["roleDefinition"]["displayName"].is_string(),
        "{first}"
    );
    assert_eq!(first["principal"]["id"], FRED_THERE);
    assert!(answer.body["@odata.nextLink"].is_string());
    // A program can hold a role in place of a permission.
    let program = Program(&["Decision.Read.All"]);
    assert_eq!(server.get(program, &policy("/partners")).await.status, 403);
}

#[tokio::test]
async fn what_is_wrong_with_an_assignment_is_named() {
    let server = Server::new().await;
    let reader = Role::GlobalReader.id().to_string();
    for (member, value, target) in [
        (
            "roleDefinitionId",
            json!("00000000-0000-4000-8000-00000000dead"),
            "roleDefinitionId",
        ),
        (
            "roleDefinitionId",
            json!(Role::CrossTenantAccessReader.id().to_string()),
            "roleDefinitionId",
        ),
        (
            "principalId",
            json!("00000000-0000-4000-8000-00000000dead"),
            "principalId",
        ),
        ("principalId", json!("fred"), "principalId"),
        (
            "directoryScopeId",
            json!("/administrativeUnits/1"),
            "directoryScopeId",
        ),
        ("appScopeId", json!("/x"), "appScopeId"),
    ] {
        let mut body = giving(&reader);
        body[member] = value;
        let answer = governor().post(&server, &assignments(""), body).await;
        let named = answer.body["error"]["target"].as_str().unwrap_or_default();
        assert_eq!((answer.status, named), (400, target), "{answer:?}");
    }
    let path = assignments("/AAAA-1");
    assert_eq!(governor().delete(&server, &path).await.status, 404);
    let path = assignments(&format!("/{}", "a".repeat(3000)));
    assert_eq!(governor().get(&server, &path).await.status, 404);
}
