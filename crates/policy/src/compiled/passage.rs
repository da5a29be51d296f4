//! The checks that only some sign-ins come to: accounts and objects, clouds, redemption, service
//! providers, Conditional Access.

use super::conditional::{Object, Visitor};
use super::decide::{Kind, Passage, Step};
use super::demand::{self, Way};
use super::directory::CompiledDirectory;
use super::entry::{Direction, Relation};
use super::judge::{Applications, Ruling};
use super::people::{Authenticates, Person};
use super::question::{Answer, Question};
use super::registry::{Party, Registry};
use super::restrictions;
use super::snapshot::{Facts, Snapshot};
use crate::conditional_access::Category;
use crate::reason::{Reason, Side};
use crate::target::GroupId;
use crate::tenant::Domain;
use crate::world::DomainList;

impl<'a> Passage<'a> {
    /// S8.2: passing tenant restrictions opens nothing else.
    pub(super) fn restrictions(self) -> Step {
        let home = Some(self.account.tenant);
        restrictions::judge(self.registry, self.question, home, &self.subject())
    }

    /// S25.1: with neither side hosted nothing can be allowed; the operator may demand both.
    pub(super) fn hosting(self) -> Step {
        let hosted = |party| Self::hosted(party).is_some();
        let refused = match (hosted(self.home), hosted(self.resource)) {
            (true, true) => None,
            (false, false) => Some(Side::Home),
            _ if !self.registry.both_sides_required => None,
            (false, true) => Some(Side::Home),
            (true, false) => Some(Side::Resource),
        };
        refused.map_or(Ok(()), |side| {
            Err(Answer::block(Reason::NotHosted, Some(side)))
        })
    }

    /// Whether both tenants are known and in different clouds; one that is not known counts as
    /// being in the same (S1.2).
    fn clouds_differ(self) -> bool {
        match (self.home, self.resource) {
            (Some(home), Some(resource)) => home.snapshot.cloud != resource.snapshot.cloud,
            _ => false,
        }
    }

    /// S8.4; a directory that is not known is passed (S25.2).
    pub(super) fn home_account(self) -> Step {
        let Some(people) = self.home_directory() else {
            return Ok(());
        };
        let refused = match people.user(self.account.user) {
            Some(person) if person.authenticates == Authenticates::Internally => {
                (!person.enabled).then_some(Reason::AccountDisabled)
            }
            _ => Some(Reason::AccountNotFound),
        };
        refused.map_or(Ok(()), |reason| {
            Err(Answer::block(reason, Some(Side::Home)))
        })
    }

    /// The groups of the account by its tenant's directory, which what the caller says never
    /// overrides.
    pub(super) fn known_groups(self, home: Party<'a>) -> Option<&'a [GroupId]> {
        let people = home.snapshot.directory()?;
        match people.user(self.account.user) {
            None => Some(&[]),
            Some(person) => people.groups(person).or(self.account.groups),
        }
    }

    fn home_directory(self) -> Option<&'a CompiledDirectory> {
        self.home?.snapshot.directory()
    }

    /// S5.3, for two tenants in different clouds. Who meets personal accounts that nobody has
    /// registered meets no gate: there is no sign-in to them, and only tenant restrictions know
    /// them (S1.3).
    pub(super) fn cloud_gate(self) -> Step {
        let (Some(home), Some(resource)) = (self.home, self.resource) else {
            return Ok(());
        };
        let personal = self.registry.get(resource.snapshot.tenant()).is_none();
        if personal || !self.clouds_differ() {
            return Ok(());
        }
        if !home.snapshot.cloud.pairs_with(resource.snapshot.cloud) {
            return Err(Answer::block(Reason::CloudPairUnsupported, None));
        }
        let sides = [
            (Side::Home, home, resource),
            (Side::Resource, resource, home),
        ];
        for (side, own, other) in sides {
            if !own.snapshot.facts.has(Facts::HOSTED) {
                continue;
            }
            if !own.snapshot.allowed_clouds.contains(other.snapshot.cloud) {
                return Err(Answer::block(Reason::CloudNotEnabled, Some(side)));
            }
            if !own.standing.is_listed {
                return Err(Answer::block(Reason::PartnerRequiredCrossCloud, Some(side)));
            }
        }
        Ok(())
    }

    /// S8.8 to S8.10, where the settings allow the access.
    pub(super) fn collaboration(self) -> Step<Answer> {
        let Some(resource) = Self::hosted(self.resource) else {
            // S25.1: a resource tenant that is not hosted governs the rest itself.
            return Ok(Answer::allow(Reason::Granted));
        };
        let object = self.accepted_object(resource.snapshot)?;
        let mut visitor = self.visitor(Way::Collaboration, object);
        self.direct_connect_as_well(&mut visitor);
        self.conditional_access(&visitor)
    }

    /// S8.8, S8.9.
    fn accepted_object(self, resource: &'a Snapshot) -> Step<Object<'a>> {
        let Some(people) = resource.directory() else {
            return Ok(Object::Unknown); // S25.2
        };
        let person = people.object_for(self.account.tenant, self.account.user);
        let person = enabled(person)?;
        if person.pending {
            domain_allowed(resource, person, self.home_domain())?;
            consented(self.question.consent_accepted || self.automatic_redemption())?;
        }
        Ok(Object::known(people, person))
    }

    /// The domain of the home account's address, for objects that have none of their own.
    fn home_domain(self) -> Option<Option<&'a Domain>> {
        let people = self.home_directory()?;
        Some(people.address_domain(people.user(self.account.user)?))
    }

    /// S9.2 to S9.4.
    #[inline(never)]
    pub(super) fn direct_connect_possible(self) -> Step {
        if self.clouds_differ() {
            let reason = Reason::DirectConnectCrossCloudUnsupported;
            return Err(Answer::block(reason, None));
        }
        let app = self.question.resource_app;
        if !self.registry.suites.direct_connect_capable(app) {
            let reason = Reason::DirectConnectAppUnsupported;
            return Err(Answer::block(reason, Some(Side::Resource)));
        }
        for (side, party) in [(Side::Home, self.home), (Side::Resource, self.resource)] {
            // The licence of a tenant that is not hosted is not known here (S25.1).
            if Self::hosted(party).is_some_and(|party| !party.snapshot.facts.has(Facts::P1)) {
                return Err(Answer::block(Reason::LicenseRequired, Some(side)));
            }
        }
        Ok(())
    }

    /// S9.7, S9.8, where the settings allow the access.
    pub(super) fn direct_connect(self) -> Step<Answer> {
        let asked = self.question.first_access && !self.question.consent_accepted;
        if asked && !self.automatic_redemption() {
            let reason = Reason::DirectConnectConsentRequired;
            return Err(Answer::challenge(reason, Side::Resource));
        }
        let people = self
            .resource
            .and_then(|resource| resource.snapshot.directory());
        let object = match people {
            None => Object::Unknown,
            Some(people) => match people.object_for(self.account.tenant, self.account.user) {
                None => Object::None,
                Some(person) => Object::known(people, person),
            },
        };
        let mut visitor = self.visitor(Way::DirectConnect, object);
        visitor.categories.insert(Category::B2bDirectConnectUser);
        self.conditional_access(&visitor)
    }

    /// S8.12: the blocks are not asked and no object is needed; the cloud gate is (S24).
    pub(super) fn service_provider(self) -> Step<Answer> {
        self.cloud_gate()?;
        let Some(resource) = Self::hosted(self.resource) else {
            return Ok(Answer::allow(Reason::Granted));
        };
        if !resource.standing.entry.relation().service_provider {
            let reason = Reason::ServiceProviderRelationshipMissing;
            return Err(Answer::block(reason, Some(Side::Resource)));
        }
        let mut visitor = self.visitor(Way::ServiceProvider, Object::None);
        visitor.categories.insert(Category::ServiceProvider);
        self.conditional_access(&visitor)
    }

    /// S7.2: both have agreed not to ask, in one cloud. A side that is not hosted has not agreed,
    /// unless it is the home tenant and its provider vouches for it.
    fn automatic_redemption(self) -> bool {
        let relation = |party| {
            let relation = Self::hosted(party).map(|party| party.standing.entry.relation());
            relation.unwrap_or_default()
        };
        let outbound = match Self::hosted(self.home) {
            Some(_) => relation(self.home).outbound_consent,
            None => self.question.claims.outbound_consent,
        };
        outbound && relation(self.resource).inbound_consent && !self.clouds_differ()
    }

    fn visitor(self, way: Way, object: Object<'a>) -> Visitor<'a> {
        Visitor::new(way, Some(self.account.tenant), object)
    }

    /// S10.3: a collaboration user who could come by direct connect as well is meant by policies
    /// for direct connect users too. Only the resource application counts (S24).
    fn direct_connect_as_well(self, visitor: &mut Visitor<'_>) {
        let app = self.question.resource_app;
        if self.clouds_differ() || !self.registry.suites.direct_connect_capable(app) {
            return;
        }
        let subject = self.subject();
        let apps = Applications::new(None, app);
        let mut unknown = false;
        for (party, direction) in [
            (self.home, Direction::Outbound),
            (self.resource, Direction::Inbound),
        ] {
            let Some(party) = Self::hosted(party) else {
                unknown = true;
                continue;
            };
            let block = party.block(Kind::DirectConnect, direction);
            match self.ruling(party, block, &subject, &apps) {
                Ruling::Passed => {}
                Ruling::Blocked(_) => return,
                Ruling::GroupsUnknown => unknown = true,
            }
        }
        match unknown {
            true => visitor.possible.insert(Category::B2bDirectConnectUser),
            false => visitor.categories.insert(Category::B2bDirectConnectUser),
        }
    }

    /// S8.10, S9.8: only the resource tenant's policies are evaluated (S10.1).
    fn conditional_access(self, visitor: &Visitor<'_>) -> Step<Answer> {
        let Some(Party { snapshot, standing }) = self.resource else {
            return Ok(Answer::allow(Reason::Granted));
        };
        let relation = match snapshot.facts.has(Facts::HOSTED) {
            true => standing.entry.relation(),
            false => Relation::default(),
        };
        conditional_access(self.registry, self.question, snapshot, visitor, relation)
    }
}

/// Evaluates the tenant's policies for the visitor.
pub(super) fn conditional_access(
    registry: &Registry,
    question: &Question<'_>,
    resource: &Snapshot,
    visitor: &Visitor<'_>,
    relation: Relation,
) -> Step<Answer> {
    let refused = demand::evaluate(
        &resource.background.conditional_access,
        visitor,
        relation,
        question.claims,
        question.resource_app,
        &registry.suites,
    );
    refused.map_or(Ok(Answer::allow(Reason::Granted)), Err)
}

/// S8.8.
pub(super) fn enabled(object: Option<&Person>) -> Step<&Person> {
    let refused = |reason| Err(Answer::block(reason, Some(Side::Resource)));
    match object {
        None => refused(Reason::UserNotInResourceTenant),
        Some(person) if !person.enabled => refused(Reason::AccountDisabledInResource),
        Some(person) => Ok(person),
    }
}

/// S7.1, S6.4: the domain of the object's own address, of the home account's, or of the object's
/// name. `home` is `None` when the home account is not known here, and holds `None` when its
/// address has no readable domain.
pub(super) fn domain_allowed(
    resource: &Snapshot,
    object: &Person,
    home: Option<Option<&Domain>>,
) -> Step {
    let people = resource.directory();
    let own = people.and_then(|people| people.mail_domain(object));
    let domain = match own.or(home) {
        Some(domain) => domain,
        None => people.and_then(|people| people.named_domain(object)),
    };
    let reason = match (&resource.background.domain_list, domain) {
        (Some(DomainList::Allowed(list)), Some(domain)) if list.contains(domain) => return Ok(()),
        (Some(DomainList::Blocked(list)), Some(domain)) if !list.contains(domain) => return Ok(()),
        (Some(DomainList::Blocked(list)), None) if list.is_empty() => return Ok(()),
        (None, _) => return Ok(()),
        (Some(DomainList::Allowed(_)), _) => Reason::DomainNotAllowed,
        (Some(DomainList::Blocked(_)), _) => Reason::DomainBlocked,
    };
    Err(Answer::block(reason, Some(Side::Resource)))
}

/// S8.9.
pub(super) fn consented(consented: bool) -> Step {
    match consented {
        true => Ok(()),
        false => {
            let reason = Reason::RedemptionRequired;
            Err(Answer::challenge(reason, Side::Resource))
        }
    }
}
