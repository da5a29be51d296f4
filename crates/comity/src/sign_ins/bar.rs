//! How far an import is, for somebody who sits in front of it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use intake::Progress;

const KNOWN: &str = "{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left";
const UNKNOWN: &str = "{spinner} {bytes}  {msg}  {elapsed}";

/// A bar on the error stream, where that is a terminal; nothing elsewhere. It goes by the bytes that
/// were read, since nobody knows how many rows there will be.
#[derive(Debug, Default)]
pub(super) struct Bar {
    bar: OnceLock<ProgressBar>,
    rows: AtomicU64,
}

impl Progress for Bar {
    fn begins(&self, bytes: Option<u64>) {
        let (bar, template) = match bytes {
            Some(bytes) => (ProgressBar::new(bytes), KNOWN),
            None => (ProgressBar::new_spinner(), UNKNOWN),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let _ = self.bar.set(bar);
    }

    fn read(&self, bytes: u64) {
        if let Some(bar) = self.bar.get() {
            bar.set_position(bytes);
        }
    }
}

impl Bar {
    /// So many more rows are where they belong.
    pub(super) fn kept(&self, rows: u64) {
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        if let Some(bar) = self.bar.get() {
            let rate = rows as f64 / bar.elapsed().as_secs_f64().max(1.0);
            bar.set_message(format!("{rows} rows, {rate:.0} a second"));
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
