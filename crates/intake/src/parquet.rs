//! Parquet with the columns of Graph, of the portal or of Azure Monitor; also inside of structures,
//! as `status.errorCode`.
//!
//! Only the columns that reports look at are read, some thousand rows at a time, and each row group
//! by one helper. Rows that are alike are told by what stands for their values; only for the first of
//! them are the values looked at.

mod runs;
mod strand;
mod texts;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::ReaderProperties;
use parquet::file::serialized_reader::SerializedRowGroupReader;

use self::strand::Strand;
use crate::cells::{Cell, Cells};
use crate::collect::Rows;
use crate::column::Column;
use crate::error::Refusal;
use crate::feed::no_log;
use crate::log::Times;
use crate::meaning;
use crate::print::Print;
use crate::take::Take;
use crate::told::Place;

/// How many rows are decoded at a time.
const BATCH: usize = 8192;
/// How many rows are counted at a time.
const TOGETHER: usize = 512;

/// A file whose columns are known.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) path: PathBuf,
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
pub(crate) fn read(table: &Table, group: usize, take: &mut impl Take) {
    let mut next = Place::Row {
        group: group as u64 + 1,
        row: 1,
    };
    if let Err(error) = read_group(table, group, take, &mut next) {
        let why = format!("{error}; what follows in this row group was not read");
        take.broken(why, next);
    }
}

fn read_group(
    table: &Table,
    group: usize,
    take: &mut impl Take,
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
        let chunk = metadata.column(*leaf);
        let seed = (!is_own(*column)).then(|| take.seed());
        strands.push(Strand::open(*column, chunk, &reader, *leaf, seed)?);
    }
    let mut left = usize::try_from(metadata.num_rows()).unwrap_or_default();
    while left > 0 {
        let rows = left.min(BATCH);
        for strand in &mut strands {
            strand.fill(rows)?;
        }
        let of = |column| strands.iter().find(|strand| strand.column == column);
        // A row of a rollup stands for several sign-ins and has no id.
        let counts = of(Column::Count).is_some();
        let mut times = strands.iter().filter(|strand| says_when(strand.column));
        let times = times
            .next()
            .filter(|only| times.next().is_none() && only.is_time());
        let ids = of(Column::Id).filter(|_| !counts);
        for start in (0..rows).step_by(TOGETHER) {
            let count = TOGETHER.min(rows - start);
            let place = *next;
            if let Place::Row { row, .. } = next {
                *row += count as u64;
            }
            take.rows(&Window {
                strands: &strands,
                times,
                ids,
                start,
                count,
                place,
            });
        }
        left -= rows;
    }
    Ok(())
}

/// Some of the rows that are decoded.
struct Window<'s> {
    strands: &'s [Strand],
    /// The column with the times, if it is the only one and holds nothing else.
    times: Option<&'s Strand>,
    ids: Option<&'s Strand>,
    start: usize,
    count: usize,
    /// Of the first of them.
    place: Place,
}

impl Window<'_> {
    /// The values of those columns, as `cell` says them.
    fn some<'s>(
        &'s self,
        row: usize,
        which: impl Fn(Column) -> bool,
        cell: impl Fn(&'s Strand, usize) -> Result<Cell<'s>, Refusal>,
    ) -> Result<Cells<'s>, Refusal> {
        let mut cells = Cells::new();
        for strand in self.strands.iter().filter(|strand| which(strand.column)) {
            match cell(strand, self.start + row)? {
                Cell::Nothing => {}
                cell => cells.set(strand.column, cell),
            }
        }
        Ok(cells)
    }
}

/// What a row does not share with others that are alike.
fn is_own(column: Column) -> bool {
    matches!(
        column,
        Column::Id
            | Column::Created
            | Column::CreatedUtc
            | Column::Generated
            | Column::Count
            | Column::First
            | Column::Last
    )
}

/// When it happened, or how often.
fn says_when(column: Column) -> bool {
    is_own(column) && column != Column::Id
}

impl Rows for Window<'_> {
    fn place(&self, row: usize) -> Place {
        match self.place {
            Place::Row { group, row: first } => Place::Row {
                group,
                row: first + row as u64,
            },
            other => other,
        }
    }

    fn prints(&self, into: &mut Vec<Print>) {
        into.clear();
        into.resize(self.count, Print(0));
        for strand in self.strands.iter().filter(|strand| !is_own(strand.column)) {
            strand.add_prints(self.start, into);
        }
    }

    fn times(&self, row: usize) -> Result<Times, Refusal> {
        if let Some(times) = self.times
            && let Cell::Time(time) = times.cell(self.start + row)?
        {
            return Ok(Times {
                count: 1,
                first: time,
                last: time,
            });
        }
        meaning::times(&self.some(row, says_when, Strand::cell)?)
    }

    fn id(&self, row: usize) -> Option<&[u8]> {
        let id = self.ids?.bytes(self.start + row)?;
        Some(id).filter(|id| !id.is_empty())
    }

    fn cells(&self, row: usize) -> Result<Cells<'_>, Refusal> {
        self.some(row, |column| !is_own(column), Strand::cell)
    }

    fn noting(&self, row: usize) -> Result<Cells<'_>, Refusal> {
        self.some(row, |column| !is_own(column), Strand::noting)
    }
}
