//! Tenant restrictions, compiled (S11).

use super::decide::Step;
use super::judge::{Applications, Ruling, Subject, judge as judge_block};
use super::question::{Answer, Question, Restrictions};
use super::registry::Registry;
use super::snapshot::Snapshot;
use crate::reason::{Reason, Side};
use crate::tenant::TenantId;

/// Judges the header, if one was sent, in the order of S11.11.
pub(super) fn judge(
    registry: &Registry,
    question: &Question<'_>,
    home: Option<TenantId>,
    subject: &Subject<'_>,
) -> Step {
    let side = Some(Side::Policy);
    let Some(header) = &question.restrictions else {
        return Ok(());
    };
    let Some(policy) = policy_tenant(registry, header) else {
        return Err(Answer::block(Reason::TrHeaderInvalid, side));
    };
    let resource = question.resource;
    // S11.4: outbound or inbound settings govern.
    if policy.id == resource || home == Some(policy.id) {
        return Ok(());
    }
    // S11.5: not enforced in another cloud.
    if registry
        .known(resource)
        .is_some_and(|resource| resource.cloud != policy.cloud)
    {
        return Ok(());
    }
    let Some(block) = policy.restrictions(resource) else {
        return Ok(());
    };
    let apps = Applications::new(question.client_app, question.resource_app);
    let ruling = judge_block(&policy.lines, block, subject, &apps, &registry.suites);
    let (reason, detail) = match ruling {
        Ruling::Passed => return Ok(()),
        Ruling::Blocked(detail) => (Reason::TenantRestrictionsBlocked, Some(detail)),
        Ruling::GroupsUnknown => (Reason::GroupsUnknown, None),
    };
    Err(Answer {
        detail,
        origin: Some(block.flags().origin()),
        ..Answer::block(reason, side)
    })
}

/// S11.3: a tenant whose settings are here, and the id of its policy.
fn policy_tenant<'a>(registry: &'a Registry, header: &Restrictions) -> Option<&'a Snapshot> {
    let (tenant, policy) = header.policy?;
    let snapshot = registry.get(tenant)?;
    (snapshot.background.policy_id == Some(policy)).then_some(snapshot)
}
