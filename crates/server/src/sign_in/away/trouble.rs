//! What can go wrong between this server and another provider, as people are told.

use sts::upstream::Doubt;

use super::super::journey::Refused;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// Nobody has pinned a provider to that tenant, or not any more.
    #[error("no identity provider is set for the organization")]
    NotSet,
    /// It did not answer, or not in a usable way. What was wrong is for the log.
    #[error("the organization's identity provider cannot be reached")]
    Unreachable(String),
    /// It said no, with that code.
    #[error("the organization's identity provider refused the sign-in ({0})")]
    Refused(String),
    /// What it said is not believed.
    #[error("the answer of the organization's identity provider is not accepted: {0}")]
    Doubt(#[from] Doubt),
    /// Another tenant's.
    #[error("the organization's identity provider answered for another organization")]
    Tenant,
    /// The organization did not vouch for it.
    #[error("the organization has not said that its settings allow this access")]
    NotVouched,
    /// There is no such account here.
    #[error("the person has no account here, or it is disabled")]
    NoAccount,
    /// A second factor was asked for, and there was none.
    #[error("the organization's identity provider did not ask for a second factor")]
    NoSecondFactor,
}

impl Trouble {
    /// The code of the reason, and its number.
    const fn code(&self) -> (&'static str, u32) {
        match self {
            Trouble::NotSet => ("identity_provider_not_set", 50_107),
            Trouble::Unreachable(_) => ("identity_provider_unreachable", 90_033),
            Trouble::Refused(_) => ("identity_provider_refused", 50_126),
            Trouble::Doubt(_) | Trouble::Tenant => ("identity_provider_not_believed", 50_008),
            Trouble::NotVouched => ("outbound_not_vouched", 500_212),
            Trouble::NoAccount => ("account_not_found", 50_034),
            Trouble::NoSecondFactor => ("mfa_challenge_home", 50_076),
        }
    }

    /// Its number.
    pub(super) const fn number(&self) -> u32 {
        self.code().1
    }

    /// As a row of the log has it: its number, and a sentence.
    pub(super) const fn row(&self) -> (u32, &'static str) {
        let why = match self {
            Trouble::NotSet => "No identity provider is set for the organization.",
            Trouble::Unreachable(_) => "The organization's identity provider cannot be reached.",
            Trouble::Refused(_) => "The organization's identity provider refused the sign-in.",
            Trouble::Doubt(_) | Trouble::Tenant => {
                "The answer of the organization's identity provider is not accepted."
            }
            Trouble::NotVouched => {
                "The organization has not said that its settings allow this access."
            }
            Trouble::NoAccount => "The person has no account here, or it is disabled.",
            Trouble::NoSecondFactor => {
                "The organization's identity provider did not ask for a second factor."
            }
        };
        (self.code().1, why)
    }

    /// As a page tells it.
    pub(super) fn refused(&self) -> Refused {
        let (reason, number) = self.code();
        let text = self.to_string();
        let mut letters = text.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string());
        Refused {
            reason: reason.to_owned(),
            number,
            side: Some("home".to_owned()),
            sentence: format!("{}{}.", first.unwrap_or_default(), letters.as_str()),
        }
    }

    /// What only the log of the server is told.
    pub(super) fn cause(&self) -> &str {
        match self {
            Trouble::Unreachable(cause) => cause,
            _ => "",
        }
    }
}
