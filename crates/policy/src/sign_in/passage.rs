//! The checks of a sign-in, one after the other (S8.1, S9.1): each is passed and leaves a finding, or
//! refuses and ends the walk.

use super::{Journey, Redeemed, SignIn, SignInAccount};
use crate::applicability::{Object, Visitor};
use crate::conditional_access::Category;
use crate::decision::{Code, Refusal, Section, Trail, Verdict};
use crate::effect::Effect;
use crate::gate::{self, Kind, Pair, Reach};
use crate::grant::{self, Granted, Meeting, Way};
use crate::matching::Subject;
use crate::reason::{Reason, Side};
use crate::redemption;
use crate::resolve;
use crate::target::ApplicationId;
use crate::tenant::{MICROSOFT_ACCOUNTS, TenantId};
use crate::tenant_restrictions;
use crate::world::{User, World};

/// One walk through the checks.
pub(super) struct Passage<'a> {
    pub(super) world: &'a World,
    pub(super) request: &'a SignIn,
    pub(super) trail: Trail,
    pub(super) reason: Reason,
    pub(super) granted: Granted,
    pub(super) redeemed: Option<Redeemed>,
    pub(super) effects: Vec<Effect>,
}

type Step<T = ()> = Result<T, Refusal>;

impl<'a> Passage<'a> {
    pub(super) fn pair(&self) -> Option<Pair> {
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

    pub(super) fn run(&mut self, restriction: tenant_restrictions::Restriction) -> Step {
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
            self.redeem(object, self.automatic_redemption(pair))?;
        }
        let mut visitor = self.visitor(Some(pair.home), object);
        visitor.add_object_category(object);
        self.direct_connect_as_well(pair, subject, &mut visitor);
        self.conditional_access(&visitor, Way::Collaboration)
    }

    fn automatic_redemption(&self, pair: Pair) -> bool {
        let vouched = self.request.claims.outbound_consent;
        gate::automatic_redemption(self.world, pair, vouched)
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
            && !self.automatic_redemption(pair);
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
