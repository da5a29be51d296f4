//! One column of a row group, as far as it is decoded.

use std::borrow::Cow;
use std::fs::File;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray, Int96};
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::RowGroupReader;
use parquet::file::serialized_reader::SerializedRowGroupReader;
use parquet::schema::types::ColumnDescriptor;

use super::texts::{self, Texts};
use crate::cells::{self, Cell, Entry};
use crate::column::Column;
use crate::error::Refusal;
use crate::print::Print;

/// A column.
pub(super) struct Strand {
    pub(super) column: Column,
    /// Nanoseconds for each unit, where the column holds times.
    unit: Option<i64>,
    values: Values,
    /// Of what stands for the values, if somebody asks for that.
    seed: Option<u64>,
}

/// Its values, one for each row that is decoded.
enum Values {
    /// By their places in a dictionary.
    Coded(Box<Texts>, Vec<u32>),
    /// Anything else, as the library decodes it.
    Decoded {
        reader: Box<ColumnReader>,
        /// How deep a value is that is there; 0 where all are.
        depth: i16,
        is_guid: bool,
        rows: Vec<Value>,
    },
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Nothing,
    Text(Box<[u8]>),
    Number(i64),
    Flag(bool),
    /// As sixteen bytes, for a value to be small.
    Guid([u8; 16]),
}

fn unit(described: &ColumnDescriptor) -> Option<i64> {
    match (described.logical_type_ref(), described.converted_type()) {
        (Some(LogicalType::Timestamp(stamp)), _) => Some(match stamp.unit {
            TimeUnit::MILLIS => 1_000_000,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1,
        }),
        (_, ConvertedType::TIMESTAMP_MILLIS) => Some(1_000_000),
        (_, ConvertedType::TIMESTAMP_MICROS) => Some(1_000),
        _ if described.physical_type() == Type::INT96 => Some(1),
        _ => None,
    }
}

impl Strand {
    pub(super) fn open(
        column: Column,
        chunk: &ColumnChunkMetaData,
        group: &SerializedRowGroupReader<'_, File>,
        leaf: usize,
        seed: Option<u64>,
    ) -> Result<Self, ParquetError> {
        let described = chunk.column_descr();
        let depth = described.max_def_level();
        let is_text = described.physical_type() == Type::BYTE_ARRAY;
        let values = match is_text && texts::can_read(chunk) {
            true => {
                let pages = group.get_column_page_reader(leaf)?;
                let texts = Texts::new(pages, depth, seed);
                Values::Coded(Box::new(texts), Vec::new())
            }
            false => Values::Decoded {
                reader: Box::new(group.get_column_reader(leaf)?),
                depth,
                is_guid: described.logical_type_ref() == Some(&LogicalType::Uuid),
                rows: Vec::new(),
            },
        };
        Ok(Strand {
            column,
            unit: unit(described),
            values,
            seed,
        })
    }

    /// Whether its values are times, as numbers.
    pub(super) const fn is_time(&self) -> bool {
        self.unit.is_some()
    }

    /// Decodes the next rows.
    pub(super) fn fill(&mut self, rows: usize) -> Result<(), ParquetError> {
        match &mut self.values {
            Values::Coded(texts, slots) => texts.fill(rows, slots),
            Values::Decoded {
                reader,
                depth,
                is_guid,
                rows: values,
            } => decode(reader, rows, *depth, *is_guid, values),
        }
    }

    /// Puts what stands for the values of these rows, from `start` on, beside what stands for the
    /// values of other columns.
    pub(super) fn add_prints(&self, start: usize, prints: &mut [Print]) {
        match &self.values {
            Values::Coded(texts, slots) => {
                let slots = slots.get(start..).unwrap_or_default();
                for (print, slot) in prints.iter_mut().zip(slots) {
                    *print = print.then(texts.print(*slot));
                }
            }
            Values::Decoded { rows, .. } => {
                let Some(seed) = self.seed else {
                    return;
                };
                // Most rows say the same as the one before.
                let mut last = (&Value::Nothing, Print(0));
                let rows = rows.get(start..).unwrap_or_default();
                for (print, value) in prints.iter_mut().zip(rows) {
                    if value != last.0 {
                        last = (value, value.print(seed));
                    }
                    *print = print.then(last.1);
                }
            }
        }
    }

    /// The bytes of a row's text, if it is one.
    pub(super) fn bytes(&self, row: usize) -> Option<&[u8]> {
        match &self.values {
            Values::Coded(texts, slots) => texts.bytes(slots.get(row).copied()?),
            Values::Decoded { rows, .. } => match rows.get(row) {
                Some(Value::Text(bytes)) => Some(bytes),
                _ => None,
            },
        }
    }

    /// The value of a row; with room to note the number of a text of the dictionary.
    pub(super) fn noting(&self, row: usize) -> Result<Cell<'_>, Refusal> {
        if self.column.has_numbers()
            && let Values::Coded(texts, slots) = &self.values
            && let Some(slot) = slots.get(row)
            && let Some(note) = texts.note(*slot)
            && let Some(bytes) = texts.bytes(*slot).filter(|bytes| !bytes.is_empty())
        {
            // What has a number has been looked at.
            if note.get().is_none() {
                cells::text(bytes)?;
            }
            return Ok(Cell::Entry(Entry { bytes, note }));
        }
        self.cell(row)
    }

    /// The value of a row.
    pub(super) fn cell(&self, row: usize) -> Result<Cell<'_>, Refusal> {
        if let Some(bytes) = self.bytes(row) {
            return Ok(match cells::text(bytes)? {
                "" => Cell::Nothing,
                text => Cell::Text(Cow::Borrowed(text)),
            });
        }
        let Values::Decoded { rows, .. } = &self.values else {
            return Ok(Cell::Nothing);
        };
        Ok(match rows.get(row) {
            None | Some(Value::Nothing | Value::Text(_)) => Cell::Nothing,
            Some(Value::Flag(flag)) => Cell::Flag(*flag),
            Some(Value::Guid(bits)) => {
                let id = policy::tenant::TenantId::from_u128(u128::from_be_bytes(*bits));
                Cell::Text(Cow::Owned(id.to_string()))
            }
            Some(Value::Number(number)) => match self.unit {
                None => Cell::Number(*number),
                Some(unit) => match number.checked_mul(unit) {
                    Some(nanoseconds) => Cell::Time(nanoseconds),
                    None => return Err(Refusal::FarTime(number.to_string())),
                },
            },
        })
    }
}

impl Value {
    /// What stands for it.
    fn print(&self, seed: u64) -> Print {
        let of = |kind: u8, number: [u8; 16]| {
            let mut bytes = [kind; 17];
            for (place, byte) in bytes.iter_mut().zip(number) {
                *place = byte;
            }
            Print::of(seed, &bytes)
        };
        let number = |kind, number: u64| of(kind, u128::from(number).to_le_bytes());
        match self {
            Value::Nothing => Print(0),
            Value::Text(bytes) => Print::of_text(seed, bytes),
            Value::Number(value) => number(1, value.cast_unsigned()),
            Value::Flag(flag) => number(2, u64::from(*flag)),
            Value::Guid(bytes) => of(3, *bytes),
        }
    }
}

fn decode(
    reader: &mut ColumnReader,
    rows: usize,
    depth: i16,
    is_guid: bool,
    into: &mut Vec<Value>,
) -> Result<(), ParquetError> {
    into.clear();
    let bytes = |value: ByteArray| Value::Text(value.data().into());
    // Codes become fractions where somebody let a table have gaps.
    let whole = |number: f64| match number.fract() == 0.0 {
        true => Value::Number(number as i64),
        false => Value::Text(number.to_string().into_bytes().into()),
    };
    let fixed = |value: FixedLenByteArray| match <[u8; 16]>::try_from(value.data()) {
        Ok(bits) if is_guid => Value::Guid(bits),
        _ => Value::Text(value.data().into()),
    };
    match reader {
        ColumnReader::ByteArrayColumnReader(reader) => decoded(reader, rows, depth, bytes, into),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => {
            decoded(reader, rows, depth, fixed, into)
        }
        ColumnReader::BoolColumnReader(reader) => decoded(reader, rows, depth, Value::Flag, into),
        ColumnReader::Int32ColumnReader(reader) => {
            let number = |number: i32| Value::Number(number.into());
            decoded(reader, rows, depth, number, into)
        }
        ColumnReader::Int64ColumnReader(reader) => {
            decoded(reader, rows, depth, Value::Number, into)
        }
        ColumnReader::Int96ColumnReader(reader) => {
            let time = |time: Int96| Value::Number(time.to_nanos());
            decoded(reader, rows, depth, time, into)
        }
        ColumnReader::FloatColumnReader(reader) => {
            let number = |number: f32| whole(number.into());
            decoded(reader, rows, depth, number, into)
        }
        ColumnReader::DoubleColumnReader(reader) => decoded(reader, rows, depth, whole, into),
    }
}

fn decoded<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    depth: i16,
    value: impl Fn(T::T) -> Value,
    into: &mut Vec<Value>,
) -> Result<(), ParquetError> {
    let mut values = Vec::with_capacity(rows);
    let mut levels = Vec::with_capacity(rows);
    let mut read = 0;
    while read < rows {
        let of_rows = Some(&mut levels).filter(|_| depth > 0);
        let (records, _, _) = reader.read_records(rows - read, of_rows, None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::EOF(
                "a column ends before its row group".into(),
            ));
        }
        read += records;
    }
    let mut values = values.into_iter().map(value);
    if depth == 0 {
        into.extend(values);
        return Ok(());
    }
    let of_level = |level: &i16| match *level == depth {
        true => values.next().unwrap_or(Value::Nothing),
        false => Value::Nothing,
    };
    into.extend(levels.iter().map(of_level));
    Ok(())
}
