//! `cargo xtask clients`: real Graph clients against a demo server, over TLS, by configuration only.
//!
//! The programs are in `clients/`, a folder for each language with the versions it is run with. What
//! they need is installed into the target folder, once for each change of those versions.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::repository::{Repository, run as run_command};
use crate::server::Server;

/// Runs the SDKs.
pub(crate) fn run(repository: &Repository) -> anyhow::Result<()> {
    let installed = Installed::new(repository)?;
    let python = installed.python("python")?;
    let node = installed.node()?;
    beside_a_server(repository, |server| {
        println!("\nmsgraph-sdk, azure-identity and msal for Python");
        run_command(&mut unittest(repository, &python, "python", server))?;
        println!("\n@microsoft/microsoft-graph-client, @azure/identity and @azure/msal-node");
        let mut tests = Command::new("node");
        tests.args(["--test", "--test-reporter=spec"]);
        run_command(for_server(&mut tests, server).current_dir(&node))
    })
}

/// Runs the Azure CLI, which takes minutes to install.
pub(crate) fn run_azure_cli(repository: &Repository) -> anyhow::Result<()> {
    let installed = Installed::new(repository)?;
    let python = installed.python("azure-cli")?;
    beside_a_server(repository, |server| {
        let mut tests = unittest(repository, &python, "azure-cli", server);
        // Its clouds and tokens; nobody's own are touched.
        let config = installed.folder.join("azure-cli-config");
        if config.exists() {
            std::fs::remove_dir_all(&config)?;
        }
        run_command(tests.env("AZURE_CONFIG_DIR", config))
    })
}

/// Does the work while a server answers.
fn beside_a_server(
    repository: &Repository,
    work: impl FnOnce(&Server) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let folder = repository.target()?.join("clients").join("server");
    let server = Server::start(&repository.comity()?, &folder, "data")?;
    work(&server)?;
    server.stop()
}

/// The tests in a folder of Python programs.
fn unittest(repository: &Repository, python: &Path, folder: &str, server: &Server) -> Command {
    let mut tests = Command::new(python);
    // What the SDK itself uses and should not is not ours to mend.
    tests.args(["-W", "ignore::DeprecationWarning", "-m", "unittest"]);
    tests.args(["discover", "-v", "-s"]).arg(folder);
    tests.current_dir(repository.root.join("clients"));
    // Beside the programs there are only sources.
    let compiled = python.with_file_name("compiled");
    for_server(&mut tests, server).env("PYTHONPYCACHEPREFIX", compiled);
    tests
}

/// Where the server is, and whose certificates are good, in everybody's words.
fn for_server<'c>(command: &'c mut Command, server: &Server) -> &'c mut Command {
    let authority = server.authority();
    command
        .env("COMITY_DEMO", server.handout())
        .env("REQUESTS_CA_BUNDLE", &authority)
        .env("SSL_CERT_FILE", &authority)
        .env("NODE_EXTRA_CA_CERTS", &authority)
        .env("NO_PROXY", "localhost")
        .env("no_proxy", "localhost")
}

/// What has been installed for the clients.
struct Installed<'a> {
    repository: &'a Repository,
    folder: PathBuf,
}

impl<'a> Installed<'a> {
    fn new(repository: &'a Repository) -> anyhow::Result<Self> {
        let folder = repository.target()?.join("clients");
        std::fs::create_dir_all(&folder)?;
        Ok(Self { repository, folder })
    }

    /// The interpreter of a virtual environment with the requirements of that folder in `clients/`.
    fn python(&self, name: &str) -> anyhow::Result<PathBuf> {
        let wanted = format!("clients/{name}/requirements.txt");
        let folder = self.folder.join(name);
        let python = folder.join("bin").join("python");
        self.once(&folder, &wanted, || {
            run_command(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "install", "-q", "--disable-pip-version-check"]);
            pip.args(["--no-compile", "--require-hashes", "-r", &wanted]);
            run_command(pip.current_dir(&self.repository.root))
        })?;
        Ok(python)
    }

    /// A copy of `clients/node` with its packages beside it, where Node.js looks for them.
    fn node(&self) -> anyhow::Result<PathBuf> {
        let folder = self.folder.join("node");
        self.once(&folder, "clients/node/package-lock.json", || {
            self.copy_node(&folder)?;
            run_command(Command::new("npm").arg("ci").current_dir(&folder))
        })?;
        self.copy_node(&folder)?;
        Ok(folder)
    }

    fn copy_node(&self, folder: &Path) -> anyhow::Result<()> {
        for file in std::fs::read_dir(self.repository.root.join("clients/node"))? {
            let file = file?;
            if file.file_type()?.is_file() {
                std::fs::copy(file.path(), folder.join(file.file_name()))?;
            }
        }
        Ok(())
    }

    /// Fills the folder, unless it was filled before from a file with the same text.
    fn once(
        &self,
        folder: &Path,
        wanted: &str,
        fill: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let wanted = std::fs::read_to_string(self.repository.root.join(wanted))?;
        let note = folder.join("filled-from");
        if std::fs::read_to_string(&note).is_ok_and(|filled| filled == wanted) {
            return Ok(());
        }
        if folder.exists() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::create_dir_all(folder)?;
        println!("installing into {}", folder.display());
        fill()?;
        Ok(std::fs::write(note, wanted)?)
    }
}
