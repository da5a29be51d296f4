//! `comity decide`: the verdict, who decided, and what would have to change.

use clap::Args;
use policy::decision::Verdict;
use policy::explain::Explanation;
use policy::sign_in;

use crate::exit::{Exit, Outcome};
use crate::question::{Asked, Question};
use crate::terminal;

/// May this user reach this application? The verdict, who decided, and what would change it
///
/// Exit code 0: allowed. 3: blocked. 4: one more step of the user is needed. 2: something could
/// not be read.
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
    let asked = arguments.question.read()?;
    let decision = sign_in::decide(&asked.world, &asked.request);
    if arguments.json {
        print_json(&asked, &decision);
    } else {
        let explanation = Explanation::new(&asked.request, &decision, &asked.world);
        print_verdict(&explanation, &decision);
        print_notes(&asked.notes);
    }
    Ok(exit(decision.verdict))
}

/// The exit code of a verdict.
pub(crate) const fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Allow => Exit::Yes,
        Verdict::Block => Exit::Blocked,
        Verdict::Challenge => Exit::Challenged,
    }
}

/// The decision as JSON, with its sentences and the notes on the files.
pub(crate) fn print_json(asked: &Asked, decision: &sign_in::Decision) {
    let mut rendered = graph::decision::render_explained(&asked.request, decision, &asked.world);
    rendered.insert("notes".to_owned(), asked.notes.clone().into());
    anstream::println!("{:#}", serde_json::Value::Object(rendered));
}

/// Question, verdict and remedy.
pub(crate) fn print_verdict(explanation: &Explanation<'_>, decision: &sign_in::Decision) {
    let verdict = decision.verdict.as_str();
    let painted = terminal::painted(terminal::verdict(decision.verdict), verdict);
    anstream::println!("{}", explanation.question());
    anstream::println!("{painted}  {}", explanation.summary());
    if let Some(remedy) = explanation.remedy() {
        anstream::println!("To change this: {remedy}");
    }
}

/// What the reader should know about the files.
pub(crate) fn print_notes(notes: &[String]) {
    for note in notes {
        anstream::println!("note: {note}");
    }
}
