//! A step of a case about tenant restrictions: somebody, or a program, signs in on a network whose
//! proxy sends the header.

use cases::fixture::State;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use serde_json::{Value, json};

use super::Done;
use super::place::Place;
use super::signing::{Asked, enter, post_token};

/// `tenantRestrictions`: somebody signs in behind a proxy that sends the header.
pub(super) async fn behind_a_proxy(
    place: &mut Place,
    input: &Value,
    before: &State,
    law: &Value,
) -> Done {
    let account = &input["account"];
    if account["anonymous"] == true {
        return Err("nobody signs in".to_owned());
    }
    if account["servicePrincipal"] == true {
        return program_behind_a_proxy(place, input, law).await;
    }
    let mut asked = json!({
        "homeTenant": account["homeTenantId"],
        "user": account["userId"],
        "tenantRestrictionsHeader": input["header"],
    });
    for name in ["resourceTenant", "resourceAppId", "clientAppId", "signal"] {
        asked[name] = input[name].clone();
    }
    if Asked(&asked).id::<UserId>("user").is_none() {
        return Err("a personal account has no tenant that it could sign in at".to_owned());
    }
    let end = enter(place, Asked(&asked), before).await?;
    let blocks = law["decision"] == "block";
    let mut wrong = Vec::new();
    let mut check = |what: &str, is: Value, meant: &Value| {
        if is != *meant {
            wrong.push(format!("{what}: {is} instead of {meant}"));
        }
    };
    match blocks {
        true => {
            check("decision", json!(end.decision), &law["decision"]);
            check("reason", json!(end.reason), &law["reason"]);
            check("side", json!(end.side), &json!("policy"));
            let number = format!("AADSTS{}", law["errorCode"]);
            check("error code", json!(end.number), &json!(number));
        }
        // What else stands in the way is not a matter of tenant restrictions.
        false => check("blocked", json!(end.side == Some("policy")), &json!(false)),
    }
    if end.rows.is_empty() {
        return Ok(vec!["no rows".to_owned()]);
    }
    for row in &end.rows {
        check(
            "isTenantRestricted",
            row["isTenantRestricted"].clone(),
            &law["enforced"],
        );
    }
    let policy_tenant = &law["policyTenantId"];
    let masked = end
        .rows
        .iter()
        .filter(|row| row["tenantId"] == *policy_tenant);
    let expected = usize::from(!policy_tenant.is_null());
    check("masked rows", json!(masked.count()), &json!(expected));
    Ok(wrong)
}

/// A program signs in for itself (S11.9).
async fn program_behind_a_proxy(place: &mut Place, input: &Value, law: &Value) -> Done {
    let asked = Asked(input);
    let tenant: TenantId = asked.id("resourceTenant").unwrap();
    if input["account"]["homeTenantId"] != input["resourceTenant"] {
        return Err("a program is admitted by the tenant that it enters".to_owned());
    }
    // What it is on the list as may be the client as well as the resource (S3.4).
    let client: ApplicationId = asked.id("resourceAppId").unwrap();
    place
        .house
        .admit_as(client, tenant, &["AuditLog.Read.All"])
        .await;
    place.fresh_rows().await;
    let id = client.to_string();
    let fields = [
        ("client_id", id.as_str()),
        ("client_secret", crate::house::SECRET),
        ("grant_type", "client_credentials"),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    let header = asked.text("header");
    let (status, answer) = post_token(place, tenant, &fields, header.as_deref()).await;
    let mut wrong = Vec::new();
    let decision = if status == 200 { "allow" } else { "block" };
    if law["decision"] != decision {
        wrong.push(format!("{decision}: {answer}"));
    }
    if decision == "block" && answer["error_codes"][0] != law["errorCode"] {
        wrong.push(format!("{answer} instead of {law}"));
    }
    let rows = place.fresh_rows().await;
    let policy_tenant = &law["policyTenantId"];
    let masked = |row: &&Value| {
        row["tenantId"] == *policy_tenant
            && row["isTenantRestricted"] == true
            && row["errorCode"] == law["errorCode"]
    };
    if rows.iter().filter(masked).count() != usize::from(law["enforced"] == true) {
        wrong.push(format!("rows {rows:#?}"));
    }
    Ok(wrong)
}
