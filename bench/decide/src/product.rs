//! The product's compiled evaluator on the same workload.
//!
//! Every tenant is built as the administrator's settings would be, compiled, and dropped, one after
//! the other. What is measured is the whole sign-in decision through the live registry: tenants are
//! looked up by GUID, hosting, clouds, licence and applications for direct connect are judged, and
//! the answer carries reason, side, detail and origin. Nobody is in the directories and there is no
//! Conditional Access, so the settings decide.

use policy::compiled::{Asker, Live, Question, Registry, Snapshot, decide};
use policy::decision::Verdict;
use policy::settings::{BlockName, CompleteBlock, Partner, Policy};
use policy::sign_in::Journey;
use policy::target::{Access, ApplicationTarget, GroupId, Half, Scope, Targets, UserTarget};
use policy::tenant::Cloud;
use policy::world::{Suites, Tenant};
use workload::{Block, Part, Target, Workload, home_and_resource};

use crate::guid_request::{GuidRequest, GuidRequests, app_id, group_id, tenant_id, user_id};

pub struct Product {
    live: Live,
}

impl Product {
    /// Direct connect works only to applications that are known to be capable of it; here those
    /// are the ones the stream asks for.
    pub fn build(w: &Workload, requests: &GuidRequests) -> Product {
        let direct = requests.list.iter().filter(|q| q.direct_connect);
        let suites = Suites {
            direct_connect_capable: direct.map(|q| q.app).collect(),
            ..Suites::default()
        };
        let snapshots = (0..w.tenants).map(|t| Snapshot::compile(&tenant(w, t)));
        Product {
            live: Live::new(Registry::new(snapshots, &suites, false)),
        }
    }

    #[inline(never)]
    pub fn decide(&self, q: &GuidRequest, groups: &[GroupId]) -> bool {
        let asker = Asker::Home {
            tenant: q.home,
            user: q.user,
            groups: Some(groups),
        };
        let mut question = Question::new(asker, q.resource, q.app);
        if q.direct_connect {
            question.journey = Journey::DirectConnect;
        }
        decide(&self.live.read(), &question).verdict == Verdict::Allow
    }

    /// Replaces a tenant by the same settings, compiled anew.
    pub fn replace(&self, w: &Workload, t: u32) {
        self.live.replace(Snapshot::compile(&tenant(w, t)));
    }
}

/// The tenant with its settings, as its administrators would have left them.
pub fn tenant(w: &Workload, t: u32) -> Tenant {
    let mut policy = Policy::default();
    policy.defaults.customized = true;
    for (i, block) in w.defaults[t as usize].iter().enumerate() {
        let block = complete(w, block, home_and_resource(t, t, i));
        policy.defaults.blocks.set(NAMES[i], Some(block.into()));
    }
    for entry in w.owned(t) {
        let mut partner = Partner::new(tenant_id(entry.partner));
        for (i, block) in entry.blocks.iter().enumerate() {
            let sides = home_and_resource(t, entry.partner, i);
            let block = block.map(|block| complete(w, &block, sides).into());
            partner.blocks.set(NAMES[i], block);
        }
        policy.partners.insert(partner);
    }
    Tenant {
        p1: true,
        policy: Some(policy),
        ..Tenant::registered(tenant_id(t), Cloud::Commercial)
    }
}

/// The order of the workload's blocks.
const NAMES: [BlockName; 4] = [
    BlockName::B2bCollaborationInbound,
    BlockName::B2bCollaborationOutbound,
    BlockName::B2bDirectConnectInbound,
    BlockName::B2bDirectConnectOutbound,
];

fn complete(w: &Workload, block: &Block, (home, resource): (u32, u32)) -> CompleteBlock {
    let users = |code: &u32| match Target::of(*code) {
        Target::User(user) => UserTarget::User(user_id(home, user)),
        Target::Group(group) => UserTarget::Group(group_id(home, group)),
    };
    let apps = |app: &u32| ApplicationTarget::Application(app_id(resource, *app));
    CompleteBlock {
        users: half(w, &block.users, users),
        applications: half(w, &block.apps, apps),
    }
}

fn half<T>(w: &Workload, part: &Part, target: impl Fn(&u32) -> T) -> Half<T> {
    let access = match part.allowed {
        true => Access::Allowed,
        false => Access::Blocked,
    };
    let listed = w.targets(part).iter().map(target).collect();
    Half {
        access,
        scope: Targets::new(listed).map_or(Scope::All, Scope::Only),
    }
}
