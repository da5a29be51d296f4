//! Contoso's server and Fabrikam's, with a store each: Fred signs in at home, and both sides' settings
//! are enforced, each where it is.

use std::sync::Arc;

use serde_json::{Value, json};
use server::Options;
use server::listen::{Limits, serve};
use store::{
    Application, ApplicationDetails, ApplicationRow, Client, ClientSecret, DirectoryAct,
    DirectoryChange, Revision, Sqlite, Store,
};
use sts::MasterKey;
use sts::secret::SecretHash;
use tokio::net::TcpListener;

use crate::client::{
    CONTOSO, ERP, FABRIKAM, FRED, HERE, Persona, Server, all, application, now, partner, world,
};
use crate::person::FRED_THERE;
use crate::walk::{
    Browser, PASSWORD, Seen, claims, furnish_contoso, password, redeem, request, token,
};

const THERE: &str = "https://contoso.test";
const GATE: &str = "aa000000-0000-4000-8000-00000000000a";
const GROUP: &str = "0f000000-0000-4000-8000-00000000b001";

/// Contoso's server, to which Fabrikam is only known, and the other way round.
struct Both {
    contoso: Server,
    fabrikam: Server,
    issuer: String,
}

async fn knowing(own: &str, options: Options) -> Server {
    let mut world = world();
    for id in [CONTOSO, FABRIKAM] {
        if id != own {
            let other = world.tenants.get_mut(&id.parse().unwrap()).unwrap();
            other.policy = None;
            other.directory = None;
        }
    }
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.unwrap());
    server::seed(&*store, &world, now()).await.unwrap();
    Server::holding(store, options)
}

impl Both {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let options = |url: &str| Options {
            provider_addresses: vec!["127.0.0.1".parse().unwrap()],
            other_urls: vec![HERE.to_owned()],
            ..Options::at(url)
        };
        let contoso = knowing(CONTOSO, options(THERE)).await;
        let fabrikam = knowing(FABRIKAM, options(&url)).await;
        furnish_contoso(&contoso).await;
        furnish_fabrikam(&fabrikam).await;
        let router = server::app(fabrikam.app.clone());
        tokio::spawn(serve(
            listener,
            None,
            router,
            Limits::default(),
            std::future::pending(),
        ));
        let both = Both {
            contoso,
            fabrikam,
            issuer: format!("{url}/{FABRIKAM}/v2.0"),
        };
        let path = format!("/comity/v1/tenants/{FABRIKAM}/identityProvider");
        let body = json!({"issuer": both.issuer, "clientId": GATE, "clientSecret": "open",
            "isComity": true});
        let done = both
            .contoso
            .call(Persona::Operator, "PUT", &path, Some(body))
            .await;
        assert_eq!(done.status, 200, "{}", done.body);
        let path = format!("/comity/v1/tenants/{FABRIKAM}/clients/{GATE}/actsFor");
        let body = json!({"tenantId": CONTOSO});
        let done = both
            .fabrikam
            .call(Persona::Operator, "PUT", &path, Some(body))
            .await;
        assert_eq!(done.status, 200, "{}", done.body);
        both
    }

    /// Fred opens Contoso's application and is sent home.
    async fn away(&self, browser: &mut Browser<'_>) -> String {
        let page = browser.open(&request(&[])).await;
        let name = [("address", "fred@fabrikam.com")];
        let page = browser.send(&page, "address", &name).await;
        self.on_the_way(&page)
    }

    fn on_the_way(&self, page: &Seen) -> String {
        let address = page
            .headers
            .get("refresh")
            .map(|value| value.to_str().unwrap());
        let address = address.unwrap_or_else(|| unreachable!("not on the way: {}", page.text));
        let (url, _) = self.issuer.split_once(&format!("/{FABRIKAM}")).unwrap();
        address
            .strip_prefix(&format!("0; url={url}"))
            .unwrap()
            .to_owned()
    }

    /// Fred says at home who he is.
    async fn at_home(&self, home: &mut Browser<'_>, address: &str) -> Seen {
        let page = home.open(address).await;
        if page.away.is_some() || !page.text.contains("name=\"password\"") {
            return page;
        }
        home.send(&page, "password", &[("password", PASSWORD)])
            .await
    }

    async fn walk(&self) -> Seen {
        let (mut browser, mut home) = (Browser::new(&self.contoso), Browser::new(&self.fabrikam));
        let address = self.away(&mut browser).await;
        let seen = self.at_home(&mut home, &address).await;
        match seen.away {
            Some(_) => browser.open(&back(&seen)).await,
            None => seen,
        }
    }

    async fn patch(&self, server: &Server, tenant: &'static str, body: Value) {
        let path = "/v1.0/policies/crossTenantAccessPolicy/default";
        let program = Persona::Foreign(tenant, &["Policy.ReadWrite.CrossTenantAccess"]);
        let done = server.call(program, "PATCH", path, Some(body)).await;
        assert_eq!(done.status, 204, "{}", done.body);
    }
}

/// The way back to Contoso.
fn back(seen: &Seen) -> String {
    let away = seen
        .away
        .as_deref()
        .unwrap_or_else(|| unreachable!("still there: {}", seen.text));
    away.strip_prefix(THERE).unwrap().to_owned()
}

async fn furnish_fabrikam(server: &Server) {
    let master = MasterKey::parse(&MasterKey::generate()).unwrap();
    server.app.set_master_key(Arc::new(master));
    let id = FABRIKAM.parse().unwrap();
    let row = ApplicationRow {
        object: sts::random::guid(),
        application: Application {
            id: GATE.parse().unwrap(),
            tenant: id,
            display_name: Some("Contoso".to_owned()),
            redirect_uris: vec![format!("{THERE}/signin/return")],
        },
        details: ApplicationDetails::default(),
        version: Revision(1),
    };
    let acts = vec![
        password(FRED),
        DirectoryAct::PutApplication {
            row: Box::new(row),
            expected: None,
        },
    ];
    let change = DirectoryChange::new(id, acts, Vec::new());
    server.store.write_directory(&change).await.unwrap();
    let client = Client {
        id: GATE.parse().unwrap(),
        tenant: id,
        display_name: Some("Contoso".to_owned()),
        secrets: vec![ClientSecret {
            id: "1".to_owned(),
            phc: SecretHash::of("open").unwrap().as_str().to_owned(),
            created: store::Moment::from_nanoseconds(0),
            expires: None,
        }],
        permissions: Default::default(),
        disabled: false,
    };
    server.store.put_client(&client).await.unwrap();
}

#[tokio::test]
async fn a_guest_signs_in_at_home_on_another_server_and_both_logs_tell_of_it() {
    let both = Both::start().await;
    let seen = both.walk().await;
    let answer = redeem(&both.contoso, &seen.code()).await;
    let said = claims(&answer.body["id_token"]);
    assert_eq!(said["oid"], FRED_THERE, "{}", answer.body);
    let log = Persona::Foreign(CONTOSO, &["AuditLog.Read.All"]);
    let rows = both
        .contoso
        .call(log, "GET", "/beta/auditLogs/signIns", None)
        .await;
    assert_eq!(rows.body["value"][0]["userId"], FRED_THERE, "{}", rows.body);
    let log = Persona::Foreign(FABRIKAM, &["AuditLog.Read.All"]);
    let rows = both
        .fabrikam
        .call(log, "GET", "/beta/auditLogs/signIns", None)
        .await;
    let row = &rows.body["value"][0];
    assert_eq!(row["userId"], FRED, "{}", rows.body);
    assert_eq!(row["crossTenantAccessType"], "b2bCollaboration");
    assert_eq!(row["resourceTenantId"], CONTOSO);
}

#[tokio::test]
async fn the_home_side_refuses_on_its_own_page_s8_6() {
    let both = Both::start().await;
    let out = |block: Value| json!({"b2bCollaborationOutbound": block});
    both.patch(&both.fabrikam, FABRIKAM, out(all("blocked")))
        .await;
    let seen = both.walk().await;
    assert_eq!(seen.status, 403, "{}", seen.text);
    assert!(seen.text.contains("outbound_blocked"), "{}", seen.text);
    // The application that is reached counts, and not the client that stands for Contoso.
    both.patch(&both.fabrikam, FABRIKAM, out(application("blocked", ERP)))
        .await;
    let seen = both.walk().await;
    assert!(seen.text.contains("outbound_blocked"), "{}", seen.text);
    both.patch(&both.fabrikam, FABRIKAM, out(application("blocked", FRED)))
        .await;
    both.walk().await.code();
}

#[tokio::test]
async fn the_resource_side_refuses_what_comes_back_s8_7() {
    let both = Both::start().await;
    let inbound = json!({"b2bCollaborationInbound": all("blocked")});
    both.patch(&both.contoso, CONTOSO, inbound).await;
    let seen = both.walk().await;
    assert_eq!(seen.status, 403, "{}", seen.text);
    assert!(seen.text.contains("inbound_blocked"), "{}", seen.text);
}

#[tokio::test]
async fn what_is_asked_cannot_be_changed_on_the_way() {
    let both = Both::start().await;
    let inbound = json!({"b2bCollaborationInbound": {
        "usersAndGroups": {"accessType": "blocked",
            "targets": [{"target": GROUP, "targetType": "group"}]},
        "applications": {"accessType": "allowed",
            "targets": [{"target": "AllApplications", "targetType": "application"}]}}});
    let program = Persona::Foreign(CONTOSO, &["Policy.ReadWrite.CrossTenantAccess"]);
    let done = both
        .contoso
        .call(program, "PATCH", &partner(FABRIKAM), Some(inbound))
        .await;
    assert_eq!(done.status, 204, "{}", done.body);
    // Fred is not in the group, and Fabrikam says so.
    both.walk().await.code();
    for (what, instead) in [(GROUP, FRED), (ERP, FRED), ("claims=", "other=")] {
        let (mut browser, mut home) = (Browser::new(&both.contoso), Browser::new(&both.fabrikam));
        let address = both.away(&mut browser).await;
        let (query, claims) = address.split_once("&claims=").unwrap();
        let changed = format!(
            "{query}&{}",
            format!("claims={claims}").replace(what, instead)
        );
        assert_ne!(changed, address);
        let seen = both.at_home(&mut home, &changed).await;
        let seen = browser.open(&back(&seen)).await;
        assert_eq!(seen.status, 403, "{}", seen.text);
        assert!(
            seen.text.contains("identity_provider_refused"),
            "{}",
            seen.text
        );
    }
}

#[tokio::test]
async fn a_refresh_asks_home_and_home_asks_its_settings_s8_13() {
    let both = Both::start().await;
    let first = redeem(&both.contoso, &both.walk().await.code()).await;
    let refresh = async |text: &Value| {
        let text = text.as_str().unwrap();
        let fields = [("grant_type", "refresh_token"), ("refresh_token", text)];
        token(&both.contoso, &fields).await
    };
    let second = refresh(&first.body["refresh_token"]).await;
    assert_eq!(second.status, 200, "{}", second.body);
    let out = json!({"b2bCollaborationOutbound": all("blocked")});
    both.patch(&both.fabrikam, FABRIKAM, out).await;
    let ended = refresh(&second.body["refresh_token"]).await;
    assert_eq!(ended.body["error"], "invalid_grant", "{}", ended.body);
}

#[tokio::test]
async fn a_client_that_acts_for_nobody_vouches_for_nobody() {
    let both = Both::start().await;
    let path = format!("/comity/v1/tenants/{FABRIKAM}/clients/{GATE}/actsFor");
    let done = both
        .fabrikam
        .call(Persona::Operator, "DELETE", &path, None)
        .await;
    assert_eq!(done.status, 200, "{}", done.body);
    let seen = both.walk().await;
    assert_eq!(seen.status, 403, "{}", seen.text);
    assert!(seen.text.contains("outbound_not_vouched"), "{}", seen.text);
}
