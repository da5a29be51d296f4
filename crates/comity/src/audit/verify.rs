//! `comity audit verify`: is an exported log what was written? Needs no server and no store.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;
use server::ledger::log_name;
use server::ledger::verify::{Evidence, Verification};
use sts::StatementPublicKey;

use crate::exit::{Exit, Failure, Outcome};

/// Check an exported log against signed ends
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The exported log, one JSON object for each line; `-` is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A signed end that was noted down; several may be given, and all must be met
    #[arg(long = "head", value_name = "FILE", required = true)]
    heads: Vec<PathBuf>,
    /// Public keys that are trusted (a JWK, or a set of them); without it, those beside the heads
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn json(path: &Path) -> Result<Value, Failure> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::broken(format!("{shown} cannot be read: {error}")))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::broken(format!("{shown} is not JSON: {error}")))
}

fn trusted(path: Option<&Path>) -> Result<Vec<StatementPublicKey>, Failure> {
    let Some(path) = path else {
        return Ok(Vec::new());
    };
    let value = json(path)?;
    let keys = match value.get("keys").and_then(Value::as_array) {
        Some(keys) => keys.clone(),
        None => vec![value],
    };
    let keys: Vec<_> = keys.iter().filter_map(StatementPublicKey::of_jwk).collect();
    match keys.is_empty() {
        true => Err(Failure::broken(format!(
            "{} holds no Ed25519 key as a JWK",
            path.display()
        ))),
        false => Ok(keys),
    }
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let heads = arguments.heads.iter().map(|path| json(path));
    let heads: Vec<Value> = heads.collect::<Result<_, _>>()?;
    let keys = trusted(arguments.keys.as_deref())?;
    let evidence =
        Evidence::read(&heads, &keys).map_err(|error| Failure::broken(error.to_string()))?;
    let log = log_name(evidence.log());
    let mut verification = Verification::new(evidence);
    let shown = arguments.file.display();
    let unread = |error| Failure::broken(format!("{shown} cannot be read: {error}"));
    let input: Box<dyn BufRead> = match arguments.file.to_str() {
        Some("-") => Box::new(std::io::stdin().lock()),
        _ => Box::new(BufReader::new(File::open(&arguments.file).map_err(unread)?)),
    };
    for line in input.lines() {
        verification.line(&line.map_err(unread)?);
    }
    let verified = verification.end();
    let whole = verified.faults.is_empty();
    if arguments.json {
        let faults: Vec<String> = verified.faults.iter().map(ToString::to_string).collect();
        println!(
            "{}",
            serde_json::json!({"log": log, "entries": verified.entries, "faults": faults})
        );
    } else {
        for fault in &verified.faults {
            println!("{fault}");
        }
        let entries = verified.entries;
        match whole {
            true => println!("{log}: all {entries} entries are what was written"),
            false => println!("{log}: this is not the log that was written"),
        }
    }
    Ok(if whole { Exit::Yes } else { Exit::No })
}
