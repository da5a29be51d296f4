//! A guest who was invited by their address, from a tenant whose directory is not here: whose account
//! it is shows when they come.
//!
//! The invitation knows the address and the tenant that has the domain (S6.5), and no id. That
//! tenant's provider says which addresses are the person's, in claims that the operator believes; the
//! object is theirs from then on.

use policy::row::NO_USER;
use policy::target::UserId;
use policy::tenant::TenantId;
use policy::world::External;
use serde_json::Value;
use store::{DirectoryChange, Initiator, Person, Who};

use super::super::journey::{Account, Journey, user_id};
use crate::commit;
use crate::context::Context;
use crate::error::Result;
use crate::people::Deed;
use crate::people::user::put;
use crate::state::App;

const KNOW: Deed = Deed {
    category: "UserManagement",
    activity: "Update user",
    operation: "Update",
    kind: "User",
};

/// The object that waits for somebody of that tenant with one of these addresses: the only one.
async fn waiting(
    app: &App,
    journey: &Journey,
    home: TenantId,
    addresses: &[String],
) -> Result<Option<Person>> {
    let resource = journey.tenant();
    let mut found: Vec<Person> = Vec::new();
    for address in addresses {
        let persons = app.store.persons_by_address(resource, address).await?;
        let theirs = persons.into_iter().filter(|person| {
            let mail = person.user.mail.as_deref();
            let for_them = matches!(person.user.external,
                Some(External::Tenant { home_tenant, home_user })
                    if home_tenant == home && home_user == NO_USER);
            for_them && mail.is_some_and(|mail| mail.eq_ignore_ascii_case(address))
        });
        found.extend(theirs);
    }
    found.dedup_by_key(|person| person.user.id);
    let meant = journey.redeeming.map(user_id);
    found.retain(|person| meant.is_none_or(|meant| person.user.id == meant));
    let one = found.len() == 1;
    Ok(found.pop().filter(|_| one))
}

/// Makes the object that waits for them theirs.
pub(super) async fn recognise(
    app: &App,
    context: &Context,
    journey: &Journey,
    (home, account): (TenantId, &Account),
    addresses: &[String],
) -> Result<()> {
    let resource = journey.tenant();
    let user = user_id(account.user);
    let theirs = app.store.users_for(resource, home, user).await?;
    if addresses.is_empty() || home == resource || !theirs.is_empty() {
        return Ok(());
    }
    let Some(mut person) = waiting(app, journey, home, addresses).await? else {
        return Ok(());
    };
    let before = person.clone();
    person.user.external = Some(External::Tenant {
        home_tenant: home,
        home_user: user,
    });
    let record = {
        let name = Some(person.user.user_principal_name.clone());
        let id = |user: UserId| Value::from(user.to_string());
        let changes = vec![("homeUserId".to_owned(), id(NO_USER), id(user))];
        let entry = KNOW.entry(Some(person.user.id.to_string()), name.clone(), changes);
        let initiator = Initiator {
            who: Who::User {
                id: person.user.id,
                user_principal_name: name,
                display_name: person.user.display_name.clone(),
                home_tenant: Some(home),
            },
            address: context.address.map(|address| address.to_string()),
            channel: Some(context.channel),
        };
        entry.record_in(Some(resource), commit::occasion(context, initiator), None)
    };
    let act = put(&person, Some(before.version));
    let change = DirectoryChange::new(resource, vec![act], vec![record]);
    match app.store.write_directory(&change).await {
        // Another browser was faster, or somebody changed it; it is looked at as it is now.
        Ok(_) | Err(store::Error::Conflict { .. }) => {
            app.effective.refresh(&[]).await?;
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
