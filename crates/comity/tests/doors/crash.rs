//! Killed while it answers (`SIGKILL`), a server has kept every change it said it had kept, and none
//! by halves.
//!
//! Four administrators write at once; after a number of answers, drawn anew each time, the process is
//! killed, started again, and asked. `COMITY_CRASH_KILLS` says how often on each store; a few times,
//! if it is not set.

use std::io;
use std::sync::mpsc::{Sender, channel};

use serde_json::{Value, json};

use crate::client::{Client, policy};
use crate::cluster::Cluster;
use crate::program::{Credentials, Place};

const KILLS: &str = "COMITY_CRASH_KILLS";

fn kills() -> u64 {
    let asked = std::env::var(KILLS).ok();
    asked.map_or(3, |asked| asked.parse().unwrap())
}

#[test]
fn a_server_over_sqlite_survives_being_killed() {
    survive(&Place::new(""));
}

#[test]
fn a_server_over_postgresql_survives_being_killed() {
    let Some(cluster) = Cluster::start("") else {
        return;
    };
    survive(&Place::over(Some(&cluster.address("postgres")), ""));
}

fn survive(place: &Place) {
    let mut draw = Draw::new();
    let mut program = place.start();
    let token = program.client().token(&place.credentials);
    let mut admin = program.client();
    admin.authorize(&token);
    let mut administrators: Vec<_> = (0..4).map(Administrator::new).collect();
    for administrator in &administrators {
        administrator.prepare(&mut admin);
    }
    for _ in 0..kills() {
        let (acknowledged, heard) = channel();
        let threads: Vec<_> = administrators
            .drain(..)
            .map(|mut administrator| {
                let mut client = program.client();
                client.authorize(&token);
                let acknowledged = acknowledged.clone();
                std::thread::spawn(move || {
                    administrator.write(&mut client, &acknowledged);
                    administrator
                })
            })
            .collect();
        for _ in 0..draw.below(40) {
            heard.recv().unwrap();
        }
        program.kill();
        administrators.extend(threads.into_iter().map(|thread| thread.join().unwrap()));
        program = place.start();
        admin = program.client();
        admin.authorize(&token);
        for administrator in &mut administrators {
            administrator.check(&mut admin);
        }
    }
    let mut acknowledged = 0;
    for administrator in &administrators {
        acknowledged += administrator.acknowledged.len();
        administrator.check_everything(&mut admin);
    }
    println!("{} kills, {acknowledged} changes acknowledged", kills());
    program.assert_calm();
    // Keys and secrets are where they were, too.
    let credentials: &Credentials = &place.credentials;
    program.client().token(credentials);
}

/// Draws numbers: different ones in each run, and the first is told, for who wants to know.
struct Draw(u64);

impl Draw {
    fn new() -> Self {
        use std::hash::{BuildHasher, Hasher};
        let state = std::collections::hash_map::RandomState::new();
        let first = state.build_hasher().finish() | 1;
        println!("drawn from {first}");
        Draw(first)
    }

    /// A number from 1 up to that one.
    fn below(&mut self, limit: u64) -> u64 {
        // xorshift64
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit + 1
    }
}

/// Somebody who writes: the first adds partners, the others change one that is theirs.
struct Administrator {
    number: u64,
    /// How many writes have been tried.
    tried: u64,
    /// Which of them were acknowledged.
    acknowledged: Vec<u64>,
}

impl Administrator {
    fn new(number: u64) -> Self {
        Administrator {
            number,
            tried: 0,
            acknowledged: Vec::new(),
        }
    }

    fn adds(&self) -> bool {
        self.number == 0
    }

    /// An id that belongs to that write alone.
    fn id(&self, write: u64) -> String {
        format!(
            "{:08x}-0000-4000-8000-{write:012x}",
            0xad00_0000 + self.number
        )
    }

    /// The partner that is theirs.
    fn partner(&self) -> String {
        policy(&format!("/partners/{}", self.id(0)))
    }

    fn prepare(&self, client: &mut Client) {
        let body = json!({"tenantId": self.id(0)});
        assert_eq!(client.post(&policy("/partners"), &body).status, 201);
    }

    /// Writes until the server is gone.
    fn write(&mut self, client: &mut Client, acknowledged: &Sender<()>) {
        loop {
            self.tried += 1;
            let Ok(status) = self.attempt(client) else {
                return;
            };
            assert_eq!(status, if self.adds() { 201 } else { 204 });
            self.acknowledged.push(self.tried);
            // Whoever listened may have heard enough.
            let _ = acknowledged.send(());
        }
    }

    fn attempt(&self, client: &mut Client) -> io::Result<u16> {
        let id = self.id(self.tried);
        let answer = match self.adds() {
            true => client.json("POST", &policy("/partners"), &json!({"tenantId": id}), &id),
            false => client.json("PATCH", &self.partner(), &block(&id), &id),
        };
        answer.map(|answer| answer.status)
    }

    /// After a kill: the last write that was acknowledged is there, the next one is there as a whole
    /// or not at all, and the log knows the same.
    fn check(&mut self, client: &mut Client) {
        for write in self.acknowledged.iter().rev().take(10) {
            self.check_kept(client, *write);
        }
        let logged = self.is_logged(client, self.tried);
        let found = self.found(client);
        let last = self.acknowledged.last().copied().unwrap_or(0);
        assert!(
            found == last || found == self.tried,
            "{found}, not {last} or {}",
            self.tried
        );
        if logged {
            assert_eq!(found, self.tried, "logged and not kept");
        }
        if found == self.tried {
            assert!(self.is_logged(client, found), "kept and not logged");
        }
        if found == self.tried && found != last {
            // It was kept, though nobody heard so.
            self.acknowledged.push(found);
        }
    }

    /// The newest write that is there.
    fn found(&self, client: &mut Client) -> u64 {
        if self.adds() {
            let last = self.acknowledged.last().copied().unwrap_or(0);
            return match self.is_added(client, self.tried) {
                true => self.tried,
                false => last,
            };
        }
        let partner = client.get(&self.partner()).json();
        let block = &partner["b2bCollaborationInbound"];
        if block.is_null() {
            return 0;
        }
        let target = |half: &str| {
            let target = block[half]["targets"][0]["target"].as_str();
            target.unwrap_or_else(|| panic!("{partner}")).to_owned()
        };
        let user = target("usersAndGroups");
        assert_eq!(user, target("applications"), "half a write");
        u64::from_str_radix(&user[24..], 16).unwrap()
    }

    fn is_added(&self, client: &mut Client, write: u64) -> bool {
        let path = policy(&format!("/partners/{}", self.id(write)));
        match client.get(&path).status {
            200 => true,
            404 => false,
            status => panic!("{status}"),
        }
    }

    fn is_logged(&self, client: &mut Client, write: u64) -> bool {
        let path = format!(
            "/v1.0/auditLogs/directoryAudits?$filter=correlationId%20eq%20'{}'",
            self.id(write)
        );
        let rows = client.get(&path).json();
        let rows = rows["value"].as_array().unwrap();
        assert!(rows.len() < 2, "{rows:?}");
        rows.iter().any(|row| row["result"] == "success")
    }

    fn check_kept(&self, client: &mut Client, write: u64) {
        let id = self.id(write);
        assert!(self.is_logged(client, write), "{id} is not in the log");
        if self.adds() {
            assert!(self.is_added(client, write), "{id} is gone");
        }
    }

    fn check_everything(&self, client: &mut Client) {
        for write in &self.acknowledged {
            self.check_kept(client, *write);
        }
    }
}

/// A block whose two halves name the same id.
fn block(id: &str) -> Value {
    json!({"b2bCollaborationInbound": {
        "usersAndGroups": {"accessType": "allowed", "targets": [{"target": id, "targetType": "user"}]},
        "applications": {"accessType": "allowed", "targets": [{"target": id, "targetType": "application"}]},
    }})
}
