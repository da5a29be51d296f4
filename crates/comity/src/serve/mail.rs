//! `[mail]` of `comity.toml`: how messages to people leave.
//!
//! Through a mail server, or into a folder in which each message is a file. One of the two is named
//! in full, or there is no such section; a password that could be read on the way is not sent.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use server::mail::{Encryption, Mail, Smtp};

use crate::exit::Failure;

/// The sender of messages that only lie in a folder.
const NOBODY: &str = "Comity <comity@localhost>";

/// The section.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MailEntry {
    from: Option<String>,
    folder: Option<PathBuf>,
    host: Option<String>,
    port: Option<u16>,
    tls: Option<TlsMode>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TlsMode {
    /// After `STARTTLS`, or not at all.
    StartTls,
    /// From the first byte.
    Implicit,
    /// Never.
    None,
}

fn wrong(what: impl std::fmt::Display) -> Failure {
    Failure::broken(format!("[mail] {what}"))
}

/// A folder into which messages are put.
pub(crate) fn folder(path: &Path) -> Result<Mail, Failure> {
    Mail::into_folder(NOBODY, path.to_owned()).map_err(wrong)
}

impl MailEntry {
    /// How messages leave. `greets_as` is what the server calls itself.
    pub(crate) fn read(&self, greets_as: &str) -> Result<Mail, Failure> {
        match (&self.folder, &self.host) {
            (Some(_), Some(_)) => Err(wrong("names a folder and a host").advise("name one")),
            (None, None) => Err(wrong("names neither a folder nor a host")
                .advise("host = \"smtp.example.com\", or no such section")),
            (Some(path), None) => {
                let server = [self.user.is_some(), self.password_file.is_some()];
                let more = self.port.is_some() || self.tls.is_some() || self.ca_file.is_some();
                if more || server.contains(&true) {
                    return Err(wrong("a folder has neither port nor tls, user or password"));
                }
                let from = self.from.as_deref().unwrap_or(NOBODY);
                Mail::into_folder(from, path.clone()).map_err(wrong)
            }
            (None, Some(host)) => self.server(host, greets_as),
        }
    }

    fn server(&self, host: &str, greets_as: &str) -> Result<Mail, Failure> {
        let Some(from) = &self.from else {
            return Err(wrong("names no sender").advise("from = \"Comity <comity@example.com>\""));
        };
        let tls = self.tls.unwrap_or(TlsMode::StartTls);
        let (port, encryption) = match tls {
            TlsMode::StartTls => (587, Encryption::StartTls),
            TlsMode::Implicit => (465, Encryption::Implicit),
            TlsMode::None => (25, Encryption::Off),
        };
        let credentials = match (&self.user, &self.password_file) {
            (None, None) => None,
            (Some(_), Some(_)) if tls == TlsMode::None => {
                return Err(
                    wrong("a password would be sent where everybody can read it")
                        .advise("tls = \"starttls\" or \"implicit\""),
                );
            }
            (Some(user), Some(file)) => Some((user.clone(), password(file)?)),
            (Some(_), None) => return Err(wrong("names a user without a password_file")),
            (None, Some(_)) => return Err(wrong("names a password_file without a user")),
        };
        if tls == TlsMode::None && self.ca_file.is_some() {
            return Err(wrong("names a ca_file, and no TLS"));
        }
        let server = Smtp {
            host: host.to_owned(),
            port: self.port.unwrap_or(port),
            encryption,
            credentials,
            authority: self.ca_file.as_deref().map(bytes).transpose()?,
            greets_as: greets_as.to_owned(),
        };
        Mail::through(from, &server).map_err(wrong)
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let unread = |error| wrong(format_args!("{} cannot be read: {error}", file.display()));
    std::fs::read(file).map_err(unread)
}

/// The password: the first line of the file.
fn password(file: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(bytes(file)?);
    let shown = file.display();
    let text = text.map_err(|_| wrong(format_args!("{shown} is not UTF-8 text")))?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(line.to_owned()),
        _ => Err(wrong(format_args!(
            "{shown} has no password in its first line"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Mail, String> {
        let entry: MailEntry = toml::from_str(text).map_err(|error| error.to_string())?;
        entry
            .read("comity.test")
            .map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn a_server_or_a_folder_is_named_in_full_or_refused() {
        let whole = "from = \"Comity <comity@contoso.com>\"\nhost = \"smtp.contoso.com\"";
        assert!(read(whole).is_ok());
        assert!(read("folder = \"mail\"").is_ok());
        for (text, said) in [
            ("", "neither"),
            ("from = \"a@b.example\"", "neither"),
            ("host = \"x\"", "no sender"),
            ("host = \"x\"\nfolder = \"y\"", "a folder and a host"),
            ("folder = \"y\"\nport = 25", "a folder has neither"),
            ("from = \"a\"\nhost = \"x\"", "not a mail address"),
            (
                "from = \"a@b\"\nhost = \"x\"\nuser = \"u\"",
                "without a password_file",
            ),
            (
                "from = \"a@b\"\nhost = \"x\"\nuser = \"u\"\npassword_file = \"p\"\ntls = \"none\"",
                "everybody can read it",
            ),
            (
                "from = \"a@b\"\nhost = \"x\"\npassword_file = \"p\"",
                "without a user",
            ),
            (
                "from = \"a@b\"\nhost = \"x\"\nca_file = \"p\"\ntls = \"none\"",
                "no TLS",
            ),
            (
                "from = \"a@b\"\nhost = \"x\"\nca_file = \"/nowhere/ca.pem\"",
                "cannot be read",
            ),
            ("hosts = \"x\"", "unknown field"),
            ("tls = \"maybe\"", "unknown variant"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
