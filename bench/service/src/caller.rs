//! Who asks: a program that may do everything in one tenant.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use policy::target::ApplicationId;
use policy::tenant::TenantId;
use store::{Client as Registered, ClientSecret, Moment, Store};
use sts::MasterKey;
use sts::secret::SecretHash;

use crate::client::{Client, HOST, JSON, request};
use crate::process::Server;

pub const SECRET: &str = "of-no-importance";

/// Writes the configuration of a server into that folder.
pub fn configure(folder: &Path) {
    let key = folder.join("master.key");
    fs::write(&key, MasterKey::generate()).expect("the folder can be written");
    let config = format!(
        "public_url = \"https://{HOST}\"\ndata = {folder:?}\nmaster_key_file = {key:?}\ntrusted_proxies = [\"127.0.0.1\"]\n[tls]\nterminated_by_proxy = true\n",
    );
    fs::write(folder.join("comity.toml"), config).expect("the folder can be written");
}

/// A client of that tenant.
pub fn program(tenant: TenantId) -> ApplicationId {
    ApplicationId::from_u128(tenant.as_u128() ^ 0xff)
}

/// Lets a program of that tenant ask for tokens.
pub async fn register(store: &Arc<dyn Store>, tenant: TenantId) {
    let hash = SecretHash::of(SECRET).expect("a hash");
    let client = Registered {
        id: program(tenant),
        tenant,
        display_name: None,
        secrets: vec![ClientSecret {
            id: "only".to_owned(),
            phc: hash.as_str().to_owned(),
            created: Moment::from_nanoseconds(0),
            expires: None,
        }],
        permissions: server::ALL_APPLICATION_PERMISSIONS
            .iter()
            .map(|name| (*name).to_owned())
            .collect(),
        disabled: false,
    };
    store.put_client(&client).await.expect("the client is kept");
}

/// Somebody who may do everything in one tenant.
pub struct Caller {
    pub client: Client,
    pub token: String,
}

impl Caller {
    pub fn of(server: &Server, tenant: TenantId) -> Caller {
        let mut client = server.client();
        let id = program(tenant);
        let form = format!(
            "grant_type=client_credentials&client_id={id}&client_secret={SECRET}&scope=https%3A%2F%2F{HOST}%2F.default"
        );
        let path = format!("/{tenant}/oauth2/v2.0/token");
        let kind = "application/x-www-form-urlencoded";
        let answer = client.ask(&request("POST", &path, "", kind, &form));
        let text = String::from_utf8_lossy(answer.body);
        assert_eq!(answer.status, 200, "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let token = value["access_token"].as_str().expect("a token").to_owned();
        Caller { client, token }
    }

    pub fn ask(&mut self, method: &str, path: &str, body: &str) -> serde_json::Value {
        let request = request(method, path, &self.token, JSON, body);
        let answer = self.client.ask(&request);
        let text = String::from_utf8_lossy(answer.body);
        assert!(
            (200..300).contains(&answer.status),
            "{method} {path}: {text}"
        );
        match answer.body {
            [] => serde_json::Value::Null,
            body => serde_json::from_slice(body).expect("JSON"),
        }
    }
}
