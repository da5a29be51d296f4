//! Somebody with a browser: it keeps cookies, goes where it is sent, and fills in forms.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::User;
use serde_json::Value;
use store::{
    Application, ApplicationDetails, ApplicationRow, Client, ClientSecret, DirectoryAct,
    DirectoryChange, Password, Revision, UserDetails,
};
use sts::MasterKey;
use sts::secret::SecretHash;

use crate::client::{Answer, CONTOSO, ERP, FABRIKAM, FRED, HERE, Server};

pub(crate) const ALICE: &str = "0c000000-0000-4000-8000-00000000a001";
pub(crate) const SHOP: &str = "https://shop.example/cb";
pub(crate) const APP_SECRET: &str = "the-secret-of-erp";
pub(crate) const PASSWORD: &str = "correct horse";
/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn tenant(id: &str) -> TenantId {
    id.parse().unwrap()
}

pub(crate) fn password(user: &str) -> DirectoryAct {
    DirectoryAct::SetPassword {
        user: user.parse().unwrap(),
        password: Password {
            phc: SecretHash::of(PASSWORD).unwrap().as_str().to_owned(),
            changed: store::Moment::from_nanoseconds(0),
            must_change: false,
        },
    }
}

/// Gives Contoso an application and Alice, and everybody a password.
pub(crate) async fn furnish(server: &Server) {
    furnish_contoso(server).await;
    let change = DirectoryChange::new(tenant(FABRIKAM), vec![password(FRED)], Vec::new());
    server.store.write_directory(&change).await.unwrap();
}

/// Gives Contoso an application and Alice, and her a password.
pub(crate) async fn furnish_contoso(server: &Server) {
    let master = MasterKey::parse(&MasterKey::generate()).unwrap();
    server.app.set_master_key(Arc::new(master));
    let erp: ApplicationId = ERP.parse().unwrap();
    let id: UserId = ALICE.parse().unwrap();
    let alice = User {
        user_principal_name: "alice@contoso.com".to_owned(),
        display_name: Some("Alice".to_owned()),
        mail: Some("alice@contoso.com".to_owned()),
        ..User::new(id)
    };
    let known = server
        .store
        .application_row(tenant(CONTOSO), erp)
        .await
        .unwrap();
    let acts = vec![
        DirectoryAct::PutUser {
            user: Box::new(alice),
            details: Box::new(UserDetails::default()),
            expected: None,
        },
        password(ALICE),
        DirectoryAct::PutApplication {
            row: Box::new(ApplicationRow {
                object: sts::random::guid(),
                application: Application {
                    id: erp,
                    tenant: tenant(CONTOSO),
                    display_name: Some("ERP".to_owned()),
                    redirect_uris: vec![SHOP.to_owned()],
                },
                details: ApplicationDetails {
                    public_redirect_uris: vec!["http://localhost".to_owned()],
                    ..ApplicationDetails::default()
                },
                version: Revision(1),
            }),
            expected: known.map(|row| row.version),
        },
    ];
    let change = DirectoryChange::new(tenant(CONTOSO), acts, Vec::new());
    server.store.write_directory(&change).await.unwrap();
    let client = Client {
        id: erp,
        tenant: tenant(CONTOSO),
        display_name: Some("ERP".to_owned()),
        secrets: vec![ClientSecret {
            id: "1".to_owned(),
            phc: SecretHash::of(APP_SECRET).unwrap().as_str().to_owned(),
            created: store::Moment::from_nanoseconds(0),
            expires: None,
        }],
        permissions: Default::default(),
        disabled: false,
    };
    server.store.put_client(&client).await.unwrap();
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields).finish()
}

/// A request to sign in to ERP, with more parameters.
pub(crate) fn request(more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("client_id", ERP),
        ("redirect_uri", SHOP),
        ("response_type", "code"),
        ("scope", "openid profile email offline_access"),
        ("state", "st"),
        ("nonce", "no"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields.retain(|(_, value)| !value.is_empty());
    format!("/{CONTOSO}/oauth2/v2.0/authorize?{}", encoded(&fields))
}

/// What a browser shows, or where it was sent away to.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) headers: axum::http::HeaderMap,
    /// The address of another site.
    pub(crate) away: Option<String>,
}

impl Seen {
    /// The parameters that the application gets.
    pub(crate) fn parameters(&self) -> BTreeMap<String, String> {
        assert!(self.away.is_some(), "still here: {}", self.text);
        let away = self.away.as_deref().unwrap_or_default();
        let (_, query) = away.split_once(['?', '#']).unwrap();
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    pub(crate) fn code(&self) -> String {
        self.parameters()["code"].clone()
    }

    /// The heading of the page.
    pub(crate) fn title(&self) -> &str {
        self.between("<h1>", "</h1>")
    }

    pub(crate) fn between(&self, before: &str, after: &str) -> &str {
        let Some((_, rest)) = self.text.split_once(before) else {
            return "";
        };
        rest.split_once(after).map_or("", |(found, _)| found)
    }

    /// The journey that the forms of the page belong to.
    fn journey(&self) -> &str {
        self.between("name=\"j\" value=\"", "\"")
    }
}

/// A browser.
pub(crate) struct Browser<'a> {
    server: &'a Server,
    pub(crate) cookie: Option<String>,
    /// Headers that something on the way adds.
    pub(crate) added: Vec<(&'static str, String)>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(server: &'a Server) -> Self {
        Browser {
            server,
            cookie: None,
            added: Vec::new(),
        }
    }

    async fn ask(&mut self, method: &str, path: &str, form: Option<String>) -> Seen {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "comity.test:8443");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("__Host-comity-session={cookie}"));
        }
        for (name, value) in &self.added {
            request = request.header(*name, value);
        }
        let body = match form {
            Some(form) => {
                request = request
                    .header("content-type", "application/x-www-form-urlencoded")
                    .header("origin", HERE);
                Body::from(form)
            }
            None => Body::empty(),
        };
        let (status, headers, bytes) = self.server.exchange(request.body(body).unwrap()).await;
        if let Some(cookie) = headers.get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap();
            assert!(
                attributes.contains("Secure; HttpOnly; SameSite=Lax"),
                "{cookie}"
            );
            let value = pair.strip_prefix("__Host-comity-session=").unwrap();
            self.cookie = (!value.is_empty()).then(|| value.to_owned());
        }
        Seen {
            status,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
            headers,
            away: None,
        }
    }

    /// Opens an address of ours, and goes where that leads.
    pub(crate) async fn open(&mut self, path: &str) -> Seen {
        let seen = self.ask("GET", path, None).await;
        self.follow(seen).await
    }

    async fn follow(&mut self, mut seen: Seen) -> Seen {
        while seen.status == 303 {
            let location = seen.headers["location"].to_str().unwrap().to_owned();
            let own = location.strip_prefix(HERE).unwrap_or(&location);
            if !own.starts_with('/') {
                seen.away = Some(location);
                return seen;
            }
            let own = own.to_owned();
            seen = self.ask("GET", &own, None).await;
        }
        // A page that leads on by itself leads elsewhere.
        let onward = seen
            .headers
            .get("refresh")
            .and_then(|to| to.to_str().ok()?.strip_prefix("0; url="));
        seen.away = onward.map(str::to_owned);
        seen
    }

    /// Sends a form of the page.
    pub(crate) async fn send(&mut self, page: &Seen, step: &str, fields: &[(&str, &str)]) -> Seen {
        let mut all = vec![("j", page.journey())];
        all.extend(fields);
        self.post(&format!("/signin/{step}"), &all).await
    }

    /// Sends a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let seen = self.ask("POST", path, Some(encoded(fields))).await;
        self.follow(seen).await
    }

    /// Signs in with name and password.
    pub(crate) async fn sign_in(&mut self, name: &str, more: &[(&str, &str)]) -> Seen {
        let page = self.open(&request(more)).await;
        let page = self.send(&page, "address", &[("address", name)]).await;
        self.send(&page, "password", &[("password", PASSWORD)])
            .await
    }
}

/// Asks for tokens, as ERP's server does.
pub(crate) async fn token(server: &Server, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("client_id", ERP), ("client_secret", APP_SECRET)];
    for (name, value) in fields {
        all.retain(|(known, _)| known != name);
        all.push((name, value));
    }
    all.retain(|(_, value)| !value.is_empty());
    let request = Request::builder()
        .method("POST")
        .uri(format!("/{CONTOSO}/oauth2/v2.0/token"))
        .header("host", "comity.test:8443")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(encoded(&all)))
        .unwrap();
    server.send(request).await
}

/// Tokens for a code.
pub(crate) async fn redeem(server: &Server, code: &str) -> Answer {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", SHOP),
        ("code_verifier", VERIFIER),
    ];
    token(server, &fields).await
}

/// What a token says.
pub(crate) fn claims(token: &Value) -> Value {
    let part = token
        .as_str()
        .unwrap()
        .split('.')
        .nth(1)
        .unwrap()
        .to_owned();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, part);
    serde_json::from_slice(&bytes.unwrap()).unwrap()
}
