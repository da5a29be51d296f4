//! Two states of one tenant's settings: those in force, and a draft.

use std::path::{Path, PathBuf};

use clap::Args;
use graph::import::{self, Imported, Options};
use policy::explain::Names;
use policy::settings::Policy;
use policy::target::UserId;
use policy::tenant::{Cloud, TenantId};
use policy::world::{Tenant, World};

use crate::exit::Failure;
use crate::export;
use crate::files;
use crate::remote::Login;
use crate::serve::runtime;

/// Where the two states are.
#[derive(Debug, Args)]
pub(crate) struct States {
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
    #[command(flatten)]
    login: Login,
}

/// One tenant's settings twice, and what is known beside.
pub(crate) struct Change {
    pub(crate) world: World,
    pub(crate) tenant: TenantId,
    pub(crate) before: Policy,
    pub(crate) after: Policy,
    /// What had to be assumed.
    pub(crate) notes: Vec<String>,
}

/// The settings that one argument names.
struct State {
    tenant: Tenant,
    policy: Policy,
    notes: Vec<String>,
}

impl States {
    pub(crate) fn read(&self) -> Result<Change, Failure> {
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
                suites: graph::suites::published().into(),
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

impl Change {
    /// Whether anybody here says what the tenant is called.
    pub(crate) fn is_named(&self, id: TenantId) -> bool {
        self.called(id).is_some()
    }

    fn called(&self, id: TenantId) -> Option<&String> {
        let known = self.world.tenant(id);
        let known = known.and_then(|tenant| tenant.display_name.as_ref());
        let called = [&self.after, &self.before].into_iter().find_map(|policy| {
            let entry = policy.partners.get(id)?;
            entry.synchronization.as_ref()?.display_name.as_ref()
        });
        known.or(called)
    }
}

/// A tenant that the world does not know is called what the administrator called the synchronization
/// with it.
impl Names for Change {
    fn tenant(&self, id: TenantId) -> String {
        match self.called(id) {
            Some(name) => name.clone(),
            None => Names::tenant(&self.world, id),
        }
    }
    fn user(&self, tenant: TenantId, id: UserId) -> String {
        self.world.user(tenant, id)
    }
}
