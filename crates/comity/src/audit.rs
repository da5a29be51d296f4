//! `comity audit`: the audit log as evidence. Export it, note down where it ends, check an export
//! against that later and elsewhere, and prune what is old.

mod verify;

use std::io::Write;
use std::sync::Arc;

use clap::{Args, Subcommand};
use jiff::Timestamp;
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::Value;
use server::{Clock, ledger};
use store::{AuditQuery, Initiator, Moment, Order, Store, Who};

use crate::exit::{Exit, Failure, Outcome};
use crate::remote::Login;
use crate::serve::{self, InForce};

/// Export the audit log, sign where it ends, check an export, prune it
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a log, oldest entry first, one JSON object for each line
    Export {
        #[command(flatten)]
        log: Log,
        #[command(flatten)]
        settings: serve::Settings,
    },
    /// Print the signed end of a log; note it down somewhere else
    Head {
        #[command(flatten)]
        log: Log,
        #[command(flatten)]
        login: Login,
        #[command(flatten)]
        settings: serve::Settings,
    },
    /// Check an exported log against signed ends, without the server
    Verify(verify::Arguments),
    /// Drop old entries; a signed checkpoint stays in their place
    Prune {
        /// Entries before this time go, for instance 2025-01-01T00:00:00Z
        #[arg(long, value_name = "TIME")]
        before: Timestamp,
        /// Only this log: a tenant's id, or `operator`; all logs if none is given
        #[arg(long, value_name = "LOG")]
        log: Option<LogName>,
        #[command(flatten)]
        settings: serve::Settings,
    },
}

#[derive(Debug, Args)]
struct Log {
    /// Which log: a tenant's id, or `operator`
    #[arg(long, value_name = "LOG")]
    log: LogName,
}

/// The name of a log.
#[derive(Clone, Copy, Debug)]
struct LogName(Option<TenantId>);

impl std::str::FromStr for LogName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "operator" => Ok(LogName(None)),
            tenant => match tenant.parse() {
                Ok(tenant) => Ok(LogName(Some(tenant))),
                Err(_) => Err("expected the id of a tenant, or `operator`".to_owned()),
            },
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match &arguments.command {
        Command::Verify(arguments) => verify::run(arguments),
        Command::Export { log, settings } => {
            let settings = settings.in_force()?;
            serve::runtime()?.block_on(export(log.log.0, &settings))
        }
        Command::Head { log, login, .. } if login.is_given() => {
            serve::runtime()?.block_on(head_of_server(log.log.0, login))
        }
        Command::Head { log, settings, .. } => {
            let settings = settings.in_force()?;
            serve::runtime()?.block_on(head(log.log.0, &settings))
        }
        Command::Prune {
            before,
            log,
            settings,
        } => {
            let settings = settings.in_force()?;
            serve::runtime()?.block_on(prune(*before, *log, &settings))
        }
    }
}

fn failed(error: impl std::error::Error) -> Failure {
    Failure::failed(serve::chain(&error))
}

/// How many entries are read at once.
const PAGE: u32 = 1000;

async fn export(log: Option<TenantId>, settings: &InForce) -> Outcome {
    let store = serve::open(settings).await?;
    let mut query = AuditQuery {
        tenant: log,
        order: Order::OldestFirst,
        limit: PAGE,
        ..AuditQuery::default()
    };
    let mut out = std::io::stdout().lock();
    loop {
        let rows = store.audit(&query).await.map_err(failed)?;
        let Some(last) = rows.last() else { break };
        query.after = Some(last.position);
        for row in rows {
            writeln!(out, "{}", ledger::line(row)).map_err(failed)?;
        }
    }
    store.close().await;
    Ok(Exit::Yes)
}

async fn key(
    store: &Arc<dyn Store>,
    settings: &InForce,
    now: Timestamp,
) -> Result<sts::StatementKey, Failure> {
    let master = settings.master_key(false)?;
    ledger::statement_key(&**store, &master, now)
        .await
        .map_err(failed)
}

async fn head(log: Option<TenantId>, settings: &InForce) -> Outcome {
    let store = serve::open(settings).await?;
    let now = Clock::of_the_machine().now();
    let key = key(&store, settings, now).await?;
    let head = ledger::head(&*store, &key, log, now)
        .await
        .map_err(failed)?;
    let text = serde_json::to_string_pretty(&head).map_err(failed)?;
    println!("{text}");
    store.close().await;
    Ok(Exit::Yes)
}

/// As the server signs it, for a client of the tenant whose log it is, or of the operator.
async fn head_of_server(log: Option<TenantId>, login: &Login) -> Outcome {
    let (session, path, needed) = match log {
        Some(tenant) => {
            let session = login.enter(Some(tenant)).await?;
            (session, "/comity/v1/audit/head", "AuditLog.Read.All")
        }
        None => {
            let session = login.enter(None).await?;
            let path = "/comity/v1/audit/head?log=operator";
            (session, path, server::OPERATOR_PERMISSION)
        }
    };
    let reply = session.call(Method::GET, path, None, needed).await?;
    println!("{:#}", Value::Object(reply.body));
    Ok(Exit::Yes)
}

async fn prune(before: Timestamp, log: Option<LogName>, settings: &InForce) -> Outcome {
    let store = serve::open(settings).await?;
    let now = Clock::of_the_machine().now();
    let key = key(&store, settings, now).await?;
    let before = Moment::from_nanoseconds(before.as_nanosecond());
    let by = Initiator {
        who: Who::Operator {
            name: "command line".to_owned(),
        },
        address: None,
        channel: None,
    };
    let logs = match log {
        Some(LogName(log)) => vec![log],
        None => store.audit_logs().await.map_err(failed)?,
    };
    for log in logs {
        let pruned = ledger::prune(&*store, &key, log, before, now, &by).await;
        if let Some(pruned) = pruned.map_err(failed)? {
            println!(
                "{}: {} entries dropped",
                ledger::log_name(log),
                pruned.entries
            );
        }
    }
    store.close().await;
    Ok(Exit::Yes)
}
