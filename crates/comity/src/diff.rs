//! `comity diff`: for which requests does a change of the settings give another answer?

use std::path::{Path, PathBuf};

use clap::Args;
use graph::import::{self, Imported, Options};
use policy::explain::Names;
use policy::settings::Policy;
use policy::target::UserId;
use policy::tenant::{Cloud, TenantId};
use policy::world::{Tenant, World};
use preview::difference::{self, Difference, Region, Switched, Turn, Words};
use serde_json::Value;

use crate::exit::{Exit, Failure, Outcome};
use crate::export;
use crate::files;
use crate::remote::Login;
use crate::serve::runtime;
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
    /// The settings before and the settings after, each a folder or file with a Graph export, or a
    /// world file (.yaml). With --server, --demo or --state only the settings after
    #[arg(value_name = "SETTINGS", required = true, num_args = 1..=2)]
    settings: Vec<PathBuf>,
    /// Whose settings, where the files do not say or a world file holds several tenants
    #[arg(long, value_name = "ID")]
    tenant: Option<TenantId>,
    /// Before is what this folder, which `comity import` fills, keeps of the tenant
    #[arg(long, value_name = "FOLDER", requires = "tenant", conflicts_with_all = ["server", "demo"])]
    state: Option<PathBuf>,
    /// A world file that knows further tenants, their clouds, people and suites
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// The cloud of the tenant, where the export does not say
    #[arg(long, value_name = "ENDPOINT")]
    cloud: Option<Cloud>,
    /// Show one request of each box, and ask what becomes of it
    #[arg(long)]
    witness: bool,
    /// Show every name of long lists
    #[arg(long)]
    all: bool,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    login: Login,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let change = arguments.read()?;
    let (before, after) = (&change.before, &change.after);
    let found = difference::between(&change.world, change.tenant, before, after);
    match arguments.json {
        true => change.print_json(&found),
        false => change.print(&found, arguments),
    }
    Ok(match found.is_equal() {
        true => Exit::Yes,
        false => Exit::Differs,
    })
}

/// One tenant's settings twice, and what is known beside.
struct Change {
    world: World,
    tenant: TenantId,
    before: Policy,
    after: Policy,
    notes: Vec<String>,
}

/// The settings that one argument names.
struct State {
    tenant: Tenant,
    policy: Policy,
    notes: Vec<String>,
}

impl Arguments {
    fn read(&self) -> Result<Change, Failure> {
        let (before, after) = self.states()?;
        let tenant = after.tenant.id;
        let other = [self.tenant, Some(before.tenant.id)];
        if let Some(other) = other.into_iter().flatten().find(|id| *id != tenant) {
            let message = format!("the settings after are those of {tenant}, and not of {other}");
            return Err(Failure::broken(message).advise("two states of one tenant"));
        }
        let mut world = match &self.world {
            Some(path) => files::world(path)?,
            None => World {
                suites: graph::suites::published(),
                ..World::default()
            },
        };
        let notes = notes(&before.notes, &after.notes);
        if world.tenant(tenant).is_none() {
            world.tenants.insert(tenant, after.tenant);
        }
        Ok(Change {
            world,
            tenant,
            before: before.policy,
            after: after.policy,
            notes,
        })
    }

    fn states(&self) -> Result<(State, State), Failure> {
        let elsewhere = self.state.is_some() || self.login.is_given();
        match (self.settings.as_slice(), elsewhere) {
            ([before, after], false) => Ok((self.file(before)?, self.file(after)?)),
            ([after], true) => {
                let after = self.file(after)?;
                let before = match &self.state {
                    Some(folder) => self.kept(folder, after.tenant.id)?,
                    None => runtime()?.block_on(self.served(after.tenant.id))?,
                };
                Ok((before, after))
            }
            ([_, _, ..], true) => Err(Failure::broken(
                "two settings are given, and a place where those before are",
            )
            .advise("the settings after alone")),
            _ => Err(
                Failure::broken("nothing says what the settings were before")
                    .advise("comity diff BEFORE AFTER, or --server, --demo or --state"),
            ),
        }
    }

    fn options(&self) -> Options {
        Options {
            tenant: self.tenant,
            cloud: self.cloud,
            // Licences are left aside.
            p1: Some(true),
        }
    }

    fn file(&self, path: &Path) -> Result<State, Failure> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        match ending {
            Some("yaml" | "yml") => self.in_world(path),
            _ => State::imported(files::export(&[path.to_owned()], &self.options())?),
        }
    }

    /// The tenant of a world file, if it is clear which one is meant.
    fn in_world(&self, path: &Path) -> Result<State, Failure> {
        let world = files::world(path)?;
        let meant = |tenant: &&Tenant| match self.tenant {
            Some(id) => tenant.id == id,
            None => tenant.policy.is_some(),
        };
        let mut tenants = world.tenants.values().filter(meant);
        let found = (tenants.next(), tenants.next());
        let path = path.display();
        match found {
            (Some(tenant), None) => State::of(tenant.clone(), Vec::new()),
            (None, _) => Err(Failure::broken(format!(
                "`{path}` holds no settings of such a tenant"
            ))),
            (Some(_), Some(_)) => Err(Failure::broken(format!(
                "`{path}` holds the settings of several tenants"
            ))
            .advise("--tenant ID")),
        }
    }

    fn kept(&self, folder: &Path, tenant: TenantId) -> Result<State, Failure> {
        match files::state(folder, tenant, &self.options())? {
            Some(imported) => State::imported(imported),
            None => Err(Failure::broken(format!(
                "`{}` keeps no tenant {tenant}",
                folder.display()
            ))
            .advise("comity import --state FOLDER SOURCE…")),
        }
    }

    async fn served(&self, tenant: TenantId) -> Result<State, Failure> {
        let session = self.login.enter_for(tenant).await?;
        let documents = export::documents(&session, tenant).await?;
        let documents = documents.ok_or_else(|| {
            Failure::broken(format!("the server has no settings of {tenant} for us"))
                .advise("a client of that tenant, or the operator's")
        })?;
        let options = Options {
            tenant: Some(tenant),
            ..self.options()
        };
        let imported = import::read(&documents, &options)
            .map_err(|error| Failure::failed(format!("the answer of the server: {error}")))?;
        State::imported(imported)
    }
}

impl State {
    fn imported(imported: Imported) -> Result<State, Failure> {
        let Imported { tenant, notes } = imported;
        State::of(tenant, notes.iter().map(ToString::to_string).collect())
    }

    fn of(tenant: Tenant, notes: Vec<String>) -> Result<State, Failure> {
        let Some(policy) = tenant.policy.clone() else {
            let message = format!("the settings of tenant {} are not known here", tenant.id);
            return Err(Failure::broken(message));
        };
        Ok(State {
            tenant,
            policy,
            notes,
        })
    }
}

/// What had to be assumed: of both states, or of one of them.
fn notes(before: &[String], after: &[String]) -> Vec<String> {
    let told = before.iter().map(|note| match after.contains(note) {
        true => note.clone(),
        false => format!("before: {note}"),
    });
    let new = after.iter().filter(|note| !before.contains(note));
    told.chain(new.map(|note| format!("after: {note}")))
        .collect()
}

/// A tenant that the world does not know is called what the administrator called the synchronization
/// with it.
impl Names for Change {
    fn tenant(&self, id: TenantId) -> String {
        let known = self.world.tenant(id);
        let known = known.and_then(|tenant| tenant.display_name.as_ref());
        let called = [&self.after, &self.before].into_iter().find_map(|policy| {
            let entry = policy.partners.get(id)?;
            entry.synchronization.as_ref()?.display_name.as_ref()
        });
        match known.or(called) {
            Some(name) => name.clone(),
            None => Names::tenant(&self.world, id),
        }
    }
    fn user(&self, tenant: TenantId, id: UserId) -> String {
        self.world.user(tenant, id)
    }
}

impl Change {
    fn words(&self, most: usize) -> Words<'_> {
        Words::new(self, self.tenant, &self.world.suites, most)
    }

    fn print_json(&self, found: &Difference) {
        let words = self.words(Words::FEW);
        let suites = &self.world.suites;
        let mut whole = graph::preview::difference(self.tenant, found, &words, suites);
        whole.insert("notes".to_owned(), self.notes.clone().into());
        anstream::println!("{:#}", Value::Object(whole));
    }

    fn print(&self, found: &Difference, arguments: &Arguments) {
        let words = self.words(match arguments.all {
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
                if arguments.witness {
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
        for note in &self.notes {
            anstream::println!("note: {note}");
        }
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
