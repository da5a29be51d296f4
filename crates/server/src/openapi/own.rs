//! What this product has of its own: the registry, settings as a whole and their past, questions,
//! reports, the state of the server.

use graph::schema::{
    flag, guid, list, named, number, object, or_null, short, short_list, text, with, words,
};
use policy::tenant::Cloud;
use serde_json::{Value, json};

use super::operation::{Operation, Who, Wire};
use super::{answer, parameter};
use crate::access::{logs, own as rights, surface};
use crate::permission::{ALL_APPLICATION_PERMISSIONS, OPERATOR};

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    let mut all = registry();
    all.extend(settings());
    all.extend(questions());
    all.extend(server());
    all
}

fn of(id: &'static str, right: &'static crate::access::Right) -> Operation {
    Operation::of(id, Wire::Own, right)
}

fn told(schema: &str) -> Value {
    answer::json("What there is.", named(schema))
}

fn registry() -> Vec<Operation> {
    let page = |operation: Operation| {
        let top = json!({"type": "integer", "minimum": 0, "maximum": u32::MAX});
        operation.takes(parameter::query("top", top, "How many are told."))
    };
    let after = parameter::query("after", guid(), "Those after that one.");
    let until = object(&[("until", words(["migrating", "scalable"]))]);
    vec![
        page(of("list_tenants", &surface::LIST_TENANTS))
            .takes(after)
            .answers(200, told("registeredTenants")),
        of("create_tenant", &surface::CREATE_TENANT)
            .reads(named("registeredTenantWritten"))
            .answers(201, told("registeredTenant"))
            .refuses(&[409]),
        of("get_tenant", &surface::GET_TENANT).answers(200, told("registeredTenant")),
        of("update_tenant", &surface::UPDATE_TENANT)
            .reads(named("registeredTenantWritten"))
            .answers(200, told("registeredTenant"))
            .refuses(&[409]),
        of("put_provider", &surface::PUT_SERVICE_PROVIDER)
            .answers(200, told("registeredTenant"))
            .refuses(&[409]),
        of("delete_provider", &surface::DELETE_SERVICE_PROVIDER)
            .answers(200, told("registeredTenant"))
            .refuses(&[409]),
        of("migrate", &surface::MIGRATE_STORAGE)
            .may_read(until)
            .answers(200, told("registeredTenant")),
        of("list_clients", &surface::LIST_CLIENTS).answers(200, told("clients")),
        of("create_client", &surface::CREATE_CLIENT)
            .reads(named("clientCreated"))
            .answers(201, told("clientWithSecret")),
        of("delete_client", &surface::DELETE_CLIENT).answers(200, told("client")),
        of("get_acting_client", &surface::GET_ACTING_CLIENT).answers(200, told("actingClient")),
        of("put_acting_client", &surface::PUT_ACTING_CLIENT)
            .reads(named("actingClientWritten"))
            .answers(200, told("actingClient"))
            .refuses(&[409]),
        of("delete_acting_client", &surface::DELETE_ACTING_CLIENT)
            .answers(200, told("actingClient"))
            .refuses(&[409]),
        of("put_identity_provider", &surface::PUT_IDENTITY_PROVIDER)
            .reads(named("identityProviderWritten"))
            .answers(200, told("identityProvider"))
            .refuses(&[409]),
        of("get_identity_provider", &surface::GET_IDENTITY_PROVIDER)
            .answers(200, told("identityProvider")),
        of(
            "delete_identity_provider",
            &surface::DELETE_IDENTITY_PROVIDER,
        )
        .answers(200, told("identityProvider"))
        .refuses(&[409]),
        of("put_terms_of_use", &surface::PUT_TERMS_OF_USE)
            .reads(named("termsOfUse"))
            .answers(200, told("termsOfUse"))
            .refuses(&[409]),
        of("get_terms_of_use", &surface::GET_TERMS_OF_USE)
            .answers(200, told("termsOfUse"))
            .refuses(&[409]),
        of("delete_terms_of_use", &surface::DELETE_TERMS_OF_USE)
            .answers(200, told("termsOfUse"))
            .refuses(&[409]),
    ]
}

fn settings() -> Vec<Operation> {
    let point = "A revision, a time like `2026-11-20T10:00:00Z`, or `now`.";
    let at = |name: &str| parameter::query(name, text(), point);
    let needed = |mut parameter: Value| {
        if let Some(members) = parameter.as_object_mut() {
            members.insert("required".to_owned(), true.into());
        }
        parameter
    };
    let part = "`policy`, `default`, or `partners/` and an id.";
    let number = || json!({"type": "integer", "minimum": 0, "maximum": u32::MAX});
    vec![
        of("get_settings", &rights::GET_SETTINGS)
            .takes(at("at"))
            .answers(200, told("settings")),
        of("put_settings", &rights::PUT_SETTINGS)
            .reads(named("settingsWritten"))
            .answers(200, told("replacement"))
            .refuses(&[409, 412]),
        of("list_partner_names", &rights::LIST_PARTNERS_SHORT).answers(200, told("partnerNames")),
        of("list_sms_sign_in", &rights::LIST_SMS_SIGN_IN).answers(200, told("smsSignIn")),
        of("list_revisions", &rights::LIST_REVISIONS)
            .takes(parameter::query("part", text(), part))
            .takes(parameter::query(
                "before",
                number(),
                "Those before that revision.",
            ))
            .takes(parameter::query(
                "top",
                number(),
                "How many are told, at most 100.",
            ))
            .answers(200, told("history")),
        of("compare", &rights::COMPARE)
            .takes(needed(at("from")))
            .takes(at("to"))
            .answers(200, told("comparison")),
        of("restore", &rights::RESTORE)
            .reads(named("restoration"))
            .answers(200, told("replacement"))
            .refuses(&[409, 412]),
    ]
}

fn questions() -> Vec<Operation> {
    vec![
        of("who_am_i", &rights::WHO_AM_I).answers(200, told("me")),
        of("decide", &rights::DECIDE)
            .reads(named("question"))
            .answers(200, told("decision")),
        of("report_sign_ins", &rights::REPORT_SIGN_INS)
            .reads(named("signInReport"))
            .answers(200, told("signInIntake")),
        of("refuse_next", &rights::REFUSE_NEXT)
            .reads(named("refusals"))
            .answers(204, answer::empty("So be it.")),
        of("get_audit_head", &logs::GET_AUDIT_HEAD)
            .takes(parameter::query(
                "log",
                words(["operator"]),
                "The operator's log, for the operator.",
            ))
            .answers(200, told("auditHead")),
    ]
}

fn server() -> Vec<Operation> {
    let at = |id, path: &str| Operation::at(id, Wire::Own, "GET", path, Who::Anybody).never(&[400]);
    let kind = "application/openmetrics-text";
    vec![
        at("live", "/livez").answers(200, told("liveness")),
        at("ready", "/readyz")
            .answers(200, told("readiness"))
            .answers(503, told("readiness")),
        at("metrics", "/metrics").answers(200, answer::of(kind, "Numbers.", text())),
        at("get_document", "/openapi.json").answers(
            200,
            answer::json("This description.", json!({"type": "object"})),
        ),
    ]
}

/// What they consist of.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let mut all = registry_schemas();
    all.extend(settings_schemas());
    all.extend(question_schemas());
    all.push(("me", me()));
    all.push(("partnerNames", partner_names()));
    all.push(("smsSignIn", whole(&[("users", list(guid()))])));
    let status = |words: Value| with(object(&[("status", words)]), &["status"]);
    all.push(("liveness", status(words(["alive"]))));
    all.push((
        "readiness",
        object(&[
            ("status", words(["starting", "stale", "ready"])),
            ("store", words(["reachable", "unreachable"])),
            ("dataAgeSeconds", or_null(json!({"type": "number"}))),
            ("sequence", number()),
        ]),
    ));
    all
}

fn registry_schemas() -> Vec<(&'static str, Value)> {
    let known = || {
        let domain = short(253);
        vec![
            ("tenantId", guid()),
            ("displayName", or_null(text())),
            ("federationBrandName", or_null(text())),
            ("cloud", words(Cloud::ALL.map(Cloud::endpoint))),
            ("domains", list(domain)),
            ("p1", flag()),
            ("region", or_null(text())),
            ("hosted", flag()),
            ("storage", words(["scalable", "legacy", "migrating"])),
        ]
    };
    let mut tenant = known();
    tenant.extend([
        ("directoryKnown", flag()),
        ("serviceProviders", list(guid())),
        ("revision", text()),
    ]);
    let name = |most: usize| json!({"type": ["string", "null"], "minLength": 1, "maxLength": most});
    let mut written = known();
    for (member, schema) in &mut written {
        match *member {
            "displayName" | "federationBrandName" => *schema = name(256),
            "region" => *schema = name(16),
            "domains" => *schema = or_null(short_list(text(), 5_000)),
            "p1" | "hosted" => *schema = or_null(flag()),
            _ => {}
        }
    }
    // What an answer says and nobody writes is passed over.
    written
        .extend(["directoryKnown", "serviceProviders", "revision"].map(|name| (name, json!({}))));
    let client = || {
        vec![
            ("clientId", guid()),
            ("displayName", or_null(text())),
            ("permissions", list(text())),
            ("disabled", flag()),
        ]
    };
    let mut secret = client();
    secret.extend([("clientSecret", text()), ("tenantId", guid())]);
    let permissions = ALL_APPLICATION_PERMISSIONS.iter().copied();
    let permissions = words(permissions.chain([OPERATOR]));
    let created = object(&[
        (
            "displayName",
            json!({"type": "string", "minLength": 1, "maxLength": 256}),
        ),
        (
            "permissions",
            json!({"type": "array", "items": permissions, "minItems": 1}),
        ),
        (
            "redirectUris",
            json!({"type": "array", "maxItems": 250, "items": {"type": "string",
                "maxLength": 256, "pattern": "^[A-Za-z][A-Za-z0-9+.-]*:[!-)+-~]*$"}}),
        ),
    ]);
    let mut created = with(created, &["displayName"]);
    // A program of the tenant's people needs no permission of its own.
    if let Some(members) = created.as_object_mut() {
        let one = |name: &str| json!({"required": [name], "properties": {name: {"minItems": 1}}});
        let either = json!([one("permissions"), one("redirectUris")]);
        members.insert("anyOf".to_owned(), either);
    }
    vec![
        ("registeredTenant", object(&tenant)),
        ("registeredTenantWritten", object(&written)),
        (
            "registeredTenants",
            object(&[
                ("tenants", list(named("registeredTenant"))),
                ("after", or_null(guid())),
            ]),
        ),
        ("client", object(&client())),
        ("clients", object(&[("clients", list(named("client")))])),
        ("clientWithSecret", object(&secret)),
        (
            "actingClient",
            object(&[("clientId", guid()), ("tenantId", guid())]),
        ),
        (
            "actingClientWritten",
            with(object(&[("tenantId", guid())]), &["tenantId"]),
        ),
        (
            "termsOfUse",
            with(
                object(&[("version", short(64)), ("text", short(40_000))]),
                &["version", "text"],
            ),
        ),
        ("identityProvider", object(&provider())),
        (
            "identityProviderWritten",
            with(object(&provider_written()), &["issuer", "clientId"]),
        ),
        ("clientCreated", created),
    ]
}

/// An identity provider as it is told.
fn provider() -> Vec<(&'static str, Value)> {
    let claim = || or_null(short(256));
    let mapping = object(&[
        ("subject", short(256)),
        (
            "subjectIs",
            words(["id", "userPrincipalName", "externalId"]),
        ),
        ("name", short(256)),
        ("addresses", short_list(short(256), 20)),
        ("groups", claim()),
        ("mfaMethods", short_list(short(256), 20)),
        ("mfaClasses", short_list(short(256), 20)),
        ("compliantDevice", claim()),
        ("hybridJoinedDevice", claim()),
    ]);
    vec![
        ("issuer", text()),
        ("clientId", short(256)),
        ("hasSecret", flag()),
        ("scopes", short_list(short(256), 20)),
        ("isComity", flag()),
        ("mapping", mapping),
        ("redirectUri", text()),
    ]
}

/// The same as it is written.
fn provider_written() -> Vec<(&'static str, Value)> {
    let told = provider().into_iter();
    let given = told.filter(|(name, _)| !["hasSecret", "redirectUri"].contains(name));
    given.chain([("clientSecret", text())]).collect()
}

/// An object that always has all of its members.
fn whole(members: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    with(object(members), &names)
}

/// Who a caller is, and what they may not do.
fn me() -> Value {
    let tenant = whole(&[
        ("id", guid()),
        ("displayName", or_null(text())),
        ("domains", list(text())),
        ("cloud", words(Cloud::ALL.map(Cloud::endpoint))),
        ("p1", flag()),
    ]);
    let person = whole(&[
        ("id", guid()),
        ("displayName", or_null(text())),
        ("userPrincipalName", or_null(text())),
    ]);
    let role = whole(&[("id", guid()), ("displayName", text())]);
    let refused = whole(&[
        ("method", text()),
        ("path", text()),
        ("member", or_null(text())),
        ("roles", list(text())),
    ]);
    whole(&[
        ("tenant", tenant),
        ("person", or_null(person)),
        ("roles", list(role)),
        ("refused", list(refused)),
    ])
}

/// Every partner in short.
fn partner_names() -> Value {
    let partner = whole(&[
        ("tenantId", guid()),
        ("displayName", or_null(text())),
        ("defaultDomainName", or_null(text())),
        ("cloud", or_null(words(Cloud::ALL.map(Cloud::endpoint)))),
        ("inboundConfigured", flag()),
        ("outboundConfigured", flag()),
        ("tenantRestrictionsConfigured", flag()),
        ("isServiceProvider", flag()),
        ("isInMultiTenantOrganization", flag()),
        ("hasSynchronization", flag()),
    ]);
    whole(&[("tenantId", guid()), ("partners", list(partner))])
}

fn settings_schemas() -> Vec<(&'static str, Value)> {
    let documents =
        || json!({"type": "object", "description": "The documents by the names of their files."});
    let author = object(&[
        ("kind", words(["user", "application", "operator", "system"])),
        ("id", or_null(text())),
        ("name", or_null(text())),
    ]);
    let change = object(&[
        ("activity", text()),
        ("part", or_null(text())),
        ("property", text()),
        ("before", json!({})),
        ("after", json!({})),
    ]);
    let revision = object(&[
        ("revision", text()),
        ("time", or_null(text())),
        ("author", author),
        ("address", or_null(text())),
        ("channel", or_null(text())),
        ("reason", or_null(text())),
        ("parts", list(text())),
        ("changes", list(change)),
    ]);
    let difference = object(&[
        ("part", text()),
        ("property", text()),
        ("before", json!({})),
        ("after", json!({})),
    ]);
    let replaced = object(&[
        ("activity", text()),
        ("partner", or_null(guid())),
        ("properties", list(text())),
    ]);
    let reason = || or_null(short(1000));
    let written = object(&[
        ("documents", json!({"type": "object", "minProperties": 1})),
        ("reason", reason()),
        ("dryRun", or_null(flag())),
    ]);
    let restoration = object(&[
        ("to", text()),
        ("part", or_null(text())),
        ("property", or_null(text())),
        ("reason", reason()),
        ("dryRun", flag()),
    ]);
    vec![
        (
            "settings",
            object(&[
                ("tenantId", guid()),
                ("revision", text()),
                ("documents", documents()),
            ]),
        ),
        ("settingsWritten", with(written, &["documents"])),
        (
            "history",
            object(&[
                ("tenantId", guid()),
                ("revisions", list(revision)),
                ("before", or_null(text())),
            ]),
        ),
        (
            "comparison",
            object(&[
                ("tenantId", guid()),
                ("from", text()),
                ("to", text()),
                ("differences", list(difference)),
            ]),
        ),
        ("restoration", with(restoration, &["to"])),
        (
            "replacement",
            object(&[
                ("tenantId", guid()),
                ("created", flag()),
                ("dryRun", flag()),
                ("revision", or_null(text())),
                ("partners", number()),
                ("changes", list(replaced)),
                ("registered", list(guid())),
                ("notes", list(text())),
            ]),
        ),
    ]
}

fn question_schemas() -> Vec<(&'static str, Value)> {
    let refusals = object(&[
        (
            "requests",
            json!({"type": "integer", "minimum": 0, "maximum": 10_000}),
        ),
        (
            "retryAfter",
            json!({"type": "integer", "minimum": 0, "maximum": 180}),
        ),
    ]);
    vec![
        (
            "question",
            json!({
                "type": "object",
                "properties": {"op": words(["signin", "block", "resolve", "invite"])},
                "description": "A question, as docs/decide.md describes them: a sign-in unless `op` says another.",
            }),
        ),
        (
            "decision",
            json!({
                "type": "object",
                "properties": {"decision": words(["allow", "block", "challenge"])},
                "description": "The verdict with its findings, or what `op` asks for.",
            }),
        ),
        ("refusals", with(refusals, &["requests"])),
        (
            "auditHead",
            object(&[
                ("statement", json!({"type": "object"})),
                ("head", text()),
                ("checkpoints", list(text())),
                ("keys", json!({})),
            ]),
        ),
    ]
}
