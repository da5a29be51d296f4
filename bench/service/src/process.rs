//! Servers as processes of their own.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::time::ClockId;
use nix::unistd::Pid;

use crate::client::Client;

/// A server. It ends with this value.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

/// A port nobody listens on just now.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("an address")
}

impl Server {
    /// `comity serve` as it is delivered, on that store.
    pub fn product(folder: &Path, store: &str) -> Server {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/release/comity");
        let address = free_address();
        let mut command = Command::new(program);
        command
            .args(["serve", "--store", store, "--listen", &address.to_string()])
            .arg("--config")
            .arg(folder.join("comity.toml"))
            .env("COMITY_LOG", "warn");
        Server::start(command, address)
    }

    /// The bare handlers.
    pub fn bare() -> Server {
        let address = free_address();
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg("bare").env("LISTEN", address.to_string());
        Server::start(command, address)
    }

    fn start(mut command: Command, address: SocketAddr) -> Server {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let child = command.spawn().expect("the server starts");
        Server { child, address }
    }

    /// Waits until it says that it is ready.
    pub fn ready(mut self) -> Server {
        let output = self.child.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(output).lines();
        let first = lines.next().expect("the server says something");
        assert!(first.expect("text").contains("ready"));
        // Nobody may write into a pipe that is gone.
        std::thread::spawn(move || lines.for_each(drop));
        self
    }

    pub fn client(&self) -> Client {
        Client::connect(self.address).expect("the server listens")
    }

    /// The processor time that all its threads have used so far.
    pub fn processor_time(&self) -> Duration {
        let clock = nix::time::clock_getcpuclockid(self.pid()).expect("a clock of the process");
        Duration::from(ClockId::now(clock).expect("the time"))
    }

    /// Resident memory, in bytes.
    pub fn memory(&self) -> u64 {
        self.number("status", "VmRSS:") * 1024
    }

    /// Bytes it has handed over to be written: to its files, but for the few of its answers. What the
    /// system counts as written to the disk counts whole folios of the page cache, many times as much.
    pub fn written(&self) -> u64 {
        self.number("io", "wchar:")
    }

    fn number(&self, file: &str, name: &str) -> u64 {
        let path = format!("/proc/{}/{file}", self.child.id());
        let text = std::fs::read_to_string(path).expect("the process runs");
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.expect("a number")
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id() as i32)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
