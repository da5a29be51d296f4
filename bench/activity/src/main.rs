//! The activity of ten million sign-ins: `comity activity` beside DuckDB and Polars, each a process
//! of its own, in turns, on the same files.
//!
//!     activity S|M          a million rows, or ten; the log is written once into bench/target/

mod log;
mod run;
mod settings;

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use workload::measure::PAGE_MARK;
use workload::month::LOCAL;

use crate::run::Run;

/// How often each is measured.
const PASSES: usize = 3;
const MOST_MEMORY_MIB: f64 = 2048.0;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let rows: u64 = match std::env::args().nth(1).as_deref() {
        Some("S") => 1_000_000,
        _ => 10_000_000,
    };
    let bench = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = bench.join("target/activity");
    fs::create_dir_all(&folder)?;
    let python = python(&folder)?;
    let engines = bench.join("activity/engines.py");
    let (lines, table) = files(&folder, rows, &python, &engines)?;
    let engine = |name: &str, file: &Path| {
        let mut command = Command::new(&python);
        command.arg(&engines).arg(name).arg(file);
        command
    };
    let product = |file: &Path| {
        let mut command = Command::new(bench.join("../target/release/comity"));
        let tenant = ["activity", "--tenant", LOCAL, "--json"];
        command.args(tenant).arg(file);
        command
    };
    let (now, draft) = settings::write(&folder)?;
    let preview = |file: &Path| {
        let mut command = Command::new(bench.join("../target/release/comity"));
        command.args(["preview", "--tenant", LOCAL]);
        command.arg(&now).arg(&draft).arg("--log").arg(file);
        command
    };
    let contenders = [
        ("comity activity, NDJSON", product(&lines)),
        ("comity preview, NDJSON", preview(&lines)),
        ("DuckDB, NDJSON", engine("duckdb", &lines)),
        ("comity activity, Parquet", product(&table)),
        ("comity preview, Parquet", preview(&table)),
        ("Polars, Parquet", engine("polars", &table)),
        ("DuckDB, Parquet", engine("duckdb", &table)),
    ];
    let measured = in_turns(contenders, rows)?;
    print(rows, &[&lines, &table], &measured)
}

/// Every contender once, and again.
fn in_turns<const N: usize>(
    mut contenders: [(&'static str, Command); N],
    rows: u64,
) -> Outcome<Vec<(&'static str, Vec<Run>)>> {
    let mut measured: Vec<(&str, Vec<Run>)> = contenders
        .iter()
        .map(|(name, _)| (*name, Vec::new()))
        .collect();
    for _ in 0..PASSES {
        for ((name, command), (_, runs)) in contenders.iter_mut().zip(&mut measured) {
            let run = run::measure(command)?;
            // Whoever counts other rows is not measured but wrong.
            if !run.output.contains(&rows.to_string()) {
                return Err(format!("{name} did not count {rows} rows: {}", run.output).into());
            }
            println!(
                "{name}: {:.2} s, {:.2} s of the processors, {:.0} MiB",
                run.wall, run.processors, run.memory
            );
            runs.push(run);
        }
    }
    Ok(measured)
}

fn median(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn print(rows: u64, files: &[&PathBuf], measured: &[(&str, Vec<Run>)]) -> Outcome<()> {
    let line = |text: &str| {
        println!("{text}");
        println!("{PAGE_MARK}\t{text}");
    };
    let sizes: Vec<String> = files
        .iter()
        .map(|file| Ok(format!("{:.1} GB", fs::metadata(file)?.len() as f64 / 1e9)))
        .collect::<Outcome<_>>()?;
    line(&format!(
        "{rows} rows: {} of NDJSON, {} of Parquet. Medians of {PASSES} passes.",
        sizes[0], sizes[1]
    ));
    line("");
    line("| | seconds | seconds of the processors | most memory |");
    line("| --- | ---: | ---: | ---: |");
    for (name, runs) in measured {
        line(&format!(
            "| {name} | {:.1} | {:.1} | {:.0} MiB |",
            median(runs, |run| run.wall),
            median(runs, |run| run.processors),
            median(runs, |run| run.memory)
        ));
    }
    let of = |wanted: &str, value: fn(&Run) -> f64| {
        let found = measured.iter().find(|(name, _)| *name == wanted);
        found.map_or(f64::NAN, |(_, runs)| median(runs, value))
    };
    line("");
    line("| promise | measured | |");
    line("| --- | ---: | --- |");
    let promise = |what: &str, value: f64, most: f64, unit: &str| {
        let verdict = if value <= most { "holds" } else { "**missed**" };
        line(&format!("| {what} | {value:.2}{unit} | {verdict} |"));
    };
    let ratio = |one: &str, other: &str| of(one, |run| run.wall) / of(other, |run| run.wall);
    for (kind, yardstick) in [("NDJSON", "DuckDB"), ("Parquet", "Polars")] {
        for what in ["activity", "preview"] {
            let ours = format!("comity {what}, {kind}");
            let ratio = ratio(&ours, &format!("{yardstick}, {kind}"));
            let what = format!("{what}, {kind}: at most the time of {yardstick}");
            promise(&what, ratio, 1.0, "");
        }
    }
    let ours = measured
        .iter()
        .filter(|(name, _)| name.starts_with("comity"));
    let memory = ours.map(|(_, runs)| median(runs, |run| run.memory));
    promise(
        "memory: below 2 GiB",
        memory.fold(0.0, f64::max),
        MOST_MEMORY_MIB,
        " MiB",
    );
    Ok(())
}

/// The two files; the same rows in both.
fn files(folder: &Path, rows: u64, python: &Path, engines: &Path) -> Outcome<(PathBuf, PathBuf)> {
    let lines = folder.join(format!("{rows}.ndjson"));
    if !lines.exists() {
        let begun = folder.join("begun.ndjson");
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&begun)?);
        log::write(rows, &mut out)?;
        out.flush()?;
        fs::rename(begun, &lines)?;
    }
    let table = folder.join(format!("{rows}.parquet"));
    if !table.exists() {
        let begun = folder.join("begun.parquet");
        let mut command = Command::new(python);
        command.arg(engines).arg("convert").arg(&lines).arg(&begun);
        if !command.status()?.success() {
            return Err("the table could not be written".into());
        }
        fs::rename(begun, &table)?;
    }
    Ok((lines, table))
}

/// A Python with the engines, installed once.
fn python(folder: &Path) -> Outcome<PathBuf> {
    let wanted = Path::new(env!("CARGO_MANIFEST_DIR")).join("requirements.txt");
    let home = folder.join("python");
    let python = home.join("bin/python");
    let installed = home.join("requirements.txt");
    if fs::read(&installed).ok() != Some(fs::read(&wanted)?) {
        let made = Command::new("python3")
            .args(["-m", "venv"])
            .arg(&home)
            .status()?;
        let mut pip = Command::new(&python);
        pip.args([
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
        ]);
        if !made.success() || !pip.arg(&wanted).status()?.success() {
            return Err("DuckDB and Polars could not be installed".into());
        }
        fs::copy(&wanted, &installed)?;
    }
    Ok(python)
}
