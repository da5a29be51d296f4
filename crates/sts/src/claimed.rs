//! What a token says of itself to whoever carries it, and does not check it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::tenant::TenantId;
use serde_json::Value;

/// Whose tenant a token says it is for; nobody has checked that it says the truth. For clients, which
/// want to know whom they speak for: the server that takes the token says whether it is a good one.
pub fn claimed_tenant(token: &str) -> Option<TenantId> {
    let payload = token.split('.').nth(1)?;
    let claims = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    claims.get("tid")?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_whose_it_is_or_nothing() {
        let claims = r#"{"tid":"0c000000-0000-4000-8000-000000000001"}"#;
        let token = format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims));
        let contoso = "0c000000-0000-4000-8000-000000000001".parse().ok();
        assert_eq!(claimed_tenant(&token), contoso);
        for other in ["opaque", "a.b.c", "e30.e30.x", ""] {
            assert_eq!(claimed_tenant(other), None, "{other}");
        }
    }
}
