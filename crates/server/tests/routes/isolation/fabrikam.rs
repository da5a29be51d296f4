//! What Fabrikam has: one of everything, marked so that it is known wherever it turns up.
//!
//! *Canaries* are what nobody else may ever see: every name says `canary`, every id that Fabrikam
//! chooses itself begins with [`MARK`], and of the ids that the server drew for it every other one
//! is watched. *Bait* is what an attacker is taken to know: the remaining ids, and the names that
//! say `bait`.

use std::collections::BTreeSet;

use policy::role::Role;
use policy::target::{ApplicationId, UserId};
use serde_json::{Value, json};
use signins::event::{CrossTenantAccess, SignIn};
use store::{Moment, Reach, SignInRecord};

use crate::client::*;
use crate::person::*;

/// How ids begin that only Fabrikam can know.
pub(crate) const MARK: &str = "ca7a7700-0000-4000-8000-";
const PARTNER: &str = "ca7a7700-0000-4000-8000-000000000001";
const DELETED: &str = "ca7a7700-0000-4000-8000-000000000002";
const RELATIVE: &str = "ca7a7700-0000-4000-8000-000000000003";
const PROVIDER: &str = "ca7a7700-0000-4000-8000-000000000004";
const TARGET: &str = "ca7a7700-0000-4000-8000-0000000000aa";
/// The name of an account there that the attacker knows.
pub(crate) const BAIT_ADDRESS: &str = "bait@fabrikam.com";

/// Who administers that tenant.
pub(crate) fn administrator(tenant: &'static str) -> Person {
    let object = match tenant {
        CONTOSO => "0c000000-0000-4000-8000-00000000fade",
        _ => "ca7a7700-0000-4000-8000-00000000fade",
    };
    Person {
        tenant,
        object: object.parse().unwrap(),
        ..Person::with(&[Role::GlobalAdministrator])
    }
}

async fn make(server: &Server, method: &str, path: &str, body: Value) -> Value {
    make_in(server, FABRIKAM, method, path, body).await
}

async fn make_in(
    server: &Server,
    tenant: &'static str,
    method: &str,
    path: &str,
    body: Value,
) -> Value {
    let answer = administrator(tenant)
        .call(server, method, path, Some(body))
        .await;
    assert!(answer.status < 300, "{method} {path}: {answer:?}");
    answer.body
}

fn id(made: &Value) -> &str {
    made["id"].as_str().unwrap()
}

/// Gives Fabrikam everything that a tenant can have.
pub(crate) async fn furnish(server: &Server) {
    for (id, name) in [
        (PARTNER, "partner"),
        (DELETED, "former"),
        (RELATIVE, "relative"),
        (PROVIDER, "provider"),
    ] {
        let body = json!({"tenantId": id, "displayName": format!("Canary {name}"), "hosted": false,
            "domains": [format!("canary-{name}.example")], "region": "EU"});
        let answer = server
            .post(Persona::Operator, "/comity/v1/tenants", body)
            .await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    settings(server).await;
    people(server).await;
    governance(server).await;
    operators(server).await;
    sign_ins(server).await;
}

/// Gives Contoso something to list, so that its people's requests are answered.
pub(crate) async fn furnish_the_attacker(server: &Server) {
    for number in 0..8 {
        let name = format!("own{number}");
        let body = json!({
            "accountEnabled": true, "displayName": name, "mailNickname": name,
            "userPrincipalName": format!("{name}@contoso.com"),
            "passwordProfile": {"password": "correct horse Battery 1"},
        });
        make_in(server, CONTOSO, "POST", "/v1.0/users", body).await;
        let body = json!({"displayName": name, "mailNickname": name, "mailEnabled": false,
            "securityEnabled": true});
        make_in(server, CONTOSO, "POST", "/v1.0/groups", body).await;
        let body = json!({"displayName": name});
        let made = make_in(server, CONTOSO, "POST", "/v1.0/applications", body).await;
        let body = json!({"appId": made["appId"]});
        make_in(server, CONTOSO, "POST", "/v1.0/servicePrincipals", body).await;
    }
    let row = |number: u128| {
        SignInRecord::bare(SignIn {
            created: Some(Moment::from_nanoseconds(now().as_nanosecond() - 1)),
            home_tenant: Some(CONTOSO.parse().unwrap()),
            resource_tenant: Some(FABRIKAM.parse().unwrap()),
            access_type: Some(CrossTenantAccess::B2bCollaboration),
            is_interactive: Some(true),
            ..SignIn::bare(uuid::Uuid::from_u128((7 << 96) + number).to_string(), 0)
        })
    };
    let rows: Vec<SignInRecord> = (1..20).map(row).collect();
    let tenant = CONTOSO.parse().unwrap();
    server.store.keep_sign_ins(tenant, &rows).await.unwrap();
}

async fn settings(server: &Server) {
    let block = json!({
        "usersAndGroups": {"accessType": "blocked", "targets": [{"target": TARGET, "targetType": "user"}]},
        "applications": {"accessType": "blocked", "targets": [{"target": "AllApplications", "targetType": "application"}]},
    });
    make(
        server,
        "PATCH",
        &policy(""),
        json!({"displayName": "Canary policy"}),
    )
    .await;
    let change = json!({"b2bCollaborationOutbound": block});
    make(server, "PATCH", &policy("/default"), change).await;
    for partner in [PARTNER, DELETED, CONTOSO] {
        let body = json!({"tenantId": partner, "inboundTrust": {"isMfaAccepted": true}});
        make(server, "POST", &policy("/partners"), body).await;
    }
    let body = json!({"displayName": "Canary people", "userSyncInbound": {"isSyncAllowed": true}});
    let path = partner(&format!("{PARTNER}/identitySynchronization"));
    make(server, "PUT", &path, body).await;
    make(server, "DELETE", &partner(DELETED), Value::Null).await;
    let card = json!({
        "@odata.type": "#microsoft.graph.crossTenantOpenProfileCard",
        "inboundAccess": {"isAllowed": true,
            "resourceScopes": {"included": [{"resourceId": TARGET, "resourceType": "user"}]}},
    });
    let path = "/beta/policies/crossTenantAccessPolicy/default/m365Capabilities";
    make(server, "POST", path, card).await;
    let root = "/v1.0/tenantRelationships/multiTenantOrganization";
    let body = json!({"displayName": "Canary family", "description": "canary"});
    make(server, "PUT", root, body).await;
    let body = json!({"tenantId": RELATIVE, "displayName": "Canary daughter"});
    make(server, "POST", &format!("{root}/tenants"), body).await;
    let lists = json!({"BlockedDomains": ["canary.example"]});
    let text = json!({"B2BManagementPolicy": {"InvitationsAllowedAndBlockedDomainsPolicy": lists}});
    let body = json!({"definition": [text.to_string()], "displayName": "Canary domains"});
    make(server, "POST", "/beta/policies/b2bManagementPolicies", body).await;
}

async fn people(server: &Server) {
    let mut users = Vec::new();
    for name in ["bait", "canary1", "canary2", "canary3", "bait2"] {
        let body = json!({
            "accountEnabled": true, "displayName": format!("Canary {name}"), "jobTitle": "Canary",
            "mailNickname": name, "userPrincipalName": format!("{name}@fabrikam.com"),
            "passwordProfile": {"password": "correct horse Battery 1"},
        });
        users.push(make(server, "POST", "/v1.0/users", body).await);
    }
    let mut groups = Vec::new();
    for name in ["Bait group", "Canary group", "Canary inner"] {
        let body = json!({"displayName": name, "description": "canary", "mailNickname": "canary",
            "mailEnabled": false, "securityEnabled": true});
        groups.push(make(server, "POST", "/v1.0/groups", body).await);
    }
    let members = users.iter().chain(&groups[1..]);
    for member in members {
        let path = format!("/v1.0/groups/{}/members/$ref", id(&groups[0]));
        let body = json!({"@odata.id": format!("{HERE}/v1.0/directoryObjects/{}", id(member))});
        make(server, "POST", &path, body).await;
    }
    for name in ["Bait application", "Canary application"] {
        let body = json!({"displayName": name, "description": "canary"});
        let application = make(server, "POST", "/v1.0/applications", body).await;
        let body = json!({"appId": application["appId"]});
        make(server, "POST", "/v1.0/servicePrincipals", body).await;
    }
    let body = json!({"invitedUserEmailAddress": "canary@outside.example",
        "invitedUserDisplayName": "Canary guest", "inviteRedirectUrl": "https://canary.example"});
    make(server, "POST", "/v1.0/invitations", body).await;
}

async fn governance(server: &Server) {
    let body = json!({"displayName": "Canary role", "description": "canary", "isEnabled": true,
        "rolePermissions": [{"allowedResourceActions":
            ["microsoft.directory/crossTenantAccessPolicy/standard/read"]}]});
    let role = make(server, "POST", &format!("{ROLES}/roleDefinitions"), body).await;
    let users = administrator(FABRIKAM).get(server, "/v1.0/users").await;
    let body = json!({"roleDefinitionId": role["id"], "principalId": users.body["value"][0]["id"],
        "directoryScopeId": "/"});
    make(server, "POST", &format!("{ROLES}/roleAssignments"), body).await;
    let body =
        json!({"displayName": "Canary context", "description": "canary", "isAvailable": true});
    let path = format!("{CONDITIONS}/authenticationContextClassReferences/c1");
    make(server, "PATCH", &path, body).await;
    let body = json!({
        "displayName": "Canary conditions", "state": "disabled",
        "conditions": {"clientAppTypes": ["all"], "applications": {"includeApplications": [TARGET]},
            "users": {"includeUsers": ["All"]}},
        "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
    });
    make(server, "POST", &format!("{CONDITIONS}/policies"), body).await;
}

/// What the operator says of Fabrikam.
async fn operators(server: &Server) {
    let at = |rest: &str| format!("/comity/v1/tenants/{FABRIKAM}/{rest}");
    let body = json!({"displayName": "Canary script", "permissions": ["Policy.Read.All"]});
    let answer = server.post(Persona::Operator, &at("clients"), body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let path = at(&format!("serviceProviders/{PROVIDER}"));
    let answer = server.call(Persona::Operator, "PUT", &path, None).await;
    assert!(answer.status < 300, "{answer:?}");
}

async fn sign_ins(server: &Server) {
    let canary = || Some("canary".to_owned());
    let row = |number: u128| {
        let sign_in = SignIn {
            created: Some(Moment::from_nanoseconds(now().as_nanosecond() - 1)),
            home_tenant: Some(FABRIKAM.parse().unwrap()),
            resource_tenant: Some(match number % 2 {
                0 => CONTOSO.parse().unwrap(),
                _ => PARTNER.parse().unwrap(),
            }),
            access_type: Some(CrossTenantAccess::B2bCollaboration),
            user: Some(UserId::from_u128(number << 64)),
            user_display_name: canary(),
            user_principal_name: canary(),
            client_app: Some(ApplicationId::from_u128(number << 65)),
            client_app_name: canary(),
            resource_app_name: canary(),
            is_interactive: Some(true),
            ..SignIn::bare(uuid::Uuid::from_u128(number << 66).to_string(), 0)
        };
        SignInRecord {
            address: canary(),
            user_agent: canary(),
            ..SignInRecord::bare(sign_in)
        }
    };
    let rows: Vec<SignInRecord> = (1..40).map(row).collect();
    let tenant = FABRIKAM.parse().unwrap();
    server.store.keep_sign_ins(tenant, &rows).await.unwrap();
}

/// Everything a tenant's administrator and the operator can read of it, and what the store holds.
///
/// One thing is left out: anybody may ask a tenant into a multitenant organization and take that
/// back, and the tenant is told so, as a request to join and in its log (S13.2).
pub(crate) async fn everything(server: &Server, tenant: &'static str) -> String {
    let mut told = String::new();
    let person = administrator(tenant);
    for line in server::permission_lines() {
        let path = line.path().replace("{tenant}", tenant);
        let path = match path.starts_with("/comity/v1/tenants") {
            true => path.replace("{id}", tenant),
            false => path.replace(
                "resourceNamespaces/{id}",
                "resourceNamespaces/microsoft.directory",
            ),
        };
        let asked = path.ends_with("/joinRequest");
        // What the others call themselves is theirs to change.
        let named = path.starts_with("/comity") && path.ends_with("/partners");
        if line.method() != "GET" || asked || named || path.contains('{') || path.contains("$count")
        {
            continue;
        }
        if path.starts_with("/comity") {
            let answer = server.get(Persona::Operator, &path).await;
            // The list of all tenants is nobody's.
            if answer.status == 200 && path != "/comity/v1/tenants" {
                told += &format!("{path}\n{}\n", answer.body);
            }
            continue;
        }
        let mut next = format!("/beta{path}");
        loop {
            let mut answer = person.get(server, &next).await;
            if let Some(rows) = answer.body["value"].as_array_mut() {
                rows.retain(|row| row["category"] != "MultiTenantOrgTenant");
            }
            if answer.status == 200 {
                told += &format!("{path}\n{} {}\n", answer.header("etag"), answer.body);
            }
            match answer.body["@odata.nextLink"].as_str() {
                Some(link) => next = link.strip_prefix(HERE).unwrap().to_owned(),
                None => break,
            }
        }
    }
    for path in ["settings", "history?top=100"] {
        let path = format!("/comity/v1/tenants/{tenant}/{path}");
        let answer = person.get(server, &path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        told += &format!("{path}\n{}\n", answer.body);
    }
    let id = tenant.parse().unwrap();
    let kept = server.store.world(&[id], Reach::Everything).await.unwrap();
    told += &format!("{:?}\n", kept.world().tenants.get(&id));
    told
}

/// Every id in a text.
pub(crate) fn ids(text: &str) -> BTreeSet<String> {
    let is_id = |word: &&str| word.len() == 36 && uuid::Uuid::try_parse(word).is_ok();
    text.split(|c: char| c != '-' && !c.is_ascii_hexdigit())
        .filter(is_id)
        .map(str::to_ascii_lowercase)
        .collect()
}

/// What may not be seen, and what the attacker knows.
#[derive(Clone, Debug)]
pub(crate) struct Secrets {
    pub(crate) hidden: BTreeSet<String>,
    pub(crate) bait: Vec<String>,
    /// What only the attacker's tenant has.
    pub(crate) own: Vec<String>,
    /// Continuations that the server gave Fabrikam, and versions of what it has.
    pub(crate) tokens: Vec<String>,
    pub(crate) tags: Vec<String>,
}

impl Secrets {
    /// Read from what both can read.
    pub(crate) fn of(fabrikam: &str, contoso: &str) -> Self {
        let own = ids(contoso);
        let theirs: Vec<String> = ids(fabrikam).difference(&own).cloned().collect();
        // Fred's account is known to Contoso: he is a guest there.
        let known = |id: &&String| [FABRIKAM, FRED].contains(&id.as_str());
        let theirs = theirs.iter().filter(|id| !known(id));
        let (marked, drawn): (Vec<&String>, Vec<&String>) =
            theirs.partition(|id| id.starts_with(MARK));
        let half = |odd: usize| {
            let some = drawn.iter().enumerate();
            some.filter(move |(place, _)| place % 2 == odd)
                .map(|(_, id)| (*id).clone())
        };
        let between = |start: &str, end: char| -> Vec<String> {
            let found = fabrikam.split(start).skip(1);
            found
                .filter_map(|rest| rest.split_once(end))
                .map(|(found, _)| found.to_owned())
                .collect()
        };
        Secrets {
            hidden: half(1).chain(marked.into_iter().cloned()).collect(),
            bait: half(0).collect(),
            own: own.into_iter().collect(),
            tokens: between("$skiptoken=", '"'),
            tags: between("W/\\\"", '\\'),
        }
    }

    /// What of it is in the text, if anything is.
    pub(crate) fn seen_in(&self, text: &str) -> Option<String> {
        let text = text.to_ascii_lowercase();
        if text.contains("canary") || text.contains(MARK) {
            return Some("a canary".to_owned());
        }
        ids(&text).into_iter().find(|id| self.hidden.contains(id))
    }
}
