//! Row by row: for whoever keeps sign-ins, and does not only count them.
//!
//! What a row means is found out by the same functions that the counting of behaviours asks. Rows
//! are handed on one after the other and forgotten, so memory does not grow with the files. Whether a
//! row came before is for whoever keeps them to say, who knows more than these files.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

use parquet::basic::{ConvertedType, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::reader::{ReaderIter, TreeBuilder};
use parquet::record::{Field, Row as Record};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use serde_json::{Map, Value};
use signins::behaviour::TrustClaims;
use signins::event::SignIn;
use signins::observation::Observation;
use signins::window::{Moment, Window};

use crate::around::Around;
use crate::cells::{Cell, Cells};
use crate::collect::Rows;
use crate::collect::learned::Learned;
use crate::column::Column;
use crate::error::{IntakeError, Refusal};
use crate::feed::{Feed, Named, What};
use crate::json::Names;
use crate::log::{NEVER, Times};
use crate::meaning;
use crate::moment;
use crate::parquet::Table;
use crate::print;
use crate::read::{self, Intake, Progress, Source};
use crate::take::{Raw, Take};
use crate::told::{Fault, Place, Told};

/// So many rows are handed on at a time, and what their names stand for is forgotten again.
const TOGETHER: usize = 5_000;

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What reports look at.
    pub sign_in: SignIn,
    /// What the home tenant vouched for, as far as a row says it.
    pub claims: TrustClaims,
    /// What stands around it, an object in the names of Graph.
    pub around: Value,
}

/// What becomes of a row, and of those after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is taken.
    Taken,
    /// It is not taken, and that is listed.
    Left(String),
    /// It is outside of what is wanted, and counted as such.
    Outside,
    /// It is not taken, and no more are wanted.
    Stop,
}

impl Intake {
    /// Hands on the rows of the sources, one after the other, and says what became of them: `counted`
    /// are those that were taken.
    ///
    /// # Errors
    ///
    /// When a source cannot be opened, or is no log.
    pub fn rows(
        &self,
        sources: &[Source],
        progress: &dyn Progress,
        next: &mut dyn FnMut(Row) -> Next,
    ) -> Result<Told, IntakeError> {
        let (files, passed_over) = read::files(sources)?;
        progress.begins(read::bytes(&files));
        let mut feed = Feed::new(files, progress);
        feed.told.passed_over = passed_over;
        let seed = print::seed();
        let mut reader = Reader {
            window: self.window,
            seed,
            learned: Learned::new(seed),
            waiting: Vec::new(),
            file: None,
            beside: None,
            told: Told::default(),
            next,
            stopped: false,
        };
        let mut names = Names::default();
        let mut reuse = Vec::new();
        while let Some(piece) = feed.next(reuse)? {
            reader.file = Some(Arc::clone(&piece.file));
            if let What::Group(table, group) = &piece.what {
                reader.open_beside(table, *group);
            }
            read::rows_of(&piece, &mut names, &mut reader);
            if reader.stopped {
                break;
            }
            reuse = piece.bytes;
        }
        reader.hand_on();
        let mut told = feed.told;
        told.add(reader.told);
        Ok(told)
    }
}

/// What is kept while rows are handed on.
struct Reader<'n> {
    window: Window,
    /// Of everything that stands for something longer.
    seed: u64,
    learned: Learned,
    waiting: Vec<Waiting>,
    file: Option<Arc<Named>>,
    /// The columns of a table that no report looks at.
    beside: Option<ReaderIter>,
    told: Told,
    next: &'n mut dyn FnMut(Row) -> Next,
    stopped: bool,
}

/// A row that waits to be handed on.
struct Waiting {
    /// What it says, by the number under which that was learned.
    line: u32,
    id: String,
    created: Option<Moment>,
    around: Value,
    place: Place,
    file: Option<Arc<Named>>,
}

impl Reader<'_> {
    /// Takes a row up, or lists why it cannot be.
    fn take_up(
        &mut self,
        cells: &Cells<'_>,
        times: Times,
        id: Option<&str>,
        place: Place,
        around: impl FnOnce() -> Value,
    ) {
        if self.stopped {
            return;
        }
        let read = self.meaning(cells, id);
        let (line, id) = match read {
            Ok(read) => read,
            Err(refusal) => return self.refuse(&refusal, place),
        };
        let created = (times.first != NEVER).then(|| moment::moment(times.first));
        let Window { from, until } = self.window;
        let is_inside = |created: Moment| {
            until.is_none_or(|until| created <= until) && from.is_none_or(|from| from <= created)
        };
        if !created.is_none_or(is_inside) {
            self.told.rows += 1;
            self.told.outside += 1;
            return;
        }
        self.waiting.push(Waiting {
            line,
            id,
            created,
            around: around(),
            place,
            file: self.file.clone(),
        });
        if self.waiting.len() >= TOGETHER {
            self.hand_on();
        }
    }

    /// Under which number it was learned what a row says, and its id.
    fn meaning(&mut self, cells: &Cells<'_>, id: Option<&str>) -> Result<(u32, String), Refusal> {
        if cells.says(Column::Count) {
            let why = "it stands for several rows, and each row is wanted";
            return Err(Refusal::Misshapen(why.to_owned()));
        }
        let Some(id) = id else {
            let why = "it has no id, so nobody could tell whether it came before";
            return Err(Refusal::Misshapen(why.to_owned()));
        };
        let traits = meaning::traits(cells)?;
        let line = self.learned.meaning(cells, traits)?;
        // As Graph writes it, so that the same row is known again whoever exported it.
        let id = match uuid::Uuid::try_parse(id) {
            Ok(id) => id.to_string(),
            Err(_) => id.to_owned(),
        };
        Ok((line, id))
    }

    /// Hands on the rows that wait.
    fn hand_on(&mut self) {
        let learned = std::mem::replace(&mut self.learned, Learned::new(self.seed));
        let mut log = learned.finish();
        // Behaviours come in the order of their numbers, those that have happened.
        let mut lines: Vec<u32> = self.waiting.iter().map(|row| row.line).collect();
        lines.sort_unstable();
        lines.dedup();
        let most = lines.last().map_or(0, |line| *line as usize + 1);
        let mut times = vec![Times::NONE; most];
        for line in &lines {
            if let Some(times) = times.get_mut(*line as usize) {
                times.count = 1;
            }
        }
        log.count(&times);
        let said: HashMap<u32, Observation<'_>> = lines.into_iter().zip(log.iter()).collect();
        for waiting in std::mem::take(&mut self.waiting) {
            let Some(said) = said.get(&waiting.line).filter(|_| !self.stopped) else {
                continue;
            };
            let sign_in = SignIn {
                created: waiting.created,
                ..sign_in(said, waiting.id)
            };
            let next = (self.next)(Row {
                sign_in,
                claims: said.claims,
                around: waiting.around,
            });
            self.told.rows += 1;
            match next {
                Next::Taken => self.told.counted += 1,
                Next::Outside => self.told.outside += 1,
                Next::Left(why) => {
                    let file = waiting.file.as_deref();
                    list(&mut self.told, file, why, waiting.place);
                }
                Next::Stop => {
                    self.told.rows -= 1;
                    self.stopped = true;
                }
            }
        }
    }

    fn list(&mut self, why: String, place: Place) {
        list(&mut self.told, self.file.as_deref(), why, place);
    }

    fn open_beside(&mut self, table: &Table, group: usize) {
        self.beside = match beside(table, group) {
            Ok(beside) => beside,
            Err(error) => {
                self.broken(error.to_string(), Place::File);
                None
            }
        };
    }
}

fn list(told: &mut Told, file: Option<&Named>, why: String, place: Place) {
    if let Some(file) = file {
        told.fault(Fault {
            why,
            ..file.at(place)
        });
    }
}

/// The columns of a row group that no report looks at.
fn beside(table: &Table, group: usize) -> Result<Option<ReaderIter>, ParquetError> {
    let reader = SerializedFileReader::new(File::open(&table.path)?)?;
    let schema = reader.metadata().file_metadata().schema();
    let wanted = |field: &&TypePtr| Around::wants(field.name()) && is_plain(field);
    let fields: Vec<TypePtr> = schema.get_fields().iter().filter(wanted).cloned().collect();
    if fields.is_empty() {
        return Ok(None);
    }
    let wanted = Type::group_type_builder(schema.name()).with_fields(fields);
    let wanted = SchemaDescriptor::new(Arc::new(wanted.build()?));
    let group = reader.get_row_group(group)?;
    let rows = TreeBuilder::new().as_iter(Arc::new(wanted), &*group)?;
    Ok(Some(rows))
}

/// Whether it is text, a flag or a fraction, or made of such: the library gives up on some others.
fn is_plain(field: &TypePtr) -> bool {
    if !field.is_primitive() {
        return field.get_fields().iter().all(is_plain);
    }
    let kind = field.get_basic_info().converted_type();
    match field.get_physical_type() {
        Physical::BYTE_ARRAY => [
            ConvertedType::UTF8,
            ConvertedType::JSON,
            ConvertedType::ENUM,
            ConvertedType::NONE,
        ]
        .contains(&kind),
        Physical::BOOLEAN | Physical::FLOAT | Physical::DOUBLE => true,
        _ => false,
    }
}

impl Take for Reader<'_> {
    fn seed(&self) -> u64 {
        self.seed
    }

    fn row(&mut self, cells: &Cells<'_>, place: Place, raw: Raw<'_>) {
        let id = match cells.get(Column::Id) {
            Cell::Text(id) => Some(id.as_ref()),
            _ => None,
        };
        match meaning::times(cells) {
            Ok(times) => self.take_up(cells, times, id, place, || of_raw(raw)),
            Err(refusal) => self.refuse(&refusal, place),
        }
    }

    fn rows(&mut self, rows: &impl Rows) {
        // There is one for each row.
        let mut prints = Vec::new();
        rows.prints(&mut prints);
        for row in 0..prints.len() {
            let place = rows.place(row);
            let around = match self.beside.as_mut().and_then(Iterator::next) {
                Some(Ok(record)) => of_record(&record),
                Some(Err(error)) => {
                    self.beside = None;
                    self.broken(error.to_string(), place);
                    Around::default()
                }
                None => Around::default(),
            };
            let said = || {
                let id = rows.id(row).map(std::str::from_utf8).transpose();
                let id = id.map_err(|error| Refusal::NotUtf8(error.valid_up_to() + 1))?;
                Ok((rows.times(row)?, rows.cells(row)?, id))
            };
            match said() {
                Ok((times, cells, id)) => {
                    self.take_up(&cells, times, id, place, || around.into_value());
                }
                Err(refusal) => self.refuse(&refusal, place),
            }
        }
    }

    fn refuse(&mut self, refusal: &Refusal, place: Place) {
        self.told.rows += 1;
        self.told.unreadable += 1;
        self.list(refusal.to_string(), place);
    }

    fn broken(&mut self, why: String, place: Place) {
        self.told.broken_files += 1;
        self.list(why, place);
    }
}

fn of_raw(raw: Raw<'_>) -> Value {
    let mut around = Around::default();
    match raw {
        Raw::Object(text) => {
            let members: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
            around.take_all(members);
        }
        Raw::Fields(header, fields) => {
            for (name, field) in header.names().iter().zip(fields) {
                around.take(name, String::from_utf8_lossy(field).trim().into());
            }
        }
        Raw::Values => {}
    }
    around.into_value()
}

fn of_record(record: &Record) -> Around {
    let members = record.get_column_iter();
    let members = members.map(|(name, field)| (name.clone(), value(field)));
    let mut around = Around::default();
    around.take_all(members.collect());
    around
}

/// A value of a table.
fn value(field: &Field) -> Value {
    match field {
        Field::Bool(flag) => (*flag).into(),
        Field::Int(number) => (*number).into(),
        Field::Long(number) => (*number).into(),
        Field::Str(text) => text.as_str().into(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into(),
        Field::Group(record) => {
            let members = record.get_column_iter();
            let members = members.map(|(name, field)| (name.clone(), value(field)));
            Value::Object(members.collect())
        }
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        _ => Value::Null,
    }
}

/// A row of its own out of what rows have in common.
fn sign_in(said: &Observation<'_>, id: String) -> SignIn {
    let text = |text: Option<&str>| text.map(str::to_owned);
    SignIn {
        id,
        created: None,
        home_tenant: said.home_tenant,
        resource_tenant: said.resource_tenant,
        access_type: said.access_type.cloned(),
        token_issuer: said.token_issuer.clone(),
        user: said.user,
        user_type: said.user_type,
        user_display_name: text(said.user_display_name),
        user_principal_name: text(said.user_principal_name),
        client_app: said.client_app,
        client_app_name: text(said.client_app_name),
        resource_app: said.resource_app,
        resource_app_name: text(said.resource_app_name),
        error_code: said.error_code,
        failure_reason: text(said.failure_reason),
        is_interactive: said.is_interactive,
    }
}
