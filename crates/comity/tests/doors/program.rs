//! A running `comity serve`, in a folder of its own, and ended with the test.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client::{Client, Trust};

/// Whatever is waited for happens long before.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// The address under which the servers of these tests are known, wherever they listen.
const PUBLIC: &str = "https://comity.test";

/// The first tenant of a server that was made with `comity init`.
pub(crate) const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";

/// Asks until the answer is there.
#[expect(
    clippy::disallowed_methods,
    reason = "nothing is measured: whoever waits in vain has to end"
)]
#[track_caller]
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < DEADLINE, "waited in vain: {what}");
        std::thread::yield_now();
    }
}

/// A folder that is removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("comity-doors-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn comity(folder: &Path) -> Command {
    let mut comity = Command::new(env!("CARGO_BIN_EXE_comity"));
    comity.current_dir(folder).stdin(Stdio::null());
    comity
}

/// The client id and the secret of somebody who may ask.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) tenant: String,
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// Everything a server needs, made with `comity init`: it can be started, ended, and started again.
pub(crate) struct Place {
    folder: Folder,
    pub(crate) credentials: Credentials,
    trust: Trust,
}

impl Place {
    /// With the store in the data folder, and these further lines at the top of `comity.toml`.
    pub(crate) fn new(lines: &str) -> Self {
        Self::over(None, lines)
    }

    /// With the store at that address.
    pub(crate) fn over(store: Option<&str>, lines: &str) -> Self {
        let folder = Folder::new();
        let trust = certificate(folder.path());
        let store = store.map_or(String::new(), |store| format!("store = '{store}'\n"));
        let toml = format!(
            "data = 'data'\npublic_url = '{PUBLIC}'\nmaster_key_file = 'master.key'\n{store}{lines}\n\
             [tls]\ncertificate = 'server.pem'\nkey = 'server.key'\n\
             [tenants]\nunknown = 'register'\n"
        );
        std::fs::write(folder.path().join("comity.toml"), toml).unwrap();
        let init = [
            "init",
            "--tenant-name",
            "Contoso",
            "--domain",
            "contoso.com",
        ];
        let output = comity(folder.path())
            .args(init)
            .args(["--p1", "--tenant-id", CONTOSO])
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("client"))
            .unwrap();
        let mut words = line.split_whitespace().map(str::to_owned);
        let credentials = Credentials {
            tenant: CONTOSO.to_owned(),
            id: words.next().unwrap(),
            secret: words.next().unwrap(),
        };
        Place {
            folder,
            credentials,
            trust,
        }
    }

    /// Where all of it is.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the server, and waits until it is ready.
    pub(crate) fn start(&self) -> Program {
        let command = self.command();
        Program::start(command, Some(self.trust.clone()))
    }

    /// Starts the server where it has to fail, and waits for that.
    pub(crate) fn fail(&self) -> Output {
        self.command().output().unwrap()
    }

    fn command(&self) -> Command {
        let mut command = comity(self.folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        command
    }
}

/// A certificate for this machine, signed by itself.
fn certificate(folder: &Path) -> Trust {
    let key = rcgen::KeyPair::generate().unwrap();
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate = rcgen::CertificateParams::new(names).unwrap();
    let certificate = certificate.self_signed(&key).unwrap();
    std::fs::write(folder.join("server.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("server.key"), key.serialize_pem()).unwrap();
    Trust::of(&certificate.pem())
}

/// A server with the demo world: its folder, and the first client of its handout.
pub(crate) fn demo() -> (Folder, Program, Credentials) {
    let folder = Folder::new();
    let mut command = comity(folder.path());
    command.args(["serve", "--demo", "--data", "data"]);
    command.args(["--listen", "127.0.0.1:0"]);
    let data = folder.path().join("data");
    let mut program = Program::start(command, None);
    let text = until("demo.json", || {
        std::fs::read_to_string(data.join("demo.json")).ok()
    });
    let value: Value = serde_json::from_str(&text).unwrap();
    let authority = std::fs::read_to_string(value["caFile"].as_str().unwrap()).unwrap();
    program.trust = Some(Trust::of(&authority));
    let tenant = &value["tenants"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let credentials = Credentials {
        tenant: text(&tenant["tenantId"]),
        id: text(&tenant["client"]["clientId"]),
        secret: text(&tenant["client"]["clientSecret"]),
    };
    (folder, program, credentials)
}

/// A running server. It is killed when this value ends.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    trust: Option<Trust>,
    log: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Program {
    fn start(mut command: Command, trust: Option<Trust>) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let errors = child.stderr.take().unwrap();
        let mut readers = vec![collect(errors, Arc::clone(&log))];
        let ready = is_ready(&mut output);
        if !ready {
            let _ = child.kill();
            readers.drain(..).for_each(|reader| reader.join().unwrap());
            panic!("the server did not start:\n{}", log.lock().unwrap());
        }
        readers.push(collect(output, Arc::default()));
        let address = until("the address in the log", || {
            let log = log.lock().unwrap();
            let line = log.lines().find(|line| line.contains("listening"))?;
            let address = line.split_once("address=")?.1;
            address.split_whitespace().next()?.parse().ok()
        });
        Program {
            child,
            address,
            trust,
            log,
            readers,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn trust(&self) -> Trust {
        self.trust.clone().unwrap()
    }

    /// A new client.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.address, self.trust())
    }

    /// A new client with a token.
    pub(crate) fn client_of(&self, credentials: &Credentials) -> Client {
        let mut client = self.client();
        let token = client.token(credentials);
        client.authorize(&token);
        client
    }

    /// What has been logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// How much memory it uses, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let mut words = line.unwrap().split_whitespace();
        words.next().unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Sets the largest file the process may write from now on.
    pub(crate) fn limit_files(&self, bytes: &str) {
        let limit = Command::new("prlimit")
            .args(["--pid", &self.id().to_string()])
            .arg(format!("--fsize={bytes}:unlimited"))
            .status()
            .expect("prlimit of util-linux is needed");
        assert!(limit.success());
    }

    /// Nothing went wrong in there.
    #[track_caller]
    pub(crate) fn assert_calm(&mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "it has ended");
        let log = self.log();
        assert!(!log.contains("panicked"), "{log}");
        assert!(!log.contains("ERROR"), "{log}");
    }

    /// Kills it without a word.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub(crate) fn ask_to_end(&self) {
        let id = self.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(asked.success());
    }

    /// How it has ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        until("the end of the process", || self.child.try_wait().unwrap())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

fn is_ready(output: &mut impl BufRead) -> bool {
    let mut line = String::new();
    while output.read_line(&mut line).unwrap() > 0 {
        if line.starts_with("Comity is ready") {
            return true;
        }
        line.clear();
    }
    false
}

/// Reads to the end, so that the process never waits for us.
fn collect(from: impl Read + Send + 'static, to: Arc<Mutex<String>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { return };
            let mut to = to.lock().unwrap();
            to.push_str(&line);
            to.push('\n');
        }
    })
}
