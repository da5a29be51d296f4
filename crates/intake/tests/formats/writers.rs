//! Three sign-ins, as each writer writes them.
//!
//! Alice of Contoso opens Fabrikam's CRM and is refused the second time; Fred of Fabrikam opens
//! Contoso's ERP, and nobody sits in front of it.

use comity_intake::Taken;
use policy::target::{ApplicationId, UserId};
use signins::event::{CrossTenantAccess, SignIn, TokenIssuer};
use signins::observation::Observation;
use signins::window::Moment;

use crate::{CONTOSO, FABRIKAM, read_bytes};

const GRAPH: &str = r#"{"id": "00000000-0000-4000-8000-000000000001", "createdDateTime": "2026-01-05T08:00:00Z",
 "userDisplayName": "Alice", "userPrincipalName": "alice@contoso.com", "userId": "0c000000-0000-4000-8000-00000000a001", "userType": "member",
 "appId": "aa000000-0000-4000-8000-000000000001", "appDisplayName": "CRM Web", "resourceId": "aa000000-0000-4000-8000-000000000002",
 "resourceDisplayName": "CRM", "homeTenantId": "0c000000-0000-4000-8000-000000000001", "resourceTenantId": "0f000000-0000-4000-8000-000000000002",
 "crossTenantAccessType": "b2bCollaboration", "tokenIssuerType": "AzureAD", "isInteractive": true,
 "status": {"errorCode": 0, "failureReason": "Other.", "additionalDetails": null},
 "deviceDetail": {"deviceId": "", "isCompliant": true, "trustType": "Hybrid Azure AD joined"}}
{"id": "00000000-0000-4000-8000-000000000002", "createdDateTime": "2026-01-06T09:30:00.5Z",
 "userDisplayName": "Alice", "userPrincipalName": "alice@contoso.com", "userId": "0c000000-0000-4000-8000-00000000a001", "userType": "member",
 "appId": "aa000000-0000-4000-8000-000000000001", "appDisplayName": "CRM Web", "resourceId": "aa000000-0000-4000-8000-000000000002",
 "resourceDisplayName": "CRM", "homeTenantId": "0c000000-0000-4000-8000-000000000001", "resourceTenantId": "0f000000-0000-4000-8000-000000000002",
 "crossTenantAccessType": "b2bCollaboration", "tokenIssuerType": "AzureAD", "isInteractive": true,
 "status": {"errorCode": 500212, "failureReason": "Blocked, \"by policy\".", "additionalDetails": null},
 "deviceDetail": {"deviceId": "", "isCompliant": true, "trustType": "Hybrid Azure AD joined"}}
{"id": "00000000-0000-4000-8000-000000000003", "createdDateTime": "2026-01-07T10:00:00Z",
 "userDisplayName": "Fred", "userPrincipalName": "fred@fabrikam.com", "userId": "0c000000-0000-4000-8000-00000000b001", "userType": "guest",
 "appId": "aa000000-0000-4000-8000-000000000003", "appDisplayName": "ERP", "resourceId": "aa000000-0000-4000-8000-000000000004",
 "resourceDisplayName": "ERP", "homeTenantId": "0f000000-0000-4000-8000-000000000002", "resourceTenantId": "0c000000-0000-4000-8000-000000000001",
 "crossTenantAccessType": "b2bCollaboration", "tokenIssuerType": "AzureAD", "isInteractive": false,
 "status": {"errorCode": 0, "failureReason": null, "additionalDetails": null},
 "deviceDetail": null}
"#;

/// One row to a line.
fn lines() -> String {
    GRAPH.replace(",\n ", ", ")
}

fn expected() -> Vec<SignIn> {
    let alice = SignIn {
        created: Some(Moment::from_nanoseconds(1_767_600_000_000_000_000)),
        home_tenant: Some(CONTOSO),
        resource_tenant: Some(FABRIKAM),
        access_type: Some(CrossTenantAccess::B2bCollaboration),
        token_issuer: TokenIssuer::AzureAd,
        user: Some(UserId::from_u128(0x0c000000_0000_4000_8000_00000000a001)),
        user_display_name: Some("Alice".into()),
        user_principal_name: Some("alice@contoso.com".into()),
        client_app: Some(ApplicationId::from_u128(
            0xaa000000_0000_4000_8000_000000000001,
        )),
        client_app_name: Some("CRM Web".into()),
        resource_app: Some(ApplicationId::from_u128(
            0xaa000000_0000_4000_8000_000000000002,
        )),
        resource_app_name: Some("CRM".into()),
        is_interactive: Some(true),
        ..SignIn::bare("", 0)
    };
    let refused = SignIn {
        created: Some(Moment::from_nanoseconds(1_767_691_800_500_000_000)),
        error_code: 500_212,
        failure_reason: Some("Blocked, \"by policy\".".into()),
        ..alice.clone()
    };
    let fred = SignIn {
        created: Some(Moment::from_nanoseconds(1_767_780_000_000_000_000)),
        home_tenant: Some(FABRIKAM),
        resource_tenant: Some(CONTOSO),
        user: Some(UserId::from_u128(0x0c000000_0000_4000_8000_00000000b001)),
        user_display_name: Some("Fred".into()),
        user_principal_name: Some("fred@fabrikam.com".into()),
        client_app: Some(ApplicationId::from_u128(
            0xaa000000_0000_4000_8000_000000000003,
        )),
        client_app_name: Some("ERP".into()),
        resource_app: Some(ApplicationId::from_u128(
            0xaa000000_0000_4000_8000_000000000004,
        )),
        resource_app_name: Some("ERP".into()),
        is_interactive: Some(false),
        ..alice.clone()
    };
    vec![alice, refused, fred]
}

/// What was read is what the three rows say, and nothing was left over.
fn assert_the_three(taken: &Taken) {
    assert_eq!(crate::faults(taken), Vec::<String>::new());
    assert_eq!((taken.told.rows, taken.told.counted), (3, 3));
    let mut found: Vec<Observation<'_>> = taken.log.iter().collect();
    found.sort_by_key(|behaviour| behaviour.first);
    let expected = expected();
    assert_eq!(found.len(), expected.len());
    for (found, row) in found.iter().zip(&expected) {
        let claims = signins::behaviour::TrustClaims {
            mfa: false,
            compliant_device: found.user_display_name == Some("Alice"),
            hybrid_joined_device: found.user_display_name == Some("Alice"),
        };
        let plain = Observation {
            id: None,
            user_type: found.user_type,
            claims,
            ..Observation::from(row)
        };
        assert_eq!(*found, plain);
    }
}

#[test]
fn lines_of_json() {
    assert_the_three(&read_bytes("lines", "log.ndjson", lines()));
    let carriage = lines().replace('\n', "\r\n\r\n");
    assert_the_three(&read_bytes("carriage", "log.ndjson", carriage));
    let unended = lines().trim_end().to_owned();
    assert_the_three(&read_bytes("unended", "log.ndjson", unended));
}

#[test]
fn objects_over_many_lines_one_after_the_other() {
    assert_the_three(&read_bytes("objects", "log.json", GRAPH));
}

#[test]
fn pages_of_graph() {
    let rows: Vec<String> = lines().lines().map(str::to_owned).collect();
    let (first, last) = (rows[..2].join(",\n"), &rows[2]);
    let pages = format!(
        "{{\"@odata.context\": \"a ] }} \\\" b\", \"value\": [\n{first}\n], \"@odata.nextLink\": \"x\"}}\n\
         {{\"value\": [{last}]}} {{\"value\": []}}"
    );
    assert_the_three(&read_bytes("pages", "log.json", &pages));
    let list = format!(
        "[{}]",
        pages.replace("]}\n{", "]},\n{").replace("]} {", "]}, {")
    );
    assert_the_three(&read_bytes("pages-in-a-list", "log.json", list));
}

#[test]
fn a_list_of_rows_as_the_portal_downloads_it() {
    let rows: Vec<&str> = GRAPH
        .split("\n{")
        .map(|row| row.trim_start_matches('{'))
        .collect();
    let list = format!("\u{feff}[\n  {{{}\n]", rows.join(",\n  {"));
    assert_the_three(&read_bytes("list", "log.json", list));
}

#[test]
fn events_of_azure_monitor_with_the_row_in_their_properties() {
    let event = |row: &str| {
        format!(
            "{{\"time\": \"2026-02-01T00:00:00Z\", \"resourceId\": \"/tenants/0c/providers/Microsoft.aadiam\", \
             \"category\": \"SignInLogs\", \"resultType\": \"0\", \"properties\": {row}, \"Level\": 4}}"
        )
    };
    let events: Vec<String> = lines().lines().map(event).collect();
    assert_the_three(&read_bytes("events", "log.json", events.join("\n")));
    let hub = format!("{{\"records\": [{}]}}", events.join(","));
    assert_the_three(&read_bytes("records", "log.json", hub));
}

#[test]
fn the_download_of_the_portal() {
    let csv = "\u{feff}\"Date (UTC)\",\"Request ID\",\"User ID\",\"User\",\"Username\",\"User type\",\"Cross tenant access type\",\"Application\",\"Application ID \",\"Resource\",\"Resource ID \",\"Resource tenant ID\",\"Home tenant ID\",\"Home tenant name\",\"Status\",\"Sign-in error code\",\"Failure reason\",\"Compliant\",\"Join Type\",\"Token issuer type\",\"Incoming token type\",\"Incoming token type\",\"Category\"\r\n\
        2026-01-05T08:00:00Z,00000000-0000-4000-8000-000000000001,0c000000-0000-4000-8000-00000000a001,Alice,alice@contoso.com,Member,B2B collaboration,CRM Web,aa000000-0000-4000-8000-000000000001,CRM,aa000000-0000-4000-8000-000000000002,0f000000-0000-4000-8000-000000000002,0c000000-0000-4000-8000-000000000001,,Success,None,Other.,Yes,Hybrid Azure AD joined,Azure AD,,,\r\n\
        2026-01-06T09:30:00.5Z,00000000-0000-4000-8000-000000000002,0c000000-0000-4000-8000-00000000a001,Alice,alice@contoso.com,Member,B2B collaboration,CRM Web,aa000000-0000-4000-8000-000000000001,CRM,aa000000-0000-4000-8000-000000000002,0f000000-0000-4000-8000-000000000002,0c000000-0000-4000-8000-000000000001,,Failure,500212,\"Blocked, \"\"by policy\"\".\",Yes,Hybrid Azure AD joined,Azure AD,,,\r\n\
        2026-01-07T10:00:00Z,00000000-0000-4000-8000-000000000003,0c000000-0000-4000-8000-00000000b001,Fred,fred@fabrikam.com,Guest,B2B collaboration,ERP,aa000000-0000-4000-8000-000000000003,ERP,aa000000-0000-4000-8000-000000000004,0c000000-0000-4000-8000-000000000001,0f000000-0000-4000-8000-000000000002,Fabrikam Ltd,Success,0,,No,,Azure AD,,,NonInteractiveUserSignInLogs\r\n";
    let taken = read_bytes("portal", "log.csv", csv);
    assert_eq!(taken.log.tenant_name(FABRIKAM), Some("Fabrikam Ltd"));
    let mut found: Vec<Observation<'_>> = taken.log.iter().collect();
    found.sort_by_key(|behaviour| behaviour.first);
    // The download is of interactive sign-ins or of others; a column says so only in some.
    assert_eq!(found[0].is_interactive, None);
    assert_eq!(found[2].is_interactive, Some(false));
    let with_it = csv
        .replace(",,,\r\n", ",,,SignInLogs\r\n")
        .replace("\"Category\"\r\n", "\"Is interactive\"\r\n");
    let with_it = with_it
        .replace("SignInLogs", "true")
        .replace("NonInteractiveUsertrue", "false");
    assert_the_three(&read_bytes("portal-2", "log.csv", &with_it));
}

/// The columns of Azure Monitor.
const MONITOR: &str = "TimeGenerated,ResourceId,Category,ResultType,ResultDescription,CreatedDateTime,Id,UserDisplayName,UserPrincipalName,UserId,UserType,AppId,AppDisplayName,ResourceIdentity,ResourceDisplayName,HomeTenantId,ResourceTenantId,CrossTenantAccessType,TokenIssuerType,IsInteractive,Status,DeviceDetail
2026-01-05T08:02:00Z,/tenants/0c/providers/Microsoft.aadiam,SignInLogs,0,,2026-01-05T08:00:00Z,00000000-0000-4000-8000-000000000001,Alice,alice@contoso.com,0c000000-0000-4000-8000-00000000a001,Member,aa000000-0000-4000-8000-000000000001,CRM Web,aa000000-0000-4000-8000-000000000002,CRM,0c000000-0000-4000-8000-000000000001,0f000000-0000-4000-8000-000000000002,b2bCollaboration,AzureAD,true,\"{\"\"errorCode\"\":0}\",\"{\"\"isCompliant\"\":true,\"\"trustType\"\":\"\"Hybrid Azure AD joined\"\"}\"
2026-01-06T09:32:00Z,/tenants/0c/providers/Microsoft.aadiam,SignInLogs,500212,Blocked by policy,2026-01-06T09:30:00.5Z,00000000-0000-4000-8000-000000000002,Alice,alice@contoso.com,0c000000-0000-4000-8000-00000000a001,Member,aa000000-0000-4000-8000-000000000001,CRM Web,aa000000-0000-4000-8000-000000000002,CRM,0c000000-0000-4000-8000-000000000001,0f000000-0000-4000-8000-000000000002,b2bCollaboration,AzureAD,true,\"{\"\"errorCode\"\":500212,\"\"failureReason\"\":\"\"Blocked, \\\"\"by policy\\\"\".\"\"}\",\"{\"\"isCompliant\"\":true,\"\"trustType\"\":\"\"Hybrid Azure AD joined\"\"}\"
2026-01-07T10:00:00Z,/tenants/0c/providers/Microsoft.aadiam,NonInteractiveUserSignInLogs,0,,,00000000-0000-4000-8000-000000000003,Fred,fred@fabrikam.com,0c000000-0000-4000-8000-00000000b001,Guest,aa000000-0000-4000-8000-000000000003,ERP,aa000000-0000-4000-8000-000000000004,ERP,0f000000-0000-4000-8000-000000000002,0c000000-0000-4000-8000-000000000001,b2bCollaboration,AzureAD,,\"{\"\"errorCode\"\":0}\",{}
";

#[test]
fn the_export_of_azure_monitor() {
    assert_the_three(&read_bytes("monitor", "log.csv", MONITOR));
    // No row has a tab in it, and every field that has a comma is in quotes.
    let tabs: String = MONITOR
        .split_inclusive('\n')
        .map(|line| {
            let mut quoted = false;
            let of = |c| {
                quoted ^= c == '"';
                if c == ',' && !quoted { '\t' } else { c }
            };
            line.chars().map(of).collect::<String>()
        })
        .collect();
    assert_the_three(&read_bytes("monitor-tabs", "log.tsv", tabs));
}

#[test]
fn the_answer_of_azure_monitors_query_interface() {
    let row = |id: u8, rest: &str| format!("[\"00000000-0000-4000-8000-00000000000{id}\",{rest}]");
    let alice = "\"Alice\",\"alice@contoso.com\",\"0c000000-0000-4000-8000-00000000a001\",\"aa000000-0000-4000-8000-000000000001\",\"CRM Web\",\"aa000000-0000-4000-8000-000000000002\",\"CRM\",\"0c000000-0000-4000-8000-000000000001\",\"0f000000-0000-4000-8000-000000000002\",\"b2bCollaboration\",true,\"{\\\"isCompliant\\\":true,\\\"trustType\\\":\\\"Hybrid\\\"}\"";
    let fred = "\"Fred\",\"fred@fabrikam.com\",\"0c000000-0000-4000-8000-00000000b001\",\"aa000000-0000-4000-8000-000000000003\",\"ERP\",\"aa000000-0000-4000-8000-000000000004\",\"ERP\",\"0f000000-0000-4000-8000-000000000002\",\"0c000000-0000-4000-8000-000000000001\",\"b2bCollaboration\",false,null";
    let columns = [
        "Id",
        "UserDisplayName",
        "UserPrincipalName",
        "UserId",
        "AppId",
        "AppDisplayName",
        "ResourceIdentity",
        "ResourceDisplayName",
        "HomeTenantId",
        "ResourceTenantId",
        "CrossTenantAccessType",
        "IsInteractive",
        "DeviceDetail",
        "TimeGenerated",
        "ResultType",
        "ResultDescription",
    ];
    let columns: Vec<String> = columns
        .iter()
        .map(|name| format!("{{\"name\":\"{name}\",\"type\":\"string\"}}"))
        .collect();
    let rows = [
        row(1, &format!("{alice},\"2026-01-05T08:00:00Z\",\"0\",\"\"")),
        row(
            2,
            &format!(
                "{alice},\"2026-01-06T09:30:00.5Z\",\"500212\",\"Blocked, \\\"by policy\\\".\""
            ),
        ),
        row(3, &format!("{fred},\"2026-01-07T10:00:00Z\",\"0\",\"\"")),
    ];
    let answer = format!(
        "{{\"tables\":[{{\"name\":\"PrimaryResult\",\"columns\":[{}],\"rows\":[{}]}}]}}",
        columns.join(","),
        rows.join(",")
    );
    assert_the_three(&read_bytes("tables", "answer.json", answer));
}
