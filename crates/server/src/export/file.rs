//! Lines at the end of a file, or on standard output.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::Form;
use super::otlp;
use super::row::Line;

/// The text of the lines, each of them ended.
pub(super) fn text(form: Form, lines: &[Line]) -> String {
    match form {
        Form::Ndjson => lines
            .iter()
            .map(|line| format!("{}\n", line.value))
            .collect(),
        Form::Otlp => format!("{}\n", otlp::body(lines)),
    }
}

/// Writes to the end of a file and waits until it is on the disk. What a crash left half written
/// there is taken away first: it is delivered again as a whole.
pub(super) fn append(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let end = whole(&mut file)?;
    if end < file.metadata()?.len() {
        file.set_len(end)?;
    }
    file.write_all(text.as_bytes())?;
    file.sync_data()
}

/// Where the last whole line ends.
fn whole(file: &mut std::fs::File) -> std::io::Result<u64> {
    const PIECE: u64 = 64 * 1024;
    let mut end = file.metadata()?.len();
    while end > 0 {
        let begin = end.saturating_sub(PIECE);
        file.seek(SeekFrom::Start(begin))?;
        let mut piece = Vec::new();
        Read::take(&mut *file, end - begin).read_to_end(&mut piece)?;
        if let Some(last) = piece.iter().rposition(|byte| *byte == b'\n') {
            return Ok(begin + last as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

pub(super) fn to_stdout(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_line_that_a_crash_left_is_taken_away() {
        let folder = std::env::temp_dir().join(format!("comity-{}", sts::random::guid()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("audit.ndjson");
        for (left, expected) in [
            ("", "c\n"),
            ("a\nb\n", "a\nb\nc\n"),
            ("a\nhalf", "a\nc\n"),
            ("half", "c\n"),
            (&format!("a\n{}", "x".repeat(200_000)), "a\nc\n"),
        ] {
            std::fs::write(&path, left).unwrap();
            append(&path, "c\n").unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
