//! The answer to an invitation as JSON: the same members for the policy tests and every API (S6).

use policy::invitation::InvitationOutcome;
use policy::reason::{Detail, Side};
use policy::redemption::Prompt;
use policy::related::RelatedActivity;
use policy::resolve::Origin;
use serde_json::{Map, Value, json};

use crate::decision;

/// The whole answer.
pub fn render(outcome: &InvitationOutcome) -> Map<String, Value> {
    let object = outcome.object.as_ref();
    let findings: Vec<Value> = outcome.findings.iter().map(decision::finding).collect();
    let members = [
        ("decision", json!(outcome.verdict.as_str())),
        ("reason", json!(outcome.reason.as_str())),
        ("detail", json!(outcome.detail.map(Detail::as_str))),
        ("side", json!(outcome.side.map(Side::as_str))),
        ("source", json!(outcome.origin.map(Origin::as_str))),
        ("message", json!(outcome.sentence())),
        (
            "homeTenantId",
            json!(outcome.home.map(|home| home.to_string())),
        ),
        (
            "invitedUser",
            json!(object.map(|object| object.id.to_string())),
        ),
        (
            "userPrincipalName",
            json!(object.map(|object| &object.user_principal_name)),
        ),
        (
            "userType",
            json!(object.map(|object| object.user_type.as_str())),
        ),
        (
            "externalUserState",
            json!(
                object
                    .and_then(|object| object.redemption)
                    .map(|state| state.as_str())
            ),
        ),
        (
            "sponsor",
            json!(
                object
                    .and_then(|object| object.sponsor)
                    .map(|id| id.to_string())
            ),
        ),
        ("invitationEmail", json!(outcome.invitation_mail)),
        ("notificationEmail", json!(outcome.notification_mail)),
        ("consentPrompt", json!(outcome.prompt.map(Prompt::as_str))),
        ("audit", json!(outcome.activity().map(related))),
        ("findings", Value::Array(findings)),
    ];
    let members = members.into_iter();
    members
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// The entry of another service in the audit log (S16.4).
pub fn related(activity: RelatedActivity) -> Value {
    json!({
        "activity": activity.as_str(),
        "category": activity.category(),
        "loggedByService": activity.service(),
        "result": "success",
    })
}
