//! Whatever the format, the reports are those of the plain rows.

use std::fs;
use std::num::NonZeroUsize;

use comity_intake::{Intake, Source};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use signins::direction::Direction;
use signins::event::{CrossTenantAccess, SignIn, TokenIssuer};
use signins::filter::Filters;
use signins::pairs::{Counted, pairs};
use signins::panels::Selection;
use signins::restrictions::restrictions;
use signins::summary::Question;
use signins::window::{Moment, Window};
use signins::workbook::overview;

use crate::{CONTOSO, FABRIKAM, folder};

const NORTHWIND: TenantId = TenantId::from_u128(0x0b000000_0000_4000_8000_000000000003);
const SECOND: i128 = 1_000_000_000;

fn said<S: Strategy>(value: S) -> impl Strategy<Value = Option<S::Value>> {
    weighted(0.85, value)
}

fn names() -> impl Strategy<Value = Option<String>> {
    let known = [
        "fred@fabrikam.com",
        "Zoë, \"the\" admin",
        "=1+1; x\ty",
        "Tenant Restriction",
    ];
    said(select(known.to_vec())).prop_map(|name| name.map(str::to_owned))
}

fn tenants() -> impl Strategy<Value = Option<TenantId>> {
    said(select(vec![CONTOSO, FABRIKAM, NORTHWIND]))
}

fn rows() -> impl Strategy<Value = SignIn> {
    let accesses = [
        "none",
        "b2bCollaboration",
        "b2bDirectConnect",
        "passthrough",
    ];
    let access = said(select(accesses.map(CrossTenantAccess::from_name).to_vec()));
    let issuer = select(["AzureAD", "Other"].map(TokenIssuer::from_name).to_vec());
    let application = || said((1..3_u128).prop_map(ApplicationId::from_u128));
    let outcome = (select(vec![0_u32, 53_003, 5_000_211]), names());
    (
        (tenants(), tenants(), access, issuer),
        (
            said((0..3_u128).prop_map(UserId::from_u128)),
            names(),
            names(),
        ),
        (application(), names(), application(), names()),
        (outcome, said(0..5_i128), said(any::<bool>())),
    )
        .prop_map(
            |(crossing, person, apps, (outcome, second, is_interactive))| SignIn {
                created: second.map(|second| Moment::from_nanoseconds(second * SECOND)),
                home_tenant: crossing.0,
                resource_tenant: crossing.1,
                access_type: crossing.2,
                token_issuer: crossing.3,
                user: person.0,
                user_display_name: person.1,
                user_principal_name: person.2,
                client_app: apps.0,
                client_app_name: apps.1,
                resource_app: apps.2,
                resource_app_name: apps.3,
                error_code: outcome.0,
                // A success has no reason to fail.
                failure_reason: outcome.1.filter(|_| outcome.0 != 0),
                is_interactive,
                ..SignIn::bare("", 0)
            },
        )
}

fn members(row: &SignIn) -> Value {
    let text = |id: Option<String>| id.map_or(Value::Null, Value::String);
    let second = row.created.map(|moment| moment.as_nanoseconds() / SECOND);
    json!({
        "id": row.id,
        "createdDateTime": text(second.map(|second| format!("1970-01-01T00:00:0{second}Z"))),
        "homeTenantId": text(row.home_tenant.map(|id| id.to_string())),
        "resourceTenantId": text(row.resource_tenant.map(|id| id.to_string())),
        "crossTenantAccessType": row.access_type.as_ref().map(CrossTenantAccess::as_str),
        "tokenIssuerType": row.token_issuer.as_str(),
        "userId": text(row.user.map(|id| id.to_string())),
        "userDisplayName": row.user_display_name,
        "userPrincipalName": row.user_principal_name,
        "appId": text(row.client_app.map(|id| id.to_string())),
        "appDisplayName": row.client_app_name,
        "resourceId": text(row.resource_app.map(|id| id.to_string())),
        "resourceDisplayName": row.resource_app_name,
        "isInteractive": row.is_interactive,
        "status": {"errorCode": row.error_code, "failureReason": row.failure_reason},
    })
}

fn graph(rows: &[SignIn]) -> String {
    let values: Vec<Value> = rows.iter().map(members).collect();
    format!("{:#}", json!({"@odata.context": "x", "value": values}))
}

fn lines(rows: &[SignIn]) -> String {
    rows.iter()
        .map(|row| members(row).to_string() + "\n")
        .collect()
}

fn csv(rows: &[SignIn], separator: char) -> String {
    let columns = [
        "id",
        "createdDateTime",
        "homeTenantId",
        "resourceTenantId",
        "crossTenantAccessType",
        "tokenIssuerType",
        "userId",
        "userDisplayName",
        "userPrincipalName",
        "appId",
        "appDisplayName",
        "resourceId",
        "resourceDisplayName",
        "isInteractive",
        "status",
    ];
    let field = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => format!("\"{}\"", text.replace('"', "\"\"")),
        other => format!("\"{}\"", other.to_string().replace('"', "\"\"")),
    };
    let mut text = columns.join(&separator.to_string()) + "\r\n";
    for row in rows {
        let row = members(row);
        let fields: Vec<String> = columns.iter().map(|column| field(&row[column])).collect();
        text.push_str(&fields.join(&separator.to_string()));
        text.push('\n');
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_mix_of_formats_gives_the_reports_of_the_plain_rows(
        mut log in vec(rows(), 0..60),
        cuts in vec(0..6_usize, 1..6),
        helpers in 1..4_usize,
        from in proptest::option::of(0..5_i128),
    ) {
        for (index, row) in log.iter_mut().enumerate() {
            row.id = format!("00000000-0000-4000-8000-{index:012}");
        }
        let folder = folder("mixed");
        let each = log.len() / cuts.len() + 1;
        let mut sources = Vec::new();
        for (index, (rows, format)) in log.chunks(each).zip(&cuts).enumerate() {
            let path = folder.join(index.to_string());
            let text = match format {
                0 => Some(graph(rows)),
                1 => Some(lines(rows)),
                2 => Some(csv(rows, ',')),
                3 => Some(csv(rows, ';')),
                4 => Some(csv(rows, '\t')),
                _ => None,
            };
            match text {
                Some(text) => fs::write(&path, text).unwrap(),
                None => crate::tables::write(&path, rows, 5),
            }
            sources.push(Source::Path(path));
        }
        // What was read already does not count again.
        if let Some(first) = sources.first().cloned() {
            sources.push(first);
        }
        let window = Window {
            from: from.map(|second| Moment::from_nanoseconds(second * SECOND)),
            until: None,
        };
        let intake = Intake {
            window,
            helpers: NonZeroUsize::new(helpers),
            ..Intake::of(CONTOSO)
        };
        let taken = intake.read(&sources, &()).unwrap();
        prop_assert_eq!(crate::faults(&taken), Vec::<String>::new());
        log.retain(|row| window.holds(row));
        prop_assert_eq!(taken.told.counted, log.len() as u64);

        let read = || taken.log.iter();
        for direction in [None, Some(Direction::Inbound), Some(Direction::Outbound)] {
            let question = Question::new(CONTOSO, direction, None).unwrap();
            prop_assert_eq!(question.summary(read(), None), question.summary(&log, None));
        }
        let all = Filters::default();
        prop_assert_eq!(overview(CONTOSO, read(), &all), overview(CONTOSO, &log, &all));
        let counted = Counted::INTERACTIVE;
        prop_assert_eq!(pairs(CONTOSO, read(), counted), pairs(CONTOSO, &log, counted));
        prop_assert_eq!(restrictions(read(), Window::ALL), restrictions(&log, Window::ALL));
        for direction in Direction::ALL {
            let selection = Selection::new(CONTOSO, FABRIKAM, direction).unwrap();
            prop_assert_eq!(selection.status(read(), &all), selection.status(&log, &all));
            prop_assert_eq!(selection.applications(read(), &all), selection.applications(&log, &all));
            prop_assert_eq!(selection.users(read(), &all, None), selection.users(&log, &all, None));
        }
    }
}
