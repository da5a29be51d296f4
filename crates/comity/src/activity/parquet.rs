//! A sheet as a Parquet file: the columns of the separated values, with numbers as numbers.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::sheet::{Column, Entry, Kind, Sheet};

/// How many rows stand together.
const GROUP: usize = 1 << 17;

/// The file.
pub(super) fn written(sheet: &Sheet) -> Result<Vec<u8>, ParquetError> {
    let fields: Result<Vec<_>, _> = sheet.columns.iter().map(field).collect();
    let schema = Type::group_type_builder(sheet.name)
        .with_fields(fields?)
        .build()?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY);
    let mut file =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties.build()))?;
    for rows in sheet.rows.chunks(GROUP) {
        let mut group = file.next_row_group()?;
        for (at, column) in sheet.columns.iter().enumerate() {
            let Some(mut writer) = group.next_column()? else {
                break;
            };
            let entries = rows
                .iter()
                .map(|row| row.get(at).unwrap_or(&Entry::Nothing));
            match column.kind {
                Kind::Number => {
                    let (levels, values) = column_of(entries, |entry| match entry {
                        Entry::Number(number) => Some(i64::try_from(*number).unwrap_or(i64::MAX)),
                        Entry::Text(_) | Entry::Nothing => None,
                    });
                    let writer = writer.typed::<Int64Type>();
                    writer.write_batch(&values, Some(&levels), None)?;
                }
                Kind::Text => {
                    let (levels, values) = column_of(entries, |entry| match entry {
                        Entry::Nothing => None,
                        said => Some(ByteArray::from(said.plain().into_bytes())),
                    });
                    let writer = writer.typed::<ByteArrayType>();
                    writer.write_batch(&values, Some(&levels), None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
    }
    file.into_inner()
}

fn field(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Number => (Physical::INT64, None),
    };
    let field = Type::primitive_type_builder(column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    field.build().map(Arc::new)
}

/// Which rows say something, and what they say.
fn column_of<'a, T>(
    entries: impl Iterator<Item = &'a Entry>,
    value: impl Fn(&Entry) -> Option<T>,
) -> (Vec<i16>, Vec<T>) {
    let mut values = Vec::new();
    let levels = entries.map(|entry| {
        let said = value(entry);
        let level = i16::from(said.is_some());
        values.extend(said);
        level
    });
    (levels.collect(), values)
}
