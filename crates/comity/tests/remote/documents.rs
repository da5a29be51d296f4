//! An export of a tenant with hundreds of partners, made up the same way every time.

use serde_json::{Map, Value, json};

pub(crate) const CONTOSO: &str = "0c000000-0000-4000-8000-000000000001";
pub(crate) const FABRIKAM: &str = "0f000000-0000-4000-8000-000000000002";
/// How many partners Contoso has.
pub(crate) const PARTNERS: u64 = 300;
const OFFICE: &str = "00000003-0000-0ff1-ce00-000000000000";
const P1: &str = "41781fb2-bc02-4b7c-bd55-b576c07bb09d";

/// Numbers that look like chance and are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    /// A number below that one.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// Whether something happens that does so many times in a hundred.
    pub(crate) fn falls(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let at = self.below(from.len() as u64);
        &from[usize::try_from(at).unwrap()]
    }
}

/// The tenants that Contoso knows, and some that it does not.
pub(crate) fn partner(number: u64) -> String {
    format!("0a000000-0000-4000-8000-{number:012x}")
}

pub(crate) fn user(number: u64) -> String {
    format!("0b000000-0000-4000-8000-{number:012x}")
}

pub(crate) fn group(number: u64) -> String {
    format!("9a000000-0000-4000-8000-{number:012x}")
}

/// One of a few applications, some of which belong to a suite.
pub(crate) fn application(dice: &mut Dice) -> String {
    match dice.below(10) {
        0 => OFFICE.to_owned(),
        number => format!("aa000000-0000-4000-8000-{number:012x}"),
    }
}

fn access(dice: &mut Dice) -> &'static str {
    ["allowed", "blocked"][usize::from(dice.falls(50))]
}

fn users(dice: &mut Dice, for_default: bool) -> Value {
    let all = json!([{"target": "AllUsers", "targetType": "user"}]);
    if for_default || dice.falls(40) {
        return json!({"accessType": access(dice), "targets": all});
    }
    let mut targets = Vec::new();
    for _ in 0..=dice.below(6) {
        targets.push(match dice.falls(60) {
            true => json!({"target": group(dice.below(12)), "targetType": "group"}),
            false => json!({"target": user(dice.below(20)), "targetType": "user"}),
        });
    }
    json!({"accessType": access(dice), "targets": targets})
}

fn applications(dice: &mut Dice, keywords: &[&str]) -> Value {
    if dice.falls(40) {
        let targets = json!([{"target": "AllApplications", "targetType": "application"}]);
        return json!({"accessType": access(dice), "targets": targets});
    }
    let mut targets = Vec::new();
    for _ in 0..=dice.below(5) {
        let target = match dice.falls(15) {
            true => (*dice.pick(keywords)).to_owned(),
            false => application(dice),
        };
        targets.push(json!({"target": target, "targetType": "application"}));
    }
    json!({"accessType": access(dice), "targets": targets})
}

/// A block that Graph would have taken: its halves do not contradict each other (S4.11, S4.12).
fn block(dice: &mut Dice, name: &str, for_default: bool) -> Value {
    let keywords: &[&str] = match name {
        "tenantRestrictions" => &["Office365"],
        _ => &["Office365", "AllMicrosoftApps"],
    };
    let outbound = name.ends_with("Outbound");
    let users = users(dice, for_default && !outbound);
    let mut applications = applications(dice, keywords);
    let all = |half: &Value| {
        half["targets"][0]["target"]
            .as_str()
            .is_some_and(|target| target.starts_with("AllU") || target == "AllApplications")
    };
    let blocked = |half: &Value| half["accessType"] == "blocked" && all(half);
    if blocked(&users) || blocked(&applications) {
        let access = users["accessType"].clone();
        applications = json!({
            "accessType": access,
            "targets": [{"target": "AllApplications", "targetType": "application"}],
        });
    }
    json!({"usersAndGroups": users, "applications": applications})
}

const BLOCKS: [&str; 5] = [
    "b2bCollaborationInbound",
    "b2bCollaborationOutbound",
    "b2bDirectConnectInbound",
    "b2bDirectConnectOutbound",
    "tenantRestrictions",
];

fn flag(dice: &mut Dice) -> Value {
    dice.pick(&[json!(null), json!(true), json!(false)]).clone()
}

fn entry(dice: &mut Dice, tenant: &str) -> Value {
    let mut entry = Map::new();
    entry.insert("tenantId".to_owned(), tenant.into());
    entry.insert("isServiceProvider".to_owned(), Value::Null);
    entry.insert("isInMultiTenantOrganization".to_owned(), false.into());
    for name in BLOCKS {
        // Customized, or inherited.
        let block = match dice.falls(45) {
            true => block(dice, name, false),
            false => Value::Null,
        };
        entry.insert(name.to_owned(), block);
    }
    let trust = match dice.falls(50) {
        true => json!({
            "isMfaAccepted": flag(dice),
            "isCompliantDeviceAccepted": flag(dice),
            "isHybridAzureADJoinedDeviceAccepted": flag(dice),
        }),
        false => Value::Null,
    };
    entry.insert("inboundTrust".to_owned(), trust);
    let consent = json!({"inboundAllowed": flag(dice), "outboundAllowed": flag(dice)});
    entry.insert("automaticUserConsentSettings".to_owned(), consent);
    let synchronization = match dice.falls(20) {
        true => json!({
            "tenantId": tenant,
            "displayName": "HR",
            "userSyncInbound": {"isSyncAllowed": dice.falls(50)},
        }),
        false => Value::Null,
    };
    entry.insert("identitySynchronization".to_owned(), synchronization);
    Value::Object(entry)
}

fn default(dice: &mut Dice) -> Value {
    let mut default = Map::new();
    default.insert("isServiceDefault".to_owned(), false.into());
    for name in BLOCKS {
        default.insert(name.to_owned(), block(dice, name, true));
    }
    default.insert(
        "inboundTrust".to_owned(),
        json!({
            "isMfaAccepted": true,
            "isCompliantDeviceAccepted": false,
            "isHybridAzureADJoinedDeviceAccepted": dice.falls(50),
        }),
    );
    let no = json!({"inboundAllowed": false, "outboundAllowed": false});
    default.insert("automaticUserConsentSettings".to_owned(), no);
    Value::Object(default)
}

/// What Graph would have answered about a tenant.
pub(crate) fn of(tenant: &str, name: &str, seed: u64, partners: &[String]) -> Map<String, Value> {
    let mut dice = Dice::new(seed);
    let metadata = "https://graph.microsoft.com/v1.0/$metadata#";
    let organization = json!({
        "@odata.context": format!("{metadata}organization"),
        "value": [{
            "id": tenant,
            "displayName": name,
            "verifiedDomains": [{"name": format!("{}.example", name.to_lowercase())}],
            "assignedPlans": [{"capabilityStatus": "Enabled", "servicePlanId": P1}],
        }],
    });
    let policy = json!({
        "@odata.context": format!("{metadata}policies/crossTenantAccessPolicy/$entity"),
        "id": tenant.replace("-4000-", "-4001-"),
        "displayName": format!("CrossTenantAccessPolicy for {tenant}"),
        "allowedCloudEndpoints": [],
    });
    let mut default = default(&mut dice);
    let context = format!("{metadata}policies/crossTenantAccessPolicy/default");
    default["@odata.context"] = context.into();
    let entries = partners.iter().map(|id| entry(&mut dice, id));
    let partners = json!({
        "@odata.context": format!("{metadata}policies/crossTenantAccessPolicy/partners"),
        "value": entries.collect::<Value>(),
    });
    let documents = [
        ("organization.json", organization),
        ("policy.json", policy),
        ("default.json", default),
        ("partners.json", partners),
    ];
    let named = documents.into_iter();
    named
        .map(|(name, document)| (name.to_owned(), document))
        .collect()
}

/// Contoso, with hundreds of partners, Fabrikam among them.
pub(crate) fn contoso() -> Map<String, Value> {
    let mut partners: Vec<String> = (1..PARTNERS).map(partner).collect();
    partners.push(FABRIKAM.to_owned());
    of(CONTOSO, "Contoso", 7, &partners)
}

/// Fabrikam, with a few, Contoso among them.
pub(crate) fn fabrikam() -> Map<String, Value> {
    let mut partners: Vec<String> = (1..20).map(partner).collect();
    partners.push(CONTOSO.to_owned());
    of(FABRIKAM, "Fabrikam", 11, &partners)
}
