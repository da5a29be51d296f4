//! The chores: `cargo xtask` and the name of one of them.
//!
//! CI types the same commands as a person does; nothing is checked there that cannot be checked
//! here. One file per chore, and no rule of the domain in any of them: what `comity` says is asked
//! of the real program.

mod bench;
mod demo;
mod deny;
mod pages;
mod part;
mod repository;
mod test;
mod tidy;

use std::process::ExitCode;

use repository::Repository;

const USAGE: &str = "\
cargo xtask CHORE

  demo             a small story with the organizations in examples/: blocked, why, changed, allowed
  test             everything CI runs, in order, up to the first failure
  tidy             the rules of the repository that no compiler knows
  pages [--write]  run the commands the documentation shows and compare (or rewrite) their output
  bench [ARGS]     benchmarks, for instance `bench decide`
  deny             licences, bans and sources of the dependencies";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> anyhow::Result<ExitCode> {
    let repository = Repository::find()?;
    match arguments {
        ["demo"] => demo::run(&repository)?,
        ["test"] => return test::run(&repository),
        ["tidy"] => tidy::run(&repository)?,
        ["pages"] => pages::check(&repository)?,
        ["pages", "--write"] => pages::write(&repository)?,
        ["bench", rest @ ..] => bench::run(&repository, rest)?,
        ["deny"] => deny::run(&repository)?,
        [] | ["help" | "--help" | "-h"] => println!("{USAGE}"),
        _ => {
            eprintln!("unknown chore `{}`\n\n{USAGE}", arguments.join(" "));
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}
