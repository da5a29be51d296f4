//! A question about an invitation (S6): may this person be invited into that tenant? Nobody is
//! invited by asking.

use std::borrow::Cow;
use std::collections::BTreeSet;

use policy::decision::{Code, Finding, Verdict};
use policy::invitation::{Address, Invitation, InvitationOutcome, Inviter, invite};
use policy::reason::{Reason, Side};
use policy::role::Role;
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::UserType;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::question::{id, required};
use crate::state::App;

/// The members of `op: invite`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct InvitationText<'a> {
    #[serde(default, rename = "op")]
    pub(crate) _op: IgnoredAny,
    #[serde(borrow)]
    pub(crate) resource_tenant: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(crate) inviter: InviterText<'a>,
    #[serde(borrow)]
    pub(crate) invited_user_email_address: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) invited_user_type: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(crate) send_invitation_message: bool,
}

/// Who would invite.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct InviterText<'a> {
    #[serde(borrow)]
    pub(crate) id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub(crate) user_type: Option<Cow<'a, str>>,
    pub(crate) roles: Vec<String>,
    pub(crate) application: bool,
}

fn user_type(name: Option<&str>, path: &str) -> Result<Option<UserType>> {
    match name {
        None => Ok(None),
        Some("Member") => Ok(Some(UserType::Member)),
        Some("Guest") => Ok(Some(UserType::Guest)),
        Some(_) => Err(ApiError::bad_body(format!("{path}: expected Member or Guest.")).at(path)),
    }
}

/// A question that may be asked.
pub(crate) struct Asked {
    invitation: Invitation,
    /// The inviter's type, where the caller may state it.
    stated: Option<UserType>,
    is_operator: bool,
}

impl InvitationText<'_> {
    /// The question, without what the caller may not state. Only the inviting tenant may ask it.
    pub(crate) fn read(self, principal: &Principal) -> Result<Asked> {
        let resource: TenantId = required(self.resource_tenant.as_deref(), "resourceTenant")?;
        if resource != principal.tenant() && !principal.is_operator() {
            return Err(ApiError::forbidden());
        }
        let path = "invitedUserEmailAddress";
        let address = self.invited_user_email_address.as_deref();
        let missing = || ApiError::bad_body(format!("{path}: this member is missing.")).at(path);
        let address: Address = address
            .ok_or_else(missing)?
            .parse()
            .map_err(|error| ApiError::bad_body(format!("{path}: {error}.")).at(path))?;
        let inviter_id: Option<UserId> = id(self.inviter.id.as_deref(), "inviter.id")?;
        let stated = user_type(self.inviter.user_type.as_deref(), "inviter.userType")?;
        let wanted = user_type(self.invited_user_type.as_deref(), "invitedUserType")?;
        let may_state = principal.may_assert() || principal.is_operator();
        // There are many roles that mean nothing here; they hold nothing.
        let roles = self.inviter.roles.iter();
        let roles: BTreeSet<Role> = match may_state {
            true => roles.filter_map(|name| Role::from_name(name)).collect(),
            false => BTreeSet::new(),
        };
        let inviter = match self.inviter.application && may_state {
            true => Inviter::Application,
            false => Inviter::User {
                id: inviter_id,
                user_type: UserType::Member,
                roles,
            },
        };
        Ok(Asked {
            invitation: Invitation {
                resource,
                inviter,
                address,
                user_type: wanted.unwrap_or(UserType::Guest),
                send_message: self.send_invitation_message,
                new_object: UserId::from_u128(sts::random::guid().as_u128()),
            },
            stated: stated.filter(|_| may_state),
            is_operator: principal.is_operator(),
        })
    }
}

impl Asked {
    /// Judges it. Whose address it is, is looked up in the store: who owns a domain is not kept in
    /// memory.
    pub(crate) async fn judge(&mut self, app: &App) -> Result<Judged> {
        let resource = self.invitation.resource;
        let home = app
            .store
            .tenant_of_domain(self.invitation.address.domain())
            .await?;
        let mut tenants = vec![resource];
        tenants.extend(home);
        let sheet = app.effective.with(&tenants).await?;
        let world = sheet.world(&tenants);
        if let Inviter::User { id, user_type, .. } = &mut self.invitation.inviter {
            let tenant = world.tenant(resource);
            let directory = tenant.and_then(|tenant| tenant.directory.as_ref());
            let known = id.and_then(|id| directory?.users.get(&id));
            // What is known here counts, whatever a caller states.
            *user_type = match (known, self.stated) {
                (Some(known), _) => known.user_type,
                (None, Some(stated)) => stated,
                (None, None) => UserType::Member,
            };
        }
        let mut outcome = invite(&world, &self.invitation);
        app.metrics.decided(outcome.verdict, outcome.reason);
        if !self.is_operator {
            hide_home(&mut outcome);
        }
        Ok(Judged {
            outcome,
            new_object: self.invitation.new_object,
            hides_home: !self.is_operator,
        })
    }
}

/// The answer, as far as the caller may see it.
pub(crate) struct Judged {
    pub(crate) outcome: InvitationOutcome,
    new_object: UserId,
    hides_home: bool,
}

impl Judged {
    /// The answer in the words of the policy tests.
    pub(crate) fn render(&self) -> Map<String, Value> {
        let mut rendered = graph::invitation::render(&self.outcome);
        if self.outcome.object.as_ref().map(|object| object.id) == Some(self.new_object) {
            // Nobody was invited, so there is no object yet.
            rendered.insert("invitedUser".to_owned(), Value::Null);
        }
        rendered.insert("findings".to_owned(), self.findings());
        rendered
    }

    /// The findings; of the home side only what refused.
    pub(crate) fn findings(&self) -> Value {
        let findings = self.outcome.findings.iter().map(|finding| {
            match self.hides_home && is_home(finding.side) {
                false => graph::decision::finding(finding),
                true => json!({
                    "side": finding.side.map(Side::as_str),
                    "verdict": finding.verdict.as_str(),
                    "code": finding.code.as_str(),
                }),
            }
        });
        findings.collect()
    }
}

fn is_home(side: Option<Side>) -> bool {
    matches!(side, Some(Side::Home | Side::Source))
}

/// Whoever invites learns that the other side refused, and not whether the account exists there.
fn hide_home(outcome: &mut InvitationOutcome) {
    let seen = |reason| match reason {
        Reason::InviteeNotFoundInHome => Reason::OutboundBlocked,
        other => other,
    };
    if is_home(outcome.side) {
        outcome.reason = seen(outcome.reason);
        outcome.detail = None;
        outcome.origin = None;
    }
    let refusal = |mut finding: Finding| {
        if !is_home(finding.side) {
            return Some(finding);
        }
        let Code::Reason(reason) = finding.code else {
            return None;
        };
        if finding.verdict == Verdict::Allow && reason != Reason::NotHosted {
            return None;
        }
        finding.code = Code::Reason(seen(reason));
        Some(finding)
    };
    let findings = std::mem::take(&mut outcome.findings).into_iter();
    outcome.findings = findings.filter_map(refusal).collect();
}
