//! The logs of a tenant.

use policy::conditional_access::Status;
use serde_json::{Value, json};

use super::{Entity, list, named, number, object, or_null, text, time, words};
use crate::{directory_audit, provisioning, sign_in_log};

/// Who came or went.
pub static SIGN_IN: Entity = Entity {
    name: "signIn",
    shape: &sign_in_log::SHAPE,
    closer: || {
        let nothing = || json!({"type": "array", "maxItems": 0});
        let mut members = vec![
            (
                "conditionalAccessStatus",
                or_null(words(
                    [Status::Success, Status::Failure, Status::NotApplied].map(Status::as_str),
                )),
            ),
            (
                "appliedConditionalAccessPolicies",
                list(named("appliedConditionalAccessPolicy")),
            ),
        ];
        members.extend(
            [
                "authenticationRequirementPolicies",
                "authenticationContextClassReferences",
                "authenticationDetails",
                "authenticationMethodsUsed",
            ]
            .map(|name| (name, nothing())),
        );
        members.push(("location", location()));
        members
    },
    sure: &["id"],
};

/// What was changed, or refused.
pub static DIRECTORY_AUDIT: Entity = Entity {
    name: "directoryAudit",
    shape: &directory_audit::SHAPE,
    closer: || {
        let detail = object(&[("key", text()), ("value", or_null(text()))]);
        vec![
            ("result", words(["success", "failure"])),
            ("activityDateTime", time()),
            ("initiatedBy", initiator()),
            ("targetResources", list(target())),
            ("additionalDetails", list(detail)),
        ]
    },
    sure: &[
        "id",
        "category",
        "activityDisplayName",
        "loggedByService",
        "operationType",
        "resultReason",
    ],
};

/// What synchronization did with an account.
pub static PROVISIONING: Entity = Entity {
    name: "provisioningObjectSummary",
    shape: &provisioning::SHAPE,
    closer: || {
        let texts = |names: &[&'static str]| {
            let members = names.iter().map(|name| (*name, or_null(text())));
            object(&members.collect::<Vec<_>>())
        };
        let error = texts(&[
            "errorCode",
            "reason",
            "errorCategory",
            "additionalDetails",
            "recommendedAction",
        ]);
        let identity = || {
            or_null(object(&[
                ("id", text()),
                ("displayName", or_null(text())),
                ("identityType", text()),
                ("details", object(&[("userPrincipalName", or_null(text()))])),
            ]))
        };
        let status = || words(["success", "skipped", "failure"]);
        let step = object(&[
            ("name", text()),
            (
                "provisioningStepType",
                words(["import", "scoping", "export"]),
            ),
            ("status", status()),
            ("description", or_null(text())),
            ("details", object(&[])),
        ]);
        let system = || texts(&["id", "displayName"]);
        vec![
            (
                "initiatedBy",
                texts(&["id", "displayName", "initiatorType"]),
            ),
            ("servicePrincipal", system()),
            ("sourceSystem", system()),
            ("targetSystem", system()),
            ("sourceIdentity", identity()),
            ("targetIdentity", identity()),
            (
                "provisioningStatusInfo",
                object(&[("status", status()), ("errorInformation", or_null(error))]),
            ),
            ("provisioningSteps", list(step)),
            (
                "modifiedProperties",
                list(texts(&["displayName", "oldValue", "newValue"])),
            ),
        ]
    },
    sure: &[
        "id",
        "tenantId",
        "jobId",
        "cycleId",
        "changeId",
        "provisioningAction",
    ],
};

fn location() -> Value {
    let nowhere = ["altitude", "latitude", "longitude"].map(|name| (name, json!({"type": "null"})));
    object(&[
        ("city", or_null(text())),
        ("state", or_null(text())),
        ("countryOrRegion", or_null(text())),
        ("geoCoordinates", object(&nowhere)),
    ])
}

fn initiator() -> Value {
    let texts = |names: &[&'static str]| {
        let members = names.iter().map(|name| (*name, or_null(text())));
        or_null(object(&members.collect::<Vec<_>>()))
    };
    let user = texts(&[
        "id",
        "displayName",
        "userPrincipalName",
        "ipAddress",
        "userType",
        "homeTenantId",
        "homeTenantName",
    ]);
    let program = texts(&[
        "appId",
        "displayName",
        "servicePrincipalId",
        "servicePrincipalName",
    ]);
    object(&[("user", user), ("app", program)])
}

fn target() -> Value {
    let property = object(&[
        ("displayName", text()),
        ("oldValue", or_null(text())),
        ("newValue", or_null(text())),
    ]);
    object(&[
        ("id", or_null(text())),
        ("displayName", or_null(text())),
        ("type", text()),
        ("userPrincipalName", or_null(text())),
        ("groupType", json!({"type": "null"})),
        ("modifiedProperties", list(property)),
    ])
}

/// What rows consist of, and what is reported.
pub(super) fn parts() -> Vec<(&'static str, Value)> {
    let texts = || list(text());
    let applied = object(&[
        ("id", text()),
        ("displayName", or_null(text())),
        ("enforcedGrantControls", texts()),
        ("enforcedSessionControls", texts()),
        ("result", words(["success", "failure"])),
        ("conditionsSatisfied", text()),
        ("conditionsNotSatisfied", text()),
        ("includeRulesSatisfied", list(json!({}))),
        ("excludeRulesSatisfied", list(json!({}))),
    ]);
    vec![
        ("appliedConditionalAccessPolicy", applied),
        ("signInReport", report()),
        (
            "signInIntake",
            object(&[("kept", number()), ("known", number())]),
        ),
    ]
}

/// Rows as others report them: what is known is taken, the rest is passed over.
fn report() -> Value {
    let row = json!({
        "type": "object",
        "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": 256},
            "createdDateTime": time(),
            "homeTenantId": text(),
            "resourceTenantId": text(),
            "userId": or_null(text()),
            "appId": or_null(text()),
        },
        "required": ["id"],
    });
    let rows = json!({"type": "array", "items": row, "maxItems": 10_000});
    json!({"anyOf": [
        rows,
        {"type": "object", "properties": {"value": rows}, "required": ["value"]},
    ]})
}
