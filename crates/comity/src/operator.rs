//! Commands of whoever runs the server, carried out by the server that runs, or on a store that no
//! server holds: then this program is the server for as long as the command takes, on the machine
//! itself, under a key that ends with it.

use std::path::PathBuf;

use clap::Args;
use policy::target::ApplicationId;
use policy::tenant::TenantId;
use reqwest::Method;
use serde_json::{Map, Value};
use server::{App, Clock, OPERATOR_PERMISSION, Options};
use sts::{KeyRing, SigningKey};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::exit::Failure;
use crate::remote::{Login, Session};
use crate::serve::chain;

/// Where the tenants are.
#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    #[command(flatten)]
    login: Login,
    /// The data folder of a server that does not run, for its embedded store
    #[arg(long, value_name = "DIR", conflicts_with_all = ["server", "demo"], help_heading = "Store")]
    data: Option<PathBuf>,
    /// The store of a server: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL", conflicts_with_all = ["server", "demo", "data"], help_heading = "Store")]
    store: Option<String>,
}

/// A server that lets us in as its operator.
pub(crate) struct Office {
    session: Session,
    own: Option<Own>,
}

/// The server we are ourselves.
struct Own {
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    store: std::sync::Arc<dyn store::Store>,
}

impl Place {
    /// Lets us in.
    pub(crate) async fn enter(&self) -> Result<Office, Failure> {
        let url = match (&self.store, &self.data) {
            (Some(url), _) => url.clone(),
            (None, Some(data)) => {
                let file = data.join("comity.sqlite");
                if !file.exists() {
                    let message = format!("{} holds no store", data.display());
                    return Err(Failure::broken(message).advise("comity init --data DIR"));
                }
                format!("sqlite:{}", file.display())
            }
            (None, None) if self.login.is_given() => {
                let session = self.login.enter(None).await?;
                return Ok(Office { session, own: None });
            }
            (None, None) => {
                return Err(Failure::broken("nothing says where the tenants are")
                    .advise("--server URL, --data DIR or --store URL"));
            }
        };
        Office::over(&url).await
    }
}

/// The name under which the log knows what was done on a store.
const NAME: &str = "comity on the store";

impl Office {
    async fn over(url: &str) -> Result<Self, Failure> {
        let failed = |error: &dyn std::error::Error| Failure::failed(chain(error));
        let store = store::open(url).await.map_err(|error| failed(&error))?;
        let clock = Clock::of_the_machine();
        let now = clock.now().as_second();
        let key = SigningKey::generate(now).map_err(|error| failed(&error))?;
        let keys = KeyRing::new([key]).map_err(|error| failed(&error))?;
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|error| failed(&error))?;
        let address = listener.local_addr().map_err(|error| failed(&error))?;
        let options = Options::at("https://localhost");
        let app = App::new(store.clone(), keys, Vec::new(), options, clock);
        let tenant = TenantId::from_u128(0);
        let client = sts::Client {
            id: ApplicationId::from_u128(0),
            tenant,
            object: uuid::Uuid::nil(),
            display_name: NAME.to_owned(),
            permissions: vec![OPERATOR_PERMISSION.to_owned()],
            secrets: Vec::new(),
        };
        let token = app.verifier().mint(&client, now);
        let token = token.map_err(|error| failed(&error))?;
        let (stop, stopped) = oneshot::channel();
        let router = server::app(app);
        let serving = tokio::spawn(async move {
            let limits = server::listen::Limits::default();
            let stopped = async move { drop(stopped.await) };
            server::listen::serve(listener, None, router, limits, stopped).await;
        });
        Ok(Office {
            session: Session::with(&format!("http://{address}"), tenant, client.id, token)?,
            own: Some(Own {
                stop,
                serving,
                store,
            }),
        })
    }

    /// Asks.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Map<String, Value>, Failure> {
        let path = format!("/comity/v1/tenants{path}");
        let reply = self
            .session
            .call(method, &path, body, OPERATOR_PERMISSION)
            .await?;
        Ok(reply.body)
    }

    /// Ends the server we are ourselves.
    pub(crate) async fn leave(self) {
        if let Some(Own {
            stop,
            serving,
            store,
        }) = self.own
        {
            // Nobody listens any more if it has ended already.
            let _ = stop.send(());
            let _ = serving.await;
            store.close().await;
        }
    }
}
