//! AuthZEN, SCIM, and batches of Graph.

use graph::schema::{flag, list, named, number, object, or_null, text, with, words};
use serde_json::{Value, json};

use super::operation::{Operation, Who, Wire};
use super::{answer, parameter};
use crate::access::directory::PROVISION;
use crate::access::own as rights;

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = authzen();
    all.extend(scim());
    all.push(
        Operation::at("batch", Wire::Graph, "POST", "/$batch", Who::Bearer)
            .reads(named("batch"))
            .answers(200, answer::json("The answers.", named("batchAnswers")))
            .never(&[429]),
    );
    all
}

fn authzen() -> Vec<Operation> {
    let at = "/.well-known/authzen-configuration";
    let told = |name: &str| answer::json("The answer.", named(name));
    vec![
        Operation::at("get_authzen_configuration", Wire::Own, "GET", at, Who::Anybody)
            .never(&[400])
            .answers(200, told("authzenConfiguration")),
        Operation::of("evaluate", Wire::AuthZen, &rights::EVALUATE)
            .reads(named("evaluation"))
            .answers(200, told("evaluated")),
        Operation::of("evaluate_many", Wire::AuthZen, &rights::EVALUATE_MANY)
            .reads(named("evaluations"))
            .answers(200, json!({
                "description": "The answers, in order; one answer, where there was one question.",
                "content": {"application/json": {"schema": {"anyOf": [
                    named("evaluated"),
                    with(object(&[("evaluations", list(named("evaluated")))]), &["evaluations"]),
                ]}}},
            })),
    ]
}

fn scim() -> Vec<Operation> {
    let at = |id, method, rest: &str| {
        let path = format!("/scim/v2/{{tenant}}{rest}");
        Operation::at(id, Wire::Scim, method, path, Who::Holder(&PROVISION))
    };
    let resource = |name: &str| answer::scim("The resource.", named(name));
    let page = || answer::scim("A page.", named("scimList"));
    let mut all = vec![
        at("scim_get_config", "GET", "/ServiceProviderConfig")
            .answers(200, resource("scimResource")),
        at("scim_list_types", "GET", "/ResourceTypes").answers(200, page()),
        at("scim_get_type", "GET", "/ResourceTypes/{id}").answers(200, resource("scimResource")),
        at("scim_list_schemas", "GET", "/Schemas").answers(200, page()),
        at("scim_get_schema", "GET", "/Schemas/{id}").answers(200, resource("scimResource")),
        at("scim_bulk", "POST", "/Bulk").refuses(&[501]),
    ];
    for (place, name, ids) in [
        (
            "/Users",
            "scimUser",
            [
                "scim_list_users",
                "scim_create_user",
                "scim_get_user",
                "scim_replace_user",
                "scim_patch_user",
                "scim_delete_user",
            ],
        ),
        (
            "/Groups",
            "scimGroup",
            [
                "scim_list_groups",
                "scim_create_group",
                "scim_get_group",
                "scim_replace_group",
                "scim_patch_group",
                "scim_delete_group",
            ],
        ),
    ] {
        let [list, create, get, replace, patch, delete] = ids;
        let one = format!("{place}/{{id}}");
        let shown = |operation: Operation| {
            let names = "Names with commas.";
            operation
                .takes(parameter::query("attributes", text(), names))
                .takes(parameter::query("excludedAttributes", text(), names))
        };
        let listed = shown(at(list, "GET", place))
            .takes(parameter::query(
                "filter",
                text(),
                "A filter of RFC 7644, 3.4.2.2.",
            ))
            .takes(parameter::query(
                "startIndex",
                number(),
                "The first, counted from 1.",
            ))
            .takes(parameter::query(
                "count",
                number(),
                "How many, at most 200.",
            ));
        all.extend([
            listed.answers(200, page()),
            shown(at(create, "POST", place))
                .reads(named(&format!("{name}Written")))
                .answers(201, resource(name))
                .refuses(&[409, 412]),
            shown(at(get, "GET", &one))
                .takes(parameter::named("ifNoneMatch"))
                .answers(200, resource(name))
                .answers(304, answer::empty("It is what is known.")),
            shown(at(replace, "PUT", &one))
                .conditional()
                .reads(named(&format!("{name}Written")))
                .answers(200, resource(name))
                .refuses(&[409]),
            shown(at(patch, "PATCH", &one))
                .conditional()
                .reads(named("scimPatch"))
                .answers(200, resource(name))
                .answers(204, answer::empty("It is done."))
                .refuses(&[409]),
            at(delete, "DELETE", &one)
                .conditional()
                .answers(204, answer::empty("It is gone.")),
        ]);
    }
    all
}

/// What they consist of.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let mut all = authzen_schemas();
    all.extend(scim_schemas());
    let request = json!({
        "type": "object",
        "properties": {
            "id": {"type": "string", "minLength": 1},
            "method": text(),
            "url": text(),
            "headers": {"type": ["object", "null"]},
            "body": {},
            "dependsOn": or_null(list(text())),
        },
        "required": ["id", "method", "url"],
    });
    let requests = json!({"type": "array", "items": request, "minItems": 1, "maxItems": 20});
    let answered = object(&[
        ("id", text()),
        ("status", number()),
        ("headers", json!({"type": "object"})),
        ("body", json!({})),
    ]);
    all.push((
        "batch",
        json!({
            "type": "object",
            "properties": {"requests": requests},
            "required": ["requests"],
        }),
    ));
    all.push((
        "batchAnswers",
        object(&[("responses", list(with(answered, &["id", "status"])))]),
    ));
    all
}

fn authzen_schemas() -> Vec<(&'static str, Value)> {
    let open = |members: Value| json!({"type": "object", "properties": members});
    let subject = open(json!({"type": text(), "id": text(), "properties": {"type": "object"}}));
    let resource = subject.clone();
    let action = open(json!({"name": text(), "properties": {"type": "object"}}));
    let question = || {
        json!({
            "subject": subject, "resource": resource, "action": action,
            "context": {"type": "object"},
        })
    };
    let evaluation = json!({
        "type": "object",
        "properties": question(),
        "required": ["subject", "resource", "action"],
    });
    let mut many = question();
    if let Some(members) = many.as_object_mut() {
        let semantics = [
            "execute_all",
            "deny_on_first_deny",
            "permit_on_first_permit",
        ];
        let options = open(json!({"evaluations_semantic": words(semantics)}));
        members.insert("options".to_owned(), options);
        // One that makes no sense is answered with no, and does not keep the others from answers.
        let each = json!({"type": "array", "items": {}});
        members.insert("evaluations".to_owned(), each);
    }
    let configuration = object(&[
        ("policy_decision_point", text()),
        ("access_evaluation_endpoint", text()),
        ("access_evaluations_endpoint", text()),
    ]);
    vec![
        ("evaluation", evaluation),
        ("evaluations", open(many)),
        (
            "evaluated",
            json!({
                "type": "object",
                "properties": {"decision": flag(), "context": {"type": "object"}},
                "required": ["decision"],
                "additionalProperties": false,
            }),
        ),
        ("authzenConfiguration", configuration),
    ]
}

fn scim_schemas() -> Vec<(&'static str, Value)> {
    let meta = object(&[
        ("resourceType", text()),
        ("location", text()),
        ("version", text()),
        ("created", text()),
    ]);
    let resource = |more: Value| {
        let mut properties =
            json!({"schemas": list(text()), "id": text(), "externalId": text(), "meta": meta});
        if let (Some(all), Value::Object(more)) = (properties.as_object_mut(), more) {
            all.extend(more);
        }
        json!({"type": "object", "properties": properties, "required": ["schemas"]})
    };
    let group = json!({"displayName": text(), "members": list(json!({"type": "object"}))});
    let written = |needed: &str| {
        json!({
            "type": "object",
            "properties": {needed: {"type": "string", "minLength": 1, "maxLength": 1024}},
            "required": [needed],
        })
    };
    let page = object(&[
        ("schemas", list(text())),
        ("totalResults", number()),
        ("startIndex", number()),
        ("itemsPerPage", number()),
        ("Resources", list(json!({"type": "object"}))),
    ]);
    let operation = json!({
        "type": "object",
        "properties": {"op": text(), "path": text(), "value": {}},
        "required": ["op"],
    });
    vec![
        ("scimResource", resource(json!({}))),
        (
            "scimUser",
            resource(json!({"userName": text(), "active": flag(), "displayName": text()})),
        ),
        ("scimGroup", resource(group)),
        ("scimUserWritten", written("userName")),
        ("scimGroupWritten", written("displayName")),
        ("scimList", with(page, &["schemas", "totalResults"])),
        (
            "scimPatch",
            json!({
                "type": "object",
                "properties": {"Operations": {"type": "array", "items": operation}},
                "required": ["Operations"],
            }),
        ),
    ]
}
