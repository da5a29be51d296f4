//! What came of a step beside what the case expects and what the law says.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::reason::{Reason, Side};
use serde_json::{Value, json};

use super::signing::{Asked, End};

/// What nobody is told at the door: it is in the answers of `/decide`, for administrators.
const UNTOLD: [&str; 5] = ["detail", "source", "unknownGroups", "findings", "notJudged"];

/// How the ids of objects begin that the law makes in these cases.
const MADE: &str = "00c0de00-";

/// What the token says.
pub(super) fn claims(token: &Value) -> Value {
    let part = token.as_str().unwrap().split('.').nth(1).unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The reason that the rows give, among those that look like that in a log.
pub(super) fn reason(row: &Value, meant: &Value, end: &End) -> Value {
    let code = row["errorCode"].as_u64().unwrap_or_default();
    if end.decision == "allow" && code == 0 {
        let same = row["crossTenantAccessType"] == "none";
        return json!(if same { "not_cross_tenant" } else { "granted" });
    }
    let sides = [None, Some(Side::Home), Some(Side::Resource)];
    let fits = |reason: &&Reason| {
        row["failureReason"] == reason.sentence()
            && sides
                .iter()
                .any(|side| u64::from(reason.error_code_at(*side)) == code)
    };
    let all = Reason::ALL.iter().copied();
    let found: Vec<Reason> = all.filter(|reason| fits(&reason)).collect();
    let found = match &end.reason {
        Some(shown) => found.into_iter().find(|reason| reason.as_str() == shown),
        None => found
            .iter()
            .copied()
            .find(|reason| *meant == reason.as_str())
            .or(found.first().copied()),
    };
    json!(found.map(Reason::as_str))
}

/// The answer of the law without what nobody is told at the door.
pub(super) fn seen(answer: &Value, asked: Asked<'_>, end: &End) -> Value {
    let mut seen = answer.clone();
    let members = seen.as_object_mut().unwrap();
    members.retain(|name, _| !UNTOLD.contains(&name.as_str()));
    if members.get("side").is_some_and(Value::is_null) || end.side.is_none() {
        members.remove("side");
    }
    let rows = members.get_mut("rows").and_then(Value::as_array_mut);
    for row in rows.into_iter().flatten() {
        let row = row.as_object_mut().unwrap();
        // The vectors name a client only where it matters; in a sign-in there is always one.
        if asked.0["clientAppId"].is_null() {
            row.remove("appId");
        }
        // An object that an earlier step made has another id in each run.
        row.retain(|_, value| !value.as_str().is_some_and(|id| id.starts_with(MADE)));
    }
    seen
}

/// The rows in the order of those that are meant.
fn ordered(meant: &Value, rows: &[Value]) -> Vec<Value> {
    let meant = meant["rows"].as_array().cloned().unwrap_or_default();
    let place = |row: &Value| meant.iter().position(|m| m["tenantId"] == row["tenantId"]);
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| place(row).unwrap_or(usize::MAX));
    rows
}

pub(super) fn answer(end: &End, law: &Value, redeemed: Option<&str>) -> Value {
    let rows = ordered(law, &end.rows);
    let resource = rows
        .iter()
        .find(|row| row["tenantId"] == row["resourceTenantId"] && !row["userType"].is_null());
    let row = resource.or(rows.first()).cloned().unwrap_or_default();
    let applied = row["appliedConditionalAccessPolicies"].as_array().cloned();
    let lifetime = end.tokens.as_ref().map(|tokens| {
        let said = claims(&tokens["access_token"]);
        said["exp"].as_i64().unwrap() - said["iat"].as_i64().unwrap()
    });
    json!({
        "decision": end.decision,
        "reason": reason(&row, &law["reason"], end),
        "errorCode": row["errorCode"],
        "side": end.side,
        "crossTenantAccessType": row["crossTenantAccessType"],
        "conditionalAccessStatus": row["conditionalAccessStatus"],
        "applied": applied,
        "redeemed": redeemed,
        // The law says it of direct connect only (S9.9).
        "tokenLifetimeSeconds": lifetime.filter(|_| !law["tokenLifetimeSeconds"].is_null()),
        "rows": rows,
    })
}

/// What has to be true of every end.
pub(super) fn upright(end: &End, law: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let correlations: BTreeSet<String> = end
        .rows
        .iter()
        .map(|row| row["correlationId"].to_string())
        .collect();
    if correlations.len() != 1 {
        wrong.push(format!("correlation ids {correlations:?} (S15.1)"));
    }
    let code = law["errorCode"].as_u64().unwrap_or_default();
    if let Some(number) = &end.number
        && *number != format!("AADSTS{code}")
    {
        wrong.push(format!("the page says {number} instead of {code}"));
    }
    if let Some(tokens) = &end.tokens {
        let said = claims(&tokens["id_token"]);
        let row = end
            .rows
            .iter()
            .find(|row| row["tenantId"] == row["resourceTenantId"])
            .unwrap();
        if said["oid"] != row["userId"] || said["tid"] != row["resourceTenantId"] {
            wrong.push(format!("the token speaks of {said} instead of {row}"));
        }
    }
    wrong
}
