//! The compiled evaluator: the same answers as [`crate::sign_in::decide`], in a fraction of a
//! microsecond.
//!
//! The plain evaluator is the one to read: it follows the clauses and explains every step. This one
//! is made from the same settings when they change, not when somebody asks: inheritance is resolved
//! for each tenant and partner, lists are flat, people are found by id. Contoso is one [`Snapshot`];
//! all snapshots are a [`Registry`]; [`Live`] holds the registry in force and replaces one tenant
//! while decisions go on. A decision takes no lock and allocates nothing.
//!
//! ```
//! use comity_policy::compiled::{Asker, Live, Question, Registry, Snapshot, decide};
//! use comity_policy::decision::Verdict;
//! use comity_policy::settings::Policy;
//! use comity_policy::target::{ApplicationId, UserId};
//! use comity_policy::tenant::{Cloud, TenantId};
//! use comity_policy::world::{Tenant, World};
//!
//! let (fabrikam, contoso) = (TenantId::from_u128(1), TenantId::from_u128(2));
//! let mut world = World::default();
//! for id in [fabrikam, contoso] {
//!     let mut tenant = Tenant::registered(id, Cloud::Commercial);
//!     tenant.policy = Some(Policy::default());
//!     world.tenants.insert(id, tenant);
//! }
//! let live = Live::new(Registry::of(&world));
//!
//! let adele = Asker::Home { tenant: fabrikam, user: UserId::from_u128(3), groups: None };
//! let question = Question::new(adele, contoso, ApplicationId::from_u128(4));
//! assert_eq!(decide(&live.read(), &question).verdict, Verdict::Allow);
//!
//! // Contoso moves elsewhere; from now on only Fabrikam is asked.
//! let elsewhere = Tenant::registered(contoso, Cloud::Commercial);
//! live.replace(Snapshot::compile(&elsewhere));
//! assert_eq!(decide(&live.read(), &question).verdict, Verdict::Allow);
//! ```
//!
//! What it does not do: explain. Findings, log rows and the groups that would decide come from the
//! plain evaluator, for the few decisions somebody looks at. It shares no rule with it either, only
//! the types of settings and reasons; that is what makes their agreement worth testing.

mod conditional;
mod decide;
mod demand;
mod digest;
mod directory;
mod entry;
mod guest;
mod judge;
mod line;
mod list;
mod passage;
mod people;
mod question;
mod registry;
mod restrictions;
mod settings;
mod shard;
mod snapshot;
mod suites;

pub use decide::decide;
pub use question::{Answer, Asker, NO_CLAIMS, Question, Restrictions};
pub use registry::{Live, Registry, Trust};
pub use snapshot::Snapshot;
