//! The one place that reads the time. Everything else is told.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use signins::window::Moment;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The clock of the machine.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the program's edge; everything behind it takes the time as an argument"
    )]
    pub fn of_the_machine() -> Self {
        let now = || {
            let now = std::time::SystemTime::now();
            Timestamp::try_from(now).unwrap_or(Timestamp::UNIX_EPOCH)
        };
        Clock(Arc::new(now))
    }

    /// A clock that says what it is told to say.
    pub fn saying(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Clock(Arc::new(now))
    }

    /// What time is it? In steps of 100 nanoseconds: Graph writes seven digits, and what is kept
    /// must be what is shown.
    pub fn now(&self) -> Timestamp {
        let exact = (self.0)();
        let beyond = exact.subsec_nanosecond().rem_euclid(100);
        let shown = exact.checked_sub(SignedDuration::from_nanos(i64::from(beyond)));
        shown.unwrap_or(exact)
    }

    /// The same in whole seconds, as tokens carry it.
    pub(crate) fn seconds(&self) -> sts::Seconds {
        self.now().as_second()
    }
}

/// The same time as the domain writes it.
pub(crate) fn moment(time: Timestamp) -> Moment {
    Moment::from_nanoseconds(time.as_nanosecond())
}
