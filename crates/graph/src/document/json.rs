//! Strict JSON with the place of every value. `serde_json` reads the texts and numbers; the
//! structure is read here because that library keeps no places and no duplicates.

use serde_json::Value;

use super::build::{Builder, Fault};
use super::{Location, Mark, Problem};

/// Reads one JSON value.
pub(super) fn read(text: &str) -> Result<(Value, Mark), Fault> {
    let mut reader = Reader::new(text);
    reader.space();
    if reader.rest().is_empty() {
        return Err(Fault::whole(Problem::Empty));
    }
    reader.value()?;
    while let Some(container) = reader.open.last().copied() {
        reader.space();
        match container {
            Container::Array => reader.next_item()?,
            Container::Object => reader.next_member()?,
        }
    }
    reader.space();
    match reader.rest().is_empty() {
        true => reader.builder.finish(),
        false => Err(reader.expected("the end of the file")),
    }
}

#[derive(Clone, Copy)]
enum Container {
    Array,
    Object,
}

struct Reader<'a> {
    text: &'a str,
    /// How many bytes have been read.
    at: usize,
    /// The place of the byte at `counted`; counting goes on from there, so that it is done once.
    location: Location,
    counted: usize,
    open: Vec<Container>,
    /// Whether the innermost container has an entry already.
    filled: Vec<bool>,
    builder: Builder,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Reader {
            text,
            at: 0,
            location: Location { line: 1, column: 1 },
            counted: 0,
            open: Vec::new(),
            filled: Vec::new(),
            builder: Builder::default(),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn here(&mut self) -> Location {
        let passed = self.text.get(self.counted..self.at).unwrap_or_default();
        for (index, c) in passed.char_indices() {
            // `\r\n` ends one line, at its second character.
            let half =
                c == '\r' && self.text.as_bytes().get(self.counted + index + 1) == Some(&b'\n');
            if matches!(c, '\n' | '\r') && !half {
                self.location.line = self.location.line.saturating_add(1);
                self.location.column = 1;
            } else {
                self.location.column = self.location.column.saturating_add(1);
            }
        }
        self.counted = self.at;
        self.location
    }

    fn fault(&mut self, message: String) -> Fault {
        let here = self.here();
        let format = "JSON";
        self.builder
            .fault(here, Problem::Syntax { format, message })
    }

    fn expected(&mut self, what: &str) -> Fault {
        let found = match self.rest().chars().next() {
            Some(c) => format!("`{}`", super::Printable(c.encode_utf8(&mut [0; 4]))),
            None => "the end of the file".to_owned(),
        };
        self.fault(format!("expected {what}, found {found}"))
    }

    fn next_item(&mut self) -> Result<(), Fault> {
        match self.separator(b']', "`,` or `]`")? {
            true => self.value(),
            false => Ok(()),
        }
    }

    fn next_member(&mut self) -> Result<(), Fault> {
        if !self.separator(b'}', "`,` or `}`")? {
            return Ok(());
        }
        if self.peek() != Some(b'"') {
            return Err(self.expected("the name of a member in double quotes"));
        }
        let here = self.here();
        let name = self.string()?;
        self.builder.name(here, name)?;
        self.space();
        if self.peek() != Some(b':') {
            return Err(self.expected("`:`"));
        }
        self.at += 1;
        self.space();
        self.value()
    }

    /// Reads up to the next entry; false when the container ends instead.
    fn separator(&mut self, end: u8, expected: &str) -> Result<bool, Fault> {
        let filled = self.filled.last().copied().unwrap_or_default();
        match self.peek() {
            Some(c) if c == end => {
                self.at += 1;
                self.open.pop();
                self.filled.pop();
                self.builder.end()?;
                return Ok(false);
            }
            Some(b',') if filled => {
                self.at += 1;
                self.space();
            }
            _ if filled => return Err(self.expected(expected)),
            _ => {}
        }
        if let Some(last) = self.filled.last_mut() {
            *last = true;
        }
        Ok(true)
    }

    fn value(&mut self) -> Result<(), Fault> {
        let here = self.here();
        match self.peek() {
            Some(b'{') => {
                self.builder.begin_members(here, 0)?;
                self.enter(Container::Object);
                Ok(())
            }
            Some(b'[') => {
                self.builder.begin_items(here, 0)?;
                self.enter(Container::Array);
                Ok(())
            }
            Some(b'"') => {
                let text = self.string()?;
                self.builder.scalar(here, 0, Value::String(text))
            }
            _ => {
                let value = self.word()?;
                self.builder.scalar(here, 0, value)
            }
        }
    }

    fn enter(&mut self, container: Container) {
        self.at += 1;
        self.open.push(container);
        self.filled.push(false);
    }

    /// A text in double quotes.
    fn string(&mut self) -> Result<String, Fault> {
        let bytes = self.rest().as_bytes();
        let mut length = 1;
        loop {
            match bytes.get(length) {
                Some(b'"') => break,
                Some(b'\\') => length += 2,
                Some(b'\n' | b'\r') => {
                    self.at += length;
                    return Err(self.fault("a text must end on its line; expected `\"`".to_owned()));
                }
                Some(_) => length += 1,
                None => {
                    self.at = self.text.len();
                    return Err(self.expected("`\"` at the end of the text"));
                }
            }
        }
        let token = self.rest().get(..=length).unwrap_or_default();
        match serde_json::from_str(token) {
            Ok(text) => {
                self.at += token.len();
                Ok(text)
            }
            Err(error) => {
                self.at += error.column().saturating_sub(1).min(token.len());
                Err(self.fault(bare(&error)))
            }
        }
    }

    /// `true`, `false`, `null` or a number.
    fn word(&mut self) -> Result<Value, Fault> {
        let rest = self.rest();
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.');
        let length = rest.find(|c| !legal(c)).unwrap_or(rest.len());
        let word = rest.get(..length).unwrap_or_default();
        match serde_json::from_str::<Value>(word) {
            Ok(value) => {
                self.at += length;
                Ok(value)
            }
            Err(_) if word.parse::<f64>().is_ok_and(|number| !number.is_finite()) => {
                let here = self.here();
                Err(self.builder.fault(here, Problem::Number(word.to_owned())))
            }
            Err(_) if word.is_empty() => Err(self.expected("a value")),
            Err(_) => {
                let shown: String = word.chars().take(40).collect();
                Err(self.fault(format!("expected a value, found `{shown}`")))
            }
        }
    }
}

/// The message without the library's own count of lines and columns.
fn bare(error: &serde_json::Error) -> String {
    let message = error.to_string();
    match message.rfind(" at line ") {
        Some(at) => message.get(..at).unwrap_or_default().to_owned(),
        None => message,
    }
}
