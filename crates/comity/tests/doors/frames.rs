//! HTTP/2 by the letter: frames as a client with bad intentions writes them.

use std::io::{self, Read, Write};

use crate::client::{Connection, connect};
use crate::program::Program;

pub(crate) const HEADERS: u8 = 1;
pub(crate) const RESET: u8 = 3;
pub(crate) const CONTINUATION: u8 = 9;
const SETTINGS: u8 = 4;
const GO_AWAY: u8 = 7;

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

/// Reads frames until the server says goodbye or closes the connection.
pub(crate) fn read_to_the_end(connection: &mut Connection) -> io::Result<()> {
    loop {
        let mut head = [0; 9];
        if connection.read_exact(&mut head).is_err() {
            return Ok(());
        }
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        connection.read_exact(&mut payload)?;
        if head[3] == GO_AWAY {
            return Ok(());
        }
    }
}
