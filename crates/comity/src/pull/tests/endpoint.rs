//! An endpoint that serves a log that never changes, and misbehaves on request.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How many rows a page has.
const PAGE: usize = 7;
const INTERACTIVE: usize = 60;
const OTHERS: usize = 25;

/// What may be wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fault {
    /// 429, to be asked again at once.
    TooMany,
    /// 500.
    Broken,
    /// 503, to be asked again at a time that has passed.
    Away,
    /// The connection ends within the page, after so many hundredths.
    Cut(u8),
    /// A whole answer with half a page in it.
    Half(u8),
    /// Something else altogether, and 200.
    Garbage,
    /// An error, and 200.
    ErrorAsPage,
    /// The connection ends before the answer.
    Closed,
    /// 401: the token has run out.
    Expired,
    /// The page begins so many rows earlier than it should.
    Overlap(u8),
    /// The link holds no more: 400 or 410.
    Stale(u16),
    /// The link is to another server.
    Astray,
    /// 403.
    Forbidden,
    /// 429, and much later.
    MuchLater,
}

type Plan = Box<dyn FnMut() -> Option<Fault> + Send>;

/// What is wrong with the next answers, and what was asked.
struct State {
    plan: Plan,
    asked: Vec<String>,
    tokens: usize,
}

/// An endpoint.
pub(super) struct Endpoint {
    pub(super) url: String,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

impl Endpoint {
    /// One whose answers are wrong as the plan says.
    pub(super) async fn with(plan: impl FnMut() -> Option<Fault> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            plan: Box::new(plan),
            asked: Vec::new(),
            tokens: 0,
        }));
        let (shared, base) = (Arc::clone(&state), url.clone());
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (shared, base) = (Arc::clone(&shared), base.clone());
                tokio::spawn(async move {
                    // A client that has gone away is no concern of the server.
                    let _ = serve(stream, &shared, &base).await;
                });
            }
        });
        Endpoint {
            url,
            state,
            serving,
        }
    }

    /// One whose next answers are wrong in this order, and right then.
    pub(super) async fn failing<const N: usize>(faults: [Option<Fault>; N]) -> Self {
        let mut faults = VecDeque::from(faults);
        Self::with(move || faults.pop_front().flatten()).await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The pages that were asked for.
    pub(super) fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// How many tokens were given.
    pub(super) fn tokens(&self) -> usize {
        self.state().tokens
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The rows of a kind, newest first.
fn rows(kind: &str) -> &'static [String] {
    static ROWS: LazyLock<[Vec<String>; 2]> =
        LazyLock::new(|| [made(INTERACTIVE, 0xa), made(OTHERS, 0xb)]);
    match kind {
        "interactiveUser" => &ROWS[0],
        _ => &ROWS[1],
    }
}

/// So many rows. Some have ids that are no GUIDs, and one has none.
fn made(many: usize, mark: u32) -> Vec<String> {
    let row = |number: usize| {
        let day = 30 - number * 29 / many;
        let mut row = json!({
            "id": format!("{mark:08x}-0000-4000-8000-{number:012x}"),
            "createdDateTime": format!("2026-01-{day:02}T12:00:00Z"),
            "userDisplayName": format!("Zoë \u{2028} \"{number}\"\n"),
            "status": {"errorCode": 0},
        });
        match number % 20 {
            3 => row["id"] = json!(format!("{mark}-row-{number}")),
            5 if number == 5 => drop(row.as_object_mut().unwrap().shift_remove("id")),
            _ => {}
        }
        match number % 4 {
            0 => format!("{row:#}"),
            _ => row.to_string(),
        }
    };
    (0..many).map(row).collect()
}

/// What an undisturbed pull leaves behind.
pub(super) fn undisturbed() -> String {
    let kinds = ["interactiveUser", "nonInteractiveUser"];
    let rows = kinds.into_iter().flat_map(rows);
    rows.map(|row| row.replace('\n', " ") + "\n").collect()
}

/// A page, which goes on after it if there is more.
fn page(base: &str, kind: &str, start: usize, end: usize, link: Option<&str>) -> String {
    let rows = rows(kind);
    let end = end.min(rows.len());
    let value = rows[start..end].join(",\r\n  ");
    let next = format!("{base}/beta/auditLogs/signIns?$top=7&kind={kind}&$skiptoken={end}");
    let next = match link {
        Some(link) => link.to_owned(),
        None => next,
    };
    match end < rows.len() {
        true => format!(r#"{{"@odata.nextLink":"{next}","value":[{value}]}}"#),
        false => format!(r#"{{"value":[{value}]}}"#),
    }
}

/// Reads requests and answers them, until a fault ends the connection.
async fn serve(mut stream: TcpStream, state: &Mutex<State>, base: &str) -> std::io::Result<()> {
    let mut read = Vec::new();
    loop {
        let head = loop {
            if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = read.split_off(end + 4);
                break String::from_utf8(std::mem::replace(&mut read, rest)).unwrap();
            }
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        };
        let lower = head.to_ascii_lowercase();
        let length = lower
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        while read.len() < length {
            if stream.read_buf(&mut read).await? == 0 {
                return Ok(());
            }
        }
        read.drain(..length);
        let (answer, ends) = answer(&head, &mut state.lock().unwrap(), base);
        stream.write_all(&answer).await?;
        if ends {
            return Ok(());
        }
    }
}

fn whole(status: u16, fields: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} x\r\n{fields}content-length: {length}\r\n\r\n{body}").into_bytes()
}

fn part(of: usize, hundredths: u8) -> usize {
    of * usize::from(hundredths) / 100
}

/// The answer to a request, and whether the connection ends with it.
fn answer(head: &str, state: &mut State, base: &str) -> (Vec<u8>, bool) {
    let address = head.split(' ').nth(1).unwrap().to_owned();
    let fault = (state.plan)();
    if address == "/token" {
        return token(fault, state);
    }
    assert!(head.contains("authorization: Bearer token-"), "{head}");
    let query = address.split_once('?').unwrap().1.replace("%27", "'");
    let kind = match query.contains("nonInteractiveUser") {
        true => "nonInteractiveUser",
        false => "interactiveUser",
    };
    let token = query.split_once("$skiptoken=").map(|(_, token)| token);
    let start: usize = token.map_or(0, |token| token.parse().unwrap());
    state.asked.push(query.clone());
    let body = page(base, kind, start, start + PAGE, None);
    let right = whole(200, "", &body);
    let cut = |text: &str, hundredths| {
        let mut end = part(text.len(), hundredths);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].to_owned()
    };
    match fault {
        None => (right, false),
        Some(Fault::Cut(hundredths)) => (right[..part(right.len(), hundredths)].to_vec(), true),
        Some(Fault::Half(hundredths)) => (whole(200, "", &cut(&body, hundredths)), false),
        Some(Fault::Overlap(back)) => {
            let from = start.saturating_sub(usize::from(back));
            (
                whole(200, "", &page(base, kind, from, start + PAGE, None)),
                false,
            )
        }
        Some(Fault::Astray) => {
            let link = "https://elsewhere.example/beta/auditLogs/signIns?$skiptoken=7";
            let body = page(base, kind, start, start + PAGE, Some(link));
            (whole(200, "", &body), false)
        }
        // There is no link to forget in a first question.
        Some(Fault::Stale(_)) if token.is_none() => (right, false),
        Some(fault) => common(fault),
    }
}

fn token(fault: Option<Fault>, state: &mut State) -> (Vec<u8>, bool) {
    match fault {
        Some(fault @ (Fault::TooMany | Fault::Broken | Fault::Away | Fault::Closed)) => {
            common(fault)
        }
        Some(Fault::Garbage) => (whole(200, "", "<html>"), false),
        _ => {
            state.tokens += 1;
            let body = json!({"access_token": format!("token-{}", state.tokens)});
            (whole(200, "", &body.to_string()), false)
        }
    }
}

/// What has nothing to do with pages.
fn common(fault: Fault) -> (Vec<u8>, bool) {
    let error = |status, fields: &str| {
        let error: Value =
            json!({"error": {"code": "x", "message": format!("as planned: {status}")}});
        (whole(status, fields, &error.to_string()), false)
    };
    let past = "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    match fault {
        Fault::TooMany => error(429, "retry-after: 0\r\n"),
        Fault::MuchLater => error(429, "retry-after: 86400\r\n"),
        Fault::Away => error(503, past),
        Fault::Expired => error(401, ""),
        Fault::Forbidden => error(403, ""),
        Fault::Stale(status) => error(status, ""),
        Fault::ErrorAsPage => error(200, ""),
        Fault::Garbage => (whole(200, "", "<html>come back later</html>"), false),
        Fault::Closed => (Vec::new(), true),
        _ => error(500, ""),
    }
}
