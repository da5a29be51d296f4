//! `/Users` for a client that speaks for a source tenant: another Comity pushes its people here
//! (S12), and this side is judged here.
//!
//! Fabrikam lives elsewhere. Contoso's administrators have tied a client to Fabrikam, and whatever
//! that client writes is Fabrikam's: nothing in a request says whose it is. It sees the objects of
//! Fabrikam's people and no others, and each write passes Contoso's switches (S12.4) and, if an
//! object is made, the checks of an invitation (S12.6).

use std::sync::Arc;

use policy::draft::Patch;
use policy::synchronization::{Received, SyncAccount, SyncAction, SyncOutcome, receive};
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::{Directory, External, Tenant, User, UserType, World};
use serde_json::{Value, json};
use store::{DirectoryAct, Person, Reach, Snapshot, UserDetails};

use super::filter::member;
use super::list::{Asked, MOST, too_many};
use super::user::{self, Said};
use super::{Provisioner, scim, wrong};
use crate::clock::moment;
use crate::error::{ApiError, Result};
use crate::people::Judged;
use crate::people::user::{ADD, DELETE, UPDATE, distinct_name, put, render};

/// What synchronization says beside the core schema.
pub(crate) const SCHEMA: &str = "urn:comity:params:scim:schemas:extension:synchronization:1.0:User";
/// How many objects are read at once.
const PAGE: u32 = 1_000;

/// A source tenant at the counter of a target.
#[derive(Clone, Copy)]
pub(super) struct Pushing<'a> {
    pub(super) from: &'a Provisioner,
    pub(super) source: TenantId,
}

/// The account an object stands for.
fn account(person: &Person) -> Option<UserId> {
    match person.user.external {
        Some(External::Tenant { home_user, .. }) => Some(home_user),
        _ => None,
    }
}

impl Pushing<'_> {
    /// An object, with the account it stands for and what synchronization has to know.
    pub(super) fn shown(self, person: &Person) -> Value {
        let mut resource = user::render(self.from, person);
        if let Some(members) = resource.as_object_mut() {
            let account = account(person).map(|id| id.to_string());
            members.insert("externalId".to_owned(), account.into());
            let more = json!({
                "userType": person.user.user_type.as_str(),
                "managed": person.user.managed_by_synchronization,
            });
            members.insert(SCHEMA.to_owned(), more);
        }
        resource
    }

    pub(super) async fn list(self) -> Result<axum::response::Response> {
        let asked = Asked::of(&self.from.query)?;
        let (store, target) = (&self.from.app.store, self.from.principal.tenant());
        let wanted = asked.filter.as_ref();
        let found = match wanted.and_then(|filter| filter.demands("externalId")) {
            Some(id) => match id.parse() {
                Ok(id) => store.objects_for(target, self.source, &[id]).await?,
                Err(_) => Vec::new(),
            },
            None => self.everybody().await?,
        };
        let shown = found.iter().map(|person| self.shown(person));
        let shown = shown.filter(|one| wanted.is_none_or(|filter| filter.holds(one)));
        Ok(scim(200, &asked.page(shown.collect())))
    }

    async fn everybody(self) -> Result<Vec<Person>> {
        let (store, target) = (&self.from.app.store, self.from.principal.tenant());
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = store.objects_from(target, self.source, after, PAGE).await?;
            let is_last = page.len() < PAGE as usize;
            after = page.last().and_then(account);
            all.extend(page);
            match (is_last, all.len() >= MOST) {
                (true, _) => return Ok(all),
                (false, true) => return Err(too_many()),
                (false, false) => {}
            }
        }
    }

    /// The object with that id, if it is one of the source's people.
    pub(super) async fn find(self, id: &str) -> Result<Person> {
        let missing = || ApiError::not_found("There is no such resource.");
        let id = id.parse().map_err(|_| missing())?;
        let found = self.from.app.store.person(self.from.principal.tenant(), id);
        let ours = |person: &Person| {
            let home = person.user.external.as_ref();
            matches!(home, Some(External::Tenant { home_tenant, .. }) if *home_tenant == self.source)
        };
        found.await?.filter(ours).ok_or_else(missing)
    }

    /// Makes or changes the object of an account.
    pub(super) async fn put(self, resource: &Value, object: Option<&Person>) -> Result<Person> {
        let said = user::read(resource)?;
        let account = match object.and_then(account) {
            Some(account) => account,
            None => named(&said)?,
        };
        let extension = member(resource, SCHEMA).unwrap_or(&Value::Null);
        let user_type = match member(extension, "userType").and_then(Value::as_str) {
            Some("Guest") => UserType::Guest,
            _ => UserType::Member,
        };
        let always = member(extension, "applyUserTypeAlways");
        let request = Received {
            source: self.source,
            target: self.from.principal.tenant(),
            account,
            wanted: Some(described(&said, account)),
            user_type,
            apply_user_type_always: always.and_then(Value::as_bool).unwrap_or(false),
            new_object: UserId::from_u128(sts::random::guid().as_u128()),
        };
        let put = self.carry_out(&request).await?;
        put.ok_or_else(|| ApiError::internal("an object that was pushed is not there"))
    }

    /// Soft deletes an object that synchronization made.
    pub(super) async fn remove(self, object: &Person) -> Result<()> {
        let account = account(object).ok_or_else(|| ApiError::internal("an object of nobody"))?;
        let request = Received {
            source: self.source,
            target: self.from.principal.tenant(),
            account,
            wanted: None,
            user_type: object.user.user_type,
            apply_user_type_always: false,
            new_object: object.user.id,
        };
        self.carry_out(&request).await.map(drop)
    }

    async fn carry_out(self, request: &Received) -> Result<Option<Person>> {
        let desk = self.from.desk();
        let about = Some(request.account.to_string());
        desk.carry_out(&UPDATE, about, || self.judge(request)).await
    }

    async fn judge(self, request: &Received) -> Result<Judged<Option<Person>>> {
        let store = &self.from.app.store;
        let tenants = [request.target, request.source];
        let snapshot = store.world(&tenants, Reach::Settings).await?;
        let objects = store
            .objects_for(request.target, request.source, &[request.account])
            .await?;
        let outcome = receive(&world(&snapshot, request.target, &objects), request);
        if matches!(outcome.action, SyncAction::Fail | SyncAction::Skip) {
            return Err(ApiError::forbidden_by(
                outcome.reason.sentence(),
                outcome.reason,
            ));
        }
        let mut judged = self.done(&outcome, &objects).await?;
        for entry in &mut judged.entries {
            let source = ("sourceTenantId".to_owned(), self.source.to_string());
            entry.details.push(source);
        }
        judged.relying = Some((snapshot, tenants.to_vec()));
        Ok(judged)
    }

    /// What the law's answer changes.
    async fn done(
        self,
        outcome: &SyncOutcome,
        objects: &[Person],
    ) -> Result<Judged<Option<Person>>> {
        let now = moment(self.from.context.received);
        let object = outcome.object.as_ref();
        let before = object.and_then(|o| objects.iter().find(|one| one.user.id == o.id));
        let shown = |person: &Person| render(person, "");
        match (outcome.action, object, before) {
            (SyncAction::Create, Some(object), _) => {
                let person = Person {
                    user: self.with_own_name(object).await?,
                    details: UserDetails {
                        created: Some(now),
                        state_changed: Some(now),
                        ..UserDetails::default()
                    },
                    version: store::Revision(1),
                };
                let name = Some(person.user.user_principal_name.clone());
                let nothing = Value::Object(serde_json::Map::new());
                let entry = ADD.changed(person.user.id, name, &nothing, &shown(&person));
                Ok(Judged::one(put(&person, None), entry, Some(person)))
            }
            (SyncAction::Update, Some(object), Some(before)) => {
                let after = Person {
                    user: object.clone(),
                    ..before.clone()
                };
                if after == *before {
                    return Ok(Judged::nothing(Some(after)));
                }
                let name = Some(after.user.user_principal_name.clone());
                let entry = UPDATE.changed(after.user.id, name, &shown(before), &shown(&after));
                Ok(Judged::one(
                    put(&after, Some(before.version)),
                    entry,
                    Some(after),
                ))
            }
            (SyncAction::SoftDelete, _, Some(before)) => {
                let act = DirectoryAct::RetireUser {
                    id: before.user.id,
                    expected: before.version,
                    when: now,
                };
                let name = Some(before.user.user_principal_name.clone());
                let entry = DELETE.entry(Some(before.user.id.to_string()), name, Vec::new());
                Ok(Judged::one(act, entry, None))
            }
            _ => Err(ApiError::internal("a push that does nothing")),
        }
    }

    /// The name that is made of an address may be another object's.
    async fn with_own_name(self, object: &User) -> Result<User> {
        let mut object = object.clone();
        let name = object.user_principal_name.to_lowercase();
        let target = self.from.principal.tenant();
        let others = self
            .from
            .app
            .store
            .persons_by_address(target, &name)
            .await?;
        let taken = |other: &Person| other.user.user_principal_name.to_lowercase() == name;
        if others.iter().any(taken)
            && let Some(own) = distinct_name(&object.user_principal_name, object.id)
        {
            object.user_principal_name = own;
        }
        Ok(object)
    }
}

/// Both tenants, of the target's people those that matter.
fn world(snapshot: &Snapshot, target: TenantId, objects: &[Person]) -> World {
    let mut world = snapshot.world().clone();
    let users = objects.iter().map(|person| person.user.clone());
    let directory = Directory {
        users: users.map(|user| (user.id, user)).collect(),
        groups: Default::default(),
    };
    if let Some(tenant) = world.tenants.shared(&target) {
        let tenant = Tenant {
            directory: Some(directory),
            ..(*tenant).clone()
        };
        world.tenants.insert(target, Arc::new(tenant));
    }
    world
}

/// The account a new object stands for.
fn named(said: &Said) -> Result<UserId> {
    let id = said.external_id.as_deref();
    let id = id.and_then(|id| id.parse().ok());
    let expected = "externalId is the id of the account at its own tenant.";
    id.ok_or_else(|| wrong("invalidValue", expected))
}

/// The account as the source describes it.
fn described(said: &Said, id: UserId) -> SyncAccount {
    let text = |patch: &Patch<String>| patch.value().cloned();
    let name = text(&said.draft.user_principal_name).unwrap_or_default();
    SyncAccount {
        id,
        address: text(&said.draft.mail).unwrap_or(name),
        display_name: text(&said.draft.display_name),
        enabled: said.draft.enabled.value().copied().unwrap_or(true),
    }
}
