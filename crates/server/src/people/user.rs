//! Users: found, made, changed.

use std::collections::BTreeSet;

use graph::user::{Further, UserDraft};
use policy::draft::Patch;
use policy::invitation::Address;
use policy::target::UserId;
use policy::tenant::Domain;
use policy::world::{Tenant, User};
use serde_json::Value;
use store::{DirectoryAct, Password, Person, UserDetails};
use uuid::Uuid;

use super::{Deed, Desk, Judged, no_object, unchanged};
use crate::clock::moment;
use crate::error::{ApiError, Result};

const fn deed(activity: &'static str, operation: &'static str) -> Deed {
    Deed {
        category: "UserManagement",
        activity,
        operation,
        kind: "User",
    }
}

pub(crate) const ADD: Deed = deed("Add user", "Add");
pub(crate) const UPDATE: Deed = deed("Update user", "Update");
pub(crate) const DELETE: Deed = deed("Delete user", "Delete");
pub(crate) const REVOKE: Deed = deed("Update StsRefreshTokenValidFrom Timestamp", "Update");
const RESET_PASSWORD: Deed = deed("Reset user password", "Update");

/// What the wire says about a user beside what decisions look at.
pub(crate) fn further(details: &UserDetails) -> Further {
    let UserDetails {
        created,
        state_changed,
        sessions_revoked,
        invited,
        invited_by,
        other_mails,
        business_phones,
        sponsors: _,
        external_id: _,
        further: _,
    } = details;
    Further {
        created: *created,
        state_changed: *state_changed,
        sessions_revoked: *sessions_revoked,
        invited: *invited,
        invited_by: invited_by.map(|id| id.to_string()),
        other_mails: other_mails.clone(),
        business_phones: business_phones.clone(),
    }
}

/// The tenant's own domain: the issuer of its names.
pub(crate) fn own_domain(tenant: &Tenant) -> String {
    let first = tenant.domains.first();
    first.map_or_else(|| tenant.id.to_string(), Domain::to_string)
}

/// A user on the wire.
pub(crate) fn render(person: &Person, domain: &str) -> Value {
    graph::user::render(&person.user, &further(&person.details), domain)
}

/// Whoever answers for a user.
pub(crate) fn sponsors(person: &Person) -> BTreeSet<UserId> {
    let mut sponsors = person.details.sponsors.clone();
    sponsors.extend(person.user.sponsor);
    sponsors
}

impl Desk<'_> {
    /// The user with that id or user principal name.
    pub(crate) async fn find_user(&self, key: &str) -> Result<Person> {
        let found = match key.parse::<UserId>() {
            Ok(id) => self.app.store.person(self.tenant(), id).await?,
            Err(_) => {
                let found = self
                    .app
                    .store
                    .persons_by_address(self.tenant(), key)
                    .await?;
                let key = key.to_lowercase();
                let mut found = found.into_iter();
                found.find(|person| person.user.user_principal_name.to_lowercase() == key)
            }
        };
        found.ok_or_else(|| no_object(key))
    }

    /// Hashes a password, which takes its time, before anybody waits for the result.
    pub(crate) async fn password(&self, draft: &UserDraft) -> Result<Option<Password>> {
        let Some(profile) = &draft.password else {
            return Ok(None);
        };
        let hash = self.app.secrets.hash(profile.password.clone()).await;
        let hash = hash.ok_or_else(|| ApiError::internal("a password could not be hashed"))?;
        Ok(Some(Password {
            phc: hash.as_str().to_owned(),
            changed: moment(self.context.received),
            must_change: profile.must_change,
        }))
    }

    /// Makes a user. `details` is what is known about them beside what the draft says.
    pub(crate) async fn create_user(
        &self,
        draft: &UserDraft,
        details: UserDetails,
    ) -> Result<Person> {
        let password = self.password(draft).await?;
        let id = UserId::from_u128(sts::random::guid().as_u128());
        let attempt = || async {
            let tenant = self.profile().await?;
            let mut user = User::new(id);
            let mut details = UserDetails {
                created: Some(moment(self.context.received)),
                ..details.clone()
            };
            apply(draft, &mut user, &mut details);
            if let Patch::Absent | Patch::Null = draft.user_principal_name {
                return Err(required("userPrincipalName"));
            }
            name_is_ours(&tenant, &user.user_principal_name)?;
            let person = Person {
                user,
                details,
                version: store::Revision(1),
            };
            let rendered = render(&person, &own_domain(&tenant));
            let nothing = Value::Object(serde_json::Map::new());
            unchanged(&draft.echoes, &nothing)?;
            let name = Some(person.user.user_principal_name.clone());
            let mut judged = Judged::one(
                put(&person, None),
                ADD.changed(id, name, &nothing, &rendered),
                person,
            );
            judged
                .acts
                .extend(password.clone().map(|password| set(id, password)));
            Ok(judged)
        };
        self.carry_out(&ADD, Some(id.to_string()), attempt).await
    }

    /// Changes a user.
    pub(crate) async fn update_user(
        &self,
        key: &str,
        draft: &UserDraft,
        more: impl Fn(&mut UserDetails) + Send + Sync,
        if_match: impl Fn(&Person) -> Result<()> + Send + Sync,
    ) -> Result<Person> {
        let password = self.password(draft).await?;
        let (more, if_match, password) = (&more, &if_match, &password);
        let attempt = || async move {
            let tenant = self.profile().await?;
            let domain = own_domain(&tenant);
            let before = self.find_user(key).await?;
            if_match(&before)?;
            let rendered = render(&before, &domain);
            unchanged(&draft.echoes, &rendered)?;
            let mut after = before.clone();
            apply(draft, &mut after.user, &mut after.details);
            more(&mut after.details);
            if after.user.user_principal_name != before.user.user_principal_name {
                name_is_ours(&tenant, &after.user.user_principal_name)?;
            }
            let (id, expected) = (before.user.id, before.version);
            let name = Some(after.user.user_principal_name.clone());
            let now = render(&after, &domain);
            let mut judged = Judged {
                acts: Vec::new(),
                entries: Vec::new(),
                relying: None,
                answer: after.clone(),
            };
            if (&before.user, &before.details) != (&after.user, &after.details) {
                judged.acts.push(put(&after, Some(expected)));
                let entry = UPDATE.changed(id, name.clone(), &rendered, &now);
                judged.entries.push(entry);
                judged.answer.version = expected.next();
            }
            if let Some(password) = password {
                judged.acts.push(set(id, password.clone()));
                let entry = RESET_PASSWORD.entry(Some(id.to_string()), name, Vec::new());
                judged.entries.push(entry);
            }
            Ok(judged)
        };
        self.carry_out(&UPDATE, Some(key.to_owned()), attempt).await
    }

    /// Lets a user go, who can be taken back for a while.
    pub(crate) async fn delete_user(
        &self,
        key: &str,
        if_match: impl Fn(&Person) -> Result<()> + Send + Sync,
    ) -> Result<()> {
        let if_match = &if_match;
        let attempt = || async move {
            let person = self.find_user(key).await?;
            if_match(&person)?;
            let id = person.user.id;
            let act = DirectoryAct::RetireUser {
                id,
                expected: person.version,
                when: moment(self.context.received),
            };
            let name = Some(person.user.user_principal_name);
            let entry = DELETE.entry(Some(id.to_string()), name, Vec::new());
            Ok(Judged::one(act, entry, ()))
        };
        self.carry_out(&DELETE, Some(key.to_owned()), attempt).await
    }

    /// Makes void what was issued to a user until now.
    pub(crate) async fn revoke_sessions(&self, key: &str) -> Result<()> {
        let attempt = || async move {
            let mut person = self.find_user(key).await?;
            let id = person.user.id;
            let old = further(&person.details);
            person.details.sessions_revoked = Some(moment(self.context.received));
            let new = further(&person.details);
            let shown = |further: &Further| {
                let rendered = graph::user::render(&person.user, further, "");
                let name = "signInSessionsValidFromDateTime";
                rendered.get(name).cloned().unwrap_or(Value::Null)
            };
            let change = (
                "StsRefreshTokensValidFrom".to_owned(),
                shown(&old),
                shown(&new),
            );
            let name = Some(person.user.user_principal_name.clone());
            let entry = REVOKE.entry(Some(id.to_string()), name, vec![change]);
            Ok(Judged::one(put(&person, Some(person.version)), entry, ()))
        };
        self.carry_out(&REVOKE, Some(key.to_owned()), attempt).await
    }

    /// Adds or removes somebody who answers for a user.
    pub(crate) async fn change_sponsor(&self, key: &str, sponsor: &str, adds: bool) -> Result<()> {
        let attempt = || async move {
            let before = self.find_user(key).await?;
            let mut after = before.clone();
            let mut named = sponsors(&before);
            match adds {
                true => {
                    let id = self.find_user(sponsor).await?.user.id;
                    if !named.insert(id) {
                        return Err(ApiError::bad_body(
                            "One or more added object references already exist for the following \
                             modified properties: 'sponsors'.",
                        ));
                    }
                }
                false => {
                    let id: UserId = sponsor.parse().map_err(|_| no_object(sponsor))?;
                    if !named.remove(&id) {
                        return Err(no_object(sponsor));
                    }
                }
            }
            after.user.sponsor = after.user.sponsor.filter(|id| named.contains(id));
            named.retain(|id| Some(*id) != after.user.sponsor);
            after.details.sponsors = named;
            let list = |person: &Person| -> Value {
                let ids = sponsors(person).into_iter();
                ids.map(|id| Value::from(id.to_string())).collect()
            };
            let change = ("Sponsors".to_owned(), list(&before), list(&after));
            let name = Some(before.user.user_principal_name.clone());
            let id = before.user.id.to_string();
            let entry = UPDATE.entry(Some(id), name, vec![change]);
            Ok(Judged::one(put(&after, Some(before.version)), entry, ()))
        };
        self.carry_out(&UPDATE, Some(key.to_owned()), attempt).await
    }
}

fn apply(draft: &UserDraft, user: &mut User, details: &mut UserDetails) {
    let mut said = further(details);
    draft.apply(user, &mut said);
    details.other_mails = said.other_mails;
    details.business_phones = said.business_phones;
}

/// Writes a user as it is.
pub(crate) fn put(person: &Person, expected: Option<store::Revision>) -> DirectoryAct {
    DirectoryAct::PutUser {
        user: Box::new(person.user.clone()),
        details: Box::new(person.details.clone()),
        expected,
    }
}

fn set(user: UserId, password: Password) -> DirectoryAct {
    DirectoryAct::SetPassword { user, password }
}

/// A member that must be there is not.
pub(crate) fn required(name: &'static str) -> ApiError {
    let message = format!("A value is required for property '{name}' of resource 'User'.");
    ApiError::bad_body(message).at(name)
}

/// A name belongs to a domain of the tenant.
fn name_is_ours(tenant: &Tenant, name: &str) -> Result<()> {
    let at = "userPrincipalName";
    let refused = |message: &str| Err(ApiError::bad_body(message).at(at));
    if name.parse::<Address>().is_err() || name.chars().count() > 320 {
        return refused(
            "Invalid value specified for property 'userPrincipalName' of resource 'User'.",
        );
    }
    let domain = name
        .rsplit_once('@')
        .and_then(|(_, domain)| domain.parse::<Domain>().ok());
    match domain.is_some_and(|domain| tenant.domains.contains(&domain)) {
        true => Ok(()),
        false => refused(
            "The domain portion of the userPrincipalName property is invalid. You must use one of \
             the verified domain names in your organization.",
        ),
    }
}

/// The name that an address made, with the object's id in it: for when another object has the name,
/// because the two addresses differ in an "@" and a "_" for instance.
pub(crate) fn distinct_name(name: &str, id: UserId) -> Option<String> {
    let (local, rest) = name.split_once("#EXT#")?;
    let id = uuid(id).simple().to_string();
    let id: String = id.chars().take(8).collect();
    Some(format!("{local}_{id}#EXT#{rest}"))
}

/// The id of an object as the log and the wire write it.
pub(crate) fn uuid(id: UserId) -> Uuid {
    Uuid::from_u128(id.as_u128())
}
