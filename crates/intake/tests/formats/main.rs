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

use std::fs;
use std::path::{Path, PathBuf};

use comity_intake::{Intake, IntakeError, Source, Taken};
use policy::tenant::TenantId;
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
    Intake::of(CONTOSO).read(&[Source::Path(path.to_owned())], &())
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
