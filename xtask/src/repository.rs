//! Where things are: the repository's root, its files, its target folder and its program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

/// The working copy this program was started in.
pub(crate) struct Repository {
    /// Its top folder.
    pub(crate) root: PathBuf,
    /// What `cargo metadata --no-deps` says.
    pub(crate) metadata: Value,
}

impl Repository {
    /// The repository that holds this chore: cargo says where when it runs us.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let root = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(xtask) => PathBuf::from(xtask).join(".."),
            None => std::env::current_dir()?,
        };
        let root = root.canonicalize().context("finding the repository")?;
        let metadata = output(
            cargo(&root)
                .args(["metadata", "--format-version=1", "--no-deps"])
                .stderr(Stdio::inherit()),
        )?;
        let metadata = serde_json::from_str(&metadata).context("reading cargo metadata")?;
        Ok(Self { root, metadata })
    }

    /// A cargo command in the root folder.
    pub(crate) fn cargo(&self) -> Command {
        cargo(&self.root)
    }

    /// Where cargo builds; `CARGO_TARGET_DIR` and `.cargo/config.toml` are honoured.
    pub(crate) fn target(&self) -> anyhow::Result<PathBuf> {
        let target = self.metadata.get("target_directory");
        let target = target.and_then(Value::as_str);
        Ok(PathBuf::from(target.context("cargo names no target")?))
    }

    /// Every file git knows or would know, relative to the root and with `/` between names.
    pub(crate) fn files(&self) -> anyhow::Result<Vec<String>> {
        let list = output(
            Command::new("git")
                .args(["ls-files", "-z", "--cached", "--others"])
                .arg("--exclude-standard")
                .current_dir(&self.root),
        )
        .context("asking git for the files of the repository")?;
        let mut files: Vec<String> = list
            .split('\0')
            // A file that was deleted and not yet committed is still listed.
            .filter(|file| !file.is_empty() && self.root.join(file).is_file())
            .map(str::to_owned)
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// The text of a file; `None` when it is not text.
    pub(crate) fn text(&self, file: &str) -> anyhow::Result<Option<String>> {
        let bytes =
            std::fs::read(self.root.join(file)).with_context(|| format!("reading {file}"))?;
        Ok(String::from_utf8(bytes).ok())
    }

    /// Builds `comity` and says where the program is.
    pub(crate) fn comity(&self) -> anyhow::Result<PathBuf> {
        let messages = output(
            self.cargo()
                .args(["build", "-q", "--package", "comity"])
                .arg("--message-format=json-render-diagnostics")
                .stderr(Stdio::inherit()),
        )
        .context("building comity")?;
        let mut programs = messages.lines().filter_map(|line| {
            let message: Value = serde_json::from_str(line).ok()?;
            Some(PathBuf::from(message.get("executable")?.as_str()?))
        });
        programs.next_back().context("cargo built no program")
    }
}

fn cargo(root: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root).stdin(Stdio::null());
    command
}

/// Runs the command, which must succeed, and hands back what it printed.
pub(crate) fn output(command: &mut Command) -> anyhow::Result<String> {
    let name = line(command);
    let run = command.stdin(Stdio::null()).stdout(Stdio::piped());
    let child = run.spawn().with_context(|| format!("starting `{name}`"))?;
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "`{name}` failed");
    String::from_utf8(output.stdout).with_context(|| format!("`{name}` did not print text"))
}

/// Runs the command and shows what it prints; it must succeed.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = line(command);
    let status = command.stdin(Stdio::null()).status();
    let status = status.with_context(|| format!("starting `{name}`"))?;
    if !status.success() {
        bail!("`{name}` failed");
    }
    Ok(())
}

/// The command as a person would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem();
    let mut words = vec![program.unwrap_or_default().to_string_lossy()];
    words.extend(command.get_args().map(|word| word.to_string_lossy()));
    words.join(" ")
}
