//! Parquet, with plain columns and with structures, and what may be wrong with it.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use comity_intake::{Intake, Next, Source};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use signins::event::SignIn;

use crate::{faults, folder, read, summary, try_read};

const SCHEMA: &str = "message rows {
  optional binary id (UTF8);
  optional int64 createdDateTime (TIMESTAMP(NANOS,true));
  optional binary homeTenantId (UTF8);
  optional binary resourceTenantId (UTF8);
  optional binary crossTenantAccessType (UTF8);
  optional binary tokenIssuerType (UTF8);
  optional binary userId (UTF8);
  optional binary userDisplayName (UTF8);
  optional binary userPrincipalName (UTF8);
  optional binary appId (UTF8);
  optional binary appDisplayName (UTF8);
  optional binary resourceId (UTF8);
  optional binary resourceDisplayName (UTF8);
  optional boolean isInteractive;
  optional group status {
    optional int64 errorCode;
    optional binary failureReason (UTF8);
  }
}";

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, File>,
    depth: i16,
    values: Vec<Option<T::T>>,
) {
    let levels: Vec<i16> = values
        .iter()
        .map(|value| if value.is_some() { depth } else { depth - 1 })
        .collect();
    let values: Vec<T::T> = values.into_iter().flatten().collect();
    let mut writer = group.next_column().unwrap().unwrap();
    writer
        .typed::<T>()
        .write_batch(&values, Some(&levels), None)
        .unwrap();
    writer.close().unwrap();
}

/// Writes rows, so many in a row group.
pub(crate) fn write(path: &Path, rows: &[SignIn], group: usize) {
    write_with(WriterProperties::builder(), path, rows, group);
}

fn write_with(properties: WriterPropertiesBuilder, path: &Path, rows: &[SignIn], group: usize) {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = properties
        .set_compression(parquet::basic::Compression::SNAPPY)
        .build();
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).unwrap();
    for rows in rows.chunks(group.max(1)) {
        let mut group = writer.next_row_group().unwrap();
        let mut text = |depth, of: &dyn Fn(&SignIn) -> Option<String>| {
            let values = rows
                .iter()
                .map(|row| of(row).map(|text| ByteArray::from(text.as_str())));
            column::<ByteArrayType>(&mut group, depth, values.collect());
        };
        text(1, &|row| Some(row.id.clone()));
        let times = rows.iter().map(|row| {
            row.created
                .map(|moment| i64::try_from(moment.as_nanoseconds()).unwrap())
        });
        column::<Int64Type>(&mut group, 1, times.collect());
        let mut text = |depth, of: &dyn Fn(&SignIn) -> Option<String>| {
            let values = rows
                .iter()
                .map(|row| of(row).map(|text| ByteArray::from(text.as_str())));
            column::<ByteArrayType>(&mut group, depth, values.collect());
        };
        text(1, &|row| row.home_tenant.map(|id| id.to_string()));
        text(1, &|row| row.resource_tenant.map(|id| id.to_string()));
        text(1, &|row| {
            row.access_type
                .as_ref()
                .map(|access| access.as_str().to_owned())
        });
        text(1, &|row| Some(row.token_issuer.as_str().to_owned()));
        text(1, &|row| row.user.map(|id| id.to_string()));
        text(1, &|row| row.user_display_name.clone());
        text(1, &|row| row.user_principal_name.clone());
        text(1, &|row| row.client_app.map(|id| id.to_string()));
        text(1, &|row| row.client_app_name.clone());
        text(1, &|row| row.resource_app.map(|id| id.to_string()));
        text(1, &|row| row.resource_app_name.clone());
        column::<BoolType>(
            &mut group,
            1,
            rows.iter().map(|row| row.is_interactive).collect(),
        );
        let codes = rows.iter().map(|row| Some(i64::from(row.error_code)));
        column::<Int64Type>(&mut group, 2, codes.collect());
        let reasons = rows
            .iter()
            .map(|row| row.failure_reason.as_deref().map(ByteArray::from));
        column::<ByteArrayType>(&mut group, 2, reasons.collect());
        group.close().unwrap();
    }
    writer.close().unwrap();
}

fn rows(count: usize) -> Vec<SignIn> {
    let row = |index: usize| SignIn {
        home_tenant: Some(crate::CONTOSO),
        resource_tenant: Some(crate::FABRIKAM),
        user_principal_name: Some(format!("user{}@contoso.com", index % 10)),
        ..SignIn::bare(format!("row {index}"), [53_003, 0, 0, 0, 0][index % 5])
    };
    (0..count).map(row).collect()
}

#[test]
fn row_groups_are_read_side_by_side_and_together() {
    let path = folder("groups").join("log.parquet");
    write(&path, &rows(30_000), 7_000);
    let taken = read(&path);
    let found = &summary(&taken)[0];
    assert_eq!((found.sign_ins, found.failed_sign_ins), (30_000, 6_000));
    assert_eq!((faults(&taken), taken.log.len()), (vec![], 10));
}

/// Rows whose texts come again, not in the same order, and now and then are not there.
fn varied(count: usize) -> Vec<SignIn> {
    let row = |index: usize, row: SignIn| {
        let name = index * index % 997;
        SignIn {
            user_principal_name: (!name.is_multiple_of(7))
                .then(|| format!("user{name}@contoso.com")),
            resource_app_name: (index % 300 > 100).then(|| format!("Application {}", name % 31)),
            ..row
        }
    };
    let rows = rows(count).into_iter().enumerate();
    rows.map(|(index, bare)| row(index, bare)).collect()
}

/// The rows of a file as they are handed on.
fn handed_on(path: &Path) -> Vec<SignIn> {
    let mut all = Vec::new();
    let told = Intake::of(crate::CONTOSO)
        .rows(&[Source::Path(path.to_owned())], &(), &mut |row| {
            all.push(row.sign_in);
            Next::Taken
        })
        .unwrap();
    assert_eq!(told.counted, all.len() as u64);
    all
}

#[test]
fn rows_are_handed_on_as_they_were_written_however_many_there_are() {
    let path = folder("handed-on").join("log.parquet");
    let rows = varied(12_000);
    write(&path, &rows, 20_000);
    assert!(handed_on(&path) == rows);
}

#[test]
fn texts_are_the_same_with_a_dictionary_and_where_it_became_too_long_and_without() {
    let folder = folder("dictionaries");
    let rows = varied(20_000);
    let mut counted = Vec::new();
    for (name, dictionary) in [("with", 1_000_000), ("partly", 500), ("without", 0)] {
        let path = folder.join(format!("{name}.parquet"));
        let properties = WriterProperties::builder()
            .set_data_page_row_count_limit(1_500)
            .set_write_batch_size(500)
            .set_dictionary_enabled(dictionary > 0)
            .set_dictionary_page_size_limit(dictionary.max(1));
        write_with(properties, &path, &rows, 15_000);
        assert!(handed_on(&path) == rows, "{name}");
        let taken = read(&path);
        let mut said: Vec<String> = taken.log.iter().map(|said| format!("{said:?}")).collect();
        said.sort();
        counted.push(said);
    }
    assert!(counted[0].len() > 1_000);
    assert!(counted[1] == counted[0] && counted[2] == counted[0]);
}

#[test]
fn a_row_of_a_table_that_cannot_be_read_is_named_by_group_and_row() {
    let path = folder("bad-row").join("log.parquet");
    let mut rows = rows(10);
    rows[6].error_code = u32::MAX;
    write(&path, &rows, 4);
    let bytes = fs::read(&path).unwrap();
    assert_eq!(read(&path).told.counted, 10);
    // The largest code there is, in eight bytes; one more is no code.
    let code = u64::from(u32::MAX).to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 8)
        .filter(|at| bytes[*at..*at + 8] == code)
        .collect();
    let mut changed = bytes.clone();
    for at in &places {
        changed[at + 4] = 1;
    }
    fs::write(&path, changed).unwrap();
    let taken = read(&path);
    assert_eq!(taken.told.counted, 9);
    assert_eq!(
        faults(&taken),
        [
            "log.parquet: row group 2, row 3: errorCode: expected an error code, 0 for success, got `8589934591`"
        ]
    );
}

#[test]
fn a_table_that_is_cut_off_is_refused_and_one_that_is_damaged_is_told() {
    let folder = folder("damaged");
    let path = folder.join("log.parquet");
    write(&path, &rows(20_000), 10_000);
    let bytes = fs::read(&path).unwrap();
    let cut = folder.join("cut.parquet");
    fs::write(&cut, &bytes[..bytes.len() - 100]).unwrap();
    let error = try_read(&cut).unwrap_err().to_string();
    assert!(error.contains("the Parquet file is damaged"), "{error}");
    let mut damaged = bytes.clone();
    for byte in &mut damaged[40..400] {
        *byte = 0xFF;
    }
    fs::write(&path, damaged).unwrap();
    let taken = read(&path);
    assert_eq!(
        (taken.told.broken_files, taken.told.counted >= 10_000),
        (1, true)
    );
    assert!(faults(&taken)[0].ends_with("what follows in this row group was not read"));
}
