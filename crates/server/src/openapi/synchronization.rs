//! Jobs of synchronization.

use graph::schema::{flag, guid, list, named, number, object, or_null, text, with, words};
use serde_json::{Value, json};

use super::answer;
use super::operation::{Operation, Wire, done};
use crate::access::Right;
use crate::access::synchronization as rights;

fn of(id: &'static str, right: &'static Right) -> Operation {
    Operation::of(id, Wire::Own, right)
}

fn told(schema: &str) -> Value {
    answer::json("What there is.", named(schema))
}

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    let written = || named("synchronizationJobWritten");
    let act = |id, right| {
        of(id, right)
            .may_read(object(&[]))
            .answers(200, told("synchronizationJob"))
            .refuses(&[409])
    };
    vec![
        of("list_jobs", &rights::LIST_JOBS).answers(200, told("synchronizationJobs")),
        of("create_job", &rights::CREATE_JOB)
            .reads(with(written_schema(), &["targetTenantId"]))
            .answers(201, told("synchronizationJob"))
            .refuses(&[409]),
        of("get_job", &rights::GET_JOB).answers(200, told("synchronizationJob")),
        of("update_job", &rights::UPDATE_JOB)
            .reads(written())
            .answers(200, told("synchronizationJob")),
        done(of("delete_job", &rights::DELETE_JOB)).refuses(&[413, 415]),
        act("start_job", &rights::START_JOB),
        act("pause_job", &rights::PAUSE_JOB),
        act("restart_job", &rights::RESTART_JOB),
        act("allow_deletions", &rights::ALLOW_DELETIONS),
        of("provision_on_demand", &rights::PROVISION)
            .reads(with(object(&[("user", guid())]), &["user"]))
            .answers(200, told("provisioned")),
        of("list_sources", &rights::LIST_SOURCES).answers(200, told("synchronizationSources")),
        of("put_source", &rights::PUT_SOURCE)
            .reads(with(object(&[("clientId", guid())]), &["clientId"]))
            .answers(200, told("synchronizationSource"))
            .refuses(&[409]),
        done(of("delete_source", &rights::DELETE_SOURCE)).refuses(&[413, 415]),
    ]
}

fn at_most(most: u32) -> Value {
    json!({"type": "integer", "minimum": 0, "maximum": most})
}

fn scope() -> Value {
    let condition = object(&[
        ("attribute", text()),
        ("operator", words(["equals", "notEquals"])),
        ("value", text()),
    ]);
    object(&[
        ("all", flag()),
        ("users", list(guid())),
        ("groups", list(guid())),
        ("filter", list(with(condition, &["attribute", "value"]))),
    ])
}

fn source() -> Value {
    object(&[("sourceTenantId", guid()), ("clientId", guid())])
}

fn connection(is_written: bool) -> Value {
    let mut members = vec![
        ("endpoint", text()),
        ("tokenUrl", text()),
        ("clientId", text()),
    ];
    if is_written {
        members.push(("clientSecret", text()));
    }
    or_null(object(&members))
}

fn interval() -> Value {
    json!({"type": "integer", "minimum": 1, "maximum": 10_080})
}

fn settings() -> Vec<(&'static str, Value)> {
    let schedule = object(&[("intervalMinutes", interval()), ("enabled", flag())]);
    vec![
        ("targetTenantId", guid()),
        ("displayName", or_null(text())),
        ("schedule", schedule),
        ("scope", scope()),
        ("userTypeMapping", words(["Member", "Guest"])),
        ("applyUserTypeAlways", flag()),
        ("targetObjectDelete", flag()),
        ("accidentalDeletionThreshold", or_null(at_most(1_000_000))),
    ]
}

fn written_schema() -> Value {
    let mut members = settings();
    members.push(("connection", connection(true)));
    object(&members)
}

fn status() -> Value {
    let counts = || {
        let names = [
            "created",
            "updated",
            "unchanged",
            "deleted",
            "skipped",
            "failed",
        ];
        object(&names.map(|name| (name, number())))
    };
    let run = || {
        vec![
            ("id", guid()),
            ("kind", words(["initial", "full", "changes"])),
            ("started", or_null(text())),
            ("counts", counts()),
        ]
    };
    let mut current = run();
    let phases = ["accounts", "countingDeletions", "deleting"];
    current.push(("phase", words(phases)));
    let mut last = run();
    let error = object(&[
        ("code", or_null(text())),
        ("message", text()),
        ("side", or_null(text())),
    ]);
    last.extend([("ended", or_null(text())), ("error", or_null(error))]);
    let quarantine = object(&[
        ("reason", words(["deletionThresholdExceeded"])),
        ("since", or_null(text())),
        ("deletions", number()),
    ]);
    object(&[
        (
            "state",
            words(["active", "inProgress", "paused", "quarantine"]),
        ),
        ("quarantine", or_null(quarantine)),
        ("nextRun", or_null(text())),
        ("currentRun", or_null(object(&current))),
        ("lastRun", or_null(object(&last))),
    ])
}

/// What they consist of.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let mut job = settings();
    job.extend([
        ("id", guid()),
        ("sourceTenantId", guid()),
        ("status", status()),
        ("connection", connection(false)),
    ]);
    let texts = [
        "side",
        "detail",
        "source",
        "user",
        "userType",
        "externalUserState",
        "consentPrompt",
    ];
    let mut provisioned: Vec<(&'static str, Value)> =
        texts.map(|name| (name, or_null(text()))).to_vec();
    let actions = ["create", "update", "softDelete", "skip", "fail"];
    provisioned.extend([
        ("action", words(actions)),
        ("reason", text()),
        ("sentence", text()),
        ("accountEnabled", or_null(flag())),
        ("invitationEmail", or_null(flag())),
        ("notificationEmail", or_null(flag())),
        (
            "audit",
            or_null(json!({"type": "object", "description": "What the target's log says."})),
        ),
    ]);
    vec![
        ("synchronizationJob", object(&job)),
        ("synchronizationJobWritten", written_schema()),
        (
            "synchronizationJobs",
            object(&[("jobs", list(named("synchronizationJob")))]),
        ),
        ("provisioned", object(&provisioned)),
        ("synchronizationSource", source()),
        (
            "synchronizationSources",
            object(&[("sources", list(named("synchronizationSource")))]),
        ),
    ]
}
