//! `comity init`: the first steps of a server that is not a demonstration.
//!
//! Makes the master key, the first tenant with its policy, a client of that tenant, and the
//! operator's client. Secrets are printed once and kept nowhere in the clear.

use std::collections::BTreeSet;
use std::sync::Arc;

use clap::Args;
use policy::settings::Policy;
use policy::target::ApplicationId;
use policy::tenant::{Cloud, Domain, PolicyId, TenantId};
use policy::world::{Directory, Tenant, World};
use server::{ALL_APPLICATION_PERMISSIONS, Clock};
use store::{Client, ClientSecret, Moment, Store};
use sts::MasterKey;
use sts::secret::SecretHash;

use crate::exit::{Exit, Failure, Outcome};
use crate::serve::{self, InForce};

/// Make the data folder, the first tenant, its client and the operator's
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The name of the first tenant
    #[arg(long, value_name = "NAME")]
    tenant_name: String,
    /// A verified domain of the first tenant
    #[arg(long, value_name = "DOMAIN")]
    domain: Domain,
    /// Its id; a new one if none is given
    #[arg(long, value_name = "ID")]
    tenant_id: Option<TenantId>,
    /// Its cloud
    #[arg(long, value_name = "ENDPOINT", default_value = "microsoftonline.com")]
    cloud: Cloud,
    /// It has P1, so that licensed settings can be used
    #[arg(long)]
    p1: bool,
    #[command(flatten)]
    settings: serve::Settings,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let settings = arguments.settings.in_force()?;
    serve::runtime()?.block_on(init(arguments, &settings))
}

async fn init(arguments: &Arguments, settings: &InForce) -> Outcome {
    let failed = |error: &dyn std::error::Error| Failure::failed(serve::chain(error));
    let store = serve::open(settings).await?;
    let known = store
        .tenants(None, 1)
        .await
        .map_err(|error| failed(&error))?;
    if !known.is_empty() {
        let message = "the store already holds a tenant; nothing was changed";
        return Err(Failure::failed(message));
    }
    let key = settings.master_key_file.clone();
    let key = key.unwrap_or_else(|| settings.data.join("master.key"));
    if !key.exists() {
        serve::secret_file(&key, &MasterKey::generate())
            .map_err(|error| Failure::failed(format!("{}: {error}", key.display())))?;
    }
    let now = Clock::of_the_machine().now();
    let tenant = tenant(arguments);
    let mut world = World {
        suites: graph::suites::published().into(),
        ..World::default()
    };
    world.tenants.insert(tenant.id, tenant.clone());
    server::seed(&*store, &world, now)
        .await
        .map_err(|error| failed(&error))?;
    let created = Moment::from_nanoseconds(now.as_nanosecond());
    let own: BTreeSet<&str> = ALL_APPLICATION_PERMISSIONS.iter().copied().collect();
    let first = client(&store, tenant.id, "First client", own, created).await?;
    let operator = BTreeSet::from([server::OPERATOR_PERMISSION]);
    let operator = client(&store, tenant.id, "Operator", operator, created).await?;
    store.close().await;
    println!("Tenant      {} {}", tenant.id, arguments.tenant_name);
    println!("Master key  {}", key.display());
    println!("These secrets are shown once:");
    println!("  client    {}  {}", first.0, first.1);
    println!("  operator  {}  {}", operator.0, operator.1);
    Ok(Exit::Yes)
}

fn tenant(arguments: &Arguments) -> Tenant {
    let new = || TenantId::from_u128(sts::random::guid().as_u128());
    let id = arguments.tenant_id.unwrap_or_else(new);
    let mut tenant = Tenant::registered(id, arguments.cloud);
    tenant.display_name = Some(arguments.tenant_name.clone());
    tenant.domains.insert(arguments.domain.clone());
    tenant.p1 = arguments.p1;
    // Its people are known: there are none yet, and nobody comes in as somebody who is not there.
    tenant.directory = Some(Directory::default());
    tenant.policy = Some(Policy {
        id: Some(PolicyId::from_u128(sts::random::guid().as_u128())),
        display_name: Some(format!("CrossTenantAccessPolicy for {id}")),
        ..Policy::default()
    });
    tenant
}

async fn client(
    store: &Arc<dyn Store>,
    tenant: TenantId,
    name: &str,
    permissions: BTreeSet<&str>,
    created: Moment,
) -> Result<(ApplicationId, String), Failure> {
    let failed = |error: &dyn std::error::Error| Failure::failed(serve::chain(error));
    let secret = sts::random::secret();
    let id = ApplicationId::from_u128(sts::random::guid().as_u128());
    let hash = SecretHash::of(&secret).map_err(|error| failed(&error))?;
    let client = Client {
        id,
        tenant,
        display_name: Some(name.to_owned()),
        secrets: vec![ClientSecret {
            id: "first".to_owned(),
            phc: hash.as_str().to_owned(),
            created,
            expires: None,
        }],
        permissions: permissions.into_iter().map(str::to_owned).collect(),
        disabled: false,
    };
    store
        .put_client(&client)
        .await
        .map_err(|error| failed(&error))?;
    Ok((id, secret))
}
