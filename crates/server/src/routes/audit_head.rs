//! `/comity/v1/audit/head`: the signed end of the audit log, for whoever wants to check an export of
//! it later and elsewhere.

use axum::extract::{RawQuery, State};
use axum::response::Response;

use crate::access::logs::GET_AUDIT_HEAD;
use crate::body;
use crate::error::{ApiError, Result};
use crate::ledger;
use crate::principal::Principal;
use crate::state::App;

/// The head of the caller's own log; with `log=operator`, of the operator's, for the operator.
pub(crate) async fn get_head(
    State(app): State<App>,
    principal: Principal,
    RawQuery(query): RawQuery,
) -> Result<Response> {
    let log = match query.as_deref() {
        None | Some("") => {
            principal.may(&app, &GET_AUDIT_HEAD).await?;
            Some(principal.tenant())
        }
        Some("log=operator") if principal.is_operator() => None,
        Some("log=operator") => return Err(ApiError::forbidden()),
        Some(_) => {
            return Err(ApiError::bad_query(
                "The only query option here is log=operator.",
            ));
        }
    };
    let key = app.statements.load_full();
    let key = key.ok_or_else(|| {
        ApiError::not_found("This server has no key that signs statements about its logs.")
    })?;
    let head = ledger::head(&*app.store, &key, log, app.clock.now()).await?;
    Ok(body::answer(200, &head))
}
