//! What every handler can reach.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use policy::tenant::TenantId;
use store::Store;
use sts::passkey::Passkeys;
use sts::scope::Resource;
use sts::secret::Secrets;
use sts::{ExternalIssuer, KeyRing, MasterKey, StatementKey, Verifier};
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinSet;

use crate::behaviours::Behaviours;
use crate::clock::Clock;
use crate::effective::Effective;
use crate::error::{ApiError, Result};
use crate::mail::Post;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::sign_in::{Guard, Upstreams};
use crate::throttle::Throttle;

/// How often memory is compared with the store although nobody said that something changed.
const POLL: Duration = Duration::from_secs(1);
/// How long commits of this process are left to themselves before anybody looks whether they have
/// come to memory.
const GRACE: Duration = Duration::from_millis(2);

/// The server, shared by everything that runs in it.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of the server.
pub struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) effective: Effective,
    pub(crate) verifier: Verifier,
    pub(crate) secrets: Secrets,
    pub(crate) resource: Resource,
    pub(crate) clock: Clock,
    pub(crate) options: Options,
    pub(crate) metrics: Metrics,
    pub(crate) throttle: Throttle,
    /// What happened lately, for previews.
    pub(crate) behaviours: Behaviours,
    /// Signs where the audit log ends; `None` until somebody brings it.
    pub(crate) statements: ArcSwapOption<StatementKey>,
    /// Under which what people prove themselves with is sealed; `None` until somebody brings it.
    pub(crate) master: ArcSwapOption<MasterKey>,
    /// Counts what people try.
    pub(crate) guard: Guard,
    /// Asks for passkeys; `None` where the server's address has no name.
    pub(crate) passkeys: Option<Passkeys>,
    /// Takes messages to people away.
    pub(crate) post: Post,
    /// The providers of tenants whose people sign in elsewhere.
    pub(crate) upstreams: Upstreams,
    /// Whoever writes the settings of a tenant holds one of these: within one process writers wait
    /// for one another instead of finding out at the commit.
    pub(crate) writers: Box<[Mutex<()>]>,
}

/// How many tenants are written at once.
const WRITERS: usize = 256;

impl Parts {
    /// Waits until nobody else in this process writes that tenant.
    pub(crate) async fn writer(&self, tenant: TenantId) -> Option<MutexGuard<'_, ()>> {
        let place = tenant.as_u128() % WRITERS as u128;
        match self.writers.get(usize::try_from(place).unwrap_or(0)) {
            Some(writer) => Some(writer.lock().await),
            None => None,
        }
    }
}

impl std::ops::Deref for App {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts a server together.
    pub fn new(
        store: Arc<dyn Store>,
        keys: KeyRing,
        issuers: Vec<ExternalIssuer>,
        options: Options,
        clock: Clock,
    ) -> Self {
        App(Arc::new(Parts {
            effective: Effective::new(Arc::clone(&store), clock.clone()),
            store,
            verifier: Verifier::new(&options.public_url, keys, issuers),
            secrets: Secrets::default(),
            resource: Resource::at(&options.public_url),
            post: Post::new(options.mail.clone(), &options.public_url, clock.clone()),
            clock,
            passkeys: Passkeys::at(&options.public_url),
            upstreams: Upstreams::new(
                &options.provider_addresses,
                options.provider_authorities.as_deref(),
            ),
            options,
            metrics: Metrics::default(),
            throttle: Throttle::default(),
            behaviours: Behaviours::default(),
            statements: ArcSwapOption::empty(),
            master: ArcSwapOption::empty(),
            guard: Guard::default(),
            writers: (0..WRITERS).map(|_| Mutex::new(())).collect(),
        }))
    }

    /// The verifier of this server's tokens, for whoever changes its keys.
    pub fn verifier(&self) -> &Verifier {
        &self.0.verifier
    }

    /// Brings the key that signs statements about the audit log, or the next one.
    pub fn set_statement_key(&self, key: StatementKey) {
        self.0.statements.store(Some(Arc::new(key)));
    }

    /// Brings the key under which second factors are sealed.
    pub fn set_master_key(&self, key: Arc<MasterKey>) {
        self.0.master.store(Some(key));
    }

    /// The key under which second factors are sealed.
    pub(crate) fn master(&self) -> Result<Arc<MasterKey>> {
        let key = self.0.master.load_full();
        key.ok_or_else(|| ApiError::internal("no master key was brought"))
    }

    /// Keeps memory current for as long as the server runs: woken by the store, and looking for
    /// itself now and then, because a wake may be lost when the database is. Beside it, jobs of
    /// synchronization are run, which decide by what memory says.
    pub async fn follow(self) {
        // They end with this.
        let mut beside = JoinSet::new();
        beside.spawn(self.clone().synchronize());
        let mut watch = self.store.watch();
        loop {
            if let Err(error) = self.catch_up().await {
                tracing::warn!(error = %error, "settings could not be refreshed from the store");
                tokio::time::sleep(POLL).await;
                continue;
            }
            if let Ok(false) = tokio::time::timeout(POLL, watch.changed()).await {
                return;
            }
        }
    }

    /// Brings memory up to date. What this process commits itself comes there without being read, a
    /// moment after the store has woken everybody: that moment is left to it.
    async fn catch_up(&self) -> store::Result<()> {
        if self.effective.commits_under_way() > 0 {
            tokio::time::sleep(GRACE).await;
            if self.effective.reaches(self.store.sequence().await?).await {
                return Ok(());
            }
        }
        self.effective.refresh(&[]).await
    }
}
