//! What a client reads before it asks for the first token:
//! `/{tenant}/v2.0/.well-known/openid-configuration`.

use policy::tenant::{Cloud, TenantId};
use serde_json::{Value, json};

/// The claims of the tokens, and those that a home tenant's provider tells a server which sends its
/// guests there.
const CLAIMS: &[&str] = &[
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "nbf",
    "auth_time",
    "acr",
    "acrs",
    "acct",
    "amr",
    "app_displayname",
    "appid",
    "azp",
    "email",
    "idp",
    "idtyp",
    "name",
    "nonce",
    "oid",
    "preferred_username",
    "roles",
    "scp",
    "sid",
    "tid",
    "upn",
    "uti",
    "ver",
    "wids",
    "outbound_allowed",
    "auto_redemption_outbound",
    "groups",
    "device_compliant",
    "device_hybrid_joined",
];

/// The tenant as its OpenID Provider shows itself.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    /// The public address of the server, without a slash at the end.
    pub public_url: &'a str,
    /// The tenant.
    pub tenant: TenantId,
    /// Where it lives.
    pub cloud: Cloud,
    /// `tenant_region_scope`: `NA`, `EU` and so on.
    pub region: &'a str,
}

impl Provider<'_> {
    /// `iss` of the tenant's tokens.
    pub fn issuer(&self) -> String {
        issuer(self.public_url, self.tenant)
    }

    /// The document. Wherever the tenant was named by its domain, the document names it by its id,
    /// because clients take the first segment of the token endpoint as the tenant.
    pub fn document(&self) -> Value {
        let base = format!("{}/{}", self.public_url, self.tenant);
        let host = self.public_url.split_once("://").map(|(_, host)| host);
        json!({
            "token_endpoint": format!("{base}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": [
                "client_secret_post", "client_secret_basic", "none"
            ],
            "jwks_uri": format!("{base}/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "grant_types_supported": [
                "client_credentials", "authorization_code", "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code"
            ],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": self.issuer(),
            "request_uri_parameter_supported": false,
            "request_parameter_supported": false,
            "claims_parameter_supported": true,
            "code_challenge_methods_supported": ["S256"],
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "authorization_response_iss_parameter_supported": true,
            "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("{base}/oauth2/v2.0/devicecode"),
            "userinfo_endpoint": format!("{base}/openid/userinfo"),
            "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
            "claims_supported": CLAIMS,
            "tenant_region_scope": self.region,
            "cloud_instance_name": self.cloud.endpoint(),
            "cloud_graph_host_name": host,
            "msgraph_host": host,
        })
    }
}

/// `iss` of the tokens of a tenant.
pub fn issuer(public_url: &str, tenant: TenantId) -> String {
    format!("{public_url}/{tenant}/v2.0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_claim_that_a_token_can_carry_is_listed() {
        use crate::token::Claims;
        let text = || Some("x".to_owned());
        let list = || vec!["x".to_owned()];
        // Every member has a value, so every one is written.
        let claims = Claims {
            acct: Some(1),
            acr: text(),
            acrs: list(),
            amr: list(),
            app_displayname: text(),
            appid: text(),
            auth_time: Some(1),
            azp: text(),
            email: text(),
            idp: text(),
            idtyp: text(),
            name: text(),
            nonce: text(),
            preferred_username: text(),
            roles: list(),
            scp: text(),
            sid: text(),
            upn: text(),
            wids: list(),
            aud: String::new(),
            iss: String::new(),
            iat: 0,
            nbf: 0,
            exp: 0,
            oid: String::new(),
            sub: String::new(),
            tid: String::new(),
            uti: String::new(),
            ver: String::new(),
        };
        let written = serde_json::to_value(claims).unwrap();
        for name in written.as_object().unwrap().keys() {
            assert!(CLAIMS.contains(&name.as_str()), "{name}");
        }
    }

    #[test]
    fn what_clients_insist_on_is_there_with_host_and_port() {
        let provider = Provider {
            public_url: "https://localhost:8443",
            tenant: TenantId::from_u128(1),
            cloud: Cloud::Commercial,
            region: "EU",
        };
        let document = provider.document();
        for member in [
            "token_endpoint",
            "authorization_endpoint",
            "issuer",
            "jwks_uri",
        ] {
            let address = document[member].as_str().unwrap();
            let start = "https://localhost:8443/00000000-0000-0000-0000-000000000001/";
            assert!(address.starts_with(start), "{member}: {address}");
        }
        assert_eq!(document["tenant_region_scope"], "EU");
    }
}
