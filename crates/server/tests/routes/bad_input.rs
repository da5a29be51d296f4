//! Input that nobody should send, at every address: tokens, queries, addresses, and what is merely too
//! much. The answer is an error of the wire or a bounded one, never our fault and never somebody
//! else's data. Bodies are in `fuzz`, batches in `batch`, other tenants' things in `isolation`.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use policy::role::Role;
use policy::settings::Partner;
use policy::tenant::{Cloud, TenantId};
use policy::world::Tenant;
use serde_json::{Value, json};
use server::Options;
use signins::event::SignIn;
use store::{Moment, SignInRecord, Sqlite, Store};
use sts::SigningKey;

use crate::client::*;
use crate::person::*;

/// Every address there is, as `method` and one path of its kind.
fn doors() -> BTreeSet<(String, String)> {
    let mut doors = BTreeSet::new();
    for line in server::permission_lines() {
        let path = line
            .path()
            .replace("/scim/v2/{tenant}", "/scim/v2/{tenant}/Users");
        let path = path.replace("{domainName}", "contoso.com");
        let path: String = path
            .split_inclusive('}')
            .map(|part| match part.split_once('{') {
                Some((before, _)) => format!("{before}{CONTOSO}"),
                None => part.to_owned(),
            })
            .collect();
        let own = ["/access/", "/comity/", "/scim/"];
        let method = line.method().to_owned();
        match own.iter().any(|root| path.starts_with(root)) {
            true => doors.insert((method, path)),
            false => doors.insert((method, format!("/beta{path}"))),
        };
    }
    let more = ["/v1.0/$batch"];
    doors.extend(more.map(|path| ("POST".to_owned(), path.to_owned())));
    doors
}

/// Whether a program could read the refusal: an error of Graph, of AuthZEN or of SCIM.
fn is_refusal(answer: &Answer) -> bool {
    let graph = answer.body["error"]["message"].is_string();
    let scim = answer.body["detail"].is_string();
    answer.header("content-type").contains("json") && (graph || scim)
}

/// The claims of a token, changed.
fn claims(token: &str, change: &Value) -> Value {
    let middle = token.split('.').nth(1).unwrap();
    let mut claims: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(middle).unwrap()).unwrap();
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// Signed as its head says, or as it does not.
fn unsigned(algorithm: &str, claims: &Value, signature: &[u8]) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({"alg": algorithm, "typ": "JWT", "kid": keys().current().id()});
    let signature = URL_SAFE_NO_PAD.encode(signature);
    format!("{}.{}.{signature}", part(&head), part(claims))
}

#[tokio::test]
async fn tokens_that_are_not_good_here_open_no_door() {
    let server = Server::new().await;
    let good = Person::with(&[Role::GlobalAdministrator]).token(&server);
    let same = claims(&good, &json!({}));
    let at = now().as_second();
    let signed = |change: Value| sts::jws::sign(keys().current(), &claims(&good, &change)).unwrap();
    // Signed again without a change it is good: whatever is refused below is refused for the change.
    let again = signed(json!({}));
    let answer = server.with_token(&again, "GET", &policy("")).await;
    assert_eq!(answer.status, 200, "{answer:?}");

    let issuer = same["iss"].as_str().unwrap();
    let foreign_key = SigningKey::generate(0).unwrap();
    let mut swapped: Vec<&str> = good.split('.').collect();
    let theirs = server.token(Stranger).unwrap();
    swapped[1] = theirs.split('.').nth(1).unwrap();
    let tokens = [
        unsigned("none", &same, b""),
        unsigned("None", &same, b"x"),
        unsigned("HS256", &same, &[7; 32]),
        unsigned("RS256", &same, &[7; 256]),
        sts::jws::sign(&foreign_key, &same).unwrap(),
        swapped.join("."),
        signed(json!({"exp": at - 1})),
        signed(json!({"exp": at - 400_000_000})),
        signed(json!({"nbf": at + 4_000, "iat": at + 4_000})),
        signed(json!({"aud": "https://vault.example"})),
        signed(json!({"aud": null})),
        signed(json!({"tid": FABRIKAM})),
        signed(json!({"iss": issuer.replace(CONTOSO, FABRIKAM)})),
        signed(json!({"iss": "https://login.microsoftonline.com/x/v2.0"})),
        signed(json!({"exp": "tomorrow"})),
        signed(json!({"exp": null})),
        signed(json!({"oid": "anna"})),
        format!("{good}.{good}"),
        good[..good.len() - 1].to_owned(),
        "e30.e30.".to_owned(),
        "x".repeat(20_000),
    ];
    for token in &tokens {
        for (method, path) in doors() {
            let answer = server.with_token(token, &method, &path).await;
            let said = format!("{method} {path} {token:.60}: {answer:?}");
            assert_eq!(answer.status, 401, "{said}");
            assert!(is_refusal(&answer), "{said}");
            assert!(
                answer.header("www-authenticate").starts_with("Bearer"),
                "{said}"
            );
        }
    }
}

/// Queries that make no sense, ask for too much, or try to be another language.
fn queries() -> Vec<String> {
    let mut queries: Vec<String> = [
        "$top=0",
        "$top=-1",
        "$top=1e30",
        "$top=18446744073709551616",
        "$top=1%20or%201",
        "$top=",
        "$top=%00",
        "$top=999999",
        "$skip=-1",
        "$skip=18446744073709551615",
        "$skip=x",
        "$skiptoken=",
        "$skiptoken=%27%3B--",
        "$skiptoken=AAAA",
        "$skiptoken=..%2F..%2F",
        "$skiptoken=-1.-1",
        "$orderby=id;drop%20table",
        "$orderby=(select%201)",
        "$orderby=,,,",
        "$select=",
        "$select=*",
        "$select=..%2F..",
        "$select=id,id,id",
        "$select=%27",
        "$expand=*",
        "$expand=members($expand=members($expand=members))",
        "$expand=(",
        "$expand=$ref",
        "$count=maybe",
        "$count=true&$count=false",
        "$search=x",
        "$apply=aggregate($count as n)",
        "$format=xml",
        "$deltatoken=x",
        "$filter=",
        "$filter=1%20eq%201",
        "$filter=true",
        "$filter=id",
        "$filter=id%20eq%20%27x%27%20or%20%271%27%20eq%20%271%27",
        "$filter=id%20eq%20%27%27%27%20or%20%27%27%27%20eq%20%27%27%27",
        "$filter=id%20eq%20%27%25%27",
        "$filter=id%20eq%20%27x%27)%20union%20select%20*%20from%20tenants--",
        "$filter=id%20eq%20$it/id",
        "$filter=tenantId%20ne%20null",
        "$filter=id%20ge%20%27%27",
        "$filter=length(id)%20gt%200",
        "$filter=cast(id,Edm.String)%20ne%20%27%27",
        "$filter=id%20eq%20%27\u{0}%27",
        "$filter=id%20eq%20%27%F0%9F%90%A4%27",
        "$filter=id%20eq%20%27%C0%AF%27",
        "$filter=%",
        "$filter=%zz",
        "$filter=id%20in%20()",
        "$filter=members/any(m:%20m/id%20eq%20%27x%27)",
        "$filter=a/b/c/d/e/f/g/h%20eq%201",
        "$filter=id%20eq%20duration%27P1D%27",
        "$filter=createdDateTime%20ge%209999-99-99T99:99:99Z",
        "%24filter=id%20eq%20%27x%27",
        "$FILTER=ID%20EQ%20%27x%27",
        "&&&&",
        "=",
        "%00=%00",
        "$",
        "?",
        "filter=userName%20eq%20%22x%22%20or%201%20eq%201",
        "startIndex=-5&count=-5",
        "startIndex=99999999999999999999",
        "count=99999999999",
        "sortBy=password",
        "at=0",
        "at=x",
        "from=99999999999999999999&to=0",
        "part=../../etc",
        "top=4294967296",
    ]
    .map(|query| query.replace('\u{0}', "%00").replace(' ', "%20"))
    .to_vec();
    let name = "x".repeat(4_000);
    queries.extend([
        format!(
            "$filter={}id%20eq%201{}",
            "(".repeat(2_000),
            ")".repeat(2_000)
        ),
        format!("$filter={}id%20eq%20%27x%27", "not%20".repeat(1_000)),
        format!(
            "$filter=id%20eq%20%27x%27{}",
            "%20or%20id%20eq%20%27x%27".repeat(300)
        ),
        format!("$filter=id%20in%20({})", vec!["%27x%27"; 2_000].join(",")),
        format!("$filter={name}%20eq%20%27{name}%27"),
        format!("$select={}", vec!["id"; 3_000].join(",")),
        format!("$expand={}", vec!["members"; 1_000].join(",")),
        format!("$orderby={}", vec!["id"; 1_000].join(",")),
        format!("$skiptoken={name}"),
        "&a=b".repeat(3_000),
    ]);
    queries
}

#[tokio::test]
async fn absurd_queries_get_an_error_or_a_bounded_answer() {
    let server = Server::new().await;
    let people = [
        Person::with(&[Role::GlobalAdministrator]).token(&server),
        server
            .token(Program(&server::ALL_APPLICATION_PERMISSIONS))
            .unwrap(),
        server.token(Persona::Operator).unwrap(),
    ];
    let mut doors: Vec<String> = doors()
        .into_iter()
        .filter(|(method, _)| method == "GET")
        .map(|(_, path)| path)
        .collect();
    doors.extend([
        "/v1.0/users".to_owned(),
        format!("/scim/v2/{CONTOSO}/Users"),
        format!("/scim/v2/{CONTOSO}/Groups"),
        format!("/comity/v1/tenants/{CONTOSO}/history"),
        format!("/comity/v1/tenants/{CONTOSO}/settings"),
        format!("/comity/v1/tenants/{CONTOSO}/compare"),
    ]);
    let mut answered = 0;
    for path in doors {
        let token = match path.starts_with("/comity") {
            true => &people[2],
            false if path.starts_with("/scim") => &people[1],
            false => &people[0],
        };
        for query in queries() {
            let answer = server
                .with_token(token, "GET", &format!("{path}?{query}"))
                .await;
            let said = || format!("{path}?{query:.80} {:.600}", format!("{answer:?}"));
            assert!(answer.status < 500, "{}", said());
            if answer.status >= 400 {
                assert!(is_refusal(&answer), "{}", said());
            } else {
                answered += 1;
                for list in [&answer.body["value"], &answer.body["Resources"]] {
                    let long = list.as_array().map_or(0, Vec::len);
                    assert!(long <= 1_000, "{}", said());
                }
                // What is Fabrikam's alone is in none of the lists.
                let text = answer.body.to_string();
                assert!(!text.contains("fred@fabrikam.com"), "{}", said());
            }
        }
    }
    assert!(answered > 100, "{answered}");
}

#[tokio::test]
async fn addresses_that_are_no_addresses_are_told_so() {
    let server = Server::new().await;
    let administrator = Person::with(&[Role::GlobalAdministrator]).token(&server);
    let function = |name: &str, rest: &str| format!("/v1.0/tenantRelationships/{name}{rest}");
    let (by_id, by_domain) = (
        "findTenantInformationByTenantId",
        "findTenantInformationByDomainName",
    );
    let mut paths = Vec::new();
    for rest in [
        "",
        "()",
        "(",
        ")",
        "(tenantId=)",
        "(tenantId='')",
        "(tenantId=null)",
        "(tenantId='a'",
        "tenantId='a')",
        "(tenantId='a',tenantId='b')",
        "(tenantId=@p)",
        "(tenantId='..%2F..')",
        "(tenantId='%00')",
        "(tenantId=''')",
        "(tenantId='''')",
        "(tenantId=1)",
        "(domainName='contoso.com',tenantId='x')",
        "('0c000000-0000-4000-8000-000000000001')/x",
        "(tenantId='%F0%9F%90%A4')",
        "(domainName='')",
        "(domainName='-')",
        "(domainName='a..b')",
        "(domainName='xn--')",
    ] {
        paths.extend([function(by_id, rest), function(by_domain, rest)]);
    }
    let long = "x".repeat(10_000);
    for rest in [
        "('",
        "(')",
        "('x'",
        "(tenantId='x')",
        "('x','y')",
        "/..",
        "/%2e%2e/%2e%2e",
        "/%00",
        "/%2F",
        "/ %20",
        "/null",
        "/x/y/z",
        "/$count/x",
        "/$value",
        "/$ref",
        "/microsoft.graph.x",
        "/\u{e9}",
        "/%ff",
        &long,
    ] {
        let rest = rest.replace(' ', "%20").replace('\u{e9}', "%C3%A9");
        paths.push(format!("{}{rest}", policy("/partners")));
        paths.push(format!("/v1.0/users{rest}"));
        paths.push(format!("/beta/groups{rest}"));
    }
    for path in paths {
        for method in ["GET", "PATCH", "DELETE", "POST", "TRACE"] {
            let answer = server.with_token(&administrator, method, &path).await;
            let said = format!("{method} {path:.200}: {answer:?}");
            assert!((400..500).contains(&answer.status), "{said}");
            assert!(is_refusal(&answer), "{said}");
        }
    }
}

#[tokio::test]
async fn groups_in_a_ring_have_each_member_once() {
    // S1.6
    let server = Server::new().await;
    let administrator = Person::with(&[Role::GlobalAdministrator]);
    let reference = |id: &str| json!({"@odata.id": format!("{HERE}/v1.0/directoryObjects/{id}")});
    let mut ring = Vec::new();
    for number in 0..60 {
        let body = json!({"displayName": format!("Group {number}"), "mailEnabled": false,
            "mailNickname": "ring", "securityEnabled": true});
        let made = administrator.post(&server, "/v1.0/groups", body).await;
        ring.push(made.body["id"].as_str().unwrap().to_owned());
    }
    for (group, next) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        let path = format!("/v1.0/groups/{group}/members/$ref");
        let answer = administrator.post(&server, &path, reference(next)).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }
    let path = format!("/v1.0/groups/{}/members/$ref", ring[0]);
    let itself = administrator
        .post(&server, &path, reference(&ring[0]))
        .await;
    assert!([204, 400].contains(&itself.status), "{itself:?}");
    let path = format!("/v1.0/groups/{}/members/$ref", ring[30]);
    let fred = administrator
        .post(&server, &path, reference(FRED_THERE))
        .await;
    assert_eq!(fred.status, 204);
    let path = format!("/v1.0/groups/{}/transitiveMembers?$top=999", ring[7]);
    let all = administrator.get(&server, &path).await;
    let all: Vec<&str> = all.body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["id"].as_str().unwrap())
        .collect();
    let distinct: BTreeSet<&str> = all.iter().copied().collect();
    assert_eq!((all.len(), distinct.len()), (61, 61));
    let path = format!("/v1.0/users/{FRED_THERE}/getMemberGroups");
    let groups = administrator
        .post(&server, &path, json!({"securityEnabledOnly": false}))
        .await;
    assert_eq!(groups.body["value"].as_array().unwrap().len(), 60);
    // And a decision that looks at groups comes to an end.
    let block = json!({"b2bCollaborationInbound": {"usersAndGroups": {"accessType": "blocked",
        "targets": [{"target": ring[59], "targetType": "group"}]}}});
    let changed = administrator
        .patch(&server, &partner(FABRIKAM), block)
        .await;
    assert_eq!(changed.status, 204, "{changed:?}");
    let question = json!({"homeTenant": FABRIKAM, "user": FRED, "resourceTenant": CONTOSO, "resourceAppId": CRM});
    let answer = server
        .post(
            Program(&["Decision.Read.All"]),
            "/comity/v1/decide",
            question,
        )
        .await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// How many partners an unusual tenant has.
const MANY: u128 = 50_000;

fn numbered(number: u128) -> TenantId {
    TenantId::from_u128((0xa << 124) | (4 << 76) | (8 << 60) | number)
}

#[tokio::test]
async fn fifty_thousand_partners_come_in_pages_and_one_of_them_is_found_changed_and_removed() {
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.unwrap());
    let mut world = world();
    let contoso = world.tenants.get_mut(&CONTOSO.parse().unwrap()).unwrap();
    let settings = contoso.policy.as_mut().unwrap();
    for number in 0..MANY {
        settings.partners.insert(Partner::new(numbered(number)));
    }
    let one = numbered(31_415);
    world
        .tenants
        .insert(one, Tenant::registered(one, Cloud::Commercial));
    server::seed(&*store, &world, now()).await.unwrap();
    let server = Server::holding(store, Options::at(HERE));
    let count = server.get(Reader, &policy("/partners/$count")).await;
    assert_eq!(count.body, json!(MANY + 1));
    let mut seen = BTreeSet::new();
    let mut path = policy("/partners");
    loop {
        let page = server.get(Reader, &path).await;
        let entries = page.body["value"].as_array().unwrap();
        assert!((1..=1_000).contains(&entries.len()), "{}", entries.len());
        seen.extend(
            entries
                .iter()
                .map(|entry| entry["tenantId"].as_str().unwrap().to_owned()),
        );
        match page.body["@odata.nextLink"].as_str() {
            Some(next) => path = next.strip_prefix(HERE).unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen.len() as u128, MANY + 1);
    let filter = |id: &TenantId| policy(&format!("/partners?$filter=tenantId eq '{id}'"));
    let found = server.get(Reader, &filter(&one)).await;
    assert_eq!(
        found.body["value"].as_array().unwrap().len(),
        1,
        "{found:?}"
    );
    // Every entry is looked at, and none fits.
    let none = server
        .get(
            Reader,
            &policy("/partners?$filter=isServiceProvider eq true"),
        )
        .await;
    assert_eq!(
        (none.status, &none.body["value"]),
        (200, &json!([])),
        "{none:?}"
    );
    let trust = json!({"inboundTrust": {"isMfaAccepted": true}});
    let entry = partner(&one.to_string());
    assert_eq!(server.patch(Administrator, &entry, trust).await.status, 204);
    assert_eq!(
        server.get(Reader, &entry).await.body["inboundTrust"]["isMfaAccepted"],
        true
    );
    assert_eq!(
        server
            .call(Administrator, "DELETE", &entry, None)
            .await
            .status,
        204
    );
    assert_eq!(server.get(Reader, &entry).await.status, 404);
}

#[tokio::test]
async fn a_filter_that_fits_hardly_anything_in_a_large_log_comes_to_an_end() {
    let server = Server::new().await;
    let row = |number: u64| {
        let before = i128::from(number) * 1_000_000_000;
        let sign_in = SignIn {
            created: Some(Moment::from_nanoseconds(now().as_nanosecond() - before)),
            is_interactive: Some(true),
            ..SignIn::bare(format!("s{number:06}"), 0)
        };
        SignInRecord {
            // The oldest is the only one.
            user_agent: (number == 12_499).then(|| "rare".to_owned()),
            ..SignInRecord::bare(sign_in)
        }
    };
    let rows: Vec<SignInRecord> = (0..12_500).map(row).collect();
    let tenant = CONTOSO.parse().unwrap();
    server.store.keep_sign_ins(tenant, &rows).await.unwrap();
    for (agent, expected) in [("rare", 1), ("nobody", 0)] {
        let filter = format!("$filter=startsWith(userAgent,'{agent}')");
        let mut path = format!("/v1.0/auditLogs/signIns?{filter}");
        let (mut found, mut pages) = (0, 0);
        loop {
            let page = server.get(Reader, &path).await;
            assert_eq!(page.status, 200, "{page:?}");
            let entries = page.body["value"].as_array().unwrap().len();
            (found, pages) = (found + entries, pages + 1);
            match page.body["@odata.nextLink"].as_str() {
                Some(next) => {
                    // Clients stop at the first empty page.
                    assert!(entries > 0, "{page:?}");
                    path = next.strip_prefix(HERE).unwrap().to_owned();
                }
                None => break,
            }
        }
        assert_eq!(found, expected, "{agent}");
        assert!(pages <= 2, "{agent}: {pages}");
    }
}
