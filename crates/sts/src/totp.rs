//! One-time passwords of an authenticator app (RFC 6238): six digits, thirty seconds.
//!
//! A code is good once. Whoever keeps the secret also keeps the step in which a code was last good,
//! and no code of that step or an earlier one is good again.

use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::{Seconds, random};

const STEP: u64 = 30;
const BYTES: usize = 20;

/// What an authenticator app and the server both know.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; BYTES]);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl TotpSecret {
    /// A new one.
    pub fn draw() -> Self {
        TotpSecret(random::bytes())
    }

    /// The one of those bytes.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(TotpSecret)
    }

    /// Its bytes, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn totp(&self) -> Option<Totp> {
        let secret = Secret::from(self.0.as_slice());
        let builder = Builder::new().with_algorithm(Algorithm::SHA1);
        builder.with_secret(secret).build().ok()
    }

    /// The secret as one types it into an app, in groups of four.
    pub fn typed(&self) -> String {
        let text = self.base32();
        let groups = text.as_bytes().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join(" ")
    }

    fn base32(&self) -> String {
        Secret::from(self.0.as_slice()).to_base32()
    }

    /// The address that an app reads from a picture, for that account of that organization.
    pub fn address(&self, organization: &str, account: &str) -> String {
        let encode = |text: &str| {
            let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
            encoded.replace('+', "%20")
        };
        let (organization, account) = (encode(organization), encode(account));
        format!(
            "otpauth://totp/{organization}:{account}?secret={}&issuer={organization}",
            self.base32()
        )
    }

    /// The code of that moment, as an app shows it.
    pub fn code(&self, now: Seconds) -> Option<String> {
        let now = u64::try_from(now).ok()?;
        self.totp().map(|totp| totp.generate(now).to_string())
    }

    /// The step in which that code is good now, if it is and none was good in that step or after
    /// it. A clock may be one step off.
    pub fn accepts(&self, code: &str, now: Seconds, last: Option<u64>) -> Option<u64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        if code.len() != 6 || !code.chars().all(|c| c.is_ascii_digit()) {
            return None;
        }
        let step = u64::try_from(now).ok()? / STEP;
        let steps = [step.saturating_sub(1), step, step + 1];
        let matching = steps.into_iter().filter(|step| {
            let made = Seconds::try_from(step * STEP).ok();
            let made = made
                .and_then(|moment| self.code(moment))
                .unwrap_or_default();
            let (made, code) = (made.as_bytes(), code.as_bytes());
            aws_lc_rs::constant_time::verify_slices_are_equal(made, code).is_ok()
        });
        matching
            .max()
            .filter(|step| last.is_none_or(|last| *step > last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the secret is the ASCII digits, the code's last six.
    #[test]
    fn the_examples_of_the_specification_hold() {
        let secret = TotpSecret::read(b"12345678901234567890").unwrap();
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(time).as_deref(), Some(code));
        }
        assert_eq!(secret.typed(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn a_code_is_good_once_and_for_a_minute_and_a_half() {
        let secret = TotpSecret::read(b"12345678901234567890").unwrap();
        let code = secret.code(1000).unwrap();
        let step = secret.accepts(&code, 1000, None).unwrap();
        assert_eq!(step, 1000 / 30);
        assert_eq!(secret.accepts(&code, 1000, Some(step)), None);
        assert_eq!(secret.accepts(&code, 1030, Some(step - 1)), Some(step));
        assert_eq!(secret.accepts(&code, 1090, None), None);
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        assert_eq!(secret.accepts(&spaced, 1000, None), Some(step));
        for wrong in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert_eq!(secret.accepts(wrong, 1000, None), None, "{wrong}");
        }
    }

    #[test]
    fn names_cannot_add_to_the_address() {
        let address = TotpSecret::draw().address("A&B", "x@y?secret=Z");
        assert!(address.starts_with("otpauth://totp/A%26B:x%40y%3Fsecret%3DZ?secret="));
    }
}
