//! What a client can learn before it begins (RFC 7644, 4; RFC 7643, 5–7).

use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value, json};

use super::list::{Asked, LARGEST};
use super::user::ENTERPRISE;
use super::{Provisioner, group, scim, user};
use crate::error::{ApiError, Result};

pub(super) async fn get_config(from: Provisioner) -> Response {
    let config = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "documentationUri": "https://www.rfc-editor.org/rfc/rfc7644",
        "patch": {"supported": true},
        "bulk": {"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": true, "maxResults": LARGEST},
        "changePassword": {"supported": true},
        "sort": {"supported": false},
        "etag": {"supported": true},
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "A token of an application with the permission Scim.ReadWrite.All.",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": from.at("ServiceProviderConfig"),
        },
    });
    scim(200, &config)
}

fn types(from: &Provisioner) -> Vec<Value> {
    let one = |name: &str, schema: &str, extensions: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": format!("/{name}s"),
            "schema": schema,
            "schemaExtensions": extensions,
            "meta": {
                "resourceType": "ResourceType",
                "location": from.at(&format!("ResourceTypes/{name}")),
            },
        })
    };
    let enterprise = json!([{"schema": ENTERPRISE, "required": false}]);
    vec![
        one("User", user::SCHEMA, enterprise),
        one("Group", group::SCHEMA, json!([])),
    ]
}

pub(super) async fn list_types(from: Provisioner) -> Result<Response> {
    all(types(&from))
}

pub(super) async fn get_type(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response> {
    one(types(&from), &id)
}

pub(super) async fn list_schemas(from: Provisioner) -> Result<Response> {
    all(schemas(&from))
}

pub(super) async fn get_schema(
    from: Provisioner,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response> {
    one(schemas(&from), &id)
}

fn all(list: Vec<Value>) -> Result<Response> {
    Ok(scim(200, &Asked::of("")?.page(list)))
}

fn one(list: Vec<Value>, id: &str) -> Result<Response> {
    let mut list = list.into_iter();
    let found = list.find(|entry| entry.get("id").and_then(Value::as_str) == Some(id));
    let found = found.ok_or_else(|| ApiError::not_found("There is no such resource."))?;
    Ok(scim(200, &found))
}

/// An attribute that holds one simple value.
fn simple(name: &str, kind: &str) -> Value {
    json!({
        "name": name,
        "type": kind,
        "multiValued": false,
        "required": name == "userName" || name == "displayName",
        "caseExact": false,
        "mutability": match name {
            "password" => "writeOnly",
            "$ref" => "readOnly",
            _ => "readWrite",
        },
        "returned": match name {
            "password" => "never",
            _ => "default",
        },
        "uniqueness": match name {
            "userName" => "server",
            _ => "none",
        },
    })
}

fn complex(name: &str, is_list: bool, inside: &[&str]) -> Value {
    let inside = inside.iter().map(|inside| match *inside {
        "primary" => simple(inside, "boolean"),
        "$ref" => simple(inside, "reference"),
        _ => simple(inside, "string"),
    });
    json!({
        "name": name,
        "type": "complex",
        "multiValued": is_list,
        "required": false,
        "mutability": if name == "groups" { "readOnly" } else { "readWrite" },
        "returned": "default",
        "uniqueness": "none",
        "subAttributes": inside.collect::<Vec<_>>(),
    })
}

fn schemas(from: &Provisioner) -> Vec<Value> {
    let texts = |names: &[&str]| -> Vec<Value> {
        names.iter().map(|name| simple(name, "string")).collect()
    };
    let mut core = texts(&[
        "userName",
        "displayName",
        "nickName",
        "profileUrl",
        "title",
        "userType",
        "preferredLanguage",
        "locale",
        "timezone",
        "password",
    ]);
    core.push(simple("active", "boolean"));
    core.push(complex(
        "name",
        false,
        &["formatted", "familyName", "givenName"],
    ));
    let listed = ["value", "type", "primary"];
    core.push(complex("emails", true, &listed));
    core.push(complex("phoneNumbers", true, &listed));
    core.push(complex(
        "addresses",
        true,
        &[
            "streetAddress",
            "locality",
            "region",
            "postalCode",
            "country",
            "type",
        ],
    ));
    for kept in ["ims", "photos", "entitlements", "roles", "x509Certificates"] {
        core.push(complex(
            kept,
            true,
            &["value", "display", "type", "primary"],
        ));
    }
    core.push(complex("groups", true, &["value", "$ref", "type"]));
    let mut enterprise = texts(&[
        "employeeNumber",
        "costCenter",
        "organization",
        "division",
        "department",
    ]);
    enterprise.push(complex("manager", false, &["value", "$ref", "displayName"]));
    let mut group_attributes = texts(&["displayName"]);
    group_attributes.push(complex("members", true, &["value", "$ref", "type"]));
    let one = |id: &str, name: &str, attributes: Vec<Value>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id,
            "name": name,
            "description": name,
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": from.at(&format!("Schemas/{id}"))},
        })
    };
    vec![
        one(user::SCHEMA, "User", core),
        one(ENTERPRISE, "EnterpriseUser", enterprise),
        one(group::SCHEMA, "Group", group_attributes),
    ]
}
