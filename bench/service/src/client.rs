//! As little of an HTTP client as costs next to nothing: connections that stay open, requests that
//! are ready as bytes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// One connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// An answer. The body lies in the connection's buffer until the next request.
pub struct Answer<'a> {
    pub status: u16,
    /// Up to and with the empty line.
    pub head: &'a [u8],
    pub body: &'a [u8],
}

impl Client {
    pub fn connect(address: SocketAddr) -> std::io::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Client {
            stream,
            buffer: vec![0; 256 * 1024],
            filled: 0,
        })
    }

    pub fn send(&mut self, request: &[u8]) {
        self.stream.write_all(request).expect("the server listens");
    }

    /// The next answer.
    pub fn receive(&mut self) -> Answer<'_> {
        self.filled = 0;
        loop {
            if let Some((status, head, length)) = head(&self.buffer[..self.filled])
                && self.filled >= head + length
            {
                let (head, rest) = self.buffer.split_at(head);
                let body = &rest[..length];
                return Answer { status, head, body };
            }
            if self.filled == self.buffer.len() {
                self.buffer.resize(self.filled * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[self.filled..]);
            let read = read.expect("the server answers");
            assert!(read > 0, "the server closed the connection");
            self.filled += read;
        }
    }

    pub fn ask(&mut self, request: &[u8]) -> Answer<'_> {
        self.send(request);
        self.receive()
    }
}

/// Status, length of the head, length of the body.
fn head(bytes: &[u8]) -> Option<(u16, usize, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&bytes[..end]).expect("a head of ASCII");
    let status = text.split(' ').nth(1)?.parse().ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    Some((status, end + 4, length.unwrap_or(0)))
}

/// A request as bytes; without a token where the token is empty.
pub fn request(method: &str, path: &str, token: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let authorization = match token {
        "" => String::new(),
        token => format!("Authorization: Bearer {token}\r\n"),
    };
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n{authorization}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The name the server goes by.
pub const HOST: &str = "comity.example";
pub const JSON: &str = "application/json";
