//! What the operator decides about the server.

use std::net::IpAddr;
use std::time::Duration;

use crate::export::AddressRange;
use crate::mail::Mail;
use crate::throttle::Limits;

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address clients know the server by, without a slash at the end: the issuer of its tokens
    /// and, unless they used another one of its names, the start of the addresses it answers with.
    pub public_url: String,
    /// Further origins that are the server's own, for instance `https://127.0.0.1:8443`.
    pub other_urls: Vec<String>,
    /// The largest request body that is read, in bytes, after decompression.
    pub body_limit: usize,
    /// How long a request may take.
    pub timeout: Duration,
    /// Proxies whose word about the client's address and the tenant restrictions carrier counts.
    pub trusted_proxies: Vec<IpAddr>,
    /// What happens when an unknown tenant is added as a partner.
    pub unknown_tenants: UnknownTenants,
    /// How much a program may ask of Graph; nothing is limited unless somebody says so.
    pub throttle: Limits,
    /// Addresses of private networks where targets of synchronization may be.
    pub synchronization_networks: Vec<AddressRange>,
    /// The authority that signed their certificates, in PEM, if it is not a public one.
    pub synchronization_authority: Option<Vec<u8>>,
    /// Addresses of private networks at which providers of other tenants may be spoken to.
    pub provider_addresses: Vec<AddressRange>,
    /// How messages to people leave; none leave otherwise.
    pub mail: Option<Mail>,
    /// Authorities that sign the certificates of such providers, beside the public ones: PEM.
    pub provider_authorities: Option<Vec<u8>>,
}

/// What happens when somebody adds a tenant that nobody has registered (S14.8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownTenants {
    /// The write is refused.
    #[default]
    Refuse,
    /// The tenant is registered first, in the cloud of whoever adds it.
    Register,
}

impl Options {
    /// The usual behaviour under that public address.
    pub fn at(public_url: &str) -> Self {
        Options {
            public_url: public_url.trim_end_matches('/').to_owned(),
            other_urls: Vec::new(),
            body_limit: 4 * 1024 * 1024,
            timeout: Duration::from_secs(30),
            trusted_proxies: Vec::new(),
            unknown_tenants: UnknownTenants::Refuse,
            throttle: Limits::default(),
            synchronization_networks: Vec::new(),
            synchronization_authority: None,
            provider_addresses: Vec::new(),
            mail: None,
            provider_authorities: None,
        }
    }

    /// The origin of the addresses in an answer: the one the client used, if it is ours.
    pub(crate) fn origin(&self, host: Option<&str>) -> &str {
        let is = |url: &&String| {
            let own = url.split_once("://").map(|(_, own)| own);
            own.zip(host)
                .is_some_and(|(own, host)| own.eq_ignore_ascii_case(host))
        };
        let found = self.other_urls.iter().find(is);
        found.map_or(&*self.public_url, |url| url.trim_end_matches('/'))
    }
}
