//! `comity explain`: the verdict and every step that led to it.

use clap::Args;

use crate::exit::Outcome;
use crate::question::Question;

/// The same as decide, with every step that was looked at and the log rows it would leave
///
/// Exit code 0: allowed. 3: blocked. 4: one more step of the user is needed. 2: something could
/// not be read. 1: the server could not be asked.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    question: Question,
    /// The whole decision as JSON
    #[arg(long)]
    json: bool,
}

/// Explains.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let answer = arguments.question.answer()?;
    if arguments.json {
        answer.print_json();
        return Ok(answer.exit());
    }
    answer.print_verdict();
    anstream::println!();
    answer.print_steps();
    answer.print_notes();
    Ok(answer.exit())
}
