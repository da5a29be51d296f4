//! A month of one tenant's sign-ins, in Graph's members: Contoso's own people go to partners, other
//! people's people come in, and most of it is the same as yesterday.
//!
//! What somebody does every day is a *habit*: one person, one client, one resource, one outcome. Habits
//! are Zipf, so a few are most of the log and most are seen once or twice. Ten million rows have about
//! 1.3 million of them. The same seed gives the same bytes everywhere.

use std::io::{self, Write};

use workload::random::{Rng, mix};

/// How many habits there are to draw from, for each ten million rows.
const HABITS: u64 = 2_000_000;
const ROWS: u64 = 10_000_000;
/// Partners with whom anything happens.
pub const PARTNERS: u64 = 400;
/// Applications of everybody, and of each tenant.
pub const APPLICATIONS: u64 = 300;

/// The tenant whose log it is.
pub const LOCAL: &str = "0c000000-0000-4000-8000-000000000001";

struct Habit {
    is_outbound: bool,
    is_own: bool,
    partner: u64,
    user: u64,
    client: u64,
    resource: u64,
    error: u32,
    reason: &'static str,
    access: &'static str,
    is_interactive: bool,
    is_compliant: bool,
    is_hybrid: bool,
    browser: &'static str,
    system: &'static str,
}

/// A number below `n`, small ones far more often.
fn skewed(bits: u64, n: u64) -> u64 {
    let fraction = (bits >> 11) as f64 / (1_u64 << 53) as f64;
    ((fraction.powi(3) * n as f64) as u64).min(n - 1)
}

fn habit(number: u64) -> Habit {
    let bits = |of: u64| mix(number.wrapping_mul(31).wrapping_add(of).wrapping_add(0x0C0));
    let user = bits(1) % 420_000;
    // Whose user it is, and with whom, belongs to the user.
    let of_user = mix(user ^ 0xA11CE);
    let kind = of_user % 100;
    let own = mix(of_user);
    let partner = skewed(own, PARTNERS);
    let resource = skewed(bits(2), APPLICATIONS);
    let client = if bits(3) % 4 == 0 {
        skewed(bits(4), APPLICATIONS)
    } else {
        resource
    };
    let (error, reason) = match bits(5) % 100 {
        0..=2 => (
            500_212,
            "The user is blocked by the outbound access policy of their organization.",
        ),
        3..=4 => (
            500_213,
            "The user is blocked by the inbound access policy of the resource organization.",
        ),
        5 => (
            53_003,
            "Access has been blocked by Conditional Access policies.",
        ),
        6 => (
            50_126,
            "Error validating credentials due to invalid username or password.",
        ),
        7 => (50_074, "Strong authentication is required."),
        _ => (0, ""),
    };
    Habit {
        is_outbound: kind < 55,
        is_own: kind >= 92,
        partner,
        user,
        client,
        resource,
        error,
        reason,
        access: if kind >= 92 {
            "none"
        } else if resource % 9 == 4 {
            "b2bDirectConnect"
        } else {
            "b2bCollaboration"
        },
        is_interactive: bits(6) % 3 != 0,
        is_compliant: of_user % 7 < 4,
        is_hybrid: of_user % 11 < 3,
        browser: [
            "Edge 131.0.0",
            "Chrome 130.0.0",
            "Safari 18.1",
            "Mobile Safari 18.1",
        ][(of_user % 4) as usize],
        system: ["Windows11", "Windows10", "MacOs", "Ios 18.1"][(of_user % 4) as usize],
    }
}

/// The id of a partner.
pub fn tenant(partner: u64) -> String {
    format!(
        "0f{:06x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        partner,
        mix(partner) & 0xFFFF,
        mix(partner) >> 52,
        mix(partner + 1) >> 52,
        mix(partner + 2) >> 16
    )
}

/// The id of a resource application.
pub fn resource_id(number: u64) -> String {
    id(4, number)
}

fn id(kind: u64, number: u64) -> String {
    let (one, other) = (
        mix(number.wrapping_add(kind << 40)),
        mix(number ^ (kind << 50) ^ 0x1D),
    );
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        one >> 32,
        (one >> 16) & 0xFFFF,
        one & 0xFFF,
        other >> 52,
        other & 0xFFFF_FFFF_FFFF
    )
}

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
    let habits = (HABITS * rows / ROWS).max(100);
    // A bijection needs a step that shares no factor with the number of habits.
    let step = (1..)
        .map(|k| 1_299_709 + 2 * k)
        .find(|step| gcd(*step, habits) == 1)
        .unwrap_or(1);
    let exponent = 1.0 / (1.0 - 0.9);
    let mut random = Rng::new(0xC0317);
    for row in 0..rows {
        // Zipf by its inverse: rank ~ u^(1/(1-s)).
        let rank = (random.fraction().powf(exponent) * habits as f64) as u64;
        let number = rank.min(habits - 1).wrapping_mul(step) % habits;
        let second = row as f64 * 2_592_000.0 / rows as f64;
        write_row(out, row, &habit(number), second as u64, &mut random)?;
    }
    Ok(())
}

fn gcd(one: u64, other: u64) -> u64 {
    if other == 0 {
        one
    } else {
        gcd(other, one % other)
    }
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
