//! The data folder of a server that holds the workload: a store with every tenant, a master key, the
//! operator's client and one of a tenant.
//!
//! A folder in `target/` is made once for each scale and used again, because making M takes minutes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use decide::guid_request::{GuidRequests, tenant_id};
use decide::product;
use policy::target::ApplicationId;
use policy::tenant::{PolicyId, TenantId};
use policy::world::{Suites, World};
use server::Clock;
use store::{Client as Registered, ClientSecret, Moment, Store};
use sts::MasterKey;
use sts::secret::SecretHash;
use workload::{Requests, SEED, Scale, Workload};

use crate::client::{Client, HOST, request};

/// How many different questions are asked.
pub const QUESTIONS: usize = 20_000;
/// Changes when what is put into the store does.
const FORM: &str = "2";

/// Whoever signs in.
#[derive(Clone, Copy)]
pub enum Who {
    /// Whoever runs the server, and may ask about everybody.
    Operator,
    /// A program of that one of [`Home::changes`], which may do everything in its tenant.
    Program(usize),
}

const OPERATOR: ApplicationId = ApplicationId::from_u128(0x0a00_0000_0000_4000_8000_0000_0000_0001);
const PROGRAMS: u128 = 0x0a00_0000_0000_4000_8000_0000_0000_0002;
/// How many tenants have a program that changes their settings.
pub const WRITERS: usize = 8;
const SECRET: &str = "of no importance to anybody";

/// The workload and the folder.
pub struct Home {
    pub w: Workload,
    pub requests: Requests,
    pub folder: PathBuf,
    pub store: String,
    /// Who changes settings in these benchmarks, and towards whom: the sides of a request for
    /// collaboration that is allowed.
    pub changing: usize,
}

impl Home {
    /// In SQLite.
    pub fn of(scale: Scale) -> Home {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/service");
        let folder = folder.join(scale.name);
        let store = format!("sqlite:{}", folder.join("comity.sqlite").display());
        let home = Home::new(scale, folder, store);
        let mark = home.folder.join("ready");
        if fs::read_to_string(&mark).is_ok_and(|form| form == FORM) {
            return home;
        }
        let _ = fs::remove_dir_all(&home.folder);
        home.make();
        fs::write(mark, FORM).expect("the folder can be written");
        home
    }

    /// In that database.
    pub fn in_database(scale: Scale, folder: &Path, store: String) -> Home {
        let home = Home::new(scale, folder.to_owned(), store);
        home.make();
        home
    }

    fn new(scale: Scale, folder: PathBuf, store: String) -> Home {
        let w = Workload::generate(scale, SEED);
        let requests = w.requests(QUESTIONS, SEED);
        let changing = requests.list.iter().position(|q| {
            let listed = w.owned(q.resource).iter().any(|p| p.partner == q.home);
            !q.direct_connect && listed && w.decide(q, requests.groups(q))
        });
        Home {
            changing: changing.expect("a request that is allowed"),
            w,
            requests,
            folder,
            store,
        }
    }

    /// The tenant whose settings are changed.
    pub fn changed(&self) -> TenantId {
        tenant_id(self.requests.list[self.changing].resource)
    }

    /// The partner it changes.
    pub fn partner(&self) -> TenantId {
        tenant_id(self.requests.list[self.changing].home)
    }

    /// Tenants that have partners, and these; first the one whose settings are changed where there is
    /// one writer.
    pub fn changes(&self) -> Vec<(TenantId, Vec<TenantId>)> {
        let first = (self.changed(), vec![self.partner()]);
        let others = (0..self.w.tenants).map(|t| {
            let partners = self.w.owned(t).iter();
            let partners = partners.map(|owned| tenant_id(owned.partner));
            (tenant_id(t), partners.collect::<Vec<_>>())
        });
        let others = others.filter(|(tenant, partners)| *tenant != first.0 && !partners.is_empty());
        std::iter::once(first.clone())
            .chain(others)
            .take(WRITERS)
            .collect()
    }

    fn make(&self) {
        eprintln!("making a store at scale {}", self.w.scale.name);
        fs::create_dir_all(&self.folder).expect("the folder can be made");
        let key = self.folder.join("master.key");
        fs::write(&key, MasterKey::generate()).expect("the folder can be written");
        let config = format!(
            "public_url = \"https://{HOST}\"\ndata = {:?}\nmaster_key_file = {key:?}\ntrusted_proxies = [\"127.0.0.1\"]\n[tls]\nterminated_by_proxy = true\n",
            self.folder
        );
        fs::write(self.folder.join("comity.toml"), config).expect("the folder can be written");
        wait(async {
            let store = store::open(&self.store).await.expect("a new store");
            let now = Clock::of_the_machine().now();
            let seeded = server::seed(&*store, &self.world(), now).await;
            seeded.expect("the world is kept");
            let permissions = &server::ALL_APPLICATION_PERMISSIONS;
            self.register(
                &store,
                OPERATOR,
                tenant_id(0),
                &[server::OPERATOR_PERMISSION],
            )
            .await;
            for (index, (tenant, _)) in self.changes().into_iter().enumerate() {
                self.register(&store, program(index), tenant, &permissions)
                    .await;
            }
            store.close().await;
        });
    }

    fn world(&self) -> World {
        let requests = GuidRequests::new(&self.requests);
        let direct = requests.list.iter().filter(|q| q.direct_connect);
        let mut world = World {
            suites: Suites {
                direct_connect_capable: direct.map(|q| q.app).collect(),
                ..Suites::default()
            }
            .into(),
            ..World::default()
        };
        for t in 0..self.w.tenants {
            let mut tenant = product::tenant(&self.w, t);
            if let Some(policy) = &mut tenant.policy {
                policy.id = Some(PolicyId::from_u128(tenant.id.as_u128()));
            }
            world.tenants.insert(tenant.id, tenant);
        }
        world
    }

    async fn register(
        &self,
        store: &Arc<dyn Store>,
        id: ApplicationId,
        tenant: TenantId,
        permissions: &[&str],
    ) {
        let hash = SecretHash::of(SECRET).expect("a hash");
        let client = Registered {
            id,
            tenant,
            display_name: None,
            secrets: vec![ClientSecret {
                id: "only".to_owned(),
                phc: hash.as_str().to_owned(),
                created: Moment::from_nanoseconds(0),
                expires: None,
            }],
            permissions: permissions.iter().map(|&name| name.to_owned()).collect(),
            disabled: false,
        };
        store.put_client(&client).await.expect("the client is kept");
    }

    /// A token, from the server's own endpoint.
    pub fn token(&self, client: &mut Client, who: Who) -> String {
        let (id, tenant) = match who {
            Who::Operator => (OPERATOR, tenant_id(0)),
            Who::Program(index) => (program(index), self.changes()[index].0),
        };
        let secret = SECRET.replace(' ', "+");
        let form = format!(
            "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=https%3A%2F%2F{HOST}%2F.default"
        );
        let path = format!("/{tenant}/oauth2/v2.0/token");
        let form = request(
            "POST",
            &path,
            "",
            "application/x-www-form-urlencoded",
            &form,
        );
        let answer = client.ask(&form);
        let text = String::from_utf8_lossy(answer.body);
        assert_eq!(answer.status, 200, "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        value["access_token"].as_str().expect("a token").to_owned()
    }
}

fn program(index: usize) -> ApplicationId {
    ApplicationId::from_u128(PROGRAMS + index as u128)
}

/// The name of the kind of access on the wire.
pub fn journey(direct_connect: bool) -> &'static str {
    match direct_connect {
        true => "b2bDirectConnect",
        false => "b2bCollaboration",
    }
}

/// Waits for the future.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().build().expect("threads");
    runtime.block_on(future)
}
