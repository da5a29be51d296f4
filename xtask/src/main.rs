//! The chores: `cargo xtask` and the name of one of them.
//!
//! CI types the same commands as a person does; nothing is checked there that cannot be checked
//! here. One file per chore, and no rule of the domain in any of them: what `comity` says is asked
//! of the real program.

mod bench;
mod clients;
mod console;
mod demo;
mod deny;
mod pages;
mod part;
mod repository;
mod server;
mod session;
mod test;
mod tidy;
mod tools;

use std::process::ExitCode;

use repository::Repository;

const USAGE: &str = "\
cargo xtask CHORE

  demo [ARGS]      build comity and serve the demo world; arguments as of `comity serve`
  test [--long]    everything CI runs, in order, up to the first failure; or also what takes long
  tidy             the rules of the repository that no compiler knows
  pages [--write]  run the commands the documentation shows and compare (or rewrite) their output
  clients          Graph SDKs and command lines against a demo server, or `sdks`, `sign-in`, `console`, `azure-cli`, `m365`, `engines` alone;
                   `clients schemathesis [--long]` asks every operation what it allows and what not
  console [check]  build the console that the program takes in, or also check its style, types and components
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
        ["demo", rest @ ..] => demo::run(&repository, rest)?,
        ["test"] => return test::run(&repository),
        ["test", "--long"] => return test::run_long(&repository),
        ["tidy"] => tidy::run(&repository)?,
        ["pages"] => pages::check(&repository)?,
        ["pages", "--write"] => pages::write(&repository)?,
        ["clients"] => clients::run(&repository)?,
        ["clients", "sdks"] => clients::run_sdks(&repository)?,
        ["clients", "sign-in"] => clients::run_sign_in(&repository)?,
        ["clients", "azure-cli"] => clients::run_azure_cli(&repository)?,
        ["clients", "m365"] => clients::run_m365(&repository)?,
        ["clients", "engines"] => clients::run_engines(&repository)?,
        ["clients", "spark"] => clients::run_spark(&repository)?,
        ["clients", "schemathesis"] => clients::schemathesis::run(&repository)?,
        ["clients", "schemathesis", "--long"] => clients::schemathesis::run_long(&repository)?,
        ["clients", "console"] => clients::run_console(&repository)?,
        ["console"] | ["console", "build"] => console::build(&repository)?,
        ["console", "check"] => console::check(&repository)?,
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
