//! When a sign-in happened, and the stretch of time a report looks at.
//!
//! Nothing here reads a clock: "the last 30 days" needs a *now*, and the caller brings it.

use crate::observation::Observation;

/// A point in time: nanoseconds since 1970-01-01T00:00:00Z.
///
/// Logs write seven digits of a second, so nothing coarser would give back what was read. Text
/// becomes a moment, and a moment text, where the log is read and the report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i128);

impl Moment {
    /// The nanoseconds of a day.
    pub(crate) const DAY: i128 = 86_400_000_000_000;

    /// The moment so many nanoseconds after the beginning of 1970, UTC.
    pub const fn from_nanoseconds(nanoseconds: i128) -> Self {
        Moment(nanoseconds)
    }

    /// The nanoseconds since the beginning of 1970, UTC.
    pub const fn as_nanoseconds(self) -> i128 {
        self.0
    }
}

/// A stretch of time; both ends belong to it, and a missing end is open.
///
/// ```
/// use comity_signins::window::{Moment, Window};
/// let now = Moment::from_nanoseconds(1_700_000_000_000_000_000);
/// let month = Window::last_days(now, 30);
/// assert!(month.contains(now));
/// assert!(!Window::last_days(now, 0).contains(Moment::from_nanoseconds(0)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Window {
    /// Nothing before this.
    pub from: Option<Moment>,
    /// Nothing after this.
    pub until: Option<Moment>,
}

impl Window {
    /// All of time.
    pub const ALL: Window = Window {
        from: None,
        until: None,
    };

    /// The days up to and including this moment, each of 24 hours.
    pub const fn last_days(now: Moment, days: u32) -> Self {
        let length = Moment::DAY.saturating_mul(days as i128);
        Window {
            from: Some(Moment(now.0.saturating_sub(length))),
            until: Some(now),
        }
    }

    /// Whether the moment lies in the window.
    pub fn contains(&self, moment: Moment) -> bool {
        self.from.is_none_or(|from| from <= moment)
            && self.until.is_none_or(|until| moment <= until)
    }

    /// Whether the sign-in happened in the window. One that does not say when is in every window:
    /// a report that hides behaviour is worse than one that shows it twice. For the same reason a
    /// behaviour is in the window when any of it may be; whoever puts behaviours together leaves out
    /// the rows outside.
    pub fn holds<'a>(&self, row: impl Into<Observation<'a>>) -> bool {
        let row = row.into();
        let begins = |until| row.first.is_none_or(|first| first <= until);
        let goes_on = |from| row.last.is_none_or(|last| from <= last);
        self.until.is_none_or(begins) && self.from.is_none_or(goes_on)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::SignIn;

    const DAY: i128 = Moment::DAY;

    #[test]
    fn both_ends_of_a_window_belong_to_it() {
        let now = Moment(100 * DAY);
        let window = Window::last_days(now, 30);
        assert!(window.contains(Moment(70 * DAY)));
        assert!(window.contains(now));
        assert!(!window.contains(Moment(70 * DAY - 1)));
        assert!(!window.contains(Moment(100 * DAY + 1)));
    }

    #[test]
    fn a_sign_in_that_does_not_say_when_is_in_every_window() {
        let mut row = SignIn::bare("s1", 0);
        assert!(Window::last_days(Moment(0), 0).holds(&row));
        row.created = Some(Moment(DAY));
        assert!(!Window::last_days(Moment(0), 0).holds(&row));
        assert!(Window::ALL.holds(&row));
    }
}
