//! `/invitations`: somebody is asked to come in as a guest (S6).
//!
//! It is judged on the two directories as far as they matter: the account behind the address, the
//! groups it is in, and the objects that may stand for it already. So an invitation costs the same
//! in a small tenant and in a large one.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use graph::guest::{self, InvitationDraft, Invited, SHAPE};
use policy::decision::Verdict;
use policy::invitation::{Address as MailAddress, Invitation, InvitationOutcome, Inviter, invite};
use policy::reason::Reason;
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::{Directory, Tenant, User, UserType, World};
use serde_json::{Map, Value};
use store::{Person, Reach, Revision, Snapshot, UserDetails};

use super::users::written;
use crate::access::directory::CREATE_INVITATION;
use crate::clock::moment;
use crate::context::Context;
use crate::error::{ApiError, Result};
use crate::mail::{self, Sent};
use crate::odata::{self, Address};
use crate::people::user::{distinct_name, put, render};
use crate::people::{Deed, Desk, Judged, no_object, unreadable};
use crate::principal::Principal;
use crate::sign_in::{letters, pages};
use crate::state::App;

const PLACE: &str = "invitations";
/// How many groups of a tenant are looked at.
const GROUPS: u32 = 100_000;

const INVITE: Deed = Deed {
    category: "UserManagement",
    activity: "Invite external user",
    operation: "Add",
    kind: "User",
};
const RESET: Deed = Deed {
    activity: "Invite external user with reset invitation status",
    operation: "Update",
    ..INVITE
};

/// What the inviter is told when cross-tenant settings of either side stand in the way (S6.10).
const SETTINGS: &str = "This invitation is blocked by cross-tenant access settings. Admins in both \
    your organization and the invited user's organization must configure cross-tenant access \
    settings to allow the invitation.";
const NOT_ALLOWED: &str = "Guest invitations not allowed for your company. Contact your company \
    administrator for more details.";

pub(crate) async fn create_invitation(
    State(app): State<App>,
    principal: Principal,
    context: Context,
    address: Address,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    principal.may(&app, &CREATE_INVITATION).await?;
    let value = written(&app, &headers, body).await?;
    let draft = guest::read(&value).map_err(unreadable)?;
    let query = address.query_of_one(&SHAPE)?;
    let asking = Asking::new(Desk::of(&app, &principal, &context), draft).await?;
    let deed = if asking.draft.reset { RESET } else { INVITE };
    let about = asking.draft.invited.clone();
    let invited = asking.desk.carry_out(&deed, about, || asking.judge()).await;
    let invited = match invited {
        Ok(invited) => invited,
        Err(error) => {
            // What a rule forbids is in the log like what is written wrongly.
            if error.status.as_u16() == 403 {
                asking.refused(&deed, &error).await?;
            }
            return Err(error);
        }
    };
    let mut value = guest::render(&asking.draft, &invited.invited);
    if let Some(sent) = asking.tell(&invited).await?
        && let Some(members) = value.as_object_mut()
    {
        // Graph has no word for a message that was not sent.
        members.insert(MESSAGE.to_owned(), sent.as_str().into());
    }
    let location = format!("users/{}", invited.invited.user);
    Ok(odata::created(
        &address,
        PLACE,
        &query,
        value,
        &location,
        (),
    ))
}

/// What an answer says about the message: an annotation, which clients of Graph pass over.
const MESSAGE: &str = "@comity.message";

/// What came of an invitation.
struct Done {
    invited: Invited,
    /// The messages that follow from it (S6.8).
    message: Option<Message>,
    /// To whom: the object's address, not what somebody typed.
    to: Option<String>,
}

/// A message to somebody who was invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Message {
    /// To accept.
    Invitation,
    /// That there is nothing to accept.
    Notification,
}

impl Message {
    fn of(outcome: &InvitationOutcome) -> Option<Self> {
        match (outcome.invitation_mail, outcome.notification_mail) {
            (true, _) => Some(Message::Invitation),
            (false, true) => Some(Message::Notification),
            (false, false) => None,
        }
    }
}

/// An invitation that is being judged.
struct Asking<'a> {
    desk: Desk<'a>,
    draft: InvitationDraft,
    address: MailAddress,
    inviter: Inviter,
    home: Option<TenantId>,
    new_object: UserId,
    id: String,
}

impl<'a> Asking<'a> {
    async fn new(desk: Desk<'a>, draft: InvitationDraft) -> Result<Self> {
        let at = "invitedUserEmailAddress";
        let address: MailAddress = draft.address.parse().map_err(|error| {
            ApiError::bad_body(format!("Invalid value for property '{at}': {error}.")).at(at)
        })?;
        let home = desk.app.store.tenant_of_domain(address.domain()).await?;
        Ok(Asking {
            inviter: inviter(&desk).await?,
            home,
            address,
            draft,
            new_object: UserId::from_u128(sts::random::guid().as_u128()),
            id: sts::random::guid().to_string(),
            desk,
        })
    }

    /// The object whose redemption is to begin anew.
    async fn reset(&self) -> Result<Option<Person>> {
        let Some(key) = self.draft.invited.as_deref().filter(|_| self.draft.reset) else {
            return Ok(None);
        };
        let person = self.desk.find_user(key).await?;
        match person.user.is_internal() {
            false => Ok(Some(person)),
            true => Err(no_object(key)),
        }
    }

    async fn judge(&self) -> Result<Judged<Done>> {
        let reset = self.reset().await?;
        let (snapshot, world, tenants) = self.world(reset.as_ref()).await?;
        let wanted = self.draft.user_type;
        let user_type = reset.as_ref().map(|person| person.user.user_type);
        let request = Invitation {
            resource: self.desk.tenant(),
            inviter: self.inviter.clone(),
            address: self.address.clone(),
            user_type: wanted.or(user_type).unwrap_or(UserType::Guest),
            send_message: self.draft.send_message,
            new_object: reset
                .as_ref()
                .map_or(self.new_object, |person| person.user.id),
        };
        let outcome = invite(&world, &request);
        let metrics = &self.desk.app.metrics;
        metrics.decided(outcome.verdict, outcome.reason);
        if outcome.verdict != Verdict::Allow {
            return Err(refusal(&outcome));
        }
        let Some(object) = outcome.object.clone() else {
            return Err(ApiError::internal("an invitation left no object"));
        };
        let mut judged = match (outcome.reason, reset) {
            (Reason::AlreadyInvited, _) => self.already(&object).await?,
            (_, Some(person)) => self.again(person, &object),
            (_, None) => self.anew(object, &world).await?,
        };
        judged.answer.invited.user_type = request.user_type;
        judged.answer.message = Message::of(&outcome);
        for entry in &mut judged.entries {
            entry
                .modified
                .sort_by(|one, other| one.name.cmp(&other.name));
        }
        judged.relying = Some((snapshot, tenants));
        Ok(judged)
    }

    /// Sends the message that follows, and says what became of it. The invitation stands whatever
    /// does.
    async fn tell(&self, done: &Done) -> Result<Option<Sent>> {
        let (Some(message), Some(to)) = (done.message, &done.to) else {
            return Ok(None);
        };
        let app = self.desk.app;
        let organization = pages::organization(app, self.desk.tenant()).await?;
        let inviter = match self.desk.principal.person() {
            Some(id) => app.store.person(self.desk.tenant(), id).await?,
            None => None,
        };
        let inviter = inviter.and_then(|person| person.user.display_name);
        let words = &self.draft.message;
        let copy = match &words.copy {
            Some((name, Some(address))) => Some((name.clone(), address.clone())),
            _ => None,
        };
        let invitation = letters::Invitation {
            organization: &organization,
            inviter: inviter.as_deref(),
            to,
            copy,
            message: words.body.as_deref(),
            link: match message {
                Message::Invitation => &done.invited.redeem_url,
                Message::Notification => &self.draft.redirect,
            },
        };
        let letter = match message {
            Message::Invitation => invitation.asks(),
            Message::Notification => invitation.tells(),
        };
        Ok(Some(app.post.send(&letter, mail::INVITATION).await))
    }

    fn invited(&self, object: &User) -> Done {
        let url = &self.desk.app.options.public_url;
        let redirect: String =
            form_urlencoded::byte_serialize(self.draft.redirect.as_bytes()).collect();
        let invited = Invited {
            id: self.id.clone(),
            redeem_url: format!(
                "{url}/{}/redeem?user={}&redirect_uri={redirect}",
                self.desk.tenant(),
                object.id
            ),
            is_complete: !object.is_pending(),
            user: object.id.to_string(),
            user_type: object.user_type,
        };
        Done {
            invited,
            message: None,
            to: object.mail.clone(),
        }
    }

    /// S6.11: somebody who is there already stays as they are.
    async fn already(&self, object: &User) -> Result<Judged<Done>> {
        if !object.enabled {
            let message = "The invited user already exists in the directory and is blocked.";
            return Err(ApiError::precondition(message));
        }
        let mut judged = Judged::nothing(self.invited(object));
        // Another invitation is an event of its own, although nothing changes.
        let person = self.desk.find_user(&object.id.to_string()).await?;
        judged.acts.push(put(&person, Some(person.version)));
        let name = Some(object.user_principal_name.clone());
        let entry = INVITE.entry(Some(object.id.to_string()), name, Vec::new());
        judged.entries.push(entry);
        Ok(judged)
    }

    /// An object that is there begins anew: same object, same groups.
    fn again(&self, before: Person, made: &User) -> Judged<Done> {
        let mut after = before.clone();
        after.user.redemption = made.redemption;
        after.user.external.clone_from(&made.external);
        after.user.mail.clone_from(&made.mail);
        after.user.identity_provider = None;
        after.details.state_changed = Some(moment(self.desk.context.received));
        let entry = RESET.changed(
            after.user.id,
            Some(after.user.user_principal_name.clone()),
            &render(&before, ""),
            &render(&after, ""),
        );
        let act = put(&after, Some(before.version));
        Judged::one(act, entry, self.invited(&after.user))
    }

    /// S6.8.
    async fn anew(&self, mut object: User, world: &World) -> Result<Judged<Done>> {
        if self.draft.display_name.is_some() {
            object.display_name.clone_from(&self.draft.display_name);
        }
        self.own_name(&mut object, world).await?;
        let mut details = UserDetails {
            created: Some(moment(self.desk.context.received)),
            state_changed: Some(moment(self.desk.context.received)),
            invited: true,
            invited_by: Some(self.desk.principal.object()),
            ..UserDetails::default()
        };
        for sponsor in &self.draft.sponsors {
            let sponsor = self.desk.find_user(sponsor).await?;
            details.sponsors.insert(sponsor.user.id);
        }
        // A sponsor is somebody who is here; a caller from elsewhere has no object.
        if let Some(id) = object.sponsor
            && self
                .desk
                .app
                .store
                .person(self.desk.tenant(), id)
                .await?
                .is_none()
        {
            object.sponsor = None;
        }
        let person = Person {
            user: object,
            details,
            version: Revision(1),
        };
        let entry = INVITE.changed(
            person.user.id,
            Some(person.user.user_principal_name.clone()),
            &Value::Object(Map::new()),
            &render(&person, ""),
        );
        let invited = self.invited(&person.user);
        Ok(Judged::one(put(&person, None), entry, invited))
    }

    /// The name that is made of an address may be somebody else's: of two addresses that differ in
    /// an "@" and a "_" for instance. Then the object's id is part of it.
    async fn own_name(&self, object: &mut User, world: &World) -> Result<()> {
        let name = object.user_principal_name.clone();
        let tenant = self.desk.tenant();
        let others = self
            .desk
            .app
            .store
            .persons_by_address(tenant, &name)
            .await?;
        let is_taken = others
            .iter()
            .any(|other| other.user.user_principal_name.eq_ignore_ascii_case(&name));
        if is_taken
            && world.tenant(tenant).is_some()
            && let Some(own) = distinct_name(&name, object.id)
        {
            object.user_principal_name = own;
        }
        Ok(())
    }

    /// The two tenants with those of their people that the judgment looks at.
    async fn world(&self, reset: Option<&Person>) -> Result<(Snapshot, World, Vec<TenantId>)> {
        let (store, resource) = (&self.desk.app.store, self.desk.tenant());
        let mut tenants = vec![resource];
        tenants.extend(self.home.filter(|home| *home != resource));
        let snapshot = store.world(&tenants, Reach::Settings).await?;
        let mut world = snapshot.world().clone();
        let address = self.address.as_str();
        let mut account = None;
        if let Some(home) = self.home.filter(|home| *home != resource)
            && is_known(&**store, home).await?
        {
            let found = store.users_by_address(home, address).await?;
            account = found
                .iter()
                .find(|user| user.is_internal())
                .map(|user| user.id);
            self.put_directory(&mut world, home, found).await?;
        }
        let mut objects = store.users_by_address(resource, address).await?;
        if let (Some(home), Some(account)) = (self.home, account) {
            objects.extend(store.users_for(resource, home, account).await?);
        }
        objects.retain(|user| reset.is_none_or(|person| person.user.id != user.id));
        self.put_directory(&mut world, resource, objects).await?;
        Ok((snapshot, world, tenants))
    }

    async fn put_directory(&self, world: &mut World, id: TenantId, users: Vec<User>) -> Result<()> {
        let has_groups = users.iter().any(|user| {
            user.groups
                .as_ref()
                .is_some_and(|groups| !groups.is_empty())
        });
        let mut directory = Directory {
            users: users.into_iter().map(|user| (user.id, user)).collect(),
            groups: Default::default(),
        };
        if has_groups {
            let groups = self.desk.app.store.groups(id, None, GROUPS).await?;
            directory.groups = groups
                .into_iter()
                .map(|group| (group.id, group.member_of))
                .collect();
        }
        let Some(tenant) = world.tenants.shared(&id) else {
            return Ok(());
        };
        let tenant = Tenant {
            directory: Some(directory),
            ..(*tenant).clone()
        };
        world.tenants.insert(id, Arc::new(tenant));
        Ok(())
    }

    /// What a rule forbids leaves an entry (S16.3).
    async fn refused(&self, deed: &Deed, error: &ApiError) -> Result<()> {
        let code = error.detail.as_ref().map(|(code, _)| *code);
        let reason = Reason::ALL.iter().copied();
        let mut reasons = reason.filter(|reason| Some(reason.as_str()) == code);
        let entry = deed.entry(None, Some(self.draft.address.clone()), Vec::new());
        let failure = Some(reasons.next().unwrap_or(Reason::InvalidProperty));
        let record = entry.record(self.desk.principal, self.desk.context, failure);
        self.desk.app.store.append_audit(&[record]).await?;
        Ok(())
    }
}

/// Whether anything is known of the people of that tenant (S25.2).
async fn is_known(store: &dyn store::Store, tenant: TenantId) -> Result<bool> {
    let row = store.tenant(tenant).await?;
    Ok(row.is_some_and(|row| row.directory_known))
}

/// Who invites, as the law sees it.
async fn inviter(desk: &Desk<'_>) -> Result<Inviter> {
    let Some(id) = desk.principal.person() else {
        return Ok(Inviter::Application);
    };
    let person = desk.app.store.person(desk.tenant(), id).await?;
    let (tenant, _) = crate::profile::read(desk.app, desk.principal).await?;
    Ok(Inviter::User {
        id: Some(id),
        user_type: person.map_or(UserType::Member, |person| person.user.user_type),
        roles: desk.principal.held(&tenant.governance).roles,
    })
}

/// What the inviter is told. Whether an account exists elsewhere is not said.
fn refusal(outcome: &InvitationOutcome) -> ApiError {
    let sentence = outcome.reason.sentence();
    match outcome.reason {
        Reason::InvitationsDisabled | Reason::InviterNotAuthorized => {
            ApiError::forbidden_by(NOT_ALLOWED, outcome.reason)
        }
        Reason::MemberInviteRequiresAdmin => ApiError::forbidden_by(sentence, outcome.reason),
        Reason::DomainBlocked | Reason::DomainNotAllowed => {
            let at = "invitedUserEmailAddress";
            ApiError::ruled_out(sentence, outcome.reason.as_str(), at)
        }
        Reason::InviteeIsInternal => {
            let at = "invitedUserEmailAddress";
            ApiError::ruled_out("Invitee is in inviter tenant", outcome.reason.as_str(), at)
        }
        Reason::InviteeNotFoundInHome => ApiError::forbidden_by(SETTINGS, Reason::OutboundBlocked),
        Reason::CrossCloudRequiresUpn => {
            let at = "invitedUserEmailAddress";
            ApiError::ruled_out(SETTINGS, outcome.reason.as_str(), at)
        }
        _ => ApiError::forbidden_by(SETTINGS, outcome.reason),
    }
}
