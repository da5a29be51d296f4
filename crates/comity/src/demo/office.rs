//! Where an organization works: its hours, its addresses, and what its computers are called.
//!
//! The addresses are those set aside for documentation (RFC 5737, RFC 3849): none of them is
//! anybody's.

use policy::world::Tenant;

/// When people of an organization are at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rhythm {
    /// By day, from Monday to Friday.
    Office,
    /// By day and by night: somebody is always on call.
    AroundTheClock,
}

/// An organization's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Office {
    /// How far its clocks are ahead of UTC.
    pub(super) minutes_ahead: i64,
    pub(super) rhythm: Rhythm,
    /// The last part of its first address, 203.0.113.x; it has sixteen.
    pub(super) address: u8,
    /// What the names of its computers begin with.
    pub(super) computers: &'static str,
    /// Whether its computers are hybrid joined.
    pub(super) hybrid: bool,
}

const fn office(hours: i64, place: u8, computers: &'static str, hybrid: bool) -> Office {
    Office {
        minutes_ahead: hours * 60,
        rhythm: Rhythm::Office,
        address: place * 16,
        computers,
        hybrid,
    }
}

/// Domain and place.
const OFFICES: [(&str, Office); 10] = [
    ("contoso.com", office(-5, 0, "CON", true)),
    ("fabrikam.com", office(1, 1, "FAB", true)),
    ("northwindtraders.com", office(-6, 2, "NWT", false)),
    ("woodgrove.us", office(-5, 3, "WGV", true)),
    ("tailspintoys.cn", office(8, 4, "TST", false)),
    ("litwareinc.com", office(0, 5, "LIT", false)),
    ("adatum.com", office(1, 6, "ADA", false)),
    (
        "proseware.com",
        Office {
            minutes_ahead: 330,
            rhythm: Rhythm::AroundTheClock,
            ..office(0, 7, "PRO", false)
        },
    ),
    ("wingtiptoys.com", office(10, 8, "WTT", false)),
    ("lucernepublishing.com", office(1, 9, "LUC", false)),
];

/// Somebody who works from home.
pub(super) const HOME: Office = office(0, 15, "HOME", false);

impl Office {
    /// The place of that tenant.
    pub(super) fn of(tenant: &Tenant) -> Office {
        let mut offices = OFFICES.iter();
        let known = offices.find(|(domain, _)| {
            let mut domains = tenant.domains.iter();
            domains.any(|verified| verified.to_string() == *domain)
        });
        known.map_or(HOME, |(_, office)| *office)
    }
}
