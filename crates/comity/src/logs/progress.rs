//! How far it is, for somebody who sits in front of it.

use std::sync::OnceLock;

use indicatif::{ProgressBar, ProgressStyle};
use intake::Progress;

/// A bar on the error stream, where that is a terminal; nothing elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Bar(OnceLock<ProgressBar>);

const KNOWN: &str = "{bar:30} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left";
const UNKNOWN: &str = "{spinner} {bytes}  {bytes_per_sec}  {elapsed}";

impl Progress for Bar {
    fn begins(&self, bytes: Option<u64>) {
        let (bar, template) = match bytes {
            Some(bytes) => (ProgressBar::new(bytes), KNOWN),
            None => (ProgressBar::new_spinner(), UNKNOWN),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let _ = self.0.set(bar);
    }

    fn read(&self, bytes: u64) {
        if let Some(bar) = self.0.get() {
            bar.set_position(bytes);
        }
    }
}

impl Bar {
    /// Takes the bar away.
    pub(crate) fn end(&self) {
        if let Some(bar) = self.0.get() {
            bar.finish_and_clear();
        }
    }
}
