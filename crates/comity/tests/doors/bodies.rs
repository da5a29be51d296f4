//! Bodies that are too large, too deep, or nothing at all, on each of the three wires.

use std::io::Write;

use serde_json::{Value, json};

use crate::client::{Answer, Client, connect, policy, read_answer};
use crate::program::{CONTOSO, Place, Program};

/// A wire: where it is spoken, and what a refusal looks like.
struct Wire {
    method: &'static str,
    path: String,
    kind: &'static str,
    refusal: fn(&Value) -> bool,
}

fn wires() -> [Wire; 3] {
    let json = "application/json";
    [
        Wire {
            method: "PATCH",
            path: policy("/default"),
            kind: json,
            refusal: |body| {
                let error = &body["error"];
                let said = |name: &str| error[name].as_str().is_some_and(|text| !text.is_empty());
                said("code") && said("message") && error["innerError"]["request-id"].is_string()
            },
        },
        Wire {
            method: "POST",
            path: "/access/v1/evaluation".to_owned(),
            kind: json,
            refusal: |body| {
                body["error"]["status"].is_u64() && body["error"]["message"].is_string()
            },
        },
        Wire {
            method: "POST",
            path: format!("/{CONTOSO}/oauth2/v2.0/token"),
            kind: "application/x-www-form-urlencoded",
            refusal: |body| body["error"].is_string() && body["error_description"].is_string(),
        },
    ]
}

/// What must be the same before and after.
fn settings(client: &mut Client) -> (Value, Vec<Value>) {
    let default = client.get(&policy("/default")).json();
    (default, log(client, "success"))
}

/// The entries of the log about what ended like that.
fn log(client: &mut Client, result: &str) -> Vec<Value> {
    let log = client.get("/v1.0/auditLogs/directoryAudits").json();
    assert!(log["@odata.nextLink"].is_null(), "there is more");
    let rows = log["value"].as_array().unwrap().iter();
    rows.filter(|row| row["result"] == result)
        .cloned()
        .collect()
}

impl Wire {
    fn send(&self, client: &mut Client, fields: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut all = vec![("content-type", self.kind)];
        all.extend(fields);
        client.send(self.method, &self.path, &all, body).unwrap()
    }

    #[track_caller]
    fn assert_refused(&self, answer: &Answer, status: u16, what: &str) {
        assert_eq!(answer.status, status, "{what} at {}: {answer:?}", self.path);
        let body = answer.json();
        assert!((self.refusal)(&body), "{what} at {}: {body}", self.path);
    }

    fn head(&self, client: &Client, fields: &str) -> String {
        format!(
            "{} {} HTTP/1.1\r\nhost: comity.test\r\nauthorization: Bearer {}\r\n\
             content-type: {}\r\n{fields}\r\n",
            self.method,
            self.path,
            client.bearer(),
            self.kind
        )
    }
}

fn started() -> (Place, Program, Client, u64) {
    let place = Place::new("timeout_seconds = 5\n");
    let program = place.start();
    let client = program.client_of(&place.credentials);
    let memory = program.memory();
    (place, program, client, memory)
}

#[track_caller]
fn assert_unimpressed(program: &mut Program, memory: u64) {
    let grown = program.memory().saturating_sub(memory);
    assert!(grown < 128 << 20, "{grown} bytes more");
    program.assert_calm();
}

#[test]
fn ten_megabytes_are_refused_in_the_words_of_the_wire() {
    let (_place, mut program, mut client, memory) = started();
    let before = settings(&mut client);
    let body = vec![b' '; 10 << 20];
    for wire in wires() {
        // Sent to the last byte: the refusal is heard all the same.
        wire.assert_refused(&wire.send(&mut client, &[], &body), 413, "10 MB");
        // Announced, and not sent: the refusal does not wait for it.
        let mut connection = connect(program.address, &program.trust(), "http/1.1").unwrap();
        let head = wire.head(&client, "content-length: 10485760\r\n");
        connection.write_all(head.as_bytes()).unwrap();
        wire.assert_refused(&read_answer(&mut connection).unwrap(), 413, "announced");
        // In pieces, without an end.
        let mut connection = connect(program.address, &program.trust(), "http/1.1").unwrap();
        let head = wire.head(&client, "transfer-encoding: chunked\r\n");
        connection.write_all(head.as_bytes()).unwrap();
        let piece = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        for _ in 0..160 {
            if connection.write_all(piece.as_bytes()).is_err() {
                break;
            }
        }
        wire.assert_refused(&read_answer(&mut connection).unwrap(), 413, "in pieces");
    }
    assert_eq!(settings(&mut client), before);
    assert_unimpressed(&mut program, memory);
}

#[test]
fn compressed_bombs_are_refused() {
    let (_place, mut program, mut client, memory) = started();
    let before = settings(&mut client);
    let bomb = bomb();
    for wire in wires() {
        let encoded = [("content-encoding", "gzip")];
        wire.assert_refused(&wire.send(&mut client, &encoded, &bomb), 413, "a bomb");
        wire.assert_refused(
            &wire.send(&mut client, &encoded, b"no gzip"),
            400,
            "no gzip",
        );
        let other = [("content-encoding", "br")];
        wire.assert_refused(&wire.send(&mut client, &other, b"{}"), 415, "brotli");
    }
    assert_eq!(settings(&mut client), before);
    assert_unimpressed(&mut program, memory);
}

/// Half a gigabyte of zeros, compressed with blocks that each repeat one byte 258 times over.
fn bomb() -> Vec<u8> {
    /// Bits, the lowest first, as deflate writes them.
    #[derive(Default)]
    struct Bits(Vec<u8>, u32);
    impl Bits {
        fn put(&mut self, value: u32, bits: u32) {
            for bit in 0..bits {
                if self.1.is_multiple_of(8) {
                    self.0.push(0);
                }
                let last = self.0.last_mut().unwrap();
                *last |= u8::try_from(value >> bit & 1).unwrap() << (self.1 % 8);
                self.1 += 1;
            }
        }
    }
    let mut bits = Bits::default();
    // The last block, with the fixed codes; the byte 0; then "258 bytes from one byte back".
    bits.put(1, 1);
    bits.put(1, 2);
    bits.put(0b0000_1100, 8);
    for _ in 0..100_000 {
        bits.put(0b1010_0011, 8);
        bits.put(0, 5);
    }
    bits.put(0, 7);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(bits.0);
    // The sums at the end need not be right: nobody gets there.
    bytes.extend([0; 8]);
    bytes
}

#[test]
fn what_is_not_json_is_refused_and_nothing_is_kept() {
    let (_place, mut program, mut client, memory) = started();
    let before = settings(&mut client);
    let deep = "[".repeat(1_000_000);
    let deeper = format!("{{\"subject\":{}{}", "{\"a\":".repeat(100_000), "1");
    let digits = format!("{{\"inboundTrust\":{}}}", "9".repeat(100_000));
    let [graph, authzen, token] = wires();
    for body in [
        b"".as_slice(),
        b"\xff\xfe{}",
        b"{\"displayName\":\"\xff\"}",
        b"{\"inboundTrust\":NaN}",
        b"{\"inboundTrust\":Infinity}",
        b"{\"inboundTrust\":1e999}",
        b"{\"inboundTrust\":{},\"inboundTrust\":{}}",
        b"{\"subject\":{},\"subject\":{}}",
        b"{\"subject\":1e400}",
        b"{\"inboundTrust\":{\"isMfaAccepted\":true}",
        deep.as_bytes(),
        deeper.as_bytes(),
        digits.as_bytes(),
    ] {
        let start = String::from_utf8_lossy(body.get(..40).unwrap_or(body)).into_owned();
        for wire in [&graph, &authzen] {
            wire.assert_refused(&wire.send(&mut client, &[], body), 400, &start);
        }
        let answer = token.send(&mut client, &[], body);
        assert!((400..500).contains(&answer.status), "{start}: {answer:?}");
        assert!((token.refusal)(&answer.json()), "{start}: {answer:?}");
    }
    assert_eq!(settings(&mut client), before);
    // What cannot be read is no write of anything, and the log does not speak of it (S16.3).
    assert_eq!(log(&mut client, "failure"), [Value::Null; 0]);
    assert_unimpressed(&mut program, memory);
}

#[test]
fn a_refusal_names_the_member_that_is_wrong() {
    let (_place, mut program, mut client, memory) = started();
    let before = settings(&mut client);
    for (body, path) in [
        (json!({"inboundTrust": 5}), "inboundTrust"),
        (
            json!({"inboundTrust": {"isMfaAccepted": "yes"}}),
            "inboundTrust.isMfaAccepted",
        ),
        (
            json!({"inboundTrust": {"isMfaAccepted": 1e300}}),
            "inboundTrust.isMfaAccepted",
        ),
        (json!({"nonsense": true}), "nonsense"),
        (
            json!({"b2bCollaborationInbound": {"applications": {"accessType": "allowed", "targets": 7}}}),
            "b2bCollaborationInbound.applications.targets",
        ),
    ] {
        let answer = client.patch(&policy("/default"), &body);
        assert_eq!(answer.status, 400, "{body}");
        let error = &answer.json()["error"];
        let target = error["target"].as_str().unwrap_or_default();
        assert!(target.starts_with(path), "{body}: {error}");
    }
    // Refused for their content, and the log says so (S16.3).
    assert_eq!(log(&mut client, "failure").len(), 5);
    for (body, path) in [
        (json!({"subject": 5}), "subject"),
        (json!({"subject": {"type": "user", "id": 5}}), "subject.id"),
        (
            json!({"subject": {"type": "user", "properties": {"groups": "x"}}}),
            "subject.properties.groups",
        ),
        (
            json!({"subject": {"type": "user"}, "resource": {}, "action": {}}),
            "resource",
        ),
    ] {
        let answer = client.post("/access/v1/evaluation", &body);
        assert_eq!(answer.status, 400, "{body}");
        let error = answer.json()["error"]["message"].to_string();
        assert!(error.contains(path), "{body}: {error}");
        assert!(!error.contains("struct"), "{body}: {error}");
    }
    assert_eq!(settings(&mut client), before);
    assert_unimpressed(&mut program, memory);
}
