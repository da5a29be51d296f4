//! Changes that whoever runs the server makes to the tenants themselves: which there are, what they
//! are called, where they live, what they have licensed, who serves them.
//!
//! Everything is written down in the operator's log, and what concerns a hosted tenant in that
//! tenant's own log as well: its administrators learn what was done to them.

use policy::audit::ModifiedProperty;
use policy::tenant::TenantId;
use policy::world::Tenant;
use store::{AuditRecord, Change, Reach, Snapshot};

use crate::commit::{self, Attempt, Turn};
use crate::context::Context;
use crate::entry::Entry;
use crate::error::{ApiError, Result};
use crate::principal::Principal;
use crate::state::App;

/// A change that may be made.
pub(crate) struct Judged<T> {
    /// What changes.
    pub(crate) changes: Vec<Change>,
    /// What the logs say.
    pub(crate) entries: Vec<AuditRecord>,
    /// What is answered.
    pub(crate) answer: T,
}

/// Who does it, and in which request.
#[derive(Clone, Copy)]
pub(crate) struct Operator<'a> {
    pub(crate) app: &'a App,
    pub(crate) principal: &'a Principal,
    pub(crate) context: &'a Context,
}

/// The tenant an address names.
pub(crate) fn named(text: &str) -> Result<TenantId> {
    text.parse().map_err(|_| absent(text))
}

/// Nobody knows that tenant.
pub(crate) fn absent(id: impl std::fmt::Display) -> ApiError {
    let id: String = id.to_string().chars().take(100).collect();
    ApiError::not_found(format!("The tenant {id} is not known here."))
}

impl Operator<'_> {
    /// Reads these tenants, judges and commits, and judges again when somebody else was faster.
    pub(crate) async fn change<T>(
        &self,
        tenants: &[TenantId],
        judge: impl Fn(&Snapshot) -> Result<Judged<T>>,
    ) -> Result<T> {
        let first = tenants.first().copied();
        let mut turn = Turn::of(self.app, first.unwrap_or(self.principal.tenant())).await;
        loop {
            match self.attempt(tenants, &judge).await? {
                Ok(answer) => return Ok(answer),
                Err(conflict) => turn.again(conflict)?,
            }
        }
    }

    async fn attempt<T>(
        &self,
        tenants: &[TenantId],
        judge: &impl Fn(&Snapshot) -> Result<Judged<T>>,
    ) -> Attempt<T> {
        let snapshot = self.app.store.world(tenants, Reach::Settings).await?;
        let judged = judge(&snapshot)?;
        if judged.changes.is_empty() {
            return Ok(Ok(judged.answer));
        }
        let stamp = commit::stamp(self.context, self.principal.initiator(self.context));
        let committed =
            commit::commit(self.app, &snapshot, stamp, judged.changes, judged.entries).await?;
        Ok(committed.map(|_| judged.answer))
    }

    /// The entries about something that was done to a tenant: the operator's, and, if its settings
    /// are here, its own.
    pub(crate) fn entries(
        &self,
        tenant: &Tenant,
        activity: &'static str,
        operation: &'static str,
        modified: &[ModifiedProperty],
    ) -> Vec<AuditRecord> {
        let entry = Entry {
            modified: modified.to_vec(),
            ..Entry::registry(tenant, activity, operation)
        };
        self.recorded(tenant, &entry)
    }

    fn recorded(&self, tenant: &Tenant, entry: &Entry) -> Vec<AuditRecord> {
        let own = tenant.policy.is_some().then_some(Some(tenant.id));
        let logs = [None].into_iter().chain(own);
        logs.map(|log| {
            let initiator = self.principal.initiator(self.context);
            let occasion = commit::occasion(self.context, initiator);
            entry.clone().record_in(log, occasion, None)
        })
        .collect()
    }

    /// An entry of the operator's log about a tenant, where nothing of its settings changes.
    pub(crate) fn noted(
        &self,
        tenant: &Tenant,
        activity: &'static str,
        operation: &'static str,
        details: Vec<(String, String)>,
    ) -> Vec<AuditRecord> {
        let entry = Entry {
            details,
            ..Entry::registry(tenant, activity, operation)
        };
        self.recorded(tenant, &entry)
    }
}
