//! Clients that take their time.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::client::{connect, policy, read_answer};
use crate::program::{DEADLINE, Place, Program};

const HURRIED: &str = "timeout_seconds = 2\npatience_seconds = 1\n";

/// Reads until the server closes the connection.
#[track_caller]
fn assert_closed(stream: &mut impl Read) {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => {}
        Err(error) => assert!(
            !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "the connection is still open: {error}"
        ),
    }
}

#[track_caller]
fn assert_others_are_answered(program: &Program) {
    assert_eq!(program.client().get("/livez").status, 200);
}

#[test]
fn whoever_does_not_say_what_it_wants_is_not_waited_for() {
    let place = Place::new(HURRIED);
    let mut program = place.start();
    let silent = TcpStream::connect(program.address).unwrap();
    let mut stammering = TcpStream::connect(program.address).unwrap();
    // The beginning of a handshake, which announces 512 bytes.
    stammering.write_all(&[0x16, 3, 1, 2, 0, 1]).unwrap();
    let mut half = connect(program.address, &program.trust(), "http/1.1").unwrap();
    half.write_all(b"GET /livez HTTP/1.1\r\nhost: ").unwrap();
    let mut idle = connect(program.address, &program.trust(), "http/1.1").unwrap();
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: comity.test\r\n\r\n")
        .unwrap();
    assert_eq!(read_answer(&mut idle).unwrap().status, 200);
    assert_others_are_answered(&program);
    for mut stream in [silent, stammering] {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        assert_closed(&mut stream);
    }
    assert_closed(&mut half);
    assert_closed(&mut idle);
    assert_others_are_answered(&program);
    program.assert_calm();
}

#[test]
fn a_body_that_comes_byte_by_byte_ends_in_a_refusal_and_changes_nothing() {
    let place = Place::new(HURRIED);
    let mut program = place.start();
    let mut other = program.client_of(&place.credentials);
    let before = other.get(&policy("/default")).json();
    let mut slow = connect(program.address, &program.trust(), "http/1.1").unwrap();
    slow.write_all(b"GET /livez HTTP/1.1\r\nhost: comity.test\r\n\r\n")
        .unwrap();
    assert_eq!(read_answer(&mut slow).unwrap().status, 200);
    let head = format!(
        "PATCH {} HTTP/1.1\r\nhost: comity.test\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: 1000000\r\n\r\n{{",
        policy("/default"),
        other.bearer()
    );
    slow.write_all(head.as_bytes()).unwrap();
    slow.sock
        .set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    // One byte, one answer to somebody else, and so on, until there is an answer.
    while slow.sock.peek(&mut [0]).is_err() {
        slow.write_all(b" ").unwrap();
        assert_eq!(other.get(&policy("/default")).status, 200);
    }
    slow.sock.set_read_timeout(Some(DEADLINE)).unwrap();
    let answer = read_answer(&mut slow).unwrap();
    assert_eq!(answer.status, 408);
    assert_eq!(answer.json()["error"]["code"], "Request_BadRequest");
    assert_eq!(other.get(&policy("/default")).json(), before);
    program.assert_calm();
}

#[test]
fn whoever_never_reads_its_answers_is_given_up() {
    let place = Place::new(HURRIED);
    let mut program = place.start();
    assert_others_are_answered(&program);
    let before = program.memory();
    let mut deaf = connect(program.address, &program.trust(), "http/1.1").unwrap();
    let requests = "GET /metrics HTTP/1.1\r\nhost: comity.test\r\n\r\n".repeat(1000);
    let error = loop {
        if let Err(error) = deaf.write_all(requests.as_bytes()) {
            break error;
        }
    };
    assert!(
        !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        "{error}"
    );
    assert_others_are_answered(&program);
    let grown = program.memory().saturating_sub(before);
    assert!(grown < 64 << 20, "{grown} bytes more");
    program.assert_calm();
}

#[test]
fn at_the_limit_the_next_connection_waits_for_an_idle_one_to_end() {
    let place = Place::new(&format!("{HURRIED}connections = 20\n"));
    let mut program = place.start();
    let idle: Vec<_> = (0..60)
        .map(|_| TcpStream::connect(program.address).unwrap())
        .collect();
    let before = open_sockets(&program);
    assert!(before < 60, "{before} sockets");
    assert_others_are_answered(&program);
    drop(idle);
    program.assert_calm();
}

/// How many sockets the process has.
fn open_sockets(program: &Program) -> usize {
    let files = std::fs::read_dir(format!("/proc/{}/fd", program.id())).unwrap();
    let files = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
    files
        .filter(|file| file.to_string_lossy().starts_with("socket:"))
        .count()
}
