//! What the claims of another provider mean here, as the operator says it.

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Doubt, LONGEST};
use crate::Seconds;

/// How many groups one token may name.
const MANY: usize = 2_000;

/// What a subject is here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// The id of the account at home: of a tenant whose directory is not here.
    #[default]
    Id,
    /// The user principal name of an account that is here.
    UserPrincipalName,
    /// The external id of an account that is here.
    ExternalId,
}

/// What the claims of a provider mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Mapping {
    /// The claim that says who it is.
    pub subject: String,
    /// What that is here.
    pub subject_is: Subject,
    /// The claim with the name for people.
    pub name: String,
    /// The claims that say under which address somebody may have been invited.
    pub addresses: Vec<String>,
    /// The claim with the groups.
    pub groups: Option<String>,
    /// Which values of `amr` mean a second factor.
    pub mfa_methods: Vec<String>,
    /// Which values of `acr` do, and are asked for when one is needed.
    pub mfa_classes: Vec<String>,
    /// The claim that says that the device is compliant.
    pub compliant_device: Option<String>,
    /// The claim that says that the device is hybrid joined.
    pub hybrid_joined_device: Option<String>,
}

/// Nothing is believed that nobody asked to be believed.
impl Default for Mapping {
    fn default() -> Self {
        Mapping {
            subject: "sub".to_owned(),
            subject_is: Subject::Id,
            name: "preferred_username".to_owned(),
            addresses: Vec::new(),
            groups: None,
            mfa_methods: Vec::new(),
            mfa_classes: Vec::new(),
            compliant_device: None,
            hybrid_joined_device: None,
        }
    }
}

/// Who somebody is, as far as a provider is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The value of the subject claim.
    pub subject: String,
    /// A name for people.
    pub name: Option<String>,
    /// Addresses that are theirs, as far as that is believed.
    pub addresses: Vec<String>,
    /// By which methods, in the words of authentication strengths.
    pub methods: Vec<String>,
    /// Whether that was more than one factor.
    pub mfa: bool,
    /// Compliant, hybrid joined; `None` where no claim is believed about the device.
    pub device: Option<(bool, bool)>,
    /// The groups; `None` where the provider names none.
    pub groups: Option<Vec<Uuid>>,
    /// When they signed in.
    pub since: Option<Seconds>,
}

impl Mapping {
    /// How another Comity says it.
    pub fn of_comity() -> Self {
        Mapping {
            subject: "oid".to_owned(),
            addresses: ["preferred_username", "email"].map(str::to_owned).to_vec(),
            groups: Some("groups".to_owned()),
            mfa_methods: vec!["mfa".to_owned()],
            compliant_device: Some("device_compliant".to_owned()),
            hybrid_joined_device: Some("device_hybrid_joined".to_owned()),
            ..Mapping::default()
        }
    }

    /// Who the claims are about.
    pub fn person(&self, claims: &Map<String, Value>) -> Result<Person, Doubt> {
        let text = |name: &str| {
            let text = claims.get(name).and_then(Value::as_str);
            text.filter(|text| !text.is_empty() && text.len() <= LONGEST)
        };
        let subject = text(&self.subject).ok_or_else(|| Doubt::Claim(self.subject.clone()))?;
        let methods = words(claims.get("amr"));
        let mfa = methods
            .iter()
            .any(|method| self.mfa_methods.iter().any(|known| known == method))
            || text("acr").is_some_and(|class| self.mfa_classes.iter().any(|known| known == class));
        let flag = |name: &Option<String>| {
            let value = name.as_ref().and_then(|name| claims.get(name));
            value.map(|value| value == &Value::Bool(true) || value.as_str() == Some("true"))
        };
        let (compliant, hybrid) = (
            flag(&self.compliant_device),
            flag(&self.hybrid_joined_device),
        );
        let device = compliant.or(hybrid);
        // What the provider itself does not call verified may be anybody's.
        let unverified = claims.get("email_verified") == Some(&Value::Bool(false));
        let addresses = self.addresses.iter();
        let addresses = addresses.filter(|name| !(unverified && name.as_str() == "email"));
        Ok(Person {
            subject: subject.to_owned(),
            name: text(&self.name).map(str::to_owned),
            addresses: addresses
                .filter_map(|name| text(name).map(str::to_lowercase))
                .collect(),
            methods: in_our_words(&methods, mfa),
            mfa,
            device: device.map(|_| (compliant == Some(true), hybrid == Some(true))),
            groups: self
                .groups
                .as_ref()
                .map(|name| groups(claims.get(name)))
                .transpose()?
                .flatten(),
            since: claims.get("auth_time").and_then(Value::as_i64),
        })
    }
}

impl Person {
    /// The id of the account: the subject itself, where it is one, else a digest of issuer and
    /// subject, which is nobody else's.
    pub fn id(&self, issuer: &str) -> Uuid {
        if let Ok(id) = Uuid::try_parse(&self.subject) {
            return id;
        }
        let text = format!("{issuer}\n{}", self.subject);
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        let mut bytes = [0; 16];
        for (place, byte) in bytes.iter_mut().zip(digest.as_ref()) {
            *place = *byte;
        }
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

fn words(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => one.split_whitespace().collect(),
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).take(20).collect(),
        _ => Vec::new(),
    }
}

/// RFC 8176 in the words of authentication strengths (S10.9). Which method a second factor was, counts
/// only where its being one does.
fn in_our_words(methods: &[&str], mfa: bool) -> Vec<String> {
    let has = |method: &str| methods.contains(&method);
    let word = match mfa {
        false if has("pwd") => "password",
        false => return Vec::new(),
        true if has("fido") || has("hwk") => "fido2",
        true if has("pwd") && has("otp") => "password,softwareOath",
        true if has("pwd") && has("sms") => "password,sms",
        true => "federatedMultiFactor",
    };
    vec![word.to_owned()]
}

/// Group ids. Names of groups are passed over: they are not unique.
fn groups(value: Option<&Value>) -> Result<Option<Vec<Uuid>>, Doubt> {
    match value {
        None => Ok(None),
        Some(Value::Array(many)) if many.len() <= MANY => {
            let ids = many.iter().filter_map(Value::as_str);
            Ok(Some(
                ids.filter_map(|id| Uuid::try_parse(id).ok()).collect(),
            ))
        }
        Some(_) => Err(Doubt::Claim("groups".to_owned())),
    }
}
