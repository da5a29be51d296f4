//! How fast it is asked, and how patiently: the log of a large tenant takes hours, and whoever asks
//! too often waits longest.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// So fast, and so patient.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// At most so many requests …
    pub(crate) requests: usize,
    /// … in so long.
    pub(crate) per: Duration,
    /// How long to wait after the first failure; twice as long after each further one.
    pub(crate) first: Duration,
    /// No longer than that.
    pub(crate) most: Duration,
    /// A server that asks for more than that is not waited for.
    pub(crate) patience: Duration,
    /// How often one page is asked for.
    pub(crate) tries: u32,
}

impl Pace {
    /// What Graph's sign-in log takes: five requests in ten seconds.
    pub(crate) const fn published() -> Self {
        Pace {
            requests: 5,
            per: Duration::from_secs(10),
            first: Duration::from_secs(1),
            most: Duration::from_secs(60),
            patience: Duration::from_mins(15),
            tries: 10,
        }
    }
}

/// Keeps to a pace.
#[derive(Debug)]
pub(crate) struct Pacer {
    pace: Pace,
    sent: VecDeque<Instant>,
}

impl Pacer {
    pub(crate) fn new(pace: Pace) -> Self {
        Pacer {
            pace,
            sent: VecDeque::new(),
        }
    }

    /// Waits until one more request may be sent.
    pub(crate) async fn turn(&mut self) {
        let now = Instant::now();
        let due = self.due(now);
        if due > now {
            tokio::time::sleep_until(due).await;
        }
    }

    /// When the next request may be sent, and that it is.
    fn due(&mut self, now: Instant) -> Instant {
        let mut due = now;
        if self.sent.len() >= self.pace.requests
            && let Some(oldest) = self.sent.pop_front()
        {
            due = due.max(oldest + self.pace.per);
        }
        self.sent.push_back(due);
        due
    }

    /// How long to wait after so many failures, if the server asked for that much; `None` if it is
    /// no use any more. `share`, from 0 to 1, keeps those who failed together from coming back
    /// together.
    pub(crate) fn pause(
        &self,
        failures: u32,
        asked: Option<Duration>,
        share: f64,
    ) -> Option<Duration> {
        if failures >= self.pace.tries {
            return None;
        }
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let longest = self.pace.first.saturating_mul(doubled).min(self.pace.most);
        let own = longest / 2 + (longest / 2).mul_f64(share.clamp(0.0, 1.0));
        match asked {
            Some(asked) if asked > self.pace.patience => None,
            Some(asked) => Some(asked.max(own)),
            None => Some(own),
        }
    }
}

/// A random share, from 0 to 1.
pub(crate) fn share() -> f64 {
    f64::from(u32::from_ne_bytes(sts::random::bytes())) / f64::from(u32::MAX)
}

/// What `Retry-After` says: seconds, which may have a fraction, or a time.
pub(crate) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let time = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    // A time that has passed is no wait.
    Some(Duration::try_from(time.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_requests_are_sent_than_are_taken() {
        let (now, second) = (Instant::now(), Duration::from_secs(1));
        let mut pacer = Pacer::new(Pace::published());
        let due = (0..12).map(|_| pacer.due(now).duration_since(now).as_secs());
        assert_eq!(
            due.collect::<Vec<_>>(),
            [0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 20, 20]
        );
        // A slow server makes us no faster afterwards.
        let mut pacer = Pacer::new(Pace::published());
        let mut clock = now;
        let mut sent = Vec::new();
        for took in [0, 1, 9, 0, 0, 0, 3, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0] {
            clock = pacer.due(clock + second * took);
            sent.push(clock);
        }
        for six in sent.windows(6) {
            assert!(six[5] - six[0] >= Duration::from_secs(10), "{six:?}");
        }
        assert!(sent.is_sorted());
    }

    #[test]
    fn each_failure_is_waited_for_longer_and_not_forever() {
        let pacer = Pacer::new(Pace::published());
        let seconds = |failures, asked: Option<u64>, share| {
            let pause = pacer.pause(failures, asked.map(Duration::from_secs), share);
            pause.map(|pause| pause.as_secs_f64())
        };
        let longest = (1..10).map(|failures| seconds(failures, None, 1.0).unwrap());
        let expected = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0];
        assert_eq!(longest.collect::<Vec<_>>(), expected);
        assert_eq!(seconds(4, None, 0.0), Some(4.0));
        assert_eq!(seconds(10, None, 1.0), None);
        // What the server asks for is the least.
        assert_eq!(seconds(1, Some(17), 1.0), Some(17.0));
        assert_eq!(seconds(1, Some(0), 1.0), Some(1.0));
        assert_eq!(seconds(1, Some(900), 0.0), Some(900.0));
        assert_eq!(seconds(1, Some(901), 0.0), None);
        assert!((0..100).all(|_| (0.0..=1.0).contains(&share())));
    }

    #[test]
    fn retry_after_is_seconds_or_a_time() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        let read = |text| retry_after(text, now).map(|pause| pause.as_secs_f64());
        assert_eq!(read("120"), Some(120.0));
        assert_eq!(read(" 0.5 "), Some(0.5));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(30.0));
        assert_eq!(read("Sun, 06 Nov 1994 08:48:37 GMT"), Some(0.0));
        for wrong in ["", "soon", "-1", "NaN", "inf", "1e300", "06 Nov"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
