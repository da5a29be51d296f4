//! The month as lines, in Graph's members.

use std::io::{self, Write};

use workload::month::{Habit, LOCAL, each, id, random, resource_id, tenant};
use workload::random::Rng;

const PLACES: [(&str, &str); 6] = [
    ("Zurich", "CH"),
    ("Munich", "DE"),
    ("Lyon", "FR"),
    ("Austin", "US"),
    ("Pune", "IN"),
    ("Osaka", "JP"),
];

/// Writes so many rows, one to a line.
pub fn write(rows: u64, out: &mut impl Write) -> io::Result<()> {
    each(rows, &mut random(), |row, _, habit, second, random| {
        write_row(out, row, habit, second, random)
    })
}

fn write_row(
    out: &mut impl Write,
    row: u64,
    habit: &Habit,
    second: u64,
    random: &mut Rng,
) -> io::Result<()> {
    let partner = tenant(habit.partner);
    let (home, resource) = match (habit.is_own, habit.is_outbound) {
        (true, _) => (LOCAL, LOCAL),
        (false, true) => (LOCAL, partner.as_str()),
        (false, false) => (partner.as_str(), LOCAL),
    };
    let domain = match home == LOCAL {
        true => "contoso.example".to_owned(),
        false => format!("partner{}.example", habit.partner),
    };
    let (day, time) = (second / 86_400 + 1, second % 86_400);
    let place = PLACES[(habit.user % 6) as usize];
    let reason = match habit.error {
        0 => "Other.",
        _ => habit.reason,
    };
    writeln!(
        out,
        concat!(
            r#"{{"id":"{}","createdDateTime":"2026-09-{:02}T{:02}:{:02}:{:02}.{:07}Z","userDisplayName":"User {}","userPrincipalName":"user{}@{}","#,
            r#""userId":"{}","userType":"{}","appId":"{}","appDisplayName":"Application {}","resourceId":"{}","resourceDisplayName":"Resource {}","#,
            r#""homeTenantId":"{}","resourceTenantId":"{}","crossTenantAccessType":"{}","tokenIssuerType":"AzureAD","isInteractive":{},"#,
            r#""ipAddress":"10.{}.{}.{}","clientAppUsed":"Browser","#,
            r#""status":{{"errorCode":{},"failureReason":"{}","additionalDetails":null}},"#,
            r#""deviceDetail":{{"operatingSystem":"{}","browser":"{}","isCompliant":{},"trustType":"{}"}},"#,
            r#""location":{{"city":"{}","countryOrRegion":"{}"}}}}"#,
        ),
        id(1, row),
        day,
        time / 3600,
        time / 60 % 60,
        time % 60,
        random.below(10_000_000),
        habit.user,
        habit.user,
        domain,
        id(2, habit.user),
        if home == LOCAL { "member" } else { "guest" },
        id(3, habit.client),
        habit.client,
        resource_id(habit.resource),
        habit.resource,
        home,
        resource,
        habit.access,
        habit.is_interactive,
        random.below(256),
        random.below(256),
        random.below(256),
        habit.error,
        reason,
        habit.system,
        habit.browser,
        habit.is_compliant,
        if habit.is_hybrid {
            "Hybrid Azure AD joined"
        } else {
            ""
        },
        place.0,
        place.1,
    )
}
