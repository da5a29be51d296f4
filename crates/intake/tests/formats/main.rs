//! The same sign-ins as different writers write them: every format says the same.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod bad_input;
mod mixed;
mod packing;
mod tables;
mod writers;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use comity_intake::{Intake, IntakeError, Next, Source, Taken};
use policy::tenant::TenantId;
use signins::observation::Observation;
use signins::summary::{Question, SummaryRow};

pub(crate) const CONTOSO: TenantId = TenantId::from_u128(0x0c000000_0000_4000_8000_000000000001);
pub(crate) const FABRIKAM: TenantId = TenantId::from_u128(0x0f000000_0000_4000_8000_000000000002);

/// An empty folder of one test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("intake")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub(crate) fn try_read(path: &Path) -> Result<Taken, IntakeError> {
    let taken = Intake::of(CONTOSO).read(&[Source::Path(path.to_owned())], &())?;
    assert_the_same_row_by_row(path, &taken);
    Ok(taken)
}

/// Row by row, a file says what it says as a whole.
fn assert_the_same_row_by_row(path: &Path, taken: &Taken) {
    let mut ids = BTreeSet::new();
    let mut handed = BTreeMap::new();
    let told = Intake::of(CONTOSO).rows(&[Source::Path(path.to_owned())], &(), &mut |row| {
        if ids.insert(row.sign_in.id.clone()) {
            let said = Observation {
                claims: row.claims,
                ..Observation::from(&row.sign_in)
            };
            *handed.entry(key(said)).or_insert(0) += 1;
        }
        Next::Taken
    });
    let told = told.unwrap();
    assert_eq!(told.bytes, taken.told.bytes);
    // A row without an id counts, and cannot be handed on.
    if told.unreadable == taken.told.unreadable {
        let counted = taken.log.iter().map(|said| (said.count, key(said)));
        let counted: BTreeMap<String, usize> = counted.map(|(count, key)| (key, count)).collect();
        assert_eq!(handed, counted);
        assert_eq!(told.counted, taken.told.counted + taken.told.duplicates);
        assert_eq!(told.faults, taken.told.faults);
    }
}

/// What it says, except for how often and when.
fn key(said: Observation<'_>) -> String {
    let alike = Observation {
        id: None,
        count: 1,
        first: None,
        last: None,
        ..said
    };
    format!("{alike:?}")
}

pub(crate) fn read(path: &Path) -> Taken {
    try_read(path).unwrap()
}

/// What reading a file of that name with those bytes gives.
pub(crate) fn read_bytes(test: &str, name: &str, bytes: impl AsRef<[u8]>) -> Taken {
    let path = folder(test).join(name);
    fs::write(&path, bytes).unwrap();
    read(&path)
}

pub(crate) fn summary(taken: &Taken) -> Vec<SummaryRow> {
    let question = Question::new(CONTOSO, None, None).unwrap();
    question.summary(taken.log.iter(), None)
}

/// What could not be read, without the folder it lies in.
pub(crate) fn faults(taken: &Taken) -> Vec<String> {
    let faults = taken.told.faults.iter().map(|fault| {
        let text = fault.to_string();
        let name = Path::new(&fault.file).file_name().unwrap();
        text.replace(&fault.file, name.to_str().unwrap())
    });
    faults.collect()
}
