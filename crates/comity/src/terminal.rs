//! Colour on a terminal, and nowhere else.

use std::io::IsTerminal as _;

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

/// A text without control characters, and without those that turn the direction of what follows.
/// Names come from other people's tenants, and what they write there must not move the cursor nor
/// change the order of what stands beside it.
pub(crate) fn visible(text: &str) -> String {
    let turns = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = text.chars().map(|c| match c.is_control() || turns(c) {
        true => '\u{fffd}',
        false => c,
    });
    shown.collect()
}

/// How many columns there are to print in.
pub(crate) fn width() -> usize {
    let size = std::io::stdout()
        .is_terminal()
        .then(terminal_size::terminal_size);
    size.flatten().map_or(NARROW, |(width, _)| width.0.into())
}

/// Where nobody says how wide it is.
pub(crate) const NARROW: usize = 80;

/// The style of what went wrong.
pub(crate) const ERROR: Style = Style::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));

/// The style of a part of a bar.
pub(crate) const fn part(at: usize) -> Style {
    let colour = match at {
        0 => AnsiColor::Blue,
        1 => AnsiColor::Yellow,
        _ => AnsiColor::White,
    };
    Style::new().fg_color(Some(anstyle::Color::Ansi(colour)))
}
