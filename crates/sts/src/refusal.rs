//! A request for a token that was refused, in OAuth's words and with the numbers people search for.
//!
//! Entra's descriptions begin with `AADSTS` and a number; scripts and people look for it. The
//! numbers here are those of Entra for the same mistake.

use jiff::Timestamp;
use serde_json::{Value, json};

/// `error` of an OAuth answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The request is not one.
    InvalidRequest,
    /// The secret is wrong.
    InvalidClient,
    /// Nobody knows the client.
    UnauthorizedClient,
    /// This way of asking is not offered.
    UnsupportedGrantType,
    /// There is no such resource.
    InvalidScope,
    /// The code or token is over, was used, or was given to somebody else.
    InvalidGrant,
    /// Another way of answering is wanted than there is.
    UnsupportedResponseType,
    /// Somebody would have to sign in, and must not be asked.
    LoginRequired,
    /// Somebody would have to be asked something, and must not be.
    InteractionRequired,
    /// Somebody would have to agree, and must not be asked.
    ConsentRequired,
    /// The person, or a rule, said no.
    AccessDenied,
    /// `request` and `request_uri`.
    RequestNotSupported,
    /// Nobody has signed in for the device yet.
    AuthorizationPending,
    /// The device asks too often.
    SlowDown,
    /// Nobody has signed in for the device in time.
    ExpiredToken,
    /// Somebody who has to be asked cannot be reached.
    TemporarilyUnavailable,
}

impl Code {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::InvalidRequest => "invalid_request",
            Code::InvalidClient => "invalid_client",
            Code::UnauthorizedClient => "unauthorized_client",
            Code::UnsupportedGrantType => "unsupported_grant_type",
            Code::InvalidScope => "invalid_scope",
            Code::InvalidGrant => "invalid_grant",
            Code::UnsupportedResponseType => "unsupported_response_type",
            Code::LoginRequired => "login_required",
            Code::InteractionRequired => "interaction_required",
            Code::ConsentRequired => "consent_required",
            Code::AccessDenied => "access_denied",
            Code::RequestNotSupported => "request_not_supported",
            Code::AuthorizationPending => "authorization_pending",
            Code::SlowDown => "slow_down",
            Code::ExpiredToken => "expired_token",
            Code::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }

    /// The HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Code::InvalidClient => 401,
            Code::TemporarilyUnavailable => 503,
            _ => 400,
        }
    }
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("AADSTS{number}: {message}")]
pub struct Refusal {
    /// For programs.
    pub code: Code,
    /// For people who search.
    pub number: u32,
    /// For people who read.
    pub message: String,
}

impl Refusal {
    /// A refusal in these words.
    pub fn new(code: Code, number: u32, message: impl Into<String>) -> Self {
        Refusal {
            code,
            number,
            message: message.into(),
        }
    }

    /// There is no such tenant here.
    pub fn unknown_tenant(named: &str) -> Self {
        let message = format!(
            "Tenant '{}' not found. Check that the tenant id or domain is correct.",
            shown(named)
        );
        Refusal::new(Code::InvalidRequest, 90_002, message)
    }
    /// The request is not a form.
    pub fn not_a_form() -> Self {
        let message = "The request body must be a form: grant_type, client_id, client_secret and scope as \
             application/x-www-form-urlencoded.";
        Refusal::new(Code::InvalidRequest, 900_144, message)
    }
    /// A parameter is missing.
    pub fn missing(parameter: &str) -> Self {
        let message =
            format!("The request body must contain the following parameter: '{parameter}'.");
        Refusal::new(Code::InvalidRequest, 900_144, message)
    }
    /// A parameter stands there twice.
    pub fn repeated(parameter: &str) -> Self {
        let message = format!("The parameter '{parameter}' is contained more than once.");
        Refusal::new(Code::InvalidRequest, 9_000_411, message)
    }
    /// The client says who it is in two ways.
    pub fn two_ways() -> Self {
        let message = "Send the client id and secret either in the body or in the Authorization \
                       header, not differently in both.";
        Refusal::new(Code::InvalidRequest, 90_014, message)
    }
    /// The Authorization header cannot be read.
    pub fn bad_header() -> Self {
        let message = "The Authorization header must be Basic with client id and secret.";
        Refusal::new(Code::InvalidRequest, 90_014, message)
    }
    /// Another grant type.
    pub fn unsupported_grant_type(named: &str) -> Self {
        let message = format!(
            "The grant type '{}' is not offered here (expected client_credentials, \
             authorization_code, refresh_token or device_code).",
            shown(named)
        );
        Refusal::new(Code::UnsupportedGrantType, 70_003, message)
    }
    /// Another resource.
    pub fn invalid_scope(named: &str) -> Self {
        let message = format!(
            "The scope '{}' is not valid. Expected the address of this server, or \
             https://graph.microsoft.com, followed by /.default.",
            shown(named)
        );
        Refusal::new(Code::InvalidScope, 70_011, message)
    }
    /// No such client in the tenant.
    pub fn unknown_client(named: &str, tenant: &str) -> Self {
        let message = format!(
            "Application with identifier '{}' was not found in the directory '{}'.",
            shown(named),
            shown(tenant)
        );
        Refusal::new(Code::UnauthorizedClient, 700_016, message)
    }
    /// No secret.
    pub fn missing_secret() -> Self {
        let message =
            "The request body must contain the following parameter: 'client_secret'.".to_owned();
        Refusal::new(Code::InvalidClient, 7_000_216, message)
    }
    /// A certificate instead of a secret.
    pub fn assertion_unsupported() -> Self {
        let message = "Certificates are not accepted here; send 'client_secret'.";
        Refusal::new(Code::InvalidClient, 7_000_216, message)
    }
    /// The wrong secret.
    pub fn wrong_secret(client: &str) -> Self {
        let message = format!(
            "Invalid client secret provided for the application '{}'. Send the value of the \
             secret, not its id.",
            shown(client)
        );
        Refusal::new(Code::InvalidClient, 7_000_215, message)
    }

    /// The body of the answer.
    pub fn body(&self, now: Timestamp, trace: &str, correlation: &str) -> Value {
        let timestamp = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        json!({
            "error": self.code.as_str(),
            "error_description": format!(
                "{self} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"
            ),
            "error_codes": [self.number],
            "timestamp": timestamp,
            "trace_id": trace,
            "correlation_id": correlation,
        })
    }
}

/// What somebody sent, short and without what cannot be printed.
fn shown(text: &str) -> String {
    let harmless = |c: &char| c.is_ascii_graphic() || *c == ' ' || c.is_alphanumeric();
    text.chars().filter(harmless).take(100).collect()
}
