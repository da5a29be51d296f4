//! The data folder of a server for sign-ins: two tenants with people, one of which visit the other;
//! an application; and two browsers in which somebody is signed in.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use policy::conditional_access::Claims;
use policy::sign_in::{Journey, SignIn, SignInAccount, decide};
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::World;
use serde_json::{Value, json};
use server::Clock;
use store::{
    Application, ApplicationDetails, ApplicationRow, DirectoryAct, DirectoryChange, Moment, Pass,
    PassKind, Revision, SignInOccasion, SignInRecord, Store, TrustClaims,
};
use sts::handle::Handle;

use crate::caller;
use crate::client::HOST;
use crate::figure::milliseconds;
use crate::home::wait;

pub const SHOP: &str = "https://shop.example/cb";
/// The application.
pub const CLIENT: &str = "aa000000-0000-4000-8000-000000000001";
/// RFC 7636, appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Which browser.
pub type Who = usize;
/// Somebody of the tenant.
pub const MEMBER: Who = 0;
/// Somebody of the other one.
pub const GUEST: Who = 1;

const RESOURCE: &str = "0c000000-0000-4000-8000-000000000001";
const HOME: &str = "0f000000-0000-4000-8000-000000000002";
/// People of each tenant, and as many guests.
const PEOPLE: usize = 1_000;
const GROUPS: usize = 100;
/// How often the evaluator is asked for one figure.
const AT_ONCE: u32 = 100;
const FIGURES: usize = 400;

/// The folder, and who is signed in.
pub struct Guests {
    pub folder: PathBuf,
    pub store: String,
    pub resource: TenantId,
    world: World,
    browsers: [String; 2],
}

fn person(tenant: &str, number: usize) -> String {
    format!("{}{number:012x}", &tenant[..24])
}

fn group(number: usize) -> String {
    format!("{}c{number:011x}", &HOME[..24])
}

fn now() -> i64 {
    Clock::of_the_machine().now().as_second()
}

/// Two tenants that have settings for one another, as administrators write them.
fn world() -> World {
    let home: Vec<Value> = (0..PEOPLE)
        .map(|n| {
            json!({"id": person(HOME, n), "userPrincipalName": format!("person{n}@home.example"),
                "memberOf": [group(n % GROUPS)]})
        })
        .collect();
    let groups: Vec<Value> = (0..GROUPS)
        .map(|n| json!({"id": group(n), "memberOf": []}))
        .collect();
    let mut here: Vec<Value> = (0..PEOPLE)
        .map(|n| {
            json!({"id": person(RESOURCE, n), "memberOf": [],
                "userPrincipalName": format!("person{n}@resource.example")})
        })
        .collect();
    here.extend((0..PEOPLE).map(|n| {
        json!({"id": person(RESOURCE, PEOPLE + n), "userType": "Guest", "memberOf": [],
            "userPrincipalName": format!("person{n}_home.example#EXT#@resource.example"),
            "externalUserState": "Accepted",
            "external": {"homeTenantId": HOME, "homeUserId": person(HOME, n)}})
    }));
    let chosen: Vec<Value> = (0..10)
        .map(|n| json!({"target": group(n), "targetType": "group"}))
        .collect();
    let block = json!({
        "usersAndGroups": {"accessType": "allowed", "targets": chosen},
        "applications": {"accessType": "allowed",
            "targets": [{"target": CLIENT, "targetType": "application"}]},
    });
    let fixture = json!({"tenants": [
        {"tenantId": RESOURCE, "displayName": "Resource", "domains": ["resource.example"], "p1": true,
            "crossTenantAccessPolicy": {"default": {}, "partners": [{"tenantId": HOME,
                "b2bCollaborationInbound": block, "inboundTrust": {"isMfaAccepted": true}}]},
            "conditionalAccessPolicies": [{"id": "guests need MFA", "state": "enabled",
                "conditions": {"users": {"includeGuestsOrExternalUsers": {
                    "guestOrExternalUserTypes": "b2bCollaborationGuest,b2bCollaborationMember"}},
                    "applications": {"includeApplications": ["All"]}},
                "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}}],
            "users": here, "groups": []},
        {"tenantId": HOME, "displayName": "Home", "domains": ["home.example"], "p1": true,
            "crossTenantAccessPolicy": {"default": {}, "partners": [{"tenantId": RESOURCE,
                "b2bCollaborationOutbound": block}]},
            "users": home, "groups": groups},
    ]});
    graph::world::read(&fixture).expect("a world").world
}

impl Guests {
    pub fn make() -> Guests {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/service/guests");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the folder can be made");
        caller::configure(&folder);
        let mut guests = Guests {
            store: format!("sqlite:{}", folder.join("comity.sqlite").display()),
            folder,
            resource: RESOURCE.parse().expect("an id"),
            world: world(),
            browsers: Default::default(),
        };
        guests.browsers = wait(guests.fill());
        guests
    }

    async fn fill(&self) -> [String; 2] {
        let store = store::open(&self.store).await.expect("a new store");
        let moment = Clock::of_the_machine().now();
        let seeded = server::seed(&*store, &self.world, moment).await;
        seeded.expect("the world is kept");
        let act = DirectoryAct::PutApplication {
            row: Box::new(ApplicationRow {
                object: sts::random::guid(),
                application: Application {
                    id: application(),
                    tenant: self.resource,
                    display_name: Some("Shop".to_owned()),
                    redirect_uris: Vec::new(),
                },
                details: ApplicationDetails {
                    public_redirect_uris: vec![SHOP.to_owned()],
                    ..ApplicationDetails::default()
                },
                version: Revision(1),
            }),
            expected: None,
        };
        let change = DirectoryChange::new(self.resource, vec![act], Vec::new());
        let written = store.write_directory(&change).await;
        written.expect("the application is kept");
        caller::register(&store, self.resource).await;
        let browsers = [
            signed_in(&store, RESOURCE, "person1@resource.example").await,
            signed_in(&store, HOME, "person1@home.example").await,
        ];
        store.close().await;
        browsers
    }

    /// The client of a program.
    pub fn program(&self) -> ApplicationId {
        caller::program(self.resource)
    }

    pub fn secret(&self) -> &'static str {
        caller::SECRET
    }

    /// The request of a browser that the application sends to sign in.
    pub fn authorize(&self, who: Who) -> Vec<u8> {
        let (tenant, cookie) = (self.resource, &self.browsers[who]);
        let scope = "openid%20profile%20offline_access";
        format!(
            "GET /{tenant}/oauth2/v2.0/authorize?client_id={CLIENT}&redirect_uri={SHOP}&response_type=code&scope={scope}&state=s&nonce=n&code_challenge={CHALLENGE}&code_challenge_method=S256 HTTP/1.1\r\nHost: {HOST}\r\nCookie: __Host-comity-session={cookie}\r\n\r\n"
        )
        .into_bytes()
    }

    /// The question that the guest's sign-in puts to the law.
    fn question(&self) -> SignIn {
        SignIn {
            journey: Journey::Collaboration,
            account: SignInAccount::Home {
                tenant: HOME.parse().expect("an id"),
                user: person(HOME, 1).parse::<UserId>().expect("an id"),
                groups: None,
            },
            resource: self.resource,
            client_app: Some(application()),
            resource_app: application(),
            claims: Claims {
                mfa: true,
                ..Claims::default()
            },
            consent_accepted: false,
            first_access: false,
            is_interactive: true,
            client_app_used: Some("Browser".to_owned()),
            restrictions: None,
        }
    }

    /// How long the evaluator takes for it, in milliseconds.
    pub fn judging(&self) -> Vec<f64> {
        let question = self.question();
        let once = || {
            let begun = Instant::now();
            for _ in 0..AT_ONCE {
                std::hint::black_box(decide(&self.world, std::hint::black_box(&question)));
            }
            milliseconds(begun.elapsed()) / f64::from(AT_ONCE)
        };
        (0..FIGURES).map(|_| once()).collect()
    }

    /// How long it takes until one row of a log is kept, in milliseconds.
    pub fn keeping_rows(&self) -> Vec<f64> {
        let decision = decide(&self.world, &self.question());
        let row = decision.rows.first().expect("a row").clone();
        let address = self.store.replace("comity.sqlite", "rows.sqlite");
        wait(async {
            let store = store::open(&address).await.expect("a new store");
            let moment = Clock::of_the_machine().now();
            let seeded = server::seed(&*store, &self.world, moment).await;
            seeded.expect("the world is kept");
            let mut times = Vec::new();
            for _ in 0..FIGURES {
                let occasion = SignInOccasion {
                    id: sts::random::guid().to_string(),
                    created: Moment::from_nanoseconds(moment.as_nanosecond()),
                    correlation: sts::random::guid().to_string(),
                    address: None,
                    claims: TrustClaims::default(),
                };
                let record = SignInRecord::judged(row.clone(), occasion);
                let begun = Instant::now();
                let kept = store.keep_sign_ins(row.tenant, &[record]).await;
                kept.expect("the row is kept");
                times.push(milliseconds(begun.elapsed()));
            }
            store.close().await;
            times
        })
    }
}

fn application() -> ApplicationId {
    CLIENT.parse().expect("an id")
}

/// A browser in which the first person of that tenant has signed in with two factors.
async fn signed_in(store: &Arc<dyn Store>, tenant: &str, name: &str) -> String {
    let handle = Handle::draw();
    let later = i128::from(now() + 12 * 3600) * 1_000_000_000;
    let account = json!({
        "home": tenant,
        "user": person(tenant, 1),
        "name": name,
        "since": now(),
        "methods": ["password", "password,softwareOath"],
        "mfa": true,
        "session": sts::random::guid().to_string(),
    });
    let pass = Pass {
        kind: PassKind::Session,
        handle: handle.hash(),
        family: sts::random::guid(),
        version: Revision(1),
        expires: Moment::from_nanoseconds(later),
        value: json!({"accounts": [account]}).to_string(),
    };
    store.put_pass(&pass).await.expect("the session is kept");
    handle.text().to_owned()
}
