//! The one place that draws from the system's random generator.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// Random bytes.
///
/// The generator of the cryptographic library is seeded by the operating system; on the platforms
/// this runs on it does not fail once the process has started.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if rand::fill(&mut bytes).is_err() {
        // Going on with predictable bytes would be worse than not going on.
        std::process::abort();
    }
    bytes
}

/// A random GUID.
pub fn guid() -> Uuid {
    uuid::Builder::from_random_bytes(bytes()).into_uuid()
}

/// A secret of 240 bits that survives forms, shells and configuration files unquoted.
pub fn secret() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<30>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_need_no_quotes() {
        let (one, other) = (secret(), secret());
        assert_ne!(one, other);
        assert_eq!(one.len(), 40);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(one.chars().all(plain), "{one}");
    }
}
