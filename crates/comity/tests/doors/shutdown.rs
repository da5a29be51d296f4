//! An end in order: what is under way is finished, and nothing new is begun.

use std::io::Write;
use std::net::TcpStream;

use crate::client::{connect, policy, read_answer};
use crate::program::{Place, demo, until};

#[test]
fn requests_under_way_are_finished_and_new_ones_refused() {
    let place = Place::new("");
    let mut program = place.start();
    let client = program.client_of(&place.credentials);
    let body = r#"{"inboundTrust":{"isMfaAccepted":true}}"#;
    let (front, back) = body.split_at(10);
    let head = format!(
        "PATCH {} HTTP/1.1\r\nhost: comity.test\r\nauthorization: Bearer {}\r\n\
         expect: 100-continue\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        policy("/default"),
        client.bearer(),
        body.len()
    );
    let mut under_way: Vec<_> = (0..8)
        .map(|_| {
            let mut connection = connect(program.address, &program.trust(), "http/1.1").unwrap();
            connection.write_all(head.as_bytes()).unwrap();
            // The server waits for the body: the request is under way.
            assert_eq!(read_answer(&mut connection).unwrap().status, 100);
            connection.write_all(front.as_bytes()).unwrap();
            connection
        })
        .collect();
    program.ask_to_end();
    until("the end of listening", || {
        TcpStream::connect(program.address).is_err().then_some(())
    });
    for connection in &mut under_way {
        connection.write_all(back.as_bytes()).unwrap();
    }
    for connection in &mut under_way {
        assert_eq!(read_answer(connection).unwrap().status, 204);
    }
    drop(under_way);
    drop(client);
    assert_eq!(program.wait().code(), Some(0), "{}", program.log());
    assert!(!program.log().contains("panicked"), "{}", program.log());
    // What was answered was kept.
    let program = place.start();
    let mut client = program.client_of(&place.credentials);
    let default = client.get(&policy("/default")).json();
    assert_eq!(default["inboundTrust"]["isMfaAccepted"], true);
}

#[test]
fn the_demo_ends_when_it_is_asked_to() {
    let (_folder, mut program, credentials) = demo();
    let mut client = program.client_of(&credentials);
    let partners = client.get(&policy("/partners")).json();
    assert!(!partners["value"].as_array().unwrap().is_empty());
    drop(client);
    program.assert_calm();
    program.ask_to_end();
    assert_eq!(program.wait().code(), Some(0), "{}", program.log());
}
