//! `comity.toml`: what the operator decides, in a file.
//!
//! Flags go before the environment, the environment before the file. A member nobody knows is
//! refused, and half a security setting is an error at start, never a silent default.

use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use policy::role::Role;
use serde::Deserialize;
use server::export::{AddressRange, Export};
use server::{ROLE_TEMPLATES, ThrottleLimits, UnknownTenants};
use sts::ExternalIssuer;

use super::logs::{ExportEntry, RetentionEntry};
use super::mail::MailEntry;
use crate::exit::Failure;

/// The file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct File {
    pub(crate) data: Option<PathBuf>,
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) public_url: Option<String>,
    pub(crate) other_urls: Vec<String>,
    pub(crate) store: Option<String>,
    pub(crate) master_key_file: Option<PathBuf>,
    pub(crate) trusted_proxies: Vec<IpAddr>,
    pub(crate) body_limit_bytes: Option<usize>,
    /// How long a request may take.
    pub(crate) timeout_seconds: Option<NonZeroU64>,
    /// How long a client may take to say what it wants, and to hear the answer.
    pub(crate) patience_seconds: Option<NonZeroU64>,
    /// How many connections there may be at once.
    pub(crate) connections: Option<NonZeroUsize>,
    pub(crate) tls: Tls,
    pub(crate) tenants: Tenants,
    pub(crate) throttle: Throttle,
    issuers: Vec<Issuer>,
    export: Vec<ExportEntry>,
    pub(crate) retention: RetentionEntry,
    pub(crate) synchronization: Synchronization,
    pub(crate) sign_in: SignIn,
    pub(crate) mail: Option<MailEntry>,
}

/// `[sign_in]`: where the providers may be with which people sign in elsewhere.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SignIn {
    /// Addresses of private networks that may be spoken to.
    allow_addresses: Vec<String>,
    /// The authorities that signed their certificates, beside the public ones.
    ca_file: Option<PathBuf>,
}

impl SignIn {
    /// The addresses, and the text of the authorities.
    pub(crate) fn read(&self) -> Result<(Vec<AddressRange>, Option<Vec<u8>>), Failure> {
        elsewhere("sign_in", &self.allow_addresses, self.ca_file.as_deref())
    }
}

/// Where others may be, and who signs for them.
fn elsewhere(
    section: &str,
    addresses: &[String],
    ca_file: Option<&Path>,
) -> Result<(Vec<AddressRange>, Option<Vec<u8>>), Failure> {
    let wrong = |what: String| Failure::broken(format!("[{section}] {what}"));
    let authority = ca_file.map(|file| {
        let shown = file.display();
        std::fs::read(file).map_err(|error| wrong(format!("{shown} cannot be read: {error}")))
    });
    Ok((ranges(addresses, &wrong)?, authority.transpose()?))
}

fn ranges(
    texts: &[String],
    wrong: &impl Fn(String) -> Failure,
) -> Result<Vec<AddressRange>, Failure> {
    let ranges = texts.iter().map(|text| {
        let range = text.parse();
        range.map_err(|error| wrong(format!("allow_addresses: `{text}`: {error}")))
    });
    ranges.collect()
}

/// `[synchronization]`: where targets may be that live elsewhere.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Synchronization {
    /// Addresses of private networks that may be spoken to.
    allow_addresses: Vec<String>,
    /// The authority that signed their certificates, if it is not a public one.
    ca_file: Option<PathBuf>,
}

impl Synchronization {
    /// The addresses, and the text of the authority.
    pub(crate) fn read(&self) -> Result<(Vec<AddressRange>, Option<Vec<u8>>), Failure> {
        let file = self.ca_file.as_deref();
        elsewhere("synchronization", &self.allow_addresses, file)
    }
}

/// `[tls]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    /// A proxy in front of the server does it.
    pub(crate) terminated_by_proxy: bool,
}

/// `[tenants]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tenants {
    unknown: Unknown,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unknown {
    #[default]
    Refuse,
    Register,
}

impl Tenants {
    pub(crate) fn unknown(&self) -> UnknownTenants {
        match self.unknown {
            Unknown::Refuse => UnknownTenants::Refuse,
            Unknown::Register => UnknownTenants::Register,
        }
    }
}

/// `[throttle]`: what a program may ask of Graph. Nothing is limited that is not named.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Throttle {
    /// The limits Microsoft publishes; what is named beside it goes before.
    published: bool,
    requests: Option<Limit>,
    writes: Option<Limit>,
    logs: Option<Limit>,
    invitations: Option<Limit>,
}

/// `{ requests = 100, seconds = 10 }`
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limit {
    requests: NonZeroU32,
    seconds: NonZeroU32,
}

impl Throttle {
    pub(crate) fn limits(&self) -> ThrottleLimits {
        let base = match self.published {
            true => ThrottleLimits::published(),
            false => ThrottleLimits::default(),
        };
        let limit = |named: Option<Limit>| {
            named.map(|limit| server::Limit {
                requests: limit.requests.get(),
                seconds: limit.seconds.get(),
            })
        };
        ThrottleLimits {
            requests: limit(self.requests).or(base.requests),
            writes: limit(self.writes).or(base.writes),
            logs: limit(self.logs).or(base.logs),
            invitations: limit(self.invitations).or(base.invitations),
        }
    }
}

/// `[[issuers]]`: everything is named, or there is no such issuer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Issuer {
    issuer: String,
    audience: String,
    tenant: String,
    jwks_file: PathBuf,
    #[serde(default)]
    roles: std::collections::BTreeMap<String, String>,
}

impl File {
    /// Reads the file; none is an empty one.
    pub(crate) fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else {
            return Ok(File::default());
        };
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::broken(format!("{shown} cannot be read: {error}")))?;
        let file: File = toml::from_str(&text).map_err(|error| {
            Failure::broken(format!("{shown}: {}", error.to_string().trim_end()))
        })?;
        Ok(file)
    }

    /// The issuers the operator lists, with their keys.
    pub(crate) fn issuers(&self) -> Result<Vec<ExternalIssuer>, Failure> {
        self.issuers.iter().map(Issuer::read).collect()
    }
}

impl File {
    /// Where the logs go.
    pub(crate) fn exports(&self) -> Result<Vec<Export>, Failure> {
        let exports: Vec<Export> = self
            .export
            .iter()
            .map(ExportEntry::read)
            .collect::<Result<_, _>>()?;
        let mut names: Vec<&str> = exports.iter().map(|export| &*export.name).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair.first() == pair.last()) {
            Some(_) => Err(Failure::broken("two exports have the same name")
                .advise("give each its own: what was delivered is noted under it")),
            None => Ok(exports),
        }
    }
}

impl Issuer {
    fn read(&self) -> Result<ExternalIssuer, Failure> {
        let name = &self.issuer;
        let wrong = |what: String| Failure::broken(format!("issuer `{name}`: {what}"));
        let file = self.jwks_file.display();
        let text = std::fs::read_to_string(&self.jwks_file)
            .map_err(|error| wrong(format!("{file} cannot be read: {error}")))?;
        let document = serde_json::from_str(&text)
            .map_err(|error| wrong(format!("{file} is not JSON: {error}")))?;
        let keys =
            sts::issuer::key_set(&document).map_err(|error| wrong(format!("{file}: {error}")))?;
        if name.is_empty() || self.audience.is_empty() {
            return Err(wrong("issuer and audience must not be empty".to_owned()));
        }
        let roles = self.roles.iter().map(|(claim, role)| {
            let known = Role::from_name(role);
            let id = ROLE_TEMPLATES.iter().find(|(_, held)| Some(*held) == known);
            let id = id.ok_or_else(|| wrong(format!("`{role}` is not a directory role")))?;
            Ok((claim.clone(), id.0))
        });
        Ok(ExternalIssuer {
            issuer: name.clone(),
            audience: self.audience.clone(),
            tenant: self
                .tenant
                .parse()
                .map_err(|error| wrong(format!("{error}")))?,
            roles: roles.collect::<Result<_, Failure>>()?,
            keys,
        })
    }
}
