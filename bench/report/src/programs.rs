//! The programs of the benchmarks and how they are started.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// One run of one program.
pub struct Program {
    pub package: &'static str,
    pub args: Vec<String>,
    pub is_ours: bool,
}

/// The top folder.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What is run for the decision at that scale. The general engines answer a sample of the stream;
/// at L making their entities alone would take longer than all else together.
pub fn of_decision(scale: &str, handed_on: &[String]) -> Vec<Program> {
    let program = |package, is_ours, more: &[String]| Program {
        package,
        args: [&[scale.to_owned()], more].concat(),
        is_ours,
    };
    let mut programs = vec![program("decide", true, handed_on)];
    if scale != "L" {
        programs.extend(
            ["decide-cedar", "decide-regorus", "decide-casbin"]
                .map(|package| program(package, false, &[])),
        );
    }
    programs
}

/// What is run for a part of the service.
pub fn of_service(part: &str, scale: &str) -> Program {
    Program {
        package: "service",
        args: vec![part.to_owned(), scale.to_owned()],
        is_ours: true,
    }
}

/// What is run for the difference of two states.
pub fn of_difference() -> Program {
    Program {
        package: "difference",
        args: Vec::new(),
        is_ours: true,
    }
}

/// What is run for the activity of a log of that size.
pub fn of_activity(scale: &str) -> Program {
    Program {
        package: "activity",
        args: vec![scale.to_owned()],
        is_ours: true,
    }
}

/// Runs a program that lies beside this one, shows what it prints and gives it back.
pub fn output(program: &Program) -> Result<String, String> {
    let Program { package, args, .. } = program;
    eprintln!("\nmeasuring: {package} {}", args.join(" "));
    let here = std::env::current_exe()
        .map_err(|problem| format!("this program does not know where it is: {problem}"))?;
    let run = Command::new(here.with_file_name(package))
        .args(args)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|problem| format!("{package} cannot be started: {problem}"))?;
    let text = String::from_utf8_lossy(&run.stdout).into_owned();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        println!("{line}");
    }
    match run.status.success() {
        true => Ok(text),
        false => Err(format!(
            "{package} {} ended with {}",
            args.join(" "),
            run.status
        )),
    }
}
