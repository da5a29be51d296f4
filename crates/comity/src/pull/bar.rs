//! How far a pull is, for somebody who sits in front of it.
//!
//! How many rows there will be nobody says. But the newest come first: how far back the last ones
//! are shows how much of the window is done.

use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;

use super::checkpoint::Window;
use super::walk::{Tally, Watch};

const TEMPLATE: &str = "{bar:30} {percent} %  {msg}  {eta} left";

/// A bar on the error stream, where that is a terminal; nothing elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Bar(Mutex<Option<Shown>>);

#[derive(Debug)]
struct Shown {
    bar: ProgressBar,
    window: Window,
    kinds: usize,
}

impl Bar {
    fn shown<T>(&self, what: impl FnOnce(&mut Option<Shown>) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(|poison| poison.into_inner()))
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if let Some(shown) = self.shown(Option::take) {
            shown.bar.finish_and_clear();
        }
    }
}

/// How long a window is.
fn length(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.duration_since(from).as_secs()).unwrap_or(0)
}

impl Watch for Bar {
    fn begins(&self, window: Window, kinds: usize) {
        self.end();
        let all = length(window.from, window.until).saturating_mul(kinds as u64);
        let bar = ProgressBar::new(all);
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        self.shown(|shown| *shown = Some(Shown { bar, window, kinds }));
    }

    fn page(&self, tally: Tally, back_to: Option<Timestamp>, kinds: usize) {
        self.shown(|shown| {
            let Some(Shown {
                bar,
                window,
                kinds: all,
            }) = shown
            else {
                return;
            };
            let whole = length(window.from, window.until);
            let done = (*all).saturating_sub(kinds) as u64;
            let part = back_to.map_or(0, |back_to| length(back_to, window.until).min(whole));
            bar.set_position(whole.saturating_mul(done).saturating_add(part));
            let rate = tally.rows as f64 / bar.elapsed().as_secs_f64().max(1.0);
            bar.set_message(format!("{} rows, {rate:.0} a second", tally.rows));
        });
    }

    fn waits(&self, why: &str, pause: Duration) {
        self.shown(|shown| {
            if let Some(Shown { bar, .. }) = shown {
                bar.set_message(format!("waiting {} s: {why}", pause.as_secs()));
            }
        });
    }
}
