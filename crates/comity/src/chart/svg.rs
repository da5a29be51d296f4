//! Charts as SVG within a page: no script, nothing from elsewhere, and each says in words what it
//! shows.

use maud::{Markup, html};

use super::{Bar, Chart, fitting};

const WIDTH: usize = 800;
/// Where labels end.
const LABELS: usize = 290;
/// How long the longest bar is.
const LENGTH: usize = 430;
const ROW: usize = 26;
/// How many characters of a label there is room for.
const LETTERS: usize = 36;

/// The area of a chart over time.
const LEFT: usize = 64;
const RIGHT: usize = WIDTH - 10;
const TOP: usize = 12;
const BOTTOM: usize = 200;

impl Chart {
    /// The picture; `id` is its own in the page.
    pub(crate) fn svg(&self, id: &str) -> Markup {
        let (title, desc) = (format!("{id}-title"), format!("{id}-desc"));
        let height = match self.over_time {
            true => BOTTOM + 30,
            false => self.bars.len() * ROW + 4,
        };
        let size = format!("0 0 {WIDTH} {height}");
        html! {
            figure {
                figcaption {
                    strong { (self.title) }
                    @for (at, part) in self.parts.iter().enumerate() {
                        " " span.{ "key part" (at) } {} " " (part)
                    }
                }
                @if self.bars.is_empty() {
                    p { "nothing" }
                } @else {
                    svg viewBox=(size) role="img" aria-labelledby={ (title) " " (desc) } {
                        title id=(title) { (self.title) }
                        desc id=(desc) { (self.words()) }
                        @if self.over_time { (self.columns()) } @else { (self.rows()) }
                    }
                }
                @if self.more > 0 {
                    p.note { "and " (self.more) " more in the table" }
                }
            }
        }
    }

    /// What the picture shows.
    fn words(&self) -> String {
        let parts = self.parts.join(" and ");
        let Some(longest) = self.bars.iter().max_by_key(|bar| bar.total()) else {
            return parts;
        };
        format!(
            "{} bars of {parts}; the longest is {} with {}. The table below has the numbers.",
            self.bars.len(),
            fitting(&longest.label, LETTERS * 2),
            longest.total()
        )
    }

    /// What is said about one bar.
    fn said(&self, bar: &Bar) -> String {
        let parts = self.parts.iter().zip(&bar.parts);
        let parts: Vec<String> = parts.map(|(name, part)| format!("{part} {name}")).collect();
        let label = crate::terminal::visible(&bar.label);
        format!("{label}: {}", parts.join(", "))
    }

    fn rows(&self) -> Markup {
        let most = self.most();
        html! {
            @for (at, bar) in self.bars.iter().enumerate() {
                @let y = at * ROW;
                @let ends = bar.ends(most, LENGTH);
                g {
                    title { (self.said(bar)) }
                    text.label x=(LABELS - 10) y=(y + 17) { (fitting(&bar.label, LETTERS)) }
                    @for (part, from, end) in pieces(&ends) {
                        rect.{ "part" (part) } x=(LABELS + from) y=(y + 3) width=(end - from) height=(ROW - 8) {}
                    }
                    text x=(LABELS + ends.last().copied().unwrap_or_default() + 8) y=(y + 17) { (bar.total()) }
                }
            }
        }
    }

    fn columns(&self) -> Markup {
        let most = self.most().max(1);
        let room = RIGHT - LEFT;
        let step = room / self.bars.len().max(1);
        let wide = step.saturating_sub(2).clamp(1, 40);
        let height = BOTTOM - TOP;
        let last = self.bars.len().saturating_sub(1);
        html! {
            @for (value, y) in [(most, TOP), (most / 2, TOP + height / 2), (0, BOTTOM)] {
                line.grid x1=(LEFT) x2=(RIGHT) y1=(y) y2=(y) {}
                text.label x=(LEFT - 8) y=(y + 4) { (value) }
            }
            @for (at, bar) in self.bars.iter().enumerate() {
                @let x = LEFT + at * step + (step - wide.min(step)) / 2;
                g {
                    title { (self.said(bar)) }
                    @for (part, from, end) in pieces(&bar.ends(most, height)) {
                        rect.{ "part" (part) } x=(x) y=(BOTTOM - end) width=(wide) height=(end - from) {}
                    }
                }
                @if at == 0 || at == last || at == last / 2 {
                    text.{ "day" (place(at, last)) } x=(x + middle(at, last, wide)) y=(BOTTOM + 20) {
                        (fitting(&bar.label, LETTERS))
                    }
                }
            }
        }
    }
}

/// The first label begins where its bar does, the last one ends there, one between is in the middle.
const fn place(at: usize, last: usize) -> usize {
    match at {
        0 => 0,
        at if at == last => 2,
        _ => 1,
    }
}

const fn middle(at: usize, last: usize, wide: usize) -> usize {
    place(at, last) * wide / 2
}

/// The parts that can be seen: which, from where, and to where.
fn pieces(ends: &[usize]) -> Vec<(usize, usize, usize)> {
    let begins = std::iter::once(0).chain(ends.iter().copied());
    let pieces = begins.zip(ends.iter().copied()).enumerate();
    let pieces = pieces.map(|(part, (from, end))| (part, from, end));
    pieces.filter(|(_, from, end)| from < end).collect()
}
