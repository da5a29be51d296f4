//! Every check: settings in which it must find something, and the nearest ones in which it must not.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect"
)]

mod activity;
#[path = "../../../policy/tests/equality/choices.rs"]
mod choices;
mod demands;
mod entries;
mod open;
#[path = "../../../preview/tests/difference/pairs.rs"]
#[expect(dead_code, reason = "of each pair one state is enough")]
mod pairs;
mod stored;
mod witnesses;

use policy::settings::{Block, BlockName, Partner, Policy};
use policy::target::{
    Access, ApplicationId, ApplicationTarget, ApplicationsHalf, GroupId, Half, Scope, Targets,
    UserId, UserTarget, UsersHalf,
};
use policy::tenant::{Cloud, TenantId};
use policy::world::{Suites, Tenant, World};
use posture::check::{self, Check};
use posture::facts::Facts;
use posture::finding::{Finding, Whom};
use posture::{Report, Subject};

const CONTOSO: TenantId = TenantId::from_u128(1);
const FABRIKAM: TenantId = TenantId::from_u128(2);
const NORTHWIND: TenantId = TenantId::from_u128(3);
/// In the cloud of US Government.
const ADATUM: TenantId = TenantId::from_u128(4);
const CRM: ApplicationId = ApplicationId::from_u128(0x31);
/// Capable of direct connect.
const TEAMS: ApplicationId = ApplicationId::from_u128(0x32);
const GROUP: UserTarget = UserTarget::Group(GroupId::from_u128(0x21));
const ADELE: UserTarget = UserTarget::User(UserId::from_u128(0x11));

/// The settings of Contoso, and what is known beside.
struct Settings {
    world: World,
    policy: Policy,
    facts: Facts,
}

impl Settings {
    /// What a new tenant has, and everything that can be known is.
    fn new() -> Self {
        let mut world = World {
            suites: Suites {
                direct_connect_capable: [TEAMS].into(),
                ..Suites::default()
            }
            .into(),
            ..World::default()
        };
        for (id, cloud) in [
            (CONTOSO, Cloud::Commercial),
            (FABRIKAM, Cloud::Commercial),
            (ADATUM, Cloud::UsGovernment),
        ] {
            world.tenants.insert(id, Tenant::registered(id, cloud));
        }
        Settings {
            world,
            policy: Policy::default(),
            facts: Facts {
                conditional_access_is_known: true,
                tenants_are_known: true,
                unused_days: 90,
                ..Facts::default()
            },
        }
    }

    fn default_block(mut self, name: BlockName, block: Block) -> Self {
        self.policy.defaults.blocks.set(name, Some(block));
        self
    }

    fn partner(mut self, tenant: TenantId, change: impl FnOnce(&mut Partner)) -> Self {
        let known = self.policy.partners.get(tenant).cloned();
        let mut partner = known.unwrap_or_else(|| Partner::new(tenant));
        change(&mut partner);
        self.policy.partners.insert(partner);
        self
    }

    fn block(self, tenant: TenantId, name: BlockName, block: Block) -> Self {
        self.partner(tenant, |partner| partner.blocks.set(name, Some(block)))
    }

    fn lint(&self, wanted: impl Fn(&Check) -> bool) -> Report {
        let subject = Subject {
            world: &self.world,
            tenant: CONTOSO,
            policy: &self.policy,
            names: &self.world,
            facts: &self.facts,
        };
        posture::lint(&subject, wanted)
    }

    /// What the check of that name finds, and nothing that stood in its way.
    #[track_caller]
    fn found(&self, name: &str) -> Vec<Finding> {
        assert!(check::named(name).is_some(), "{name}");
        let report = self.lint(|check| check.name == name);
        assert_eq!(report.not_made, []);
        report.findings
    }

    /// About whom the check finds something.
    #[track_caller]
    fn about(&self, name: &str) -> Vec<Whom> {
        let found = self.found(name);
        found.iter().map(|found| found.source.whom).collect()
    }
}

fn users(access: Access, targets: &[UserTarget]) -> UsersHalf {
    Half {
        access,
        scope: scope(targets),
    }
}

fn applications(access: Access, ids: &[ApplicationId]) -> ApplicationsHalf {
    let targets: Vec<_> = ids
        .iter()
        .copied()
        .map(ApplicationTarget::Application)
        .collect();
    Half {
        access,
        scope: scope(&targets),
    }
}

/// No names stand for all.
fn scope<T: Copy>(targets: &[T]) -> Scope<T> {
    Targets::new(targets.to_vec()).map_or(Scope::All, Scope::Only)
}

fn block(users: UsersHalf, applications: ApplicationsHalf) -> Block {
    Block {
        users: Some(users),
        applications: Some(applications),
    }
}

fn open() -> Block {
    open_to(&[])
}

/// All users, these applications.
fn open_to(ids: &[ApplicationId]) -> Block {
    block(
        users(Access::Allowed, &[]),
        applications(Access::Allowed, ids),
    )
}

fn shut() -> Block {
    block(
        users(Access::Blocked, &[]),
        applications(Access::Blocked, &[]),
    )
}

#[test]
fn a_new_tenant_is_told_that_guests_of_anybody_may_come_and_nothing_else_s2_2() {
    let report = Settings::new().lint(|_| true);
    let names: Vec<&str> = report
        .findings
        .iter()
        .map(|found| found.check.name)
        .collect();
    assert_eq!(names, ["collaboration-inbound-default"]);
    let not_made: Vec<&str> = report
        .not_made
        .iter()
        .map(|(check, _)| check.name)
        .collect();
    assert_eq!(not_made, ["mfa-registration-trust", "partner-unused"]);
}

#[test]
fn names_are_distinct_and_what_is_gravest_comes_first() {
    let names: std::collections::BTreeSet<&str> =
        check::ALL.iter().map(|check| check.name).collect();
    assert_eq!(names.len(), check::ALL.len());
    assert!(check::ALL.is_sorted_by_key(|check| check.severity));
}

#[test]
fn a_check_that_is_not_wanted_is_not_made() {
    let report = Settings::new().lint(|check| check.name != "collaboration-inbound-default");
    assert_eq!(report.findings.len(), 0);
}
