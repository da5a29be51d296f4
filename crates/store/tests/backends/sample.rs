//! Things to keep: a few organizations, and writes to their settings.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use comity_store::{
    AuditRecord, AuditedChange, CatchUp, Change, Channel, Committed, Error, Facts, Initiator,
    Moment, Reach, SignInDevice, SignInPlace, SignInRecord, Snapshot, Stamp, Store, Target,
    TrustClaims, Who,
};
use policy::authorization::{Authorization, GuestAccess, Organization};
use policy::conditional_access::{
    AppliedPolicy, Category, ConditionalAccessPolicy, Control, ExternalUsers, Operator,
    PolicyState, Status, UserCondition,
};
use policy::effect::Effect;
use policy::governance::{
    AuthenticationContext, CustomRole, Governance, PrincipalId, RoleAssignment,
};
use policy::role::{Action, Role, RoleId};
use policy::settings::{
    Block, BlockName, CompleteBlock, FallbackIdentityProvider, IdentitySynchronization,
    InboundTrust, Partner, Policy, RedemptionOrder,
};
use policy::target::{
    Access, ApplicationId, ApplicationTarget, GroupId, Half, Scope, Targets, UserId, UserTarget,
};
use policy::tenant::{Cloud, PolicyId, TenantId};
use policy::world::{
    Directory, DomainList, External, RedemptionState, Storage, Tenant, User, UserType,
};
use signins::event::{CrossTenantAccess, SignIn};
use uuid::Uuid;

pub(crate) const CONTOSO: TenantId = TenantId::from_u128(0x0c);
pub(crate) const FABRIKAM: TenantId = TenantId::from_u128(0x0f);
pub(crate) const NORTHWIND: TenantId = TenantId::from_u128(0x09);
pub(crate) const ALICE: UserId = UserId::from_u128(0x0c01);
pub(crate) const FRED: UserId = UserId::from_u128(0x0f01);
pub(crate) const SALES: GroupId = GroupId::from_u128(0x0c02);
pub(crate) const STAFF: GroupId = GroupId::from_u128(0x0c03);
pub(crate) const CRM: ApplicationId = ApplicationId::from_u128(0x0c0a);
pub(crate) const ERP: ApplicationId = ApplicationId::from_u128(0x0c0b);

/// A partner number `n`.
pub(crate) const fn partner(n: u128) -> TenantId {
    TenantId::from_u128(0x1_0000 + n)
}

/// So many seconds after the beginning of 2026.
pub(crate) const fn second(seconds: i64) -> Moment {
    Moment::from_nanoseconds((1_767_225_600 + seconds as i128) * 1_000_000_000)
}

static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// An id that no other call gets.
pub(crate) fn unique() -> Uuid {
    Uuid::from_u128(NUMBERS.fetch_add(1, Ordering::Relaxed).into())
}

/// A folder that is removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let name = format!("comity-store-{}-{}", std::process::id(), unique());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A hosted tenant with little in it.
pub(crate) fn hosted(id: TenantId) -> Tenant {
    Tenant {
        display_name: Some(format!("Tenant {id}")),
        policy: Some(Policy::default()),
        ..Tenant::registered(id, Cloud::Commercial)
    }
}

pub(crate) fn alice() -> User {
    User {
        id: ALICE,
        user_principal_name: "Alice@Contoso.com".into(),
        mail: Some("alice.A@contoso.com".into()),
        display_name: Some("Alice".into()),
        user_type: UserType::Member,
        enabled: true,
        groups: Some(BTreeSet::from([SALES])),
        external: None,
        redemption: None,
        sms_sign_in: true,
        managed_by_synchronization: false,
        sponsor: None,
        identity_provider: None,
        attributes: BTreeMap::from([("department".into(), "Sales".into())]),
    }
}

/// Fred of Fabrikam as a guest of Contoso.
pub(crate) fn fred() -> User {
    User {
        id: UserId::from_u128(0x0c0f),
        user_principal_name: "fred_fabrikam.com#EXT#@contoso.com".into(),
        mail: Some("fred@fabrikam.com".into()),
        display_name: None,
        user_type: UserType::Guest,
        groups: None,
        external: Some(External::Tenant {
            home_tenant: FABRIKAM,
            home_user: FRED,
        }),
        redemption: Some(RedemptionState::PendingAcceptance),
        managed_by_synchronization: true,
        sponsor: Some(ALICE),
        ..alice()
    }
}

fn listed(access: Access) -> Block {
    Block {
        users: Some(Half {
            access,
            scope: Scope::Only(
                Targets::new(vec![UserTarget::Group(SALES), UserTarget::User(ALICE)]).unwrap(),
            ),
        }),
        applications: Some(Half {
            access,
            scope: Scope::Only(
                Targets::new(vec![
                    ApplicationTarget::Office365,
                    ApplicationTarget::Application(ERP),
                ])
                .unwrap(),
            ),
        }),
    }
}

/// A partner entry that says something, and something else for each number.
pub(crate) fn entry(tenant: TenantId, number: usize) -> Partner {
    let mut entry = Partner::new(tenant);
    let access = match number % 2 {
        0 => Access::Allowed,
        _ => Access::Blocked,
    };
    entry
        .blocks
        .set(BlockName::ALL[number % 5], Some(listed(access)));
    entry.trust = Some(InboundTrust {
        mfa: Some(access == Access::Allowed),
        ..InboundTrust::default()
    });
    entry.synchronization = Some(IdentitySynchronization {
        display_name: Some(format!("number {number}")),
        is_sync_allowed: Some(true),
        ..IdentitySynchronization::default()
    });
    entry
}

/// A tenant with something in every corner.
pub(crate) fn contoso() -> Tenant {
    let mut policy = Policy {
        id: Some(PolicyId::from_u128(7)),
        display_name: Some("Contoso's policy".into()),
        allowed_clouds: vec![Cloud::UsGovernment, Cloud::China],
        ..Policy::default()
    };
    policy.untreated.set("x", "{\"y\": [1, 2]}".into());
    policy.defaults.customized = true;
    let closed = CompleteBlock::all(Access::Blocked).into();
    policy
        .defaults
        .blocks
        .set(BlockName::B2bCollaborationInbound, Some(closed));
    policy.defaults.redemption = Some(RedemptionOrder {
        primary: Vec::new(),
        fallback: FallbackIdentityProvider::EmailOneTimePasscode,
    });
    policy.partners.insert(entry(FABRIKAM, 1));
    policy.partners.insert(entry(NORTHWIND, 2));
    Tenant {
        domains: BTreeSet::from(["contoso.com", "contoso.de"].map(|name| name.parse().unwrap())),
        p1: true,
        policy: Some(policy),
        domain_list: Some(DomainList::Blocked(BTreeSet::from(["evil.com"
            .parse()
            .unwrap()]))),
        authorization: Authorization {
            guest_access: GuestAccess::OwnProfile,
            display_name: Some("Contoso's rules".into()),
            description: Some("for people".into()),
            switches: BTreeMap::from([("allowedToUseSSPR".into(), false)]),
            grant_policies: vec!["x".into()],
            domain_policy: Some("{}".into()),
        },
        organization: Organization {
            country: Some("DE".into()),
            texts: BTreeMap::from([("city".into(), "Berlin".into())]),
            lists: BTreeMap::from([("businessPhones".into(), vec!["+49".into()])]),
        },
        email_passcode: false,
        directory: Some(Directory {
            users: [alice(), fred()]
                .map(|user| (user.id, user))
                .into_iter()
                .collect(),
            groups: [(SALES, BTreeSet::from([STAFF])), (STAFF, BTreeSet::new())]
                .into_iter()
                .collect(),
        }),
        conditional_access: vec![guests_need_mfa()],
        protected_actions: BTreeMap::from([(Action::DeletePartner, "c1".into())]),
        storage: Storage::Legacy,
        in_other_multitenant_organization: true,
        governance: governance(),
        ..hosted(CONTOSO)
    }
}

fn governance() -> Governance {
    let desk = CustomRole::recommended(
        Role::CrossTenantAccessReader,
        RoleId::from_u128(0x0c000000_0000_4000_8000_00000000d001),
    );
    let given = RoleAssignment {
        role: desk.id,
        principal: PrincipalId::from_u128(ALICE.as_u128()),
    };
    let context = AuthenticationContext {
        display_name: Some("Strong".to_owned()),
        description: None,
        available: true,
    };
    Governance {
        roles: BTreeMap::from([(desk.id, desk)]),
        assignments: BTreeSet::from([given]),
        contexts: BTreeMap::from([("c1".parse().unwrap(), context)]),
    }
}

fn guests_need_mfa() -> ConditionalAccessPolicy {
    ConditionalAccessPolicy {
        id: "ca1".into(),
        elsewhere: true,
        source: Some(r#"{"displayName":"Guests"}"#.to_owned()),
        display_name: None,
        state: PolicyState::Enabled,
        include_users: UserCondition {
            external: Some(ExternalUsers {
                categories: BTreeSet::from([Category::B2bCollaborationGuest]),
                tenants: None,
            }),
            ..UserCondition::default()
        },
        exclude_users: UserCondition::default(),
        include_applications: Default::default(),
        exclude_applications: Default::default(),
        operator: Operator::Or,
        controls: vec![Control::Mfa, Control::Unsupported("passwordChange")],
    }
}

pub(crate) fn initiator() -> Initiator {
    Initiator {
        who: Who::User {
            id: ALICE,
            user_principal_name: Some("alice@contoso.com".into()),
            display_name: None,
            home_tenant: None,
        },
        address: Some("192.0.2.1".into()),
        channel: Some(Channel::Graph),
    }
}

/// A commit at that second.
pub(crate) fn stamp(seconds: i64) -> Stamp {
    Stamp {
        id: unique(),
        time: second(seconds),
        initiator: initiator(),
        reason: None,
    }
}

/// An audit entry that says success; without a tenant it is the operator's.
pub(crate) fn record(tenant: Option<TenantId>) -> AuditRecord {
    AuditRecord {
        id: unique(),
        tenant,
        time: second(0),
        correlation: Uuid::from_u128(0xc0),
        initiator: initiator(),
        service: "Core Directory".into(),
        category: "CrossTenantAccessSettings".into(),
        activity: "Update a partner cross-tenant access setting".into(),
        operation: "Update".into(),
        failure: None,
        target: Target {
            kind: "Policy".into(),
            id: None,
            display_name: None,
            user_principal_name: None,
        },
        modified: Vec::new(),
        details: Vec::new(),
        user_agent: None,
    }
}

/// Reads these tenants with their people.
pub(crate) async fn read(store: &dyn Store, tenants: &[TenantId]) -> Snapshot {
    store.world(tenants, Reach::Everything).await.unwrap()
}

/// Judges nothing and commits the changes on the snapshot, with an entry for each tenant.
pub(crate) async fn commit_on(
    store: &dyn Store,
    snapshot: &Snapshot,
    seconds: i64,
    changes: Vec<Change>,
) -> Result<Committed, Error> {
    let change = audited(snapshot, seconds, changes);
    let committed = store.commit(&change).await?;
    if let Some(left) = change.left(committed.sequence) {
        left_as_read(store, &left).await;
    }
    Ok(committed)
}

/// The changes, with an entry in every log they concern.
pub(crate) fn audited(snapshot: &Snapshot, seconds: i64, changes: Vec<Change>) -> AuditedChange {
    let mut tenants: BTreeSet<Option<TenantId>> = changes.iter().map(tenant_of).collect();
    tenants.insert(None);
    let audit = tenants.into_iter().map(record).collect();
    AuditedChange::new(snapshot, stamp(seconds), changes, audit).unwrap()
}

/// What a commit says to have left is what the store says, unless somebody has written since.
async fn left_as_read(store: &dyn Store, left: &CatchUp) {
    let left = &left.settings;
    for tenant in left.world().tenants.values() {
        let id = tenant.id;
        let read = store.world(&[id], Reach::Settings).await.unwrap();
        let (said, found) = (left.version(id).unwrap(), read.version(id).unwrap());
        if said.revision() == found.revision() {
            assert_eq!(Some(tenant), read.world().tenant(id));
            assert_eq!(said.clone().with_people(found.people()), *found);
        }
    }
}

fn tenant_of(change: &Change) -> Option<TenantId> {
    match change {
        Change::Create(tenant) | Change::Profile(tenant) => Some(tenant.id),
        Change::Forget { tenant, .. } => Some(*tenant),
        Change::Facts(_) => None,
        Change::Effect(effect) => match effect {
            Effect::PutUser { tenant, .. }
            | Effect::Redeemed { tenant, .. }
            | Effect::DeleteUser { tenant, .. }
            | Effect::PutPolicy { tenant, .. } => Some(*tenant),
            Effect::Joined { .. } => None,
        },
    }
}

/// Creates tenants.
pub(crate) async fn create(store: &dyn Store, tenants: Vec<Tenant>) {
    let nothing = read(store, &[]).await;
    let create = |tenant| Change::Create(Box::new(tenant));
    let changes = tenants.into_iter().map(create).collect();
    commit_on(store, &nothing, 0, changes).await.unwrap();
}

pub(crate) fn put_policy(tenant: TenantId, policy: Policy) -> Change {
    Change::Effect(Effect::PutPolicy {
        tenant,
        policy: Box::new(policy),
    })
}

/// The policy as the snapshot has it.
pub(crate) fn policy(snapshot: &Snapshot, tenant: TenantId) -> Policy {
    snapshot.world().policy(tenant).unwrap().clone()
}

/// Changes the settings of a tenant once, on what is there now.
pub(crate) async fn change(
    store: &dyn Store,
    tenant: TenantId,
    seconds: i64,
    change: impl FnOnce(&mut Policy),
) -> Committed {
    let snapshot = read(store, &[tenant]).await;
    let mut policy = policy(&snapshot, tenant);
    change(&mut policy);
    let changes = vec![put_policy(tenant, policy)];
    commit_on(store, &snapshot, seconds, changes).await.unwrap()
}

/// Facts with a multitenant organization of Contoso, who has not joined yet.
pub(crate) fn facts() -> Facts {
    use policy::multitenant::{Member, MultitenantOrganization, OrganizationId};
    use policy::world::Suites;
    Facts {
        suites: Suites {
            office365: BTreeSet::from([ERP]),
            ..Suites::default()
        },
        multitenant_organizations: vec![MultitenantOrganization {
            id: Some(OrganizationId::from_u128(7)),
            display_name: Some("Group".into()),
            description: Some("Those who belong together".into()),
            created: Some(1_700_000_000_000_000_007),
            members: vec![Member {
                display_name: Some("The mother".into()),
                added_by: Some(FABRIKAM),
                added: Some(1_700_000_000_000_000_008),
                ..Member::pending(CONTOSO)
            }],
        }],
        both_sides_required: true,
    }
}

/// Fred opens Contoso's ERP.
pub(crate) fn crossing(id: &str, seconds: i64) -> SignInRecord {
    SignInRecord::bare(SignIn {
        created: Some(second(seconds)),
        home_tenant: Some(FABRIKAM),
        resource_tenant: Some(CONTOSO),
        access_type: Some(CrossTenantAccess::B2bCollaboration),
        user: Some(FRED),
        client_app: Some(CRM),
        resource_app: Some(ERP),
        ..SignIn::bare(id, 0)
    })
}

/// A row with something in every corner.
pub(crate) fn full_row(id: &str) -> SignInRecord {
    let sign_in = SignIn {
        user_type: Some(UserType::Guest),
        user_display_name: Some("Fred".into()),
        user_principal_name: Some("fred@fabrikam.com".into()),
        client_app_name: Some("Browser".into()),
        resource_app_name: Some("ERP".into()),
        error_code: 53_003,
        failure_reason: Some("Blocked.".into()),
        is_interactive: Some(false),
        ..crossing(id, 7).sign_in
    };
    SignInRecord {
        sign_in,
        correlation: Some("k".into()),
        client_app_used: Some("Browser".into()),
        address: Some("192.0.2.1".into()),
        device: Some(SignInDevice {
            browser: Some("Firefox".into()),
            ..SignInDevice::default()
        }),
        place: Some(SignInPlace {
            city: Some("Lisbon".into()),
            state: None,
            country: Some("PT".into()),
        }),
        user_agent: Some("Firefox/1".into()),
        claims: TrustClaims {
            mfa: true,
            compliant_device: false,
            hybrid_joined_device: true,
        },
        conditional_access: Some(Status::Failure),
        applied: vec![AppliedPolicy {
            id: "ca1".into(),
            display_name: None,
            satisfied: false,
        }],
        multi_factor_required: Some(true),
        tenant_restricted: Some(false),
        synthetic: true,
    }
}
