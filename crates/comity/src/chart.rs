//! Numbers as bars: what is drawn, and drawn with characters.

pub(crate) mod svg;

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::terminal;

/// How many bars there are at most.
pub(crate) const MOST: usize = 20;
/// How wide a label may be in a terminal.
const LABEL: usize = 40;
/// How narrow the longest bar may become.
const SHORTEST: usize = 10;
/// What parts are drawn with. They differ in more than their colour.
const BLOCKS: [&str; 3] = ["█", "▒", "░"];

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) label: String,
    /// As many as the chart has parts.
    pub(crate) parts: Vec<u64>,
}

/// Bars below each other.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(crate) title: &'static str,
    /// What the parts of each bar are called.
    pub(crate) parts: Vec<&'static str>,
    pub(crate) bars: Vec<Bar>,
    /// How many further ones are not drawn.
    pub(crate) more: usize,
    /// Bars are stretches of time, one after the other.
    pub(crate) over_time: bool,
}

impl Bar {
    pub(crate) fn total(&self) -> u64 {
        self.parts
            .iter()
            .fold(0, |sum, part| sum.saturating_add(*part))
    }

    /// Where its parts end, if the longest bar of all is so long. What is not nothing can be seen.
    pub(crate) fn ends(&self, most: u64, length: usize) -> Vec<usize> {
        let mut sum: u64 = 0;
        let ends = self.parts.iter().map(|part| {
            sum = sum.saturating_add(*part);
            let scaled = (u128::from(sum) * length as u128 + u128::from(most) / 2)
                .checked_div(most.into())
                .unwrap_or(0);
            let scaled = usize::try_from(scaled).unwrap_or(length).min(length);
            scaled.max(usize::from(sum > 0 && length > 0))
        });
        ends.collect()
    }
}

impl Chart {
    pub(crate) fn most(&self) -> u64 {
        self.bars.iter().map(Bar::total).max().unwrap_or_default()
    }

    /// The largest bars alone.
    pub(crate) fn cut(mut self) -> Self {
        self.more = self.bars.len().saturating_sub(MOST);
        self.bars.truncate(MOST);
        self
    }

    /// In so many columns, painted.
    pub(crate) fn text(&self, width: usize) -> String {
        let labels = self.bars.iter().map(|bar| bar.label.width());
        let label = labels.max().unwrap_or_default().min(LABEL).min(width / 2);
        let digits = self.most().to_string().len();
        let length = width.saturating_sub(label + digits + 4).max(SHORTEST);
        let mut text = self.title.to_owned();
        for (at, (name, block)) in self.parts.iter().zip(BLOCKS).enumerate() {
            let block = terminal::painted(terminal::part(at), block);
            let _ = write!(text, "  {block} {name}");
        }
        text.push('\n');
        for bar in &self.bars {
            let shown = fitting(&bar.label, label);
            let blanks = " ".repeat(label.saturating_sub(shown.width()));
            let _ = write!(text, "{shown}{blanks}  ");
            let mut from = 0;
            for (at, (end, block)) in bar
                .ends(self.most(), length)
                .into_iter()
                .zip(BLOCKS)
                .enumerate()
            {
                let piece = block.repeat(end.saturating_sub(from));
                if !piece.is_empty() {
                    text.push_str(&terminal::painted(terminal::part(at), &piece));
                }
                from = end.max(from);
            }
            let between = if from == 0 { "" } else { "  " };
            let _ = writeln!(text, "{between}{}", bar.total());
        }
        match (self.bars.is_empty(), self.more) {
            (true, _) => text.push_str("(nothing)\n"),
            (false, 0) => {}
            (false, more) => {
                let _ = writeln!(text, "and {more} more");
            }
        }
        text
    }
}

/// As much of a text as fits into so many columns.
pub(crate) fn fitting(text: &str, columns: usize) -> String {
    let text = terminal::visible(text);
    if text.width() <= columns {
        return text;
    }
    let mut left = columns.saturating_sub(1);
    let mut shown: String = text
        .chars()
        .take_while(|c| {
            let width = c.width().unwrap_or_default();
            let fits = width <= left;
            left = left.saturating_sub(width);
            fits
        })
        .collect();
    shown.push('…');
    shown
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn bar(label: &str, parts: [u64; 2]) -> Bar {
        Bar {
            label: label.to_owned(),
            parts: parts.to_vec(),
        }
    }

    fn plain(bars: Vec<Bar>, width: usize) -> String {
        let chart = Chart {
            title: "By partner",
            parts: vec!["outbound", "inbound"],
            bars,
            more: 0,
            over_time: false,
        };
        anstream::adapter::strip_str(&chart.cut().text(width)).to_string()
    }

    #[test]
    fn bars_fill_the_width_and_what_is_not_nothing_can_be_seen() {
        let bars = vec![
            bar("Fabrikam", [10_000, 10_000]),
            bar("Northwind", [1, 0]),
            bar("Nobody", [0, 0]),
        ];
        let told = plain(bars, 40);
        let expected = "\
By partner  █ outbound  ▒ inbound
Fabrikam   ███████████▒▒▒▒▒▒▒▒▒▒▒  20000
Northwind  █  1
Nobody     0
";
        assert_eq!(told, expected);
        let longest = told.lines().map(UnicodeWidthStr::width).max();
        assert_eq!(longest, Some(40));
    }

    #[test]
    fn numbers_without_end_are_drawn_as_well() {
        let told = plain(
            vec![bar("a", [u64::MAX, u64::MAX]), bar("b", [0, u64::MAX])],
            20,
        );
        assert!(told.contains("▒▒▒▒"), "{told}");
    }

    #[test]
    fn names_cannot_push_the_bars_away_nor_turn_them_around() {
        let wide = "株式会社".repeat(20);
        let told = plain(
            vec![bar(&wide, [1, 0]), bar("a\u{202e}b\u{1b}[2J", [1, 0])],
            80,
        );
        assert!(told.lines().all(|line| line.width() <= 80), "{told}");
        assert!(told.contains("a\u{fffd}b\u{fffd}[2J"), "{told}");
    }

    #[test]
    fn many_bars_are_cut_and_it_is_said() {
        let bars = (0..25).map(|at| bar(&at.to_string(), [1, 1])).collect();
        assert!(plain(bars, 80).ends_with("and 5 more\n"));
    }
}
