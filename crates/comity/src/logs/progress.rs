//! How far it is, for somebody who sits in front of it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use intake::Progress;

/// A bar on the error stream, where that is a terminal; nothing elsewhere. It goes by the bytes that were
/// read, since nobody knows how many rows there will be.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: OnceLock<ProgressBar>,
    /// For a source that says how long it is, and for one that does not.
    templates: [&'static str; 2],
    rows: AtomicU64,
}

impl Bar {
    /// For rows that are counted: it tells how many bytes are read in a second.
    pub(crate) fn of_bytes() -> Self {
        Bar::new([
            "{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left",
            "{spinner} {bytes}  {bytes_per_sec}  {elapsed}",
        ])
    }

    /// For rows that go somewhere: it tells how many are where they belong.
    pub(crate) fn of_rows() -> Self {
        Bar::new([
            "{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left",
            "{spinner} {bytes}  {msg}  {elapsed}",
        ])
    }

    fn new(templates: [&'static str; 2]) -> Self {
        Bar {
            bar: OnceLock::new(),
            templates,
            rows: AtomicU64::new(0),
        }
    }

    /// So many more rows are where they belong.
    pub(crate) fn kept(&self, rows: u64) {
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        if let Some(bar) = self.bar.get() {
            let rate = rows as f64 / bar.elapsed().as_secs_f64().max(1.0);
            bar.set_message(format!("{rows} rows, {rate:.0} a second"));
        }
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}

impl Progress for Bar {
    fn begins(&self, bytes: Option<u64>) {
        let [known, unknown] = self.templates;
        let (bar, template) = match bytes {
            Some(bytes) => (ProgressBar::new(bytes), known),
            None => (ProgressBar::new_spinner(), unknown),
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
