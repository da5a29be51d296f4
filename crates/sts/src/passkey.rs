//! Passkeys (Web Authentication): keys that a device or a password manager keeps, that are bound to
//! the name of this server, and that their owner has to unlock. One of them is two factors at once.
//!
//! A key is looked for among those of one account. That somebody else's key has the same id is
//! therefore of no use to anybody.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// Why what a browser says proves nothing.
#[derive(Debug, Error)]
pub enum PasskeyError {
    /// It is not what a browser says.
    #[error("not an answer about a passkey: {0}")]
    Form(#[from] serde_json::Error),
    /// It does not fit what was asked.
    #[error(transparent)]
    Unproved(#[from] WebauthnError),
    /// It answers another question.
    #[error("something else was asked")]
    OtherQuestion,
    /// Nobody has that key.
    #[error("the key is not one of this account")]
    UnknownKey,
}

/// A passkey of an account, as it is kept. Its public half is in it, which is no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passkey(webauthn_rs::prelude::Passkey);

impl Passkey {
    /// By which its owner's device knows it.
    pub fn id(&self) -> &[u8] {
        self.0.cred_id()
    }
}

/// What a browser is asked, and what has to be kept until it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The question, in the words of the browser.
    pub question: String,
    /// What has to be kept.
    pub state: String,
}

/// What is asked of a browser.
#[derive(Serialize, Deserialize)]
enum State {
    /// To make a key.
    Make(PasskeyRegistration),
    /// To prove that one of these is there.
    Known(PasskeyAuthentication),
    /// To prove that it has any.
    Any(DiscoverableAuthentication),
}

impl State {
    fn asked(&self, question: &str, options: &impl Serialize) -> Result<Asked, PasskeyError> {
        let mut options = serde_json::to_value(options)?;
        let mut options = options
            .get_mut("publicKey")
            .map(serde_json::Value::take)
            .unwrap_or_default();
        // A key that can be found without knowing whose it is spares its owner to type a name.
        if let Some(selection) = options.get_mut("authenticatorSelection") {
            selection["residentKey"] = "preferred".into();
        }
        Ok(Asked {
            question: serde_json::json!({ question: options }).to_string(),
            state: serde_json::to_string(self)?,
        })
    }
}

/// Asks for passkeys, and checks them, by the name of one server.
pub struct Passkeys(Webauthn);

impl Passkeys {
    /// For a server with that address. `None` where its host has no name: a passkey is bound to one.
    pub fn at(public_url: &str) -> Option<Self> {
        let url = Url::parse(public_url).ok()?;
        let name = url.domain()?;
        let builder = WebauthnBuilder::new(name, &url).ok()?;
        builder.build().ok().map(Passkeys)
    }

    /// Asks for a new key for that account, on a device that has none of these.
    pub fn ask_for_new(
        &self,
        account: Uuid,
        name: &str,
        known: &[Passkey],
    ) -> Result<Asked, PasskeyError> {
        let known = known.iter().map(|key| key.0.cred_id().clone()).collect();
        let (options, state) =
            self.0
                .start_passkey_registration(account, name, name, Some(known))?;
        State::Make(state).asked("create", &options)
    }

    /// Asks for one of these.
    pub fn ask_for(&self, known: &[Passkey]) -> Result<Asked, PasskeyError> {
        let keys: Vec<_> = known.iter().map(|key| key.0.clone()).collect();
        let (options, state) = self.0.start_passkey_authentication(&keys)?;
        State::Known(state).asked("get", &options)
    }

    /// Asks for any, of whomever.
    pub fn ask_for_any(&self) -> Result<Asked, PasskeyError> {
        let (options, state) = self.0.start_discoverable_authentication()?;
        State::Any(state).asked("get", &options)
    }

    /// The new key.
    pub fn make(&self, state: &str, answer: &str) -> Result<Passkey, PasskeyError> {
        let State::Make(state) = serde_json::from_str(state)? else {
            return Err(PasskeyError::OtherQuestion);
        };
        let answer: RegisterPublicKeyCredential = serde_json::from_str(answer)?;
        Ok(Passkey(
            self.0.finish_passkey_registration(&answer, &state)?,
        ))
    }

    /// Whose key it claims to be. It is believed when [`Passkeys::prove`] has found the key with them.
    pub fn claimed(&self, answer: &str) -> Result<Uuid, PasskeyError> {
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let (account, _) = self.0.identify_discoverable_authentication(&answer)?;
        Ok(account)
    }

    /// Which of these keys was shown. What the key counts is counted on in it; a key whose count
    /// does not go on was copied, and proves nothing.
    pub fn prove<'a>(
        &self,
        state: &str,
        answer: &str,
        known: &'a mut [Passkey],
    ) -> Result<&'a Passkey, PasskeyError> {
        let answer: PublicKeyCredential = serde_json::from_str(answer)?;
        let shown: &[u8] = answer.raw_id.as_ref();
        let key = known.iter_mut().find(|key| key.id() == shown);
        let key = key.ok_or(PasskeyError::UnknownKey)?;
        let proved = match serde_json::from_str(state)? {
            State::Known(state) => self.0.finish_passkey_authentication(&answer, &state)?,
            State::Any(state) => self
                .0
                .finish_discoverable_authentication_v2(&answer, state, &key.0)?,
            State::Make(_) => return Err(PasskeyError::OtherQuestion),
        };
        key.0.update_credential(&proved);
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_without_a_name_has_no_passkeys() {
        assert!(Passkeys::at("https://192.0.2.1:8443").is_none());
        assert!(Passkeys::at("nothing").is_none());
        assert!(Passkeys::at("https://login.example:8443").is_some());
    }

    #[test]
    fn a_browser_is_told_what_it_needs_and_nothing_that_decides() {
        let passkeys = Passkeys::at("https://login.example").unwrap();
        let asked = passkeys
            .ask_for_new(Uuid::from_u128(7), "fred@fabrikam.com", &[])
            .unwrap();
        let question: serde_json::Value = serde_json::from_str(&asked.question).unwrap();
        let options = &question["create"];
        assert_eq!(options["rp"]["id"], "login.example");
        assert_eq!(options["user"]["name"], "fred@fabrikam.com");
        let selection = &options["authenticatorSelection"];
        assert_eq!(selection["userVerification"], "required");
        assert_eq!(selection["residentKey"], "preferred");
        let asked = passkeys.ask_for_any().unwrap();
        let question: serde_json::Value = serde_json::from_str(&asked.question).unwrap();
        assert_eq!(question["get"]["userVerification"], "required");
        assert_ne!(
            passkeys.ask_for_any().unwrap().question,
            asked.question,
            "no question is asked twice"
        );
    }

    #[test]
    fn what_does_not_answer_the_question_proves_nothing() {
        let passkeys = Passkeys::at("https://login.example").unwrap();
        let make = passkeys.ask_for_new(Uuid::nil(), "x", &[]).unwrap().state;
        let any = passkeys.ask_for_any().unwrap().state;
        for answer in ["", "{}", "null", "[1]", "{\"id\":\"AA\",\"rawId\":\"AA\"}"] {
            assert!(passkeys.make(&make, answer).is_err(), "{answer}");
            assert!(passkeys.make(&any, answer).is_err(), "{answer}");
            assert!(passkeys.claimed(answer).is_err(), "{answer}");
            assert!(passkeys.prove(&any, answer, &mut []).is_err(), "{answer}");
        }
    }
}
