//! A client that knows HTTP/1.1 by the letter, so that it can also get it wrong.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

use crate::program::{Credentials, DEADLINE};

/// Which certificates are believed.
#[derive(Clone)]
pub(crate) struct Trust(Arc<RootCertStore>);

impl Trust {
    pub(crate) fn of(pem: &str) -> Self {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.add(certificate.unwrap()).unwrap();
        }
        Trust(Arc::new(roots))
    }
}

/// An encrypted connection.
pub(crate) type Connection = StreamOwned<ClientConnection, TcpStream>;

/// Connects, and agrees on that protocol.
pub(crate) fn connect(
    address: SocketAddr,
    trust: &Trust,
    protocol: &str,
) -> io::Result<Connection> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(Arc::clone(&trust.0))
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(DEADLINE))?;
    stream.set_write_timeout(Some(DEADLINE))?;
    let mut connection = StreamOwned::new(connection, stream);
    while connection.conn.is_handshaking() {
        connection.conn.complete_io(&mut connection.sock)?;
    }
    Ok(connection)
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// The value of a field, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let field = self.head.lines().skip(1).find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then_some(value.trim())
        });
        field.unwrap_or_default()
    }

    /// The body.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert!(self.header("content-type").starts_with("application/json"));
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(&self.bytes));
        })
    }
}

/// Reads one answer.
pub(crate) fn read_answer(connection: &mut impl Read) -> io::Result<Answer> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let mut answer = Answer {
        status: 0,
        head: String::from_utf8(head).unwrap(),
        bytes: Vec::new(),
    };
    answer.status = answer.head[9..12].parse().unwrap();
    let length = answer.header("content-length").parse().unwrap_or(0);
    assert_eq!(answer.header("transfer-encoding"), "", "{}", answer.head);
    answer.bytes.resize(length, 0);
    connection.read_exact(&mut answer.bytes)?;
    Ok(answer)
}

/// A client that keeps its connection as long as the server does.
pub(crate) struct Client {
    address: SocketAddr,
    trust: Trust,
    connection: Option<Connection>,
    token: Option<String>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, trust: Trust) -> Self {
        Client {
            address,
            trust,
            connection: None,
            token: None,
        }
    }

    pub(crate) fn authorize(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    pub(crate) fn bearer(&self) -> &str {
        self.token.as_deref().unwrap()
    }

    /// Asks for a token.
    #[track_caller]
    pub(crate) fn token(&mut self, credentials: &Credentials) -> String {
        let answer = self.ask_token(credentials).unwrap();
        let value = answer.json();
        let token = value["access_token"].as_str();
        token.unwrap_or_else(|| panic!("{value}")).to_owned()
    }

    pub(crate) fn ask_token(&mut self, credentials: &Credentials) -> io::Result<Answer> {
        let Credentials { tenant, id, secret } = credentials;
        let form = format!(
            "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=https://graph.microsoft.com/.default"
        );
        let fields = [("content-type", "application/x-www-form-urlencoded")];
        let path = format!("/{tenant}/oauth2/v2.0/token");
        self.send("POST", &path, &fields, form.as_bytes())
    }

    /// Sends a request with these fields, and reads the answer.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Answer> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: comity.test\r\n");
        head += &format!("content-length: {}\r\n", body.len());
        if let Some(token) = &self.token {
            head += &format!("authorization: Bearer {token}\r\n");
        }
        for (name, value) in fields {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(body);
        let answer = self.exchange(&bytes);
        if answer.as_ref().map_or(true, |answer| {
            answer.header("connection").eq_ignore_ascii_case("close")
        }) {
            self.connection = None;
        }
        answer
    }

    fn exchange(&mut self, bytes: &[u8]) -> io::Result<Answer> {
        // A connection that was kept may have been closed meanwhile: one new one is tried.
        if let Some(connection) = &mut self.connection
            && connection.write_all(bytes).is_ok()
            && let Ok(answer) = read_answer(connection)
        {
            return Ok(answer);
        }
        let connection = connect(self.address, &self.trust, "http/1.1")?;
        let connection = self.connection.insert(connection);
        connection.write_all(bytes)?;
        read_answer(connection)
    }

    pub(crate) fn json(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
        id: &str,
    ) -> io::Result<Answer> {
        let fields = [
            ("content-type", "application/json"),
            ("client-request-id", id),
        ];
        self.send(method, path, &fields, body.to_string().as_bytes())
    }

    #[track_caller]
    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], b"").unwrap()
    }

    #[track_caller]
    pub(crate) fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.json("POST", path, body, "").unwrap()
    }

    #[track_caller]
    pub(crate) fn patch(&mut self, path: &str, body: &Value) -> Answer {
        self.json("PATCH", path, body, "").unwrap()
    }
}

/// The address of something in the policy.
pub(crate) fn policy(rest: &str) -> String {
    format!("/v1.0/policies/crossTenantAccessPolicy{rest}")
}
