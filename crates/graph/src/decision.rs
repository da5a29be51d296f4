//! A decision as JSON: the same members for the command line, the policy tests and every API.

use policy::decision::{Finding, Section};
use policy::explain::{Explanation, Names};
use policy::matching::{ApplicationMatch, UserMatch, UsersMatch};
use policy::row::{AccessType, SignInRow};
use policy::sign_in::{Decision, Redeemed, SignIn};
use policy::target::ApplicationTarget;
use policy::tenant::TenantId;
use policy::world::UserType;
use serde_json::{Map, Value, json};

/// The whole decision: verdict, findings and rows, without sentences.
pub fn render(decision: &Decision) -> Map<String, Value> {
    let applied = applied(&decision.applied);
    let findings: Vec<Value> = decision.findings.iter().map(finding).collect();
    let rows: Vec<Value> = decision.rows.iter().map(row).collect();
    let groups: Vec<String> = decision
        .unknown_groups
        .iter()
        .map(ToString::to_string)
        .collect();
    let not_judged: Vec<&str> = decision.not_judged().map(|side| side.as_str()).collect();
    members([
        ("decision", json!(decision.verdict.as_str())),
        ("reason", json!(decision.reason.as_str())),
        ("side", json!(decision.side.map(|side| side.as_str()))),
        (
            "detail",
            json!(decision.detail.map(|detail| detail.as_str())),
        ),
        (
            "source",
            json!(decision.origin.map(|origin| origin.as_str())),
        ),
        ("errorCode", json!(decision.error_code())),
        (
            "crossTenantAccessType",
            json!(decision.access_type.as_str()),
        ),
        (
            "conditionalAccessStatus",
            json!(decision.conditional_access.as_str()),
        ),
        ("applied", applied),
        ("redeemed", json!(decision.redeemed.map(redeemed))),
        (
            "tokenLifetimeSeconds",
            json!(decision.token_lifetime_seconds),
        ),
        ("unknownGroups", json!(groups)),
        ("notJudged", json!(not_judged)),
        ("findings", Value::Array(findings)),
        ("rows", Value::Array(rows)),
    ])
}

/// The decision with its sentences, as a person or a gateway reads it.
pub fn render_explained(
    request: &SignIn,
    decision: &Decision,
    names: &dyn Names,
) -> Map<String, Value> {
    let explanation = Explanation::new(request, decision, names);
    let mut rendered = render(decision);
    let findings = decision.findings.iter();
    let findings = findings.map(|finding| explanation.finding(finding));
    put_sentences(rendered.get_mut("findings"), findings);
    let rows = decision.rows.iter().map(|row| explanation.row(row));
    put_sentences(rendered.get_mut("rows"), rows);
    rendered.insert("question".to_owned(), json!(explanation.question()));
    rendered.insert("sentence".to_owned(), json!(explanation.summary()));
    rendered.insert("remedy".to_owned(), json!(explanation.remedy()));
    rendered
}

fn put_sentences(list: Option<&mut Value>, sentences: impl Iterator<Item = String>) {
    let items = list.and_then(Value::as_array_mut).into_iter().flatten();
    for (item, sentence) in items.zip(sentences) {
        if let Value::Object(members) = item {
            members.insert("sentence".to_owned(), sentence.into());
        }
    }
}

fn members<const N: usize>(list: [(&str, Value); N]) -> Map<String, Value> {
    list.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

const fn redeemed(redeemed: Redeemed) -> &'static str {
    match redeemed {
        Redeemed::Automatic => "automatic",
        Redeemed::Consented => "consented",
    }
}

/// One finding.
pub fn finding(finding: &Finding) -> Value {
    let mut rendered = members([
        ("side", json!(finding.side.map(|side| side.as_str()))),
        ("section", json!(finding.section.as_str())),
        ("verdict", json!(finding.verdict.as_str())),
        ("code", json!(finding.code.as_str())),
        (
            "source",
            json!(finding.origin.map(|origin| origin.as_str())),
        ),
        (
            "detail",
            json!(finding.detail.map(|detail| detail.as_str())),
        ),
        ("clause", json!(finding.clause)),
    ]);
    if let Section::Block(_) = finding.section {
        rendered.insert("users".to_owned(), users(finding.users.as_ref()));
        rendered.insert(
            "applications".to_owned(),
            applications(finding.applications),
        );
    }
    if let Some(policy) = &finding.policy {
        rendered.insert("policy".to_owned(), json!(policy));
    }
    Value::Object(rendered)
}

/// What in the users half matched.
fn users(matched: Option<&UsersMatch>) -> Value {
    match matched {
        None => Value::Null,
        Some(UsersMatch::No) => json!({"matched": false}),
        Some(UsersMatch::Yes(UserMatch::All)) => json!({"matched": true, "target": "AllUsers"}),
        Some(UsersMatch::Yes(UserMatch::User(id))) => {
            json!({"matched": true, "target": id.to_string(), "targetType": "user"})
        }
        Some(UsersMatch::Yes(UserMatch::Group(id))) => {
            json!({"matched": true, "target": id.to_string(), "targetType": "group"})
        }
        Some(UsersMatch::Unknown(groups)) => {
            let groups: Vec<String> = groups.iter().map(ToString::to_string).collect();
            json!({"matched": null, "unknownGroups": groups})
        }
    }
}

fn applications(matched: Option<ApplicationMatch>) -> Value {
    match matched {
        None => json!({"matched": false}),
        Some(ApplicationMatch::All) => json!({"matched": true, "target": "AllApplications"}),
        Some(ApplicationMatch::Target(target)) => {
            let target = match target {
                ApplicationTarget::Application(id) => id.to_string(),
                ApplicationTarget::Office365 => "Office365".to_owned(),
                ApplicationTarget::AllMicrosoftApps => "AllMicrosoftApps".to_owned(),
            };
            json!({"matched": true, "target": target})
        }
    }
}

fn applied(policies: &[policy::conditional_access::AppliedPolicy]) -> Value {
    let rendered = policies.iter().map(|policy| {
        json!({
            "id": policy.id,
            "displayName": policy.display_name,
            "result": if policy.satisfied { "success" } else { "failure" },
        })
    });
    rendered.collect()
}

/// One sign-in row (S15.2). A masked row carries what S15.6 names and no other field.
pub fn row(row: &SignInRow) -> Value {
    let shared = [
        ("tenantId", json!(row.tenant.to_string())),
        ("resourceTenantId", json!(row.resource_tenant.to_string())),
        ("userId", json!(row.user.to_string())),
        ("userDisplayName", json!(row.user_display_name)),
        ("appId", json!(row.client_app.map(|app| app.to_string()))),
        ("resourceId", json!(row.resource_app.to_string())),
        ("errorCode", json!(row.error_code)),
        ("isTenantRestricted", json!(row.is_tenant_restricted)),
    ];
    let mut rendered = members(shared);
    if row.masked {
        return Value::Object(rendered);
    }
    let home = row.home_tenant.map(|tenant: TenantId| tenant.to_string());
    let user_type = row.user_type.map(|user_type| match user_type {
        UserType::Member => "member",
        UserType::Guest => "guest",
    });
    let requirement = match row.multi_factor_required {
        true => "multiFactorAuthentication",
        false => "singleFactorAuthentication",
    };
    let event = match row.is_interactive {
        true => "interactiveUser",
        false => "nonInteractiveUser",
    };
    rendered.extend(members([
        ("homeTenantId", json!(home)),
        (
            "crossTenantAccessType",
            json!(row.access_type.map(AccessType::as_str)),
        ),
        ("userType", json!(user_type)),
        ("userPrincipalName", json!(row.user_principal_name)),
        ("clientAppUsed", json!(row.client_app_used)),
        ("failureReason", json!(row.failure_reason)),
        (
            "conditionalAccessStatus",
            json!(row.conditional_access_status.as_str()),
        ),
        ("appliedConditionalAccessPolicies", applied(&row.applied)),
        ("authenticationRequirement", json!(requirement)),
        ("tokenIssuerType", json!("AzureAD")),
        ("isInteractive", json!(row.is_interactive)),
        ("signInEventTypes", json!([event])),
    ]));
    Value::Object(rendered)
}
