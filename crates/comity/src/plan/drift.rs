//! `comity drift`: have the settings moved away from the file that says what is wanted?

use ::plan::drift::{self, Direction, Whose};
use clap::Args;
use policy::explain::Names;
use serde_json::{Value, json};

use super::named;
use super::wanted::WantedFile;
use crate::exit::{Exit, Outcome};
use crate::states::InForce;
use crate::terminal;

/// Say how the settings in force have moved away from those of a file
///
/// Each request that would take them back, and whether what is in force there widens access, narrows
/// it, or makes no difference to any request. Members that nobody here knows are listed, because
/// nobody can say what they do.
///
/// Exit code 0: nothing has moved. 5: something has. 2: something could not be read. 1: the server
/// could not be asked.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    wanted: WantedFile,
    #[command(flatten)]
    in_force: InForce,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let (change, plan) = arguments.wanted.against(&arguments.in_force)?;
    let moved = drift::find(&change.world, &change.before, &plan);
    let unknown = drift::unknown(&change.before);
    if arguments.json {
        let moved = moved.iter().map(|(step, direction)| {
            json!({
                "direction": direction.as_str(),
                "method": step.method,
                "url": step.url,
                "body": step.body,
            })
        });
        let unknown = unknown.iter().map(|(whose, member)| {
            let (object, partner) = match whose {
                Whose::Policy => ("policy", None),
                Whose::Default => ("default", None),
                Whose::Partner(id) => ("partner", Some(id.to_string())),
            };
            json!({"object": object, "partner": partner, "member": member})
        });
        let whole = json!({
            "tenantId": plan.tenant.to_string(),
            "drift": moved.collect::<Value>(),
            "unknownMembers": unknown.collect::<Value>(),
            "notes": change.notes,
        });
        anstream::println!("{whole:#}");
    } else {
        for (step, direction) in &moved {
            let word = terminal::painted(style(*direction), word(*direction));
            anstream::println!("{word}  {}", named(step, &change));
        }
        for (whose, member) in &unknown {
            let whose = match whose {
                Whose::Policy => "the policy".to_owned(),
                Whose::Default => "the default".to_owned(),
                Whose::Partner(id) => format!("the entry of {}", change.tenant(*id)),
            };
            anstream::println!(
                "unknown member  `{member}` in {whose}: what it does cannot be said"
            );
        }
        if moved.is_empty() {
            anstream::println!("nothing has moved");
        }
        for note in &change.notes {
            anstream::println!("note: {note}");
        }
    }
    Ok(match moved.is_empty() {
        true => Exit::Yes,
        false => Exit::Differs,
    })
}

const fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Widens => "widens",
        Direction::Narrows => "narrows",
        Direction::Both => "widens and narrows",
        Direction::Cosmetic => "cosmetic",
    }
}

const fn style(direction: Direction) -> anstyle::Style {
    use policy::decision::Verdict;
    match direction {
        Direction::Widens | Direction::Both => terminal::verdict(Verdict::Block),
        Direction::Narrows => terminal::verdict(Verdict::Challenge),
        Direction::Cosmetic => anstyle::Style::new(),
    }
}
