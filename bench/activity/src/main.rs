//! Writes the log: `activity ROWS FILE`.

mod log;

use std::fs::File;
use std::io::{BufWriter, Write as _};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(rows), Some(file)) = (args.next(), args.next()) else {
        return Err("usage: activity ROWS FILE".into());
    };
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file)?);
    log::write(rows.parse()?, &mut out)?;
    out.flush()?;
    Ok(())
}
