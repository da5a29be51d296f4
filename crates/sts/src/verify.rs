//! Whether to believe a token.
//!
//! A token is believed when one of our keys signed it, for us, for a tenant of ours, and it is
//! valid now; or when all that holds of an issuer the operator listed. What was verified once is
//! remembered until it is over, because a gateway shows the same token thousands of times.

use std::sync::Arc;

use arc_swap::ArcSwap;
use aws_lc_rs::constant_time;
use policy::tenant::TenantId;
use quick_cache::Equivalent;
use quick_cache::sync::Cache;
use uuid::Uuid;

use crate::Seconds;
use crate::client::Client;
use crate::discovery;
use crate::issuer::ExternalIssuer;
use crate::jws::{self, JwsError};
use crate::keys::KeyRing;
use crate::token::{Bearer, Caller, Claims, SignedIn, Through};

/// How many verified tokens are remembered.
const REMEMBERED: usize = 20_000;
/// By how much clocks may differ.
const LEEWAY: Seconds = 60;

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// The signature.
    #[error(transparent)]
    Signature(#[from] JwsError),
    /// The claims cannot be read.
    #[error("the claims of the token cannot be read")]
    Claims,
    /// Nobody this server believes.
    #[error("the issuer of the token is not accepted here")]
    Issuer,
    /// For somebody else.
    #[error("the token is meant for another audience")]
    Audience,
    /// Too late.
    #[error("the token has expired")]
    Expired,
    /// Too early.
    #[error("the token is not valid yet")]
    TooEarly,
}

/// What an old id token says of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The program it was for.
    pub audience: String,
    /// Whose it was.
    pub object: String,
    /// The session it came from.
    pub session: Option<Uuid>,
}

/// A token that was believed once.
#[derive(Clone)]
struct Remembered {
    bearer: Arc<Bearer>,
    from: Seconds,
    until: Seconds,
}

/// Mints and verifies the tokens of one server.
pub struct Verifier {
    public_url: String,
    keys: ArcSwap<KeyRing>,
    issuers: Vec<ExternalIssuer>,
    remembered: Cache<Shown, Remembered>,
}

/// A token that was shown. It is found by a hash with a key of this process, and compared whole and
/// in constant time.
#[derive(Clone, Eq)]
struct Shown(Box<str>);

/// The same, while it is being shown.
#[derive(Hash)]
struct Showing<'a>(&'a str);

impl std::hash::Hash for Shown {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        Showing(&self.0).hash(state);
    }
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        Showing(&self.0).equivalent(other)
    }
}

impl Equivalent<Shown> for Showing<'_> {
    fn equivalent(&self, key: &Shown) -> bool {
        constant_time::verify_slices_are_equal(self.0.as_bytes(), key.0.as_bytes()).is_ok()
    }
}

impl Verifier {
    /// For the server at that public address.
    pub fn new(public_url: &str, keys: KeyRing, issuers: Vec<ExternalIssuer>) -> Self {
        Verifier {
            public_url: public_url.trim_end_matches('/').to_owned(),
            keys: ArcSwap::from_pointee(keys),
            issuers,
            remembered: Cache::new(REMEMBERED),
        }
    }

    /// The public address, without a slash at the end.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }
    /// The keys in use.
    pub fn keys(&self) -> Arc<KeyRing> {
        self.keys.load_full()
    }
    /// Takes other keys into use. A token whose key is gone is not believed any more.
    pub fn replace_keys(&self, keys: KeyRing) {
        self.keys.store(Arc::new(keys));
        self.remembered.clear();
    }

    /// A token for a program.
    pub fn mint(&self, client: &Client, now: Seconds) -> Result<String, JwsError> {
        let issuer = discovery::issuer(&self.public_url, client.tenant);
        let claims = Claims::of_client(client, issuer, &self.public_url, now);
        jws::sign(self.keys.load().current(), &claims)
    }

    /// The access token of somebody who signed in.
    pub fn access_token(
        &self,
        person: &SignedIn,
        through: &Through,
        now: Seconds,
    ) -> Result<String, JwsError> {
        let issuer = discovery::issuer(&self.public_url, person.tenant);
        let claims = Claims::access(person, through, issuer, &self.public_url, now);
        jws::sign(self.keys.load().current(), &claims)
    }

    /// The id token of somebody who signed in.
    pub fn id_token(
        &self,
        person: &SignedIn,
        through: &Through,
        now: Seconds,
    ) -> Result<String, JwsError> {
        let issuer = discovery::issuer(&self.public_url, person.tenant);
        let claims = Claims::identity(person, through, issuer, now);
        jws::sign(self.keys.load().current(), &claims)
    }

    /// The same, with what a home tenant vouches for to the server of another tenant.
    pub fn id_token_with(
        &self,
        person: &SignedIn,
        through: &Through,
        more: serde_json::Map<String, serde_json::Value>,
        now: Seconds,
    ) -> Result<String, JwsError> {
        let issuer = discovery::issuer(&self.public_url, person.tenant);
        let claims = Claims::identity(person, through, issuer, now);
        let mut claims = serde_json::to_value(claims).map_err(|_| JwsError::Malformed)?;
        if let Some(members) = claims.as_object_mut() {
            members.extend(more);
        }
        jws::sign(self.keys.load().current(), &claims)
    }

    /// The claims of a token that one of our keys signed for that tenant, whoever it is for and
    /// however old it is: an id token that an application shows again.
    pub fn hint(&self, token: &str, tenant: TenantId) -> Result<Hint, Doubt> {
        let claims = jws::verify(token, self.keys.load().public())?;
        let claims: Claims = serde_json::from_slice(&claims).map_err(|_| Doubt::Claims)?;
        match claims.iss == discovery::issuer(&self.public_url, tenant) {
            true => Ok(Hint {
                audience: claims.aud,
                object: claims.oid,
                session: claims.sid.and_then(|id| id.parse().ok()),
            }),
            false => Err(Doubt::Issuer),
        }
    }

    /// A token for a person; `None` when the bearer is not one.
    pub fn mint_for_person(
        &self,
        bearer: &Bearer,
        now: Seconds,
    ) -> Option<Result<String, JwsError>> {
        let issuer = discovery::issuer(&self.public_url, bearer.tenant);
        let claims = Claims::of_person(bearer, issuer, &self.public_url, now)?;
        Some(jws::sign(self.keys.load().current(), &claims))
    }

    /// The bearer of the token, if the token is believed.
    pub fn verify(&self, token: &str, now: Seconds) -> Result<Arc<Bearer>, Doubt> {
        if let Some(remembered) = self.remembered.get(&Showing(token)) {
            valid(remembered.from, remembered.until, now)?;
            return Ok(remembered.bearer);
        }
        let claims = self.claims(token)?;
        let (from, until) = (claims.nbf, claims.exp);
        valid(from, until, now)?;
        let bearer = Arc::new(claims.bearer().ok_or(Doubt::Claims)?);
        let remembered = Remembered {
            bearer: Arc::clone(&bearer),
            from,
            until,
        };
        self.remembered.insert(Shown(token.into()), remembered);
        Ok(bearer)
    }

    /// The claims, after everything but the time was looked at.
    fn claims(&self, token: &str) -> Result<Claims, Doubt> {
        match jws::verify(token, self.keys.load().public()) {
            Ok(claims) => self.own(&claims),
            Err(JwsError::UnknownKey) => self.external(token),
            Err(error) => Err(error.into()),
        }
    }

    fn own(&self, claims: &[u8]) -> Result<Claims, Doubt> {
        let claims: Claims = serde_json::from_slice(claims).map_err(|_| Doubt::Claims)?;
        let tenant = claims.tid.parse().map_err(|_| Doubt::Claims)?;
        if claims.iss != discovery::issuer(&self.public_url, tenant) {
            return Err(Doubt::Issuer);
        }
        match claims.aud == self.public_url {
            true => Ok(claims),
            false => Err(Doubt::Audience),
        }
    }

    /// An issuer is found by what its token says and believed by what its key signed.
    fn external(&self, token: &str) -> Result<Claims, Doubt> {
        for issuer in &self.issuers {
            let claims = match jws::verify(token, &issuer.keys) {
                Ok(claims) => claims,
                Err(JwsError::UnknownKey) => continue,
                Err(error) => return Err(error.into()),
            };
            let mut claims: Claims = serde_json::from_slice(&claims).map_err(|_| Doubt::Claims)?;
            if claims.iss != issuer.issuer || claims.tid != issuer.tenant.to_string() {
                return Err(Doubt::Issuer);
            }
            if claims.aud != issuer.audience {
                return Err(Doubt::Audience);
            }
            // What the issuer calls a role means what the operator says it means, and nothing else.
            let held = |(name, id): &(String, uuid::Uuid)| {
                claims.roles.contains(name).then(|| id.to_string())
            };
            claims.wids = issuer.roles.iter().filter_map(held).collect();
            claims.roles.clear();
            return Ok(claims);
        }
        Err(Doubt::Signature(JwsError::UnknownKey))
    }
}

fn valid(from: Seconds, until: Seconds, now: Seconds) -> Result<(), Doubt> {
    if now >= until {
        Err(Doubt::Expired)
    } else if now + LEEWAY < from {
        Err(Doubt::TooEarly)
    } else {
        Ok(())
    }
}

impl Caller {
    /// Whether it is a program without a user.
    pub fn is_application(&self) -> bool {
        matches!(self, Caller::Application { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SigningKey;
    use crate::token::LIFETIME;
    use policy::target::ApplicationId;
    use serde_json::{Value, json};

    const HERE: &str = "https://localhost:8443";

    fn client() -> Client {
        Client {
            id: ApplicationId::from_u128(1),
            tenant: TenantId::from_u128(2),
            object: Uuid::from_u128(3),
            display_name: "Script".to_owned(),
            permissions: vec!["Policy.Read.All".to_owned()],
            secrets: Vec::new(),
        }
    }

    fn verifier() -> Verifier {
        let keys = KeyRing::new([SigningKey::generate(0).unwrap()]).unwrap();
        Verifier::new(HERE, keys, Vec::new())
    }

    #[test]
    fn a_token_names_its_bearer_until_it_is_over() {
        let verifier = verifier();
        let token = verifier.mint(&client(), 1000).unwrap();
        for _ in 0..2 {
            let bearer = verifier.verify(&token, 1000).unwrap();
            assert_eq!(bearer.tenant, TenantId::from_u128(2));
            assert_eq!(bearer.application, Some(ApplicationId::from_u128(1)));
            let permissions = vec!["Policy.Read.All".to_owned()];
            assert_eq!(bearer.caller, Caller::Application { permissions });
            let over = verifier.verify(&token, 1000 + LIFETIME);
            assert_eq!(over, Err(Doubt::Expired));
            assert_eq!(verifier.verify(&token, 900), Err(Doubt::TooEarly));
        }
    }

    #[test]
    fn the_command_lines_find_what_they_read_in_a_token() {
        let token = verifier().mint(&client(), 0).unwrap();
        let claims = token.split('.').nth(1).unwrap();
        let claims =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, claims);
        let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
        for member in ["tid", "oid", "appid", "app_displayname"] {
            assert!(claims[member].is_string(), "{member}");
        }
        assert_eq!(claims["idtyp"], "app");
        assert_eq!(claims["roles"], json!(["Policy.Read.All"]));
        assert_eq!((&claims["iat"], &claims["exp"]), (&json!(0), &json!(3600)));
    }

    #[test]
    fn tokens_survive_a_new_key_while_the_old_one_is_kept() {
        let verifier = verifier();
        let token = verifier.mint(&client(), 0).unwrap();
        verifier.verify(&token, 0).unwrap();
        let fresh = KeyRing::new([SigningKey::generate(1).unwrap()]).unwrap();
        verifier.replace_keys(fresh);
        let doubt = Doubt::Signature(JwsError::UnknownKey);
        assert_eq!(verifier.verify(&token, 0), Err(doubt));
    }

    #[test]
    fn another_server_with_the_same_key_is_another_issuer() {
        let key = SigningKey::generate(0).unwrap();
        let claims = |iss: &str, aud: &str| {
            let tenant = TenantId::from_u128(2).to_string();
            json!({"iss": iss, "aud": aud, "tid": tenant, "oid": Uuid::from_u128(3).to_string(),
                   "iat": 0, "nbf": 0.5, "exp": 100})
        };
        let own = discovery::issuer(HERE, TenantId::from_u128(2));
        let sign = |claims: Value| jws::sign(&key, &claims).unwrap();
        let issuer = sign(claims("https://elsewhere/2/v2.0", HERE));
        let audience = sign(claims(&own, "https://vault.azure.net"));
        let good = sign(claims(&own, HERE));
        let verifier = Verifier::new(HERE, KeyRing::new([key]).unwrap(), Vec::new());
        assert_eq!(verifier.verify(&issuer, 0), Err(Doubt::Issuer));
        assert_eq!(verifier.verify(&audience, 0), Err(Doubt::Audience));
        assert!(verifier.verify(&good, 0).is_ok());
    }

    #[test]
    fn a_listed_issuer_speaks_for_its_tenant_and_with_the_roles_the_operator_gave_it() {
        let key = SigningKey::generate(0).unwrap();
        let tenant = TenantId::from_u128(2);
        let role = Uuid::from_u128(9);
        let issuer = ExternalIssuer {
            issuer: "https://id.example".to_owned(),
            audience: "comity".to_owned(),
            tenant,
            roles: vec![("admins".to_owned(), role)],
            keys: vec![key.public()],
        };
        let token = |tenant: TenantId, aud: &str| {
            let claims = json!({"iss": "https://id.example", "aud": aud, "tid": tenant.to_string(),
                "oid": Uuid::from_u128(3).to_string(), "iat": 0, "nbf": 0, "exp": 100,
                "scp": "Policy.Read.All", "roles": ["admins", "Policy.ReadWrite.CrossTenantAccess"],
                "wids": ["62e90394-69f5-4237-9190-012177145e10"]});
            jws::sign(&key, &claims).unwrap()
        };
        let own = KeyRing::new([SigningKey::generate(0).unwrap()]).unwrap();
        let verifier = Verifier::new(HERE, own, vec![issuer]);
        let bearer = verifier.verify(&token(tenant, "comity"), 0).unwrap();
        assert!(matches!(&bearer.caller, Caller::Person { roles, .. } if *roles == [role]));
        let other = token(TenantId::from_u128(7), "comity");
        assert_eq!(verifier.verify(&other, 0), Err(Doubt::Issuer));
        let audience = token(tenant, HERE);
        assert_eq!(verifier.verify(&audience, 0), Err(Doubt::Audience));
    }
}
