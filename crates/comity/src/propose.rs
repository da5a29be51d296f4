//! `comity propose`: the tightest settings that keep what is in use.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use policy::settings::BlockName;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use preview::proposal::{Kept, Use};
use serde_json::{Map, Value, json};

use crate::exit::{Exit, Failure, Outcome};
use crate::logs::{self, Stretch};

/// The shares of the trade-off, in per mille.
const CURVE: [u16; 6] = [500, 800, 900, 950, 990, 1000];

/// Propose the tightest settings that keep what a sign-in log says is in use
///
/// For each partner in the log the fewest applications with which the chosen share of its successful
/// sign-ins still passes; everything else is blocked, and so is the default. Only a file is
/// written, for `comity plan`; nothing is changed.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Files, folders with everything in them, or - for the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The tenant whose log this is
    #[arg(long, value_name = "ID")]
    tenant: TenantId,
    /// How much of each partner's use is kept, in percent
    #[arg(long, value_name = "PERCENT", default_value = "100", value_parser = share)]
    keep: u16,
    /// Write the settings to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print one JSON value instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stretch: Stretch,
}

/// A share in per mille.
fn share(text: &str) -> Result<u16, String> {
    let percent: f64 = text.parse().map_err(|_| "expected a number".to_owned())?;
    match (0.0..=100.0).contains(&percent) {
        // At most a thousand, so nothing is cut.
        true => Ok((percent * 10.0).round() as u16),
        false => Err("expected 0 to 100".to_owned()),
    }
}

/// Runs the subcommand.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let taken = arguments.stretch.read(arguments.tenant, &arguments.files)?;
    let used = Use::of(arguments.tenant, taken.log.iter());
    if used.total() == 0 {
        let message =
            "the log has no sign-in that crossed and succeeded, so nothing can be proposed";
        return Err(Failure::broken(message).advise("is it the log of this tenant?"));
    }
    let kept = used.keeping(arguments.keep);
    let wanted = wanted(arguments.tenant, &kept);
    if let Some(path) = &arguments.out {
        let called = |tenant| taken.log.tenant_name(tenant);
        let text = text(arguments, &kept, &used, called);
        std::fs::write(path, text).map_err(|error| {
            Failure::failed(format!("cannot write `{}`: {error}", path.display()))
        })?;
    }
    if arguments.json {
        let curve = CURVE.map(|share| {
            let kept = used.keeping(share);
            json!({
                "share": f64::from(share) / 10.0,
                "signIns": kept.sign_ins,
                "applications": kept.applications(),
            })
        });
        let whole = json!({
            "signIns": used.total(),
            "kept": kept.sign_ins,
            "tradeOff": curve,
            "wanted": wanted,
            "read": logs::json(&taken.told),
        });
        anstream::println!("{whole:#}");
        return Ok(arguments.stretch.exit(&taken.told, Exit::Yes));
    }
    anstream::println!(
        "share    sign-ins    allowed applications, over {} partners",
        kept.partners.len()
    );
    for share in CURVE {
        let kept = used.keeping(share);
        let percent = f64::from(share) / 10.0;
        anstream::println!(
            "{percent:>4} %  {:>10}  {:>10}",
            kept.sign_ins,
            kept.applications()
        );
    }
    anstream::println!(
        "kept here: {} of {} sign-ins with {} applications",
        kept.sign_ins,
        used.total(),
        kept.applications()
    );
    for line in logs::lines(&taken.told) {
        anstream::println!("{line}");
    }
    match &arguments.out {
        Some(path) => anstream::println!("next: comity plan {} --log FILE", path.display()),
        None => anstream::println!("--out FILE writes the settings"),
    }
    Ok(arguments.stretch.exit(&taken.told, Exit::Yes))
}

fn half(list: &[ApplicationId]) -> Value {
    match list {
        [] => "blocked".into(),
        list => {
            let list: Value = list.iter().map(ToString::to_string).collect();
            json!({"users": "all", "applications": list})
        }
    }
}

/// The settings, as `comity plan` reads them.
fn wanted(tenant: TenantId, kept: &Kept) -> Value {
    let partners = kept.partners.iter().map(|(partner, blocks)| {
        let blocks = blocks.iter();
        let blocks = blocks.map(|(block, list)| (block.as_str().to_owned(), half(list)));
        (partner.to_string(), Value::Object(blocks.collect()))
    });
    let partners: Map<String, Value> = partners.collect();
    let default = DEFAULT.map(|block| (block.as_str().to_owned(), Value::from("blocked")));
    let default: Map<String, Value> = default.into_iter().collect();
    json!({"tenantId": tenant.to_string(), "default": default, "partners": partners})
}

/// What is closed to everybody else.
const DEFAULT: [BlockName; 4] = preview::proposal::BLOCKS;

/// The same for people: with comments that say what things are called.
fn text<'a>(
    arguments: &Arguments,
    kept: &Kept,
    used: &Use,
    called: impl Fn(TenantId) -> Option<&'a str>,
) -> String {
    let mut text = format!(
        "# The tightest settings that keep {} % of each partner's use: {} of {} sign-ins.\n# Say what it would do: comity plan with the settings in force, and --log.\ntenantId: {}\ndefault:\n",
        f64::from(arguments.keep) / 10.0,
        kept.sign_ins,
        used.total(),
        arguments.tenant
    );
    for block in DEFAULT {
        let _ = writeln!(text, "  {}: blocked", block.as_str());
    }
    text += "partners:\n";
    for (partner, blocks) in &kept.partners {
        let name = comment(called(*partner));
        let _ = writeln!(text, "  {partner}:{name}");
        for (block, list) in blocks {
            let block = block.as_str();
            if list.is_empty() {
                let _ = writeln!(text, "    {block}: blocked");
                continue;
            }
            let _ = writeln!(text, "    {block}:\n      users: all\n      applications:");
            for application in list {
                let name = comment(used.name(*application));
                let _ = writeln!(text, "      - {application}{name}");
            }
        }
    }
    text
}

/// A name as the end of a line. What others call themselves does not get out of the comment.
fn comment(name: Option<&str>) -> String {
    name.map_or(String::new(), |name| {
        format!(" # {}", crate::terminal::visible(name))
    })
}
