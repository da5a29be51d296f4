//! `comity diff`: for which requests does a change of the settings give another answer?

use clap::Args;
use policy::explain::Names;
use preview::difference::{self, Difference, Region, Switched, Turn, Words};
use serde_json::{Map, Value};

use crate::exit::{Exit, Outcome};
use crate::states::{Change, States};
use crate::terminal;

/// Say for which requests a change of the settings gives another answer: all of them, and no other
///
/// What opens and what closes, as boxes that do not overlap: which block, which partners, which
/// users, which applications. It is about the settings of one tenant; what the other side says is
/// not known, and Conditional Access and licences are left aside.
///
/// Exit code 0: equal for every request. 5: they differ. 2: something could not be read. 1: the
/// server could not be asked.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    states: States,
    /// Show one request of each box, and ask what becomes of it
    #[arg(long)]
    witness: bool,
    /// Show every name of long lists
    #[arg(long)]
    all: bool,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let change = arguments.states.read()?;
    let found = change.found();
    match arguments.json {
        true => {
            let mut whole = change.json(&found);
            whole.insert("notes".to_owned(), change.notes.clone().into());
            anstream::println!("{:#}", Value::Object(whole));
        }
        false => {
            change.print(&found, arguments.all, arguments.witness);
            for note in &change.notes {
                anstream::println!("note: {note}");
            }
        }
    }
    Ok(match found.is_equal() {
        true => Exit::Yes,
        false => Exit::Differs,
    })
}

impl Change {
    fn words(&self, most: usize) -> Words<'_> {
        Words::new(self, self.tenant, &self.world.suites, most)
    }

    fn found(&self) -> Difference {
        difference::between(&self.world, self.tenant, &self.before, &self.after)
    }

    fn json(&self, found: &Difference) -> Map<String, Value> {
        let words = self.words(Words::FEW);
        graph::preview::difference(self.tenant, found, &words, &self.world.suites)
    }

    /// The difference, for programs.
    pub(crate) fn difference_json(&self) -> Map<String, Value> {
        self.json(&self.found())
    }

    /// Prints the difference.
    pub(crate) fn print_difference(&self, all: bool) {
        self.print(&self.found(), all, false);
    }

    fn print(&self, found: &Difference, all: bool, witness: bool) {
        let words = self.words(match all {
            true => usize::MAX - 1,
            false => Words::FEW,
        });
        let tenant = Names::tenant(self, self.tenant);
        anstream::println!("{tenant}: {}", summary(found));
        for turn in Turn::ALL {
            let regions = found.regions.iter().filter(|region| region.turn == turn);
            let regions: Vec<&Region> = regions.collect();
            heading(turn, !regions.is_empty(), ["opens", "closes"]);
            for region in regions {
                anstream::println!("  {}", words.region(region));
                if witness {
                    self.print_witness(region, &words);
                }
            }
        }
        for turn in Turn::ALL {
            let switches = found.switches.iter().filter(|one| one.turn == turn);
            let switches: Vec<&Switched> = switches.collect();
            heading(turn, !switches.is_empty(), ["on", "off"]);
            for switched in switches {
                anstream::println!("  {}", words.switched(switched));
            }
        }
        print_beside(found, &words);
    }

    /// One request, asked with the settings before and after.
    fn print_witness(&self, region: &Region, words: &Words<'_>) {
        let passes = |settings| {
            let passes = difference::passes(
                &self.world,
                self.tenant,
                settings,
                region.block,
                &region.witness,
            );
            match passes {
                true => "allowed",
                false => "blocked",
            }
        };
        anstream::println!(
            "    for instance {}: {} before, {} after",
            words.witness(region.block, &region.witness),
            passes(&self.before),
            passes(&self.after)
        );
    }
}

/// How much there is to read.
fn summary(found: &Difference) -> String {
    if found.is_equal() {
        return "equal for every request".to_owned();
    }
    let regions = |turn| {
        found
            .regions
            .iter()
            .filter(|region| region.turn == turn)
            .count()
    };
    let switches = |turn| found.switches.iter().filter(|one| one.turn == turn).count();
    let counts = [
        (regions(Turn::Opens), "opens", "open"),
        (regions(Turn::Closes), "closes", "close"),
        (switches(Turn::Opens), "is switched on", "are switched on"),
        (
            switches(Turn::Closes),
            "is switched off",
            "are switched off",
        ),
    ];
    let counts = counts.into_iter().filter(|(count, ..)| *count > 0);
    let counts = counts.map(|(count, one, many)| match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {many}"),
    });
    let order = found.redemption.iter();
    let order = order.map(|_| "another redemption order".to_owned());
    counts.chain(order).collect::<Vec<_>>().join(", ")
}

fn heading(turn: Turn, needed: bool, [opens, closes]: [&str; 2]) {
    let (style, word) = match turn {
        Turn::Opens => (terminal::verdict(policy::decision::Verdict::Allow), opens),
        Turn::Closes => (terminal::verdict(policy::decision::Verdict::Block), closes),
    };
    if needed {
        anstream::println!("{}", terminal::painted(style, word));
    }
}

/// What is neither a box nor a switch.
fn print_beside(found: &Difference, words: &Words<'_>) {
    let mut lines = Vec::new();
    if let Some([before, after]) = &found.redemption {
        let (before, after) = (words.redemption(before), words.redemption(after));
        lines.push(format!(
            "guests are recognized by {after}; before by {before}"
        ));
    }
    for (list, what) in [
        (&found.added, "entry added"),
        (&found.removed, "entry removed"),
    ] {
        if !list.is_empty() {
            lines.push(format!("{what}: {}", words.tenants(list)));
        }
    }
    for (list, what) in [
        (&found.clouds_enabled, "cloud enabled"),
        (&found.clouds_disabled, "cloud disabled"),
    ] {
        lines.extend(list.iter().map(|cloud| format!("{what}: {cloud}")));
    }
    if !lines.is_empty() {
        anstream::println!("beside");
    }
    for line in lines {
        anstream::println!("  {line}");
    }
}
