//! A step of a case that is not a sign-in: an invitation, a job of synchronization, a change of the
//! settings between two sign-ins.

use cases::compare::differences;
use policy::role::Role;
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::{External, RedemptionState, UserType};
use reqwest::Method;
use serde_json::{Value, json};

use super::place::Place;
use super::{Done, told};
use crate::sync::provision;

/// What whoever invites does not see: mails, and whether a page will be shown.
const UNSEEN: [&str; 8] = [
    "invitationEmail",
    "notificationEmail",
    "consentPrompt",
    "message",
    "detail",
    "side",
    "source",
    "audit",
];

fn tenant(value: &Value) -> TenantId {
    value.as_str().unwrap().parse().unwrap()
}

fn roles(actor: &Value) -> Vec<Role> {
    let names = actor["roles"].as_array().into_iter().flatten();
    let names = names.filter_map(Value::as_str);
    names.filter_map(Role::from_name).collect()
}

/// The differences among the members that can be seen.
fn compared(meant: &Value, is: &Value, unseen: &[&str]) -> Vec<String> {
    let mut meant = meant.clone();
    meant
        .as_object_mut()
        .unwrap()
        .retain(|name, _| is.get(name).is_some() && !unseen.contains(&name.as_str()));
    differences(&meant, is).iter().map(told).collect()
}

/// `invite`.
pub(super) async fn invite(
    place: &mut Place,
    input: &Value,
    expected: &Value,
    law: &Value,
) -> Done {
    let resource = tenant(&input["resourceTenant"]);
    let inviter = &input["inviter"];
    let token = match inviter["application"] == true {
        true => place.house.token(resource, &["User.Invite.All"]),
        false => {
            let user_type = match inviter["userType"].as_str() {
                Some("Guest") => UserType::Guest,
                _ => UserType::Member,
            };
            let who = place.inviter(resource, user_type).await;
            place.house.token_of_person(resource, who, &roles(inviter))
        }
    };
    let mut body = json!({
        "invitedUserEmailAddress": input["invitedUserEmailAddress"],
        "inviteRedirectUrl": "https://shop.example/",
        "sendInvitationMessage": input["sendInvitationMessage"] == true,
    });
    if let Some(user_type) = input["invitedUserType"].as_str() {
        body["invitedUserType"] = json!(user_type);
    }
    let path = "/v1.0/invitations";
    let before = place.known_objects(resource).await;
    let (status, said) = place
        .house
        .send(&token, Method::POST, path, Some(&body))
        .await;
    if status != 201 {
        let reason = &said["error"]["details"][0]["code"];
        // Whether an account exists in another organization is told nobody (S6.10).
        let reason = match law["reason"].as_str() {
            Some("invitee_not_found_in_home") if reason == "outbound_blocked" => &law["reason"],
            _ => reason,
        };
        let answer = json!({"decision": "block", "reason": reason});
        let mut wrong = compared(expected, &answer, &UNSEEN);
        wrong.extend(compared(law, &answer, &UNSEEN));
        return Ok(wrong);
    }
    let id: UserId = said["invitedUser"]["id"].as_str().unwrap().parse().unwrap();
    let object = place.user(resource, id).await.ok_or("no object was made")?;
    let is_new = !before.contains(&id);
    let home = match &object.external {
        Some(External::Tenant { home_tenant, .. }) => json!(home_tenant.to_string()),
        _ => Value::Null,
    };
    let state = object.redemption.map(RedemptionState::as_str);
    let mut answer = json!({
        "decision": "allow",
        "reason": if is_new { "invited" } else { "already_invited" },
        "homeTenantId": home,
        "userType": object.user_type.as_str(),
        "externalUserState": state,
        "userPrincipalName": object.user_principal_name,
        "sponsor": object.sponsor.is_some(),
    });
    if !is_new {
        answer["invitedUser"] = json!(id.to_string());
    }
    let mut wrong = compared(expected, &answer, &UNSEEN);
    let unseen = [&UNSEEN[..], &["sponsor"]].concat();
    wrong.extend(compared(law, &answer, &unseen));
    let complete = match state {
        Some("Accepted") => "Completed",
        _ => "PendingAcceptance",
    };
    if said["status"] != complete {
        wrong.push(format!("{said} of somebody who is {state:?}"));
    }
    Ok(wrong)
}

/// `sync`.
pub(super) async fn synchronize(place: &mut Place, input: &Value, expected: &Value) -> Done {
    let (status, answer) = provision(&place.house, input).await;
    let mut wrong: Vec<String> = differences(expected, &answer).iter().map(told).collect();
    if status != 200 {
        wrong.push(format!("{status} {answer}"));
    }
    Ok(wrong)
}

/// `admin`.
pub(super) async fn administer(
    place: &mut Place,
    input: &Value,
    expected: &Value,
    law: &Value,
) -> Done {
    let tenant = tenant(&input["tenant"]);
    let who = sts::random::guid();
    let token = place
        .house
        .token_of_person(tenant, who, &roles(&input["actor"]));
    let method: Method = input["method"].as_str().unwrap().parse().unwrap();
    let path = format!("/v1.0{}", input["path"].as_str().unwrap());
    let body = Some(&input["body"]).filter(|body| !body.is_null());
    let (status, said) = place.house.send(&token, method, &path, body).await;
    let mut answer = json!({"status": status.as_u16()});
    if !status.is_success() {
        answer["reason"] = said["error"]["details"][0]["code"].clone();
    }
    answer["audit"] = entry(place, tenant).await;
    let mut wrong = compared(expected, &answer, &[]);
    wrong.extend(compared(law, &answer, &["audit"]));
    Ok(wrong)
}

/// The newest entry of the audit log, as the vectors write it.
async fn entry(place: &Place, tenant: TenantId) -> Value {
    let path = "/v1.0/auditLogs/directoryAudits?$top=1";
    let reader: &[&str] = &["AuditLog.Read.All"];
    let (status, said) = place
        .house
        .call((tenant, reader), Method::GET, path, None)
        .await;
    assert_eq!(status, 200, "{said}");
    let entry = &said["value"][0];
    let modified = entry["targetResources"][0]["modifiedProperties"].as_array();
    let names = modified.into_iter().flatten();
    json!({
        "category": entry["category"],
        "result": entry["result"],
        "activity": entry["activityDisplayName"],
        "modifiedProperties": names.map(|property| property["displayName"].clone()).collect::<Value>(),
    })
}

/// `partner`.
pub(super) async fn look_up(place: &mut Place, input: &Value, expected: &Value) -> Done {
    let tenant = tenant(&input["tenant"]);
    let partner = input["partner"].as_str().unwrap();
    let path = format!("/v1.0/policies/crossTenantAccessPolicy/partners/{partner}");
    let reader: &[&str] = &["Policy.Read.All"];
    let (status, _) = place
        .house
        .call((tenant, reader), Method::GET, &path, None)
        .await;
    let answer = json!({"exists": status == 200});
    Ok(differences(expected, &answer).iter().map(told).collect())
}
