//! What people do to their own accounts: their passwords, and what else they prove themselves with.

use policy::target::UserId;
use policy::tenant::TenantId;
use store::{AccountRecord, DirectoryAct, DirectoryChange, Initiator, Person, Who};

use crate::commit;
use crate::context::Context;
use crate::error::Result;
use crate::people::Deed;
use crate::state::App;

/// They have set up another way to prove themselves.
pub(super) const REGISTERED: Deed = deed("User registered security info");
/// They have given one up.
pub(super) const DELETED: Deed = deed("User deleted security info");
/// They have another password.
pub(super) const PASSWORD_CHANGED: Deed = deed("Change user password");

const fn deed(activity: &'static str) -> Deed {
    Deed {
        category: "UserManagement",
        activity,
        operation: "Update",
        kind: "User",
    }
}

/// Somebody who acts in a tenant, whose home may be another one.
pub(super) fn themselves(
    context: &Context,
    person: &Person,
    home_tenant: Option<TenantId>,
) -> Initiator {
    Initiator {
        who: Who::User {
            id: person.user.id,
            user_principal_name: Some(person.user.user_principal_name.clone()),
            display_name: person.user.display_name.clone(),
            home_tenant,
        },
        address: context.address.map(|address| address.to_string()),
        channel: Some(context.channel),
    }
}

/// Does something to an account, and notes that its owner did. `false`: there is no such account.
pub(super) async fn act(
    app: &App,
    context: &Context,
    tenant: TenantId,
    user: UserId,
    deed: &Deed,
    acts: Vec<DirectoryAct>,
) -> Result<bool> {
    let Some(person) = app.store.person(tenant, user).await? else {
        return Ok(false);
    };
    let name = person.user.user_principal_name.clone();
    let entry = deed.entry(Some(user.to_string()), Some(name), Vec::new());
    let occasion = commit::occasion(context, themselves(context, &person, None));
    let record = entry.record_in(Some(tenant), occasion, None);
    let change = DirectoryChange::new(tenant, acts, vec![record]);
    app.store.write_directory(&change).await?;
    Ok(true)
}

/// Notes what somebody did to their own account.
pub(super) async fn note(
    app: &App,
    context: &Context,
    tenant: TenantId,
    user: UserId,
    deed: &Deed,
) -> Result<()> {
    act(app, context, tenant, user, deed, Vec::new()).await?;
    Ok(())
}

/// Keeps what an account proves itself with. `false`: somebody else was faster.
pub(super) async fn keep(
    app: &App,
    tenant: TenantId,
    user: UserId,
    record: &AccountRecord,
) -> Result<bool> {
    match app.store.put_account_record(tenant, user, record).await {
        Ok(()) => Ok(true),
        Err(store::Error::Conflict { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
