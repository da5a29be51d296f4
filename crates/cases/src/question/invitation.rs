//! `invite` (S6) and `redeem` (S7).

use std::collections::BTreeSet;

use policy::invitation::{Address, Invitation, Inviter, invite as judge_invitation};
use policy::redemption::{Prompt, Redemption, redeem as judge_redemption};
use policy::role::Role;
use policy::target::UserId;
use policy::world::UserType;
use serde_json::{Value, json};

use super::wording::{Decided, related, word};
use super::{Ask, NamedTenant, State};
use crate::members::{Members, Mistake, text};

const USER_TYPES: [(&str, UserType); 2] =
    [("Member", UserType::Member), ("Guest", UserType::Guest)];

#[derive(Debug)]
struct Invite {
    resource: NamedTenant,
    inviter: Inviter,
    address: Address,
    user_type: UserType,
    send_message: bool,
}

/// Reads `invite`.
pub(super) fn invite(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let address = members.parsed("invitedUserEmailAddress")?;
    let user_type = members.word("invitedUserType", &USER_TYPES)?;
    let inviter = members.members("inviter")?;
    Ok(Box::new(Invite {
        resource: NamedTenant::required(members, "resourceTenant")?,
        inviter: match inviter {
            Some(inviter) => read_inviter(inviter)?,
            None => Inviter::User {
                id: None,
                user_type: UserType::Member,
                roles: BTreeSet::new(),
            },
        },
        address: members.required("invitedUserEmailAddress", address)?,
        user_type: user_type.unwrap_or(UserType::Guest),
        send_message: members.flag("sendInvitationMessage")?,
    }))
}

fn read_inviter(mut members: Members<'_>) -> Result<Inviter, Mistake> {
    let user_type = members.word("userType", &USER_TYPES)?;
    let roles = roles(&mut members)?;
    let application = members.flag("application")?;
    members.finish()?;
    Ok(match application {
        true => Inviter::Application,
        false => Inviter::User {
            id: None,
            user_type: user_type.unwrap_or(UserType::Member),
            roles,
        },
    })
}

/// Directory roles by display name. There are many that mean nothing to cross-tenant access; they
/// hold nothing.
pub(super) fn roles(members: &mut Members<'_>) -> Result<BTreeSet<Role>, Mistake> {
    let names = members.list("roles", text)?.unwrap_or_default();
    Ok(names.into_iter().filter_map(Role::from_name).collect())
}

impl Ask for Invite {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let request = Invitation {
            resource: self.resource.known(state)?,
            inviter: self.inviter.clone(),
            address: self.address.clone(),
            user_type: self.user_type,
            send_message: self.send_message,
            new_object: state.new_object(),
        };
        let outcome = judge_invitation(&state.world, &request);
        state.world.apply(&outcome.effects);
        Ok(Value::Object(graph::invitation::render(&outcome)))
    }
}

#[derive(Debug)]
struct Redeem {
    resource: NamedTenant,
    object: UserId,
    consent_accepted: bool,
}

/// Reads `redeem`.
pub(super) fn redeem(members: &mut Members<'_>) -> Result<Box<dyn Ask>, Mistake> {
    let object = members.parsed("user")?;
    Ok(Box::new(Redeem {
        resource: NamedTenant::required(members, "resourceTenant")?,
        object: members.required("user", object)?,
        consent_accepted: members.flag("consentAccepted")?,
    }))
}

impl Ask for Redeem {
    fn ask(&self, state: &mut State) -> Result<Value, Mistake> {
        let request = Redemption {
            resource: self.resource.known(state)?,
            object: self.object,
            consent_accepted: self.consent_accepted,
        };
        let outcome = judge_redemption(&state.world, &request);
        state.world.apply(&outcome.effects);
        let decided = Decided {
            verdict: outcome.verdict,
            reason: outcome.reason,
            side: outcome.side,
            detail: outcome.detail,
            origin: outcome.origin,
            findings: &outcome.findings,
        };
        Ok(decided.with(json!({
            "consentPrompt": word(outcome.prompt.map(Prompt::as_str)),
            "externalUserState": word(outcome.state.map(|state| state.as_str())),
            "identityProvider": word(outcome.provider),
            "audit": outcome.activity().map(related),
        })))
    }
}
