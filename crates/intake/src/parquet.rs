//! Parquet with the columns of Graph, of the portal or of Azure Monitor; also inside of structures,
//! as `status.errorCode`.
//!
//! Only the columns that reports look at are read, some thousand rows at a time, and each row group
//! by one helper.

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, Int96};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::ReaderProperties;
use parquet::file::reader::RowGroupReader;
use parquet::file::serialized_reader::SerializedRowGroupReader;
use parquet::schema::types::ColumnDescriptor;

use crate::cells::{Cell, Cells};
use crate::collect::Collector;
use crate::column::Column;
use crate::error::Refusal;
use crate::feed::no_log;
use crate::told::Place;

/// How many rows are decoded at a time.
const BATCH: usize = 8192;

/// A file whose columns are known.
#[derive(Debug)]
pub(crate) struct Table {
    path: PathBuf,
    metadata: ParquetMetaData,
    /// Which leaf is which column.
    columns: Vec<(usize, Column)>,
}

impl Table {
    /// Opens a table; or what was found instead.
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let metadata = ParquetMetaDataReader::new()
            .parse_and_finish(&file)
            .map_err(|error| format!("the Parquet file is damaged ({error})"))?;
        let schema = metadata.file_metadata().schema_descr_ptr();
        let mut columns: Vec<(usize, Column)> = Vec::new();
        for (leaf, described) in schema.columns().iter().enumerate() {
            let parts = described.path().parts();
            // The row inside of an event of Azure Monitor.
            let parts = match parts.first() {
                Some(first) if Column::named(first) == Some(Column::Properties) => parts.get(1..),
                _ => Some(parts),
            };
            let name = parts.unwrap_or_default().join(".");
            let known = Column::named(&name).filter(|_| described.max_rep_level() == 0);
            if let Some(column) = known
                && columns.iter().all(|(_, other)| *other != column)
            {
                columns.push((leaf, column));
            }
        }
        let tenants = [Column::HomeTenant, Column::ResourceTenant];
        if !columns.iter().any(|(_, column)| tenants.contains(column)) {
            return Err(no_log("the Parquet file has no column with a tenant"));
        }
        Ok(Table {
            path: path.to_owned(),
            metadata,
            columns,
        })
    }

    pub(crate) fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }
}

/// Reads one row group.
pub(crate) fn read(table: &Table, group: usize, collector: &mut Collector<'_>) {
    let mut next = Place::Row {
        group: group as u64 + 1,
        row: 1,
    };
    if let Err(error) = read_group(table, group, collector, &mut next) {
        let why = format!("{error}; what follows in this row group was not read");
        collector.broken(why, next);
    }
}

fn read_group(
    table: &Table,
    group: usize,
    collector: &mut Collector<'_>,
    next: &mut Place,
) -> Result<(), ParquetError> {
    // A file of its own: where one helper reads must not move another.
    let file = Arc::new(File::open(&table.path)?);
    let metadata = table.metadata.row_group(group);
    let index = table.metadata.page_index_for_row_group(group);
    let properties = Arc::new(ReaderProperties::builder().build());
    let reader = SerializedRowGroupReader::new(file, metadata, index, properties)?;
    let mut strands = Vec::with_capacity(table.columns.len());
    for (leaf, column) in &table.columns {
        let described = metadata.column(*leaf).column_descr();
        let reader = reader.get_column_reader(*leaf)?;
        strands.push(Strand::new(*column, described, reader));
    }
    let mut left = usize::try_from(metadata.num_rows()).unwrap_or_default();
    while left > 0 {
        let rows = left.min(BATCH);
        for strand in &mut strands {
            strand.fill(rows)?;
        }
        for row in 0..rows {
            match cells(&mut strands, row) {
                Ok(cells) => collector.row(&cells, *next),
                Err(refusal) => collector.refuse(&refusal, *next),
            }
            if let Place::Row { row, .. } = next {
                *row += 1;
            }
        }
        left -= rows;
    }
    Ok(())
}

fn cells<'a>(strands: &'a mut [Strand], row: usize) -> Result<Cells<'a>, Refusal> {
    let mut cells = Cells::new();
    let mut refusal = None;
    for strand in strands {
        let column = strand.column;
        match strand.take(row) {
            Ok(Cell::Nothing) => {}
            Ok(cell) => cells.set(column, cell),
            // The others have to go on to the next row, too.
            Err(why) => refusal = Some(why),
        }
    }
    refusal.map_or(Ok(cells), Err)
}

/// One column of a row group, as far as it is decoded.
struct Strand {
    column: Column,
    /// Nanoseconds for each unit, where the column holds times.
    unit: Option<i64>,
    is_guid: bool,
    reader: ColumnReader,
    /// How deep a value is that is there; 0 where all are.
    depth: i16,
    levels: Vec<i16>,
    values: Values,
    /// The next value.
    at: usize,
}

/// Decoded values.
enum Values {
    Texts(Vec<ByteArray>),
    Numbers(Vec<i64>),
    Flags(Vec<bool>),
    Guids(Vec<[u8; 16]>),
}

impl Strand {
    fn new(column: Column, described: &ColumnDescriptor, reader: ColumnReader) -> Self {
        let unit = match described.logical_type_ref() {
            Some(LogicalType::Timestamp(stamp)) => Some(match stamp.unit {
                TimeUnit::MILLIS => 1_000_000,
                TimeUnit::MICROS => 1_000,
                TimeUnit::NANOS => 1,
            }),
            _ => match described.converted_type() {
                parquet::basic::ConvertedType::TIMESTAMP_MILLIS => Some(1_000_000),
                parquet::basic::ConvertedType::TIMESTAMP_MICROS => Some(1_000),
                _ if described.physical_type() == Type::INT96 => Some(1),
                _ => None,
            },
        };
        Strand {
            column,
            unit,
            is_guid: described.logical_type_ref() == Some(&LogicalType::Uuid),
            reader,
            depth: described.max_def_level(),
            levels: Vec::new(),
            values: Values::Flags(Vec::new()),
            at: 0,
        }
    }

    /// Decodes the next rows.
    fn fill(&mut self, rows: usize) -> Result<(), ParquetError> {
        self.at = 0;
        self.levels.clear();
        let levels = &mut self.levels;
        let is_guid = self.is_guid;
        let wide = |number: i32| i64::from(number);
        let whole = |number: f64| {
            if number.fract() == 0.0 {
                number as i64
            } else {
                -1
            }
        };
        self.values = match &mut self.reader {
            ColumnReader::ByteArrayColumnReader(reader) => {
                Values::Texts(decoded(reader, rows, levels)?)
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                let values = decoded(reader, rows, levels)?;
                let guids = values
                    .iter()
                    .map(|value| <[u8; 16]>::try_from(value.data()));
                match guids.collect() {
                    Ok(guids) if is_guid => Values::Guids(guids),
                    _ => Values::Texts(values.into_iter().map(ByteArray::from).collect()),
                }
            }
            ColumnReader::BoolColumnReader(reader) => Values::Flags(decoded(reader, rows, levels)?),
            ColumnReader::Int32ColumnReader(reader) => {
                let values = decoded(reader, rows, levels)?;
                Values::Numbers(values.into_iter().map(wide).collect())
            }
            ColumnReader::Int64ColumnReader(reader) => {
                Values::Numbers(decoded(reader, rows, levels)?)
            }
            ColumnReader::Int96ColumnReader(reader) => {
                let values = decoded(reader, rows, levels)?;
                Values::Numbers(values.iter().map(Int96::to_nanos).collect())
            }
            ColumnReader::FloatColumnReader(reader) => {
                let values = decoded(reader, rows, levels)?;
                let values = values.into_iter().map(|number| whole(number.into()));
                Values::Numbers(values.collect())
            }
            ColumnReader::DoubleColumnReader(reader) => {
                let values = decoded(reader, rows, levels)?;
                Values::Numbers(values.into_iter().map(whole).collect())
            }
        };
        Ok(())
    }

    /// The value of a row; rows are asked for one after the other.
    fn take(&mut self, row: usize) -> Result<Cell<'_>, Refusal> {
        let level = self.levels.get(row).copied().unwrap_or(self.depth);
        if level < self.depth {
            return Ok(Cell::Nothing);
        }
        let at = self.at;
        self.at += 1;
        Ok(match &self.values {
            Values::Texts(values) => {
                let bytes = values.get(at).map(ByteArray::data).unwrap_or_default();
                let text = std::str::from_utf8(bytes)
                    .map_err(|error| Refusal::NotUtf8(error.valid_up_to() + 1))?;
                match text {
                    "" => Cell::Nothing,
                    text => Cell::Text(Cow::Borrowed(text)),
                }
            }
            Values::Numbers(values) => {
                let number = values.get(at).copied().unwrap_or_default();
                match self.unit {
                    None => Cell::Number(number),
                    Some(unit) => match number.checked_mul(unit) {
                        Some(nanoseconds) => Cell::Time(nanoseconds),
                        None => return Err(Refusal::FarTime(number.to_string())),
                    },
                }
            }
            Values::Flags(values) => Cell::Flag(values.get(at).copied().unwrap_or_default()),
            Values::Guids(values) => {
                let bytes = values.get(at).copied().unwrap_or_default();
                let id = policy::tenant::TenantId::from_u128(u128::from_be_bytes(bytes));
                Cell::Text(Cow::Owned(id.to_string()))
            }
        })
    }
}

fn decoded<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
) -> Result<Vec<T::T>, ParquetError> {
    let mut values = Vec::with_capacity(rows);
    let mut read = 0;
    while read < rows {
        let (records, _, _) = reader.read_records(rows - read, Some(levels), None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::EOF(
                "a column ends before its row group".into(),
            ));
        }
        read += records;
    }
    Ok(values)
}
