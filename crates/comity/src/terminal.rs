//! Colour on a terminal, and nowhere else.

use anstyle::{AnsiColor, Style};
use policy::decision::Verdict;
use posture::check::Severity;

/// The style of a verdict.
pub(crate) const fn verdict(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Allow => AnsiColor::Green,
        Verdict::Challenge => AnsiColor::Yellow,
        Verdict::Block => AnsiColor::Red,
    };
    Style::new()
        .bold()
        .fg_color(Some(anstyle::Color::Ansi(colour)))
}

/// The style of a severity.
pub(crate) const fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Error => ERROR,
        Severity::Warning => verdict(Verdict::Challenge),
        Severity::Note => Style::new().bold(),
    }
}

/// The text in that style. The stream it is printed to takes the style off again where it is not a
/// terminal.
pub(crate) fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A text without control characters. Names come from other people's tenants, and what they write
/// there must not move the cursor.
pub(crate) fn visible(text: &str) -> String {
    let shown = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    shown.collect()
}

/// The style of what went wrong.
pub(crate) const ERROR: Style = Style::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
