//! What a token says, and what is believed of it.

use policy::target::ApplicationId;
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Seconds;
use crate::client::Client;
use crate::random;

/// How long a token is valid. Clients treat the last five minutes as over, so it must be longer.
pub const LIFETIME: Seconds = 3600;

/// Who shows a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A program without a user.
    Application {
        /// Its application permissions.
        permissions: Vec<String>,
    },
    /// A person, through a program.
    Person {
        /// What the program may do for the person.
        scopes: Vec<String>,
        /// The person's directory roles, by template id.
        roles: Vec<Uuid>,
        /// `userPrincipalName`.
        user_principal_name: Option<String>,
        /// A name for people.
        display_name: Option<String>,
        /// The authentication contexts of the session (`acrs`).
        contexts: Vec<String>,
    },
}

/// The bearer of a token that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The tenant that lets the bearer in.
    pub tenant: TenantId,
    /// The bearer's object in that tenant.
    pub object: Uuid,
    /// The program.
    pub application: Option<ApplicationId>,
    /// The program's name.
    pub application_name: Option<String>,
    /// Program or person.
    pub caller: Caller,
    /// When the token was issued.
    pub issued: Seconds,
}

/// The claims of an access token, as they lie in it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Claims {
    pub(crate) aud: String,
    pub(crate) iss: String,
    #[serde(deserialize_with = "whole_seconds")]
    pub(crate) iat: Seconds,
    #[serde(deserialize_with = "whole_seconds")]
    pub(crate) nbf: Seconds,
    #[serde(deserialize_with = "whole_seconds")]
    pub(crate) exp: Seconds,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) acrs: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_displayname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) appid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) azp: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) idtyp: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    pub(crate) oid: String,
    // An array also when it is empty: the CLIs read it.
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scp: Option<String>,
    #[serde(default)]
    pub(crate) sub: String,
    pub(crate) tid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upn: Option<String>,
    #[serde(default)]
    pub(crate) uti: String,
    #[serde(default)]
    pub(crate) ver: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) wids: Vec<String>,
}

/// Some issuers write times with fractions.
fn whole_seconds<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Seconds, D::Error> {
    let number = serde_json::Number::deserialize(value)?;
    number
        .as_i64()
        .or(number.as_f64().map(|seconds| seconds as Seconds))
        .ok_or(serde::de::Error::custom(
            "a time is not a number of seconds",
        ))
}

impl Claims {
    /// What a program gets.
    pub(crate) fn of_client(client: &Client, issuer: String, audience: &str, now: Seconds) -> Self {
        let id = client.id.to_string();
        let object = client.object.to_string();
        Claims {
            aud: audience.to_owned(),
            iss: issuer,
            iat: now,
            // A clock that is a little slow must not refuse what was just given.
            nbf: now,
            exp: now + LIFETIME,
            app_displayname: Some(client.display_name.clone()),
            appid: Some(id.clone()),
            azp: Some(id),
            idtyp: Some("app".to_owned()),
            oid: object.clone(),
            roles: client.permissions.clone(),
            sub: object,
            tid: client.tenant.to_string(),
            uti: random::guid().to_string(),
            ver: "2.0".to_owned(),
            ..Claims::default()
        }
    }

    /// What a person gets through a program.
    pub(crate) fn of_person(
        bearer: &Bearer,
        issuer: String,
        audience: &str,
        now: Seconds,
    ) -> Option<Self> {
        let Caller::Person {
            scopes,
            roles,
            user_principal_name,
            display_name,
            contexts,
        } = &bearer.caller
        else {
            return None;
        };
        let application = bearer.application.map(|id| id.to_string());
        Some(Claims {
            aud: audience.to_owned(),
            iss: issuer,
            iat: now,
            nbf: now,
            exp: now + LIFETIME,
            acrs: contexts.clone(),
            app_displayname: bearer.application_name.clone(),
            appid: application.clone(),
            azp: application,
            idtyp: Some("user".to_owned()),
            name: display_name.clone(),
            oid: bearer.object.to_string(),
            scp: Some(scopes.join(" ")),
            sub: bearer.object.to_string(),
            tid: bearer.tenant.to_string(),
            upn: user_principal_name.clone(),
            uti: random::guid().to_string(),
            ver: "2.0".to_owned(),
            wids: roles.iter().map(Uuid::to_string).collect(),
            ..Claims::default()
        })
    }

    /// The bearer, if the claims name one.
    pub(crate) fn bearer(self) -> Option<Bearer> {
        let application = self.appid.or(self.azp);
        let caller = match self.scp {
            Some(scopes) => Caller::Person {
                scopes: scopes.split_whitespace().map(str::to_owned).collect(),
                roles: self
                    .wids
                    .iter()
                    .filter_map(|id| Uuid::try_parse(id).ok())
                    .collect(),
                user_principal_name: self.upn,
                display_name: self.name,
                contexts: self.acrs,
            },
            None => Caller::Application {
                permissions: self.roles,
            },
        };
        Some(Bearer {
            tenant: self.tid.parse().ok()?,
            object: Uuid::try_parse(&self.oid).ok()?,
            application: match application {
                Some(id) => Some(id.parse().ok()?),
                None => None,
            },
            application_name: self.app_displayname,
            caller,
            issued: self.iat,
        })
    }
}
