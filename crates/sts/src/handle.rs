//! What a bearer shows and a store keeps: a random text, and a hash of it.
//!
//! A code, a refresh token, a session and a journey are all of this kind. The text has 256 bits and
//! is shown once; whoever reads the store learns nothing that could be shown.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::random;

const BYTES: usize = 32;

/// A text that stands for something, and its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Handle {
    text: String,
    hash: [u8; 32],
}

/// The text is a secret.
impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle(…)")
    }
}

impl Handle {
    /// A new one.
    pub fn draw() -> Self {
        Handle::of(URL_SAFE_NO_PAD.encode(random::bytes::<BYTES>()))
    }

    /// The one somebody shows. `None`: nothing that was ever drawn looks like that.
    pub fn shown(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == BYTES).then(|| Handle::of(text.to_owned()))
    }

    /// The one of a text that people type. It is not as long, so whoever tries many has to be
    /// stopped.
    pub fn named(text: &str) -> Self {
        Handle::of(text.to_owned())
    }

    fn of(text: String) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        Handle { text, hash }
    }

    /// What is shown.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is kept.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_is_found_again_by_its_text_and_nothing_else_is() {
        let drawn = Handle::draw();
        assert_eq!(Handle::shown(drawn.text()), Some(drawn.clone()));
        assert_ne!(Handle::draw().hash(), drawn.hash());
        for text in [
            "",
            "abc",
            "é",
            &drawn.text()[1..],
            &format!("{}=", drawn.text()),
        ] {
            assert_eq!(Handle::shown(text), None, "{text}");
        }
        assert!(!format!("{drawn:?}").contains(drawn.text()));
    }
}
