//! A throwaway PostgreSQL cluster, in a folder of its own and reachable by a socket there. It waits
//! for its disk, as a real one does.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
}

impl Cluster {
    pub fn start() -> Cluster {
        let folder = std::env::temp_dir().join(format!("comity-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        if is_root() {
            run(Command::new("chown").arg("postgres:").arg(&folder));
        }
        let cluster = Cluster {
            programs: programs(),
            folder,
        };
        run(cluster
            .command("initdb")
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8"]));
        let socket = cluster.folder.display();
        let settings = format!("-k {socket} -h ''");
        let mut start = cluster.command("pg_ctl");
        start.arg("-l").arg(cluster.folder.join("log"));
        run(start.args(["-w", "-t", "60", "-o", &settings, "start"]));
        cluster
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn address(&self) -> String {
        let socket = self.folder.display();
        format!("postgres://postgres@localhost/postgres?host={socket}")
    }

    /// The server refuses to run as root.
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
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.current_dir(&self.folder);
        command.arg("-D").arg(self.folder.join("data"));
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self
            .command("pg_ctl")
            .args(["-m", "immediate", "-w", "stop"])
            .status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Where PostgreSQL's programs are, the newest version first.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let versions = versions.flatten().map(|version| version.path().join("bin"));
    let mut found: Vec<PathBuf> = versions.collect();
    found.sort();
    found.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    found.extend(std::env::split_paths(&path));
    let found = found
        .into_iter()
        .find(|folder| folder.join("initdb").exists());
    found.expect("PostgreSQL's initdb, for two replicas")
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|this| this.uid() == 0)
}

fn run(command: &mut Command) {
    let status = command.status().expect("the program starts");
    assert!(status.success(), "{command:?}: {status}");
}
