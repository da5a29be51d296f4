//! When things happen: within thirty days, mostly at the office, hardly ever on a Sunday.

use store::Moment;

use super::office::{Office, Rhythm};
use super::random::{Random, Weighted};

const SECOND: i128 = 1_000_000_000;
const DAY: i64 = 86_400;
/// How long the month is.
const DAYS: u64 = 30;

/// How busy each hour of an office day is, from midnight.
const HOURS: [u64; 24] = [
    1, 0, 0, 0, 0, 1, 4, 16, 60, 100, 85, 70, 40, 75, 80, 70, 55, 30, 14, 8, 7, 5, 3, 2,
];
/// How busy each hour is where somebody is always on call.
const ALL_HOURS: [u64; 24] = [
    30, 25, 20, 20, 20, 25, 35, 50, 75, 100, 95, 90, 70, 85, 90, 85, 80, 65, 50, 45, 45, 40, 35, 30,
];

/// Sign-ins that are tried for a place in the week before the last one is taken as it is.
const TRIES: u32 = 40;

/// The thirty days before a moment.
pub(super) struct Calendar {
    until: i128,
    hours: Weighted<i64>,
    all_hours: Weighted<i64>,
}

impl Calendar {
    pub(super) fn until(until: Moment) -> Self {
        let hours = |busy: [u64; 24]| Weighted::new(busy.into_iter().zip(0..));
        Calendar {
            until: until.as_nanoseconds(),
            hours: hours(HOURS),
            all_hours: hours(ALL_HOURS),
        }
    }

    /// Whether the month is over by then.
    pub(super) fn is_over(&self, moment: Moment) -> bool {
        moment.as_nanoseconds() > self.until
    }

    /// A moment at which somebody of that office signs in.
    pub(super) fn moment(&self, office: &Office, random: &mut Random) -> Moment {
        let ahead = office.minutes_ahead * 60;
        let until = self.seconds() + ahead;
        let today = until.div_euclid(DAY);
        let mut second = until;
        for _ in 0..TRIES {
            let day = today - random.below(DAYS + 1) as i64;
            let hours = match office.rhythm {
                Rhythm::Office => &self.hours,
                Rhythm::AroundTheClock => &self.all_hours,
            };
            let hour = hours.draw(random).copied().unwrap_or(12);
            second = day * DAY + hour * 3600 + random.below(3600) as i64;
            let within = second <= until && second > until - DAYS as i64 * DAY;
            if within && random.percent(share(day, office.rhythm)) {
                break;
            }
            second = until - 1 - random.below(DAYS * DAY as u64 - 1) as i64;
        }
        // Logs write seven digits of a second.
        let fraction = i128::from(random.below(10_000_000)) * 100;
        let nanoseconds = i128::from(second - ahead) * SECOND + fraction;
        Moment::from_nanoseconds(nanoseconds.min(self.until))
    }

    fn seconds(&self) -> i64 {
        i64::try_from(self.until.div_euclid(SECOND)).unwrap_or_default()
    }
}

/// How many of a hundred sign-ins that day has, beside a working day.
fn share(day: i64, rhythm: Rhythm) -> u64 {
    // 1970 began on a Thursday.
    let weekday = (day + 3).rem_euclid(7);
    match (rhythm, weekday) {
        (Rhythm::Office, 5) => 7,
        (Rhythm::Office, 6) => 4,
        (Rhythm::AroundTheClock, 5 | 6) => 45,
        _ => 100,
    }
}

/// So many seconds later.
pub(super) fn later(moment: Moment, seconds: u64) -> Moment {
    Moment::from_nanoseconds(moment.as_nanoseconds() + i128::from(seconds) * SECOND)
}
