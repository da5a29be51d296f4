//! `comity decide`: the verdict, who decided, and what would have to change.

use clap::Args;

use crate::exit::Outcome;
use crate::question::Question;

/// May this user reach this application? The verdict, who decided, and what would change it
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

/// Decides.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let answer = arguments.question.answer()?;
    if arguments.json {
        answer.print_json();
    } else {
        answer.print_verdict();
        answer.print_notes();
    }
    Ok(answer.exit())
}
