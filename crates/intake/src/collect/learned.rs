//! What rows turned out to mean: the behaviours, and what the names in them stand for.

use std::borrow::Cow;

use serde::Deserialize;

use crate::cells::{Cell, Cells};
use crate::column::Column;
use crate::error::Refusal;
use crate::intern::{Code, Texts};
use crate::log::{Key, Log, Traits};
use crate::meaning::{self, says_nothing};

/// A longer value is no name.
const LONGEST_VALUE: usize = 64 * 1024;

/// The behaviours so far, and texts that were taken apart.
#[derive(Debug)]
pub(super) struct Learned {
    pub(super) log: Log,
    statuses: Statuses,
}

/// What texts of `status` say, since few differ.
#[derive(Debug)]
struct Statuses {
    written: Texts,
    meant: Vec<Result<(Option<u32>, Code), Refusal>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusText<'a> {
    error_code: Option<u32>,
    #[serde(borrow)]
    failure_reason: Option<Cow<'a, str>>,
}

impl Learned {
    /// Nothing yet.
    pub(super) fn new(seed: u64) -> Self {
        Learned {
            log: Log::new(seed),
            statuses: Statuses {
                written: Texts::new(seed),
                meant: Vec::new(),
            },
        }
    }

    /// The behaviour of a row whose like has not been seen.
    pub(super) fn meaning(&mut self, cells: &Cells<'_>, traits: Traits) -> Result<u32, Refusal> {
        let known = [
            Column::HomeTenant,
            Column::ResourceTenant,
            Column::AccessType,
            Column::TokenIssuer,
            Column::User,
            Column::UserPrincipalName,
            Column::ClientAppName,
            Column::ResourceApp,
            Column::ResourceIdentity,
        ];
        if !known.iter().any(|column| cells.says(*column)) {
            return Err(Refusal::NotASignIn);
        }
        let (error_code, failure_reason) = self.outcome(cells)?;
        let key = self.key(cells, error_code, failure_reason, traits)?;
        if key.home_tenant != 0
            && let Cell::Text(name) = cells.get(Column::HomeTenantName)
            && name.len() <= LONGEST_VALUE
            && !says_nothing(name)
        {
            let name = self.log.texts.code(name);
            self.log.tenant_names.insert(key.home_tenant, name);
        }
        Ok(self.log.line(key))
    }

    fn key(
        &mut self,
        cells: &Cells<'_>,
        error_code: u32,
        failure_reason: Code,
        traits: Traits,
    ) -> Result<Key, Refusal> {
        let mut id = |column| self.id(cells, column);
        let (home_tenant, resource_tenant) = (id(Column::HomeTenant)?, id(Column::ResourceTenant)?);
        let (user, client_app) = (id(Column::User)?, id(Column::ClientApp)?);
        let resource_app = match id(Column::ResourceIdentity)? {
            0 => id(Column::ResourceApp)?,
            identity => identity,
        };
        let mut name = |column| self.name(cells, column);
        Ok(Key {
            home_tenant,
            resource_tenant,
            user,
            client_app,
            resource_app,
            user_principal_name: name(Column::UserPrincipalName)?,
            user_display_name: name(Column::UserDisplayName)?,
            client_app_name: name(Column::ClientAppName)?,
            resource_app_name: name(Column::ResourceAppName)?,
            failure_reason,
            access_type: match cells.get(Column::AccessType) {
                Cell::Text(text) => self.log.accesses.code(text, meaning::access),
                _ => 0,
            },
            token_issuer: match cells.get(Column::TokenIssuer) {
                Cell::Text(text) => self.log.issuers.code(text, meaning::issuer),
                _ => 0,
            },
            error_code,
            traits,
        })
    }

    fn id(&mut self, cells: &Cells<'_>, column: Column) -> Result<Code, Refusal> {
        match cells.get(column) {
            Cell::Nothing => Ok(0),
            // Azure Monitor's ResourceId is the address of the directory, not an application.
            Cell::Text(text) if column == Column::ResourceApp && text.starts_with('/') => Ok(0),
            Cell::Text(text) => match self.log.ids.code(text) {
                Some(code) => Ok(code),
                None if says_nothing(text) => Ok(0),
                None => Err(Refusal::NotId {
                    column,
                    value: text.to_string(),
                }),
            },
            _ => Err(Refusal::NotText(column)),
        }
    }

    fn name(&mut self, cells: &Cells<'_>, column: Column) -> Result<Code, Refusal> {
        match cells.get(column) {
            Cell::Nothing => Ok(0),
            Cell::Text(text) if text.len() > LONGEST_VALUE => Err(Refusal::LongValue {
                column,
                limit: LONGEST_VALUE,
            }),
            Cell::Text(text) => Ok(self.log.texts.code(text)),
            _ => Err(Refusal::NotText(column)),
        }
    }

    /// The error code, and why it failed.
    fn outcome(&mut self, cells: &Cells<'_>) -> Result<(u32, Code), Refusal> {
        let mut reason = self.name(cells, Column::FailureReason)?;
        let mut code = meaning::code(cells, Column::ErrorCode)?;
        let mut word = None;
        if let Cell::Text(status) = cells.get(Column::Status) {
            match status.starts_with('{') {
                true if code.is_none() => {
                    let (of_status, why) = self.status(status)?;
                    code = of_status;
                    reason = if reason == 0 { why } else { reason };
                }
                true => {}
                false => word = Some(status),
            }
        }
        if code.is_none() {
            code = meaning::code(cells, Column::ResultType)?;
        }
        if reason == 0 {
            reason = self.name(cells, Column::ResultDescription)?;
        }
        let succeeded = |word: &Cow<'_, str>| word.eq_ignore_ascii_case("Success");
        let code = match (code, word) {
            (Some(code), _) => code,
            (None, Some(word)) if succeeded(word) => 0,
            (None, _) => return Err(Refusal::NoOutcome),
        };
        // Whatever the log wrote there, a success has no reason to fail (S17.6).
        Ok((code, if code == 0 { 0 } else { reason }))
    }

    /// What a `status` says that is JSON as text.
    fn status(&mut self, text: &str) -> Result<(Option<u32>, Code), Refusal> {
        let writing = self.statuses.written.code(text);
        let index = writing.saturating_sub(1) as usize;
        if let Some(known) = self.statuses.meant.get(index) {
            return known.clone();
        }
        let read: Result<StatusText<'_>, _> = serde_json::from_str(text);
        let meant = match read {
            Ok(status) => {
                let reason = status.failure_reason.unwrap_or_default();
                Ok((status.error_code, self.log.texts.code(&reason)))
            }
            Err(_) => Err(Refusal::NotCode {
                column: Column::Status,
                value: text.to_owned(),
            }),
        };
        self.statuses.meant.push(meant.clone());
        meant
    }
}
