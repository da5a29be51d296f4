//! What tenants are called: a name book, worlds and kept exports, and the logs themselves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cases::folder;
use clap::Args;
use intake::log::Log;
use policy::tenant::TenantId;
use serde_json::Value;
use signins::summary::TenantDetails;

use crate::exit::Failure;
use crate::files;

/// Where names come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Names")]
pub(crate) struct Names {
    /// Show what tenants are called, as far as the logs say
    #[arg(long)]
    resolve: bool,
    /// A file that says what tenants are called
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
    /// A world whose tenants have names
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// A folder that `comity import` fills, whose tenants have names
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
}

/// What is known about tenants, by those who were asked.
pub(crate) struct Book(Option<BTreeMap<TenantId, TenantDetails>>);

/// The book, and the log behind it.
pub(crate) struct Known<'a> {
    book: BTreeMap<TenantId, TenantDetails>,
    log: &'a Log,
}

impl Names {
    /// Reads what was given.
    pub(crate) fn book(&self) -> Result<Book, Failure> {
        let Names {
            resolve,
            names,
            world,
            state,
        } = self;
        if !resolve && names.is_none() && world.is_none() && state.is_none() {
            return Ok(Book(None));
        }
        let mut book = BTreeMap::new();
        if let Some(world) = world {
            let world = files::world(world)?;
            for tenant in world.tenants.values() {
                book.insert(tenant.id, of_tenant(tenant));
            }
        }
        if let Some(state) = state {
            for imported in files::states(state)? {
                book.insert(imported.tenant.id, of_tenant(&imported.tenant));
            }
        }
        if let Some(names) = names {
            read(names, &mut book)?;
        }
        Ok(Book(Some(book)))
    }
}

fn of_tenant(tenant: &policy::world::Tenant) -> TenantDetails {
    let domain = tenant.domains.iter().next();
    TenantDetails {
        name: tenant.display_name.clone(),
        default_domain: domain.map(|domain| domain.as_str().to_owned()),
        region_scope: None,
    }
}

impl Book {
    /// Together with the names in the log.
    pub(crate) fn beside(self, log: &Log) -> Option<Known<'_>> {
        self.0.map(|book| Known { book, log })
    }
}

impl Known<'_> {
    /// What is known about a tenant.
    pub(crate) fn of(&self, tenant: TenantId) -> Option<TenantDetails> {
        let written = self.book.get(&tenant);
        let name = written.and_then(|details| details.name.clone());
        let name = name.or_else(|| self.log.tenant_name(tenant).map(str::to_owned));
        if written.is_none() && name.is_none() {
            return None;
        }
        Some(TenantDetails {
            name,
            ..written.cloned().unwrap_or_default()
        })
    }
}

/// Reads a name book: for each tenant id a name, or `name`, `domain` and `region`.
pub(crate) fn read(
    path: &Path,
    book: &mut BTreeMap<TenantId, TenantDetails>,
) -> Result<(), Failure> {
    let document = folder::read(path).map_err(|fault| Failure::broken(fault.to_string()))?;
    let wrong = |what: String| {
        Failure::broken(format!("{}: {what}", path.display()))
            .advise("0f000000-0000-4000-8000-000000000002: Fabrikam, or {name: Fabrikam, domain: fabrikam.com, region: EU}")
    };
    let Value::Object(tenants) = document.value() else {
        return Err(wrong("expected tenant ids with their names".to_owned()));
    };
    for (id, said) in tenants {
        let tenant = id.parse();
        let tenant: TenantId = tenant.map_err(|_| wrong(format!("`{id}` is no tenant id")))?;
        let details = match said {
            Value::String(name) => TenantDetails {
                name: Some(name.clone()),
                ..TenantDetails::default()
            },
            Value::Object(members) => {
                let mut details = TenantDetails::default();
                for (member, value) in members {
                    let text = value.as_str().map(str::to_owned);
                    let text = text.ok_or_else(|| wrong(format!("{id}: `{member}` is no text")))?;
                    match member.as_str() {
                        "name" => details.name = Some(text),
                        "domain" => details.default_domain = Some(text),
                        "region" => details.region_scope = Some(text),
                        _ => return Err(wrong(format!("{id}: there is no `{member}`"))),
                    }
                }
                details
            }
            _ => return Err(wrong(format!("{id}: expected a name"))),
        };
        book.insert(tenant, details);
    }
    Ok(())
}
