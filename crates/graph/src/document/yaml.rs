//! YAML 1.2 with the place of every value: the core schema, anchors and aliases, one document.
//!
//! The events come from `saphyr-parser`, pulled one by one, because its loader recurses, copies
//! aliases before anybody can count and keeps no places of names. Merge keys (`<<`) belong to YAML
//! 1.1 and are refused; dates are texts.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};
use serde_json::{Number, Value};

use super::build::{Builder, Fault};
use super::text::number;
use super::{Location, Mark, Problem};

/// Reads one YAML document.
pub(super) fn read(text: &str) -> Result<(Value, Mark), Fault> {
    let mut builder = Builder::default();
    let mut documents = 0;
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| syntax(&builder, &error))?;
        let here = place(&span.start);
        match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return Err(Fault::at(here, Problem::Several));
                }
            }
            Event::SequenceStart(anchor, tag) => {
                container(&builder, here, tag.as_deref(), "seq")?;
                builder.begin_items(here, anchor)?;
            }
            Event::MappingStart(anchor, tag) => {
                container(&builder, here, tag.as_deref(), "map")?;
                builder.begin_members(here, anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => builder.end()?,
            Event::Scalar(text, style, anchor, tag) => {
                let written = Written {
                    text: &text,
                    plain: style == ScalarStyle::Plain,
                    tag: tag.as_deref(),
                };
                scalar(&mut builder, here, anchor, &written)?;
            }
            Event::Alias(anchor) => alias(&mut builder, here, anchor)?,
            Event::DocumentEnd | Event::StreamStart | Event::StreamEnd | Event::Nothing => {}
        }
    }
    if documents == 0 {
        return Err(Fault::whole(Problem::Empty));
    }
    builder.finish()
}

/// The library's lines count from one, its columns from zero.
fn place(marker: &Marker) -> Location {
    Location {
        line: number(marker.line()),
        column: number(marker.col() + 1),
    }
}

fn syntax(builder: &Builder, error: &ScanError) -> Fault {
    let here = place(error.marker());
    match error.info() {
        "recursion limit exceeded" => Fault::at(here, Problem::TooDeep),
        message => builder.fault(
            here,
            Problem::Syntax {
                format: "YAML",
                message: message.to_owned(),
            },
        ),
    }
}

/// The tag as it is usually written.
fn shown(tag: &Tag) -> String {
    match tag.is_yaml_core_schema() {
        true => format!("!!{}", tag.suffix),
        false => tag.to_string(),
    }
}

struct Written<'a> {
    text: &'a str,
    plain: bool,
    tag: Option<&'a Tag>,
}

fn container(
    builder: &Builder,
    here: Location,
    tag: Option<&Tag>,
    expected: &str,
) -> Result<(), Fault> {
    if builder.wants_name() {
        return Err(builder.fault(here, Problem::Name));
    }
    match tag {
        Some(tag) if !(tag.is_yaml_core_schema() && tag.suffix == expected) => {
            Err(builder.fault(here, Problem::Tag(shown(tag))))
        }
        _ => Ok(()),
    }
}

fn scalar(
    builder: &mut Builder,
    here: Location,
    anchor: usize,
    written: &Written<'_>,
) -> Result<(), Fault> {
    if builder.wants_name() {
        let name = written.text;
        let problem = match written {
            Written {
                text: "<<",
                plain: true,
                ..
            } => Problem::Merge,
            Written {
                text: "" | "~",
                plain: true,
                ..
            } => Problem::Name,
            _ if name.contains(['\n', '\r']) || anchor > 0 => Problem::Name,
            Written { tag: Some(tag), .. } => Problem::Tag(shown(tag)),
            _ => return builder.name(here, name.to_owned()),
        };
        return Err(builder.fault(here, problem));
    }
    match resolve(written) {
        Ok(value) => builder.scalar(here, anchor, value),
        Err(problem) => Err(builder.fault(here, problem)),
    }
}

fn alias(builder: &mut Builder, here: Location, anchor: usize) -> Result<(), Fault> {
    if !builder.wants_name() {
        return builder.copy(here, anchor);
    }
    match builder.anchored_text(anchor).map(str::to_owned) {
        Some(name) => builder.name(here, name),
        None => Err(builder.fault(here, Problem::Name)),
    }
}

/// What a scalar means in YAML's core schema.
fn resolve(written: &Written<'_>) -> Result<Value, Problem> {
    let text = written.text;
    let string = || Value::String(text.to_owned());
    let Some(tag) = written.tag else {
        return match written.plain {
            true => plain(text).map(|value| value.unwrap_or_else(string)),
            false => Ok(string()),
        };
    };
    let misfit = || Problem::Tag(shown(tag));
    if !tag.is_yaml_core_schema() {
        // A lone `!` says "text"; every other private tag says something nobody here knows.
        return match tag.handle.is_empty() && tag.suffix == "!" {
            true => Ok(string()),
            false => Err(misfit()),
        };
    }
    let value = plain(text)?;
    match (tag.suffix.as_str(), value) {
        ("str", _) => Ok(string()),
        ("null", Some(Value::Null)) => Ok(Value::Null),
        ("bool", Some(Value::Bool(value))) => Ok(Value::Bool(value)),
        ("int", Some(Value::Number(value))) if !value.is_f64() => Ok(Value::Number(value)),
        ("float", Some(Value::Number(value))) => Ok(Value::Number(value)),
        _ => Err(misfit()),
    }
}

/// A plain scalar that is not text.
fn plain(text: &str) -> Result<Option<Value>, Problem> {
    let value = match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => return numeral(text),
    };
    Ok(Some(value))
}

fn numeral(text: &str) -> Result<Option<Value>, Problem> {
    let unkept = || Problem::Number(text.chars().take(64).collect());
    let radix = [("0x", 16), ("0o", 8)];
    for (prefix, radix) in radix {
        let digits = text.strip_prefix(prefix);
        if let Some(digits) = digits.filter(|digits| digits.chars().all(|c| c.is_digit(radix))) {
            return match digits.is_empty() {
                true => Ok(None),
                false => match u64::from_str_radix(digits, radix) {
                    Ok(number) => Ok(Some(Value::Number(number.into()))),
                    Err(_) => Err(unkept()),
                },
            };
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|c| c.is_ascii_digit()) {
        let number = text.parse::<i64>().map(Number::from);
        let number = number.or_else(|_| text.parse::<u64>().map(Number::from));
        return match number {
            Ok(number) => Ok(Some(Value::Number(number))),
            Err(_) => Err(unkept()),
        };
    }
    let special = [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"];
    if special.contains(&unsigned) {
        return Err(unkept());
    }
    if !is_float(unsigned) {
        return Ok(None);
    }
    let number = text.parse::<f64>().ok().and_then(Number::from_f64);
    number
        .map(|number| Some(Value::Number(number)))
        .ok_or_else(unkept)
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(unsigned: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !bare.is_empty() && digits(bare)
    });
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && digits(fraction),
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    exponent_fits && mantissa_fits
}
