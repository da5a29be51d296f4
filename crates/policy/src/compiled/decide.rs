//! The walk through the checks (S8, S9), for the compiled evaluator.
//!
//! The order is that of S8.1 and the first check that is not passed decides. What every decision
//! needs is written to be straight: both tenants are looked up before either is asked, and the lists
//! of both sides before either is read, so that the processor waits for memory once and not twice.

use super::conditional::{Categories, Object, Visitor, category};
use super::demand::{self, Way};
use super::digest::digest;
use super::directory::{Authenticates, CompiledDirectory, Person};
use super::entry::{Direction, Relation};
use super::judge::{Applications, Opened, Ruling, Subject, open};
use super::question::{Answer, Asker, Question};
use super::registry::Registry;
use super::restrictions;
use super::snapshot::{Snapshot, Standing};
use crate::conditional_access::Category;
use crate::reason::{Reason, Side};
use crate::sign_in::Journey;
use crate::target::{GroupId, UserId};
use crate::tenant::{MICROSOFT_ACCOUNTS, TenantId};
use crate::world::DomainList;

/// A check is passed, or it decides.
pub(super) type Step<T = ()> = Result<T, Answer>;

/// Judges a sign-in: the same answer as [`crate::sign_in::decide`] for the same world, without its
/// findings. It takes no lock and allocates nothing.
pub fn decide(registry: &Registry, question: &Question<'_>) -> Answer {
    match judge(registry, question) {
        Ok(answer) | Err(answer) => answer,
    }
}

#[inline(always)]
fn judge(registry: &Registry, question: &Question<'_>) -> Step<Answer> {
    let account = match question.asker {
        Asker::Home {
            tenant,
            user,
            groups,
        } => Account {
            tenant,
            user,
            groups,
        },
        Asker::Guest(object) => match with_home(registry, question, object) {
            Some(account) => account,
            None => return without_tenant(registry, question, object),
        },
    };
    let passage = Passage::new(registry, question, account);
    if let Some(header) = &question.restrictions {
        restrictions::judge(
            registry,
            question,
            header,
            Some(account.tenant),
            &passage.subject,
        )?;
    }
    passage.run()
}

/// An account of a tenant.
#[derive(Clone, Copy)]
struct Account<'a> {
    tenant: TenantId,
    user: UserId,
    /// As the caller says.
    groups: Option<&'a [GroupId]>,
}

/// A guest whose object says that it belongs to a tenant is an account of that tenant.
#[inline(never)]
fn with_home(
    registry: &Registry,
    question: &Question<'_>,
    object: UserId,
) -> Option<Account<'static>> {
    let directory = directory(registry.get(question.resource)?)?;
    match directory.user(object)?.authenticates {
        Authenticates::With(tenant, user) => Some(Account {
            tenant,
            user,
            groups: None,
        }),
        Authenticates::Internally | Authenticates::Elsewhere { .. } => None,
    }
}

fn directory(snapshot: &Snapshot) -> Option<&CompiledDirectory> {
    snapshot.background.directory.as_deref()
}

/// One of the two tenants: what is known of it, and what it has in force towards the other.
#[derive(Clone, Copy)]
struct Party<'a> {
    snapshot: &'a Snapshot,
    standing: Standing<'a>,
}

impl<'a> Party<'a> {
    #[inline(always)]
    fn new(snapshot: &'a Snapshot, other: TenantId, digest: u64) -> Party<'a> {
        Party {
            snapshot,
            standing: snapshot.towards(other, digest),
        }
    }

    /// Opens the block of the kind in that direction, if the tenant's settings live here (S25.1).
    #[inline(always)]
    fn open(&self, passage: &Passage<'_>, kind: Kind, direction: Direction) -> Option<Opened<'a>> {
        let direct_connect = kind == Kind::DirectConnect;
        let block = self.standing.entry.block(direct_connect, direction);
        let lines = &self.snapshot.lines;
        let hosted = self.snapshot.hosted;
        hosted.then(|| open(lines, block, &passage.subject, &passage.apps))
    }
}

/// Which of the two pairs of blocks is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Collaboration,
    DirectConnect,
}

/// One walk through the checks. A tenant nobody has registered is `None`.
struct Passage<'a> {
    registry: &'a Registry,
    question: &'a Question<'a>,
    account: Account<'a>,
    subject: Subject<'a>,
    apps: Applications,
    home: Option<Party<'a>>,
    resource: Option<Party<'a>>,
}

impl<'a> Passage<'a> {
    #[inline(always)]
    fn new(registry: &'a Registry, question: &'a Question<'a>, account: Account<'a>) -> Self {
        let home_digest = digest(account.tenant.as_u128());
        let resource_digest = digest(question.resource.as_u128());
        let home = registry.find(account.tenant, home_digest);
        let resource = registry.find(question.resource, resource_digest);
        let home = home.map(|s| Party::new(s, question.resource, resource_digest));
        let resource = resource.map(|s| Party::new(s, account.tenant, home_digest));
        let groups = match home {
            Some(home) if home.snapshot.directory_known => known_groups(home.snapshot, account),
            // Personal accounts are in no groups (S1.3).
            _ if account.tenant == MICROSOFT_ACCOUNTS => Some(&[][..]),
            _ => account.groups,
        };
        Passage {
            registry,
            question,
            account,
            subject: Subject::user(account.user, groups),
            apps: Applications::new(question.client_app, question.resource_app),
            home,
            resource,
        }
    }

    #[inline(always)]
    fn run(&self) -> Step<Answer> {
        if self.account.tenant == self.question.resource {
            return Ok(Answer::allow(Reason::NotCrossTenant)); // S8.3
        }
        if self.account.tenant == MICROSOFT_ACCOUNTS {
            // S1.3: a personal account is never a home-tenant account.
            return Err(Answer::block(Reason::AccountNotFound, Some(Side::Home)));
        }
        self.hosting()?;
        self.home_account()?;
        match self.question.journey {
            Journey::Collaboration => self.collaboration(),
            Journey::DirectConnect => self.direct_connect(),
            Journey::ServiceProvider => self.service_provider(),
        }
    }

    fn hosted(party: Option<Party<'_>>) -> bool {
        party.is_some_and(|party| party.snapshot.hosted)
    }

    /// S25.1: with neither side hosted nothing can be allowed; the operator may demand both.
    #[inline(always)]
    fn hosting(&self) -> Step {
        let (home, resource) = (Self::hosted(self.home), Self::hosted(self.resource));
        if home && resource {
            return Ok(());
        }
        let refused = match (home, resource) {
            (false, false) => Some(Side::Home),
            _ if !self.registry.both_sides_required => None,
            (false, true) => Some(Side::Home),
            (true, _) => Some(Side::Resource),
        };
        match refused {
            Some(side) => Err(Answer::block(Reason::NotHosted, Some(side))),
            None => Ok(()),
        }
    }

    /// S8.4; a directory that is not known is passed (S25.2).
    #[inline(always)]
    fn home_account(&self) -> Step {
        match self.home {
            Some(home) if home.snapshot.directory_known => self.account_exists(home.snapshot),
            _ => Ok(()),
        }
    }

    #[inline(never)]
    fn account_exists(&self, home: &Snapshot) -> Step {
        let person = directory(home).and_then(|directory| directory.user(self.account.user));
        let refused = match person {
            Some(person) if person.authenticates == Authenticates::Internally => {
                (!person.enabled).then_some(Reason::AccountDisabled)
            }
            _ => Some(Reason::AccountNotFound),
        };
        refused.map_or(Ok(()), |reason| {
            Err(Answer::block(reason, Some(Side::Home)))
        })
    }

    /// The outbound block of the home tenant and the inbound block of the resource tenant, each
    /// `None` where the side is not hosted.
    #[inline(always)]
    fn open_both(&self, kind: Kind) -> (Option<Opened<'a>>, Option<Opened<'a>>) {
        let open = |party: Option<Party<'a>>, direction| party?.open(self, kind, direction);
        let home = open(self.home, Direction::Outbound);
        let resource = open(self.resource, Direction::Inbound);
        (home, resource)
    }

    #[inline(always)]
    fn ruling(&self, opened: &Opened<'_>) -> Ruling {
        opened.judge(&self.subject, &self.apps, &self.registry.suites)
    }

    /// S8.6 and S8.7, or S9.5 and S9.6.
    #[inline(always)]
    fn both_blocks(&self, kind: Kind) -> Step {
        let (home, resource) = self.open_both(kind);
        self.one_block(home, Side::Home, Reason::OutboundBlocked)?;
        self.one_block(resource, Side::Resource, Reason::InboundBlocked)
    }

    #[inline(always)]
    fn one_block(&self, opened: Option<Opened<'_>>, side: Side, reason: Reason) -> Step {
        let Some(opened) = opened else { return Ok(()) };
        let (reason, detail) = match self.ruling(&opened) {
            Ruling::Passed => return Ok(()),
            Ruling::Blocked(detail) => (reason, Some(detail)),
            Ruling::GroupsUnknown => (Reason::GroupsUnknown, None),
        };
        Err(Answer {
            detail,
            origin: Some(opened.origin()),
            ..Answer::block(reason, Some(side))
        })
    }

    /// Whether both tenants are known and in different clouds; one that is not known counts as
    /// being in the same (S1.2).
    #[inline(always)]
    fn clouds_differ(&self) -> bool {
        match (self.home, self.resource) {
            (Some(home), Some(resource)) => home.snapshot.cloud != resource.snapshot.cloud,
            _ => false,
        }
    }

    /// S5.3.
    #[inline(never)]
    fn cloud_gate(&self) -> Step {
        let (Some(home), Some(resource)) = (self.home, self.resource) else {
            return Ok(());
        };
        if !home.snapshot.cloud.pairs_with(resource.snapshot.cloud) {
            return Err(Answer::block(Reason::CloudPairUnsupported, None));
        }
        for (side, own, other) in [
            (Side::Home, home, resource),
            (Side::Resource, resource, home),
        ] {
            if !own.snapshot.hosted {
                continue;
            }
            if !own.snapshot.allowed_clouds.contains(other.snapshot.cloud) {
                return Err(Answer::block(Reason::CloudNotEnabled, Some(side)));
            }
            if !own.standing.is_listed() {
                return Err(Answer::block(Reason::PartnerRequiredCrossCloud, Some(side)));
            }
        }
        Ok(())
    }

    /// S8.5 to S8.10.
    #[inline(always)]
    fn collaboration(&self) -> Step<Answer> {
        if self.clouds_differ() {
            self.cloud_gate()?;
        }
        self.both_blocks(Kind::Collaboration)?;
        match self.resource {
            // S25.1: a resource tenant that is not hosted governs the rest itself.
            Some(resource) if resource.snapshot.hosted => self.collaborator(resource.snapshot),
            _ => Ok(Answer::allow(Reason::Granted)),
        }
    }

    /// S8.8 to S8.10, where the settings allow the access.
    #[inline(always)]
    fn collaborator(&self, resource: &'a Snapshot) -> Step<Answer> {
        let object = match resource.directory_known {
            true => self.accepted_object(resource)?,
            false => Object::Unknown,
        };
        match resource.has_conditional_access {
            true => self.collaborator_conditional_access(resource, object),
            false => Ok(Answer::allow(Reason::Granted)),
        }
    }

    #[inline(never)]
    fn accepted_object(&self, resource: &'a Snapshot) -> Step<Object<'a>> {
        let directory = directory(resource);
        let person = directory
            .and_then(|directory| directory.object_for(self.account.tenant, self.account.user));
        let person = enabled_object(person)?;
        if person.pending {
            let invited = self.home_domain();
            domain_allowed(resource, person, invited)?;
            consented(self.automatic_redemption() || self.question.consent_accepted)?;
        }
        Ok(known_object(directory, person))
    }

    /// The domain of the home account's address, for objects that have none of their own.
    fn home_domain(&self) -> Option<&crate::tenant::Domain> {
        let home = directory(self.home?.snapshot)?;
        home.address_domain(home.user(self.account.user)?)
    }

    #[inline(never)]
    fn collaborator_conditional_access(
        &self,
        resource: &'a Snapshot,
        object: Object<'a>,
    ) -> Step<Answer> {
        let mut visitor = self.visitor(Way::Collaboration, resource, object);
        self.direct_connect_as_well(&mut visitor);
        self.conditional_access(&visitor)
    }

    /// S9.2 to S9.8.
    #[inline(always)]
    fn direct_connect(&self) -> Step<Answer> {
        if self.clouds_differ() {
            return Err(Answer::block(
                Reason::DirectConnectCrossCloudUnsupported,
                None,
            ));
        }
        let app = self.question.resource_app;
        if !self.registry.suites.direct_connect_capable(app) {
            let reason = Reason::DirectConnectAppUnsupported;
            return Err(Answer::block(reason, Some(Side::Resource)));
        }
        for (side, party) in [(Side::Home, self.home), (Side::Resource, self.resource)] {
            // The licence of a tenant that is not hosted is not known here (S25.1).
            if party.is_some_and(|party| party.snapshot.hosted && !party.snapshot.p1) {
                return Err(Answer::block(Reason::LicenseRequired, Some(side)));
            }
        }
        self.both_blocks(Kind::DirectConnect)?;
        let asked = self.question.first_access && !self.question.consent_accepted;
        if asked && !self.automatic_redemption() {
            let reason = Reason::DirectConnectConsentRequired;
            return Err(Answer::challenge(reason, Side::Resource));
        }
        match self.resource {
            Some(resource) if resource.snapshot.has_conditional_access => {
                self.direct_connect_conditional_access(resource.snapshot)
            }
            _ => Ok(Answer::allow(Reason::Granted)),
        }
    }

    #[inline(never)]
    fn direct_connect_conditional_access(&self, resource: &'a Snapshot) -> Step<Answer> {
        let object = match directory(resource) {
            None => Object::Unknown,
            Some(people) => match people.object_for(self.account.tenant, self.account.user) {
                None => Object::None,
                Some(person) => known_object(Some(people), person),
            },
        };
        let mut visitor = self.visitor(Way::DirectConnect, resource, object);
        visitor.categories.insert(Category::B2bDirectConnectUser);
        self.conditional_access(&visitor)
    }

    /// S8.12: the blocks are not asked and no object is needed; the cloud gate is (S24).
    #[inline(never)]
    fn service_provider(&self) -> Step<Answer> {
        if self.clouds_differ() {
            self.cloud_gate()?;
        }
        let Some(resource) = self.resource.filter(|party| party.snapshot.hosted) else {
            return Ok(Answer::allow(Reason::Granted));
        };
        if !resource.standing.entry.relation().service_provider {
            let reason = Reason::ServiceProviderRelationshipMissing;
            return Err(Answer::block(reason, Some(Side::Resource)));
        }
        let mut visitor = self.visitor(Way::ServiceProvider, resource.snapshot, Object::None);
        visitor.categories.insert(Category::ServiceProvider);
        self.conditional_access(&visitor)
    }

    /// S7.2: both have agreed not to ask, in one cloud. A side that is not hosted has not agreed.
    fn automatic_redemption(&self) -> bool {
        let relation = |party: Option<Party<'_>>| {
            let party = party.filter(|party| party.snapshot.hosted);
            party.map(|party| party.standing.entry.relation())
        };
        relation(self.home).is_some_and(|home| home.outbound_consent)
            && relation(self.resource).is_some_and(|resource| resource.inbound_consent)
            && !self.clouds_differ()
    }

    /// The visitor with the category of the object, or where nobody knows it, the possible ones.
    fn visitor(&self, way: Way, resource: &'a Snapshot, object: Object<'a>) -> Visitor<'a> {
        let mut visitor = Visitor {
            way,
            home: Some(self.account.tenant),
            object,
            categories: Categories::default(),
            possible: Categories::default(),
        };
        match object {
            Object::None => {}
            Object::Unknown => visitor.possible = Categories::OF_OBJECTS,
            Object::Known(id, _) => {
                if let Some(person) = directory(resource).and_then(|people| people.user(id)) {
                    visitor.categories.insert(category(person.user_type));
                }
            }
        }
        visitor
    }

    /// S10.3: a collaboration user who could come by direct connect as well is meant by policies
    /// for direct connect users too.
    fn direct_connect_as_well(&self, visitor: &mut Visitor<'_>) {
        let app = self.question.resource_app;
        if self.clouds_differ() || !self.registry.suites.direct_connect_capable(app) {
            return;
        }
        let (home, resource) = self.open_both(Kind::DirectConnect);
        let mut unknown = false;
        for opened in [home, resource] {
            match opened.map(|opened| self.ruling(&opened)) {
                Some(Ruling::Passed) => {}
                Some(Ruling::Blocked(_)) => return,
                Some(Ruling::GroupsUnknown) | None => unknown = true,
            }
        }
        match unknown {
            true => visitor.possible.insert(Category::B2bDirectConnectUser),
            false => visitor.categories.insert(Category::B2bDirectConnectUser),
        }
    }

    /// S8.10, S9.8: only the resource tenant's policies are evaluated (S10.1).
    fn conditional_access(&self, visitor: &Visitor<'_>) -> Step<Answer> {
        let Some(resource) = self.resource else {
            return Ok(Answer::allow(Reason::Granted));
        };
        let relation = match resource.snapshot.hosted {
            true => resource.standing.entry.relation(),
            false => Relation::default(),
        };
        let snapshot = resource.snapshot;
        conditional_access(self.registry, self.question, snapshot, visitor, relation)
    }
}

fn conditional_access(
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

/// The groups of the account, by its tenant's directory; what the caller says never overrides it.
#[inline(never)]
fn known_groups<'a>(home: &'a Snapshot, account: Account<'a>) -> Option<&'a [GroupId]> {
    let people = directory(home)?;
    match people.user(account.user) {
        None => Some(&[]),
        Some(person) => people.groups(person).or(account.groups),
    }
}

/// S8.8.
fn enabled_object(person: Option<&Person>) -> Step<&Person> {
    let refused = |reason| Err(Answer::block(reason, Some(Side::Resource)));
    match person {
        None => refused(Reason::UserNotInResourceTenant),
        Some(person) if !person.enabled => refused(Reason::AccountDisabledInResource),
        Some(person) => Ok(person),
    }
}

fn known_object<'a>(directory: Option<&'a CompiledDirectory>, person: &Person) -> Object<'a> {
    let groups = directory.and_then(|directory| directory.groups(person));
    Object::Known(person.id, groups)
}

/// S7.1, S6.4: the domain of the object's own address, or of the home account's.
fn domain_allowed(
    resource: &Snapshot,
    person: &Person,
    home: Option<&crate::tenant::Domain>,
) -> Step {
    let own = directory(resource).and_then(|directory| directory.mail_domain(person));
    let Some(domain) = own.unwrap_or(home) else {
        return Ok(());
    };
    let reason = match &resource.background.domain_list {
        Some(DomainList::Allowed(list)) if !list.contains(domain) => Reason::DomainNotAllowed,
        Some(DomainList::Blocked(list)) if list.contains(domain) => Reason::DomainBlocked,
        _ => return Ok(()),
    };
    Err(Answer::block(reason, Some(Side::Resource)))
}

/// S8.9.
fn consented(consented: bool) -> Step {
    match consented {
        true => Ok(()),
        false => Err(Answer::challenge(
            Reason::RedemptionRequired,
            Side::Resource,
        )),
    }
}

/// S8.11: an identity without a tenant. The settings of no home tenant apply.
#[inline(never)]
fn without_tenant(registry: &Registry, question: &Question<'_>, object: UserId) -> Step<Answer> {
    let resource = registry.get(question.resource);
    let person = |people: &'_ CompiledDirectory| people.user(object).copied();
    let person = resource.and_then(directory).and_then(person);
    if let Some(header) = &question.restrictions {
        let personal = person.is_some_and(|person| {
            person.authenticates == Authenticates::Elsewhere { personal: true }
        });
        let home = personal.then_some(MICROSOFT_ACCOUNTS);
        restrictions::judge(registry, question, header, home, &Subject::UNNAMED)?;
    }
    let Some(resource) = resource.filter(|resource| resource.hosted) else {
        return Err(Answer::block(Reason::NotHosted, Some(Side::Resource)));
    };
    let mut visitor = Visitor {
        way: Way::WithoutTenant,
        home: None,
        object: Object::Unknown,
        categories: Categories::default(),
        possible: Categories::OF_OBJECTS,
    };
    if let Some(people) = directory(resource) {
        let external = |person: &&Person| person.authenticates != Authenticates::Internally;
        let person = enabled_object(people.user(object).filter(external))?;
        if person.pending {
            domain_allowed(resource, person, None)?;
            consented(question.consent_accepted)?;
        }
        visitor.object = known_object(Some(people), person);
        visitor.possible = Categories::default();
        visitor.categories.insert(category(person.user_type));
    }
    conditional_access(registry, question, resource, &visitor, Relation::default())
}
