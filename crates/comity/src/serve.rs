//! `comity serve`: the server, from the settings to the last connection.

mod config;
mod logs;
mod mail;
mod stage;
mod tls;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use server::listen::Limits;
use server::mail::Mail;
use server::{App, Clock, Options};
use store::Store;
use sts::MasterKey;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::exit::{Exit, Failure, Outcome};

pub(crate) use config::File;

/// Serve the Graph wire, AuthZEN and the token endpoint
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Serve the demo world, with nothing else needed
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    settings: Settings,
}

/// What flags say; the environment (COMITY_DATA and so on) and comity.toml say the rest.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// The data folder
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// The address clients know the server by: it names the issuer of all tokens
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Where everything is kept: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// The key under which secrets are sealed
    #[arg(long, value_name = "FILE")]
    master_key_file: Option<PathBuf>,
    /// The configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The settings in force, from flags, environment and file, in this order.
pub(crate) struct InForce {
    pub(crate) file: File,
    pub(crate) data: PathBuf,
    pub(crate) store: String,
    listen: SocketAddr,
    public_url: Option<String>,
    pub(crate) master_key_file: Option<PathBuf>,
}

const LISTEN: &str = "127.0.0.1:8443";
const DATA: &str = "comity-data";

impl Settings {
    /// Of a command that only needs the store.
    pub(crate) fn of_store(
        data: Option<PathBuf>,
        store: Option<String>,
        config: Option<PathBuf>,
    ) -> Self {
        Settings {
            data,
            listen: None,
            public_url: None,
            store,
            master_key_file: None,
            config,
        }
    }

    pub(crate) fn in_force(&self) -> Result<InForce, Failure> {
        let config = self.config.clone().or(environment("COMITY_CONFIG")?);
        let beside = PathBuf::from("comity.toml");
        let config = config.or_else(|| beside.exists().then_some(beside));
        let file = File::read(config.as_deref())?;
        let data = self.data.clone();
        let data = data.or(environment("COMITY_DATA")?).or(file.data.clone());
        let data = data.unwrap_or_else(|| PathBuf::from(DATA));
        let store = self.store.clone().or(environment("COMITY_STORE")?);
        let store = store.or_else(|| file.store.clone());
        let database = || format!("sqlite:{}", data.join("comity.sqlite").display());
        let listen = self.listen.or(environment("COMITY_LISTEN")?);
        let listen = match listen.or(file.listen) {
            Some(listen) => listen,
            None => LISTEN.parse().map_err(|_| Failure::failed(LISTEN))?,
        };
        let public_url = self.public_url.clone();
        let public_url = public_url.or(environment("COMITY_PUBLIC_URL")?);
        let master_key_file = self.master_key_file.clone();
        let master_key_file = master_key_file.or(environment("COMITY_MASTER_KEY_FILE")?);
        Ok(InForce {
            store: store.unwrap_or_else(database),
            listen,
            public_url: public_url.or_else(|| file.public_url.clone()),
            master_key_file: master_key_file.or_else(|| file.master_key_file.clone()),
            data,
            file,
        })
    }
}

/// A value of the environment; one that cannot be read is an error, not an absence.
pub(crate) fn environment<T: std::str::FromStr>(name: &str) -> Result<Option<T>, Failure> {
    match std::env::var(name) {
        Err(std::env::VarError::NotPresent) => Ok(None),
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(Failure::broken(format!("{name}: `{text}` cannot be read"))),
        },
        Err(_) => Err(Failure::broken(format!("{name} is not UTF-8 text"))),
    }
}

impl InForce {
    /// Demands everything that must not be guessed.
    fn check(&self, demo: bool) -> Result<(), Failure> {
        let missing = |what: &str, how: &str| Err(Failure::broken(what).advise(how));
        let tls = &self.file.tls;
        if tls.certificate.is_some() != tls.key.is_some() {
            return missing(
                "[tls] names a certificate without a key, or a key without a certificate",
                "name both, or none",
            );
        }
        if tls.terminated_by_proxy && self.file.trusted_proxies.is_empty() {
            return missing(
                "[tls] says that a proxy terminates it, but trusted_proxies is empty",
                "list the address of the proxy",
            );
        }
        if let Some(url) = &self.public_url
            && !url.starts_with("https://")
        {
            return missing(
                &format!("the public URL `{url}` is not https"),
                "no client of Graph speaks to an authority over plain http",
            );
        }
        if demo {
            return Ok(());
        }
        if self.public_url.is_none() {
            return missing(
                "the public URL is missing",
                "--public-url https://…: tokens and links carry it",
            );
        }
        if self.master_key_file.is_none() {
            return missing(
                "the master key is missing",
                "--master-key-file FILE; `comity init` makes one",
            );
        }
        if tls.certificate.is_none() && !tls.terminated_by_proxy {
            return missing(
                "there is no certificate",
                "certificate and key under [tls] in comity.toml, or terminated_by_proxy = true",
            );
        }
        Ok(())
    }

    pub(crate) fn master_key(&self, demo: bool) -> Result<MasterKey, Failure> {
        let own = || self.data.join("master.key");
        let path = self.master_key_file.clone().unwrap_or_else(own);
        let shown = path.display();
        if demo && !path.exists() {
            secret_file(&path, &MasterKey::generate())
                .map_err(|error| Failure::failed(format!("{shown} cannot be written: {error}")))?;
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Failure::broken(format!("{shown} cannot be read: {error}")))?;
        MasterKey::parse(&text).map_err(|error| Failure::broken(format!("{shown}: {error}")))
    }

    fn options(&self, public_url: &str, listen: SocketAddr) -> Options {
        let mut options = Options::at(public_url);
        options.other_urls.clone_from(&self.file.other_urls);
        if self.file.tls.certificate.is_none() && !self.file.tls.terminated_by_proxy {
            // A development server is reached by whatever name the machine has.
            let port = listen.port();
            let own = ["localhost", "127.0.0.1", "[::1]"];
            let own = own.map(|host| format!("https://{host}:{port}"));
            options.other_urls.extend(own);
        }
        options
            .trusted_proxies
            .clone_from(&self.file.trusted_proxies);
        options.unknown_tenants = self.file.tenants.unknown();
        options.throttle = self.file.throttle.limits();
        if let Some(limit) = self.file.body_limit_bytes {
            options.body_limit = limit;
        }
        if let Some(seconds) = self.file.timeout_seconds {
            options.timeout = Duration::from_secs(seconds.get());
        }
        options
    }

    /// What clients may take. Every connection is an open file, and the store needs some as well.
    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        if let Some(connections) = self.file.connections {
            limits.connections = connections.get();
        }
        if let Some(seconds) = self.file.patience_seconds {
            limits.patience = Duration::from_secs(seconds.get());
        }
        let room = open_files().map(|files| files.saturating_sub(OTHER_FILES).max(1));
        if let Some(room) = room.filter(|room| *room < limits.connections) {
            let wanted = limits.connections;
            tracing::warn!(
                wanted,
                room,
                "the limit on open files leaves room for fewer connections"
            );
            limits.connections = room;
        }
        limits
    }

    /// How messages to people leave. Those of the demo lie in a folder, unless the file says more.
    fn mail(&self, demo: bool, public_url: &str) -> Result<Option<Mail>, Failure> {
        let host = public_url.split_once("://").map_or(public_url, |(_, h)| h);
        let host = host.split([':', '/']).next().unwrap_or_default();
        match &self.file.mail {
            Some(entry) => entry.read(host).map(Some),
            None if demo => mail::folder(&self.mailbox()).map(Some),
            None => Ok(None),
        }
    }

    /// The folder of the demo's messages.
    fn mailbox(&self) -> PathBuf {
        self.data.join("mail")
    }

    /// Checks everything that can be checked without starting.
    pub(crate) fn checked(&self) -> Result<(), Failure> {
        self.check(false)?;
        self.file.issuers()?;
        self.file.exports()?;
        self.file.synchronization.read()?;
        self.file.sign_in.read()?;
        let url = self.public_url.as_deref().unwrap_or_default();
        self.mail(false, url)?;
        self.master_key(false)?;
        let tls = &self.file.tls;
        if let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) {
            tls::given(certificate, key)?;
        }
        Ok(())
    }
}

/// How many open files are left to everything that is not a connection.
const OTHER_FILES: usize = 100;

/// How many files the system lets this process open, where it says so.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Writes a file that only its owner reads.
pub(crate) fn secret_file(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let settings = arguments.settings.in_force()?;
    settings.check(arguments.demo)?;
    log();
    runtime()?.block_on(serve(settings, arguments.demo))
}

/// The threads that everything waits on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("no threads can be started: {error}")))
}

fn log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("COMITY_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter);
    let lines = lines.with_ansi(std::io::stderr().is_terminal());
    // Another subscriber can only be there already in a test.
    let _ = lines.with_writer(std::io::stderr).try_init();
}

pub(crate) async fn open(settings: &InForce) -> Result<Arc<dyn Store>, Failure> {
    let data = settings.data.display();
    std::fs::create_dir_all(&settings.data)
        .map_err(|error| Failure::failed(format!("{data} cannot be made: {error}")))?;
    store::open(&settings.store)
        .await
        .map_err(|error| Failure::failed(format!("the store cannot be opened: {}", chain(&error))))
}

/// An error with its causes, printed once.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text += &format!(": {next}");
        cause = next.source();
    }
    text
}

async fn serve(settings: InForce, demo: bool) -> Outcome {
    let clock = Clock::of_the_machine();
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        let message = format!("{} cannot be listened on: {error}", settings.listen);
        Failure::failed(message).advise("--listen with another port")
    })?;
    let listen = listener.local_addr().unwrap_or(settings.listen);
    let default_url = format!("https://localhost:{}", listen.port());
    let public_url = settings.public_url.clone().unwrap_or(default_url);
    let store = open(&settings).await?;
    let master = settings.master_key(demo)?;
    let failed = |error: &dyn std::error::Error| Failure::failed(chain(error));
    let now = clock.now();
    let staging = async {
        match demo {
            true => stage::Stage::set(&store, &settings.data, &public_url, now)
                .await
                .map(Some),
            false => Ok(None),
        }
    };
    let keying = async {
        let keys = server::keyring(&*store, &master, now).await;
        keys.map_err(|error| failed(&error))
    };
    // Both take their time, one the disk's and one the processor's.
    let (keys, stage) = tokio::try_join!(keying, staging)?;
    let (tls, authority) = encryption(&settings, &public_url, listen, clock.clone())?;
    let mut options = settings.options(&public_url, listen);
    (
        options.synchronization_networks,
        options.synchronization_authority,
    ) = settings.file.synchronization.read()?;
    (options.provider_addresses, options.provider_authorities) = settings.file.sign_in.read()?;
    options.mail = settings.mail(demo, &public_url)?;
    let issuers = settings.file.issuers()?;
    let exports = settings.file.exports()?;
    let app = App::new(Arc::clone(&store), keys, issuers, options, clock.clone());
    let statements = server::ledger::statement_key(&*store, &master, now).await;
    app.set_statement_key(statements.map_err(|error| failed(&error))?);
    let mut tasks = JoinSet::new();
    for export in exports {
        tasks.spawn(server::export::follow(
            Arc::clone(&store),
            export,
            clock.clone(),
        ));
    }
    tasks.spawn(app.clone().retain(settings.file.retention.read()));
    tasks.spawn(app.clone().read_ahead());
    let follower = tokio::spawn(app.clone().follow());
    let master = Arc::new(master);
    app.set_master_key(Arc::clone(&master));
    let keeper = tokio::spawn(app.clone().tend_keys(master));
    withstand_file_limits();
    tracing::info!(address = %listen, "listening");
    let limits = settings.limits();
    let routes = server::console::beside(server::app(app), &public_url);
    let routes = match demo {
        true => server::showcase::beside(routes),
        false => routes,
    };
    let serving = server::listen::serve(listener, tls, routes, limits, stop_signal());
    let announcing = async {
        println!("Comity is ready at {public_url}");
        if let Some(authority) = &authority {
            println!("Its certificate is signed by {}", authority.display());
        }
        if let Some(stage) = &stage {
            if settings.file.mail.is_none() {
                println!("Messages to people lie in {}", settings.mailbox().display());
            }
            stage.announce(&settings.data, &public_url, authority.as_deref())?;
            stage.fill(&store, now).await?;
        }
        Ok::<(), Failure>(())
    };
    let (_, announced) = tokio::join!(serving, announcing);
    follower.abort();
    keeper.abort();
    tasks.shutdown().await;
    store.close().await;
    announced.map(|()| Exit::Yes)
}

/// How connections are encrypted, and the file of the development authority if it is ours.
fn encryption(
    settings: &InForce,
    public_url: &str,
    listen: SocketAddr,
    clock: Clock,
) -> Result<(Option<TlsAcceptor>, Option<PathBuf>), Failure> {
    let tls = &settings.file.tls;
    if tls.terminated_by_proxy {
        return Ok((None, None));
    }
    if let (Some(certificate), Some(key)) = (&tls.certificate, &tls.key) {
        return Ok((Some(tls::given(certificate, key)?), None));
    }
    let mut urls = vec![public_url];
    urls.extend(settings.file.other_urls.iter().map(String::as_str));
    let names = tls::names(&urls, listen.ip());
    let folder = settings.data.join("tls");
    let (acceptor, authority) = tls::development(&folder, &names, clock.now())?;
    let authority = authority.canonicalize().unwrap_or(authority);
    Ok((Some(acceptor), Some(authority)))
}

/// A limit on the size of files is no reason to die: whoever listens for the signal gets an error
/// from the write instead, and that becomes an answer.
fn withstand_file_limits() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        /// SIGXFSZ, on Linux and on macOS.
        const FILE_TOO_LARGE: i32 = 25;
        if let Err(error) = signal(SignalKind::from_raw(FILE_TOO_LARGE)) {
            tracing::debug!(error = %error, "limits on files will end the server");
        }
    }
}

/// Ready when somebody asks the process to end.
async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut terminate), Ok(mut interrupt)) = (
            signal(SignalKind::terminate()),
            signal(SignalKind::interrupt()),
        ) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
