//! Somebody signs in to another tenant (S8, S9).
//!
//! Fred of Fabrikam opens Contoso's ERP. Fabrikam is asked first (does his account exist, may he go
//! out?), then Contoso (may he come in, does it know him, has he accepted, what does Conditional
//! Access say?). The first check that is not passed decides; every check leaves a finding. With
//! *direct connect* he needs no object in Contoso, and different blocks are asked.

use std::collections::BTreeSet;

use crate::applicability::{Object, Visitor};
use crate::conditional_access::{AppliedPolicy, Category, Claims, Status};
use crate::decision::{Code, Finding, Refusal, Section, Trail, Verdict};
use crate::effect::Effect;
use crate::gate::{self, Kind, Pair, Reach};
use crate::grant::{self, Granted, Meeting, Way};
use crate::matching::Subject;
use crate::reason::{Detail, Reason, Side};
use crate::redemption;
use crate::resolve::{self, Origin};
use crate::row::{AccessType, SignInRow};
use crate::rows;
use crate::target::{ApplicationId, GroupId, UserId};
use crate::tenant::{MICROSOFT_ACCOUNTS, TenantId};
use crate::tenant_restrictions::{self, Header, RestrictedAccess, RestrictedAccount};
use crate::world::{External, ExternalIdentity, User, World};

/// How somebody wants to reach the other tenant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Journey {
    /// As a guest.
    #[default]
    Collaboration,
    /// Without an object in the resource tenant.
    DirectConnect,
    /// As a service provider's user.
    ServiceProvider,
}

/// Whose sign-in it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInAccount {
    /// An account of a tenant.
    Home {
        /// The tenant.
        tenant: TenantId,
        /// The account.
        user: UserId,
        /// The groups the caller says the user is in, nested ones included. Used only where the
        /// directory of the tenant is not known here.
        groups: Option<BTreeSet<GroupId>>,
    },
    /// An identity without a tenant, by its object in the resource tenant (S8.11).
    Guest(UserId),
}

/// One sign-in to be judged.
#[derive(Clone, Debug, PartialEq)]
pub struct SignIn {
    /// How.
    pub journey: Journey,
    /// Who.
    pub account: SignInAccount,
    /// The tenant that owns what is being reached.
    pub resource: TenantId,
    /// The client application.
    pub client_app: Option<ApplicationId>,
    /// The resource application.
    pub resource_app: ApplicationId,
    /// What the sign-in carries.
    pub claims: Claims,
    /// The permission page was accepted.
    pub consent_accepted: bool,
    /// The first access of a direct connect user to that tenant.
    pub first_access: bool,
    /// A person is present; a direct connect renewal is not interactive.
    pub is_interactive: bool,
    /// What the client calls itself.
    pub client_app_used: Option<String>,
    /// The tenant restrictions header, if one was sent.
    pub restrictions: Option<Header>,
}

/// How a pending invitation came to be accepted (S8.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// By automatic redemption, silently.
    Automatic,
    /// The user agreed.
    Consented,
}

/// The answer to a sign-in.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Allow, challenge or block.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// Whose settings or facts decided; `None` when access was granted.
    pub side: Option<Side>,
    /// What in a block.
    pub detail: Option<Detail>,
    /// Where that block comes from.
    pub origin: Option<Origin>,
    /// The groups that would decide (S25.3).
    pub unknown_groups: Vec<GroupId>,
    /// Every step, in order.
    pub findings: Vec<Finding>,
    /// How the user came.
    pub access_type: AccessType,
    /// What Conditional Access said.
    pub conditional_access: Status,
    /// Which policies applied.
    pub applied: Vec<AppliedPolicy>,
    /// Whether a pending invitation was accepted on the way.
    pub redeemed: Option<Redeemed>,
    /// How long a token is valid, where the law says so (S9.9).
    pub token_lifetime_seconds: Option<u32>,
    /// The rows for the logs (S15).
    pub rows: Vec<SignInRow>,
    /// What changed in the world.
    pub effects: Vec<Effect>,
}

impl Decision {
    /// `status.errorCode` of the rows.
    pub fn error_code(&self) -> u32 {
        self.reason.error_code_at(self.side)
    }
}

/// A direct connect token is valid for an hour; each renewal is judged again (S9.9).
pub const DIRECT_CONNECT_TOKEN_SECONDS: u32 = 3600;

/// Judges a sign-in (S8.1).
pub fn decide(world: &World, request: &SignIn) -> Decision {
    let request = &with_home(world, request);
    let mut passage = Passage {
        world,
        request,
        trail: Trail::default(),
        reason: Reason::Granted,
        granted: Granted::default(),
        redeemed: None,
        effects: Vec::new(),
    };
    let restriction = tenant_restrictions::judge(world, &restricted(world, request));
    let restricted = restriction.enforced;
    let policy_tenant = restriction.policy_tenant;
    let outcome = passage.run(restriction);
    let (verdict, reason) = match &outcome {
        Ok(()) => (Verdict::Allow, passage.reason),
        Err(refusal) => (refusal.verdict, refusal.reason),
    };
    let refusal = outcome.err();
    let access_type = match (passage.pair(), request.journey) {
        (None, _) => AccessType::B2bCollaboration, // S15.7
        (Some(pair), _) if pair.home == pair.resource => AccessType::None,
        (Some(_), Journey::Collaboration) => AccessType::B2bCollaboration,
        (Some(_), Journey::DirectConnect) => AccessType::B2bDirectConnect,
        (Some(_), Journey::ServiceProvider) => AccessType::ServiceProvider,
    };
    let mut decision = Decision {
        verdict,
        reason,
        side: refusal.as_ref().and_then(|refusal| refusal.side),
        detail: refusal.as_ref().and_then(|refusal| refusal.detail),
        origin: refusal.as_ref().and_then(|refusal| refusal.origin),
        unknown_groups: refusal.map(|r| r.unknown_groups).unwrap_or_default(),
        findings: passage.trail.0,
        access_type,
        conditional_access: passage.granted.status,
        applied: passage.granted.applied,
        redeemed: passage.redeemed,
        token_lifetime_seconds: (verdict == Verdict::Allow
            && access_type == AccessType::B2bDirectConnect)
            .then_some(DIRECT_CONNECT_TOKEN_SECONDS),
        rows: Vec::new(),
        effects: passage.effects,
    };
    let context = rows::Context {
        world,
        request,
        restricted,
        policy_tenant,
        multi_factor_required: passage.granted.multi_factor_required,
    };
    decision.rows = rows::of(&context, &decision);
    decision
}

/// A guest whose object says that it belongs to a tenant is an account of that tenant.
fn with_home(world: &World, request: &SignIn) -> SignIn {
    let mut request = request.clone();
    if let SignInAccount::Guest(object) = request.account
        && let Some(External::Tenant {
            home_tenant,
            home_user,
        }) = object_of(world, request.resource, object).and_then(|user| user.external.clone())
    {
        request.account = SignInAccount::Home {
            tenant: home_tenant,
            user: home_user,
            groups: None,
        };
    }
    request
}

pub(crate) fn object_of(world: &World, tenant: TenantId, object: UserId) -> Option<&User> {
    let directory = world.tenant(tenant)?.directory.as_ref()?;
    directory.users.get(&object)
}

/// The same access as tenant restrictions see it (S8.2).
fn restricted(world: &World, request: &SignIn) -> RestrictedAccess {
    let account = match &request.account {
        SignInAccount::Home {
            tenant,
            user,
            groups,
        } => RestrictedAccount::User {
            home: Some(*tenant),
            user: Some(*user),
            groups: groups.clone(),
        },
        SignInAccount::Guest(object) => {
            let object = object_of(world, request.resource, *object);
            let personal = object.is_some_and(|object| {
                matches!(&object.external, Some(External::Providers(providers))
                    if providers.contains(&ExternalIdentity::MicrosoftAccount))
            });
            RestrictedAccount::User {
                home: personal.then_some(MICROSOFT_ACCOUNTS),
                user: None,
                groups: None,
            }
        }
    };
    RestrictedAccess {
        header: request.restrictions.clone(),
        account,
        resource: request.resource,
        client_app: request.client_app,
        resource_app: request.resource_app,
    }
}

/// One walk through the checks.
struct Passage<'a> {
    world: &'a World,
    request: &'a SignIn,
    trail: Trail,
    reason: Reason,
    granted: Granted,
    redeemed: Option<Redeemed>,
    effects: Vec<Effect>,
}

type Step<T = ()> = Result<T, Refusal>;

impl<'a> Passage<'a> {
    fn pair(&self) -> Option<Pair> {
        match self.request.account {
            SignInAccount::Home { tenant, .. } => Some(Pair {
                home: tenant,
                resource: self.request.resource,
            }),
            SignInAccount::Guest(_) => None,
        }
    }

    fn applications(&self) -> Vec<ApplicationId> {
        let client = self.request.client_app.into_iter();
        client.chain([self.request.resource_app]).collect()
    }

    fn run(&mut self, restriction: tenant_restrictions::Restriction) -> Step {
        // S8.2: passing tenant restrictions opens nothing else.
        if self.request.restrictions.is_some() {
            self.trail.0.extend(restriction.findings);
        }
        if restriction.verdict == Verdict::Block {
            return Err(Refusal {
                verdict: Verdict::Block,
                reason: restriction.reason,
                side: Some(Side::Policy),
                detail: restriction.detail,
                origin: restriction.origin,
                unknown_groups: restriction.unknown_groups,
            });
        }
        let Some(pair) = self.pair() else {
            return self.without_tenant();
        };
        if pair.home == pair.resource {
            self.reason = Reason::NotCrossTenant; // S8.3
            return Ok(());
        }
        let subject = self.account(pair)?;
        match self.request.journey {
            Journey::Collaboration => self.collaboration(pair, &subject),
            Journey::DirectConnect => self.direct_connect(pair, &subject),
            Journey::ServiceProvider => self.service_provider(pair),
        }
    }

    /// S8.4, after finding out who can be asked at all (S25.1).
    fn account(&mut self, pair: Pair) -> Step<Subject> {
        if pair.home == MICROSOFT_ACCOUNTS {
            // S1.3: a personal account is never a home-tenant account.
            let refusal = Refusal::block(Reason::AccountNotFound, Some(Side::Home));
            return Err(self.trail.refuse(Section::Account, "S1.3", refusal));
        }
        gate::hosting(self.world, pair, &mut self.trail)?;
        let SignInAccount::Home { user, groups, .. } = &self.request.account else {
            return Ok(Subject::unnamed());
        };
        let side = Some(Side::Home);
        let tenant = self.world.tenant(pair.home);
        match tenant.and_then(|tenant| tenant.directory.as_ref()) {
            None => {
                if pair.policy(self.world, Side::Home).is_some() {
                    let code = Code::DirectoryUnknown;
                    self.trail.note(side, Section::Account, code, "S25.2");
                }
            }
            Some(directory) => {
                let refused = match directory.internal(*user) {
                    None => Some(Reason::AccountNotFound),
                    Some(account) if !account.enabled => Some(Reason::AccountDisabled),
                    Some(_) => None,
                };
                if let Some(reason) = refused {
                    let refusal = Refusal::block(reason, side);
                    return Err(self.trail.refuse(Section::Account, "S8.4", refusal));
                }
                self.trail.pass(side, Section::Account, "S8.4");
            }
        }
        Ok(gate::subject(self.world, pair.home, *user, groups.as_ref()))
    }

    fn both_blocks(&mut self, pair: Pair, kind: Kind, subject: &Subject) -> Step {
        let applications = self.applications();
        let reach = Reach::Applications(&applications);
        for side in [Side::Home, Side::Resource] {
            gate::one_block(
                self.world,
                pair,
                side,
                kind,
                subject,
                reach,
                &mut self.trail,
            )?;
        }
        Ok(())
    }

    /// S8.5 to S8.10.
    fn collaboration(&mut self, pair: Pair, subject: &Subject) -> Step {
        gate::clouds(self.world, pair, &mut self.trail)?;
        self.both_blocks(pair, Kind::Collaboration, subject)?;
        if pair.policy(self.world, Side::Resource).is_none() {
            return Ok(()); // S25.1: the resource tenant governs the rest itself.
        }
        let object = self.object(|directory, request| match request.account {
            SignInAccount::Home { tenant, user, .. } => directory.object_for(tenant, user),
            SignInAccount::Guest(object) => directory.users.get(&object),
        })?;
        if let Some(object) = object.filter(|object| object.is_pending()) {
            self.redeem(object, gate::automatic_redemption(self.world, pair))?;
        }
        let mut visitor = self.visitor(Some(pair.home), object);
        visitor.add_object_category(object);
        self.direct_connect_as_well(pair, subject, &mut visitor);
        self.conditional_access(&visitor, Way::Collaboration)
    }

    /// S8.11: an identity without a tenant. The settings of no home tenant apply.
    fn without_tenant(&mut self) -> Step {
        if self.world.policy(self.request.resource).is_none() {
            let refusal = Refusal::block(Reason::NotHosted, Some(Side::Resource));
            return Err(self.trail.refuse(Section::Hosting, "S25.1", refusal));
        }
        let object = self.object(|directory, request| match request.account {
            SignInAccount::Guest(object) => directory
                .users
                .get(&object)
                .filter(|object| !object.is_internal()),
            SignInAccount::Home { .. } => None,
        })?;
        if let Some(object) = object.filter(|object| object.is_pending()) {
            self.redeem(object, false)?;
        }
        let mut visitor = self.visitor(None, object);
        visitor.add_object_category(object);
        self.conditional_access(&visitor, Way::WithoutTenant)
    }

    /// S9.2 to S9.8.
    fn direct_connect(&mut self, pair: Pair, subject: &Subject) -> Step {
        self.direct_connect_possible(pair)?;
        self.both_blocks(pair, Kind::DirectConnect, subject)?;
        let asked = self.request.first_access
            && !self.request.consent_accepted
            && !gate::automatic_redemption(self.world, pair);
        if asked {
            let reason = Reason::DirectConnectConsentRequired;
            let refusal = Refusal::challenge(reason, Some(Side::Resource));
            return Err(self.trail.refuse(Section::Redemption, "S9.7", refusal));
        }
        let object = self
            .directory()
            .and_then(|directory| match self.request.account {
                SignInAccount::Home { tenant, user, .. } => directory.object_for(tenant, user),
                SignInAccount::Guest(_) => None,
            });
        let mut visitor = self.visitor(Some(pair.home), object);
        visitor.add_object_category(object); // S10.3
        visitor.categories.insert(Category::B2bDirectConnectUser);
        self.conditional_access(&visitor, Way::DirectConnect)
    }

    /// S9.2, S9.3, S9.4.
    fn direct_connect_possible(&mut self, pair: Pair) -> Step {
        if self.world.clouds_differ(pair.home, pair.resource) {
            let reason = Reason::DirectConnectCrossCloudUnsupported;
            let refusal = Refusal::block(reason, None);
            return Err(self.trail.refuse(Section::Clouds, "S9.2", refusal));
        }
        let capable = &self.world.suites.direct_connect_capable;
        if !capable.contains(&self.request.resource_app) {
            let reason = Reason::DirectConnectAppUnsupported;
            let refusal = Refusal::block(reason, Some(Side::Resource));
            let section = Section::DirectConnectApplication;
            return Err(self.trail.refuse(section, "S9.3", refusal));
        }
        for side in [Side::Home, Side::Resource] {
            // The licence of a tenant that is not hosted is not known here (S25.1).
            let tenant = self.world.tenant(pair.tenant(side));
            let Some(tenant) = tenant.filter(|tenant| tenant.policy.is_some()) else {
                continue;
            };
            if !tenant.p1 {
                let refusal = Refusal::block(Reason::LicenseRequired, Some(side));
                return Err(self.trail.refuse(Section::Licence, "S9.4", refusal));
            }
            self.trail.pass(Some(side), Section::Licence, "S9.4");
        }
        Ok(())
    }

    /// S8.12: the blocks are not asked and no object is needed; the cloud gate is (S24).
    fn service_provider(&mut self, pair: Pair) -> Step {
        gate::clouds(self.world, pair, &mut self.trail)?;
        let side = Some(Side::Resource);
        let Some(policy) = pair.policy(self.world, Side::Resource) else {
            return Ok(());
        };
        let entry = policy.partners.get(pair.home);
        if entry.and_then(|entry| entry.is_service_provider) != Some(true) {
            let refusal = Refusal::block(Reason::ServiceProviderRelationshipMissing, side);
            return Err(self
                .trail
                .refuse(Section::ServiceProvider, "S8.12", refusal));
        }
        self.trail.pass(side, Section::ServiceProvider, "S8.12");
        let mut visitor = self.visitor(Some(pair.home), None);
        visitor.object = Object::None; // S24: an object plays no part.
        visitor.categories.insert(Category::ServiceProvider);
        self.conditional_access(&visitor, Way::ServiceProvider)
    }

    fn directory(&self) -> Option<&'a crate::world::Directory> {
        let tenant = self.world.tenant(self.request.resource)?;
        tenant.directory.as_ref()
    }

    /// S8.8: the object in the resource tenant; `None` where the directory is not known (S25.2).
    fn object(
        &mut self,
        find: impl Fn(&'a crate::world::Directory, &SignIn) -> Option<&'a User>,
    ) -> Step<Option<&'a User>> {
        let side = Some(Side::Resource);
        let Some(directory) = self.directory() else {
            let code = Code::DirectoryUnknown;
            self.trail.note(side, Section::Object, code, "S25.2");
            return Ok(None);
        };
        let object = find(directory, self.request);
        let refused = match object {
            None => Some(Reason::UserNotInResourceTenant),
            Some(object) if !object.enabled => Some(Reason::AccountDisabledInResource),
            Some(_) => None,
        };
        match refused {
            Some(reason) => {
                let refusal = Refusal::block(reason, side);
                Err(self.trail.refuse(Section::Object, "S8.8", refusal))
            }
            None => {
                self.trail.pass(side, Section::Object, "S8.8");
                Ok(object)
            }
        }
    }

    /// S8.9: the first sign-in of a pending guest is a redemption.
    fn redeem(&mut self, object: &User, automatic: bool) -> Step {
        let resource = self.request.resource;
        redemption::domain_allowed(self.world, resource, object, &mut self.trail)?;
        let redeemed = match (automatic, self.request.consent_accepted) {
            (true, _) => Redeemed::Automatic,
            (false, true) => Redeemed::Consented,
            (false, false) => {
                let side = Some(Side::Resource);
                let refusal = Refusal::challenge(Reason::RedemptionRequired, side);
                return Err(self.trail.refuse(Section::Redemption, "S8.9", refusal));
            }
        };
        let side = Some(Side::Resource);
        self.trail.pass(side, Section::Redemption, "S8.9");
        self.redeemed = Some(redeemed);
        self.effects.push(Effect::Redeemed {
            tenant: resource,
            user: object.id,
            provider: redemption::provider(self.world, resource, object),
        });
        Ok(())
    }

    fn visitor(&self, home: Option<TenantId>, object: Option<&User>) -> Visitor {
        let directory = self.directory();
        Visitor {
            home,
            object: match (directory, object) {
                (None, _) => Object::Unknown,
                (Some(_), None) => Object::None,
                (Some(directory), Some(object)) => {
                    let groups = object.groups.as_ref();
                    Object::Known(object.id, groups.map(|direct| directory.closure(direct)))
                }
            },
            ..Visitor::default()
        }
    }

    /// S10.3: a collaboration user who could come by direct connect as well is meant by policies
    /// for direct connect users too. Only the resource application counts (S24).
    fn direct_connect_as_well(&self, pair: Pair, subject: &Subject, visitor: &mut Visitor) {
        let capable = &self.world.suites.direct_connect_capable;
        if !capable.contains(&self.request.resource_app)
            || self.world.clouds_differ(pair.home, pair.resource)
        {
            return;
        }
        let reach = Reach::Applications(std::slice::from_ref(&self.request.resource_app));
        let mut unknown = false;
        for side in [Side::Home, Side::Resource] {
            let mut aside = Trail::default();
            let ruled = gate::one_block(
                self.world,
                pair,
                side,
                Kind::DirectConnect,
                subject,
                reach,
                &mut aside,
            );
            match ruled {
                Ok(()) => unknown |= pair.policy(self.world, side).is_none(),
                Err(refusal) if refusal.reason == Reason::GroupsUnknown => unknown = true,
                Err(_) => return,
            }
        }
        match unknown {
            true => visitor.possible.insert(Category::B2bDirectConnectUser),
            false => visitor.categories.insert(Category::B2bDirectConnectUser),
        };
    }

    /// S8.10, S9.8: only the resource tenant's policies are evaluated (S10.1).
    fn conditional_access(&mut self, visitor: &Visitor, way: Way) -> Step {
        let Some(resource) = self.world.tenant(self.request.resource) else {
            return Ok(());
        };
        let trust = match (&resource.policy, visitor.home) {
            (Some(policy), Some(home)) => Some(resolve::trust(policy, home)),
            _ => None,
        };
        let meeting = Meeting {
            visitor,
            way,
            trust,
            claims: &self.request.claims,
            application: self.request.resource_app,
            suites: &self.world.suites,
        };
        self.granted = grant::evaluate(&resource.conditional_access, &meeting, &mut self.trail);
        self.granted.refusal.clone().map_or(Ok(()), Err)
    }
}
