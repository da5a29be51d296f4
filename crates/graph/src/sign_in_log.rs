//! The sign-in log as it is listed: `/auditLogs/signIns` with all its members (S15.2).
//!
//! [`crate::sign_in`] is the part of a row that reports look at; a row of the log has more around
//! it. Everything is rendered here for both versions; the [`SHAPE`] says which members only beta
//! answers and what a filter may name. A member that Graph has and nobody here knows anything about
//! is null, or an empty list.

use policy::conditional_access::{AppliedPolicy, Status};
use policy::row::NO_USER;
use serde_json::{Map, Value, json};
use signins::event::SignIn;

use crate::query::{Member, Operators, QueryOption, Shape, Version};
use crate::settings::Mode;
use crate::sign_in;
use crate::wire::{Result, WireError, Within, list, object, optional_text};

/// `deviceDetail`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// `deviceId`.
    pub id: Option<String>,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `operatingSystem`.
    pub operating_system: Option<String>,
    /// `browser`.
    pub browser: Option<String>,
}

/// `location`, without coordinates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// `city`.
    pub city: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `countryOrRegion`.
    pub country: Option<String>,
}

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedSignIn {
    /// What reports look at.
    pub sign_in: SignIn,
    /// `correlationId`.
    pub correlation: Option<String>,
    /// `clientAppUsed`.
    pub client_app_used: Option<String>,
    /// `ipAddress`.
    pub address: Option<String>,
    /// `userAgent`.
    pub user_agent: Option<String>,
    /// `deviceDetail`, as far as it was seen.
    pub device: Option<Device>,
    /// `deviceDetail.isCompliant`, and with it `isManaged`.
    pub compliant_device: bool,
    /// `deviceDetail.trustType`: the device is hybrid joined.
    pub hybrid_joined_device: bool,
    /// `location`.
    pub place: Option<Place>,
    /// `conditionalAccessStatus`.
    pub conditional_access: Option<Status>,
    /// `appliedConditionalAccessPolicies`.
    pub applied: Vec<AppliedPolicy>,
    /// `authenticationRequirement`.
    pub multi_factor_required: Option<bool>,
    /// `isTenantRestricted`.
    pub tenant_restricted: Option<bool>,
}

impl LoggedSignIn {
    /// A row that says nothing but what reports look at.
    pub fn bare(sign_in: SignIn) -> Self {
        LoggedSignIn {
            sign_in,
            correlation: None,
            client_app_used: None,
            address: None,
            user_agent: None,
            device: None,
            compliant_device: false,
            hybrid_joined_device: false,
            place: None,
            conditional_access: None,
            applied: Vec::new(),
            multi_factor_required: None,
            tenant_restricted: None,
        }
    }
}

const EQ: Operators = Operators::EQ;
const STARTS: Operators = Operators::EQ.and(Operators::STARTS);
const EQUALITY: Operators = Operators::EQUALITY;

const STATUS: &[Member] = &[
    Member::number("errorCode").filter(EQUALITY),
    Member::text("failureReason"),
    Member::text("additionalDetails"),
];

const DEVICE: &[Member] = &[
    Member::text("deviceId"),
    Member::text("displayName"),
    Member::text("operatingSystem").filter(STARTS),
    Member::text("browser").filter(STARTS),
    Member::boolean("isCompliant"),
    Member::boolean("isManaged"),
    Member::text("trustType"),
];

const LOCATION: &[Member] = &[
    Member::text("city").filter(STARTS),
    Member::text("state").filter(STARTS),
    Member::text("countryOrRegion").filter(STARTS),
    Member::opaque("geoCoordinates"),
];

/// What can be asked of the log (`api/signin-list`, and what published scripts ask besides:
/// equality of the tenants, the access type and the issuer).
pub static SHAPE: Shape = Shape {
    members: &[
        Member::text("id").filter(EQ),
        Member::time("createdDateTime")
            .filter(EQ.and(Operators::RANGE))
            .ordered(),
        Member::text("userDisplayName").filter(STARTS),
        Member::text("userPrincipalName").filter(STARTS),
        Member::guid("userId").filter(EQUALITY),
        Member::guid("appId").filter(EQUALITY),
        Member::text("appDisplayName").filter(STARTS),
        Member::text("ipAddress").filter(STARTS),
        Member::text("clientAppUsed").filter(EQ),
        Member::text("userAgent").filter(STARTS),
        Member::text("correlationId").filter(EQ),
        Member::text("conditionalAccessStatus").filter(EQUALITY),
        Member::opaque("appliedConditionalAccessPolicies"),
        Member::boolean("isInteractive"),
        Member::text("riskDetail").filter(EQ),
        Member::text("riskLevelAggregated").filter(EQ),
        Member::text("riskLevelDuringSignIn").filter(EQ),
        Member::text("riskState").filter(EQ),
        Member::texts("riskEventTypes").filter(EQ),
        Member::texts("riskEventTypes_v2").filter(EQ),
        Member::text("resourceDisplayName").filter(EQ),
        Member::guid("resourceId").filter(EQUALITY),
        Member::complex("status", STATUS),
        Member::complex("deviceDetail", DEVICE),
        Member::complex("location", LOCATION),
        Member::guid("homeTenantId").filter(EQUALITY),
        Member::guid("resourceTenantId").filter(EQUALITY),
        Member::text("servicePrincipalId").filter(STARTS),
        Member::text("servicePrincipalName").filter(STARTS),
        Member::text("crossTenantAccessType")
            .filter(EQUALITY)
            .evolved(&["passthrough"])
            .beta(),
        Member::text("userType").filter(EQUALITY).beta(),
        Member::text("homeTenantName").beta(),
        Member::text("authenticationRequirement")
            .filter(STARTS)
            .beta(),
        Member::opaque("authenticationRequirementPolicies").beta(),
        Member::opaque("authenticationContextClassReferences").beta(),
        Member::opaque("authenticationDetails").beta(),
        Member::opaque("authenticationMethodsUsed").beta(),
        Member::text("authenticationProtocol").beta(),
        Member::boolean("isTenantRestricted")
            .filter(EQUALITY)
            .beta(),
        Member::texts("signInEventTypes").filter(EQUALITY).beta(),
        Member::text("tokenIssuerType").filter(EQUALITY).beta(),
        Member::text("tokenIssuerName").filter(EQ).beta(),
        Member::text("originalRequestId").filter(EQ).beta(),
        Member::texts("conditionalAccessAudiences")
            .filter(EQ)
            .beta(),
        Member::guid("resourceOwnerTenantId").filter(EQ).beta(),
        Member::guid("appOwnerTenantId").filter(EQ).beta(),
        Member::text("resourceServicePrincipalId").filter(EQ).beta(),
        Member::text("uniqueTokenIdentifier").filter(EQ).beta(),
        Member::text("sessionId").filter(EQ).beta(),
        Member::text("signInIdentifier").beta(),
        Member::boolean("flaggedForReview").beta(),
        Member::number("autonomousSystemNumber").beta(),
    ],
    options: &[
        QueryOption::Select,
        QueryOption::Filter,
        QueryOption::OrderBy,
        QueryOption::Top,
        QueryOption::SkipToken,
    ],
    page: 1000,
    largest_page: 1000,
    ..Shape::EMPTY
};

/// Who looks at a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// In which version: what stands inside of members differs.
    pub version: Version,
    /// The applied policies are for those who may read policies; for others the list is empty.
    pub shows_policies: bool,
}

/// Writes a row with all members of both versions.
pub fn render(row: &LoggedSignIn, view: View) -> Value {
    let mut members = Map::new();
    if let Value::Object(of_reports) = sign_in::render(&row.sign_in) {
        members.extend(of_reports);
    }
    let LoggedSignIn {
        sign_in,
        correlation,
        client_app_used,
        address,
        user_agent,
        device,
        compliant_device,
        hybrid_joined_device,
        place,
        conditional_access,
        applied,
        multi_factor_required,
        tenant_restricted,
    } = row;
    let mut say = |name: &str, value: Value| {
        members.insert(name.to_owned(), value);
    };
    say("correlationId", json!(correlation));
    say("clientAppUsed", json!(client_app_used));
    say("ipAddress", json!(address));
    say("userAgent", json!(user_agent));
    say(
        "deviceDetail",
        device_detail(device.as_ref(), *compliant_device, *hybrid_joined_device),
    );
    let place = place.clone().unwrap_or_default();
    say(
        "location",
        json!({
            "city": place.city,
            "state": place.state,
            "countryOrRegion": place.country,
            "geoCoordinates": {"altitude": null, "latitude": null, "longitude": null},
        }),
    );
    say(
        "status",
        json!({
            "errorCode": sign_in.error_code,
            "failureReason": sign_in.failure_reason,
            "additionalDetails": null,
        }),
    );
    say(
        "conditionalAccessStatus",
        json!(conditional_access.map(Status::as_str)),
    );
    let shown = applied.iter().filter(|_| view.shows_policies);
    let applied: Vec<Value> = shown.map(|applied| policy(applied, view.version)).collect();
    say("appliedConditionalAccessPolicies", applied.into());
    say(
        "authenticationRequirement",
        json!(multi_factor_required.map(requirement)),
    );
    say("isTenantRestricted", json!(tenant_restricted));
    say("signInEventTypes", json!([event_type(sign_in)]));
    unknown(&mut members);
    Value::Object(members)
}

const fn requirement(multi_factor: bool) -> &'static str {
    match multi_factor {
        true => "multiFactorAuthentication",
        false => "singleFactorAuthentication",
    }
}

/// `signInEventTypes`: an entry.
pub fn event_type(sign_in: &SignIn) -> &'static str {
    match sign_in.is_interactive() {
        true => "interactiveUser",
        false => "nonInteractiveUser",
    }
}

fn device_detail(device: Option<&Device>, compliant: bool, hybrid: bool) -> Value {
    let seen = device.cloned().unwrap_or_default();
    let known = device.is_some() || compliant || hybrid;
    json!({
        "deviceId": seen.id,
        "displayName": seen.display_name,
        "operatingSystem": seen.operating_system,
        "browser": seen.browser,
        "isCompliant": known.then_some(compliant),
        "isManaged": known.then_some(compliant || hybrid),
        "trustType": hybrid.then_some("Hybrid Azure AD joined"),
    })
}

fn policy(applied: &AppliedPolicy, version: Version) -> Value {
    let mut policy = json!({
        "id": applied.id,
        "displayName": applied.display_name,
        "enforcedGrantControls": [],
        "enforcedSessionControls": [],
        "result": if applied.satisfied { "success" } else { "failure" },
    });
    if let (Version::Beta, Some(members)) = (version, policy.as_object_mut()) {
        for name in ["conditionsSatisfied", "conditionsNotSatisfied"] {
            members.insert(name.to_owned(), "none".into());
        }
        for name in ["includeRulesSatisfied", "excludeRulesSatisfied"] {
            members.insert(name.to_owned(), Value::Array(Vec::new()));
        }
    }
    policy
}

/// Members of Graph that say something this product knows nothing about. Risk is not assessed here,
/// which Graph calls `none`.
fn unknown(members: &mut Map<String, Value>) {
    for name in [
        "riskDetail",
        "riskLevelAggregated",
        "riskLevelDuringSignIn",
        "riskState",
    ] {
        members.insert(name.to_owned(), "none".into());
    }
    for name in [
        "riskEventTypes",
        "riskEventTypes_v2",
        "authenticationRequirementPolicies",
        "authenticationContextClassReferences",
        "authenticationDetails",
        "authenticationMethodsUsed",
        "conditionalAccessAudiences",
    ] {
        members.insert(name.to_owned(), Value::Array(Vec::new()));
    }
    for name in [
        "servicePrincipalId",
        "servicePrincipalName",
        // Only with the consent of the home tenant, which nobody can give here (S15.2).
        "homeTenantName",
        "authenticationProtocol",
        "tokenIssuerName",
        "originalRequestId",
        "resourceOwnerTenantId",
        "appOwnerTenantId",
        "resourceServicePrincipalId",
        "uniqueTokenIdentifier",
        "sessionId",
        "signInIdentifier",
        "flaggedForReview",
        "autonomousSystemNumber",
    ] {
        members.insert(name.to_owned(), Value::Null);
    }
}

/// Reads rows as others report them: what is known is taken, the rest is passed over.
pub fn read_all(value: &Value) -> Result<Vec<LoggedSignIn>> {
    let sign_ins = sign_in::read_all(value, Mode::Import)?;
    let rows = list(value)?.iter().zip(sign_ins).enumerate();
    rows.map(|(index, (value, sign_in))| read(value, sign_in).at(index))
        .collect()
}

/// Reads what stands around a sign-in: what is known is taken, the rest is passed over.
/// A member in another form than Graph gives it is an error.
pub fn read(value: &Value, sign_in: SignIn) -> Result<LoggedSignIn> {
    // A masked row says no more than it ought to (S15.6).
    if sign_in.is_masked() {
        let correlation = stated(value, "correlationId")?;
        return Ok(LoggedSignIn {
            correlation,
            ..LoggedSignIn::bare(sign_in)
        });
    }
    let device = inside(value, "deviceDetail")?;
    let place = inside(value, "location")?;
    let seen = |name| {
        device.map_or(Ok(None), |device| {
            stated(device, name).under("deviceDetail")
        })
    };
    let told = |name| place.map_or(Ok(None), |place| stated(place, name).under("location"));
    let requirement = stated(value, "authenticationRequirement")?;
    let trust = seen("trustType")?;
    let device_seen = Device {
        id: seen("deviceId")?,
        display_name: seen("displayName")?,
        operating_system: seen("operatingSystem")?,
        browser: seen("browser")?,
    };
    let place_seen = Place {
        city: told("city")?,
        state: told("state")?,
        country: told("countryOrRegion")?,
    };
    Ok(LoggedSignIn {
        correlation: stated(value, "correlationId")?,
        client_app_used: stated(value, "clientAppUsed")?,
        address: stated(value, "ipAddress")?,
        user_agent: stated(value, "userAgent")?,
        compliant_device: device.is_some_and(|device| device["isCompliant"] == true),
        hybrid_joined_device: trust.is_some_and(|trust| trust.starts_with("Hybrid")),
        device: Some(device_seen).filter(|seen| *seen != Device::default()),
        place: Some(place_seen).filter(|seen| *seen != Place::default()),
        conditional_access: status(stated(value, "conditionalAccessStatus")?.as_deref()),
        applied: applied(value)?,
        multi_factor_required: requirement.map(|text| text.starts_with("multi")),
        tenant_restricted: value["isTenantRestricted"].as_bool(),
        ..LoggedSignIn::bare(sign_in)
    })
}

fn status(name: Option<&str>) -> Option<Status> {
    let all = [Status::Success, Status::Failure, Status::NotApplied];
    let name = name?;
    all.into_iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(name))
}

/// An object inside of a row, if it is there.
fn inside<'a>(value: &'a Value, name: &str) -> Result<Option<&'a Value>> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(inside) => object(inside).under(name).map(|_| Some(inside)),
    }
}

/// A text that says something.
fn stated(value: &Value, name: &str) -> Result<Option<String>> {
    let text = value.get(name).map_or(Ok(None), optional_text);
    Ok(text.under(name)?.filter(|text| !text.is_empty()))
}

/// The policies that applied: those that were met and those that were not.
fn applied(value: &Value) -> Result<Vec<AppliedPolicy>> {
    let name = "appliedConditionalAccessPolicies";
    let Some(Value::Array(policies)) = value.get(name) else {
        return Ok(Vec::new());
    };
    let mut applied = Vec::new();
    for (index, policy) in policies.iter().enumerate() {
        let satisfied = match stated(policy, "result").at(index).under(name)?.as_deref() {
            Some("success") => true,
            Some("failure") => false,
            _ => continue,
        };
        let id = stated(policy, "id").at(index).under(name)?;
        let id = id
            .ok_or_else(|| WireError::missing("id"))
            .at(index)
            .under(name)?;
        applied.push(AppliedPolicy {
            id,
            display_name: stated(policy, "displayName").at(index).under(name)?,
            satisfied,
        });
    }
    Ok(applied)
}

/// What a filter sees in the place of a member that a masked row does not have: nobody crossed
/// (S17.1), so it is not among the rows whose access type is not `none`.
pub fn mask_for_filter(sign_in: &SignIn, value: &mut Value) {
    if sign_in.is_masked() && sign_in.access_type.is_none() {
        value["crossTenantAccessType"] = "none".into();
    }
}

/// Takes that back before the row is shown.
pub fn unmask(value: &mut Value) {
    let masked = value["userDisplayName"] == policy::row::TENANT_RESTRICTION
        && value["userPrincipalName"].is_null()
        && value["userId"] == NO_USER.to_string();
    if masked && value["crossTenantAccessType"] == "none" {
        value["crossTenantAccessType"] = Value::Null;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: View = View {
        version: Version::Beta,
        shows_policies: true,
    };
    const SOME: View = View {
        version: Version::V1,
        shows_policies: false,
    };

    fn whole() -> Value {
        json!({
            "id": "s1",
            "createdDateTime": "2026-01-31T12:00:00Z",
            "homeTenantId": "0f000000-0000-4000-8000-000000000002",
            "resourceTenantId": "0c000000-0000-4000-8000-000000000001",
            "crossTenantAccessType": "b2bCollaboration",
            "userPrincipalName": "fred@fabrikam.com",
            "correlationId": "k",
            "clientAppUsed": "Browser",
            "ipAddress": "192.0.2.1",
            "userAgent": "Firefox/1",
            "deviceDetail": {"browser": "Firefox", "isCompliant": true, "trustType": null},
            "location": {"city": "Lisbon", "countryOrRegion": "PT"},
            "status": {"errorCode": 53003, "failureReason": "Blocked."},
            "conditionalAccessStatus": "failure",
            "appliedConditionalAccessPolicies": [
                {"id": "p1", "displayName": "MFA", "result": "failure"},
                {"id": "p2", "result": "notApplied"},
            ],
            "authenticationRequirement": "multiFactorAuthentication",
            "isTenantRestricted": false,
            "signInEventTypes": ["nonInteractiveUser"],
        })
    }

    #[test]
    fn what_is_reported_is_shown_s15_2() {
        let rows = read_all(&json!([whole()])).unwrap();
        let shown = render(&rows[0], ALL);
        for (member, value) in whole().as_object().unwrap() {
            let shown = &shown[member];
            match (value, member.as_str()) {
                (Value::Object(inside), _) => {
                    for (member, value) in inside {
                        assert_eq!(&shown[member], value, "{member}");
                    }
                }
                (_, "appliedConditionalAccessPolicies") => {
                    assert_eq!(shown[0]["result"], "failure");
                    assert_eq!(shown.as_array().unwrap().len(), 1);
                }
                _ => assert_eq!(shown, value, "{member}"),
            }
        }
        assert_eq!(shown["isInteractive"], false);
        assert_eq!(
            render(&rows[0], SOME)["appliedConditionalAccessPolicies"],
            json!([])
        );
    }

    #[test]
    fn every_member_of_the_shape_is_rendered_and_no_other() {
        let rows = read_all(&json!([whole()])).unwrap();
        let shown = render(&rows[0], ALL);
        let mut shown: Vec<&String> = shown.as_object().unwrap().keys().collect();
        let mut known: Vec<&str> = SHAPE.members.iter().map(Member::name).collect();
        shown.sort();
        known.sort();
        assert_eq!(shown, known);
    }

    #[test]
    fn a_masked_row_says_nothing_more_whatever_is_reported_s15_6() {
        let mut masked = whole();
        masked["userDisplayName"] = "Tenant Restriction".into();
        masked["userPrincipalName"] = Value::Null;
        masked["userId"] = NO_USER.to_string().into();
        masked["crossTenantAccessType"] = Value::Null;
        let rows = read_all(&json!([masked])).unwrap();
        let mut shown = render(&rows[0], ALL);
        for member in [
            "ipAddress",
            "userAgent",
            "clientAppUsed",
            "crossTenantAccessType",
        ] {
            assert_eq!(shown[member], Value::Null, "{member}");
        }
        assert_eq!(shown["deviceDetail"]["browser"], Value::Null);
        let before = shown.clone();
        mask_for_filter(&rows[0].sign_in, &mut shown);
        assert_eq!(shown["crossTenantAccessType"], "none");
        unmask(&mut shown);
        assert_eq!(shown, before);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let mut row = whole();
        row["location"]["city"] = 7.into();
        let error = read_all(&json!([row])).unwrap_err();
        assert_eq!(error.path.to_string(), "[0].location.city");
    }
}
