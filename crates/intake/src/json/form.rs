//! The form of rows: what stands between their values.
//!
//! Rows of one writer are alike but for their values: the same members in the same order. Once a row has
//! been read, another one of its form is read by comparing what stands between the values and taking what
//! lies there. Whatever is not as expected (another member, an escape, a number of another kind) is left to
//! the reader of JSON, so this decides nothing but how fast.

use crate::cells::{Cell, Cells};
use crate::column::Column;

/// How many forms are remembered.
const MOST: usize = 8;
/// Whoever has seen so many rows of no known form does not look any more.
const PATIENCE: u32 = 1_000;

/// The forms that have been seen, the last one first.
#[derive(Debug, Default)]
pub(super) struct Forms {
    known: Vec<Form>,
    hits: u32,
    misses: u32,
}

#[derive(Debug)]
struct Form {
    values: Vec<Place>,
    /// What stands between the values and says something itself.
    said: Vec<(Column, String)>,
    /// What follows the last value.
    end: Box<[u8]>,
}

/// Where a value is.
#[derive(Debug)]
struct Place {
    /// What stands before it.
    before: Box<[u8]>,
    /// What it is about; `None`: nobody looks.
    column: Option<Column>,
}

impl Forms {
    /// Reads a row of a known form. `false`: somebody else has to, and nothing in the cells counts.
    pub(super) fn read<'a>(&mut self, row: &'a str, cells: &mut Cells<'a>) -> bool {
        if self.known.is_empty() || row.bytes().fold(false, |bad, byte| bad | (byte < b' ')) {
            return false;
        }
        for place in 0..self.known.len() {
            cells.clear();
            let read = self.known.get(place).and_then(|form| form.read(row, cells));
            if read.is_some() {
                self.known.swap(0, place);
                self.hits = self.hits.saturating_add(1);
                return true;
            }
        }
        self.misses = self.misses.saturating_add(1);
        if self.misses > PATIENCE && self.misses > self.hits {
            self.known.clear();
        }
        false
    }

    /// Remembers the form of a row that was read.
    pub(super) fn learn(&mut self, row: &str) {
        let is_patient = self.misses <= PATIENCE || self.misses <= self.hits;
        if is_patient
            && self.known.len() < MOST
            && let Some(form) = Form::of(row)
        {
            self.known.insert(0, form);
        }
    }
}

impl Form {
    fn read<'a>(&self, row: &'a str, cells: &mut Cells<'a>) -> Option<()> {
        let bytes = row.as_bytes();
        let mut at = 0;
        for Place { before, column } in &self.values {
            let rest = bytes.get(at..)?.strip_prefix(&**before)?;
            at += before.len();
            match rest.split_first()? {
                (b'"', text) => {
                    let length = memchr::memchr2(b'"', b'\\', text)?;
                    if text.get(length) != Some(&b'"') {
                        return None;
                    }
                    let start = at + 1;
                    at = start + length + 1;
                    if let Some(column) = column {
                        cells.say(*column, row.get(start..start + length)?);
                    }
                }
                _ => {
                    let length = rest.iter().position(|byte| b",}] ".contains(byte))?;
                    let word = rest.get(..length)?;
                    match column {
                        Some(column) => set(cells, *column, word)?,
                        None => is_plain(word).then_some(())?,
                    }
                    at += length;
                }
            }
        }
        if bytes.get(at..)? != &*self.end {
            return None;
        }
        for (column, text) in &self.said {
            cells.say(*column, text.clone());
        }
        Some(())
    }

    /// The form of a row that is JSON; `None` if it has none that is worth it.
    fn of(row: &str) -> Option<Form> {
        let mut scan = Scan {
            row,
            at: 0,
            taken: 0,
            values: Vec::new(),
            said: Vec::new(),
        };
        scan.object(Inside::Row)?;
        let end = row.get(scan.taken..)?.as_bytes().into();
        let Scan { values, said, .. } = scan;
        let twice = |place: &Place| said.iter().any(|(column, _)| place.column == Some(*column));
        let is_whole = scan.at == row.len() && said.len() < 2 && !values.iter().any(twice);
        is_whole.then_some(Form { values, said, end })
    }
}

/// A value that is no text, as the reader of JSON would give it.
fn set(cells: &mut Cells<'_>, column: Column, word: &[u8]) -> Option<()> {
    let cell = match word {
        b"null" => return Some(()),
        b"true" => Cell::Flag(true),
        b"false" => Cell::Flag(false),
        // As many digits as a number here surely has room for.
        _ if is_whole(word) && word.len() < 18 => {
            Cell::Number(std::str::from_utf8(word).ok()?.parse().ok()?)
        }
        _ => return None,
    };
    cells.set(column, cell);
    Some(())
}

fn is_whole(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"-").unwrap_or(word);
    let all = digits.iter().all(u8::is_ascii_digit) && !digits.is_empty();
    // The reader takes -0 for a number with a point.
    all && (digits.first() != Some(&b'0') || word == b"0")
}

/// Whether this is a value of JSON, for certain.
fn is_plain(word: &[u8]) -> bool {
    if matches!(word, b"null" | b"true" | b"false") || is_whole(word) {
        return true;
    }
    let Some(point) = word.iter().position(|byte| *byte == b'.') else {
        return false;
    };
    let (whole, fraction) = word.split_at(point);
    let fraction = fraction.get(1..).unwrap_or_default();
    let digits = fraction.iter().all(u8::is_ascii_digit) && !fraction.is_empty();
    // Long numbers may be too large for the reader; it says so itself.
    digits && word.len() < 18 && (is_whole(whole) || whole == b"-0")
}

/// What is inside of an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Row,
    Status,
    DeviceDetail,
    /// Something that no report looks at.
    Unknown,
}

impl Inside {
    fn column(self, name: &str) -> Option<Column> {
        match (self, name) {
            (Inside::Row, name) => Column::named(name),
            (Inside::Status, "errorCode") => Some(Column::ErrorCode),
            (Inside::Status, "failureReason") => Some(Column::FailureReason),
            (Inside::DeviceDetail, "isCompliant") => Some(Column::IsCompliant),
            (Inside::DeviceDetail, "trustType") => Some(Column::TrustType),
            _ => None,
        }
    }
}

/// Walks over a row that is known to be JSON, without escapes; over anything else it gives up.
struct Scan<'a> {
    row: &'a str,
    at: usize,
    /// Up to where what stands between values has been taken.
    taken: usize,
    values: Vec<Place>,
    said: Vec<(Column, String)>,
}

impl<'a> Scan<'a> {
    fn next(&self) -> Option<u8> {
        self.row.as_bytes().get(self.at).copied()
    }

    /// Goes on after that byte, and blanks around it.
    fn expect(&mut self, byte: u8) -> Option<()> {
        self.skip();
        let found = self.next() == Some(byte);
        self.at += 1;
        self.skip();
        found.then_some(())
    }

    fn skip(&mut self) {
        while self.next() == Some(b' ') {
            self.at += 1;
        }
    }

    /// A text, whose blanks are its own.
    fn text(&mut self) -> Option<&'a str> {
        let rest = self.row.get(self.at..)?.strip_prefix('"')?;
        let length = memchr::memchr2(b'"', b'\\', rest.as_bytes())?;
        let is_bare = rest.as_bytes().get(length) == Some(&b'"');
        self.at += length + 2;
        rest.get(..length).filter(|_| is_bare)
    }

    fn object(&mut self, inside: Inside) -> Option<()> {
        self.expect(b'{')?;
        if self.next() == Some(b'}') {
            return self.expect(b'}');
        }
        let mut is_event = false;
        loop {
            let name = self.text()?;
            self.expect(b':')?;
            let column = inside.column(name).filter(|_| !is_event);
            is_event |= column == Some(Column::Properties) && self.next() == Some(b'{');
            self.value(column)?;
            if self.next() == Some(b'}') {
                return self.expect(b'}');
            }
            self.expect(b',')?;
        }
    }

    fn value(&mut self, column: Option<Column>) -> Option<()> {
        match (self.next()?, column) {
            (b'{', None) => self.object(Inside::Unknown),
            (b'{', Some(Column::Properties)) => self.object(Inside::Row),
            (b'{', Some(Column::Status)) => self.object(Inside::Status),
            (b'{', Some(Column::DeviceDetail)) => self.object(Inside::DeviceDetail),
            (b'[', None) => self.list(),
            (b'[', Some(Column::EventTypes)) => self.event_types(),
            (b'{' | b'[', Some(_)) => None,
            // Whether there are properties changes what the rest means.
            (_, Some(Column::Properties)) => None,
            (first, column) => {
                let before = self.row.get(self.taken..self.at)?.as_bytes().into();
                match first {
                    b'"' => drop(self.text()?),
                    _ => {
                        let rest = self.row.get(self.at..)?;
                        self.at += rest.find([',', '}', ']', ' '])?;
                    }
                }
                self.taken = self.at;
                self.values.push(Place { before, column });
                Some(())
            }
        }
    }

    fn list(&mut self) -> Option<()> {
        self.expect(b'[')?;
        if self.next() == Some(b']') {
            return self.expect(b']');
        }
        loop {
            self.value(None)?;
            if self.next() == Some(b']') {
                return self.expect(b']');
            }
            self.expect(b',')?;
        }
    }

    /// Few differ, so a row with others is of another form.
    fn event_types(&mut self) -> Option<()> {
        let mut types = String::new();
        self.expect(b'[')?;
        while self.next() != Some(b']') {
            types.push_str(self.text()?);
            types.push(' ');
            self.skip();
            if self.next() != Some(b']') {
                self.expect(b',')?;
            }
        }
        self.said.push((Column::EventTypes, types));
        self.expect(b']')
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::{Names, parse, row};
    use super::*;

    /// Names that mean something and such that do not, and what may stand beside them.
    fn members(depth: u32) -> BoxedStrategy<String> {
        let names = [
            "id",
            "userId",
            "createdDateTime",
            "status",
            "deviceDetail",
            "errorCode",
            "isCompliant",
            "properties",
            "isInteractive",
            "signInEventTypes",
            "location",
            "trustType",
            "count",
            "x",
        ];
        let member = (select(names.to_vec()), value(depth), any::<bool>());
        let object = proptest::collection::vec(member, 0..6).prop_map(|members| {
            let members = members.into_iter().map(|(name, value, blank)| {
                format!("\"{name}\":{}{value}", if blank { " " } else { "" })
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        });
        object.boxed()
    }

    fn value(depth: u32) -> BoxedStrategy<String> {
        let plain = [
            "null",
            "true",
            "false",
            "0",
            "-0",
            "7",
            "-12",
            "1.5",
            "-0.25",
            "1e3",
            "01",
            "1.",
            "123456789012345678901234567890",
            "\"\"",
            "\"abc\"",
            "\"a b, c}]\"",
            "\"\\u0041\"",
            "\"\\\"\"",
            "\"é\"",
            "[]",
            "{}",
            "[ ]",
            "[\"interactiveUser\"]",
            "\"\t\"",
            "nul",
        ];
        let plain = select(plain.to_vec()).prop_map(str::to_owned);
        match depth {
            0 => plain.boxed(),
            _ => {
                let list = proptest::collection::vec(value(depth - 1), 0..3);
                let list = list.prop_map(|values| format!("[{}]", values.join(",")));
                prop_oneof![6 => plain, 2 => members(depth - 1), 1 => list].boxed()
            }
        }
    }

    fn damaged() -> impl Strategy<Value = String> {
        (
            members(2),
            any::<prop::sample::Index>(),
            select(vec!["", "\"", ",", "}", " ", "0", "\\"]),
        )
            .prop_map(|(row, at, instead)| {
                let mut row: Vec<char> = row.chars().collect();
                let at = at.index(row.len());
                row.splice(at..=at, instead.chars());
                row.into_iter().collect()
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Each row after the others, again with other values, and with something broken.
        #[test]
        fn a_row_of_a_known_form_is_read_as_any_other(
            rows in proptest::collection::vec(prop_oneof![members(2), damaged()], 1..12),
        ) {
            let mut known = Names::default();
            let again = rows.iter().map(|row| row.replace("abc", "").replace('7', "8"));
            let rows: Vec<String> = rows.iter().cloned().chain(again).collect();
            for text in &rows {
                let (mut ours, mut plain) = (Cells::new(), Cells::new());
                let read = row(text, &mut known, &mut ours);
                let expected = parse(text, &mut Names::default(), &mut plain);
                prop_assert_eq!(format!("{:?}", &read), format!("{:?}", &expected));
                if read.is_ok() {
                    prop_assert_eq!(format!("{ours:?}"), format!("{plain:?}"), "{}", text);
                }
            }
        }
    }

    #[test]
    fn the_second_row_of_a_form_needs_no_reader_of_json() {
        let rows = [
            r#"{"id": "1", "status": {"errorCode": 0, "failureReason": null}, "signInEventTypes": ["interactiveUser"], "location": {"geo": {"latitude": 1.5}}}"#,
            r#"{"id": "2", "status": {"errorCode": 50126, "failureReason": "wrong"}, "signInEventTypes": ["interactiveUser"], "location": {"geo": {"latitude": null}}}"#,
        ];
        let (mut forms, mut cells) = (Forms::default(), Cells::new());
        assert!(!forms.read(rows[0], &mut cells));
        forms.learn(rows[0]);
        for row in rows {
            assert!(forms.read(row, &mut cells), "{row}");
        }
        assert_eq!(cells.get(Column::ErrorCode), &Cell::Number(50126));
        assert!(cells.says(Column::FailureReason) && cells.says(Column::EventTypes));
        let other = rows[1].replace("interactiveUser", "nonInteractiveUser");
        assert!(!forms.read(&other, &mut cells));
    }
}
