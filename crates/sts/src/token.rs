//! What a token says, and what is believed of it.

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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

/// Somebody who has signed in, as tokens tell of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The tenant that was entered.
    pub tenant: TenantId,
    /// The person in that tenant: their object, or, where they need none, their account at home.
    pub object: Uuid,
    /// `preferred_username` and `upn`.
    pub user_principal_name: Option<String>,
    /// `name`.
    pub display_name: Option<String>,
    /// `email`.
    pub mail: Option<String>,
    /// `wids`: the directory roles held in that tenant.
    pub roles: Vec<Uuid>,
    /// The issuer of the home tenant, of somebody who comes from another one.
    pub home: Option<String>,
    /// Whether the object is a guest (`acct`).
    pub guest: bool,
    /// `amr`.
    pub methods: Vec<String>,
    /// `acrs`.
    pub contexts: Vec<String>,
    /// `auth_time`.
    pub since: Seconds,
    /// `sid`.
    pub session: Uuid,
}

impl SignedIn {
    /// `sub`: the same for one client at every time, and another one for every client.
    pub fn subject(&self, client: Uuid) -> String {
        Self::pairwise(self.tenant, self.object, client)
    }

    /// The same, of somebody of whom no more is known.
    pub fn pairwise(tenant: TenantId, object: Uuid, client: Uuid) -> String {
        let mut text = tenant.as_u128().to_be_bytes().to_vec();
        text.extend(object.as_bytes());
        text.extend(client.as_bytes());
        let digest = digest::digest(&digest::SHA256, &text);
        URL_SAFE_NO_PAD.encode(digest.as_ref())
    }
}

/// Through which program somebody signed in, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Through {
    /// The program.
    pub client: Uuid,
    /// Its name.
    pub client_name: Option<String>,
    /// The audience of the access token, if it is another program's than this server's.
    pub audience: Option<String>,
    /// `scp`.
    pub scopes: Vec<String>,
    /// `nonce` of the id token.
    pub nonce: Option<String>,
    /// Whether the id token names the person.
    pub profile: bool,
    /// Whether the id token has an address.
    pub email: bool,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acct: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) acr: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) acrs: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) amr: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_displayname: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) appid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) auth_time: Option<Seconds>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) azp: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) idp: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) idtyp: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    pub(crate) oid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) preferred_username: Option<String>,
    // An array also when it is empty: the CLIs read it.
    #[serde(default)]
    pub(crate) roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scp: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
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

    /// What is the same in both tokens of somebody who signed in.
    fn of_signed_in(person: &SignedIn, issuer: String, audience: String, now: Seconds) -> Self {
        Claims {
            aud: audience,
            iss: issuer,
            iat: now,
            nbf: now,
            exp: now + LIFETIME,
            acct: Some(person.guest.into()),
            acr: Some("1".to_owned()),
            acrs: person.contexts.clone(),
            amr: person.methods.clone(),
            auth_time: Some(person.since),
            idp: person.home.clone(),
            oid: person.object.to_string(),
            sid: Some(person.session.to_string()),
            tid: person.tenant.to_string(),
            uti: random::guid().to_string(),
            ver: "2.0".to_owned(),
            ..Claims::default()
        }
    }

    /// The access token of somebody who signed in.
    pub(crate) fn access(
        person: &SignedIn,
        through: &Through,
        issuer: String,
        own_audience: &str,
        now: Seconds,
    ) -> Self {
        let audience = through.audience.as_deref().unwrap_or(own_audience);
        let client = through.client.to_string();
        Claims {
            app_displayname: through.client_name.clone(),
            appid: Some(client.clone()),
            azp: Some(client),
            idtyp: Some("user".to_owned()),
            name: person.display_name.clone(),
            scp: Some(through.scopes.join(" ")),
            sub: person.subject(through.client),
            upn: person.user_principal_name.clone(),
            wids: person.roles.iter().map(Uuid::to_string).collect(),
            ..Claims::of_signed_in(person, issuer, audience.to_owned(), now)
        }
    }

    /// The id token of somebody who signed in.
    pub(crate) fn identity(
        person: &SignedIn,
        through: &Through,
        issuer: String,
        now: Seconds,
    ) -> Self {
        let profile = |text: &Option<String>| text.clone().filter(|_| through.profile);
        Claims {
            name: profile(&person.display_name),
            preferred_username: profile(&person.user_principal_name),
            email: person.mail.clone().filter(|_| through.email),
            nonce: through.nonce.clone(),
            sub: person.subject(through.client),
            ..Claims::of_signed_in(person, issuer, through.client.to_string(), now)
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
