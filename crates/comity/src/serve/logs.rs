//! What `comity.toml` says about the logs: where they go (`[[export]]`), and how long they stay
//! (`[retention]`).

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use server::Retention;
use server::export::{AddressRange, Collector, Export, Form, Sink};

use crate::exit::Failure;

/// How long a replica that is gone keeps the others from going on.
const LEASE: Duration = Duration::from_secs(30);

/// `[[export]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportEntry {
    name: String,
    /// `stdout`, `file:PATH` or an address.
    to: String,
    #[serde(default = "LogName::all")]
    logs: Vec<LogName>,
    #[serde(default)]
    form: FormName,
    /// Lines such as `Authorization: Bearer …`.
    headers_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
    #[serde(default)]
    allow_addresses: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum LogName {
    #[serde(rename = "audit")]
    Audit,
    #[serde(rename = "signIns")]
    SignIns,
}

impl LogName {
    fn all() -> Vec<Self> {
        vec![LogName::Audit, LogName::SignIns]
    }
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FormName {
    #[default]
    Ndjson,
    Otlp,
}

/// `[retention]`: without it everything stays.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct RetentionEntry {
    audit_days: Option<std::num::NonZeroU32>,
    sign_in_days: Option<std::num::NonZeroU32>,
}

impl RetentionEntry {
    pub(crate) fn read(self) -> Retention {
        Retention {
            audit_days: self.audit_days.map(Into::into),
            sign_in_days: self.sign_in_days.map(Into::into),
        }
    }
}

impl ExportEntry {
    /// The export, with the files it names read and its address looked at.
    pub(crate) fn read(&self) -> Result<Export, Failure> {
        let name = &self.name;
        let wrong = |what: String| Failure::broken(format!("export `{name}`: {what}"));
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_word) {
            return Err(wrong(
                "a name has 1 to 64 letters, digits, hyphens or underscores".to_owned(),
            ));
        }
        if self.logs.is_empty() {
            return Err(wrong("logs is empty; leave it out for both".to_owned()));
        }
        let export = Export {
            name: name.clone(),
            audit: self.logs.contains(&LogName::Audit),
            sign_ins: self.logs.contains(&LogName::SignIns),
            sink: self.sink().map_err(&wrong)?,
            form: match self.form {
                FormName::Ndjson => Form::Ndjson,
                FormName::Otlp => Form::Otlp,
            },
            lease: LEASE,
        };
        export.check().map_err(|error| wrong(error.to_string()))?;
        Ok(export)
    }

    fn sink(&self) -> Result<Sink, String> {
        let only = self.headers_file.is_some()
            || self.ca_file.is_some()
            || !self.allow_addresses.is_empty();
        let local = match self.to.split_once(':') {
            _ if self.to == "stdout" => Some(Sink::Stdout),
            Some(("file", path)) if !path.is_empty() => Some(Sink::File(path.into())),
            _ => None,
        };
        match local {
            Some(_) if only => {
                Err("headers_file, ca_file and allow_addresses are for collectors".to_owned())
            }
            Some(sink) => Ok(sink),
            None => self.collector().map(Sink::Collector),
        }
    }

    fn collector(&self) -> Result<Collector, String> {
        let headers = self.headers_file.as_deref().map(read).transpose()?;
        let authority = self.ca_file.as_deref().map(read).transpose()?;
        let allowed = self.allow_addresses.iter().map(|text| {
            let range = text.parse::<AddressRange>();
            range.map_err(|error| format!("allow_addresses: `{text}`: {error}"))
        });
        Ok(Collector {
            url: self.to.clone(),
            headers: fields(&headers.unwrap_or_default())?,
            authority: authority.map(String::into_bytes),
            allowed: allowed.collect::<Result<_, _>>()?,
        })
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// The fields of a file, one for each line.
fn fields(text: &str) -> Result<Vec<(String, String)>, String> {
    let lines = text.lines().map(str::trim).enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let fields = lines.map(|(index, line)| {
        let field = line.split_once(':');
        let (name, value) = field.ok_or_else(|| {
            // The line may hold a secret, so it is not shown.
            format!("headers_file, line {}: expected `Name: value`", index + 1)
        })?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    });
    fields.collect()
}
