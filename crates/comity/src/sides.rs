//! The two sides of a question: whose settings are given, and what else is known.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use graph::import::{Imported, Note, Options};
use policy::tenant::{Cloud, TenantId};
use policy::world::{Tenant, World};

use crate::exit::Failure;
use crate::files;

/// One side, as an argument names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Only its id: the settings are in a world file or in a state folder, or are not given.
    Id(TenantId),
    /// A Graph export; the id where the export does not say it.
    Export(Option<TenantId>, PathBuf),
}

impl FromStr for Side {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(id) = text.parse() {
            return Ok(Side::Id(id));
        }
        if let Some((id, path)) = text.split_once('=')
            && let Ok(id) = id.parse()
        {
            return Ok(Side::Export(Some(id), path.into()));
        }
        match Path::new(text).exists() {
            true => Ok(Side::Export(None, text.into())),
            false => Err(
                "expected a folder or file with a Graph export, a tenant id, or ID=EXPORT"
                    .to_owned(),
            ),
        }
    }
}

/// Where settings may come from beside the arguments for the two sides.
pub(crate) struct Sources<'a> {
    /// A world file.
    pub(crate) world: Option<&'a Path>,
    /// A folder that `comity import` fills.
    pub(crate) state: Option<&'a Path>,
    /// Both tenants have P1, where nothing else says so.
    pub(crate) p1: bool,
    /// The question is about direct connect, for which the licence matters (S9.4).
    pub(crate) direct_connect: bool,
}

/// What is known.
pub(crate) struct Known {
    /// The tenants.
    pub(crate) world: World,
    /// What had to be assumed, file by file.
    pub(crate) notes: Vec<String>,
}

impl Known {
    /// What the sources know before any side is named.
    pub(crate) fn read(sources: &Sources<'_>) -> Result<Self, Failure> {
        let world = match sources.world {
            Some(path) => files::world(path)?,
            None => World {
                suites: graph::suites::published().into(),
                ..World::default()
            },
        };
        Ok(Known {
            world,
            notes: Vec::new(),
        })
    }

    /// Adds a side, and says which tenant it is.
    pub(crate) fn add(
        &mut self,
        side: &Side,
        cloud: Option<Cloud>,
        sources: &Sources<'_>,
    ) -> Result<TenantId, Failure> {
        let options = Options {
            tenant: None,
            cloud,
            p1: sources.p1.then_some(true),
        };
        let id = match side {
            Side::Export(tenant, path) => {
                let options = Options {
                    tenant: *tenant,
                    ..options
                };
                let imported = files::export(std::slice::from_ref(path), &options)?;
                let id = imported.tenant.id;
                self.host(imported, sources);
                id
            }
            Side::Id(id) => {
                let kept = match sources.state {
                    Some(folder) => files::state(folder, *id, &options)?,
                    None => None,
                };
                if let Some(imported) = kept {
                    self.host(imported, sources);
                }
                *id
            }
        };
        if let (Some(cloud), None) = (cloud, self.world.tenant(id)) {
            self.world.tenants.insert(id, Tenant::registered(id, cloud));
        }
        Ok(id)
    }

    /// The settings of an export; people and everything else that a world file says stay.
    fn host(&mut self, imported: Imported, sources: &Sources<'_>) {
        let Imported { tenant, notes } = imported;
        let name = tenant.display_name.clone();
        let name = name.unwrap_or_else(|| tenant.id.to_string());
        let matters = |note: &&Note| match note {
            Note::NoSynchronization => false,
            Note::LicenceUnknown => sources.direct_connect,
            _ => true,
        };
        let notes = notes.iter().filter(matters);
        self.notes
            .extend(notes.map(|note| format!("{name}: {note}")));
        let merged = match self.world.tenant(tenant.id) {
            Some(known) => Tenant {
                policy: tenant.policy,
                ..known.clone()
            },
            None => tenant,
        };
        self.world.tenants.insert(merged.id, merged);
    }
}
