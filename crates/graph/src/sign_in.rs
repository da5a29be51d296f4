//! One row of a sign-in log: `/auditLogs/signIns` (S15.2), and the shorter form of it that worlds
//! use, with `errorCode` beside the others instead of inside `status`.

use policy::world::UserType;
use serde_json::{Map, Value, json};
use signins::event::{CrossTenantAccess, SignIn, TokenIssuer};
use signins::window::Moment;

use crate::settings::Mode;
use crate::wire::{
    Result, WireError, Within, each, flag, is_annotation, list, object, optional_text, text,
};

const MEMBERS: &[&str] = &[
    "id",
    "createdDateTime",
    "homeTenantId",
    "resourceTenantId",
    "crossTenantAccessType",
    "tokenIssuerType",
    "userId",
    "userType",
    "userDisplayName",
    "userPrincipalName",
    "appId",
    "appDisplayName",
    "resourceId",
    "resourceDisplayName",
    "errorCode",
    "failureReason",
    "status",
    "isInteractive",
    "signInEventTypes",
];

/// Members of Graph's row that no question of S17 looks at.
const UNTREATED: &[&str] = &[
    "appliedConditionalAccessPolicies",
    "authenticationRequirement",
    "clientAppUsed",
    "conditionalAccessStatus",
    "correlationId",
    "deviceDetail",
    "homeTenantName",
    "ipAddress",
    "isTenantRestricted",
    "location",
    "userAgent",
];

/// Reads a log. A row without an id gets its place as one, so that it counts once.
pub fn read_all(value: &Value, mode: Mode) -> Result<Vec<SignIn>> {
    let rows = list(value)?.iter().enumerate();
    rows.map(|(index, value)| {
        let mut row = read(value, mode).at(index)?;
        if row.id.is_empty() {
            row.id = format!("row {index}");
        }
        Ok(row)
    })
    .collect()
}

/// Reads one row. A log says more than the report needs, so an import takes what it knows.
pub fn read(value: &Value, mode: Mode) -> Result<SignIn> {
    let mut row = SignIn::bare("", 0);
    let mut ended = false;
    for (member, value) in object(value)? {
        match member.as_str() {
            "errorCode" => {
                row.error_code = code(value).under(member)?;
                ended = true;
            }
            "status" if !value.is_null() => ended |= read_status(&mut row, value).under(member)?,
            "failureReason" => row.failure_reason = stated(value).under(member)?,
            name => read_member(&mut row, name, value, mode)?,
        }
    }
    match ended {
        true => Ok(row),
        false => Err(WireError::missing("errorCode")),
    }
}

fn read_member(row: &mut SignIn, member: &str, value: &Value, mode: Mode) -> Result<()> {
    let text = || stated(value).under(member);
    match member {
        "id" => row.id = text()?.unwrap_or_default(),
        "createdDateTime" => row.created = moment(value).under(member)?,
        "homeTenantId" => row.home_tenant = id(value).under(member)?,
        "resourceTenantId" => row.resource_tenant = id(value).under(member)?,
        "crossTenantAccessType" => {
            row.access_type = text()?.map(|name| CrossTenantAccess::from_name(&name));
        }
        "tokenIssuerType" => {
            let issuer = text()?.map(|name| TokenIssuer::from_name(&name));
            row.token_issuer = issuer.unwrap_or_default();
        }
        "userId" => row.user = id(value).under(member)?,
        "userType" => row.user_type = user_type(value).under(member)?,
        "userDisplayName" => row.user_display_name = text()?,
        "userPrincipalName" => row.user_principal_name = text()?,
        "appId" => row.client_app = id(value).under(member)?,
        "appDisplayName" => row.client_app_name = text()?,
        "resourceId" => row.resource_app = id(value).under(member)?,
        "resourceDisplayName" => row.resource_app_name = text()?,
        "isInteractive" => {
            row.is_interactive = flag(value).under(member)?.or(row.is_interactive);
        }
        "signInEventTypes" => {
            let types = each(value, text_of).under(member)?;
            let interactive = types.iter().any(|name| name == "interactiveUser");
            let says = (!types.is_empty()).then_some(interactive);
            row.is_interactive = row.is_interactive.or(says);
        }
        "status" => {}
        other if is_annotation(other) || mode == Mode::Import => {}
        other if UNTREATED.contains(&other) => {}
        other => return Err(WireError::unknown(other, &[MEMBERS, UNTREATED])),
    }
    Ok(())
}

fn text_of(value: &Value) -> Result<String> {
    text(value)
}

/// A text that says something.
fn stated(value: &Value) -> Result<Option<String>> {
    Ok(optional_text(value)?.filter(|text| !text.is_empty()))
}

/// A GUID, unless the log does not say.
fn id<T: std::str::FromStr>(value: &Value) -> Result<Option<T>> {
    let wrong = || WireError::form("a GUID or null", value);
    let text = optional_text(value).map_err(|_| wrong())?;
    match text.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| wrong()),
    }
}

fn code(value: &Value) -> Result<u32> {
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| WireError::form("an error code, 0 for success", value))
}

/// `status`; answers whether it says how the sign-in ended.
fn read_status(row: &mut SignIn, value: &Value) -> Result<bool> {
    let mut ended = false;
    for (member, value) in object(value)? {
        match member.as_str() {
            "errorCode" => {
                row.error_code = code(value).under(member)?;
                ended = true;
            }
            "failureReason" => row.failure_reason = stated(value).under(member)?,
            // Prose for people, and whatever Graph adds to it.
            _ => {}
        }
    }
    Ok(ended)
}

/// Logs write `member` and `guest`, directories `Member` and `Guest`.
fn user_type(value: &Value) -> Result<Option<UserType>> {
    let Some(text) = stated(value)? else {
        return Ok(None);
    };
    let mut types = [UserType::Member, UserType::Guest].into_iter();
    match types.find(|known| known.as_str().eq_ignore_ascii_case(&text)) {
        Some(user_type) => Ok(Some(user_type)),
        // A value newer than this product: the log says something that is neither.
        None if text == "unknownFutureValue" => Ok(None),
        None => Err(WireError::form("member, guest or null", value)),
    }
}

fn moment(value: &Value) -> Result<Option<Moment>> {
    let Some(text) = stated(value)? else {
        return Ok(None);
    };
    let timestamp: Result<jiff::Timestamp> = text
        .parse()
        .map_err(|_| WireError::form("a time such as 2026-01-31T12:00:00Z", value));
    Ok(Some(Moment::from_nanoseconds(timestamp?.as_nanosecond())))
}

/// Writes a row as Graph does. What the log does not say is null.
pub fn render(row: &SignIn) -> Value {
    let SignIn {
        id,
        created,
        home_tenant,
        resource_tenant,
        access_type,
        token_issuer,
        user,
        user_type,
        user_display_name,
        user_principal_name,
        client_app,
        client_app_name,
        resource_app,
        resource_app_name,
        error_code,
        failure_reason,
        is_interactive,
    } = row;
    let mut members = Map::new();
    let mut say = |name: &str, value: Option<String>| {
        members.insert(name.to_owned(), value.into());
    };
    say("id", Some(id.clone()));
    say("createdDateTime", created.and_then(time));
    say("homeTenantId", home_tenant.map(|id| id.to_string()));
    say("resourceTenantId", resource_tenant.map(|id| id.to_string()));
    let access = access_type.as_ref().map(CrossTenantAccess::as_str);
    say("crossTenantAccessType", access.map(str::to_owned));
    say("tokenIssuerType", Some(token_issuer.as_str().to_owned()));
    say("userId", user.map(|id| id.to_string()));
    say(
        "userType",
        user_type.map(|kind| kind.as_str().to_lowercase()),
    );
    say("userDisplayName", user_display_name.clone());
    say("userPrincipalName", user_principal_name.clone());
    say("appId", client_app.map(|id| id.to_string()));
    say("appDisplayName", client_app_name.clone());
    say("resourceId", resource_app.map(|id| id.to_string()));
    say("resourceDisplayName", resource_app_name.clone());
    let status = json!({"errorCode": error_code, "failureReason": failure_reason});
    members.insert("status".to_owned(), status);
    members.insert("isInteractive".to_owned(), (*is_interactive).into());
    Value::Object(members)
}

/// The time as Graph writes it; a moment beyond year 9999 has no such form.
pub fn time(moment: Moment) -> Option<String> {
    let timestamp = jiff::Timestamp::from_nanosecond(moment.as_nanoseconds()).ok()?;
    Some(timestamp.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_graph_reads_and_writes_without_difference() {
        let value = json!({
            "id": "66ea54eb-6301-4ee5-be62-ff5a759b0100",
            "createdDateTime": "2026-01-31T12:00:00.1234567Z",
            "homeTenantId": "0f000000-0000-4000-8000-000000000002",
            "resourceTenantId": "0c000000-0000-4000-8000-000000000001",
            "crossTenantAccessType": "b2bCollaboration",
            "tokenIssuerType": "AzureAD",
            "userId": "0c000000-0000-4000-8000-00000000b001",
            "userType": "guest",
            "userDisplayName": "Fred",
            "userPrincipalName": "fred@fabrikam.com",
            "appId": "aa000000-0000-4000-8000-000000000003",
            "appDisplayName": "CRM Web",
            "resourceId": "aa000000-0000-4000-8000-000000000001",
            "resourceDisplayName": "CRM",
            "status": {"errorCode": 53003, "failureReason": "Blocked by Conditional Access."},
            "isInteractive": true,
        });
        let row = read(&value, Mode::Import).unwrap();
        assert_eq!(row.error_code, 53_003);
        assert_eq!(render(&row), value);
    }

    #[test]
    fn empty_texts_of_a_log_say_nothing() {
        let value =
            json!({"id": "s1", "homeTenantId": "", "userPrincipalName": "", "errorCode": 0});
        let row = read(&value, Mode::Import).unwrap();
        assert_eq!((row.home_tenant, row.user_principal_name), (None, None));
    }

    #[test]
    fn an_import_passes_over_what_a_world_refuses() {
        let value = json!({"id": "s1", "errorCode": 0, "mfaDetail": null, "ipAddress": "10.0.0.1"});
        assert!(read(&value, Mode::Import).is_ok());
        let error = read(&value, Mode::Strict).unwrap_err();
        assert_eq!(error.path.to_string(), "mfaDetail");
    }

    #[test]
    fn a_row_says_how_it_ended() {
        let error = read(&json!({"id": "s1"}), Mode::Import).unwrap_err();
        assert!(error.message.contains("errorCode"), "{error}");
    }

    #[test]
    fn rows_without_an_id_count_one_by_one() {
        let rows = json!([{"errorCode": 0}, {"errorCode": 0}]);
        let rows = read_all(&rows, Mode::Strict).unwrap();
        assert_ne!(rows[0].id, rows[1].id);
    }

    #[test]
    fn an_event_that_is_only_non_interactive_is_not_interactive() {
        let row = json!({"errorCode": 0, "signInEventTypes": ["nonInteractiveUser"]});
        assert!(!read(&row, Mode::Import).unwrap().is_interactive());
    }
}
