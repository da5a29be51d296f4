//! Clients that send more than anybody needs.

use std::io::Write;
use std::net::TcpStream;

use crate::client::{connect, read_answer};
use crate::frames::{
    CONTINUATION, END_HEADERS, END_STREAM, End, HEADERS, RESET, fields, frame, greet, post,
    read_the_end,
};
use crate::program::{CONTOSO, Place, Program};

/// What a flood may cost.
const MEMORY: u64 = 128 << 20;

#[track_caller]
fn assert_unimpressed(program: &mut Program, before: u64) {
    assert_eq!(program.client().get("/livez").status, 200);
    let grown = program.memory().saturating_sub(before);
    assert!(grown < MEMORY, "{grown} bytes more");
    program.assert_calm();
}

fn started(place: &Place) -> (Program, u64) {
    let program = place.start();
    assert_eq!(program.client().get("/livez").status, 200);
    let memory = program.memory();
    (program, memory)
}

/// The status of the answer to these bytes; nothing if there is only the end of the connection.
fn status(program: &Program, bytes: &[u8]) -> Option<u16> {
    let mut connection = connect(program.address, &program.trust(), "http/1.1").unwrap();
    // The server need not read everything before it answers.
    let _ = connection.write_all(bytes);
    read_answer(&mut connection)
        .ok()
        .map(|answer| answer.status)
}

#[test]
fn heads_without_measure_are_refused() {
    let place = Place::new("");
    let (mut program, before) = started(&place);
    let start = "GET /livez HTTP/1.1\r\nhost: comity.test\r\n";
    let large = format!("{start}x: {}\r\n\r\n", "x".repeat(1 << 20));
    let many = format!("{start}{}\r\n", "x: y\r\n".repeat(1000));
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(1 << 20));
    for head in [large, many, long] {
        let status = status(&program, head.as_bytes());
        let refused = matches!(status, None | Some(400 | 414 | 431));
        assert!(refused, "{status:?}: {:.60}", head);
    }
    assert_unimpressed(&mut program, before);
}

#[test]
fn heads_that_are_not_http_are_refused() {
    let place = Place::new("");
    let (mut program, before) = started(&place);
    for head in [
        "GET /livez HTTP/1.1\r\nhost: comity.test\r\nx: a\rb\r\n\r\n",
        "GET /livez HTTP/1.1\r\nhost: comity.test\r\nx: a\0b\r\n\r\n",
        "GET /livez HTTP/1.1\r\nhost: comity.test\r\nx : y\r\n\r\n",
        "GET /livez HTTP/1.1\r\nhost: comity.test\r\ncontent-length: -1\r\n\r\n",
        "POST /livez HTTP/1.1\r\nhost: comity.test\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "POST /livez HTTP/1.1\r\nhost: comity.test\r\ntransfer-encoding: chunked, x\r\n\r\n",
        "GET /liv\u{7f}ez HTTP/9.9\r\n\r\n",
        "\r\n\r\n\0\0\0\0\r\n\r\n",
    ] {
        let status = status(&program, head.as_bytes());
        assert!(matches!(status, None | Some(400)), "{status:?}: {head:?}");
    }
    // A line break that was written in another way comes back nowhere.
    for path in ["/livez%0d%0aset-cookie:x", "/v1.0/%0D%0Aset-cookie:x"] {
        let mut client = program.client();
        let fields = [("client-request-id", "a%0d%0aset-cookie:x")];
        let answer = client.send("GET", path, &fields, b"").unwrap();
        assert!((400..500).contains(&answer.status), "{answer:?}");
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert_unimpressed(&mut program, before);
}

#[test]
fn thousands_of_idle_connections_leave_room_for_others() {
    let place = Place::new("");
    let (mut program, before) = started(&place);
    let crowd: Vec<_> = (0..3000)
        .map(|_| TcpStream::connect(program.address).unwrap())
        .collect();
    assert_unimpressed(&mut program, before);
    drop(crowd);
    assert_unimpressed(&mut program, before);
}

#[test]
fn streams_that_are_opened_and_reset_end_the_connection() {
    let place = Place::new("");
    let (mut program, before) = started(&place);
    let mut connection = greet(&program);
    let fields = fields();
    for stream in (1..200_000).step_by(2) {
        let mut both = frame(HEADERS, END_HEADERS | END_STREAM, stream, &fields);
        both.extend(frame(RESET, 0, stream, &8_u32.to_be_bytes()));
        if connection.write_all(&both).is_err() {
            break;
        }
    }
    assert_eq!(read_the_end(&mut connection).unwrap(), End::Closed);
    assert_unimpressed(&mut program, before);
}

#[test]
fn more_streams_than_agreed_are_refused() {
    let place = Place::new("");
    let (mut program, before) = started(&place);
    let mut connection = greet(&program);
    // Requests whose bodies never come.
    let fields = post(&format!("/{CONTOSO}/oauth2/v2.0/token"));
    for stream in (1..400).step_by(2) {
        connection
            .write_all(&frame(HEADERS, END_HEADERS, stream, &fields))
            .unwrap();
    }
    assert_eq!(read_the_end(&mut connection).unwrap(), End::Refused);
    assert_unimpressed(&mut program, before);
}

#[test]
fn a_head_without_end_ends_the_connection() {
    let place = Place::new("");
    let (mut program, before) = started(&place);
    let mut connection = greet(&program);
    let _ = connection.write_all(&frame(HEADERS, END_STREAM, 1, &fields()));
    // A field that is not remembered, again and again.
    let field = [&[0x00, 1, b'x', 127, 0][..], &[b'y'; 127]].concat();
    let fields = field.repeat(100);
    for _ in 0..2000 {
        if connection
            .write_all(&frame(CONTINUATION, 0, 1, &fields))
            .is_err()
        {
            break;
        }
    }
    assert_eq!(read_the_end(&mut connection).unwrap(), End::Closed);
    assert_unimpressed(&mut program, before);
}
