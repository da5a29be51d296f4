//! A throwaway PostgreSQL cluster: made with the programs of this machine, in a folder of its own,
//! reachable by a socket in that folder only, and gone with the test. The tests of the program use
//! this file as well.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

/// Whoever sets this wants a failure where there is no PostgreSQL.
const REQUIRED: &str = "COMITY_REQUIRE_POSTGRES";

/// A running cluster.
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    settings: &'static str,
    /// Waits for its standard input to end, which it does when this process ends in whatever way;
    /// then it stops the cluster and removes the folder.
    _janitor: Child,
}

impl Cluster {
    /// Makes a cluster and starts it. `None`: there is no PostgreSQL here, and this has been said.
    pub(crate) fn start(settings: &'static str) -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(
                std::env::var_os(REQUIRED).is_none(),
                "there is no PostgreSQL on this machine, and {REQUIRED} is set"
            );
            tell("SKIPPED: there is no PostgreSQL on this machine (initdb was not found)");
            return None;
        };
        let name = format!("comity-pg-{}-{}", std::process::id(), number());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres:").arg(&folder));
        }
        let cluster = Cluster {
            _janitor: janitor(&programs, &folder),
            programs,
            folder,
            settings,
        };
        cluster.initialize();
        cluster.restart();
        Some(cluster)
    }

    /// A locale in which words do not sort byte by byte, where there is one: what must be compared
    /// byte by byte must be so whatever the locale.
    fn initialize(&self) {
        let initdb = || {
            let mut initdb = self.command("initdb");
            initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
            initdb.args(["--locale", "C.UTF-8"]);
            initdb
        };
        let german = ["--locale-provider", "icu", "--icu-locale", "de-DE"];
        if !initdb().args(german).status().unwrap().success() {
            run(&mut initdb());
        }
    }

    /// Starts the server, after it has been killed too, and waits until it answers.
    pub(crate) fn restart(&self) {
        let socket = self.folder.display();
        let settings = format!("-k {socket} -h '' -c max_connections=300 {}", self.settings);
        let mut start = self.command("pg_ctl");
        start
            .args(["-w", "-t", "60", "-l"])
            .arg(self.folder.join("log"));
        let started = start.args(["-o", &settings, "start"]).status().unwrap();
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        assert!(started.success(), "the server did not start:\n{log}");
    }

    /// The address of a database in it.
    pub(crate) fn address(&self, database: &str) -> String {
        let socket = self.folder.display();
        format!("postgres://postgres@localhost/{database}?host={socket}")
    }

    /// Kills the server and everything it started, without a word.
    pub(crate) fn kill(&self) {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let postmaster: u32 = file.lines().next().unwrap().parse().unwrap();
        let mut victims = children(postmaster);
        victims.insert(0, postmaster);
        // One that has ended by itself meanwhile is as good as killed.
        let ids = victims.iter().map(u32::to_string);
        let _ = Command::new("kill").arg("-9").args(ids).output();
        while victims.iter().any(|victim| is_running(*victim)) {
            std::thread::yield_now();
        }
        // The next server must not take one that is dead, and that nobody has buried, for alive.
        std::fs::remove_file(self.data().join("postmaster.pid")).unwrap();
        let _ = std::fs::remove_file(self.folder.join(".s.PGSQL.5432.lock"));
    }

    /// Its data.
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program of PostgreSQL on this cluster. The server refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command.args([
                    "--reuid=postgres",
                    "--regid=postgres",
                    "--clear-groups",
                    "--",
                ]);
                command.arg(program);
                command
            }
            false => Command::new(program),
        };
        let mut log = std::fs::File::options();
        let log = log
            .create(true)
            .append(true)
            .open(self.folder.join("programs.log"))
            .unwrap();
        command
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null());
        command.current_dir(&self.folder).arg("-D").arg(self.data());
        command
    }
}

/// Where PostgreSQL's programs are, the newest version first.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let versions = versions.flatten().map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = versions.collect();
    found.sort();
    found.reverse();
    found.extend(std::env::split_paths(&path));
    found
        .into_iter()
        .find(|folder| folder.join("initdb").exists())
}

fn janitor(programs: &Path, folder: &Path) -> Child {
    let script = r#"read -r _; "$1/pg_ctl" -D "$2/data" -m immediate -w stop; rm -rf "$2""#;
    let mut janitor = match is_root() {
        true => {
            let mut janitor = Command::new("setpriv");
            janitor.args([
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                "--",
            ]);
            janitor.arg("sh");
            janitor
        }
        false => Command::new("sh"),
    };
    janitor
        .args(["-c", script, "janitor"])
        .arg(programs)
        .arg(folder);
    janitor
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    janitor.current_dir("/").spawn().unwrap()
}

/// The state and the parent of a process, as /proc/PID/stat tells them after its name.
fn status(process: u32) -> Option<(char, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut words = stat.rsplit_once(')')?.1.split_whitespace();
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

/// Whether it still does something; a process that has ended stays in the list until its parent
/// has taken note.
fn is_running(process: u32) -> bool {
    status(process).is_some_and(|(state, _)| state != 'Z')
}

fn children(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes
        .filter(|process| status(*process).is_some_and(|(_, of)| of == parent))
        .collect()
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|this| this.uid() == 0)
}

fn run(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

/// Says something that is seen although tests are quiet.
fn tell(words: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "\n{words}");
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

fn number() -> u64 {
    NUMBER.fetch_add(1, Ordering::Relaxed)
}
