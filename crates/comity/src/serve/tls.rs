//! Encryption: with the operator's certificate, or with one of a development authority that lives
//! in the data folder.
//!
//! The authority is made once and its file stays the same, so that a client that was told to trust
//! it goes on doing so. What it signs is made anew at every start.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use super::secret_file;
use crate::exit::Failure;

/// How long what the development authority signs is valid, in days.
const DAYS: i64 = 397;

/// With the operator's certificate and key.
pub(super) fn given(certificate: &Path, key: &Path) -> Result<TlsAcceptor, Failure> {
    let unread = |path: &Path, error: &dyn std::fmt::Display| {
        Failure::broken(format!("{} cannot be used: {error}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .map_err(|error| unread(certificate, &error))?
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| unread(certificate, &error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unread(key, &error))?;
    acceptor(chain, private).map_err(|error| unread(certificate, &error))
}

/// With a certificate of the development authority for these names; also the file of the authority.
pub(super) fn development(
    folder: &Path,
    names: &[String],
    now: Timestamp,
) -> Result<(TlsAcceptor, PathBuf), Failure> {
    let file = folder.join("ca.pem");
    let made = made(folder, &file, names, now);
    let (chain, private) = made.map_err(|error| {
        Failure::failed(format!(
            "the development authority in {} cannot be used: {error}",
            folder.display()
        ))
    })?;
    let acceptor = acceptor(chain, private)
        .map_err(|error| Failure::failed(format!("the development certificate: {error}")))?;
    Ok((acceptor, file))
}

type Made = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn made(
    folder: &Path,
    file: &Path,
    names: &[String],
    now: Timestamp,
) -> Result<Made, Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let key_file = folder.join("ca.key");
    let mut authority = CertificateParams::new(Vec::new())?;
    authority
        .distinguished_name
        .push(DnType::CommonName, "Comity development authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority.not_before = date_time_ymd(2025, 1, 1);
    authority.not_after = date_time_ymd(2045, 1, 1);
    let key = match (std::fs::read_to_string(&key_file), file.exists()) {
        (Ok(text), true) => KeyPair::from_pem(&text)?,
        _ => {
            let key = KeyPair::generate()?;
            secret_file(&key_file, &key.serialize_pem())?;
            std::fs::write(file, authority.self_signed(&key)?.pem())?;
            key
        }
    };
    let issuer = Issuer::new(authority, key);
    let mut leaf = CertificateParams::new(names)?;
    leaf.distinguished_name
        .push(DnType::CommonName, "Comity development server");
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.use_authority_key_identifier_extension = true;
    let today = now.to_zoned(TimeZone::UTC).date();
    let (year, month, day) = numbers(today.checked_sub(Span::new().days(1))?)?;
    leaf.not_before = date_time_ymd(year, month, day);
    let (year, month, day) = numbers(today.checked_add(Span::new().days(DAYS))?)?;
    leaf.not_after = date_time_ymd(year, month, day);
    let private = KeyPair::generate()?;
    let certificate = leaf.signed_by(&private, &issuer)?;
    let private = PrivateKeyDer::try_from(private.serialize_der())?;
    Ok((vec![certificate.der().clone()], private))
}

fn numbers(date: Date) -> Result<(i32, u8, u8), std::num::TryFromIntError> {
    let year = i32::from(date.year());
    Ok((year, u8::try_from(date.month())?, u8::try_from(date.day())?))
}

fn acceptor(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<TlsAcceptor, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// The names a development certificate is for: the usual ones of this machine, and the server's own.
pub(super) fn names(urls: &[&str], listen: IpAddr) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    if !listen.is_unspecified() {
        names.push(listen.to_string());
    }
    for url in urls {
        let host = url.split_once("://").map_or(*url, |(_, host)| host);
        let host = host.split('/').next().unwrap_or(host);
        let host = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
            Some((version_six, _)) => version_six,
            None => host.split(':').next().unwrap_or(host),
        };
        names.push(host.to_owned());
    }
    names.sort();
    names.dedup();
    names.retain(|name| !name.is_empty());
    names
}
