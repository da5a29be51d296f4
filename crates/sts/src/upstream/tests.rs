//! What is believed of another provider, and what is not.

use super::*;
use crate::keys::SigningKey;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

const ISSUER: &str = "https://id.fabrikam.example";
const NOW: Seconds = 1_000_000;

fn expected() -> Expected<'static> {
    Expected {
        issuer: ISSUER,
        client: "contoso",
        nonce: Some("n"),
        max_age: None,
        now: NOW,
    }
}

fn good() -> Value {
    json!({"iss": ISSUER, "aud": "contoso", "sub": "fred", "nonce": "n", "iat": NOW, "exp": NOW + 300})
}

fn with(changes: Value) -> Value {
    let mut claims = good();
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn published(key: &SigningKey) -> Vec<UpstreamKey> {
    let ring = crate::KeyRing::new([SigningKey::generate(0).unwrap()]).unwrap();
    assert_ne!(ring.current().id(), key.id());
    let public = key.public();
    key_set(&json!({"keys": [
        {"kty": "RSA", "kid": public.id, "n": jws::base64(&public.modulus),
         "e": jws::base64(&public.exponent)},
        {"kty": "oct", "kid": "secret", "k": "AAAA"},
    ]}))
}

#[test]
fn a_token_is_believed_only_whole() {
    let key = SigningKey::generate(0).unwrap();
    let keys = published(&key);
    let said = |changes: Value| {
        let token = jws::sign(&key, &with(changes)).unwrap();
        expected().claims(&token, &keys).map(|_| ())
    };
    assert_eq!(said(json!({})), Ok(()));
    assert_eq!(said(json!({"aud": ["contoso"]})), Ok(()));
    assert_eq!(
        said(json!({"aud": ["contoso", "x"], "azp": "contoso"})),
        Ok(())
    );
    for (changes, doubt) in [
        (
            json!({"iss": "https://id.fabrikam.example/"}),
            Doubt::Issuer,
        ),
        (json!({"aud": "northwind"}), Doubt::Audience),
        (json!({"aud": ["contoso", "x"]}), Doubt::Audience),
        (json!({"azp": "northwind"}), Doubt::Audience),
        (json!({"nonce": "m"}), Doubt::Nonce),
        (json!({"nonce": null}), Doubt::Nonce),
        (json!({"exp": NOW - 60}), Doubt::Time),
        (json!({"iat": NOW + 61}), Doubt::Time),
        (json!({"iat": NOW - 661}), Doubt::Time),
        (json!({"exp": "soon"}), Doubt::Claim("exp".to_owned())),
    ] {
        assert_eq!(said(changes.clone()), Err(doubt), "{changes}");
    }
}

#[test]
fn the_clocks_of_two_servers_may_differ_by_a_minute() {
    let key = SigningKey::generate(0).unwrap();
    let keys = published(&key);
    for (changes, is_believed) in [
        (json!({"iat": NOW + 60}), true),
        (json!({"iat": NOW + 61}), false),
        (json!({"iat": NOW - 100, "exp": NOW - 59}), true),
        (json!({"iat": NOW - 100, "exp": NOW - 60}), false),
    ] {
        let token = jws::sign(&key, &with(changes.clone())).unwrap();
        let believed = expected().claims(&token, &keys);
        assert_eq!(believed.is_ok(), is_believed, "{changes}");
    }
}

#[test]
fn how_long_ago_somebody_signed_in_counts_where_it_was_asked() {
    let key = SigningKey::generate(0).unwrap();
    let keys = published(&key);
    let asked = Expected {
        max_age: Some(100),
        ..expected()
    };
    let said = |changes: Value| {
        let token = jws::sign(&key, &with(changes)).unwrap();
        asked.claims(&token, &keys).map(|_| ())
    };
    assert_eq!(said(json!({"auth_time": NOW - 160})), Ok(()));
    assert_eq!(said(json!({"auth_time": NOW - 161})), Err(Doubt::Time));
    assert!(matches!(said(json!({})), Err(Doubt::Claim(_))));
}

#[test]
fn elliptic_curves_sign_as_well_and_the_key_says_how() {
    let document =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.unwrap().as_ref());
    let pair = pair.unwrap();
    let point = pair.public_key().as_ref().to_vec();
    let keys = key_set(
        &json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "kid": "1",
        "x": jws::base64(&point[1..33]), "y": jws::base64(&point[33..])}]}),
    );
    let sign = |algorithm: &str, pair: &EcdsaKeyPair| {
        let header = json!({"alg": algorithm, "kid": "1"}).to_string();
        let text = format!(
            "{}.{}",
            jws::base64(header.as_bytes()),
            jws::base64(good().to_string().as_bytes())
        );
        let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", jws::base64(signature.as_ref()))
    };
    let token = sign("ES256", &pair);
    assert!(expected().claims(&token, &keys).is_ok());
    let other = expected().claims(&sign("RS256", &pair), &keys);
    assert_eq!(other, Err(Doubt::Signature(JwsError::UnknownKey)));
    let none = expected().claims(&sign("none", &pair), &keys);
    assert_eq!(none, Err(Doubt::Signature(JwsError::Algorithm)));
    let (rest, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{rest}.{}", jws::base64(&[1; 64]));
    let forged = expected().claims(&forged, &keys);
    assert_eq!(forged, Err(Doubt::Signature(JwsError::Signature)));
}

#[test]
fn a_second_factor_counts_only_in_the_words_the_operator_listed() {
    let claims = |value: Value| value.as_object().unwrap().clone();
    let fred = claims(json!({"sub": "fred", "amr": ["pwd", "otp", "mfa"], "acr": "gold"}));
    let plain = Mapping::default().person(&fred).unwrap();
    assert!(!plain.mfa);
    assert_eq!(plain.methods, ["password"]);
    let by_methods = Mapping {
        mfa_methods: vec!["mfa".to_owned()],
        ..Mapping::default()
    };
    let strong = by_methods.person(&fred).unwrap();
    assert!(strong.mfa);
    assert_eq!(strong.methods, ["password,softwareOath"]);
    let by_class = Mapping {
        mfa_classes: vec!["gold".to_owned()],
        ..Mapping::default()
    };
    assert!(by_class.person(&fred).unwrap().mfa);
    let nobody = Mapping::default().person(&claims(json!({"amr": ["mfa"]})));
    assert_eq!(nobody, Err(Doubt::Claim("sub".to_owned())));
}

#[test]
fn a_subject_that_is_no_id_becomes_one_of_its_issuer() {
    let claims = json!({"sub": "fred"});
    let fred = Mapping::default()
        .person(claims.as_object().unwrap())
        .unwrap();
    assert_eq!(fred.id(ISSUER), fred.id(ISSUER));
    assert_ne!(fred.id(ISSUER), fred.id("https://id.northwind.example"));
}

#[test]
fn a_description_is_its_issuers_own() {
    let document = json!({"issuer": ISSUER, "authorization_endpoint": "https://x/a",
        "token_endpoint": "https://x/t", "jwks_uri": "https://x/k",
        "authorization_response_iss_parameter_supported": true});
    let metadata = Metadata::read(&document, ISSUER).unwrap();
    assert_eq!(metadata.answered(ISSUER, Some(ISSUER)), Ok(()));
    assert_eq!(metadata.answered(ISSUER, None), Err(Doubt::Issuer));
    let other = metadata.answered(ISSUER, Some("https://evil.example"));
    assert_eq!(other, Err(Doubt::Issuer));
    assert_eq!(Metadata::read(&document, "https://y"), Err(Doubt::Issuer));
}

#[test]
fn an_address_counts_where_the_operator_says_so_and_the_provider_does_not_deny_it() {
    let claims = json!({"sub": "fred", "email": "Fred@fabrikam.com", "upn": "fred@fabrikam.com",
        "email_verified": false});
    let claims = claims.as_object().unwrap();
    let addresses = |names: &[&str]| {
        let mapping = Mapping {
            addresses: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Mapping::default()
        };
        mapping.person(claims).unwrap().addresses
    };
    assert!(addresses(&[]).is_empty());
    assert!(addresses(&["email"]).is_empty());
    assert_eq!(addresses(&["email", "upn"]), ["fred@fabrikam.com"]);
    let mut verified = claims.clone();
    verified.remove("email_verified");
    let person = Mapping::of_comity();
    verified.insert("oid".to_owned(), "x".into());
    let person = person.person(&verified).unwrap();
    assert_eq!(person.addresses, ["fred@fabrikam.com"]);
}
