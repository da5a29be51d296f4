//! `cargo xtask demo`: Fred of Fabrikam wants Contoso's ERP.
//!
//! Every answer comes from the real program, run on the files in `examples/`; the command is shown
//! before its output, so that a reader can type it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::repository::Repository;

const FRED: &str = "0f000000-0000-4000-8000-00000000a001";
const ERP: &str = "aa000000-0000-4000-8000-000000000002";
const FABRIKAM_ID: &str = "0f000000-0000-4000-8000-000000000002";

/// Fabrikam's settings; Contoso's as they are, and the copy in which one of them is changed.
const FABRIKAM: &str = "examples/fabrikam";
const CONTOSO: &str = "examples/contoso";
const CHANGED: &str = "target/demo/contoso";

/// The exit codes of `comity decide` that the story needs.
const ALLOWED: i32 = 0;
const BLOCKED: i32 = 3;

/// Tells the story on the terminal.
pub(crate) fn run(repository: &Repository) -> anyhow::Result<()> {
    let comity = repository.comity()?;
    tell(repository, &comity, &mut |text| println!("{text}"))
}

/// The whole story as one text.
pub(crate) fn told(repository: &Repository, comity: &Path) -> anyhow::Result<String> {
    let mut story = String::new();
    tell(repository, comity, &mut |text| {
        story.push_str(text);
        story.push('\n');
    })?;
    Ok(story)
}

fn tell(repository: &Repository, comity: &Path, say: &mut dyn FnMut(&str)) -> anyhow::Result<()> {
    say(
        "Fred works at Fabrikam and wants to open the ERP, an application of Contoso. Both tenants have",
    );
    say("a say: his own by its outbound settings, Contoso by its inbound settings.\n");
    ask(repository, comity, say, "decide", CONTOSO, BLOCKED)?;
    say("\nThe long form: what was looked at, in which order, and where each setting came from.\n");
    ask(repository, comity, say, "explain", CONTOSO, BLOCKED)?;
    change(repository)?;
    say(
        "\nContoso's administrator adds the ERP to what users of Fabrikam may reach. We do it in a copy,",
    );
    say(&format!("{CHANGED}/partners.json:\n"));
    say("  b2bCollaborationInbound.applications.targets");
    say(&format!(
        "    + {{\"target\": \"{ERP}\", \"targetType\": \"application\"}}\n"
    ));
    ask(repository, comity, say, "decide", CHANGED, ALLOWED)
}

/// Shows a question, asks it, and shows the answer, which must end as the story needs it.
fn ask(
    repository: &Repository,
    comity: &Path,
    say: &mut dyn FnMut(&str),
    verb: &str,
    contoso: &str,
    expected: i32,
) -> anyhow::Result<()> {
    say(&format!(
        "  $ comity {verb} --home {FABRIKAM} --resource {contoso} \\\n      --user {FRED} --app {ERP}"
    ));
    let sides = [verb, "--home", FABRIKAM, "--resource", contoso];
    let who = ["--user", FRED, "--app", ERP];
    let (code, text) = answer(repository, comity, sides.into_iter().chain(who))?;
    for line in text.lines() {
        say(format!("  {line}").trim_end());
    }
    ensure!(
        code == expected,
        "`comity {verb}` ended with {code}; the story needs {expected}"
    );
    Ok(())
}

/// Runs the program in the root folder; its exit code, and what it printed.
pub(crate) fn answer<'a>(
    repository: &Repository,
    comity: &Path,
    arguments: impl IntoIterator<Item = &'a str>,
) -> anyhow::Result<(i32, String)> {
    let run = Command::new(comity)
        .args(arguments)
        .current_dir(&repository.root)
        // The same text on every terminal.
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .context("starting comity")?;
    let mut text = String::from_utf8_lossy(&run.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&run.stderr));
    let code = run.status.code().context("comity was stopped")?;
    Ok((code, text.trim_end().to_owned()))
}

/// Copies Contoso's export and adds the ERP to what Fabrikam's users may reach.
fn change(repository: &Repository) -> anyhow::Result<()> {
    let from = repository.root.join(CONTOSO);
    let to = repository.root.join(CHANGED);
    std::fs::create_dir_all(&to)?;
    for file in std::fs::read_dir(&from)? {
        let file = file?;
        std::fs::copy(file.path(), to.join(file.file_name()))?;
    }
    let path = to.join("partners.json");
    let mut partners: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
    let entries = partners.get_mut("value").and_then(Value::as_array_mut);
    let entry = entries.and_then(|entries| {
        let mut entries = entries.iter_mut();
        entries.find(|entry| entry.get("tenantId") == Some(&json!(FABRIKAM_ID)))
    });
    entry
        .and_then(|entry| entry.pointer_mut("/b2bCollaborationInbound/applications/targets"))
        .and_then(Value::as_array_mut)
        .context("examples/contoso no longer lists applications for Fabrikam")?
        .push(json!({"target": ERP, "targetType": "application"}));
    std::fs::write(path, serde_json::to_string_pretty(&partners)? + "\n")?;
    Ok(())
}
