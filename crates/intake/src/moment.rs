//! When: the times that logs write, in nanoseconds since 1970.
//!
//! A time without a zone is taken as UTC only where the column says that it is. "1/2/2026" is not
//! guessed at: it is January in one office and February in the next.

use signins::window::Moment;

use crate::error::Refusal;

/// A moment as the log keeps it: nanoseconds since 1970, UTC.
pub(crate) type Nanoseconds = i64;

/// Whether a time without a zone is UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// It has to say.
    Named,
    /// The column says so for all of them.
    Utc,
}

/// Reads a time in the form of ISO 8601.
pub(crate) fn read(text: &str, zone: Zone) -> Result<Nanoseconds, Refusal> {
    if let Some(quick) = usual(text.as_bytes()) {
        return Ok(quick);
    }
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        let nanoseconds = timestamp.as_nanosecond();
        return i64::try_from(nanoseconds).map_err(|_| Refusal::FarTime(text.to_owned()));
    }
    match text.parse::<jiff::civil::DateTime>() {
        Ok(_) if zone == Zone::Named => Err(Refusal::NoZone(text.to_owned())),
        Ok(local) => {
            let there = local.to_zoned(jiff::tz::TimeZone::UTC);
            let nanoseconds = there.map(|time| time.timestamp().as_nanosecond());
            let nanoseconds = nanoseconds.ok().and_then(|time| i64::try_from(time).ok());
            nanoseconds.ok_or_else(|| Refusal::FarTime(text.to_owned()))
        }
        Err(_) => Err(Refusal::NotTime(text.to_owned())),
    }
}

/// The form that nearly every row has: `2026-01-31T12:00:00Z`, with up to nine digits of a second.
fn usual(bytes: &[u8]) -> Option<Nanoseconds> {
    let (head, rest) = bytes.split_at_checked(19)?;
    let digit = |index: usize| {
        let byte = head.get(index)?;
        byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
    };
    let two = |index: usize| Some(digit(index)? * 10 + digit(index + 1)?);
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if marks
        .iter()
        .any(|(index, mark)| head.get(*index) != Some(mark))
    {
        return None;
    }
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    let of_month = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    // A leap second, and years beyond those a moment here can have, go the slow way.
    let whole = (1..=of_month).contains(&day) && hour < 24 && minute < 60 && second < 60;
    if !whole || !(1700..2200).contains(&year) {
        return None;
    }
    let fraction = fraction(rest)?;
    let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1_000_000_000 + fraction)
}

/// The digits after the second and the `Z`.
fn fraction(rest: &[u8]) -> Option<i64> {
    let digits = match rest {
        [b'Z'] => return Some(0),
        [b'.', digits @ .., b'Z'] => digits,
        _ => return None,
    };
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let mut nanoseconds = 0_i64;
    for place in 0..9 {
        let digit = match digits.get(place) {
            Some(byte) if byte.is_ascii_digit() => i64::from(byte - b'0'),
            Some(_) => return None,
            None => 0,
        };
        nanoseconds = nanoseconds * 10 + digit;
    }
    Some(nanoseconds)
}

/// Days since 1970-01-01 in the Gregorian calendar; years are counted from March, so that the leap
/// day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The moment of a report.
pub(crate) fn moment(nanoseconds: Nanoseconds) -> Moment {
    Moment::from_nanoseconds(i128::from(nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_way_reads_what_the_library_reads() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2026-02-28T23:59:59.1234567Z",
            "2024-02-29T12:00:00.000000001Z",
            "2000-03-01T00:00:00Z",
            "1900-02-28T06:07:08Z",
            "2199-12-31T23:59:59.999999999Z",
        ] {
            let slowly: jiff::Timestamp = text.parse().unwrap();
            let quickly = usual(text.as_bytes()).map(i128::from);
            assert_eq!(quickly, Some(slowly.as_nanosecond()), "{text}");
        }
    }

    #[test]
    fn days_that_do_not_exist_are_no_times() {
        for text in [
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
        ] {
            assert_eq!(read(text, Zone::Utc), Err(Refusal::NotTime(text.into())));
        }
    }

    #[test]
    fn a_zone_may_be_any_but_must_be_known() {
        let noon = read("2026-01-31T12:00:00Z", Zone::Named).unwrap();
        assert_eq!(read("2026-01-31T14:00:00+02:00", Zone::Named), Ok(noon));
        assert_eq!(read("2026-01-31 12:00:00.000", Zone::Utc), Ok(noon));
        let bare = "2026-01-31T12:00:00";
        assert_eq!(read(bare, Zone::Named), Err(Refusal::NoZone(bare.into())));
    }

    #[test]
    fn dates_of_an_office_are_not_guessed_at() {
        for text in [
            "1/31/2026, 12:00:00.000 PM",
            "31.01.2026 12:00",
            "yesterday",
        ] {
            assert_eq!(read(text, Zone::Utc), Err(Refusal::NotTime(text.into())));
        }
    }
}
