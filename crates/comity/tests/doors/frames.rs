//! HTTP/2 by the letter: frames as a client with bad intentions writes them.

use std::io::{self, Read, Write};

use crate::client::{Connection, connect};
use crate::program::Program;

pub(crate) const HEADERS: u8 = 1;
pub(crate) const RESET: u8 = 3;
pub(crate) const CONTINUATION: u8 = 9;
const SETTINGS: u8 = 4;
const GO_AWAY: u8 = 7;

const REFUSED_STREAM: [u8; 4] = [0, 0, 0, 7];

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// A connection over which HTTP/2 is spoken.
pub(crate) fn greet(program: &Program) -> Connection {
    let mut connection = connect(program.address, &program.trust(), "h2").unwrap();
    connection
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap();
    connection.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    connection
}

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend_from_slice(&stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// The fields of `GET /livez`.
pub(crate) fn fields() -> Vec<u8> {
    // :method GET and :scheme https of the static table; :path and :authority with their values.
    let mut fields = vec![0x82, 0x87, 0x04, 6];
    fields.extend_from_slice(b"/livez");
    fields.extend_from_slice(&[0x01, 11]);
    fields.extend_from_slice(b"comity.test");
    fields
}

/// The fields of a `POST` to that address; the body is to follow.
pub(crate) fn post(path: &str) -> Vec<u8> {
    let length = u8::try_from(path.len()).unwrap();
    let mut fields = vec![0x83, 0x87, 0x04, length];
    fields.extend_from_slice(path.as_bytes());
    fields.extend_from_slice(&[0x01, 11]);
    fields.extend_from_slice(b"comity.test");
    fields
}

/// How the server put an end to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It took no further request, but goes on with those under way.
    Refused,
    /// It ended the connection.
    Closed,
}

/// Reads frames until the server refuses a stream, says goodbye, or closes the connection.
pub(crate) fn read_the_end(connection: &mut Connection) -> io::Result<End> {
    loop {
        let mut head = [0; 9];
        match connection.read_exact(&mut head) {
            Ok(()) => {}
            // Nobody has closed anything: we have waited in vain.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
            Err(_) => return Ok(End::Closed),
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        connection.read_exact(&mut payload)?;
        match head[3] {
            GO_AWAY => return Ok(End::Closed),
            RESET if payload == REFUSED_STREAM => return Ok(End::Refused),
            _ => {}
        }
    }
}
