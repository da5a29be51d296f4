//! Reads files and says what came of it: `read TENANT FILE…`.

use std::error::Error;

use comity_intake::{Intake, Source};
use signins::summary::Question;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let tenant = arguments
        .next()
        .ok_or("usage: read TENANT FILE…")?
        .parse()?;
    let sources: Vec<Source> = arguments
        .map(|file| Source::from_argument(file.as_ref()))
        .collect();
    let taken = Intake::of(tenant).read(&sources, &())?;
    let rows = Question::new(tenant, None, None)?.summary(taken.log.iter(), None);
    println!(
        "{} rows, {} behaviours, {} lines of the summary",
        taken.told.rows,
        taken.log.len(),
        rows.len(),
    );
    for fault in &taken.told.faults {
        println!("{fault}");
    }
    Ok(())
}
