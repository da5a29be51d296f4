//! A row as a JSON object, in the names of Graph or of Azure Monitor.
//!
//! Members are borrowed from the text where they can be. What no report looks at is skipped without
//! being kept, so a row costs what it says, not what it carries.

pub(crate) mod document;
mod form;

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use self::form::Forms;
use crate::cells::{Cell, Cells};
use crate::column::Column;
use crate::error::Refusal;

/// Names of members in the order in which the rows of a file have them. Rows of one writer list
/// their members alike, so the name that comes next is nearly always known.
#[derive(Debug, Default)]
pub(crate) struct Names {
    known: Vec<(Box<str>, Option<Column>)>,
    next: usize,
    forms: Forms,
}

/// More different names than this in one order are looked up each time.
const MOST_NAMES: usize = 512;

impl Names {
    fn column(&mut self, name: &str) -> Option<Column> {
        if let Some((known, column)) = self.known.get(self.next)
            && **known == *name
        {
            self.next += 1;
            return *column;
        }
        match self.known.iter().position(|(known, _)| **known == *name) {
            Some(place) => {
                self.next = place + 1;
                self.known.get(place).and_then(|(_, column)| *column)
            }
            None => {
                let column = Column::named(name);
                if self.known.len() < MOST_NAMES {
                    self.known.push((name.into(), column));
                    self.next = self.known.len();
                }
                column
            }
        }
    }
}

/// Reads one row.
pub(crate) fn row<'a>(
    text: &'a str,
    names: &mut Names,
    cells: &mut Cells<'a>,
) -> Result<(), Refusal> {
    // Lines may end as Windows ends them.
    let bare = text.trim_ascii_end();
    if names.forms.read(bare, cells) {
        return Ok(());
    }
    parse(text, names, cells)?;
    names.forms.learn(bare);
    Ok(())
}

fn parse<'a>(text: &'a str, names: &mut Names, cells: &mut Cells<'a>) -> Result<(), Refusal> {
    cells.clear();
    names.next = 0;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = Row { names, cells }.deserialize(&mut deserializer);
    let read = read.and_then(|()| deserializer.end());
    read.map_err(|error| refusal(&error))
}

/// Reads one row that is a list of values, whose columns stand elsewhere.
pub(crate) fn list<'a>(
    text: &'a str,
    columns: &[Option<Column>],
    cells: &mut Cells<'a>,
) -> Result<(), Refusal> {
    cells.clear();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = List { columns, cells }.deserialize(&mut deserializer);
    let read = read.and_then(|()| deserializer.end());
    read.map_err(|error| refusal(&error))
}

fn refusal(error: &serde_json::Error) -> Refusal {
    // The place is that of the row; where in the row it is, only its author cares.
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    match error.is_data() {
        true => Refusal::Misshapen(text.to_owned()),
        false => Refusal::NotJson(text.to_owned()),
    }
}

struct Row<'r, 'a> {
    names: &'r mut Names,
    cells: &'r mut Cells<'a>,
}

impl<'a> DeserializeSeed<'a> for Row<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Row<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row of a sign-in log")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut members: M) -> Result<(), M::Error> {
        let mut is_event = false;
        while let Some(column) = members.next_key_seed(Name(self.names))? {
            match column {
                // Beside its properties an event has an id and a resource of its own.
                Some(_) if is_event => {
                    members.next_value::<IgnoredAny>()?;
                }
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
                Some(Column::Properties) => {
                    let inside = Row {
                        names: self.names,
                        cells: self.cells,
                    };
                    is_event = members.next_value_seed(Properties(inside))?;
                }
                Some(column) => members.next_value_seed(Value {
                    column,
                    cells: self.cells,
                })?,
            }
        }
        Ok(())
    }
}

struct Name<'r>(&'r mut Names);

impl<'a> DeserializeSeed<'a> for Name<'_> {
    type Value = Option<Column>;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<Column>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.column(name))
    }
}

/// The row inside of an event of Azure Monitor: `properties`. Answers whether there is one.
struct Properties<'r, 'a>(Row<'r, 'a>);

impl<'a> DeserializeSeed<'a> for Properties<'_, 'a> {
    type Value = bool;

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Properties<'_, 'a> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the properties of an event")
    }

    fn visit_map<M: MapAccess<'a>>(self, members: M) -> Result<bool, M::Error> {
        self.0.visit_map(members).map(|()| true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }
}

struct Value<'r, 'a> {
    column: Column,
    cells: &'r mut Cells<'a>,
}

impl<'a> DeserializeSeed<'a> for Value<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Value<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to be a plain value", self.column.as_str())
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<(), E> {
        self.cells.say(self.column, text);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.cells.say(self.column, Cow::Owned(text.to_owned()));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.cells.set(self.column, Cell::Number(number));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.cells.set(self.column, Cell::Number(number));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        // Said as text, so that the error about it shows it.
        self.cells.say(self.column, Cow::Owned(number.to_string()));
        Ok(())
    }

    fn visit_bool<E>(self, flag: bool) -> Result<(), E> {
        self.cells.set(self.column, Cell::Flag(flag));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut list: S) -> Result<(), S::Error> {
        if self.column != Column::EventTypes {
            return Err(serde::de::Error::invalid_type(
                serde::de::Unexpected::Seq,
                &self,
            ));
        }
        let mut types = String::new();
        while let Some(name) = list.next_element::<Cow<'a, str>>()? {
            types.push_str(&name);
            types.push(' ');
        }
        self.cells.say(self.column, Cow::Owned(types));
        Ok(())
    }

    fn visit_map<M: MapAccess<'a>>(self, mut members: M) -> Result<(), M::Error> {
        let inside: &[(&str, Column)] = match self.column {
            Column::Status => &[
                ("errorCode", Column::ErrorCode),
                ("failureReason", Column::FailureReason),
            ],
            Column::DeviceDetail => &[
                ("isCompliant", Column::IsCompliant),
                ("trustType", Column::TrustType),
            ],
            _ => {
                return Err(serde::de::Error::invalid_type(
                    serde::de::Unexpected::Map,
                    &self,
                ));
            }
        };
        while let Some(name) = members.next_key::<Cow<'a, str>>()? {
            let column = inside.iter().find(|(known, _)| *known == name);
            match column {
                Some((_, column)) => members.next_value_seed(Value {
                    column: *column,
                    cells: self.cells,
                })?,
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct List<'r, 'a> {
    columns: &'r [Option<Column>],
    cells: &'r mut Cells<'a>,
}

impl<'a> DeserializeSeed<'a> for List<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'a> Visitor<'a> for List<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {} values", self.columns.len())
    }

    fn visit_seq<S: SeqAccess<'a>>(self, mut list: S) -> Result<(), S::Error> {
        for (place, column) in self.columns.iter().enumerate() {
            let read = match column {
                Some(column) => list.next_element_seed(Value {
                    column: *column,
                    cells: self.cells,
                })?,
                None => list.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if read.is_none() {
                return Err(serde::de::Error::invalid_length(place, &self));
            }
        }
        Ok(())
    }
}
