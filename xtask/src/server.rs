//! A demo server of its own for a chore: a fresh data folder, a free port, ended with the chore.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, bail, ensure};

/// A server that answers.
pub(crate) struct Server {
    child: Child,
    data: PathBuf,
    /// `localhost:40717`: how clients name it.
    pub(crate) host: String,
    /// Held, because the program must not find its output closed.
    _output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts `comity serve --demo` in the folder, with its data in the folder `data` inside.
    pub(crate) fn start(comity: &Path, folder: &Path, data: &str) -> anyhow::Result<Self> {
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        Self::start_in(comity, folder, data)
    }

    /// Starts it in a folder where somebody has put what it is to find, `comity.toml` for instance.
    pub(crate) fn start_in(comity: &Path, folder: &Path, data: &str) -> anyhow::Result<Self> {
        let data = folder.join(data);
        std::fs::create_dir_all(&data)?;
        let log = folder.join("server.log");
        let mut child = Command::new(comity)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .current_dir(folder)
            // What somebody has set for a server of theirs is not for this one.
            .envs(foreign_settings().map(|name| (name, "")))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .spawn()
            .context("starting `comity serve --demo`")?;
        let output = child.stdout.take().context("the server has no output")?;
        let mut output = BufReader::new(output);
        let Some(host) = host(&mut output)? else {
            child.wait()?;
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            bail!("`comity serve --demo` did not start:\n{log}");
        };
        Ok(Self {
            child,
            data,
            host,
            _output: output,
        })
    }

    /// The file that says who can sign in.
    pub(crate) fn handout(&self) -> PathBuf {
        self.data.join("demo.json")
    }

    /// The certificate of its development authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.data.join("tls").join("ca.pem")
    }

    /// Asks it to end, which it must do properly.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        ensure!(asked?.success(), "the server cannot be asked to end");
        let status = self.child.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already, unless the chore failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The names of the settings that `comity serve` takes from the environment; empty is not set.
fn foreign_settings() -> impl Iterator<Item = String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    names.filter(|name| name.starts_with("COMITY_"))
}

/// The host that the server says it is ready at. It names the handout last, when all is written.
fn host(output: &mut impl BufRead) -> anyhow::Result<Option<String>> {
    let mut host = None;
    for line in output.lines() {
        let line = line?;
        if let Some((_, url)) = line.split_once("ready at https://") {
            host = Some(url.trim().to_owned());
        }
        if line.contains("demo.json") {
            return Ok(host);
        }
    }
    Ok(None)
}
