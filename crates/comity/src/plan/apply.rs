//! `comity apply`: carries out a plan.

use std::path::PathBuf;

use ::plan::file::{self, Kept};
use ::plan::stamp::Stamp;
use ::plan::steps::Step;
use cases::folder;
use clap::Args;
use graph::import::{self, Options};
use policy::tenant::TenantId;
use policy::world::World;
use reqwest::Method;
use serde_json::json;

use super::wanted::no_beta;
use super::{elsewhere, named};
use crate::exit::{Exit, Failure, Outcome};
use crate::export;
use crate::remote::elsewhere::Elsewhere;
use crate::remote::{Login, Session};
use crate::serve::runtime;

const WRITES: &str = "Policy.ReadWrite.CrossTenantAccess";
pub(super) const AGAIN: &str = "comity plan again, and read what it says";

/// Carry out a plan that `comity plan --out` has kept
///
/// Only as long as the settings are those the plan was made for: before each request they are read,
/// and if somebody else has changed them meanwhile nothing further is done. A plan that was
/// interrupted goes on where it stopped, and one that has been carried out does nothing.
///
/// Exit code 0: everything is as planned. 1: it is not, and it is said how far it came. 2: the plan
/// could not be read, or was made for other settings.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The plan
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[command(flatten)]
    login: Login,
    #[command(flatten)]
    elsewhere: Elsewhere,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let document = folder::read(&arguments.plan);
    let document = document.map_err(|fault| Failure::broken(fault.to_string()))?;
    let shown = arguments.plan.display();
    let kept = file::read(document.value())
        .map_err(|error| Failure::broken(format!("{shown}: {error}")))?;
    let before = match (arguments.elsewhere.is_given(), arguments.login.is_given()) {
        (true, _) => {
            if !arguments.elsewhere.knows_beta() {
                no_beta(kept.steps.iter())?;
            }
            let graph = arguments.elsewhere.graph(&arguments.login)?;
            runtime()?.block_on(elsewhere::carry_out(&kept, graph, !arguments.json))?
        }
        (false, true) => runtime()?.block_on(carry_out(&kept, arguments))?,
        (false, false) => {
            return Err(
                Failure::broken("nothing says where the plan is to be applied")
                    .advise("--server URL, --demo DIR, or --endpoint URL of any Graph"),
            );
        }
    };
    let done = kept.steps.len() - before;
    match arguments.json {
        true => anstream::println!(
            "{:#}",
            json!({
                "tenantId": kept.tenant.to_string(),
                "steps": kept.steps.len(),
                "doneBefore": before,
                "done": done,
                "state": last(&kept).to_string(),
            })
        ),
        false if done == 0 => anstream::println!("everything is as planned already"),
        false => anstream::println!("everything is as planned"),
    }
    Ok(Exit::Yes)
}

fn last(kept: &Kept) -> Stamp {
    kept.steps.last().map_or(kept.state, |step| step.state)
}

/// Does what is left to do, and says how much had been done before.
async fn carry_out(kept: &Kept, arguments: &Arguments) -> Result<usize, Failure> {
    let session = arguments.login.enter_for(kept.tenant).await?;
    let now = state(&session, kept.tenant).await?;
    let before = kept.done(now).ok_or_else(|| {
        Failure::broken(format!(
            "the settings of {} are not those the plan was made for",
            kept.tenant
        ))
        .advise(AGAIN)
    })?;
    let count = kept.steps.len();
    if before > 0 && before < count {
        anstream::eprintln!("{before} of {count} requests were carried out before");
    }
    for (at, step) in kept.steps.iter().enumerate().skip(before) {
        send(&session, kept.tenant, step).await.map_err(|failure| {
            failure.during(&format!(
                "request {} of {count}, {}",
                at + 1,
                named(step, &World::default())
            ))
        })?;
        if !arguments.json {
            anstream::println!("{:>3}. {}", at + 1, named(step, &World::default()));
        }
        let now = state(&session, kept.tenant).await?;
        if now != step.state {
            let message = format!(
                "after request {} of {count} the settings are not as planned: somebody else has changed them",
                at + 1
            );
            return Err(Failure::failed(message).advise(AGAIN));
        }
    }
    Ok(before)
}

async fn send(session: &Session, tenant: TenantId, step: &Step) -> Result<(), Failure> {
    if session.tenant != tenant {
        let message = format!(
            "the client is one of {}, and not of {tenant}",
            session.tenant
        );
        return Err(Failure::broken(message).advise("a client of the tenant itself"));
    }
    let method: Method = step
        .method
        .parse()
        .map_err(|_| Failure::broken(format!("`{}` is no method", step.method)))?;
    let path = format!("/v1.0{}", step.url);
    let call = session.call(method, &path, step.body.as_ref(), WRITES);
    call.await.map(drop)
}

/// The settings as the server has them.
async fn state(session: &Session, tenant: TenantId) -> Result<Stamp, Failure> {
    let documents = export::documents(session, tenant).await?;
    let documents = documents.ok_or_else(|| {
        Failure::broken(format!("the server has no settings of {tenant} for us"))
            .advise("a client of that tenant")
    })?;
    let options = Options {
        tenant: Some(tenant),
        ..Options::default()
    };
    let imported = import::read(&documents, &options)
        .map_err(|error| Failure::failed(format!("the answer of the server: {error}")))?;
    let policy = imported.tenant.policy.unwrap_or_default();
    Ok(Stamp::of(&policy))
}
