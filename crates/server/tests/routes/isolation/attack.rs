//! Requests that somebody of Contoso might make to see something of Fabrikam.

use std::fmt;

use proptest::prelude::RngExt;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::fabrikam::{BAIT_ADDRESS, Secrets};
use super::vocabulary::{BODIES, EXPANSIONS, MEMBERS, MORE};
use crate::client::*;

/// What is decided by lot, the same for the same seed.
pub(crate) struct Dice(TestRng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Dice(TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
    }
    fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }
    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }
    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// One request.
#[derive(Clone)]
pub(crate) struct Call {
    /// Which of the tokens.
    pub(crate) who: usize,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<String>,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (caller {})", self.method, self.path, self.who)?;
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {value}")?;
        }
        write!(f, "\n\n{}", self.body.as_deref().unwrap_or_default())
    }
}

/// Draws requests.
pub(crate) struct Attacker<'a> {
    pub(crate) dice: Dice,
    secrets: &'a Secrets,
    doors: Vec<(String, String)>,
    callers: usize,
}

impl<'a> Attacker<'a> {
    pub(crate) fn new(seed: u64, secrets: &'a Secrets, callers: usize) -> Self {
        let own = ["/comity/", "/scim/"];
        let line = |line: server::Line| {
            let is_own = own.iter().any(|root| line.path().starts_with(root));
            let version = if is_own { "" } else { "{version}" };
            (
                line.method().to_owned(),
                format!("{version}{}", line.path()),
            )
        };
        let mut doors: Vec<_> = server::permission_lines().into_iter().map(line).collect();
        doors.dedup();
        let more = MORE.iter();
        doors.extend(more.map(|(method, path)| ((*method).to_owned(), (*path).to_owned())));
        Attacker {
            dice: Dice::new(seed),
            secrets,
            doors,
            callers,
        }
    }

    /// An id: of Fabrikam, of Contoso, of nobody, or nonsense.
    fn id(&mut self) -> String {
        match self.dice.below(100) {
            0..50 => self.dice.one(&self.secrets.bait).clone(),
            50..65 => FABRIKAM.to_owned(),
            65..90 => self.dice.one(&self.secrets.own).clone(),
            90..93 => "00000000-0000-4000-8000-00000000dead".to_owned(),
            _ => {
                let odd = [
                    BAIT_ADDRESS,
                    "fabrikam.com",
                    "me",
                    "*",
                    "%00",
                    "..",
                    "%2e%2e",
                    "c1",
                    "' or 1 eq 1",
                    "0f000000000040008000000000000002",
                    "{0f000000-0000-4000-8000-000000000002}",
                    "%F0%9F%90%A4",
                    "$count",
                    "microsoft.directory",
                    "0",
                    "-1",
                    "null",
                ];
                (*self.dice.one(&odd)).to_owned()
            }
        }
    }

    fn text(&mut self) -> String {
        let texts = [
            BAIT_ADDRESS,
            "Bait group",
            "Bait application",
            "Fabrikam",
            "fabrikam.com",
            "x@contoso.com",
            "Ours",
            "bait2@fabrikam.com",
            "x' or 'x' eq 'x",
            "%",
            "_",
        ];
        let text = *self.dice.one(&texts);
        match self.dice.percent(20) {
            true => format!("{}{text}", self.dice.below(1000)),
            false => text.to_owned(),
        }
    }

    fn filled(&mut self, template: &str) -> String {
        let mut filled = String::new();
        for part in template.split_inclusive(['§', '¤']) {
            match part.strip_suffix('§') {
                Some(before) => filled = filled + before + &self.id(),
                None => match part.strip_suffix('¤') {
                    Some(before) => filled = filled + before + &self.text(),
                    None => filled += part,
                },
            }
        }
        filled
    }

    fn address(&mut self, template: &str) -> String {
        let mut address = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            address += before;
            address += &match name {
                "version" if self.dice.percent(40) => "/beta".to_owned(),
                "version" => "/v1.0".to_owned(),
                "domainName" => "fabrikam.com".to_owned(),
                "tenant" => FABRIKAM.to_owned(),
                "name" => "crossTenantOpenProfileCard".to_owned(),
                "action" => {
                    "microsoft.directory-crossTenantAccessPolicy-partners-create-post".to_owned()
                }
                _ => self.id(),
            };
            rest = after;
        }
        address += rest;
        match self.dice.below(80) {
            0 => address.to_ascii_uppercase(),
            1 => address.replace('/', "//"),
            2 => format!("{address}/$count"),
            3 => format!("{address}/{}", self.id()),
            4 => format!("{address}/../{}", self.id()),
            5 => format!("{address}({})", self.id()),
            _ => address,
        }
    }

    fn member(&mut self, path: &str) -> &'static str {
        let path = path.to_ascii_lowercase();
        let fitting = MEMBERS.iter().find(|(part, _)| path.contains(part));
        let (_, members) = match fitting {
            Some(fitting) if !self.dice.percent(10) => fitting,
            _ => self.dice.one(MEMBERS),
        };
        let member: &&str = self.dice.one(members);
        member
    }

    fn condition(&mut self, path: &str) -> String {
        let member = self.member(path);
        let value = match self.dice.below(6) {
            0..3 => format!("'{}'", self.id()),
            3 => format!("'{}'", self.text()),
            4 => self.id(),
            _ => (*self.dice.one(&["null", "0", "true", "2026-01-31"])).to_owned(),
        };
        match self.dice.below(8) {
            0..4 => {
                let operators = ["eq", "eq", "eq", "ne", "ge", "le"];
                format!("{member} {} {value}", self.dice.one(&operators))
            }
            4 => format!("startsWith({member},{value})"),
            5 => format!("not ({member} eq {value})"),
            6 => format!("{member} in ({value},'{}')", self.id()),
            _ => format!("targetResources/any(t: t/id eq {value})"),
        }
    }

    fn option(&mut self, path: &str) -> String {
        let (name, value) = match self.dice.below(14) {
            0..5 => ("$filter", self.condition(path)),
            5 => {
                let (one, other) = (self.condition(path), self.condition(path));
                ("$filter", format!("{one} or {other}"))
            }
            6 => ("$select", self.member(path).to_owned()),
            7 => ("$expand", (*self.dice.one(EXPANSIONS)).to_owned()),
            8 => (
                "$top",
                (*self
                    .dice
                    .one(&["1", "3", "100", "999", "0", "-1", "99999999999999"]))
                .to_owned(),
            ),
            9 => match self.secrets.tokens.is_empty() {
                true => ("$skiptoken", self.id()),
                false => ("$skiptoken", self.dice.one(&self.secrets.tokens).clone()),
            },
            10 => ("$orderby", format!("{} desc", self.member(path))),
            11 => ("$count", "true".to_owned()),
            12 => ("tenantId", FABRIKAM.to_owned()),
            _ => {
                let names = [
                    "at",
                    "from",
                    "to",
                    "before",
                    "part",
                    "filter",
                    "startIndex",
                    "attributes",
                    "$search",
                ];
                let name = *self.dice.one(&names);
                let values = [
                    "1",
                    "2",
                    "5",
                    "default",
                    "userName eq \"bait@fabrikam.com\"",
                    "\"displayName:canar\"",
                ];
                // Not the whole mark: what was sent may come back in a refusal.
                (name, (*self.dice.one(&values)).to_owned())
            }
        };
        let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        format!("{name}={}", value.replace('+', "%20"))
    }

    fn body(&mut self, path: &str) -> String {
        let path = path
            .split('?')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let fitting: Vec<&str> = BODIES
            .iter()
            .filter(
                |(part, _)| match part.starts_with("/scim") || part.ends_with('/') {
                    true => path.contains(part),
                    false => path.ends_with(part),
                },
            )
            .map(|(_, body)| *body)
            .collect();
        let template = match fitting.is_empty() || self.dice.percent(10) {
            true => self.dice.one(BODIES).1,
            false => *self.dice.one(&fitting),
        };
        self.filled(template)
    }

    fn single(&mut self) -> Call {
        let (method, template) = self.dice.one(&self.doors).clone();
        let mut path = self.address(&template);
        let method = match self.dice.percent(5) {
            true => (*self.dice.one(&[
                "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE",
            ]))
            .to_owned(),
            false => method,
        };
        let options = match self.dice.below(10) {
            0..6 => 0,
            6..9 => 1,
            _ => 2 + self.dice.below(2),
        };
        for number in 0..options {
            let sign = if number == 0 { '?' } else { '&' };
            let option = self.option(&path);
            path = format!("{path}{sign}{option}");
        }
        let writes = ["POST", "PATCH", "PUT"].contains(&method.as_str());
        let body = (writes || self.dice.percent(2)).then(|| self.body(&path));
        Call {
            who: self.dice.below(self.callers),
            method,
            path,
            headers: Vec::new(),
            body,
        }
    }

    fn header(&mut self) -> (&'static str, String) {
        match self.dice.below(9) {
            0..3 => ("consistencylevel", "eventual".to_owned()),
            3 => (
                "prefer",
                "return=representation, include-unknown-enum-members".to_owned(),
            ),
            4 => {
                let tag = match self.secrets.tags.is_empty() {
                    true => "*".to_owned(),
                    false => format!("W/\"{}\"", self.dice.one(&self.secrets.tags)),
                };
                let names = ["if-match", "if-none-match"];
                (*self.dice.one(&names), tag)
            }
            5 => ("client-request-id", self.id()),
            6 => ("x-ms-tenant-id", FABRIKAM.to_owned()),
            7 => ("x-forwarded-host", "fabrikam.com".to_owned()),
            _ => ("sec-restrict-tenant-access-policy", FABRIKAM.to_owned()),
        }
    }

    /// The next request.
    pub(crate) fn call(&mut self) -> Call {
        let mut call = match self.dice.percent(4) {
            true => self.batch(),
            false => self.single(),
        };
        while self.dice.percent(25) {
            let header = self.header();
            if header.1.is_ascii() {
                call.headers.push(header);
            }
        }
        call
    }

    fn batch(&mut self) -> Call {
        let requests: Vec<serde_json::Value> = (0..1 + self.dice.below(4))
            .map(|number| {
                let single = self.single();
                let url = single
                    .path
                    .replacen("/v1.0", "", 1)
                    .replacen("/beta", "", 1);
                let body = single.body.unwrap_or_default();
                serde_json::json!({
                    "id": number.to_string(), "method": single.method, "url": url,
                    "headers": {"content-type": "application/json", "authorization": "Bearer x"},
                    "body": serde_json::from_str::<serde_json::Value>(&body).unwrap_or_default(),
                })
            })
            .collect();
        Call {
            who: self.dice.below(self.callers),
            method: "POST".to_owned(),
            path: (*self.dice.one(&["/v1.0/$batch", "/beta/$batch"])).to_owned(),
            headers: Vec::new(),
            body: Some(serde_json::json!({"requests": requests}).to_string()),
        }
    }
}
