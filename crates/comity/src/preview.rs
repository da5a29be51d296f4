//! `comity preview`: what would a draft have done to past sign-ins?

mod page;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use intake::Taken;
use intake::log::Log;
use policy::decision::Verdict;
use policy::effect::Effect;
use policy::explain::Names;
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::TenantId;
use policy::world::World;
use preview::replay::{Account, Coverage, Group, Impact, Replay, Report, Share, Who, Words};
use serde_json::{Map, Value};
use signins::window::Moment;

use crate::activity::output;
use crate::exit::{Exit, Failure, Outcome};
use crate::logs::{self, Stretch};
use crate::states::{Change, States};
use crate::terminal;

/// How many people and applications of a group are listed for programs.
const LISTED: usize = 1_000;
/// How many people and applications of a group are told.
const FEW: usize = 5;

/// What can change, and what it is called, the gravest first.
const IMPACTS: [(Impact, &str); 4] = [
    (Impact::Closes, "closes"),
    (Impact::StepsUp, "asks for more"),
    (Impact::Opens, "opens"),
    (Impact::Eases, "asks for less"),
];

/// Replay past sign-ins with a draft of the settings: whom would it close out, whom let in?
///
/// Each sign-in is judged with the settings before and with those after. Where the answer depends on
/// something the log does not say, the result is conditional and says on what. Nothing is changed.
///
/// Exit code 0: no sign-in would be answered otherwise. 5: some would, or might. 2: something could
/// not be read. 1: the server could not be asked.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    states: States,
    /// Show every person and application
    #[arg(long)]
    all: bool,
    /// In which form
    #[arg(long, value_enum, value_name = "FORM", conflicts_with = "json")]
    format: Option<Form>,
    /// The same as --format json
    #[arg(long)]
    json: bool,
    /// Write it into this file, as json or html
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    past: Past,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
    Html,
}

/// Past sign-ins that are replayed.
#[derive(Debug, Args)]
pub(crate) struct Past {
    /// The tenant's sign-in log: a file, a folder with everything in it, or - for the standard
    /// input, in any form that `comity activity` reads. Several can be given
    #[arg(long = "log", value_name = "FILE")]
    logs: Vec<PathBuf>,
    #[command(flatten)]
    stretch: Stretch,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let form = match (arguments.format, arguments.json) {
        (Some(form), _) => form,
        (None, true) => Form::Json,
        (None, false) => Form::Text,
    };
    if form == Form::Text && arguments.output.is_some() {
        let message = "a text is not written into a file";
        return Err(Failure::broken(message).advise("--format html or --format json"));
    }
    let change = arguments.states.read()?;
    let past = &arguments.past;
    let replayed = past.replay(&change)?.ok_or_else(|| {
        Failure::broken("no sign-in log was named")
            .advise("--log FILE; or comity diff, which needs none")
    })?;
    let put = |text: String| match &arguments.output {
        Some(path) => output::write(path, text.as_bytes()),
        None => output::print(text.as_bytes()),
    };
    match form {
        Form::Json => {
            let mut whole = replayed.json(&change);
            whole.insert("notes".to_owned(), change.notes.clone().into());
            put(format!("{:#}\n", Value::Object(whole)))?;
        }
        Form::Html => put(replayed.page(&change))?,
        Form::Text => {
            replayed.print(&change, arguments.all);
            for note in &change.notes {
                anstream::println!("note: {note}");
            }
        }
    }
    let exit = match replayed.report.groups.is_empty() {
        true => Exit::Yes,
        false => Exit::Differs,
    };
    Ok(past.stretch.exit(&replayed.taken.told, exit))
}

impl Past {
    /// The replay, for programs, if a log was named.
    pub(crate) fn json(&self, change: &Change) -> Result<Option<Value>, Failure> {
        let replayed = self.replay(change)?;
        Ok(replayed.map(|replayed| Value::Object(replayed.json(change))))
    }

    /// Prints the replay, if a log was named.
    pub(crate) fn print(&self, change: &Change, all: bool) -> Result<(), Failure> {
        if let Some(replayed) = self.replay(change)? {
            replayed.print(change, all);
        }
        Ok(())
    }

    fn replay(&self, change: &Change) -> Result<Option<Replayed>, Failure> {
        if self.logs.is_empty() {
            return Ok(None);
        }
        let taken = self.stretch.read(change.tenant, &self.logs)?;
        let told = &taken.told;
        logs::readable(told)?;
        let (now, draft) = (world(change, &change.before), world(change, &change.after));
        let replay = Replay::new(&now, &draft, change.tenant);
        let parts = taken.log.in_parts(|behaviours| {
            let mut account = Account::of(&replay);
            behaviours.for_each(|behaviour| account.add(&behaviour));
            account
        });
        let whole = parts.into_iter().reduce(Account::and);
        let report = whole.unwrap_or_else(|| Account::of(&replay)).finish();
        Ok(Some(Replayed {
            taken,
            replay,
            report,
        }))
    }
}

/// A log that was replayed.
struct Replayed {
    taken: Taken,
    replay: Replay,
    report: Report,
}

impl Replayed {
    fn json(&self, change: &Change) -> Map<String, Value> {
        let names = self.names(change);
        let mut whole = graph::preview::replay(&self.replay, &self.report, &names, LISTED);
        whole.insert("read".to_owned(), logs::json(&self.taken.told));
        whole
    }

    fn print(&self, change: &Change, all: bool) {
        print(&self.names(change), &self.replay, &self.report, all);
        for line in logs::lines(&self.taken.told) {
            anstream::println!("{line}");
        }
    }

    fn names<'a>(&'a self, change: &'a Change) -> Called<'a> {
        Called {
            change,
            log: Some(&self.taken.log),
        }
    }
}

/// What tenants are called: by what was given, or else by the log.
pub(crate) struct Called<'a> {
    pub(crate) change: &'a Change,
    pub(crate) log: Option<&'a Log>,
}

impl Names for Called<'_> {
    fn tenant(&self, id: TenantId) -> String {
        match self.log.and_then(|log| log.tenant_name(id)) {
            Some(name) if !self.change.is_named(id) => terminal::visible(name),
            _ => self.change.tenant(id),
        }
    }
    fn user(&self, tenant: TenantId, id: UserId) -> String {
        self.change.user(tenant, id)
    }
    fn group(&self, id: GroupId) -> String {
        self.change.group(id)
    }
    fn application(&self, id: ApplicationId) -> String {
        self.change.application(id)
    }
}

/// The world with those settings of the tenant.
fn world(change: &Change, policy: &policy::settings::Policy) -> World {
    let mut world = change.world.clone();
    world.apply(&[Effect::PutPolicy {
        tenant: change.tenant,
        policy: Box::new(policy.clone()),
    }]);
    world
}

fn print(names: &Called<'_>, replay: &Replay, report: &Report, all: bool) {
    let words = Words::new(names);
    let tenant = names.tenant(replay.local());
    anstream::println!("{tenant}: {} sign-ins{}", report.sign_ins, span(report));
    for (impact, word) in IMPACTS {
        for conditional in [false, true] {
            let of =
                |group: &&Group| (group.key.impact, group.key.conditional) == (impact, conditional);
            let groups: Vec<&Group> = report.groups.iter().filter(of).collect();
            if groups.is_empty() {
                continue;
            }
            let count = report.count(impact, conditional);
            let perhaps = if conditional { "perhaps " } else { "" };
            let heading = format!("{perhaps}{word}");
            anstream::println!(
                "{} {count}",
                terminal::painted(terminal::verdict(verdict(impact)), &heading)
            );
            for group in groups {
                print_group(names, replay, group, &words, all);
            }
        }
    }
    anstream::println!("unchanged {}", report.unchanged);
    for (reason, count) in &report.unjudged {
        anstream::println!("not judged {count}: they {}", reason.sentence());
    }
    print_coverage(names, report);
}

const fn verdict(impact: Impact) -> Verdict {
    match impact {
        Impact::Closes => Verdict::Block,
        Impact::StepsUp | Impact::None => Verdict::Challenge,
        Impact::Opens | Impact::Eases => Verdict::Allow,
    }
}

fn print_group(names: &Called<'_>, replay: &Replay, group: &Group, words: &Words<'_>, all: bool) {
    let times = match (day(group.first), day(group.last)) {
        (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
        (Some(day), _) => format!(", {day}"),
        _ => String::new(),
    };
    let succeeded = match group.succeeded == group.count {
        true => "all succeeded".to_owned(),
        false => format!("{} succeeded", group.succeeded),
    };
    anstream::println!(
        "  {} ({}, {succeeded}{times})",
        words.heading(&group.key),
        group.count
    );
    let most = if all { usize::MAX } else { FEW };
    let users = group.users.iter().map(|share| (who(share), share.count));
    line("people", users, most);
    let applications = group.applications.iter();
    let applications = applications.map(|share| (named(share, names), share.count));
    line("applications", applications, most);
    if let Some(because) = words.because(replay, group) {
        anstream::println!("    because: {because}");
    }
    if group.key.conditional {
        anstream::println!("    {}", words.unknowns(&group.unknowns));
    }
    if let Some(keep) = &group.keep {
        anstream::println!("    to keep them: {}", words.keep(keep));
    }
}

fn who(share: &Share<Who>) -> String {
    match &share.of {
        Who::Name(name) => name.clone(),
        Who::Id(id) => format!("user {id}"),
        Who::Nobody => "nobody is named".to_owned(),
    }
}

fn named(share: &Share<ApplicationId>, names: &Called<'_>) -> String {
    let name = share.name.clone();
    name.unwrap_or_else(|| names.application(share.of))
}

fn line(what: &str, shares: impl ExactSizeIterator<Item = (String, u64)>, most: usize) {
    let more = shares.len().saturating_sub(most);
    let told: Vec<String> = shares
        .take(most)
        .map(|(name, count)| format!("{} {count}", terminal::visible(&name)))
        .collect();
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    anstream::println!("    {what}: {}{more}", told.join(", "));
}

fn print_coverage(names: &Called<'_>, report: &Report) {
    let coverage = &report.coverage;
    let share = share(coverage);
    anstream::println!(
        "the log speaks about {} of {} combinations of partner, application and direction ({share} %)",
        coverage.seen,
        coverage.cells
    );
    if !coverage.silent.is_empty() {
        let silent = coverage.silent.iter().take(FEW);
        let silent: Vec<String> = silent.map(|id| names.tenant(*id)).collect();
        let more = match coverage.silent.len().saturating_sub(FEW) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        anstream::println!(
            "partners whose settings differ: {}; of these without a sign-in in the log: {} ({}{more})",
            coverage.changed.len(),
            coverage.silent.len(),
            silent.join(", ")
        );
    }
}

/// How many of a hundred cells the log speaks about.
fn share(coverage: &Coverage) -> u64 {
    match coverage.cells {
        0 => 0,
        cells => coverage.seen * 100 / cells,
    }
}

fn span(report: &Report) -> String {
    match (day(report.coverage.first), day(report.coverage.last)) {
        (Some(first), Some(last)) => format!(" from {first} to {last}"),
        _ => String::new(),
    }
}

/// The day of a moment, in UTC.
fn day(moment: Option<Moment>) -> Option<String> {
    let timestamp = jiff::Timestamp::from_nanosecond(moment?.as_nanoseconds()).ok()?;
    Some(timestamp.strftime("%F").to_string())
}
