//! What takes messages away: a mail server, or a folder.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::MailError;

/// How long a mail server may take for one word.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message as it is carried.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// By which it is found in the logs; it tells nothing of what is in it.
    pub id: String,
    pub(super) envelope: Envelope,
    /// Headers and body.
    pub bytes: Vec<u8>,
}

impl Parcel {
    /// The mailboxes it goes to.
    pub fn recipients(&self) -> Vec<String> {
        self.envelope.to().iter().map(ToString::to_string).collect()
    }
}

/// A message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// The carrier cannot be reached, or takes nothing.
    #[error("messages cannot be sent: {0}")]
    Carrier(String),
    /// It does not take this message now.
    #[error("the mail server asks to try later: {0}")]
    NotNow(String),
    /// It never takes this message.
    #[error("the mail server refuses the message: {0}")]
    Never(String),
}

impl Undelivered {
    /// Whether it is any use to try again.
    pub(super) const fn may_pass(&self) -> bool {
        !matches!(self, Undelivered::Never(_))
    }
}

/// Takes messages away.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Takes a message.
    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered>;

    /// Finds out whether it would take one.
    async fn reach(&self) -> Result<(), Undelivered>;
}

/// Whether what is said to a mail server can be read on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte.
    Implicit,
    /// TLS after `STARTTLS`; without it nothing is said.
    StartTls,
    /// None.
    Off,
}

/// A mail server.
#[derive(Clone)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub encryption: Encryption,
    /// User name and password.
    pub credentials: Option<(String, String)>,
    /// The authority that signed its certificate, in PEM, beside the public ones.
    pub authority: Option<Vec<u8>>,
    /// What the server calls itself when it greets.
    pub greets_as: String,
}

impl std::fmt::Debug for Smtp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

impl Smtp {
    fn parameters(&self) -> Result<TlsParameters, MailError> {
        let wrong = |error: lettre::transport::smtp::Error| MailError::Authority(chain(&error));
        let mut builder = TlsParameters::builder(self.host.clone());
        if let Some(pem) = &self.authority {
            let certificate = Certificate::from_pem(pem).map_err(wrong)?;
            builder = builder.add_root_certificate(certificate);
        }
        builder.build_rustls().map_err(wrong)
    }

    pub(super) fn carrier(&self) -> Result<MailServer, MailError> {
        let tls = match self.encryption {
            Encryption::Implicit => Tls::Wrapper(self.parameters()?),
            Encryption::StartTls => Tls::Required(self.parameters()?),
            Encryption::Off => Tls::None,
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(self.host.clone())
            .port(self.port)
            .tls(tls)
            .hello_name(ClientId::Domain(self.greets_as.clone()))
            .timeout(Some(PATIENCE));
        let builder = match self.credentials.clone() {
            Some((user, password)) => builder.credentials(Credentials::new(user, password)),
            None => builder,
        };
        Ok(MailServer(builder.build()))
    }
}

/// A mail server that is spoken to.
pub(super) struct MailServer(AsyncSmtpTransport<Tokio1Executor>);

/// An error with its causes. What a mail server says about a message may hold the address.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text += &format!(": {next}");
        cause = next.source();
    }
    text.chars().filter(|c| !c.is_control()).take(512).collect()
}

/// The server is closing, or wants another password: that is about no message (RFC 5321, RFC 4954).
const ABOUT_THE_SERVER: [u16; 5] = [421, 454, 530, 534, 535];

fn undelivered(error: &lettre::transport::smtp::Error) -> Undelivered {
    let text = chain(error);
    let code = error.status().map(u16::from);
    match () {
        () if code.is_some_and(|code| ABOUT_THE_SERVER.contains(&code)) => {
            Undelivered::Carrier(text)
        }
        () if error.is_permanent() => Undelivered::Never(text),
        () if error.is_transient() => Undelivered::NotNow(text),
        () => Undelivered::Carrier(text),
    }
}

#[async_trait]
impl Carrier for MailServer {
    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let sent = self.0.send_raw(&parcel.envelope, &parcel.bytes).await;
        sent.map(|_| ()).map_err(|error| undelivered(&error))
    }

    async fn reach(&self) -> Result<(), Undelivered> {
        match self.0.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Undelivered::Carrier("it does not answer".to_owned())),
            Err(error) => Err(Undelivered::Carrier(chain(&error))),
        }
    }
}

/// A folder in which each message is a file.
pub(super) struct Folder(pub(super) PathBuf);

fn unwritten(error: impl std::fmt::Display) -> Undelivered {
    Undelivered::Carrier(error.to_string())
}

/// Makes a folder that only its owner looks into: there are codes in the messages.
fn make(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[async_trait]
impl Carrier for Folder {
    async fn carry(&self, parcel: &Parcel) -> Result<(), Undelivered> {
        let (folder, bytes) = (self.0.clone(), parcel.bytes.clone());
        let name = format!("{}.eml", parcel.id);
        let write = move || {
            make(&folder)?;
            // Whoever waits for the file must not find half of it.
            let draft = folder.join(format!(".{name}"));
            std::fs::write(&draft, bytes)?;
            std::fs::rename(&draft, folder.join(name))
        };
        let written = tokio::task::spawn_blocking(write).await;
        written.map_err(unwritten)?.map_err(unwritten)
    }

    async fn reach(&self) -> Result<(), Undelivered> {
        let folder = self.0.clone();
        let made = tokio::task::spawn_blocking(move || make(&folder)).await;
        made.map_err(unwritten)?.map_err(unwritten)
    }
}
