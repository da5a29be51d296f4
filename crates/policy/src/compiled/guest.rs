//! Sign-ins that name an object of the resource tenant instead of an account (S8.11).

use super::conditional::{Object, Visitor};
use super::decide::{Account, Step};
use super::demand::Way;
use super::entry::Relation;
use super::judge::Subject;
use super::passage::{conditional_access, consented, domain_allowed, enabled};
use super::people::{Authenticates, Person};
use super::question::{Answer, Question};
use super::registry::Registry;
use super::restrictions;
use super::snapshot::Facts;
use crate::reason::{Reason, Side};
use crate::target::UserId;
use crate::tenant::MICROSOFT_ACCOUNTS;

/// A guest whose object says that it belongs to a tenant is an account of that tenant.
#[inline(never)]
pub(super) fn account(
    registry: &Registry,
    question: &Question<'_>,
    object: UserId,
) -> Option<Account<'static>> {
    let people = registry.get(question.resource)?.directory()?;
    match people.user(object)?.authenticates {
        Authenticates::With(tenant, user) => Some(Account {
            tenant,
            user,
            groups: None,
        }),
        Authenticates::Internally | Authenticates::Elsewhere { .. } => None,
    }
}

/// An identity without a tenant: the settings of no home tenant apply.
#[inline(never)]
pub(super) fn decide(registry: &Registry, question: &Question<'_>, object: UserId) -> Answer {
    match judge(registry, question, object) {
        Ok(answer) | Err(answer) => answer,
    }
}

fn judge(registry: &Registry, question: &Question<'_>, object: UserId) -> Step<Answer> {
    let resource = registry.get(question.resource);
    let people = resource.and_then(|resource| resource.directory());
    let person = people.and_then(|people| people.user(object));
    let personal = person
        .is_some_and(|person| person.authenticates == Authenticates::Elsewhere { personal: true });
    let home = personal.then_some(MICROSOFT_ACCOUNTS);
    restrictions::judge(registry, question, home, &Subject::UNNAMED)?;
    let Some(resource) = resource.filter(|resource| resource.facts.has(Facts::HOSTED)) else {
        return Err(Answer::block(Reason::NotHosted, Some(Side::Resource)));
    };
    let object = match people {
        None => Object::Unknown,
        Some(people) => {
            let external = |person: &&Person| person.authenticates != Authenticates::Internally;
            let person = enabled(person.filter(external))?;
            if person.pending {
                domain_allowed(resource, person, None)?;
                consented(question.consent_accepted)?;
            }
            Object::known(people, person)
        }
    };
    let visitor = Visitor::new(Way::WithoutTenant, None, object);
    conditional_access(registry, question, resource, &visitor, Relation::default())
}
