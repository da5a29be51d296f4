//! `/comity/v1/tenants/{id}/smsSignIn`: who of a tenant signs in by SMS. Where people are chosen for the
//! settings they are not offered, because the original does not offer them either (S4.16); whoever
//! shows people to choose from has to know.

use axum::extract::{Path, State};
use axum::response::Response;
use policy::tenant::TenantId;
use serde_json::json;

use crate::access::own::LIST_SMS_SIGN_IN;
use crate::body;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

pub(crate) async fn list_sms_sign_in(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
) -> Result<Response> {
    let own = id.parse().ok() == Some(principal.tenant());
    let id: TenantId = match own {
        true => principal.tenant(),
        false => {
            return Err(ApiError::not_found(
                "The people of that tenant are not here.",
            ));
        }
    };
    principal.may(&app, &LIST_SMS_SIGN_IN).await?;
    let sheet = app.effective.with(&[id]).await?;
    let known = sheet.get(id).map(|known| &known.tenant);
    let directory = known.and_then(|tenant| tenant.directory.as_ref());
    let users = directory
        .into_iter()
        .flat_map(|directory| directory.users.iter());
    let users = users.filter(|(_, user)| user.sms_sign_in);
    let users: Vec<String> = users.map(|(id, _)| id.to_string()).collect();
    Ok(body::answer(200, &json!({"users": users})))
}
