//! `cargo xtask clients`: real Graph clients against a demo server, over TLS, by configuration only.
//!
//! The programs are in `clients/`, a folder for each language with the versions it is run with. What
//! they need is installed into the target folder, once for each change of those versions.

pub(crate) mod schemathesis;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::console;
use crate::repository::{Repository, run as run_command};
use crate::server::Server;

/// Runs all of them.
pub(crate) fn run(repository: &Repository) -> anyhow::Result<()> {
    run_sdks(repository)?;
    run_sign_in(repository)?;
    run_console(repository)?;
    run_azure_cli(repository)?;
    run_m365(repository)?;
    run_engines(repository)
}

/// Runs the SDKs.
pub(crate) fn run_sdks(repository: &Repository) -> anyhow::Result<()> {
    let installed = Installed::new(repository)?;
    let python = installed.python("python")?;
    let node = installed.node("node")?;
    let folder = installed.empty("server")?;
    // Beside our own there is an issuer of people's tokens, whom the server is told to believe.
    let mut issuer = Command::new(&python);
    issuer.arg(repository.root.join("clients/python/issuer.py"));
    run_command(without_traces(issuer.arg(&folder), &python))?;
    let server = Server::start_in(&repository.comity()?, &folder, "data")?;
    println!("\nmsgraph-sdk, azure-identity and msal for Python");
    let mut tests = unittest(repository, &python, "python", &server);
    run_command(tests.env("COMITY_ISSUER", &folder))?;
    println!("\n@microsoft/microsoft-graph-client, @azure/identity and @azure/msal-node");
    let mut tests = Command::new("node");
    // One file after the other: they share one world.
    tests.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    let tests = for_server(&mut tests, &server).env("COMITY_ISSUER", &folder);
    run_command(tests.current_dir(&node))?;
    server.stop()
}

/// Runs the console in a browser, as an administrator would.
pub(crate) fn run_console(repository: &Repository) -> anyhow::Result<()> {
    browser()?;
    console::build(repository)?;
    beside_a_server(repository, |server| {
        println!("\nThe console in Chromium");
        let mut tests = Command::new("node");
        tests.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
        tests.args(console::tests(repository)?);
        let folder = console::folder(repository);
        run_command(for_server(&mut tests, server).current_dir(folder))
    })
}

fn browser() -> anyhow::Result<()> {
    const BROWSER: &str = "/usr/bin/chromium";
    anyhow::ensure!(
        Path::new(BROWSER).exists(),
        "there is no {BROWSER}: install Debian's package chromium"
    );
    Ok(())
}

/// Runs a browser, and applications that people sign in to.
pub(crate) fn run_sign_in(repository: &Repository) -> anyhow::Result<()> {
    browser()?;
    let installed = Installed::new(repository)?;
    let node = installed.node("signin")?;
    let folder = installed.empty("server")?;
    let mail = MailServer::prepare(&folder)?;
    let server = Server::start_in(&repository.comity()?, &folder, "data")?;
    println!("\nChromium, openid-client, oidc-provider and smtp-server");
    let mut tests = Command::new("node");
    tests.args(["--test", "--test-concurrency=1", "--test-reporter=spec"]);
    // Some of them start servers of their own.
    tests.env("COMITY_PROGRAM", repository.comity()?);
    mail.tell(&mut tests);
    run_command(for_server(&mut tests, &server).current_dir(&node))?;
    server.stop()
}

/// The mail server that a test is going to start: where, and as whom it is spoken to.
struct MailServer {
    port: u16,
    password: &'static str,
    key: PathBuf,
    certificate: PathBuf,
}

impl MailServer {
    /// Makes what both sides need, and the `comity.toml` that names it.
    fn prepare(folder: &Path) -> anyhow::Result<Self> {
        let (key, certificate) = (folder.join("mail.key"), folder.join("mail.pem"));
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt"]);
        openssl.args(["ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
        openssl.args(["-subj", "/CN=localhost", "-addext"]);
        openssl.args(["subjectAltName=DNS:localhost", "-addext"]);
        openssl.args(["basicConstraints=critical,CA:FALSE", "-keyout"]);
        openssl.arg(&key).arg("-out").arg(&certificate);
        run_command(openssl.stderr(std::process::Stdio::null()))?;
        // It is free now, and nobody else on this machine is given it meanwhile.
        let free = std::net::TcpListener::bind("127.0.0.1:0")?;
        let mail = Self {
            port: free.local_addr()?.port(),
            password: "only for this test",
            key,
            certificate,
        };
        std::fs::write(folder.join("mail.password"), mail.password)?;
        let port = mail.port;
        let config = format!(
            "[mail]\nfrom = \"Contoso <comity@contoso.com>\"\nhost = \"localhost\"\nport = {port}\n\
             tls = \"starttls\"\nuser = \"comity\"\npassword_file = \"mail.password\"\n\
             ca_file = \"mail.pem\"\n"
        );
        std::fs::write(folder.join("comity.toml"), config)?;
        Ok(mail)
    }

    /// Tells the test.
    fn tell(&self, tests: &mut Command) {
        tests
            .env("COMITY_MAIL_PORT", self.port.to_string())
            .env("COMITY_MAIL_KEY", &self.key)
            .env("COMITY_MAIL_CERTIFICATE", &self.certificate)
            .env("COMITY_MAIL_PASSWORD", self.password);
    }
}

/// Runs the Azure CLI.
pub(crate) fn run_azure_cli(repository: &Repository) -> anyhow::Result<()> {
    let installed = Installed::new(repository)?;
    let python = installed.python("azure-cli")?;
    beside_a_server(repository, |server| {
        println!("\nAzure CLI");
        let mut tests = unittest(repository, &python, "azure-cli", server);
        // Its clouds and tokens; nobody's own are touched.
        let config = installed.empty("azure-cli-config")?;
        run_command(tests.env("AZURE_CONFIG_DIR", config))
    })
}

/// Runs the CLI for Microsoft 365.
pub(crate) fn run_m365(repository: &Repository) -> anyhow::Result<()> {
    let installed = Installed::new(repository)?;
    let program = installed.node("m365")?;
    beside_a_server(repository, |server| {
        println!("\nCLI for Microsoft 365");
        let python = Path::new("python3");
        let mut tests = unittest(repository, python, "m365", server);
        // Where it keeps its connection.
        let home = installed.empty("m365-home")?;
        run_command(tests.env("HOME", home).env("COMITY_M365", &program))
    })
}

/// Runs engines that hold logs already: what they make of the query that is printed for them.
pub(crate) fn run_engines(repository: &Repository) -> anyhow::Result<()> {
    println!("\nDuckDB and ClickHouse");
    run_engine(repository, "engines")
}

/// Runs Spark, which needs Java and is large.
pub(crate) fn run_spark(repository: &Repository) -> anyhow::Result<()> {
    println!("\nSpark");
    run_engine(repository, "spark")
}

fn run_engine(repository: &Repository, name: &str) -> anyhow::Result<()> {
    let installed = Installed::new(repository)?;
    let python = installed.python(name)?;
    let mut tests = tests_in(repository, &python, name);
    let program = repository.comity()?;
    run_command(tests.env("COMITY_PROGRAM", program))
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
    let mut tests = tests_in(repository, python, folder);
    for_server(&mut tests, server);
    tests
}

fn tests_in(repository: &Repository, python: &Path, folder: &str) -> Command {
    let mut tests = Command::new(python);
    // What the SDK itself uses and should not is not ours to mend.
    tests.args(["-W", "ignore::DeprecationWarning", "-m", "unittest"]);
    tests.args(["discover", "-v", "-s"]).arg(folder);
    let clients = repository.root.join("clients");
    // Where the scenario is that the command lines have in common.
    tests.current_dir(&clients).env("PYTHONPATH", &clients);
    without_traces(&mut tests, python);
    tests
}

/// Beside the programs there are only sources: what Python compiles is kept with Python.
fn without_traces<'c>(command: &'c mut Command, python: &Path) -> &'c mut Command {
    match python.is_absolute() {
        true => command.env("PYTHONPYCACHEPREFIX", python.with_file_name("compiled")),
        false => command.env("PYTHONDONTWRITEBYTECODE", "1"),
    }
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

    /// A copy of that folder in `clients/` with its packages beside it, where Node.js looks for them.
    fn node(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.folder.join(name);
        let wanted = format!("clients/{name}/package-lock.json");
        self.once(&folder, &wanted, || {
            self.copy(name, &folder)?;
            run_command(Command::new("npm").arg("ci").current_dir(&folder))
        })?;
        self.copy(name, &folder)?;
        Ok(folder)
    }

    fn copy(&self, name: &str, folder: &Path) -> anyhow::Result<()> {
        for file in std::fs::read_dir(self.repository.root.join("clients").join(name))? {
            let file = file?;
            if file.file_type()?.is_file() {
                std::fs::copy(file.path(), folder.join(file.file_name()))?;
            }
        }
        Ok(())
    }

    /// A folder with nothing in it.
    fn empty(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.folder.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
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
