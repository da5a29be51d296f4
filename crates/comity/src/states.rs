//! Two states of one tenant's settings: those in force, and a draft.

use std::path::{Path, PathBuf};

use clap::Args;
use graph::import::{self, Imported, Options};
use policy::effect::Effect;
use policy::explain::Names;
use policy::settings::Policy;
use policy::target::{ApplicationId, GroupId, UserId};
use policy::tenant::{Cloud, TenantId};
use policy::world::{Tenant, World};

use crate::drafts::{self, Draft};
use crate::exit::Failure;
use crate::export;
use crate::files;
use crate::plan;
use crate::remote::Login;
use crate::remote::elsewhere::{Elsewhere, Settings};
use crate::serve::runtime;

/// Where the two states are.
#[derive(Debug, Args)]
pub(crate) struct States {
    /// The settings before and the settings after, each a folder or file with a Graph export, or a
    /// world file (.yaml). With --server, --demo or --state only the settings after, and with a draft
    /// only those before
    #[arg(value_name = "SETTINGS", num_args = 0..=2)]
    settings: Vec<PathBuf>,
    #[command(flatten)]
    draft: Draft,
    /// The settings after: what this file wants, or the plan that `comity plan --out` made
    #[arg(long, value_name = "FILE", conflicts_with_all = ["patch", "revision"], help_heading = "Draft")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// Where the settings in force are.
#[derive(Debug, Args)]
pub(crate) struct InForce {
    /// The settings in force: a folder or file with a Graph export, or a world file (.yaml). None with
    /// --server, --demo or --state
    #[arg(value_name = "SETTINGS")]
    settings: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// Where settings are when no file has them, and what is known beside.
#[derive(Clone, Debug, Args)]
struct Place {
    /// Whose settings, where the files do not say or a world file holds several tenants
    #[arg(long, value_name = "ID")]
    tenant: Option<TenantId>,
    /// The settings in force are those that this folder, which `comity import` fills, keeps
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["server", "demo"])]
    state: Option<PathBuf>,
    /// A world file that knows further tenants, their clouds, people and suites
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// The cloud of the tenant, where the export does not say
    #[arg(long, value_name = "ENDPOINT")]
    cloud: Option<Cloud>,
    #[command(flatten)]
    login: Login,
    #[command(flatten)]
    elsewhere: Elsewhere,
}

/// One tenant's settings twice, and what is known beside.
pub(crate) struct Change {
    pub(crate) world: World,
    pub(crate) tenant: TenantId,
    pub(crate) before: Policy,
    pub(crate) after: Policy,
    /// What an administrator calls things.
    pub(crate) names: ::plan::Names,
    /// What had to be assumed.
    pub(crate) notes: Vec<String>,
}

/// The settings of one tenant.
struct State {
    tenant: Tenant,
    policy: Policy,
    notes: Vec<String>,
}

/// One tenant's settings in force, and what is known beside.
pub(crate) struct Known {
    pub(crate) world: World,
    pub(crate) tenant: TenantId,
    /// What had to be assumed.
    pub(crate) notes: Vec<String>,
}

impl InForce {
    /// Whether they are asked for where members of beta are not to be had.
    pub(crate) fn lacks_beta(&self) -> bool {
        self.place.elsewhere.is_given() && !self.place.elsewhere.knows_beta()
    }

    /// The folder or file with the settings, if they are in one.
    pub(crate) fn settings(&self) -> Option<&Path> {
        self.settings.as_deref()
    }

    /// The world file that says what there is beside the settings; one with the settings does, too.
    pub(crate) fn world(&self) -> Option<&Path> {
        let itself = self.settings().filter(|path| files::is_world(path));
        self.place.world.as_deref().or(itself)
    }

    /// The same settings elsewhere: those that this file has.
    pub(crate) fn or_in(&self, settings: Option<&Path>) -> Self {
        InForce {
            settings: self.settings.clone().or(settings.map(Path::to_owned)),
            place: self.place.clone(),
        }
    }

    /// The settings of the tenant as a revision of the server has them.
    pub(crate) fn revision(&self, tenant: TenantId, revision: u64) -> Result<Policy, Failure> {
        let place = &self.place;
        if !place.login.is_given() {
            let message = "only a server keeps revisions";
            return Err(Failure::broken(message).advise("--server or --demo"));
        }
        let state = runtime()?.block_on(place.served(tenant, Some(revision)))?;
        Ok(state.policy)
    }

    /// The settings; of that tenant, if nothing here says of which.
    pub(crate) fn read(&self, tenant: Option<TenantId>) -> Result<Known, Failure> {
        let place = &self.place;
        let unsaid =
            || Failure::broken("nothing says whose settings are meant").advise("--tenant ID");
        let wanted = place.tenant.or(tenant);
        let state = match (&self.settings, place.is_given()) {
            (Some(settings), false) => place.file(settings, wanted)?,
            (None, true) => place.in_force(wanted.ok_or_else(unsaid)?)?,
            (Some(_), true) => {
                let message = "settings are given, and a place where they are";
                return Err(Failure::broken(message).advise("one of them"));
            }
            (None, false) => {
                let message = "nothing says where the settings in force are";
                return Err(Failure::broken(message)
                    .advise("a folder with a Graph export, --server, --demo or --state"));
            }
        };
        let id = state.tenant.id;
        if let Some(other) = wanted.filter(|wanted| *wanted != id) {
            let message = format!("the settings are those of {id}, and not of {other}");
            return Err(Failure::broken(message));
        }
        let mut world = place.world()?;
        // What is known of the tenant beside its settings stays.
        if world.tenant(id).is_none() {
            world.tenants.insert(id, state.tenant);
        }
        world.apply(&[Effect::PutPolicy {
            tenant: id,
            policy: Box::new(state.policy),
        }]);
        Ok(Known {
            world,
            tenant: id,
            notes: state.notes,
        })
    }
}

impl States {
    pub(crate) fn read(&self) -> Result<Change, Failure> {
        if !self.draft.is_given() && self.plan.is_none() {
            return self.two();
        }
        let settings = match self.settings.as_slice() {
            [] => None,
            [before] => Some(before.clone()),
            _ => {
                let message = "two settings are given, and a draft";
                return Err(Failure::broken(message).advise("the settings before alone"));
            }
        };
        let in_force = InForce {
            settings,
            place: self.place.clone(),
        };
        match &self.plan {
            None => self.draft.against(&in_force).map(|(change, _)| change),
            Some(path) => match drafts::kept(path, &in_force)? {
                Some(change) => Ok(change),
                None => plan::change(path, &in_force),
            },
        }
    }

    fn two(&self) -> Result<Change, Failure> {
        let (before, after) = self.states()?;
        let tenant = after.tenant.id;
        let other = [self.place.tenant, Some(before.tenant.id)];
        if let Some(other) = other.into_iter().flatten().find(|id| *id != tenant) {
            let message = format!("the settings after are those of {tenant}, and not of {other}");
            return Err(Failure::broken(message).advise("two states of one tenant"));
        }
        let mut world = self.place.world()?;
        let notes = notes(&before.notes, &after.notes);
        if world.tenant(tenant).is_none() {
            world.tenants.insert(tenant, after.tenant);
        }
        Ok(Change {
            world,
            tenant,
            before: before.policy,
            after: after.policy,
            names: ::plan::Names::default(),
            notes,
        })
    }

    fn states(&self) -> Result<(State, State), Failure> {
        let place = &self.place;
        let file = |path| place.file(path, place.tenant);
        match (self.settings.as_slice(), place.is_given()) {
            ([before, after], false) => Ok((file(before)?, file(after)?)),
            ([after], true) => {
                let after = file(after)?;
                let before = place.in_force(after.tenant.id)?;
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
}

impl Place {
    fn is_given(&self) -> bool {
        self.state.is_some() || self.login.is_given() || self.elsewhere.is_given()
    }

    fn in_force(&self, tenant: TenantId) -> Result<State, Failure> {
        match (&self.state, self.elsewhere.is_given()) {
            (Some(_), true) => {
                let message = "--state and --endpoint both say where the settings in force are";
                Err(Failure::broken(message).advise("one of them"))
            }
            (Some(folder), false) => self.kept(folder, tenant),
            (None, true) => runtime()?.block_on(self.fetched(tenant)),
            (None, false) => runtime()?.block_on(self.served(tenant, None)),
        }
    }

    fn world(&self) -> Result<World, Failure> {
        Ok(match &self.world {
            Some(path) => files::world(path)?,
            None => World {
                suites: graph::suites::published().into(),
                ..World::default()
            },
        })
    }

    fn options(&self, tenant: Option<TenantId>) -> Options {
        Options {
            tenant,
            cloud: self.cloud,
            // Licences are left aside.
            p1: Some(true),
        }
    }

    fn file(&self, path: &Path, tenant: Option<TenantId>) -> Result<State, Failure> {
        match files::is_world(path) {
            true => in_world(path, tenant),
            false => State::imported(files::export(&[path.to_owned()], &self.options(tenant))?),
        }
    }

    fn kept(&self, folder: &Path, tenant: TenantId) -> Result<State, Failure> {
        match files::state(folder, tenant, &self.options(None))? {
            Some(imported) => State::imported(imported),
            None => Err(Failure::broken(format!(
                "`{}` keeps no tenant {tenant}",
                folder.display()
            ))
            .advise("comity import --state FOLDER SOURCE…")),
        }
    }

    /// From any Graph.
    async fn fetched(&self, tenant: TenantId) -> Result<State, Failure> {
        let mut graph = self.elsewhere.graph(&self.login)?;
        let settings = Settings::read(&mut graph, tenant).await?;
        let imported = settings.imported(&self.options(Some(tenant)))?;
        // What a server leaves out it has not set: there is nothing to be assumed.
        State::of(imported.tenant, Vec::new())
    }

    async fn served(&self, tenant: TenantId, revision: Option<u64>) -> Result<State, Failure> {
        let session = self.login.enter_for(tenant).await?;
        let documents = export::documents_at(&session, tenant, revision).await?;
        let documents = documents.ok_or_else(|| {
            let what = match revision {
                Some(revision) => format!("no revision {revision} of the settings of {tenant}"),
                None => format!("no settings of {tenant}"),
            };
            Failure::broken(format!("the server has {what} for us"))
                .advise("a client of that tenant, or the operator's")
        })?;
        let imported = import::read(&documents, &self.options(Some(tenant)))
            .map_err(|error| Failure::failed(format!("the answer of the server: {error}")))?;
        // What a server leaves out it has not set: there is nothing to be assumed.
        State::of(imported.tenant, Vec::new())
    }
}

/// The tenant of a world file, if it is clear which one is meant.
fn in_world(path: &Path, wanted: Option<TenantId>) -> Result<State, Failure> {
    let world = files::world(path)?;
    let meant = |tenant: &&Tenant| match wanted {
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

impl Change {
    /// Whether anybody here says what the tenant is called.
    pub(crate) fn is_named(&self, id: TenantId) -> bool {
        self.called(id).is_some()
    }

    fn called(&self, id: TenantId) -> Option<String> {
        let written = self.names.of(&id.to_string());
        let known = || called(&self.world, [&self.after, &self.before], id).cloned();
        written.map(str::to_owned).or_else(known)
    }
}

impl Known {
    /// These settings, and those when everything in the plan has been done.
    pub(crate) fn changed(self, plan: &::plan::steps::Plan) -> Change {
        let change = self.unchanged();
        let after = plan.after().unwrap_or(&change.before).clone();
        Change { after, ..change }
    }

    /// These settings, before and after a change of nothing.
    pub(crate) fn unchanged(self) -> Change {
        let policy = self.world.policy(self.tenant).cloned().unwrap_or_default();
        Change {
            world: self.world,
            tenant: self.tenant,
            before: policy.clone(),
            after: policy,
            names: ::plan::Names::default(),
            notes: self.notes,
        }
    }
}

/// What a tenant is called: by the world, or else by what the administrator called the
/// synchronization with it.
fn called<'a>(
    world: &'a World,
    settings: impl IntoIterator<Item = &'a Policy>,
    id: TenantId,
) -> Option<&'a String> {
    let known = world.tenant(id);
    let known = known.and_then(|tenant| tenant.display_name.as_ref());
    let called = settings.into_iter().find_map(|policy| {
        let entry = policy.partners.get(id)?;
        entry.synchronization.as_ref()?.display_name.as_ref()
    });
    known.or(called)
}

/// A tenant that the world does not know is called what the administrator called the synchronization
/// with it.
impl Names for Change {
    fn tenant(&self, id: TenantId) -> String {
        match self.called(id) {
            Some(name) => name,
            None => Names::tenant(&self.world, id),
        }
    }
    fn user(&self, tenant: TenantId, id: UserId) -> String {
        match self.names.of(&id.to_string()) {
            Some(name) => name.to_owned(),
            None => self.world.user(tenant, id),
        }
    }
    fn group(&self, id: GroupId) -> String {
        match self.names.of(&id.to_string()) {
            Some(name) => format!("group {name}"),
            None => format!("group {id}"),
        }
    }
    fn application(&self, id: ApplicationId) -> String {
        match self.names.of(&id.to_string()) {
            Some(name) => name.to_owned(),
            None => format!("application {id}"),
        }
    }
}
