//! An organization's own terms of use: a text and its version. Whether anybody is asked to accept
//! them is Conditional Access's to say (S10.12); who has accepted which version is kept with the
//! account, and written into the log of the organization.

use policy::target::UserId;
use policy::tenant::TenantId;
use serde::{Deserialize, Serialize};
use store::{AccountRecord, AuditRecord, Initiator, Revision, Stored, Target, Who};

use super::journey::{Journey, read, tenant_id, user_id, written};
use crate::commit;
use crate::context::Context;
use crate::entry::Entry;
use crate::error::Result;
use crate::state::App;

/// The record of terms that were accepted.
const RECORD: &str = "terms";

/// The terms of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Terms {
    /// Whoever accepted another one is asked again.
    pub(crate) version: String,
    /// What they say.
    pub(crate) text: String,
}

/// What is kept of an acceptance; of one to no text in particular there is no version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Accepted {
    version: Option<String>,
}

fn name(tenant: TenantId) -> String {
    format!("terms/{tenant}")
}

impl Terms {
    /// The terms of that tenant, and their revision; there may be none.
    pub(crate) async fn stored(app: &App, tenant: TenantId) -> Result<(Option<Self>, Revision)> {
        match app.store.value(&name(tenant)).await? {
            None => Ok((None, Revision(0))),
            // What was removed leaves its revision.
            Some(Stored { text, revision }) if text.is_empty() => Ok((None, revision)),
            Some(Stored { text, revision }) => Ok((Some(read(&text)?), revision)),
        }
    }

    /// The terms of that tenant.
    pub(super) async fn of(app: &App, tenant: TenantId) -> Result<Option<Self>> {
        Ok(Self::stored(app, tenant).await?.0)
    }

    /// Keeps them, or, with `None`, that there are none.
    pub(crate) async fn keep(
        app: &App,
        tenant: TenantId,
        terms: Option<&Terms>,
        expected: Revision,
    ) -> Result<()> {
        let text = terms.map(written).transpose()?.unwrap_or_default();
        app.store.put_value(&name(tenant), expected, &text).await?;
        Ok(())
    }
}

/// Whether these records of an account say that it has accepted the terms as they are now.
pub(super) async fn are_accepted(
    app: &App,
    tenant: TenantId,
    records: &[AccountRecord],
) -> Result<bool> {
    let Some(record) = records.iter().find(|record| record.name == RECORD) else {
        return Ok(false);
    };
    let accepted: Accepted = read(&record.value)?;
    let terms = Terms::of(app, tenant).await?;
    Ok(terms.is_none_or(|terms| accepted.version == Some(terms.version)))
}

/// Somebody has answered. `false`: what they were shown is not what the terms are now.
pub(super) async fn answer(
    app: &App,
    context: &Context,
    journey: &Journey,
    shown: &str,
    accepts: bool,
) -> Result<bool> {
    let Some(account) = &journey.account else {
        return Ok(false);
    };
    let tenant = journey.tenant();
    let terms = Terms::of(app, tenant).await?;
    let version = terms.map(|terms| terms.version);
    if version.as_deref().unwrap_or_default() != shown {
        return Ok(false);
    }
    let user = user_id(account.user);
    let entry = entry(journey, user, accepts, version.as_deref());
    app.store
        .append_audit(&[noted(context, journey, user, entry)])
        .await?;
    if accepts {
        accept(app, tenant, user, version).await?;
    }
    Ok(true)
}

async fn accept(app: &App, tenant: TenantId, user: UserId, version: Option<String>) -> Result<()> {
    let value = written(&Accepted { version })?;
    // Of two browsers the second finds it done.
    for _ in 0..4 {
        let records = app.store.account_records(tenant, user).await?;
        let known = records.into_iter().find(|record| record.name == RECORD);
        if known.as_ref().is_some_and(|known| known.value == value) {
            return Ok(());
        }
        let record = AccountRecord {
            name: RECORD.to_owned(),
            version: known.map_or(Revision(1), |known| known.version.next()),
            value: value.clone(),
        };
        match app.store.put_account_record(tenant, user, &record).await {
            Ok(()) => return Ok(()),
            Err(store::Error::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn entry(journey: &Journey, user: UserId, accepts: bool, version: Option<&str>) -> Entry {
    let name = journey.account.as_ref().map(|account| account.name.clone());
    let version = version.map(|version| ("version".to_owned(), version.to_owned()));
    Entry {
        service: "Terms Of Use",
        category: "Policy",
        activity: match accepts {
            true => "Accept Terms Of Use",
            false => "Decline Terms Of Use",
        },
        operation: "Update",
        target: Target {
            kind: "User".to_owned(),
            id: Some(user.to_string()),
            display_name: None,
            user_principal_name: name,
        },
        modified: Vec::new(),
        details: version.into_iter().collect(),
    }
}

fn noted(context: &Context, journey: &Journey, user: UserId, entry: Entry) -> AuditRecord {
    let account = journey.account.as_ref();
    let initiator = Initiator {
        who: Who::User {
            id: user,
            user_principal_name: account.map(|account| account.name.clone()),
            display_name: None,
            home_tenant: account.and_then(|account| account.home).map(tenant_id),
        },
        address: context.address.map(|address| address.to_string()),
        channel: Some(context.channel),
    };
    let occasion = commit::occasion(context, initiator);
    entry.record_in(Some(journey.tenant()), occasion, None)
}
