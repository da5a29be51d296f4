//! A month of one tenant's sign-ins: its own people go to partners, other people's people come in, and
//! most of it is the same as yesterday.
//!
//! What somebody does every day is a *habit*: one person, one client, one resource, one outcome. Habits
//! are Zipf, so a few are most of the log and most are seen once or twice. Ten million rows have about
//! 1.3 million of them. The same seed gives the same sign-ins everywhere.

use crate::random::{Rng, mix};

const HABITS: u64 = 2_000_000;
const ROWS: u64 = 10_000_000;
/// Partners with whom anything happens.
pub const PARTNERS: u64 = 400;
/// Applications of everybody, and of each tenant.
pub const APPLICATIONS: u64 = 300;

/// The tenant whose log it is.
pub const LOCAL: &str = "0c000000-0000-4000-8000-000000000001";

/// What somebody does again and again.
#[derive(Clone)]
pub struct Habit {
    pub is_outbound: bool,
    pub is_own: bool,
    pub partner: u64,
    pub user: u64,
    pub client: u64,
    pub resource: u64,
    pub error: u32,
    pub reason: &'static str,
    pub access: &'static str,
    pub is_interactive: bool,
    pub is_compliant: bool,
    pub is_hybrid: bool,
    pub browser: &'static str,
    pub system: &'static str,
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

/// An id of that kind.
pub fn id(kind: u64, number: u64) -> String {
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

/// Hands on so many sign-ins: the number of the row, that of the habit, the habit, and the second of the
/// month.
pub fn each<E>(
    rows: u64,
    random: &mut Rng,
    mut sign_in: impl FnMut(u64, u64, &Habit, u64, &mut Rng) -> Result<(), E>,
) -> Result<(), E> {
    let habits = (HABITS * rows / ROWS).max(100);
    // A bijection needs a step that shares no factor with the number of habits.
    let step = (1..)
        .map(|k| 1_299_709 + 2 * k)
        .find(|step| gcd(*step, habits) == 1)
        .unwrap_or(1);
    let exponent = 1.0 / (1.0 - 0.9);
    for row in 0..rows {
        // Zipf by its inverse: rank ~ u^(1/(1-s)).
        let rank = (random.fraction().powf(exponent) * habits as f64) as u64;
        let number = rank.min(habits - 1).wrapping_mul(step) % habits;
        let second = row as f64 * 2_592_000.0 / rows as f64;
        sign_in(row, number, &habit(number), second as u64, random)?;
    }
    Ok(())
}

/// The numbers that the month is made with.
pub fn random() -> Rng {
    Rng::new(0xC0317)
}

fn gcd(one: u64, other: u64) -> u64 {
    if other == 0 {
        one
    } else {
        gcd(other, one % other)
    }
}
