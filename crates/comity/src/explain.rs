//! `comity explain`: the verdict and every step that led to it.

use clap::Args;
use policy::decision::Verdict;
use policy::explain::Explanation;
use policy::sign_in;

use crate::decide;
use crate::exit::Outcome;
use crate::question::Question;
use crate::terminal;

/// The same as decide, with every step that was looked at and the log rows it would leave
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

/// Explains.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let asked = arguments.question.read()?;
    let decision = sign_in::decide(&asked.world, &asked.request);
    if arguments.json {
        decide::print_json(&asked, &decision);
        return Ok(decide::exit(decision.verdict));
    }
    let explanation = Explanation::new(&asked.request, &decision, &asked.world);
    decide::print_verdict(&explanation, &decision);
    anstream::println!();
    for finding in &decision.findings {
        let mark = match finding.verdict {
            Verdict::Allow => "✔",
            Verdict::Challenge => "?",
            Verdict::Block => "✘",
        };
        let mark = terminal::painted(terminal::verdict(finding.verdict), mark);
        anstream::println!("  {mark} {}", explanation.finding(finding));
    }
    if !decision.rows.is_empty() {
        anstream::println!("\nSign-in rows this would leave:");
    }
    for row in &decision.rows {
        let user_type = row.user_type.map_or("-", |user_type| user_type.as_str());
        anstream::println!(
            "  {}: user {} ({user_type}), error code {}, Conditional Access {}",
            policy::explain::Names::tenant(&asked.world, row.tenant),
            row.user,
            row.error_code,
            row.conditional_access_status.as_str(),
        );
    }
    decide::print_notes(&asked.notes);
    Ok(decide::exit(decision.verdict))
}
