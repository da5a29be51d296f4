//! What rows turned out to mean: the behaviours, and what the names in them stand for.

use std::borrow::Cow;
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use hashbrown::HashMap;
use policy::target::{ApplicationId, UserId};
use policy::tenant::TenantId;
use policy::world::UserType;
use serde::Deserialize;
use signins::event::{CrossTenantAccess, TokenIssuer};
use signins::observation::Observation;

use crate::cells::{Cell, Cells};
use crate::column::Column;
use crate::error::Refusal;
use crate::intern::{ByPrint, Code, Shared, SharedIds, SharedTexts, Words};
use crate::log::{Key, Line, Log, Times, Traits};
use crate::meaning::{self, says_nothing};
use crate::print::Print;

/// A longer value is no name.
const LONGEST_VALUE: usize = 64 * 1024;

/// What is known so far. All helpers share it.
#[derive(Debug)]
pub(crate) struct Learned {
    ids: SharedIds,
    texts: SharedTexts,
    behaviours: Shared<Behaviours>,
    vocabulary: RwLock<Vocabulary>,
    seed: u64,
}

/// Some of the behaviours, by what stands for their keys.
#[derive(Debug, Default)]
struct Behaviours {
    keys: Vec<Key>,
    known: ByPrint,
}

/// What is nearly always known already.
#[derive(Debug, Default)]
struct Vocabulary {
    accesses: Words<CrossTenantAccess>,
    issuers: Words<TokenIssuer>,
    /// What the log calls tenants, by the numbers of id and text.
    tenant_names: HashMap<Code, Code>,
    /// What texts of `status` say, since few differ.
    statuses: HashMap<Box<str>, Status>,
}

/// Error code and reason, or why it says neither.
type Status = Result<(Option<u32>, Code), Refusal>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusText<'a> {
    error_code: Option<u32>,
    #[serde(borrow)]
    failure_reason: Option<Cow<'a, str>>,
}

/// What the behaviour before said, where those that come one after the other are often the same.
#[derive(Debug, Default)]
pub(super) struct Before {
    home: Last<u128>,
    resource: Last<u128>,
    user: Last<u128>,
    client: Last<u128>,
    application: Last<u128>,
    access: Last<CrossTenantAccess>,
    issuer: Last<TokenIssuer>,
}

/// A value and its number; 0 for none.
#[derive(Debug)]
struct Last<T> {
    value: Option<T>,
    code: Code,
}

impl<T> Default for Last<T> {
    fn default() -> Self {
        Last {
            value: None,
            code: 0,
        }
    }
}

impl<T: Clone + PartialEq> Last<T> {
    /// The number of a value, found out unless it is that of the last one.
    fn code(&mut self, value: Option<&T>, find: impl FnOnce(Option<&T>) -> Code) -> Code {
        if self.value.as_ref() != value {
            self.code = find(value);
            self.value = value.cloned();
        }
        self.code
    }
}

impl Learned {
    /// Nothing yet. The seed is for everything that stands for something longer.
    pub(crate) fn new(seed: u64) -> Self {
        Learned {
            ids: SharedIds::default(),
            texts: SharedTexts::new(seed),
            behaviours: Shared::new(Behaviours::default),
            vocabulary: RwLock::default(),
            seed,
        }
    }

    /// Everything, and nothing of it has happened yet.
    pub(crate) fn finish(self) -> Log {
        let vocabulary = self.vocabulary.into_inner();
        let vocabulary = vocabulary.unwrap_or_else(|poison| poison.into_inner());
        let parts = self.behaviours.into_parts();
        let most = parts.iter().map(|part| part.keys.len()).max();
        let places = (0..most.unwrap_or_default()).flat_map(|place| {
            let parts = parts.iter();
            parts.map(move |part| part.keys.get(place).copied())
        });
        let line = |key: Option<Key>| Line {
            key: key.unwrap_or_default(),
            times: Times::NONE,
        };
        let mut lines = Vec::with_capacity(most.unwrap_or_default() * parts.len());
        lines.extend(places.map(line));
        Log {
            ids: self.ids.finish(),
            texts: self.texts.finish(),
            lines,
            tenant_names: vocabulary.tenant_names,
            accesses: vocabulary.accesses,
            issuers: vocabulary.issuers,
        }
    }

    /// The behaviour of a row whose like has not been seen.
    pub(crate) fn meaning(&self, cells: &Cells<'_>, traits: Traits) -> Result<u32, Refusal> {
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
            let name = self.texts.code(name);
            let known = self.read().tenant_names.get(&key.home_tenant).copied();
            if known != Some(name) {
                self.write().tenant_names.insert(key.home_tenant, name);
            }
        }
        Ok(self.line(key))
    }

    /// The number of the behaviour with that key.
    fn line(&self, key: Key) -> u32 {
        let print = Print::of(self.seed, &key.bytes());
        self.behaviours.number(print.low(), |part| {
            let next = u32::try_from(part.keys.len()).unwrap_or(u32::MAX);
            *part.known.entry(print).or_insert_with(|| {
                part.keys.push(key);
                next
            })
        })
    }

    /// The number of a behaviour that nobody had to find out. What it shares with the one before need not
    /// be looked up.
    pub(super) fn line_of(&self, observed: &Observation<'_>, before: &mut Before) -> u32 {
        let text = |text: Option<&str>| text.map_or(0, |text| self.texts.code(text));
        let access = observed.access_type;
        let issuer = observed.token_issuer;
        let access = before.access.code(access, |access| {
            let cell = access.map_or(Cell::Nothing, |access| Cell::Text(access.as_str().into()));
            self.access(&cell, CrossTenantAccess::from_name)
        });
        let issuer = before.issuer.code(Some(issuer), |issuer| {
            let cell = issuer.map_or(Cell::Nothing, |issuer| Cell::Text(issuer.as_str().into()));
            self.issuer(&cell, TokenIssuer::from_name)
        });
        let id = |last: &mut Last<u128>, bits: Option<u128>| {
            let code = |bits: Option<&u128>| bits.map_or(0, |bits| self.ids.of(*bits));
            last.code(bits.as_ref(), code)
        };
        self.line(Key {
            home_tenant: id(
                &mut before.home,
                observed.home_tenant.map(TenantId::as_u128),
            ),
            resource_tenant: id(
                &mut before.resource,
                observed.resource_tenant.map(TenantId::as_u128),
            ),
            user: id(&mut before.user, observed.user.map(UserId::as_u128)),
            client_app: id(
                &mut before.client,
                observed.client_app.map(ApplicationId::as_u128),
            ),
            resource_app: id(
                &mut before.application,
                observed.resource_app.map(ApplicationId::as_u128),
            ),
            user_principal_name: text(observed.user_principal_name),
            user_display_name: text(observed.user_display_name),
            client_app_name: text(observed.client_app_name),
            resource_app_name: text(observed.resource_app_name),
            failure_reason: text(observed.failure_reason),
            access_type: access,
            token_issuer: issuer,
            error_code: observed.error_code,
            traits: Traits {
                interactive: observed.is_interactive,
                member: observed.user_type.map(|kind| kind == UserType::Member),
                mfa: observed.claims.mfa,
                compliant: observed.claims.compliant_device,
                hybrid: observed.claims.hybrid_joined_device,
            },
        })
    }

    fn access(&self, cell: &Cell<'_>, meaning: fn(&str) -> CrossTenantAccess) -> Code {
        self.word(cell, |v| &v.accesses, |v| &mut v.accesses, meaning)
    }

    fn issuer(&self, cell: &Cell<'_>, meaning: fn(&str) -> TokenIssuer) -> Code {
        self.word(cell, |v| &v.issuers, |v| &mut v.issuers, meaning)
    }

    fn read(&self) -> RwLockReadGuard<'_, Vocabulary> {
        let vocabulary = self.vocabulary.read();
        vocabulary.unwrap_or_else(|poison| poison.into_inner())
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vocabulary> {
        let vocabulary = self.vocabulary.write();
        vocabulary.unwrap_or_else(|poison| poison.into_inner())
    }

    /// The number of a word of a column with few of them.
    fn word<T: Clone + PartialEq>(
        &self,
        cell: &Cell<'_>,
        of: fn(&Vocabulary) -> &Words<T>,
        of_mut: fn(&mut Vocabulary) -> &mut Words<T>,
        meaning: fn(&str) -> T,
    ) -> Code {
        let code = cell.number(|text| {
            let known = of(&self.read()).known(text);
            Ok(known.unwrap_or_else(|| of_mut(&mut self.write()).code(text, meaning)))
        });
        code.and_then(Result::ok).unwrap_or_default()
    }

    fn key(
        &self,
        cells: &Cells<'_>,
        error_code: u32,
        failure_reason: Code,
        traits: Traits,
    ) -> Result<Key, Refusal> {
        let id = |column| self.id(cells, column);
        let (home_tenant, resource_tenant) = (id(Column::HomeTenant)?, id(Column::ResourceTenant)?);
        let (user, client_app) = (id(Column::User)?, id(Column::ClientApp)?);
        let resource_app = match id(Column::ResourceIdentity)? {
            0 => id(Column::ResourceApp)?,
            identity => identity,
        };
        let name = |column| self.name(cells, column);
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
            access_type: self.access(cells.get(Column::AccessType), meaning::access),
            token_issuer: self.issuer(cells.get(Column::TokenIssuer), meaning::issuer),
            error_code,
            traits,
        })
    }

    fn id(&self, cells: &Cells<'_>, column: Column) -> Result<Code, Refusal> {
        let code = cells.get(column).number(|text| {
            // Azure Monitor's ResourceId is the address of the directory, not an application.
            if column == Column::ResourceApp && text.starts_with('/') {
                return Ok(0);
            }
            match self.ids.code(text) {
                Some(code) => Ok(code),
                None if says_nothing(text) => Ok(0),
                None => Err(Refusal::NotId {
                    column,
                    value: text.to_string(),
                }),
            }
        });
        code.unwrap_or(Err(Refusal::NotText(column)))
    }

    fn name(&self, cells: &Cells<'_>, column: Column) -> Result<Code, Refusal> {
        let code = cells.get(column).number(|text| match text.len() {
            0..=LONGEST_VALUE => Ok(self.texts.code(text)),
            _ => Err(Refusal::LongValue {
                column,
                limit: LONGEST_VALUE,
            }),
        });
        code.unwrap_or(Err(Refusal::NotText(column)))
    }

    /// The error code, and why it failed.
    fn outcome(&self, cells: &Cells<'_>) -> Result<(u32, Code), Refusal> {
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
    fn status(&self, text: &str) -> Status {
        if let Some(known) = self.read().statuses.get(text) {
            return known.clone();
        }
        let read: Result<StatusText<'_>, _> = serde_json::from_str(text);
        let meant = match read {
            Ok(status) => {
                let reason = status.failure_reason.unwrap_or_default();
                Ok((status.error_code, self.texts.code(&reason)))
            }
            Err(_) => Err(Refusal::NotCode {
                column: Column::Status,
                value: text.to_owned(),
            }),
        };
        self.write().statuses.insert(text.into(), meant.clone());
        meant
    }
}
